/*
 * tests/property/generator.h - random requests and lists, and random well-typed
 * expressions together with their answer.
 *
 * An expression is written along the grammar, and while it is written its truth is
 * worked out from the values the generator has chosen itself: a third opinion that
 * shares no line with parser, compiler, machine or tree walk. What a few functions
 * compute it does not know; it says so.
 *
 * generator.c chooses, terms.c writes values, claims.c what is asked of them.
 */
#ifndef PROPERTY_GENERATOR_H
#define PROPERTY_GENERATOR_H

#include "model.h"

#include <postern/list.h>
#include <postern/request.h>

enum {
    GENERATOR_TEXT_MAX = 1 << 16,
    GENERATOR_FIELDS = 37,
    GENERATOR_HEADERS = 4,
    GENERATOR_LISTS = 4,
    GENERATOR_ITEMS = 6 /* most in an array, a map or a list */
};

/** One field with the value it has in the current request. */
typedef struct generated_field {
    postern_field field;
    const char *name;
    postern_type type;
    value now;
} generated_field;

/** A list: ranges, or host names of which some start with "*.". */
typedef struct generated_list {
    postern_list_kind kind;
    size_t count;
    value first[GENERATOR_ITEMS];
    value last[GENERATOR_ITEMS];
} generated_list;

typedef struct generator {
    uint64_t state;
    generated_field fields[GENERATOR_FIELDS];
    generated_list lists[GENERATOR_LISTS];
    postern_named_list named[GENERATOR_LISTS]; /* for postern_compile_options */
    char text[GENERATOR_TEXT_MAX];
    size_t length;
    int nesting;
    int budget;                       /* what the expression may still spend on calls */
    const generated_field *favourite; /* NULL: any field is as good */
    size_t favourite_call;            /* likewise 0; otherwise 1 + its place */
    bool repeats; /* the test repeats what is written: no call of what is called once */
    bool rewrote; /* a function that may be called once has been */
    pool memory;
    size_t kept; /* of the memory: up to here it is the request's */
} generator;

/** Adds the generator's fields to a fresh scheme and makes its lists. */
void generator_init(generator *g, postern_scheme *scheme, uint64_t seed);

/** Gives the lists back. */
void generator_free(generator *g);

/** Chooses new values for all fields and headers and puts them into `request`. */
void generator_fill(generator *g, postern_request *request);

/** Each writes to g->text, behind what is there (set g->length to 0 for a new one), and
 *  returns what the request filled last makes of it. */
truth generator_expression(generator *g);

/** Many comparisons of values that hardly differ: of one field, with one function. */
truth generator_relatives(generator *g);

/** A value expression, of any type. */
value generator_value(generator *g);

/** A value of `type`: a field, an element, a call. */
value generator_term(generator *g, postern_type type);

/** A literal of a scalar `type`, Booleans excepted. */
value generator_literal(generator *g, postern_type type);

/** Something asked of each element of some arrays: the argument of a quantifier. */
void generator_each(generator *g);

/** Appends `text` to the expression. */
void generator_write(generator *g, const char *text);

/** A number below `bound`. */
size_t generator_pick(generator *g, size_t bound);

#endif
