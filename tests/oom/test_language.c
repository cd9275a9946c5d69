/*
 * tests/oom/test_language.c - fails memory request 0, then 1, then 2, ... of each
 * operation until it gets through: every failure says so, poisons what it left half
 * done, and gives everything back.
 */
#include "../harness/harness.h"

#include <postern/expression.h>
#include <postern/format.h>

#include <string.h>

/* What an operation works with. Everything it opens is closed by close_world(). */
typedef struct world {
    postern_options options;
    postern_scheme *scheme;
    postern_request *request;
    postern_filter *filter;
    postern_value_expression *value;
    postern_list *lists[3];
    postern_named_list named[3];
    postern_compile_options compile;
    postern_report *report; /* from a heap that does not fail */
} world;

/* Together they hold every construct. */
static const char *const expressions[] = {
    "true",
    "http.host eq \"a\" and (ssl or not ip.src in {10.0.0.0/8 2001:db8::/32})",
    "http.host in {\"a\" \"b\" \"c\" \"d\" \"e\" \"f\" \"g\" \"h\" \"i\" \"j\" \"\\x6b\"}",
    "http.request.timestamp.sec in {1 2..5 9} xor app.number gt 3 xor ssl xor app.yes",
    ("lower(http.request.headers[\"x-a\"][0]) eq \"b\" and len(app.list) gt 0 and "
     "app.map[\"k\"] eq lower(app.map[\"l\"]) and app.list[0] eq \"x\""),
    "http.host contains \"a\" or http.host wildcard \"*a*b\\\\*\" or app.number & 6",
    "http.cookie strict wildcard r\"a*\" or http.host lt http.cookie",
    "http.host in $hosts or app.number in $numbers or ip.src in $addresses",
    "any(app.list[*] eq \"y\") and all(app.map[*] ne \"z\")",
    "any((app.list[*] eq \"y\" or not app.map[*] contains \"q\" xor app.list[*] in {\"x\"}))",
    "any(app.deep[*][*] eq \"x\") or all(app.deep[\"k\"][*] eq http.host)",
    "any(lower(app.list[*])[*] eq \"y\") or any(starts_with(app.deep[*][0], \"x\"))",
    ("concat(http.host, \"-\", app.map[\"k\"], app.map[\"n\"], http.cookie) eq \"a\" or "
     "len(concat(app.list, app.list)) eq 4"),
    "to_string(app.list[0] eq \"x\") eq \"true\" and len((app.list[*] eq \"x\")) gt 0",
    "join(split(http.host, \".\", 3), \"/\") eq \"a\" or upper(app.map[\"k\"]) eq \"X\"",
    "coalesce(app.map[\"n\"], http.host, \"-\") eq \"a\" and has_key(app.map, \"k\")",
    "substring(encode_base64(app.map[\"k\"]), 0, -1) eq \"e\" or has_value(app.list, \"x\")",
    "wildcard_replace(http.host, \"*\", \"${1}-${1}\") eq \"a-a\"",
    "to_string(cidr(ip.src, 24, 64)) eq \"\" or url_decode(http.host, \"r\") eq \"a\"",
    "remove_bytes(http.host, \".\") eq \"a\" or hash_in_range(0, 9, http.host) gt 3",
    "lookup_json_string(http.host, \"a\") eq \"b\" or decode_base64(http.host) eq \"\"",
    "any(regex_replace(app.list[*], \"(x|yy)+?z?\", \"<${1}>\")[*] eq \"y\")",
    "http.host matches \"^[a-m]+(x|yz)?\" or any(app.list[*] ~ r\"a.{40}b.{40}a\")",
    "regex_replace(http.host, \"([a-z])|x.{40}y.{40}x\", \"${1}-\") eq \"a-\"",
};

