/*
 * regex_generator.c - the frame of a pattern: pieces, groups, repeats, flags.
 */
#include "regex_generator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 5, PIECES = 24 };

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static pst_regex_node *alternatives(regex_generator *g);

/* --- chance -------------------------------------------------------------------------- */

void regex_generator_init(regex_generator *g, regex_dialect dialect,
                          unsigned long long seed)
{
    *g = (regex_generator){.dialect = dialect,
                           .state = seed * 0x9E3779B97F4A7C15U + 0x2545F4914F6CDD1DU};
}

size_t regex_pick(regex_generator *g, size_t bound)
{
    g->state ^= g->state << 13;
    g->state ^= g->state >> 7;
    g->state ^= g->state << 17;
    return (size_t)(g->state >> 11) % bound;
}

bool regex_chance(regex_generator *g, size_t in)
{
    return regex_pick(g, in) == 0;
}

/* --- writing ------------------------------------------------------------------------- */

void regex_write_byte(regex_generator *g, unsigned byte)
{
    if (g->length == sizeof g->text) {
        fprintf(stderr, "the generator's pattern is too long\n");
        abort();
    }
    g->text[g->length++] = (char)byte;
}

void regex_write(regex_generator *g, const char *text)
{
    for (; *text != '\0'; text++) {
        regex_write_byte(g, (unsigned char)*text);
    }
}

static void write_number(regex_generator *g, unsigned number)
{
    char text[16];

    (void)snprintf(text, sizeof text, "%u", number);
    regex_write(g, text);
}

void regex_write_gap(regex_generator *g)
{
    static const char *const gaps[] = {
        " ", "\n", "\t ", "# a(b[c\\\n", "#\n", " # \xc3\xa9\n ", "\v", "\f\r",
    };

    if ((g->flags & REGEX_FLAG_X) != 0 && regex_chance(g, 3)) {
        regex_write(g, gaps[regex_pick(g, COUNT(gaps))]);
    }
}

pst_regex_node *regex_node(regex_generator *g, pst_regex_kind kind)
{
    pst_regex_node *node;

    if (g->count == REGEX_NODES_MAX) {
        fprintf(stderr, "the generator's tree is too large\n");
        abort();
    }
    node = &g->nodes[g->count++];
    *node = (pst_regex_node){.kind = (uint8_t)kind};
    return node;
}

static void adopt(pst_regex_node *parent, pst_regex_node *child)
{
    child->prev = parent->last;
    if (parent->last != NULL) {
        parent->last->next = child;
    } else {
        parent->first = child;
    }
    parent->last = child;
}

/* What has one child is that child; what has none is nothing. */
static pst_regex_node *simplest(pst_regex_node *node)
{
    if (node->first == NULL) {
        node->kind = PST_REGEX_EMPTY;
        return node;
    }
    return node->first == node->last ? node->first : node;
}

/* --- assertions ---------------------------------------------------------------------- */

static pst_regex_node *assertion(regex_generator *g)
{
    static const struct {
        const char *spelling;
        pst_regex_assertion plain;
        pst_regex_assertion multi_line;
        bool common;
    } all[] = {
        {"^",               PST_REGEX_TEXT_START,      PST_REGEX_LINE_START,      true },
        {"$",               PST_REGEX_TEXT_END,        PST_REGEX_LINE_END,        true },
        {"\\A",             PST_REGEX_TEXT_START,      PST_REGEX_TEXT_START,      true },
        {"\\z",             PST_REGEX_TEXT_END,        PST_REGEX_TEXT_END,        true },
        {"\\b",             PST_REGEX_WORD_EDGE,       PST_REGEX_WORD_EDGE,       true },
        {"\\B",             PST_REGEX_WORD_INSIDE,     PST_REGEX_WORD_INSIDE,     true },
        {"\\<",             PST_REGEX_WORD_START,      PST_REGEX_WORD_START,      false},
        {"\\>",             PST_REGEX_WORD_END,        PST_REGEX_WORD_END,        false},
        {"\\b{start}",      PST_REGEX_WORD_START,      PST_REGEX_WORD_START,      false},
        {"\\b{end}",        PST_REGEX_WORD_END,        PST_REGEX_WORD_END,        false},
        {"\\b{start-half}", PST_REGEX_WORD_START_HALF, PST_REGEX_WORD_START_HALF,
         false                                                                         },
        {"\\b{end-half}",   PST_REGEX_WORD_END_HALF,   PST_REGEX_WORD_END_HALF,   false},
    };
    pst_regex_node *const node = regex_node(g, PST_REGEX_ASSERT);
    size_t which;

    do {
        which = regex_pick(g, COUNT(all));
    } while (g->dialect == REGEX_COMMON && !all[which].common);
    regex_write(g, all[which].spelling);
    node->assertion = (uint8_t)((g->flags & REGEX_FLAG_M) != 0 ? all[which].multi_line
                                                               : all[which].plain);
    return node;
}

