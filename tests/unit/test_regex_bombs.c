/*
 * test_regex_bombs.c - patterns made to do harm are read, or refused, soon and with
 * little memory; and memory may run out at any time.
 */
#include "../harness/harness.h"
#include "regex_text.h"
#include "support/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* --- bombs -------------------------------------------------------------------------- */

enum { SECONDS = 5, BYTES_MORE = 65536, BYTES_EACH = 160 };

/* `head`, `count` times `body`, `tail`. */
typedef struct bomb {
    const char *head;
    const char *body;
    size_t count;
    const char *tail;
    postern_status status;
} bomb;

static const bomb bombs[] = {
    {"",       "a",                 1000000, "",    POSTERN_OK         },
    {"",       "\xc3\xa9",          500000,  "",    POSTERN_OK         },
    {"a",      "|a",                500000,  "",    POSTERN_OK         },
    {"",       "abcdefgh|",         10000,   "",    POSTERN_OK         },
    {"",       "|",                 500000,  "",    POSTERN_OK         },
    {"",       "(",                 100000,  "",    POSTERN_LIMIT      },
    {"",       "(?:",               1000000, "",    POSTERN_LIMIT      },
    {"",       "(?i:(",             100000,  "",    POSTERN_LIMIT      },
    {"",       "[",                 100000,  "",    POSTERN_LIMIT      },
    {"",       "[^-",               100000,  "",    POSTERN_LIMIT      },
    {"",       "[[:",               100000,  "",    POSTERN_LIMIT      },
    {"[",      "[:a",               100000,  "",    POSTERN_LIMIT      },
    {"[",      "[a]",               300000,  "]",   POSTERN_OK         },
    {"[",      "a&&",               100000,  "]",   POSTERN_LIMIT      },
    {"[",      "a-",                400000,  "]",   POSTERN_OK         },
    {"[",      "-",                 1000000, "]",   POSTERN_OK         },
    {"(?x)[",  " - ",               300000,  "a]",  POSTERN_OK         },
    {"(?x)[",  "a-#\n",             200000,  "",    POSTERN_SYNTAX     },
    {"(?x)[a", " ",                 1000000, "-]",  POSTERN_OK         },
    {"(?x)a",  "#\n",               500000,  "",    POSTERN_OK         },
    {"",       "()",                200000,  "",    POSTERN_OK         },
    {"",       "(a)",               200000,  "",    POSTERN_OK         },
    {"",       "(?i)",              200000,  "a",   POSTERN_OK         },
    {"",       "[a]",               200000,  "",    POSTERN_OK         },
    {"a",      "*",                 1000000, "",    POSTERN_LIMIT      },
    {"a",      "{1}",               300000,  "",    POSTERN_LIMIT      },
    {"a",      "{1000}",            2,       "",    POSTERN_LIMIT      },
    {"a{",     "0",                 1000000, "2}",  POSTERN_OK         },
    {"a{",     "9",                 1000000, "}",   POSTERN_SYNTAX     },
    {"a{",     " ",                 1000000, "2}",  POSTERN_OK         },
    {"\\x{",   "0",                 1000000, "41}", POSTERN_OK         },
    {"\\x{",   "f",                 1000000, "}",   POSTERN_SYNTAX     },
    {"\\p{",   "L",                 1000000, "}",   POSTERN_UNSUPPORTED},
    {"\\b{",   "a",                 1000000, "}",   POSTERN_SYNTAX     },
    {"(?<",    "a",                 1000000, ">b)", POSTERN_OK         },
    {"(?<a",   "[",                 1000000, ">",   POSTERN_SYNTAX     },
    {"(?",     "-",                 1000000, "i)",  POSTERN_SYNTAX     },
    {"",       ")",                 1000000, "",    POSTERN_SYNTAX     },
    {"",       "\\",                1000000, "",    POSTERN_OK         },
    {"",       "\\b",               300000,  "",    POSTERN_OK         },
    {"",       "(?:a|b)",           200000,  "",    POSTERN_OK         },
    {"",       "((((((((a))))))))", 50000,   "",    POSTERN_OK         },
};

static char *assemble(const bomb *row, size_t *length)
{
    const size_t head = strlen(row->head);
    const size_t body = strlen(row->body);
    const size_t tail = strlen(row->tail);
    char *const all = malloc(head + body * row->count + tail + 1);
    char *at = all;

    ck_assert_ptr_nonnull(all);
    memcpy(at, row->head, head);
    at += head;
    for (size_t i = 0; i < row->count; i++) {
        memcpy(at, row->body, body);
        at += body;
    }
    memcpy(at, row->tail, tail + 1);
    *length = head + body * row->count + tail;
    return all;
}

