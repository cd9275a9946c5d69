/*
 * test_regex_search.c - however a pattern is searched for, the answer is the same: in
 * every direction, by tables, states and sets, in lanes, behind a filter, and with memory
 * that runs out.
 */
#include "../harness/harness.h"
#include "../reference/regex_walk.h"
#include "support/alloc.h"
#include "ways.h"

#include <string.h>

#define P(text) POSTERN_STR(text)
#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

static const pst_regex_limits generous = {1 << 16, 250, 10 << 20, 1 << 20};

/* The same sequence in every run. */
static uint32_t draw(uint32_t *seed, uint32_t below)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed % below;
}

/* --- all short texts ----------------------------------------------------------------- */

enum { SHORT_MAX = 5, WALKED_MAX = 4, PADDED = 75 };

static const char letters[] = {'a', 'B', '_', ' ', '\n', '-'};

static const postern_str patterns[] = {
    P(""),
    P("a"),
    P("[^a]"),
    P("aB"),
    P("a*B"),
    P("a+?_"),
    P("a|B_|_a"),
    P("a?a?aa"),
    P("(?:a|aB)(?:B|_)a"),
    P("(?:aB)*_"),
    P("(?:a*)*B"),
    P("(?:a*)+?B"),
    P("(?:|a)+_"),
    P("(?:a?B?){2}_"),
    P("a{2,3}B{2}"),
    P("(?:a.){2,}B"),
    P("a.*B"),
    P("a[^_]*B"),
    P("(?s)a.*\n.*B"),
    P("a.?.?B"),
    P("(?i)ab|_A"),
    P("[aB]_[^a]"),
    P("[^\\x00-\\xff]"),
    P("a[^\\x00-\\xff]|B_"),
    P("[aB]{3}-|-[aB]{3}"),
    P("^a"),
    P("a$"),
    P("^a*$"),
    P("^$"),
    P("^"),
    P("$"),
    P("a^B"),
    P("a$B"),
    P("^a|B$"),
    P("(?:^|_)a"),
    P("a(?:$|_)"),
    P("(?:^a|B)_"),
    P("(?m)^a"),
    P("(?m)a$"),
    P("(?m)^$"),
    P("(?m)^a+$"),
    P("(?m)a$.?"),
    P("(?ms)$.^a"),
    P("(?m)^-|-$"),
    P("(?m:^)a\\z"),
    P("\\A(?m:^)a"),
    P("\\ba"),
    P("a\\b"),
    P("\\Ba"),
    P("a\\B"),
    P("\\b"),
    P("\\B"),
    P("\\B\\b"),
    P("\\baB\\b"),
    P("\\b{start}a|_\\b{end}"),
    P("\\b{start-half}a"),
    P("a\\b{end-half}"),
    P("\\b{start}"),
    P("\\b{end}"),
    P("\\b{start-half}\\b{end-half}"),
    P("\\w\\b.\\b\\w"),
    P("(?m)\\b-?$"),
    P("(?m)^\\B.\\b"),
    P("(?m)(?:^|\\b)B(?:\\B|$)"),
    P("(?m)\\Aa$|^B\\z"),
    P("(?:\\ba|\\B_)+\\s"),
    P("(?m)(?:^a?$\\n?){3}-"),
    P("a*-a*|B+_B+"),
    P("(?:a|B)*a(?:a|B){2}_"),
};

static size_t make_text(size_t number, size_t length, char *out)
{
    for (size_t i = 0; i < length; i++) {
        out[i] = letters[number % sizeof letters];
        number /= sizeof letters;
    }
    return number;
}

/* The walk over the tree knows nothing of programs and borders. */
static void expect_walk(const pst_regex_tree *tree, postern_str text, bool answer)
{
    const regex_walk_answer wanted = answer ? REGEX_WALK_YES : REGEX_WALK_NO;

    if (regex_walk_search(tree->root, text) != wanted) {
        ck_abort_msg("\"%.*s\": %d, the tree says otherwise", (int)text.len, text.data,
                     answer);
    }
}

