/*
 * test_documents.c - every policy in README.md and grammar/policy.md is what it
 * says: a block marked "json" loads without an error or a warning, "json fails" is refused, and
 * "json import" is an export.
 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The pages, and how many examples each has at least. */
static const struct {
    const char *path;
    int least;
} pages[] = {
    {"../README.md",         1},
    {"../grammar/policy.md", 9},
};

static const char fence[] = "\n```";

typedef struct example {
    postern_str mark; /* behind the fence: "json import fails" */
    postern_str text;
} example;

/* Finds the next block in [*at, end) that is JSON. */
static bool next_example(const char **at, example *out)
{
    const char *from;

    while ((from = strstr(*at, fence)) != NULL) {
        const char *mark = from + sizeof fence - 1;
        const char *text = strchr(mark, '\n');
        const char *end = text == NULL ? NULL : strstr(text, fence);
        ck_assert_msg(end != NULL, "a block without an end: %.40s", mark);
        *at = end + sizeof fence - 1;
        if (strncmp(mark, "json", 4) == 0) {
            out->mark = (postern_str){mark, (size_t)(text - mark)};
            out->text = (postern_str){text + 1, (size_t)(end - text)};
            return true;
        }
    }
    return false;
}

static bool says(postern_str mark, const char *word)
{
    const char *at = strstr(mark.data, word);

    return at != NULL && at < mark.data + mark.len;
}

static void check_example(world *w, const example *e)
{
    const bool fails = says(e->mark, "fails");
    const postern_status status = world_load(w, e->text, says(e->mark, "import"));

    ck_assert_msg((status != POSTERN_OK) == fails, "%.*s\n%s", (int)e->text.len,
                  e->text.data, world_findings(w->report));
    ck_assert_msg(fails || postern_report_count_of(w->report, POSTERN_WARNING) == 0,
                  "%.*s\n%s", (int)e->text.len, e->text.data,
                  world_findings(w->report));
}

/* The CA, CRL and export the examples name. */
static void put_files(world *w)
{
    static const char *const names[][2] = {
        {"pki/ca.pem",      "data/corpus/ca/ca-a.pem"  },
        {"pki/ca.crl",      "data/corpus/crl/crl-a.pem"},
        {"cloudflare.json", "policy/files/export.json" },
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        w->files[w->file_count++] =
            (world_file){postern_text(names[i][0]), world_slurp(names[i][1])};
    }
}

START_TEST(examples_are_what_they_say)
{
    const postern_str page = world_slurp(pages[_i].path);
    char *text = malloc(page.len + 1);
    const char *at = text;
    example e;
    int count = 0;
    world w;

    ck_assert_ptr_nonnull(text);
    memcpy(text, page.data, page.len);
    text[page.len] = '\0';
    world_init(&w);
    world_open(&w);
    put_files(&w);
    while (next_example(&at, &e)) {
        check_example(&w, &e);
        count++;
    }
    ck_assert_int_ge(count, pages[_i].least);
    for (size_t i = 0; i < w.file_count; i++) {
        free((void *)(uintptr_t)w.files[i].text.data);
    }
    free(text);
    free((void *)(uintptr_t)page.data);
    world_close(&w);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("policy-documents");
    TCase *documents = tcase_create("documents");

    tcase_add_loop_test(documents, examples_are_what_they_say, 0,
                        sizeof pages / sizeof pages[0]);
    suite_add_tcase(suite, documents);
    return suite;
}
