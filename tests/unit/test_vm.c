/*
 * test_vm.c - programs look as they are written down in golden/.
 *
 * POSTERN_GOLDEN=write writes the listings anew; the change then shows in review.
 */
#include "../harness/harness.h"
#include "patient.h"

#include <stdio.h>
#include <stdlib.h>

_Static_assert(sizeof(pst_insn) == 32, "two instructions share a cache line");
_Static_assert(sizeof(pst_value) == 16, "a value has no tag");

static const char *const listings[] = {"logic",    "values", "sets",  "access",
                                       "patterns", "each",   "calls", "claims",
                                       "lists",    "regexes"};

enum { LISTINGS = sizeof listings / sizeof listings[0], TEXT_MAX = 1 << 16 };

static void append(char *text, const char *more)
{
    const size_t length = strlen(text);

    ck_assert_uint_lt(length + strlen(more), TEXT_MAX);
    (void)snprintf(text + length, TEXT_MAX - length, "%s", more);
}

/* The expression and, below it, its instructions. */
static void list(const postern_scheme *scheme, const postern_compile_options *options,
                 const char *expression, char *text)
{
    postern_filter *filter;
    char line[512];

    ck_assert_msg(postern_filter_compile(scheme, postern_text(expression), options,
                                         &filter, NULL) == POSTERN_OK,
                  "%s", expression);
    append(text, "> ");
    append(text, expression);
    append(text, "\n");
    for (size_t i = 0; postern_filter_print(filter, i, line, sizeof line) > 0; i++) {
        append(text, line);
        append(text, "\n");
    }
    postern_filter_free(filter);
}

static FILE *open_listing(const char *name, const char *mode)
{
    const char *const tests = getenv("POSTERN_TESTS");
    char path[4096];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/golden/%s.txt",
                   tests == NULL ? "tests" : tests, name);
    file = fopen(path, mode);
    ck_assert_msg(file != NULL, "%s", path);
    return file;
}

/* Fails at the first line that differs: a whole listing is too long a message. */
static void expect_same(const char *got, const char *wanted)
{
    while (*got != '\0' || *wanted != '\0') {
        const size_t length = strcspn(got, "\n");
        if (length != strcspn(wanted, "\n") || strncmp(got, wanted, length) != 0) {
            ck_abort_msg("'%.*s' instead of '%.*s'", (int)length, got,
                         (int)strcspn(wanted, "\n"), wanted);
        }
        got += length + (got[length] == '\n');
        wanted += length + (wanted[length] == '\n');
    }
}

START_TEST(programs_look_as_written_down)
{
    char *const wanted = calloc(2, TEXT_MAX);
    char *const got = wanted + TEXT_MAX;
    postern_scheme *scheme;
    patient_lists lists;
    char line[1024];
    FILE *file;

    if (strcmp(listings[_i], "regexes") == 0 && !harness_has_regex()) {
        free(wanted);
        return;
    }
    ck_assert_ptr_nonnull(wanted);
    ck_assert_int_eq(postern_scheme_new(NULL, &scheme), POSTERN_OK);
    patient_lists_open(&lists);
    file = open_listing(listings[_i], "r");
    while (fgets(line, sizeof line, file) != NULL) {
        append(wanted, line);
        if (line[0] == '>') {
            line[strcspn(line, "\n")] = '\0';
            list(scheme, &lists.options, line + 2, got);
        }
    }
    (void)fclose(file);
    if (getenv("POSTERN_GOLDEN") != NULL) {
        file = open_listing(listings[_i], "w");
        ck_assert_int_ge(fputs(got, file), 0);
        (void)fclose(file);
    } else {
        expect_same(got, wanted);
    }
    postern_scheme_free(scheme);
    patient_lists_close(&lists);
    free(wanted);
}
END_TEST

START_TEST(printing_is_cut_not_overrun)
{
    postern_scheme *scheme;
    postern_filter *filter;
    char whole[128];
    char cut[12] = "###########";

    ck_assert_int_eq(postern_scheme_new(NULL, &scheme), POSTERN_OK);
    ck_assert_int_eq(postern_filter_compile(scheme, postern_text("http.host eq \"a\""),
                                            NULL, &filter, NULL),
                     POSTERN_OK);
    ck_assert_uint_eq(postern_filter_print(filter, 0, whole, sizeof whole),
                      strlen(whole));
    ck_assert_uint_eq(postern_filter_print(filter, 0, cut, 6), strlen(whole));
    ck_assert_str_eq(cut, "0000 ");
    ck_assert_int_eq(cut[6], '#');
    ck_assert_uint_eq(postern_filter_print(filter, 1, whole, sizeof whole), 0);
    postern_filter_free(filter);
    postern_scheme_free(scheme);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("vm");
    TCase *tcase = tcase_create("vm");

    tcase_add_loop_test(tcase, programs_look_as_written_down, 0, LISTINGS);
    tcase_add_test(tcase, printing_is_cut_not_overrun);
    suite_add_tcase(suite, tcase);
    return suite;
}
