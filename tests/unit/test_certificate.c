/* test_certificate.c - every fact of every certificate of the corpus. */
#include "../harness/corpus.h"
#include "../harness/harness.h"
#include "../harness/path.h"
#include "support/base64.h"
#include "certificate/certificate.h"
#include "certificate/facts.h"
#include "certificate/name.h"
#include "support/alloc.h"

#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS = 26, ARENA_LIMIT = 1 << 22 };

static const char hex_digits[] = "0123456789abcdef";

#define ck_text_eq(actual, expected) check_text(actual, expected, #actual, __LINE__)

static void check_text(postern_str actual, postern_str expected, const char *what,
                       int line)
{
    ck_assert_msg(pst_str_same(actual, expected), "line %d: %s: '%.*s' is not '%.*s'",
                  line, what, (int)actual.len, actual.data, (int)expected.len,
                  expected.data);
}

/* An exactly-sized copy, so that a sanitizer sees one byte too far. */
static postern_str exactly(const void *data, size_t len, char **owner)
{
    *owner = malloc(len > 0 ? len : 1);
    ck_assert_ptr_nonnull(*owner);
    memcpy(*owner, data, len);
    return (postern_str){*owner, len};
}

/* --- certificate.h, name.h ---------------------------------------------------- */

static const struct {
    const char *file;
    bool parses;
} shapes[] = {
    {"corpus/bad/bad-point.der",         true }, /* the key is judged elsewhere */
    {"corpus/bad/bad-time.der",          false},
    {"corpus/bad/bc-bool-trail.der",     false},
    {"corpus/bad/bc-false-explicit.der", true },
    {"corpus/bad/bc-int-as-bool.der",    false},
    {"corpus/bad/bc-neg-pathlen.der",    false},
    {"corpus/bad/bc-pathlen-only.der",   false},
    {"corpus/bad/bc-true-01.der",        false},
    {"corpus/bad/dup-ext.der",           false},
    {"corpus/bad/empty.der",             false},
    {"corpus/bad/indef-len.der",         false},
    {"corpus/bad/seqlen-big.der",        false},
    {"corpus/bad/sig-flip.der",          true },
    {"corpus/bad/tbs-flip.der",          true },
    {"corpus/bad/trailing.der",          false},
    {"corpus/bad/truncated.der",         false},
    {"corpus/bad/version-4.der",         false},
    {"extra/leaf-v1.der",                true },
};

START_TEST(malformed_certificates_do_not_parse)
{
    pst_certificate certificate;
    postern_str der = corpus_read(shapes[_i].file);

    ck_assert_msg(pst_certificate_parse(der, &certificate) == shapes[_i].parses, "%s",
                  shapes[_i].file);
    corpus_free();
}
END_TEST

START_TEST(every_cut_is_malformed)
{
    postern_str whole = corpus_read("corpus/certs/san-all.der");
    pst_certificate certificate;

    ck_assert(pst_certificate_parse(whole, &certificate));
    for (size_t len = 0; len < whole.len; len++) {
        char *owner;
        postern_str cut = exactly(whole.data, len, &owner);

        ck_assert(!pst_certificate_parse(cut, &certificate));
        free(owner);
    }
    corpus_free();
}
END_TEST

/* Wraps one attribute in its sequence, set and name. Short ones only. */
static postern_str make_name(const char *attribute, size_t len, char *buf)
{
    const char heads[6] = {0x30, (char)(len + 4), 0x31, (char)(len + 2),
                           0x30, (char)len};

    memcpy(buf, heads, sizeof heads);
    memcpy(buf + sizeof heads, attribute, len);
    return (postern_str){buf, sizeof heads + len};
}

#define NAME_ROW(attribute, dn, cn)              \
    {                                            \
        attribute, sizeof(attribute) - 1, dn, cn \
    }

