/*
 * test_search.c - a needle is found where looking at each place finds it: whichever two
 * bytes lead to it, in every way this processor has, between pages that may not be read,
 * and in linear time whatever the bytes are.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include "../harness/harness.h"
#include "match/rarity.h"
#include "match/search.h"
#include "support/text.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static uint64_t state;

static size_t draw(size_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)((state * 0x2545f4914f6cdd1dU) >> 33) % below;
}

static void seed(int round)
{
    state = (uint64_t)round * 0x9e3779b97f4a7c15U + 88172645463325252U;
}

static postern_str text_of(const char *bytes, size_t len)
{
    return (postern_str){bytes, len};
}

/* --- a page between two that may not be touched --------------------------------------- */

typedef struct fenced {
    char *all;
    char *start;
    char *end;
    size_t page;
} fenced;

static fenced fence(void)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    void *all = mmap(NULL, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    fenced made = {.all = all, .page = page};

    ck_assert_ptr_ne(all, MAP_FAILED);
    made.start = made.all + page;
    made.end = made.start + page;
    ck_assert_int_eq(mprotect(made.start, page, PROT_READ | PROT_WRITE), 0);
    return made;
}

static void tear_down(fenced *f)
{
    ck_assert_int_eq(munmap(f->all, 3 * f->page), 0);
}

static void fill(char *to, size_t len, const char *letters, size_t letter_count)
{
    for (size_t i = 0; i < len; i++) {
        to[i] = letters[draw(letter_count)];
    }
}

/* --- two bytes ------------------------------------------------------------------------ */

static bool is(char there, char byte, bool fold)
{
    return (fold ? (char)pst_lower((unsigned char)there) : there) == byte;
}

static size_t first_pair(const char *near, const char *far, size_t count,
                         const char *bytes, bool fold)
{
    size_t at = 0;

    while (at < count &&
           !(is(near[at], bytes[0], fold) && is(far[at], bytes[1], fold))) {
        at++;
    }
    return at;
}

static void all_ways_agree(const char *near, const char *far, size_t count,
                           const char *bytes)
{
    const char *const text = near < far ? near : far;
    const size_t at_near = (size_t)(near - text);
    const size_t at_far = (size_t)(far - text);
    const uint16_t places = (uint16_t)(at_near | at_far << 8);
    char needle[256];

    memset(needle, '?', sizeof needle);
    needle[at_near] = bytes[0];
    needle[at_far] = bytes[1];
    for (int fold = 0; fold < 2; fold++) {
        const size_t expected = first_pair(near, far, count, bytes, fold != 0);
        pst_pair_way *way;
        for (size_t i = 0; (way = pst_pair_way_at(i)) != NULL; i++) {
            const size_t at = way(text, count, needle, places, fold != 0);
            if (at != expected) {
                ck_abort_msg("way %zu: %zu of %zu places, not %zu; '%.2s' fold %d", i,
                             at, count, expected, bytes, fold);
            }
        }
    }
}

/* Every count up to some blocks, and every distance, up to both fences. */
START_TEST(all_ways_see_the_same_pair_first)
{
    static const char *const letters[] = {"abAB", "[{a@`", "zzzzzzzzzzzzzzzy",
                                          "\xe1\xc1"};
    const char *const mine = letters[_i % 4];
    const size_t kinds = strlen(mine);
    fenced f = fence();

    seed(_i);
    for (size_t count = 0; count <= 200; count++) {
        for (size_t distance = 0; distance < 24; distance++) {
            const size_t len = count + distance;
            char bytes[2] = {(char)pst_lower((unsigned char)mine[draw(kinds)]),
                             (char)pst_lower((unsigned char)mine[draw(kinds)])};
            bytes[1] = bytes[distance == 0 ? 0 : 1]; /* one byte, twice */
            fill(f.start, len, mine, kinds);
            all_ways_agree(f.start, f.start + distance, count, bytes);
            all_ways_agree(f.start + distance, f.start, count, bytes);
            fill(f.end - len, len, mine, kinds);
            all_ways_agree(f.end - len, f.end - count, count, bytes);
            all_ways_agree(f.end - count, f.end - len, count, bytes);
        }
    }
    tear_down(&f);
}
END_TEST

