/*
 * test_oracle.c - cells of the matrix with their answers, thought out and written down
 * one by one, against the oracle: a mistake in it would otherwise be believed
 * everywhere.
 */
#include "../harness/harness.h"
#include "cell.h"

#include <stdio.h>
#include <string.h>

/* The server, fine or rogue; the kind of handshake; the first handshake's server name,
 * where a session is offered; the server name; the certificate, of CA A or B, or of A
 * and revoked or expired; whether CAs are swapped, a is added or removed, or
 * certificates are required, and before what; the host asked for. Then outcome, reason
 * and deciding rule; what rules saw: p(resented), v(erified), r(esumed). */
static const char *const rows[] = {
    /* Full handshakes, nothing changes. */
    "fine  1.2    -     a     none -    ask   a     block   none                out -",
    "fine  1.2    -     a     A    -    ask   a     allow   ok                  in  pv",
    "fine  1.2    -     a     B    -    ask   a     block   untrusted-issuer    out p",
    "fine  1.2    -     a     gone -    ask   a     revoked revoked             -   -",
    "fine  1.2    -     a     old  -    ask   a     block   expired             out p",
    "fine  1.3    -     b     A    -    ask   b     block   untrusted-issuer    out p",
    "fine  1.3    -     b     B    -    ask   b     allow   ok                  in  pv",
    "fine  1.3    -     b     gone -    ask   b     block   untrusted-issuer    out p",
    "fine  1.3    -     a     A    -    ask   b     421     ok                  -   -",
    "fine  1.3    -     a     A    -    ask   plain 421     ok                  -   -",
    "fine  1.3    -     a     A    -    ask   other 421     ok                  -   -",
    "fine  1.2    -     a     B    -    ask   b     421     untrusted-issuer    -   -",
    "fine  1.2    -     a     gone -    ask   plain 421     revoked             -   -",
    "fine  1.2    -     plain A    -    ask   a     421     host-not-registered -   -",
    "fine  1.2    -     plain A    -    ask   plain allow   host-not-registered -   -",
    "fine  1.2    -     none  A    -    ask   a     421     host-not-registered -   -",
    "fine  1.2    -     none  A    -    ask   plain allow   host-not-registered -   -",
    "fine  1.3    -     none  A    -    ask   other 421     host-not-registered -   -",
    "fine  1.3    -     ip    B    -    ask   b     421     host-not-registered -   -",
    "fine  1.3    -     ip    B    -    ask   plain allow   host-not-registered -   -",
    "rogue 1.3    -     a     A    -    ask   a     allow   ok                  in  pv",
    "rogue 1.2    -     a     gone -    ask   a     revoked revoked             -   -",

    /* Changes on an open connection. */
    "fine  1.2    -     a     A    swap ask   a     block   untrusted-issuer    out p",
    "fine  1.2    -     a     B    swap ask   a     allow   ok                  in  pv",
    "fine  1.2    -     b     A    swap ask   b     allow   ok                  in  pv",
    "fine  1.2    -     b     gone swap ask   b     revoked revoked             -   -",
    "fine  1.2    -     b     old  swap ask   b     block   expired             out p",
    "fine  1.2    -     a     old  swap ask   a     block   untrusted-issuer    out p",
    "fine  1.3    -     a     A    plus ask   a     421     not-asked           -   -",
    "fine  1.3    -     a     none plus ask   a     421     not-asked           -   -",
    "fine  1.3    -     a     A    plus ask   plain 421     not-asked           -   -",
    "fine  1.3    -     plain A    plus ask   a     421     host-not-registered -   -",
    "fine  1.3    -     b     B    plus ask   b     allow   ok                  in  pv",
    "fine  1.3    -     a     A    less ask   a     allow   host-not-registered -   -",
    "fine  1.3    -     a     A    less ask   plain allow   host-not-registered -   -",
    "fine  1.3    -     a     A    less ask   b     421     host-not-registered -   -",
    "fine  1.3    -     plain A    less ask   a     allow   host-not-registered -   -",
    "fine  1.3    -     b     B    less ask   a     421     ok                  -   -",
    "fine  1.3    -     a     A    must ask   a     allow   ok                  in  pv",
    "fine  1.3    -     a     none must ask   a     unfit   none                -   -",
    "fine  1.3    -     a     B    must ask   a     unfit   untrusted-issuer    -   -",
    "fine  1.3    -     a     gone must ask   a     revoked revoked             -   -",
    "fine  1.3    -     a     none must ask   plain 421     none                -   -",
    "fine  1.3    -     plain A    must ask   plain allow   host-not-registered -   -",

    /* Changes before it. */
    "fine  1.2    -     a     none must shake a     fails   -                   -   -",
    "fine  1.2    -     a     gone must shake plain fails   -                   -   -",
    "fine  1.2    -     a     A    must shake a     allow   ok                  in  pv",
    "fine  1.2    -     b     A    must shake b     fails   -                   -   -",
    "fine  1.2    -     plain none must shake plain allow   host-not-registered -   -",
    "fine  1.2    -     a     A    plus shake a     allow   ok                  in  pv",
    "fine  1.2    -     a     A    swap shake a     block   untrusted-issuer    out p",
    "fine  1.2    -     a     A    less shake a     allow   host-not-registered -   -",

    /* A session is offered, and a full handshake follows. */
    "fine  id     a     a     A    -    ask   a     allow   ok                  in  pv",
    "fine  ticket a     a     gone -    ask   a     revoked revoked             -   -",
    "fine  psk    a     b     A    -    ask   b     block   untrusted-issuer    out p",
    "fine  psk    plain a     A    -    ask   a     allow   ok                  in  pv",
    "fine  ticket a     a     A    swap shake a     block   untrusted-issuer    out p",
    "fine  ticket a     a     A    plus shake a     allow   ok                  in  pv",
    "fine  ticket a     a     A    plus ask   a     421     not-asked           -   -",
    "fine  ticket a     a     B    must shake a     fails   -                   -   -",
    "fine  ticket b     a     A    must shake a     allow   ok                  in  pv",

    /* It is resumed: nothing is presented, whoever the client is. */
    "rogue id     a     a     A    -    ask   a     block   resumed             out r",
    "rogue id     a     b     A    -    ask   b     block   resumed             out r",
    "rogue id     a     b     A    -    ask   a     421     resumed             -   -",
    "rogue ticket a     plain A    -    ask   plain allow   host-not-registered -   r",
    "rogue ticket a     none  A    -    ask   a     421     host-not-registered -   -",
    "rogue ticket plain a     A    -    ask   a     block   none                out -",
    "rogue ticket a     a     none -    ask   a     block   none                out -",
    "rogue ticket a     a     gone -    ask   a     block   resumed             out r",
    "rogue ticket b     a     B    swap ask   a     block   resumed             out r",
    "rogue ticket a     a     A    plus shake a     block   none                out -",
    "rogue ticket a     a     A    plus ask   a     421     not-asked           -   -",
    "rogue ticket b     a     B    plus shake a     block   resumed             out r",
    "rogue ticket a     a     A    less ask   a     allow   host-not-registered -   r",
    "rogue psk    a     a     A    -    ask   a     block   none                out -",
    "rogue psk    a     b     A    -    ask   b     block   none                out -",
    "rogue psk    b     a     B    swap shake a     block   none                out -",
    "rogue psk    plain a     old  -    ask   a     block   none                out -",
    "rogue psk    ip    plain A    -    ask   plain allow   host-not-registered -   -",
    "rogue ticket a     a     A    must shake a     fails   -                   -   -",
    "rogue ticket a     a     A    must ask   a     unfit   resumed             -   -",
    "rogue id     b     a     none must shake a     fails   -                   -   -",
    "rogue psk    a     a     A    must shake a     fails   -                   -   -",
    "rogue psk    a     b     A    must ask   a     421     none                -   -",
    "rogue psk    a     plain A    must shake plain allow   host-not-registered -   -",
};
enum { ROWS = sizeof rows / sizeof rows[0], COLUMNS = 12, WORD = 32 };

