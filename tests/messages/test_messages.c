/*
 * test_messages.c - what people are told about expressions that are wrong, to the
 * letter.
 *
 * messages/NAME.txt: a line "> EXPRESSION" is followed by everything the report says, as
 * postern_report_render() writes it. "> VALUE: EXPRESSION" is a value expression.
 * A line that starts with '#' in front of the first expression of a block is for
 * readers. POSTERN_GOLDEN=write writes the files anew: read the difference.
 */
#define _POSIX_C_SOURCE 200809L /* open_memstream */

#include "../harness/harness.h"

#include <postern.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const pages[] = {"fields",   "language",   "slips",   "regexes",
                                    "rewrites", "no_regexes", "accepted"};

enum { LEAST = 60, TEXT_MAX = 1 << 20 };

static const postern_str office[] = {POSTERN_STR("192.0.2.0/24")};
static const postern_str ports[] = {POSTERN_STR("80"), POSTERN_STR("443")};

typedef struct desk {
    postern_scheme *scheme;
    postern_report *report;
    const postern_list *office;
    const postern_list *ports;
    postern_named_list lists[2];
} desk;

static void desk_open(desk *d)
{
    postern_list *list;

    ck_assert_int_eq(postern_scheme_new(NULL, &d->scheme), POSTERN_OK);
    d->report = postern_report_new(NULL);
    ck_assert_ptr_nonnull(d->report);
    ck_assert_int_eq(postern_list_new(NULL, POSTERN_LIST_IP, office, 1, &list, NULL),
                     POSTERN_OK);
    d->lists[0] = (postern_named_list){POSTERN_STR("office"), list};
    ck_assert_int_eq(postern_list_new(NULL, POSTERN_LIST_INT, ports, 2, &list, NULL),
                     POSTERN_OK);
    d->lists[1] = (postern_named_list){POSTERN_STR("ports"), list};
}

static void desk_close(desk *d)
{
    postern_list_release(d->lists[0].list);
    postern_list_release(d->lists[1].list);
    postern_report_free(d->report);
    postern_scheme_free(d->scheme);
}

/* Compiles; returns whether it was accepted. */
static bool compiles(desk *d, postern_str expression)
{
    static const char mark[] = "VALUE: ";
    const size_t skip = sizeof mark - 1;
    const postern_compile_options options = {.lists = d->lists, .list_count = 2};
    postern_status status;

    postern_report_clear(d->report);
    if (expression.len > skip && memcmp(expression.data, mark, skip) == 0) {
        postern_value_expression *value;
        status = postern_value_compile(
            d->scheme, (postern_str){expression.data + skip, expression.len - skip},
            &options, &value, d->report);
        postern_value_expression_free(value);
    } else {
        postern_filter *filter;
        status =
            postern_filter_compile(d->scheme, expression, &options, &filter, d->report);
        postern_filter_free(filter);
    }
    ck_assert_int_eq(status == POSTERN_OK,
                     postern_report_count_of(d->report, POSTERN_ERROR) == 0);
    return status == POSTERN_OK;
}

static void render(const desk *d, FILE *out)
{
    char text[2048];

    for (size_t i = 0; i < postern_report_count(d->report); i++) {
        ck_assert_uint_lt(postern_report_render(d->report, i, text, sizeof text),
                          sizeof text);
        (void)fputs(text, out);
    }
}

static char *read_page(const char *path)
{
    char *text = calloc(1, TEXT_MAX);
    FILE *file = fopen(path, "rb");

    ck_assert_msg(file != NULL, "%s cannot be read", path);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_lt(fread(text, 1, TEXT_MAX - 1, file), TEXT_MAX - 1);
    (void)fclose(file);
    return text;
}

/* The page as it should be: remarks and expressions kept, findings told anew. */
static int retell(const char *text, bool accepted, FILE *out)
{
    int count = 0;
    desk d;

    desk_open(&d);
    for (const char *line = text; *line != '\0';) {
        const size_t len = strcspn(line, "\n");
        if (line[0] == '#' || len == 0) {
            (void)fprintf(out, "%.*s\n", (int)len, line);
        } else if (line[0] == '>' && len > 2) {
            const postern_str expression = {line + 2, len - 2};
            (void)fprintf(out, "%.*s\n", (int)len, line);
            ck_assert_msg(compiles(&d, expression) == accepted, "%s: %.*s",
                          accepted ? "refused" : "accepted", (int)len, line);
            ck_assert_uint_gt(postern_report_count(d.report), 0);
            render(&d, out);
            count++;
        }
        line += len + (line[len] == '\n');
    }
    desk_close(&d);
    return count;
}

static void path_of(const char *page, char *path, size_t cap)
{
    (void)snprintf(path, cap, "%s/messages/%s.txt", getenv("POSTERN_TESTS"), page);
}

/* Names the first line that differs; Check cannot take whole pages. */
static void check_same(const char *page, const char *told, const char *written)
{
    size_t line = 0;

    while (told[line] != '\0' || written[line] != '\0') {
        const size_t is = strcspn(told + line, "\n");
        const size_t was = strcspn(written + line, "\n");
        ck_assert_msg(is == was && memcmp(told + line, written + line, is) == 0,
                      "%s.txt: said is\n%.*s\nwritten is\n%.*s", page, (int)is,
                      told + line, (int)was, written + line);
        line += is + (told[line + is] == '\n' && written[line + is] == '\n');
        ck_assert(told[line] != '\0' || written[line] == '\0');
    }
}

/* Some pages are about builds with regular expressions, one about those without. */
static bool told_here(const char *page)
{
    return harness_has_regex()
               ? strcmp(page, "no_regexes") != 0
               : strcmp(page, "regexes") != 0 && strcmp(page, "rewrites") != 0;
}

static int check_page(const char *page)
{
    const char *const wish = getenv("POSTERN_GOLDEN");
    char path[1024];
    char *told = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&told, &size);
    char *written;
    int count;

    path_of(page, path, sizeof path);
    written = read_page(path);
    count = retell(written, strcmp(page, "accepted") == 0, out);
    (void)fclose(out);
    if (wish != NULL && strcmp(wish, "write") == 0) {
        FILE *file = fopen(path, "wb");
        ck_assert_ptr_nonnull(file);
        ck_assert_uint_eq(fwrite(told, 1, size, file), size);
        ck_assert_int_eq(fclose(file), 0);
    } else {
        check_same(page, told, written);
    }
    free(told);
    free(written);
    return count;
}

START_TEST(every_page_says_what_is_said)
{
    if (told_here(pages[_i])) {
        ck_assert_int_gt(check_page(pages[_i]), 0);
    }
}
END_TEST

START_TEST(there_are_many_slips)
{
    int count = 0;

    for (size_t i = 0; i + 1 < sizeof pages / sizeof pages[0]; i++) {
        count += told_here(pages[i]) ? check_page(pages[i]) : 0;
    }
    ck_assert_int_ge(count, LEAST);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("messages");
    TCase *all = tcase_create("messages");

    tcase_add_loop_test(all, every_page_says_what_is_said, 0,
                        (int)(sizeof pages / sizeof pages[0]));
    tcase_add_test(all, there_are_many_slips);
    suite_add_tcase(suite, all);
    return suite;
}
