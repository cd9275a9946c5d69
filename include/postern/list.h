/*
 * postern/list.h - named lists: what `ip.src in $office` asks.
 *
 * A list is an object of its own. Expressions are compiled against lists' names and
 * kinds; the list itself is handed in and can be exchanged for another of the same
 * kind: postern_policy_with_list().
 */
#ifndef POSTERN_LIST_H
#define POSTERN_LIST_H

#include <postern/report.h>
#include <postern/value.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Immutable and reference-counted; any threads share it. */
typedef struct postern_list postern_list;

/** What a list holds. */
typedef enum postern_list_kind {
    POSTERN_LIST_IP = 1,     /**< addresses, blocks ("192.0.2.0/24"), ranges ("a..b") */
    POSTERN_LIST_INT = 2,    /**< numbers and ranges ("64512..65534"), such as ASNs */
    POSTERN_LIST_STRING = 3, /**< any strings, compared byte by byte */
    POSTERN_LIST_HOSTNAME = 4 /**< host names for `http.host`, of any case; one leading
                                   "*." stands for one or more labels, so "*.a.example"
                                   is not "a.example" itself */
} postern_list_kind;

/**
 * Makes a list.
 *
 * @param allocator copied by reference, must outlive the list; NULL means malloc
 * @param items     `count` items, spelled as above without quotes; copied. Duplicates
 *                  are harmless, an empty list matches nothing.
 * @param out       receives the list, given back with postern_list_release(); NULL on
 *                  failure
 * @param report    receives one finding for each item that is wrong (up to eight), its
 *                  message naming the item and its number, from 1; may be NULL
 * @retval POSTERN_OK, POSTERN_NO_MEMORY
 * @retval POSTERN_LIMIT more strings than can be numbered, over a thousand million
 * @retval POSTERN_INVALID, POSTERN_SYNTAX, POSTERN_TYPE that of the first wrong item;
 *         INVALID also for an unknown kind
 *
 * Cost: sorting or hashing `count` items.
 */
POSTERN_API postern_status postern_list_new(const postern_allocator *allocator,
                                            postern_list_kind kind,
                                            const postern_str *items, size_t count,
                                            postern_list **out, postern_report *report);

/** Gives a reference back. NULL is fine. */
POSTERN_API void postern_list_release(const postern_list *list);

POSTERN_API postern_list_kind postern_list_kind_of(const postern_list *list);

/** How many items it was made of. */
POSTERN_API size_t postern_list_count(const postern_list *list);

/** "ip", "int", "string" or "hostname"; "unknown" otherwise. Never NULL. */
POSTERN_API const char *postern_list_kind_text(postern_list_kind kind);

/** A list under the name that expressions use, without the dollar. Borrowed. */
typedef struct postern_named_list {
    postern_str name; /**< a-z, 0-9, `_` and inner dots, at most 50 bytes */
    const postern_list *list;
} postern_named_list;

#ifdef __cplusplus
}
#endif

#endif