static const char *const servers[] = {"fine", "rogue", NULL};
static const char *const kinds[] = {"1.2", "id", "ticket", "1.3", "psk", NULL};
static const char *const names[] = {"a", "b", "plain", "none", "ip", NULL};
static const char *const certificates[] = {"none", "A", "B", "gone", "old", NULL};
static const char *const changes[] = {"-", "swap", "plus", "less", "must", NULL};
static const char *const moments[] = {"ask", "shake", NULL};
static const char *const hosts[] = {"a", "b", "plain", "other", NULL};

static const char *const answers[] = {"allow", "block", "revoked", "421",
                                      "fails", "unfit", NULL};
static const postern_outcome outcomes[] = {POSTERN_ALLOWED,       POSTERN_BLOCKED,
                                           POSTERN_REVOKED,       POSTERN_MISDIRECTED,
                                           POSTERN_NOT_EVALUATED, POSTERN_UNVERIFIED};
static const unsigned statuses[] = {0, 403, 403, 421, 0, 403};

static unsigned number(const char *word, const char *const *words)
{
    unsigned i = 0;

    while (words[i] != NULL && strcmp(words[i], word) != 0) {
        i++;
    }
    ck_assert_msg(words[i] != NULL, "'%s'", word);
    return i;
}

static void read_row(const char *text, char words[COLUMNS][WORD])
{
    for (unsigned i = 0; i < COLUMNS; i++) {
        size_t len;

        text += strspn(text, " ");
        len = strcspn(text, " ");
        ck_assert_uint_gt(len, 0);
        ck_assert_uint_lt(len, WORD);
        memcpy(words[i], text, len);
        words[i][len] = '\0';
        text += len;
    }
    ck_assert_str_eq(text, "");
}

