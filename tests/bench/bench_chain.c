/*
 * bench_chain.c - what the dearest chains cost that a peer may send: certificates of
 * one name, each with another key, of which all could have issued each other.
 *
 * Prints the milliseconds of mbedTLS's own path building beside those of the judge,
 * with the signatures that it checked.
 */
#include "../harness/corpus.h"
#include "../harness/forge.h"
#include "../harness/harness.h"
#include "certificate/judge.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ecp.h>
#include <mbedtls/entropy.h>
#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <mbedtls/version.h>
#include <postern/mbedtls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NOW = 1800000000, CROWD_MAX = 256, RSA_BYTES = 1024 };

static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context random_bytes;

static void must(bool good)
{
    ck_assert(good);
}

/* --- keys --------------------------------------------------------------------------- */

static size_t sign(const forge_key *key, postern_str data, unsigned char *out)
{
    unsigned char hash[32];
    size_t len = 0;

    must(mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256),
                    (const unsigned char *)data.data, data.len, hash) == 0);
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
    must(mbedtls_pk_sign(key->user, MBEDTLS_MD_SHA256, hash, sizeof hash, out,
                         FORGE_SIGNATURE_BYTES, &len, mbedtls_ctr_drbg_random,
                         &random_bytes) == 0);
#else
    must(mbedtls_pk_sign(key->user, MBEDTLS_MD_SHA256, hash, sizeof hash, out, &len,
                         mbedtls_ctr_drbg_random, &random_bytes) == 0);
#endif
    return len;
}

static forge_key make_key(mbedtls_ecp_group_id curve)
{
    forge_key key = {.sign = sign};
    mbedtls_pk_context *pair = malloc(sizeof *pair);
    int len;

    must(pair != NULL);
    mbedtls_pk_init(pair);
    must(mbedtls_pk_setup(pair, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)) == 0 &&
         mbedtls_ecp_gen_key(curve, mbedtls_pk_ec(*pair), mbedtls_ctr_drbg_random,
                             &random_bytes) == 0);
    len = mbedtls_pk_write_pubkey_der(pair, key.spki, sizeof key.spki);
    must(len > 0);
    key.len = (size_t)len;
    memmove(key.spki, key.spki + sizeof key.spki - key.len, key.len);
    key.user = pair;
    return key;
}

static void free_key(forge_key *key)
{
    mbedtls_pk_free(key->user);
    free(key->user);
}

/* --- the crowd ---------------------------------------------------------------------- */

static postern_str crowd[CROWD_MAX + 1];
static size_t crowd_count;
static forge_key keys[CROWD_MAX];

/* A leaf and `count` certificates of the anchor's name, or as many as fit `bytes`. */
static void gather(mbedtls_ecp_group_id curve, size_t count, size_t bytes,
                   const forge_key *anchor)
{
    size_t total;
    size_t made = 0;

    keys[made++] = make_key(curve);
    crowd[0] = forge(&(forge_spec){.subject = "leaf",
                                   .issuer = "root",
                                   .key = anchor,
                                   .signer = &keys[0],
                                   .leaf = true});
    total = crowd[0].len + 3;
    crowd_count = 1;
    while (crowd_count <= count && made < CROWD_MAX) {
        keys[made] = make_key(curve);
        crowd[crowd_count] = forge(&(forge_spec){.subject = "root",
                                                 .issuer = "root",
                                                 .key = &keys[made],
                                                 .signer = &keys[0],
                                                 .to = 2026,
                                                 .serial = (unsigned)made});
        total += crowd[crowd_count].len + 3;
        made++;
        if (total > bytes) {
            break;
        }
        crowd_count++;
    }
    /* The one that has signed all of them comes last. */
    crowd[crowd_count - 1] = forge(&(forge_spec){.subject = "root",
                                                 .issuer = "root",
                                                 .key = &keys[0],
                                                 .signer = &keys[0],
                                                 .to = 2026});
    for (size_t i = 0; i < made; i++) {
        free_key(&keys[i]);
    }
}

