/*
 * test_ranges.c - a range map tells the tags of all ranges that hold a number: compared
 * with looking at each range.
 */
#include "../harness/harness.h"
#include "match/range_map.h"
#include "support/alloc.h"

#include <stdio.h>
#include <stdlib.h>

enum { COUNT_MAX = 3000, TAGS = 40, PROBES = 3000 };

static const uint64_t V4_BLOCK = 0xffff00000000U;
static const pst_ip MOST = {UINT64_MAX, UINT64_MAX};

static uint64_t state;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545f4914f6cdd1dU;
}

static uint64_t below(uint64_t bound)
{
    return next() % bound;
}

/* --- ranges -------------------------------------------------------------------------- */

/* How numbers are drawn: near each other, so that ranges touch, nest and are equal, or
 * far apart. */
typedef enum family {
    V4_NEAR,
    V4_FAR,
    V6_HIGHS,
    V6_LOWS,
    V6_FAR,
    INTS,
    FAMILIES
} family;

static pst_ip pick(family from, size_t count)
{
    static const pst_ip extremes[] = {
        {0,          0               },
        {0,          0xfffeffffffffU }, /* right below the IPv4 block */
        {0,          0x1000000000000U}, /* right above */
        {0,          UINT64_MAX      },
        {1,          0               },
        {UINT64_MAX, 0               },
        {UINT64_MAX, UINT64_MAX      },
    };
    const uint64_t near = below(count * 3 + 3);

    switch (from) {
    case V4_NEAR:
        return (pst_ip){0, V4_BLOCK | (below(8) > 0 ? near
                                       : below(2)   ? UINT32_MAX - below(2)
                                                    : below(2))};
    case V4_FAR:
        return (pst_ip){0, V4_BLOCK | (uint32_t)next()};
    case V6_HIGHS:
        return below(8) > 0 ? (pst_ip){(UINT64_C(0x20010db8) << 32) + near, below(3)}
                            : extremes[below(sizeof extremes / sizeof extremes[0])];
    case V6_LOWS:
        return below(8) > 0 ? (pst_ip){below(3), near + V4_BLOCK + UINT32_MAX + 1}
                            : extremes[below(sizeof extremes / sizeof extremes[0])];
    case V6_FAR:
        return (pst_ip){next(), next()};
    case INTS:
        return pst_range_int(below(8) > 0   ? (int64_t)near - (int64_t)count
                             : below(2) > 0 ? INT64_MIN + (int64_t)below(2)
                                            : INT64_MAX - (int64_t)below(2));
    case FAMILIES:
        break;
    }
    return extremes[0];
}

static pst_ip plus(pst_ip ip, uint64_t more)
{
    const pst_ip sum = {ip.high + (ip.low + more < more), ip.low + more};

    return pst_ip_is_v4(ip) != pst_ip_is_v4(sum) || pst_ip_order(sum, ip) < 0 ? ip
                                                                              : sum;
}

static pst_tagged_range pick_range(family from, size_t count)
{
    const pst_ip first = pick(from, count);
    pst_ip last = first;

    if (below(16) == 0) {
        do {
            last = pick(from, count);
        } while (pst_ip_is_v4(last) != pst_ip_is_v4(first));
    } else if (below(4) > 0) {
        last = plus(first, below(4));
    }
    return pst_ip_order(first, last) <= 0
               ? (pst_tagged_range){{first, last}, (uint32_t)below(TAGS)}
               : (pst_tagged_range){{last, first}, (uint32_t)below(TAGS)};
}

/* --- the naive way ------------------------------------------------------------------- */

static size_t naive_find(const pst_tagged_range *ranges, size_t count, pst_ip number,
                         uint32_t tags[TAGS])
{
    bool found[TAGS] = {false};
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        const pst_ip_range *range = &ranges[i].range;
        if (pst_ip_is_v4(range->first) == pst_ip_is_v4(number) &&
            pst_ip_order(range->first, number) <= 0 &&
            pst_ip_order(number, range->last) <= 0) {
            found[ranges[i].tag] = true;
        }
    }
    for (uint32_t tag = 0; tag < TAGS; tag++) {
        if (found[tag]) {
            tags[kept++] = tag;
        }
    }
    return kept;
}

