/*
 * tests/reference/twins.h - what match/ and builtin/ do cleverly, done plainly: a byte
 * at a time, a member at a time.
 */
#ifndef REFERENCE_TWINS_H
#define REFERENCE_TWINS_H

#include "match/list.h"
#include "match/wildcard.h"

/** <0, 0, >0, bytewise. */
int twin_order(postern_str a, postern_str b);

bool twin_contains(postern_str text, postern_str needle);

/** Tries every place for every piece.
 *  @param reached scratch memory, 2 * (text.len + 1) bytes */
bool twin_wildcard(const pst_wildcard *pattern, postern_str text, bool *reached);

bool twin_starts_with(postern_str text, postern_str prefix);
bool twin_ends_with(postern_str text, postern_str suffix);

/** ASCII only. */
char twin_lower(char c);
char twin_upper(char c);

bool twin_int_set(const pst_int_set *set, int64_t value);
bool twin_string_set(const pst_string_set *set, postern_str value);
bool twin_ip_set(const pst_ip_set *set, pst_ip value);

/** `value` is of the type that the list is for. */
bool twin_list(const postern_list *list, pst_value value);

#endif
