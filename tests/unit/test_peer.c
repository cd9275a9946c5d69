/* test_peer.c - whose certificate it is, and what strict readers ask of one. */
#include "../harness/corpus.h"
#include "../harness/harness.h"
#include "../harness/path.h"
#include "certificate/judge.h"
#include "certificate/strict.h"
#include "support/text.h"

enum { NAMES_BYTES = 1024 };

/* --- names ---------------------------------------------------------------------- */

typedef struct name_row {
    const char *presented; /* dNSNames, with spaces between */
    const char *wanted;
    bool good;
} name_row;

#define LABEL_60 "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij"

static const name_row name_rows[] = {
    {"example.com",           "example.com",           true },
    {"EXAMPLE.com",           "example.COM",           true },
    {"example.com",           "example.com.",          true },
    {"a.example b.example",   "b.example",             true },
    {"localhost",             "localhost",             true },
    {"xn--628h.example",      "xn--628h.example",      true },
    {"1a.2b",                 "1a.2b",                 true },
    {LABEL_60 "abc.example",  LABEL_60 "abc.example",  true },
    {LABEL_60 "abcd.example", LABEL_60 "abcd.example", false},
    {"",                      "example.com",           false},
    {"example.com",           "",                      false},
    {"example.com",           ".",                     false},
    {"example.com",           "www.example.com",       false},
    {"www.example.com",       "example.com",           false},
    {"example.com",           "example.org",           false},
    {"example.com",           "example.co",            false},
    {"example.co",            "example.com",           false},
    {"example.com.",          "example.com",           false},
    {"example.com.",          "example.com.",          false},
    {"example.com",           "example.com..",         false},
    {"example..com",          "example..com",          false},
    {".example.com",          ".example.com",          false},
    {"foo_bar.example",       "foo_bar.example",       false},
    {"-a.example",            "-a.example",            false},
    {"a-.example",            "a-.example",            false},
    {"a-b.example",           "a-b.example",           true },
    {"\xc3\xa9.example",      "\xc3\xa9.example",      false},
    {"127.0.0.1",             "127.0.0.1",             false},
    {"example.1",             "example.1",             false},
 /* The whole leftmost label, one label, two behind it. */
    {"*.example.com",         "a.example.com",         true },
    {"*.EXAMPLE.com",         "A.example.com.",        true },
    {"*.example.com",         "xn--628h.example.com",  true },
    {"*.example.com",         "example.com",           false},
    {"*.example.com",         ".example.com",          false},
    {"*.example.com",         "a.b.example.com",       false},
    {"*.example.com",         "a.example.org",         false},
    {"*.example.com",         "*.example.com",         false},
    {"*.com",                 "example.com",           false},
    {"*",                     "example",               false},
    {"*",                     "example.com",           false},
    {"*.",                    "example.",              false},
    {"a.*.example.com",       "a.b.example.com",       false},
    {"a*.example.com",        "ab.example.com",        false},
    {"*b.example.com",        "ab.example.com",        false},
    {"*.*.com",               "a.b.com",               false},
    {"**.example.com",        "a.example.com",         false},
    {"xn--*.example.com",     "xn--628h.example.com",  false},
    {"*.foo_bar.example",     "a.foo_bar.example",     false},
    {"*.example.com.",        "a.example.com",         false},
    {"*.0.0.1",               "127.0.0.1",             false},
};
#define LENGTH(array) ((int)(sizeof(array) / sizeof *(array)))

/* GeneralNames of `tag`, of words with spaces between. */
static postern_str write_names(char tag, const char *words, char out[NAMES_BYTES])
{
    size_t len = 0;

    while (*words != '\0') {
        size_t word = strcspn(words, " ");

        out[len++] = tag;
        out[len++] = (char)word;
        memcpy(out + len, words, word);
        len += word;
        words += word + (words[word] == ' ' ? 1 : 0);
    }
    return (postern_str){out, len};
}

START_TEST(a_name_is_that_of_the_certificate)
{
    const name_row *row = &name_rows[_i];
    char bytes[NAMES_BYTES];
    pst_certificate certificate = {.version = 3};
    const pst_peer peer = {.kind = PST_PEER_DNS, .name = postern_text(row->wanted)};

    certificate.alt_names = write_names((char)PST_ALT_DNS, row->presented, bytes);
    ck_assert_msg(pst_peer_is(&certificate, &peer) == row->good, "%s for %s",
                  row->presented, row->wanted);
    /* The same as an address of mail or a URI is nobody's name. */
    certificate.alt_names = write_names((char)PST_ALT_EMAIL, row->presented, bytes);
    ck_assert(!pst_peer_is(&certificate, &peer));
    certificate.alt_names = write_names((char)PST_ALT_URI, row->presented, bytes);
    ck_assert(!pst_peer_is(&certificate, &peer));
}
END_TEST

