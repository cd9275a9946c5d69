/*
 * chain.c - builds the path of a chain that anybody may have sent.
 *
 * First by names alone, which costs nothing: what cannot be an issuer and what leads
 * to no anchor is dropped, and what is left is counted. Then each certificate that is
 * needed has its signer found, once: the key under which its signature holds. Of the
 * paths that follow, one is taken whose certificates are valid now.
 */
#include "certificate/anchors.h"
#include "certificate/judge.h"
#include "support/text.h"

enum {
    LEAF = 0,
    SENT_MAX = 32,   /* different certificates that a peer may send */
    CHECKS_MAX = 12, /* signatures that these may make us check, beside the leaf's by
                      * anchors of its issuer's name: as many as there are */
    NOBODY = SENT_MAX
};

typedef enum signer_state { NOT_LOOKED_FOR, UNKNOWN, KNOWN } signer_state;

/* What the search knows of one certificate that was sent. */
typedef struct node {
    pst_certificate certificate;
    uint32_t issuers; /* bit i: sent[i] has its issuer's name */
    bool anchored;    /* an anchor has its issuer's name */
    bool leads;       /* by names, to an anchor */
    signer_state state;
    postern_str signer; /* the key under which its signature holds, when KNOWN */
    /* Of the shortest path from the leaf; self-issued certificates count last. */
    bool reached;
    bool done;
    unsigned below; /* certificates under this one that count against a path length */
    unsigned depth;
    size_t child; /* the next one towards the leaf */
} node;

typedef struct search {
    const pst_authority *authority;
    int64_t now;
    pst_purpose purpose;
    node sent[SENT_MAX];
    size_t count;
    bool broken;                   /* an issuer that was sent cannot be read */
    size_t last;                   /* the last one sent on the path that was found */
    const pst_certificate *anchor; /* its end */
} search;

/* --- by names ----------------------------------------------------------------- */

/* Copies `chain` without repetitions. @return how many there are, or 0 when they are
 * too many */
static size_t distinct(const postern_str *chain, size_t count, postern_str *out)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        size_t k = 0;

        while (k < kept && !pst_str_same(out[k], chain[i])) {
            k++;
        }
        if (k < kept) {
            continue;
        }
        if (kept == SENT_MAX) {
            return 0;
        }
        out[kept++] = chain[i];
    }
    return kept;
}

static bool is_anchor(const pst_authority *authority, postern_str certificate)
{
    for (size_t i = 0; i < authority->anchor_count; i++) {
        if (pst_str_same(authority->anchors[i].certificate.raw, certificate)) {
            return true;
        }
    }
    return false;
}

/* True when `certificate`, of which at least the names could be read, bears the name of
 * an issuer that is looked for. */
static bool is_wanted(const search *in, const pst_certificate *certificate)
{
    for (size_t i = 0; i < in->count; i++) {
        if (certificate->subject.len > 0 &&
            pst_str_same(in->sent[i].certificate.issuer, certificate->subject)) {
            return true;
        }
    }
    return false;
}

/* Keeps the leaf, and whatever else could have issued something. @return false when
 * the leaf cannot be read */
static bool read_chain(search *in, const postern_str *chain, size_t count)
{
    const char *why;

    for (size_t i = 0; i < count; i++) {
        node *to = &in->sent[in->count];

        *to = (node){.child = NOBODY};
        if (!pst_certificate_parse(chain[i], &to->certificate)) {
            if (i == LEAF) {
                return false;
            }
            in->broken = in->broken || is_wanted(in, &to->certificate);
            continue;
        }
        if (i == LEAF || (pst_issuer_is_fit(&to->certificate, &why) &&
                          pst_key_is_strong(to->certificate.spki) &&
                          !is_anchor(in->authority, chain[i]))) {
            in->count++;
        }
    }
    return true;
}

/* How well an issuer's key identifier fits: they are hints, and may be absent. */
typedef enum hint { HINT_WRONG, HINT_NONE, HINT_RIGHT } hint;

