/*
 * test_load.c - what a policy or an export is told about, all of it and nothing more.
 *
 * Cases stand in policy/cases/NAME.txt:
 *
 *   === what the case shows [import] [no crypto]
 *   the text
 *   +++ other.json
 *   a file that the text names
 *   ---
 *   LINE:COLUMN error STATUS `piece` message | hint
 *
 * One line a finding, in the order told; `piece` is what the caret points at, its
 * first 24 bytes. A finding in another file begins with that file's name. A message
 * that is longer than shown ends in "...". <<x*2049>> in a text is 2,049 times x.
 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 1024, PIECE_SHOWN = 24 };

static const char *const case_files[] = {"top",    "hosts", "guards",  "rules",
                                         "import", "lists", "require", "regexes"};

enum { FILE_COUNT = sizeof case_files / sizeof case_files[0] };

static char *case_texts[FILE_COUNT]; /* NUL-terminated; read once */

/* --- reading cases -------------------------------------------------------------- */

static char *read_cases(size_t file)
{
    char name[64];
    postern_str text;
    char *copy;

    if (case_texts[file] != NULL) {
        return case_texts[file];
    }
    (void)snprintf(name, sizeof name, "policy/cases/%s.txt", case_files[file]);
    text = world_slurp(name);
    copy = malloc(text.len + 1);
    if (copy == NULL) {
        abort();
    }
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    free((void *)(uintptr_t)text.data);
    case_texts[file] = copy;
    return copy;
}

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');

    return end == NULL ? line + strlen(line) : end + 1;
}

static bool starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static const char *find_case(const char *text, int index)
{
    for (; *text != '\0'; text = next_line(text)) {
        if (starts(text, "=== ") && index-- == 0) {
            return text;
        }
    }
    return NULL;
}

static int count_cases(const char *text)
{
    int count = 0;

    while (find_case(text, count) != NULL) {
        count++;
    }
    return count;
}

/* [from, to) with every <<x*N>> spelled out, in a block of exactly its size. */
static postern_str expand(const char *from, const char *to)
{
    char *out = malloc((size_t)(to - from) + 16384);
    size_t len = 0;

    ck_assert_ptr_nonnull(out);
    while (from < to) {
        if (starts(from, "<<") && from[3] == '*') {
            char *end;
            const size_t times = strtoul(from + 4, &end, 10);
            memset(out + len, from[2], times);
            len += times;
            from = end + 2;
        } else {
            out[len++] = *from++;
        }
    }
    out = realloc(out, len > 0 ? len : 1);
    ck_assert_ptr_nonnull(out);
    return (postern_str){out, len};
}

/* The lines up to the next that begins a part of a case. */
static postern_str take_part(const char **at)
{
    const char *from = *at;

    while (**at != '\0' && !starts(*at, "+++ ") && !starts(*at, "---\n") &&
           !starts(*at, "=== ")) {
        *at = next_line(*at);
    }
    return expand(from, *at);
}

/* --- findings as lines ---------------------------------------------------------- */

static const char *status_name(postern_status status)
{
    switch (status) {
#define X(suffix, value, text) \
    case POSTERN_##suffix:     \
        return #suffix;
        POSTERN_STATUS_MAP(X)
#undef X
    }
    return "?";
}

static void finding_line(const postern_finding *f, char *out)
{
    static const char *const severities[] = {"error", "warning", "note"};
    const size_t rest = f->excerpt.len - f->caret;
    const size_t most = f->length < PIECE_SHOWN ? f->length : PIECE_SHOWN;
    const bool own = postern_str_equal(f->file, postern_text("policy.json"));

    (void)snprintf(out, LINE_BYTES, "%.*s%s%zu:%zu %s %s `%.*s` %.*s%s%.*s",
                   own ? 0 : (int)f->file.len, f->file.data, own ? "" : " ", f->line,
                   f->column, severities[f->severity], status_name(f->status),
                   (int)(most < rest ? most : rest), f->excerpt.data + f->caret,
                   (int)f->message.len, f->message.data, f->hint.len > 0 ? " | " : "",
                   (int)f->hint.len, f->hint.data);
}

static bool line_agrees(const char *wanted, size_t len, const char *got)
{
    if (len > 3 && memcmp(wanted + len - 3, "...", 3) == 0) {
        return strncmp(wanted, got, len - 3) == 0;
    }
    return strlen(got) == len && memcmp(wanted, got, len) == 0;
}

