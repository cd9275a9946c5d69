/* revocation.c - CRLs of an authority: checked, kept as little as possible, compared. */
#include "certificate/der.h"
#include "certificate/loading.h"
#include "support/alloc.h"
#include "support/text.h"

enum { NOT_FOUND = -1 };

void pst_revocation_list_free(const postern_allocator *alloc, pst_revocation_list *list)
{
    pst_crl_free(alloc, &list->crl);
    pst_str_free(alloc, &list->der);
    pst_known_keys_free(&list->known, alloc);
}

/* --- who has signed it -------------------------------------------------------- */

/* Finds the anchor that signed `crl`: `*signer` is its index, or NOT_FOUND, and then
 * `*named` says whether an anchor bears the issuer's name.
 * @return OK, or why a signature could not be checked */
static postern_status find_signer(const pst_authority *authority, const pst_crl *crl,
                                  ptrdiff_t *signer, bool *named)
{
    *signer = NOT_FOUND;
    *named = false;
    for (size_t i = 0; i < authority->anchor_count; i++) {
        const pst_certificate *anchor = &authority->anchors[i].certificate;
        postern_status status;

        if (!pst_str_same(anchor->subject, crl->issuer)) {
            continue;
        }
        *named = true;
        status = pst_crl_verify(crl, authority->crypto, anchor->spki);
        if (status == POSTERN_OK) {
            *signer = (ptrdiff_t)i;
            return POSTERN_OK;
        }
        if (status != POSTERN_INVALID) {
            return status;
        }
    }
    return POSTERN_OK;
}

/* Nothing of its DER is needed any more. */
static void let_go_of_der(pst_revocation_list *list, const pst_certificate *signer)
{
    static const postern_str none = {NULL, 0};

    list->spki = signer->spki;
    list->crl.issuer = signer->subject;
    list->crl.tbs = none;
    list->crl.signature = none;
    list->crl.key_id = none;
}

/* True when the CRL may be kept; `spki` is then set when an anchor signed it. */
static bool check_signer(pst_loading *load, pst_revocation_list *list)
{
    const pst_pem_file *file = &load->crls[list->file];
    const pst_authority *authority = load->to;
    const pst_certificate *anchor;
    ptrdiff_t signer;
    bool named;
    postern_status status = find_signer(authority, &list->crl, &signer, &named);

    if (status != POSTERN_OK) {
        pst_loading_refuse(load, status == POSTERN_NO_MEMORY ? status : POSTERN_CRYPTO,
                           file, list->line,
                           "the signature of this CRL cannot be checked", NULL);
        return false;
    }
    if (signer == NOT_FOUND) {
        if (named) {
            pst_loading_refuse(load, POSTERN_INVALID, file, list->line,
                               "CRL is not signed by the CA that it names", NULL);
        }
        return !named;
    }
    anchor = &authority->anchors[signer].certificate;
    if (!pst_certificate_allows(anchor, PST_USAGE_CRL_SIGN)) {
        pst_loading_refuse(load, POSTERN_INVALID, file, list->line,
                           "CRL of a CA whose keyUsage does not allow signing CRLs",
                           NULL);
        return false;
    }
    let_go_of_der(list, anchor);
    return true;
}

/* Moves `list` to the authority, with its DER where that is needed later. */
static postern_status keep(pst_loading *load, pst_revocation_list *list,
                           postern_str *der)
{
    pst_authority *to = load->to;

    if (!pst_grow(to->alloc, (void **)&to->crls, to->crl_count, &to->crl_cap,
                  sizeof *to->crls)) {
        return pst_loading_give_up(load);
    }
    if (list->spki.len == 0) {
        list->der = *der;
        *der = (postern_str){NULL, 0};
    }
    to->crls[to->crl_count++] = *list;
    *list = (pst_revocation_list){.file = 0};
    return POSTERN_OK;
}

postern_status pst_loading_crl(pst_loading *load, size_t file, size_t line,
                               postern_str *der)
{
    const postern_allocator *alloc = load->to->alloc;
    pst_revocation_list list = {.file = file, .line = line};
    const char *why;
    postern_status status = pst_crl_parse(alloc, *der, &list.crl, &why);

    if (status == POSTERN_NO_MEMORY || status == POSTERN_LIMIT) {
        status = pst_loading_give_up(load);
    } else if (status != POSTERN_OK) {
        pst_loading_refuse(load, status, &load->crls[file], line, why, NULL);
        status = POSTERN_OK;
    } else if (load->whole && check_signer(load, &list)) {
        /* Without all of the anchors nothing fair could be said. */
        status = keep(load, &list, der);
    }
    pst_revocation_list_free(alloc, &list);
    return status;
}

