#include "cell.h"

#include <string.h>

enum policy { USUAL, SWAPPED, WITHOUT_A, REQUIRING };
enum authority { CA_A, CA_B };

static enum policy policy_before(enum change change)
{
    return change == CHANGE_ADDS ? WITHOUT_A : USUAL;
}

static enum policy policy_after(enum change change)
{
    switch (change) {
    case CHANGE_SWAPS:
        return SWAPPED;
    case CHANGE_REMOVES:
        return WITHOUT_A;
    case CHANGE_REQUIRES:
        return REQUIRING;
    case CHANGE_NOTHING:
    case CHANGE_ADDS:
    case CHANGES:
        break;
    }
    return USUAL;
}

static bool registered(enum policy policy, enum sni name)
{
    return name == SNI_B || (name == SNI_A && policy != WITHOUT_A);
}

static enum authority trusted(enum policy policy, enum sni name)
{
    return (name == SNI_A) == (policy == SWAPPED) ? CA_B : CA_A;
}

/* What is wrong with a certificate that was shown. */
static const char *judge(enum shown shown, enum authority trusted)
{
    if (trusted == CA_B) {
        return shown == SHOWN_B ? "ok" : "untrusted-issuer";
    }
    switch (shown) {
    case SHOWN_A:
        return "ok";
    case SHOWN_REVOKED:
        return "revoked";
    case SHOWN_EXPIRED:
        return "expired";
    case SHOWN_B:
    case SHOWN_NONE:
    case SHOWNS:
        break;
    }
    return "untrusted-issuer";
}

bool cell_offers(enum kind kind)
{
    return kind == ID_12 || kind == TICKET_12 || kind == PSK_13;
}

static enum policy policy_at_handshake(const cell *c)
{
    return c->moment == MOMENT_REQUEST ? policy_before(c->change)
                                       : policy_after(c->change);
}

/* TLS 1.2 keeps a certificate in the session; whoever sees it knows that it was not
 * shown now. Otherwise nothing is there, and nothing looks like a resumption. */
static bool shows_old_certificate(const cell *c)
{
    return c->rogue && (c->kind == ID_12 || c->kind == TICKET_12) &&
           c->shown != SHOWN_NONE && registered(policy_before(c->change), c->first);
}

static const char *reason_of(const cell *c)
{
    const enum policy now = policy_after(c->change);

    if (!registered(now, c->sni)) {
        return "host-not-registered";
    }
    if (!registered(policy_at_handshake(c), c->sni)) {
        return "not-asked";
    }
    if (c->rogue && cell_offers(c->kind)) {
        return shows_old_certificate(c) ? "resumed" : "none";
    }
    return c->shown == SHOWN_NONE ? "none" : judge(c->shown, trusted(now, c->sni));
}

static bool is_one_of(const char *word, const char *const *words)
{
    while (*words != NULL && strcmp(*words, word) != 0) {
        words++;
    }
    return *words != NULL;
}

static expected refusal(postern_outcome outcome, unsigned status, bool close)
{
    return (expected){.outcome = outcome, .status = status, .close = close, .rule = ""};
}

static expected by_rules(const char *reason, bool registered_host)
{
    static const char *const shown[] = {"ok", "untrusted-issuer", "expired", NULL};
    const bool good = strcmp(reason, "ok") == 0;
    expected e = {.outcome = POSTERN_ALLOWED, .rule = "", .ruled = true};

    e.presented = is_one_of(reason, shown);
    e.verified = good;
    if (registered_host) {
        e.rule = good ? "in" : "out";
        e.outcome = good ? POSTERN_ALLOWED : POSTERN_BLOCKED;
        e.status = good ? 0 : 403;
    }
    return e;
}

expected oracle(const cell *c)
{
    static const enum sni names[] = {SNI_A, SNI_B, SNI_PLAIN, SNIS};
    const enum sni host = names[c->host];
    const enum policy now = policy_after(c->change);
    const char *reason = reason_of(c);
    const bool required = now == REQUIRING && registered(now, host);
    expected e;

    if (policy_at_handshake(c) == REQUIRING && registered(now, c->sni) &&
        strcmp(reason, "ok") != 0) {
        return (expected){.fails = true};
    }
    if ((c->sni != host && (registered(now, c->sni) || registered(now, host))) ||
        c->host == HOST_UNKNOWN || strcmp(reason, "not-asked") == 0) {
        e = refusal(POSTERN_MISDIRECTED, 421, true);
    } else if (strcmp(reason, "revoked") == 0) {
        e = refusal(POSTERN_REVOKED, 403, required);
    } else if (required && strcmp(reason, "ok") != 0) {
        e = refusal(POSTERN_UNVERIFIED, 403, true);
    } else {
        e = by_rules(reason, registered(now, host));
    }
    e.reason = reason;
    e.resumed = shows_old_certificate(c);
    return e;
}
