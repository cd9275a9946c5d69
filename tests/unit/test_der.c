/* test_der.c - DER, base64 and PEM are read strictly. */
#include "../harness/harness.h"
#include "support/base64.h"
#include "certificate/der.h"
#include "certificate/pem.h"

#include <stdio.h>
#include <stdlib.h>

/* An exactly-sized copy, so that a sanitizer sees one byte too far. */
static postern_str exactly(const void *data, size_t len, char **owner)
{
    *owner = malloc(len > 0 ? len : 1);
    ck_assert_ptr_nonnull(*owner);
    memcpy(*owner, data, len);
    return (postern_str){*owner, len};
}

/* --- der.h -------------------------------------------------------------------- */

#define ROW(good, literal)                 \
    {                                      \
        good, literal, sizeof(literal) - 1 \
    }

static const struct {
    bool good;
    const char *der;
    size_t len;
} elements[] = {
    ROW(true, "\x04\x00"),
    ROW(true, "\x04\x01x"),
    ROW(false, ""),
    ROW(false, "\x04"),
    ROW(false, "\x04\x01"),
    ROW(false, "\x04\x81\x01x"),            /* the length has a shorter form */
    ROW(false, "\x04\x82\x00\x01x"),        /* a leading zero */
    ROW(false, "\x04\x80x\x00\x00"),        /* indefinite */
    ROW(false, "\x04\x84\xff\xff\xff\xff"), /* longer than the input */
    ROW(false, "\x04\x85\x01\x00\x00\x00\x00"),
    ROW(false, "\x04\x82\x01"),
    ROW(false, "\x1f\x01x"), /* a high tag number */
};

START_TEST(only_the_shortest_definite_length_is_read)
{
    char *owner;
    postern_str rest = exactly(elements[_i].der, elements[_i].len, &owner);
    pst_tlv tlv;

    ck_assert_int_eq(pst_der_next(&rest, &tlv), elements[_i].good);
    ck_assert_uint_eq(rest.len, elements[_i].good ? 0 : elements[_i].len);
    free(owner);
}
END_TEST

static const struct {
    bool good;
    const char *der;
    size_t len;
} integers[] = {
    ROW(true, "\x02\x01\x00"),      ROW(true, "\x02\x01\xff"),
    ROW(true, "\x02\x02\x00\x80"),  ROW(true, "\x02\x02\xff\x7f"),
    ROW(false, "\x02\x00"),         ROW(false, "\x02\x02\x00\x7f"),
    ROW(false, "\x02\x02\xff\x80"), ROW(false, "\x03\x01\x00"),
};

START_TEST(integers_have_no_spare_byte)
{
    postern_str rest = {integers[_i].der, integers[_i].len};
    postern_str value;

    ck_assert_int_eq(pst_der_take_integer(&rest, &value), integers[_i].good);
}
END_TEST

static const struct {
    char tag;
    const char *text;
    bool good;
    int64_t seconds;
} times[] = {
    {0x17, "700101000000Z",     true,  0           },
    {0x17, "491231235959Z",     true,  2524607999  },
    {0x17, "500101000000Z",     true,  -631152000  },
    {0x17, "000229120000Z",     true,  951825600   },
    {0x18, "99991231235959Z",   true,  253402300799},
    {0x18, "19500101000000Z",   true,  -631152000  },
    {0x18, "20000229000000Z",   true,  951782400   },
    {0x18, "19491231235959Z",   false, 0           },
    {0x18, "21000229000000Z",   false, 0           },
    {0x17, "250230000000Z",     false, 0           },
    {0x17, "250431000000Z",     false, 0           },
    {0x17, "251301000000Z",     false, 0           },
    {0x17, "250001000000Z",     false, 0           },
    {0x17, "250100000000Z",     false, 0           },
    {0x17, "250101240000Z",     false, 0           },
    {0x17, "250101006000Z",     false, 0           },
    {0x17, "250101000060Z",     false, 0           },
    {0x17, "25010100000 Z",     false, 0           },
    {0x17, "-50101000000Z",     false, 0           },
    {0x17, "250101000000z",     false, 0           },
    {0x17, "2501010000Z",       false, 0           },
    {0x17, "250101000000+0000", false, 0           },
    {0x17, "20250101000000Z",   false, 0           },
    {0x18, "20250101000000.5Z", false, 0           },
    {0x18, "250101000000Z",     false, 0           },
    {0x16, "250101000000Z",     false, 0           },
};

