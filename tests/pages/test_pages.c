/*
 * test_pages.c - what the pages in grammar/ and README.md claim holds: every example on
 * them is compiled and tried (see reader.h), every field and function they speak of
 * exists, and their links lead somewhere.
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
    {"../README.md",                      0,   1 },
    {"../grammar/README.md",              60,  0 },
    {"../grammar/fields.md",              55,  0 },
    {"../grammar/functions.md",           130, 0 },
    {"../grammar/missing-values.md",      85,  0 },
    {"../grammar/operators.md",           180, 0 },
    {"../grammar/policy.md",              13,  11},
    {"../grammar/recipes.md",             110, 13},
    {"../grammar/regular-expressions.md", 80,  0 },
};

enum { PAGE_COUNT = sizeof pages / sizeof pages[0] };

static reader *read_all(const char *path, postern_str text)
{
    reader *r = malloc(sizeof *r);

    ck_assert_ptr_nonnull(r);
    read_page(r, path, text);
    reader_close(r);
    return r;
}

START_TEST(examples_do_what_their_page_says)
{
    const postern_str text = world_slurp(pages[_i].path);
    reader *r = read_all(pages[_i].path, text);

    ck_assert_msg(r->problem_count == 0, "%d claims do not hold\n%s", r->problem_count,
                  r->problems);
    ck_assert_int_ge(r->answers, pages[_i].answers);
    ck_assert_int_ge(r->policies, pages[_i].policies);
    free(r);
    free((void *)(uintptr_t)text.data);
}
END_TEST

/* --- the reader itself --------------------------------------------------------------- */

#define ADA "```requests\nada GET https://a.example/\n  x-a: b\n```\n"
#define UNDER "|---|---|\n"
#define COSTS "| expression | kind | steps a byte |\n|---|---|---|\n"
#define POLICY(rule)                                                                  \
    "```json\n{\"version\": 1, \"rulesets\": [{\"phase\": "                           \
    "\"http_request_firewall_custom\", \"rules\": [{\"ref\": \"r\", \"expression\": " \
    "\"" rule "\", \"action\": \"block\"}]}]}\n```\n"

#define HOSTED                                                                   \
    "```json\n{\"version\": 1, \"default\": \"block\", \"mtls\": {\"hosts\": ["  \
    "{\"hostname\": \"a.example\", \"ca\": [\"pki/ca.pem\"]}]}, \"rulesets\": [" \
    "{\"phase\": \"http_request_firewall_custom\", \"rules\": []}]}\n```\n"      \
    "| host | certificate | requests |\n|---|---|---|\n"

