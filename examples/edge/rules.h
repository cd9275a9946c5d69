/* rules.h - the policy: loaded at the start, and anew while the server runs. */
#ifndef EDGE_RULES_H
#define EDGE_RULES_H

#include "record.h"

#include <postern/gate.h>

/** The scheme and the gate, made from one policy file. */
typedef struct edge_rules {
    postern_scheme *scheme;
    postern_gate *gate;
    const char *path;
} edge_rules;

/**
 * Loads the policy.
 *
 * @param problems receives every finding, rendered, warnings and notes included
 * @return false when there is none to serve with; nothing is to be freed then
 */
bool edge_rules_open(edge_rules *rules, const char *path, edge_text *problems);
void edge_rules_close(edge_rules *rules);

/** Loads the policy again and puts it in force; the old one stays when that fails.
 *  Says which in the log. */
void edge_rules_reload(edge_rules *rules, edge_log *log);

#endif
