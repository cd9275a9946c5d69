/*
 * operators.c - what is asked of values: comparisons, sets, lists, patterns.
 */
#include "../harness/harness.h"
#include "regexes.h"
#include "writing.h"

typedef bool test_function(const void *how, const value *left);

/* Missing is false, whatever is asked. */
static void answer(const tested *of, test_function *test, const void *how, bool unsure)
{
    for (size_t i = 0; i < of->count; i++) {
        const value *const left = &of->items[i];
        if (!left->unsure && !left->present) {
            of->out[i] = NO;
        } else if (left->unsure || unsure) {
            of->out[i] = UNSURE;
        } else {
            of->out[i] = truth_of(test(how, left));
        }
    }
}

/* One of the values, so that tests come true now and then. */
static value pick_known(generator *g, postern_type type, const tested *of)
{
    if (of->count > 0 && writing_chance(g, 2)) {
        const value one = of->items[generator_pick(g, of->count)];
        if (one.present && !one.unsure) {
            return one;
        }
    }
    return writing_scalar(g, type);
}

typedef struct relation_test {
    size_t relation;
    value right;
} relation_test;

/* Two addresses of different families are not equal, and nothing else. */
static bool test_relation(const void *how, const value *left)
{
    const relation_test *const test = how;
    const int order = value_order(left, &test->right);

    if (!test->right.present) {
        return false;
    }
    switch (test->relation / 2) {
    case 0:
        return order == 0;
    case 1:
        return order != 0;
    case 2:
        return order == -1;
    case 3:
        return order == -1 || order == 0;
    case 4:
        return order == 1;
    default:
        return order == 1 || order == 0;
    }
}

static void write_relation(generator *g, postern_type type, const tested *of)
{
    static const char *const words[] = {
        " eq ", "==", " ne ", "!=", " lt ", "<",
        " le ", "<=", " gt ", ">",  " ge ", ">=",
    };
    relation_test test = {generator_pick(g, COUNT(words)), {0}};

    generator_write(g, words[test.relation]);
    if (writing_chance(g, 3)) {
        test.right = writing_value(g, type);
    } else {
        test.right = pick_known(g, type, of);
        if (type == POSTERN_STRING) {
            writing_text(g, test.right.text, true);
        } else {
            writing_literal(g, &test.right);
        }
    }
    answer(of, test_relation, &test, test.right.unsure);
}

enum { MEMBERS = 32 };

typedef struct set_test {
    size_t count;
    value first[MEMBERS];
    value last[MEMBERS];
} set_test;

static bool between(const value *first, const value *middle, const value *last)
{
    const int from = value_order(first, middle);
    const int to = value_order(middle, last);

    return (from == -1 || from == 0) && (to == -1 || to == 0);
}

static bool test_set(const void *how, const value *left)
{
    const set_test *const test = how;

    for (size_t i = 0; i < test->count; i++) {
        if (between(&test->first[i], left, &test->last[i])) {
            return true;
        }
    }
    return false;
}

/* One member; a range now and then. */
static void write_member(generator *g, postern_type type, const tested *of,
                         value *first, value *last)
{
    *first = pick_known(g, type, of);
    *last = *first;
    if (type == POSTERN_STRING) {
        writing_text(g, first->text, true);
        return;
    }
    if (writing_chance(g, 3)) {
        *last = writing_scalar(g, type);
        if (value_order(first, last) == 2) {
            *last = *first;
        } else if (value_order(first, last) == 1) {
            const value swap = *first;
            *first = *last;
            *last = swap;
        }
        writing_literal(g, first);
        generator_write(g, "..");
    }
    writing_literal(g, last);
}

static void write_set(generator *g, postern_type type, const tested *of)
{
    set_test test;

    test.count =
        writing_chance(g, 4) ? 9 + generator_pick(g, 12) : generator_pick(g, 5);
    generator_write(g, " in {");
    for (size_t i = 0; i < test.count; i++) {
        writing_blank(g);
        write_member(g, type, of, &test.first[i], &test.last[i]);
    }
    generator_write(g, "}");
    answer(of, test_set, &test, false);
}

static bool test_list(const void *how, const value *left)
{
    const generated_list *const list = how;

    for (size_t i = 0; i < list->count; i++) {
        const postern_str item = list->first[i].text;
        if (list->kind == POSTERN_LIST_HOSTNAME && item.data[0] == '*') {
            const postern_str suffix = {item.data + 1, item.len - 1};
            if (left->text.len > suffix.len && text_ends(left->text, suffix)) {
                return true;
            }
        } else if (between(&list->first[i], left, &list->last[i])) {
            return true;
        }
    }
    return false;
}

