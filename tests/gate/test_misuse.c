/*
 * test_misuse.c - a host that makes mistakes lets nobody in.
 */
#include "door.h"

#include <string.h>

static door d;

/* A policy that lets everybody in whom it may judge. */
#define OPEN POLICY("", "", LOG("seen", "true"), "")

static void expect_fault(const char *what, postern_status fault)
{
    door_expect(&d, what, faulted());
    ck_assert_msg(d.verdict.fault == fault, "%s: %s", what,
                  postern_status_text(d.verdict.fault));
    ck_assert_uint_eq(d.verdict.match_count, 0);
}

static void begin_good(postern_request *request, postern_connection *connection)
{
    ck_assert_int_eq(postern_request_begin(request, connection, postern_text("GET"),
                                           postern_text("/"), postern_text("HTTP/1.1")),
                     POSTERN_OK);
    ck_assert_int_eq(
        postern_request_add_header(request, postern_text("host"), postern_text(PLAIN)),
        POSTERN_OK);
}

static void open_door(const char *policy)
{
    door_open(&d, policy);
    door_connect(&d);
    begin_good(d.request, d.connection);
    door_judge(&d);
    ck_assert(postern_verdict_allows(&d.verdict));
}

static void expect_recovery(void)
{
    begin_good(d.request, d.connection);
    door_judge(&d);
    ck_assert(postern_verdict_allows(&d.verdict));
}

START_TEST(nothing_is_nothing)
{
    static const postern_verdict zeroed;

    ck_assert(!postern_verdict_allows(NULL));
    ck_assert(!postern_verdict_allows(&zeroed));
    ck_assert_int_eq(zeroed.outcome, POSTERN_NOT_EVALUATED);
    for (int outcome = -1; outcome < 20; outcome++) {
        const postern_verdict verdict = {.outcome = (postern_outcome)outcome};

        ck_assert_int_eq(postern_verdict_allows(&verdict), outcome == POSTERN_ALLOWED);
        ck_assert_ptr_nonnull(postern_outcome_text(verdict.outcome));
    }
    open_door(OPEN);
    postern_gate_evaluate(NULL, d.request, &d.verdict);
    expect_fault("no gate", POSTERN_STATE);
    postern_gate_evaluate(d.gate, NULL, &d.verdict);
    expect_fault("no request", POSTERN_STATE);
    postern_policy_evaluate(NULL, d.request, &d.verdict);
    expect_fault("no policy", POSTERN_STATE);
    postern_policy_evaluate(d.policy, NULL, &d.verdict);
    expect_fault("no request", POSTERN_STATE);
    expect_recovery();
    door_close(&d);
}
END_TEST

START_TEST(a_request_needs_a_beginning_and_a_connection)
{
    open_door(OPEN);
    postern_request_reset(d.request);
    door_judge(&d);
    expect_fault("reset", POSTERN_STATE);
    begin_good(d.request, NULL);
    door_judge(&d);
    expect_fault("no connection", POSTERN_STATE);
    postern_request_free(d.request);
    ck_assert_int_eq(postern_request_new(d.scheme, &d.request), POSTERN_OK);
    door_judge(&d);
    expect_fault("not begun", POSTERN_STATE);
    expect_recovery();
    door_close(&d);
}
END_TEST

