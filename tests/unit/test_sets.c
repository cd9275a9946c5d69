/*
 * test_sets.c - a set holds what its ranges or members hold, whatever their number,
 * order and overlap: compared with looking at each of them.
 */
#include "../harness/harness.h"
#include "match/int_set.h"
#include "match/ip_set.h"
#include "match/string_set.h"
#include "support/alloc.h"
#include "support/hash.h"
#include "support/text.h"

#include <stdio.h>
#include <stdlib.h>

static const size_t sizes[] = {0, 1, 2, 7, 8, 9, 99, 100, 101, 1000, 10000};

enum { SIZES = sizeof sizes / sizeof sizes[0], PROBES = 4000 };

static uint64_t state;

static void seed(int round)
{
    state = (uint64_t)round * 0x9e3779b97f4a7c15U + 88172645463325252U;
}

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545f4914f6cdd1dU;
}

static void *room(size_t count, size_t size)
{
    void *const block = calloc(count + 1, size);

    ck_assert_ptr_nonnull(block);
    return block;
}

static void arena_open(pst_arena *arena, counting_heap *heap)
{
    counting_heap_init(heap, SIZE_MAX);
    pst_arena_init(arena, &heap->alloc, SIZE_MAX / 2);
}

static void arena_close(pst_arena *arena, const counting_heap *heap)
{
    pst_arena_free(arena);
    ck_assert_uint_eq(heap->live_bytes, 0);
}

/* --- integers ---------------------------------------------------------------------- */

/* Extremes, small numbers (so that ranges touch and overlap), and anything. */
static int64_t pick_int(size_t count)
{
    static const int64_t extremes[] = {INT64_MIN, INT64_MIN + 1, -1,       0,
                                       1,         INT64_MAX - 1, INT64_MAX};

    switch (next() % 8) {
    case 0:
        return extremes[next() % 7];
    case 1:
        return (int64_t)next();
    default:
        return (int64_t)(next() % (count * 8 + 8)) - (int64_t)count * 4;
    }
}

static pst_int_range pick_int_range(size_t count)
{
    pst_int_range range = {pick_int(count), pick_int(count)};

    if (range.first > range.last) {
        const int64_t swap = range.first;
        range.first = range.last;
        range.last = swap;
    }
    if (next() % 8 != 0) { /* most are short, or nothing would be outside */
        range.last = range.first;
        if (range.first < INT64_MAX - 3) {
            range.last += (int64_t)(next() % 3);
        }
    }
    return range;
}

