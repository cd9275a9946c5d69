/*
 * terminal_width.h - how wide the terminal at stdout is. POSIX has no call for it
 * before its 2024 edition, so what the systems have stands alone in its file.
 */
#ifndef REPL_TERMINAL_WIDTH_H
#define REPL_TERMINAL_WIDTH_H

#include <stddef.h>

/** Columns; 80 when nobody knows. */
size_t terminal_width(void);

#endif
