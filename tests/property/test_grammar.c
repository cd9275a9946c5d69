/*
 * test_grammar.c - the grammar is what the parser takes: sentences drawn from
 * grammar/postern.ebnf parse, and their canonical text parses to the same tree and is
 * canonical already, with words and symbols and at any width.
 */
#include "../harness/harness.h"
#include "ebnf.h"

#include "support/alloc.h"
#include "support/text.h"
#include "syntax/tree.h"

#include <postern/format.h>

#include <stdio.h>
#include <stdlib.h>

enum {
    SENTENCES = 50000,
    VALUES = 5000,
    DAMAGED = 20000,
    TIGHT = 20000,
    NESTING = 128
};

static const uint32_t widths[] = {20, 88, UINT32_MAX};

enum { WIDTHS = sizeof widths / sizeof widths[0] };

static ebnf *load(void)
{
    const char *folder = getenv("POSTERN_TESTS");
    char file[4096];

    (void)snprintf(file, sizeof file, "%s/../grammar/postern.ebnf",
                   folder != NULL ? folder : "tests");
    return ebnf_load(file);
}

/* A copy without a byte to spare, so that a look behind its end is noticed. */
static postern_str exact(postern_str text)
{
    char *copy = malloc(text.len + (text.len == 0));

    ck_assert_ptr_nonnull(copy);
    if (text.len > 0) {
        memcpy(copy, text.data, text.len);
    }
    return (postern_str){copy, text.len};
}

static void drop(postern_str text)
{
    free((void *)(uintptr_t)text.data);
}

/* --- trees ------------------------------------------------------------------------- */

typedef struct parsed {
    pst_arena arena;
    pst_node *root;
} parsed;

static void parse(parsed *out, postern_str text, bool value, uint32_t nesting)
{
    postern_report *report = postern_report_new(NULL);
    pst_complaints complaints = {.report = report, .expression = text};
    char why[1024] = "";
    postern_status status;

    pst_arena_init(&out->arena, pst_alloc_or_default(NULL), SIZE_MAX);
    status = (value ? pst_parse_value : pst_parse)(&out->arena, &complaints, nesting,
                                                   &out->root);
    (void)postern_report_render(report, 0, why, sizeof why);
    ck_assert_msg(status == POSTERN_OK && complaints.errors == 0,
                  "does not parse: %.*s\n%s", (int)text.len, text.data, why);
    postern_report_free(report);
}

static bool same(const pst_node *a, const pst_node *b)
{
    const pst_node *left = a->first;
    const pst_node *right = b->first;

    if (a->kind != b->kind || a->raw != b->raw || !pst_str_same(a->text, b->text) ||
        (a->kind == PST_NODE_COMPARE && a->relation != b->relation)) {
        return false;
    }
    while (left != NULL && right != NULL && same(left, right)) {
        left = left->next;
        right = right->next;
    }
    return left == NULL && right == NULL;
}

static bool same_tree(postern_str a, postern_str b,
                      const postern_format_options *options)
{
    parsed left;
    parsed right;
    bool result;

    parse(&left, a, options->value, options->nesting);
    parse(&right, b, options->value, options->nesting);
    result = same(left.root, right.root);
    pst_arena_free(&left.arena);
    pst_arena_free(&right.arena);
    return result;
}

/* --- formatting -------------------------------------------------------------------- */

static postern_str format(postern_str text, const postern_format_options *options)
{
    char *buf;
    size_t length;

    ck_assert_int_eq(postern_format_expression(text, options, NULL, 0, &length, NULL),
                     POSTERN_OK);
    buf = malloc(length + 1);
    ck_assert_ptr_nonnull(buf);
    ck_assert_int_eq(
        postern_format_expression(text, options, buf, length + 1, NULL, NULL),
        POSTERN_OK);
    return (postern_str){buf, length};
}

static void check_format(postern_str text, const postern_format_options *options)
{
    const postern_str formatted = format(text, options);
    const postern_str again = format(formatted, options);

    ck_assert_msg(same_tree(text, formatted, options),
                  "another tree:\n%.*s\nfrom\n%.*s", (int)formatted.len, formatted.data,
                  (int)text.len, text.data);
    ck_assert_msg(pst_str_same(formatted, again), "not canonical:\n%.*s\nbut\n%.*s",
                  (int)formatted.len, formatted.data, (int)again.len, again.data);
    drop(formatted);
    drop(again);
}

