/*
 * certificate/facts.h - every field of a client certificate as text, in the
 * formats of Cloudflare's cf.tls_client_auth.* fields.
 *
 * Works from DER alone, for certificates that are trusted and for those that are
 * not. A fact that cannot be read is empty; nothing is guessed.
 */
#ifndef PST_CERTIFICATE_FACTS_H
#define PST_CERTIFICATE_FACTS_H

#include "support/arena.h"

#include <postern/crypto.h>
#include <postern/value.h>

typedef struct pst_text_list {
    const postern_str *items;
    size_t count;
} pst_text_list;

typedef struct pst_address_list {
    const postern_address *items;
    size_t count;
} pst_address_list;

/** Formats as in the comment of each. All memory is the arena's. */
typedef struct pst_facts {
    postern_str subject_dn; /* RFC 2253: last RDN first, as OpenSSL prints it */
    postern_str issuer_dn;
    postern_str subject_dn_rfc2253; /* the same */
    postern_str issuer_dn_rfc2253;
    postern_str subject_dn_legacy; /* /C=PT/O=x, `/` and `+` in values escaped */
    postern_str issuer_dn_legacy;
    postern_str serial; /* upper-case hex, even digits, no sign padding */
    postern_str issuer_serial;
    postern_str fingerprint_sha256; /* lower-case hex */
    postern_str fingerprint_sha1;
    postern_str not_before; /* Mar  2 01:02:03 2025 GMT */
    postern_str not_after;
    postern_str ski; /* upper-case hex */
    postern_str issuer_ski;
    postern_str rfc9440; /* :base64: of the leaf, empty over 10 KiB */
    bool rfc9440_too_large;
    postern_str chain_rfc9440; /* :base64:, :base64: without the leaf; 16 KiB */
    bool chain_rfc9440_too_large;
    bool has_dates; /* the two below could be read */
    int64_t not_before_sec;
    int64_t not_after_sec;
    postern_str public_key_sha256; /* lower-case hex over SubjectPublicKeyInfo */
    pst_text_list subject_cn;      /* decoded to UTF-8 */
    pst_text_list san_dns;
    pst_text_list san_uri;
    pst_text_list san_email;
    pst_address_list san_ip;
} pst_facts;

/**
 * Computes the facts of chain[0].
 *
 * @param issuer DER of the certificate that verifiably issued the leaf, or empty.
 *               It gives issuer_serial and issuer_ski; without it issuer_serial is
 *               empty and issuer_ski the leaf's authority key identifier.
 * @return POSTERN_OK, also for a leaf that cannot be parsed (then only what is
 *         computed over its bytes is filled); POSTERN_CRYPTO; POSTERN_NO_MEMORY or
 *         POSTERN_LIMIT of the arena. On failure every fact is empty
 */
postern_status pst_facts_make(pst_arena *arena, const postern_crypto *crypto,
                              const postern_str *chain, size_t count,
                              postern_str issuer, pst_facts *out);

#endif
