/*
 * interactive.h - lines from stdin: expressions and commands.
 */
#ifndef REPL_INTERACTIVE_H
#define REPL_INTERACTIVE_H

#include "session.h"

/** Reads to the end or :quit. Prompts only when stdin is a terminal. */
void interactive_run(session *repl);

#endif