static hint hint_of(const pst_certificate *child, const pst_certificate *issuer)
{
    if (child->aki_key.len == 0 || issuer->ski.len == 0) {
        return HINT_NONE;
    }
    return pst_str_same(child->aki_key, issuer->ski) ? HINT_RIGHT : HINT_WRONG;
}

static bool names(const pst_certificate *child, const pst_certificate *issuer)
{
    return pst_str_same(child->issuer, issuer->subject);
}

/* Ties each certificate to those that may have issued it, and marks what leads to an
 * anchor. */
static void tie(search *in)
{
    bool more = true;

    for (size_t i = 0; i < in->count; i++) {
        node *child = &in->sent[i];

        for (size_t k = 1; k < in->count; k++) {
            if (k != i && names(&child->certificate, &in->sent[k].certificate)) {
                child->issuers |= UINT32_C(1) << k;
            }
        }
        for (size_t k = 0; k < in->authority->anchor_count && !child->anchored; k++) {
            child->anchored =
                names(&child->certificate, &in->authority->anchors[k].certificate);
        }
        child->leads = child->anchored;
    }
    while (more) {
        more = false;
        for (size_t i = 0; i < in->count; i++) {
            node *child = &in->sent[i];

            for (size_t k = 1; k < in->count && !child->leads; k++) {
                child->leads = (child->issuers >> k & 1U) != 0 && in->sent[k].leads;
                more = more || child->leads;
            }
        }
    }
}

/* The keys under which the signature of one certificate may hold: each once, and none
 * with a wrong identifier if another's is right. Those of the leaf's anchors are not
 * here, however many they are: find_signer() tries them first. */
typedef struct candidates {
    const postern_str *keys[CHECKS_MAX];
    size_t count;
    bool too_many;
    hint best;
} candidates;

/* True when `issuer` may have issued `child`, as far as is known yet. A right
 * identifier makes all that came before nothing. */
static bool is_candidate(candidates *all, const pst_certificate *child,
                         const pst_certificate *issuer)
{
    hint fits = hint_of(child, issuer);

    if (!names(child, issuer)) {
        return false;
    }
    if (fits == HINT_RIGHT && all->best != HINT_RIGHT) {
        *all = (candidates){.best = HINT_RIGHT};
    }
    return all->best != HINT_RIGHT || fits == HINT_RIGHT;
}

static void consider(candidates *all, const pst_certificate *child,
                     const pst_certificate *issuer)
{
    if (!is_candidate(all, child, issuer)) {
        return;
    }
    for (size_t i = 0; i < all->count; i++) {
        if (pst_str_same(*all->keys[i], issuer->spki)) {
            return;
        }
    }
    if (all->count == sizeof all->keys / sizeof *all->keys) {
        all->too_many = true;
        return;
    }
    all->keys[all->count++] = &issuer->spki;
}

/* True when the key of `anchor` is tried for the leaf. */
static bool is_tried(const search *in, hint best, const pst_certificate *anchor)
{
    const pst_certificate *leaf = &in->sent[LEAF].certificate;

    return names(leaf, anchor) &&
           (best != HINT_RIGHT || hint_of(leaf, anchor) == HINT_RIGHT);
}

/* True when the key of one of the first `count` anchors is tried, and is `key`. */
static bool is_tried_key(const search *in, hint best, size_t count, postern_str key)
{
    for (size_t i = 0; i < count; i++) {
        const pst_certificate *anchor = &in->authority->anchors[i].certificate;

        if (pst_str_same(anchor->spki, key) && is_tried(in, best, anchor)) {
            return true;
        }
    }
    return false;
}

static candidates find_candidates(const search *in, const node *child)
{
    const bool leaf = child == &in->sent[LEAF];
    candidates all = {.best = HINT_NONE};

    for (size_t i = 0; i < in->authority->anchor_count; i++) {
        const pst_certificate *anchor = &in->authority->anchors[i].certificate;

        if (leaf) {
            (void)is_candidate(&all, &child->certificate, anchor);
        } else {
            consider(&all, &child->certificate, anchor);
        }
    }
    for (size_t i = 1; i < in->count; i++) {
        if ((child->issuers >> i & 1U) != 0 && in->sent[i].leads) {
            consider(&all, &child->certificate, &in->sent[i].certificate);
        }
    }
    return all;
}

