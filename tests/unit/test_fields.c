/*
 * test_fields.c - the scheme knows every documented field, with its type, phases and
 * default; deprecated names find their successors; what the host does not provide is
 * known.
 */
#include "../harness/harness.h"
#include "model/request.h"
#include "support/text.h"

#include <stdio.h>
#include <stdlib.h>

#define ROWS(table) ((int)(sizeof(table) / sizeof(table)[0]))

static postern_scheme *scheme;

static void open_scheme(void)
{
    ck_assert_int_eq(postern_scheme_new(NULL, &scheme), POSTERN_OK);
}

static void close_scheme(void)
{
    postern_scheme_free(scheme);
}

/* The listed name `wanted`. */
static bool find_info(const char *wanted, postern_field_info *info)
{
    for (size_t i = 0; postern_scheme_field_info(scheme, i, info); i++) {
        if (pst_str_same(info->name, postern_text(wanted))) {
            return true;
        }
    }
    return false;
}

static postern_field_info info_of(const char *name)
{
    postern_field_info info;

    ck_assert_msg(find_info(name, &info), "%s", name);
    return info;
}

/* --- the documented fields ----------------------------------------------------------- */

static uint32_t phase_bits(const char *phases)
{
    const uint32_t request = 1U << POSTERN_PHASE_REQUEST | 1U << POSTERN_PHASE_RESPONSE;

    return (strstr(phases, "request") != NULL ? request : 0) |
           (strstr(phases, "response") != NULL ? 1U << POSTERN_PHASE_RESPONSE : 0) |
           (strstr(phases, "packet") != NULL ? 1U << POSTERN_PHASE_PACKET : 0);
}

static void check_documented(const char *name, const char *type, const char *phases,
                             const char *standard)
{
    postern_field_info info;
    char spelled[64];

    if (strcmp(type, "-") == 0) {
        ck_assert_msg(!find_info(name, &info), "%s", name);
        ck_assert_uint_eq(pst_scheme_find(scheme, postern_text(name)), SIZE_MAX);
        return;
    }
    info = info_of(name);
    (void)postern_type_name(info.type, spelled, sizeof spelled);
    ck_assert_msg(strcmp(spelled, type) == 0, "%s: %s", name, spelled);
    ck_assert_msg(info.phases == phase_bits(phases), "%s", name);
    ck_assert_msg(info.standard == (strcmp(standard, "100") == 0 ? 100 : 0), "%s",
                  name);
}

START_TEST(every_documented_field_is_there)
{
    const char *folder = getenv("POSTERN_TESTS");
    char path[1024];
    char line[256];
    int count = 0;
    FILE *in;

    ck_assert_ptr_nonnull(folder);
    (void)snprintf(path, sizeof path, "%s/data/fields.tsv", folder);
    in = fopen(path, "r");
    ck_assert_msg(in != NULL, "%s", path);
    while (fgets(line, sizeof line, in) != NULL) {
        char *const name = strtok(line, "\t");
        char *const type = strtok(NULL, "\t");
        char *const phases = strtok(NULL, "\t");
        char *const standard = strtok(NULL, "\t\n");
        ck_assert_msg(standard != NULL, "line %d", count + 1);
        check_documented(name, type, phases, standard);
        count++;
    }
    (void)fclose(in);
    ck_assert_int_eq(count, 234);
}
END_TEST

START_TEST(rows_of_one_origin_stay_together)
{
    for (size_t i = 0; i < PST_FIELD_BUILTIN_COUNT; i++) {
        const pst_field_info *info = &scheme->fields[i];
        const uint8_t origin = i < PST_FIELD_CONNECTION_COUNT ? PST_ORIGIN_CONNECTION
                               : i < PST_FIELD_HEAD_END       ? PST_ORIGIN_HEAD
                               : i < PST_FIELD_BODY_RAW       ? PST_ORIGIN_LAZY
                               : i < PST_FIELD_LAZY_END       ? PST_ORIGIN_BODY
                                                              : PST_ORIGIN_SUPPLIED;
        ck_assert_msg(info->origin == origin, "%s", info->name.data);
        /* only Integers have a default of their own, and only when they are supplied */
        ck_assert(info->absent != PST_ABSENT_UNSCORED ||
                  (info->type == POSTERN_INT && origin == PST_ORIGIN_SUPPLIED));
        ck_assert(pst_field_needs_check(info) ==
                  (scheme->unset[i] != PST_SLOT_PRESENT));
    }
    ck_assert_int_eq(PST_FIELD_IP_SRC, PST_FIELD_LAZY_END);
}
END_TEST

