/*
 * judge.c - collects every problem of a path as a set and tells the gravest.
 *
 * A problem is added wherever one is seen and never taken back, so that forgetting
 * an early return cannot let anybody in.
 */
#include "certificate/judge.h"

#include "certificate/anchors.h"
#include "certificate/der.h"
#include "certificate/strict.h"
#include "support/text.h"

enum { LEAF = 0 };

static const postern_str words[] = {
#define REASON(name, word) POSTERN_STR(word),
#include "certificate/reason.def"
#undef REASON
};

postern_str pst_reason_text(pst_reason reason)
{
    return words[reason];
}

/* Problems are bits, 1 << reason. */
#define PROBLEM(name) (1U << (unsigned)PST_REASON_##name)

/* With one of these it is not known who issued the leaf. */
#define DOUBTFUL_ISSUER                                                         \
    (PROBLEM(MALFORMED) | PROBLEM(UNTRUSTED_ISSUER) | PROBLEM(WEAK_SIGNATURE) | \
     PROBLEM(WEAK_KEY))

/* The time in which nothing changes. */
typedef struct window {
    int64_t from;
    int64_t until;
} window;

static const window always = {INT64_MIN, INT64_MAX};

typedef struct trial {
    const pst_authority *authority;
    const pst_expectation *expected;
    pst_certificate certificates[PST_PATH_MAX]; /* the anchor's from the authority */
    size_t count;
    int64_t now;
    uint32_t problems;
    window holds;
} trial;

bool pst_purpose_is_listed(const pst_certificate *certificate, pst_purpose purpose)
{
    switch (purpose) {
    case PST_PURPOSE_CLIENT:
        return certificate->usage_client;
    case PST_PURPOSE_SERVER:
        return certificate->usage_server;
    }
    return false;
}

bool pst_issuer_is_for(const pst_certificate *issuer, pst_purpose purpose)
{
    return !issuer->has_extended_usage || issuer->usage_any ||
           pst_purpose_is_listed(issuer, purpose);
}

static const pst_expectation a_client = {.purpose = PST_PURPOSE_CLIENT};

static void add(trial *on, uint32_t problem)
{
    on->problems |= problem;
}

/* Something begins at `moment`: the window must not reach across it. */
static void cross(window *holds, int64_t now, int64_t moment)
{
    if (moment <= now) {
        holds->from = moment > holds->from ? moment : holds->from;
    } else {
        holds->until = moment < holds->until ? moment : holds->until;
    }
}

static void cross_validity(window *holds, int64_t now,
                           const pst_certificate *certificate)
{
    cross(holds, now, certificate->not_before);
    cross(holds, now, certificate->not_after + 1);
}

static bool is_valid_at(const pst_certificate *certificate, int64_t now)
{
    return now >= certificate->not_before && now <= certificate->not_after;
}

/* True when `names` has a directoryName that is `name`. */
static bool names_directory(postern_str names, postern_str name)
{
    pst_tlv one;

    while (pst_der_next(&names, &one)) {
        if (one.tag == PST_ALT_DIRECTORY && pst_str_same(one.value, name)) {
            return true;
        }
    }
    return false;
}

bool pst_key_id_agrees(const pst_certificate *certificate,
                       const pst_certificate *issuer)
{
    return (certificate->aki_key.len == 0 || issuer->ski.len == 0 ||
            pst_str_same(certificate->aki_key, issuer->ski)) &&
           (certificate->aki_issuer.len == 0 ||
            names_directory(certificate->aki_issuer, issuer->issuer)) &&
           (certificate->aki_serial.len == 0 ||
            pst_str_same(certificate->aki_serial, issuer->serial));
}

/* --- the path ----------------------------------------------------------------- */

/* What the TLS library saw. A bit nobody knows is a problem too. */
static void judge_objections(trial *on, uint32_t objections)
{
    const uint32_t known = POSTERN_OBJECTION_UNTRUSTED |
                           POSTERN_OBJECTION_WEAK_SIGNATURE |
                           POSTERN_OBJECTION_WEAK_KEY;

    if ((objections & POSTERN_OBJECTION_UNTRUSTED) != 0) {
        add(on, PROBLEM(UNTRUSTED_ISSUER));
    }
    if ((objections & POSTERN_OBJECTION_WEAK_SIGNATURE) != 0) {
        add(on, PROBLEM(WEAK_SIGNATURE));
    }
    if ((objections & POSTERN_OBJECTION_WEAK_KEY) != 0) {
        add(on, PROBLEM(WEAK_KEY));
    }
    if ((objections & ~known) != 0) {
        add(on, PROBLEM(MALFORMED));
    }
}

