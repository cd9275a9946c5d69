/*
 * test_crl.c - what of a CRL is kept, how it is found again, and who has signed it.
 * What a CRL must look like is in test_shape.c, what it means in test_judge.c.
 */
#include "../harness/corpus.h"
#include "../harness/crl_writer.h"
#include "../harness/harness.h"
#include "../harness/path.h"
#include "certificate/anchors.h"
#include "certificate/judge.h"
#include "support/alloc.h"
#include "support/text.h"

#include <pthread.h>
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

/* --- the CRL number -------------------------------------------------------------- */

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
    BYTES(NUMBER_EXTENSION("\x0a", "\x03\x02\x01\x05")       /* twice */
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

static const struct {
    const char *date[2];
    postern_str number[2];
    int age; /* of the first, against the second */
} ages[] = {
    {{"260101000000Z", "260101000000Z"}, {{NULL, 0}, {NULL, 0}},                 0 },
    {{"260101000000Z", "260101000001Z"}, {{NULL, 0}, {NULL, 0}},                 -1},
    {{"260101000001Z", "260101000000Z"}, {{NULL, 0}, {NULL, 0}},                 1 },
    {{"260101000000Z", "260101000000Z"}, {BYTES("\x05"), BYTES("\x05")},         0 },
    {{"260101000000Z", "260101000000Z"}, {BYTES("\x04"), BYTES("\x05")},         -1},
    {{"260101000000Z", "260101000000Z"}, {BYTES("\x05"), BYTES("\x04")},         1 },
    {{"260101000000Z", "260101000000Z"}, {BYTES("\x7f"), BYTES("\x01\x00")},     -1},
    {{"260101000000Z", "260101000000Z"}, {BYTES("\x00"), BYTES("\x01")},         -1},
    {{"260101000000Z", "260101000000Z"}, {BYTES("\x01\x00"), BYTES("\x00\xff")}, 1 },
 /* One of the two that is lower is enough. */
    {{"260101000001Z", "260101000000Z"}, {BYTES("\x04"), BYTES("\x05")},         -1},
    {{"260101000000Z", "260101000001Z"}, {BYTES("\x05"), BYTES("\x04")},         -1},
    {{"260101000001Z", "260101000000Z"}, {BYTES("\x05"), BYTES("\x05")},         1 },
 /* A number that only one has says nothing. */
    {{"260101000000Z", "260101000000Z"}, {{NULL, 0}, BYTES("\x05")},             0 },
    {{"260101000000Z", "260101000000Z"}, {BYTES("\x05"), {NULL, 0}},             0 },
};

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

/* --- serial numbers --------------------------------------------------------------- */

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

/* --- what stays in memory ---------------------------------------------------------- */

/* Loads CRLs as files of one block each, beside ca-a. @return bytes that stay */
static size_t load(counting_heap *heap, const crl_plan *plans, size_t count,
                   const postern_crypto *crypto, pst_authority **out)
{
    pst_pem_file crls[4];
    pst_pem_file ca;
    postern_status status;

    ck_assert_uint_eq(corpus_files(CA("ca-a"), &ca, 1), 1);
    for (size_t i = 0; i < count; i++) {
        crls[i] = (pst_pem_file){postern_text("x.crl"), crl_write_pem(&plans[i])};
    }
    status = pst_authority_new(&heap->alloc, crypto, &ca, 1, crls, count,
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
    bytes = load(&heap, &empty, 1, path_crypto(), &authority);
    pst_authority_free(authority);
    ck_assert_uint_eq(heap.live_bytes, 0);
    ck_assert_uint_lt(load(&heap, plans, 1, path_crypto(), &authority),
                      bytes + (size_t)9 * MANY);
    pst_authority_free(authority);
    /* One that is replaced stays not at all. */
    ck_assert_uint_lt(load(&heap, plans, 2, path_crypto(), &authority),
                      bytes + (size_t)9 * MANY);
    ck_assert_uint_eq(authority->crl_count, 1);
    pst_authority_free(authority);
    /* One of an intermediate keeps its DER of 39 bytes an entry, and not the text. */
    ck_assert_uint_lt(load(&heap, plans + 2, 1, path_crypto(), &authority),
                      bytes + (size_t)48 * MANY);
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

/* --- which of several count --------------------------------------------------------- */

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
    (void)load(&heap, plans, 2, path_crypto(), &authority);
    ck_assert_uint_eq(authority->crl_count, 2);
    pst_authority_free(authority);
    (void)load(&heap, plans, 3, path_crypto(), &authority);
    ck_assert_uint_eq(authority->crl_count, 1);
    ck_assert_uint_eq(authority->crls[0].crl.serials.count, 0);
    pst_authority_free(authority);
    ck_assert_uint_eq(heap.live_bytes, 0);
}
END_TEST

/* --- who has signed it --------------------------------------------------------------- */

typedef struct witness {
    size_t calls;
    postern_status fails; /* or POSTERN_OK */
} witness;

static postern_status counted_verify(void *context, postern_str spki,
                                     postern_signature scheme, postern_digest digest,
                                     postern_str data, postern_str signature)
{
    witness *seen = context;

    seen->calls++;
    return seen->fails != POSTERN_OK
               ? seen->fails
               : path_crypto()->verify(NULL, spki, scheme, digest, data, signature);
}

static postern_crypto watched(witness *seen)
{
    postern_crypto table = *path_crypto();

    table.context = seen;
    table.verify = counted_verify;
    return table;
}

static pst_certificate certificate_of(const char *name)
{
    pst_certificate certificate;

    ck_assert(pst_certificate_parse(corpus_read(name), &certificate));
    return certificate;
}

START_TEST(the_crl_of_an_intermediate_is_checked_once_for_each_key)
{
    const crl_plan plan = {.count = 3, .ca = "ca-a-int"};
    witness seen = {0, POSTERN_OK};
    const postern_crypto table = watched(&seen);
    const pst_revocation_list *list;
    pst_certificate right;
    pst_certificate wrong;
    counting_heap heap;
    pst_authority *authority;
    bool is_by;

    counting_heap_init(&heap, SIZE_MAX);
    (void)load(&heap, &plan, 1, &table, &authority);
    right = certificate_of("corpus/ca/ca-a-int.der");
    wrong = certificate_of("corpus/ca/ca-b.der");
    list = &authority->crls[0];
    ck_assert_uint_eq(seen.calls, 0);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(pst_revocation_list_is_by(authority, list, &right, &is_by),
                         POSTERN_OK);
        ck_assert(is_by);
        ck_assert_int_eq(pst_revocation_list_is_by(authority, list, &wrong, &is_by),
                         POSTERN_OK);
        ck_assert(!is_by);
        ck_assert_uint_eq(seen.calls, 2);
    }
    pst_authority_free(authority);
    ck_assert_uint_eq(heap.live_bytes, 0);
    corpus_free();
}
END_TEST

/* A check that could not be made is no answer; without memory there is one all the same,
 * each time anew. */
START_TEST(only_answers_are_remembered)
{
    const crl_plan plan = {.count = 3, .ca = "ca-a-int"};
    witness seen = {0, POSTERN_OK};
    const postern_crypto table = watched(&seen);
    pst_certificate issuer;
    counting_heap heap;
    pst_authority *authority;
    bool is_by;

    counting_heap_init(&heap, SIZE_MAX);
    (void)load(&heap, &plan, 1, &table, &authority);
    issuer = certificate_of("corpus/ca/ca-a-int.der");
    seen.fails = POSTERN_CRYPTO;
    ck_assert_int_eq(
        pst_revocation_list_is_by(authority, &authority->crls[0], &issuer, &is_by),
        POSTERN_CRYPTO);
    ck_assert(!is_by);
    seen.fails = POSTERN_OK;
    heap.fail_at = heap.requests;
    for (size_t i = 2; i < 4; i++) {
        ck_assert_int_eq(
            pst_revocation_list_is_by(authority, &authority->crls[0], &issuer, &is_by),
            POSTERN_OK);
        ck_assert(is_by);
        ck_assert_uint_eq(seen.calls, i);
    }
    heap.fail_at = SIZE_MAX;
    pst_authority_free(authority);
    ck_assert_uint_eq(heap.live_bytes, 0);
    corpus_free();
}
END_TEST

/* A judgement of a certificate below an intermediate, all the way. */
START_TEST(a_second_judgement_checks_no_signature_of_a_crl)
{
    const crl_plan plans[] = {
        {.count = 3       },
        { .count = 3, .ca = "ca-a-int"},
    };
    witness seen = {0, POSTERN_OK};
    const postern_crypto table = watched(&seen);
    postern_str chain[2];
    counting_heap heap;
    pst_authority *authority;
    pst_judgement got;

    counting_heap_init(&heap, SIZE_MAX);
    (void)load(&heap, plans, 2, &table, &authority);
    ck_assert_uint_eq(seen.calls, 1); /* the anchor's, when loaded */
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_uint_eq(corpus_chain(LEAF("ok-int"), CHAIN("ok-int"), chain, 2), 2);
        ck_assert_int_eq(pst_judge_chain(authority, chain, 2, NOW, &got), POSTERN_OK);
        ck_assert(got.verified);
        ck_assert_uint_eq(seen.calls, 2);
        corpus_free();
    }
    pst_authority_free(authority);
}
END_TEST

