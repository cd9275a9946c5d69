/*
 * test_regex_program.c - what is made of a pattern before it is searched for: its trimmed
 * tree, the bytes it requires, its instructions, and numbers for its states.
 */
#include "../harness/harness.h"
#include "match/regex_program.h"
#include "match/regex_shape.h"
#include "match/regex_states.h"
#include "support/alloc.h"
#include "support/text.h"
#include "regex_world.h"

#include <string.h>

#define P(text) POSTERN_STR(text)
#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

enum { DUMP = 512 };

static pst_regex_tree parse(world *w, postern_str pattern, bool captures)
{
    pst_regex_tree tree;

    ck_assert_msg(pst_regex_parse(&w->arena, pattern, captures, &w->limits, &tree,
                                  &w->problem) == POSTERN_OK,
                  "%.*s: %s", (int)pattern.len, pattern.data, w->problem.message);
    return tree;
}

/* --- shape --------------------------------------------------------------------------- */

static void write_set(pst_writer *out, const pst_byte_set *set)
{
    size_t count = 0;
    char last = '\0';

    for (unsigned byte = 0; byte < 256; byte++) {
        if (pst_byte_set_has(set, byte)) {
            last = (char)byte;
            count++;
        }
    }
    if (count == 1) {
        pst_write_byte(out, (unsigned char)last);
        return;
    }
    pst_write_byte(out, '[');
    pst_write_size(out, count);
    pst_write_byte(out, ']');
}

/* Sets of more than a byte are told by their count, assertions by their number. */
static void write_tree(pst_writer *out, const pst_regex_node *node)
{
    const pst_regex_kind kind = (pst_regex_kind)node->kind;

    if (kind == PST_REGEX_EMPTY) {
        pst_write_text(out, "()");
    } else if (kind == PST_REGEX_SET) {
        write_set(out, &node->set);
    } else if (kind == PST_REGEX_ASSERT) {
        pst_write_byte(out, '@');
        pst_write_size(out, node->assertion);
    } else {
        pst_write_byte(out, '(');
        for (const pst_regex_node *c = node->first; c != NULL; c = c->next) {
            if (c != node->first && kind == PST_REGEX_ALTERNATE) {
                pst_write_byte(out, '|');
            }
            write_tree(out, c);
        }
        pst_write_byte(out, ')');
    }
    if (kind == PST_REGEX_REPEAT) {
        pst_write_byte(out, '{');
        pst_write_size(out, node->least);
        pst_write_byte(out, ',');
        if (node->most != PST_REGEX_FOREVER) {
            pst_write_size(out, node->most);
        }
        pst_write_byte(out, '}');
    }
}

static const struct {
    postern_str pattern;
    const char *trimmed;
} trims[] = {
    {P("abc"),                   "(abc)"                     },
    {P("a*"),                    "()"                        },
    {P("a+"),                    "a"                         },
    {P("a?"),                    "()"                        },
    {P("a{0}"),                  "()"                        },
    {P("a{2,9}"),                "(a){2,2}"                  },
    {P("a{2}"),                  "(a){2,2}"                  },
    {P("a{2,}?"),                "(a){2,2}"                  },
    {P("(?:a+)+"),               "a"                         },
    {P("(?:a{2,3})+"),           "(a){2,2}"                  },
    {P("(?:a{2,3}){2,}"),        "((a){2,3}){2,2}"           },
    {P(".*a{2,9}"),              "((a){2,2})"                },
    {P("a*b*c*d"),               "(d)"                       },
    {P("a*b*c*"),                "()"                        },
    {P("ab*c*"),                 "(a)"                       },
    {P("a+b+"),                  "(ab)"                      },
    {P("a+b+c+"),                "(a(b){1,}c)"               },
    {P("a*b+c*"),                "(b)"                       },
    {P("^a*b"),                  "(@0(a){0,}b)"              },
    {P("b*a*$"),                 "(@1)"                      },
    {P("\\ba*"),                 "(@8)"                      },
    {P("a*|b+|c"),               "(()|b|c)"                  },
    {P("a(?:b*|c+)"),            "(a(()|c))"                 },
    {P("(?:b*|c+)a"),            "((()|c)a)"                 },
    {P("(?:ab*|b+c)(?:d|e*f*)"), "(((a(b){0,})|(bc))(d|()))" },
    {P("(?:ab*|cd*)"),           "((a)|(c))"                 },
    {P("x(?:a*b+)*y"),           "(x(((a){0,}(b){1,})){0,}y)"},
    {P("(?:a*b+)+"),             "(b)"                       },
    {P("(?:xa*b+)+?"),           "(x(a){0,}b)"               },
    {P("a*()b*"),                "()"                        },
};

