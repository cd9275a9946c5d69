/*
 * regex_sets.c - bytes and sets of bytes in their many spellings.
 */
#include "regex_generator.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

unsigned regex_byte(regex_generator *g)
{
    static const char usual[] = "aaabbbcABCk01_- \n.xyz/=K~";
    static const unsigned rare[] = {0x00, 0x09, 0x0d, 0x1f, 0x23, 0x24,
                                    0x26, 0x5b, 0x5c, 0x5d, 0x5e, 0x7f,
                                    0x80, 0xa9, 0xc3, 0xe9, 0xff, 0x53};

    if (regex_chance(g, 12)) {
        return rare[regex_pick(g, COUNT(rare))];
    }
    return (unsigned char)usual[regex_pick(g, sizeof usual - 1)];
}

void regex_fold(const regex_generator *g, pst_byte_set *set)
{
    if ((g->flags & REGEX_FLAG_I) == 0) {
        return;
    }
    for (unsigned lower = 'a'; lower <= 'z'; lower++) {
        const unsigned upper = lower - 'a' + 'A';
        if (pst_byte_set_has(set, lower) || pst_byte_set_has(set, upper)) {
            pst_byte_set_add(set, lower, lower);
            pst_byte_set_add(set, upper, upper);
        }
    }
}

static void turn_over(pst_byte_set *set)
{
    for (size_t i = 0; i < 4; i++) {
        set->words[i] = ~set->words[i];
    }
}

/* RE2 knows the cases of Latin letters beyond ASCII. */
static bool is_fair(const regex_generator *g, unsigned byte)
{
    return byte < 0x80 || g->dialect != REGEX_COMMON || (g->flags & REGEX_FLAG_I) == 0;
}

static unsigned fair_byte(regex_generator *g)
{
    unsigned byte;

    do {
        byte = regex_byte(g);
    } while (!is_fair(g, byte));
    return byte;
}

/* --- one byte ------------------------------------------------------------------------ */

/* The number of a byte in so many hexadecimal digits at least, between two texts. */
static void write_hex(regex_generator *g, const char *before, int digits, unsigned byte,
                      const char *behind)
{
    char text[16];

    if (regex_chance(g, 2)) {
        (void)snprintf(text, sizeof text, "%0*x", digits, byte);
    } else {
        (void)snprintf(text, sizeof text, "%0*X", digits, byte);
    }
    regex_write(g, before);
    regex_write(g, text);
    regex_write(g, behind);
}

static bool is_mark(unsigned byte)
{
    return byte > ' ' && byte < 0x7f && !(byte >= '0' && byte <= '9') &&
           !(byte >= 'A' && byte <= 'Z') && !(byte >= 'a' && byte <= 'z');
}

static bool write_short(regex_generator *g, unsigned byte)
{
    static const char letters[] = "abtnvfr"; /* from 7 on; \b is something else */

    if (byte < 7 || byte == 8 || byte > 13) {
        return false;
    }
    regex_write_byte(g, '\\');
    regex_write_byte(g, (unsigned char)letters[byte - 7]);
    return true;
}

/* `special` are the bytes that mean something here. */
static void write_one(regex_generator *g, unsigned byte, const char *special)
{
    const bool full = g->dialect != REGEX_COMMON;
    const bool white = byte == ' ' || byte == '#' || (byte >= 9 && byte <= 13);
    const bool plain = byte != 0 && byte < 0x80 && strchr(special, (int)byte) == NULL &&
                       !(white && (g->flags & REGEX_FLAG_X) != 0);

    if (byte >= 0x80 || regex_chance(g, 16)) {
        write_hex(g, "\\x", 2, byte, "");
    } else if (regex_chance(g, 16)) {
        write_hex(g, "\\x{", 1, byte, "}");
    } else if (full && regex_chance(g, 24)) {
        write_hex(g, "\\u", 4, byte, "");
    } else if (full && regex_chance(g, 24)) {
        write_hex(g, "\\U", 8, byte, "");
    } else if (full && regex_chance(g, 24)) {
        write_hex(g, "\\u{", 3, byte, "}");
    } else if (plain && !regex_chance(g, 24)) {
        regex_write_byte(g, byte);
    } else if (is_mark(byte) && byte != '<' && byte != '>' && (full || byte != '_')) {
        regex_write_byte(g, '\\');
        regex_write_byte(g, byte);
    } else if (!write_short(g, byte)) {
        write_hex(g, "\\x", 2, byte, "");
    }
}

static void one(regex_generator *g, pst_byte_set *set)
{
    const unsigned byte = fair_byte(g);

    write_one(g, byte, "\\.+*?()|[]{}^$");
    pst_byte_set_add(set, byte, byte);
    regex_fold(g, set);
}

/* --- sets with names ----------------------------------------------------------------- */

static const struct {
    const char *name;
    const char *ranges; /* pairs */
} named[] = {
    {"alnum",  "09AZaz"          },
    {"alpha",  "AZaz"            },
    {"blank",  "\t\t  "          },
    {"digit",  "09"              },
    {"graph",  "!~"              },
    {"lower",  "az"              },
    {"print",  " ~"              },
    {"punct",  "!/:@[`{~"        },
    {"space",  "\t\r  "          },
    {"upper",  "AZ"              },
    {"word",   "09AZ__az"        },
    {"xdigit", "09AFaf"          },
    {"cntrl",  "\x01\x1f\x7f\x7f"}, /* and 0 */
    {"ascii",  "\x01\x7f"        }, /* and 0 */
};

