/*
 * ruleset/stranger.h - what a single test of a rule says of a stranger, a client that
 * comes by TLS without a certificate. What it cannot know it calls possible. Knows
 * neither walks nor actions.
 */
#ifndef PST_RULESET_STRANGER_H
#define PST_RULESET_STRANGER_H

#include "ruleset/ruleset.h"

/** What a test can say. */
enum { PST_CAN_HOLD = 1, PST_CAN_FAIL = 2 };

/** True when `insn` asks for http.host, as it is, through lower(), or for an end of
 *  it. */
bool pst_test_reads_host(const pst_program *program, const pst_insn *insn);

/** True when many hosts may pass it, unlike equality: of a test that reads the host. */
bool pst_test_names_many(const pst_insn *insn);

/** True when `insn` asks for the length of http.host: known when the name is. */
bool pst_test_measures_host(const pst_program *program, const pst_insn *insn);

/** True when `insn` asks for anything else that is computed from http.host alone, or
 *  compares it with another slot. It is said to be
 *  possible, but is up to the name and not to the client. */
bool pst_test_hides_host(const pst_program *program, const pst_insn *insn);

/** A host that passes no test of hosts; told by its address. */
extern const postern_str pst_nobody;

/** Which of the two a test that reads the host can say. `host` NULL: one that no rule
 *  names; a pattern may fit it. */
unsigned pst_test_says_of_host(const pst_insn *insn, const postern_str *host);

/** The same for any test, of a stranger at `host`. */
unsigned pst_test_says(const pst_program *program, const pst_insn *insn,
                       const postern_str *host);

#endif