static void compare(const pst_range_map *map, const pst_tagged_range *ranges,
                    size_t count, pst_ip number)
{
    uint32_t tags[TAGS];
    const size_t expected = naive_find(ranges, count, number, tags);
    const pst_tags got = pst_range_map_find(map, number);

    if (got.count != expected ||
        (expected > 0 && memcmp(got.items, tags, expected * sizeof *tags) != 0)) {
        ck_abort_msg("%llx %llx: %zu tags, not %zu", (unsigned long long)number.high,
                     (unsigned long long)number.low, got.count, expected);
    }
}

/* An end of a range or a neighbour, of whatever family that is. */
static pst_ip near_end(const pst_tagged_range *ranges, size_t count)
{
    const pst_ip_range *range = &ranges[below(count)].range;
    const pst_ip end = below(2) > 0 ? range->first : range->last;

    switch (below(3)) {
    case 0:
        return (pst_ip){end.high + (end.low == UINT64_MAX), end.low + 1};
    case 1:
        return (pst_ip){end.high - (end.low == 0), end.low - 1};
    default:
        return end;
    }
}

/* --- a map being made ---------------------------------------------------------------- */

typedef struct bench {
    counting_heap heap;
    pst_arena arena;
    pst_arena scratch;
    const pst_range_map *map;
} bench;

static bool build(bench *b, const pst_tagged_range *ranges, size_t count,
                  size_t tags_max, size_t fail_at)
{
    counting_heap_init(&b->heap, fail_at);
    pst_arena_init(&b->arena, &b->heap.alloc, SIZE_MAX / 2);
    pst_arena_init(&b->scratch, &b->heap.alloc, SIZE_MAX / 2);
    return pst_range_map_build(&b->arena, &b->scratch, ranges, count, tags_max,
                               &b->map);
}

static void finish(bench *b)
{
    pst_arena_free(&b->arena);
    pst_arena_free(&b->scratch);
    ck_assert_uint_eq(b->heap.live_bytes, 0);
}

static const size_t sizes[] = {0, 1, 2, 3, 10, 31, 33, 100, 700, COUNT_MAX};

enum { SIZES = sizeof sizes / sizeof sizes[0] };

START_TEST(tags_are_found_as_by_looking_at_each_range)
{
    static pst_tagged_range ranges[COUNT_MAX];
    const size_t count = sizes[_i % SIZES];
    const family from = (family)(_i / SIZES % FAMILIES);
    bench b;

    state = (uint64_t)_i * 0x9e3779b97f4a7c15U + 88172645463325252U;
    for (size_t i = 0; i < count; i++) {
        ranges[i] = pick_range(below(8) > 0 ? from : (family)below(FAMILIES), count);
    }
    ck_assert(build(&b, ranges, count, SIZE_MAX, SIZE_MAX));
    ck_assert_ptr_nonnull(b.map);
    for (size_t i = 0; i < PROBES; i++) {
        const bool near = count > 0 && below(2) > 0;
        compare(b.map, ranges, count,
                near ? near_end(ranges, count) : pick((family)below(FAMILIES), count));
    }
    finish(&b);
}
END_TEST

/* --- ranges that are somehow special ------------------------------------------------- */

START_TEST(ranges_of_everything_hold_the_first_and_the_last_number)
{
    const pst_tagged_range ranges[] = {
        {{{0, 0}, MOST},                                  7},
        {{{0, V4_BLOCK}, {0, V4_BLOCK | UINT32_MAX}},     3},
        {{{0, V4_BLOCK + 5}, {0, V4_BLOCK | UINT32_MAX}}, 5},
        {{MOST, MOST},                                    1},
        {{{0, 0}, {0, 0}},                                9},
        {{{0, 0}, {0, 0}},                                9},
    };
    const size_t count = sizeof ranges / sizeof ranges[0];
    const pst_ip numbers[] = {
        {0,              0                    },
        {0,              1                    },
        {0,              V4_BLOCK - 1         },
        {0,              V4_BLOCK             },
        {0,              V4_BLOCK + 4         },
        {0,              V4_BLOCK + 5         },
        {0,              V4_BLOCK | UINT32_MAX},
        {0,              0x1000000000000U     },
        {1,              0                    },
        {UINT64_MAX - 1, UINT64_MAX           },
        {UINT64_MAX,     0                    },
        {UINT64_MAX,     UINT64_MAX - 1       },
        {UINT64_MAX,     UINT64_MAX           },
    };
    bench b;

    ck_assert(build(&b, ranges, count, SIZE_MAX, SIZE_MAX));
    for (size_t used = 0; used <= count; used++) {
        finish(&b);
        ck_assert(build(&b, ranges, used, SIZE_MAX, SIZE_MAX));
        for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
            compare(b.map, ranges, used, numbers[i]);
        }
    }
    finish(&b);
}
END_TEST

