/*
 * test_request.c - the life of a request: filled, sealed, poisoned by misuse, used
 * again; and the fields it derives from its head.
 */
#include "../harness/harness.h"
#include "model/request.h"
#include "support/text.h"

#include <postern/filter.h>

typedef struct bench {
    postern_scheme *scheme;
    postern_request *request;
    postern_field own;    /* app.name, a String */
    postern_field number; /* app.number, an Integer */
    int64_t now;
} bench;

static int64_t read_clock(void *user)
{
    return *(const int64_t *)user;
}

static void open_bench(bench *b, const postern_limits *limits, bool simulated)
{
    const postern_options options = {
        .clock = read_clock,
        .clock_user = &b->now,
        .limits = limits == NULL ? (postern_limits){0} : *limits,
    };

    b->now = 1795176000123;
    ck_assert_int_eq(postern_scheme_new(&options, &b->scheme), POSTERN_OK);
    ck_assert_int_eq(postern_scheme_add_field(b->scheme, postern_text("app.name"),
                                              POSTERN_STRING, &b->own),
                     POSTERN_OK);
    ck_assert_int_eq(postern_scheme_add_field(b->scheme, postern_text("app.number"),
                                              POSTERN_INT, &b->number),
                     POSTERN_OK);
    ck_assert_int_eq(simulated ? postern_request_new_simulated(b->scheme, &b->request)
                               : postern_request_new(b->scheme, &b->request),
                     POSTERN_OK);
}

static void close_bench(bench *b)
{
    postern_request_free(b->request);
    postern_scheme_free(b->scheme);
}

static void begin(bench *b, const char *method, const char *target)
{
    ck_assert_int_eq(postern_request_begin(b->request, NULL, postern_text(method),
                                           postern_text(target),
                                           postern_text("HTTP/1.1")),
                     POSTERN_OK);
}

static postern_status add(bench *b, const char *name, const char *value)
{
    return postern_request_add_header(b->request, postern_text(name),
                                      postern_text(value));
}

static postern_status set_text(bench *b, postern_field field, const char *text)
{
    const postern_value value = {POSTERN_STRING, {.string = postern_text(text)}};

    return postern_request_set(b->request, field, &value);
}

static postern_field field_of(const bench *b, const char *name)
{
    postern_field field;

    ck_assert_int_eq(
        postern_scheme_find_field(b->scheme, postern_text(name), &field, NULL),
        POSTERN_OK);
    return field;
}

/* Compiles and matches; the answer only when the status is POSTERN_OK. */
static postern_status match(const bench *b, const char *expression, bool *matched)
{
    postern_filter *filter;
    postern_status status = postern_filter_compile(b->scheme, postern_text(expression),
                                                   NULL, &filter, NULL);

    ck_assert_msg(status == POSTERN_OK, "%s", expression);
    *matched = true;
    status = postern_filter_match(filter, b->request, matched);
    ck_assert(status == POSTERN_OK || !*matched);
    postern_filter_free(filter);
    return status;
}

static void check_true(const bench *b, const char *expression)
{
    bool matched;

    ck_assert_msg(match(b, expression, &matched) == POSTERN_OK && matched, "%s",
                  expression);
}

static void check_fault(const bench *b, postern_status wanted)
{
    bool matched;

    ck_assert_int_eq(match(b, "true", &matched), wanted);
}

/* --- fields of a scheme -------------------------------------------------------------- */

