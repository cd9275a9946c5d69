/*
 * tests/bench/subjects.h - simulated requests, filled and ready, of which a measurement
 * takes one after the other.
 */
#ifndef BENCH_SUBJECTS_H
#define BENCH_SUBJECTS_H

#include "input.h"

typedef struct subjects {
    postern_request **requests;
    size_t count;
} subjects;

/** One request for each context, whose strings they borrow. */
void subjects_new(const postern_scheme *scheme, const input_context *contexts,
                  size_t count, subjects *out);
void subjects_free(subjects *all);

/** Sets all fields of `request` afresh. */
void subject_fill(postern_request *request, const input_context *context);

#endif
