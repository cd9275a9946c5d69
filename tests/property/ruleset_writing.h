/*
 * tests/property/ruleset_writing.h - what the files that write predicates share.
 */
#ifndef PROPERTY_RULESET_WRITING_H
#define PROPERTY_RULESET_WRITING_H

#include "rulesets.h"

/* What one test of many asks with, and its right side. */
typedef enum asked {
    ASKED_EQ,
    ASKED_CONTAINS,
    ASKED_WILDCARD,
    ASKED_STRICT,
    ASKED_MATCHES,
    ASKED_STARTS,
    ASKED_ENDS,
    ASKED_NE,
    ASKED_IN,
    ASKED_ORDER,
    ASKED_LIST,
    ASKED_COUNT
} asked;

/** Writes a literal. */
void ruleset_write_number(rulesets *r, long long number);

/** Writes ` in {...}`. */
void ruleset_write_set(rulesets *r, void (*member)(rulesets *r, topic about),
                       topic about);

/** A test of `term`, which stands there as it is written. */
void ruleset_write_test(rulesets *r, asked how, postern_str term, topic about);

/** One whole test of a string, of any kind. */
void ruleset_write_string_test(rulesets *r);

/** The map of headers, asked for one of them. */
void ruleset_write_header(rulesets *r);

/** Takes back what was written from `start`, to write it again. */
postern_str ruleset_take_back(rulesets *r, size_t start);

#endif