static const char *plain(const char *word)
{
    return strcmp(word, "-") == 0 ? "" : word;
}

START_TEST(the_oracle_says_what_was_written_down)
{
    char words[COLUMNS][WORD];
    bool refused_by_requirement;
    char seen[8];
    expected e;
    cell c;

    read_row(rows[_i], words);
    c.rogue = number(words[0], servers) == 1;
    c.kind = (enum kind)number(words[1], kinds);
    c.sni = (enum sni)number(words[3], names);
    c.first = strcmp(words[2], "-") == 0 ? c.sni : (enum sni)number(words[2], names);
    c.shown = (enum shown)number(words[4], certificates);
    c.change = (enum change)number(words[5], changes);
    c.moment = (enum moment)number(words[6], moments);
    c.host = (enum host)number(words[7], hosts);
    refused_by_requirement =
        c.change == CHANGE_REQUIRES &&
        (strcmp(words[8], "unfit") == 0 || strcmp(words[8], "revoked") == 0);
    e = oracle(&c);
    ck_assert_msg(e.outcome == outcomes[number(words[8], answers)], "%s: %s", rows[_i],
                  postern_outcome_text(e.outcome));
    ck_assert_uint_eq(e.status, statuses[number(words[8], answers)]);
    ck_assert_int_eq(e.close, strcmp(words[8], "421") == 0 || refused_by_requirement);
    ck_assert_int_eq(e.fails, e.outcome == POSTERN_NOT_EVALUATED);
    if (e.fails) {
        return;
    }
    ck_assert_msg(strcmp(e.reason, words[9]) == 0, "%s: %s", rows[_i], e.reason);
    ck_assert_msg(strcmp(e.rule, plain(words[10])) == 0, "%s: %s", rows[_i], e.rule);
    (void)snprintf(seen, sizeof seen, "%s%s%s", e.presented ? "p" : "",
                   e.verified ? "v" : "", e.ruled && e.resumed ? "r" : "");
    ck_assert_msg(strcmp(seen, plain(words[11])) == 0, "%s: %s", rows[_i], seen);
}
END_TEST

/* Whatever else it says: nobody is let in to a registered host but by a good
 * certificate, shown in a full handshake that named the host. */
START_TEST(the_oracle_never_lets_in_by_another_way)
{
    unsigned allowed = 0;
    cell c;

    for (unsigned i = 0;
         i < 2 * KINDS * SNIS * SNIS * SHOWNS * CHANGES * MOMENTS * HOSTS; i++) {
        unsigned rest = i;

        c.rogue = rest % 2 == 1;
        c.kind = (enum kind)((rest /= 2) % KINDS);
        c.first = (enum sni)((rest /= KINDS) % SNIS);
        c.sni = (enum sni)((rest /= SNIS) % SNIS);
        c.shown = (enum shown)((rest /= SNIS) % SHOWNS);
        c.change = (enum change)((rest /= SHOWNS) % CHANGES);
        c.moment = (enum moment)((rest /= CHANGES) % MOMENTS);
        c.host = (enum host)(rest / MOMENTS);
        if (oracle(&c).fails || oracle(&c).outcome != POSTERN_ALLOWED ||
            (c.host != HOST_B && !(c.host == HOST_A && c.change != CHANGE_REMOVES))) {
            continue;
        }
        ck_assert(!(c.rogue && cell_offers(c.kind)));
        ck_assert((c.host == HOST_A && c.sni == SNI_A) ||
                  (c.host == HOST_B && c.sni == SNI_B));
        ck_assert_int_eq(c.shown, (c.host == HOST_A) == (c.change != CHANGE_SWAPS)
                                      ? SHOWN_A
                                      : SHOWN_B);
        allowed++;
    }
    ck_assert_uint_gt(allowed, 0);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("immunity-oracle");
    TCase *tc = tcase_create("immunity-oracle");

    tcase_add_loop_test(tc, the_oracle_says_what_was_written_down, 0, ROWS);
    tcase_add_test(tc, the_oracle_never_lets_in_by_another_way);
    suite_add_tcase(suite, tc);
    return suite;
}
