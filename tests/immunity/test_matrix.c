/*
 * test_matrix.c - real handshakes of every kind, each with requests for every host, on
 * a server that is prepared and on one whose host switched resumption back on.
 *
 * Every connection is asked for its four hosts one after the other and once more the
 * other way round, so a host's answer may not depend on what was asked before.
 */
#include "../tls/rogue.h"
#include "cell.h"
#include "stage.h"

#include <stdio.h>
#include <string.h>

#define GUARD_B                                                             \
    SKIP("in", "cf.tls_client_auth.cert_verified and http.host eq `" B "`") \
    "," BLOCK("out", "http.host eq `" B "`")

/* By number: the policies of the oracle. */
enum { USUAL_POLICY, SWAPPED_POLICY, WITHOUT_A_POLICY, REQUIRING_POLICY, POLICIES };
static const char *const policies[] = {
    POLICY(BOTH, "'" PLAIN "'", WATCH GUARDS, ""),
    POLICY(MTLS(A, "ca-b", "") "," MTLS(B, "ca-a", CRL("crl-a")), "'" PLAIN "'",
           WATCH GUARDS, ""),
    POLICY(MTLS(B, "ca-b", ""), "'" PLAIN "','" A "'", WATCH GUARD_B, ""),
    POLICY(MTLS(A, "ca-a", CRL("crl-a") ",'require':true") "," MTLS(B, "ca-b",
                                                                    ",'require':true"),
           "'" PLAIN "'", WATCH GUARDS, ""),
};
static const unsigned before[CHANGES] = {USUAL_POLICY, USUAL_POLICY, WITHOUT_A_POLICY,
                                         USUAL_POLICY, USUAL_POLICY};
static const unsigned after[CHANGES] = {USUAL_POLICY, SWAPPED_POLICY, USUAL_POLICY,
                                        WITHOUT_A_POLICY, REQUIRING_POLICY};

static const char *const sni_names[SNIS] = {A, B, PLAIN, NULL, "192.0.2.1"};
static const char *const host_names[HOSTS] = {A, B, PLAIN, UNKNOWN};
static const char *const certificates[SHOWNS] = {NULL, "ok-p256", "ok-by-b", "revoked",
                                                 "expired"};
static const char *const kind_texts[KINDS] = {"full 1.2", "session id", "ticket",
                                              "full 1.3", "PSK"};
static const char *const shown_texts[SHOWNS] = {"none", "A", "B", "revoked", "expired"};
static const char *const change_texts[CHANGES] = {"nothing", "CAs swapped", "a added",
                                                  "a removed", "certificates required"};

/* --- the world -------------------------------------------------------------------- */

static postern_policy *loaded[POLICIES];
static rogue thief;
static side servers[2]; /* a prepared one and a rogue one, with the same ticket keys */
static side clients[SHOWNS];

static unsigned cells;
static unsigned connections;
static unsigned failures;
static unsigned resumptions;

static bool is_13(enum kind kind)
{
    return kind == FULL_13 || kind == PSK_13;
}

static void set_up(enum kind kind)
{
    door_open(&d, policies[USUAL_POLICY]);
    for (unsigned i = 0; i < POLICIES; i++) {
        loaded[i] = door_policy(&d, policies[i]);
    }
    server_start(&servers[1], NULL);
    rogue_start(&thief, &servers[1]);
    rogue_turn(&thief, &servers[1], true, true);
    server_start(&servers[0], NULL);
    rogue_turn(&thief, &servers[0], true, true);
    ck_assert_int_eq(postern_mbedtls_configure(&servers[0].conf, NULL), POSTERN_OK);
    for (unsigned i = 0; i < SHOWNS; i++) {
        client_start(&clients[i], is_13(kind));
        if (certificates[i] != NULL) {
            client_certificate(&clients[i], certificates[i], certificates[i], NULL);
        }
        mbedtls_ssl_conf_session_tickets(
            &clients[i].conf, kind == ID_12 ? MBEDTLS_SSL_SESSION_TICKETS_DISABLED
                                            : MBEDTLS_SSL_SESSION_TICKETS_ENABLED);
    }
}

static void tear_down(void)
{
    for (unsigned i = 0; i < SHOWNS; i++) {
        side_stop(&clients[i]);
    }
    rogue_stop(&thief);
    side_stop(&servers[0]);
    side_stop(&servers[1]);
    for (unsigned i = 0; i < POLICIES; i++) {
        postern_policy_release(loaded[i]);
    }
    door_close(&d);
}

static void enforce(unsigned policy)
{
    ck_assert_int_eq(postern_gate_replace(d.gate, loaded[policy]), POSTERN_OK);
}