START_TEST(the_edges_are_trimmed_and_nothing_else)
{
    char dump[DUMP];
    pst_writer out = {dump, sizeof dump, 0};
    pst_regex_tree tree;
    world w;

    open_world(&w);
    tree = parse(&w, trims[_i].pattern, false);
    ck_assert_int_eq(pst_regex_trim(&w.scratch, &tree), POSTERN_OK);
    write_tree(&out, tree.root);
    (void)pst_write_end(&out);
    ck_assert_str_eq(dump, trims[_i].trimmed);
    close_world(&w);
}
END_TEST

static const struct {
    postern_str pattern;
    const char *bytes;
} required[] = {
    {P(""),                                                                   ""      },
    {P("a"),                                                                  ""      },
    {P("ee"),                                                                 ""      },
    {P("eee"),                                                                "eee"   },
    {P("Q"),                                                                  "Q"     },
    {P("/"),                                                                  ""      },
    {P("f"),                                                                  "f"     },
    {P("o"),                                                                  ""      },
    {P("abc"),                                                                "abc"   },
    {P("foo|bar"),                                                            ""      },
    {P("foo(?:x|y)bar"),                                                      "bar"   },
    {P("foo.barbar"),                                                         "barbar"},
    {P("foo.Qx"),                                                             "Qx"    },
    {P("Qx.foo"),                                                             "Qx"    },
    {P("Qx.Qxy"),                                                             "Qxy"   },
    {P("Qxy.Qx"),                                                             "Qxy"   },
    {P("Qx.Qy"),                                                              "Qx"    },
    {P("fo\\bo"),                                                             "foo"   },
    {P("f(oo)b"),                                                             "foob"  },
    {P("f(?:o|p)b"),                                                          "b"     },
    {P("xa*Qb"),                                                              "Qb"    },
    {P("xa?Q"),                                                               "Q"     },
    {P("xQ+a"),                                                               "xQ"    },
    {P("eQ+xyz"),                                                             "xyz"   },
    {P("e(?:Qab){2}"),                                                        "eQab"  },
    {P("e(?:Qab){1}Z"),                                                       "eQabZ" },
    {P("(?:ab)*foo"),                                                         "foo"   },
    {P("(?i)foo"),                                                            ""      },
    {P("(?i)f1o2Q3"),                                                         ""      },
    {P("^foo$"),                                                              "foo"   },
    {P("a[^\\x00-\\xff]Q"),                                                   "Q"     },
    {P("0123456789012345678901234567890123456789012345678901234567890123Q"),  "Q"     },
    {P("Q123456789012345678901234567890123456789012345678901234567890123xy"),
     "Q123456789012345678901234567890123456789012345678901234567890123"               },
};

START_TEST(the_rarest_run_is_required)
{
    postern_str bytes;
    pst_regex_tree tree;
    world w;

    open_world(&w);
    tree = parse(&w, required[_i].pattern, true);
    ck_assert_int_eq(pst_regex_required(&w.arena, &w.scratch, &tree, &bytes),
                     POSTERN_OK);
    ck_assert_msg(postern_str_equal(bytes, postern_text(required[_i].bytes)),
                  "%.*s: \"%.*s\"", (int)required[_i].pattern.len,
                  required[_i].pattern.data, (int)bytes.len, bytes.data);
    close_world(&w);
}
END_TEST

/* --- programs ------------------------------------------------------------------------ */

static void write_program(pst_writer *out, const pst_regex_program *program)
{
    pst_write_size(out, program->start);
    pst_write_byte(out, ':');
    for (uint32_t i = 0; i < program->length; i++) {
        const pst_regex_insn *const insn = &program->code[i];
        pst_write_byte(out, ' ');
        if (insn->op == PST_REGEX_OP_MATCH) {
            pst_write_byte(out, '!');
            continue;
        }
        if (insn->op == PST_REGEX_OP_SET) {
            write_set(out, &program->sets[insn->other]);
        } else if (insn->op == PST_REGEX_OP_SAVE) {
            pst_write_byte(out, '=');
            pst_write_size(out, insn->other);
        } else if (insn->op == PST_REGEX_OP_ASSERT) {
            pst_write_byte(out, '@');
            pst_write_size(out, insn->other);
        }
        pst_write_byte(out, '>');
        pst_write_size(out, insn->next);
        if (insn->op == PST_REGEX_OP_SPLIT) {
            pst_write_byte(out, '|');
            pst_write_size(out, insn->other);
        }
    }
    (void)pst_write_end(out);
}

