/*
 * test_ordered.c - sorting records, and how many of an ascending array are at most some
 * number: as counted one by one, with a grid and without.
 */
#include "../harness/harness.h"
#include "match/ordered.h"
#include "support/alloc.h"

#include <stdlib.h>
#include <time.h>

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

/* --- sorting ----------------------------------------------------------------------- */

static const char *const orders[] = {"random", "rising", "falling",  "equal",
                                     "pipe",   "saw",    "few kinds"};

enum { ORDERS = sizeof orders / sizeof orders[0] };

static uint64_t in_order(size_t order, size_t i, size_t count)
{
    switch (order) {
    case 0:
        return next();
    case 1:
        return i;
    case 2:
        return count - i;
    case 3:
        return 7;
    case 4:
        return i < count / 2 ? i : count - i;
    case 5:
        return i % 1000;
    default:
        return next() % 3;
    }
}

/* Of two, three or four words; the last one says which record it was. */
START_TEST(records_are_sorted_and_none_is_lost)
{
    static const size_t counts[] = {0, 1, 2, 3, 15, 16, 17, 18, 40, 1000, 200000};
    const size_t width = 2 + (size_t)_i % 3;
    const uint64_t flip = _i % 2 == 0 ? 0 : UINT64_C(1) << 63;

    seed(_i);
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        const size_t count = counts[c];
        uint64_t *const words = room(count, width * sizeof *words);
        bool *const seen = room(count, sizeof *seen);
        for (size_t i = 0; i < count; i++) {
            words[i * width] = in_order((size_t)_i / 3 % ORDERS, i, count);
            words[i * width + 1] = width == 2 ? i : next() % 2;
            words[i * width + width - 1] = i;
        }
        pst_sort_words(words, count, width, flip);
        for (size_t i = 0; i < count; i++) {
            const uint64_t *record = words + i * width;
            ck_assert(!seen[record[width - 1]]);
            seen[record[width - 1]] = true;
            if (i > 0 && ((record[-(ptrdiff_t)width] ^ flip) > (record[0] ^ flip) ||
                          (record[-(ptrdiff_t)width] == record[0] &&
                           record[1 - (ptrdiff_t)width] > record[1]))) {
                ck_abort_msg("%s: record %zu of %zu", orders[_i / 3 % ORDERS], i,
                             count);
            }
        }
        free(words);
        free(seen);
    }
}
END_TEST

/* --- bad orders --------------------------------------------------------------------- */

/* McIlroy's "A Killer Adversary for Quicksort": numbers are given their places only
 * while they are being compared, so that every pivot turns out to be one of the least.
 * What is asked for them is a quick sort that draws its pivots as ordered.c does. */
typedef struct adversary {
    uint64_t *numbers;
    size_t count; /* of those that have their place */
    size_t candidate;
    size_t asked;
} adversary;

static bool answer(adversary *a, size_t left, size_t right)
{
    uint64_t *const numbers = a->numbers;

    a->asked++;
    if (left == right) {
        return false;
    }
    if (numbers[left] == UINT64_MAX && numbers[right] == UINT64_MAX) {
        numbers[left == a->candidate ? left : right] = a->count++;
    }
    if (numbers[left] == UINT64_MAX) {
        a->candidate = left;
    } else if (numbers[right] == UINT64_MAX) {
        a->candidate = right;
    }
    return numbers[left] < numbers[right];
}