/* What holds for every finding, whatever it says. */
static void check_finding(const postern_report *report, size_t index,
                          const postern_finding *f, postern_str text)
{
    char rendered[4096];
    size_t lines = 1;

    for (size_t i = 0; i < text.len; i++) {
        lines += text.data[i] == '\n';
    }
    ck_assert_uint_gt(f->message.len, 0);
    ck_assert_int_ne(f->message.data[f->message.len - 1], '.');
    ck_assert_uint_le(f->caret, f->excerpt.len);
    ck_assert_uint_le(f->excerpt.len, 260);
    ck_assert_uint_lt(postern_report_render(report, index, rendered, sizeof rendered),
                      sizeof rendered);
    if (postern_str_equal(f->file, postern_text("policy.json"))) {
        ck_assert_uint_le(f->line, lines);
    }
    ck_assert((f->severity == POSTERN_ERROR) == (f->status != POSTERN_OK) ||
              f->severity == POSTERN_WARNING);
}

/* --- the cases ------------------------------------------------------------------ */

static void check_findings(const world *w, const char *name, const char *wanted,
                           postern_str text)
{
    char all[16384] = "";
    size_t count = postern_report_count(w->report);
    bool same = true;

    for (size_t i = 0; i < count; i++) {
        postern_finding f;
        char line[LINE_BYTES];
        const size_t len = strcspn(wanted, "\n");
        ck_assert(postern_report_get(w->report, i, &f));
        check_finding(w->report, i, &f, text);
        finding_line(&f, line);
        (void)snprintf(all + strlen(all), sizeof all - strlen(all), "%s\n", line);
        same = same && line_agrees(wanted, len, line);
        wanted = next_line(wanted);
    }
    same = same && (*wanted == '\0' || *wanted == '\n' || starts(wanted, "=== "));
    ck_assert_msg(same, "%.*s\n%s", (int)strcspn(name, "\n"), name, all);
}

static void check_outcome(const world *w, postern_status status)
{
    postern_status first = POSTERN_OK;
    postern_finding f;

    for (size_t i = 0; first == POSTERN_OK && postern_report_get(w->report, i, &f);
         i++) {
        first = f.severity == POSTERN_ERROR ? f.status : POSTERN_OK;
    }
    ck_assert_int_eq(status, first);
    ck_assert_int_eq(w->policy != NULL, status == POSTERN_OK);
}

static void run_case(const char *at)
{
    const char *name = at;
    const char *options = strchr(at, '\n');
    const bool import =
        strstr(at, "[import]") != NULL && strstr(at, "[import]") < options;
    world w;
    postern_str text;

    world_init(&w);
    if (strstr(at, "[no crypto]") != NULL && strstr(at, "[no crypto]") < options) {
        w.options.crypto = NULL;
    }
    world_open(&w);
    at = next_line(at);
    text = take_part(&at);
    while (starts(at, "+++ ")) {
        world_file *file = &w.files[w.file_count++];
        ck_assert_uint_le(w.file_count, WORLD_FILES_MAX);
        file->name = (postern_str){at + 4, strcspn(at + 4, "\n")};
        at = next_line(at);
        file->text = take_part(&at);
    }
    check_outcome(&w, world_load(&w, text, import));
    ck_assert_msg(starts(at, "---\n"), "no findings: %.40s", name);
    check_findings(&w, name, next_line(at), text);
    free((void *)(uintptr_t)text.data);
    for (size_t i = 0; i < w.file_count; i++) {
        free((void *)(uintptr_t)w.files[i].text.data);
    }
    world_close(&w);
}

