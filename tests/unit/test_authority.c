/* test_authority.c - what is loaded, what is refused and with which words. */
#include "../harness/corpus.h"
#include "../harness/harness.h"
#include "../harness/path.h"
#include "certificate/crl.h"
#include "support/alloc.h"
#include "support/text.h"

#include <stdio.h>
#include <stdlib.h>

enum { REFUSALS = 31 }; /* in tests/data/refusals.txt; a test counts them */

START_TEST(tables_are_read_whole)
{
    ck_assert_uint_gt(corpus_line("refusals.txt", REFUSALS - 1).len, 0);
    ck_assert_uint_eq(corpus_line("refusals.txt", REFUSALS).len, 0);
    corpus_free();
}
END_TEST

/* --- loading -------------------------------------------------------------------- */

static bool contains(postern_str text, const char *piece)
{
    size_t len = strlen(piece);

    for (size_t i = 0; i + len <= text.len; i++) {
        if (memcmp(text.data + i, piece, len) == 0) {
            return true;
        }
    }
    return false;
}

static postern_status status_of(const char *word)
{
    return strcmp(word, "INVALID") == 0  ? POSTERN_INVALID
           : strcmp(word, "SYNTAX") == 0 ? POSTERN_SYNTAX
                                         : POSTERN_UNSUPPORTED;
}

START_TEST(a_bad_file_is_refused_with_its_place)
{
    postern_str line = corpus_line("refusals.txt", _i);
    postern_report *report = postern_report_new(NULL);
    char words[4][WORD_BYTES];
    char message[TEXT_BYTES];
    const char *ca;
    const char *crl;
    pst_authority *authority;
    postern_finding finding;

    for (size_t i = 0; i < 4; i++) {
        corpus_word(&line, words[i]);
    }
    (void)snprintf(message, sizeof message, "%.*s", (int)line.len, line.data);
    ca = words[0][0] == '-' ? "" : words[0];
    crl = words[1][0] == '-' ? "" : words[1];
    ck_assert_int_eq(
        path_load(NULL, ca, crl, PST_REVOCATION_REQUIRE, &authority, report),
        status_of(words[2]));
    ck_assert_ptr_null(authority);
    ck_assert_uint_eq(postern_report_count_of(report, POSTERN_ERROR), 1);
    ck_assert(postern_report_get(report, 0, &finding));
    ck_assert_msg(contains(finding.message, message), "'%.*s' lacks '%s'",
                  (int)finding.message.len, finding.message.data, message);
    ck_assert(pst_str_same(finding.file, postern_text(crl[0] != '\0' ? crl : ca)));
    ck_assert_uint_eq(finding.line, strtoul(words[3], NULL, 10));
    postern_report_free(report);
    corpus_free();
}
END_TEST

START_TEST(every_bad_block_is_told)
{
    static const char text[] = "CA of something\n"
                               "-----BEGIN CERTIFICATE-----\n"
                               "Zm9v\n"
                               "-----END CERTIFICATE-----\n"
                               "-----BEGIN CERTIFICATE-----\n"
                               "not base64!\n"
                               "-----END CERTIFICATE-----\n"
                               "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                               "Zm9v\n"
                               "-----END ENCRYPTED PRIVATE KEY-----\n"
                               "-----BEGIN CERTIFICATE-----\n";
    static const size_t lines[] = {2, 5, 8, 11};
    pst_pem_file file = {postern_text("ca.pem"), postern_text(text)};
    postern_report *report = postern_report_new(NULL);
    pst_authority *authority;
    postern_finding finding;

    ck_assert_int_eq(pst_authority_new(NULL, path_crypto(), &file, 1, NULL, 0,
                                       PST_REVOCATION_OFF, NOW, &authority, report),
                     POSTERN_SYNTAX);
    ck_assert_ptr_null(authority);
    ck_assert_uint_eq(postern_report_count(report), 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert(postern_report_get(report, i, &finding));
        ck_assert_uint_eq(finding.line, lines[i]);
    }
    postern_report_free(report);
}
END_TEST