/* --- flags --------------------------------------------------------------------------- */

/* Writes some of the flags, on or off, and sets them. */
static void write_flags(regex_generator *g)
{
    static const struct {
        char letter;
        unsigned flag;
    } all[] = {
        {'i', REGEX_FLAG_I},
        {'m', REGEX_FLAG_M},
        {'s', REGEX_FLAG_S},
        {'U', REGEX_FLAG_U},
        {'x', REGEX_FLAG_X},
    };
    unsigned written = 0;
    bool off = false;

    for (size_t i = 0; i < 1 + regex_pick(g, 2); i++) {
        const size_t which = regex_pick(g, COUNT(all));
        if ((written & all[which].flag) != 0 ||
            (all[which].flag == REGEX_FLAG_X && g->dialect == REGEX_COMMON) ||
            (all[which].flag == REGEX_FLAG_I && g->dialect == REGEX_UNCASED)) {
            continue;
        }
        if (!off && regex_chance(g, 3)) {
            regex_write(g, "-");
            off = true;
        }
        regex_write_byte(g, (unsigned char)all[which].letter);
        written |= all[which].flag;
        g->flags = off ? g->flags & ~all[which].flag : g->flags | all[which].flag;
    }
    if (written == 0) {
        regex_write(g, "s");
        g->flags |= REGEX_FLAG_S;
    }
    if (g->dialect != REGEX_COMMON && regex_chance(g, 8)) {
        regex_write(g, off ? "u" : "-u");
    }
}

/* --- groups -------------------------------------------------------------------------- */

static pst_regex_node *group(regex_generator *g)
{
    const unsigned flags = g->flags;
    pst_regex_node *node = NULL;
    pst_regex_node *child;

    switch (regex_pick(g, 6)) {
    case 0:
        regex_write(g, "(?");
        write_flags(g);
        regex_write(g, ":");
        break;
    case 1:
    case 2:
        regex_write(g, "(?:");
        break;
    case 3:
        node = regex_node(g, PST_REGEX_GROUP);
        node->group = ++g->groups;
        regex_write(g, g->dialect != REGEX_COMMON && regex_chance(g, 2) ? "(?<_n."
                                                                        : "(?P<n");
        write_number(g, node->group);
        regex_write(g, ">");
        break;
    default:
        node = regex_node(g, PST_REGEX_GROUP);
        node->group = ++g->groups;
        regex_write(g, "(");
        break;
    }
    g->depth++;
    child = alternatives(g);
    g->depth--;
    regex_write(g, ")");
    g->flags = flags;
    if (node == NULL) {
        return child;
    }
    adopt(node, child);
    return node;
}

/* --- repeats ------------------------------------------------------------------------- */

/* How often, drawn before what is repeated so that repeats in repeats stay small. */
typedef struct times {
    uint32_t least;
    uint32_t most;
    const char *form; /* # stands for `least` and, the second time, `most` */
} times;

static times draw_times(regex_generator *g)
{
    static const times plain[] = {
        {0, PST_REGEX_FOREVER, "*"},
        {1, PST_REGEX_FOREVER, "+"},
        {0, 1,                 "?"},
    };
    const uint64_t room = (g->dialect == REGEX_COMMON ? 900 : 1500) / g->copies;
    uint32_t few = (uint32_t)regex_pick(g, 5);
    uint32_t many = few + (uint32_t)regex_pick(g, 4);

    if (regex_chance(g, 2)) {
        return plain[regex_pick(g, COUNT(plain))];
    }
    if (regex_chance(g, 8)) {
        few = (uint32_t)regex_pick(g, 40);
        many = few + (uint32_t)regex_pick(g, 80);
    }
    few = few > room ? (uint32_t)room : few;
    many = many > room ? (uint32_t)room : many;
    switch (regex_pick(g, g->dialect == REGEX_COMMON ? 3 : 4)) {
    case 0:
        return (times){few, few, "{#}"};
    case 1:
        return (times){few, PST_REGEX_FOREVER, "{#,}"};
    case 2:
        return (times){few, many, "{#,#}"};
    }
    return (times){few, many, "{ # ,\t# }"};
}

