/*
 * match/list.h - the list behind the public handle: what `in $name` asks.
 *
 * Immutable and reference-counted. A program knows a list by name and kind only, so
 * that another list can take its place without compiling again.
 */
#ifndef PST_MATCH_LIST_H
#define PST_MATCH_LIST_H

#include "match/int_set.h"
#include "match/ip_set.h"
#include "match/literal.h"
#include "match/string_set.h"

#include <postern/list.h>

#include <stdatomic.h>

struct postern_list {
    const postern_allocator *allocator;
    atomic_uint references;
    postern_list_kind kind;
    size_t count; /* items as given */
    pst_arena memory;
    pst_ip_set ips;
    pst_int_set ints;
    pst_string_set strings;  /* STRING; of HOSTNAME the exact names, normal form */
    pst_string_set suffixes; /* HOSTNAME: ".example.com" for "*.example.com" */
};

/** Told of an item that is wrong; `item` counts from 0. */
typedef void (*pst_list_complaint)(void *user, size_t item,
                                   const pst_literal_problem *problem);

/**
 * postern_list_new() for who tells mistakes in another way.
 *
 * @param complain called once for every wrong item, in order
 */
postern_status pst_list_new(const postern_allocator *allocator, postern_list_kind kind,
                            const postern_str *items, size_t count,
                            pst_list_complaint complain, void *user,
                            postern_list **out);

/** Takes another reference. */
const postern_list *pst_list_use(const postern_list *list);

/** The type of the values a list of `kind` holds; 0 for an unknown kind. */
postern_type pst_list_type(postern_list_kind kind);

/** `list` must be of a kind for the value. A host is given in normal form. */
bool pst_list_has_ip(const postern_list *list, pst_ip ip);
bool pst_list_has_int(const postern_list *list, int64_t value);
bool pst_list_has_string(const postern_list *list, postern_str text);

/** True for a name a list may have: a-z, 0-9, `_` and inner `.`, at most 50. */
bool pst_list_name_valid(postern_str name);

#endif