START_TEST(fields_can_be_listed)
{
    postern_str name;
    postern_type type;
    postern_type found;
    size_t count;
    bench b;

    open_bench(&b, NULL, true);
    count = postern_scheme_field_count(b.scheme);
    ck_assert_uint_gt(count, PST_FIELD_BUILTIN_COUNT + 2); /* deprecated names */
    for (size_t i = 0; i < count; i++) {
        ck_assert(postern_scheme_field_at(b.scheme, i, &name, &type));
        ck_assert(postern_scheme_field_at(b.scheme, i, NULL, NULL));
        ck_assert_int_eq(postern_scheme_find_field(b.scheme, name, NULL, &found),
                         POSTERN_OK);
        ck_assert_uint_eq(type, found);
    }
    ck_assert(pst_str_same(name, postern_text("app.number")) && type == POSTERN_INT);
    ck_assert(!postern_scheme_field_at(b.scheme, count, &name, &type));
    ck_assert(!postern_scheme_field_at(b.scheme, SIZE_MAX, &name, &type));
    ck_assert(pst_str_same(name, postern_text("app.number")) && type == POSTERN_INT);
    close_bench(&b);
}
END_TEST

static const struct {
    const char *name;
    postern_type type;
    postern_status status;
} additions[] = {
    {"x",         POSTERN_INT,                    POSTERN_OK     },
    {"_x.1a.b_c", POSTERN_MAP_OF(POSTERN_STRING), POSTERN_OK     },
    {"notable",   POSTERN_BOOL,                   POSTERN_OK     },
    {"sslx",      POSTERN_BOOL,                   POSTERN_OK     },
    {"ipx.src",   POSTERN_IP,                     POSTERN_OK     },
    {"app.name",  POSTERN_STRING,                 POSTERN_STATE  },
    {"tcp.own",   POSTERN_STRING,                 POSTERN_OK     },
    {"tcp.flags", POSTERN_INT,                    POSTERN_STATE  },
    {"udp",       POSTERN_BOOL,                   POSTERN_STATE  },
    {"",          POSTERN_INT,                    POSTERN_INVALID},
    {"1x",        POSTERN_INT,                    POSTERN_INVALID},
    {"x.",        POSTERN_INT,                    POSTERN_INVALID},
    {".x",        POSTERN_INT,                    POSTERN_INVALID},
    {"x..y",      POSTERN_INT,                    POSTERN_INVALID},
    {"X",         POSTERN_INT,                    POSTERN_INVALID},
    {"x-y",       POSTERN_INT,                    POSTERN_INVALID},
    {"x y",       POSTERN_INT,                    POSTERN_INVALID},
    {"cf.x",      POSTERN_INT,                    POSTERN_INVALID},
    {"ssl.x",     POSTERN_INT,                    POSTERN_INVALID},
    {"contains",  POSTERN_INT,                    POSTERN_INVALID},
    {"ab.cd",     POSTERN_STRING,                 POSTERN_INVALID},
    {"0a.b1.ff",  POSTERN_STRING,                 POSTERN_INVALID},
    {"ab.cde",    POSTERN_STRING,                 POSTERN_OK     },
    {"ab",        POSTERN_STRING,                 POSTERN_OK     },
    {"http.x",    POSTERN_INT,                    POSTERN_INVALID},
    {"ip.x",      POSTERN_INT,                    POSTERN_INVALID},
    {"raw.x",     POSTERN_INT,                    POSTERN_INVALID},
    {"postern.x", POSTERN_INT,                    POSTERN_INVALID},
    {"ssl",       POSTERN_BOOL,                   POSTERN_INVALID},
    {"true",      POSTERN_BOOL,                   POSTERN_INVALID},
    {"not",       POSTERN_BOOL,                   POSTERN_INVALID},
    {"in",        POSTERN_BOOL,                   POSTERN_INVALID},
    {"any",       POSTERN_BOOL,                   POSTERN_INVALID},
    {"y",         0,                              POSTERN_INVALID},
    {"y",         POSTERN_ARRAY_OF(0),            POSTERN_INVALID},
    {"y",         99,                             POSTERN_INVALID},
};