/* The dearest that is looked at: some with one key, one with another. */
static void gather_few(mbedtls_ecp_group_id curve, const forge_key *anchor)
{
    forge_key good = make_key(curve);
    forge_key other = make_key(curve);
    forge_spec spec = {.subject = "leaf",
                       .issuer = "root",
                       .key = anchor,
                       .signer = &good,
                       .leaf = true};

    crowd[0] = forge(&spec);
    spec = (forge_spec){.subject = "root",
                        .issuer = "root",
                        .key = &other,
                        .signer = &good,
                        .to = 2026};
    crowd[1] = forge(&spec);
    spec.key = &good;
    for (crowd_count = 2; crowd_count < 4; crowd_count++) {
        spec.serial = (unsigned)crowd_count;
        crowd[crowd_count] = forge(&spec);
    }
    free_key(&good);
    free_key(&other);
}

static bool ignore(void *user, unsigned depth, const postern_path_step *step)
{
    (void)user;
    (void)depth;
    (void)step;
    return true;
}

/* Of the processor, whatever else the machine does. */
static double milliseconds_since(clock_t start)
{
    return (double)(clock() - start) * 1000 / CLOCKS_PER_SEC;
}

static unsigned checks;

static postern_status count_verify(void *context, postern_str spki,
                                   postern_signature scheme, postern_digest digest,
                                   postern_str data, postern_str signature)
{
    checks++;
    return postern_mbedtls_crypto()->verify(context, spki, scheme, digest, data,
                                            signature);
}

static void measure(const char *name, const pst_authority *authority)
{
    const postern_crypto *crypto = postern_mbedtls_crypto();
    pst_judgement got;
    clock_t start = clock();
    double theirs;
    double ours;

    (void)crypto->trust_verify(crypto->context, pst_authority_trust(authority), crowd,
                               crowd_count, ignore, NULL);
    theirs = milliseconds_since(start);
    checks = 0;
    start = clock();
    must(pst_judge_chain(authority, crowd, crowd_count, NOW, NULL, &got) == POSTERN_OK);
    ours = milliseconds_since(start);
    (void)printf("%-28s %4zu certificates  mbedTLS %8.1f ms  judge %7.2f ms  %3u "
                 "checks  %s\n",
                 name, crowd_count, theirs, ours, checks,
                 pst_reason_text(got.reason).data);
}

/* Inside a test, since the harness fails in its way. */
START_TEST(chains)
{
    static const struct {
        const char *name;
        mbedtls_ecp_group_id curve;
    } curves[] = {
        {"brainpoolP512r1", MBEDTLS_ECP_DP_BP512R1  },
        {"P-521",           MBEDTLS_ECP_DP_SECP521R1},
        {"P-256",           MBEDTLS_ECP_DP_SECP256R1},
    };
    static const struct {
        const char *name;
        size_t count;
        size_t bytes;
    } sizes[] = {
        {"16 KiB", CROWD_MAX, 16384},
        {"64 KiB", CROWD_MAX, 65536},
        {"31",     31,        65536},
        {"3",      3,         65536},
    };
    postern_crypto table = *postern_mbedtls_crypto();
    pst_authority *authority;
    forge_key anchor;
    pst_pem_file file;
    char name[64];

    table.verify = count_verify;
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&random_bytes);
    must(mbedtls_ctr_drbg_seed(&random_bytes, mbedtls_entropy_func, &entropy, NULL,
                               0) == 0);
    anchor = make_key(MBEDTLS_ECP_DP_SECP256R1);
    file = forge_file(forge(&(forge_spec){
        .subject = "root", .issuer = "root", .key = &anchor, .signer = &anchor}));
    must(pst_authority_new(NULL, &table, &file, 1, NULL, 0, PST_REVOCATION_OFF, NOW,
                           &authority, NULL) == POSTERN_OK);
    for (size_t c = 0; c < sizeof curves / sizeof *curves; c++) {
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            gather(curves[c].curve, sizes[s].count, sizes[s].bytes, &anchor);
            (void)snprintf(name, sizeof name, "%s, %s", curves[c].name, sizes[s].name);
            measure(name, authority);
        }
        gather_few(curves[c].curve, &anchor);
        (void)snprintf(name, sizeof name, "%s, few", curves[c].name);
        measure(name, authority);
    }
    pst_authority_free(authority);
    free_key(&anchor);
    corpus_free();
    mbedtls_ctr_drbg_free(&random_bytes);
    mbedtls_entropy_free(&entropy);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("chain cost");
    TCase *cost = tcase_create("cost");

    tcase_set_timeout(cost, 600);
    tcase_add_test(cost, chains);
    suite_add_tcase(suite, cost);
    return suite;
}
