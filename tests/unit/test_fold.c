/*
 * test_fold.c - many tests of one value become one, when they are enough and stand side
 * by side; tests that rules have in common are asked once, and no others.
 */
#include "../harness/harness.h"
#include "rules.h"

#define ROWS(table) ((int)(sizeof(table) / sizeof(table)[0]))

/* --- chains ----------------------------------------------------------------------------- */

/* What becomes of `count` tests, '#' in each being its number: so many of `single` and so
 * many of `folded`. */
static const struct chain {
    const char *item;
    const char *joint;
    unsigned count;
    pst_opcode single;
    unsigned singles;
    pst_opcode folded;
    unsigned folds;
} chains[] = {
    {"http.host eq \"#\"",                      " or ",  7,  PST_OP_STRING_EQ,       7,  PST_OP_STRING_IN, 0},
    {"http.host eq \"#\"",                      " or ",  8,  PST_OP_STRING_EQ,       0,  PST_OP_STRING_IN, 1},
    {"http.host ne \"#\"",                      " and ", 7,  PST_OP_STRING_EQ,       7,  PST_OP_STRING_IN, 0},
    {"http.host ne \"#\"",                      " and ", 8,  PST_OP_STRING_EQ,       0,  PST_OP_STRING_IN, 1},
    {"not http.host eq \"#\"",                  " and ", 8,  PST_OP_STRING_EQ,       8,  PST_OP_STRING_IN, 0},
    {"http.host eq \"#\"",                      " and ", 9,  PST_OP_STRING_EQ,       9,  PST_OP_STRING_IN, 0},
    {"http.host ne \"#\"",                      " or ",  9,  PST_OP_STRING_EQ,       9,  PST_OP_STRING_IN, 0},
    {"http.host eq \"#\"",                      " xor ", 9,  PST_OP_STRING_EQ,       9,  PST_OP_STRING_IN, 0},
    {"http.host lt \"#\"",                      " or ",  20, PST_OP_STRING_ORDER,    20, PST_OP_STRING_IN, 0},
    {"starts_with(http.host, \"#\")",           " or ",  20, PST_OP_STRING_STARTS,   20,
     PST_OP_STRING_IN,                                                                                     0},
    {"http.host in {\"a#\" \"b#\" \"c#\"}",     " or ",  7,  PST_OP_STRING_EQ,       0,
     PST_OP_STRING_IN,                                                                                     7},
    {"http.host in {\"a#\" \"b#\" \"c#\"}",     " or ",  8,  PST_OP_STRING_EQ,       0,
     PST_OP_STRING_IN,                                                                                     1},
    {"http.request.headers[\"a\"][0] eq \"#\"", " or ",  8,  PST_OP_STRING_EQ,       0,
     PST_OP_STRING_IN,                                                                                     1},
    {"lower(http.cookie) eq \"#\"",             " or ",  8,  PST_OP_STRING_EQ,       0,  PST_OP_STRING_IN,
     1                                                                                                      },
    {"http.request.timestamp.sec eq #",         " or ",  3,  PST_OP_INT_RANGE,       3,  PST_OP_INT_IN,
     0                                                                                                      },
    {"http.request.timestamp.sec eq #",         " or ",  4,  PST_OP_INT_RANGE,       0,  PST_OP_INT_IN,
     1                                                                                                      },
    {"http.request.timestamp.sec ne #",         " and ", 4,  PST_OP_INT_RANGE,       0,  PST_OP_INT_IN,
     1                                                                                                      },
    {"http.request.timestamp.sec gt #",         " or ",  4,  PST_OP_INT_RANGE,       0,  PST_OP_INT_IN,
     1                                                                                                      },
    {"http.request.timestamp.sec & 1#",         " or ",  9,  PST_OP_INT_BITS,        9,  PST_OP_INT_IN,
     0                                                                                                      },
    {"len(http.cookie) eq #",                   " or ",  9,  PST_OP_STRING_LENGTH,   9,  PST_OP_INT_IN,    0},
    {"ip.src eq 10.0.0.#",                      " or ",  3,  PST_OP_IP_ORDER,        3,  PST_OP_IP_IN,     0},
    {"ip.src eq 10.0.0.#",                      " or ",  4,  PST_OP_IP_ORDER,        0,  PST_OP_IP_IN,     1},
    {"ip.src ne 10.0.0.#",                      " and ", 4,  PST_OP_IP_ORDER,        0,  PST_OP_IP_IN,     1},
    {"ip.src ne 10.0.0.#",                      " or ",  4,  PST_OP_IP_ORDER,        4,  PST_OP_IP_IN,     0},
    {"ip.src lt 10.0.0.#",                      " or ",  4,  PST_OP_IP_ORDER,        4,  PST_OP_IP_IN,     0},
    {"ip.src in {10.#.0.0/16 2001:db8:#::/48}", " or ",  3,  PST_OP_IP_ORDER,        0,
     PST_OP_IP_IN,                                                                                         3},
    {"ip.src in {10.#.0.0/16 2001:db8:#::/48}", " or ",  4,  PST_OP_IP_ORDER,        0,
     PST_OP_IP_IN,                                                                                         1},
    {"http.cookie contains \"abc#\"",           " or ",  2,  PST_OP_STRING_CONTAINS, 2,
     PST_OP_STRING_PARTS,                                                                                  0},
    {"http.cookie contains \"abc#\"",           " or ",  3,  PST_OP_STRING_CONTAINS, 0,
     PST_OP_STRING_PARTS,                                                                                  1},
    {"http.cookie contains \"#\"",              " or ",  16, PST_OP_STRING_CONTAINS, 16,
     PST_OP_STRING_PARTS,                                                                                  0}, /* too short */
    {"http.cookie contains \"abc#\"",           " and ", 16, PST_OP_STRING_CONTAINS, 16,
     PST_OP_STRING_PARTS,                                                                                  0},
    {"http.host contains \"abc#\"",             " or ",  16, PST_OP_STRING_CONTAINS, 16,
     PST_OP_STRING_PARTS,                                                                                  0}, /* each may guard a host */
    {"lower(http.host) contains \"abc#\"",      " or ",  16, PST_OP_STRING_CONTAINS, 16,
     PST_OP_STRING_PARTS,                                                                                  0},
    {"http.cookie wildcard \"abc#*\"",          " or ",  16, PST_OP_STRING_WILDCARD, 16,
     PST_OP_STRING_PARTS,                                                                                  0},
};

