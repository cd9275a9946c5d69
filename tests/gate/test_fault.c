/*
 * test_fault.c - what cannot be decided is refused: no memory, no room, no
 * cryptography. And when all is warm, nothing is asked of the heap.
 */
#include "door.h"

#include <string.h>

static door d;

/* --- room for one request --------------------------------------------------------------- */

/* Sixteen headers need an array that does not fit. */
static const char *const crowd[] = {"host", PLAIN, "b", "1", "c",    "1", "d", "1", "e",
                                    "1",    "f",   "1", "g", "1",    "h", "1", "i", "1",
                                    "j",    "1",   "k", "1", "l",    "1", "m", "1", "n",
                                    "1",    "o",   "1", "X", "LONG", NULL};

#define FIRST "http.request.headers.names[0]"
static const char *const tight[] = {
    POLICY("", "", BLOCK("r", FIRST " eq `x`"), ""),
    POLICY("", "", BLOCK("r", "not " FIRST " eq `x`"), ""),
    POLICY("", "", BLOCK("r", FIRST " ne `x`"), ""),
    POLICY("", "", SKIP("r", "not " FIRST " eq `x`"), ""),
    POLICY("", "", SKIP("r", "not (" FIRST " eq `x` or ssl)"), ""),
    POLICY("", "", SKIP("r", "ssl xor not " FIRST " eq `x`"), ""),
    POLICY("", "", LOG("r", "not " FIRST " eq `x`"), ""),
    POLICY("", "", SKIP("r", "not len(http.request.headers.values) eq 1"), ""),
    POLICY("", "", SKIP("r", "not http.request.full_uri eq `x`"), ""),
    POLICY("", "", SKIP("r", "not lower(http.request.uri) eq `x`"), ""),
    POLICY("", "",
           SKIP("first", "not len(http.request.headers.names) eq 1") "," SKIP("second",
                                                                              "true"),
           ""),
};
enum { TIGHT = sizeof tight / sizeof tight[0] };

START_TEST(a_rule_without_room_is_a_fault_whatever_its_sign)
{
    static const char target[] =
        "/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const postern_limits limits = {.request_bytes = 100};

    for (unsigned wide = 0; wide < 2; wide++) {
        if (wide == 1) {
            door_open(&d, tight[_i]);
        } else {
            door_open_limited(&d, tight[_i], &limits);
        }
        door_connect(&d);
        for (unsigned again = 0; again < 2; again++) {
            door_begin(&d, "GET", target, "HTTP/1.1", crowd);
            door_judge(&d);
            if (wide == 0) {
                door_expect(&d, tight[_i], faulted());
                ck_assert_int_eq(d.verdict.fault, POSTERN_LIMIT);
            } else {
                ck_assert_int_ne(d.verdict.outcome, POSTERN_FAULT);
            }
        }
        door_close(&d);
    }
}
END_TEST

/* Room is also needed for a path that must be rewritten, for what matched, and for
 * what is to be removed. */
START_TEST(without_room_nothing_passes_even_without_rules)
{
    static const char *const policies[] = {
        POLICY("", "", LOG("a", "ssl"), ""),
        POLICY("", "", LOG("a", "true") "," LOG("b", "true"), ""),
        POLICY("", "", LOG("a", "ssl"), ""),
    };
    static const char *const targets[] = {"//aaaaaaaaaaaaaaaaaaaaaaaaaaaa", "/", "/"};
    static const char *const headers[] = {"host", PLAIN, NULL};
    static const char *const claiming[] = {"host",        PLAIN, "client-cert", "1",
                                           "client_cert", "2",   NULL};
    const postern_limits limits = {.request_bytes = 16};

    door_open_limited(&d, policies[_i], &limits);
    door_connect(&d);
    door_begin(&d, "GET", targets[_i], "HTTP/1.1", _i == 2 ? claiming : headers);
    door_judge(&d);
    door_expect(&d, targets[_i], faulted());
    ck_assert_int_eq(d.verdict.fault, POSTERN_LIMIT);
    door_judge(&d);
    door_expect(&d, "again", faulted());
    door_close(&d);
}
END_TEST