START_TEST(a_request_belongs_to_one_gate)
{
    const postern_options options = {.crypto = postern_mbedtls_crypto()};
    postern_connection *theirs;
    postern_scheme *scheme;
    postern_policy *policy;
    postern_request *request;
    postern_gate *gate;

    open_door(OPEN);
    /* of another gate of this scheme */
    ck_assert_int_eq(postern_gate_new(d.policy, &gate), POSTERN_OK);
    begin_good(d.request, d.connection);
    postern_gate_evaluate(gate, d.request, &d.verdict);
    expect_fault("gate", POSTERN_STATE);
    postern_gate_free(gate);
    expect_recovery();
    /* of another scheme */
    ck_assert_int_eq(postern_scheme_new(&options, &scheme), POSTERN_OK);
    ck_assert_int_eq(door_load(scheme, OPEN, &policy), POSTERN_OK);
    ck_assert_int_eq(postern_gate_new(policy, &gate), POSTERN_OK);
    ck_assert_int_eq(postern_connection_new(gate, NULL, postern_text(""), &theirs),
                     POSTERN_OK);
    ck_assert_int_eq(postern_request_new(scheme, &request), POSTERN_OK);
    begin_good(request, d.connection);
    postern_gate_evaluate(d.gate, request, &d.verdict);
    expect_fault("request of another scheme", POSTERN_STATE);
    begin_good(d.request, theirs);
    postern_gate_evaluate(d.gate, d.request, &d.verdict);
    expect_fault("connection of another scheme", POSTERN_STATE);
    postern_gate_evaluate(gate, d.request, &d.verdict);
    expect_fault("both of another scheme", POSTERN_STATE);
    begin_good(d.request, d.connection);
    postern_gate_evaluate(gate, d.request, &d.verdict);
    expect_fault("gate of another scheme", POSTERN_STATE);
    postern_request_free(request);
    postern_connection_free(theirs);
    postern_gate_free(gate);
    postern_policy_release(policy);
    postern_scheme_free(scheme);
    expect_recovery();
    ck_assert_int_eq(postern_connection_new(NULL, NULL, postern_text(""), &theirs),
                     POSTERN_STATE);
    ck_assert_ptr_null(theirs);
    door_close(&d);
}
END_TEST

START_TEST(a_simulated_request_is_never_let_in)
{
    const postern_value yes = {.type = POSTERN_BOOL, .as.boolean = true};
    postern_request *simulated;
    postern_field verified;

    open_door(OPEN);
    ck_assert_int_eq(postern_scheme_find_field(
                         d.scheme, postern_text("cf.tls_client_auth.cert_verified"),
                         &verified, NULL),
                     POSTERN_OK);
    ck_assert_int_eq(postern_request_new_simulated(d.scheme, &simulated), POSTERN_OK);
    begin_good(simulated, NULL);
    ck_assert_int_eq(postern_request_set(simulated, verified, &yes), POSTERN_OK);
    postern_gate_evaluate(d.gate, simulated, &d.verdict);
    expect_fault("simulated", POSTERN_STATE);
    ck_assert_int_eq(postern_request_begin(simulated, d.connection, postern_text("GET"),
                                           postern_text("/"), postern_text("HTTP/1.1")),
                     POSTERN_STATE);
    postern_gate_evaluate(d.gate, simulated, &d.verdict);
    expect_fault("simulated and bound", POSTERN_STATE);
    postern_policy_evaluate(d.policy, simulated, &d.verdict);
    expect_fault("poisoned", POSTERN_STATE);
    /* and a real one is not simulated */
    begin_good(d.request, d.connection);
    postern_policy_evaluate(d.policy, d.request, &d.verdict);
    expect_fault("real", POSTERN_STATE);
    postern_request_free(simulated);
    door_close(&d);
}
END_TEST

/* --- poison -------------------------------------------------------------------------- */

static const postern_str host_name = POSTERN_STR("host");
static const postern_str plain_name = POSTERN_STR(PLAIN);

static postern_field field_of(const char *name)
{
    postern_field field;

    ck_assert_int_eq(
        postern_scheme_find_field(d.scheme, postern_text(name), &field, NULL),
        POSTERN_OK);
    return field;
}

static postern_status set_address(uint8_t family)
{
    const postern_value value = {.type = POSTERN_IP, .as.address = {.family = family}};

    return postern_request_set(d.request, field_of("ip.src"), &value);
}

static postern_status late_header(void)
{
    door_judge(&d);
    return postern_request_add_header(d.request, postern_text("x"), postern_text("y"));
}

static postern_status late_field(void)
{
    door_judge(&d);
    return set_address(4);
}

static postern_status header_without_name(void)
{
    return postern_request_add_header(d.request, postern_text(""), postern_text("y"));
}

static postern_status header_with_blank(void)
{
    return postern_request_add_header(d.request, postern_text("x y"),
                                      postern_text("y"));
}

static postern_status header_with_nul(void)
{
    return postern_request_add_header(d.request, (postern_str)POSTERN_STR("x\0y"),
                                      postern_text("y"));
}

