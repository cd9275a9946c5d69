/*
 * test_fill.c - filling a request: names are read by words as they are byte by byte, lines
 * are found in their buckets, nothing of one request is seen in the next, and a warm
 * request asks for no memory.
 */
#include "../harness/harness.h"
#include "model/request.h"
#include "support/hash.h"
#include "support/text.h"
#include "any_text.h"

#include <postern/filter.h>
#include <stdio.h>

enum { NAME_MAX_LEN = 40 };

/* --- names --------------------------------------------------------------------------- */

static bool token_byte(unsigned char c)
{
    return c > 0x20 && c < 0x7f && strchr("\"(),/:;<=>?@[\\]{}", c) == NULL;
}

static bool token(postern_str name)
{
    bool good = name.len > 0;

    for (size_t i = 0; i < name.len; i++) {
        good = good && token_byte((unsigned char)name.data[i]);
    }
    return good;
}

static void check_name(postern_str name)
{
    uint32_t hash = 0;

    ck_assert_msg(pst_header_name_read(name, &hash) == token(name), "%.*s",
                  (int)name.len, name.data);
    ck_assert_uint_eq(hash, pst_hash_folded(name));
    ck_assert_uint_ne(hash, 0);
}

/* Every byte at every place of names of every length. */
START_TEST(a_name_is_a_token)
{
    char *bytes = malloc((size_t)_i + 1);

    ck_assert_ptr_nonnull(bytes);
    for (size_t at = 0; at < (size_t)_i; at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            char *name = malloc((size_t)_i);
            ck_assert_ptr_nonnull(name);
            memset(name, byte % 3 == 0 ? 'x' : byte % 3 == 1 ? '-' : 'Z', (size_t)_i);
            name[at] = (char)byte;
            check_name((postern_str){name, (size_t)_i});
            free(name);
        }
    }
    check_name((postern_str){bytes, 0});
    free(bytes);
}
END_TEST

static char other_case(char c)
{
    return pst_is_letter((unsigned char)c) ? (char)(c ^ 0x20) : c;
}

START_TEST(case_is_no_part_of_a_name)
{
    for (unsigned round = 0; round < 20000; round++) {
        const postern_str a = random_text("abcXYZ-_09.", below(NAME_MAX_LEN));
        char *bytes = malloc(a.len + 1);
        const postern_str b = {bytes, a.len};
        ck_assert_ptr_nonnull(bytes);
        for (size_t i = 0; i < a.len; i++) {
            bytes[i] = below(2) == 0 ? other_case(a.data[i]) : a.data[i];
        }
        ck_assert_uint_eq(pst_hash_folded(a), pst_hash_folded(b));
        ck_assert(pst_str_same_folded(a, b));
        if (a.len > 0) {
            const size_t at = below((unsigned)a.len);
            const unsigned char before = (unsigned char)bytes[at];
            bytes[at] = (char)below(256);
            ck_assert(pst_str_same_folded(a, b) ==
                      (pst_lower(before) == pst_lower((unsigned char)bytes[at])));
        }
        free(bytes);
        drop(a);
    }
    /* Bytes that differ in the bit of case and are no letters. */
    ck_assert(!pst_str_same_folded(postern_text("abcdefg@"), postern_text("abcdefg`")));
    ck_assert(!pst_str_same_folded(postern_text("_"), postern_text("\x7f")));
    ck_assert(!pst_str_same_folded(postern_text("a-b"), postern_text("a\rb")));
}
END_TEST

START_TEST(names_spread_over_the_buckets)
{
    static const char *const names[] = {
        "Host",
        "User-Agent",
        "Accept",
        "Accept-Language",
        "Cache-Control",
        "Cookie",
        "Referer",
        "Origin",
        "Sec-Fetch-Dest",
        "Sec-Fetch-Mode",
        "Sec-Fetch-Site",
        "Sec-CH-UA",
        "Connection",
        "Sec-CH-UA-Platform",
        "X-Forwarded-For",
        "X-Request-Id",
        "Authorization",
        "Content-Type",
        "Content-Length",
        "DNT",
    };
    uint64_t used = 0;
    unsigned count = 0;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        used |= UINT64_C(1) << (pst_hash_folded(postern_text(names[i])) >> 26);
    }
    for (; used != 0; used &= used - 1) {
        count++;
    }
    ck_assert_uint_ge(count, 14);
}
END_TEST

