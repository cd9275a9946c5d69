/*
 * regex_subjects.c - texts that a tree matches, or nearly; the tree written out again, and
 * turned around.
 */
#include "regex_generator.h"

#include <stdio.h>
#include <string.h>

enum { USUAL_LENGTH = 300 };

/* --- texts --------------------------------------------------------------------------- */

/* No subject of both has a \v, about which \s of RE2 thinks otherwise. */
static void add(regex_generator *g, unsigned byte)
{
    if (g->subject_length < sizeof g->subject &&
        (byte != '\v' || g->dialect != REGEX_COMMON)) {
        g->subject[g->subject_length++] = (char)byte;
    }
}

/* Keeps the sets of positions full without a match: no b at the distance behind an a. */
static unsigned exploding_byte(regex_generator *g)
{
    const size_t length = g->subject_length;
    const bool forbidden =
        length >= g->distance && g->subject[length - g->distance] == 'a';

    if (regex_chance(g, 1000)) {
        return regex_byte(g);
    }
    if (g->spaced && regex_chance(g, 4)) {
        return (unsigned char)" \n"[regex_pick(g, 2)];
    }
    return forbidden ? 'a' : (unsigned char)"ab"[regex_pick(g, 2)];
}

static void add_some(regex_generator *g, size_t count)
{
    const unsigned same = regex_byte(g);
    const bool varied = !regex_chance(g, 4);
    const bool explosion = g->distance > 0 && varied;

    while (count-- > 0) {
        add(g, explosion ? exploding_byte(g) : varied ? regex_byte(g) : same);
    }
}

static unsigned member(regex_generator *g, const pst_byte_set *set)
{
    const unsigned start = (unsigned)regex_pick(g, 256);

    for (int i = 0; i < 8; i++) {
        const unsigned byte = regex_byte(g);
        if (pst_byte_set_has(set, byte)) {
            return byte;
        }
    }
    for (unsigned i = 0; i < 256; i++) {
        if (pst_byte_set_has(set, (start + i) % 256)) {
            return (start + i) % 256;
        }
    }
    return start; /* nothing is right */
}

static void draw(regex_generator *g, const pst_regex_node *node);

static void draw_repeat(regex_generator *g, const pst_regex_node *node)
{
    uint32_t times = node->least;

    while (times < node->most && times < node->least + 300 && regex_chance(g, 2)) {
        times += regex_chance(g, 20) ? 1 + (uint32_t)regex_pick(g, 40) : 1;
    }
    times = times > node->most ? node->most : times;
    while (times-- > 0 && g->subject_length < USUAL_LENGTH * 3) {
        draw(g, node->first);
    }
}

/* A text that the tree matches, if its assertions agree. */
static void draw(regex_generator *g, const pst_regex_node *node)
{
    const pst_regex_node *child = node->first;
    size_t skip = 0;

    switch ((pst_regex_kind)node->kind) {
    case PST_REGEX_EMPTY:
    case PST_REGEX_ASSERT:
        break;
    case PST_REGEX_SET:
        add(g, member(g, &node->set));
        break;
    case PST_REGEX_CONCAT:
    case PST_REGEX_GROUP:
        for (; child != NULL; child = child->next) {
            draw(g, child);
        }
        break;
    case PST_REGEX_ALTERNATE:
        for (; child != NULL; child = child->next) {
            skip++;
        }
        skip = regex_pick(g, skip);
        for (child = node->first; skip > 0; skip--) {
            child = child->next;
        }
        draw(g, child);
        break;
    case PST_REGEX_REPEAT:
        draw_repeat(g, node);
        break;
    }
}

/* Changes, removes or doubles a byte. */
static void damage(regex_generator *g)
{
    const size_t at = regex_pick(g, g->subject_length + 1);
    const size_t rest = g->subject_length - at;

    if (at == g->subject_length) {
        add(g, regex_byte(g));
        return;
    }
    switch (regex_pick(g, 3)) {
    case 0:
        memmove(g->subject + at, g->subject + at + 1, rest - 1);
        g->subject_length--;
        break;
    case 1:
        if (g->subject_length < sizeof g->subject) {
            memmove(g->subject + at + 1, g->subject + at, rest);
            g->subject_length++;
        }
        break;
    default:
        g->subject_length = at;
        add(g, regex_byte(g));
        g->subject_length = at + rest;
        break;
    }
}

void regex_generate_subject(regex_generator *g)
{
    const size_t around = regex_chance(g, g->distance > 0 ? 10 : 100) ? 5000
                          : regex_chance(g, 10)                       ? USUAL_LENGTH
                                                                      : 6;
    const size_t kind = regex_pick(g, 10);

    g->subject_length = 0;
    if (kind < 2) {
        add_some(g, regex_pick(g, around + 1));
        return;
    }
    if (regex_chance(g, 2)) {
        add_some(g, regex_pick(g, around + 1));
    }
    draw(g, g->root);
    for (size_t i = kind < 7 ? kind - 1 : 0; i > 0; i--) {
        damage(g);
    }
    if (regex_chance(g, 2)) {
        add_some(g, regex_pick(g, around / 2 + 1));
    }
    if (g->subject_length > 0 && regex_chance(g, 16)) {
        g->subject_length = regex_pick(g, g->subject_length);
    }
}