START_TEST(own_fields_have_names_of_their_own)
{
    bench b;
    postern_scheme *scheme;

    open_bench(&b, NULL, true);
    ck_assert_int_eq(postern_scheme_new(NULL, &scheme), POSTERN_OK);
    ck_assert_int_eq(postern_scheme_add_field(scheme, postern_text("app.name"),
                                              POSTERN_STRING, NULL),
                     POSTERN_OK);
    ck_assert_msg(postern_scheme_add_field(scheme, postern_text(additions[_i].name),
                                           additions[_i].type,
                                           NULL) == additions[_i].status,
                  "%s", additions[_i].name);
    /* a scheme that is in use does not change */
    ck_assert_int_ne(postern_scheme_add_field(b.scheme,
                                              postern_text(additions[_i].name),
                                              additions[_i].type, NULL),
                     POSTERN_OK);
    postern_scheme_free(scheme);
    close_bench(&b);
}
END_TEST

/* --- life ---------------------------------------------------------------------------- */

START_TEST(an_evaluation_seals)
{
    bench b;

    open_bench(&b, NULL, false);
    begin(&b, "GET", "/");
    ck_assert_int_eq(add(&b, "Host", "a"), POSTERN_OK);
    ck_assert_int_eq(set_text(&b, b.own, "x"), POSTERN_OK);
    check_true(&b, "app.name eq \"x\"");
    check_true(&b, "app.name eq \"x\""); /* and again */
    if (_i == 0) {
        ck_assert_int_eq(add(&b, "a", "b"), POSTERN_STATE);
    } else {
        ck_assert_int_eq(set_text(&b, b.own, "y"), POSTERN_STATE);
    }
    check_fault(&b, POSTERN_STATE);
    check_fault(&b, POSTERN_STATE);
    begin(&b, "GET", "/");
    ck_assert_int_eq(add(&b, "Host", "a"), POSTERN_OK);
    check_true(&b, "not len(app.name) ge 0"); /* forgotten */
    close_bench(&b);
}
END_TEST

START_TEST(misuse_poisons)
{
    static const char *const bad_names[] = {
        "", "a b", "a:", "a\x01", "\xc3\xa4", "(a)"};
    const postern_value wrong = {POSTERN_INT, {.integer = 1}};
    bench b;

    open_bench(&b, NULL, false);
    ck_assert_int_eq(add(&b, "Host", "a"), POSTERN_STATE); /* not begun */
    check_fault(&b, POSTERN_STATE);
    for (size_t i = 0; i < sizeof bad_names / sizeof bad_names[0]; i++) {
        begin(&b, "GET", "/");
        ck_assert_int_eq(add(&b, "Host", "a"), POSTERN_OK);
        ck_assert_int_eq(add(&b, bad_names[i], "a"), POSTERN_INVALID);
        ck_assert_int_eq(add(&b, "b", "a"), POSTERN_OK);
        check_fault(&b, POSTERN_INVALID); /* the first reason stays */
    }
    begin(&b, "GET", "/");
    ck_assert_int_eq(add(&b, "Host", "a"), POSTERN_OK);
    ck_assert_int_eq(postern_request_set(b.request, b.own, &wrong), POSTERN_TYPE);
    check_fault(&b, POSTERN_TYPE);
    begin(&b, "GET", "/");
    ck_assert_int_eq(set_text(&b, (postern_field){9999}, "x"), POSTERN_STATE);
    check_fault(&b, POSTERN_STATE);
    close_bench(&b);
}
END_TEST

START_TEST(a_real_request_takes_only_what_the_host_knows)
{
    bench b;
    postern_str name;
    const postern_value peer = {POSTERN_IP, {.address = {4, {10, 0, 0, 1}}}};

    open_bench(&b, NULL, false);
    for (size_t i = 0; i < PST_FIELD_BUILTIN_COUNT; i++) {
        postern_value value = {0};
        postern_status status;
        ck_assert(postern_scheme_field_at(b.scheme, i, &name, &value.type));
        if (value.type == POSTERN_IP) {
            value = peer;
        }
        begin(&b, "GET", "/");
        (void)add(&b, "Host", "a");
        status = postern_request_set(b.request, field_of(&b, name.data), &value);
        ck_assert_msg(status == (b.scheme->fields[i].origin == PST_ORIGIN_SUPPLIED
                                     ? POSTERN_OK
                                     : POSTERN_STATE),
                      "%s", name.data);
        check_fault(&b, status);
    }
    close_bench(&b);
    open_bench(&b, NULL, true);
    for (size_t i = 0; i < PST_FIELD_BUILTIN_COUNT; i++) {
        postern_value value = {0};
        ck_assert(postern_scheme_field_at(b.scheme, i, &name, &value.type));
        if (value.type == POSTERN_IP) {
            value = peer;
        }
        ck_assert_msg(postern_request_set(b.request, field_of(&b, name.data), &value) ==
                          POSTERN_OK,
                      "%s", name.data);
    }
    check_fault(&b, POSTERN_OK);
    close_bench(&b);
}
END_TEST

