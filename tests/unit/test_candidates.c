/*
 * test_candidates.c - marks of rules are gone through in ascending order, each once, and
 * are all zero afterwards, however far one went; against a list of Booleans.
 */
#include "../harness/harness.h"
#include "ruleset/candidates.h"

#include <stdlib.h>
#include <string.h>

static const uint32_t counts[] = {1,   2,    63,   64,   65,    127,   128,
                                  129, 4095, 4096, 4097, 70000, 300000};

/* How many of the rules are marked for this request, and how many always are. */
static const struct {
    uint32_t marked;
    uint32_t always;
} amounts[] = {
    {0,  0 },
    {1,  0 },
    {0,  1 },
    {2,  1 },
    {40, 40},
    {99, 0 },
    {0,  99},
    {99, 99}
};

enum {
    COUNTS = sizeof counts / sizeof counts[0],
    AMOUNTS = sizeof amounts / sizeof amounts[0],
    ALL = 99 /* percent that mean every rule */
};

typedef struct stand {
    uint32_t count;
    size_t words;
    size_t summary_words;
    pst_marks marks;
    pst_marks always;
    bool *wanted;
    uint32_t random;
} stand;

static uint32_t pick(stand *s, uint32_t below)
{
    s->random = s->random * 1664525U + 1013904223U;
    return (uint32_t)((uint64_t)s->random * below >> 32);
}

/* Blocks of exactly their size: one word too far is seen. */
static uint64_t *words_new(size_t count)
{
    uint64_t *const words = calloc(count, sizeof *words);

    ck_assert_ptr_nonnull(words);
    return words;
}

static void open_stand(stand *s, uint32_t count)
{
    *s = (stand){.count = count, .random = count};
    s->words = pst_mark_words(count);
    s->summary_words = pst_mark_words(s->words);
    s->marks = (pst_marks){words_new(s->words), words_new(s->summary_words)};
    s->always = (pst_marks){words_new(s->words), words_new(s->summary_words)};
    s->wanted = calloc(count, sizeof *s->wanted);
    ck_assert_ptr_nonnull(s->wanted);
}

static void close_stand(stand *s)
{
    free(s->marks.bits);
    free(s->marks.summary);
    free(s->always.bits);
    free(s->always.summary);
    free(s->wanted);
}

static void mark_some(stand *s, pst_marks marks, uint32_t amount)
{
    if (amount == ALL) {
        for (uint32_t i = 0; i < s->count; i++) {
            pst_mark(marks, i);
            s->wanted[i] = true;
        }
        return;
    }
    for (uint32_t i = 0; i < amount; i++) {
        const uint32_t rule =
            i == 0 && pick(s, 3) == 0 ? s->count - 1 : pick(s, s->count);
        pst_mark(marks, rule);
        s->wanted[rule] = true;
    }
}

static void expect_no_marks(const stand *s)
{
    for (size_t i = 0; i < s->words; i++) {
        ck_assert_uint_eq(s->marks.bits[i], 0);
    }
    for (size_t i = 0; i < s->summary_words; i++) {
        ck_assert_uint_eq(s->marks.summary[i], 0);
    }
}

/* Goes through up to `most` rules, then closes. */
static void expect_order(stand *s, uint32_t most)
{
    pst_candidates candidates =
        pst_candidates_open(s->marks, s->always, s->summary_words);
    uint32_t wanted = 0;
    uint32_t rule;

    for (uint32_t seen = 0; seen < most; seen++) {
        while (wanted < s->count && !s->wanted[wanted]) {
            wanted++;
        }
        if (!pst_candidates_next(&candidates, &rule)) {
            ck_assert_uint_eq(wanted, s->count);
            expect_no_marks(s); /* without a close */
            break;
        }
        if (rule != wanted) {
            ck_abort_msg("of %u rules: %u instead of %u", s->count, rule, wanted);
        }
        wanted++;
    }
    pst_candidates_close(&candidates);
    expect_no_marks(s);
    ck_assert(!pst_candidates_next(&candidates, &rule));
}

START_TEST(marks_come_in_order_and_go)
{
    const uint32_t count = counts[_i];

    for (size_t amount = 0; amount < AMOUNTS; amount++) {
        const uint32_t stops[] = {count + 1, 0, 1, count / 2, count};
        for (size_t stop = 0; stop < sizeof stops / sizeof stops[0]; stop++) {
            stand s;
            open_stand(&s, count);
            s.random += (uint32_t)(amount * 8 + stop);
            mark_some(&s, s.always, amounts[amount].always);
            mark_some(&s, s.marks, amounts[amount].marked);
            expect_order(&s, stops[stop]);
            close_stand(&s);
        }
    }
}
END_TEST

/* What is always a candidate stays one: the next run sees it again. */
START_TEST(what_is_always_marked_stays)
{
    stand s;

    open_stand(&s, counts[_i]);
    mark_some(&s, s.always, 5);
    for (int i = 0; i < 3; i++) {
        expect_order(&s, s.count + 1);
        expect_order(&s, 2);
    }
    close_stand(&s);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("candidates");
    TCase *tcase = tcase_create("candidates");

    tcase_add_loop_test(tcase, marks_come_in_order_and_go, 0, COUNTS);
    tcase_add_loop_test(tcase, what_is_always_marked_stays, 0, COUNTS);
    suite_add_tcase(suite, tcase);
    return suite;
}
