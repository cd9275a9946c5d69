/*
 * postern-repl - try expressions: one at a time from a terminal or a pipe, or one
 * given as an argument.
 *
 * Exit status: 0 evaluated; 1 a bad expression or a fault; 2 usage, or a request or
 * policy that cannot be read.
 */
#include "evaluate.h"
#include "interactive.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_FINDING = 1, EXIT_USAGE = 2 };

static const char usage[] =
    "usage: postern-repl [OPTION]...\n"
    "       postern-repl -c EXPR [OPTION]...\n"
    "\n"
    "Evaluates expressions against one request.\n"
    "\n"
    "  -c EXPR              evaluate EXPR, print true or false, and end\n"
    "  --request FILE.json  the request; without it every field is empty or missing\n"
    "  --policy FILE.json   a policy, for its verdict and its lists\n"
    "  --phase PHASE        which fields there are: request, response or packet\n"
    "  --print              show the compiled form before the answer\n"
    "  --strict-cloudflare  refuse what only postern has\n"
    "  --help               this text\n"
    "\n"
    "Without -c it reads lines from stdin; :help there lists the commands.\n";

typedef struct arguments {
    const char *expression; /* NULL: interactive */
    const char *request;
    const char *policy;
    const char *phase;
    bool help;
} arguments;

/* The option that takes an argument, and was not given before; NULL: none. */
static const char **option_with_argument(arguments *out, const char *name)
{
    const struct {
        const char *name;
        const char **place;
    } options[] = {
        {"-c",        &out->expression},
        {"--request", &out->request   },
        {"--policy",  &out->policy    },
        {"--phase",   &out->phase     },
    };

    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (strcmp(name, options[i].name) == 0 && *options[i].place == NULL) {
            return options[i].place;
        }
    }
    return NULL;
}

static bool read_arguments(int argc, char **argv, arguments *out, session *repl)
{
    for (int i = 1; i < argc; i++) {
        const char **const place = option_with_argument(out, argv[i]);
        if (place != NULL && i + 1 < argc) {
            *place = argv[++i];
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

static bool read_phase(const char *name, session *repl)
{
    if (name == NULL || session_set_phase(repl, postern_text(name))) {
        return true;
    }
    (void)fprintf(stderr, "postern-repl: unknown phase: %s\n%s", name, usage);
    return false;
}

static int run(session *repl, const arguments *wanted)
{
    evaluate_answer answer;

    if (!session_open(repl)) {
        (void)fprintf(stderr, "postern-repl: out of memory\n");
        return EXIT_FINDING;
    }
    if ((wanted->request != NULL && !session_load(repl, wanted->request)) ||
        (wanted->policy != NULL && !session_load_policy(repl, wanted->policy))) {
        return EXIT_USAGE;
    }
    if (wanted->expression == NULL) {
        if (repl->policy != NULL && repl->file != NULL) {
            (void)evaluate_verdict(repl);
        }
        return interactive_run(repl) ? EXIT_SUCCESS : EXIT_FINDING;
    }
    answer = evaluate_filter(repl, postern_text(wanted->expression));
    if (answer == EVALUATE_FAILED) {
        return EXIT_FINDING;
    }
    (void)puts(answer == EVALUATE_TRUE ? "true" : "false");
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    session repl = {0};
    arguments wanted = {0};
    int status;

    (void)setlocale(LC_CTYPE, ""); /* which characters people type */
    if (!read_arguments(argc, argv, &wanted, &repl) ||
        !read_phase(wanted.phase, &repl)) {
        return EXIT_USAGE;
    }
    if (wanted.help) {
        (void)fputs(usage, stdout);
        return EXIT_SUCCESS;
    }
    repl.style = style_of_terminal();
    status = run(&repl, &wanted);
    session_close(&repl);
    if (fflush(stdout) != 0) {
        return EXIT_USAGE;
    }
    return status;
}