static postern_status too_many_headers(void)
{
    postern_status status = POSTERN_OK;

    for (unsigned i = 0; i < 600 && status == POSTERN_OK; i++) {
        status = postern_request_add_header(d.request, postern_text("x"), plain_name);
    }
    return status;
}

static postern_status no_such_field(void)
{
    const postern_value value = {.type = POSTERN_BOOL};

    return postern_request_set(d.request, (postern_field){9999}, &value);
}

static postern_status wrong_type(void)
{
    const postern_value value = {.type = POSTERN_STRING, .as.string = plain_name};

    return postern_request_set(d.request, field_of("ip.src"), &value);
}

static postern_status no_address(void)
{
    return set_address(0);
}

static const struct mistake {
    const char *what;
    postern_status (*make)(void);
    postern_status status;
} mistakes[] = {
    {"late header",         late_header,         POSTERN_STATE  },
    {"late field",          late_field,          POSTERN_STATE  },
    {"header without name", header_without_name, POSTERN_INVALID},
    {"header with a blank", header_with_blank,   POSTERN_INVALID},
    {"header with a NUL",   header_with_nul,     POSTERN_INVALID},
    {"too many headers",    too_many_headers,    POSTERN_LIMIT  },
    {"no such field",       no_such_field,       POSTERN_STATE  },
    {"wrong type",          wrong_type,          POSTERN_TYPE   },
    {"no address",          no_address,          POSTERN_TYPE   },
};
enum { MISTAKES = sizeof mistakes / sizeof mistakes[0] };

START_TEST(a_mistake_poisons_the_request)
{
    const struct mistake *mistake = &mistakes[_i];

    open_door(OPEN);
    begin_good(d.request, d.connection);
    ck_assert_int_eq(mistake->make(), mistake->status);
    for (unsigned i = 0; i < 2; i++) {
        door_judge(&d);
        expect_fault(mistake->what, mistake->status);
    }
    /* Nothing that comes afterwards heals it. */
    (void)set_address(4);
    door_judge(&d);
    expect_fault(mistake->what, mistake->status);
    expect_recovery();
    door_close(&d);
}
END_TEST

START_TEST(a_header_before_the_beginning_is_refused)
{
    open_door(OPEN);
    postern_request_reset(d.request);
    ck_assert_int_eq(postern_request_add_header(d.request, host_name, plain_name),
                     POSTERN_STATE);
    door_judge(&d);
    expect_fault("too early", POSTERN_STATE);
    expect_recovery();
    door_close(&d);
}
END_TEST

/* --- fields that are the library's --------------------------------------------------- */

#define CONNECTION false
#define HEAD false
#define LAZY false
#define BODY false
#define SUPPLIED true

static const struct field_row {
    const char *name;
    postern_type type;
    bool supplied;
} fields[] = {
#define FIELD(id, name, type, origin, absent, phases, text) {name, type, origin},
#include "model/fields.def"
#undef FIELD
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

START_TEST(a_derived_field_cannot_be_set)
{
    const struct field_row *row = &fields[_i];
    const postern_value value = {.type = row->type, .as.address = {.family = 4}};

    open_door(OPEN);
    begin_good(d.request, d.connection);
    ck_assert_int_eq(postern_request_set(d.request, field_of(row->name), &value),
                     row->supplied ? POSTERN_OK : POSTERN_STATE);
    door_judge(&d);
    if (row->supplied) {
        ck_assert(postern_verdict_allows(&d.verdict));
    } else {
        expect_fault(row->name, POSTERN_STATE);
    }
    expect_recovery();
    door_close(&d);
}
END_TEST

/* Whatever the host sets before the request begins is forgotten. */
START_TEST(what_is_set_before_the_beginning_does_not_count)
{
    postern_value value = {
        .type = POSTERN_IP, .as.address = {.family = 4, .bytes = {10, 0, 0, 1}}
    };

    open_door(POLICY("", "", BLOCK("inside", "ip.src in {10.0.0.0/8}"), ""));
    postern_request_reset(d.request);
    ck_assert_int_eq(postern_request_set(d.request, field_of("ip.src"), &value),
                     POSTERN_OK);
    expect_recovery();
    begin_good(d.request, d.connection);
    ck_assert_int_eq(postern_request_set(d.request, field_of("ip.src"), &value),
                     POSTERN_OK);
    door_judge(&d);
    ck_assert(text_is(d.verdict.rule_ref, "inside"));
    /* A mapped address is the address it maps. */
    value.as.address = (postern_address){
        .family = 6, .bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1}
    };
    begin_good(d.request, d.connection);
    ck_assert_int_eq(postern_request_set(d.request, field_of("ip.src"), &value),
                     POSTERN_OK);
    door_judge(&d);
    ck_assert(text_is(d.verdict.rule_ref, "inside"));
    expect_recovery();
    door_close(&d);
}
END_TEST