static const struct {
    const char *cas;
    const char *crls;
    const char *message;
} warnings[] = {
    {CA("ca-exp"),                  "",                                    "CA certificate has expired"},
    {CA("ca-exp") " " CA("ca-exp"), "",                                    "CA certificate has expired"},
    {CA("ca-a"),                    CRL("crl-a-expired"),                  "CRL has expired"           },
    {CA("ca-a"),                    CRL("crl-a-future"),                   "not yet valid"             },
    {CA("ca-a"),                    EXTRA("crl-a-no-next"),                "without nextUpdate"        },
    {CA("ca-a") " " CA("ca-a"),     CRL("crl-a") " " CRL("crl-a-expired"), NULL                        },
};

START_TEST(a_stale_file_is_a_warning)
{
    postern_report *report = postern_report_new(NULL);
    pst_authority *authority;
    postern_finding finding;

    ck_assert_int_eq(path_load(NULL, warnings[_i].cas, warnings[_i].crls,
                               PST_REVOCATION_REQUIRE, &authority, report),
                     POSTERN_OK);
    ck_assert_ptr_nonnull(pst_authority_trust(authority));
    ck_assert_uint_eq(postern_report_count(report),
                      warnings[_i].message == NULL ? 0 : 1);
    if (warnings[_i].message != NULL) {
        ck_assert(postern_report_get(report, 0, &finding));
        ck_assert_int_eq(finding.severity, POSTERN_WARNING);
        ck_assert(contains(finding.message, warnings[_i].message));
    }
    pst_authority_free(authority);
    pst_authority_free(NULL);
    postern_report_free(report);
    corpus_free();
}
END_TEST

/* ca-c has the name of ca-a and another key, and crl-a-badsig is its CRL. */
static const struct {
    const char *cas;
    const char *crls;
    pst_revocation mode;
    const char *file; /* of the warning; NULL: there is none */
} names[] = {
    {CA("ca-a") " " CA("ca-c"),                         CRL("crl-a"),                         PST_REVOCATION_IF_PRESENT, CA("ca-c")},
    {CA("ca-c") " " CA("ca-a"),                         CRL("crl-a"),                         PST_REVOCATION_IF_PRESENT, CA("ca-c")},
    {CA("ca-a") " " CA("ca-c"),                         CRL("crl-a-badsig"),                  PST_REVOCATION_IF_PRESENT,
     CA("ca-a")                                                                                                                    },
    {CA("ca-a") " " EXTRA("ca-a-other") " " CA("ca-c"), CRL("crl-a-badsig"),
     PST_REVOCATION_IF_PRESENT,                                                                                          CA("ca-a")}, /* once for a key */
    {CA("ca-a") " " CA("ca-c"),                         CRL("crl-a") " " CRL("crl-a-badsig"),
     PST_REVOCATION_IF_PRESENT,                                                                                          NULL      },
    {CA("ca-a") " " EXTRA("ca-a-other"),                CRL("crl-a"),                         PST_REVOCATION_IF_PRESENT, NULL      },
    {CA("ca-a") " " CA("ca-b"),                         CRL("crl-a"),                         PST_REVOCATION_IF_PRESENT, NULL      },
    {CA("ca-a") " " CA("ca-c"),                         CRL("crl-a"),                         PST_REVOCATION_REQUIRE,    NULL      },
    {CA("ca-a") " " CA("ca-c"),                         CRL("crl-a"),                         PST_REVOCATION_OFF,        NULL      },
};

/* Its certificates look as if they were checked, and nobody does. */
START_TEST(a_ca_with_a_crl_of_its_name_only_is_a_warning)
{
    postern_report *report = postern_report_new(NULL);
    pst_authority *authority;
    postern_finding finding;

    ck_assert_int_eq(path_load(NULL, names[_i].cas, names[_i].crls, names[_i].mode,
                               &authority, report),
                     POSTERN_OK);
    ck_assert_uint_eq(postern_report_count(report), names[_i].file == NULL ? 0 : 1);
    if (names[_i].file != NULL) {
        ck_assert(postern_report_get(report, 0, &finding));
        ck_assert_int_eq(finding.severity, POSTERN_WARNING);
        ck_assert(pst_str_same(finding.file, postern_text(names[_i].file)));
        ck_assert(contains(finding.message, "no CRL is of the key of this CA"));
        ck_assert(contains(finding.hint, "require"));
    }
    pst_authority_free(authority);
    postern_report_free(report);
    corpus_free();
}
END_TEST

