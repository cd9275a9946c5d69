/*
 * fuzz_format.c - any bytes parse or are refused, with findings that point inside them;
 * what parses is formatted to a text that parses to the same tree and is its own
 * canonical form, in words and symbols, on one line and on many.
 */
#include "support/alloc.h"
#include "support/text.h"
#include "syntax/tree.h"

#include <postern/format.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_findings(const postern_report *report, size_t size)
{
    postern_finding finding;

    require(postern_report_count(report) > 0);
    for (size_t i = 0; postern_report_get(report, i, &finding); i++) {
        require(finding.offset <= size && finding.length <= size - finding.offset);
        require(finding.message.len > 0);
    }
}

static bool same(const pst_node *a, const pst_node *b)
{
    const pst_node *left = a->first;
    const pst_node *right = b->first;

    if (a->kind != b->kind || a->raw != b->raw || a->relation != b->relation ||
        !pst_str_same(a->text, b->text)) {
        return false;
    }
    while (left != NULL && right != NULL && same(left, right)) {
        left = left->next;
        right = right->next;
    }
    return left == NULL && right == NULL;
}

static pst_node *parse(pst_arena *arena, postern_str text, bool value)
{
    pst_complaints complaints = {.expression = text};
    pst_node *root;
    postern_status status;

    pst_arena_init(arena, pst_alloc_or_default(NULL), SIZE_MAX);
    status = (value ? pst_parse_value : pst_parse)(arena, &complaints, 128, &root);
    require(status == POSTERN_OK && complaints.errors == 0);
    return root;
}

static void check_tree(postern_str a, postern_str b, bool value)
{
    pst_arena left;
    pst_arena right;

    require(same(parse(&left, a, value), parse(&right, b, value)));
    pst_arena_free(&left);
    pst_arena_free(&right);
}

static char *format(postern_str text, const postern_format_options *options,
                    size_t *length)
{
    char *buf;

    require(postern_format_expression(text, options, NULL, 0, length, NULL) ==
            POSTERN_OK);
    buf = malloc(*length + 1);
    require(buf != NULL);
    require(postern_format_expression(text, options, buf, *length + 1, NULL, NULL) ==
            POSTERN_OK);
    return buf;
}

static void check_format(postern_str text, const postern_format_options *options)
{
    size_t length;
    size_t length_again;
    char *once = format(text, options, &length);
    char *twice = format((postern_str){once, length}, options, &length_again);

    require(length == length_again && memcmp(once, twice, length) == 0);
    check_tree(text, (postern_str){once, length}, options->value);
    free(once);
    free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const postern_str text = {(const char *)data, size};

    for (int round = 0; round < 2; round++) {
        postern_format_options options = {.value = round == 1, .width = 20};
        postern_report *report = postern_report_new(NULL);
        const postern_status status =
            postern_format_tree(text, &options, NULL, 0, NULL, report);
        require(report != NULL);
        if (status == POSTERN_OK) {
            check_format(text, &options);
            options.symbols = true;
            options.width = UINT32_MAX;
            check_format(text, &options);
        } else {
            require(status == POSTERN_SYNTAX || status == POSTERN_LIMIT);
            check_findings(report, size);
        }
        postern_report_free(report);
    }
    return 0;
}
