/*
 * test_regex_laws.c - what the engine says about a random pattern binds it in what it says
 * about others made from it, whatever the pattern is.
 *
 * POSTERN_EXPRESSIONS and POSTERN_SEED as in test_regex.c.
 */
#include "../harness/harness.h"
#include "regex_bench.h"

#include <stdio.h>
#include <string.h>

enum { SUBJECTS = 8, TWICE = 2 * REGEX_PATTERN_MAX };

/* @ stands for the pattern. */
static const char *const same[] = {
    "(?:@)|(?:@)",
    "(?:@)",
    "(@)",
    "(?:@){1}",
    "(?:@)+",
    "(?:@)+?",
    "(?:@){1,}",
    "(?:(?:@)*)(?:@)",
    "(?:@)|[^\\x00-\\xff]",
    "[^\\x00-\\xff]|(?:@)",
    "(?s:.*)(?:@)",
    "(?s:.*?)(?:@)",
    "(?:@)(?s:.*)",
    "\\A(?s:.*)(?:@)",
    "(?:@)(?s:.*)\\z",
    "^(?s:.*)(?:@)(?s:.*)$",
    "(?:@)(?:\\b|\\B)",
    "(?:\\b|\\B)(?:@)",
    "(?:@)(?m:|^|$)",
    "(?-imsU:@)",
    "(?:(?:@){2})|(?:@)",
    "(?-u:@)",
};

static const char *const always[] = {"(?:@)*", "(?:@)??", "(?:@){0}", "(?:@)|", "|@"};

static const char *const never[] = {"(?:@)[^\\x00-\\xff]", "[^\\x00-\\xff](?:@)",
                                    "\\z(?s:.)(?:@)", "(?:@)(?s:.)\\A"};

/* What matches @ where these match. */
static const char *const narrower[] = {
    "^(?:@)",   "(?:@)$",     "\\A(?:@)\\z", "\\b(?:@)\\B",
    "(?:@){2}", "(?:@)(?:@)", "x(?:@)y",
};

static postern_str insert(const char *frame, postern_str pattern, char *out)
{
    postern_str made = {out, 0};

    for (; *frame != '\0'; frame++) {
        if (*frame == '@') {
            memcpy(out + made.len, pattern.data, pattern.len);
            made.len += pattern.len;
        } else {
            out[made.len++] = *frame;
        }
    }
    return made;
}

/* What is beyond a limit is taken to agree. */
static bool answer(regex_bench *b, postern_str pattern, postern_str text,
                   bool otherwise)
{
    const pst_regex *const regex = regex_bench_compile(b, pattern, PST_REGEX_MATCH);

    return regex == NULL ? otherwise : regex_bench_match(b, pattern, regex, text);
}

static void expect(regex_bench *b, bool wanted, postern_str pattern, postern_str text)
{
    if (answer(b, pattern, text, wanted) != wanted) {
        regex_bench_fail(b, wanted ? "a law says: a match" : "a law says: no match",
                         pattern, text, NULL);
    }
}

/* --- the laws ------------------------------------------------------------------------ */

static void frames(regex_bench *b, bool matches)
{
    static char out[2 * TWICE];
    const postern_str pattern = regex_bench_pattern(b);
    const postern_str text = regex_bench_subject(b);
    const size_t i = regex_pick(b->g, sizeof same / sizeof same[0]);

    expect(b, matches, insert(same[i], pattern, out), text);
    expect(b, true, insert(always[regex_pick(b->g, 5)], pattern, out), text);
    expect(b, false, insert(never[regex_pick(b->g, 4)], pattern, out), text);
    if (!matches) {
        expect(b, false, insert(narrower[regex_pick(b->g, 7)], pattern, out), text);
    }
}

static void one_way_of_spelling(regex_bench *b, bool matches)
{
    static char out[8 * REGEX_PATTERN_MAX];
    const size_t length = regex_spell(b->g->root, out, sizeof out);

    if (length > 0 && length <= b->limits.pattern_bytes) {
        expect(b, matches, (postern_str){out, length}, regex_bench_subject(b));
    }
}

/* Turns the tree around for good. */
static void backwards(regex_bench *b, bool matches)
{
    static char text[REGEX_SUBJECT_MAX];
    const size_t length = b->g->subject_length;

    for (size_t i = 0; i < length; i++) {
        text[i] = b->g->subject[length - 1 - i];
    }
    regex_reverse(&b->g->nodes[b->g->root - b->g->nodes]);
    memcpy(b->g->subject, text, length);
    one_way_of_spelling(b, matches);
    for (size_t i = 0; i < length; i++) {
        b->g->subject[i] = text[length - 1 - i];
    }
    regex_reverse(&b->g->nodes[b->g->root - b->g->nodes]);
}

