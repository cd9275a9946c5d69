/*
 * options.h - the command line: what it asks for, checked as far as it can be without
 * looking at a file.
 */
#ifndef CA_OPTIONS_H
#define CA_OPTIONS_H

#include "certificate.h"
#include "index.h"
#include "key.h"
#include "problem.h"

typedef enum ca_command {
    CA_INIT = 1,
    CA_ISSUE = 2,
    CA_REVOKE = 4,
    CA_CRL = 8,
} ca_command;

enum { CA_ALTERNATIVES_MAX = 32, CA_DAYS_MOST = 36500 };

/** Strings are the command line's own. */
typedef struct ca_options {
    ca_command command;
    const char *folder;
    const char *target; /**< what to revoke: a serial number or a file */
    const char *name;   /**< NULL: not given */
    const char *request;
    const char *out;
    ca_key_kind key;
    bool has_key;
    ca_reason reason;
    int64_t days; /**< 0: not given */
    bool has_not_after;
    int64_t not_after;
    ca_alternative alternatives[CA_ALTERNATIVES_MAX];
    size_t alternative_count;
} ca_options;

/** Reads the arguments after the program's name. */
bool ca_options_parse(int count, char **arguments, ca_options *out,
                      ca_problem *problem);

#endif