postern_status pst_revocation_list_is_by(const pst_authority *authority,
                                         const pst_revocation_list *list,
                                         const pst_certificate *issuer, bool *is_by)
{
    /* Only what is known of keys is written through this, by a function for threads. */
    pst_revocation_list *shared = pst_unconst(list);
    postern_status status;

    if (list->spki.len > 0) {
        *is_by = pst_key_is_same(list->spki, issuer->spki);
        return POSTERN_OK;
    }
    if (pst_known_keys_find(&list->known, issuer->spki, is_by)) {
        return POSTERN_OK;
    }
    status = pst_crl_verify(&list->crl, authority->crypto, issuer->spki);
    if (status == POSTERN_INVALID && pst_known_keys_has_room(&list->known, false)) {
        /* A wrong "no" would let in whom the CRL lists, for good: it is asked twice. */
        status = pst_crl_verify(&list->crl, authority->crypto, issuer->spki);
    }
    *is_by = status == POSTERN_OK;
    if (status != POSTERN_OK && status != POSTERN_INVALID) {
        return status;
    }
    pst_known_keys_add(&shared->known, authority->alloc, issuer->spki, *is_by);
    return POSTERN_OK;
}

/* --- which of them count ------------------------------------------------------ */

/* As far as it can be told before a path shows the issuer: CRLs of intermediates by the
 * key identifiers that they tell, if both do. */
static bool are_of_one_key(const pst_revocation_list *list,
                           const pst_revocation_list *other)
{
    if (!pst_str_same(list->crl.issuer, other->crl.issuer) ||
        (list->spki.len > 0) != (other->spki.len > 0)) {
        return false;
    }
    if (list->spki.len > 0) {
        return pst_key_is_same(list->spki, other->spki);
    }
    return list->crl.key_id.len == 0 || other->crl.key_id.len == 0 ||
           pst_str_same(list->crl.key_id, other->crl.key_id);
}

/* True when another CRL of the same issuer is newer. */
static bool is_superseded(const pst_authority *authority,
                          const pst_revocation_list *list)
{
    for (size_t i = 0; i < authority->crl_count; i++) {
        const pst_revocation_list *other = &authority->crls[i];

        if (other->crl.this_update > list->crl.this_update &&
            are_of_one_key(other, list)) {
            return true;
        }
    }
    return false;
}

void pst_loading_drop_old_crls(pst_loading *load)
{
    pst_authority *to = load->to;
    size_t kept = 0;

    /* A dropped one leaves a newer one behind, so the order does not matter. */
    for (size_t i = 0; i < to->crl_count; i++) {
        if (to->crls[i].spki.len > 0 && is_superseded(to, &to->crls[i])) {
            pst_revocation_list_free(to->alloc, &to->crls[i]);
            to->crls[i].crl.this_update = INT64_MIN;
            to->crls[i].crl.issuer = (postern_str){NULL, 0};
        }
    }
    for (size_t i = 0; i < to->crl_count; i++) {
        if (to->crls[i].crl.issuer.len > 0) {
            to->crls[kept++] = to->crls[i];
        }
    }
    to->crl_count = kept;
}

static const char *date_problem(const pst_crl *crl, int64_t now)
{
    if (!crl->has_next_update) {
        return "CRL without nextUpdate counts as expired";
    }
    if (now < crl->this_update) {
        return "CRL is not yet valid";
    }
    return now > crl->next_update ? "CRL has expired" : NULL;
}

/* True when an anchor before number `at` has its name and key. */
static bool is_repeated(const pst_authority *authority, size_t at)
{
    const pst_certificate *anchor = &authority->anchors[at].certificate;

    for (size_t i = 0; i < at; i++) {
        const pst_certificate *other = &authority->anchors[i].certificate;

        if (pst_str_same(other->subject, anchor->subject) &&
            pst_key_is_same(other->spki, anchor->spki)) {
            return true;
        }
    }
    return false;
}

/* A CA that has got a new key, and the CRL of the old one: unless CRLs are required,
 * its certificates pass as if they had been looked up. */
static void remark_names_without_crl(pst_loading *load)
{
    const pst_authority *authority = load->to;

    for (size_t i = 0; i < authority->anchor_count; i++) {
        const pst_anchor *anchor = &authority->anchors[i];
        bool named = false;
        bool found = false;

        for (size_t k = 0; k < authority->crl_count; k++) {
            const pst_revocation_list *list = &authority->crls[k];

            if (pst_str_same(list->crl.issuer, anchor->certificate.subject)) {
                named = true;
                found = found || pst_key_is_same(list->spki, anchor->certificate.spki);
            }
        }
        if (named && !found && !is_repeated(authority, i)) {
            pst_loading_tell(
                load, POSTERN_WARNING, POSTERN_INVALID, &load->cas[anchor->file],
                anchor->line,
                "no CRL is of the key of this CA, only of its name: nobody "
                "looks its certificates up",
                "add the CRL of this key; with \"revocation\": \"require\" "
                "they are refused");
        }
    }
}

