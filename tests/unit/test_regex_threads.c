/*
 * test_regex_threads.c - one filter, many threads: what a search remembers is its
 * request's, and nothing is the pattern's. ThreadSanitizer sees when that is not so.
 */
#include "../harness/harness.h"

#include <postern.h>

#include <pthread.h>

enum { THREADS = 4, ROUNDS = 2000, TEXTS = 12, LONGEST = 900, PATTERNS = 4 };

/* One pattern of each kind, and each decides: a table, bits, states made on the way, and
 * the places of groups. */
static const char expression[] =
    "app.text ~ \"abba[ab]aab\" xor app.text ~ \"a.{14}b.{14}a\" xor "
    "app.text ~ \"a.{200}b.{200}a\" xor "
    "starts_with(regex_replace(app.text, \"^(b*)(a)\", \"${2}${1}\"), \"ab\")";

static const postern_regex_engine engines[PATTERNS] = {
    POSTERN_REGEX_TABLE, POSTERN_REGEX_BITS, POSTERN_REGEX_LAZY, POSTERN_REGEX_TABLE};

static postern_scheme *scheme;
static postern_field field;
static postern_filter *filter;
static char texts[TEXTS][LONGEST];
static size_t lengths[TEXTS];
static bool wanted[TEXTS];

/* --- what is expected -------------------------------------------------------------------- */

static bool has_table(const char *text, size_t len)
{
    for (size_t i = 0; i + 8 <= len; i++) {
        if (memcmp(text + i, "abba", 4) == 0 && memcmp(text + i + 5, "aab", 3) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_beat(const char *text, size_t len, size_t gap)
{
    for (size_t i = 0; i + 2 * gap + 2 < len; i++) {
        if (text[i] == 'a' && text[i + gap + 1] == 'b' &&
            text[i + 2 * gap + 2] == 'a') {
            return true;
        }
    }
    return false;
}

/* Of the first `a` and all `b` before it, which change places. */
static bool has_swap(const char *text, size_t len)
{
    return memchr(text, 'a', len) != NULL && (text[0] == 'b' || text[1] == 'b');
}

/* Texts of every length and mixture; each question is answered in both ways. */
static void write_texts(void)
{
    size_t yes[PATTERNS + 1] = {0};
    uint32_t state = 1;

    for (size_t i = 0; i < TEXTS; i++) {
        lengths[i] = LONGEST - 60 * i;
        for (size_t k = 0; k < lengths[i]; k++) {
            state = state * 1664525U + 1013904223U;
            texts[i][k] = (state >> 16) % 100 < 1 + i * i % 24 * 4 ? 'a' : 'b';
        }
        const bool answers[PATTERNS] = {
            has_table(texts[i], lengths[i]), has_beat(texts[i], lengths[i], 14),
            has_beat(texts[i], lengths[i], 200), has_swap(texts[i], lengths[i])};
        for (size_t k = 0; k < PATTERNS; k++) {
            wanted[i] = wanted[i] != answers[k];
            yes[k] += answers[k];
        }
        yes[PATTERNS] += wanted[i];
    }
    for (size_t k = 0; k <= PATTERNS; k++) {
        ck_assert_msg(yes[k] > 0 && yes[k] < TEXTS, "question %zu: %zu of %d", k,
                      yes[k], TEXTS);
    }
}

/* --- the threads -------------------------------------------------------------------------- */

/* Counts into *from, which told where to begin, how many answers are right. */
static void *ask(void *from)
{
    size_t *const number = from;
    const size_t first = *number;
    postern_request *request;
    bool answer;

    *number = 0;
    if (postern_request_new_simulated(scheme, &request) != POSTERN_OK) {
        return NULL;
    }
    for (size_t i = 0; i < ROUNDS; i++) {
        const size_t at = (first + i) % TEXTS;
        const postern_value value = {
            .type = POSTERN_STRING, .as.string = {texts[at], lengths[at]}
        };
        postern_request_reset(request);
        *number += postern_request_set(request, field, &value) == POSTERN_OK &&
                   postern_filter_match(filter, request, &answer) == POSTERN_OK &&
                   answer == wanted[at];
    }
    postern_request_free(request);
    return NULL;
}

START_TEST(threads_share_a_filter)
{
    pthread_t threads[THREADS];
    size_t numbers[THREADS];
    postern_regex_info info;

    write_texts();
    ck_assert_int_eq(postern_scheme_new(NULL, &scheme), POSTERN_OK);
    ck_assert_int_eq(postern_scheme_add_field(scheme, postern_text("app.text"),
                                              POSTERN_STRING, &field),
                     POSTERN_OK);
    ck_assert_int_eq(
        postern_filter_compile(scheme, postern_text(expression), NULL, &filter, NULL),
        POSTERN_OK);
    ck_assert_uint_eq(postern_filter_regex_count(filter), PATTERNS);
    for (size_t i = 0; i < PATTERNS; i++) {
        ck_assert(postern_filter_regex_at(filter, i, &info));
        ck_assert_int_eq(info.engine, engines[i]);
    }
    for (size_t i = 0; i < THREADS; i++) {
        numbers[i] = i * TEXTS / THREADS;
        ck_assert_int_eq(pthread_create(&threads[i], NULL, ask, &numbers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_uint_eq(numbers[i], ROUNDS);
    }
    postern_filter_free(filter);
    postern_scheme_free(scheme);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("regex threads");
    TCase *tcase = tcase_create("threads");

    tcase_set_timeout(tcase, 100); /* ThreadSanitizer is slow */
    tcase_add_test(tcase, threads_share_a_filter);
    suite_add_tcase(suite, tcase);
    return suite;
}
