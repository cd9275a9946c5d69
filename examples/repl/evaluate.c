#include "evaluate.h"

#include "literal.h"

#include <postern/expression.h>
#include <postern/format.h>

#include <stdlib.h>

static postern_status compile_filter(session *repl, postern_str expression,
                                     postern_filter **out)
{
    const postern_compile_options options = session_compile_options(repl);

    postern_report_clear(repl->report);
    return postern_filter_compile(repl->scheme, expression, &options, out,
                                  repl->report);
}

static bool show_listing(const postern_filter *filter)
{
    size_t length;

    for (size_t i = 0; (length = postern_filter_print(filter, i, NULL, 0)) > 0; i++) {
        char *const text = malloc(length + 1);
        if (text == NULL) {
            return false;
        }
        (void)postern_filter_print(filter, i, text, length + 1);
        (void)puts(text);
        free(text);
    }
    return true;
}

/* --- filters ---------------------------------------------------------------------- */

static evaluate_answer match(session *repl, const postern_filter *filter)
{
    bool matched = false;
    postern_status status;

    if (repl->print && !show_listing(filter)) {
        return EVALUATE_FAILED;
    }
    if (!session_prepare(repl)) {
        return EVALUATE_FAILED;
    }
    status = postern_filter_match(filter, repl->request, &matched);
    if (status != POSTERN_OK) {
        session_complain_of_fault(repl, status);
        return EVALUATE_FAILED;
    }
    return matched ? EVALUATE_TRUE : EVALUATE_FALSE;
}

evaluate_answer evaluate_filter(session *repl, postern_str expression)
{
    postern_filter *filter;
    evaluate_answer answer = EVALUATE_FAILED;

    (void)compile_filter(repl, expression, &filter);
    style_findings(&repl->style, repl->report);
    if (filter != NULL) {
        answer = match(repl, filter);
        postern_filter_free(filter);
    }
    return answer;
}

static void show_answer(const session *repl, evaluate_answer answer)
{
    if (answer != EVALUATE_FAILED) {
        const bool yes = answer == EVALUATE_TRUE;
        (void)printf("= %s%s%s\n",
                     style_out(&repl->style, yes ? STYLE_GREEN : STYLE_YELLOW),
                     yes ? "true" : "false", style_out(&repl->style, STYLE_PLAIN));
    }
}

void evaluate_code(session *repl, postern_str expression)
{
    postern_filter *filter;

    (void)compile_filter(repl, expression, &filter);
    style_findings(&repl->style, repl->report);
    if (filter != NULL) {
        (void)show_listing(filter);
        postern_filter_free(filter);
    }
}

/* --- values ----------------------------------------------------------------------- */

static bool show_value(session *repl, const postern_value_expression *compiled)
{
    postern_value value;
    bool present;
    postern_status status;

    if (!session_prepare(repl)) {
        return false;
    }
    status = postern_value_evaluate(compiled, repl->request, &present, &value);
    if (status != POSTERN_OK) {
        session_complain_of_fault(repl, status);
        return false;
    }
    (void)printf("= %s", style_out(&repl->style, present ? STYLE_CYAN : STYLE_YELLOW));
    if (present) {
        literal_write(stdout, &value);
    } else {
        (void)fputs("missing", stdout);
    }
    (void)printf("%s\n", style_out(&repl->style, STYLE_PLAIN));
    return true;
}

bool evaluate_value(session *repl, postern_str expression)
{
    const postern_compile_options options = session_compile_options(repl);
    postern_value_expression *compiled;
    bool shown = false;

    postern_report_clear(repl->report);
    (void)postern_value_compile(repl->scheme, expression, &options, &compiled,
                                repl->report);
    style_findings(&repl->style, repl->report);
    if (compiled != NULL) {
        shown = show_value(repl, compiled);
        postern_value_expression_free(compiled);
    }
    return shown;
}

/* Is it a value expression? Whoever writes lower(http.host) wants to see it. */
static bool is_value(const session *repl, postern_str expression)
{
    const postern_compile_options options = session_compile_options(repl);
    postern_value_expression *compiled;
    const postern_status status =
        postern_value_compile(repl->scheme, expression, &options, &compiled, NULL);

    postern_value_expression_free(compiled);
    return status == POSTERN_OK;
}