static const char *describe(const cell *c)
{
    static char text[256];

    (void)snprintf(
        text, sizeof text,
        "%s server, %s (first SNI %s), SNI %s, certificate %s, %s %s, Host %s",
        c->rogue ? "rogue" : "prepared", kind_texts[c->kind],
        sni_names[c->first] == NULL ? "-" : sni_names[c->first],
        sni_names[c->sni] == NULL ? "-" : sni_names[c->sni], shown_texts[c->shown],
        change_texts[c->change],
        c->moment == MOMENT_REQUEST ? "before the request" : "before the handshake",
        host_names[c->host]);
    return text;
}

/* --- one cell --------------------------------------------------------------------- */

static void check_cell(const cell *c)
{
    const expected e = oracle(c);
    const postern_verdict *v = door_ask(&d, host_names[c->host]);

    ck_assert_msg(v->outcome == e.outcome, "%s: %s", describe(c),
                  postern_outcome_text(v->outcome));
    ck_assert_msg(v->status == e.status && v->close == e.close,
                  "%s: status %u, close %d", describe(c), v->status, v->close);
    ck_assert_msg(text_is(v->rule_ref, e.rule), "%s: rule '%.*s'", describe(c),
                  (int)v->rule_ref.len, v->rule_ref.data);
    ck_assert_msg(text_is(v->certificate_reason, e.reason), "%s: reason '%.*s'",
                  describe(c), (int)v->certificate_reason.len,
                  v->certificate_reason.data);
    ck_assert_msg(e.ruled || v->match_count == 0, "%s: rules were asked", describe(c));
    ck_assert_msg(stage_saw("presented") == e.presented &&
                      stage_saw("verified") == e.verified && !stage_saw("revoked") &&
                      stage_saw("resumed") == (e.ruled && e.resumed),
                  "%s: presented %d, verified %d, revoked %d, resumed %d", describe(c),
                  stage_saw("presented"), stage_saw("verified"), stage_saw("revoked"),
                  stage_saw("resumed"));
}

static void check_hosts(cell c)
{
    for (unsigned i = 0; i < 2 * HOSTS; i++) {
        c.host = (enum host)(i < HOSTS ? i : 2 * HOSTS - 1 - i);
        check_cell(&c);
    }
    cells += HOSTS;
}

/* --- one connection --------------------------------------------------------------- */

static void open_wire(const cell *c, enum sni name, bool turned)
{
    door_connect(&d);
    wire_open_attached(&w, &clients[c->shown], &servers[turned], sni_names[name],
                       d.connection);
}

/* A handshake under the policy before the change, and its session. */
static void first_handshake(const cell *c, mbedtls_ssl_session *session)
{
    enforce(before[c->change]);
    open_wire(c, c->first, true);
    wire_handshake(&w, d.connection);
    ck_assert_msg(w.server_rc == 0 && w.client_rc == 0, "%s: -0x%x -0x%x", describe(c),
                  (unsigned)-w.server_rc, (unsigned)-w.client_rc);
    rogue_fetch_ticket(&w);
    mbedtls_ssl_session_init(session);
    ck_assert_int_eq(mbedtls_ssl_get_session(&w.client, session), 0);
    wire_close(&w);
}

/* `session` is NULL when none is offered. The requests are the caller's. */
static void connect_cell(const cell *c, mbedtls_ssl_session *session)
{
    const bool fails = oracle(c).fails;
    const bool resumes = c->rogue && session != NULL;
    const unsigned seen = thief.resumed;

    enforce(c->moment == MOMENT_REQUEST ? before[c->change] : after[c->change]);
    open_wire(c, c->sni, c->rogue);
    if (session != NULL) {
        rogue_offer(&w, session, sni_names[c->sni]);
    }
    wire_handshake(&w, d.connection);
    ck_assert_msg((w.server_rc == 0) != fails && (w.client_rc == 0 || fails),
                  "%s: -0x%x -0x%x", describe(c), (unsigned)-w.server_rc,
                  (unsigned)-w.client_rc);
    /* A cell of a resumption that was none would prove nothing. */
    ck_assert_msg(thief.resumed == seen + resumes &&
                      rogue_resumed_on_the_wire(&w.down) == resumes,
                  "%s: resumed %u", describe(c), thief.resumed - seen);
    connections++;
    failures += fails;
    resumptions += resumes;
    enforce(after[c->change]);
    wire_close(&w);
}

static void run(const cell *c, mbedtls_ssl_session *session)
{
    connect_cell(c, session);
    if (oracle(c).fails) {
        stage_nothing_is_presented(describe(c)); /* to a host that does not notice */
        cells += HOSTS;
    } else {
        check_hosts(*c);
    }
}

static void report(enum kind kind, bool turned)
{
    printf("# %s, %s server: %u cells, %u connections, %u resumed, %u refused\n",
           kind_texts[kind], turned ? "rogue" : "prepared", cells, connections,
           resumptions, failures);
    (void)fflush(stdout);
}

/* Every change at every moment. */
static void run_moments(cell *c, mbedtls_ssl_session *session)
{
    for (unsigned at = 0; at < MOMENTS; at++) {
        c->moment = (enum moment)at;
        if (c->change != CHANGE_NOTHING || at == 0) {
            run(c, session);
        }
    }
}