/*
 * The anchor that the last certificate is: itself, or one with the same name and key.
 * The latter may differ in everything else, and nobody has checked who signed it:
 * therefore the authority's own certificate is what counts from here on. Of several (a
 * root that was renewed) the one that the leaf names, if it was issued by them; then
 * one that is valid now; then the very same.
 */
static const pst_certificate *find_anchor(trial *on)
{
    const pst_certificate *last = &on->certificates[on->count - 1];
    const pst_certificate *leaf =
        on->count == LEAF + 2 ? &on->certificates[LEAF] : NULL;
    const pst_certificate *found = NULL;
    unsigned best = 0;

    for (size_t i = 0; i < on->authority->anchor_count; i++) {
        const pst_certificate *anchor = &on->authority->anchors[i].certificate;
        unsigned fits = 0;

        if (!pst_str_same(anchor->subject, last->subject) ||
            !pst_str_same(anchor->spki, last->spki)) {
            continue;
        }
        cross_validity(&on->holds, on->now, anchor);
        fits += leaf == NULL || pst_key_id_agrees(leaf, anchor) ? 4U : 0U;
        fits += is_valid_at(anchor, on->now) ? 2U : 0U;
        fits += pst_str_same(anchor->raw, last->raw) ? 1U : 0U;
        if (found == NULL || fits > best) {
            found = anchor;
            best = fits;
        }
    }
    return found;
}

/* Parses the path and ties it together. @return false when it is not worth going on */
static bool read_path(trial *on, const postern_path_step *path, size_t count)
{
    const pst_certificate *anchor;

    if (count == 0 || count > PST_PATH_MAX) {
        add(on, PROBLEM(UNTRUSTED_ISSUER));
        return false;
    }
    on->count = count;
    for (size_t i = 0; i < count; i++) {
        judge_objections(on, path[i].objections);
        if (!pst_certificate_parse(path[i].certificate, &on->certificates[i])) {
            add(on, PROBLEM(MALFORMED));
            return false;
        }
    }
    for (size_t i = 0; i + 1 < count; i++) {
        if (!pst_str_same(on->certificates[i].issuer,
                          on->certificates[i + 1].subject)) {
            add(on, PROBLEM(UNTRUSTED_ISSUER));
        }
    }
    anchor = find_anchor(on);
    if (anchor == NULL) {
        add(on, PROBLEM(UNTRUSTED_ISSUER));
    } else {
        on->certificates[count - 1] = *anchor;
    }
    return true;
}

/* --- one certificate ---------------------------------------------------------- */

/* What holds for leaves and CAs alike. */
static void judge_certificate(trial *on, size_t depth)
{
    const pst_certificate *certificate = &on->certificates[depth];

    if (certificate->has_unknown_critical) {
        add(on, PROBLEM(MALFORMED));
    }
    if (certificate->has_name_constraints) {
        add(on, PROBLEM(NAME_CONSTRAINTS));
    }
    if (!pst_key_is_strong(certificate->spki)) {
        add(on, PROBLEM(WEAK_KEY));
    }
    /* Nothing rests on the signature of the anchor. */
    if (depth + 1 < on->count && certificate->algorithm.kind == PST_SIGNATURE_REFUSED) {
        add(on, PROBLEM(WEAK_SIGNATURE));
    }
    cross_validity(&on->holds, on->now, certificate);
    if (on->now < certificate->not_before) {
        add(on, PROBLEM(NOT_YET_VALID));
    }
    if (on->now > certificate->not_after) {
        add(on, PROBLEM(EXPIRED));
    }
}