START_TEST(bombs_do_no_harm)
{
    const bomb *const row = &bombs[_i / 2];
    pst_regex_limits limits = regex_limits();
    counting_heap heap;
    regex_text text;
    size_t length;
    char *const pattern = assemble(row, &length);
    const clock_t start = clock();

    if (row->status != POSTERN_LIMIT) {
        limits.compiled_bytes = UINT32_MAX;
    }
    counting_heap_init(&heap, SIZE_MAX);
    regex_parse(&text, &heap.alloc, (postern_str){pattern, length}, _i % 2 == 0,
                &limits);
    ck_assert_msg(text.status == row->status, "%s%s: %d %s", row->head, row->body,
                  (int)text.status,
                  text.status == POSTERN_OK ? "" : text.problem.message);
    ck_assert_msg(clock() - start < SECONDS * CLOCKS_PER_SEC, "%s%s", row->head,
                  row->body);
    ck_assert_msg(text.arena.used <= BYTES_MORE + length * BYTES_EACH,
                  "%s%s: %zu for %zu", row->head, row->body, text.arena.used, length);
    regex_free(&text);
    ck_assert_uint_eq(heap.live_bytes, 0);
    free(pattern);
}
END_TEST

/* What nests too deep is refused where it does, however much follows. */
START_TEST(depth_is_refused_on_the_way)
{
    static const char *const bodies[] = {"(", "(?:", "[", "(a"};
    static const size_t levels[] = {250, 250, 250, 125}; /* "(a" is a sequence, too */
    const pst_regex_limits limits = regex_limits();

    for (size_t i = 0; i < 4; i++) {
        const bomb row = {"", bodies[i], 100000, "", POSTERN_LIMIT};
        size_t length;
        char *const pattern = assemble(&row, &length);
        regex_text text;

        regex_parse(&text, NULL, (postern_str){pattern, length}, true, &limits);
        ck_assert_int_eq(text.status, POSTERN_LIMIT);
        ck_assert_uint_eq(text.problem.offset, levels[i] * strlen(bodies[i]));
        ck_assert_uint_eq(text.problem.length, 1);
        regex_free(&text);
        free(pattern);
    }
}
END_TEST

START_TEST(thousands_of_names_are_told_apart)
{
    enum { NAMES = 50000, EACH = 24 };
    const pst_regex_limits limits = regex_limits();
    char *const pattern = malloc((size_t)(NAMES + 1) * EACH);
    regex_text text;
    size_t length = 0;
    const clock_t start = clock();

    ck_assert_ptr_nonnull(pattern);
    for (int i = 0; i < NAMES; i++) {
        length += (size_t)snprintf(pattern + length, EACH, "(?<n_%d>)", i * 7919);
    }
    regex_parse(&text, NULL, (postern_str){pattern, length}, true, &limits);
    ck_assert_int_eq(text.status, POSTERN_OK);
    ck_assert_uint_eq(text.tree.groups, NAMES);
    regex_free(&text);
    length += (size_t)snprintf(pattern + length, EACH, "(?<n_%d>)", 777 * 7919);
    regex_parse(&text, NULL, (postern_str){pattern, length}, true, &limits);
    ck_assert_int_eq(text.status, POSTERN_SYNTAX);
    ck_assert_str_eq(text.problem.message, "another group has the name 'n_6153063'");
    regex_free(&text);
    ck_assert(clock() - start < SECONDS * CLOCKS_PER_SEC);
    free(pattern);
}
END_TEST

/* --- anything ----------------------------------------------------------------------- */