/* In both styles; the widths take turns. */
static void check_sentence(postern_str text, bool value, uint64_t turn)
{
    postern_format_options options = {.width = widths[turn % WIDTHS], .value = value};
    parsed tree;

    options.nesting = NESTING;
    parse(&tree, text, value, NESTING);
    pst_arena_free(&tree.arena);
    check_format(text, &options);
    options.symbols = true;
    check_format(text, &options);
}

static bool is_taken(postern_str text, uint32_t nesting)
{
    const postern_format_options options = {.nesting = nesting};

    return postern_format_tree(text, &options, NULL, 0, NULL, NULL) == POSTERN_OK;
}

/* The least limit of nesting at which `text` parses. */
static uint32_t nesting_of(postern_str text)
{
    uint32_t low = 1; /* 0 would be the default */
    uint32_t high = NESTING;

    while (low < high) {
        const uint32_t middle = (low + high) / 2;
        if (is_taken(text, middle)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* --- the tests --------------------------------------------------------------------- */

START_TEST(every_sentence_of_the_grammar_parses_and_formats_to_itself)
{
    ebnf *grammar = load();

    for (uint64_t seed = 0; seed < SENTENCES; seed++) {
        const postern_str text = exact(ebnf_draw(grammar, "expression", seed));
        check_sentence(text, false, seed);
        drop(text);
    }
    for (uint64_t seed = 0; seed < VALUES; seed++) {
        const postern_str text = exact(ebnf_draw(grammar, "value expression", seed));
        check_sentence(text, true, seed);
        drop(text);
    }
    ck_assert_msg(ebnf_undrawn(grammar) == NULL, "never drawn: %s",
                  ebnf_undrawn(grammar));
    ebnf_free(grammar);
}
END_TEST

/* Parentheses that only show precedence are left out where they would nest too deeply. */
START_TEST(formatting_never_nests_deeper_than_the_limit)
{
    ebnf *grammar = load();

    for (uint64_t seed = 0; seed < TIGHT; seed++) {
        const postern_str text = exact(ebnf_draw(grammar, "expression", seed));
        const postern_format_options options = {.nesting = nesting_of(text)};
        check_format(text, &options);
        drop(text);
    }
    ebnf_free(grammar);
}
END_TEST

/* Sentences with a byte put in, taken out or changed mostly do not parse; those that do
 * are sentences like any other. */
START_TEST(a_damaged_sentence_is_refused_or_formats_to_itself)
{
    ebnf *grammar = load();
    const postern_format_options options = {.width = 40, .nesting = NESTING};
    uint64_t state = 1;
    size_t refused = 0;

    for (uint64_t seed = 0; seed < DAMAGED; seed++) {
        const postern_str drawn = ebnf_draw(grammar, "expression", seed);
        postern_str text = exact(drawn);
        state = state * 6364136223846793005U + 1442695040888963407U;
        if (text.len > 0) {
            const size_t at = (size_t)(state >> 33) % text.len;
            static const char odd[] = "\"\\()[]{}#r.,&|!=~$ a1-\n\xff";
            ((char *)(uintptr_t)text.data)[at] = odd[(state >> 20) % (sizeof odd - 1)];
        }
        if (postern_format_expression(text, &options, NULL, 0, NULL, NULL) ==
            POSTERN_OK) {
            check_format(text, &options);
        } else {
            refused++;
        }
        drop(text);
    }
    ck_assert_uint_gt(refused, DAMAGED / 4);
    ck_assert_uint_lt(refused, DAMAGED);
    ebnf_free(grammar);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("grammar");
    TCase *properties = tcase_create("properties");

    tcase_set_timeout(properties, 600);
    tcase_add_test(properties,
                   every_sentence_of_the_grammar_parses_and_formats_to_itself);
    tcase_add_test(properties, formatting_never_nests_deeper_than_the_limit);
    tcase_add_test(properties, a_damaged_sentence_is_refused_or_formats_to_itself);
    suite_add_tcase(suite, properties);
    return suite;
}
