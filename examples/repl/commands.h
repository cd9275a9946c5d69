/*
 * commands.h - the lines that begin with a colon: one table, which :help prints, the
 * TAB key completes and near names come from. To add a command add a row.
 */
#ifndef REPL_COMMANDS_H
#define REPL_COMMANDS_H

#include "session.h"

/** What follows the name, for completion and for lines that go on. */
typedef enum command_argument {
    COMMAND_TAKES_NOTHING,
    COMMAND_TAKES_FIELD_AND_VALUE,
    COMMAND_TAKES_SETTING,
    COMMAND_TAKES_PATTERN,
    COMMAND_TAKES_FILE,
    COMMAND_TAKES_EXPRESSION,
    COMMAND_TAKES_COMMAND,
    COMMAND_TAKES_PHASE
} command_argument;

typedef struct command {
    const char *name;      /* with the colon */
    const char *arguments; /* as help spells them */
    const char *summary;
    const char *details; /* lines, each with its end; for :help COMMAND */
    command_argument argument;
    bool required; /* it cannot do without */
    /** `rest` is trimmed and ends in a NUL. */
    void (*run)(session *repl, postern_str rest);
} command;

/** The command at `index`; NULL past the last. */
const command *command_at(size_t index);

/** The command `name`, with its colon; NULL: none. */
const command *command_find(postern_str name);

/** A line that begins with a colon. */
typedef struct command_line {
    postern_str name;  /* with the colon */
    bool name_is_done; /* a blank follows */
    postern_str rest;  /* without the blanks before it */
} command_line;

/** @return false: it is no command but an expression */
bool command_split(postern_str text, command_line *out);

/** Runs `line`, which ends in a NUL. Complains on stderr when it is unknown or
 *  incomplete. */
void command_run(session *repl, const command_line *line);

#endif