/* Pieces in any order: what is accepted is sound, what is refused says where. */
START_TEST(any_pieces_are_a_tree_or_a_place)
{
    static const char *const pieces[] = {
        "a",     "b",    "Z",       "(",     ")",      "(?:",   "|",     "*",
        "+?",    "??",   "{2}",     "{0,3}", "{1}",    "{0}",   "{2,}",  "{",
        "[",     "]",    "[^",      "-",     "&&",     "--",    "~~",    "[:alpha:]",
        ".",     "^",    "$",       "\\b",   "\\d",    "\\x41", "\\xff", "\\u00e9",
        "(?i)",  "(?x)", "(?U:",    "(?-x)", " ",      "#",     "\n",    "\xc3\xa9",
        "(?<n>", "()",   "\\b{end", "}",     "\\p{L}", "\\",    "(?",    ",",
    };
    enum { PIECES = sizeof pieces / sizeof pieces[0], PATTERNS = 4000 };
    uint64_t state = (uint64_t)_i * 0x9e3779b97f4a7c15U + 88172645463325252U;
    pst_regex_limits limits = regex_limits();
    char pattern[200];

    for (int i = 0; i < PATTERNS; i++) {
        size_t length = 0;
        regex_text text;

        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        for (uint64_t rest = state * 0x2545f4914f6cdd1dU; rest > 8; rest /= PIECES) {
            length += (size_t)snprintf(pattern + length, sizeof pattern - length, "%s",
                                       pieces[rest % PIECES]);
        }
        limits.nesting = 1 + (uint32_t)(state % 12);
        regex_parse(&text, NULL, (postern_str){pattern, length}, i % 2 == 0, &limits);
        if (text.status == POSTERN_OK) {
            ck_assert_int_eq(text.problem.status, POSTERN_OK);
            ck_assert_uint_le(text.tree.root->height, limits.nesting);
            regex_is_sound(&text.tree, i % 2 == 0);
        } else {
            ck_assert_int_eq(text.problem.status, text.status);
            ck_assert_uint_gt(text.problem.length, 0);
            ck_assert_uint_le(text.problem.offset + text.problem.length, length);
        }
        regex_free(&text);
    }
}
END_TEST

/* --- memory ------------------------------------------------------------------------- */

/* Whatever asks for memory. */
static const char *const nourishing[] = {
    "abc",  "\xc3\xa9", "[a[b&&[c]]]",    "(a(b(c)))",    "a|b|",      "a*b{2,3}",
    "a{0}", "^\\b\\d.", "(?i)(?x) k #\n", "\\x{20ac}\\w", "()(|)(?:)", "(a|b|[c])?",
};

START_TEST(every_request_may_fail)
{
    const pst_regex_limits limits = regex_limits();
    postern_status status = POSTERN_NO_MEMORY;
    const bomb row = {"", nourishing[_i], 200, "", POSTERN_OK};
    size_t length;
    char *const pattern = assemble(&row, &length);

    for (size_t fail_at = 0; status == POSTERN_NO_MEMORY; fail_at++) {
        counting_heap heap;
        regex_text text;

        counting_heap_init(&heap, fail_at);
        regex_parse(&text, &heap.alloc, (postern_str){pattern, length}, true, &limits);
        status = text.status;
        if (status == POSTERN_NO_MEMORY) {
            ck_assert_int_eq(text.problem.status, POSTERN_OK);
        }
        regex_free(&text);
        ck_assert_uint_eq(heap.live_bytes, 0);
    }
    free(pattern);
}
END_TEST

/* An arena with a limit fails at every block, not only where a chunk begins. */
START_TEST(every_block_may_be_over_the_limit)
{
    const pst_regex_limits limits = regex_limits();
    const postern_str pattern =
        postern_text("(?<a>x|[a[b&&c]])(?<ab>y){2,3}|\xc3\xa9*|\\d?^|()|z{0}(w)|v|$");
    postern_status status = POSTERN_LIMIT;
    size_t rounds = 0;

    for (size_t limit = 0; status != POSTERN_OK; limit += 16) {
        pst_arena arena;
        pst_regex_tree tree;
        pst_regex_problem problem;

        pst_arena_init(&arena, pst_alloc_or_default(NULL), limit);
        status = pst_regex_parse(&arena, pattern, _i == 0, &limits, &tree, &problem);
        ck_assert(status == POSTERN_OK || status == POSTERN_LIMIT);
        ck_assert_int_eq(problem.status, POSTERN_OK);
        pst_arena_free(&arena);
        rounds++;
    }
    ck_assert_uint_gt(rounds, 100);
}
END_TEST

Suite *test_suite(void)
{
    enum {
        BOMBS = sizeof bombs / sizeof bombs[0],
        NOURISHING = sizeof nourishing / sizeof nourishing[0],
        ROUNDS = 10
    };
    Suite *suite = suite_create("regex bombs");
    TCase *tcase = tcase_create("bad input");

    tcase_add_loop_test(tcase, bombs_do_no_harm, 0, BOMBS * 2);
    tcase_add_test(tcase, depth_is_refused_on_the_way);
    tcase_add_test(tcase, thousands_of_names_are_told_apart);
    tcase_add_loop_test(tcase, any_pieces_are_a_tree_or_a_place, 0, ROUNDS);
    tcase_add_loop_test(tcase, every_request_may_fail, 0, NOURISHING);
    tcase_add_loop_test(tcase, every_block_may_be_over_the_limit, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}