/* The text where it matters in a longer one: at its ends, across the ends of lanes. */
static void pad_out(ways *w, postern_str text, char fill)
{
    static const size_t places[] = {0, 16, 34, PADDED - WALKED_MAX};
    char padded[PADDED];

    for (size_t i = 0; i < COUNT(places); i++) {
        memset(padded, fill, sizeof padded);
        memcpy(padded + places[i], text.data, text.len);
        (void)ways_match(w, (postern_str){padded, PADDED});
        (void)ways_match(w, (postern_str){padded, PADDED / 2});
    }
}

START_TEST(all_ways_agree_on_all_short_texts)
{
    char bytes[SHORT_MAX];
    pst_regex_problem problem;
    pst_regex_tree tree;
    pst_arena arena;
    ways w;

    ways_open(&w, patterns[_i]);
    ways_warm(&w);
    pst_arena_init(&arena, pst_alloc_or_default(NULL), 1 << 20);
    ck_assert_int_eq(
        pst_regex_parse(&arena, patterns[_i], false, &generous, &tree, &problem),
        POSTERN_OK);
    for (size_t length = 0; length <= SHORT_MAX; length++) {
        for (size_t n = 0; make_text(n, length, bytes) == 0; n++) {
            const postern_str text = {bytes, length};
            const bool answer = ways_match(&w, text);
            if (length <= WALKED_MAX) {
                expect_walk(&tree, text, answer);
                pad_out(&w, text, '-');
                pad_out(&w, text, 'a');
            }
        }
    }
    pst_arena_free(&arena);
    ways_close(&w);
}
END_TEST

/* --- lanes --------------------------------------------------------------------------- */

/* `hit` in a text of `fill` matches wherever it stands, `miss` nowhere. */
static const struct {
    postern_str pattern;
    char fill;
    postern_str hit;
    postern_str miss;
} crossings[] = {
    {P("abcdefghijklmnopqrstuvwxyz0123456789"), ' ',
     P("abcdefghijklmnopqrstuvwxyz0123456789"),
     P("abcdefghijklmnopqrstuvwxyz012345678x")                                                                          },
    {P("a{20}b"),                               '-',    P("aaaaaaaaaaaaaaaaaaaab"),            P("aaaaaaaaaaaaaaaaaaab")},
    {P("a{20}b"),                               'a',    P("aaaaaaaaaaaaaaaaaaaab"),            P("c")                   },
    {P("a.*b"),                                 '-',    P("a-b"),                              P("b-a")                 },
    {P("a.*b"),                                 'a',    P("aab"),                              P("\n")                  },
    {P("a.{30}b"),                              '-',    P("a------------------------------b"),
     P("a-----------------------------b")                                                                               },
    {P("a[^x]*b"),                              'a',    P("ab"),                               P("x")                   },
    {P("a[^x]*b"),                              'x',    P("a--\n--b"),                         P("a--x--b")             },
    {P("a(?s:.)*b(?s:.)*c"),                    '-',    P("abc"),                              P("acb")                 },
    {P("\\bab+c\\b"),                           '-',    P("abbbbbbbbc"),                       P("zabbbbbbbbc")         },
    {P("\\bab+c\\b"),                           'b',    P("-abbbbbbbbc-"),                     P("babbbbbbbbcb")        },
    {P("\\Bab+c"),                              '-',    P("zabbbbbc"),                         P("abbbbbc")             },
    {P("(?m)^ab+c$"),                           '-',    P("\nabbbbbbbbc\n"),                   P("\nabbbbbbbb")         },
    {P("(?m)^ab+c$"),                           '\n',   P("abbbbbbbbc"),                       P("xabbbbbbbbc")         },
    {P("[ab]{12}c|b[ab]{12}d"),                 'a',    P("babababababababd"),                 P("-")                   },
    {P("(?i)x(?:ab|ba)+y"),                     'a',    P("xabBAbaABaby"),                     P("xabaabay")            },
    {P("[0-9]+\\.[0-9]+x"),                     '7',    P("7.7x"),                             P(".x")                  },
    {P("\\xff[^\\xff]{3}\\xff"),                '\xfe', P("\xff\x80\xfe\x01\xff"),             P("\xff")                },
};