START_TEST(a_mapped_address_is_unmapped_when_set)
{
    const postern_value mapped = {
        POSTERN_IP,
        {.address = {6, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1}}}};
    const postern_value none = {POSTERN_IP, {.address = {0, {0}}}};
    bench b;

    open_bench(&b, NULL, false);
    begin(&b, "GET", "/");
    (void)add(&b, "Host", "a");
    ck_assert_int_eq(postern_request_set(b.request, field_of(&b, "ip.src"), &none),
                     POSTERN_TYPE);
    check_fault(&b, POSTERN_TYPE);
    begin(&b, "GET", "/");
    (void)add(&b, "Host", "a");
    ck_assert_int_eq(postern_request_set(b.request, field_of(&b, "ip.src"), &mapped),
                     POSTERN_OK);
    check_true(&b, "ip.src eq 10.0.0.1 and ip.src in {10.0.0.0/8}");
    close_bench(&b);
}
END_TEST

START_TEST(limits_poison)
{
    const postern_limits limits = {.headers = 3, .request_bytes = 4096};
    static char long_text[8192];
    bench b;
    bool matched;

    open_bench(&b, &limits, false);
    begin(&b, "GET", "/");
    ck_assert_int_eq(add(&b, "Host", "a"), POSTERN_OK);
    ck_assert_int_eq(add(&b, "b", "b"), POSTERN_OK);
    ck_assert_int_eq(add(&b, "c", "c"), POSTERN_OK);
    ck_assert_int_eq(add(&b, "d", "d"), POSTERN_LIMIT);
    check_fault(&b, POSTERN_LIMIT);

    memset(long_text, 'A', sizeof long_text - 1);
    begin(&b, "GET", "/");
    ck_assert_int_eq(add(&b, "Host", "a"), POSTERN_OK);
    ck_assert_int_eq(set_text(&b, b.own, long_text), POSTERN_OK); /* borrowed */
    ck_assert_int_eq(match(&b, "lower(app.name) eq \"a\"", &matched), POSTERN_LIMIT);
    check_true(&b, "len(app.name) eq 8191");
    close_bench(&b);
}
END_TEST

START_TEST(default_limits_are_as_documented)
{
    bench b;

    open_bench(&b, NULL, false);
    begin(&b, "GET", "/");
    ck_assert_int_eq(add(&b, "Host", "a"), POSTERN_OK);
    for (int i = 1; i < 512; i++) {
        ck_assert_int_eq(add(&b, "a", "b"), POSTERN_OK);
    }
    ck_assert_int_eq(add(&b, "a", "b"), POSTERN_LIMIT);
    ck_assert_uint_eq(b.scheme->options.limits.expression_bytes, 4096);
    ck_assert_uint_eq(b.scheme->options.limits.nesting, 128);
    ck_assert_uint_eq(b.scheme->options.limits.request_bytes, 1 << 20);
    ck_assert_uint_eq(b.scheme->options.limits.chain_bytes, 64 << 10);
    ck_assert_uint_eq(b.scheme->options.limits.chain_certificates, 10);
    ck_assert_uint_eq(b.scheme->options.limits.policy_bytes, 64 << 20);
    close_bench(&b);
}
END_TEST

