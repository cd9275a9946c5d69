/*
 * test_der.c - the CA's DER: what is read stays inside what was given, and what is
 * written can be read.
 */
#include "../../examples/ca/der.h"
#include "../harness/harness.h"

#include <stdlib.h>
#include <string.h>

#define TIMES_128(piece) TIMES_32(piece) TIMES_32(piece) TIMES_32(piece) TIMES_32(piece)
#define TIMES_32(piece) TIMES_8(piece) TIMES_8(piece) TIMES_8(piece) TIMES_8(piece)
#define TIMES_8(piece) piece piece piece piece piece piece piece piece

/* Values and whether they are DER; `len` of the contents. */
static const struct {
    ca_bytes bytes;
    bool good;
    size_t len;
} values[] = {
    {CA_BYTES_INIT("\x04\x00"),                                                    true,  0},
    {CA_BYTES_INIT("\x04\x02xy"),                                                  true,  2},
    {CA_BYTES_INIT("\x04\x02xyz"),                                                 true,  2},
    {CA_BYTES_INIT(""),                                                            false, 0},
    {CA_BYTES_INIT("\x04"),                                                        false, 0},
    {CA_BYTES_INIT("\x04\x01"),                                                    false, 0}, /* contents are missing */
    {CA_BYTES_INIT("\x04\x03xy"),                                                  false, 0},
    {CA_BYTES_INIT("\x1f\x01x"),                                                   false, 0}, /* a long tag */
    {CA_BYTES_INIT("\x30\x80\x00\x00"),                                            false, 0}, /* no length */
    {CA_BYTES_INIT("\x04\x81"),                                                    false, 0}, /* half a length */
    {CA_BYTES_INIT("\x04\x82\x01"),                                                false, 0},
    {CA_BYTES_INIT("\x04\x81\x01x"),                                               false, 0}, /* not the shortest */
    {CA_BYTES_INIT("\x04\x81\x00"),                                                false, 0},
    {CA_BYTES_INIT("\x04\x82\x00\x01x"),                                           false, 0},
    {CA_BYTES_INIT("\x04\x84\xff\xff\xff\xff"),                                    false, 0},
    {CA_BYTES_INIT("\x04\x85\x01\x00\x00\x00\x00"),                                false, 0},
    {CA_BYTES_INIT("\x04\x88\xff\xff\xff\xff\xff\xff\xff\xff"),                    false, 0},
 /* lengths that are right but for zeros before them, or a bit above all others */
    {CA_BYTES_INIT("\x04\x82\x00\x80" TIMES_128("x")),                             false, 0},
    {CA_BYTES_INIT("\x04\x89\x01\x00\x00\x00\x00\x00\x00\x00\x80" TIMES_128("x")),
     false,                                                                               0},
};

START_TEST(only_whole_values_are_taken)
{
    /* Exactly as large as it is: a byte too far is seen. */
    const ca_bytes bytes = values[_i].bytes;
    unsigned char *copy = malloc(bytes.len + 1);
    ca_bytes from = {copy + 1, bytes.len};
    ca_tlv tlv;

    ck_assert_ptr_nonnull(copy);
    memcpy(copy + 1, bytes.data, bytes.len);
    ck_assert_int_eq(ca_der_next(&from, &tlv), values[_i].good);
    if (values[_i].good) {
        ck_assert_uint_eq(tlv.contents.len, values[_i].len);
        ck_assert_uint_eq(tlv.whole.len, values[_i].len + 2);
        ck_assert_uint_eq(from.len, bytes.len - tlv.whole.len);
    } else {
        ck_assert_uint_eq(from.len, bytes.len);
        ck_assert_ptr_eq(from.data, copy + 1);
    }
    free(copy);
}
END_TEST

START_TEST(another_tag_takes_nothing)
{
    ca_bytes from = CA_BYTES("\x04\x01x");
    ca_tlv tlv;

    ck_assert(!ca_der_take(&from, CA_DER_SEQUENCE, &tlv));
    ck_assert_uint_eq(from.len, 3);
    ck_assert(ca_der_take(&from, CA_DER_OCTET_STRING, &tlv));
    ck_assert_uint_eq(from.len, 0);
}
END_TEST

static const size_t lengths[] = {0,     1,     0x7e,   0x7f,    0x80,     0xff,
                                 0x100, 0x3fc, 0xffff, 0x10000, 0xffffff, 0x1000000};