static const struct {
    const char *attribute;
    size_t len;
    const char *dn; /* NULL: malformed */
    const char *cn; /* NULL: none */
} names[] = {
    NAME_ROW("\x06\x03\x55\x04\x03\x0c\x01x", "CN=x", "x"),
    NAME_ROW("\x06\x03\x55\x04\x03\x0c\x02\xc3\xa9", "CN=\\C3\\A9", "\xc3\xa9"),
    NAME_ROW("\x06\x03\x55\x04\x03\x14\x01\xe9", "CN=\\C3\\A9", "\xc3\xa9"),
    NAME_ROW("\x06\x03\x55\x04\x03\x0c\x02#x", "CN=\\#x", "#x"),
    NAME_ROW("\x06\x03\x55\x04\x03\x0c\x01#", "CN=#", "#"), /* as OpenSSL */
    NAME_ROW("\x06\x03\x55\x04\x03\x0c\x01 ", "CN=\\ ", " "),
    NAME_ROW("\x06\x03\x55\x04\x03\x0c\x03 # ", "CN=\\ #\\ ", " # "),
    /* Not UTF-8: shown byte by byte, and no common name. */
    NAME_ROW("\x06\x03\x55\x04\x03\x0c\x02\xc3x", "CN=\\C3x", NULL),
    NAME_ROW("\x06\x03\x55\x04\x03\x0c\x02\xc0\x80", "CN=\\C0\\80", NULL),
    NAME_ROW("\x06\x03\x55\x04\x03\x0c\x03\xed\xa0\x80", "CN=\\ED\\A0\\80", NULL),
    NAME_ROW("\x06\x03\x55\x04\x03\x0c\x04\xf4\x90\x80\x80", "CN=\\F4\\90\\80\\80",
             NULL),
    NAME_ROW("\x06\x03\x55\x04\x03\x0c\x04\xf0\x9f\x98\x80", "CN=\\F0\\9F\\98\\80",
             "\xf0\x9f\x98\x80"),
    /* Half a character, a surrogate, beyond Unicode: the DER is shown. */
    NAME_ROW("\x06\x03\x55\x04\x03\x1e\x01x", "CN=#1E0178", NULL),
    NAME_ROW("\x06\x03\x55\x04\x03\x1e\x02\xd8\x00", "CN=#1E02D800", NULL),
    NAME_ROW("\x06\x03\x55\x04\x03\x1c\x04\x00\x11\x00\x00", "CN=#1C0400110000", NULL),
    NAME_ROW("\x06\x03\x55\x04\x03\x04\x01x", "CN=#040178", NULL),
    /* Types without a name: dotted, of any size up to a UUID; values as DER. */
    NAME_ROW("\x06\x01\x2a\x0c\x01x", "1.2=#0C0178", NULL),
    NAME_ROW("\x06\x01\x78\x0c\x01x", "2.40=#0C0178", NULL),
    NAME_ROW("\x06\x02\x88\x37\x0c\x01x", "2.999=#0C0178", NULL),
    NAME_ROW("\x06\x06\x88\x80\x80\x80\x80\x00\x0c\x01x", "2.274877906864=#0C0178",
             NULL),
    NAME_ROW("\x06\x14\x69\x83\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
             "\xff\xff\xff\x7f\x0c\x01x",
             "2.25.340282366920938463463374607431768211455=#0C0178", NULL),
    NAME_ROW("\x06\x15\x69\x83\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
             "\xff\xff\xff\xff\x7f\x0c\x01x",
             NULL, NULL),
    NAME_ROW("\x06\x00\x0c\x01x", NULL, NULL),
    NAME_ROW("\x06\x02\x80\x01\x0c\x01x", NULL, NULL),
    NAME_ROW("\x06\x01\x80\x0c\x01x", NULL, NULL),
    NAME_ROW("\x06\x03\x55\x04\x03", NULL, NULL),
    NAME_ROW("\x06\x03\x55\x04\x03\x0c\x02x", NULL, NULL),
    NAME_ROW("\x06\x03\x55\x04\x03\x0c\x01x\x0c\x01x", NULL, NULL),
};

