#include "reader.h"

#include <postern/mbedtls.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 4096 };

/* First columns of tables that claim nothing. A table with any other is refused, so
 * that a slip in a header does not turn a table off. */
static const char *const plain_headers[] = {
    "action", "construct",  "deprecated", "function", "key",      "kind",
    "limit",  "deprecated", "literal",    "name",     "operator", "page",
    "status", "type",       "who",        "you want",
};

/* Notes that a claim does not hold: all of a page are told at once. */
static void blame(reader *r, int line, const char *what, const char *more)
{
    const size_t len = strlen(r->problems);

    (void)snprintf(r->problems + len, sizeof r->problems - len, "%s:%d: %s%s\n",
                   r->path, line, what, more);
    r->problem_count++;
}

static void blame_on(reader *r, int line, postern_str name, const char *what)
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

static bool cell_is(postern_str cell, const char *text)
{
    char buf[TEXT_MAX];

    return postern_str_equal(plain(cell, buf), postern_text(text));
}

static bool starts_with(postern_str text, const char *with)
{
    return text.len >= strlen(with) && memcmp(text.data, with, strlen(with)) == 0;
}

/* --- requests and lists -------------------------------------------------------------- */

/* Fills r->request from the request that `name` means. */
static bool fill(reader *r, int line, postern_str name, source *memory)
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

static void empty(reader *r, source *memory)
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

/* "$office ip 192.0.2.0/24 2001:db8::/32" */
static void read_list(reader *r, int line, postern_str text)
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

/* Compiles, without a word. NULL: noted. */
static postern_filter *compile(reader *r, int line, postern_str text)
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

static void check_answer(reader *r, int line, const postern_filter *filter,
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

static void check_filter_row(reader *r, const piece *row)
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

static void check_value_row(reader *r, const piece *row)
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

static void check_told(reader *r, int line, bool error, postern_str cell)
{
    for (size_t i = 0; i < postern_report_count(r->w.report); i++) {
        if (tells(r, i, error, cell)) {
            r->answers++;
            return;
        }
    }
    blame(r, line, "what is told is\n", world_findings(r->w.report));
}

static void check_told_row(reader *r, const piece *row)
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

/* --- policies ------------------------------------------------------------------------ */

static bool says(postern_str mark, const char *word)
{
    postern_str at;

    while (take_word(&mark, &at)) {
        if (postern_str_equal(at, postern_text(word))) {
            return true;
        }
    }
    return false;
}

static void load(reader *r, const piece *block)
{
    const bool fails = says(block->mark, "fails");
    const postern_status status =
        world_load(&r->w, block->text, says(block->mark, "import"));

    if ((status != POSTERN_OK) != fails) {
        blame(r, block->line, fails ? "this loads" : "this should load\n",
              world_findings(r->w.report));
    }
    if (!fails && postern_report_count_of(r->w.report, POSTERN_WARNING) != 0) {
        blame(r, block->line, "this loads with a warning\n",
              world_findings(r->w.report));
    }
    r->pending = r->w.policy == NULL ? PENDING_REFUSED : PENDING_POLICY;
    r->policies++;
}

static void check_verdict(reader *r, const piece *row)
{
    char text[TEXT_MAX];
    postern_verdict verdict;
    source memory;

    if (!fill(r, row->line, row->cells[0], &memory)) {
        return;
    }
    postern_policy_evaluate(r->w.policy, r->request, &verdict);
    write_verdict(&verdict, text, sizeof text);
    if (!cell_is(row->cells[1], text)) {
        blame(r, row->line, "it is ", text);
        blame_on(r, row->line, verdict.reason, "because ");
    }
    empty(r, &memory);
    r->answers++;
}

/* --- pieces -------------------------------------------------------------------------- */

/* The expression before must have got its answers by now. */
static void let_go(reader *r, int line)
{
    if (r->pending == PENDING_FILTER && !r->answered) {
        blame(r, line, "the expression before this has no table of answers", "");
    }
    r->pending = PENDING_NOTHING;
}

static void take_requests(reader *r, const piece *block)
{
    char problem[256] = "no memory";

    if (!requests_read(&r->requests, r->w.scheme, block->text, problem,
                       sizeof problem)) {
        blame(r, block->line, problem, "");
    }
}

static void take_lists(reader *r, const piece *block)
{
    postern_str text = block->text;
    postern_str line;

    while (take_line(&text, &line)) {
        read_list(r, block->line, line);
    }
}

static void take_expression(reader *r, const piece *block)
{
    let_go(r, block->line);
    postern_filter_free(r->filter);
    r->phase = POSTERN_PHASE_REQUEST;
    r->filter = compile(r, block->line, block->text);
    r->pending = r->filter == NULL ? PENDING_NOTHING : PENDING_FILTER;
    r->answered = false;
}

static void take_policy(reader *r, const piece *block)
{
    let_go(r, block->line);
    load(r, block);
}

static void take_block(reader *r, const piece *block)
{
    static const struct {
        const char *mark;
        void (*take)(reader *r, const piece *block); /* NULL: it claims nothing */
    } blocks[] = {
        {"requests", take_requests  },
        {"lists",    take_lists     },
        {"postern",  take_expression},
        {"json",     take_policy    },
        {"c",        NULL           },
        {"sh",       NULL           },
    };

    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        if (says(block->mark, blocks[i].mark)) {
            if (blocks[i].take != NULL) {
                blocks[i].take(r, block);
            }
            return;
        }
    }
    if (block->mark.len > 0) {
        blame(r, block->line, "nobody knows what this block is", "");
    }
}

