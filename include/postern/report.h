/*
 * postern/report.h - what was wrong with a text: an expression, a policy, a
 * certificate file. A report collects findings, each with its place, its
 * reason and, where one is known, a hint.
 */
#ifndef POSTERN_REPORT_H
#define POSTERN_REPORT_H

#include <postern/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How grave a finding is. Only POSTERN_ERROR makes a call fail. */
typedef enum postern_severity {
    POSTERN_ERROR = 0,   /**< the text was refused */
    POSTERN_WARNING = 1, /**< accepted, but hardly what its author meant */
    POSTERN_NOTE = 2     /**< accepted; something its author may want to know */
} postern_severity;

/** A list of findings. Used by one thread at a time. */
typedef struct postern_report postern_report;

/** One finding. Every string is borrowed from the report and valid until it is
 *  cleared or freed; an unknown part is empty or 0. */
typedef struct postern_finding {
    postern_status status;     /**< why, for programs */
    postern_severity severity; /**< error, warning or note */
    postern_str file;          /**< file name as the caller gave it */
    size_t line;         /**< 1-based line in the file or expression; 0: unknown */
    size_t column;       /**< 1-based, in bytes; 0: unknown */
    size_t offset;       /**< bytes from the start of the expression or file */
    size_t length;       /**< bytes of the offending piece; 0 at end of input */
    postern_str excerpt; /**< the line of text the place is in */
    size_t caret;        /**< where in `excerpt` the piece starts, in bytes */
    postern_str message; /**< one line, no final full stop */
    postern_str hint;    /**< what to write instead */
} postern_finding;

/**
 * Makes an empty report.
 *
 * @param alloc memory source; NULL means malloc, realloc and free. It is
 *              borrowed and must outlive the report.
 * @return the report, freed with postern_report_free(), or NULL when there is
 *         no memory. Room for the finding "out of memory" is part of it, so
 *         that one can always be recorded.
 */
POSTERN_API postern_report *postern_report_new(const postern_allocator *alloc);

/** Frees `report` and all its findings. NULL is fine. */
POSTERN_API void postern_report_free(postern_report *report);

/** Forgets all findings. NULL is fine. */
POSTERN_API void postern_report_clear(postern_report *report);

/** How many findings there are; 0 for NULL. */
POSTERN_API size_t postern_report_count(const postern_report *report);

/** How many findings of `severity` there are; 0 for NULL. */
POSTERN_API size_t postern_report_count_of(const postern_report *report,
                                           postern_severity severity);

/**
 * Reads finding `index` (from 0, in the order found).
 *
 * @param out receives the finding; untouched when there is none
 * @return false when `report` is NULL or has no such finding
 */
POSTERN_API bool postern_report_get(const postern_report *report, size_t index,
                                    postern_finding *out);

/**
 * Writes finding `index` for people, without colour, ending in a newline:
 *
 *     policy.json:12:31: error: unknown field 'http.hots'
 *         (http.hots eq "service.example.com")
 *          ^^^^^^^^^
 *         did you mean 'http.host'?
 *
 * Bytes that could confuse a terminal are written as `\xHH`.
 *
 * @param buf receives at most `cap` bytes, always NUL-terminated when cap > 0
 * @return the length of the whole text without the NUL, like snprintf; 0 when
 *         there is no such finding
 */
POSTERN_API size_t postern_report_render(const postern_report *report, size_t index,
                                         char *buf, size_t cap);

#ifdef __cplusplus
}
#endif

#endif