/* One pair in a text that has none, at each place of each count. */
START_TEST(a_pair_is_seen_at_every_place)
{
    fenced f = fence();

    for (size_t count = 1; count <= 150; count++) {
        char *const near = f.end - count;
        char *const far = near - 3;
        memset(far, '-', count + 3);
        all_ways_agree(near, far, count, "ab");
        for (size_t at = 0; at < count; at++) {
            near[at] = at % 2 == 0 ? 'a' : 'A';
            all_ways_agree(near, far, count, "ab"); /* half of it */
            far[at] = at % 3 == 0 ? 'b' : 'B';
            all_ways_agree(near, far, count, "ab");
            memset(far, '-', count + 3);
        }
    }
    tear_down(&f);
}
END_TEST

/* Each byte is what it is, and only letters have another case. */
START_TEST(each_byte_is_told_from_each_other)
{
    char text[64];

    for (int there = 0; there < 256; there++) {
        memset(text, there, sizeof text);
        for (int byte = 0; byte < 256; byte++) {
            const char wanted = (char)pst_lower((unsigned char)byte);
            const char bytes[2] = {wanted, wanted};
            all_ways_agree(text, text, 1 + (size_t)(there + byte) % sizeof text, bytes);
        }
    }
}
END_TEST

/* --- words ---------------------------------------------------------------------------- */

START_TEST(words_are_lowered_as_bytes_are)
{
    char bytes[8];
    char lower[8];

    for (int round = 0; round < 256 * 8; round++) {
        for (size_t i = 0; i < sizeof bytes; i++) {
            bytes[i] = (char)draw(256);
        }
        bytes[round % 8] = (char)(round / 8);
        for (size_t i = 0; i < sizeof bytes; i++) {
            lower[i] = (char)pst_lower((unsigned char)bytes[i]);
        }
        ck_assert_uint_eq(pst_lower_word(pst_word_load(bytes)), pst_word_load(lower));
    }
}
END_TEST

/* Texts that differ in one byte, at each place of each length. */
START_TEST(one_byte_makes_a_difference)
{
    static const char pairs[][2] = {
        {'a',    'A'   },
        {'Z',    'z'   },
        {'@',    '`'   },
        {'[',    '{'   },
        {'x',    'y'   },
        {'\0',   ' '   },
        {'\xc1', '\xe1'}
    };
    fenced f = fence();

    for (size_t len = 0; len <= 40; len++) {
        char *const here = f.start;
        char *const there = f.end - len;
        memset(here, 'q', len);
        memset(there, 'q', len);
        ck_assert(pst_same_bytes(there, here, len, _i != 0));
        for (size_t at = 0; at < len; at++) {
            for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
                const bool letters = i < 2;
                here[at] = (char)pst_lower((unsigned char)pairs[i][0]);
                there[at] = here[at] == pairs[i][0] ? pairs[i][1] : pairs[i][0];
                ck_assert(pst_same_bytes(there, here, len, _i != 0) ==
                          (letters && _i != 0));
                ck_assert(pst_str_same_folded(text_of(there, len),
                                              text_of(here, len)) == letters);
                ck_assert(pst_str_same_folded(text_of(here, len),
                                              text_of(there, len)) == letters);
            }
            here[at] = 'q';
            there[at] = 'q';
        }
    }
    tear_down(&f);
}
END_TEST

/* --- needles -------------------------------------------------------------------------- */

static bool stands_at(postern_str text, size_t at, postern_str needle, bool fold)
{
    for (size_t i = 0; i < needle.len; i++) {
        if (!is(text.data[at + i], needle.data[i], fold)) {
            return false;
        }
    }
    return true;
}