#define CASES(file, index)                                    \
    START_TEST(cases_of_##file)                               \
    {                                                         \
        run_case(find_case(read_cases((size_t)(index)), _i)); \
    }                                                         \
    END_TEST

CASES(top, 0)
CASES(hosts, 1)
CASES(guards, 2)
CASES(rules, 3)
CASES(import, 4)
CASES(lists, 5)
CASES(require, 6)
CASES(regexes, 7)

/* --- sources -------------------------------------------------------------------- */

static const char smallest[] = "{\"version\": 1, \"rulesets\": []}";

START_TEST(a_source_without_path_and_text_is_refused)
{
    world w;
    const postern_source source = {.path = NULL};

    world_init(&w);
    world_open(&w);
    ck_assert_int_eq(postern_policy_load(w.scheme, &source, &w.policy, w.report),
                     POSTERN_INVALID);
    ck_assert_ptr_null(w.policy);
    ck_assert_str_eq(world_findings(w.report),
                     "error: the source has neither a path nor a text\n");
    ck_assert_int_eq(postern_policy_load(w.scheme, &source, &w.policy, NULL),
                     POSTERN_INVALID);
    world_close(&w);
}
END_TEST

START_TEST(a_text_needs_no_path_and_no_report)
{
    world w;
    const postern_source source = {.text = postern_text(smallest)};

    world_init(&w);
    world_open(&w);
    ck_assert_int_eq(postern_policy_load(w.scheme, &source, &w.policy, NULL),
                     POSTERN_OK);
    ck_assert_uint_eq(postern_policy_rule_count(w.policy), 0);
    world_close(&w);
}
END_TEST

START_TEST(a_file_is_read_from_disk_and_names_others_beside_it)
{
    const char *tests = getenv("POSTERN_TESTS");
    char path[1024];
    world w;
    postern_source source = {.path = path};

    (void)snprintf(path, sizeof path, "%s/policy/files/policy.json",
                   tests == NULL ? "tests" : tests);
    world_init(&w);
    world_open(&w);
    ck_assert_msg(postern_policy_load(w.scheme, &source, &w.policy, w.report) ==
                      POSTERN_OK,
                  "%s", world_findings(w.report));
    ck_assert_uint_eq(postern_policy_rule_count(w.policy), 1);
    postern_policy_release(w.policy);
    source.path = "no/such/policy.json";
    ck_assert_int_eq(postern_policy_load(w.scheme, &source, &w.policy, w.report),
                     POSTERN_IO);
    ck_assert_str_eq(world_findings(w.report),
                     "no/such/policy.json: error: file cannot be read\n");
    world_close(&w);
}
END_TEST

START_TEST(generations_grow_with_every_load)
{
    world w;
    uint64_t before;

    world_init(&w);
    world_open(&w);
    world_must_load(&w, smallest);
    before = postern_policy_generation(w.policy);
    world_must_load(&w, smallest);
    ck_assert_uint_gt(postern_policy_generation(w.policy), before);
    world_close(&w);
}
END_TEST

static int64_t no_clock(void *user)
{
    (void)user;
    return -1;
}

START_TEST(without_a_clock_nothing_loads)
{
    world w;

    world_init(&w);
    w.options.clock = no_clock;
    world_open(&w);
    ck_assert_int_eq(world_load(&w, postern_text(smallest), false), POSTERN_CLOCK);
    ck_assert_str_eq(world_findings(w.report),
                     "policy.json: error: clock is not available\n");
    world_close(&w);
}
END_TEST

/* A text of mistakes alone: told a thousand times, and quickly. */
START_TEST(mistakes_are_told_up_to_a_thousand)
{
    enum { MISTAKES = 200000 };
    static const char head[] = "{\"version\": 1, \"rulesets\": [";
    const size_t len = sizeof head - 1 + 2 * MISTAKES + 1;
    char *text = malloc(len);
    postern_finding last;
    world w;

    ck_assert_ptr_nonnull(text);
    memcpy(text, head, sizeof head - 1);
    for (size_t i = 0; i < MISTAKES; i++) {
        memcpy(text + sizeof head - 1 + 2 * i, "0,", 2);
    }
    memcpy(text + len - 2, "]}", 2);
    world_init(&w);
    world_open(&w);
    ck_assert_int_eq(world_load(&w, (postern_str){text, len}, false), POSTERN_TYPE);
    ck_assert_uint_eq(postern_report_count_of(w.report, POSTERN_ERROR), 1000);
    ck_assert_uint_eq(postern_report_count(w.report), 1001);
    ck_assert(postern_report_get(w.report, 1000, &last));
    ck_assert_int_eq(last.severity, POSTERN_NOTE);
    world_close(&w);
    free(text);
}
END_TEST

Suite *test_suite(void)
{
    const TTest *const loops[FILE_COUNT] = {
        cases_of_top,    cases_of_hosts, cases_of_guards,  cases_of_rules,
        cases_of_import, cases_of_lists, cases_of_require, cases_of_regexes};
    Suite *suite = suite_create("policy-load");
    TCase *sources = tcase_create("sources");

    /* the last file is about what a build may lack */
    for (size_t i = 0; i < FILE_COUNT - (size_t)!harness_has_regex(); i++) {
        TCase *cases = tcase_create(case_files[i]);
        const int count = count_cases(read_cases(i));
        tcase_add_loop_test(cases, loops[i], 0, count);
        suite_add_tcase(suite, cases);
    }
    tcase_add_test(sources, a_source_without_path_and_text_is_refused);
    tcase_add_test(sources, a_text_needs_no_path_and_no_report);
    tcase_add_test(sources, a_file_is_read_from_disk_and_names_others_beside_it);
    tcase_add_test(sources, generations_grow_with_every_load);
    tcase_add_test(sources, without_a_clock_nothing_loads);
    tcase_add_test(sources, mistakes_are_told_up_to_a_thousand);
    suite_add_tcase(suite, sources);
    return suite;
}
