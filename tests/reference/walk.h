/*
 * tests/reference/walk.h - the second opinion: an expression evaluated by walking
 * its claim, without code, slots or tricks.
 *
 * Sets are searched one by one, strings compared byte by byte, headers looked up in
 * the whole map. It shares parser, type check and fields with the machine, and
 * nothing behind them.
 */
#ifndef REFERENCE_WALK_H
#define REFERENCE_WALK_H

#include "compile/claim.h"

typedef struct walk {
    pst_claim *claim;
    pst_arena scratch;
    pst_arena constants;
} walk;

/** Reads `expression`. @return false when it is refused; walk_close() it anyway */
bool walk_open(walk *reference, const postern_scheme *scheme, postern_str expression);

void walk_close(walk *reference);

/** Evaluates on a sealed request without a head problem.
 *  @return POSTERN_OK with *answer set, or the fault of a field or function */
postern_status walk_evaluate(const walk *reference, postern_request *request,
                             bool *answer);

#endif