static void expect_chain(const rules *r, const struct chain *row, unsigned times)
{
    ck_assert_msg(rules_count(r, row->single) == (size_t)row->singles * times,
                  "%u of %s: %zu alone", row->count, row->item,
                  rules_count(r, row->single));
    ck_assert_msg(rules_count(r, row->folded) == (size_t)row->folds * times,
                  "%u of %s: %zu together", row->count, row->item,
                  rules_count(r, row->folded));
}

static void write_chain(rules *r, const struct chain *row, unsigned first)
{
    rules_write_chain(r, row->item, row->joint, first, row->count);
}

START_TEST(chains_become_one_test_when_they_are_long_enough)
{
    const struct chain *row = &chains[_i];
    rules r;

    rules_open(&r, false);
    write_chain(&r, row, 1);
    rules_add(&r);
    rules_finish(&r);
    expect_chain(&r, row, 1);
    rules_close(&r);
}
END_TEST

/* Two chains with another test between them stay two: it is asked in its place. */
START_TEST(chains_end_at_another_test)
{
    static const char *const others[] = {"ssl", "http.user_agent eq \"x\"",
                                         "http.user_agent contains \"xxxx\"",
                                         "(ssl and cf.tls_client_auth.cert_verified)"};
    const struct chain *row = &chains[_i];
    rules r;

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const bool same = (i == 1 && row->single == PST_OP_STRING_EQ) ||
                          (i == 2 && row->single == PST_OP_STRING_CONTAINS);
        if (same || strcmp(row->joint, " xor ") == 0) {
            continue;
        }
        rules_open(&r, false);
        write_chain(&r, row, 1);
        rules_write(&r, row->joint, 0);
        rules_write(&r, others[i], 0);
        rules_write(&r, row->joint, 0);
        write_chain(&r, row, 101);
        rules_add(&r);
        rules_finish(&r);
        expect_chain(&r, row, 2);
        rules_close(&r);
    }
}
END_TEST