/* True when no more signatures may have to be checked than is bearable. How many
 * anchors bear the name of the leaf's issuer is for whoever chose the anchors. */
static bool is_bearable(const search *in)
{
    uint32_t met = 1U << LEAF;
    size_t checks = 0;

    for (uint32_t open = met; open != 0;) {
        size_t i = 0;

        while ((open >> i & 1U) == 0) {
            i++;
        }
        open &= ~(UINT32_C(1) << i);
        if (in->sent[i].leads) {
            candidates all = find_candidates(in, &in->sent[i]);

            checks += all.count;
            if (all.too_many || checks > CHECKS_MAX) {
                return false;
            }
            open |= in->sent[i].issuers & ~met;
            met |= in->sent[i].issuers;
        }
    }
    return true;
}

/* --- by signatures ------------------------------------------------------------ */

static postern_status check(const search *in, const pst_certificate *child,
                            postern_str key)
{
    const postern_crypto *crypto = in->authority->crypto;
    postern_signature scheme = POSTERN_SIGNATURE_ECDSA;

    switch (child->algorithm.kind) {
    case PST_SIGNATURE_REFUSED:
        return POSTERN_INVALID;
    case PST_SIGNATURE_RSA:
        scheme = POSTERN_SIGNATURE_RSA;
        break;
    case PST_SIGNATURE_RSA_PSS:
        scheme = POSTERN_SIGNATURE_RSA_PSS;
        break;
    case PST_SIGNATURE_ECDSA:
        break;
    }
    return crypto->verify(crypto->context, key, scheme, child->algorithm.digest,
                          child->tbs, child->signature);
}

/* @return OK, also when the signature does not hold under `key` */
static postern_status try_key(const search *in, node *child, const postern_str *key)
{
    postern_status status = check(in, &child->certificate, *key);

    if (status == POSTERN_OK) {
        child->state = KNOWN;
        child->signer = *key;
    }
    return status == POSTERN_INVALID ? POSTERN_OK : status;
}

static postern_status find_signer(const search *in, node *child)
{
    const bool leaf = child == &in->sent[LEAF];
    const size_t anchors = leaf ? in->authority->anchor_count : 0;
    postern_status status = POSTERN_OK;
    candidates all;

    if (child->state != NOT_LOOKED_FOR) {
        return POSTERN_OK;
    }
    all = find_candidates(in, child);
    for (size_t i = 0; i < anchors && status == POSTERN_OK && child->state != KNOWN;
         i++) {
        const pst_certificate *anchor = &in->authority->anchors[i].certificate;

        if (is_tried(in, all.best, anchor) &&
            !is_tried_key(in, all.best, i, anchor->spki)) {
            status = try_key(in, child, &anchor->spki);
        }
    }
    for (size_t i = 0; i < all.count && status == POSTERN_OK && child->state != KNOWN;
         i++) {
        status = try_key(in, child, all.keys[i]);
    }
    if (status == POSTERN_OK && child->state == NOT_LOOKED_FOR) {
        child->state = UNKNOWN;
    }
    return status;
}

/* --- the shortest path -------------------------------------------------------- */

/* Of the first path that is looked for every issuer is without fault, and the leaf's is
 * the one that the leaf names; when there is none, any path will do, so that it can be
 * said what is wrong with it: preferably one with the issuer that the leaf names. */
typedef enum demand { WITHOUT_FAULT, OF_NAMED_ISSUER, ANY } demand;

static bool is_faultless(const search *in, const pst_certificate *issuer,
                         unsigned below)
{
    return in->now >= issuer->not_before && in->now <= issuer->not_after &&
           !issuer->has_unknown_critical && !issuer->has_name_constraints &&
           pst_issuer_is_for(issuer, in->purpose) &&
           (!issuer->has_path_length || below <= issuer->path_length);
}

