/*
 * postern-repl - try expressions: one at a time from a terminal or a pipe, or one
 * given as an argument.
 *
 * Exit status: 0 evaluated; 1 a bad expression or a fault; 2 usage, or a request
 * that cannot be read.
 */
#define _POSIX_C_SOURCE 200809L

#include "interactive.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_FINDING = 1, EXIT_USAGE = 2 };

static const char usage[] =
    "usage: postern-repl [--request FILE.json] [--strict-cloudflare] [--print]\n"
    "       postern-repl -c EXPR [the same]\n"
    "\n"
    "Evaluates expressions against one request.\n"
    "\n"
    "  -c EXPR              evaluate EXPR, print true or false, and end\n"
    "  --request FILE.json  the request; without it every field is empty or missing\n"
    "  --print              show the compiled form before the answer\n"
    "  --strict-cloudflare  refuse what only postern has\n"
    "  --help               this text\n"
    "\n"
    "Without -c it reads lines from stdin; :help there lists the commands.\n";

typedef struct arguments {
    const char *expression; /* NULL: interactive */
    const char *request;
    bool help;
} arguments;

static bool read_arguments(int argc, char **argv, arguments *out, session *repl)
{
    for (int i = 1; i < argc; i++) {
        const bool more = i + 1 < argc;
        if (strcmp(argv[i], "-c") == 0 && more && out->expression == NULL) {
            out->expression = argv[++i];
        } else if (strcmp(argv[i], "--request") == 0 && more && out->request == NULL) {
            out->request = argv[++i];
        } else if (strcmp(argv[i], "--print") == 0) {
            repl->print = true;
        } else if (strcmp(argv[i], "--strict-cloudflare") == 0) {
            repl->strict = true;
        } else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            out->help = true;
        } else {
            (void)fprintf(stderr,
                          "postern-repl: unknown, repeated or incomplete: %s\n%s",
                          argv[i], usage);
            return false;
        }
    }
    return true;
}

static int run(session *repl, const arguments *wanted)
{
    session_answer answer;

    if (!session_open(repl)) {
        (void)fprintf(stderr, "postern-repl: out of memory\n");
        return EXIT_FINDING;
    }
    if (wanted->request != NULL && !session_load(repl, wanted->request)) {
        return EXIT_USAGE;
    }
    if (wanted->expression == NULL) {
        interactive_run(repl);
        return EXIT_SUCCESS;
    }
    answer = session_evaluate(repl, postern_text(wanted->expression));
    if (answer == SESSION_FAILED) {
        return EXIT_FINDING;
    }
    (void)puts(answer == SESSION_TRUE ? "true" : "false");
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    const bool colour = getenv("NO_COLOR") == NULL;
    session repl = {0};
    arguments wanted = {0};
    int status;

    if (!read_arguments(argc, argv, &wanted, &repl)) {
        return EXIT_USAGE;
    }
    if (wanted.help) {
        (void)fputs(usage, stdout);
        return EXIT_SUCCESS;
    }
    repl.colour_out = colour && isatty(STDOUT_FILENO) == 1;
    repl.colour_errors = colour && isatty(STDERR_FILENO) == 1;
    status = run(&repl, &wanted);
    session_close(&repl);
    if (fflush(stdout) != 0) {
        return EXIT_USAGE;
    }
    return status;
}