/* --- lines --------------------------------------------------------------------------- */

/* As pst_request_header(), line by line. */
static const postern_str *scan(const postern_request *request, postern_str name,
                               size_t index)
{
    for (size_t i = 0; i < request->header_count; i++) {
        const pst_header *header = &request->headers[i];
        if (postern_str_equal(header->name, name) &&
            pst_header_visible(request, header) && index-- == 0) {
            return &header->value;
        }
    }
    return NULL;
}

/* Names of which many are in one bucket, and some have one hash. */
static void make_names(char names[64][8], bool crowded)
{
    unsigned made = 0;

    for (unsigned i = 0; made < 64; i++) {
        char name[8];
        (void)snprintf(name, sizeof name, "x%u", i);
        if (!crowded || pst_hash_folded(postern_text(name)) >> 26 == 7) {
            memcpy(names[made++], name, sizeof name);
        }
    }
}

START_TEST(a_line_is_found_where_it_stands)
{
    postern_scheme *scheme;
    postern_request *request;
    char names[64][8];

    make_names(names, _i == 1);
    ck_assert_int_eq(postern_scheme_new(NULL, &scheme), POSTERN_OK);
    ck_assert_int_eq(postern_request_new(scheme, &request), POSTERN_OK);
    for (unsigned round = 0; round < 2000; round++) {
        const unsigned lines = below(100);
        const unsigned kinds = 1 + below(64);
        ck_assert_int_eq(postern_request_begin(request, NULL, postern_text("GET"),
                                               postern_text("/"),
                                               postern_text("HTTP/2")),
                         POSTERN_OK);
        for (unsigned i = 0; i < lines; i++) {
            const bool claims = below(10) == 0;
            const postern_str name =
                postern_text(claims ? "client-cert" : names[below(kinds)]);
            ck_assert_int_eq(
                postern_request_add_header(request, name, postern_text("v")),
                POSTERN_OK);
        }
        request->hide_identity = below(2) == 0;
        for (unsigned ask = 0; ask < 20; ask++) {
            const postern_str name =
                postern_text(below(10) == 0 ? "client-cert" : names[below(64)]);
            const size_t index = below(4);
            ck_assert_ptr_eq(
                pst_request_header(request, name, pst_hash_folded(name), index),
                scan(request, name, index));
        }
    }
    postern_request_free(request);
    postern_scheme_free(scheme);
}
END_TEST

/* --- from one request to the next ---------------------------------------------------------- */

static postern_request *request;
static postern_scheme *scheme;
static counting_heap heap;

static void open_request(bool simulated)
{
    const postern_options options = {.allocator = &heap.alloc};

    counting_heap_init(&heap, SIZE_MAX);
    ck_assert_int_eq(postern_scheme_new(&options, &scheme), POSTERN_OK);
    ck_assert_int_eq(simulated ? postern_request_new_simulated(scheme, &request)
                               : postern_request_new(scheme, &request),
                     POSTERN_OK);
}

static void close_request(void)
{
    postern_request_free(request);
    postern_scheme_free(scheme);
    ck_assert_uint_eq(heap.live_bytes, 0);
}

static void begin(void)
{
    ck_assert_int_eq(postern_request_begin(request, NULL, postern_text("GET"),
                                           postern_text("/a.b?c=d"),
                                           postern_text("HTTP/2")),
                     POSTERN_OK);
}

static void add(const char *name, const char *value)
{
    ck_assert_int_eq(
        postern_request_add_header(request, postern_text(name), postern_text(value)),
        POSTERN_OK);
}

/* What a seal for `connection` must leave in the slots. */
static void check_sealed(const pst_connection_fields *connection, bool ssl)
{
    begin();
    ck_assert_int_eq(pst_request_seal(request, connection, true), POSTERN_OK);
    ck_assert(request->values[PST_FIELD_SSL].boolean == ssl);
    ck_assert_uint_eq(request->states[PST_FIELD_POSTERN_PEER],
                      ssl ? PST_SLOT_PRESENT : PST_SLOT_MISSING);
    ck_assert(postern_str_equal(request->values[PST_FIELD_POSTERN_CERT_REASON].string,
                                postern_text(connection == NULL ? "not-evaluated"
                                             : ssl              ? "ok"
                                                                : "none")));
}