START_TEST(another_scheme_is_refused)
{
    bench one;
    bench two;
    postern_filter *filter;
    bool matched = true;

    open_bench(&one, NULL, false);
    open_bench(&two, NULL, false);
    ck_assert_int_eq(
        postern_filter_compile(one.scheme, postern_text("true"), NULL, &filter, NULL),
        POSTERN_OK);
    begin(&two, "GET", "/");
    ck_assert_int_eq(add(&two, "Host", "a"), POSTERN_OK);
    ck_assert_int_eq(postern_filter_match(filter, two.request, &matched),
                     POSTERN_STATE);
    ck_assert(!matched);
    postern_filter_free(filter);
    close_bench(&one);
    close_bench(&two);
}
END_TEST

/* --- heads that are refused ---------------------------------------------------------- */

static const struct {
    const char *method;
    const char *target;
    const char *hosts[2];
    bool good;
} heads[] = {
    {"GET",     "/",           {"a", NULL},     true },
    {"GET",     "/",           {"a:80", NULL},  true },
    {"OPTIONS", "*",           {"a", NULL},     true },
    {"GET",     "http://a/",   {"A.:80", NULL}, true },
    {"GET",     "http://a:1/", {"a", NULL},     true },
    {"GET",     "http://a:1/", {"a:1", NULL},   true },
    {"GET",     "/",           {NULL, NULL},    false},
    {"GET",     "/",           {"a", "a"},      false},
    {"GET",     "/",           {"a", "b"},      false},
    {"GET",     "/",           {"", NULL},      false},
    {"GET",     "/",           {"a b", NULL},   false},
    {"GET",     "/",           {"a, b", NULL},  false},
    {"GET",     "http://a/",   {"b", NULL},     false},
    {"GET",     "http://a/",   {NULL, NULL},    false},
    {"GET",     "http://a:1/", {"a:2", NULL},   false},
    {"GET",     "http://u@a/", {"a", NULL},     false},
    {"GET",     "http:///",    {"a", NULL},     false},
    {"GET",     "*",           {"a", NULL},     false},
    {"",        "/",           {"a", NULL},     false},
    {"GET",     "",            {"a", NULL},     false},
    {"GET",     "/%00",        {"a", NULL},     false},
    {"GET",     "/%zz",        {"a", NULL},     false},
    {"CONNECT", "a:443",       {"a", NULL},     false},
};

START_TEST(a_malformed_head_is_refused)
{
    bench b;

    open_bench(&b, NULL, false);
    begin(&b, heads[_i].method, heads[_i].target);
    for (int i = 0; i < 2 && heads[_i].hosts[i] != NULL; i++) {
        ck_assert_int_eq(add(&b, i == 0 ? "Host" : "hOST", heads[_i].hosts[i]),
                         POSTERN_OK);
    }
    check_fault(&b, heads[_i].good ? POSTERN_OK : POSTERN_INVALID);
    close_bench(&b);
}
END_TEST

/* --- derived fields ------------------------------------------------------------------ */

START_TEST(fields_are_derived_from_the_head)
{
    bench b;

    open_bench(&b, NULL, false);
    begin(&b, "GET", "/a/../B%2f?q=1");
    (void)add(&b, "HOST", "Example.com:8443");
    (void)add(&b, "cookie", "a=1");
    (void)add(&b, "X-Forwarded-For", "1.1.1.1");
    (void)add(&b, "Cookie", "");
    (void)add(&b, "COOKIE", "b=2");
    (void)add(&b, "x-forwarded-for", "2.2.2.2");
    (void)add(&b, "Referer", "r");
    (void)add(&b, "X_Odd", "o");
    check_true(&b, "http.host eq \"example.com\"");
    check_true(&b, "http.request.uri eq \"/B%2F?q=1\"");
    check_true(&b, "http.request.full_uri eq \"http://example.com/B%2F?q=1\"");
    check_true(&b, "raw.http.request.full_uri eq "
                   "\"http://Example.com:8443/a/../B%2f?q=1\"");
    check_true(&b, "http.cookie eq \"a=1; ; b=2\"");
    check_true(&b, "http.x_forwarded_for eq \"1.1.1.1, 2.2.2.2\"");
    check_true(&b, "http.referer eq \"r\" and http.user_agent eq \"\"");
    check_true(&b, "len(http.request.headers.names) eq 8");
    check_true(&b, "http.request.headers.names[0] eq \"HOST\"");
    check_true(&b, "http.request.headers.names[4] eq \"COOKIE\"");
    check_true(&b, "http.request.headers.values[5] eq \"2.2.2.2\"");
    check_true(&b, "len(http.request.headers[\"cookie\"]) eq 3");
    check_true(&b, "http.request.headers[\"cookie\"][2] eq \"b=2\"");
    check_true(&b, "not len(http.request.headers[\"Cookie\"]) ge 0");
    check_true(&b, "http.request.headers[\"x_odd\"][0] eq \"o\"");
    check_true(&b, "not http.request.headers[\"x-odd\"][0] eq \"o\"");
    check_true(&b, "http.request.timestamp.sec eq 1795176000");
    check_true(&b, "http.request.timestamp.msec eq 123");
    close_bench(&b);
}
END_TEST

