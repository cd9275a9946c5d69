/*
 * postern/filter.h - one expression: compile it once, match it often.
 *
 * Semantics: grammar/postern.ebnf and the documentation of Cloudflare's Rules
 * language. A comparison with a missing value is false, `ne` included.
 */
#ifndef POSTERN_FILTER_H
#define POSTERN_FILTER_H

#include <postern/list.h>
#include <postern/report.h>
#include <postern/request.h>
#include <postern/scheme.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A compiled expression. Immutable; any threads may match it at once. */
typedef struct postern_filter postern_filter;

/** How to compile. Zeroed means defaults. */
typedef struct postern_compile_options {
    bool strict_cloudflare; /**< refuse what Cloudflare does not have: `postern.*` */
    bool provided_only;     /**< refuse external fields that the host has not declared
                                 with postern_scheme_provide(); policies always do */
    postern_phase phase;    /**< fields of other phases are refused [request] */
    const postern_named_list *lists; /**< what `in $name` may name, none of them NULL;
                                          of two with one name the first counts. The
                                          compiled expression keeps them alive */
    size_t list_count;
} postern_compile_options;

/**
 * Compiles `expression` against the fields of `scheme`.
 *
 * @param expression UTF-8 or any bytes; not kept
 * @param options    may be NULL
 * @param out        receives a filter, freed with postern_filter_free(); NULL on
 *                   failure
 * @param report     receives up to eight findings, each pointing into
 *                   `expression`; may be NULL. Warnings come with POSTERN_OK too.
 * @retval POSTERN_OK
 * @retval POSTERN_SYNTAX, POSTERN_UNKNOWN_NAME, POSTERN_TYPE, POSTERN_LIMIT,
 *         POSTERN_INVALID (a literal out of range), POSTERN_UNSUPPORTED (what
 *         regular expressions cannot say here, or all of them in a build without them;
 *         what `options` refuse), POSTERN_CRYPTO (a function needs the
 *         crypto table): that of the first error
 * @retval POSTERN_NO_MEMORY nothing is leaked
 *
 * Thread-safe. Cost: linear in the length, under two microseconds for a simple
 * rule; a regular expression takes some ten more, an awkward one up to a hundred
 * milliseconds.
 */
POSTERN_API postern_status
postern_filter_compile(const postern_scheme *scheme, postern_str expression,
                       const postern_compile_options *options, postern_filter **out,
                       postern_report *report);

/** Frees `filter`. NULL is fine. */
POSTERN_API void postern_filter_free(postern_filter *filter);

/**
 * Evaluates `filter` against `request`. A bare filter sees what it is given:
 * headers are not hidden and no connection is judged. Access decisions belong
 * to postern_gate_evaluate(). Of a request that the gate has evaluated it sees the
 * connection's fields as they were then: match before the connection is used again.
 *
 * @param request of the same scheme; sealed by this call (see request.h)
 * @param matched receives the answer, only together with POSTERN_OK; otherwise
 *                it is set to false
 * @retval POSTERN_OK
 * @retval POSTERN_STATE     another scheme, or a request that was misused
 * @retval POSTERN_INVALID   the request's head is malformed (no Host, ...)
 * @retval POSTERN_NO_MEMORY, POSTERN_LIMIT the values it needs do not fit
 * @retval POSTERN_CLOCK, POSTERN_CRYPTO   the time, or a digest, cannot be had
 *
 * Any status but POSTERN_OK is a fault: treat it as a refusal. Takes no lock;
 * allocates nothing once the request's memory is warm. Cost: nanoseconds for each test
 * that is come to, linear in the text for one that searches, in the elements for any() and
 * all(); equality, sets and lists hardly depend on how many members there are. A field that
 * the library fills itself is computed when first asked for, once a request; a header that
 * is looked up, a function's result and a list's answer once a call.
 */
POSTERN_API postern_status postern_filter_match(const postern_filter *filter,
                                                postern_request *request,
                                                bool *matched);

/** True when the expression reads `field`, so that a host knows what it need not
 *  fill. An element or a header of a map counts as reading the map. Linear in the length of
 *  the compiled form. */
POSTERN_API bool postern_filter_uses(const postern_filter *filter, postern_field field);

/**
 * Writes instruction `index` of the compiled form, for people who are curious
 * and for tests that pin it, such as "0002 STRING_EQ http.host \"a\" | 0003, false":
 * behind the bar, where it goes on when that is true, and when it is not.
 *
 * @return as snprintf; 0 when there is no such instruction
 */
POSTERN_API size_t postern_filter_print(const postern_filter *filter, size_t index,
                                        char *buf, size_t cap);

#ifdef __cplusplus
}
#endif

#endif
