/*
 * tests/reference/walker.h - what the two halves of the tree walk share: terms.c sees
 * values, walk.c judges claims.
 */
#ifndef REFERENCE_WALKER_H
#define REFERENCE_WALKER_H

#include "walk.h"

/** A value, or none. Of a mapped term: the array of its values, or none when what it
 *  would walk over is missing. */
typedef struct seen {
    bool present;
    pst_value value;
} seen;

/** A claim's answer for each element; with a fault they mean nothing. */
typedef struct answers {
    bool *of;
    size_t count;
    bool missing; /* one of the arrays is */
} answers;

typedef struct walker {
    const walk *reference;
    pst_arena *memory;
    postern_request *request;
    postern_status status; /* a fault ends the walk */
} walker;

/** Room for `count` items of `size` bytes; NULL is a fault. */
void *walker_make(walker *w, size_t count, size_t size);

seen walker_see(walker *w, const pst_term *term);
bool walker_judge(walker *w, const pst_claim *claim);

/** Of a claim about each element. */
answers walker_judge_each(walker *w, const pst_claim *claim);

#endif