/* Four and four are not eight: between them something else decides. */
START_TEST(parts_of_a_chain_are_too_few)
{
    rules r;

    rules_open(&r, false);
    rules_write_chain(&r, "http.host eq \"#\"", " or ", 0, 7);
    rules_write(&r, " or http.host ne \"x\" or ", 0);
    rules_write_chain(&r, "http.host eq \"#\"", " or ", 10, 7);
    rules_add(&r);
    rules_finish(&r);
    ck_assert_uint_eq(rules_count(&r, PST_OP_STRING_EQ), 15);
    ck_assert_uint_eq(rules_count(&r, PST_OP_STRING_IN), 0);
    rules_close(&r);
}
END_TEST

/* Nor are tests of two fields in turn. */
START_TEST(tests_of_two_fields_stay_apart)
{
    rules r;

    rules_open(&r, false);
    rules_write_chain(&r, "http.host eq \"#\" or http.user_agent eq \"#\"", " or ", 1,
                      20);
    rules_add(&r);
    rules_finish(&r);
    ck_assert_uint_eq(rules_count(&r, PST_OP_STRING_EQ), 40);
    rules_close(&r);
}
END_TEST

/* So it is within other claims, and in what is asked of elements. */
static const struct around {
    const char *front;
    const char *item;
    const char *joint;
    const char *back;
} around[] = {
    {"ssl and not (",     "http.host eq \"#\"",                      " or ",  ")"             },
    {"ssl xor (ssl and ", "http.host ne \"#\"",                      " and ", ")"             },
    {"any((",             "http.request.headers[\"a\"][*] eq \"#\"", " or ",  "))"            },
    {"all((",             "http.request.headers[\"a\"][*] ne \"#\"", " and ", "))"            },
    {"ssl or not any((",  "http.request.headers[\"a\"][*] eq \"#\"", " or ",  "))"            },
    {"len((",             "http.request.headers[\"a\"][*] eq \"#\"", " or ",  ")) gt 0"       },
    {"to_string((",       "http.host eq \"#\"",                      " or ",  ")) eq \"true\""},
};

START_TEST(chains_within_other_claims_fold)
{
    const struct around *row = &around[_i];

    for (unsigned count = 7; count <= 8; count++) {
        rules r;
        rules_open(&r, false);
        rules_write(&r, row->front, 0);
        rules_write_chain(&r, row->item, row->joint, 1, count);
        rules_write(&r, row->back, 0);
        rules_add(&r);
        rules_finish(&r);
        ck_assert_uint_eq(rules_count(&r, PST_OP_STRING_IN), count == 8);
        if (count == 8) {
            ck_assert_uint_eq(rules_find(&r, PST_OP_STRING_IN)->as.string_set->count,
                              8);
        }
        rules_close(&r);
    }
}
END_TEST

/* Equal ones count once, members of sets count each. */
START_TEST(what_is_folded_has_all_members)
{
    rules r;

    rules_open(&r, false);
    rules_write_chain(&r, "http.host in {\"a#\" \"b#\" \"c\"}", " or ", 1, 8);
    rules_write(&r, " or http.host eq \"d\" or http.host eq \"a1\"", 0);
    rules_add(&r);
    rules_write_chain(&r, "ip.src in {10.#.0.0/24 2001:db8:#::/48}", " or ", 1, 4);
    rules_write(&r, " or ip.src eq 192.0.2.1", 0);
    rules_add(&r);
    rules_write_chain(&r, "http.request.timestamp.sec in {#1..#5}", " or ", 1, 4);
    rules_write(&r, " or http.request.timestamp.sec eq 7", 0);
    rules_add(&r);
    rules_write_chain(&r, "http.cookie contains \"abc#\"", " or ", 1, 20);
    rules_add(&r);
    rules_finish(&r);
    ck_assert_uint_eq(rules_find(&r, PST_OP_STRING_IN)->as.string_set->count, 18);
    ck_assert_uint_eq(pst_ip_set_count(rules_find(&r, PST_OP_IP_IN)->as.ip_set),
                      6); /* some touch */
    ck_assert_uint_eq(rules_find(&r, PST_OP_INT_IN)->as.int_set->count, 5);
    ck_assert_uint_eq(rules_find(&r, PST_OP_STRING_PARTS)->as.parts->count, 20);
    for (unsigned i = 0; i < 4; i++) {
        ck_assert(pst_int_set_has(rules_find(&r, PST_OP_INT_IN)->as.int_set, 11 + i));
        ck_assert(pst_int_set_has(rules_find(&r, PST_OP_INT_IN)->as.int_set, 41 + i));
    }
    rules_close(&r);
}
END_TEST

/* --- small sets ---------------------------------------------------------------------------- */

