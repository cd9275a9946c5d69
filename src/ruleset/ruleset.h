/*
 * ruleset/ruleset.h - ordered rules of one phase, and their evaluation.
 *
 * Semantics: Cloudflare's Ruleset Engine. Rules are tried in order; `block` ends
 * everything, `skip` ends the ruleset, `log` is noted and goes on. A fault in any
 * rule ends everything. This room knows neither files nor TLS.
 */
#ifndef PST_RULESET_RULESET_H
#define PST_RULESET_RULESET_H

#include "vm/program.h"

#include <postern/verdict.h>

/** What to answer; all strings live with the policy. */
typedef struct pst_response {
    unsigned status;
    postern_str content_type; /* empty: the server's own page */
    postern_str body;
} pst_response;

typedef struct pst_rule {
    postern_rule_match told;      /* what a verdict tells of a match */
    const pst_response *response; /* of BLOCK, never NULL then */
    bool enabled;
    bool ends; /* SKIP: leaves the ruleset; one that skips only what is not here does
                  not */
} pst_rule;

typedef struct pst_index pst_index;

/** Immutable. Rule i of `rules` is rule i of `program`. */
typedef struct pst_ruleset {
    postern_str phase;
    const pst_rule *rules;
    size_t rule_count;
    const uint32_t *active; /* indexes of the enabled rules, ascending; NULL: all are */
    size_t active_count;
    const uint32_t *starts; /* where the code of each active rule starts */
    const pst_index *index; /* NULL: rules are asked one after another */
    pst_program program;
} pst_ruleset;

/** The index of the active rule number `at`. */
static inline size_t pst_ruleset_rule(const pst_ruleset *set, size_t at)
{
    return set->active == NULL ? at : set->active[at];
}

/** The rules that matched so far. A single one is told where it stands; more are put
 *  together in the request's arena. */
typedef struct pst_matches {
    const postern_rule_match *items;
    size_t count;
    postern_rule_match *own; /* room for several; NULL: there is none yet */
    size_t cap;              /* of `own` */
} pst_matches;

typedef enum pst_decision {
    PST_DECISION_PASS,
    PST_DECISION_BLOCK,
    PST_DECISION_FAULT
} pst_decision;

/**
 * Evaluates `set` for a sealed request.
 *
 * @param lists   those of the policy, which the rules were compiled with
 * @param matches receives the rules that match, behind those already there
 * @param rule    receives the rule that decided: the one that blocks, or the skip that
 *                ended the ruleset; untouched when none did
 * @param fault   receives the reason of a fault
 */
pst_decision pst_ruleset_evaluate(const pst_ruleset *set,
                                  const postern_named_list *lists,
                                  postern_request *request, pst_matches *matches,
                                  const pst_rule **rule, postern_status *fault);

/**
 * Marks guarded[i] when an enabled block rule of `set` guards hosts->members[i]: it
 * names the host and for that reason can match a stranger, a client without a
 * certificate, or it matches every stranger whatever the host; and no skip rule lets
 * all strangers in before.
 *
 * @return false as pst_arena_alloc()
 */
bool pst_ruleset_guard(const pst_ruleset *set, const pst_string_set *hosts,
                       pst_arena *scratch, bool *guarded);

/** Told of a host, or with `open` of the start of hosts, behind which any end may come.
 *  The text lives as long as the ruleset or the scratch memory.
 *  @return false: go no further */
typedef bool pst_host_known(void *user, postern_str host, bool open);

/**
 * Tells hosts that rules of `set`, disabled ones too, may treat in a way of their own:
 * those http.host is compared with, and an example of every start, part and end of a
 * name and of every wildcard pattern, but of no regular expression. Some may be no host
 * names; the same may come twice.
 *
 * @return false when `known` did, or as pst_arena_alloc()
 */
bool pst_ruleset_known_hosts(const pst_ruleset *set, pst_arena *scratch,
                             pst_host_known *known, void *user);

#endif
