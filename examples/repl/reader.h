/*
 * reader.h - lines from a person or a pipe. Two implementations: reader_plain.c works
 * everywhere; reader_edit.c edits lines, remembers and completes them, with libedit
 * (reader_none.c stands in for it in a build without).
 */
#ifndef REPL_READER_H
#define REPL_READER_H

#include <postern/base.h>

#include <stdio.h>

typedef enum reader_outcome {
    READER_LINE,
    READER_CANCELLED, /* Ctrl-C: what was typed so far is to be forgotten */
    READER_END        /* Ctrl-D, the end of a file, or a failure */
} reader_outcome;

typedef struct reader reader;

struct reader {
    /** Shows `prompt` and reads a line, which is borrowed until the next call and has
     *  no newline. */
    reader_outcome (*next)(reader *self, const char *prompt, postern_str *line);
    /** Keeps `entry` for the up key, also beyond this run. */
    void (*remember)(reader *self, const char *entry);
    void (*close)(reader *self);
};

/** Tells what the TAB key does. */
typedef struct reader_completer {
    /** Completes `line`, which is cut at the cursor.
     *  @param insert receives what to put in; freed by the caller; NULL: nothing
     *  @return true: the choices were listed on stdout, draw the line again */
    bool (*complete)(void *user, postern_str line, char **insert);
    void *user;
} reader_completer;

/** @param prompts where prompts go; NULL: nowhere.
 *  @return NULL without memory */
reader *reader_plain_open(FILE *prompts);

/** @param colour prompts may have it
 *  @return NULL when lines cannot be edited here */
reader *reader_edit_open(reader_completer completer, bool colour);

#endif