START_TEST(a_name_with_a_nul_is_another)
{
    static const char presented[] = "\x82\x11good.test\0bad.test";
    const pst_certificate certificate = {
        .alt_names = {presented, 19}
    };
    pst_peer peer = {.kind = PST_PEER_DNS, .name = POSTERN_STR("good.test")};

    ck_assert(!pst_peer_is(&certificate, &peer));
    peer.name = (postern_str)POSTERN_STR("good.test\0bad.test");
    ck_assert(!pst_peer_is(&certificate, &peer));
}
END_TEST

static const struct {
    const char *wanted;
    const char *presented; /* contents of one iPAddress */
    size_t len;
    bool good;
} address_rows[] = {
    {"192.0.2.1",        "\xc0\x00\x02\x01",                             4,  true },
    {"192.0.2.1",        "\xc0\x00\x02\x02",                             4,  false},
    {"::1",              "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1",             16, true },
    {"::1",              "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2",             16, false},
    {"0.0.0.1",          "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1",             16, false},
    {"192.0.2.1",        "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\x00\x02\x01", 16, false},
    {"::ffff:192.0.2.1", "\xc0\x00\x02\x01",                             4,  true },
};

START_TEST(an_address_is_that_of_the_certificate)
{
    char bytes[NAMES_BYTES] = {(char)PST_ALT_IP, (char)address_rows[_i].len};
    pst_certificate certificate = {
        .alt_names = {bytes, 2 + address_rows[_i].len}
    };
    pst_peer peer = {.kind = PST_PEER_ADDRESS};

    memcpy(bytes + 2, address_rows[_i].presented, address_rows[_i].len);
    ck_assert(
        postern_address_parse(postern_text(address_rows[_i].wanted), &peer.address));
    ck_assert_int_eq(pst_peer_is(&certificate, &peer), address_rows[_i].good);
    /* Written out as a DNS name it is none. */
    certificate.alt_names = write_names((char)PST_ALT_DNS, "192.0.2.1", bytes);
    ck_assert(!pst_peer_is(&certificate, &peer));
    peer.address.family = 0;
    ck_assert(!pst_peer_is(&certificate, &peer));
}
END_TEST

/* --- what is expected of a path --------------------------------------------------- */

static pst_reason judge(const char *leaf, const char *chain,
                        const pst_expectation *expected)
{
    pst_authority *authority = path_must_load(CA("ca-a"), "", PST_REVOCATION_OFF);
    postern_str sent[16];
    size_t count = corpus_chain(leaf, chain, sent, 16);
    pst_judgement got;

    ck_assert_int_eq(pst_judge_chain(authority, sent, count, NOW, expected, &got),
                     POSTERN_OK);
    ck_assert(got.verified == (got.reason == PST_REASON_OK));
    pst_authority_free(authority);
    corpus_free();
    return got.reason;
}

START_TEST(a_purpose_is_that_of_leaf_and_issuers)
{
    const pst_expectation client = {.purpose = PST_PURPOSE_CLIENT};
    const pst_expectation server = {.purpose = PST_PURPOSE_SERVER};
    const pst_expectation neither = {.purpose = (pst_purpose)7};

    ck_assert_int_eq(judge(LEAF("eku-server"), "", &server), PST_REASON_OK);
    ck_assert_int_eq(judge(LEAF("eku-server"), "", &client), PST_REASON_WRONG_USAGE);
    ck_assert_int_eq(judge(LEAF("eku-server"), "", NULL), PST_REASON_WRONG_USAGE);
    ck_assert_int_eq(judge(LEAF("ok-p256"), "", &client), PST_REASON_OK);
    ck_assert_int_eq(judge(LEAF("ok-p256"), "", &server), PST_REASON_WRONG_USAGE);
    ck_assert_int_eq(judge(LEAF("eku-none"), "", &server), PST_REASON_OK);
    ck_assert_int_eq(judge(LEAF("eku-any"), "", &server), PST_REASON_WRONG_USAGE);
    ck_assert_int_eq(judge(LEAF("ok-p256"), "", &neither), PST_REASON_WRONG_USAGE);
    /* A leaf for clients by a CA for servers is neither's. */
    ck_assert_int_eq(judge(LEAF("by-int-server"), CHAIN("by-int-server"), &server),
                     PST_REASON_WRONG_USAGE);
}
END_TEST