/* An empty first line leaves its separator, as an empty later one does. */
START_TEST(lines_are_joined_whatever_is_in_them)
{
    bench b;

    open_bench(&b, NULL, false);
    begin(&b, "GET", "/");
    (void)add(&b, "Host", "a");
    (void)add(&b, "Cookie", "");
    (void)add(&b, "Cookie", "b=2");
    check_true(&b, "http.cookie eq \"; b=2\"");
    close_bench(&b);
}
END_TEST

START_TEST(an_unknown_time_is_a_fault)
{
    bench b;
    bool matched;

    open_bench(&b, NULL, false);
    b.now = -1;
    begin(&b, "GET", "/");
    (void)add(&b, "Host", "a");
    ck_assert_int_eq(match(&b, "not http.request.timestamp.sec gt 0", &matched),
                     POSTERN_CLOCK);
    ck_assert_int_eq(match(&b, "http.request.timestamp.sec gt 0 or true", &matched),
                     POSTERN_CLOCK);
    check_true(&b, "true or http.request.timestamp.sec gt 0"); /* nobody asked */
    close_bench(&b);
}
END_TEST

START_TEST(a_simulated_request_keeps_what_was_set)
{
    bench b;

    open_bench(&b, NULL, true);
    begin(&b, "GET", "/a");
    (void)add(&b, "Host", "a");
    (void)add(&b, "Cookie", "a=1");
    ck_assert_int_eq(set_text(&b, field_of(&b, "http.host"), "Set:1"), POSTERN_OK);
    ck_assert_int_eq(set_text(&b, field_of(&b, "http.cookie"), "set"), POSTERN_OK);
    ck_assert_int_eq(set_text(&b, field_of(&b, "postern.client_cert.reason"), "ok"),
                     POSTERN_OK);
    check_true(&b, "http.host eq \"Set:1\" and http.cookie eq \"set\"");
    check_true(&b, "http.request.uri.path eq \"/a\"");
    check_true(&b, "postern.client_cert.reason eq \"ok\"");
    postern_request_reset(b.request);
    check_true(&b, "http.host eq \"\" and http.cookie eq \"\"");
    check_true(&b, "postern.client_cert.reason eq \"not-evaluated\"");
    close_bench(&b);
}
END_TEST

/* --- hidden headers ------------------------------------------------------------------ */

static size_t visible_count(const bench *b)
{
    return b->request->values[PST_FIELD_HEADER_NAMES].array.count;
}

