/*
 * interactive.h - lines from stdin: expressions and commands.
 */
#ifndef REPL_INTERACTIVE_H
#define REPL_INTERACTIVE_H

#include "session.h"

/** Reads to the end or :quit. Prompts, and edits lines, only when a person is there.
 *  @return false without memory */
bool interactive_run(session *repl);

#endif