/* `>2|0` prefers instruction 2 to 0, `@` asks, `=` saves, `!` is a match. */
static const struct {
    postern_str pattern;
    const char *forward;
    const char *backward;
    uint32_t sets;
    bool starts; /* anchored, forward */
    bool ends;   /* anchored, backward */
} programs[] = {
    {P(""),                "0: !",                                  "0: !",                           0, false, false},
    {P("a"),               "1: ! a>0",                              "1: ! a>0",                       1, false, false},
    {P("ab"),              "2: ! b>0 a>1",                          "2: ! a>0 b>1",                   2, false, false},
    {P("aba"),             "3: ! a>0 b>1 a>2",                      "3: ! a>0 b>1 a>2",               2, false, false},
    {P("a|b[cd]"),         "4: ! [2]>0 b>1 a>0 >3|2",               "4: ! b>0 [2]>1 a>0 >3|2",        3, false,
     false                                                                                                           },
    {P("a|bc|d"),          "6: ! d>0 c>0 b>2 >3|1 a>0 >5|4",        "6: ! d>0 b>0 c>2 >3|1 a>0 >5|4", 4,
     false,                                                                                                     false},
    {P("a*"),              "1: ! >2|0 a>1",                         "1: ! >2|0 a>1",                  1, false, false},
    {P("a*?"),             "1: ! >0|2 a>1",                         "1: ! >0|2 a>1",                  1, false, false},
    {P("a+"),              "2: ! >2|0 a>1",                         "2: ! >2|0 a>1",                  1, false, false},
    {P("a+?"),             "2: ! >0|2 a>1",                         "2: ! >0|2 a>1",                  1, false, false},
    {P("a?"),              "2: ! a>0 >1|0",                         "2: ! a>0 >1|0",                  1, false, false},
    {P("a??"),             "2: ! a>0 >0|1",                         "2: ! a>0 >0|1",                  1, false, false},
    {P("a{0}"),            "0: !",                                  "0: !",                           0, false, false},
    {P("a{2}"),            "2: ! a>0 a>1",                          "2: ! a>0 a>1",                   1, false, false},
    {P("a{2,}"),           "3: ! >2|0 a>1 a>2",                     "3: ! >2|0 a>1 a>2",              1, false, false},
    {P("a{1,3}"),          "5: ! a>0 >1|0 a>2 >3|0 a>4",            "5: ! a>0 >1|0 a>2 >3|0 a>4",     1, false,
     false                                                                                                           },
    {P("a{1,3}?"),         "5: ! a>0 >0|1 a>2 >0|3 a>4",            "5: ! a>0 >0|1 a>2 >0|3 a>4",     1, false,
     false                                                                                                           },
    {P("(a)"),             "3: ! =3>0 a>1 =2>2",                    "1: ! a>0",                       1, false, false},
    {P("(a)(b)?"),         "7: ! =5>0 b>1 =4>2 >3|0 =3>4 a>5 =2>6", "3: ! a>0 b>1 >2|1",              2,
     false,                                                                                                     false},
    {P("(?:a*)*"),         "4: ! >2|0 >3|1 a>2 >2|0",               "4: ! >2|0 >3|1 a>2 >2|0",        1, false,
     false                                                                                                           },
    {P("(?:a?b?)*?c"),     "7: ! c>0 >1|6 b>2 >3|2 a>4 >5|4 >1|6",
     "7: ! >0|5 a>1 >2|1 b>3 >4|3 >0|5 c>6",                                                          3, false, false},
    {P("^a"),              "2: ! a>0 @0>1",                         "2: ! @1>0 a>1",                  1, true,  false},
    {P("a$"),              "2: ! @1>0 a>1",                         "2: ! a>0 @0>1",                  1, false, true },
    {P("^a|b"),            "4: ! b>0 a>0 @0>2 >3|1",                "4: ! b>0 @1>0 a>2 >3|1",         2, false, false},
    {P("^a|^b"),           "5: ! b>0 @0>1 a>0 @0>3 >4|2",           "5: ! @1>0 b>1 @1>0 a>3 >4|2",    2, true,
     false                                                                                                           },
    {P("(?:^|a)b"),        "4: ! b>0 a>1 @0>1 >3|2",                "4: ! a>0 @1>0 >2|1 b>3",         2, false,
     false                                                                                                           },
    {P("a*^b"),            "3: ! b>0 @0>1 >4|2 a>3",                "4: ! >2|0 a>1 @1>1 b>3",         2, false, false},
    {P("(?m)^a$"),         "3: ! @3>0 a>1 @2>2",                    "3: ! @3>0 a>1 @2>2",             1, false, false},
    {P("\\ba\\b{start}"),  "3: ! @4>0 a>1 @8>2",                    "3: ! @8>0 a>1 @5>2",             1, false, false},
    {P("^*a"),             "3: ! a>0 @0>1 >2|1",                    "3: ! @1>0 >1|0 a>2",             1, false, false},
    {P("(?:^)+a"),         "2: ! a>0 @0>1",                         "2: ! @1>0 a>1",                  1, true,  false},
    {P("^$"),              "2: ! @1>0 @0>1",                        "2: ! @1>0 @0>1",                 0, true,  true },
    {P("$^a"),             "3: ! a>0 @0>1 @1>2",                    "3: ! @0>0 @1>1 a>2",             1, true,  false},
    {P("\\b^a"),           "3: ! a>0 @0>1 @8>2",                    "3: ! @8>0 @1>1 a>2",             1, true,  false},
    {P("()"),              "2: ! =3>0 =2>1",                        "0: !",                           0, false, false},
    {P("[^\\x00-\\xff]a"), "2: ! a>0 [0]>1",                        "2: ! [0]>0 a>1",                 2, false, false},
};