/* --- how a fault is answered ---------------------------------------------------------- */

START_TEST(a_fault_is_answered_as_the_policy_says)
{
    static const char *const policies[] = {
        POLICY("", "", LOG("seen", "true"), ",'on_fault':'block'"),
        POLICY("", "", LOG("seen", "true"), ",'on_fault':'close'"),
        POLICY("", "", LOG("seen", "true"),
               ",'on_fault':{'response':{'status_code':500,'content':'no',"
               "'content_type':'text/plain'}}"),
    };
    static const answer answers[] = {
        {POSTERN_FAULT, 503, true, NULL, NULL},
        {POSTERN_FAULT, 0,   true, NULL, NULL},
        {POSTERN_FAULT, 500, true, NULL, NULL},
    };

    open_door(policies[_i]);
    begin_good(d.request, d.connection);
    ck_assert_int_eq(late_header(), POSTERN_STATE);
    door_judge(&d);
    door_expect(&d, "poisoned", answers[_i]);
    ck_assert(text_is(d.verdict.body, _i == 2 ? "no" : ""));
    ck_assert(text_is(d.verdict.content_type, _i == 2 ? "text/plain" : ""));
    postern_request_reset(d.request);
    door_judge(&d);
    door_expect(&d, "not begun", answers[_i]);
    expect_recovery();
    door_close(&d);
}
END_TEST

/* A bare filter decides nothing and spoils nothing. */
START_TEST(a_filter_sees_no_connection)
{
    static const postern_str expression = POSTERN_STR(
        "ssl or cf.tls_client_auth.cert_verified or postern.tls.sni ne \"\"");
    const char *const headers[] = {"host", A, NULL};
    postern_filter *filter;
    bool matched = true;

    door_open(&d, USUAL);
    door_tls(&d, A, "ok-p256", NULL);
    ck_assert_int_eq(postern_filter_compile(d.scheme, expression, NULL, &filter, NULL),
                     POSTERN_OK);
    door_begin(&d, "GET", "/", "HTTP/1.1", headers);
    ck_assert_int_eq(postern_filter_match(filter, d.request, &matched), POSTERN_OK);
    ck_assert(!matched);
    door_judge(&d);
    door_expect(&d, "after a filter", let_in);
    ck_assert_int_eq(postern_request_add_header(d.request, host_name, plain_name),
                     POSTERN_STATE);
    ck_assert_int_eq(postern_filter_match(filter, d.request, &matched), POSTERN_STATE);
    ck_assert(!matched);
    postern_filter_free(filter);
    door_close(&d);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("gate-misuse");
    TCase *tc = tcase_create("gate-misuse");

    tcase_add_test(tc, nothing_is_nothing);
    tcase_add_test(tc, a_request_needs_a_beginning_and_a_connection);
    tcase_add_test(tc, a_request_belongs_to_one_gate);
    tcase_add_test(tc, a_simulated_request_is_never_let_in);
    tcase_add_loop_test(tc, a_mistake_poisons_the_request, 0, MISTAKES);
    tcase_add_test(tc, a_header_before_the_beginning_is_refused);
    tcase_add_loop_test(tc, a_derived_field_cannot_be_set, 0, FIELDS);
    tcase_add_test(tc, what_is_set_before_the_beginning_does_not_count);
    tcase_add_loop_test(tc, a_fault_is_answered_as_the_policy_says, 0, 3);
    tcase_add_test(tc, a_filter_sees_no_connection);
    suite_add_tcase(suite, tc);
    return suite;
}