/* The answer at every place of a text of `length`. */
static void place_everywhere(ways *w, size_t row, size_t length, postern_str what,
                             bool wanted)
{
    static char bytes[4096];
    const postern_str text = {bytes, length};

    for (size_t at = 0; at + what.len <= length; at++) {
        memset(bytes, crossings[row].fill, length);
        memcpy(bytes + at, what.data, what.len);
        if (!(length < 140 ? ways_match(w, text) == wanted
                           : ways_tables_say(w, text, wanted))) {
            ck_abort_msg("%.*s, %zu bytes, at %zu: not %d",
                         (int)crossings[row].pattern.len, crossings[row].pattern.data,
                         length, at, wanted);
        }
    }
}

START_TEST(a_match_is_seen_wherever_lanes_meet)
{
    const size_t row = (size_t)_i;
    ways w;

    ways_open(&w, crossings[row].pattern);
    ways_warm(&w);
    for (size_t length = 60; length <= 300; length += length < 80 ? 1 : 13) {
        place_everywhere(&w, row, length, crossings[row].hit, true);
        place_everywhere(&w, row, length, crossings[row].miss, false);
    }
    place_everywhere(&w, row, 4096, crossings[row].hit, true);
    place_everywhere(&w, row, 4095, crossings[row].miss, false);
    ways_close(&w);
}
END_TEST

/* Beginnings in one lane and ends in another. */
START_TEST(what_begins_in_a_lane_may_end_in_any_other)
{
    static const postern_str carried[] = {P("a.*b"),       P("a[^x]*b"),
                                          P("a(?s:.*)b"),  P("\\ba.*b\\b"),
                                          P("(?m)^a.*b$"), P("a[^x]*b|b[^y]*c")};
    char bytes[90];
    ways w;

    ways_open(&w, carried[_i]);
    ways_warm(&w);
    for (size_t length = 64; length <= sizeof bytes; length += 5) {
        for (size_t first = 0; first < length; first++) {
            for (size_t second = 0; second < length; second++) {
                static const char between[] = "-x\nab";
                memset(bytes, '-', length);
                bytes[(first + second) / 2] = between[(first + 3 * second) % 5];
                bytes[second] = 'b';
                bytes[first] = 'a';
                (void)ways_match(&w, (postern_str){bytes, length});
            }
        }
    }
    ways_close(&w);
}
END_TEST

static void fill_randomly(char *bytes, size_t length, postern_str from, uint32_t *seed)
{
    const uint32_t dull = draw(seed, 12); /* the first byte comes that much oftener */

    for (size_t i = 0; i < length; i++) {
        const uint32_t pick = draw(seed, (uint32_t)from.len + dull);
        bytes[i] = from.data[pick < from.len ? pick : 0];
    }
}

START_TEST(all_ways_agree_on_long_random_texts)
{
    const postern_str from = P(" aB_\n-");
    uint32_t seed = 77 + (uint32_t)_i;
    char bytes[600];
    ways w;

    ways_open(&w, patterns[_i]);
    ways_warm(&w);
    for (int round = 0; round < 400; round++) {
        const size_t length = draw(&seed, sizeof bytes);
        postern_str text;
        fill_randomly(bytes, length, from, &seed);
        text = ways_copy(bytes, length);
        (void)ways_match(&w, text);
        ways_drop(text);
    }
    ways_close(&w);
}
END_TEST

/* --- the filter ---------------------------------------------------------------------- */

