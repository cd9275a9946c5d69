/*
 * test_oracle.c - cells of the matrix with their answers, thought out and written down one
 * by one, against the oracle: a mistake in it would otherwise be believed everywhere.
 */
#include "../harness/harness.h"
#include "cell.h"

#include <stdio.h>
#include <string.h>

/* The server; the kind of handshake; the first handshake's server name, where a session is
 * offered; the server name; the certificate; what changes, and before what; the host asked
 * for. Then outcome, reason and deciding rule; what rules saw: p(resented), v(erified),
 * r(esumed). */
static const char *const rows[] = {
    /* Full handshakes, nothing changes. */
    "prepared full-1.2 - a     none    nothing request a       blocked     none out -",
    "prepared full-1.2 - a     A       nothing request a       allowed     ok in pv",
    "prepared full-1.2 - a     B       nothing request a       blocked     untrusted-issuer out p",
    "prepared full-1.2 - a     revoked nothing request a       revoked     revoked - -",
    "prepared full-1.2 - a     expired nothing request a       blocked     expired out p",
    "prepared full-1.3 - b     A       nothing request b       blocked     untrusted-issuer out p",
    "prepared full-1.3 - b     B       nothing request b       allowed     ok in pv",
    "prepared full-1.3 - b     revoked nothing request b       blocked     untrusted-issuer out p",
    "prepared full-1.3 - a     A       nothing request b       misdirected ok - -",
    "prepared full-1.3 - a     A       nothing request plain   misdirected ok - -",
    "prepared full-1.3 - a     A       nothing request unknown misdirected ok - -",
    "prepared full-1.2 - a     B       nothing request b       misdirected untrusted-issuer - -",
    "prepared full-1.2 - a     revoked nothing request plain   misdirected revoked - -",
    "prepared full-1.2 - plain A       nothing request a       misdirected host-not-registered - -",
    "prepared full-1.2 - plain A       nothing request plain   allowed     host-not-registered - -",
    "prepared full-1.2 - none  A       nothing request a       misdirected host-not-registered - -",
    "prepared full-1.2 - none  A       nothing request plain   allowed     host-not-registered - -",
    "prepared full-1.3 - none  A       nothing request unknown misdirected host-not-registered - -",
    "prepared full-1.3 - ip    B       nothing request b       misdirected host-not-registered - -",
    "prepared full-1.3 - ip    B       nothing request plain   allowed     host-not-registered - -",
    "rogue    full-1.3 - a     A       nothing request a       allowed     ok in pv",
    "rogue    full-1.2 - a     revoked nothing request a       revoked     revoked - -",

    /* Changes on an open connection. */
    "prepared full-1.2 - a     A       swaps   request a       blocked     untrusted-issuer out p",
    "prepared full-1.2 - a     B       swaps   request a       allowed     ok in pv",
    "prepared full-1.2 - b     A       swaps   request b       allowed     ok in pv",
    "prepared full-1.2 - b     revoked swaps   request b       revoked     revoked - -",
    "prepared full-1.2 - b     expired swaps   request b       blocked     expired out p",
    "prepared full-1.2 - a     expired swaps   request a       blocked     untrusted-issuer out p",
    "prepared full-1.3 - a     A       adds    request a       misdirected not-asked - -",
    "prepared full-1.3 - a     none    adds    request a       misdirected not-asked - -",
    "prepared full-1.3 - a     A       adds    request plain   misdirected not-asked - -",
    "prepared full-1.3 - plain A       adds    request a       misdirected host-not-registered - -",
    "prepared full-1.3 - b     B       adds    request b       allowed     ok in pv",
    "prepared full-1.3 - a     A       removes request a       allowed     host-not-registered - -",
    "prepared full-1.3 - a     A       removes request plain   allowed     host-not-registered - -",
    "prepared full-1.3 - a     A       removes request b       misdirected host-not-registered - -",
    "prepared full-1.3 - plain A       removes request a       allowed     host-not-registered - -",
    "prepared full-1.3 - b     B       removes request a       misdirected ok - -",

    /* A session is offered, and a full handshake follows. */
    "prepared session-id a a   A       nothing request a       allowed     ok in pv",
    "prepared ticket  a a      revoked nothing request a       revoked     revoked - -",
    "prepared psk     a b      A       nothing request b       blocked     untrusted-issuer out p",
    "prepared psk     plain a  A       nothing request a       allowed     ok in pv",
    "prepared ticket  a a      A       swaps   resumption a    blocked     untrusted-issuer out p",
    "prepared ticket  a a      A       adds    resumption a    allowed     ok in pv",
    "prepared ticket  a a      A       adds    request a       misdirected not-asked - -",

    /* It is resumed: nothing is presented, whoever the client is. */
    "rogue session-id a a      A       nothing request a       blocked     resumed out r",
    "rogue session-id a b      A       nothing request b       blocked     resumed out r",
    "rogue session-id a b      A       nothing request a       misdirected resumed - -",
    "rogue ticket  a plain     A       nothing request plain   allowed     host-not-registered - r",
    "rogue ticket  a none      A       nothing request a       misdirected host-not-registered - -",
    "rogue ticket  plain a     A       nothing request a       blocked     none out -",
    "rogue ticket  a a         none    nothing request a       blocked     none out -",
    "rogue ticket  a a         revoked nothing request a       blocked     resumed out r",
    "rogue ticket  b a         B       swaps   request a       blocked     resumed out r",
    "rogue ticket  a a         A       adds    resumption a    blocked     none out -",
    "rogue ticket  a a         A       adds    request a       misdirected not-asked - -",
    "rogue ticket  b a         B       adds    resumption a    blocked     resumed out r",
    "rogue ticket  a a         A       removes request a       allowed     host-not-registered - r",
    "rogue psk     a a         A       nothing request a       blocked     none out -",
    "rogue psk     a b         A       nothing request b       blocked     none out -",
    "rogue psk     b a         B       swaps   resumption a    blocked     none out -",
    "rogue psk     plain a     expired nothing request a       blocked     none out -",
    "rogue psk     ip plain    A       nothing request plain   allowed     host-not-registered - -",
};
enum { ROWS = sizeof rows / sizeof rows[0], COLUMNS = 12, WORD = 32 };