/* --- full handshakes -------------------------------------------------------------- */

static const enum kind full_kinds[] = {FULL_12, FULL_13};
static const enum kind offers[] = {ID_12, TICKET_12, PSK_13};
enum {
    FULLS = 1 + HAVE_TLS13,
    OFFERS = 2 + HAVE_TLS13,
    TIMES = 1 + MOMENTS * (CHANGES - 1) /* nothing changes at no moment */
};

START_TEST(a_full_handshake_is_answered_as_the_oracle_says)
{
    cell c = {.rogue = _i % 2 == 1, .kind = full_kinds[_i / 2]};

    set_up(c.kind);
    for (unsigned i = 0; i < SNIS * SHOWNS * CHANGES; i++) {
        c.first = c.sni = (enum sni)(i % SNIS);
        c.shown = (enum shown)(i / SNIS % SHOWNS);
        c.change = (enum change)(i / SNIS / SHOWNS);
        run_moments(&c, NULL);
    }
    report(c.kind, c.rogue);
    ck_assert_uint_eq(cells, SNIS * SHOWNS * TIMES * HOSTS);
    ck_assert_uint_eq(cells, 900);
    ck_assert_uint_eq(resumptions, 0);
    ck_assert_uint_eq(failures, 2 * SHOWNS - 2); /* a wants A's, b wants B's */
    tear_down();
}
END_TEST

/* Everything that can happen to a policy happens to one open connection. */
START_TEST(an_open_connection_is_judged_anew_after_every_change)
{
    static const enum change walk[] = {CHANGE_NOTHING, CHANGE_SWAPS,    CHANGE_REMOVES,
                                       CHANGE_NOTHING, CHANGE_REMOVES,  CHANGE_SWAPS,
                                       CHANGE_NOTHING, CHANGE_REQUIRES, CHANGE_SWAPS,
                                       CHANGE_REQUIRES};
    cell c = {.kind = full_kinds[_i]};

    set_up(c.kind);
    for (unsigned i = 0; i < SNIS * SHOWNS; i++) {
        c.change = CHANGE_NOTHING;
        c.first = c.sni = (enum sni)(i % SNIS);
        c.shown = (enum shown)(i / SNIS);
        connect_cell(&c, NULL);
        for (unsigned step = 0; step < sizeof walk / sizeof walk[0]; step++) {
            c.change = walk[step];
            enforce(after[c.change]);
            check_hosts(c);
        }
    }
    ck_assert_uint_eq(cells, 5 * 5 * 10 * 4);
    tear_down();
}
END_TEST

/* --- sessions that are offered ---------------------------------------------------- */

/* The prepared server reads no session. The one that was made without a server name, or
 * with an address, holds what that of a plain host holds, and is left out there. */
static unsigned firsts(bool turned)
{
    return turned ? SNIS : SNI_PLAIN + 1;
}

START_TEST(an_offered_session_is_answered_as_the_oracle_says)
{
    cell c = {.rogue = _i % 2 == 1, .kind = offers[_i / 2]};
    const unsigned sessions = firsts(c.rogue) * SHOWNS * CHANGES;
    const unsigned expected_connections = firsts(c.rogue) * SHOWNS * TIMES * SNIS;
    mbedtls_ssl_session session;

    set_up(c.kind);
    for (unsigned i = 0; i < sessions; i++) {
        c.change = (enum change)(i % CHANGES);
        c.shown = (enum shown)(i / CHANGES % SHOWNS);
        c.first = (enum sni)(i / CHANGES / SHOWNS);
        first_handshake(&c, &session);
        for (unsigned name = 0; name < SNIS; name++) {
            c.sni = (enum sni)name;
            run_moments(&c, &session);
        }
        mbedtls_ssl_session_free(&session);
    }
    report(c.kind, c.rogue);
    ck_assert_uint_eq(connections, expected_connections);
    ck_assert_uint_eq(cells, c.rogue ? 4500 : 2700);
    ck_assert_uint_eq(resumptions, c.rogue ? 1125 : 0);
    ck_assert_uint_eq(failures, c.rogue ? SNIS * 2 * SHOWNS : 3 * (2 * SHOWNS - 2));
    tear_down();
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("immunity-matrix");
    TCase *tc = tcase_create("immunity-matrix");

    tcase_set_timeout(tc, 280);
    tcase_add_loop_test(tc, a_full_handshake_is_answered_as_the_oracle_says, 0,
                        2 * FULLS);
    tcase_add_loop_test(tc, an_open_connection_is_judged_anew_after_every_change, 0,
                        FULLS);
    tcase_add_loop_test(tc, an_offered_session_is_answered_as_the_oracle_says, 0,
                        2 * OFFERS);
    suite_add_tcase(suite, tc);
    return suite;
}