/* Each computes something that lives in the request's memory. */
static const char *const values[] = {
    "http.host",
    "concat(\"https://\", http.host, http.request.uri.path)",
    "app.map",
    "app.deep",
    "http.request.headers",
    "lower(app.list[*])",
    "split(concat(http.host, \",\", app.map[\"k\"]), \",\", 9)",
    "concat(app.list, app.list)[3]",
    "coalesce(app.map[\"n\"], http.host)",
    "app.map[\"n\"]",
    "to_string(any(app.list[*] eq \"x\"))",
};

enum {
    EXPRESSIONS = sizeof expressions / sizeof expressions[0],
    VALUES = sizeof values / sizeof values[0]
};

/* The last ones have regular expressions. */
static int usable(void)
{
    return harness_has_regex() ? EXPRESSIONS : EXPRESSIONS - 3;
}

static postern_status open_scheme(world *w)
{
    static const struct {
        const char *name;
        postern_type type;
    } fields[] = {
        {"app.yes",    POSTERN_BOOL                                    },
        {"app.number", POSTERN_INT                                     },
        {"app.list",   POSTERN_ARRAY_OF(POSTERN_STRING)                },
        {"app.map",    POSTERN_MAP_OF(POSTERN_STRING)                  },
        {"app.deep",   POSTERN_MAP_OF(POSTERN_ARRAY_OF(POSTERN_STRING))},
    };
    postern_status status = postern_scheme_new(&w->options, &w->scheme);

    for (size_t i = 0; i < sizeof fields / sizeof fields[0] && status == POSTERN_OK;
         i++) {
        status = postern_scheme_add_field(w->scheme, postern_text(fields[i].name),
                                          fields[i].type, NULL);
    }
    return status;
}

static postern_status open_lists(world *w)
{
    static const struct {
        const char *name;
        postern_list_kind kind;
        postern_str items[2];
    } lists[] = {
        {"hosts",     POSTERN_LIST_HOSTNAME, {POSTERN_STR("*.a"), POSTERN_STR("b")}        },
        {"numbers",   POSTERN_LIST_INT,      {POSTERN_STR("1"), POSTERN_STR("5..7")}       },
        {"addresses", POSTERN_LIST_IP,       {POSTERN_STR("10.0.0.0/8"), POSTERN_STR("::")}},
    };
    postern_status status = POSTERN_OK;

    for (size_t i = 0; i < 3 && status == POSTERN_OK; i++) {
        status = postern_list_new(w->options.allocator, lists[i].kind, lists[i].items,
                                  2, &w->lists[i], w->report);
        w->named[i] = (postern_named_list){postern_text(lists[i].name), w->lists[i]};
    }
    w->compile = (postern_compile_options){.lists = w->named, .list_count = 3};
    return status;
}

static void close_world(world *w)
{
    postern_value_expression_free(w->value);
    postern_filter_free(w->filter);
    postern_request_free(w->request);
    postern_scheme_free(w->scheme);
    for (size_t i = 0; i < 3; i++) {
        postern_list_release(w->lists[i]);
    }
    postern_report_free(w->report);
}

static bool says_no_memory(const postern_report *report)
{
    postern_finding finding;
    bool said = false;

    for (size_t i = 0; postern_report_get(report, i, &finding); i++) {
        said = said || finding.status == POSTERN_NO_MEMORY;
    }
    return said;
}

static postern_status compile(world *w, const char *expression)
{
    const postern_status status = postern_filter_compile(
        w->scheme, postern_text(expression), &w->compile, &w->filter, w->report);

    ck_assert(status == POSTERN_OK || w->filter == NULL);
    ck_assert(status != POSTERN_NO_MEMORY || says_no_memory(w->report));
    return status;
}

static postern_status set(world *w, const char *name, const postern_value *value)
{
    postern_field field;

    ck_assert_int_eq(
        postern_scheme_find_field(w->scheme, postern_text(name), &field, NULL),
        POSTERN_OK);
    return postern_request_set(w->request, field, value);
}

