/*
 * claims.c - see claims.h.
 */
#include "claims.h"

#include <postern/regex.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void blame(reader *r, int line, const char *what, const char *more)
{
    const size_t len = strlen(r->problems);

    (void)snprintf(r->problems + len, sizeof r->problems - len, "%s:%d: %s%s\n",
                   r->path, line, what, more);
    r->problem_count++;
}

void blame_on(reader *r, int line, postern_str name, const char *what)
{
    char text[TEXT_MAX];

    (void)snprintf(text, sizeof text, "%.*s", (int)name.len, name.data);
    blame(r, line, what, text);
}

/* A cell as it is meant. */
static postern_str plain(postern_str cell, char *buf)
{
    ck_assert_uint_lt(cell.len, TEXT_MAX);
    cell_text(cell, buf);
    return postern_text(buf);
}

bool cell_is(postern_str cell, const char *text)
{
    char buf[TEXT_MAX];

    return postern_str_equal(plain(cell, buf), postern_text(text));
}

/* --- requests and lists -------------------------------------------------------------- */

bool fill(reader *r, int line, postern_str name, source *memory)
{
    const named_request *named = requests_find(&r->requests, name);

    *memory = (source){.count = 0};
    if (named == NULL) {
        blame_on(r, line, name, "no request is called ");
        return false;
    }
    if (!request_json_fill(postern_text(named->json), r->w.scheme, r->request,
                           &r->clock, memory)) {
        blame_on(r, line, name, memory->error.message);
        source_free(memory);
        return false;
    }
    return true;
}

void empty(reader *r, source *memory)
{
    postern_request_reset(r->request);
    source_free(memory);
}

static postern_list_kind list_kind(postern_str word)
{
    for (int kind = POSTERN_LIST_IP; kind <= POSTERN_LIST_HOSTNAME; kind++) {
        const char *text = postern_list_kind_text((postern_list_kind)kind);
        if (postern_str_equal(word, postern_text(text))) {
            return (postern_list_kind)kind;
        }
    }
    return (postern_list_kind)0;
}

void read_list(reader *r, int line, postern_str text)
{
    postern_str items[32];
    postern_str name;
    postern_str kind;
    postern_list *list = NULL;
    size_t count = 0;

    if (!take_word(&text, &name)) {
        return;
    }
    (void)take_word(&text, &kind);
    while (count < 32 && take_word(&text, &items[count])) {
        count++;
    }
    if (name.data[0] != '$' || r->list_count == LISTS_MAX || count == 32 ||
        postern_list_new(NULL, list_kind(kind), items, count, &list, r->w.report) !=
            POSTERN_OK) {
        blame(r, line, "not a list: ", world_findings(r->w.report));
        return;
    }
    r->lists[r->list_count++] = (postern_named_list){
        {name.data + 1, name.len - 1},
        list
    };
}

/* --- expressions --------------------------------------------------------------------- */

static postern_compile_options options_of(const reader *r)
{
    return (postern_compile_options){
        .phase = r->phase, .lists = r->lists, .list_count = r->list_count};
}

postern_filter *compile(reader *r, int line, postern_str text)
{
    const postern_compile_options options = options_of(r);
    postern_filter *filter;

    postern_report_clear(r->w.report);
    if (postern_filter_compile(r->w.scheme, text, &options, &filter, r->w.report) !=
            POSTERN_OK ||
        postern_report_count(r->w.report) != 0) {
        blame(r, line, "this should compile\n", world_findings(r->w.report));
    }
    return filter;
}

void check_answer(reader *r, int line, const postern_filter *filter,
                  postern_str request, postern_str cell)
{
    const bool yes = cell_is(cell, "true");
    postern_status status;
    source memory;
    bool matched;

    if (!yes && !cell_is(cell, "false")) {
        blame(r, line, "the answer is neither true nor false", "");
        return;
    }
    if (!fill(r, line, request, &memory)) {
        return;
    }
    status = postern_filter_match(filter, r->request, &matched);
    if (status != POSTERN_OK) {
        blame(r, line, "cannot be matched: ", postern_status_text(status));
    } else if (matched != yes) {
        blame_on(r, line, request, matched ? "it is true for " : "it is false for ");
    }
    empty(r, &memory);
    r->answers++;
}

void check_filter_row(reader *r, const piece *row)
{
    char buf[TEXT_MAX];
    postern_filter *filter = compile(r, row->line, plain(row->cells[0], buf));

    for (size_t i = 1; i < row->cell_count && filter != NULL; i++) {
        check_answer(r, row->line, filter, r->header.cells[i], row->cells[i]);
    }
    postern_filter_free(filter);
}