static bool int_in_any(const pst_int_range *ranges, size_t count, int64_t value)
{
    for (size_t i = 0; i < count; i++) {
        if (ranges[i].first <= value && value <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

static void ints_are_normal(const pst_int_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->ranges[i].first > set->ranges[i].last ||
            (i > 0 && (set->ranges[i - 1].last == INT64_MAX ||
                       set->ranges[i - 1].last + 1 >= set->ranges[i].first))) {
            ck_abort_msg("range %zu touches the one before it", i);
        }
    }
}

static int64_t near_int(const pst_int_range *ranges, size_t count)
{
    const pst_int_range *const range = &ranges[next() % count];
    const int64_t edge = next() % 2 == 0 ? range->first : range->last;
    const int64_t step = (int64_t)(next() % 3) - 1;

    if ((edge == INT64_MIN && step < 0) || (edge == INT64_MAX && step > 0)) {
        return edge;
    }
    return edge + step;
}

START_TEST(integers_are_found_as_by_looking_at_each_range)
{
    const size_t count = sizes[_i % SIZES];
    pst_int_range *const given = room(count, sizeof *given);
    pst_int_range *const sorted = room(count, sizeof *sorted);
    counting_heap heap;
    pst_arena arena;
    pst_int_set set;

    seed(_i);
    for (size_t i = 0; i < count; i++) {
        given[i] = sorted[i] = pick_int_range(count);
    }
    arena_open(&arena, &heap);
    ck_assert(pst_int_set_build(&arena, sorted, count, &set));
    ints_are_normal(&set);
    for (int i = 0; i < PROBES; i++) {
        const int64_t value =
            count > 0 && i % 2 == 0 ? near_int(given, count) : pick_int(count);
        if (pst_int_set_has(&set, value) != int_in_any(given, count, value)) {
            ck_abort_msg("round %d: %lld", _i, (long long)value);
        }
    }
    arena_close(&arena, &heap);
    free(given);
    free(sorted);
}
END_TEST

/* --- addresses --------------------------------------------------------------------- */

static const uint64_t V4_BLOCK = 0xffff00000000U;

static pst_ip pick_ip(size_t count, bool v4)
{
    static const pst_ip extremes[] = {
        {0,          0               },
        {0,          0xfffeffffffffU }, /* right below the IPv4 block */
        {0,          0x1000000000000U}, /* right above */
        {0,          UINT64_MAX      },
        {1,          0               },
        {UINT64_MAX, UINT64_MAX      },
        {UINT64_MAX, UINT64_MAX - 1  },
    };

    if (v4) {
        const uint32_t number = next() % 8 == 0 ? (next() % 2 == 0 ? 0 : UINT32_MAX)
                                : next() % 8 == 0
                                    ? (uint32_t)next()
                                    : (uint32_t)(next() % (count * 8 + 8));
        return (pst_ip){0, V4_BLOCK | number};
    }
    if (next() % 8 == 0) {
        return extremes[next() % (sizeof extremes / sizeof extremes[0])];
    }
    return (pst_ip){next() % 3, next() % (count * 8 + 8)};
}

static pst_ip_range pick_ip_range(size_t count)
{
    const bool v4 = next() % 2 == 0;
    pst_ip_range range = {pick_ip(count, v4), pick_ip(count, v4)};

    if (pst_ip_order(range.first, range.last) > 0) {
        const pst_ip swap = range.first;
        range.first = range.last;
        range.last = swap;
    }
    if (next() % 8 != 0) { /* most are short, or nothing would be outside */
        range.last = range.first;
        if (range.first.low < V4_BLOCK + UINT32_MAX - 3 && v4) {
            range.last.low += next() % 3;
        }
    }
    return range;
}

static bool ip_in_any(const pst_ip_range *ranges, size_t count, pst_ip ip)
{
    for (size_t i = 0; i < count; i++) {
        if (pst_ip_is_v4(ranges[i].first) == pst_ip_is_v4(ip) &&
            pst_ip_order(ranges[i].first, ip) <= 0 &&
            pst_ip_order(ip, ranges[i].last) <= 0) {
            return true;
        }
    }
    return false;
}

/* An end of a range or its neighbour, of whatever family that is. */
static pst_ip near_ip(const pst_ip_range *ranges, size_t count)
{
    const pst_ip_range *const range = &ranges[next() % count];
    pst_ip ip = next() % 2 == 0 ? range->first : range->last;

    switch (next() % 3) {
    case 0:
        ip.low++;
        ip.high += ip.low == 0;
        break;
    case 1:
        ip.high -= ip.low == 0;
        ip.low--;
        break;
    default:
        break;
    }
    return ip;
}

/* IPv4 first, each family ascending, with room between two ranges. */
static void ips_are_normal(const pst_ip_set *set)
{
    for (size_t i = 0; i < pst_ip_set_count(set); i++) {
        const pst_ip_range range = pst_ip_set_at(set, i);
        ck_assert_int_le(pst_ip_order(range.first, range.last), 0);
        ck_assert(pst_ip_is_v4(range.first) == (i < set->v4_count));
        if (i == 0 || i == set->v4_count) {
            continue;
        }
        pst_ip behind = pst_ip_set_at(set, i - 1).last;
        behind.low++;
        behind.high += behind.low == 0;
        ck_assert_int_lt(pst_ip_order(behind, range.first), 0);
    }
}

START_TEST(addresses_are_found_as_by_looking_at_each_range)
{
    const size_t count = sizes[_i % SIZES];
    pst_ip_range *const given = room(count, sizeof *given);
    pst_ip_range *const sorted = room(count, sizeof *sorted);
    counting_heap heap;
    pst_arena arena;
    pst_ip_set set;

    seed(_i);
    for (size_t i = 0; i < count; i++) {
        given[i] = sorted[i] = pick_ip_range(count);
    }
    arena_open(&arena, &heap);
    ck_assert(pst_ip_set_build(&arena, sorted, count, &set));
    ips_are_normal(&set);
    for (int i = 0; i < PROBES; i++) {
        const pst_ip ip = count > 0 && i % 2 == 0 ? near_ip(given, count)
                                                  : pick_ip(count, next() % 2 == 0);
        if (pst_ip_set_has(&set, ip) != ip_in_any(given, count, ip)) {
            ck_abort_msg("round %d: %llx %llx", _i, (unsigned long long)ip.high,
                         (unsigned long long)ip.low);
        }
    }
    arena_close(&arena, &heap);
    free(given);
    free(sorted);
}
END_TEST

START_TEST(everything_of_one_family_is_nothing_of_the_other)
{
    pst_ip_range all_v6 = {
        {0,          0         },
        {UINT64_MAX, UINT64_MAX}
    };
    pst_ip_range all_v4 = {
        {0, V4_BLOCK             },
        {0, V4_BLOCK | UINT32_MAX}
    };
    pst_ip_range both[] = {all_v6, all_v4};
    const pst_ip v4 = {0, V4_BLOCK | 0x0a000001};
    const pst_ip v6 = {0x20010db800000000U, 1};
    counting_heap heap;
    pst_arena arena;
    pst_ip_set set;

    arena_open(&arena, &heap);
    ck_assert(pst_ip_set_build(&arena, &all_v6, 1, &set));
    ck_assert(!pst_ip_set_has(&set, v4) && pst_ip_set_has(&set, v6));
    ck_assert_ptr_nonnull(set.v4); /* NULL + 0 is undefined */
    ck_assert(pst_ip_set_build(&arena, &all_v4, 1, &set));
    ck_assert(pst_ip_set_has(&set, v4) && !pst_ip_set_has(&set, v6));
    ck_assert_ptr_nonnull(set.v6);
    ck_assert(pst_ip_set_build(&arena, both, 2, &set));
    ck_assert(pst_ip_set_has(&set, v4) && pst_ip_set_has(&set, v6));
    ck_assert_uint_eq(set.v4_count, 1);
    ck_assert_uint_eq(set.v6_count, 1);
    arena_close(&arena, &heap);
}
END_TEST

/* --- strings ----------------------------------------------------------------------- */

/* One of `kinds` strings, of 0 to 20 bytes, some alike but for one byte; written to
 * memory of exactly that size. */
static postern_str make_string(pst_arena *arena, size_t kind)
{
    char text[32];
    const int length = snprintf(text, sizeof text, "%.*s%zx", (int)(kind % 12),
                                "aaaaaaaaaaaaaaaa", kind / 2);
    postern_str copy;

    if (kind == 0) {
        return (postern_str){NULL, 0};
    }
    if (kind % 5 == 0) {
        text[0] = '\0';
    }
    ck_assert(pst_arena_copy(arena, (postern_str){text, (size_t)length}, &copy));
    return copy;
}

static size_t string_in_any(const postern_str *members, size_t count, postern_str text)
{
    for (size_t i = 0; i < count; i++) {
        if (pst_str_same(members[i], text)) {
            return i;
        }
    }
    return SIZE_MAX;
}

START_TEST(strings_are_found_as_by_looking_at_each_member)
{
    const size_t count = sizes[_i % SIZES];
    const size_t kinds = count * 2 + 4;
    postern_str *const members = room(count, sizeof *members);
    counting_heap heap;
    pst_arena arena;
    pst_string_set set;

    seed(_i);
    arena_open(&arena, &heap);
    for (size_t i = 0; i < count; i++) { /* with duplicates */
        members[i] = make_string(&arena, next() % kinds);
    }
    ck_assert(pst_string_set_build(&arena, members, count, &set));
    ck_assert_uint_le(set.count, count);
    for (size_t i = 0; i < set.count && i < 200; i++) {
        ck_assert_uint_eq(string_in_any(set.members, set.count, set.members[i]), i);
    }
    for (int i = 0; i < PROBES / 4; i++) {
        const postern_str text = make_string(&arena, next() % kinds);
        const bool inside = string_in_any(members, count, text) != SIZE_MAX;
        const size_t place = pst_string_set_find(&set, text);
        if (pst_string_set_has(&set, text) != inside || (place != SIZE_MAX) != inside ||
            (inside && !pst_str_same(set.members[place], text))) {
            ck_abort_msg("round %d: %.*s", _i, (int)text.len, text.data);
        }
    }
    arena_close(&arena, &heap);
    free(members);
}
END_TEST

START_TEST(a_longer_string_than_all_members_is_not_inside)
{
    const postern_str members[] = {POSTERN_STR("a"), POSTERN_STR("abc"),
                                   POSTERN_STR("")};
    counting_heap heap;
    pst_arena arena;
    pst_string_set set;

    arena_open(&arena, &heap);
    ck_assert(pst_string_set_build(&arena, members, 3, &set));
    ck_assert(!pst_string_set_has(&set, postern_text("abcd")));
    ck_assert(pst_string_set_has(&set, postern_text("abc")));
    ck_assert(pst_string_set_has(&set, postern_text("")));
    ck_assert(!pst_string_set_has(&set, postern_text("ab")));
    ck_assert(pst_string_set_build(&arena, members, 0, &set));
    ck_assert(!pst_string_set_has(&set, postern_text("")));
    arena_close(&arena, &heap);
}
END_TEST

/* So many that chains grow: every member stays a member. */
START_TEST(a_very_large_set_keeps_every_member)
{
    enum { COUNT = 1 << 17 };
    pst_arena arena;
    pst_string_set set;
    char(*names)[32] = malloc(COUNT * sizeof *names);
    postern_str *members = malloc(COUNT * sizeof *members);

    ck_assert(names != NULL && members != NULL);
    pst_arena_init(&arena, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    for (int i = 0; i < COUNT; i++) {
        (void)snprintf(names[i], sizeof names[i], "h%d-%d.example.com", i, i % 7);
        members[i] = postern_text(names[i]);
    }
    ck_assert(pst_string_set_build(&arena, members, COUNT, &set));
    ck_assert_uint_eq(set.count, COUNT);
    for (int i = 0; i < COUNT; i++) {
        ck_assert_msg(pst_string_set_has(&set, members[i]), "%s", names[i]);
    }
    ck_assert(!pst_string_set_has(&set, postern_text("h1-2.example.com.")));
    pst_arena_free(&arena);
    free(members);
    free(names);
}
END_TEST

/* Texts made so that the first step of the hash is 0 under seed 0. */
START_TEST(members_that_collide_stay_members)
{
    pst_arena arena;
    pst_string_set set;
    char texts[40][17];
    postern_str members[43] = {
        POSTERN_STR("service.example.com"),
        POSTERN_STR("b.example.com"),
        POSTERN_STR("c.example.com"),
    };

    pst_arena_init(&arena, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    for (size_t i = 0; i < 40; i++) {
        memcpy(texts[i], "\xdb\x28\xb4\xa0\xd1\x7e\x03\xe7", 8);
        (void)snprintf(texts[i] + 8, 9, "%08zu", i);
        members[3 + i] = (postern_str){texts[i], 16};
    }
    ck_assert(pst_string_set_build(&arena, members, 43, &set));
    for (size_t i = 0; i < 43; i++) {
        ck_assert(pst_string_set_has(&set, members[i]));
    }
    pst_arena_free(&arena);
}
END_TEST

/* Members that all want the same bucket under the first seed. */
START_TEST(members_made_to_collide_get_another_seed)
{
    enum { COUNT = 300, ROOM = 1024 };
    static char texts[COUNT][16];
    postern_str members[COUNT];
    pst_arena arena;
    pst_string_set set;
    size_t made = 0;

    for (unsigned i = 0; made < COUNT; i++) {
        const int length = snprintf(texts[made], sizeof texts[0], "n%u", i);
        members[made] = (postern_str){texts[made], (size_t)length};
        made += pst_hash(members[made], 0) % ROOM == 0;
    }
    pst_arena_init(&arena, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    ck_assert(pst_string_set_build(&arena, members, COUNT, &set));
    ck_assert_uint_eq(set.count, COUNT);
    ck_assert_uint_ne(set.seed, 0);
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert_uint_eq(pst_string_set_find(&set, members[i]), i);
    }
    pst_arena_free(&arena);
}
END_TEST

/* Texts of exactly their length on the heap, so that a byte too far is noticed. */
START_TEST(members_are_told_apart_by_every_byte_and_the_length)
{
    enum { LONGEST = 40 };
    char text[LONGEST];
    pst_arena arena;
    pst_string_set set;
    counting_heap heap;

    arena_open(&arena, &heap);
    for (size_t length = 0; length <= LONGEST; length++) {
        postern_str member = {text, length};
        memset(text, 'a', sizeof text);
        for (size_t more = 0; more <= 9; more += 9) { /* compared, then hashed */
            static const char other[10][3] = {"0", "1", "2", "3", "4",
                                              "5", "6", "7", "8", "9"};
            postern_str members[10] = {member};
            for (size_t i = 0; i < more; i++) {
                members[1 + i] = (postern_str){other[i], 2};
            }
            ck_assert(pst_string_set_build(&arena, members, 1 + more, &set));
            ck_assert_uint_eq(pst_string_set_find(&set, member), 0);
            for (size_t i = 0; i < length; i++) {
                char *const changed = malloc(length);
                ck_assert_ptr_nonnull(changed);
                memset(changed, 'a', length);
                changed[i] = 'b';
                ck_assert(!pst_string_set_has(&set, (postern_str){changed, length}));
                ck_assert(!pst_string_set_has(&set, (postern_str){text, i}));
                free(changed);
            }
        }
    }
    arena_close(&arena, &heap);
}
END_TEST

/* --- ends of names ------------------------------------------------------------------- */

/* Some labels of "a" and "b", so that many names end in each other. */
static postern_str make_name(pst_arena *arena, bool dot)
{
    static const char *const labels[] = {"a", "b", "ab", "example",
                                         "a-label-of-some-length"};
    char text[120];
    int length = 0;
    postern_str copy;

    for (size_t left = 1 + next() % 4; left > 0; left--) {
        length += snprintf(text + length, sizeof text - (size_t)length, "%s%s",
                           dot || length > 0 ? "." : "", labels[next() % 5]);
    }
    ck_assert(pst_arena_copy(arena, (postern_str){text, (size_t)length}, &copy));
    return copy;
}

static size_t naive_end(const pst_string_set *set, postern_str text)
{
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < set->count; i++) {
        const postern_str end = set->members[i];
        if (text.len > end.len &&
            memcmp(text.data + text.len - end.len, end.data, end.len) == 0 &&
            (best == SIZE_MAX || end.len > set->members[best].len)) {
            best = i;
        }
    }
    return best;
}

START_TEST(the_longest_end_is_found_as_by_looking_at_each_member)
{
    const size_t count = sizes[_i % (SIZES - 2)];
    postern_str *const members = room(count, sizeof *members);
    counting_heap heap;
    pst_arena arena;
    pst_string_set set;

    seed(_i);
    arena_open(&arena, &heap);
    for (size_t i = 0; i < count; i++) {
        members[i] = make_name(&arena, true);
    }
    ck_assert(pst_string_set_build(&arena, members, count, &set));
    for (int i = 0; i < PROBES; i++) {
        const postern_str name = make_name(&arena, next() % 4 == 0);
        ck_assert_uint_eq(pst_string_set_find_end(&set, name), naive_end(&set, name));
    }
    ck_assert_uint_eq(pst_string_set_find_end(&set, (postern_str){NULL, 0}), SIZE_MAX);
    arena_close(&arena, &heap);
    free(members);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("sets");
    TCase *tcase = tcase_create("sets");

    tcase_add_loop_test(tcase, integers_are_found_as_by_looking_at_each_range, 0,
                        SIZES * 3);
    tcase_add_loop_test(tcase, addresses_are_found_as_by_looking_at_each_range, 0,
                        SIZES * 3);
    tcase_add_test(tcase, everything_of_one_family_is_nothing_of_the_other);
    tcase_add_loop_test(tcase, strings_are_found_as_by_looking_at_each_member, 0,
                        SIZES * 3);
    tcase_add_test(tcase, a_longer_string_than_all_members_is_not_inside);
    tcase_add_test(tcase, a_very_large_set_keeps_every_member);
    tcase_add_test(tcase, members_that_collide_stay_members);
    tcase_add_test(tcase, members_made_to_collide_get_another_seed);
    tcase_add_test(tcase, members_are_told_apart_by_every_byte_and_the_length);
    tcase_add_loop_test(tcase, the_longest_end_is_found_as_by_looking_at_each_member, 0,
                        (SIZES - 2) * 3);
    suite_add_tcase(suite, tcase);
    return suite;
}