static const char *const servers[] = {"prepared", "rogue", NULL};
static const char *const kinds[] = {"full-1.2", "session-id", "ticket",
                                    "full-1.3", "psk",        NULL};
static const char *const names[] = {"a", "b", "plain", "none", "ip", NULL};
static const char *const certificates[] = {"none",    "A",       "B",
                                           "revoked", "expired", NULL};
static const char *const changes[] = {"nothing", "swaps", "adds", "removes", NULL};
static const char *const moments[] = {"request", "resumption", NULL};
static const char *const hosts[] = {"a", "b", "plain", "unknown", NULL};

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
    e = oracle(&c);
    ck_assert_msg(strcmp(postern_outcome_text(e.outcome), words[8]) == 0, "%s: %s",
                  rows[_i], postern_outcome_text(e.outcome));
    ck_assert_uint_eq(e.status, strcmp(words[8], "allowed") == 0       ? 0
                                : strcmp(words[8], "misdirected") == 0 ? 421
                                                                       : 403);
    ck_assert_int_eq(e.close, strcmp(words[8], "misdirected") == 0);
    ck_assert_msg(strcmp(e.reason, words[9]) == 0, "%s: %s", rows[_i], e.reason);
    ck_assert_msg(strcmp(e.rule, plain(words[10])) == 0, "%s: %s", rows[_i], e.rule);
    (void)snprintf(seen, sizeof seen, "%s%s%s", e.presented ? "p" : "",
                   e.verified ? "v" : "", e.ruled && e.resumed ? "r" : "");
    ck_assert_msg(strcmp(seen, plain(words[11])) == 0, "%s: %s", rows[_i], seen);
}
END_TEST

/* Whatever else it says: nobody is let in to a registered host but by a good certificate,
 * shown in a full handshake that named the host. */
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
        if (oracle(&c).outcome != POSTERN_ALLOWED ||
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