static postern_status fill_fields(world *w)
{
    const postern_value items[] = {
        {POSTERN_STRING, {.string = POSTERN_STR("x")}},
        {POSTERN_STRING, {.string = POSTERN_STR("y")}},
    };
    const postern_entry entries[] = {
        {POSTERN_STR("k"), items[0]                                      },
        {POSTERN_STR("l"), {POSTERN_STRING, {.string = POSTERN_STR("X")}}},
    };
    const postern_value list = {POSTERN_ARRAY_OF(POSTERN_STRING),
                                {.array = {items, 2}}};
    const postern_value map = {POSTERN_MAP_OF(POSTERN_STRING), {.map = {entries, 2}}};
    const postern_entry lists[] = {
        {POSTERN_STR("k"), list},
        {POSTERN_STR("l"), list},
    };
    const postern_value deep = {POSTERN_MAP_OF(POSTERN_ARRAY_OF(POSTERN_STRING)),
                                {.map = {lists, 2}}};
    const postern_value number = {POSTERN_INT, {.integer = 8}};
    postern_status status = set(w, "app.list", &list);

    if (status == POSTERN_OK) {
        status = set(w, "app.map", &map);
    }
    if (status == POSTERN_OK) {
        status = set(w, "app.deep", &deep);
    }
    return status == POSTERN_OK ? set(w, "app.number", &number) : status;
}

/* A request with a head, some headers, and a field of each kind. */
static postern_status fill(world *w)
{
    postern_status status =
        postern_request_begin(w->request, NULL, postern_text("GET"),
                              postern_text("/%61//b?c"), postern_text("HTTP/1.1"));

    for (int i = 0; i < 20 && status == POSTERN_OK; i++) {
        status = postern_request_add_header(
            w->request, postern_text(i == 0 ? "Host" : "X-A"), postern_text("B"));
    }
    return status == POSTERN_OK ? fill_fields(w) : status;
}

/* --- operations -------------------------------------------------------------------- */

static postern_status make_scheme(world *w, int which)
{
    (void)which;
    return open_scheme(w);
}

static postern_status make_list(world *w, int which)
{
    (void)which;
    return open_lists(w);
}

static postern_status open_all(world *w)
{
    const postern_status status = open_scheme(w);

    return status == POSTERN_OK ? open_lists(w) : status;
}

static postern_status make_filter(world *w, int which)
{
    const postern_status status = open_all(w);

    return status == POSTERN_OK ? compile(w, expressions[which]) : status;
}

static const char *const broken[] = {
    "http.hots eq 1 or ssl eq true",
    "ssl and (",
    "",
    "ip.src in {10.0.0.1/8 ::ffff:1.2.3.4}",
    "len(ssl)",
    "any(ssl) or all(app.list)",
    "http.host in $hots",
    "http.host wildcard \"a**b\" or app.list[*] eq \"x\"",
    "concat(app.list[*], app.list[*]) eq \"x\" or split(http.host, \"\", 0)[0] eq \"x\"",
};

enum { BROKEN = sizeof broken / sizeof broken[0] };

static postern_status refuse_filter(world *w, int which)
{
    postern_status status = open_all(w);

    if (status == POSTERN_OK) {
        status = compile(w, broken[which]);
        ck_assert_int_ne(status, POSTERN_OK);
        status = status == POSTERN_NO_MEMORY ? status : POSTERN_OK;
    }
    return status;
}

static postern_status match_request(world *w, int which)
{
    postern_status status = open_all(w);
    postern_status filled;
    bool matched = true;

    if (status == POSTERN_OK) {
        status = compile(w, expressions[which]);
    }
    if (status == POSTERN_OK) {
        status = postern_request_new_simulated(w->scheme, &w->request);
    }
    if (status != POSTERN_OK) {
        return status;
    }
    filled = fill(w);
    status = postern_filter_match(w->filter, w->request, &matched);
    if (filled != POSTERN_OK) { /* poisoned: it never answers */
        ck_assert_int_eq(filled, POSTERN_NO_MEMORY);
        ck_assert_int_eq(status, POSTERN_NO_MEMORY);
    }
    ck_assert(status == POSTERN_OK || !matched);
    return status;
}

