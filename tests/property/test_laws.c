/*
 * test_laws.c - expressions that say the same in other words have the same answer,
 * whatever their parts are.
 */
#include "../harness/harness.h"
#include "bench.h"

#include <stdio.h>
#include <string.h>

/* The letter behind an @ is a part; everywhere in a law it is the same text:
 *
 *   b c d   an expression in parentheses       e f   one of elements, likewise
 *   s t     a string      i j   a number       p q   an address    a   array of strings
 *   L K     a string literal, not empty        M N   numbers
 *   l       L in lower case; w: L as a pattern; v: with stars around; x: behind; y: in
 *           front
 */
static const char *const laws[][2] = {
    {"not not @b",                                          "@b"                                            },
    {"not (@b and @c)",                                     "not @b or not @c"                              },
    {"not (@b or @c)",                                      "not @b and not @c"                             },
    {"@b xor @c",                                           "(@b or @c) and not (@b and @c)"                },
    {"@b xor @c xor @d",                                    "@d xor (@c xor @b)"                            },
    {"@b and (@c or @d)",                                   "@b and @c or @b and @d"                        },
    {"@b or @c and @d",                                     "(@b or @c) and (@b or @d)"                     },
    {"true xor @b",                                         "not @b"                                        },
    {"@s ne @t",                                            "not @s eq @t and len(@s) ge 0 and len(@t) ge 0"},
    {"@s ne @L",                                            "not @s in {@L} and len(@s) ge 0"               },
    {"@s lt @t",                                            "@t gt @s"                                      },
    {"@s le @t",                                            "@s lt @t or @t eq @s"                          },
    {"@i ge @j",                                            "@j lt @i or @i eq @j"                          },
    {"@p le @q",                                            "@q gt @p or @p eq @q"                          },
    {"@i in {@M @N}",                                       "@i eq @M or @i eq @N"                          },
    {"@i in {-8..9}",                                       "@i ge -8 and not @i gt 9"                      },
    {"@i & -1",                                             "@i ne 0"                                       },
    {"@p in {10.0.0.0/24}",                                 "@p ge 10.0.0.0 and @p le 10.0.0.255"           },
    {"@p in {::/0 0.0.0.0/0}",                              "@p eq @p"                                      },
    {"@s in {@L @K}",                                       "@s eq @L or @s eq @K"                          },
    {"@s strict wildcard @w",                               "@s eq @L"                                      },
    {"@s wildcard @w",                                      "lower(@s) eq @l"                               },
    {"@s contains @L",                                      "@s strict wildcard @v"                         },
    {"lower(@s) contains @l",                               "@s wildcard @v"                                },
    {"starts_with(@s, @L)",                                 "@s strict wildcard @x"                         },
    {"ends_with(@s, @L)",                                   "@s strict wildcard @y"                         },
    {"@s contains \"\"",                                    "len(@s) ge 0"                                  },
    {"@s strict wildcard \"*\"",                            "@s eq @s"                                      },
    {"lower(upper(@s)) eq lower(@s)",                       "len(@s) ge 0"                                  },
    {"join(split(@s, @L, 128), @L) eq @s",                  "len(@s) ge 0"                                  },
    {"concat(substring(@s, 0, 2), substring(@s, 2)) eq @s", "len(@s) ge 0"                                  },
    {"coalesce(@s, @L) eq @L",                              "@s eq @L or not len(@s) ge 0"                  },
    {"to_string(@b) eq \"true\"",                           "@b"                                            },
    {"starts_with(concat(@s, @t), @s)",                     "len(@s) ge 0"                                  },
    {"any(@e)",                                             "not all(not @e)"                               },
    {"all(@e)",                                             "not any(not @e)"                               },
    {"any((@e or @e))",                                     "any((@e and @e))"                              },
    {"any((@e xor @f))",                                    "any(((@e or @f) and not (@e and @f)))"         },
    {"all(not (@e and @f))",                                "all((not @e or not @f))"                       },
    {"has_value(@a, @L)",                                   "any(@a[*] eq @L)"                              },
    {"any(lower(@a[*])[*] eq @l)",                          "any(@a[*] wildcard @w)"                        },
    {"all(@a[*] ne @L)",                                    "not any(@a[*] in {@L})"                        },
    {"any(starts_with(@a[*], @L))",                         "any(@a[*] strict wildcard @x)"                 },
    {"len(concat(@a, @a)) ge 2",                            "len(@a) ge 1"                                  },
    {"len(lower(@a[*])) eq len(@a)",                        "len(@a) ge 0"                                  },
};

enum { LAWS = sizeof laws / sizeof laws[0], LETTERS = 128, SPELLED = 512 };

/* Where the text of each part stands in the generator's text. */
typedef struct parts {
    size_t from[LETTERS];
    size_t to[LETTERS];  /* 0: it has not been written yet */
    postern_str literal; /* of L */
} parts;