START_TEST(names_are_ascii_whatever_they_hold)
{
    char buf[64];
    postern_str name = make_name(names[_i].attribute, names[_i].len, buf);
    const postern_str *cns;
    size_t count;
    postern_str text;
    pst_arena arena;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), ARENA_LIMIT);
    ck_assert_int_eq(pst_name_check(name), names[_i].dn != NULL);
    if (names[_i].dn != NULL) {
        ck_assert(pst_name_rfc2253(&arena, name, &text));
        ck_text_eq(text, postern_text(names[_i].dn));
        ck_assert(pst_name_common(&arena, name, &cns, &count));
        ck_assert_uint_eq(count, names[_i].cn != NULL ? 1 : 0);
        if (count > 0) {
            ck_text_eq(cns[0], postern_text(names[_i].cn));
        }
    }
    pst_arena_free(&arena);
}
END_TEST

/* --- facts.h ------------------------------------------------------------------ */

static size_t split_columns(postern_str line, postern_str *out)
{
    size_t count = 0;
    size_t from = 0;

    for (size_t i = 0; i <= line.len; i++) {
        if (i == line.len || line.data[i] == '\t') {
            ck_assert_uint_lt(count, COLUMNS);
            out[count++] = pst_str_slice(line, from, i);
            from = i + 1;
        }
    }
    return count;
}

static void write_list(pst_writer *out, const pst_text_list *list, bool hex)
{
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0) {
            pst_write_byte(out, ',');
        }
        for (size_t k = 0; k < list->items[i].len; k++) {
            unsigned char byte = (unsigned char)list->items[i].data[k];
            if (hex) {
                pst_write_hex(out, byte, false);
            } else {
                pst_write_byte(out, byte);
            }
        }
    }
}

static void check_list(const pst_text_list *list, bool hex, postern_str expected)
{
    static char buf[1 << 16];
    pst_writer out = {buf, sizeof buf, 0};

    write_list(&out, list, hex);
    ck_text_eq(((postern_str){buf, out.len}), expected);
}

static void check_addresses(const pst_address_list *list, postern_str expected)
{
    char buf[1024];
    pst_writer out = {buf, sizeof buf, 0};

    for (size_t i = 0; i < list->count; i++) {
        if (i > 0) {
            pst_write_byte(&out, ',');
        }
        for (size_t k = 0; k < (list->items[i].family == 4 ? 4 : 16); k++) {
            pst_write_hex(&out, list->items[i].bytes[k], false);
        }
    }
    ck_text_eq(((postern_str){buf, out.len}), expected);
}

static void check_number(int64_t number, postern_str expected)
{
    char buf[32];
    pst_writer out = {buf, sizeof buf, 0};

    pst_write_int(&out, number);
    ck_text_eq(((postern_str){buf, out.len}), expected);
}

static void check_rfc9440(const pst_facts *facts, postern_str expected)
{
    unsigned char bytes[32];
    char text[65];

    if (pst_str_same(expected, postern_text("too large"))) {
        ck_assert(facts->rfc9440_too_large);
        ck_assert_uint_eq(facts->rfc9440.len, 0);
        return;
    }
    ck_assert(!facts->rfc9440_too_large);
    ck_assert_int_eq(path_crypto()->digest(NULL, POSTERN_SHA256, facts->rfc9440.data,
                                           facts->rfc9440.len, bytes),
                     POSTERN_OK);
    for (size_t i = 0; i < sizeof bytes; i++) {
        text[2 * i] = hex_digits[bytes[i] >> 4];
        text[2 * i + 1] = hex_digits[bytes[i] & 15];
    }
    ck_text_eq(((postern_str){text, 64}), expected);
}

static postern_str read_der(postern_str name)
{
    char file[128];

    (void)snprintf(file, sizeof file, "corpus/%.*s", (int)name.len, name.data);
    return corpus_read(file);
}