START_TEST(what_is_known_of_keys_is_bounded)
{
    const postern_allocator *alloc = pst_alloc_or_default(NULL);
    pst_known_keys known = {NULL};
    char keys[PST_KNOWN_KEYS_MAX + 2];
    bool signed_by;

    for (size_t i = 0; i < sizeof keys; i++) {
        keys[i] = (char)i;
        pst_known_keys_add(&known, alloc, (postern_str){&keys[i], 1}, i % 2 == 0);
    }
    for (size_t i = 0; i < sizeof keys; i++) {
        const postern_str key = {&keys[i], 1};

        ck_assert_int_eq(pst_known_keys_find(&known, key, &signed_by),
                         i < PST_KNOWN_KEYS_MAX);
        ck_assert(i >= PST_KNOWN_KEYS_MAX || signed_by == (i % 2 == 0));
    }
    pst_known_keys_free(&known, alloc);
    ck_assert(!pst_known_keys_find(&known, (postern_str){keys, 1}, &signed_by));
}
END_TEST

enum { THREADS = 4, ROUNDS = 2000 };

/* Each thread finds for each key nothing or the truth. */
static void *learn(void *user)
{
    static char wrong;
    pst_known_keys *known = user;

    for (unsigned i = 0; i < ROUNDS; i++) {
        const char byte = (char)(i % (PST_KNOWN_KEYS_MAX + 4));
        const postern_str key = {&byte, 1};
        bool signed_by;

        if (!pst_known_keys_find(known, key, &signed_by)) {
            pst_known_keys_add(known, pst_alloc_or_default(NULL), key, byte % 2 == 0);
        } else if (signed_by != (byte % 2 == 0)) {
            return &wrong;
        }
    }
    return NULL;
}