static void expect_program(const pst_regex_program *program, const char *wanted,
                           bool anchored)
{
    char dump[DUMP];
    pst_writer out = {dump, sizeof dump, 0};

    write_program(&out, program);
    ck_assert_str_eq(dump, wanted);
    ck_assert(program->anchored == anchored);
}

START_TEST(a_program_is_as_listed_in_both_directions)
{
    pst_regex_program program;
    pst_regex_tree tree;
    world w;

    open_world(&w);
    tree = parse(&w, programs[_i].pattern, true);
    ck_assert_int_eq(pst_regex_program_build(&w.arena, &w.scratch, &tree, false,
                                             PST_REGEX_PROGRAM_MAX, &program),
                     POSTERN_OK);
    expect_program(&program, programs[_i].forward, programs[_i].starts);
    ck_assert_uint_eq(program.set_count, programs[_i].sets);
    ck_assert_uint_eq(program.groups, tree.groups);
    ck_assert_int_eq(pst_regex_program_build(&w.arena, &w.scratch, &tree, true,
                                             PST_REGEX_PROGRAM_MAX, &program),
                     POSTERN_OK);
    expect_program(&program, programs[_i].backward, programs[_i].ends);
    ck_assert_uint_eq(program.set_count, programs[_i].sets);
    close_world(&w);
}
END_TEST

/* What holds between `before` and `behind`: a letter for each assertion, in their order. */
START_TEST(assertions_hold_where_told)
{
    static const char *const holds[4][4] = {
  /* other, word, newline, edge behind */
        {"......11.1", "....1.1.1.", "...1..11.1", ".1.1..11.1"},
        {".....1.11.", ".........1", "...1.1.11.", ".1.1.1.11."},
        {"..1...11.1", "..1.1.1.1.", "..11..11.1", ".111..11.1"},
        {"1.1...11.1", "1.1.1.1.1.", "1.11..11.1", "1111..11.1"},
    };

    for (unsigned before = 0; before < 4; before++) {
        for (unsigned behind = 0; behind < 4; behind++) {
            for (unsigned a = 0; a < 10; a++) {
                ck_assert_msg(pst_regex_holds((pst_regex_assertion)a,
                                              (pst_regex_border)before,
                                              (pst_regex_border)behind) ==
                                  (holds[before][behind][a] == '1'),
                              "assertion %u between %u and %u", a, before, behind);
            }
        }
    }
}
END_TEST