/* The blocks ::/80 to ::/95: IPv6, though they end where the IPv4 block ends. */
START_TEST(ranges_that_end_with_the_ipv4_block_end_there)
{
    const pst_ip last = {0, V4_BLOCK | UINT32_MAX};
    const pst_tagged_range ranges[] = {
        {{{0, 0}, last},              7}, /* ::/80 */
        {{{0, 0xfffe00000000}, last}, 5}, /* ::fffe:0:0/95 */
        {{{0, V4_BLOCK}, last},       3}, /* all of IPv4 */
    };
    const pst_ip numbers[] = {
        {0,                          0                    },
        {0,                          0xfffdffffffff       },
        {0,                          0xfffe00000000       },
        {0,                          V4_BLOCK - 1         },
        {0,                          V4_BLOCK             },
        {0,                          V4_BLOCK | UINT32_MAX},
        {0,                          0x1000000000000      },
        {UINT64_C(0x20010db8) << 32, 0x3e8                },
        MOST,
    };

    for (size_t first = 0; first < 3; first++) {
        for (size_t count = 1; first + count <= 3; count++) {
            bench b;
            ck_assert(build(&b, ranges + first, count, SIZE_MAX, SIZE_MAX));
            for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
                compare(b.map, ranges + first, count, numbers[i]);
            }
            finish(&b);
        }
    }
}
END_TEST

START_TEST(integers_keep_their_order_and_are_never_ipv4)
{
    const int64_t numbers[] = {
        INT64_MIN, INT64_MIN + (int64_t)V4_BLOCK, -1, 0, 1, (int64_t)V4_BLOCK,
        INT64_MAX};
    const size_t count = sizeof numbers / sizeof numbers[0];

    for (size_t i = 0; i < count; i++) {
        const pst_ip number = pst_range_int(numbers[i]);
        ck_assert(!pst_ip_is_v4(number));
        ck_assert(i == 0 || pst_ip_order(pst_range_int(numbers[i - 1]), number) < 0);
    }
}
END_TEST

/* A list costs its length and one more. */
START_TEST(neighbours_with_the_same_tags_are_one_piece)
{
    enum { RANGES = 20000 };
    static pst_tagged_range ranges[RANGES];
    bench b;
    size_t bytes;

    for (uint32_t i = 0; i < RANGES; i++) {
        const pst_ip at = {0, V4_BLOCK | i};
        ranges[i] = (pst_tagged_range){
            {at, at},
            5
        };
    }
    ck_assert(build(&b, ranges, RANGES, 1, SIZE_MAX));
    ck_assert_ptr_nonnull(b.map);
    pst_arena_free(&b.scratch);
    bytes = b.heap.live_bytes;
    finish(&b);
    ck_assert_uint_lt(bytes, 4096);
    ck_assert(build(&b, ranges, RANGES, 0, SIZE_MAX));
    ck_assert_ptr_null(b.map);
    finish(&b);
}
END_TEST

/* Thousands of ranges, each around the one before. */
START_TEST(more_tags_than_wanted_give_no_map_and_cost_little)
{
    enum { RANGES = 3000, LISTED = RANGES * RANGES };
    static pst_tagged_range ranges[RANGES];
    bench b;

    for (uint32_t i = 0; i < RANGES; i++) {
        ranges[i] = (pst_tagged_range){
            {{0, V4_BLOCK + 10000 - i}, {0, V4_BLOCK + 10000 + i}},
            i
        };
    }
    ck_assert(build(&b, ranges, RANGES, 50000, SIZE_MAX));
    ck_assert_ptr_null(b.map);
    ck_assert_uint_lt(b.heap.live_bytes, (size_t)4 << 20);
    finish(&b);
    ck_assert(build(&b, ranges, RANGES, LISTED - 1, SIZE_MAX));
    ck_assert_ptr_null(b.map);
    finish(&b);
    ck_assert(build(&b, ranges, RANGES, LISTED, SIZE_MAX));
    ck_assert_ptr_nonnull(b.map);
    ck_assert_uint_eq(pst_range_map_find(b.map, (pst_ip){0, V4_BLOCK + 10000}).count,
                      RANGES);
    ck_assert_uint_eq(pst_range_map_find(b.map, (pst_ip){0, V4_BLOCK + 10001}).count,
                      RANGES - 1);
    ck_assert_uint_eq(pst_range_map_find(b.map, (pst_ip){0, V4_BLOCK + 12999}).count,
                      1);
    ck_assert_uint_eq(pst_range_map_find(b.map, (pst_ip){0, V4_BLOCK + 13000}).count,
                      0);
    finish(&b);
}
END_TEST

