/*
 * test_corpus.c - a server on OpenSSL hands over what an mbedTLS one does, the gate says
 * the same, and rules see every field as libcrypto prints it: for each certificate of the
 * corpus, in TLS 1.2 and 1.3.
 */
#define _POSIX_C_SOURCE 200809L /* dirent.h */

#include "pair.h"
#include "sheet.h"

#include "../gate/door.h" /* defines A and B, which OpenSSL's headers use */
#include "../tls/wire.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 256, NAME_BYTES = 64 };

static door d;
static pair p;
static sheet_reader reader;

static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
enum { VERSIONS = sizeof versions / sizeof versions[0] };

static void set_up(const char *policy, int version)
{
    door_open(&d, policy);
    pair_open(&p, version);
    sheet_reader_open(&reader, d.scheme);
}

static void tear_down(void)
{
    sheet_reader_close(&reader);
    pair_close(&p);
    door_close(&d);
}

static void shake(const char *sni)
{
    door_connect(&d);
    pair_shake(&p, d.connection, sni);
}

/* --- the corpus ---------------------------------------------------------------------- */

#define RULES ",'revoked':'rules'"
#define NO_CRL POLICY(MTLS(A, "ca-a", RULES), "", GUARDS, "")
#define ONE_CRL POLICY(MTLS(A, "ca-a", CRL("crl-a") RULES), "", GUARDS, "")
#define MANY_CAS                                                                        \
    "{'hostname':'" A "','ca':['corpus/ca/ca-a.pem','corpus/ca/ca-b.pem',"              \
    "'corpus/ca/ca-c.pem','corpus/ca/ca-p384.pem','corpus/ca/ca-noski.pem',"            \
    "'corpus/ca/ca-exp.pem','corpus/ca/ca-a-int.pem'],'revocation':'if-present','crl':" \
    "['corpus/crl/crl-a.pem','corpus/crl/crl-b.pem','corpus/crl/crl-a-int.pem']" RULES  \
    "}"

static const char *const policies[] = {NO_CRL, ONE_CRL,
                                       POLICY(MANY_CAS, "", GUARDS, "")};
enum { POLICIES = sizeof policies / sizeof policies[0] };

/* Names of the files of a folder of the corpus that end in `suffix`, sorted. */
static size_t list_files(const char *folder, const char *suffix,
                         char (*out)[NAME_BYTES])
{
    const char *tests = getenv("POSTERN_TESTS");
    char path[512];
    const struct dirent *entry;
    size_t count = 0;
    DIR *open;

    (void)snprintf(path, sizeof path, "%s/data/corpus/%s",
                   tests == NULL ? "tests" : tests, folder);
    open = opendir(path);
    ck_assert_ptr_nonnull(open);
    while ((entry = readdir(open)) != NULL) {
        const char *end = strstr(entry->d_name, suffix);

        if (end != NULL) {
            ck_assert_uint_lt(count, NAMES_MAX);
            (void)snprintf(out[count++], NAME_BYTES, "%.*s", (int)(end - entry->d_name),
                           entry->d_name);
        }
    }
    (void)closedir(open);
    qsort(out, count, NAME_BYTES, (int (*)(const void *, const void *))strcmp);
    return count;
}

static STACK_OF(X509) * read_cas(void)
{
    static char names[NAMES_MAX][NAME_BYTES];
    STACK_OF(X509) *cas = sk_X509_new_null();
    const size_t count = list_files("ca", ".der", names);
    char file[128];

    for (size_t i = 0; i < count; i++) {
        X509 *ca;

        (void)snprintf(file, sizeof file, "corpus/ca/%s.der", names[i]);
        ca = pair_read_der(file);
        ck_assert_msg(ca != NULL && sk_X509_push(cas, ca) > 0, "%s", file);
    }
    return cas;
}

/* The chain that belongs to a certificate, or NULL. */
static STACK_OF(X509) * read_chain(const char *name)
{
    char file[128];

    (void)snprintf(file, sizeof file, "corpus/chains/%s.pem", name);
    return pair_read_pem(file);
}

static bool mbedtls_reads(const char *folder, const char *name)
{
    mbedtls_x509_crt parsed;
    unsigned char *text;
    char path[128];
    size_t len;
    bool good;

    (void)snprintf(path, sizeof path, "%s/%s.pem", folder, name);
    text = corpus_read(path, &len);
    mbedtls_x509_crt_init(&parsed);
    good = mbedtls_x509_crt_parse(&parsed, text, len + 1) == 0;
    mbedtls_x509_crt_free(&parsed);
    free(text);
    return good;
}

/* A handshake of mbedTLS on both ends, if it can have one with that certificate.
 * @return whether `out` was filled */
