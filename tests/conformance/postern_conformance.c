/*
 * postern_conformance.c - runs files of vectors: expressions, and what becomes of them.
 *
 * One line of TAP a file on stdout, then "N passed, N failed, N skipped". Each answer
 * that is not the expected one is a line of JSON on stderr:
 *
 *   {"id": "v0001", "expr": "ssl", "expected": true, "got": "error", "error": "1:1: .."}
 */
#include "exceptions.h"
#include "judge.h"

#include "support/text.h"

#include <stdio.h>
#include <string.h>

typedef struct options {
    const char *exceptions;
    bool strict_exceptions;
    const char *scheme;
    char **files;
    int file_count;
} options;

typedef struct tally {
    size_t passed;
    size_t failed;
    size_t excepted;
} tally;

static const char usage[] =
    "usage: postern-conformance [--exceptions FILE] [--strict-exceptions]\n"
    "                           [--scheme FILE] FILE...\n"
    "\n"
    "Runs files of vectors, one JSON object a line, compressed or not. A line with\n"
    "\"expect\" is evaluated, one with \"stage\" must be refused, any other must compile.\n"
    "\n"
    "  --exceptions FILE    lines {\"id\", \"decision\"}: these are skipped\n"
    "  --strict-exceptions  fail when an exception is not needed\n"
    "  --scheme FILE        the fields vectors assume, instead of the scheme.json\n"
    "                       beside each file, or the one this program was built with\n"
    "\n"
    "Exit status: 0 all passed or skipped, 1 not, 2 usage or unreadable options.\n";

/* --- mismatches ------------------------------------------------------------------ */

static void print_quoted(postern_str text)
{
    const size_t length = postern_json_quote(text, NULL, 0);
    char *const quoted = malloc(length + 1);

    if (quoted == NULL) {
        abort();
    }
    (void)postern_json_quote(text, quoted, length + 1);
    (void)fputs(quoted, stderr);
    free(quoted);
}

static void print_outcome(const char *key, outcome what)
{
    const char *const quote = what == OUTCOME_TRUE || what == OUTCOME_FALSE ? "" : "\"";

    (void)fprintf(stderr, ", \"%s\": %s%s%s", key, quote, outcome_text(what), quote);
}

static void tell_mismatch(const char *path, size_t number, const judgement *found)
{
    char place[512];
    postern_str id = found->id;

    if (id.len == 0) {
        (void)snprintf(place, sizeof place, "%s:%zu", path, number);
        id = postern_text(place);
    }
    (void)fputs("{\"id\": ", stderr);
    print_quoted(id);
    (void)fputs(", \"expr\": ", stderr);
    print_quoted(found->expression);
    print_outcome("expected", found->expected);
    print_outcome("got", found->got);
    (void)fputs(", \"error\": ", stderr);
    print_quoted(postern_text(found->error));
    (void)fputs("}\n", stderr);
}

/* --- files ----------------------------------------------------------------------- */

static void count_line(const exceptions *excepted, const char *path, size_t number,
                       const judgement *found, tally *sum)
{
    const bool passed = found->got == found->expected;
    exception *const known = exceptions_find(excepted, found->id);

    if (known != NULL) {
        known->seen = true;
        known->needed = known->needed || !passed;
    }
    if (known != NULL && found->got != OUTCOME_FAULT &&
        found->got != OUTCOME_UNREADABLE) { /* which nothing excuses */
        sum->excepted++;
    } else if (passed) {
        sum->passed++;
    } else {
        sum->failed++;
        tell_mismatch(path, number, found);
    }
}

static const char *run_lines(judge *bench, const exceptions *excepted, const char *path,
                             tally *sum)
{
    json_lines file;
    json_line line;
    judgement found;
    const char *problem = json_lines_open(&file, path);

    while (problem == NULL && json_lines_next(&file, &line)) {
        judge_line(bench, &line, &found);
        count_line(excepted, path, line.number, &found, sum);
    }
    json_lines_close(&file);
    return problem;
}