static const struct small {
    const char *expression;
    size_t equal;
    size_t sets;
} small[] = {
    {"http.host in {\"a\"}",                            1, 0},
    {"http.host in {\"a\" \"b\"}",                      2, 0},
    {"http.host in {\"a\" \"b\" \"c\"}",                0, 1},
    {"http.host in {\"a\" \"a\"}",                      2, 0},
    {"not http.host in {\"a\"}",                        1, 0},
    {"not http.host in {\"a\" \"b\"}",                  2, 0},
    {"not http.host in {\"a\" \"b\" \"c\"}",            0, 1},
    {"lower(http.host) in {\"a\" \"b\"}",               0, 1},
    {"http.request.headers[\"a\"][0] in {\"a\" \"b\"}", 0, 1},
    {"any(http.request.headers[\"a\"][*] in {\"a\"})",  0, 1},
};

START_TEST(small_sets_are_equalities_where_a_value_is_always_there)
{
    rules r;

    rules_open(&r, false);
    rules_write(&r, small[_i].expression, 0);
    rules_add(&r);
    rules_finish(&r);
    ck_assert_uint_eq(rules_count(&r, PST_OP_STRING_EQ), small[_i].equal);
    ck_assert_uint_eq(rules_count(&r, PST_OP_STRING_IN), small[_i].sets);
    rules_close(&r);
}
END_TEST

/* --- tests in common ------------------------------------------------------------------------ */

static const struct pair {
    const char *one;
    const char *two;
    size_t asked_once; /* places */
} pairs[] = {
    {"http.cookie contains \"ab\"",                                          "http.cookie contains \"ab\"",                       2},
    {"http.cookie contains \"ab\"",                                          "ssl and not http.cookie contains \"ab\"",           2},
    {"http.cookie contains \"ab\" and (ssl or http.cookie contains \"ab\")", "ssl",                                               2},
    {"http.cookie contains \"ab\"",                                          "http.cookie contains \"ac\"",                       0},
    {"http.cookie contains \"ab\"",                                          "http.cookie contains \"abc\"",                      0},
    {"http.cookie contains \"ab\"",                                          "http.user_agent contains \"ab\"",                   0},
    {"http.cookie contains \"ab\"",                                          "lower(http.cookie) contains \"ab\"",                0},
    {"lower(http.cookie) contains \"ab\"",                                   "lower(http.cookie) contains \"ab\"",                2},
    {"http.cookie contains \"\"",                                            "http.cookie contains \"\"",                         2},
    {"http.cookie wildcard \"a*b*\"",                                        "http.cookie wildcard \"a*b*\"",                     2},
    {"http.cookie wildcard \"a*b*\"",                                        "http.cookie wildcard \"A*B*\"",                     2},
    {"http.cookie wildcard \"a*b*\"",                                        "http.cookie strict wildcard \"a*b*\"",              0},
    {"http.cookie strict wildcard \"a*b*\"",                                 "http.cookie strict wildcard \"A*b*\"",              0},
    {"http.cookie wildcard \"a*b*\"",                                        "http.cookie wildcard \"a*b\"",                      0},
    {"http.cookie wildcard \"a*b*\"",                                        "http.cookie wildcard \"*ab*\"",                     0},
    {"http.cookie wildcard \"a*b*\"",                                        "http.cookie wildcard \"a*c*\"",                     0},
    {"ip.src in $office",                                                    "not ip.src in $office",                             2},
    {"ip.src in $office",                                                    "postern.ip.peer in $office",                        0},
    {"http.host in $our.own",                                                "http.host in $our.own",                             2},
    {"http.request.timestamp.sec in $ports",                                 "http.request.timestamp.sec in $ports",              2},
    {"any(postern.client_cert.san_dns[*] eq \"x\")",
     "any(postern.client_cert.san_dns[*] eq \"x\")",                                                                              2},
    {"any(postern.client_cert.san_dns[*] eq \"x\")",
     "any(postern.client_cert.san_dns[*] eq \"y\")",                                                                              0},
    {"any(postern.client_cert.san_dns[*] eq \"x\")",
     "any(postern.client_cert.san_uri[*] eq \"x\")",                                                                              0},
    {"any(postern.client_cert.san_dns[*] eq \"x\")",
     "all(postern.client_cert.san_dns[*] eq \"x\")",                                                                              0},
    {"all(postern.client_cert.san_dns[*] eq \"x\")",
     "all(postern.client_cert.san_dns[*] eq \"x\")",                                                                              2},
    {"any(postern.client_cert.san_dns[*] eq \"x\")",
     "any(postern.client_cert.san_dns[*] ne \"x\")",                                                                              0},
    {"any(postern.client_cert.san_dns[*] eq \"x\")",
     "any(postern.client_cert.san_dns[*] contains \"x\")",                                                                        0},
    {"any(postern.client_cert.san_dns[*] lt \"x\")",
     "any(postern.client_cert.san_dns[*] lt \"x\")",                                                                              2},
    {"any(postern.client_cert.san_dns[*] lt \"x\")",
     "any(postern.client_cert.san_dns[*] gt \"x\")",                                                                              0},
    {"any((postern.client_cert.san_dns[*] eq \"x\" or "
     "postern.client_cert.san_dns[*] eq \"y\"))",                       "any((postern.client_cert.san_dns[*] eq \"x\" or "
     "postern.client_cert.san_dns[*] eq \"y\"))",                           2},
    {"any((postern.client_cert.san_dns[*] eq \"x\" or "
     "postern.client_cert.san_dns[*] eq \"y\"))",                       "any((postern.client_cert.san_dns[*] eq \"x\" and "
     "postern.client_cert.san_dns[*] eq \"y\"))",                           0},
    {"any((postern.client_cert.san_dns[*] eq \"x\" or "
     "postern.client_cert.san_uri[*] eq \"y\"))",                       "any((postern.client_cert.san_dns[*] eq \"x\" or "
     "postern.client_cert.san_uri[*] eq \"y\"))",                           0}, /* two arrays */
    {"any(app.numbers[*] ge 1)",                                             "any(app.numbers[*] ge 1)",                          2},
    {"any(app.numbers[*] ge 1)",                                             "any(app.numbers[*] le 1)",                          0},
    {"any(app.numbers[*] ge 1)",                                             "any(app.numbers[*] ge 2)",                          0},
    {"any(app.flags)",                                                       "any(app.flags)",                                    2},
    {"any(app.flags)",                                                       "all(app.flags)",                                    0},
    {"any(app.flags)",                                                       "any(not app.flags[*])",                             0},
    {"any(postern.client_cert.san_dns[*] eq http.host)",
     "any(postern.client_cert.san_dns[*] eq http.host)",                                                                          0}, /* it may fault */
    {"http.cookie contains \"ab\"",                                          "to_string((http.cookie contains \"ab\")) eq \"x\"",
     0                                                                                                                             }, /* bodies are no rules */
    {"http.cookie eq \"ab\"",                                                "http.cookie eq \"ab\"",                             0}, /* cheap as it is */
    {"ip.src in {10.0.0.0/8 11.1.1.1}",                                      "ip.src in {10.0.0.0/8 11.1.1.1}",                   0},
};

