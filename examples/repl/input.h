/*
 * input.h - what is being typed: the lines of one expression or command, until it is
 * whole.
 */
#ifndef REPL_INPUT_H
#define REPL_INPUT_H

#include <postern/base.h>

/** Zeroed: nothing. */
typedef struct input {
    char *text; /* ends in a NUL; NULL: nothing was typed */
    size_t length;
    size_t cap;
    size_t lines;
} input;

/** Appends `line`, with a newline in front when it is not the first. @return false
 *  without memory */
bool input_add(input *typed, postern_str line);

/** Everything without blanks around it, which are cut off for good. */
postern_str input_trim(input *typed);

/** True when it is only the beginning of an expression, or of a command that takes
 *  one. An empty last line ends what is still open. */
bool input_goes_on(const input *typed);

/** As one line for the history: newlines become blanks. */
void input_join(input *typed);

/** Forgets all, but keeps the memory. */
void input_clear(input *typed);

void input_free(input *typed);

#endif
