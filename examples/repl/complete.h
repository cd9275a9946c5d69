/*
 * complete.h - what the TAB key offers. No terminal is needed.
 */
#ifndef REPL_COMPLETE_H
#define REPL_COMPLETE_H

#include "session.h"

/** One way to go on. */
typedef struct completion_word {
    char *text;         /* the whole word, of which `typed` bytes stand there already */
    const char *ending; /* what follows when it is the only one: " ", "(" ...; fixed */
} completion_word;

/** Zeroed: nothing. */
typedef struct completion {
    size_t typed; /* bytes before the cursor that are the beginning of every word */
    completion_word *words; /* sorted, each once */
    size_t count;
    size_t cap;
} completion;

/**
 * Finds what could stand at the end of `text`: a command and its arguments when the text
 * begins with a colon, otherwise an expression. Without memory it finds less.
 *
 * @param text everything before the cursor, lines before this one included
 * @param out  receives the words, freed with completion_free()
 */
void complete(const session *repl, postern_str text, completion *out);

void completion_free(completion *held);

/** How many bytes all words have in common; at least `typed`. 0: there are none. */
size_t completion_common(const completion *held);

/** Lists the words in columns, of a path its last part alone. */
void completion_list(const completion *held, FILE *out, size_t width);

/** For the finders of words: adds `word` unless it does not begin with `typed`. */
void completion_add(completion *held, postern_str word, postern_str typed,
                    const char *ending);

#endif