void pst_loading_remark_crls(pst_loading *load)
{
    const pst_authority *authority = load->to;

    for (size_t i = 0; i < authority->crl_count; i++) {
        const pst_revocation_list *list = &authority->crls[i];
        const pst_pem_file *file = &load->crls[list->file];
        const char *problem = date_problem(&list->crl, load->now);

        if (list->spki.len == 0) {
            pst_loading_tell(load, POSTERN_NOTE, POSTERN_OK, file, list->line,
                             "no CA of this host issued this CRL",
                             "it counts for an intermediate of that name only");
        }
        if (problem != NULL && !is_superseded(authority, list)) {
            pst_loading_tell(load, POSTERN_WARNING, POSTERN_INVALID, file, list->line,
                             problem, NULL);
        }
    }
    /* Where one of the files is bad, its CRL may be the one. */
    if (authority->revocation == PST_REVOCATION_IF_PRESENT &&
        load->status == POSTERN_OK) {
        remark_names_without_crl(load);
    }
}

/* --- against what was in force before ------------------------------------------ */

/* The newest of the CRLs of `before` that `list` is older than, or `found`. `*same` when
 * `list` itself was in force there. */
static const pst_crl *find_newer(const pst_authority *before,
                                 const pst_revocation_list *list, const pst_crl *found,
                                 bool *same)
{
    for (size_t i = 0; i < before->crl_count; i++) {
        const pst_revocation_list *old = &before->crls[i];

        if (!are_of_one_key(list, old) || is_superseded(before, old)) {
            continue;
        }
        *same = *same || pst_crl_age(&list->crl, &old->crl) == 0;
        if (pst_crl_age(&list->crl, &old->crl) < 0 &&
            (found == NULL || pst_crl_age(found, &old->crl) < 0)) {
            found = &old->crl;
        }
    }
    return found;
}

/* As openssl shows it: decimal, or hexadecimal when it is long. */
static void write_number(pst_writer *out, const pst_crl_number *number)
{
    enum { SHORT = 7 };
    int64_t value = 0;

    if (number->len <= SHORT) {
        for (size_t i = 0; i < number->len; i++) {
            value = value * 256 + number->bytes[i];
        }
        pst_write_int(out, value);
        return;
    }
    pst_write_text(out, "0x");
    for (size_t i = 0; i < number->len; i++) {
        pst_write_hex(out, number->bytes[i], true);
    }
}

static void write_part(pst_writer *out, char before, unsigned number)
{
    pst_write_byte(out, (unsigned char)before);
    pst_write_two(out, number, '0');
}

static void write_time(pst_writer *out, int64_t seconds)
{
    const pst_date date = pst_date_of(seconds);

    pst_write_int(out, date.year);
    write_part(out, '-', date.month);
    write_part(out, '-', date.day);
    write_part(out, ' ', date.hour);
    write_part(out, ':', date.minute);
    write_part(out, ':', date.second);
    pst_write_text(out, " UTC");
}

/* "number 4 of 2027-01-01 00:00:00 UTC" */
static void write_issue(pst_writer *out, const pst_crl *crl)
{
    if (crl->number.known) {
        pst_write_text(out, "number ");
        write_number(out, &crl->number);
        pst_write_byte(out, ' ');
    }
    pst_write_text(out, "of ");
    write_time(out, crl->this_update);
}

static void tell_older(pst_loading *load, const pst_revocation_list *list,
                       const pst_crl *newer)
{
    char text[256];
    pst_writer out = {text, sizeof text, 0};

    pst_write_text(&out, "CRL ");
    write_issue(&out, &list->crl);
    pst_write_text(&out, " replaces a newer one, ");
    write_issue(&out, newer);
    (void)pst_write_end(&out);
    pst_loading_tell(load, POSTERN_WARNING, POSTERN_INVALID, &load->crls[list->file],
                     list->line, text,
                     "what was revoked since then counts as good again; is it an old "
                     "file?");
}

void pst_authority_compare(const pst_authority *authority,
                           const pst_authority *const *before, size_t count,
                           const pst_pem_file *crls, postern_report *report)
{
    pst_loading load = {.report = report, .crls = crls};

    for (size_t i = 0; i < authority->crl_count; i++) {
        const pst_revocation_list *list = &authority->crls[i];
        const pst_crl *newer = NULL;
        bool same = false;

        if (is_superseded(authority, list)) {
            continue;
        }
        for (size_t k = 0; k < count; k++) {
            newer = find_newer(before[k], list, newer, &same);
        }
        if (newer != NULL && !same) {
            tell_older(&load, list, newer);
        }
    }
}