static uint64_t copies_of(const times *t)
{
    const uint64_t most = t->most == PST_REGEX_FOREVER ? t->least : t->most;

    return most < 1 ? 1 : most;
}

static void write_times(regex_generator *g, const times *t)
{
    unsigned number = t->least;

    for (const char *p = t->form; *p != '\0'; p++) {
        if (*p == '#') {
            write_number(g, number);
            number = t->most;
        } else {
            regex_write_byte(g, (unsigned char)*p);
        }
    }
}

static pst_regex_node *repeated(regex_generator *g, const times *t,
                                pst_regex_node *child)
{
    pst_regex_node *const node = regex_node(g, PST_REGEX_REPEAT);

    regex_write_gap(g);
    write_times(g, t);
    node->least = t->least;
    node->most = t->most;
    node->lazy = (g->flags & REGEX_FLAG_U) != 0;
    if (regex_chance(g, 4)) {
        if (t->form[0] == '{') {
            regex_write_gap(g);
        }
        regex_write(g, "?");
        node->lazy = !node->lazy;
    }
    adopt(node, child);
    return node;
}

/* What stands right behind a repeat repeats the repeat. RE2 will have none of it. */
static pst_regex_node *repeated_again(regex_generator *g, pst_regex_node *child)
{
    static const times all[] = {
        {0, PST_REGEX_FOREVER, "*"  },
        {1, PST_REGEX_FOREVER, "+"  },
        {2, 2,                 "{#}"},
    };

    return repeated(g, &all[regex_pick(g, COUNT(all))], child);
}

/* --- sequences ----------------------------------------------------------------------- */

/* A character beyond ASCII is its bytes, together. */
static pst_regex_node *character(regex_generator *g)
{
    static const struct {
        const char *spelling;
        const char *bytes;
    } all[] = {
        {"\xc3\xa9",         "\xc3\xa9"        },
        {"\\u00e9",          "\xc3\xa9"        },
        {"\\x{E9}",          "\xc3\xa9"        },
        {"\\U000000e9",      "\xc3\xa9"        },
        {"\xe2\x82\xac",     "\xe2\x82\xac"    },
        {"\\u{20ac}",        "\xe2\x82\xac"    },
        {"\\x{1F600}",       "\xf0\x9f\x98\x80"},
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
    };
    const size_t which = regex_pick(g, COUNT(all));
    pst_regex_node *const node = regex_node(g, PST_REGEX_CONCAT);

    regex_write(g, all[which].spelling);
    for (const char *p = all[which].bytes; *p != '\0'; p++) {
        pst_regex_node *const byte = regex_node(g, PST_REGEX_SET);
        pst_byte_set_add(&byte->set, (unsigned char)*p, (unsigned char)*p);
        adopt(node, byte);
    }
    return node;
}

static pst_regex_node *atom(regex_generator *g)
{
    if (g->depth < DEEPEST && regex_chance(g, 4)) {
        return group(g);
    }
    if (regex_chance(g, 8)) {
        return assertion(g);
    }
    if (g->dialect != REGEX_COMMON && regex_chance(g, 24)) {
        return character(g);
    }
    return regex_set(g);
}

static pst_regex_node *piece(regex_generator *g)
{
    const uint64_t copies = g->copies;
    pst_regex_node *node;
    times t;

    if (!regex_chance(g, 3)) {
        return atom(g);
    }
    t = draw_times(g);
    g->copies *= copies_of(&t);
    node = repeated(g, &t, atom(g));
    if (g->dialect != REGEX_COMMON && g->copies < 100 && regex_chance(g, 10)) {
        node = repeated_again(g, node);
    }
    g->copies = copies;
    return node;
}