START_TEST(a_depth_is_that_of_the_path)
{
    pst_expectation expected = {.has_depth = true};

    ck_assert_int_eq(judge(LEAF("ok-p256"), "", &expected), PST_REASON_OK);
    ck_assert_int_eq(judge(LEAF("ok-int"), CHAIN("ok-int"), &expected),
                     PST_REASON_UNTRUSTED_ISSUER);
    expected.depth = 1;
    ck_assert_int_eq(judge(LEAF("ok-int"), CHAIN("ok-int"), &expected), PST_REASON_OK);
    expected.depth = 2;
    ck_assert_int_eq(judge(LEAF("by-deep3"), CHAIN("by-deep3"), &expected),
                     PST_REASON_UNTRUSTED_ISSUER);
    expected.depth = 3;
    ck_assert_int_eq(judge(LEAF("by-deep3"), CHAIN("by-deep3"), &expected),
                     PST_REASON_OK);
}
END_TEST

START_TEST(a_peer_is_asked_for_by_name)
{
    const pst_peer nobody = {.kind = PST_PEER_DNS, .name = POSTERN_STR("nobody.test")};
    const pst_expectation expected = {.peer = &nobody};
    pst_expectation strict = {.strict = true};

    ck_assert_int_eq(judge(LEAF("ok-p256"), "", &expected), PST_REASON_WRONG_USAGE);
    ck_assert_int_eq(judge(LEAF("san-all"), "", &expected), PST_REASON_WRONG_USAGE);
    /* Strictness is asked for, too. */
    ck_assert_int_eq(judge(LEAF("serial-neg"), "", NULL), PST_REASON_OK);
    ck_assert_int_eq(judge(LEAF("serial-neg"), "", &strict), PST_REASON_MALFORMED);
    ck_assert_int_eq(judge(LEAF("serial-21"), "", &strict), PST_REASON_MALFORMED);
    ck_assert_int_eq(judge(LEAF("ok-p256"), "", &strict), PST_REASON_OK);
    ck_assert_int_eq(judge(LEAF("ok-int"), CHAIN("ok-int"), &strict), PST_REASON_OK);
}
END_TEST

/* --- what is asked strictly ------------------------------------------------------- */

static const struct {
    const char *leaf;
    bool good;
} strict_leaves[] = {
    {"ok-p256",      true },
    {"ok-rsa2048",   true },
    {"san-all",      true },
    {"serial-one",   true },
    {"serial-20",    true },
    {"serial-zero",  false},
    {"serial-neg1",  false},
    {"serial-21",    false},
    {"ext-v3-empty", false},
    {"eku-none",     true },
};

START_TEST(a_strict_leaf_has_a_number_and_names_its_issuer)
{
    const pst_expectation strict = {.strict = true};
    char path[64] = "corpus/certs/";

    strcat(path, strict_leaves[_i].leaf);
    strcat(path, ".der");
    ck_assert_int_eq(judge(path, "", NULL), PST_REASON_OK);
    ck_assert_int_eq(judge(path, "", &strict),
                     strict_leaves[_i].good ? PST_REASON_OK : PST_REASON_MALFORMED);
}
END_TEST

/* Extensions: an OID, critical or not, contents. */
#define PLAIN(oid, contents) oid "\x04" contents
#define CRITICAL(oid, contents) oid "\x01\x01\xff\x04" contents
#define BASIC "\x06\x03\x55\x1d\x13"
#define ALT_NAME "\x06\x03\x55\x1d\x11"
#define CONSTRAINTS "\x06\x03\x55\x1d\x24"
#define USAGE "\x06\x03\x55\x1d\x25"
#define ACCESS "\x06\x08\x2b\x06\x01\x05\x05\x07\x01\x01"
#define OTHER "\x06\x03\x55\x1d\x63"
#define EMPTY "\x02\x30\x00"
#define ONE_PLACE "\x0b\x30\x09\x30\x07\x06\x02\x2a\x03\x86\x01x"
#define NO_PLACE "\x06\x30\x04\x30\x02\x06\x00"
#define ALL_PLACES       \
    {                    \
        true, true, true \
    }
#define NO_PLACES           \
    {                       \
        false, false, false \
    }
#define ROW(text, ...)                      \
    {                                       \
        text, sizeof(text) - 1, __VA_ARGS__ \
    }