/* `first`: how many bytes of 256 are let through at the first place. */
static const struct {
    postern_str pattern;
    postern_str bytes; /* to make texts of */
    uint32_t depth;
    uint32_t least;
    uint32_t first;
} filters[] = {
    {P("Q"),                                           P("-Qq"),          1, 1, 1  },
    {P("QZ"),                                          P("-QZz"),         2, 2, 1  },
    {P("QZX"),                                         P("-QZX"),         3, 3, 1  },
    {P("QZXW"),                                        P("-QZXW"),        3, 4, 1  },
    {P("qu[ae]"),                                      P("-quae"),        3, 3, 1  },
    {P("[QZ]"),                                        P("-QZz"),         1, 1, 2  },
    {P("[QZ]x"),                                       P("-QZx"),         2, 2, 2  },
    {P("(?i)qz"),                                      P("-qQzZ"),        2, 2, 2  },
    {P("(?i)select"),                                  P("-seLEct"),      3, 6, 2  },
    {P("foo|bar|baz"),                                 P("-fobarz"),      3, 3, 2  },
    {P("Q.Z"),                                         P("-Q\nZ"),        3, 3, 1  },
    {P("Q+Z"),                                         P("-QZ"),          2, 2, 1  },
    {P("Q*Z"),                                         P("-QZ"),          1, 1, 2  },
    {P("Q?Z?X"),                                       P("-QZX"),         1, 1, 3  },
    {P("QZ|X"),                                        P("-QZX"),         1, 1, 2  },
    {P("QZX|WV"),                                      P("-QZXWV"),       2, 2, 2  },
    {P("\\bQZ"),                                       P("-QZa"),         2, 2, 1  },
    {P("(?m)^Q"),                                      P("-Q\n"),         1, 1, 1  },
    {P("(?m)^QZ$"),                                    P("-QZ\n"),        2, 2, 1  },
    {P("Q\\bZ"),                                       P("-QZ"),          2, 2, 1  },
    {P("\\d{3}"),                                      P("-12x"),         3, 3, 10 },
    {P("\\d\\d:\\d\\d"),                               P("-1:"),          3, 5, 10 },
    {P("[^ -~]"),                                      P("- \200\n"),     1, 1, 161},
    {P("[\\x80-\\xff]{2}"),                            P("-\200\377"),    2, 2, 128},
    {P("\\x00a"),                                      P("-\0a"),         2, 2, 1  },
    {P("Qa1|Wb2|Ec3|Rd4|Te5|Yf6|Ug7|Ih8|Oi9|Pj0|Ak1"), P("-QaWbEc123kA"), 3, 3, 11 },
    {P("Q1|W2|E3|R4|T5|Y6|U7|I8|O9|P0|A1|S2"),         P("-QWER1234AS"),  2, 2, 12 },
    {P("[Q1][W2][E3]"),                                P("-QWE123"),      3, 3, 2  },
    {P("[QRSTUV]{3}Z"),                                P("-QRSZ"),        3, 4, 6  },
    {P("(?:Q|ZX|WVU)K"),                               P("-QZXWVUK"),     2, 2, 3  },
    {P("<script"),                                     P("-<script"),     3, 7, 1  },
    {P("\\.\\./"),                                     P("-./"),          3, 3, 1  },
    {P("union.+select"),                               P("-unioselct"),   3, 8, 1  },
    {P("e"),                                           P("-e"),           0, 1, 0  },
    {P("[a-z]"),                                       P("-a"),           0, 1, 0  },
    {P("Q|"),                                          P("-Q"),           0, 0, 0  },
    {P("."),                                           P("-\n"),          0, 1, 0  },
    {P("Qe?"),                                         P("-Qe"),          1, 1, 1  },
    {P("eQ"),                                          P("-eQ"),          2, 2, 1  },
    {P("ee"),                                          P("-e"),           2, 2, 1  },
    {P("etX"),                                         P("-etX"),         3, 3, 1  },
    {P("(?:[\\x10-\\x1f0-?]|Q)Z"),                     P("-0Q Z\020"),    2, 2, 33 },
    {P("[Qa-c]Z"),                                     P("-QabcZ"),       2, 2, 4  },
    {P("Z(?:Q|$)"),                                    P("-ZQ"),          1, 1, 1  },
    {P("QQQQQQQQQQ"),                                  P("-Q"),           3, 8, 1  },
    {P("Q{3,9}Z{2}"),                                  P("-QZ"),          3, 5, 1  },
};

static uint32_t first_bytes(const pst_halves *f)
{
    uint32_t count = 0;

    for (unsigned byte = 0; byte < 256; byte++) {
        count += (f->low[0][byte % 16] & f->high[0][byte / 16]) != 0;
    }
    return count;
}

START_TEST(a_filter_is_as_deep_and_sharp_as_told)
{
    ways w;

    ways_open(&w, filters[_i].pattern);
    ck_assert_uint_eq(w.of[0].filter.starts.depth, filters[_i].depth);
    ck_assert_uint_eq(w.of[0].filter.least, filters[_i].least);
    ck_assert_uint_eq(first_bytes(&w.of[0].filter.starts), filters[_i].first);
    ways_close(&w);
}
END_TEST