START_TEST(no_field_is_excluded)
{
    static const struct {
        const char *name;
        const char *hint;
    } excluded[] = {
#define EXCLUDED(name, hint) {name, hint},
#include "model/fields_excluded.def"
#undef EXCLUDED
    };

    for (int i = 0; i < ROWS(excluded); i++) {
        ck_assert_msg(pst_scheme_find(scheme, postern_text(excluded[i].name)) ==
                          SIZE_MAX,
                      "%s", excluded[i].name);
        ck_assert_uint_gt(strlen(excluded[i].hint), 10);
    }
}
END_TEST

START_TEST(every_field_is_told_in_a_line)
{
    static const char *const texts[] = {
#define FIELD(id, name, type, origin, absent, phases, text) text,
#include "model/fields.def"
#undef FIELD
    };

    for (int i = 0; i < ROWS(texts); i++) {
        ck_assert_msg(strlen(texts[i]) >= 8 && strlen(texts[i]) < 90, "%s", texts[i]);
    }
}
END_TEST

/* --- names --------------------------------------------------------------------------- */

static const struct {
    const char *name;
    const char *successor;
} aliases[] = {
    {"ip.geoip.asnum",                  "ip.src.asnum"                 },
    {"ip.geoip.continent",              "ip.src.continent"             },
    {"ip.geoip.country",                "ip.src.country"               },
    {"ip.geoip.subdivision_1_iso_code", "ip.src.subdivision_1_iso_code"},
    {"ip.geoip.subdivision_2_iso_code", "ip.src.subdivision_2_iso_code"},
    {"ip.geoip.is_in_european_union",   "ip.src.is_in_european_union"  },
};

START_TEST(a_deprecated_name_is_its_successor)
{
    const postern_str name = postern_text(aliases[_i].name);
    const postern_str successor = postern_text(aliases[_i].successor);
    const postern_field_info info = info_of(aliases[_i].name);
    const postern_field_info real = info_of(aliases[_i].successor);
    const postern_str *told;
    postern_field field;
    const size_t index = pst_scheme_find(scheme, successor);

    ck_assert_uint_ne(index, SIZE_MAX);
    ck_assert_uint_eq(pst_scheme_find(scheme, name), index);
    ck_assert_uint_eq(pst_scheme_resolve(scheme, name, &told), index);
    ck_assert(told != NULL && pst_str_same(*told, successor));
    ck_assert_uint_eq(pst_scheme_resolve(scheme, successor, &told), index);
    ck_assert_ptr_null(told);
    ck_assert_int_eq(postern_scheme_find_field(scheme, name, &field, NULL), POSTERN_OK);
    ck_assert_uint_eq(field.index, index);
    ck_assert(pst_str_same(info.successor, successor) && real.successor.len == 0);
    ck_assert_uint_eq(info.type, real.type);
    ck_assert_uint_eq(info.phases, real.phases);
    ck_assert_int_eq(info.source, real.source);
}
END_TEST

START_TEST(an_unknown_name_has_no_successor)
{
    static const char *const names[] = {"",       "ip.geoip", "ip.geoip.city", "SSL",
                                        "http.h", "http",     "ip.src.",       "*"};
    const postern_str *told;

    for (int i = 0; i < ROWS(names); i++) {
        ck_assert_uint_eq(pst_scheme_resolve(scheme, postern_text(names[i]), &told),
                          SIZE_MAX);
        ck_assert_ptr_null(told);
    }
}
END_TEST

