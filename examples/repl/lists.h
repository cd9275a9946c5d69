/*
 * lists.h - the named lists of a policy file, for expressions typed by hand.
 */
#ifndef REPL_LISTS_H
#define REPL_LISTS_H

#include "../source.h"

#include <postern/list.h>

/** Zeroed: none. */
typedef struct lists {
    postern_named_list *named;
    size_t count;
    source memory; /* of the names */
} lists;

/** Reads the "lists" of a policy that postern_policy_load() has accepted. What cannot
 *  be read is left out; without memory *out is empty. */
void lists_read(postern_str policy, lists *out);

void lists_free(lists *held);

#endif