/* Rules of a policy do not see headers that claim an identity; a bare filter does. */
START_TEST(headers_that_claim_an_identity_are_hidden)
{
    static const postern_str token = POSTERN_STR("cf-access-jwt-assertion");
    bench b;

    open_bench(&b, NULL, false);
    begin(&b, "GET", "/");
    (void)add(&b, "Host", "a");
    (void)add(&b, "Cf-Access-Jwt-Assertion", "forged");
    (void)add(&b, "CLIENT_CERT", "forged");
    check_true(&b,
               "http.request.headers[\"cf-access-jwt-assertion\"][0] eq \"forged\"");
    check_true(&b, "len(http.request.headers.names) eq 3");

    ck_assert_int_eq(pst_request_seal(b.request, NULL, true), POSTERN_OK);
    ck_assert_int_eq(pst_request_derive(b.request, PST_FIELD_HEADER_NAMES), POSTERN_OK);
    ck_assert_uint_eq(visible_count(&b), 1);
    ck_assert_int_eq(pst_request_derive(b.request, PST_FIELD_HEADERS), POSTERN_OK);
    ck_assert_uint_eq(b.request->values[PST_FIELD_HEADERS].map.count, 1);
    ck_assert(pst_map_find(b.request->values[PST_FIELD_HEADERS].map, token) == NULL);
    ck_assert_int_eq(pst_request_derive(b.request, PST_FIELD_HEADER_VALUES),
                     POSTERN_OK);
    ck_assert_uint_eq(b.request->values[PST_FIELD_HEADER_VALUES].array.count, 1);

    /* seen again by the next bare filter: nothing that was derived is kept */
    check_true(&b, "len(http.request.headers.names) eq 3");
    check_true(&b, "len(http.request.headers[\"client_cert\"]) eq 1");
    close_bench(&b);
}
END_TEST

static int64_t told_time(void *user)
{
    return *(const int64_t *)user;
}

/* A request that is evaluated again is evaluated at another time. */
START_TEST(the_time_is_read_at_every_evaluation)
{
    int64_t now = 1000 * 1000;
    const postern_options options = {.clock = told_time, .clock_user = &now};
    postern_scheme *scheme;
    postern_request *request;
    postern_filter *filter;
    bool early;

    ck_assert_int_eq(postern_scheme_new(&options, &scheme), POSTERN_OK);
    ck_assert_int_eq(postern_request_new_simulated(scheme, &request), POSTERN_OK);
    ck_assert_int_eq(postern_filter_compile(
                         scheme, postern_text("http.request.timestamp.sec lt 2000"),
                         NULL, &filter, NULL),
                     POSTERN_OK);
    ck_assert_int_eq(postern_filter_match(filter, request, &early), POSTERN_OK);
    ck_assert(early);
    now = 9000 * 1000;
    ck_assert_int_eq(postern_filter_match(filter, request, &early), POSTERN_OK);
    ck_assert(!early);
    postern_filter_free(filter);
    postern_request_free(request);
    postern_scheme_free(scheme);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("request");
    TCase *tcase = tcase_create("request");

    tcase_add_test(tcase, fields_can_be_listed);
    tcase_add_loop_test(tcase, own_fields_have_names_of_their_own, 0,
                        sizeof additions / sizeof additions[0]);
    tcase_add_loop_test(tcase, an_evaluation_seals, 0, 2);
    tcase_add_test(tcase, misuse_poisons);
    tcase_add_test(tcase, the_time_is_read_at_every_evaluation);
    tcase_add_test(tcase, a_real_request_takes_only_what_the_host_knows);
    tcase_add_test(tcase, a_mapped_address_is_unmapped_when_set);
    tcase_add_test(tcase, limits_poison);
    tcase_add_test(tcase, default_limits_are_as_documented);
    tcase_add_test(tcase, another_scheme_is_refused);
    tcase_add_loop_test(tcase, a_malformed_head_is_refused, 0,
                        sizeof heads / sizeof heads[0]);
    tcase_add_test(tcase, fields_are_derived_from_the_head);
    tcase_add_test(tcase, lines_are_joined_whatever_is_in_them);
    tcase_add_test(tcase, an_unknown_time_is_a_fault);
    tcase_add_test(tcase, a_simulated_request_keeps_what_was_set);
    tcase_add_test(tcase, headers_that_claim_an_identity_are_hidden);
    suite_add_tcase(suite, tcase);
    return suite;
}
