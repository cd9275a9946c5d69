/* options.c - the command line. */
#include "options.h"

#include "../source.h"
#include "moment.h"

#include <stdlib.h>
#include <string.h>

typedef bool read_option(ca_options *options, const char *value, const char *option,
                         ca_problem *problem);

/* --- values ------------------------------------------------------------------- */

static bool read_name(ca_options *options, const char *value, const char *option,
                      ca_problem *problem)
{
    (void)option;
    (void)problem;
    options->name = value;
    return true;
}

static bool read_request(ca_options *options, const char *value, const char *option,
                         ca_problem *problem)
{
    (void)option;
    (void)problem;
    options->request = value;
    return true;
}

static bool read_out(ca_options *options, const char *value, const char *option,
                     ca_problem *problem)
{
    options->out = value;
    return (value[0] != '\0' && value[strlen(value) - 1] != '/') ||
           ca_fail(problem, option, "it is what stands before \".pem\" and \".key\"",
                   "expected the name of a file");
}

static bool read_key(ca_options *options, const char *value, const char *option,
                     ca_problem *problem)
{
    options->has_key = true;
    options->key = strcmp(value, "rsa") == 0 ? CA_KEY_RSA : CA_KEY_P256;
    return options->key == CA_KEY_RSA || strcmp(value, "p256") == 0 ||
           ca_fail(problem, option, NULL, "expected p256 or rsa");
}

static bool read_days(ca_options *options, const char *value, const char *option,
                      ca_problem *problem)
{
    char *end;

    options->days = strtol(value, &end, 10);
    return (value[0] >= '1' && value[0] <= '9' && *end == '\0' &&
            options->days <= CA_DAYS_MOST) ||
           ca_fail(problem, option, NULL, "expected a number of days, 1 to %d",
                   CA_DAYS_MOST);
}

static bool read_not_after(ca_options *options, const char *value, const char *option,
                           ca_problem *problem)
{
    options->has_not_after = true;
    return ca_moment_parse(value, &options->not_after) ||
           ca_fail(problem, option, NULL, "expected a time like 2027-01-31T12:00:00Z");
}

static bool read_reason(ca_options *options, const char *value, const char *option,
                        ca_problem *problem)
{
    return ca_reason_parse(value, &options->reason) ||
           ca_fail(problem, option, "known: " CA_REASONS, "unknown reason");
}

/* --- alternative names -------------------------------------------------------- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* What can be seen on a typewriter, which is all these names may hold. */
static bool is_visible(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text <= ' ' || *text > '~') {
            return false;
        }
    }
    return true;
}

/* Labels of letters, digits, '-' and '_', joined by dots; the first may be "*". */
static bool is_host(const char *text)
{
    size_t label = 0;

    if (strncmp(text, "*.", 2) == 0) {
        text += 2;
    }
    if (strlen(text) > 253) {
        return false;
    }
    for (;; text++) {
        if (*text == '.' || *text == '\0') {
            if (label == 0 || label > 63) {
                return false;
            }
            if (*text == '\0') {
                return true;
            }
            label = 0;
        } else if (is_letter(*text) || is_digit(*text) || *text == '-' ||
                   *text == '_') {
            label++;
        } else {
            return false;
        }
    }
}

static bool is_email(const char *text)
{
    const char *at = strchr(text, '@');

    return at != NULL && at != text && is_visible(text) && is_host(at + 1);
}

/* A scheme, a colon and more. */
static bool is_uri(const char *text)
{
    const char *at = text;

    if (!is_letter(*at)) {
        return false;
    }
    while (is_letter(*at) || is_digit(*at) || *at == '+' || *at == '-' || *at == '.') {
        at++;
    }
    return *at == ':' && at[1] != '\0' && is_visible(at);
}

static bool add_alternative(ca_options *options, unsigned char tag, const char *value,
                            bool good, const char *option, ca_problem *problem)
{
    if (!good) {
        return ca_fail(problem, option, NULL, "not such a name");
    }
    if (options->alternative_count == CA_ALTERNATIVES_MAX) {
        return ca_fail(problem, option, NULL, "more than %d names",
                       CA_ALTERNATIVES_MAX);
    }
    options->alternatives[options->alternative_count++] = (ca_alternative){tag, value};
    return true;
}

static bool read_dns(ca_options *options, const char *value, const char *option,
                     ca_problem *problem)
{
    return add_alternative(options, CA_NAME_DNS, value, is_host(value), option,
                           problem);
}

static bool read_uri(ca_options *options, const char *value, const char *option,
                     ca_problem *problem)
{
    return add_alternative(options, CA_NAME_URI, value, is_uri(value), option, problem);
}

static bool read_email(ca_options *options, const char *value, const char *option,
                       ca_problem *problem)
{
    return add_alternative(options, CA_NAME_EMAIL, value, is_email(value), option,
                           problem);
}

/* --- the line ----------------------------------------------------------------- */

