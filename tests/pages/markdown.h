/*
 * markdown.h - a page for people, cut into what a test looks at: code blocks, and
 * tables with their rows. Everything else is skipped.
 */
#ifndef PAGES_MARKDOWN_H
#define PAGES_MARKDOWN_H

#include <postern/base.h>

enum { CELLS_MAX = 12 };

typedef enum piece_kind {
    PIECE_END,
    PIECE_BLOCK,  /* ```mark ... ``` */
    PIECE_HEADER, /* first row of a table */
    PIECE_ROW     /* any other; the line under the header is skipped */
} piece_kind;

typedef struct piece {
    piece_kind kind;
    int line;                     /* of its first line, from 1 */
    postern_str mark;             /* of a block: what follows the fence */
    postern_str text;             /* of a block, with its last newline */
    postern_str cells[CELLS_MAX]; /* of a row, without the blanks around each */
    size_t cell_count;
} piece;

/** Where a page is being read. Starts zeroed but for `text`. */
typedef struct markdown {
    postern_str text; /* the whole page, borrowed */
    size_t at;
    int line;   /* lines before `at` */
    int in_row; /* rows of the table so far; 0: outside */
} markdown;

/** The next piece. @return false with *problem set: a block without an end, a row
 *  with too many cells, a table without the line under its header */
bool markdown_next(markdown *page, piece *out, const char **problem);

/** Cuts the first line off `text`, without its newline. @return false at the end */
bool take_line(postern_str *text, postern_str *line);

/** Cuts the first word off `text`; blanks separate. @return false when there is none */
bool take_word(postern_str *text, postern_str *word);

/** `text` without the blanks around it. */
postern_str trimmed(postern_str text);

/** Copies `cell` as it is meant: without backquotes, `\|` a bar. NUL-terminated, never
 *  longer than the cell. */
void cell_text(postern_str cell, char *out);

#endif