START_TEST(a_request_shows_the_judgement_of_its_own_connection)
{
    pst_value values[2][PST_FIELD_CONNECTION_COUNT] = {{{.boolean = false}}};
    uint8_t states[2][PST_FIELD_CONNECTION_COUNT];
    const pst_connection_fields connections[] = {
        {7, values[0], states[0], false, {0, 0}},
        {8, values[1], states[1], false, {0, 0}},
    };

    open_request(false);
    memcpy(states[0], scheme->unset, sizeof states[0]);
    memcpy(states[1], scheme->unset, sizeof states[1]);
    values[1][PST_FIELD_SSL].boolean = true;
    states[1][PST_FIELD_POSTERN_PEER] = PST_SLOT_PRESENT;
    values[0][PST_FIELD_POSTERN_CERT_REASON].string = postern_text("none");
    values[1][PST_FIELD_POSTERN_CERT_REASON].string = postern_text("ok");
    for (unsigned round = 0; round < 1000; round++) {
        const unsigned which = below(3);
        check_sealed(which == 2 ? NULL : &connections[which], which == 1);
        if (which != 2 && below(4) == 0) { /* a bare filter looks, too */
            ck_assert_int_eq(pst_request_seal(request, NULL, false), POSTERN_OK);
            ck_assert(request->values[PST_FIELD_SSL].boolean == (which == 1));
        }
        if (below(8) == 0) {
            postern_request_reset(request);
            ck_assert(!request->values[PST_FIELD_SSL].boolean);
        }
    }
    close_request();
}
END_TEST

/* Every field of a simulated request, set in one round in two, is as it was in the
 * others. */
START_TEST(what_was_set_is_forgotten_by_the_next_begin)
{
    const postern_value values[] = {
        {POSTERN_BOOL,   {.boolean = true}             },
        {POSTERN_INT,    {.integer = 77}               },
        {POSTERN_STRING, {.string = {"set", 3}}        },
        {POSTERN_IP,     {.address = {4, {1, 2, 3, 4}}}},
    };
    pst_value *fresh;

    open_request(true);
    fresh = calloc(scheme->field_count, sizeof *fresh);
    ck_assert_ptr_nonnull(fresh);
    memcpy(fresh, request->values, scheme->field_count * sizeof *fresh);
    for (unsigned round = 0; round < 40; round++) {
        begin();
        for (size_t i = 0; i < scheme->field_count; i++) {
            const bool derived =
                i >= PST_FIELD_CONNECTION_COUNT && i < PST_FIELD_LAZY_END;
            ck_assert_uint_eq(request->states[i], scheme->unset[i]);
            if (!derived && i != PST_FIELD_IP_SRC &&
                i != PST_FIELD_POSTERN_CERT_REASON) {
                ck_assert_mem_eq(&request->values[i], &fresh[i], sizeof *fresh);
            }
        }
        for (size_t i = 0; i < scheme->field_count; i++) {
            const postern_type type = scheme->fields[i].type;
            if (type <= POSTERN_IP && below(2) == 0) {
                const postern_field field = {(uint32_t)i};
                ck_assert_int_eq(postern_request_set(request, field, &values[type - 1]),
                                 POSTERN_OK);
                ck_assert_int_eq(postern_request_set(request, field, &values[type - 1]),
                                 POSTERN_OK);
                ck_assert_uint_eq(request->states[i], PST_SLOT_SET);
            }
        }
        add("Host", "a.example");
        ck_assert_int_eq(pst_request_seal(request, NULL, true), POSTERN_OK);
        ck_assert_ptr_null(request->head.problem);
    }
    free(fresh);
    close_request();
}
END_TEST

/* --- what it costs -------------------------------------------------------------------------- */

START_TEST(only_what_is_read_is_derived)
{
    postern_filter *filter;
    bool matched;

    open_request(false);
    ck_assert_int_eq(
        postern_filter_compile(scheme,
                               postern_text("http.host eq \"a.example\" and not "
                                            "cf.tls_client_auth.cert_verified and "
                                            "http.user_agent ne \"x\""),
                               NULL, &filter, NULL),
        POSTERN_OK);
    begin();
    add("Host", "a.example");
    add("Cookie", "a=b");
    ck_assert_int_eq(postern_filter_match(filter, request, &matched), POSTERN_OK);
    ck_assert(matched);
    for (size_t i = PST_FIELD_HEAD_END; i < PST_FIELD_LAZY_END; i++) {
        ck_assert_uint_eq(request->states[i], i == PST_FIELD_USER_AGENT
                                                  ? PST_SLOT_PRESENT
                                                  : scheme->unset[i]);
    }
    ck_assert_uint_eq(scheme->unset[PST_FIELD_COOKIE], PST_SLOT_UNKNOWN);
    postern_filter_free(filter);
    close_request();
}
END_TEST