/* Pages of which `problems` claims do not hold. */
static const struct {
    int problems;
    const char *text;
} samples[] = {
    {0, ADA "| expression | ada |\n" UNDER "| `ssl` | true |\n"                       },
    {1, ADA "| expression | ada |\n" UNDER "| `ssl` | false |\n"                      },
    {1, ADA "| expression | ada |\n" UNDER "| `ssl` | yes |\n| `ssl` | true |\n"      },
    {1, ADA "| expression | ada |\n" UNDER "| `ssl` | |\n| `ssl` | true |\n"          },
    {1, ADA "| expression | ada |\n" UNDER "| `ssl` |\n| `ssl` | true |\n"            },
    {1, ADA "| expression | ada |\n" UNDER "| `slt` | true |\n| `ssl` | true |\n"     },
    {2, ADA "| expression | bob |\n" UNDER "| `ssl` | true |\n"                       },
    {1, "| expression |\n|---|\n| `ssl` |\n"                                          },
    {1, ADA                                                                           },
    {1, ADA ADA "| expression | ada |\n" UNDER "| `ssl` | true |\n"                   },
    {0, ADA "| value expression | ada |\n" UNDER "| `http.host` | `\"a.example\"` |\n"},
    {1, ADA "| value expression | ada |\n" UNDER "| `http.host` | `\"b.example\"` |\n"},
    {1, ADA "| value expression | ada |\n" UNDER "| `http.host` | missing |\n"        },
    {0, ADA "| value expression | ada |\n" UNDER "| `ip.src` | missing |\n"           },
    {0, "| expression | refused because |\n" UNDER
        "| `http.host` | `a comparison is missing` |\n"                        },
    {1, "| expression | refused because |\n" UNDER "| `http.host` | `no reason` |\n"  },
    {1, "| expression | refused because |\n" UNDER "| `ssl` | `no reason` |\n"        },
    {1, "| expression | remark |\n" UNDER "| `ssl` | `no remark` |\n"                 },
    {1, "| expression | remark |\n" UNDER "| `slt` | `unknown field 'slt'` |\n"       },
    {0, COSTS "| `http.host ~ \"^a\"` | `table` | 1 |\n"                              },
    {1, COSTS "| `http.host ~ \"^a\"` | `table` | 2 |\n"                              },
    {1, COSTS "| `http.host ~ \"^a\"` | `bits` | 1 |\n"                               },
    {1, COSTS "| `ssl` | `table` | 1 |\n"                                             },
    {1, COSTS "| `slt` | `table` | 1 |\n"                                             },
    {0, "```listing\n> ssl\n0000 BOOL ssl | true, false\n```\n"                       },
    {1, "```listing\n> ssl\n0000 BOOL ssl | false, true\n```\n"                       },
    {1, "```listing\n0000 BOOL ssl | true, false\n```\n"                              },
    {0, ADA "```postern\nssl\n```\n| request | answer |\n" UNDER "| ada | true |\n"   },
    {1, ADA "```postern\nssl\n```\n| request | answer |\n" UNDER "| ada | false |\n"  },
    {1, "```postern\nssl\n```\n"                                                      },
    {1, "```postern\nslt\n```\n"                                                      },
    {1, "```postern\nssl\n```\n```postern\nnot ssl\n```\n" ADA
        "| request | answer |\n" UNDER "| ada | false |\n"                     },
    {1,
     "```postern\nssl\n```\n" ADA "| expression | ada |\n" UNDER "| `ssl` | true |\n" },
    {0, ADA POLICY("ssl") "| request | answer |\n" UNDER "| ada | 403 by `r` |\n"     },
    {2, ADA POLICY("ssl") "| request | answer |\n" UNDER "| ada | allowed |\n"        },
    {1, POLICY("slt")                                                                 },
    {1, "```json fails\n{\"version\": 1, \"rulesets\": []}\n```\n"                    },
    {0, "```json fails\n{\"version\": 2}\n```\n"                                      },
    {1, "```json fails\n{\"version\": 2}\n```\n| refused because |\n|---|\n| why |\n" },
    {1, "```json\n{\"version\": 1}\n```\n"                                            }, /* a warning */
    {0, HOSTED "| `a.example` | asked for | go to the rules |\n"                      },
    {0, HOSTED "| `b.example` | not asked for | 421 |\n"                              },
    {2, HOSTED "| `a.example` | not asked for | 421 |\n"                              },
    {2, HOSTED "| `b.example` | asked for | go to the rules |\n"                      },
    {1, HOSTED "| `b c` | not asked for | 421 |\n"                                    },
    {1, "| host | certificate | requests |\n|---|---|---|\n"                          },
    {1, "| expresion | ada |\n" UNDER "| `ssl` | true |\n"                            },
    {1, "| request | answer |\n" UNDER                                                },
    {1, "```perl\n```\n"                                                              },
    {1, "```json\n"                                                                   },
    {1, "| name |\n| a |\n"                                                           },
    {1, "| name |\n|---|\n| a\n"                                                      },
    {1, "```lists\n$a int x\n```\n"                                                   },
    {1, "```lists\n$a colour red\n```\n"                                              },
    {1, "```requests\nada GET https://a.example/ HTTP/2 now\n```\n"                   },
    {1, "```requests\nada GET https://a.example/\n  no.field = 1\n```\n"              },
    {1, "```requests\nada GET https://a.example/\n  what is this\n```\n"              },
};

START_TEST(the_reader_notices_what_does_not_hold)
{
    reader *r = read_all("sample", postern_text(samples[_i].text));

    ck_assert_msg(r->problem_count == samples[_i].problems, "%d, not %d:\n%s\n%s",
                  r->problem_count, samples[_i].problems, samples[_i].text,
                  r->problems);
    free(r);
}
END_TEST

/* --- what the pages speak of --------------------------------------------------------- */

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
    ck_assert_int_eq(count, PAGE_COUNT - 1);
}
END_TEST

static bool contains(postern_str text, const char *word)
{
    const size_t len = strlen(word);

    for (size_t i = 0; i + len <= text.len; i++) {
        if (memcmp(text.data + i, word, len) == 0) {
            return true;
        }
    }
    return false;
}

/* The table of functions names each; the rest of the page shows it at work. */
START_TEST(every_function_has_an_example)
{
    const postern_str page = world_slurp("../grammar/functions.md");
    postern_str rest = page;
    postern_str line;
    char names[64][64];
    int count = 0;

    while (take_line(&rest, &line) &&
           !postern_str_equal(line, postern_text("<!-- end generated -->"))) {
        const char *open = memchr(line.data, '(', line.len);
        if (line.len < 4 || memcmp(line.data, "| `", 3) != 0 || open == NULL) {
            continue;
        }
        ck_assert_int_lt(count, 64);
        (void)snprintf(names[count++], sizeof names[0], "%.*s",
                       (int)(open + 1 - (line.data + 3)), line.data + 3);
    }
    for (int i = 0; i < count; i++) {
        ck_assert_msg(contains(rest, names[i]), "%s...) has no example", names[i]);
    }
    ck_assert_int_ge(count, 28);
    free((void *)(uintptr_t)page.data);
}
END_TEST

/* True for what looks like the name of a built-in field: letters, digits and dots behind
 * a prefix of theirs. */
static bool looks_like_field(postern_str text)
{
    static const char *const prefixes[] = {"cf.", "http.", "ip.", "raw.", "postern."};

    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_' &&
            c != '.') {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        const size_t len = strlen(prefixes[i]);
        if (text.len > len && memcmp(text.data, prefixes[i], len) == 0) {
            return text.data[text.len - 1] != '.'; /* that is a prefix */
        }
    }
    return false;
}

