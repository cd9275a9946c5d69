/*
 * test_crl.c - what of a CRL is kept and how it is found again. What a CRL must look like
 * is in test_shape.c, who has signed it in test_crl_signer.c, what it means in
 * test_judge.c.
 */
#include "../harness/corpus.h"
#include "../harness/crl_writer.h"
#include "../harness/harness.h"
#include "../harness/path.h"
#include "certificate/anchors.h"
#include "support/alloc.h"
#include "support/text.h"

#include <stdlib.h>

#define BYTES(literal)                    \
    {                                     \
        "" literal "", sizeof literal - 1 \
    }

static void drop(postern_str text)
{
    free((void *)(uintptr_t)text.data);
}

/* Parses what `plan` says; the DER is gone when the CRL is used. */
static postern_status parse(const crl_plan *plan, pst_crl *out, const char **why)
{
    const postern_str der = crl_write(plan);
    const postern_status status =
        pst_crl_parse(pst_alloc_or_default(NULL), der, out, why);

    drop(der);
    return status;
}

/* --- the CRL number ----------------------------------------------------------- */

#define ONES16 "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"

static const struct {
    postern_str contents;
    postern_status status;
    size_t len;
} numbers[] = {
    {BYTES("\x00"),                            POSTERN_OK,     0 },
    {BYTES("\x01"),                            POSTERN_OK,     1 },
    {BYTES("\x7f"),                            POSTERN_OK,     1 },
    {BYTES("\x00\x80"),                        POSTERN_OK,     1 },
    {BYTES("\x01\x00"),                        POSTERN_OK,     2 },
    {BYTES("\x7f\xff\xff\xff" ONES16),         POSTERN_OK,     20},
    {BYTES("\x00\xff\xff\xff\xff" ONES16),     POSTERN_OK,     20},
    {BYTES("\x01\x00\x00\x00\x00" ONES16),     POSTERN_SYNTAX, 0 },
    {BYTES("\x00\x80\x00\x00\x00\x00" ONES16), POSTERN_SYNTAX, 0 },
    {BYTES("\x80"),                            POSTERN_SYNTAX, 0 },
    {BYTES("\xff"),                            POSTERN_SYNTAX, 0 },
    {BYTES("\xff\x7f"),                        POSTERN_SYNTAX, 0 },
    {BYTES("\x00\x01"),                        POSTERN_SYNTAX, 0 },
    {BYTES("\x00\x00"),                        POSTERN_SYNTAX, 0 },
    {BYTES(""),                                POSTERN_SYNTAX, 0 },
};

START_TEST(a_number_has_up_to_20_octets_and_is_not_negative)
{
    const crl_plan plan = {.number = numbers[_i].contents};
    pst_crl crl;
    const char *why;

    ck_assert_int_eq(parse(&plan, &crl, &why), numbers[_i].status);
    ck_assert_int_eq(why == NULL, numbers[_i].status == POSTERN_OK);
    if (numbers[_i].status == POSTERN_OK) {
        const postern_str all = numbers[_i].contents;

        ck_assert(crl.number.known);
        ck_assert_uint_eq(crl.number.len, numbers[_i].len);
        ck_assert_mem_eq(crl.number.bytes, all.data + all.len - crl.number.len,
                         crl.number.len);
    }
    pst_crl_free(pst_alloc_or_default(NULL), &crl);
}
END_TEST

#define NUMBER_EXTENSION(length, string) "\x30" length "\x06\x03\x55\x1d\x14\x04" string

static const postern_str odd_extensions[] = {
    BYTES(NUMBER_EXTENSION("\x0b", "\x04\x02\x01\x05\x00")), /* trailing */
    BYTES(NUMBER_EXTENSION("\x0a", "\x03\x0a\x01\x05")),     /* ENUMERATED */
    BYTES(NUMBER_EXTENSION("\x07", "\x00")),                 /* nothing */
    BYTES(
        "\x30\x0d\x06\x03\x55\x1d\x14\x01\x01\xff\x04\x03\x02\x01\x05"), /* critical */
    BYTES(NUMBER_EXTENSION("\x0a", "\x03\x02\x01\x05")                   /* twice */
          NUMBER_EXTENSION("\x0a", "\x03\x02\x01\x05")),
};