/* No match starts where the filter sees none. */
static void expect_none_skipped(const ways *w, postern_str text)
{
    const pst_halves *const f = &w->of[0].filter.starts;
    size_t next;

    for (size_t at = 0; at < text.len; at = next + 1) {
        next = pst_halves_next_plain(f, text, at);
        for (size_t skipped = at; skipped < next; skipped++) {
            if (ways_match_at(w, text, skipped)) {
                ck_abort_msg("%.*s on \"%.*s\": the match at %zu is not seen",
                             (int)w->pattern.len, w->pattern.data, (int)text.len,
                             text.data, skipped);
            }
        }
    }
}

/* 32 places at once are seen as they are one by one. */
static void expect_both_next(const ways *w, postern_str text)
{
    const pst_halves *const f = &w->of[0].filter.starts;

    for (size_t at = 0; pst_halves_are_fast() && at <= text.len; at++) {
        const size_t fast = pst_halves_next(f, text, at);
        const size_t plain = pst_halves_next_plain(f, text, at);
        if (fast != plain) {
            ck_abort_msg("%.*s on \"%.*s\" from %zu: %zu at once, %zu one by one",
                         (int)w->pattern.len, w->pattern.data, (int)text.len, text.data,
                         at, fast, plain);
        }
    }
}

START_TEST(a_filter_never_skips_a_match)
{
    uint32_t seed = 4711 + (uint32_t)_i;
    char bytes[200];
    ways w;

    ways_open(&w, filters[_i].pattern);
    for (size_t length = PST_HALVES_TEXT; length <= sizeof bytes; length++) {
        for (int round = 0; w.of[0].filter.starts.depth > 0 && round < 6; round++) {
            postern_str text;
            fill_randomly(bytes, length, filters[_i].bytes, &seed);
            text = ways_copy(bytes, length);
            expect_both_next(&w, text);
            expect_none_skipped(&w, text);
            (void)ways_match(&w, text);
            ways_drop(text);
        }
    }
    ways_close(&w);
}
END_TEST

/* One start in a text without any, at every place, the last ones included. */
START_TEST(a_filter_sees_a_start_at_every_place)
{
    static const postern_str rows[] = {P("Q"), P("QZ"), P("QZX"), P("QZXV")};
    const postern_str start = rows[_i];
    char bytes[120];
    ways w;

    ways_open(&w, start);
    ck_assert_uint_eq(w.of[0].filter.starts.depth, start.len < 3 ? start.len : 3);
    for (size_t length = PST_HALVES_TEXT; length <= sizeof bytes; length++) {
        for (size_t at = 0; at < length; at++) {
            const size_t room = length - at;
            const size_t seen = room < w.of[0].filter.starts.depth ? length : at;
            postern_str text;
            memset(bytes, '-', length);
            memcpy(bytes + at, start.data, room < start.len ? room : start.len);
            text = ways_copy(bytes, length);
            if (pst_halves_next_plain(&w.of[0].filter.starts, text, 0) != seen ||
                ways_match(&w, text) != (room >= start.len)) {
                ck_abort_msg("not seen: %zu of %zu", at, length);
            }
            expect_both_next(&w, text);
            ways_drop(text);
        }
    }
    ways_close(&w);
}
END_TEST

/* So many starts that come to nothing that the filter is given up. */
START_TEST(false_starts_hide_no_match)
{
    static const struct {
        postern_str pattern;
        const char *fill;
        const char *hit;
    } rows[] = {
        {P("QZXQ+Y"),               "QZX",   "QZXQQY"  },
        {P("QZX.*Y"),               "QZX\n", "QZX--Y"  },
        {P("\\bQZX[^Q]*Y"),         "QZXQ ", " QZX-Y"  },
        {P("(?m)^QZXQ$"),           "QZXQ-", "\nQZXQ\n"},
        {P("QZX(?s:.{40})Y$|QZXW"), "QZX",   "QZXW"    },
    };
    const size_t fill = strlen(rows[_i].fill);
    const size_t hit = strlen(rows[_i].hit);
    char bytes[700];
    ways w;

    ways_open(&w, rows[_i].pattern);
    ck_assert_uint_eq(w.of[0].filter.starts.depth, 3);
    for (size_t length = 100; length <= sizeof bytes; length += 150) {
        for (size_t at = 0; at + hit <= length; at++) {
            for (size_t i = 0; i < length; i++) {
                bytes[i] = rows[_i].fill[i % fill];
            }
            ck_assert(at > 0 || !ways_match(&w, (postern_str){bytes, length}));
            memcpy(bytes + at, rows[_i].hit, hit);
            if (!ways_match(&w, (postern_str){bytes, length})) {
                ck_abort_msg("%zu bytes, at %zu", length, at);
            }
            memset(bytes + length / 4, '-', length / 3);
            (void)ways_match(&w, (postern_str){bytes, length});
        }
    }
    ways_close(&w);
}
END_TEST