/* The next `code` of the line. */
static bool take_code(postern_str *line, postern_str *code)
{
    const char *open = memchr(line->data, '`', line->len);
    const char *end = line->data + line->len;
    const char *close;

    if (open == NULL ||
        (close = memchr(open + 1, '`', (size_t)(end - open - 1))) == NULL) {
        return false;
    }
    *code = (postern_str){open + 1, (size_t)(close - open - 1)};
    *line = (postern_str){close + 1, (size_t)(end - close - 1)};
    return true;
}

/* Tables made from the list of fields aside: one holds names that are none. */
START_TEST(every_field_that_is_named_exists)
{
    const postern_str page = world_slurp(pages[_i].path);
    postern_str rest = page;
    postern_scheme *scheme;
    postern_str line;
    postern_str code;
    bool made = false;

    ck_assert_int_eq(postern_scheme_new(NULL, &scheme), POSTERN_OK);
    while (take_line(&rest, &line)) {
        made = contains(line, "<!-- begin") || (made && !contains(line, "<!-- end"));
        while (!made && take_code(&line, &code)) {
            ck_assert_msg(
                !looks_like_field(code) || contains(code, ".ebnf") ||
                    postern_scheme_find_field(scheme, code, NULL, NULL) == POSTERN_OK ||
                    contains(code, "cf.access."),
                "%s: %.*s is no field", pages[_i].path, (int)code.len, code.data);
        }
    }
    postern_scheme_free(scheme);
    free((void *)(uintptr_t)page.data);
}
END_TEST

/* --- links --------------------------------------------------------------------------- */

/* The name GitHub gives to a heading. */
static postern_str anchor_of(postern_str line, char *buf, size_t cap)
{
    size_t len = 0;

    while (line.len > 0 && (line.data[0] == '#' || line.data[0] == ' ')) {
        line = (postern_str){line.data + 1, line.len - 1};
    }
    for (size_t i = 0; i < line.len && len < cap; i++) {
        const char c = line.data[i];
        const bool capital = c >= 'A' && c <= 'Z';
        if (c == ' ' || c == '-') {
            buf[len++] = '-';
        } else if (capital || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                   c == '_') {
            buf[len++] = (char)(capital ? c + ('a' - 'A') : c);
        }
    }
    return (postern_str){buf, len};
}

static bool has_heading(postern_str page, postern_str anchor)
{
    postern_str line;
    char buf[256];

    while (take_line(&page, &line)) {
        if (line.len > 0 && line.data[0] == '#' &&
            postern_str_equal(anchor_of(line, buf, sizeof buf), anchor)) {
            return true;
        }
    }
    return false;
}

static bool exists(const char *path)
{
    char whole[1024];
    FILE *file;

    (void)snprintf(whole, sizeof whole, "%s/%s", getenv("POSTERN_TESTS"), path);
    file = fopen(whole, "rb");
    return file != NULL && fclose(file) == 0;
}

/* Follows "file.md#heading" from the page at `path`, whose text is `page`. */
static bool leads_somewhere(const char *path, postern_str page, postern_str link)
{
    const char *mark = memchr(link.data, '#', link.len);
    const size_t len = mark == NULL ? link.len : (size_t)(mark - link.data);
    const char *slash = strrchr(path, '/');
    postern_str target = page;
    char to[512];
    bool found;

    (void)snprintf(to, sizeof to, "%.*s%.*s", (int)(slash + 1 - path), path, (int)len,
                   link.data);
    if (len > 0 && !exists(to)) {
        return false;
    }
    if (mark == NULL) {
        return true;
    }
    if (len > 0) {
        target = world_slurp(to);
    }
    found = has_heading(target, (postern_str){mark + 1, link.len - len - 1});
    if (len > 0) {
        free((void *)(uintptr_t)target.data);
    }
    return found;
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
            ck_assert_msg(leads_somewhere(pages[_i].path, page, link),
                          "%s: %.*s leads nowhere", pages[_i].path, (int)link.len,
                          link.data);
            count++;
        }
    }
    ck_assert_int_ge(count, 2);
    free((void *)(uintptr_t)page.data);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("pages");
    TCase *claims = tcase_create("claims");
    TCase *names = tcase_create("names");

    tcase_add_loop_test(claims, examples_do_what_their_page_says, 0, PAGE_COUNT);
    tcase_add_loop_test(claims, the_reader_notices_what_does_not_hold, 0,
                        sizeof samples / sizeof samples[0]);
    suite_add_tcase(suite, claims);
    tcase_add_test(names, no_page_is_left_out);
    tcase_add_test(names, every_function_has_an_example);
    tcase_add_loop_test(names, every_field_that_is_named_exists, 0, PAGE_COUNT);
    tcase_add_loop_test(names, links_lead_somewhere, 0, PAGE_COUNT);
    suite_add_tcase(suite, names);
    return suite;
}