static const struct {
    const char *extension;
    size_t len;
    bool good[3]; /* on a leaf, between, on an anchor */
} extension_rows[] = {
    ROW(PLAIN(BASIC, EMPTY), {true, false, false}),
    ROW(CRITICAL(BASIC, EMPTY), ALL_PLACES),
    ROW(PLAIN(ALT_NAME, EMPTY), ALL_PLACES),
    ROW(CRITICAL(ALT_NAME, EMPTY), NO_PLACES),
    ROW(PLAIN(CONSTRAINTS, EMPTY), NO_PLACES),
    ROW(CRITICAL(CONSTRAINTS, EMPTY), ALL_PLACES),
    ROW(PLAIN(USAGE, EMPTY), {true, true, false}),
    ROW(CRITICAL(USAGE, EMPTY), {false, true, false}),
    ROW(PLAIN(ACCESS, ONE_PLACE), ALL_PLACES),
    ROW(PLAIN(ACCESS, EMPTY), NO_PLACES),
    ROW(PLAIN(ACCESS, NO_PLACE), NO_PLACES),
    ROW(PLAIN(OTHER, EMPTY), ALL_PLACES),
};

START_TEST(an_extension_is_critical_when_it_should_be)
{
    char bytes[64] = {0x30, (char)extension_rows[_i].len};
    pst_certificate certificate;

    memcpy(bytes + 2, extension_rows[_i].extension, extension_rows[_i].len);
    for (int place = PST_PLACE_LEAF; place <= PST_PLACE_ANCHOR; place++) {
        ck_assert(pst_certificate_parse(corpus_read(LEAF("ok-p256")), &certificate));
        certificate.extensions = (postern_str){bytes, 2 + extension_rows[_i].len};
        ck_assert_msg(pst_is_strict(&certificate, (pst_place)place) ==
                          extension_rows[_i].good[place],
                      "extension %d at %d", _i, place);
    }
    corpus_free();
}
END_TEST

START_TEST(an_empty_subject_needs_critical_names)
{
    static const char *const lists[] = {"\x30\x09" PLAIN(ALT_NAME, EMPTY),
                                        "\x30\x0c" CRITICAL(ALT_NAME, EMPTY)};
    pst_certificate certificate;

    ck_assert(pst_certificate_parse(corpus_read(LEAF("ok-p256")), &certificate));
    certificate.subject = (postern_str)POSTERN_STR("\x30\x00");
    certificate.extensions = (postern_str){lists[0], 11};
    ck_assert(!pst_is_strict(&certificate, PST_PLACE_LEAF));
    certificate.extensions = (postern_str){lists[1], 14};
    ck_assert(pst_is_strict(&certificate, PST_PLACE_LEAF));
    corpus_free();
}
END_TEST

START_TEST(key_identifiers_are_asked_for_by_place)
{
    const postern_str none = {NULL, 0};
    pst_certificate leaf;
    pst_certificate ca;

    ck_assert(pst_certificate_parse(corpus_read(LEAF("ok-p256")), &leaf));
    ck_assert(pst_certificate_parse(corpus_read("corpus/ca/ca-a.der"), &ca));
    leaf.ski = none;
    ck_assert(pst_is_strict(&leaf, PST_PLACE_LEAF));
    ck_assert(!pst_is_strict(&leaf, PST_PLACE_MIDDLE));
    ck_assert(!pst_is_strict(&leaf, PST_PLACE_ANCHOR));
    ck_assert(pst_is_strict(&ca, PST_PLACE_ANCHOR));
    ca.has_authority_key = true; /* its own, or none at all */
    ca.aki_key = ca.ski;
    ck_assert(pst_is_strict(&ca, PST_PLACE_ANCHOR));
    ca.aki_serial = ca.serial;
    ck_assert(!pst_is_strict(&ca, PST_PLACE_ANCHOR));
    ca.aki_serial = none;
    ca.aki_issuer = ca.issuer;
    ck_assert(!pst_is_strict(&ca, PST_PLACE_ANCHOR));
    ca.aki_issuer = none;
    ca.aki_key = ca.serial;
    ck_assert(!pst_is_strict(&ca, PST_PLACE_ANCHOR));
    ca.aki_key = none;
    ck_assert(!pst_is_strict(&ca, PST_PLACE_ANCHOR));
    ca.has_authority_key = false;
    ck_assert(pst_is_strict(&ca, PST_PLACE_ANCHOR));
    ck_assert(!pst_is_strict(&ca, PST_PLACE_MIDDLE));
    corpus_free();
}
END_TEST