START_TEST(every_byte_has_its_border)
{
    static const char word[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

    for (unsigned byte = 0; byte < 256; byte++) {
        const pst_regex_border wanted =
            byte == '\n'
                ? PST_REGEX_NEWLINE
                : (byte != 0 && memchr(word, (int)byte, sizeof word - 1) != NULL
                       ? PST_REGEX_WORD
                       : PST_REGEX_OTHER);
        ck_assert_int_eq(pst_regex_border_of((unsigned char)byte), wanted);
    }
}
END_TEST

/* --- automata and states ------------------------------------------------------------- */

START_TEST(automata_have_limits)
{
    static const struct {
        postern_str pattern;
        postern_status status;
    } rows[] = {
        {P("x{8191}"),       POSTERN_OK   },
        {P("x{8192}"),       POSTERN_LIMIT},
        {P("(?:a?){1000}b"), POSTERN_OK   },
        {P("(?:a?){4000}b"), POSTERN_LIMIT}, /* too much work */
    };
    pst_regex_automaton automaton;
    pst_regex_program program;
    pst_regex_tree tree;
    world w;

    open_world(&w);
    tree = parse(&w, rows[_i].pattern, false);
    ck_assert_int_eq(pst_regex_program_build(&w.arena, &w.scratch, &tree, false,
                                             PST_REGEX_PROGRAM_MAX, &program),
                     POSTERN_OK);
    ck_assert_int_eq(
        pst_regex_automaton_build(&w.arena, &w.scratch, &program, &automaton),
        rows[_i].status);
    ck_assert_int_eq(w.arena.status, POSTERN_OK);
    close_world(&w);
}
END_TEST

static void make_automaton(world *w, postern_str pattern, pst_regex_automaton *out)
{
    pst_regex_program program;
    pst_regex_tree tree = parse(w, pattern, false);

    ck_assert_int_eq(pst_regex_program_build(&w->arena, &w->scratch, &tree, false,
                                             PST_REGEX_PROGRAM_MAX, &program),
                     POSTERN_OK);
    ck_assert_int_eq(pst_regex_automaton_build(&w->arena, &w->scratch, &program, out),
                     POSTERN_OK);
}

/* Number `number` of 4 * 300 states: a set of two words, behind one of four borders. */
static unsigned make_state(unsigned number, uint64_t *set)
{
    set[0] = 1 | (uint64_t)(number / 4) << 3;
    set[1] = number / 4 % 3;
    return number % 4;
}

START_TEST(states_have_numbers_of_their_own)
{
    enum { FIRST = PST_REGEX_STATE_FIRST, LIMIT = FIRST + 4 * 300 };
    pst_regex_automaton automaton;
    pst_regex_states states;
    uint64_t set[2];
    world w;

    open_world(&w);
    make_automaton(&w, (postern_str)P("(?m)^[ab]{80}\\b|z\\z"), &automaton);
    ck_assert_uint_eq(automaton.words, 2);
    ck_assert(pst_regex_states_init(&states, &w.scratch, &automaton, 4, LIMIT));
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < LIMIT - FIRST; i++) {
            const unsigned before = make_state(i, set);
            ck_assert(pst_regex_states_number(&states, set, before) == FIRST + i);
        }
    }
    for (unsigned i = 0; i < LIMIT - FIRST; i++) {
        ck_assert(states.befores[FIRST + i] == make_state(i, set));
        ck_assert_mem_eq(pst_regex_states_set(&states, FIRST + i), set, sizeof set);
    }
    set[0] = UINT64_C(1) << 60;
    ck_assert(pst_regex_states_number(&states, set, 0) == PST_REGEX_NO_STATE);
    ck_assert_uint_eq(states.count, LIMIT);
    memset(set, 0, sizeof set);
    ck_assert(pst_regex_states_number(&states, set, 0) == PST_REGEX_DEAD);
    close_world(&w);
}
END_TEST

/* A set that will have matched whatever comes is not told from others like it. */
START_TEST(what_is_certain_is_found)
{
    pst_regex_automaton automaton;
    pst_regex_states states;
    uint64_t set = 1 << 1; /* behind the a */
    world w;

    open_world(&w);
    make_automaton(&w, (postern_str)P("a(?:\\b|\\B)|b\\b"), &automaton);
    ck_assert(pst_regex_states_init(&states, &w.scratch, &automaton, 4, 8));
    ck_assert_uint_eq(pst_regex_states_number(&states, &set, PST_REGEX_WORD),
                      PST_REGEX_FOUND);
    set = 1 << 2; /* behind the b */
    ck_assert_uint_eq(pst_regex_states_number(&states, &set, PST_REGEX_WORD),
                      PST_REGEX_STATE_FIRST);
    close_world(&w);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("regex_program");
    TCase *shape = tcase_create("shape");
    TCase *program = tcase_create("program");
    TCase *states = tcase_create("states");

    tcase_add_loop_test(shape, the_edges_are_trimmed_and_nothing_else, 0, COUNT(trims));
    tcase_add_loop_test(shape, the_rarest_run_is_required, 0, COUNT(required));
    suite_add_tcase(suite, shape);
    tcase_add_loop_test(program, a_program_is_as_listed_in_both_directions, 0,
                        COUNT(programs));
    tcase_add_test(program, assertions_hold_where_told);
    tcase_add_test(program, every_byte_has_its_border);
    suite_add_tcase(suite, program);
    tcase_add_loop_test(states, automata_have_limits, 0, 4);
    tcase_add_test(states, states_have_numbers_of_their_own);
    tcase_add_test(states, what_is_certain_is_found);
    suite_add_tcase(suite, states);
    return suite;
}