/* --- memory --------------------------------------------------------------------------- */

#define BUSY_RULES                                                                 \
    LOG("names", "not len(http.request.headers.names) eq 99")                      \
    "," LOG("lower", "not lower(http.request.headers[`x`][0]) eq `long`") "," LOG( \
        "uri", "not http.request.full_uri eq `x`") "," GUARDS
#define BUSY POLICY(MTLS(A, "ca-a", ""), "", BUSY_RULES, "")
#define BUSY_REQUIRED POLICY(MTLS(A, "ca-a", ",'require':true"), "", BUSY_RULES, "")

static const char *const busy_headers[] = {
    "host", A, "X", "SHOUT", "Client-Cert", "evil", "cookie", "a", "cookie", "b", NULL};

/* A connection from beginning to end. @return false when something failed before a
 * request could be asked about */
static bool live(postern_tls_info *info, postern_status *told)
{
    postern_status status;
    bool accepted;
    bool ask;

    d.connection = NULL;
    d.request = NULL;
    *told = POSTERN_NO_MEMORY;
    if (postern_connection_new(d.gate, NULL, postern_text("public"), &d.connection) !=
            POSTERN_OK ||
        postern_request_new(d.scheme, &d.request) != POSTERN_OK) {
        return false;
    }
    ck_assert_int_eq(postern_connection_on_sni(d.connection, postern_text(A), &ask),
                     POSTERN_OK);
    status = postern_connection_accepts(d.connection, info->chain, info->chain_count,
                                        NULL, 0, &accepted);
    ck_assert_int_eq(accepted, status == POSTERN_OK);
    *told = postern_connection_set_tls(d.connection, info);
    return true;
}

static void ask_busily(bool sure)
{
    bool whole = postern_request_begin(d.request, d.connection, postern_text("GET"),
                                       postern_text("//x/../y"),
                                       postern_text("HTTP/1.1")) == POSTERN_OK;

    for (size_t i = 0; busy_headers[i] != NULL; i += 2) {
        whole = postern_request_add_header(d.request, postern_text(busy_headers[i]),
                                           postern_text(busy_headers[i + 1])) ==
                    POSTERN_OK &&
                whole;
    }
    door_judge(&d);
    ck_assert(whole || !postern_verdict_allows(&d.verdict));
    ck_assert(whole || !sure);
}

START_TEST(no_request_for_memory_that_fails_lets_anybody_in)
{
    postern_str chain[4];
    postern_tls_info info = {.size = sizeof info,
                             .fresh = true,
                             .version = POSTERN_STR("TLSv1.3"),
                             .alpn = POSTERN_STR("http/1.1"),
                             .chain = chain};
    const bool required = _i == 1;
    const answer never =
        required ? (answer){POSTERN_UNVERIFIED, 403, true, NULL, "not-evaluated"}
                 : kept_out("not-evaluated");
    size_t faults = 0;
    bool done = false;

    door_open(&d, required ? BUSY_REQUIRED : BUSY);
    info.chain_count = door_chain("ok-int", "ok-int", chain, 4);
    postern_request_free(d.request);
    for (size_t n = 0; !done; n++) {
        const size_t before = d.heap.live_bytes;
        postern_status told;

        d.heap.fail_at = d.heap.requests + n;
        if (live(&info, &told)) {
            ask_busily(false);
            done = d.heap.requests <= d.heap.fail_at;
            ck_assert_int_eq(postern_verdict_allows(&d.verdict), done);
            ck_assert(done || told != POSTERN_OK ||
                      d.verdict.fault == POSTERN_NO_MEMORY);
            faults += !done;
            /* With memory again the same connection does what it can. */
            d.heap.fail_at = SIZE_MAX;
            ask_busily(true);
            door_expect(&d, "later", told == POSTERN_OK ? let_in : never);
        }
        d.heap.fail_at = SIZE_MAX;
        postern_request_free(d.request);
        postern_connection_free(d.connection);
        ck_assert_uint_eq(d.heap.live_bytes, before);
    }
    d.connection = NULL;
    d.request = NULL;
    ck_assert_uint_ge(faults, 4);
    door_close(&d);
}
END_TEST

