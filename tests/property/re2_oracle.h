/*
 * tests/property/re2_oracle.h - RE2 as somebody else who knows regular expressions. Bytes
 * as Latin-1, the first match that a backtracking search would find.
 */
#ifndef PROPERTY_RE2_ORACLE_H
#define PROPERTY_RE2_ORACLE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct re2_oracle re2_oracle;

/** NULL when RE2 refuses the pattern. */
re2_oracle *re2_oracle_new(const char *pattern, size_t len);

void re2_oracle_free(re2_oracle *oracle);

/** How many groups of the pattern capture. */
size_t re2_oracle_groups(const re2_oracle *oracle);

bool re2_oracle_match(const re2_oracle *oracle, const char *text, size_t len);

/** Most of what re2_oracle_find() tells, with the whole match. */
enum { RE2_ORACLE_GROUPS_MAX = 64 };

/** `groups` (with the whole match) pairs of start and end; SIZE_MAX for a group that
 *  took no part. */
bool re2_oracle_find(const re2_oracle *oracle, const char *text, size_t len,
                     size_t groups, size_t *places);

#ifdef __cplusplus
}
#endif

#endif
