/*
 * compile/bind.h - what a rule cannot do without.
 *
 * A rule that is an `and` of tests cannot be true unless each of them is; so one of
 * them, the cheapest to look up, is enough to leave the rule out of most requests. Such
 * a test is an option: a list of keys, of which one must be met for the rule to be true.
 * A rule may have several; which is best depends on the other rules: a method that
 * thousands of rules ask for leaves out nobody. What keys are for is not known here:
 * see ruleset/index.h.
 *
 * Nothing is bound by what may change under the program: named lists.
 */
#ifndef PST_COMPILE_BIND_H
#define PST_COMPILE_BIND_H

#include "compile/claim.h"

typedef enum pst_key_kind {
    PST_KEY_TEXT,  /* the slot is this text */
    PST_KEY_RANGE, /* the slot is an address or an integer in this range */
    PST_KEY_PART   /* this text stands in the slot, at `place` */
} pst_key_kind;

typedef struct pst_key {
    uint8_t kind;  /* pst_key_kind */
    bool elements; /* the slot is an array: one of its elements is meant */
    uint8_t place; /* pst_needle_place, of PART */
    bool fold;     /* of PART: ASCII case does not count, the text is in lower case */
    bool integer;  /* of RANGE: of integers, as pst_range_int() makes them */
    uint32_t slot;
    union {
        postern_str text; /* of PART it may live only as long as the bindings */
        pst_ip_range range;
    } as;
} pst_key;

typedef struct pst_option {
    uint32_t count;
    bool dear;           /* its slots come from the body, which may be large */
    const pst_key *keys; /* none at all: the rule is never true */
} pst_option;

/** The most options of a rule. */
enum { PST_OPTIONS_MAX = 4 };

typedef struct pst_binding {
    uint32_t count;            /* 0: nothing is known, the rule must always be asked */
    const pst_option *options; /* the cheapest to look up first */
} pst_binding;

/** The bindings of a program's rules, in their order. */
typedef struct pst_bindings {
    const postern_allocator *alloc;
    pst_arena memory; /* what keys point to */
    pst_binding *items;
    size_t count;
    size_t cap;
} pst_bindings;

void pst_bindings_init(pst_bindings *bindings, const postern_allocator *alloc);
void pst_bindings_free(pst_bindings *bindings);

/**
 * Appends the binding of a rule whose slots are placed.
 *
 * @param derived how slots behind the scheme's fields are computed
 * @return false when there is no memory
 */
bool pst_bind(pst_bindings *bindings, const pst_claim *claim,
              const pst_derived *derived, const postern_scheme *scheme);

#endif