static size_t draw(adversary *a, const size_t *items, size_t first, size_t last)
{
    size_t drawn[3];
    uint64_t mixed = last * UINT64_C(0x9e3779b97f4a7c15) + first;

    for (size_t i = 0; i < 3; i++) {
        mixed = (mixed ^ mixed >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
        drawn[i] = items[first + (size_t)(mixed >> 32) % (last - first)];
    }
    if (answer(a, drawn[1], drawn[0])) {
        const size_t kept = drawn[0];
        drawn[0] = drawn[1];
        drawn[1] = kept;
    }
    return answer(a, drawn[2], drawn[0])   ? drawn[0]
           : answer(a, drawn[1], drawn[2]) ? drawn[1]
                                           : drawn[2];
}

static void ask(adversary *a, size_t *items, size_t first, size_t last)
{
    while (last - first > 16) {
        const size_t pivot = draw(a, items, first, last);
        size_t low = first;
        size_t high = last - 1;
        for (;;) {
            while (answer(a, items[low], pivot)) {
                low++;
            }
            while (answer(a, pivot, items[high])) {
                high--;
            }
            if (low >= high) {
                break;
            }
            const size_t kept = items[low];
            items[low++] = items[high];
            items[high--] = kept;
        }
        high = low + (low == high);
        if (low - first < last - high) {
            ask(a, items, first, low);
            first = high;
        } else {
            ask(a, items, high, last);
            last = low;
        }
    }
}

/* `count` numbers in a bad order, each once. */
static void make_bad(uint64_t *numbers, size_t count)
{
    adversary a = {.numbers = numbers};
    size_t *const items = room(count, sizeof *items);

    for (size_t i = 0; i < count; i++) {
        numbers[i] = UINT64_MAX;
        items[i] = i;
    }
    ask(&a, items, 0, count);
    ck_assert_uint_gt(a.asked, count * count / 8); /* or it is none */
    for (size_t i = 0; i < count; i++) {
        numbers[i] = numbers[i] == UINT64_MAX ? a.count++ : numbers[i];
    }
    ck_assert_uint_eq(a.count, count);
    free(items);
}

/* The clock ticks it takes to sort `numbers` as records of two words. */
static clock_t time_to_sort(const uint64_t *numbers, size_t count)
{
    uint64_t *const words = room(count, 2 * sizeof *words);
    clock_t start;

    for (size_t i = 0; i < count; i++) {
        words[2 * i] = numbers[i];
    }
    start = clock();
    pst_sort_words(words, count, 2, 0);
    start = clock() - start;
    for (size_t i = 1; i < count; i++) {
        if (words[2 * i - 2] > words[2 * i]) {
            ck_abort_msg("number %zu of %zu", i, count);
        }
    }
    free(words);
    return start;
}

START_TEST(an_order_made_to_be_bad_costs_little_more_than_any)
{
    enum { COUNT = 20000 };
    uint64_t *const numbers = room(COUNT, sizeof *numbers);
    clock_t usual;

    seed(1);
    for (size_t i = 0; i < COUNT; i++) {
        numbers[i] = next();
    }
    usual = time_to_sort(numbers, COUNT);
    make_bad(numbers, COUNT);
    ck_assert_int_lt(time_to_sort(numbers, COUNT), 10 * usual + CLOCKS_PER_SEC / 100);
    free(numbers);
}
END_TEST

/* --- counting ---------------------------------------------------------------------- */

/* Ascending numbers, each once: anywhere, or crowded with a few far away. */
static size_t fill(uint32_t *numbers, size_t count, bool crowded)
{
    uint64_t at = next() % 5;
    size_t made = 0;

    for (; made < count && at <= UINT32_MAX; made++) {
        numbers[made] = (uint32_t)at;
        at += 1 + next() % (crowded && next() % 100 > 0 ? 3 : UINT32_MAX / count * 2);
    }
    return made;
}

START_TEST(a_grid_counts_as_one_by_one)
{
    static const size_t counts[] = {1, 2, 8, 9, 10, 16, 17, 100, 5000};
    const size_t wanted = counts[(size_t)_i % (sizeof counts / sizeof counts[0])];
    uint32_t *const numbers = room(wanted, sizeof *numbers);
    pst_arena arena;
    pst_grid grid;
    size_t count;

    seed(_i);
    pst_arena_init(&arena, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    count = fill(numbers, wanted, _i % 2 == 0);
    ck_assert(pst_grid_build_32(&arena, numbers, count, &grid));
    ck_assert(count <= PST_FEW || grid.at != NULL);
    for (int i = 0; i < 2000; i++) {
        const uint32_t number = i % 3 == 0 ? (uint32_t)next()
                                : i % 3 == 1
                                    ? numbers[next() % count] - 1
                                    : numbers[next() % count] + (uint32_t)(next() % 2);
        size_t expected = 0;
        while (expected < count && numbers[expected] <= number) {
            expected++;
        }
        ck_assert_uint_eq(pst_at_most_32(numbers, count, number), expected);
        ck_assert_uint_eq(pst_grid_at_most_32(&grid, numbers, count, number), expected);
    }
    pst_arena_free(&arena);
    free(numbers);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("ordered");
    TCase *tcase = tcase_create("ordered");

    tcase_add_loop_test(tcase, records_are_sorted_and_none_is_lost, 0, ORDERS * 6);
    tcase_add_test(tcase, an_order_made_to_be_bad_costs_little_more_than_any);
    tcase_add_loop_test(tcase, a_grid_counts_as_one_by_one, 0, 36);
    suite_add_tcase(suite, tcase);
    return suite;
}