START_TEST(a_number_is_one_integer)
{
    const crl_plan good = {.extensions =
                               BYTES(NUMBER_EXTENSION("\x0a", "\x03\x02\x01\x05"))};
    const crl_plan none = {.count = 1};
    pst_crl crl;
    const char *why;

    for (size_t i = 0; i < sizeof odd_extensions / sizeof odd_extensions[0]; i++) {
        const crl_plan plan = {.extensions = odd_extensions[i]};

        ck_assert_int_eq(parse(&plan, &crl, &why), POSTERN_SYNTAX);
        pst_crl_free(pst_alloc_or_default(NULL), &crl);
    }
    ck_assert_int_eq(parse(&good, &crl, &why), POSTERN_OK);
    ck_assert(crl.number.known && crl.number.len == 1 && crl.number.bytes[0] == 5);
    pst_crl_free(pst_alloc_or_default(NULL), &crl);
    ck_assert_int_eq(parse(&none, &crl, &why), POSTERN_OK);
    ck_assert(!crl.number.known);
    pst_crl_free(pst_alloc_or_default(NULL), &crl);
}
END_TEST

/* clang-format off */
static const struct {
    const char *date[2];
    postern_str number[2];
    int age; /* of the first, against the second */
} ages[] = {
    {{"260101000000Z", "260101000000Z"}, {{NULL, 0}, {NULL, 0}},                 0},
    {{"260101000000Z", "260101000001Z"}, {{NULL, 0}, {NULL, 0}},                 -1},
    {{"260101000001Z", "260101000000Z"}, {{NULL, 0}, {NULL, 0}},                 1},
    {{"260101000000Z", "260101000000Z"}, {BYTES("\x05"), BYTES("\x05")},         0},
    {{"260101000000Z", "260101000000Z"}, {BYTES("\x04"), BYTES("\x05")},         -1},
    {{"260101000000Z", "260101000000Z"}, {BYTES("\x05"), BYTES("\x04")},         1},
    {{"260101000000Z", "260101000000Z"}, {BYTES("\x7f"), BYTES("\x01\x00")},     -1},
    {{"260101000000Z", "260101000000Z"}, {BYTES("\x00"), BYTES("\x01")},         -1},
    {{"260101000000Z", "260101000000Z"}, {BYTES("\x01\x00"), BYTES("\x00\xff")}, 1},
    /* One of the two that is lower is enough. */
    {{"260101000001Z", "260101000000Z"}, {BYTES("\x04"), BYTES("\x05")},         -1},
    {{"260101000000Z", "260101000001Z"}, {BYTES("\x05"), BYTES("\x04")},         -1},
    {{"260101000001Z", "260101000000Z"}, {BYTES("\x05"), BYTES("\x05")},         1},
    /* A number that only one has says nothing. */
    {{"260101000000Z", "260101000000Z"}, {{NULL, 0}, BYTES("\x05")},             0},
    {{"260101000000Z", "260101000000Z"}, {BYTES("\x05"), {NULL, 0}},             0},
};
/* clang-format on */

START_TEST(number_and_date_tell_which_is_older)
{
    pst_crl crls[2];
    const char *why;

    for (size_t i = 0; i < 2; i++) {
        const crl_plan plan = {.this_update = ages[_i].date[i],
                               .number = ages[_i].number[i]};

        ck_assert_int_eq(parse(&plan, &crls[i], &why), POSTERN_OK);
    }
    ck_assert_int_eq(pst_crl_age(&crls[0], &crls[1]), ages[_i].age);
}
END_TEST

/* --- serial numbers ----------------------------------------------------------- */

