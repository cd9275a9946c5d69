/*
 * builtin/builtin.h - the functions of the language.
 *
 * A function is pure: the same arguments give the same result, which may borrow
 * from them or live in the request's arena. This room knows values, not slots or
 * syntax. To add one: a row in functions.def and a pst_body_ID() in one of the files
 * here; one whose literals have rules of their own gets a pst_check_ID() too.
 */
#ifndef PST_BUILTIN_BUILTIN_H
#define PST_BUILTIN_BUILTIN_H

#include "match/regex.h"
#include "model/value.h"

#include <postern/options.h>

typedef enum pst_function_id {
#define FUNCTION(id, name, result, min, max, flags, text, ...) PST_FUNCTION_##id,
#include "builtin/functions.def"
#undef FUNCTION
    PST_FUNCTION_COUNT
} pst_function_id;

/** The most arguments a call has, whatever the limits say. */
enum { PST_ARGUMENTS_MAX = 255 };

/** What a parameter takes; see functions.def. */
enum {
    PST_TAKES_STRING = 1,
    PST_TAKES_INT = 2,
    PST_TAKES_BOOL = 4,
    PST_TAKES_IP = 8,
    PST_TAKES_STRINGS = 16,
    PST_TAKES_ARRAY = 32,
    PST_TAKES_MAP = 64,
    PST_TAKES_SAME = 128,
    PST_TAKES_ELEMENT = 256,
    PST_TAKES_REGEX = 512 /* of a literal STRING: it is a regular expression */
};

typedef enum pst_form { PST_FORM_VALUE, PST_FORM_LITERAL, PST_FORM_EITHER } pst_form;

typedef struct pst_parameter {
    const char *name;
    uint16_t takes; /* PST_TAKES_... */
    uint8_t form;   /* pst_form */
} pst_parameter;

enum { PST_FLAG_TAKES_MISSING = 1, PST_FLAG_NEEDS_CRYPTO = 2, PST_FLAG_ONCE = 4 };

/** An argument as it is known when an expression is compiled. */
typedef struct pst_argument {
    postern_type type;
    bool literal;
    pst_value value;        /* of a literal */
    const pst_regex *regex; /* of a REGEX: what it was compiled to, with captures */
} pst_argument;

/** What is wrong with a literal argument. Texts live in the arena of the check, or
 *  for ever. */
typedef struct pst_argument_problem {
    postern_status status; /* INVALID, SYNTAX or LIMIT */
    size_t argument;
    const char *message; /* one plain sentence */
    const char *hint;    /* or NULL */
    size_t offset;       /* of what is wrong in a string, after unquoting */
    size_t length;       /* 0: all of the argument */
} pst_argument_problem;

/** Everything a body may look at. */
typedef struct pst_invocation {
    pst_arena *arena;             /* results live here */
    const postern_crypto *crypto; /* never NULL for NEEDS_CRYPTO */
    pst_regex_memory *regexes;    /* of the request, which gives it an arena */
    const postern_type *types;    /* `count` of each */
    const pst_value *values;
    const bool *present; /* all true unless TAKES_MISSING */
    size_t count;
    const void *prepared; /* what the function's check made, or NULL */
} pst_invocation;

typedef struct pst_result {
    bool present; /* false: the result is missing */
    pst_value value;
} pst_result;

/** `out` comes zeroed but for `present`, which is true.
 *  @return POSTERN_OK, or a fault: of the arena, POSTERN_CRYPTO */
typedef postern_status pst_function_body(const pst_invocation *in, pst_result *out);

/**
 * Looks at the literal arguments of a call while it is compiled; `arguments` agree with
 * the parameters already. What is made of them for the body goes into *prepared and
 * lives in `arena`, with the program.
 *
 * @param star_limit wildcard stars allowed in one pattern
 * @return POSTERN_OK; the arena's failure, and *problem is as it was; anything else:
 *         problem->status, and *problem says what is wrong
 */
typedef postern_status pst_function_check(pst_arena *arena,
                                          const pst_argument *arguments, size_t count,
                                          uint32_t star_limit, const void **prepared,
                                          pst_argument_problem *problem);

typedef struct pst_function {
    postern_str name;
    const char *text;    /* what it does */
    postern_type result; /* 0: that of the first argument */
    uint8_t min;
    uint8_t max;
    uint8_t flags; /* PST_FLAG_... */
    uint8_t parameter_count;
    const pst_parameter *parameters;
    pst_function_body *body;
    pst_function_check *check; /* or NULL */
} pst_function;

/** `id` must be less than PST_FUNCTION_COUNT. */
const pst_function *pst_function_at(size_t id);

/** The function called `name`, or PST_FUNCTION_COUNT. */
size_t pst_function_find(postern_str name);

/** The parameter that argument `index` is for. */
const pst_parameter *pst_function_parameter(const pst_function *function, size_t index);

/** The PST_TAKES_ bit of the kind of `type`. */
uint16_t pst_takes_of(postern_type type);

/** True when `parameter` takes a value of `type`; `first` is the type of the call's
 *  first argument (an element's, when it is mapped). */
bool pst_parameter_takes(const pst_parameter *parameter, postern_type type,
                         postern_type first);

#endif
