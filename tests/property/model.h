/*
 * tests/property/model.h - values as the generator knows them, and what operators and
 * functions make of them: written down a second time, from the language's documentation,
 * and sharing no line with the library.
 */
#ifndef PROPERTY_MODEL_H
#define PROPERTY_MODEL_H

#include <postern/value.h>

/** A value of any type. */
typedef struct value {
    postern_type type;
    bool present; /* false: missing */
    bool unsure;  /* the generator does not know it; nothing else counts then */
    bool boolean;
    int64_t number;
    postern_str text;
    postern_address address;
    size_t count; /* of arrays and maps */
    struct value *items;
    postern_str *keys; /* of maps */
} value;

typedef enum truth { NO, YES, UNSURE } truth;

truth truth_of(bool claim);
truth truth_not(truth a);
truth truth_and(truth a, truth b);
truth truth_or(truth a, truth b);
truth truth_xor(truth a, truth b);

/** Memory that is given back by setting `used` back. */
typedef struct pool {
    size_t used;
    _Alignas(16) char bytes[1 << 20];
} pool;

/** Fails the test when there is no more. */
void *pool_take(pool *from, size_t count, size_t size);

value value_missing(postern_type type);
value value_unsure(postern_type type);
value value_text(postern_str text);
value value_number(int64_t number);
value value_boolean(bool boolean);

/** An array of `count` items that are still to be filled in. */
value value_array(pool *memory, postern_type element, size_t count);

/** -1, 0, 1; 2 when they cannot be ordered. Both are present and of one scalar type. */
int value_order(const value *a, const value *b);

bool text_contains(postern_str text, postern_str needle);
bool text_starts(postern_str text, postern_str prefix);
bool text_ends(postern_str text, postern_str suffix);

/** `pattern` as it is between the quotes after unescaping: `\*` and `\\` are escapes. */
bool text_covers(postern_str pattern, postern_str text, bool fold);

postern_str text_lower(pool *memory, postern_str text);
postern_str text_upper(pool *memory, postern_str text);
postern_str text_of(pool *memory, const value *scalar);

/** Each does what the function of that name does. Only the first two see missing
 *  arguments. */
value model_concat(pool *memory, const value *arguments, size_t count);
value model_coalesce(const value *arguments, size_t count);
value model_substring(const value *arguments, size_t count);
value model_join(pool *memory, const value *items, const value *separator);
value model_split(pool *memory, const value *text, postern_str separator, size_t limit);
value model_has_value(const value *collection, const value *wanted);
value model_has_key(const value *map, const value *key);

#endif