static void expect_once(const rules *r, size_t places)
{
    const pst_program *program = &r->program;
    const uint32_t last = program->entries[program->entry_count - 1];

    ck_assert_uint_eq(rules_count(r, PST_OP_ONCE), places);
    for (size_t i = 0; i < program->length; i++) {
        const pst_insn *insn = &program->code[i];
        const pst_insn *test = pst_insn_test(program, insn);
        if (insn->op == PST_OP_ONCE) {
            ck_assert_int_ne(test->op, PST_OP_ONCE);
            ck_assert(test > &program->code[last]); /* behind all rules */
        }
    }
}

START_TEST(equal_tests_are_asked_once)
{
    const struct pair *row = &pairs[_i];

    for (int sharing = 0; sharing < 2; sharing++) {
        rules r;
        rules_open(&r, sharing == 1);
        rules_write(&r, row->one, 0);
        rules_add(&r);
        rules_write(&r, row->two, 0);
        rules_add(&r);
        rules_finish(&r);
        expect_once(&r, sharing == 1 ? row->asked_once : 0);
        rules_close(&r);
    }
}
END_TEST

/* Each two differ in one thing; with many texts, whatever they are filed under. */
static const char *const near[][2] = {
    {"http.cookie contains \"t#\"",                          "http.user_agent contains \"t#\""              },
    {"http.cookie contains \"t#\"",                          "http.cookie contains \"t#t\""                 },
    {"http.cookie contains \"t#\"",                          "http.cookie wildcard \"*t#*\""                },
    {"http.cookie wildcard \"t#*\"",                         "http.cookie strict wildcard \"t#*\""          },
    {"http.cookie wildcard \"t#*\"",                         "http.cookie wildcard \"t#\""                  },
    {"http.cookie wildcard \"t#*\"",                         "http.user_agent wildcard \"t#*\""             },
    {"any(app.tags[*] eq \"t#\")",                           "all(app.tags[*] eq \"t#\")"                   },
    {"any(app.tags[*] eq \"t#\")",                           "any(app.tags[*] ne \"t#\")"                   },
    {"any(app.tags[*] eq \"t#\")",                           "any(postern.client_cert.san_dns[*] eq \"t#\")"},
    {"any(app.tags[*] lt \"t#\")",                           "any(app.tags[*] ge \"t#\")"                   },
    {"any(app.tags[*] lt \"t#\")",                           "any(app.tags[*] le \"t#\")"                   },
    {"any(app.numbers[*] ge #)",                             "any(app.numbers[*] le #)"                     },
    {"any((app.tags[*] eq \"t#\" or app.tags[*] eq \"x\"))",
     "any((app.tags[*] eq \"t#\" or app.tags[*] eq \"y\"))"                                                 },
};