static table_kind kind_of_expressions(const piece *header)
{
    if (header->cell_count == 2 && cell_is(header->cells[1], "refused because")) {
        return TABLE_REFUSED;
    }
    if (header->cell_count == 2 && cell_is(header->cells[1], "remark")) {
        return TABLE_REMARKED;
    }
    return TABLE_FILTERS;
}

static table_kind kind_of_table(reader *r, const piece *header)
{
    const postern_str first = header->cells[0];

    r->phase = cell_is(first, "expression of a response") ? POSTERN_PHASE_RESPONSE
               : cell_is(first, "expression of a packet") ? POSTERN_PHASE_PACKET
                                                          : POSTERN_PHASE_REQUEST;
    if (starts_with(first, "expression")) {
        return kind_of_expressions(header);
    }
    if (cell_is(first, "value expression")) {
        return TABLE_VALUES;
    }
    if (cell_is(first, "refused because") && r->pending == PENDING_REFUSED) {
        return TABLE_NOT_LOADED;
    }
    if (cell_is(first, "request") && header->cell_count == 2 &&
        cell_is(header->cells[1], "answer") &&
        (r->pending == PENDING_FILTER || r->pending == PENDING_POLICY)) {
        return TABLE_ANSWERS;
    }
    for (size_t i = 0; i < sizeof plain_headers / sizeof plain_headers[0]; i++) {
        if (cell_is(first, plain_headers[i])) {
            return TABLE_PLAIN;
        }
    }
    blame(r, header->line, "nobody knows what this table claims", "");
    return TABLE_PLAIN;
}

static void take_header(reader *r, const piece *header)
{
    r->header = *header;
    r->table = kind_of_table(r, header);
    if (header->cell_count < 2 && r->table != TABLE_NOT_LOADED &&
        r->table != TABLE_PLAIN) {
        blame(r, header->line, "a table without answers", "");
    }
    if (r->table != TABLE_ANSWERS && r->table != TABLE_NOT_LOADED) {
        let_go(r, header->line);
    }
}

static void take_row(reader *r, const piece *row)
{
    if (row->cell_count != r->header.cell_count) {
        blame(r, row->line, "a row with more or fewer cells than its header", "");
        return;
    }
    switch (r->table) {
    case TABLE_PLAIN:
        return;
    case TABLE_FILTERS:
        check_filter_row(r, row);
        return;
    case TABLE_VALUES:
        check_value_row(r, row);
        return;
    case TABLE_REFUSED:
    case TABLE_REMARKED:
        check_told_row(r, row);
        return;
    case TABLE_NOT_LOADED:
        check_told(r, row->line, true, row->cells[0]);
        return;
    case TABLE_ANSWERS:
        if (r->pending == PENDING_POLICY) {
            check_verdict(r, row);
        } else {
            check_answer(r, row->line, r->filter, row->cells[0], row->cells[1]);
            r->answered = true;
        }
        return;
    }
}

/* --- the page ------------------------------------------------------------------------ */

/* What the policies on pages name. */
static void put_files(world *w)
{
    static const char *const names[][2] = {
        {"pki/ca.pem",      "data/corpus/ca/ca-a.pem"  },
        {"pki/partner.pem", "data/corpus/ca/ca-b.pem"  },
        {"pki/ca.crl",      "data/corpus/crl/crl-a.pem"},
        {"cloudflare.json", "policy/files/export.json" },
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        w->files[w->file_count++] =
            (world_file){postern_text(names[i][0]), world_slurp(names[i][1])};
    }
}

static void open_page(reader *r, const char *path, postern_str text)
{
    memset(r, 0, sizeof *r);
    r->path = path;
    r->at.text = text;
    world_init(&r->w);
    r->crypto = *r->w.options.crypto; /* signatures hold, digests are true */
    r->crypto.digest = postern_mbedtls_crypto()->digest;
    r->crypto.hmac = postern_mbedtls_crypto()->hmac;
    r->w.options.crypto = &r->crypto;
    world_open(&r->w);
    put_files(&r->w);
    ck_assert_int_eq(postern_scheme_provide(r->w.scheme, postern_text("*")),
                     POSTERN_OK);
    ck_assert_int_eq(postern_request_new_simulated(r->w.scheme, &r->request),
                     POSTERN_OK);
}

static void check_requests(reader *r)
{
    for (size_t i = 0; i < r->requests.count; i++) {
        if (!r->requests.all[i].used) {
            blame_on(r, r->at.line, r->requests.all[i].name, "nobody asks about ");
        }
    }
}

static void take(reader *r, const piece *at)
{
    switch (at->kind) {
    case PIECE_BLOCK:
        take_block(r, at);
        return;
    case PIECE_HEADER:
        take_header(r, at);
        return;
    case PIECE_ROW:
        take_row(r, at);
        return;
    case PIECE_END:
        let_go(r, at->line);
        return;
    }
}

void read_page(reader *r, const char *path, postern_str text)
{
    const char *problem = "";
    piece at;

    open_page(r, path, text);
    do {
        if (!markdown_next(&r->at, &at, &problem)) {
            blame(r, r->at.line, problem, "");
            return;
        }
        take(r, &at);
    } while (at.kind != PIECE_END);
    check_requests(r);
}

void reader_close(reader *r)
{
    postern_filter_free(r->filter);
    requests_free(&r->requests);
    for (size_t i = 0; i < r->list_count; i++) {
        postern_list_release(r->lists[i].list);
    }
    for (size_t i = 0; i < r->w.file_count; i++) {
        free((void *)(uintptr_t)r->w.files[i].text.data);
    }
    postern_request_free(r->request);
    world_close(&r->w);
}