static bool readable(const char *path)
{
    FILE *const file = fopen(path, "rb");

    return file != NULL && fclose(file) == 0;
}

/* The fields of a file of vectors are described beside it. */
static void use_words(judge *bench, const options *chosen, const char *path)
{
    static const char name[] = "scheme.json";
    const char *const slash = strrchr(path, '/');
    const size_t folder = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    char *const beside = malloc(folder + sizeof name);

    if (beside == NULL) {
        abort();
    }
    memcpy(beside, path, folder);
    memcpy(beside + folder, name, sizeof name);
    judge_use_words(bench, chosen->scheme != NULL ? chosen->scheme
                           : readable(beside)     ? beside
                                                  : CONFORMANCE_SCHEME);
    free(beside);
}

static void tell_file(int number, const char *path, const char *problem,
                      const tally *sum)
{
    const char *const slash = strrchr(path, '/');
    const char *const name = slash == NULL ? path : slash + 1;

    if (problem != NULL) {
        (void)printf("not ok %d - %s\n", number, name);
        (void)fprintf(stderr, "%s: %s\n", path, problem);
        return;
    }
    (void)printf("%s %d - %s: %zu passed, %zu failed, %zu skipped\n",
                 sum->failed == 0 ? "ok" : "not ok", number, name, sum->passed,
                 sum->failed, sum->excepted);
    if (sum->excepted > 0) {
        (void)printf("# %zu skipped: exceptions\n", sum->excepted);
    }
    (void)fflush(stdout); /* the next file may end the program */
}

static void run_files(const options *chosen, const exceptions *excepted, tally *total)
{
    judge bench;

    judge_init(&bench);
    (void)printf("1..%d\n", chosen->file_count);
    for (int i = 0; i < chosen->file_count; i++) {
        const char *const path = chosen->files[i];
        const char *problem;
        tally sum = {0};
        use_words(&bench, chosen, path);
        problem = run_lines(&bench, excepted, path, &sum);
        sum.failed += problem != NULL;
        tell_file(i + 1, path, problem, &sum);
        total->passed += sum.passed;
        total->failed += sum.failed;
        total->excepted += sum.excepted;
    }
    judge_free(&bench);
}

/* --- the command line -------------------------------------------------------------- */

/* @return false when it is wrong */
static bool read_options(int argc, char **argv, options *out)
{
    int at = 1;

    *out = (options){0};
    for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
        if (strcmp(argv[at], "--strict-exceptions") == 0) {
            out->strict_exceptions = true;
        } else if (strcmp(argv[at], "--exceptions") == 0 && at + 1 < argc) {
            out->exceptions = argv[++at];
        } else if (strcmp(argv[at], "--scheme") == 0 && at + 1 < argc) {
            out->scheme = argv[++at];
        } else if (strcmp(argv[at], "--") == 0) {
            at++;
            break;
        } else {
            return false;
        }
    }
    out->files = argv + at;
    out->file_count = argc - at;
    return out->file_count > 0;
}

int main(int argc, char **argv)
{
    options chosen;
    exceptions excepted;
    tally total = {0};
    const char *problem;
    size_t number;
    size_t stale;

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        (void)fputs(usage, stdout);
        return 0;
    }
    if (!read_options(argc, argv, &chosen)) {
        (void)fputs(usage, stderr);
        return 2;
    }
    problem = exceptions_read(chosen.exceptions, &excepted, &number);
    if (problem != NULL) {
        (void)fprintf(stderr, "%s:%zu: %s\n", chosen.exceptions, number, problem);
        exceptions_free(&excepted);
        return 2;
    }
    run_files(&chosen, &excepted, &total);
    stale = exceptions_tell_stale(&excepted, stderr);
    exceptions_free(&excepted);
    (void)printf("%zu passed, %zu failed, %zu skipped\n", total.passed, total.failed,
                 total.excepted);
    return total.failed > 0 || (stale > 0 && chosen.strict_exceptions) ? 1 : 0;
}
