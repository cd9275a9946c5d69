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

expected oracle(const cell *c)
{
    static const enum sni names[] = {SNI_A, SNI_B, SNI_PLAIN, SNIS};
    const enum sni host = names[c->host];
    const enum policy first = policy_before(c->change);
    const enum policy now = policy_after(c->change);
    const enum policy handshake = c->moment == MOMENT_REQUEST ? first : now;
    const bool resumes = c->rogue && cell_offers(c->kind);
    const bool shown_first = c->shown != SHOWN_NONE && registered(first, c->first);
    bool judged = false;
    expected e = {.rule = ""};

    /* TLS 1.2 keeps a certificate in the session; whoever sees it knows that it was not
     * shown now. Otherwise nothing is there, and nothing looks like a resumption. */
    e.resumed = resumes && c->kind != PSK_13 && shown_first;
    if (!registered(now, c->sni)) {
        e.reason = "host-not-registered";
    } else if (!registered(handshake, c->sni)) {
        e.reason = "not-asked";
    } else if (resumes) {
        e.reason = e.resumed ? "resumed" : "none";
    } else if (c->shown == SHOWN_NONE) {
        e.reason = "none";
    } else {
        e.reason = judge(c->shown, trusted(now, c->sni));
        judged = true;
    }

    if (handshake == REQUIRING && registered(handshake, c->sni) &&
        strcmp(e.reason, "ok") != 0) {
        return (expected){.fails = true};
    }
    if ((c->sni != host && (registered(now, c->sni) || registered(now, host))) ||
        c->host == HOST_UNKNOWN || strcmp(e.reason, "not-asked") == 0) {
        e.outcome = POSTERN_MISDIRECTED;
        e.status = 421;
        e.close = true;
        return e;
    }
    if (strcmp(e.reason, "revoked") == 0) {
        e.outcome = POSTERN_REVOKED;
        e.status = 403;
        e.close = now == REQUIRING; /* a handshake would not have been finished */
        return e;
    }
    if (now == REQUIRING && registered(now, host) && strcmp(e.reason, "ok") != 0) {
        e.outcome = POSTERN_UNVERIFIED;
        e.status = 403;
        e.close = true;
        return e;
    }
    e.ruled = true;
    e.presented = judged;
    e.verified = strcmp(e.reason, "ok") == 0;
    if (!registered(now, host)) {
        e.outcome = POSTERN_ALLOWED;
    } else if (e.verified) {
        e.outcome = POSTERN_ALLOWED;
        e.rule = "in";
    } else {
        e.outcome = POSTERN_BLOCKED;
        e.status = 403;
        e.rule = "out";
    }
    return e;
}
