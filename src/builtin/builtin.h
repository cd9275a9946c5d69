/*
 * builtin/builtin.h - the functions of the language.
 *
 * A function is pure: the same arguments give the same result, which may borrow
 * from them or live in the request's arena. This room knows values, not slots or
 * syntax. To add one: a row in functions.def, a body in builtin.c.
 */
#ifndef PST_BUILTIN_BUILTIN_H
#define PST_BUILTIN_BUILTIN_H

#include "model/value.h"
#include "support/arena.h"

typedef enum pst_function_id {
#define FUNCTION(id, name, result, parameters, text) PST_FUNCTION_##id,
#include "builtin/functions.def"
#undef FUNCTION
    PST_FUNCTION_COUNT
} pst_function_id;

/** The most parameters a function has. */
enum { PST_PARAMETERS_MAX = 1 };

/** @return POSTERN_OK with *out set, or a fault of the arena */
typedef postern_status pst_function_body(pst_arena *arena, const pst_value *arguments,
                                         pst_value *out);

typedef struct pst_function {
    postern_str name;
    postern_type result;
    const char *parameters; /* letters of functions.def */
    pst_function_body *body;
} pst_function;

/** `id` must be less than PST_FUNCTION_COUNT. */
const pst_function *pst_function_at(size_t id);

/** True when a parameter of `letter` takes an argument of `type`. */
bool pst_parameter_takes(char letter, postern_type type);

#endif