/* --- what a text is compared with first ---------------------------------------------- */

static const struct {
    postern_str pattern;
    bool backward; /* which table has them */
    const char *lead;
    const char *text; /* that matches */
} leads[] = {
    {P("^/api/v[0-9]+/users$"),   false, "/api/v",           "/api/v12/users"        },
    {P("^/api/v[0-9]+/users$"),   true,  "/users",           "/api/v12/users"        },
    {P("^abc$"),                  false, "abc",              "abc"                   },
    {P("^abcabcabcabcabcabcabc"), false, "abcabcabcabcabca", "abcabcabcabcabcabcabc-"},
    {P("\\.php$"),                true,  ".php",             "/index.php"            },
    {P("[a-z]\\.php$"),           true,  ".php",             "/index.php"            },
    {P("^(?:ab|ac)d"),            false, "a",                "acd"                   },
    {P("^(?i:a)bc"),              false, "",                 "Abc"                   },
    {P("^a*b"),                   false, "",                 "aaab"                  },
    {P("^a+b"),                   false, "a",                "aaab"                  },
    {P("^ab?$"),                  false, "a",                "a"                     },
    {P("^(?:ab)?"),               false, "",                 ""                      },
    {P("ab"),                     false, "",                 "xaby"                  },
    {P("^a\\b-"),                 false, "a-",               "a-"                    },
};

/* A text that matches, cut, begun later, and with each of its bytes changed. */
START_TEST(a_search_from_an_edge_looks_at_its_bytes_first)
{
    const postern_str text = postern_text(leads[_i].text);
    const pst_regex_table *table;
    char bytes[40];
    ways all;

    ways_open(&all, leads[_i].pattern);
    table = &all.of[leads[_i].backward ? 1 : 0].table;
    ck_assert(postern_str_equal((postern_str){table->lead, table->lead_length},
                                postern_text(leads[_i].lead)));
    for (size_t from = 0; from <= text.len; from++) {
        for (size_t to = from; to <= text.len; to++) {
            (void)ways_match(&all, (postern_str){text.data + from, to - from});
        }
    }
    for (size_t at = 0; at < text.len; at++) {
        memcpy(bytes, text.data, text.len);
        bytes[at]++;
        (void)ways_match(&all, (postern_str){bytes, text.len});
    }
    ck_assert(ways_match(&all, text) || text.len == 0);
    ways_close(&all);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("regex_search");
    TCase *agree = tcase_create("agree");
    TCase *lanes = tcase_create("lanes");
    TCase *filter = tcase_create("filter");
    TCase *lead = tcase_create("lead");

    tcase_add_loop_test(agree, all_ways_agree_on_all_short_texts, 0, COUNT(patterns));
    tcase_add_loop_test(agree, all_ways_agree_on_long_random_texts, 0, COUNT(patterns));
    suite_add_tcase(suite, agree);
    tcase_add_loop_test(lanes, a_match_is_seen_wherever_lanes_meet, 0,
                        COUNT(crossings));
    tcase_add_loop_test(lanes, what_begins_in_a_lane_may_end_in_any_other, 0, 6);
    suite_add_tcase(suite, lanes);
    tcase_add_loop_test(filter, a_filter_is_as_deep_and_sharp_as_told, 0,
                        COUNT(filters));
    tcase_add_loop_test(filter, a_filter_never_skips_a_match, 0, COUNT(filters));
    tcase_add_loop_test(filter, a_filter_sees_a_start_at_every_place, 0, 4);
    tcase_add_loop_test(filter, false_starts_hide_no_match, 0, 5);
    suite_add_tcase(suite, filter);
    tcase_add_loop_test(lead, a_search_from_an_edge_looks_at_its_bytes_first, 0,
                        COUNT(leads));
    suite_add_tcase(suite, lead);
    return suite;
}
