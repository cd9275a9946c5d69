/*
 * tests/conformance/shelf.h - the named lists an expression asks for.
 *
 * A vector may declare lists of several kinds under one name, and rules found in the
 * wild declare none at all: a name then has several lists to choose from, and whoever
 * compiles tries one choice after another.
 */
#ifndef CONFORMANCE_SHELF_H
#define CONFORMANCE_SHELF_H

#include "json_lines.h"

#include <postern/list.h>

enum {
    SHELF_NAMES_MAX = 4, /* names behind the fourth are unknown lists */
    SHELF_KINDS = 4
};

typedef struct shelf_name {
    const postern_list *choices[SHELF_KINDS];
    size_t count;
    size_t chosen;
} shelf_name;

typedef struct shelf {
    postern_named_list lists[SHELF_NAMES_MAX]; /* as chosen, for compiling */
    shelf_name names[SHELF_NAMES_MAX];
    size_t count;
} shelf;

/**
 * Takes what `expression` asks for from the object at `node`:
 * {"ip" | "int" | "bytes": {name: [item, ..]}}.
 *
 * @param node 0: there are no lists
 * @param out  emptied with shelf_clear(), whatever comes of it
 * @return NULL, or what is wrong: fixed text
 */
const char *shelf_fill(const json_line *line, size_t node, postern_str expression,
                       pst_arena *memory, shelf *out);

/** Takes empty lists of every kind for each name in `expression`. */
void shelf_invent(postern_str expression, shelf *out);

/** Makes the next choice. @return false when all were made: the first is back */
bool shelf_next(shelf *lists);

void shelf_clear(shelf *lists);

#endif