static unsigned char other_case(unsigned char byte)
{
    const bool letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');

    return letter ? byte ^ 0x20 : byte;
}

/* Under (?i) it does not matter what is a capital, in the text or in the pattern. */
static void either_case(regex_bench *b, bool matches)
{
    static char swapped[REGEX_SUBJECT_MAX];
    static char out[TWICE];
    const postern_str pattern = insert("(?i:@)", regex_bench_pattern(b), out);
    const postern_str text = regex_bench_subject(b);
    const bool folded = answer(b, pattern, text, false);

    for (size_t i = 0; i < text.len; i++) {
        swapped[i] = (char)other_case((unsigned char)text.data[i]);
    }
    expect(b, folded, pattern, (postern_str){swapped, text.len});
    (void)matches;
}

/* A match inside stays one when more is around, unless an assertion sees it. */
static void padding(regex_bench *b, bool matches)
{
    static char out[TWICE];
    static char padded[REGEX_SUBJECT_MAX + 2];
    const postern_str text = regex_bench_subject(b);
    const postern_str pattern =
        insert("\\A(?s:.)(?:@)(?s:.)\\z", regex_bench_pattern(b), out);
    const postern_str framed =
        insert("\\A(?:@)\\z", regex_bench_pattern(b), out + pattern.len);

    for (size_t i = 0; i < b->g->count; i++) {
        if (b->g->nodes[i].kind == PST_REGEX_ASSERT) {
            return;
        }
    }
    padded[0] = 'x';
    if (text.len > 0) {
        memcpy(padded + 1, text.data, text.len);
    }
    padded[text.len + 1] = '\n';
    expect(b, answer(b, framed, text, false), pattern,
           (postern_str){padded, text.len + 2});
    if (matches) {
        expect(b, true, regex_bench_pattern(b), (postern_str){padded, text.len + 2});
    }
}

/* Of two patterns, one or the other. */
static void either_pattern(regex_bench *b, bool matches)
{
    static char out[2 * TWICE];
    static char first[REGEX_PATTERN_MAX + 8];
    const postern_str one = insert("(?:@)|(?:", regex_bench_pattern(b), first);
    postern_str both;
    bool other;

    regex_generate(b->g);
    other = answer(b, regex_bench_pattern(b), regex_bench_subject(b), false);
    memcpy(out, one.data, one.len);
    both = insert("@)", regex_bench_pattern(b), out + one.len);
    both = (postern_str){out, one.len + both.len};
    expect(b, matches || other, both, regex_bench_subject(b));
}

/* --- all of them --------------------------------------------------------------------- */

/* A name may be in a pattern once; what doubles it has none. */
static bool has_names(const regex_generator *g)
{
    for (size_t i = 0; i + 2 < g->length; i++) {
        if (g->text[i] == '(' && g->text[i + 1] == '?' &&
            (g->text[i + 2] == 'P' || g->text[i + 2] == '<')) {
            return true;
        }
    }
    return false;
}

static void laws(regex_bench *b, size_t pairs)
{
    for (size_t asked = 0; asked < pairs;) {
        const pst_regex *regex;
        bool matches = false;
        do {
            regex_generate(b->g);
        } while (has_names(b->g) || b->g->length > REGEX_PATTERN_MAX / 4);
        regex_bench_forget(b);
        regex = regex_bench_compile(b, regex_bench_pattern(b), PST_REGEX_MATCH);
        if (regex == NULL) {
            asked++; /* a limit */
            continue;
        }
        for (int i = 0; i < SUBJECTS; i++, asked++) {
            regex_generate_subject(b->g);
            matches = regex_bench_match(b, regex_bench_pattern(b), regex,
                                        regex_bench_subject(b));
            frames(b, matches);
            one_way_of_spelling(b, matches);
            backwards(b, matches);
            either_case(b, matches);
            padding(b, matches);
        }
        either_pattern(b, matches);
    }
}

START_TEST(laws_hold)
{
    regex_bench b;

    regex_bench_open(&b, REGEX_UNCASED, _i);
    laws(&b, regex_bench_count() / 8);
    regex_bench_close(&b);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("regex laws");
    TCase *tcase = tcase_create("regex laws");

    tcase_set_timeout(tcase, 3600);
    tcase_add_loop_test(tcase, laws_hold, 0, REGEX_ROUNDS);
    suite_add_tcase(suite, tcase);
    return suite;
}