/* As many as there may be: the tables grow under them. */
START_TEST(all_fields_of_the_host_are_found)
{
    const postern_str pattern = POSTERN_STR("app.0000");
    postern_field_info info;
    postern_field field;
    char name[16];
    size_t count = 0;
    size_t listed;

    for (size_t i = PST_FIELD_BUILTIN_COUNT; i < 4096; i++) {
        (void)snprintf(name, sizeof name, "app.%04zu", i);
        ck_assert_int_eq(
            postern_scheme_add_field(scheme, postern_text(name), POSTERN_INT, &field),
            POSTERN_OK);
        ck_assert_uint_eq(field.index, i);
        count++;
    }
    ck_assert_int_eq(
        postern_scheme_add_field(scheme, postern_text("one.more"), POSTERN_INT, NULL),
        POSTERN_STATE);
    for (size_t i = PST_FIELD_BUILTIN_COUNT; i < 4096; i++) {
        (void)snprintf(name, sizeof name, "app.%04zu", i);
        ck_assert_uint_eq(pst_scheme_find(scheme, postern_text(name)), i);
    }
    ck_assert_uint_eq(pst_scheme_find(scheme, pattern), SIZE_MAX);
    ck_assert_uint_eq(pst_scheme_find(scheme, postern_text("ssl")), PST_FIELD_SSL);
    ck_assert_uint_eq(pst_scheme_find(scheme, postern_text("ip.geoip.asnum")),
                      PST_FIELD_IP_ASNUM);
    listed = postern_scheme_field_count(scheme);
    ck_assert_uint_eq(listed, PST_FIELD_BUILTIN_COUNT + ROWS(aliases) + count);
    ck_assert(postern_scheme_field_info(scheme, listed - count, &info));
    (void)snprintf(name, sizeof name, "app.%04d", (int)PST_FIELD_BUILTIN_COUNT);
    ck_assert(pst_str_same(info.name, postern_text(name)));
    ck_assert(postern_scheme_field_info(scheme, listed - count - 1, &info));
    ck_assert_uint_gt(info.successor.len, 0);
    ck_assert(!postern_scheme_field_info(scheme, listed, &info));
    ck_assert(!postern_scheme_field_info(scheme, SIZE_MAX, &info));
}
END_TEST

/* --- who provides what --------------------------------------------------------------- */

static const struct {
    const char *name;
    postern_source_kind source;
    bool provided;
    bool missing;
} sources[] = {
    {"ssl",                            POSTERN_SOURCE_TLS,     true,  false},
    {"cf.tls_client_auth.cert_serial", POSTERN_SOURCE_TLS,     true,  false},
    {"postern.ip.peer",                POSTERN_SOURCE_TLS,     true,  true },
    {"ip.src",                         POSTERN_SOURCE_TLS,     true,  true },
    {"http.host",                      POSTERN_SOURCE_REQUEST, true,  false},
    {"http.request.uri.args",          POSTERN_SOURCE_REQUEST, true,  false},
    {"http.request.timestamp.sec",     POSTERN_SOURCE_REQUEST, true,  false},
    {"http.request.headers.truncated", POSTERN_SOURCE_HOST,    true,  false},
    {"http.request.body.raw",          POSTERN_SOURCE_REQUEST, false, false},
    {"http.request.body.form.names",   POSTERN_SOURCE_REQUEST, false, false},
    {"ip.src.country",                 POSTERN_SOURCE_HOST,    false, false},
    {"ip.geoip.country",               POSTERN_SOURCE_HOST,    false, false},
    {"cf.edge.server_ip",              POSTERN_SOURCE_HOST,    false, true },
    {"cf.edge.server_port",            POSTERN_SOURCE_HOST,    false, false},
    {"cf.timings.client_tcp_rtt_msec", POSTERN_SOURCE_HOST,    false, false},
    {"cf.waf.score",                   POSTERN_SOURCE_HOST,    false, false},
    {"http.response.code",             POSTERN_SOURCE_HOST,    false, false},
    {"tcp.dstport",                    POSTERN_SOURCE_HOST,    false, true },
    {"tcp",                            POSTERN_SOURCE_HOST,    false, false},
};

START_TEST(a_field_says_where_its_value_comes_from)
{
    const postern_field_info info = info_of(sources[_i].name);

    ck_assert_msg(info.source == sources[_i].source, "%s", sources[_i].name);
    ck_assert_msg(info.provided == sources[_i].provided, "%s", sources[_i].name);
    ck_assert_msg(info.missing == sources[_i].missing, "%s", sources[_i].name);
}
END_TEST

static postern_status provide(const char *name)
{
    return postern_scheme_provide(scheme, postern_text(name));
}

static size_t count_provided(void)
{
    postern_field_info info;
    size_t count = 0;

    for (size_t i = 0; postern_scheme_field_info(scheme, i, &info); i++) {
        count += info.provided;
    }
    return count;
}