static bool may_follow(const search *in, const node *child,
                       const pst_certificate *issuer, unsigned below, demand wanted)
{
    if (!names(&child->certificate, issuer) ||
        (wanted != ANY && child == &in->sent[LEAF] &&
         !pst_key_id_agrees(&child->certificate, issuer))) {
        return false;
    }
    switch (wanted) {
    case WITHOUT_FAULT:
        return child->state == KNOWN && pst_str_same(child->signer, issuer->spki) &&
               is_faultless(in, issuer, below);
    case OF_NAMED_ISSUER:
    case ANY:
        /* A weak signature is not checked; the judge refuses it. */
        return child->state == KNOWN
                   ? pst_str_same(child->signer, issuer->spki)
                   : child->certificate.algorithm.kind == PST_SIGNATURE_REFUSED;
    }
    return false;
}

/* The nearest one that has been reached and not been left yet. */
static size_t nearest(const search *in)
{
    size_t best = NOBODY;

    for (size_t i = 0; i < in->count; i++) {
        const node *one = &in->sent[i];

        if (one->reached && !one->done &&
            (best == NOBODY || one->below < in->sent[best].below ||
             (one->below == in->sent[best].below &&
              one->depth < in->sent[best].depth))) {
            best = i;
        }
    }
    return best;
}

/* Goes from sent[at] to everything that may have issued it. */
static void leave(search *in, size_t at, demand wanted)
{
    const node *from = &in->sent[at];
    unsigned below = from->below;
    unsigned depth = from->depth + 1;

    below += at != LEAF && !pst_is_self_issued(&from->certificate) ? 1U : 0U;
    for (size_t i = 0; i < in->authority->anchor_count && in->anchor == NULL; i++) {
        const pst_certificate *anchor = &in->authority->anchors[i].certificate;

        if (may_follow(in, from, anchor, below, wanted)) {
            in->anchor = anchor;
            in->last = at;
        }
    }
    for (size_t i = 1; i < in->count; i++) {
        node *to = &in->sent[i];

        if (to->done || i == at ||
            !may_follow(in, from, &to->certificate, below, wanted) ||
            (to->reached &&
             (to->below < below || (to->below == below && to->depth <= depth)))) {
            continue;
        }
        to->reached = true;
        to->below = below;
        to->depth = depth;
        to->child = at;
    }
}

/* Leaves in->anchor NULL when there is no such path. */
static postern_status find_path(search *in, demand wanted)
{
    for (size_t i = 0; i < in->count; i++) {
        in->sent[i].reached = i == LEAF;
        in->sent[i].done = false;
    }
    in->anchor = NULL;
    for (size_t at = nearest(in); at != NOBODY && in->anchor == NULL;
         at = nearest(in)) {
        postern_status status;

        in->sent[at].done = true;
        status = find_signer(in, &in->sent[at]);
        if (status != POSTERN_OK) {
            return status == POSTERN_NO_MEMORY ? status : POSTERN_CRYPTO;
        }
        leave(in, at, wanted);
    }
    return POSTERN_OK;
}

/* --- the whole ---------------------------------------------------------------- */

/* @return how many steps the path has; 0: there is none */
static size_t write_path(const search *in, postern_path_step *steps)
{
    size_t count = 0;

    if (in->anchor == NULL) {
        return 0;
    }
    for (size_t at = in->last; at != NOBODY; at = in->sent[at].child) {
        count++;
    }
    steps[count] = (postern_path_step){in->anchor->raw, 0};
    for (size_t at = in->last, i = count; at != NOBODY; at = in->sent[at].child) {
        steps[--i] = (postern_path_step){in->sent[at].certificate.raw, 0};
    }
    return count + 1;
}

/* Where there is no path: is there one, by names, with a CA that was sent and dropped
 * because its key is weak? */