START_TEST(tags_of_both_families_count_together)
{
    const pst_tagged_range ranges[] = {
        {{{0, V4_BLOCK}, {0, V4_BLOCK | 9}}, 1},
        {{{5, 0}, {6, 0}},                   1},
    };
    bench b;

    ck_assert(build(&b, ranges, 2, 1, SIZE_MAX));
    ck_assert_ptr_null(b.map);
    finish(&b);
    ck_assert(build(&b, ranges, 2, 2, SIZE_MAX));
    ck_assert_ptr_nonnull(b.map);
    finish(&b);
}
END_TEST

/* As many rules that all name every address. */
START_TEST(a_hundred_thousand_equal_ranges_are_one_piece)
{
    enum { RANGES = 100000 };
    pst_tagged_range *ranges = malloc(RANGES * sizeof *ranges);
    pst_tags tags;
    bench b;

    ck_assert_ptr_nonnull(ranges);
    for (uint32_t i = 0; i < RANGES; i++) {
        ranges[i] = (pst_tagged_range){
            {{0, V4_BLOCK}, {0, V4_BLOCK | (UINT32_MAX - 1)}},
            RANGES - 1 - i
        };
    }
    ck_assert(build(&b, ranges, RANGES, RANGES, SIZE_MAX));
    ck_assert_ptr_nonnull(b.map);
    tags = pst_range_map_find(b.map, (pst_ip){0, V4_BLOCK});
    ck_assert_uint_eq(tags.count, RANGES);
    for (uint32_t i = 0; i < RANGES; i++) {
        ck_assert_uint_eq(tags.items[i], i);
    }
    tags = pst_range_map_find(b.map, (pst_ip){0, V4_BLOCK | UINT32_MAX});
    ck_assert_uint_eq(tags.count, 0);
    finish(&b);
    free(ranges);
}
END_TEST

START_TEST(every_request_for_memory_may_fail)
{
    enum { RANGES = 400 };
    static pst_tagged_range ranges[RANGES];
    bool done = false;
    size_t fail_at = 0;

    state = 42;
    for (size_t i = 0; i < RANGES; i++) {
        ranges[i] = pick_range((family)below(FAMILIES), RANGES);
    }
    for (; !done; fail_at++) {
        bench b;
        done = build(&b, ranges, RANGES, SIZE_MAX, fail_at);
        ck_assert(done == (b.map != NULL));
        ck_assert(done || b.arena.status == POSTERN_NO_MEMORY ||
                  b.scratch.status == POSTERN_NO_MEMORY);
        finish(&b);
    }
    ck_assert_uint_gt(fail_at, 4);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("ranges");
    TCase *tcase = tcase_create("ranges");

    tcase_add_loop_test(tcase, tags_are_found_as_by_looking_at_each_range, 0,
                        SIZES * FAMILIES * 2);
    tcase_add_test(tcase, ranges_of_everything_hold_the_first_and_the_last_number);
    tcase_add_test(tcase, ranges_that_end_with_the_ipv4_block_end_there);
    tcase_add_test(tcase, integers_keep_their_order_and_are_never_ipv4);
    tcase_add_test(tcase, neighbours_with_the_same_tags_are_one_piece);
    tcase_add_test(tcase, more_tags_than_wanted_give_no_map_and_cost_little);
    tcase_add_test(tcase, tags_of_both_families_count_together);
    tcase_add_test(tcase, a_hundred_thousand_equal_ranges_are_one_piece);
    tcase_add_test(tcase, every_request_for_memory_may_fail);
    suite_add_tcase(suite, tcase);
    return suite;
}
