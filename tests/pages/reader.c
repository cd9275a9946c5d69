#include "claims.h"

#include <postern/mbedtls.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* First columns of tables that claim nothing. A table with any other is refused, so
 * that a slip in a header does not turn a table off. */
static const char *const plain_headers[] = {
    "action", "construct", "deprecated", "function", "key",  "kind",
    "limit",  "literal",   "name",       "operator", "page", "status",
    "type",   "what",      "who",        "you want",
};

static bool starts_with(postern_str text, const char *with)
{
    return text.len >= strlen(with) && memcmp(text.data, with, strlen(with)) == 0;
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

/* A client that names `name` in its handshake and asks for it, with no certificate. */
static void visit(const reader *r, postern_str name, bool *asked, postern_outcome *out)
{
    const postern_tls_info info = {.size = sizeof info, .fresh = true};
    postern_gate *gate;
    postern_connection *connection;
    postern_request *request;
    postern_verdict verdict;

    ck_assert_int_eq(postern_gate_new(r->w.policy, &gate), POSTERN_OK);
    ck_assert_int_eq(postern_connection_new(gate, NULL, name, &connection), POSTERN_OK);
    (void)postern_connection_on_sni(connection, name, asked);
    ck_assert_int_eq(postern_connection_set_tls(connection, &info), POSTERN_OK);
    ck_assert_int_eq(postern_request_new(r->w.scheme, &request), POSTERN_OK);
    ck_assert_int_eq(postern_request_begin(request, connection, postern_text("GET"),
                                           postern_text("/"), postern_text("HTTP/1.1")),
                     POSTERN_OK);
    ck_assert_int_eq(postern_request_add_header(request, postern_text("Host"), name),
                     POSTERN_OK);
    postern_gate_evaluate(gate, request, &verdict);
    *out = verdict.outcome;
    postern_request_free(request);
    postern_connection_free(connection);
    postern_gate_free(gate);
}

static void check_host(reader *r, const piece *row)
{
    postern_str name = row->cells[0];
    postern_outcome outcome;
    bool asked;

    if (name.len > 2 && name.data[0] == '`') {
        name = (postern_str){name.data + 1, name.len - 2};
    }
    visit(r, name, &asked, &outcome);
    if (!cell_is(row->cells[1], asked ? "asked for" : "not asked for")) {
        blame(r, row->line, asked ? "it is asked for" : "it is not asked for", "");
    }
    if (!cell_is(row->cells[2], outcome == POSTERN_ALLOWED || outcome == POSTERN_BLOCKED
                                    ? "go to the rules"
                                : outcome == POSTERN_MISDIRECTED ? "421"
                                                                 : "")) {
        blame(r, row->line, "they are ", postern_outcome_text(outcome));
    }
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
        {"listing",  check_listing  },
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
    if (header->cell_count == 3 && cell_is(header->cells[2], "steps a byte")) {
        return TABLE_COSTS;
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
    if (cell_is(first, "host") && header->cell_count == 3 &&
        cell_is(header->cells[1], "certificate") &&
        cell_is(header->cells[2], "requests") && r->pending == PENDING_POLICY) {
        return TABLE_HOSTS;
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
    if (r->table != TABLE_ANSWERS && r->table != TABLE_HOSTS &&
        r->table != TABLE_NOT_LOADED) {
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
    case TABLE_COSTS:
        check_cost_row(r, row);
        return;
    case TABLE_NOT_LOADED:
        check_told(r, row->line, true, row->cells[0]);
        return;
    case TABLE_HOSTS:
        check_host(r, row);
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
