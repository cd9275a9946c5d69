/*
 * compile/checker.h - the type checker's parts, one file each: terms.c and calls.c give
 * values their meaning, tests.c and sets.c compare them, check.c puts claims together.
 *
 * After an error each part goes on: what could not be made sense of is NULL and
 * never compiled.
 */
#ifndef PST_COMPILE_CHECKER_H
#define PST_COMPILE_CHECKER_H

#include "compile/claim.h"
#include "match/literal.h"

typedef struct pst_checker {
    pst_compilation *unit;
    postern_status status; /* not POSTERN_OK: an arena failed, unwind */
} pst_checker;

/** Tells an error; see pst_complain(). */
void pst_checker_complain(pst_checker *c, postern_status status, pst_span span,
                          const char *message, const char *hint);

/** Tells what is wrong with a number or address. */
void pst_checker_complain_of_literal(pst_checker *c, const pst_node *literal,
                                     const pst_literal_problem *problem);

/** Zeroed scratch memory, or NULL with c->status set. */
void *pst_checker_make(pst_checker *c, size_t size);

/** Memory that lives as long as the program, or NULL with c->status set. */
void *pst_checker_make_constant(pst_checker *c, size_t size);

/** A copy that lives as long as the program. */
bool pst_checker_keep(pst_checker *c, postern_str text, postern_str *out);

/** Reads hex bytes such as 6a:0f, and warns of them. @return false: told, or out of
 *  memory */
bool pst_checker_read_bytes(pst_checker *c, const pst_node *literal, postern_str *out);

/** Warns of a number that a leading zero makes octal. */
void pst_checker_warn_octal(pst_checker *c, const pst_node *literal);

/** Warns of a host name that http.host, on the left, can never be. */
void pst_checker_warn_host(pst_checker *c, const pst_term *left,
                           const pst_node *literal);

/** An empty term in scratch memory. */
pst_term *pst_term_new(pst_checker *c, pst_term_kind kind, postern_type type,
                       pst_span span);

/** A field, an element or a call; NULL: told, or out of memory. */
pst_term *pst_check_term(pst_checker *c, const pst_node *node);

/** A call of a function. */
pst_term *pst_check_call(pst_checker *c, const pst_node *node);

/** True for a call that could not be read whole; it is dealt with. */
bool pst_check_broken_call(pst_checker *c, const pst_node *node);

/** True for any() and all(), with their kind of claim. */
bool pst_is_quantifier(const pst_node *node, pst_claim_kind *kind);

/** Something true or false; a value on its own must be a Boolean or Booleans. */
pst_claim *pst_check_claim(pst_checker *c, const pst_node *node);

/** A claim as a value: a Boolean, or an array of them. */
pst_term *pst_check_claim_value(pst_checker *c, const pst_node *node);

/** A test of `left` with one instruction, its operand still to be filled in. */
pst_claim *pst_test_new(pst_checker *c, pst_term *left, pst_opcode op);

/** `left relation right`, where right is a literal of left's type. */
pst_claim *pst_test_literal(pst_checker *c, pst_term *left, pst_comparison relation,
                            const pst_node *right);

/** `left relation right`, where both are read from the request. */
pst_claim *pst_test_terms(pst_checker *c, pst_term *left, pst_comparison relation,
                          pst_term *right);

/** `left relation right` of the operators that only literals follow: contains, wildcard,
 *  strict wildcard, matches, bitwise_and. */
pst_claim *pst_test_pattern(pst_checker *c, pst_term *left, const pst_node *compare);

/** `left in set`, where left is a string, an integer or an address. */
pst_claim *pst_test_in(pst_checker *c, pst_term *left, const pst_node *set);

#endif