START_TEST(a_host_says_what_it_provides)
{
    const size_t before = count_provided();
    postern_field field;

    ck_assert_int_eq(provide("cf.bot.management.score"), POSTERN_UNKNOWN_NAME);
    ck_assert_int_eq(provide(""), POSTERN_UNKNOWN_NAME);
    ck_assert_int_eq(provide("ssl"), POSTERN_OK);
    ck_assert_uint_eq(count_provided(), before);
    ck_assert_int_eq(provide("cf.bot_management.score"), POSTERN_OK);
    ck_assert_uint_eq(count_provided(), before + 1);
    ck_assert(info_of("cf.bot_management.score").provided);
    ck_assert_int_eq(provide("ip.geoip.asnum"), POSTERN_OK); /* and its successor */
    ck_assert_uint_eq(count_provided(), before + 3);
    ck_assert(info_of("ip.src.asnum").provided && info_of("ip.geoip.asnum").provided);
    ck_assert_int_eq(provide("http.request.body.size"), POSTERN_OK);
    ck_assert(info_of("http.request.body.multipart.values").provided);
    ck_assert(!info_of("http.response.code").provided);
    ck_assert_int_eq(
        postern_scheme_add_field(scheme, postern_text("app.x"), POSTERN_INT, &field),
        POSTERN_OK);
    ck_assert(info_of("app.x").provided && info_of("app.x").missing);
    ck_assert_int_eq(info_of("app.x").source, POSTERN_SOURCE_HOST);
    ck_assert_int_eq(provide("*"), POSTERN_OK);
    ck_assert_uint_eq(count_provided(), postern_scheme_field_count(scheme));
}
END_TEST

START_TEST(a_scheme_in_use_is_not_changed)
{
    postern_request *request;

    ck_assert_int_eq(postern_request_new(scheme, &request), POSTERN_OK);
    ck_assert_int_eq(provide("cf.waf.score"), POSTERN_STATE);
    ck_assert_int_eq(provide("*"), POSTERN_STATE);
    ck_assert(!info_of("cf.waf.score").provided);
    postern_request_free(request);
}
END_TEST

START_TEST(phases_have_names)
{
    ck_assert_str_eq(postern_phase_text(POSTERN_PHASE_REQUEST), "request");
    ck_assert_str_eq(postern_phase_text(POSTERN_PHASE_RESPONSE), "response");
    ck_assert_str_eq(postern_phase_text(POSTERN_PHASE_PACKET), "packet");
    ck_assert_str_eq(postern_phase_text((postern_phase)99), "unknown");
}
END_TEST

/* --- values nobody set --------------------------------------------------------------- */

static void check_untouched(const postern_request *request)
{
    for (size_t i = 0; i < scheme->field_count; i++) {
        const pst_field_info *info = &scheme->fields[i];
        const pst_value *value = &request->values[i];
        ck_assert_uint_eq(request->states[i], scheme->unset[i]);
        if (request->states[i] == PST_SLOT_UNKNOWN) {
            continue; /* has no value yet */
        }
        if (info->type == POSTERN_INT) {
            ck_assert_int_eq(value->integer, pst_field_standard(info));
        } else {
            ck_assert_msg(value->map.entries == NULL && value->map.count == 0, "%s",
                          info->name.data);
        }
    }
}

/* Sets every `step`th field, twice. */
static void set_fields(postern_request *request, size_t step)
{
    static const postern_str text = POSTERN_STR("text");

    for (size_t i = 0; i < scheme->field_count; i += step) {
        const postern_type type = scheme->fields[i].type;
        postern_value value = {.type = type};
        if (type == POSTERN_IP) {
            value.as.address = (postern_address){
                4, {10, 0, 0, 1}
            };
        } else if (type == POSTERN_STRING) {
            value.as.string = text;
        } else if (postern_type_kind(type) < POSTERN_KIND_ARRAY) {
            value.as.integer = 1;
        }
        for (int twice = 0; twice < 2; twice++) {
            ck_assert_int_eq(
                postern_request_set(request, (postern_field){(uint32_t)i}, &value),
                POSTERN_OK);
        }
        /* What is seen of a map of headers depends on who looks. */
        ck_assert_uint_eq(request->states[i],
                          i == PST_FIELD_HEADERS || i == PST_FIELD_RAW_HEADERS
                              ? PST_SLOT_UNKNOWN
                              : PST_SLOT_SET);
    }
}