/* Facts that do not fit are a fault, not facts that a certificate has not got: a rule that
 * refuses by a name would let everybody in. */
#define BY_NAME                                                                       \
    POLICY(BOTH, "",                                                                  \
           BLOCK("name",                                                              \
                 "any(postern.client_cert.san_dns[*] eq `n700.example`)") "," GUARDS, \
           "")

START_TEST(a_name_that_does_not_fit_is_not_overlooked)
{
    const answer by_name = {POSTERN_BLOCKED, 403, false, "name", "ok"};
    size_t faults = 0;
    bool done = false;

    door_open(&d, BY_NAME);
    door_tls(&d, A, NULL, NULL);
    door_ask(&d, A); /* what the request needs is there from now on */
    for (size_t n = 0; !done; n++) {
        door_tls(&d, A, "extra/many-names", NULL);
        d.heap.fail_at = d.heap.requests + n;
        door_ask(&d, A);
        done = d.heap.requests <= d.heap.fail_at;
        d.heap.fail_at = SIZE_MAX;
        ck_assert(!postern_verdict_allows(&d.verdict));
        ck_assert_int_eq(d.verdict.outcome == POSTERN_FAULT, !done);
        faults += !done;
        door_ask(&d, A);
        door_expect(&d, "later", by_name);
    }
    ck_assert_uint_ge(faults, 3);
    door_close(&d);
}
END_TEST

/* A reload that runs out of memory leaves the old policy in force. */
START_TEST(a_policy_that_does_not_fit_changes_nothing)
{
    postern_policy *policy = NULL;
    postern_gate *gate;

    door_open(&d, USUAL);
    door_tls(&d, A, "ok-p256", NULL);
    for (size_t n = 0; policy == NULL; n++) {
        const size_t before = d.heap.live_bytes;
        postern_status status;

        d.heap.fail_at = d.heap.requests + n;
        status = door_load(d.scheme, USUAL, &policy);
        d.heap.fail_at = SIZE_MAX;
        ck_assert_int_eq(status, policy == NULL ? POSTERN_NO_MEMORY : POSTERN_OK);
        ck_assert(policy != NULL || d.heap.live_bytes == before);
        door_ask(&d, A);
        door_expect(&d, "meanwhile", let_in);
    }
    d.heap.fail_at = d.heap.requests;
    ck_assert_int_eq(postern_gate_new(policy, &gate), POSTERN_NO_MEMORY);
    ck_assert_ptr_null(gate);
    ck_assert_int_eq(postern_gate_replace(d.gate, policy), POSTERN_OK);
    d.heap.fail_at = SIZE_MAX;
    postern_policy_release(policy);
    door_close(&d);
}
END_TEST

/* After a reload a connection is judged again: that may fail, and is tried again. */
START_TEST(a_judgement_that_fails_is_made_again)
{
    door_open(&d, USUAL);
    door_tls(&d, A, "ok-p256", NULL);
    for (size_t n = 0; n < 3; n++) {
        postern_connection *same = d.connection;

        door_ask(&d, A);
        door_expect(&d, "before", let_in);
        door_replace(&d, POLICY(BOTH, "", LOG("seen", "true") "," GUARDS, ""));
        d.now = -1;
        door_ask(&d, A);
        door_expect(&d, "without a clock", faulted());
        door_ask(&d, A);
        door_expect(&d, "still without", faulted());
        d.now = NOW * 1000;
        ck_assert_ptr_eq(same, d.connection);
    }
    door_ask(&d, A);
    door_expect(&d, "after", let_in);
    door_close(&d);
}
END_TEST

/* --- cryptography ------------------------------------------------------------------------ */

static postern_status broken_with = POSTERN_OK;
static bool breaks_digest;
static bool breaks_verify; /* of signatures: */
static unsigned unbroken;  /* after so many of them */