START_TEST(times_are_those_of_the_calendar)
{
    char der[32];
    postern_str rest;
    int64_t seconds = -1;
    int len = snprintf(der, sizeof der, "%c%c%s", times[_i].tag,
                       (char)strlen(times[_i].text), times[_i].text);

    ck_assert_int_gt(len, 2);
    rest = (postern_str){der, (size_t)len};
    ck_assert_int_eq(pst_der_take_time(&rest, &seconds), times[_i].good);
    ck_assert_int_eq(seconds, times[_i].good ? times[_i].seconds : -1);
}
END_TEST

START_TEST(every_day_has_one_date)
{
    const int64_t first = -631152000;
    const int64_t dense = 13569465600; /* 2400-01-01 */
    const int64_t last = 253402300799;
    pst_date before = pst_date_of(first - 1);

    ck_assert_uint_eq(before.year, 1949);
    ck_assert_uint_eq(before.second, 59);
    /* Every day of more than one cycle of 400 years, then samples. */
    for (int64_t day = first; day <= last; day += day < dense ? 86400 : 97 * 86400) {
        pst_date date = pst_date_of(day);
        char text[16];
        char der[32];
        int len = snprintf(text, sizeof text, "%04u%02u%02u000000Z", date.year % 10000,
                           date.month % 100, date.day % 100);
        postern_str rest;
        int64_t seconds;

        ck_assert_int_eq(len, 15);
        (void)snprintf(der, sizeof der, "\x18\x0f%s", text);
        rest = postern_text(der);
        if (!pst_der_take_time(&rest, &seconds) || seconds != day) {
            ck_abort_msg("day %lld is not %s", (long long)day, text);
        }
    }
}
END_TEST

/* --- base64.h, pem.h ---------------------------------------------------------- */

static const struct {
    const char *text;
    const char *bytes; /* NULL: refused */
} encodings[] = {
    {"",             ""      },
    {"Zg==",         "f"     },
    {"Zm8=",         "fo"    },
    {"Zm9v",         "foo"   },
    {"Zm9v\r\nYmFy", "foobar"},
    {"Zm\n9vYmFy\n", "foobar"},
    {"Zm9v \nYg==",  "foob"  },
    {"\nZm9v\n\n",   "foo"   },
    {"Zg=",          NULL    },
    {"Zg",           NULL    },
    {"Zh==",         NULL    }, /* a bit that no byte holds */
    {"Zm9=",         NULL    },
    {"Zg==Zm9v",     NULL    },
    {"Zg==\nZm9v",   NULL    },
    {"Z===",         NULL    },
    {"====",         NULL    },
    {"Zm 9v",        NULL    },
    {"Zm-v",         NULL    },
    {"Z=9v",         NULL    },
    {"Zg=v",         NULL    },
};

START_TEST(base64_is_strict)
{
    char *owner;
    const char *given = encodings[_i].text;
    const char *bytes = encodings[_i].bytes;
    postern_str text = exactly(given, strlen(given), &owner);
    unsigned char out[32];
    size_t len;

    ck_assert_uint_le(pst_base64_room(text.len), sizeof out);
    ck_assert_int_eq(pst_base64_decode(text, out, &len), bytes != NULL);
    if (bytes != NULL) {
        ck_assert_uint_eq(len, strlen(bytes));
        ck_assert_mem_eq(out, bytes, len);
    }
    free(owner);
}
END_TEST