/* Every shape of INTEGER contents: as the DER has it, nothing is normalised. */
static const postern_str shapes[] = {
    BYTES("\x00"),
    BYTES("\x01"),
    BYTES("\xff"),
    BYTES("\x80"),
    BYTES("\x00\x80"),
    BYTES("\x00\xff"),
    BYTES("\x01\x00"),
    BYTES("\x01\x00\x00\x00\x00\x00\x00"),
    BYTES("\x01\x00\x00\x00\x00\x00\x00\x00"),
    BYTES("\x01\x00\x00\x00\x00\x00\x00\x00\x00"),
    BYTES("\x01" ONES16),
    BYTES("\x01\x02\x03\x04" ONES16),
    BYTES("\x80\x02\x03\x04" ONES16),
    BYTES("\x01\x02\x03\x04\x05" ONES16 ONES16 "\x06\x07\x08"),
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static unsigned listed_shapes; /* bits */

/* The listed ones, over and over. */
static size_t shape_serial(size_t i, unsigned char out[CRL_SERIAL_MAX])
{
    size_t at = i % SHAPES;

    while ((listed_shapes >> at & 1U) == 0) {
        at = (at + 1) % SHAPES;
    }
    memcpy(out, shapes[at].data, shapes[at].len);
    return shapes[at].len;
}

START_TEST(serials_of_every_shape_are_compared_byte_for_byte)
{
    const crl_plan plan = {.count = (size_t)SHAPES * (_i % 2 == 0 ? 1 : 50),
                           .serial = shape_serial};
    pst_crl crl;
    const char *why;

    listed_shapes = _i / 2 == 0 ? (1U << SHAPES) - 1 : _i / 2 == 1 ? 0x1555U : 0x2aaaU;
    ck_assert_int_eq(parse(&plan, &crl, &why), POSTERN_OK);
    for (size_t i = 0; i < SHAPES; i++) {
        ck_assert_msg(pst_crl_lists(&crl, shapes[i]) == (listed_shapes >> i & 1U),
                      "shape %zu", i);
    }
    pst_crl_free(pst_alloc_or_default(NULL), &crl);
}
END_TEST

enum { MANY = 100000 };

START_TEST(every_one_of_many_is_found_and_no_other)
{
    const crl_plan plan = {.count = MANY};
    unsigned char bytes[CRL_SERIAL_MAX];
    pst_crl crl;
    const char *why;

    ck_assert_int_eq(parse(&plan, &crl, &why), POSTERN_OK);
    ck_assert_uint_eq(crl.serials.count, MANY);
    for (size_t i = 0; i < (size_t)2 * MANY; i++) {
        const size_t len = crl_random_serial(i, bytes);

        ck_assert_int_eq(pst_crl_lists(&crl, (postern_str){(char *)bytes, len}),
                         i < MANY);
    }
    pst_crl_free(pst_alloc_or_default(NULL), &crl);
}
END_TEST

static size_t same_serial(size_t i, unsigned char out[CRL_SERIAL_MAX])
{
    return crl_random_serial(i == MANY / 2 ? 1 : 0, out);
}

/* Would take long if one bucket were searched or sorted number by number. */
START_TEST(one_number_repeated_is_no_burden)
{
    const crl_plan plan = {.count = MANY, .serial = same_serial};
    unsigned char bytes[CRL_SERIAL_MAX];
    pst_crl crl;
    const char *why;

    ck_assert_int_eq(parse(&plan, &crl, &why), POSTERN_OK);
    for (size_t i = 0; i < MANY; i++) {
        const size_t len = crl_random_serial(i % 3, bytes);

        ck_assert_int_eq(pst_crl_lists(&crl, (postern_str){(char *)bytes, len}),
                         i % 3 < 2);
    }
    pst_crl_free(pst_alloc_or_default(NULL), &crl);
}
END_TEST

START_TEST(nobody_is_in_an_empty_list)
{
    const crl_plan plan = {.count = 0};
    pst_crl crl;
    const char *why;

    ck_assert_int_eq(parse(&plan, &crl, &why), POSTERN_OK);
    for (size_t i = 0; i < SHAPES; i++) {
        ck_assert(!pst_crl_lists(&crl, shapes[i]));
    }
    ck_assert_ptr_null(crl.serials.prints);
    pst_crl_free(pst_alloc_or_default(NULL), &crl);
}
END_TEST

/* What is known of one table's fingerprints is of no use for the next. */
START_TEST(every_crl_has_fingerprints_of_its_own)
{
    const crl_plan plan = {.count = 1};
    const crl_plan later = {.count = 1, .this_update = "260101000001Z"};
    pst_crl crls[2];
    const char *why;

    ck_assert_int_eq(parse(&plan, &crls[0], &why), POSTERN_OK);
    ck_assert_int_eq(parse(&later, &crls[1], &why), POSTERN_OK);
    ck_assert(crls[0].serials.prints[0] != crls[1].serials.prints[0]);
    pst_crl_free(pst_alloc_or_default(NULL), &crls[0]);
    pst_crl_free(pst_alloc_or_default(NULL), &crls[1]);
}
END_TEST

START_TEST(more_numbers_than_places_are_refused)
{
    pst_serials serials;

    ck_assert_int_eq(
        pst_serials_new(pst_alloc_or_default(NULL), UINT32_MAX, 0, &serials),
        POSTERN_LIMIT);
    ck_assert_ptr_null(serials.prints);
}
END_TEST

/* --- what stays in memory ----------------------------------------------------- */

/* Loads CRLs as files of one block each, beside ca-a. @return bytes that stay */
static size_t load(counting_heap *heap, const crl_plan *plans, size_t count,
                   pst_authority **out)
{
    pst_pem_file crls[4];
    pst_pem_file ca;
    postern_status status;

    ck_assert_uint_eq(corpus_files(CA("ca-a"), &ca, 1), 1);
    for (size_t i = 0; i < count; i++) {
        crls[i] = (pst_pem_file){postern_text("x.crl"), crl_write_pem(&plans[i])};
    }
    status = pst_authority_new(&heap->alloc, path_crypto(), &ca, 1, crls, count,
                               PST_REVOCATION_REQUIRE, NOW, out, NULL);
    ck_assert_int_eq(status, POSTERN_OK);
    for (size_t i = 0; i < count; i++) {
        drop(crls[i].text);
    }
    corpus_free();
    return heap->live_bytes;
}

START_TEST(an_entry_takes_less_than_nine_bytes)
{
    const crl_plan empty = {.this_update = "260101000000Z"};
    const crl_plan plans[] = {
        {.count = MANY,     .this_update = "260102000000Z"},
        {.count = MANY    },
        {.count = MANY, .ca = "ca-a-int"                              },
    };
    counting_heap heap;
    pst_authority *authority;
    size_t bytes;

    counting_heap_init(&heap, SIZE_MAX);
    bytes = load(&heap, &empty, 1, &authority);
    pst_authority_free(authority);
    ck_assert_uint_eq(heap.live_bytes, 0);
    ck_assert_uint_lt(load(&heap, plans, 1, &authority), bytes + (size_t)9 * MANY);
    pst_authority_free(authority);
    /* One that is replaced stays not at all. */
    ck_assert_uint_lt(load(&heap, plans, 2, &authority), bytes + (size_t)9 * MANY);
    ck_assert_uint_eq(authority->crl_count, 1);
    pst_authority_free(authority);
    /* One of an intermediate keeps its DER of 39 bytes an entry, and not the text. */
    ck_assert_uint_lt(load(&heap, plans + 2, 1, &authority), bytes + (size_t)48 * MANY);
    pst_authority_free(authority);
    ck_assert_uint_eq(heap.live_bytes, 0);
}
END_TEST

/* A heap that fails at each request in turn leaves nothing behind. */
START_TEST(every_request_of_loading_may_fail)
{
    const crl_plan plans[] = {
        {.count = 100,      .this_update = "260102000000Z"},
        {.count = 100     },
        {.count = 100, .ca = "ca-a-int"                              },
    };
    pst_pem_file crls[3];
    pst_pem_file ca;
    pst_authority *authority = NULL;

    ck_assert_uint_eq(corpus_files(CA("ca-a"), &ca, 1), 1);
    for (size_t i = 0; i < 3; i++) {
        crls[i] = (pst_pem_file){postern_text("x.crl"), crl_write_pem(&plans[i])};
    }
    for (size_t fail_at = 0; authority == NULL; fail_at++) {
        counting_heap heap;
        postern_status status;

        counting_heap_init(&heap, fail_at);
        status = pst_authority_new(&heap.alloc, path_crypto(), &ca, 1, crls, 3,
                                   PST_REVOCATION_REQUIRE, NOW, &authority, NULL);
        ck_assert_int_eq(status,
                         heap.requests <= fail_at ? POSTERN_OK : POSTERN_NO_MEMORY);
        ck_assert_int_eq(authority == NULL, status != POSTERN_OK);
        pst_authority_free(authority);
        ck_assert_uint_eq(heap.live_bytes, 0);
        ck_assert_uint_lt(fail_at, 1000);
    }
    for (size_t i = 0; i < 3; i++) {
        drop(crls[i].text);
    }
    corpus_free();
}
END_TEST

/* --- which of several count --------------------------------------------------- */

static size_t first_or_second(size_t i, unsigned char out[CRL_SERIAL_MAX])
{
    return crl_random_serial(i, out);
}

static size_t second_only(size_t i, unsigned char out[CRL_SERIAL_MAX])
{
    (void)i;
    return crl_random_serial(1, out);
}

/* Of one second: whatever either lists is revoked, and a higher number changes nothing.
 * Of different seconds the newer is alone. */
START_TEST(of_one_second_all_count)
{
    const crl_plan plans[] = {
        {.count = 1, .serial = first_or_second,      .number = BYTES("\x01")},
        {.count = 1, .serial = second_only,          .number = BYTES("\x02")},
        {.count = 0, .this_update = "260101000001Z", .number = BYTES("\x01")},
    };
    counting_heap heap;
    pst_authority *authority;

    counting_heap_init(&heap, SIZE_MAX);
    (void)load(&heap, plans, 2, &authority);
    ck_assert_uint_eq(authority->crl_count, 2);
    pst_authority_free(authority);
    (void)load(&heap, plans, 3, &authority);
    ck_assert_uint_eq(authority->crl_count, 1);
    ck_assert_uint_eq(authority->crls[0].crl.serials.count, 0);
    pst_authority_free(authority);
    ck_assert_uint_eq(heap.live_bytes, 0);
}
END_TEST

/* ca-c is another CA of ca-a's name: neither's CRL replaces the other's. */
START_TEST(of_one_name_each_key_has_its_own)
{
    const crl_plan plans[] = {
        {.count = 1                     },
        { .count = 1, .ca = "ca-c", .this_update = "260201000000Z"},
    };
    pst_pem_file cas[2];
    pst_pem_file crls[2];
    pst_authority *authority;

    ck_assert_uint_eq(corpus_files(CA("ca-a") " " CA("ca-c"), cas, 2), 2);
    for (size_t i = 0; i < 2; i++) {
        crls[i] = (pst_pem_file){postern_text("x.crl"), crl_write_pem(&plans[i])};
    }
    ck_assert_int_eq(pst_authority_new(NULL, path_crypto(), cas, 2, crls, 2,
                                       PST_REVOCATION_REQUIRE, NOW, &authority, NULL),
                     POSTERN_OK);
    ck_assert(pst_str_same(authority->anchors[0].certificate.subject,
                           authority->anchors[1].certificate.subject));
    ck_assert_uint_eq(authority->crl_count, 2);
    pst_authority_free(authority);
    for (size_t i = 0; i < 2; i++) {
        drop(crls[i].text);
    }
    corpus_free();
}
END_TEST

#define LENGTH(array) ((int)(sizeof(array) / sizeof *(array)))

Suite *test_suite(void)
{
    Suite *suite = suite_create("crl");
    TCase *tc = tcase_create("crl");

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, a_number_has_up_to_20_octets_and_is_not_negative, 0,
                        LENGTH(numbers));
    tcase_add_test(tc, a_number_is_one_integer);
    tcase_add_loop_test(tc, number_and_date_tell_which_is_older, 0, LENGTH(ages));
    tcase_add_loop_test(tc, serials_of_every_shape_are_compared_byte_for_byte, 0, 6);
    tcase_add_test(tc, every_one_of_many_is_found_and_no_other);
    tcase_add_test(tc, one_number_repeated_is_no_burden);
    tcase_add_test(tc, nobody_is_in_an_empty_list);
    tcase_add_test(tc, every_crl_has_fingerprints_of_its_own);
    tcase_add_test(tc, more_numbers_than_places_are_refused);
    tcase_add_test(tc, an_entry_takes_less_than_nine_bytes);
    tcase_add_test(tc, every_request_of_loading_may_fail);
    tcase_add_test(tc, of_one_second_all_count);
    tcase_add_test(tc, of_one_name_each_key_has_its_own);
    suite_add_tcase(suite, tc);
    return suite;
}