static void add_named(pst_byte_set *set, size_t which)
{
    for (const char *p = named[which].ranges; *p != '\0'; p += 2) {
        pst_byte_set_add(set, (unsigned char)p[0], (unsigned char)p[1]);
    }
    if (which >= COUNT(named) - 2) {
        pst_byte_set_add(set, 0, 0);
    }
}

static void add_by_name(pst_byte_set *set, const char *name)
{
    for (size_t i = 0; i < COUNT(named); i++) {
        if (strcmp(named[i].name, name) == 0) {
            add_named(set, i);
        }
    }
}

/* \d and the like. RE2's \s lacks \v, which no common subject has. */
static void perl(regex_generator *g, pst_byte_set *set)
{
    static const struct {
        char letter;
        const char *name;
    } all[] = {
        {'d', "digit"},
        {'w', "word" },
        {'s', "space"},
    };
    const size_t which = regex_pick(g, COUNT(all));
    const bool negated = regex_chance(g, 3);

    regex_write_byte(g, '\\');
    regex_write_byte(g, (unsigned char)all[which].letter - (negated ? 0x20U : 0));
    add_by_name(set, all[which].name);
    if (negated) {
        turn_over(set);
    }
}

static void posix(regex_generator *g, pst_byte_set *set)
{
    const size_t which = regex_pick(g, COUNT(named));
    const bool negated = regex_chance(g, 4);

    regex_write(g, negated ? "[:^" : "[:");
    regex_write(g, named[which].name);
    regex_write(g, ":]");
    add_named(set, which);
    regex_fold(g, set);
    if (negated) {
        turn_over(set);
    }
}

/* --- classes ------------------------------------------------------------------------- */

static void class_of(regex_generator *g, pst_byte_set *set, unsigned depth);

static const char special_in_class[] = "\\[]^-&~";

static void range(regex_generator *g, pst_byte_set *set)
{
    unsigned first = fair_byte(g);
    unsigned last = fair_byte(g);

    if (first > last) {
        const unsigned other = first;
        first = last;
        last = other;
    }
    write_one(g, first, special_in_class);
    regex_write_byte(g, '-');
    write_one(g, last, special_in_class);
    pst_byte_set_add(set, first, last);
}

/* One or more items, and what they are together. */
static void items(regex_generator *g, pst_byte_set *set, unsigned depth)
{
    for (size_t i = 1 + regex_pick(g, 4); i > 0; i--) {
        pst_byte_set more = {{0}};
        unsigned byte;
        regex_write_gap(g);
        switch (regex_pick(g, g->dialect != REGEX_COMMON && depth < 3 ? 8 : 7)) {
        case 0:
            perl(g, &more);
            break;
        case 1:
            posix(g, &more);
            break;
        case 2:
        case 3:
            range(g, &more);
            break;
        case 7:
            class_of(g, &more, depth + 1);
            break;
        default:
            byte = fair_byte(g);
            write_one(g, byte, special_in_class);
            pst_byte_set_add(&more, byte, byte);
            break;
        }
        for (size_t word = 0; word < 4; word++) {
            set->words[word] |= more.words[word];
        }
    }
    regex_write_gap(g);
    regex_fold(g, set);
}

/* Behind the bracket, `]` and `-` need no backslash. */
static void first_items(regex_generator *g, pst_byte_set *set)
{
    if (regex_chance(g, 12)) {
        regex_write_byte(g, ']');
        pst_byte_set_add(set, ']', ']');
    } else if (regex_chance(g, 12)) {
        regex_write_byte(g, '-');
        pst_byte_set_add(set, '-', '-');
    }
}

static void class_of(regex_generator *g, pst_byte_set *set, unsigned depth)
{
    static const char *const operations[] = {"&&", "--", "~~"};
    const bool negated = regex_chance(g, 3);

    regex_write(g, negated ? "[^" : "[");
    first_items(g, set);
    items(g, set, depth);
    while (g->dialect != REGEX_COMMON && regex_chance(g, 5)) {
        const size_t operation = regex_pick(g, COUNT(operations));
        pst_byte_set other = {{0}};
        regex_write(g, operations[operation]);
        items(g, &other, depth);
        for (size_t i = 0; i < 4; i++) {
            const uint64_t left = set->words[i];
            const uint64_t right = other.words[i];
            set->words[i] = operation == 0   ? left & right
                            : operation == 1 ? left & ~right
                                             : left ^ right;
        }
    }
    if (negated) {
        turn_over(set);
    }
    regex_write(g, "]");
}

static void dot(regex_generator *g, pst_byte_set *set)
{
    regex_write_byte(g, '.');
    if ((g->flags & REGEX_FLAG_S) == 0) {
        pst_byte_set_add(set, '\n', '\n');
    }
    turn_over(set);
}

pst_regex_node *regex_set(regex_generator *g)
{
    pst_regex_node *const node = regex_node(g, PST_REGEX_SET);

    switch (regex_pick(g, 8)) {
    case 0:
        dot(g, &node->set);
        break;
    case 1:
        perl(g, &node->set);
        break;
    case 2:
        class_of(g, &node->set, 0);
        break;
    default:
        one(g, &node->set);
        break;
    }
    return node;
}
