/*
 * tests/conformance/vocabulary.h - the fields that vectors assume, and schemes in which
 * they can be set at will.
 */
#ifndef CONFORMANCE_VOCABULARY_H
#define CONFORMANCE_VOCABULARY_H

#include "json_lines.h"

#include <postern/scheme.h>

typedef struct vocabulary_word {
    postern_str name;
    postern_type type;
} vocabulary_word;

typedef struct vocabulary {
    pst_arena memory;
    vocabulary_word *words;
    size_t count;
} vocabulary;

/** What a line of vectors may ask of a scheme. */
typedef struct scheme_wishes {
    bool has_nesting;
    uint32_t nesting; /* 0 is a wish, too: no parenthesis, call or `not` at all */
    uint32_t wildcard_stars;       /* 0: generous */
    uint32_t regex_compiled_bytes; /* 0: as always */
} scheme_wishes;

/**
 * Reads the "fields" of a scheme.json: names and types such as "Map(Array(Bytes))".
 *
 * @param out freed with vocabulary_free(), whatever comes of it
 * @return NULL, or what is wrong with it: fixed text
 */
const char *vocabulary_read(const char *path, vocabulary *out);

void vocabulary_free(vocabulary *words);

/**
 * A scheme that knows all built-in fields and `words`, all of them missing until they
 * are set. Lengths are limited generously, nesting as always unless wished otherwise.
 *
 * @param out given back with postern_scheme_free()
 * @return NULL, or the word that means something else here
 */
const vocabulary_word *vocabulary_scheme(const vocabulary *words,
                                         const scheme_wishes *wishes,
                                         postern_scheme **out);

/** The scheme as everybody gets it. */
postern_scheme *plain_scheme(void);

#endif