/* More than this library needs: see strict.h. */
static void judge_strictly(trial *on, size_t depth)
{
    const pst_certificate *certificate = &on->certificates[depth];
    pst_place place = depth == LEAF            ? PST_PLACE_LEAF
                      : depth + 1 == on->count ? PST_PLACE_ANCHOR
                                               : PST_PLACE_MIDDLE;

    if (!pst_is_strict(certificate, place) ||
        (depth == LEAF && on->expected->purpose == PST_PURPOSE_SERVER &&
         !pst_common_names_agree(certificate))) {
        add(on, PROBLEM(MALFORMED));
    }
}

/* RFC 5280 section 5.2.3: a CRL of nobody knows what age is as good as none. */
static void judge_crls_strictly(trial *on)
{
    for (size_t i = 0; i < on->authority->crl_count; i++) {
        const pst_crl *crl = &on->authority->crls[i].crl;

        for (size_t depth = 1; depth < on->count && !crl->number.known; depth++) {
            if (pst_str_same(crl->issuer, on->certificates[depth].subject)) {
                add(on, PROBLEM(CRL_MISSING));
            }
        }
    }
}

/* A CA, or what could pass for one, is no client: its key signs certificates. */
static void judge_leaf(trial *on)
{
    const pst_certificate *leaf = &on->certificates[LEAF];
    const pst_expectation *expected = on->expected;
    bool may_sign = leaf->has_key_usage && (leaf->key_usage & PST_USAGE_CERT_SIGN) != 0;

    if (leaf->version != 3 || leaf->is_ca || may_sign ||
        !pst_certificate_allows(leaf, PST_USAGE_DIGITAL_SIGNATURE) ||
        (leaf->has_extended_usage && !pst_purpose_is_listed(leaf, expected->purpose))) {
        add(on, PROBLEM(WRONG_USAGE));
    }
    if (expected->peer != NULL && !pst_peer_is(leaf, expected->peer)) {
        add(on, PROBLEM(WRONG_USAGE));
    }
}

/* `below` is how many certificates there are under this one that are neither the leaf
 * nor self-issued: those do not count (RFC 5280 section 6.1.4 (l)). */
static void judge_parent(trial *on, size_t depth, unsigned below)
{
    const pst_certificate *parent = &on->certificates[depth];
    const pst_expectation *expected = on->expected;
    const char *why;

    if (!pst_issuer_is_fit(parent, &why) ||
        (parent->has_path_length && below > parent->path_length) ||
        (expected->has_depth && below > expected->depth)) {
        add(on, PROBLEM(UNTRUSTED_ISSUER));
    }
    if (!pst_issuer_is_for(parent, expected->purpose)) {
        add(on, PROBLEM(WRONG_USAGE));
    }
}

/* What the leaf says of its issuer's key must be true, or a rule that pins an issuer
 * by it would let in what another trusted CA has made up. */
static void judge_key_id(trial *on)
{
    if (!pst_key_id_agrees(&on->certificates[LEAF], &on->certificates[LEAF + 1])) {
        add(on, PROBLEM(KEY_ID_MISMATCH));
    }
}

static void judge_certificates(trial *on)
{
    unsigned below = 0;

    for (size_t depth = 0; depth < on->count; depth++) {
        const pst_certificate *certificate = &on->certificates[depth];

        judge_certificate(on, depth);
        if (on->expected->strict) {
            judge_strictly(on, depth);
        }
        if (depth == LEAF) {
            judge_leaf(on);
            continue;
        }
        judge_parent(on, depth, below);
        below += pst_is_self_issued(certificate) ? 0U : 1U;
    }
    if (on->count > 1) {
        judge_key_id(on);
    }
}

/* --- revocation --------------------------------------------------------------- */

/* What the newest CRLs of one issuer key say of one certificate. */
typedef struct answer {
    bool found;
    bool stale;
    bool revoked;
    int64_t this_update;
    window holds;
} answer;

/* Adds what a list says. A newer one replaces what was known; two of the same second
 * both count, whatever their numbers: a serial in either is revoked. */
static void hear(answer *known, const pst_crl *crl, postern_str serial, int64_t now)
{
    if (!known->found || crl->this_update > known->this_update) {
        *known =
            (answer){.found = true, .this_update = crl->this_update, .holds = always};
    }
    known->stale = known->stale || !pst_crl_is_fresh(crl, now);
    known->revoked = known->revoked || pst_crl_lists(crl, serial);
    cross(&known->holds, now, crl->this_update);
    if (crl->has_next_update) {
        cross(&known->holds, now, crl->next_update + 1);
    }
}

