/*
 * tests/conformance/exceptions.h - ids of vectors that postern answers otherwise, on
 * purpose: lines of {"id": "v0001", "decision": "D3"}.
 */
#ifndef CONFORMANCE_EXCEPTIONS_H
#define CONFORMANCE_EXCEPTIONS_H

#include "json_lines.h"

#include <stdio.h>

typedef struct exception {
    postern_str id;
    postern_str decision;
    bool seen;   /* a file holds it */
    bool needed; /* at least once it was not answered as expected */
} exception;

typedef struct exceptions {
    pst_arena memory;
    exception *items; /* sorted by id */
    size_t count;
} exceptions;

/**
 * Reads the file at `path`; NULL means that there are none.
 *
 * @param out    freed with exceptions_free(), whatever comes of it
 * @param number receives the number of the line that is wrong, or 0
 * @return NULL, or what is wrong: fixed text
 */
const char *exceptions_read(const char *path, exceptions *out, size_t *number);

void exceptions_free(exceptions *list);

/** The exception of that id, or NULL. */
exception *exceptions_find(const exceptions *list, postern_str id);

/** Tells of those that were not seen or not needed. @return how many */
size_t exceptions_tell_stale(const exceptions *list, FILE *to);

#endif