/* One line of expected.tsv; the columns are in the order of its head line. */
static void check_line(const postern_str *is)
{
    postern_str leaf = read_der(is[0]);
    postern_str issuer = {NULL, 0};
    pst_arena arena;
    pst_facts facts;

    if (!pst_str_same(is[1], postern_text("-"))) {
        issuer = read_der(is[1]);
    }
    pst_arena_init(&arena, pst_alloc_or_default(NULL), ARENA_LIMIT);
    ck_assert_int_eq(pst_facts_make(&arena, path_crypto(), &leaf, 1, issuer, &facts),
                     POSTERN_OK);
    ck_text_eq(facts.subject_dn, is[2]);
    ck_text_eq(facts.issuer_dn, is[3]);
    ck_text_eq(facts.subject_dn_rfc2253, is[4]);
    ck_text_eq(facts.issuer_dn_rfc2253, is[5]);
    ck_text_eq(facts.subject_dn_legacy, is[6]);
    ck_text_eq(facts.issuer_dn_legacy, is[7]);
    ck_text_eq(facts.serial, is[8]);
    ck_text_eq(facts.issuer_serial, is[9]);
    ck_text_eq(facts.ski, is[10]);
    ck_text_eq(facts.issuer_ski, is[12]);
    ck_text_eq(facts.not_before, is[13]);
    ck_text_eq(facts.not_after, is[14]);
    ck_text_eq(facts.fingerprint_sha1, is[15]);
    ck_text_eq(facts.fingerprint_sha256, is[16]);
    ck_text_eq(facts.public_key_sha256, is[17]);
    ck_assert(facts.has_dates);
    check_number(facts.not_before_sec, is[18]);
    check_number(facts.not_after_sec, is[19]);
    check_list(&facts.subject_cn, true, is[20]);
    check_list(&facts.san_dns, false, is[21]);
    check_list(&facts.san_uri, false, is[22]);
    check_list(&facts.san_email, false, is[23]);
    check_addresses(&facts.san_ip, is[24]);
    check_rfc9440(&facts, is[25]);
    ck_assert_uint_eq(facts.chain_rfc9440.len, 0);
    /* Without an issuer only what the leaf says of it is left. */
    ck_assert_int_eq(
        pst_facts_make(&arena, path_crypto(), &leaf, 1, (postern_str){NULL, 0}, &facts),
        POSTERN_OK);
    ck_assert_uint_eq(facts.issuer_serial.len, 0);
    ck_text_eq(facts.issuer_ski, is[11]);
    pst_arena_free(&arena);
}

START_TEST(every_fact_is_what_openssl_prints)
{
    postern_str rest = corpus_read("corpus/expected.tsv");
    postern_str columns[COLUMNS];
    size_t lines = 0;

    while (rest.len > 0) {
        const char *end = memchr(rest.data, '\n', rest.len);
        size_t len;

        ck_assert_ptr_nonnull(end);
        len = (size_t)(end - rest.data);
        ck_assert_uint_eq(split_columns(pst_str_slice(rest, 0, len), columns), COLUMNS);
        if (lines++ > 0) {
            check_line(columns);
        }
        rest = pst_str_slice(rest, len + 1, rest.len);
    }
    ck_assert_uint_eq(lines, 109);
    corpus_free();
}
END_TEST

START_TEST(a_leaf_nobody_can_parse_still_has_fingerprints)
{
    postern_str leaf = corpus_read("corpus/bad/trailing.der");
    pst_arena arena;
    pst_facts facts;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), ARENA_LIMIT);
    ck_assert_int_eq(
        pst_facts_make(&arena, path_crypto(), &leaf, 1, (postern_str){NULL, 0}, &facts),
        POSTERN_OK);
    ck_assert_uint_eq(facts.fingerprint_sha256.len, 64);
    ck_assert_uint_eq(facts.fingerprint_sha1.len, 40);
    ck_assert_uint_gt(facts.rfc9440.len, 0);
    ck_assert_uint_eq(facts.subject_dn.len + facts.serial.len + facts.not_before.len +
                          facts.public_key_sha256.len + facts.subject_cn.count,
                      0);
    ck_assert(!facts.has_dates);
    ck_assert_int_eq(
        pst_facts_make(&arena, path_crypto(), &leaf, 0, (postern_str){NULL, 0}, &facts),
        POSTERN_OK);
    ck_assert_uint_eq(facts.fingerprint_sha256.len, 0);
    ck_assert_int_eq(
        pst_facts_make(&arena, NULL, &leaf, 1, (postern_str){NULL, 0}, &facts),
        POSTERN_CRYPTO);
    pst_arena_free(&arena);
    corpus_free();
}
END_TEST