static bool ask_mbedtls(const char *name, const char *chain, sheet *out)
{
    static side server;
    static side client;
    static wire w;
    bool shook;

    if (!mbedtls_reads("certs", name) ||
        (chain != NULL && !mbedtls_reads("chains", chain)) ||
        strstr(name, "ed25519") != NULL || strstr(name, "ed448") != NULL) {
        return false;
    }
    server_start(&server, NULL);
    client_start(&client, HAVE_TLS13);
    client_certificate(&client, name, name, chain);
    door_connect(&d);
    wire_open_attached(&w, &client, &server, A, d.connection);
    wire_handshake(&w, d.connection);
    shook = w.server_rc == 0;
    if (shook) {
        (void)door_ask(&d, A);
        sheet_read(&reader, d.request, out);
    }
    wire_close(&w);
    side_stop(&client);
    side_stop(&server);
    return shook;
}

/* A string type of their names OpenSSL does not read; test_facts.c has these. */
static bool is_unreadable(const char *name)
{
    return strcmp(name, "dn-badutf8") == 0 || strcmp(name, "dn-integer") == 0 ||
           strcmp(name, "dn-octet") == 0 || strcmp(name, "dn-visible") == 0;
}

typedef struct tally {
    size_t shown; /* by the client, and the handshake succeeded */
    size_t verified;
    size_t compared;   /* with an mbedTLS server */
    size_t unparsable; /* for mbedTLS, but seen all the same */
} tally;

static void check_shown(const char *name, const sheet *seen, X509 *leaf,
                        STACK_OF(X509) * sent, STACK_OF(X509) * cas, tally *sum)
{
    static sheet other;
    const postern_outcome outcome = d.verdict.outcome;
    const bool verified = sheet_is(seen, SHEET_VERIFIED, "1");

    oracle_compare(seen, leaf, sent, cas, name);
    ck_assert_msg((outcome == POSTERN_ALLOWED) == verified, "%s", name);
    sum->shown++;
    sum->verified += verified;
    sum->unparsable += !mbedtls_reads("certs", name);
    if (ask_mbedtls(name, sent == NULL ? NULL : name, &other)) {
        sheet_compare(seen, &other, 0, name);
        ck_assert_msg(d.verdict.outcome == outcome, "%s", name);
        sum->compared++;
    }
}

/* With the client's certificate NAME shown, or as much of that as OpenSSL does. */
static void check_handshake(const char *name, X509 *leaf, STACK_OF(X509) * sent,
                            STACK_OF(X509) * cas, tally *sum)
{
    static sheet seen;

    shake(A);
    (void)door_ask(&d, A);
    sheet_read(&reader, d.request, &seen);
    if (sheet_is(&seen, SHEET_PRESENTED, "1")) {
        ck_assert_msg(p.server_rc == 1, "%s", name);
        check_shown(name, &seen, leaf, sent, cas, sum);
        return;
    }
    /* More than limits.chain_certificates, or a key that OpenSSL does not sign with. */
    ck_assert_msg(sk_X509_num(sent) >= 10 || strcmp(name, "key-secp256k1") == 0, "%s",
                  name);
    ck_assert_int_ne(d.verdict.outcome, POSTERN_ALLOWED);
    ck_assert(sheet_is(&seen, SHEET_VERIFIED, "0"));
    ck_assert(sheet_is(&seen, SHEET_SUBJECT_DN, ""));
}

static void check_certificate(const char *policy, int version, const char *name,
                              STACK_OF(X509) * cas, tally *sum)
{
    STACK_OF(X509) *sent = read_chain(name);
    char file[128];
    X509 *leaf;

    (void)snprintf(file, sizeof file, "corpus/certs/%s.der", name);
    leaf = pair_read_der(file);
    set_up(policy, version);
    if (pair_certificate(&p, name, sent == NULL ? NULL : name)) {
        check_handshake(name, leaf, sent, cas, sum);
    } else {
        ck_assert_msg(is_unreadable(name), "%s", name);
    }
    tear_down();
    X509_free(leaf);
    sk_X509_pop_free(sent, X509_free);
}

START_TEST(every_certificate_is_judged_and_seen_as_with_mbedtls)
{
    static char names[NAMES_MAX][NAME_BYTES];
    const int version = versions[_i / POLICIES];
    const size_t count = list_files("certs", ".der", names);
    STACK_OF(X509) *cas = read_cas();
    tally sum = {.shown = 0};

    for (size_t i = 0; i < count; i++) {
        check_certificate(policies[_i % POLICIES], version, names[i], cas, &sum);
    }
    ck_assert_uint_eq(count, 88);
    ck_assert_uint_eq(sum.shown, 82);
    ck_assert_uint_eq(sum.shown * (SHEET_FIELDS - SHEET_FACTS), 2132); /* facts */
    ck_assert_uint_ge(sum.verified, 40);
    ck_assert_uint_ge(sum.compared, 70);
    ck_assert_uint_ge(sum.unparsable, 6);
    sk_X509_pop_free(cas, X509_free);
}
END_TEST

