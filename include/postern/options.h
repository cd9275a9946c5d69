/*
 * postern/options.h - what an embedder may choose: memory, clock, cryptography
 * and limits. Zeroed options are good defaults.
 */
#ifndef POSTERN_OPTIONS_H
#define POSTERN_OPTIONS_H

#include <postern/crypto.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Upper bounds. 0 means the default in brackets; each is pinned by a test. */
typedef struct postern_limits {
    uint32_t expression_bytes; /**< length of an expression [4096] */
    uint32_t nesting;          /**< parentheses, `not`, calls in each other [128]; a
                                      level of calls takes some 300 bytes of stack */
    uint32_t wildcard_stars;   /**< `*` in one wildcard pattern [16] */
    uint32_t concat_arguments; /**< arguments of one concat(), at most 255 [32] */
    uint32_t rewrites;         /**< calls of wildcard_replace() in one expression, and
                                    of regex_replace(); and of both in each other [1] */
    uint32_t regexes;          /**< regular expressions in one expression, equal ones
                                    counted each time [64] */
    uint32_t regex_pattern_bytes;  /**< length of a regular expression [4096] */
    uint32_t regex_nesting;        /**< its groups, classes and operators in each
                                        other [250] */
    uint32_t regex_compiled_bytes; /**< its compiled size, 16 bytes for each character
                                        or class when all repetitions are written
                                        out: a{1000} is a thousand [10 MiB] */
    uint32_t regex_steps;          /**< the most it may do for a byte of text, see
                                        postern/regex.h; bounds the time of a search
                                        by that of the text [512] */
    uint32_t request_bytes; /**< values derived from one request, and as much again for
                                 what one run of a program computes, and for what
                                 searches with regular expressions remember [1 MiB] */
    uint32_t headers;       /**< header lines of one request [512] */
    uint32_t chain_bytes;   /**< DER of a client's whole chain [64 KiB] */
    uint32_t chain_certificates; /**< certificates a client may send [10] */
    uint32_t policy_bytes;       /**< a policy file, or one of its PEM files [64 MiB] */
} postern_limits;

/**
 * Milliseconds since 1970-01-01 00:00:00 UTC, without leap seconds; negative
 * when the time is not known (every decision that needs it is then a fault).
 * Called from whichever thread evaluates.
 */
typedef int64_t (*postern_clock)(void *user);

/** Copied by postern_scheme_new(); what it points to must outlive the scheme. */
typedef struct postern_options {
    const postern_allocator *allocator; /**< NULL: malloc, realloc, free */
    postern_clock clock;                /**< NULL: the system's UTC clock. Certificates
                                             are judged by its whole seconds, which some
                                             systems tell a few milliseconds late */
    void *clock_user;                   /**< handed to `clock` */
    const postern_crypto *crypto;       /**< NULL: no cryptography */
    postern_limits limits;              /**< zeroes: the defaults */
} postern_options;

#ifdef __cplusplus
}
#endif

#endif