/* Derived fields, a path that is rewritten, values of every kind. */
START_TEST(a_warm_request_asks_for_no_memory)
{
    static const char expression[] =
        "lower(http.request.headers[\"x-team\"][0]) eq \"red\" and "
        "any(http.request.headers.names[*] eq \"Host\") and "
        "http.request.cookies[\"a\"][0] eq \"b\" and http.request.uri.args[\"c\"][0] eq "
        "\"d\" and ip.src in {10.0.0.0/8} and http.request.uri.path eq \"/x\" and "
        "http.request.full_uri contains \"a.example\"";
    const postern_value address = {POSTERN_IP, {.address = {4, {10, 2, 3, 4}}}};
    postern_field source;
    postern_filter *filter;
    size_t requests = 0;
    bool matched;

    open_request(false);
    ck_assert_int_eq(
        postern_scheme_find_field(scheme, postern_text("ip.src"), &source, NULL),
        POSTERN_OK);
    ck_assert_int_eq(
        postern_filter_compile(scheme, postern_text(expression), NULL, &filter, NULL),
        POSTERN_OK);
    for (unsigned round = 0; round < 100; round++) {
        if (round == 3) {
            requests = heap.requests;
        }
        ck_assert_int_eq(postern_request_begin(request, NULL, postern_text("GET"),
                                               postern_text("//%78?c=d"),
                                               postern_text("HTTP/2")),
                         POSTERN_OK);
        add("Host", "a.example");
        add("Cookie", "a=b");
        add("Cookie", "e=f");
        add("X-Team", "RED");
        for (unsigned i = 0; i < 20; i++) {
            add("X-Other", "1");
        }
        ck_assert_int_eq(postern_request_set(request, source, &address), POSTERN_OK);
        ck_assert_int_eq(postern_filter_match(filter, request, &matched), POSTERN_OK);
        ck_assert(matched);
    }
    ck_assert_uint_eq(heap.requests, requests);
    postern_filter_free(filter);
    close_request();
}
END_TEST

/* --- the clock ------------------------------------------------------------------------------- */

static int64_t told;

static int64_t tell(void *user)
{
    (void)user;
    return told;
}

START_TEST(seconds_are_those_of_the_clock)
{
    const postern_options options = {.clock = tell};
    int64_t now;

    ck_assert_int_eq(postern_scheme_new(&options, &scheme), POSTERN_OK);
    told = 1999;
    ck_assert_int_eq(pst_scheme_seconds(scheme), 1);
    told = 0;
    ck_assert_int_eq(pst_scheme_seconds(scheme), 0);
    told = -1;
    ck_assert_int_lt(pst_scheme_seconds(scheme), 0);
    postern_scheme_free(scheme);
    ck_assert_int_eq(postern_scheme_new(NULL, &scheme), POSTERN_OK);
    now = scheme->options.clock(NULL) / 1000;
    ck_assert_int_ge(pst_scheme_seconds(scheme), now - 1);
    ck_assert_int_le(pst_scheme_seconds(scheme), now + 10);
    postern_scheme_free(scheme);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("fill");
    TCase *tcase = tcase_create("fill");

    tcase_add_loop_test(tcase, a_name_is_a_token, 0, NAME_MAX_LEN);
    tcase_add_test(tcase, case_is_no_part_of_a_name);
    tcase_add_test(tcase, names_spread_over_the_buckets);
    tcase_add_loop_test(tcase, a_line_is_found_where_it_stands, 0, 2);
    tcase_add_test(tcase, a_request_shows_the_judgement_of_its_own_connection);
    tcase_add_test(tcase, what_was_set_is_forgotten_by_the_next_begin);
    tcase_add_test(tcase, only_what_is_read_is_derived);
    tcase_add_test(tcase, a_warm_request_asks_for_no_memory);
    tcase_add_test(tcase, seconds_are_those_of_the_clock);
    suite_add_tcase(suite, tcase);
    return suite;
}