static postern_status ask_crls(const trial *on, const pst_certificate *certificate,
                               const pst_certificate *issuer, answer *out)
{
    *out = (answer){.holds = always};
    for (size_t i = 0; i < on->authority->crl_count; i++) {
        const pst_revocation_list *list = &on->authority->crls[i];
        postern_status status;
        bool applies;

        if (!pst_str_same(list->crl.issuer, issuer->subject) ||
            (out->found && list->crl.this_update < out->this_update)) {
            continue;
        }
        status = pst_revocation_list_is_by(on->authority, list, issuer, &applies);
        if (status != POSTERN_OK) {
            return status;
        }
        if (applies) {
            hear(out, &list->crl, certificate->serial, on->now);
        }
    }
    return POSTERN_OK;
}

/* Every certificate but the anchor. */
static postern_status judge_revocation(trial *on)
{
    for (size_t depth = 0; depth + 1 < on->count; depth++) {
        const pst_certificate *issuer = &on->certificates[depth + 1];
        answer known;
        postern_status status = ask_crls(on, &on->certificates[depth], issuer, &known);

        if (status != POSTERN_OK) {
            return status == POSTERN_NO_MEMORY ? status : POSTERN_CRYPTO;
        }
        if (!known.found) {
            if (on->authority->revocation == PST_REVOCATION_REQUIRE) {
                add(on, PROBLEM(CRL_MISSING));
            }
            continue;
        }
        cross(&on->holds, on->now, known.holds.from);
        cross(&on->holds, on->now, known.holds.until);
        /* A CRL that its signer may not sign is as good as none, and no reason to
         * let anybody pass. */
        if (!pst_certificate_allows(issuer, PST_USAGE_CRL_SIGN)) {
            add(on, PROBLEM(CRL_MISSING));
        }
        if (known.stale) {
            add(on, PROBLEM(CRL_EXPIRED));
        }
        if (known.revoked) {
            add(on, PROBLEM(REVOKED));
        }
    }
    return POSTERN_OK;
}

/* --- the whole ---------------------------------------------------------------- */

static pst_reason gravest(uint32_t problems)
{
    for (unsigned reason = 0; reason < PST_REASON_OK; reason++) {
        if ((problems & 1U << reason) != 0) {
            return (pst_reason)reason;
        }
    }
    return PST_REASON_OK;
}

void pst_judgement_bound(pst_judgement *judgement, const pst_certificate *certificate,
                         int64_t now)
{
    window holds = {judgement->from, judgement->until};

    cross_validity(&holds, now, certificate);
    judgement->from = holds.from;
    judgement->until = holds.until;
}

postern_status pst_judge(const pst_authority *authority, const postern_path_step *path,
                         size_t count, int64_t now, const pst_expectation *expected,
                         pst_judgement *out)
{
    trial on = {.authority = authority, .now = now, .holds = always};
    postern_status status;

    *out = (pst_judgement){.reason = PST_REASON_NOT_EVALUATED};
    on.expected = expected == NULL ? &a_client : expected;
    if (read_path(&on, path, count)) {
        judge_certificates(&on);
        if (on.expected->strict && authority->revocation != PST_REVOCATION_OFF) {
            judge_crls_strictly(&on);
        }
        /* Graver problems stay whatever a CRL says, and without them every issuer's
         * key is known to be good. */
        if (on.problems == 0 && authority->revocation != PST_REVOCATION_OFF) {
            status = judge_revocation(&on);
            if (status != POSTERN_OK) {
                return status;
            }
        }
        if (count > 1 && (on.problems & DOUBTFUL_ISSUER) == 0) {
            out->has_issuer = true;
            out->issuer = on.certificates[LEAF + 1].raw;
        }
    }
    out->reason = gravest(on.problems);
    out->revoked = on.problems == PROBLEM(REVOKED);
    out->verified = on.problems == 0 || out->revoked;
    out->from = on.holds.from;
    out->until = on.holds.until;
    return POSTERN_OK;
}