static bool is_weak(const search *in, const postern_str *given, size_t count)
{
    pst_certificate weak;
    const char *why;
    bool leads = false;

    for (size_t i = 1; i < count && !leads; i++) {
        if (!pst_certificate_parse(given[i], &weak) ||
            !pst_issuer_is_fit(&weak, &why) || pst_key_is_strong(weak.spki) ||
            !is_wanted(in, &weak)) {
            continue;
        }
        for (size_t k = 0; k < in->authority->anchor_count && !leads; k++) {
            leads = names(&weak, &in->authority->anchors[k].certificate);
        }
        for (size_t k = 1; k < in->count && !leads; k++) {
            leads = in->sent[k].leads && names(&weak, &in->sent[k].certificate);
        }
    }
    return leads;
}

/* Whatever there was to choose from, by its dates, bounds the judgement. */
static void bound(const search *in, const postern_str *given, size_t count,
                  pst_judgement *out)
{
    pst_certificate certificate;

    for (size_t i = 0; i < count; i++) {
        if (pst_certificate_parse(given[i], &certificate)) {
            pst_judgement_bound(out, &certificate, in->now);
        }
    }
    for (size_t i = 0; i < in->authority->anchor_count; i++) {
        pst_judgement_bound(out, &in->authority->anchors[i].certificate, in->now);
    }
}

/* Fills `steps` with the path of what was sent, if there is one. */
static postern_status build(search *in, const postern_str *given, size_t count,
                            postern_path_step *steps, size_t *step_count)
{
    postern_status status;

    *step_count = 0;
    if (count == 0 || !read_chain(in, given, count)) {
        return POSTERN_OK;
    }
    if (is_anchor(in->authority, given[LEAF])) {
        steps[(*step_count)++] = (postern_path_step){given[LEAF], 0};
        return POSTERN_OK;
    }
    tie(in);
    if (!is_bearable(in)) {
        return POSTERN_OK;
    }
    status = find_path(in, WITHOUT_FAULT);
    if (status == POSTERN_OK && in->anchor == NULL) {
        status = find_path(in, OF_NAMED_ISSUER);
    }
    if (status == POSTERN_OK && in->anchor == NULL) {
        status = find_path(in, ANY);
    }
    if (status == POSTERN_OK) {
        *step_count = write_path(in, steps);
    }
    return status;
}

postern_status pst_judge_chain(const pst_authority *authority, const postern_str *chain,
                               size_t count, int64_t now,
                               const pst_expectation *expected, pst_judgement *out)
{
    search in = {.authority = authority, .now = now};
    postern_str given[SENT_MAX];
    postern_path_step steps[SENT_MAX + 1];
    size_t step_count;
    postern_status status;
    bool weak;

    *out = (pst_judgement){.reason = PST_REASON_NOT_EVALUATED};
    if (count == 0) {
        return pst_judge(authority, NULL, 0, now, expected, out);
    }
    in.purpose = expected == NULL ? PST_PURPOSE_CLIENT : expected->purpose;
    count = distinct(chain, count, given);
    status = build(&in, given, count, steps, &step_count);
    if (status != POSTERN_OK) {
        return status;
    }
    weak = step_count == 0 && is_weak(&in, given, count);
    if (step_count == 0) {
        /* No path: still tell a leaf that nobody can read, or whose issuer nobody
         * can, from one that nobody vouches for. */
        steps[step_count++] =
            (postern_path_step){chain[LEAF], in.broken ? POSTERN_OBJECTION_UNTRUSTED |
                                                             POSTERN_OBJECTION_OTHER
                                                       : POSTERN_OBJECTION_UNTRUSTED};
    }
    status = pst_judge(authority, steps, step_count, now, expected, out);
    if (status == POSTERN_OK && weak && out->reason == PST_REASON_UNTRUSTED_ISSUER) {
        out->reason =
            PST_REASON_WEAK_KEY; /* as of a path with it; refused all the same */
    }
    if (status == POSTERN_OK) {
        bound(&in, given, count, out);
    }
    return status;
}
