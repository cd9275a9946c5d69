/*
 * compile/suggest.h - what an unknown name was probably meant to be.
 */
#ifndef PST_COMPILE_SUGGEST_H
#define PST_COMPILE_SUGGEST_H

#include "model/scheme.h"
#include "syntax/complaint.h"

/** Complains of an unknown field: with the idiom that does what a well-known but
 *  non-existent name promises, with the blank that was forgotten behind a word
 *  operator, or with the nearest name. */
void pst_complain_unknown_field(pst_complaints *complaints,
                                const postern_scheme *scheme, pst_span span,
                                postern_str name);

void pst_complain_unknown_function(pst_complaints *complaints, pst_span span,
                                   postern_str name);

/** True for a dotted name that is near that of a field. */
bool pst_looks_like_field(const postern_scheme *scheme, postern_str name);

#endif