static pst_regex_node *sequence(regex_generator *g)
{
    pst_regex_node *const node = regex_node(g, PST_REGEX_CONCAT);
    size_t pieces = regex_chance(g, 10) ? 0 : 1 + regex_pick(g, 4);

    for (; pieces > 0 && g->pieces > 0; pieces--) {
        g->pieces--;
        regex_write_gap(g);
        if (regex_chance(g, 14)) {
            regex_write(g, "(?");
            write_flags(g);
            regex_write(g, ")");
        } else {
            adopt(node, piece(g));
        }
        regex_write_gap(g);
    }
    return simplest(node);
}

static pst_regex_node *alternatives(regex_generator *g)
{
    pst_regex_node *const node = regex_node(g, PST_REGEX_ALTERNATE);
    const size_t branches = regex_chance(g, 3) ? 2 + regex_pick(g, 3) : 1;

    for (size_t i = 0; i < branches; i++) {
        if (i > 0) {
            regex_write(g, "|");
        }
        adopt(node, sequence(g));
    }
    return simplest(node);
}

static void begin(regex_generator *g)
{
    g->length = 0;
    g->count = 0;
    g->groups = 0;
    g->distance = 0;
    g->flags = 0;
    g->depth = 0;
    g->pieces = 2 + regex_pick(g, PIECES - 2);
    g->copies = 1;
}

size_t regex_shortest(const pst_regex_node *node)
{
    size_t least = node->kind == PST_REGEX_SET ? 1 : 0;

    for (const pst_regex_node *child = node->first; child != NULL;
         child = child->next) {
        const size_t length = regex_shortest(child);
        if (node->kind != PST_REGEX_ALTERNATE) {
            least += length;
        } else if (child == node->first || length < least) {
            least = length;
        }
    }
    return node->kind == PST_REGEX_REPEAT ? least * node->least : least;
}

/* What matches next to nothing matches nearly always, and says little. */
void regex_generate(regex_generator *g)
{
    do {
        begin(g);
        g->root = alternatives(g);
    } while (regex_shortest(g->root) < 2 && !regex_chance(g, 6));
}

static void add_bytes(regex_generator *g, pst_regex_node *parent, const char *spelling,
                      unsigned first, unsigned last)
{
    pst_regex_node *const node = regex_node(g, PST_REGEX_SET);

    regex_write(g, spelling);
    pst_byte_set_add(&node->set, first, last);
    adopt(parent, node);
}

/* Two bytes at a distance, with bytes between that may be the same two: of all places in
 * between, any may be in the set of positions, whatever the direction is. */
void regex_generate_explosion(regex_generator *g)
{
    static const struct {
        const char *spelling;
        unsigned first;
        unsigned last;
    } ranges[] = {
        {"[ab]",          'a',  'b'},
        {"(?:a|b)",       'a',  'b'},
        {"[ -c]",         ' ',  'c'},
        {"[\\n-b]",       '\n', 'b'},
        {"[\\x00-\\xff]", 0,    255},
    };
    const size_t which = regex_pick(g, COUNT(ranges));
    const uint32_t many = (uint32_t)(regex_chance(g, 2) ? 10 + regex_pick(g, 30)
                                                        : 100 + regex_pick(g, 800));
    const times t = {many, many, "{#}"};
    pst_regex_node *root;
    pst_regex_node *far;

    begin(g);
    root = regex_node(g, PST_REGEX_CONCAT);
    if (regex_chance(g, 4)) {
        adopt(root, assertion(g));
    }
    g->distance = many + 1;
    g->spaced = ranges[which].first < 'a';
    add_bytes(g, root, "a", 'a', 'a');
    far = regex_node(g, PST_REGEX_REPEAT);
    far->least = many;
    far->most = many;
    add_bytes(g, far, ranges[which].spelling, ranges[which].first, ranges[which].last);
    write_times(g, &t);
    adopt(root, far);
    add_bytes(g, root, "b", 'b', 'b');
    if (regex_chance(g, 3)) {
        adopt(root, assertion(g));
    }
    if (regex_chance(g, 2)) {
        g->pieces = 4;
        regex_write(g, "(?:");
        adopt(root, alternatives(g));
        regex_write(g, ")");
    }
    g->root = root;
}