static void check_value(reader *r, int line, const postern_value_expression *expression,
                        postern_str request, postern_str cell)
{
    char text[TEXT_MAX] = "missing";
    postern_status status;
    source memory;
    postern_value value;
    bool present;

    if (!fill(r, line, request, &memory)) {
        return;
    }
    status = postern_value_evaluate(expression, r->request, &present, &value);
    if (present) {
        write_value(&value, text, sizeof text);
    }
    if (status != POSTERN_OK) {
        blame(r, line, "cannot be evaluated: ", postern_status_text(status));
    } else if (!cell_is(cell, text)) {
        blame(r, line, "it is ", text);
    }
    empty(r, &memory);
    r->answers++;
}

void check_value_row(reader *r, const piece *row)
{
    const postern_compile_options options = options_of(r);
    postern_value_expression *expression;
    char buf[TEXT_MAX];

    postern_report_clear(r->w.report);
    if (postern_value_compile(r->w.scheme, plain(row->cells[0], buf), &options,
                              &expression, r->w.report) != POSTERN_OK ||
        postern_report_count(r->w.report) != 0) {
        blame(r, row->line, "this should compile\n", world_findings(r->w.report));
    }
    for (size_t i = 1; i < row->cell_count && expression != NULL; i++) {
        check_value(r, row->line, expression, r->header.cells[i], row->cells[i]);
    }
    postern_value_expression_free(expression);
}

/* --- messages ------------------------------------------------------------------------ */

/* True when finding `index` reads as `cell`: its message, or with its hint. */
static bool tells(const reader *r, size_t index, bool error, postern_str cell)
{
    char whole[TEXT_MAX];
    postern_finding finding;

    if (!postern_report_get(r->w.report, index, &finding) ||
        (finding.severity == POSTERN_ERROR) != error) {
        return false;
    }
    (void)snprintf(whole, sizeof whole, "%.*s (%.*s)", (int)finding.message.len,
                   finding.message.data, (int)finding.hint.len, finding.hint.data);
    if (cell_is(cell, whole)) {
        return true;
    }
    whole[finding.message.len] = '\0';
    return cell_is(cell, whole);
}

void check_told(reader *r, int line, bool error, postern_str cell)
{
    for (size_t i = 0; i < postern_report_count(r->w.report); i++) {
        if (tells(r, i, error, cell)) {
            r->answers++;
            return;
        }
    }
    blame(r, line, "what is told is\n", world_findings(r->w.report));
}

void check_told_row(reader *r, const piece *row)
{
    const bool refused = r->table == TABLE_REFUSED;
    const postern_compile_options options = options_of(r);
    postern_filter *filter;
    char buf[TEXT_MAX];

    postern_report_clear(r->w.report);
    if ((postern_filter_compile(r->w.scheme, plain(row->cells[0], buf), &options,
                                &filter, r->w.report) == POSTERN_OK) == refused) {
        blame(r, row->line, refused ? "this compiles" : "this is refused\n",
              world_findings(r->w.report));
    } else {
        check_told(r, row->line, refused, row->cells[1]);
    }
    postern_filter_free(filter);
}

/* --- what an expression is compiled to --------------------------------------------------- */

void check_cost_row(reader *r, const piece *row)
{
    char text[TEXT_MAX];
    postern_filter *filter = compile(r, row->line, plain(row->cells[0], text));
    postern_regex_info info;

    if (filter == NULL) {
        return;
    }
    if (!postern_filter_regex_at(filter, 0, &info)) {
        blame(r, row->line, "nothing is searched for", "");
    } else {
        (void)snprintf(text, sizeof text, "%" PRIu32, info.steps_per_byte);
        if (!cell_is(row->cells[2], text)) {
            blame(r, row->line, "the steps are ", text);
        }
        if (!cell_is(row->cells[1], postern_regex_engine_text(info.engine))) {
            blame(r, row->line, "it is ", postern_regex_engine_text(info.engine));
        }
    }
    postern_filter_free(filter);
    r->answers++;
}

void check_listing(reader *r, const piece *block)
{
    postern_str lines = block->text;
    postern_filter *filter = NULL;
    postern_str line;
    size_t index = 0;
    char text[TEXT_MAX];

    while (take_line(&lines, &line)) {
        if (line.len > 2 && memcmp(line.data, "> ", 2) == 0) {
            postern_filter_free(filter);
            filter =
                compile(r, block->line, (postern_str){line.data + 2, line.len - 2});
            index = 0;
        } else {
            text[0] = '\0';
            if (filter != NULL) {
                (void)postern_filter_print(filter, index++, text, sizeof text);
            }
            if (!postern_str_equal(line, postern_text(text))) {
                blame(r, block->line, "the listing is ", text);
            }
            r->answers++;
        }
    }
    postern_filter_free(filter);
}