static size_t look_at_each_place(postern_str text, postern_str needle, bool fold)
{
    for (size_t i = 0; i + needle.len <= text.len; i++) {
        if (stands_at(text, i, needle, fold)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void is_found_by(postern_str text, postern_str needle, uint16_t places)
{
    for (int fold = 0; fold < 2; fold++) {
        const size_t expected = look_at_each_place(text, needle, fold != 0);
        const size_t at = pst_search_by(text, needle, places, fold != 0);
        if (at != expected) {
            ck_abort_msg("'%.*s' in '%.*s' by %u, fold %d: %zu, not %zu",
                         (int)needle.len, needle.data, (int)text.len, text.data, places,
                         fold, at, expected);
        }
    }
}

/* The places that are chosen, and any others. */
static void is_found(postern_str text, postern_str needle)
{
    const size_t len = needle.len < 256 ? needle.len : 256;

    is_found_by(text, needle, pst_search_places(needle, false));
    is_found_by(text, needle, pst_search_places(needle, true));
    if (len > 0) {
        is_found_by(text, needle, (uint16_t)(draw(len) | draw(len) << 8));
    }
}

/* Needles of 0 to 70 bytes in texts of 0 to 300, all of them; half of the needles are
 * cut out of the text. */
START_TEST(needles_of_all_lengths_are_found_in_texts_of_all_lengths)
{
    static const char *const letters[] = {"ab", "aaaaaaaaaaaaaaab", "abcdefghijABCDEF"};
    const char *const mine = letters[_i % 3];
    const size_t kinds = strlen(mine);
    fenced f = fence();
    char needle[70];

    seed(_i);
    for (size_t len = 0; len <= 300; len++) {
        char *const bytes = len % 2 == 0 ? f.end - len : f.start;
        for (size_t piece = 0; piece <= sizeof needle; piece++) {
            fill(bytes, len, mine, kinds);
            fill(needle, piece, mine, kinds);
            if (piece <= len && draw(2) == 0) {
                memcpy(needle, bytes + draw(len - piece + 1), piece);
            }
            for (size_t i = 0; i < piece; i++) {
                needle[i] = (char)pst_lower((unsigned char)needle[i]);
            }
            is_found(text_of(bytes, len), text_of(needle, piece));
        }
    }
    tear_down(&f);
}
END_TEST

START_TEST(every_two_bytes_lead_to_the_needle)
{
    fenced f = fence();
    char needle[12];

    seed(_i);
    for (int round = 0; round < 20000; round++) {
        const size_t len = draw(80);
        const size_t piece = 1 + draw(round % 2 == 0 ? 3 : 11);
        char *const bytes = f.end - len;
        fill(bytes, len, "abb", 3);
        fill(needle, piece, "abb", 3);
        for (size_t rare = 0; rare < piece; rare++) {
            for (size_t other = 0; other < piece; other++) {
                is_found_by(text_of(bytes, len), text_of(needle, piece),
                            (uint16_t)(rare | other << 8));
            }
        }
    }
    tear_down(&f);
}
END_TEST

/* So many false starts that the careful search takes over. */
START_TEST(a_needle_is_found_behind_false_starts)
{
    enum { LENGTH = 400 };
    const postern_str needle = postern_text("aaaaab");
    fenced f = fence();
    char *const bytes = f.end - LENGTH;

    for (size_t rare = 0; rare < needle.len * needle.len; rare++) {
        for (size_t at = 0; at <= LENGTH; at++) {
            const uint16_t places =
                (uint16_t)(rare % needle.len | rare / needle.len << 8);
            const bool wanted = at + needle.len <= LENGTH;
            memset(bytes, 'a', LENGTH);
            if (at < LENGTH) {
                bytes[at] = 'c';
            }
            if (wanted) {
                memcpy(bytes + at, needle.data, needle.len);
            }
            ck_assert_uint_eq(
                pst_search_by(text_of(bytes, LENGTH), needle, places, false),
                wanted ? at : SIZE_MAX);
        }
    }
    tear_down(&f);
}
END_TEST

/* A run of a short period, with some bytes changed. */
static void fill_periodic(char *to, size_t len, size_t period, size_t changes)
{
    for (size_t i = 0; i < len; i++) {
        to[i] = i < period ? (char)('a' + draw(2)) : to[i - period];
    }
    for (; len > 0 && changes > 0; changes--) {
        to[draw(len)] = 'c';
    }
}

/* So many false starts that other pairs are tried, and the two-way algorithm. */
START_TEST(needles_are_found_behind_many_false_starts)
{
    fenced f = fence();
    char needle[400];

    seed(_i);
    for (int round = 0; round < 400; round++) {
        const size_t period = 1 + draw(9);
        const size_t len = f.page / 2 + draw(f.page / 2);
        const size_t piece = 2 + draw(round % 4 == 0 ? sizeof needle - 2 : 30);
        char *const bytes = f.end - len;
        fill_periodic(bytes, len, period, draw(4));
        memcpy(needle, bytes, piece);
        needle[draw(piece)] = (char)('a' + draw(3));
        if (draw(2) == 0) {
            memcpy(f.end - piece - draw(len - piece + 1), needle, piece);
        }
        is_found(text_of(bytes, len), text_of(needle, piece));
    }
    tear_down(&f);
}
END_TEST

enum { LONG = 400000 };

static char *many(char byte, size_t count)
{
    char *const bytes = malloc(count);

    ck_assert_ptr_nonnull(bytes);
    memset(bytes, byte, count);
    return bytes;
}

/* A needle of half the text, led to by bytes that are everywhere, and what tells it from
 * the text at some place: what is given up is given up soon. */
START_TEST(bad_places_cost_linear_time)
{
    static const size_t odd[] = {0, 1, 2, 128, 254, 255, 256, LONG / 4, LONG / 2 - 1};
    char *const text = many('a', LONG);
    char *const needle = many('a', LONG / 2);
    const clock_t start = clock();

    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        for (unsigned places = 0; places < 0x10000; places += 0x4fe7) {
            needle[odd[i]] = 'b';
            ck_assert_uint_eq(pst_search_by(text_of(text, LONG),
                                            text_of(needle, LONG / 2), (uint16_t)places,
                                            _i != 0),
                              SIZE_MAX);
            needle[odd[i]] = 'a';
        }
    }
    for (size_t i = 300; i < LONG; i += 601) { /* never half of the text without one */
        text[i] = 'b';
    }
    ck_assert_uint_eq(
        pst_search_by(text_of(text, LONG), text_of(needle, LONG / 2), 0x0100, _i != 0),
        SIZE_MAX);
    ck_assert_uint_eq(
        pst_search_by(text_of(text, LONG), text_of(needle, 601), 0x0100, _i != 0),
        SIZE_MAX);
    ck_assert((double)(clock() - start) / CLOCKS_PER_SEC < 10);
    free(text);
    free(needle);
}
END_TEST

/* --- the places that are chosen ------------------------------------------------------- */

START_TEST(rare_bytes_are_looked_for)
{
    static const struct {
        const char *needle;
        bool fold;
        size_t first;
        size_t second;
    } rows[] = {
        {"",       false, 0, 0},
        {"a",      true,  0, 0},
        {"aaaa",   false, 0, 3},
        {"sqlmap", false, 1, 5},
        {"eee~ee", false, 3, 5},
        {"xox",    false, 0, 1},
        {"Tte",    false, 0, 1},
        {"phq",    false, 2, 0},
        {"te$",    true,  2, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const uint16_t places =
            pst_search_places(postern_text(rows[i].needle), rows[i].fold);
        ck_assert_msg(places == (rows[i].first | rows[i].second << 8),
                      "'%s': %u and %u", rows[i].needle, places & 0xffU,
                      (unsigned)places >> 8);
    }
}
END_TEST

START_TEST(places_fit_the_needle)
{
    char *const needle = many('e', 1000);

    for (size_t len = 0; len <= 1000; len++) {
        needle[len > 0 ? len - 1 : 0] = 'q';
        ck_assert(
            pst_search_places_fit(pst_search_places(text_of(needle, len), false), len));
        needle[len > 0 ? len - 1 : 0] = 'e';
    }
    ck_assert(pst_search_places_fit(0x0200, 3));
    ck_assert(!pst_search_places_fit(0x0300, 3));
    ck_assert(pst_search_places_fit(0x0002, 3));
    ck_assert(!pst_search_places_fit(0x0003, 3));
    ck_assert(pst_search_places_fit(0x0000, 0));
    free(needle);
}
END_TEST

START_TEST(rarities_are_of_1024)
{
    uint32_t sum = 0;

    for (unsigned byte = 0; byte < 256; byte++) {
        sum += pst_rarity((unsigned char)byte);
    }
    ck_assert_uint_ge(sum, 900);
    ck_assert_uint_le(sum, 1150);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("search");
    TCase *pairs = tcase_create("pairs");
    TCase *needles = tcase_create("needles");
    TCase *places = tcase_create("places");

    tcase_add_loop_test(pairs, all_ways_see_the_same_pair_first, 0, 8);
    tcase_add_test(pairs, a_pair_is_seen_at_every_place);
    tcase_add_test(pairs, each_byte_is_told_from_each_other);
    tcase_add_test(pairs, words_are_lowered_as_bytes_are);
    tcase_add_loop_test(pairs, one_byte_makes_a_difference, 0, 2);
    suite_add_tcase(suite, pairs);
    tcase_add_loop_test(needles,
                        needles_of_all_lengths_are_found_in_texts_of_all_lengths, 0, 6);
    tcase_add_loop_test(needles, every_two_bytes_lead_to_the_needle, 0, 2);
    tcase_add_test(needles, a_needle_is_found_behind_false_starts);
    tcase_add_loop_test(needles, needles_are_found_behind_many_false_starts, 0, 4);
    tcase_add_loop_test(needles, bad_places_cost_linear_time, 0, 2);
    suite_add_tcase(suite, needles);
    tcase_add_test(places, rare_bytes_are_looked_for);
    tcase_add_test(places, places_fit_the_needle);
    tcase_add_test(places, rarities_are_of_1024);
    suite_add_tcase(suite, places);
    return suite;
}