/* Every field, set and forgotten in several orders. */
START_TEST(what_was_set_is_forgotten)
{
    postern_request *request;

    ck_assert_int_eq(
        postern_scheme_add_field(scheme, postern_text("app.x"), POSTERN_STRING, NULL),
        POSTERN_OK);
    ck_assert_int_eq(postern_request_new_simulated(scheme, &request), POSTERN_OK);
    check_untouched(request);
    for (size_t round = 0; round < 12; round++) {
        set_fields(request, round % 4 * 7 + 1);
        postern_request_reset(request);
        check_untouched(request);
    }
    postern_request_free(request);
}
END_TEST

START_TEST(what_the_connection_showed_is_forgotten)
{
    static const pst_value values[PST_FIELD_CONNECTION_COUNT] = {{.boolean = true}};
    static const uint8_t states[PST_FIELD_CONNECTION_COUNT] = {PST_SLOT_PRESENT};
    const pst_connection_fields connection = {
        1, values, states, true, {0, 0xffff0a000001}
    };
    postern_request *request;

    ck_assert_int_eq(postern_request_new(scheme, &request), POSTERN_OK);
    ck_assert_int_eq(pst_request_seal(request, &connection, true), POSTERN_OK);
    ck_assert(request->values[PST_FIELD_SSL].boolean);
    ck_assert_uint_eq(request->states[PST_FIELD_IP_SRC], PST_SLOT_PRESENT);
    postern_request_reset(request);
    ck_assert(!request->values[PST_FIELD_SSL].boolean);
    ck_assert_uint_eq(request->states[PST_FIELD_IP_SRC], PST_SLOT_MISSING);
    postern_request_free(request);
}
END_TEST

START_TEST(an_unscored_request_scores_100)
{
    static const pst_field_id scores[] = {
        PST_FIELD_WAF_SCORE, PST_FIELD_WAF_SCORE_SQLI, PST_FIELD_WAF_SCORE_XSS,
        PST_FIELD_WAF_SCORE_RCE, PST_FIELD_PROMPT_INJECTION};
    const postern_value low = {POSTERN_INT, {.integer = 7}};
    postern_request *request;

    ck_assert_int_eq(postern_request_new(scheme, &request), POSTERN_OK);
    for (int i = 0; i < ROWS(scores); i++) {
        const postern_field field = {scores[i]};
        ck_assert_int_eq(request->values[scores[i]].integer, 100);
        ck_assert_int_eq(postern_request_set(request, field, &low), POSTERN_OK);
        ck_assert_int_eq(request->values[scores[i]].integer, 7);
        postern_request_reset(request);
        ck_assert_int_eq(request->values[scores[i]].integer, 100);
    }
    ck_assert_int_eq(request->values[PST_FIELD_BOT_SCORE].integer, 0);
    postern_request_free(request);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("fields");
    TCase *tcase = tcase_create("fields");

    tcase_add_checked_fixture(tcase, open_scheme, close_scheme);
    tcase_add_test(tcase, every_documented_field_is_there);
    tcase_add_test(tcase, rows_of_one_origin_stay_together);
    tcase_add_test(tcase, no_field_is_excluded);
    tcase_add_test(tcase, every_field_is_told_in_a_line);
    tcase_add_loop_test(tcase, a_deprecated_name_is_its_successor, 0, ROWS(aliases));
    tcase_add_test(tcase, an_unknown_name_has_no_successor);
    tcase_add_test(tcase, all_fields_of_the_host_are_found);
    tcase_add_loop_test(tcase, a_field_says_where_its_value_comes_from, 0,
                        ROWS(sources));
    tcase_add_test(tcase, a_host_says_what_it_provides);
    tcase_add_test(tcase, a_scheme_in_use_is_not_changed);
    tcase_add_test(tcase, phases_have_names);
    tcase_add_test(tcase, what_was_set_is_forgotten);
    tcase_add_test(tcase, what_the_connection_showed_is_forgotten);
    tcase_add_test(tcase, an_unscored_request_scores_100);
    suite_add_tcase(suite, tcase);
    return suite;
}
