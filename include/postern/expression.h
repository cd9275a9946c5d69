/*
 * postern/expression.h - value expressions: a string, a number, an array... computed
 * from a request, such as concat("https://", http.host, http.request.uri.path).
 *
 * Semantics: as inside filters (postern/filter.h). A value expression is a field, an
 * element of one or a call; it does not end in [*].
 */
#ifndef POSTERN_EXPRESSION_H
#define POSTERN_EXPRESSION_H

#include <postern/filter.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A compiled value expression. Immutable; any threads may evaluate it at once. */
typedef struct postern_value_expression postern_value_expression;

/**
 * Compiles a value expression. Arguments and outcomes as postern_filter_compile().
 *
 * @param out receives the expression, freed with postern_value_expression_free(); NULL
 *            on failure
 */
POSTERN_API postern_status postern_value_compile(const postern_scheme *scheme,
                                                 postern_str expression,
                                                 const postern_compile_options *options,
                                                 postern_value_expression **out,
                                                 postern_report *report);

/** Frees `expression`. NULL is fine. */
POSTERN_API void postern_value_expression_free(postern_value_expression *expression);

/** The type of the values it computes. Constant time. */
POSTERN_API postern_type
postern_value_expression_type(const postern_value_expression *expression);

/**
 * Evaluates `expression` against `request`, which sees and is sealed as by
 * postern_filter_match().
 *
 * @param present receives whether there is a value; false: it is missing (an absent
 *                header, an index past the end, ...)
 * @param value   receives the value when there is one. What it points to lives in the
 *                request and is valid until the request begins again or is freed.
 * @retval POSTERN_OK; everything else, *present false, as postern_filter_match()
 */
POSTERN_API postern_status
postern_value_evaluate(const postern_value_expression *expression,
                       postern_request *request, bool *present, postern_value *value);

#ifdef __cplusplus
}
#endif

#endif