START_TEST(tests_that_differ_are_not_shared)
{
    for (unsigned i = 0; i < 100; i++) {
        rules r;
        rules_open(&r, true);
        for (size_t j = 0; j < 2; j++) {
            rules_write(&r, near[_i][j], i);
            rules_add(&r);
        }
        rules_finish(&r);
        ck_assert_msg(rules_count(&r, PST_OP_ONCE) == 0, "%s, %u", near[_i][0], i);
        rules_close(&r);
    }
}
END_TEST

/* Three rules share one slot, two others another. */
START_TEST(many_rules_share_what_they_have_in_common)
{
    rules r;

    rules_open(&r, true);
    for (unsigned i = 0; i < 300; i++) {
        rules_write(&r, "http.cookie contains \"part-#\" and ", i % 100);
        rules_write(&r, "http.user_agent contains \"other-#\" or ", i);
        rules_write_chain(&r, "http.request.uri.query contains \"abc#\"", " or ",
                          i % 10, 20);
        rules_add(&r);
    }
    rules_finish(&r);
    expect_once(&r, 600);
    ck_assert_uint_eq(rules_count(&r, PST_OP_STRING_CONTAINS), 400);
    ck_assert_uint_eq(rules_count(&r, PST_OP_STRING_PARTS), 10);
    ck_assert_uint_eq(r.program.derived_count, 110);
    rules_close(&r);
}
END_TEST

START_TEST(searches_for_one_expression_are_asked_once)
{
    rules r;

    if (!harness_has_regex()) {
        return;
    }
    rules_open(&r, true);
    rules_write(&r, "http.cookie matches \"a+b\" or http.cookie matches \"a+c\"", 0);
    rules_add(&r);
    rules_write(&r, "http.user_agent matches \"a+b\" or http.cookie matches \"a+b\"",
                0);
    rules_add(&r);
    rules_finish(&r);
    expect_once(&r, 2);
    ck_assert_uint_eq(rules_count(&r, PST_OP_STRING_MATCHES), 3);
    rules_close(&r);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("fold");
    TCase *tcase = tcase_create("fold");

    tcase_add_loop_test(tcase, chains_become_one_test_when_they_are_long_enough, 0,
                        ROWS(chains));
    tcase_add_loop_test(tcase, chains_end_at_another_test, 0, ROWS(chains));
    tcase_add_test(tcase, parts_of_a_chain_are_too_few);
    tcase_add_test(tcase, tests_of_two_fields_stay_apart);
    tcase_add_loop_test(tcase, chains_within_other_claims_fold, 0, ROWS(around));
    tcase_add_test(tcase, what_is_folded_has_all_members);
    tcase_add_loop_test(tcase, small_sets_are_equalities_where_a_value_is_always_there,
                        0, ROWS(small));
    tcase_add_loop_test(tcase, equal_tests_are_asked_once, 0, ROWS(pairs));
    tcase_add_loop_test(tcase, tests_that_differ_are_not_shared, 0, ROWS(near));
    tcase_add_test(tcase, many_rules_share_what_they_have_in_common);
    tcase_add_test(tcase, searches_for_one_expression_are_asked_once);
    suite_add_tcase(suite, tcase);
    return suite;
}
