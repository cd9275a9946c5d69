/*
 * history.h - what was typed in earlier runs: a file of lines that only its owner can
 * read, $XDG_STATE_HOME/postern/history or ~/.local/state/postern/history. Where there
 * can be none, nothing is kept and nobody complains.
 */
#ifndef REPL_HISTORY_H
#define REPL_HISTORY_H

enum { HISTORY_MAX_ENTRIES = 1000 };

typedef struct history_file history_file;

/**
 * Opens the file, made with its folders when it is not there, and cut to the last
 * HISTORY_MAX_ENTRIES lines.
 *
 * @param each called with every line, the oldest first
 * @return freed with history_file_close(); NULL: no history is kept
 */
history_file *history_file_open(void (*each)(void *user, const char *entry),
                                void *user);

/** Adds a line at the end, at once, so that several runs share the file; the same line
 *  twice in a row only once. NULL is fine. */
void history_file_append(history_file *file, const char *entry);

/** NULL is fine. */
void history_file_close(history_file *file);

#endif