static const postern_crypto *good(void)
{
    return postern_mbedtls_crypto();
}

static postern_status digest(void *context, postern_digest algorithm, const void *data,
                             size_t len, unsigned char *out)
{
    return breaks_digest ? broken_with
                         : good()->digest(context, algorithm, data, len, out);
}

static postern_status verify(void *context, postern_str spki, postern_signature scheme,
                             postern_digest algorithm, postern_str data,
                             postern_str signature)
{
    return breaks_verify && unbroken-- == 0
               ? broken_with
               : good()->verify(context, spki, scheme, algorithm, data, signature);
}

static const struct breakage {
    bool digest;
    bool verify;
    unsigned unbroken; /* two signatures are of the path, the third is of the CRL */
    postern_status with;
} breakages[] = {
    {true,  false, 0, POSTERN_CRYPTO   },
    {true,  false, 0, POSTERN_NO_MEMORY},
    {false, true,  0, POSTERN_CRYPTO   },
    {false, true,  0, POSTERN_NO_MEMORY},
    {false, true,  1, POSTERN_CRYPTO   },
    {false, true,  1, POSTERN_NO_MEMORY},
    {false, true,  2, POSTERN_CRYPTO   },
    {false, true,  2, POSTERN_NO_MEMORY},
};
enum { BREAKAGES = sizeof breakages / sizeof breakages[0] };

START_TEST(cryptography_that_fails_is_a_fault)
{
    static const char policy[] = POLICY(
        "{'hostname':'" A "','ca':['corpus/ca/ca-a.pem'],'revocation':'if-present',"
        "'crl':['corpus/crl/crl-a-int.pem']}",
        "", BLOCK("unverified", "not cf.tls_client_auth.cert_verified") "," GUARDS, "");
    const struct breakage *how = &breakages[_i];
    postern_crypto table = *good();

    table.digest = digest;
    table.verify = verify;
    door_open_crypto(&d, policy, &table);
    door_tls(&d, A, "ok-int", "ok-int"); /* the CRL's issuer is on the path */
    broken_with = how->with;
    breaks_digest = how->digest;
    breaks_verify = how->verify;
    unbroken = how->unbroken;
    door_ask(&d, A);
    breaks_digest = breaks_verify = false;
    door_expect(&d, "broken", faulted());
    ck_assert_int_eq(d.verdict.fault, how->with);
    door_ask(&d, A);
    ck_assert_int_ne(d.verdict.outcome, POSTERN_FAULT);
    door_close(&d);
}
END_TEST

/* --- and when all goes well --------------------------------------------------------------- */

START_TEST(a_warm_connection_asks_for_no_memory)
{
    size_t requests = 0;

    door_open(&d, BUSY);
    door_tls(&d, A, "ok-p256", NULL);
    for (unsigned round = 0; round < 100; round++) {
        if (round == 3) {
            requests = d.heap.requests;
        }
        ask_busily(true);
        door_expect(&d, "round", let_in);
        ck_assert_uint_eq(d.verdict.match_count, 4);
        ck_assert_uint_eq(d.verdict.strip_count, 1);
    }
    ck_assert_uint_eq(d.heap.requests, requests);
    door_close(&d);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("gate-fault");
    TCase *tc = tcase_create("gate-fault");

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, a_rule_without_room_is_a_fault_whatever_its_sign, 0, TIGHT);
    tcase_add_loop_test(tc, without_room_nothing_passes_even_without_rules, 0, 3);
    tcase_add_loop_test(tc, no_request_for_memory_that_fails_lets_anybody_in, 0, 2);
    tcase_add_test(tc, a_name_that_does_not_fit_is_not_overlooked);
    tcase_add_test(tc, a_policy_that_does_not_fit_changes_nothing);
    tcase_add_test(tc, a_judgement_that_fails_is_made_again);
    tcase_add_loop_test(tc, cryptography_that_fails_is_a_fault, 0, BREAKAGES);
    tcase_add_test(tc, a_warm_connection_asks_for_no_memory);
    suite_add_tcase(suite, tc);
    return suite;
}
