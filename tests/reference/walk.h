/*
 * tests/reference/walk.h - the second opinion: an expression evaluated by walking
 * its claim, without code, slots or tricks.
 *
 * Sets and lists are searched one by one, strings compared byte by byte, headers looked
 * up in the whole map, arrays written out in full. It shares parser, type check, fields
 * and most functions with the machine, and nothing behind them.
 */
#ifndef REFERENCE_WALK_H
#define REFERENCE_WALK_H

#include "compile/regexes.h"

typedef struct walk {
    const postern_scheme *scheme;
    postern_compile_options options;
    pst_claim *claim; /* of a filter */
    pst_term *term;   /* of a value expression */
    pst_regexes regexes;
    pst_arena scratch;
    pst_arena constants;
    pst_arena values; /* of the last evaluation */
} walk;

/** Reads a filter. @param options as postern_filter_compile(); its lists are borrowed
 *  @return false when it is refused; walk_close() it anyway */
bool walk_open(walk *reference, const postern_scheme *scheme, postern_str expression,
               const postern_compile_options *options);

/** The same for a value expression. */
bool walk_open_value(walk *reference, const postern_scheme *scheme,
                     postern_str expression, const postern_compile_options *options);

void walk_close(walk *reference);

/** Evaluates on a sealed request without a head problem.
 *  @return POSTERN_OK with *answer set, or the fault of a field or function */
postern_status walk_evaluate(walk *reference, postern_request *request, bool *answer);

/** The same for a value expression, of type reference->term->type; *value lives up to
 *  the next evaluation. */
postern_status walk_value(walk *reference, postern_request *request, bool *present,
                          pst_value *value);

#endif