START_TEST(threads_learn_of_keys_together)
{
    for (unsigned round = 0; round < 50; round++) {
        pst_known_keys known = {NULL};
        pthread_t threads[THREADS];
        void *wrong;

        for (size_t i = 0; i < THREADS; i++) {
            ck_assert_int_eq(pthread_create(&threads[i], NULL, learn, &known), 0);
        }
        for (size_t i = 0; i < THREADS; i++) {
            ck_assert_int_eq(pthread_join(threads[i], &wrong), 0);
            ck_assert_ptr_null(wrong);
        }
        pst_known_keys_free(&known, pst_alloc_or_default(NULL));
    }
}
END_TEST

/* --- keys ---------------------------------------------------------------------------- */

START_TEST(an_rsa_key_is_one_with_null_and_without)
{
    static const postern_str with = BYTES("\x30\x16\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7"
                                          "\x0d\x01\x01\x01\x05\x00\x03\x05\x00\x30\x02"
                                          "\x05\x00");
    static const postern_str without = BYTES("\x30\x14\x30\x0b\x06\x09\x2a\x86\x48\x86"
                                             "\xf7\x0d\x01\x01\x01\x03\x05\x00\x30\x02"
                                             "\x05\x00");
    static const postern_str other = BYTES("\x30\x14\x30\x0b\x06\x09\x2a\x86\x48\x86"
                                           "\xf7\x0d\x01\x01\x01\x03\x05\x00\x30\x02"
                                           "\x06\x00");
    static const postern_str none = {NULL, 0};

    ck_assert(pst_key_is_same(with, with));
    ck_assert(pst_key_is_same(with, without) && pst_key_is_same(without, with));
    ck_assert(!pst_key_is_same(with, other) && !pst_key_is_same(other, without));
    ck_assert(!pst_key_is_same(none, none) && !pst_key_is_same(with, none));
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
    tcase_add_test(tc, the_crl_of_an_intermediate_is_checked_once_for_each_key);
    tcase_add_test(tc, only_answers_are_remembered);
    tcase_add_test(tc, a_second_judgement_checks_no_signature_of_a_crl);
    tcase_add_test(tc, what_is_known_of_keys_is_bounded);
    tcase_add_test(tc, threads_learn_of_keys_together);
    tcase_add_test(tc, an_rsa_key_is_one_with_null_and_without);
    suite_add_tcase(suite, tc);
    return suite;
}