void writing_list(generator *g, size_t which, const tested *of)
{
    const postern_str name = g->named[which].name;

    generator_write(g, " in $");
    writing_bytes(g, name.data, name.len);
    answer(of, test_list, &g->lists[which], false);
}

static bool test_contains(const void *how, const value *left)
{
    return text_contains(left->text, ((const value *)how)->text);
}

/* Some bytes in the middle of it. */
static postern_str pick_slice(generator *g, postern_str text)
{
    const size_t from = generator_pick(g, text.len + 1);
    const size_t len = generator_pick(g, text.len - from + 1);

    return (postern_str){text.data + from, len};
}

static void write_contains(generator *g, const tested *of)
{
    value needle = pick_known(g, POSTERN_STRING, of);

    needle.text = pick_slice(g, needle.text);
    generator_write(g, " contains ");
    writing_text(g, needle.text, true);
    answer(of, test_contains, &needle, false);
}

/* --- wildcards ------------------------------------------------------------------------ */

enum { PATTERN_MAX = 512, STARS = 4 };

typedef struct wildcard_test {
    bool fold;
    postern_str pattern;
} wildcard_test;

static bool test_wildcard(const void *how, const value *left)
{
    const wildcard_test *const test = how;

    return text_covers(test->pattern, left->text, test->fold);
}

/* The text with stars put in, instead of what stands there or besides. */
static postern_str pick_pattern(generator *g, postern_str text, char *pattern)
{
    size_t length = 0;
    size_t stars = 0;
    bool behind_star = false;

    for (size_t i = 0; i <= text.len && length + 4 < PATTERN_MAX; i++) {
        if (!behind_star && stars < STARS && writing_chance(g, 4)) {
            pattern[length++] = '*';
            behind_star = true;
            stars++;
            i += generator_pick(g, 3);
        }
        if (i < text.len && !writing_chance(g, 24)) {
            if (text.data[i] == '*' || text.data[i] == '\\') {
                pattern[length++] = '\\';
            }
            pattern[length++] = text.data[i];
            behind_star = false;
        }
    }
    return (postern_str){pattern, length};
}

static void write_wildcard(generator *g, const tested *of)
{
    char pattern[PATTERN_MAX];
    const value known = pick_known(g, POSTERN_STRING, of);
    postern_str text = known.text;
    wildcard_test test = {.fold = writing_chance(g, 2)};

    if (text.len > PATTERN_MAX / 4) {
        text.len = PATTERN_MAX / 4;
    }
    if (test.fold && writing_chance(g, 2)) {
        text = text_upper(&g->memory, text);
    }
    test.pattern = pick_pattern(g, text, pattern);
    generator_write(g, test.fold ? " wildcard " : " strict wildcard ");
    writing_text(g, test.pattern, false);
    answer(of, test_wildcard, &test, false);
}

/* --- regular expressions -------------------------------------------------------------- */

static bool test_matches(const void *how, const value *left)
{
    return regex_holds(how, left->text);
}

/* Nothing in the pattern is a quote, so both ways to write it are the same. */
static void write_matches(generator *g, const tested *of)
{
    char pattern[REGEX_PATTERN_MAX];
    const value known = pick_known(g, POSTERN_STRING, of);
    regex_case regex;
    const size_t length = regex_choose(g, known.text, &regex, pattern);

    generator_write(g, writing_chance(g, 2) ? " matches " : "~");
    generator_write(g, writing_chance(g, 2) ? "r\"" : "\"");
    writing_bytes(g, pattern, length);
    generator_write(g, "\"");
    answer(of, test_matches, &regex, false);
}

/* --- any test ------------------------------------------------------------------------- */

static bool test_bits(const void *how, const value *left)
{
    return ((uint64_t)((const value *)how)->number & (uint64_t)left->number) != 0;
}

static void write_bits(generator *g, const tested *of)
{
    const value mask = writing_scalar(g, POSTERN_INT);

    generator_write(g, writing_chance(g, 2) ? " & " : " bitwise_and ");
    writing_literal(g, &mask);
    answer(of, test_bits, &mask, false);
}

void writing_test(generator *g, postern_type type, const tested *of)
{
    const size_t way = generator_pick(g, 12);

    if (type == POSTERN_STRING && way < 2) {
        write_contains(g, of);
    } else if (type == POSTERN_STRING && way < 5) {
        write_wildcard(g, of);
    } else if (type == POSTERN_STRING && way == 8 && harness_has_regex()) {
        write_matches(g, of);
    } else if (type == POSTERN_INT && way < 2) {
        write_bits(g, of);
    } else if (way < 7) {
        write_set(g, type, of);
    } else if (way == 7) {
        writing_list(g, type == POSTERN_IP ? 0 : type == POSTERN_INT ? 1 : 2, of);
    } else {
        write_relation(g, type, of);
    }
}