static postern_status compile_value(world *w, int which)
{
    const postern_status status = postern_value_compile(
        w->scheme, postern_text(values[which]), &w->compile, &w->value, w->report);

    ck_assert(status == POSTERN_OK || w->value == NULL);
    ck_assert(status != POSTERN_NO_MEMORY || says_no_memory(w->report));
    return status;
}

static postern_status evaluate_value(world *w, int which)
{
    postern_status status = open_all(w);
    postern_value value = {0};
    bool present = true;

    if (status == POSTERN_OK) {
        status = compile_value(w, which);
    }
    if (status == POSTERN_OK) {
        status = postern_request_new_simulated(w->scheme, &w->request);
    }
    if (status == POSTERN_OK) {
        status = fill(w);
    }
    if (status == POSTERN_OK) {
        status = postern_value_evaluate(w->value, w->request, &present, &value);
        ck_assert(status == POSTERN_OK || !present);
    }
    return status;
}

static postern_status format_expression(world *w, int which)
{
    const postern_format_options options = {.allocator = w->options.allocator};
    char text[1024];
    postern_status status = postern_format_expression(
        postern_text(expressions[which]), &options, text, sizeof text, NULL, w->report);

    ck_assert(status == POSTERN_OK || text[0] == '\0');
    if (status == POSTERN_OK) {
        status = postern_format_tree(postern_text(expressions[which]), &options, text,
                                     sizeof text, NULL, w->report);
    }
    return status;
}

/* Everything the request derives by itself. */
static postern_status derive_fields(world *w, int which)
{
    static const char *const derived[] = {
        "http.request.headers[\"x-A\"][0] eq \"b\"",
        "len(http.request.headers.names) gt 0",
        "len(http.request.headers.values) gt 0 and http.cookie eq \"\"",
        "http.request.full_uri eq \"\" or raw.http.request.full_uri eq \"\"",
        "http.x_forwarded_for ne \"\" or http.request.uri.path eq \"/a/b\"",
        "http.request.uri.args[\"c\"][0] eq \"\" and len(http.request.uri.args.names) eq 1",
        "http.request.accepted_languages[0] eq \"\" or http.request.cookies[\"a\"][0] eq \"\"",
        "http.request.body.form[\"a\"][0] eq \"\" or http.request.body.mime eq \"\"",
    };
    postern_status status = open_scheme(w);
    bool matched;

    if (status == POSTERN_OK) {
        status = compile(w, derived[which]);
    }
    if (status == POSTERN_OK) {
        status = postern_request_new(w->scheme, &w->request);
    }
    if (status == POSTERN_OK) {
        status = fill(w);
    }
    return status == POSTERN_OK ? postern_filter_match(w->filter, w->request, &matched)
                                : status;
}

/* --- the loop ---------------------------------------------------------------------- */

static void every_request_fails(postern_status (*operation)(world *, int), int which,
                                size_t least)
{
    postern_status status = POSTERN_NO_MEMORY;
    size_t at = 0;

    for (; status == POSTERN_NO_MEMORY; at++) {
        counting_heap heap;
        world w = {.report = postern_report_new(NULL)};
        counting_heap_init(&heap, at);
        w.options.allocator = &heap.alloc;
        status = operation(&w, which);
        ck_assert(status == POSTERN_OK || status == POSTERN_NO_MEMORY);
        close_world(&w);
        ck_assert_msg(heap.live_bytes == 0, "request %zu leaks %zu bytes", at,
                      heap.live_bytes);
    }
    ck_assert_int_eq(status, POSTERN_OK);
    ck_assert_uint_gt(at, least);
}

START_TEST(a_scheme_may_fail)
{
    every_request_fails(make_scheme, _i, 5);
}
END_TEST

START_TEST(a_list_may_fail)
{
    every_request_fails(make_list, _i, 5);
}
END_TEST

