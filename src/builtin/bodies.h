/*
 * builtin/bodies.h - the bodies and checks of functions.def, for the table in
 * builtin.c. Each stands in the file of its family.
 */
#ifndef PST_BUILTIN_BODIES_H
#define PST_BUILTIN_BODIES_H

#include "builtin/builtin.h"

#define FUNCTION(id, name, result, min, max, flags, text, ...) \
    pst_function_body pst_body_##id;
#include "builtin/functions.def"
#undef FUNCTION

/* Functions whose literals have rules of their own. */
pst_function_check pst_check_BIT_SLICE;
pst_function_check pst_check_CIDR;
pst_function_check pst_check_CIDR6;
pst_function_check pst_check_ENCODE_BASE64;
pst_function_check pst_check_HASH_IN_RANGE;
pst_function_check pst_check_IS_TIMED_HMAC_VALID_V0;
pst_function_check pst_check_LOOKUP_JSON_INTEGER;
pst_function_check pst_check_LOOKUP_JSON_STRING;
pst_function_check pst_check_SPLIT;
pst_function_check pst_check_URL_DECODE;
pst_function_check pst_check_WILDCARD_REPLACE;

/** Says what is wrong with literal `argument`; for checks to return. */
postern_status pst_refuse_argument(pst_argument_problem *problem, size_t argument,
                                   const char *message, const char *hint);

/** True when every byte of `text` is one of `letters`. */
bool pst_only_letters(postern_str text, const char *letters);

/** True when argument `index` is there and is text that holds `letter`. */
bool pst_has_flag(const pst_invocation *in, size_t index, char letter);

#endif
