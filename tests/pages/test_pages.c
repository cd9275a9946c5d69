/*
 * test_pages.c - what the pages in grammar/ and README.md claim holds: every example on
 * them is compiled and tried, see reader.h; and their links lead somewhere.
 */
#include "reader.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every page, and how much it claims at least: a reader that overlooks examples must not
 * pass. */
static const struct {
    const char *path;
    int answers;
    int policies;
} pages[] = {
    {"../README.md",                 0, 1},
    {"../grammar/README.md",         0, 0},
    {"../grammar/fields.md",         0, 0},
    {"../grammar/functions.md",      0, 0},
    {"../grammar/missing-values.md", 0, 0},
    {"../grammar/operators.md",      0, 0},
    {"../grammar/policy.md",         0, 7},
    {"../grammar/recipes.md",        0, 0},
};

enum { PAGE_COUNT = sizeof pages / sizeof pages[0] };

START_TEST(examples_do_what_their_page_says)
{
    reader *r = malloc(sizeof *r);

    ck_assert_ptr_nonnull(r);
    read_page(r, pages[_i].path);
    ck_assert_msg(r->problem_count == 0, "%d claims do not hold\n%s", r->problem_count,
                  r->problems);
    ck_assert_int_ge(r->answers, pages[_i].answers);
    ck_assert_int_ge(r->policies, pages[_i].policies);
    reader_close(r);
    free(r);
}
END_TEST

static bool is_listed(const char *name)
{
    char path[512];

    (void)snprintf(path, sizeof path, "../grammar/%s", name);
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        if (strcmp(pages[i].path, path) == 0) {
            return true;
        }
    }
    return false;
}

START_TEST(no_page_is_left_out)
{
    char path[1024];
    const struct dirent *entry;
    DIR *folder;
    int count = 0;

    (void)snprintf(path, sizeof path, "%s/../grammar", getenv("POSTERN_TESTS"));
    folder = opendir(path);
    ck_assert_ptr_nonnull(folder);
    while ((entry = readdir(folder)) != NULL) {
        const char *dot = strrchr(entry->d_name, '.');
        if (dot != NULL && strcmp(dot, ".md") == 0) {
            ck_assert_msg(is_listed(entry->d_name), "%s is not tested", entry->d_name);
            count++;
        }
    }
    (void)closedir(folder);
    ck_assert_int_ge(count, PAGE_COUNT - 1);
}
END_TEST

/* --- links --------------------------------------------------------------------------- */

/* True when `page` has a heading that GitHub gives the name `anchor`. */
static bool has_heading(postern_str page, postern_str anchor)
{
    postern_str line;

    while (take_line(&page, &line)) {
        char name[256];
        size_t len = 0;
        if (line.len == 0 || line.data[0] != '#') {
            continue;
        }
        while (line.len > 0 && (line.data[0] == '#' || line.data[0] == ' ')) {
            line = (postern_str){line.data + 1, line.len - 1};
        }
        for (size_t i = 0; i < line.len && len < sizeof name; i++) {
            const char c = line.data[i];
            const bool capital = c >= 'A' && c <= 'Z';
            if (c == ' ' || c == '-') {
                name[len++] = '-';
            } else if (capital || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '_') {
                name[len++] = (char)(capital ? c + ('a' - 'A') : c);
            }
        }
        if (postern_str_equal((postern_str){name, len}, anchor)) {
            return true;
        }
    }
    return false;
}

/* Follows "file.md#heading" from `page`. */
static void follow(const char *page, postern_str text, postern_str link)
{
    const char *mark = memchr(link.data, '#', link.len);
    const size_t len = mark == NULL ? link.len : (size_t)(mark - link.data);
    const char *slash = strrchr(page, '/');
    postern_str target = text;
    char path[512];

    if (len > 0) {
        (void)snprintf(path, sizeof path, "%.*s%.*s", (int)(slash + 1 - page), page,
                       (int)len, link.data);
        char *whole = NULL;
        FILE *file;
        const char *tests = getenv("POSTERN_TESTS");
        const size_t size = strlen(tests) + strlen(path) + 2;
        whole = malloc(size);
        ck_assert_ptr_nonnull(whole);
        (void)snprintf(whole, size, "%s/%s", tests, path);
        file = fopen(whole, "rb");
        ck_assert_msg(file != NULL, "%s: %.*s leads nowhere", page, (int)link.len,
                      link.data);
        (void)fclose(file);
        free(whole);
    }
    if (mark == NULL) {
        return;
    }
    if (len > 0) {
        target = world_slurp(path);
    }
    ck_assert_msg(
        has_heading(target, (postern_str){mark + 1, link.len - len - 1}),
        "%s: %.*s names no heading", page, (int)link.len, link.data);
    if (len > 0) {
        free((void *)(uintptr_t)target.data);
    }
}

START_TEST(links_lead_somewhere)
{
    const postern_str page = world_slurp(pages[_i].path);
    int count = 0;

    for (size_t i = 0; i + 1 < page.len; i++) {
        if (page.data[i] != ']' || page.data[i + 1] != '(') {
            continue;
        }
        const char *start = page.data + i + 2;
        const char *end = memchr(start, ')', page.len - i - 2);
        ck_assert_ptr_nonnull(end);
        const postern_str link = {start, (size_t)(end - start)};
        if (link.len < 4 || memcmp(link.data, "http", 4) != 0) {
            follow(pages[_i].path, page, link);
            count++;
        }
    }
    ck_assert_int_ge(count, 1);
    free((void *)(uintptr_t)page.data);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("pages");
    TCase *claims = tcase_create("claims");
    TCase *links = tcase_create("links");

    tcase_add_loop_test(claims, examples_do_what_their_page_says, 0, PAGE_COUNT);
    tcase_add_test(claims, no_page_is_left_out);
    suite_add_tcase(suite, claims);
    tcase_add_loop_test(links, links_lead_somewhere, 0, PAGE_COUNT);
    suite_add_tcase(suite, links);
    return suite;
}