static const struct {
    const char *name;
    ca_command command;
    const char *takes;
    int words; /* with the command itself */
} commands[] = {
    {"init",   CA_INIT,   "init DIR",                  2},
    {"issue",  CA_ISSUE,  "issue DIR",                 2},
    {"revoke", CA_REVOKE, "revoke DIR SERIAL-OR-FILE", 3},
    {"crl",    CA_CRL,    "crl DIR",                   2},
};

static const struct {
    const char *name;
    unsigned commands; /* that know it */
    bool again;        /* it may be given more than once */
    read_option *read;
} known[] = {
    {"--name",      CA_INIT | CA_ISSUE,                      false, read_name     },
    {"--days",      CA_INIT | CA_ISSUE | CA_REVOKE | CA_CRL, false, read_days     },
    {"--key",       CA_INIT | CA_ISSUE,                      false, read_key      },
    {"--csr",       CA_ISSUE,                                false, read_request  },
    {"--not-after", CA_ISSUE,                                false, read_not_after},
    {"--dns",       CA_ISSUE,                                true,  read_dns      },
    {"--uri",       CA_ISSUE,                                true,  read_uri      },
    {"--email",     CA_ISSUE,                                true,  read_email    },
    {"--out",       CA_ISSUE,                                false, read_out      },
    {"--reason",    CA_REVOKE,                               false, read_reason   },
};

enum {
    COMMANDS = sizeof commands / sizeof commands[0],
    OPTIONS = sizeof known / sizeof known[0]
};

static bool read_command(const char *word, ca_options *out, ca_problem *problem)
{
    nearest_name nearest = {.wanted = postern_text(word)};
    char hint[80];

    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, word) == 0) {
            out->command = commands[i].command;
            return true;
        }
        nearest_name_try(&nearest, postern_text(commands[i].name));
    }
    nearest_name_hint(&nearest, hint, sizeof hint);
    return ca_fail(problem, NULL,
                   hint[0] == '\0' ? "there are init, issue, revoke and crl" : hint,
                   "unknown command '%s'", word);
}

/* @return the option's place in `known`, or OPTIONS with the problem told */
static size_t find_option(const char *word, ca_command command, ca_problem *problem)
{
    nearest_name nearest = {.wanted = postern_text(word)};
    char hint[80];

    for (size_t i = 0; i < OPTIONS; i++) {
        if ((known[i].commands & (unsigned)command) == 0) {
            continue;
        }
        if (strcmp(known[i].name, word) == 0) {
            return i;
        }
        nearest_name_try(&nearest, postern_text(known[i].name));
    }
    nearest_name_hint(&nearest, hint, sizeof hint);
    (void)ca_fail(problem, NULL, hint[0] == '\0' ? "--help lists the options" : hint,
                  "this command has no option '%s'", word);
    return OPTIONS;
}

static bool add_word(ca_options *out, const char *word, ca_problem *problem)
{
    if (out->command == 0) {
        return read_command(word, out, problem);
    }
    if (out->folder == NULL) {
        out->folder = word;
    } else if (out->command == CA_REVOKE && out->target == NULL) {
        out->target = word;
    } else {
        return ca_fail(problem, NULL, NULL, "unexpected '%s'", word);
    }
    return word[0] != '\0' || ca_fail(problem, NULL, NULL, "an empty argument");
}

/* What does not go together, and what is missing. */
static bool check(const ca_options *given, ca_problem *problem)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        if (given->command == commands[i].command &&
            (given->folder == NULL ||
             (commands[i].words == 3 && given->target == NULL))) {
            return ca_fail(problem, NULL, NULL, "expected: postern-ca %s",
                           commands[i].takes);
        }
    }
    if (given->command == 0) {
        return ca_fail(problem, NULL, "there are init, issue, revoke and crl",
                       "expected a command");
    }
    if (given->days != 0 && given->has_not_after) {
        return ca_fail(problem, "--not-after", NULL, "does not go with --days");
    }
    if (given->command == CA_ISSUE && given->request == NULL && given->name == NULL) {
        return ca_fail(problem, NULL,
                       "--csr FILE for a key that somebody has, or --name NAME for a "
                       "new one",
                       "for whom?");
    }
    if (given->request != NULL && (given->name != NULL || given->has_key)) {
        return ca_fail(problem, "--csr", "subject and key are the request's",
                       "does not go with --name or --key");
    }
    return true;
}

bool ca_options_parse(int count, char **arguments, ca_options *out, ca_problem *problem)
{
    bool given[OPTIONS] = {false};

    *out = (ca_options){.reason = CA_UNSPECIFIED};
    for (int i = 0; i < count; i++) {
        const char *word = arguments[i];
        size_t option;

        if (word[0] != '-' || out->command == 0) {
            if (!add_word(out, word, problem)) {
                return false;
            }
            continue;
        }
        option = find_option(word, out->command, problem);
        if (option == OPTIONS) {
            return false;
        }
        if (given[option] && !known[option].again) {
            return ca_fail(problem, word, NULL, "is given twice");
        }
        if (++i == count) {
            return ca_fail(problem, word, NULL, "a value is missing");
        }
        given[option] = true;
        if (!known[option].read(out, arguments[i], word, problem)) {
            return false;
        }
    }
    return check(out, problem);
}