static void write_spelled(generator *g, char byte, bool pattern)
{
    char escape[8];

    if (pattern && (byte == '*' || byte == '\\')) {
        generator_write(g, "\\x5c");
    }
    (void)snprintf(escape, sizeof escape, "\\x%02x", (unsigned char)byte);
    generator_write(g, escape);
}

/* L in another spelling. */
static void write_literal(generator *g, postern_str text, char letter)
{
    const bool pattern = letter != 'L' && letter != 'l';

    generator_write(g, letter == 'v' || letter == 'y' ? "\"*" : "\"");
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        write_spelled(g, letter == 'l' && c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c,
                      pattern);
    }
    generator_write(g, letter == 'v' || letter == 'x' ? "*\"" : "\"");
}

static void pick_literal(generator *g, parts *p)
{
    static const postern_str texts[] = {
        POSTERN_STR("a"),  POSTERN_STR("A"),  POSTERN_STR("aB"),
        POSTERN_STR("k0"), POSTERN_STR(","),  POSTERN_STR("*\\a"),
        POSTERN_STR("aa"), POSTERN_STR("\0"), POSTERN_STR("1234567890abcdef"),
    };

    if (p->literal.len == 0) {
        p->literal = texts[generator_pick(g, sizeof texts / sizeof texts[0])];
    }
}

static void write_parentheses(generator *g, bool each)
{
    generator_write(g, "(");
    if (each) {
        generator_each(g);
    } else {
        (void)generator_expression(g);
    }
    generator_write(g, ")");
}

static void write_new_part(generator *g, parts *p, char letter)
{
    switch (letter) {
    case 'b':
    case 'c':
    case 'd':
        write_parentheses(g, false);
        break;
    case 'e':
    case 'f':
        write_parentheses(g, true);
        break;
    case 's':
    case 't':
        (void)generator_term(g, POSTERN_STRING);
        break;
    case 'i':
    case 'j':
        (void)generator_term(g, POSTERN_INT);
        break;
    case 'p':
    case 'q':
        (void)generator_term(g, POSTERN_IP);
        break;
    case 'a':
        (void)generator_term(g, POSTERN_ARRAY_OF(POSTERN_STRING));
        break;
    case 'M':
    case 'N':
        (void)generator_literal(g, POSTERN_INT);
        break;
    case 'K':
        (void)generator_literal(g, POSTERN_STRING);
        break;
    default:
        pick_literal(g, p);
        write_literal(g, p->literal, letter);
        break;
    }
}

static void write_part(generator *g, parts *p, char letter)
{
    static char copy[GENERATOR_TEXT_MAX];
    const size_t at = (unsigned char)letter;
    const size_t length = p->to[at] - p->from[at];

    if (p->to[at] > 0) {
        memcpy(copy, g->text + p->from[at], length);
        copy[length] = '\0';
        generator_write(g, copy);
        return;
    }
    p->from[at] = g->length;
    write_new_part(g, p, letter);
    p->to[at] = g->length;
}

/* Writes one side of a law; returns its text. */
static postern_str write_side(generator *g, parts *p, const char *side)
{
    const size_t start = g->length;
    char plain[2] = "";

    for (; *side != '\0'; side++) {
        if (*side == '@') {
            side++;
            write_part(g, p, *side);
        } else {
            plain[0] = *side;
            generator_write(g, plain);
        }
    }
    return (postern_str){g->text + start, g->length - start};
}

static void law_holds(bench *b, const char *const law[2])
{
    parts p = {.literal = {0}};
    postern_str left;
    postern_str right;

    generator_fill(b->g, b->request);
    b->g->length = 1; /* a place of 0 means: not yet */
    b->g->text[0] = ' ';
    left = write_side(b->g, &p, law[0]);
    right = write_side(b->g, &p, law[1]);
    if (bench_machine(b, left) != bench_machine(b, right)) {
        ck_abort_msg("seed %llu: '%s' is not '%s' here:\n%.*s\n%.*s", b->seed, law[0],
                     law[1], (int)left.len, left.data, (int)right.len, right.data);
    }
}

START_TEST(a_law_holds_whatever_its_parts_are)
{
    const unsigned long long rounds = bench_count() / 2;
    bench b;

    bench_open(&b, _i);
    b.g->repeats = true;
    b.g->rewrote = true;
    for (unsigned long long i = 0; i < rounds; i++) {
        law_holds(&b, laws[_i]);
    }
    bench_close(&b);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("laws");
    TCase *tcase = tcase_create("laws");

    tcase_set_timeout(tcase, 3600);
    tcase_add_loop_test(tcase, a_law_holds_whatever_its_parts_are, 0, LAWS);
    suite_add_tcase(suite, tcase);
    return suite;
}