START_TEST(a_filter_may_fail)
{
    every_request_fails(make_filter, _i, 8);
}
END_TEST

START_TEST(a_refusal_may_fail)
{
    every_request_fails(refuse_filter, _i, 6);
}
END_TEST

START_TEST(a_match_may_fail)
{
    every_request_fails(match_request, _i, 14);
}
END_TEST

START_TEST(a_value_may_fail)
{
    every_request_fails(evaluate_value, _i, 14);
}
END_TEST

START_TEST(formatting_may_fail)
{
    every_request_fails(format_expression, _i, 0);
}
END_TEST

START_TEST(a_derived_field_may_fail)
{
    every_request_fails(derive_fields, _i, 14);
}
END_TEST

/* Memory that one request may not have is a fault like memory that nobody has. */
START_TEST(a_limited_request_gives_the_answer_or_none)
{
    world w = {.report = postern_report_new(NULL)};
    bool wanted = false;
    bool whole = false;

    ck_assert_int_eq(match_request(&w, _i), POSTERN_OK);
    ck_assert_int_eq(postern_filter_match(w.filter, w.request, &wanted), POSTERN_OK);
    close_world(&w);
    for (uint32_t bytes = 1; !whole; bytes += bytes / 8 + 8) {
        bool matched = true;
        w = (world){.options.limits.request_bytes = bytes,
                    .report = postern_report_new(NULL)};
        ck_assert_int_eq(open_all(&w), POSTERN_OK);
        ck_assert_int_eq(compile(&w, expressions[_i]), POSTERN_OK);
        ck_assert_int_eq(postern_request_new_simulated(w.scheme, &w.request),
                         POSTERN_OK);
        if (fill(&w) == POSTERN_OK) {
            whole = postern_filter_match(w.filter, w.request, &matched) == POSTERN_OK;
            ck_assert(matched == (whole && wanted));
        }
        close_world(&w);
    }
}
END_TEST

/* The report may be the one that runs out: the status stays, and it says why it is
 * short. */
START_TEST(a_report_may_fail)
{
    postern_scheme *scheme;
    bool whole = false;

    ck_assert_int_eq(postern_scheme_new(NULL, &scheme), POSTERN_OK);
    for (size_t at = 1; !whole; at++) { /* request 0 is the report itself */
        counting_heap heap;
        postern_report *report;
        postern_filter *filter;
        counting_heap_init(&heap, at);
        report = postern_report_new(&heap.alloc);
        ck_assert_ptr_nonnull(report);
        ck_assert_int_eq(postern_filter_compile(scheme,
                                                postern_text("a or b or ssl eq 1"),
                                                NULL, &filter, report),
                         POSTERN_UNKNOWN_NAME);
        whole = !says_no_memory(report);
        ck_assert(postern_report_count(report) == 3 || !whole);
        postern_report_free(report);
        ck_assert_uint_eq(heap.live_bytes, 0);
    }
    postern_scheme_free(scheme);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("oom");
    TCase *tcase = tcase_create("language");

    tcase_add_loop_test(tcase, a_scheme_may_fail, 0, 1);
    tcase_add_loop_test(tcase, a_list_may_fail, 0, 1);
    tcase_add_loop_test(tcase, a_filter_may_fail, 0, usable());
    tcase_add_loop_test(tcase, a_refusal_may_fail, 0, BROKEN);
    tcase_add_loop_test(tcase, a_match_may_fail, 0, usable());
    tcase_add_loop_test(tcase, a_limited_request_gives_the_answer_or_none, 0, usable());
    tcase_add_loop_test(tcase, a_value_may_fail, 0, VALUES);
    tcase_add_loop_test(tcase, formatting_may_fail, 0, usable());
    tcase_add_loop_test(tcase, a_derived_field_may_fail, 0, 8);
    tcase_add_test(tcase, a_report_may_fail);
    suite_add_tcase(suite, tcase);
    return suite;
}