/* --- the tree as text ---------------------------------------------------------------- */

typedef struct page {
    char *out;
    size_t cap;
    size_t length;
} page;

static void put(page *p, const char *text)
{
    for (; *text != '\0'; text++) {
        if (p->length < p->cap) {
            p->out[p->length] = *text;
        }
        p->length++;
    }
}

static void put_number(page *p, unsigned number)
{
    char text[16];

    (void)snprintf(text, sizeof text, "%u", number);
    put(p, text);
}

static void put_byte(page *p, unsigned byte)
{
    char text[8];

    (void)snprintf(text, sizeof text, "\\x%02x", byte);
    put(p, text);
}

static void put_set(page *p, const pst_byte_set *set)
{
    bool empty = true;
    unsigned last;

    put(p, "[");
    for (unsigned first = 0; first < 256; first = last + 1) {
        last = first;
        if (!pst_byte_set_has(set, first)) {
            continue;
        }
        while (last < 255 && pst_byte_set_has(set, last + 1)) {
            last++;
        }
        put_byte(p, first);
        put(p, "-");
        put_byte(p, last);
        empty = false;
    }
    put(p, empty ? "^\\x00-\\xff]" : "]");
}

static void put_assertion(page *p, pst_regex_assertion assertion)
{
    static const char *const spellings[] = {
        [PST_REGEX_TEXT_START] = "(?-m:^)",
        [PST_REGEX_TEXT_END] = "\\z",
        [PST_REGEX_LINE_START] = "(?m:^)",
        [PST_REGEX_LINE_END] = "(?m:$)",
        [PST_REGEX_WORD_START] = "\\b{start}",
        [PST_REGEX_WORD_END] = "\\b{end}",
        [PST_REGEX_WORD_START_HALF] = "\\b{start-half}",
        [PST_REGEX_WORD_END_HALF] = "\\b{end-half}",
        [PST_REGEX_WORD_EDGE] = "\\b",
        [PST_REGEX_WORD_INSIDE] = "\\B",
    };

    put(p, spellings[assertion]);
}

static void spell(page *p, const pst_regex_node *node)
{
    const bool grouped = node->kind == PST_REGEX_CONCAT ||
                         node->kind == PST_REGEX_ALTERNATE ||
                         node->kind == PST_REGEX_REPEAT;

    put(p, node->kind == PST_REGEX_GROUP ? "(" : grouped ? "(?:" : "");
    for (const pst_regex_node *child = node->first; child != NULL;
         child = child->next) {
        if (node->kind == PST_REGEX_ALTERNATE && child != node->first) {
            put(p, "|");
        }
        spell(p, child);
    }
    switch ((pst_regex_kind)node->kind) {
    case PST_REGEX_EMPTY:
        put(p, "(?:)");
        break;
    case PST_REGEX_SET:
        put_set(p, &node->set);
        break;
    case PST_REGEX_ASSERT:
        put_assertion(p, (pst_regex_assertion)node->assertion);
        break;
    case PST_REGEX_REPEAT:
        put(p, "{");
        put_number(p, node->least);
        put(p, ",");
        if (node->most != PST_REGEX_FOREVER) {
            put_number(p, node->most);
        }
        put(p, node->lazy ? "}?" : "}");
        break;
    case PST_REGEX_CONCAT:
    case PST_REGEX_ALTERNATE:
    case PST_REGEX_GROUP:
        break;
    }
    put(p, grouped || node->kind == PST_REGEX_GROUP ? ")" : "");
}

size_t regex_spell(const pst_regex_node *root, char *out, size_t cap)
{
    page p = {out, cap, 0};

    spell(&p, root);
    return p.length <= cap ? p.length : 0;
}

/* --- the other way around ------------------------------------------------------------- */

static pst_regex_assertion mirrored(pst_regex_assertion assertion)
{
    switch (assertion) {
    case PST_REGEX_TEXT_START:
        return PST_REGEX_TEXT_END;
    case PST_REGEX_TEXT_END:
        return PST_REGEX_TEXT_START;
    case PST_REGEX_LINE_START:
        return PST_REGEX_LINE_END;
    case PST_REGEX_LINE_END:
        return PST_REGEX_LINE_START;
    case PST_REGEX_WORD_START:
        return PST_REGEX_WORD_END;
    case PST_REGEX_WORD_END:
        return PST_REGEX_WORD_START;
    case PST_REGEX_WORD_START_HALF:
        return PST_REGEX_WORD_END_HALF;
    case PST_REGEX_WORD_END_HALF:
        return PST_REGEX_WORD_START_HALF;
    case PST_REGEX_WORD_EDGE:
    case PST_REGEX_WORD_INSIDE:
        break;
    }
    return assertion;
}

void regex_reverse(pst_regex_node *node)
{
    pst_regex_node *child = node->first;

    node->assertion = (uint8_t)mirrored((pst_regex_assertion)node->assertion);
    if (node->kind != PST_REGEX_CONCAT) {
        for (; child != NULL; child = child->next) {
            regex_reverse(child);
        }
        return;
    }
    while (child != NULL) {
        pst_regex_node *const next = child->next;
        regex_reverse(child);
        child->next = child->prev;
        child->prev = next;
        child = next;
    }
    child = node->first;
    node->first = node->last;
    node->last = child;
}
