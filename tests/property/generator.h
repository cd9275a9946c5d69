/*
 * tests/property/generator.h - random requests, and random well-typed expressions
 * together with their answer.
 *
 * An expression is written along the grammar, and while it is written its truth is
 * worked out from the values the generator has chosen itself: an opinion that shares
 * no line with parser, compiler or machine.
 */
#ifndef PROPERTY_GENERATOR_H
#define PROPERTY_GENERATOR_H

#include <postern/request.h>

enum { GENERATOR_TEXT_MAX = 1 << 16, GENERATOR_FIELDS = 22, GENERATOR_HEADERS = 4 };

/** A scalar, or none. */
typedef struct scalar {
    postern_type type;
    bool present;
    int64_t number; /* Booleans too */
    postern_str text;
    postern_address address;
} scalar;

/** One field with the value it has in the current request. */
typedef struct generated_field {
    postern_field field;
    const char *name;
    postern_type type;
    bool present;
    size_t count; /* of items: 1 for a scalar */
    scalar items[4];
} generated_field;

typedef struct generator {
    uint64_t state;
    generated_field fields[GENERATOR_FIELDS];
    struct {
        const char *name;
        postern_str value;
    } headers[GENERATOR_HEADERS]; /* of the current request */
    char text[GENERATOR_TEXT_MAX];
    size_t length;
    int nesting;
} generator;

/** Adds the generator's fields to a fresh scheme. */
void generator_init(generator *g, postern_scheme *scheme, uint64_t seed);

/** Chooses new values for all fields and headers and puts them into `request`. */
void generator_fill(generator *g, postern_request *request);

/** Writes a random expression to g->text, behind what is there (set g->length to 0
 *  for a new one); returns its answer for the request filled last. */
bool generator_expression(generator *g);

/** Appends `text` to the expression. */
void generator_write(generator *g, const char *text);

/** A number below `bound`. */
size_t generator_pick(generator *g, size_t bound);

#endif
