/*
 * tests/unit/compile_with.h - whether an expression compiles under given limits.
 */
#ifndef UNIT_COMPILE_WITH_H
#define UNIT_COMPILE_WITH_H

#include "../harness/harness.h"

#include <postern.h>

static inline postern_status compile_with(postern_limits limits, const char *text)
{
    const postern_options options = {.limits = limits};
    postern_scheme *scheme;
    postern_filter *filter;
    postern_status status;

    ck_assert_int_eq(postern_scheme_new(&options, &scheme), POSTERN_OK);
    status = postern_filter_compile(scheme, postern_text(text), NULL, &filter, NULL);
    postern_filter_free(filter);
    postern_scheme_free(scheme);
    return status;
}

#endif