void evaluate_any(session *repl, postern_str expression)
{
    postern_filter *filter;

    (void)compile_filter(repl, expression, &filter);
    if (filter == NULL && is_value(repl, expression)) {
        (void)evaluate_value(repl, expression);
        return;
    }
    style_findings(&repl->style, repl->report);
    if (filter != NULL) {
        show_answer(repl, match(repl, filter));
        postern_filter_free(filter);
    }
}

/* --- text ------------------------------------------------------------------------- */

typedef postern_status writer(postern_str expression,
                              const postern_format_options *options, char *buf,
                              size_t cap, size_t *length, postern_report *report);

/* First as a filter, then as a value expression; the filter's findings count. */
static char *written(writer *write, postern_str expression, postern_report *report)
{
    char *text = NULL;

    for (int value = 0; value < 2 && text == NULL; value++) {
        const postern_format_options options = {.value = value == 1};
        size_t length;
        if (write(expression, &options, NULL, 0, &length, value == 0 ? report : NULL) !=
            POSTERN_OK) {
            continue;
        }
        postern_report_clear(report);
        text = malloc(length + 1);
        if (text != NULL && write(expression, &options, text, length + 1, &length,
                                  report) != POSTERN_OK) {
            free(text);
            text = NULL;
        }
        break;
    }
    return text;
}

static void show_written(session *repl, writer *write, postern_str expression)
{
    char *text;
    size_t length;

    postern_report_clear(repl->report);
    text = written(write, expression, repl->report);
    style_findings(&repl->style, repl->report);
    if (text == NULL) {
        return;
    }
    for (length = 0; text[length] != '\0'; length++) {
    }
    (void)printf("%s%s", text, length > 0 && text[length - 1] == '\n' ? "" : "\n");
    free(text);
}

void evaluate_format(session *repl, postern_str expression)
{
    show_written(repl, postern_format_expression, expression);
}

void evaluate_tree(session *repl, postern_str expression)
{
    show_written(repl, postern_format_tree, expression);
}

/* --- the policy ------------------------------------------------------------------- */

static void show_matches(const session *repl, const postern_verdict *verdict)
{
    size_t width = 0;

    for (size_t i = 0; i < verdict->match_count; i++) {
        if (verdict->matches[i].ref.len > width) {
            width = verdict->matches[i].ref.len;
        }
    }
    for (size_t i = 0; i < verdict->match_count; i++) {
        const postern_rule_match *const rule = &verdict->matches[i];
        const size_t blanks = rule->description.len > 0 ? width - rule->ref.len + 2 : 0;
        (void)printf("  %-5s  ", postern_action_text(rule->action));
        literal_write_plain(stdout, rule->ref);
        (void)printf("%*s%s", (int)blanks, "", style_out(&repl->style, STYLE_DIM));
        literal_write_plain(stdout, rule->description);
        (void)printf("%s\n", style_out(&repl->style, STYLE_PLAIN));
    }
}

static void show_verdict(const session *repl, const postern_verdict *verdict)
{
    const bool allowed = postern_verdict_allows(verdict);

    (void)printf("= %s%s%s", style_out(&repl->style, allowed ? STYLE_GREEN : STYLE_RED),
                 postern_outcome_text(verdict->outcome),
                 style_out(&repl->style, STYLE_PLAIN));
    if (verdict->status != 0) {
        (void)printf(" %u", verdict->status);
    }
    if (verdict->reason.len > 0) {
        (void)fputs(": ", stdout);
        literal_write_plain(stdout, verdict->reason);
    }
    (void)fputc('\n', stdout);
    show_matches(repl, verdict);
}

bool evaluate_verdict(session *repl)
{
    postern_verdict verdict;

    if (repl->policy == NULL) {
        style_complain_of(&repl->style, ":decide", "there is no policy",
                          "load one with \":policy FILE\"");
        return false;
    }
    if (!session_prepare(repl)) {
        return false;
    }
    postern_policy_evaluate(repl->policy, repl->request, &verdict);
    show_verdict(repl, &verdict);
    return true;
}
