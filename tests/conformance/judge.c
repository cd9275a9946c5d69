#include "judge.h"

#include "context.h"
#include "model/request.h"
#include "shelf.h"
#include "support/alloc.h"
#include "support/text.h"

#include <postern/expression.h>
#include <postern/filter.h>

#include <stdio.h>

/* --- the bench ------------------------------------------------------------------- */

void judge_init(judge *bench)
{
    *bench = (judge){.report = postern_report_new(NULL),
                     .plain = plain_scheme(),
                     .no_words = "there is no scheme.json"};
    pst_arena_init(&bench->memory, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    if (bench->report == NULL) {
        abort();
    }
}

static void forget_words(judge *bench)
{
    postern_request_free(bench->request);
    postern_scheme_free(bench->scheme);
    vocabulary_free(&bench->words);
    bench->request = NULL;
    bench->scheme = NULL;
}

void judge_free(judge *bench)
{
    forget_words(bench);
    postern_scheme_free(bench->plain);
    postern_report_free(bench->report);
    pst_arena_free(&bench->memory);
    free(bench->exact);
}

static postern_request *make_request(const postern_scheme *scheme)
{
    postern_request *request;

    if (postern_request_new_simulated(scheme, &request) != POSTERN_OK) {
        abort();
    }
    return request;
}

void judge_use_words(judge *bench, const char *path)
{
    forget_words(bench);
    bench->no_words = vocabulary_read(path, &bench->words);
    if (bench->no_words != NULL) {
        bench->no_words = "scheme.json cannot be used";
        return;
    }
    if (vocabulary_scheme(&bench->words, &(scheme_wishes){0}, &bench->scheme) != NULL) {
        bench->no_words = "scheme.json has a field that is of another type here";
        return;
    }
    bench->request = make_request(bench->scheme);
}

const char *outcome_text(outcome what)
{
    static const char *const texts[] = {
        [OUTCOME_FALSE] = "false", [OUTCOME_TRUE] = "true",
        [OUTCOME_ERROR] = "error", [OUTCOME_COMPILES] = "compiles",
        [OUTCOME_FAULT] = "fault", [OUTCOME_UNREADABLE] = "unreadable",
    };

    return texts[what];
}

static void explain(judgement *out, const char *what, postern_str which)
{
    pst_writer to = {out->error, sizeof out->error, 0};

    pst_write_text(&to, what);
    if (which.len > 0) {
        pst_write_text(&to, ": ");
        pst_write_printable(&to, which);
    }
    (void)pst_write_end(&to);
}

static void unreadable(judgement *out, const char *why, postern_str which)
{
    out->got = OUTCOME_UNREADABLE;
    explain(out, why, which);
}

/* The first error of the report, "3:7: unknown field 'http.hots'". */
static void explain_refusal(const judge *bench, postern_status status, judgement *out)
{
    pst_writer to = {out->error, sizeof out->error, 0};
    postern_finding finding;

    for (size_t i = 0; postern_report_get(bench->report, i, &finding); i++) {
        if (finding.severity == POSTERN_ERROR) {
            pst_write_size(&to, finding.line);
            pst_write_byte(&to, ':');
            pst_write_size(&to, finding.column);
            pst_write_text(&to, ": ");
            pst_write_printable(&to, finding.message);
            (void)pst_write_end(&to);
            return;
        }
    }
    explain(out, postern_status_text(status), (postern_str){NULL, 0});
}

/* --- compiling ------------------------------------------------------------------- */

/* What is compiled, and what came of it. */
typedef struct attempt {
    const postern_scheme *scheme;
    bool value;
    shelf lists;
    postern_filter *filter; /* kept when it compiles as a filter */
} attempt;

static postern_status compile_once(const judge *bench, attempt *what,
                                   postern_str expression,
                                   const postern_compile_options *options)
{
    postern_value_expression *value;
    postern_status status;

    postern_report_clear(bench->report);
    if (!what->value) {
        return postern_filter_compile(what->scheme, expression, options, &what->filter,
                                      bench->report);
    }
    status =
        postern_value_compile(what->scheme, expression, options, &value, bench->report);
    postern_value_expression_free(value);
    return status;
}

/* Compiles in one phase with whatever choice of lists will do. */
static bool compile(const judge *bench, attempt *what, postern_phase phase,
                    judgement *out)
{
    const postern_compile_options options = {
        .phase = phase, .lists = what->lists.lists, .list_count = what->lists.count};

    do {
        const postern_status status =
            compile_once(bench, what, out->expression, &options);
        if (status == POSTERN_OK) {
            out->error[0] = '\0';
            return true;
        }
        out->got = status == POSTERN_NO_MEMORY || status == POSTERN_STATE
                       ? OUTCOME_FAULT
                       : OUTCOME_ERROR;
        explain_refusal(bench, status, out);
    } while (shelf_next(&what->lists));
    return false;
}

/* Filters and values of any phase, with lists of any name. */
static void judge_compiling(const judge *bench, bool value, judgement *out)
{
    static const postern_phase phases[] = {POSTERN_PHASE_PACKET, POSTERN_PHASE_RESPONSE,
                                           POSTERN_PHASE_REQUEST};
    const bool any_phase = out->expected == OUTCOME_COMPILES;
    attempt what = {.scheme = bench->plain, .value = value};
    bool compiles = false;

    shelf_invent(out->expression, &what.lists);
    /* The likeliest phase comes last so that it is the one whose error is told. */
    for (size_t i = any_phase ? 0 : 2; !compiles && i < 3; i++) {
        compiles = compile(bench, &what, phases[i], out);
    }
    if (compiles) {
        out->got = OUTCOME_COMPILES;
        postern_filter_free(what.filter);
    }
    shelf_clear(&what.lists);
}

/* --- evaluating ------------------------------------------------------------------ */

static void judge_match(judge *bench, const json_line *line,
                        const postern_filter *filter, postern_request *request,
                        judgement *out)
{
    const size_t context = json_line_member(line, 0, "ctx");
    postern_str culprit = {NULL, 0};
    const char *problem = NULL;
    postern_status status;
    bool matched;

    postern_request_reset(request);
    if (context != 0) {
        problem = context_apply(line, context, request->scheme, request, &bench->memory,
                                &culprit);
    }
    if (problem != NULL) {
        unreadable(out, problem, culprit);
    } else {
        status = postern_filter_match(filter, request, &matched);
        out->got = status != POSTERN_OK ? OUTCOME_FAULT
                   : matched            ? OUTCOME_TRUE
                                        : OUTCOME_FALSE;
        if (status != POSTERN_OK) {
            explain(out, postern_status_text(status), (postern_str){NULL, 0});
        }
    }
}

static void judge_evaluation(judge *bench, const json_line *line,
                             postern_request *request, judgement *out)
{
    attempt what = {.scheme = request->scheme};
    const char *const problem =
        shelf_fill(line, json_line_member(line, 0, "lists"), out->expression,
                   &bench->memory, &what.lists);

    if (problem != NULL) {
        unreadable(out, problem, (postern_str){NULL, 0});
    } else if (compile(bench, &what, POSTERN_PHASE_REQUEST, out)) {
        judge_match(bench, line, what.filter, request, out);
        postern_filter_free(what.filter);
    }
    shelf_clear(&what.lists);
}

static bool read_wish(const json_line *line, size_t options, const char *name,
                      uint32_t *out)
{
    const size_t node = json_line_member(line, options, name);
    int64_t value;

    if (node == 0 || !postern_json_integer(line->text, &line->nodes[node], &value) ||
        value < 0 || value > UINT32_MAX) {
        return false;
    }
    *out = (uint32_t)value;
    return true;
}

/* @return whether there are any */
static bool read_wishes(const json_line *line, size_t options, scheme_wishes *out)
{
    bool stars;
    bool size;

    if (options == 0) {
        return false;
    }
    out->has_nesting = read_wish(line, options, "max_nesting", &out->nesting);
    stars = read_wish(line, options, "wildcard_star_limit", &out->wildcard_stars);
    size = read_wish(line, options, "regex_compiled_size_limit",
                     &out->regex_compiled_bytes);
    return out->has_nesting || stars || size;
}

/* Limits belong to the scheme, so a line with limits gets one of its own. */
static void judge_vector(judge *bench, const json_line *line, judgement *out)
{
    const size_t options = json_line_member(line, 0, "opts");
    scheme_wishes wishes = {0};
    postern_request *request;
    postern_scheme *scheme;

    if (bench->no_words != NULL) {
        unreadable(out, bench->no_words, (postern_str){NULL, 0});
        return;
    }
    if (!read_wishes(line, options, &wishes)) {
        judge_evaluation(bench, line, bench->request, out);
        return;
    }
    (void)vocabulary_scheme(&bench->words, &wishes, &scheme); /* worked before */
    request = make_request(scheme);
    judge_evaluation(bench, line, request, out);
    postern_request_free(request);
    postern_scheme_free(scheme);
}

/* --- lines ----------------------------------------------------------------------- */

static bool read_expected(const json_line *line, size_t node, outcome *out)
{
    switch ((postern_json_kind)line->nodes[node].kind) {
    case POSTERN_JSON_TRUE:
        *out = OUTCOME_TRUE;
        return true;
    case POSTERN_JSON_FALSE:
        *out = OUTCOME_FALSE;
        return true;
    case POSTERN_JSON_STRING:
        *out = OUTCOME_ERROR;
        return json_line_says(line, node, "error");
    case POSTERN_JSON_NULL:
    case POSTERN_JSON_INTEGER:
    case POSTERN_JSON_NUMBER:
    case POSTERN_JSON_KEY:
    case POSTERN_JSON_ARRAY:
    case POSTERN_JSON_OBJECT:
        break;
    }
    return false;
}

/* An expression in memory of exactly its length, so that a sanitizer sees one byte
 * too far. */
static postern_str keep_exactly(judge *bench, postern_str text)
{
    bench->exact = realloc(bench->exact, text.len + (text.len == 0));
    if (bench->exact == NULL) {
        abort();
    }
    if (text.len > 0) {
        memcpy(bench->exact, text.data, text.len);
    }
    return (postern_str){bench->exact, text.len};
}

static postern_str member_text(judge *bench, const json_line *line, const char *name)
{
    const size_t node = json_line_member(line, 0, name);

    return node == 0 ? (postern_str){NULL, 0}
                     : json_line_text(line, node, &bench->memory);
}

/* What the line names as its answer: a missing value makes `ne` false here. */
static size_t expected_node(const json_line *line)
{
    const size_t own = json_line_member(line, 0, "expect_nil_ne_false");

    return own != 0 ? own : json_line_member(line, 0, "expect");
}

void judge_line(judge *bench, const json_line *line, judgement *out)
{
    const postern_str nothing = {NULL, 0};
    size_t expected;

    pst_arena_reset(&bench->memory);
    *out = (judgement){.expected = OUTCOME_COMPILES};
    if (line->nodes == NULL) {
        unreadable(out, "the line is not JSON", postern_text(line->error.message));
        return;
    }
    out->id = member_text(bench, line, "id");
    if (out->id.len == 0 || json_line_member(line, 0, "expr") == 0) {
        unreadable(out, "the line lacks an id or an expr", nothing);
        return;
    }
    out->expression = keep_exactly(bench, member_text(bench, line, "expr"));
    expected = expected_node(line);
    if (expected != 0) {
        if (!read_expected(line, expected, &out->expected)) {
            unreadable(out, "expect is not true, false or \"error\"", nothing);
            return;
        }
        judge_vector(bench, line, out);
        return;
    }
    if (json_line_member(line, 0, "stage") != 0) {
        out->expected = OUTCOME_ERROR;
    }
    expected = json_line_member(line, 0, "kind");
    judge_compiling(bench, expected != 0 && json_line_says(line, expected, "value"),
                    out);
}