START_TEST(base64_comes_back)
{
    unsigned char bytes[256];
    unsigned char back[260];
    char text[400];

    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)(i * 37);
    }
    for (size_t len = 0; len <= sizeof bytes; len++) {
        pst_writer out = {text, sizeof text, 0};
        size_t found;

        pst_base64_write(&out, (postern_str){(const char *)bytes, len});
        ck_assert_uint_eq(out.len, pst_base64_length(len));
        ck_assert(pst_base64_decode((postern_str){text, out.len}, back, &found));
        ck_assert_uint_eq(found, len);
        ck_assert_mem_eq(back, bytes, len);
    }
}
END_TEST

START_TEST(pem_blocks_have_lines)
{
    static const char text[] = "subject=x\n"
                               "-----BEGIN CERTIFICATE-----\n"
                               "Zm9v\n"
                               "-----END CERTIFICATE-----\n"
                               "between\r\n"
                               "-----BEGIN X509 CRL-----\r\n"
                               "Zm9v\r\n"
                               "-----END X509 CRL-----";
    pst_pem pem = pst_pem_start(postern_text(text));
    pst_pem_block block;

    ck_assert(pst_pem_next(&pem, &block));
    ck_assert_ptr_null(block.problem);
    ck_assert_uint_eq(block.line, 2);
    ck_assert(pst_str_same(block.label, postern_text("CERTIFICATE")));
    ck_assert(pst_str_same(block.base64, postern_text("Zm9v\n")));
    ck_assert(pst_pem_next(&pem, &block));
    ck_assert_ptr_null(block.problem);
    ck_assert_uint_eq(block.line, 6);
    ck_assert(pst_str_same(block.label, postern_text("X509 CRL")));
    ck_assert(!pst_pem_next(&pem, &block));
}
END_TEST

static const struct {
    const char *text;
    size_t line; /* of the first problem */
} damaged[] = {
    {"-----BEGIN CERTIFICATE-----\nZm9v\n",                                          1},
    {"-----BEGIN CERTIFICATE-----\nZm9v\n-----END X509 CRL-----\n",                  1},
    {"-----BEGIN CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n",                   1},
    {"x\n-----BEGIN CERTIFICATE----\nZm9v\n-----END CERTIFICATE-----\n",             2},
    {"\xef\xbb\xbf-----BEGIN CERTIFICATE-----\nZm9v\n",                              1},
    {" -----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n",              1},
    {"\n\nZm9v\n-----END CERTIFICATE-----\n",                                        4},
    {"-----BEGIN -----\n",                                                           1},
    {"-----BEGIN A-----\nZm9v-----END A-----\n",                                     1},
    {"-----BEGIN A----------BEGIN B-----\nZm9v\n-----END A----------BEGIN B-----\n", 1},
};

START_TEST(damaged_pem_is_not_skipped)
{
    pst_pem pem = pst_pem_start(postern_text(damaged[_i].text));
    pst_pem_block block;

    ck_assert(pst_pem_next(&pem, &block));
    ck_assert_ptr_nonnull(block.problem);
    ck_assert_uint_eq(block.line, damaged[_i].line);
    while (pst_pem_next(&pem, &block)) {
    }
}
END_TEST

#define LENGTH(array) ((int)(sizeof(array) / sizeof *(array)))

Suite *test_suite(void)
{
    Suite *suite = suite_create("der");
    TCase *der = tcase_create("der");
    TCase *pem = tcase_create("pem");

    tcase_add_loop_test(der, only_the_shortest_definite_length_is_read, 0,
                        LENGTH(elements));
    tcase_add_loop_test(der, integers_have_no_spare_byte, 0, LENGTH(integers));
    tcase_add_loop_test(der, times_are_those_of_the_calendar, 0, LENGTH(times));
    tcase_add_test(der, every_day_has_one_date);
    suite_add_tcase(suite, der);
    tcase_add_loop_test(pem, base64_is_strict, 0, LENGTH(encodings));
    tcase_add_test(pem, base64_comes_back);
    tcase_add_test(pem, pem_blocks_have_lines);
    tcase_add_loop_test(pem, damaged_pem_is_not_skipped, 0, LENGTH(damaged));
    suite_add_tcase(suite, pem);
    return suite;
}
