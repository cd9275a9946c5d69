/*
 * test_chosen.c - members that were chosen to be bad for the hash of a set cost little
 * more than others.
 */
#include "../harness/harness.h"
#include "match/string_set.h"
#include "support/hash.h"

#include <stdio.h>
#include <time.h>

/* The longest chain of a set that hashes its members. */
static size_t longest_chain(const pst_string_set *set)
{
    size_t longest = 0;

    for (size_t i = 0, chain = 0; i <= 2 * set->mask; i++) { /* they may wrap */
        chain = set->buckets[i & set->mask] == 0 ? 0 : chain + 1;
        longest = chain > longest ? chain : longest;
    }
    return longest;
}

/* Members, each given twice, whose first eight bytes are one factor of the hash, so that
 * it is 0 under one of the seeds 0 to 3, whatever follows. */
START_TEST(members_made_to_hash_to_nothing_cost_no_more_than_others)
{
    enum { COUNT = 40000, CHAIN = 96 };
    static char texts[COUNT][17];
    static postern_str members[COUNT * 2];
    counting_heap heap;
    pst_arena arena;
    pst_string_set set;
    clock_t used;

    for (size_t i = 0; i < COUNT; i++) {
        const uint64_t seed = i % 4;
        const uint64_t head = PST_HASH_K1 + seed * 0x9e3779b97f4a7c15U;
        for (unsigned byte = 0; byte < sizeof head; byte++) {
            texts[i][byte] = (char)(head >> 8 * byte);
        }
        (void)snprintf(texts[i] + 8, 9, "%08zu", i);
        members[2 * i] = members[2 * i + 1] = (postern_str){texts[i], 16};
        if (pst_hash(members[2 * i], seed) != 0) {
            ck_abort_msg("member %zu is harmless", i);
        }
    }
    counting_heap_init(&heap, SIZE_MAX);
    pst_arena_init(&arena, &heap.alloc, SIZE_MAX / 2);
    used = clock();
    ck_assert(pst_string_set_build(&arena, members, COUNT * 2, &set));
    used = clock() - used;
    ck_assert_int_lt(used, CLOCKS_PER_SEC);
    ck_assert_uint_eq(set.count, COUNT);
    ck_assert_uint_eq(set.mask + 1, 262144); /* no more room */
    ck_assert_uint_le(longest_chain(&set), CHAIN);
    for (size_t i = 0; i < COUNT; i++) {
        if (pst_string_set_find(&set, members[2 * i]) != i) {
            ck_abort_msg("member %zu is not found", i);
        }
    }
    pst_arena_free(&arena);
    ck_assert_uint_eq(heap.live_bytes, 0);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("chosen");
    TCase *tcase = tcase_create("chosen");

    tcase_add_test(tcase, members_made_to_hash_to_nothing_cost_no_more_than_others);
    suite_add_tcase(suite, tcase);
    return suite;
}