/* A subject of one common name, as a UTF8String. */
static const struct {
    const char *common_name;
    const char *dns;
    bool has_address; /* 192.0.2.1 */
    bool good;
} common_rows[] = {
    {"a.example",  "a.example",           false, true },
    {"b.example",  "a.example b.example", false, true },
    {"A.example",  "a.example",           false, false},
    {"c.example",  "a.example b.example", false, false},
    {"192.0.2.1",  "a.example",           true,  true },
    {"192.0.2.01", "",                    true,  false},
    {"0xc0000201", "",                    true,  false},
    {"a.example",  "",                    true,  true },
    {"a.example",  "*.example.com",       false, true },
    {"a",          "",                    true,  false},
    {"Jane Doe",   "",                    false, false},
};

START_TEST(common_names_are_among_the_names)
{
    const char *text = common_rows[_i].common_name;
    const size_t len = strlen(text);
    char subject[64] = {0x30,     (char)(len + 11),
                        0x31,     (char)(len + 9),
                        0x30,     (char)(len + 7),
                        0x06,     0x03,
                        0x55,     0x04,
                        0x03,     0x0c,
                        (char)len};
    char names[NAMES_BYTES + 6];
    pst_certificate certificate = {
        .subject = {subject, 13 + len}
    };

    memcpy(subject + 13, text, len);
    certificate.alt_names = write_names((char)PST_ALT_DNS, common_rows[_i].dns, names);
    if (common_rows[_i].has_address) {
        memcpy(names + certificate.alt_names.len, "\x87\x04\xc0\x00\x02\x01", 6);
        certificate.alt_names.len += 6;
    }
    ck_assert_int_eq(pst_common_names_agree(&certificate), common_rows[_i].good);
    subject[11] = 0x1e; /* BMPString */
    ck_assert(!pst_common_names_agree(&certificate));
    subject[10] = 0x0a; /* an organization */
    ck_assert(pst_common_names_agree(&certificate));
}
END_TEST

/* --- keys whose signatures cost too much ------------------------------------------ */

/* SubjectPublicKeyInfo of RSA-2048 with an exponent of `bits` bits. */
static bool is_strong_rsa(unsigned bits)
{
    static const unsigned char head[] = {
        0x30, 0x82, 0x01, 0x26, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
        0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x82, 0x01, 0x13, 0x00,
        0x30, 0x82, 0x01, 0x0e, 0x02, 0x82, 0x01, 0x01, 0x00, 0x80};
    unsigned char spki[298] = {0};
    size_t at = sizeof head + 254;

    memcpy(spki, head, sizeof head);
    spki[at++] = 0x01; /* the last octet of the modulus */
    spki[at++] = 0x02;
    spki[at++] = 0x07; /* seven octets, zeros before them if need be */
    spki[at + 6] = 0x01;
    spki[at + 6 - (bits - 1) / 8] |= (unsigned char)(1U << (bits - 1) % 8);
    while (spki[at] == 0 && (spki[at + 1] & 0x80U) == 0) {
        memmove(spki + at, spki + at + 1, sizeof spki - at - 1);
        spki[at - 1]--;
        spki[3]--;
        spki[22]--;
        spki[27]--;
    }
    return pst_key_is_strong((postern_str){(const char *)spki, 4U + 256U + spki[3]});
}

START_TEST(an_exponent_has_at_most_33_bits)
{
    ck_assert(!is_strong_rsa(1));
    ck_assert(is_strong_rsa(2));
    ck_assert(is_strong_rsa(17));
    ck_assert(is_strong_rsa(33));
    ck_assert(!is_strong_rsa(34));
    ck_assert(!is_strong_rsa(48));
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("peer");
    TCase *peer = tcase_create("peer");

    tcase_add_loop_test(peer, a_name_is_that_of_the_certificate, 0, LENGTH(name_rows));
    tcase_add_test(peer, a_name_with_a_nul_is_another);
    tcase_add_loop_test(peer, an_address_is_that_of_the_certificate, 0,
                        LENGTH(address_rows));
    tcase_add_test(peer, a_purpose_is_that_of_leaf_and_issuers);
    tcase_add_test(peer, a_depth_is_that_of_the_path);
    tcase_add_test(peer, a_peer_is_asked_for_by_name);
    tcase_add_loop_test(peer, a_strict_leaf_has_a_number_and_names_its_issuer, 0,
                        LENGTH(strict_leaves));
    tcase_add_loop_test(peer, an_extension_is_critical_when_it_should_be, 0,
                        LENGTH(extension_rows));
    tcase_add_test(peer, an_empty_subject_needs_critical_names);
    tcase_add_test(peer, key_identifiers_are_asked_for_by_place);
    tcase_add_loop_test(peer, common_names_are_among_the_names, 0, LENGTH(common_rows));
    tcase_add_test(peer, an_exponent_has_at_most_33_bits);
    suite_add_tcase(suite, peer);
    return suite;
}
