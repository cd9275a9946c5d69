/*
 * tests/property/writing.h - what the files of the generator share.
 */
#ifndef PROPERTY_WRITING_H
#define PROPERTY_WRITING_H

#include "generator.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/** How deep parentheses and calls go. */
enum { WRITING_NESTING = 8 };

bool writing_chance(generator *g, size_t in);
void writing_bytes(generator *g, const char *text, size_t length);
void writing_blank(generator *g);

/** Any value of a scalar type. */
value writing_scalar(generator *g, postern_type type);

/** Spells a scalar as a literal. */
void writing_literal(generator *g, const value *scalar);

/** A string literal; bare: also as hexadecimal bytes, where that is allowed. */
void writing_text(generator *g, postern_str text, bool bare);

/** A value of exactly `type` that is no literal. */
value writing_value(generator *g, postern_type type);

/** What [*] makes of something: the array of what it stands for. */
value writing_mapped(generator *g, postern_type element);

/** From now on expressions are about one field and one function, where they fit. */
void writing_choose_favourites(generator *g);

/** Some of the names that maps have and have not. */
postern_str writing_key(generator *g);

/** What is tested: one value, or each of some. */
typedef struct tested {
    const value *items;
    size_t count;
    truth *out; /* an answer for each */
} tested;

/** Writes an operator that values of a scalar `type` have, Booleans excepted, and its
 *  right side. */
void writing_test(generator *g, postern_type type, const tested *of);

/** Asks for list number `which`, of the generator's. */
void writing_list(generator *g, size_t which, const tested *of);

/** A claim as an argument stands: a comparison, `not`, a quantifier or parentheses. */
value writing_claim_argument(generator *g);

/** The same, of each element: an array of Booleans. */
value writing_claims_argument(generator *g);

#endif