START_TEST(nothing_is_loaded_without_cryptography)
{
    postern_report *report = postern_report_new(NULL);
    pst_pem_file file;
    pst_authority *authority;

    ck_assert_uint_eq(corpus_files(CA("ca-a"), &file, 1), 1);
    ck_assert_int_eq(pst_authority_new(NULL, NULL, &file, 1, NULL, 0,
                                       PST_REVOCATION_OFF, NOW, &authority, report),
                     POSTERN_CRYPTO);
    ck_assert_ptr_null(authority);
    ck_assert_uint_eq(postern_report_count(report), 1);
    postern_report_free(report);
    corpus_free();
}
END_TEST

/* --- the table of serial numbers ------------------------------------------------ */

enum { SERIALS = 50000, ENTRY_BYTES = 25 };

static void put(pst_writer *out, const void *data, size_t len)
{
    pst_write_str(out, (postern_str){data, len});
}

/* A sequence whose length takes three bytes: 64 KiB to 16 MiB. */
static void put_long(pst_writer *out, size_t len)
{
    const unsigned char head[] = {0x30, 0x83, (unsigned char)(len >> 16),
                                  (unsigned char)(len >> 8), (unsigned char)len};

    put(out, head, sizeof head);
}

/* Entry `i` of the CRL below: serials in no order. */
static void put_entry(pst_writer *out, uint32_t i)
{
    const uint32_t number = i * 2654435761U;
    const unsigned char head[] = {0x30, 23, 0x02, 6, 1, 2};
    const unsigned char serial[] = {
        (unsigned char)(number >> 24), (unsigned char)(number >> 16),
        (unsigned char)(number >> 8), (unsigned char)number};

    put(out, head, sizeof head);
    put(out, serial, sizeof serial);
    pst_write_text(out, "\x17\x0d"
                        "250601000000Z");
}

START_TEST(a_huge_table_is_sorted_and_found)
{
    static const char head[] = "\x02\x01\x01"
                               "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
                               "\x30\x00"
                               "\x17\x0d"
                               "250101000000Z";
    static const char tail[] = "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
                               "\x03\x01\x00";
    const size_t entries = (size_t)SERIALS * ENTRY_BYTES;
    const size_t body = sizeof head - 1 + 5 + entries;
    const size_t size = 10 + body + sizeof tail;
    pst_writer out = {malloc(size), size, 0};
    pst_crl crl;
    const char *why;

    ck_assert_ptr_nonnull(out.buf);
    put_long(&out, body + 5 + sizeof tail - 1);
    put_long(&out, body);
    put(&out, head, sizeof head - 1);
    put_long(&out, entries);
    for (uint32_t i = 0; i < SERIALS; i++) {
        put_entry(&out, i);
    }
    put(&out, tail, sizeof tail - 1);
    ck_assert_int_eq(pst_crl_parse(pst_alloc_or_default(NULL),
                                   (postern_str){out.buf, out.len}, &crl, &why),
                     POSTERN_OK);
    ck_assert_uint_eq(crl.serials.count, SERIALS);
    for (uint32_t i = 0; i < 2 * SERIALS; i++) {
        const uint32_t number = i * 2654435761U;
        const char serial[] = {1,
                               2,
                               (char)(number >> 24),
                               (char)(number >> 16),
                               (char)(number >> 8),
                               (char)number};

        ck_assert_int_eq(pst_crl_lists(&crl, (postern_str){serial, sizeof serial}),
                         i < SERIALS);
    }
    pst_crl_free(pst_alloc_or_default(NULL), &crl);
    free(out.buf);
}
END_TEST

#define LENGTH(array) ((int)(sizeof(array) / sizeof *(array)))

Suite *test_suite(void)
{
    Suite *suite = suite_create("authority");
    TCase *loading = tcase_create("loading");
    TCase *serials = tcase_create("serials");

    tcase_add_test(loading, tables_are_read_whole);
    tcase_add_loop_test(loading, a_bad_file_is_refused_with_its_place, 0, REFUSALS);
    tcase_add_test(loading, every_bad_block_is_told);
    tcase_add_loop_test(loading, a_stale_file_is_a_warning, 0, LENGTH(warnings));
    tcase_add_loop_test(loading, a_ca_with_a_crl_of_its_name_only_is_a_warning, 0,
                        LENGTH(names));
    tcase_add_test(loading, nothing_is_loaded_without_cryptography);
    suite_add_tcase(suite, loading);
    tcase_add_test(serials, a_huge_table_is_sorted_and_found);
    suite_add_tcase(suite, serials);
    return suite;
}