/* Certificates that mbedTLS does not read: all of them is seen, and none is verified but
 * perhaps the one that is good, by whoever builds its path without mbedTLS. What is seen,
 * every_certificate_... has compared. */
static const char *const foreign[] = {"key-ed25519", "key-ed448", "ext-crit",
                                      "ext-nameconstr", "dn-numeric"};
enum { FOREIGN = sizeof foreign / sizeof foreign[0] };

START_TEST(what_mbedtls_cannot_parse_is_seen)
{
    static sheet seen;
    const char *name = foreign[_i % FOREIGN];
    bool verified;

    set_up(ONE_CRL, versions[_i / FOREIGN]);
    ck_assert(!mbedtls_reads("certs", name) || strncmp(name, "key-", 4) == 0);
    ck_assert(pair_certificate(&p, name, NULL));
    shake(A);
    ck_assert_int_eq(p.server_rc, 1);
    (void)door_ask(&d, A);
    sheet_read(&reader, d.request, &seen);
    verified = sheet_is(&seen, SHEET_VERIFIED, "1");
    ck_assert(!verified || strcmp(name, "dn-numeric") == 0);
    ck_assert_int_eq(d.verdict.outcome, verified ? POSTERN_ALLOWED : POSTERN_BLOCKED);
    ck_assert(sheet_is(&seen, SHEET_PRESENTED, "1"));
    ck_assert(sheet_is(&seen, SHEET_REASON, "ok") == verified);
    ck_assert(!sheet_is(&seen, SHEET_REASON, "none"));
    for (unsigned i = SHEET_FACTS; i <= SHEET_PUBLIC_KEY_SHA256; i++) {
        const bool may_be_empty = i == SHEET_ISSUER_SERIAL ||
                                  i == SHEET_CHAIN_RFC9440 ||
                                  (i >= SHEET_SAN_DNS && i <= SHEET_SAN_IP);

        ck_assert_msg(may_be_empty || sheet_get(&seen, i).len > 0, "%s: %s", name,
                      sheet_name(i));
    }
    tear_down();
}
END_TEST

/* Malformed or changed, as far as OpenSSL reads them. */
START_TEST(what_is_damaged_is_not_verified)
{
    static char names[NAMES_MAX][NAME_BYTES];
    static sheet seen;
    const size_t count = list_files("bad", ".der", names);
    size_t shown = 0;

    for (size_t i = 0; i < count; i++) {
        char file[128];
        EVP_PKEY *key;
        X509 *leaf;

        (void)snprintf(file, sizeof file, "corpus/bad/%s.der", names[i]);
        leaf = pair_read_der(file);
        (void)snprintf(file, sizeof file, "corpus/keys/%s.key",
                       strstr(names[i], "flip") != NULL ? "ok-p256" : names[i]);
        key = pair_read_key(file);
        set_up(ONE_CRL, versions[_i]);
        if (pair_show(&p, leaf, key, NULL)) {
            shake(A);
            ck_assert_msg(p.server_rc == 1, "%s", names[i]);
            (void)door_ask(&d, A);
            sheet_read(&reader, d.request, &seen);
            ck_assert(sheet_is(&seen, SHEET_PRESENTED, "1"));
            ck_assert_msg(sheet_is(&seen, SHEET_VERIFIED, "0"), "%s", names[i]);
            shown++;
        }
        tear_down();
        EVP_PKEY_free(key);
        X509_free(leaf);
    }
    ck_assert_uint_ge(shown, 8);
}
END_TEST

/* No field of a certificate is left out here. */
START_TEST(the_sheet_has_every_field)
{
    static const char *const fields[] = {
#define FIELD(name, text, type, origin, initial, phase, doc) text,
#include "model/fields.def"
#undef FIELD
    };
    size_t count = 0;

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        bool known = false;

        if (strncmp(fields[i], "cf.tls_client_auth.", 19) != 0 &&
            strncmp(fields[i], "postern.client_cert.", 20) != 0) {
            continue;
        }
        count++;
        for (unsigned k = 0; k < SHEET_FIELDS; k++) {
            known = known || strcmp(fields[i], sheet_name(k)) == 0;
        }
        ck_assert_msg(known, "%s", fields[i]);
    }
    ck_assert_uint_eq(count, SHEET_FIELDS);
    ck_assert_uint_eq(count, 30);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("openssl-corpus");
    TCase *tc = tcase_create("openssl-corpus");

    tcase_set_timeout(tc, 240);
    tcase_add_loop_test(tc, every_certificate_is_judged_and_seen_as_with_mbedtls, 0,
                        VERSIONS * POLICIES);
    tcase_add_loop_test(tc, what_mbedtls_cannot_parse_is_seen, 0, VERSIONS * FOREIGN);
    tcase_add_loop_test(tc, what_is_damaged_is_not_verified, 0, VERSIONS);
    tcase_add_test(tc, the_sheet_has_every_field);
    suite_add_tcase(suite, tc);
    return suite;
}