START_TEST(what_is_written_is_read)
{
    const size_t len = lengths[_i];
    unsigned char *contents = malloc(len + 1);
    ca_der der = {0};
    ca_bytes from;
    ca_tlv inner;
    ca_tlv outer;

    ck_assert_ptr_nonnull(contents);
    memset(contents, 'x', len + 1);
    ca_der_put(&der, CA_DER_OCTET_STRING, (ca_bytes){contents, len});
    ca_der_put_number(&der, 7);
    ca_der_close(&der, CA_DER_SEQUENCE, 0);
    ck_assert(!der.failed);
    from = ca_der_bytes(&der);
    ck_assert(ca_der_take(&from, CA_DER_SEQUENCE, &outer));
    ck_assert_uint_eq(from.len, 0);
    ck_assert(ca_der_take(&outer.contents, CA_DER_INTEGER, &inner));
    ck_assert(ca_bytes_same(inner.contents, CA_BYTES("\x07")));
    ck_assert(ca_der_take(&outer.contents, CA_DER_OCTET_STRING, &inner));
    ck_assert(ca_bytes_same(inner.contents, (ca_bytes){contents, len}));
    ck_assert_uint_eq(outer.contents.len, 0);
    ca_der_free(&der);
    free(contents);
}
END_TEST

static const struct {
    uint64_t number;
    ca_bytes wanted;
} numbers[] = {
    {0,          CA_BYTES_INIT("\x02\x01\x00")                                },
    {1,          CA_BYTES_INIT("\x02\x01\x01")                                },
    {0x7f,       CA_BYTES_INIT("\x02\x01\x7f")                                },
    {0x80,       CA_BYTES_INIT("\x02\x02\x00\x80")                            },
    {0x100,      CA_BYTES_INIT("\x02\x02\x01\x00")                            },
    {UINT64_MAX, CA_BYTES_INIT("\x02\x09\x00\xff\xff\xff\xff\xff\xff\xff\xff")},
};

START_TEST(numbers_are_as_short_as_they_can_be)
{
    ca_der der = {0};

    ca_der_put_number(&der, numbers[_i].number);
    ck_assert(ca_bytes_same(ca_der_bytes(&der), numbers[_i].wanted));
    ca_der_free(&der);
}
END_TEST

static const struct {
    int64_t seconds;
    const char *text; /* NULL: there is no such time */
} times[] = {
    {-631152000,   "500101000000Z"  },
    {-1,           "691231235959Z"  },
    {0,            "700101000000Z"  },
    {951782400,    "000229000000Z"  },
    {2524607999,   "491231235959Z"  },
    {2524608000,   "20500101000000Z"},
    {253402300799, "99991231235959Z"},
    {253402300800, NULL             },
    {-631152001,   NULL             },
    {INT64_MAX,    NULL             },
};

START_TEST(times_are_those_of_a_calendar)
{
    ca_der der = {0};
    ca_bytes from;
    ca_tlv tlv;
    int64_t seconds;

    ca_der_put_time(&der, times[_i].seconds);
    ck_assert_int_eq(der.failed, times[_i].text == NULL);
    if (times[_i].text != NULL) {
        from = ca_der_bytes(&der);
        ck_assert(ca_der_next(&from, &tlv));
        ck_assert(ca_bytes_same(tlv.contents, ca_bytes_of(times[_i].text)));
        from = ca_der_bytes(&der);
        /* timestamp.h begins with 1970 */
        ck_assert_int_eq(ca_der_take_time(&from, &seconds), times[_i].seconds >= 0);
        ck_assert(times[_i].seconds < 0 || seconds == times[_i].seconds);
    }
    ca_der_free(&der);
}
END_TEST

static const ca_bytes no_times[] = {
    CA_BYTES_INIT("\x17\x0b"
                  "7001010000Z"), /* without seconds */
    CA_BYTES_INIT("\x17\x11"
                  "700101000000+0000"),
    CA_BYTES_INIT("\x17\x0d"
                  "701301000000Z"),
    CA_BYTES_INIT("\x17\x0d"
                  "700101000000z"),
    CA_BYTES_INIT("\x18\x0d"
                  "700101000000Z"),
    CA_BYTES_INIT("\x17\x0f"
                  "19700101000000Z"),
    CA_BYTES_INIT("\x04\x0d"
                  "700101000000Z"),
    CA_BYTES_INIT("\x17\x00"),
};

START_TEST(other_times_are_refused)
{
    ca_bytes from = no_times[_i];
    int64_t seconds;

    ck_assert(!ca_der_take_time(&from, &seconds));
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("ca der");
    TCase *der = tcase_create("der");

    tcase_add_loop_test(der, only_whole_values_are_taken, 0,
                        (int)(sizeof values / sizeof *values));
    tcase_add_test(der, another_tag_takes_nothing);
    tcase_add_loop_test(der, what_is_written_is_read, 0,
                        (int)(sizeof lengths / sizeof *lengths));
    tcase_add_loop_test(der, numbers_are_as_short_as_they_can_be, 0,
                        (int)(sizeof numbers / sizeof *numbers));
    tcase_add_loop_test(der, times_are_those_of_a_calendar, 0,
                        (int)(sizeof times / sizeof *times));
    tcase_add_loop_test(der, other_times_are_refused, 0,
                        (int)(sizeof no_times / sizeof *no_times));
    suite_add_tcase(suite, der);
    return suite;
}