START_TEST(the_chain_is_listed_without_the_leaf)
{
    postern_str chain[3];
    pst_arena arena;
    pst_facts facts;
    char text[4096];
    pst_writer out = {text, sizeof text, 0};

    chain[0] = corpus_read("corpus/certs/ok-int.der");
    ck_assert_uint_eq(corpus_certificates("corpus/chains/with-root.pem", chain + 1, 2),
                      2);
    pst_arena_init(&arena, pst_alloc_or_default(NULL), ARENA_LIMIT);
    ck_assert_int_eq(pst_facts_make(&arena, path_crypto(), chain, 3, chain[1], &facts),
                     POSTERN_OK);
    pst_write_byte(&out, ':');
    pst_base64_write(&out, chain[1]);
    pst_write_text(&out, ":, :");
    pst_base64_write(&out, chain[2]);
    pst_write_byte(&out, ':');
    ck_text_eq(facts.chain_rfc9440, ((postern_str){text, out.len}));
    ck_assert(!facts.chain_rfc9440_too_large);
    pst_arena_free(&arena);
    corpus_free();
}
END_TEST

/* Base64 of 7678 bytes is 10240 characters; the colons make it 10242. */
START_TEST(rfc9440_limits_are_met_to_the_byte)
{
    static char zeros[12288];
    postern_str chain[3] = {
        {zeros, 7677},
        {zeros, 6144},
        {zeros, 6135}
    };
    pst_arena arena;
    pst_facts facts;
    postern_str none = {NULL, 0};

    pst_arena_init(&arena, pst_alloc_or_default(NULL), ARENA_LIMIT);
    ck_assert_int_eq(pst_facts_make(&arena, path_crypto(), chain, 3, none, &facts),
                     POSTERN_OK);
    ck_assert_uint_eq(facts.rfc9440.len, 10238);
    ck_assert(!facts.rfc9440_too_large);
    ck_assert_uint_eq(facts.chain_rfc9440.len, 16378);
    ck_assert(!facts.chain_rfc9440_too_large);
    chain[0].len = 7678;
    chain[2].len = 6139;
    ck_assert_int_eq(pst_facts_make(&arena, path_crypto(), chain, 3, none, &facts),
                     POSTERN_OK);
    ck_assert(facts.rfc9440_too_large);
    ck_assert_uint_eq(facts.rfc9440.len, 0);
    ck_assert_uint_eq(facts.chain_rfc9440.len, 0);
    ck_assert(facts.chain_rfc9440_too_large);
    pst_arena_free(&arena);
}
END_TEST

START_TEST(a_small_arena_is_a_limit)
{
    postern_str leaf = corpus_read("corpus/certs/dn-8k.der");
    postern_status status = POSTERN_LIMIT;
    size_t limit = 0;

    for (; status != POSTERN_OK; limit += 4096) {
        pst_arena arena;
        pst_facts facts;

        pst_arena_init(&arena, pst_alloc_or_default(NULL), limit);
        status = pst_facts_make(&arena, path_crypto(), &leaf, 1, leaf, &facts);
        ck_assert(status == POSTERN_OK || status == POSTERN_LIMIT);
        ck_assert(status == POSTERN_OK || facts.fingerprint_sha256.len == 0);
        pst_arena_free(&arena);
    }
    ck_assert_uint_gt(limit, 8192);
    corpus_free();
}
END_TEST

#define LENGTH(array) ((int)(sizeof(array) / sizeof *(array)))

Suite *test_suite(void)
{
    Suite *suite = suite_create("certificate");
    TCase *parse = tcase_create("certificate");
    TCase *facts = tcase_create("facts");

    tcase_add_loop_test(parse, malformed_certificates_do_not_parse, 0, LENGTH(shapes));
    tcase_add_test(parse, every_cut_is_malformed);
    tcase_add_loop_test(parse, names_are_ascii_whatever_they_hold, 0, LENGTH(names));
    suite_add_tcase(suite, parse);
    tcase_add_test(facts, every_fact_is_what_openssl_prints);
    tcase_add_test(facts, a_leaf_nobody_can_parse_still_has_fingerprints);
    tcase_add_test(facts, the_chain_is_listed_without_the_leaf);
    tcase_add_test(facts, rfc9440_limits_are_met_to_the_byte);
    tcase_add_test(facts, a_small_arena_is_a_limit);
    suite_add_tcase(suite, facts);
    return suite;
}
