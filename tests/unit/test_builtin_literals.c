/*
 * test_builtin_literals.c - what is known of a call before it runs: names, parameters,
 * and the literals that are refused.
 */
#include "call.h"

/* --- the table ---------------------------------------------------------------------- */

START_TEST(a_function_is_found_by_its_name_alone)
{
    char longer[64];

    for (size_t id = 0; id < PST_FUNCTION_COUNT; id++) {
        const postern_str name = pst_function_at(id)->name;
        ck_assert_uint_eq(pst_function_find(name), id);
        ck_assert_uint_lt(name.len + 1, sizeof longer);
        memcpy(longer, name.data, name.len);
        longer[name.len] = '_';
        ck_assert_uint_eq(pst_function_find((postern_str){longer, name.len + 1}),
                          PST_FUNCTION_COUNT);
        longer[0] = (char)(longer[0] - 'a' + 'A');
        ck_assert_uint_eq(pst_function_find((postern_str){longer, name.len}),
                          PST_FUNCTION_COUNT);
    }
    ck_assert_uint_eq(pst_function_find((postern_str){NULL, 0}), PST_FUNCTION_COUNT);
    ck_assert_uint_eq(pst_function_find(postern_text("a")), PST_FUNCTION_COUNT);
    ck_assert_uint_eq(pst_function_find(postern_text("zz")), PST_FUNCTION_COUNT);
}
END_TEST

START_TEST(every_row_is_whole)
{
    for (size_t id = 0; id < PST_FUNCTION_COUNT; id++) {
        const pst_function *const f = pst_function_at(id);
        ck_assert(f->body != NULL);
        ck_assert(f->text[0] != '\0');
        ck_assert_uint_ge(f->min, 1);
        ck_assert_uint_le(f->min, f->max);
        ck_assert_uint_ge(f->parameter_count, 1);
        ck_assert_uint_le(f->parameter_count, f->max);
        ck_assert(f->result == 0 || pst_type_valid(f->result));
        ck_assert(id == 0 || pst_str_order(pst_function_at(id - 1)->name, f->name) < 0);
        for (size_t i = 0; i < f->parameter_count; i++) {
            ck_assert_ptr_eq(pst_function_parameter(f, i), &f->parameters[i]);
            ck_assert(f->parameters[i].takes != 0);
        }
        ck_assert_ptr_eq(pst_function_parameter(f, 254),
                         &f->parameters[f->parameter_count - 1]);
    }
}
END_TEST

static const struct taking {
    pst_function_id id;
    size_t argument;
    postern_type first;
    postern_type type;
    bool takes;
} takings[] = {
    {FN(LOWER),              0,  POSTERN_STRING,                                  POSTERN_STRING,                   true },
    {FN(LOWER),              0,  POSTERN_INT,                                     POSTERN_INT,                      false},
    {FN(LOWER),              0,  POSTERN_ARRAY_OF(POSTERN_STRING),                POSTERN_ARRAY_OF(POSTERN_STRING),
     false                                                                                                               },
    {FN(LEN),                0,  POSTERN_ARRAY_OF(POSTERN_INT),                   POSTERN_ARRAY_OF(POSTERN_INT),    true },
    {FN(LEN),                0,  POSTERN_MAP_OF(POSTERN_INT),                     POSTERN_MAP_OF(POSTERN_INT),      false},
    {FN(TO_STRING),          0,  POSTERN_BOOL,                                    POSTERN_BOOL,                     true },
    {FN(TO_STRING),          0,  POSTERN_IP,                                      POSTERN_IP,                       true },
    {FN(TO_STRING),          0,  POSTERN_STRING,                                  POSTERN_STRING,                   false},
    {FN(JOIN),               0,  POSTERN_ARRAY_OF(POSTERN_STRING),                POSTERN_ARRAY_OF(POSTERN_STRING),
     true                                                                                                                },
    {FN(JOIN),               0,  POSTERN_ARRAY_OF(POSTERN_INT),                   POSTERN_ARRAY_OF(POSTERN_INT),    false},
    {FN(CONCAT),             0,  POSTERN_INT,                                     POSTERN_INT,                      false},
    {FN(CONCAT),             1,  POSTERN_STRING,                                  POSTERN_STRING,                   true },
    {FN(CONCAT),             31, POSTERN_STRING,                                  POSTERN_STRING,                   true },
    {FN(CONCAT),             1,  POSTERN_STRING,                                  POSTERN_INT,                      false},
    {FN(CONCAT),             1,  POSTERN_ARRAY_OF(POSTERN_INT),                   POSTERN_ARRAY_OF(POSTERN_INT),    true },
    {FN(CONCAT),             1,  POSTERN_ARRAY_OF(POSTERN_INT),                   POSTERN_ARRAY_OF(POSTERN_STRING),
     false                                                                                                               },
    {FN(COALESCE),           0,  POSTERN_MAP_OF(POSTERN_INT),                     POSTERN_MAP_OF(POSTERN_INT),      true },
    {FN(COALESCE),           1,  POSTERN_IP,                                      POSTERN_IP,                       true },
    {FN(COALESCE),           1,  POSTERN_IP,                                      POSTERN_INT,                      false},
    {FN(HAS_VALUE),          0,  POSTERN_STRING,                                  POSTERN_STRING,                   false},
    {FN(HAS_VALUE),          1,  POSTERN_MAP_OF(POSTERN_INT),                     POSTERN_INT,                      true },
    {FN(HAS_VALUE),          1,  POSTERN_MAP_OF(POSTERN_INT),                     POSTERN_STRING,                   false},
    {FN(HAS_VALUE),          1,  POSTERN_ARRAY_OF(POSTERN_ARRAY_OF(POSTERN_INT)),
     POSTERN_ARRAY_OF(POSTERN_INT),                                                                                 true },
    {FN(HAS_VALUE),          1,  POSTERN_ARRAY_OF(POSTERN_ARRAY_OF(POSTERN_INT)), POSTERN_INT,
     false                                                                                                               },
    {FN(HAS_VALUE),          1,  POSTERN_STRING,                                  0,                                false},
    {FN(HAS_KEY),            0,  POSTERN_MAP_OF(POSTERN_IP),                      POSTERN_MAP_OF(POSTERN_IP),       true },
    {FN(LOOKUP_JSON_STRING), 7,  POSTERN_STRING,                                  POSTERN_INT,                      true },
    {FN(LOOKUP_JSON_STRING), 7,  POSTERN_STRING,                                  POSTERN_BOOL,                     false},
    {FN(HASH_IN_RANGE),      2,  POSTERN_INT,                                     POSTERN_IP,                       true },
    {FN(HASH_IN_RANGE),      2,  POSTERN_INT,                                     POSTERN_ARRAY_OF(POSTERN_INT),    false},
};
enum { TAKINGS = sizeof takings / sizeof takings[0] };

START_TEST(a_parameter_takes_its_types_only)
{
    const struct taking *t = &takings[_i];
    const pst_function *function = pst_function_at(t->id);

    ck_assert(pst_parameter_takes(pst_function_parameter(function, t->argument),
                                  t->type, t->first) == t->takes);
}
END_TEST

/* --- literals ----------------------------------------------------------------------- */

#define F S("field")
#define REWRITE(pattern, replacement) \
    FN(WILDCARD_REPLACE),             \
    {                                 \
        F, S(pattern), S(replacement) \
    }
#define HMAC(key, ttl, ...)                  \
    FN(IS_TIMED_HMAC_VALID_V0),              \
    {                                        \
        S(key), F, I(ttl), I(0), __VA_ARGS__ \
    }
#define EIGHT "${1}${1}${1}${1}${1}${1}${1}${1}"
/* clang-format off */
static const struct refusal {
    pst_function_id id;
    given arguments[ARGUMENTS];
    postern_status status; /* OK: accepted */
    size_t argument;
    const char *message;
} refusals[] = {
    {FN(BIT_SLICE), {F, I(0), I(32)}, POSTERN_OK, 0, NULL},
    {FN(BIT_SLICE), {F, I(2039), I(2040)}, POSTERN_OK, 0, NULL},
    {FN(BIT_SLICE), {F, I(-1), I(2)}, POSTERN_INVALID, 1, "offsets are from 0 to 2040 bits"},
    {FN(BIT_SLICE), {F, I(2041), I(2042)}, POSTERN_INVALID, 1, "offsets are from 0 to 2040 bits"},
    {FN(BIT_SLICE), {F, I(2030), I(2041)}, POSTERN_INVALID, 2, "offsets are from 0 to 2040 bits"},
    {FN(BIT_SLICE), {F, I(3), I(3)}, POSTERN_INVALID, 2, "the slice ends where it starts"},
    {FN(BIT_SLICE), {F, I(3), I(2)}, POSTERN_INVALID, 2, "the slice ends before it starts"},
    {FN(BIT_SLICE), {F, I(3), I(36)}, POSTERN_INVALID, 2, "a slice has at most 32 bits"},
    {FN(CIDR), {V4(1, 2, 3, 4), I(1), I(1)}, POSTERN_OK, 0, NULL},
    {FN(CIDR), {V4(1, 2, 3, 4), I(32), I(128)}, POSTERN_OK, 0, NULL},
    {FN(CIDR), {V4(1, 2, 3, 4), I(0), I(24)}, POSTERN_INVALID, 1, "the prefix of an IPv4 network is from 1 to 32 bits"},
    {FN(CIDR), {V4(1, 2, 3, 4), I(33), I(24)}, POSTERN_INVALID, 1, "the prefix of an IPv4 network is from 1 to 32 bits"},
    {FN(CIDR), {V4(1, 2, 3, 4), I(24), I(0)}, POSTERN_INVALID, 2, "the prefix of an IPv6 network is from 1 to 128 bits"},
    {FN(CIDR), {V4(1, 2, 3, 4), I(24), I(INT64_MAX)}, POSTERN_INVALID, 2, "the prefix of an IPv6 network is from 1 to 128 bits"},
    {FN(CIDR6), {V4(1, 2, 3, 4), I(128)}, POSTERN_OK, 0, NULL},
    {FN(CIDR6), {V4(1, 2, 3, 4), I(129)}, POSTERN_INVALID, 1, "the prefix of an IPv6 network is from 1 to 128 bits"},
    {FN(CIDR6), {V4(1, 2, 3, 4), I(-1)}, POSTERN_INVALID, 1, "the prefix of an IPv6 network is from 1 to 128 bits"},
    {FN(ENCODE_BASE64), {F}, POSTERN_OK, 0, NULL},
    {FN(ENCODE_BASE64), {F, S("puu")}, POSTERN_OK, 0, NULL},
    {FN(ENCODE_BASE64), {F, S("x")}, POSTERN_INVALID, 1, "there is no flag 'x'"},
    {FN(ENCODE_BASE64), {F, S("uP")}, POSTERN_INVALID, 1, "there is no flag 'P'"},
    {FN(ENCODE_BASE64), {F, S("u\0")}, POSTERN_INVALID, 1, "there is no flag '\\x00'"},
    {FN(URL_DECODE), {F, S("ru")}, POSTERN_OK, 0, NULL},
    {FN(URL_DECODE), {F, S("z")}, POSTERN_INVALID, 1, "there is no flag 'z'"},
    {FN(URL_DECODE), {F, S("r u")}, POSTERN_INVALID, 1, "there is no flag ' '"},
    {FN(HASH_IN_RANGE), {I(0), I(1), F}, POSTERN_OK, 0, NULL},
    {FN(HASH_IN_RANGE), {I(INT64_MIN), I(INT64_MAX), F}, POSTERN_OK, 0, NULL},
    {FN(HASH_IN_RANGE), {I(5), I(5), F}, POSTERN_INVALID, 1, "no number is from low up to, but not, high"},
    {FN(HASH_IN_RANGE), {I(5), I(-5), F}, POSTERN_INVALID, 1, "no number is from low up to, but not, high"},
    {HMAC("k", 1, I(255), S("s")), POSTERN_OK, 0, NULL},
    {HMAC("k", INT64_MAX, I(0)), POSTERN_OK, 0, NULL},
    {FN(IS_TIMED_HMAC_VALID_V0), {S("k"), F, I(1), I(0)}, POSTERN_OK, 0, NULL},
    {HMAC("", 1, I(0)), POSTERN_INVALID, 0, "the key is empty"},
    {HMAC("k", 0, I(0)), POSTERN_INVALID, 2, "a token lives for at least one second"},
    {HMAC("k", 1, I(-1)), POSTERN_INVALID, 4, "the separator is from 0 to 255 bytes long"},
    {HMAC("k", 1, I(256)), POSTERN_INVALID, 4, "the separator is from 0 to 255 bytes long"},
    {HMAC("k", 1, I(0), S("S")), POSTERN_INVALID, 5, "there is no flag 'S'"},
    {FN(SPLIT), {F, S(","), I(1)}, POSTERN_OK, 0, NULL},
    {FN(SPLIT), {F, S("<>"), I(128)}, POSTERN_OK, 0, NULL},
    {FN(SPLIT), {F, S(""), I(1)}, POSTERN_INVALID, 1, "the separator is empty"},
    {FN(SPLIT), {F, S(","), I(0)}, POSTERN_INVALID, 2, "the limit of split is from 1 to 128 parts"},
    {FN(SPLIT), {F, S(","), I(129)}, POSTERN_INVALID, 2, "the limit of split is from 1 to 128 parts"},
    {REWRITE("*", "$$${1}"), POSTERN_OK, 0, NULL},
    {REWRITE("*", EIGHT), POSTERN_OK, 0, NULL},
    {REWRITE("*", "$"), POSTERN_SYNTAX, 2, "a '$' in a replacement begins a reference"},
    {REWRITE("*", "$$$"), POSTERN_SYNTAX, 2, "a '$' in a replacement begins a reference"},
    {REWRITE("*", "$1"), POSTERN_SYNTAX, 2, "a '$' in a replacement begins a reference"},
    {REWRITE("*", "${"), POSTERN_SYNTAX, 2, "a '$' in a replacement begins a reference"},
    {REWRITE("*", "${}"), POSTERN_SYNTAX, 2, "a '$' in a replacement begins a reference"},
    {REWRITE("*", "${1"), POSTERN_SYNTAX, 2, "a '$' in a replacement begins a reference"},
    {REWRITE("*", "${1 }"), POSTERN_SYNTAX, 2, "a '$' in a replacement begins a reference"},
    {REWRITE("*", "${-1}"), POSTERN_SYNTAX, 2, "a '$' in a replacement begins a reference"},
    {REWRITE("*", "${0}"), POSTERN_INVALID, 2, "references count from ${1}"},
    {REWRITE("*", "${2}"), POSTERN_INVALID, 2, "the replacement refers to more than the pattern has"},
    {REWRITE("a", "${1}"), POSTERN_INVALID, 2, "the replacement refers to more than the pattern has"},
    {REWRITE("*", "${9}"), POSTERN_LIMIT, 2, "references go up to ${8}"},
    {REWRITE("*", "${18446744073709551617}"), POSTERN_LIMIT, 2, "references go up to ${8}"},
    {REWRITE("*", EIGHT "${1}"), POSTERN_LIMIT, 2, "a replacement has at most 8 references"},
    {REWRITE("a**", "x"), POSTERN_SYNTAX, 1, NULL},
    {REWRITE("a\\b", "x"), POSTERN_SYNTAX, 1, NULL},
    {REWRITE("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*", "x"), POSTERN_LIMIT, 1, NULL},
    {FN(WILDCARD_REPLACE), {F, S("*"), S("x"), S("i")}, POSTERN_INVALID, 3, "there is no flag 'i'"},
};
/* clang-format on */
enum { REFUSALS = sizeof refusals / sizeof refusals[0] };

static void has_words(const pst_argument_problem *problem, const char *message)
{
    ck_assert_ptr_nonnull(problem->message);
    if (message != NULL) {
        ck_assert_str_eq(problem->message, message);
    }
    ck_assert(problem->message[0] != '\0');
    ck_assert(problem->message[strlen(problem->message) - 1] != '.');
    ck_assert(problem->hint == NULL || problem->hint[0] != '\0');
}

/* And with too little memory there is no wrong word. */
START_TEST(literals_are_looked_at_when_a_call_is_compiled)
{
    const struct refusal *r = &refusals[_i];
    pst_argument_problem problem;
    const void *prepared;
    pst_arena constants;
    size_t used;
    call c;

    call_open(&c, r->id, r->arguments);
    call_fits(&c);
    pst_arena_init(&constants, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    ck_assert_int_eq(call_check(&c, &constants, &prepared, &problem), r->status);
    ck_assert_int_eq(problem.status, r->status);
    if (r->status != POSTERN_OK) {
        ck_assert_uint_eq(problem.argument, r->argument);
        has_words(&problem, r->message);
    }
    used = constants.used;
    pst_arena_free(&constants);
    for (size_t limit = 0; limit < used; limit += 16) {
        pst_arena_init(&constants, pst_alloc_or_default(NULL), limit);
        if (call_check(&c, &constants, &prepared, &problem) != r->status ||
            problem.status != r->status) {
            ck_assert_int_eq(constants.status, POSTERN_LIMIT);
            ck_assert_int_eq(problem.status, POSTERN_OK);
            ck_assert_ptr_null(problem.message);
            ck_assert_ptr_null(prepared);
        }
        pst_arena_free(&constants);
    }
    call_close(&c);
}
END_TEST

/* Only a literal is known; a computed index may be anything. */
START_TEST(an_index_that_is_a_literal_is_not_negative)
{
    static const pst_function_id ids[] = {FN(LOOKUP_JSON_INTEGER),
                                          FN(LOOKUP_JSON_STRING)};
    const pst_argument field = {POSTERN_STRING, false, {.integer = 0}, NULL};
    const pst_argument key = {POSTERN_STRING, true, TEXT("a"), NULL};
    const pst_argument first = {POSTERN_INT, true, {.integer = 0}, NULL};
    const pst_argument negative = {POSTERN_INT, true, {.integer = -1}, NULL};
    const pst_argument computed = {POSTERN_INT, false, {.integer = -1}, NULL};
    const pst_argument good[] = {field, key, first, computed};
    const pst_argument bad[] = {field, key, negative};
    const pst_function *function = pst_function_at(ids[_i]);
    pst_argument_problem problem = {.status = POSTERN_OK};
    const void *prepared = NULL;
    pst_arena arena;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), 0);
    ck_assert_int_eq(function->check(&arena, good, 4, STARS, &prepared, &problem),
                     POSTERN_OK);
    ck_assert_int_eq(function->check(&arena, bad, 3, STARS, &prepared, &problem),
                     POSTERN_INVALID);
    ck_assert_uint_eq(problem.argument, 2);
    has_words(&problem, "an index into a JSON array is not negative");
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("builtin literals");
    TCase *table = tcase_create("table");
    TCase *literals = tcase_create("literals");

    tcase_add_test(table, a_function_is_found_by_its_name_alone);
    tcase_add_test(table, every_row_is_whole);
    tcase_add_loop_test(table, a_parameter_takes_its_types_only, 0, TAKINGS);
    suite_add_tcase(suite, table);
    tcase_add_loop_test(literals, literals_are_looked_at_when_a_call_is_compiled, 0,
                        REFUSALS);
    tcase_add_loop_test(literals, an_index_that_is_a_literal_is_not_negative, 0, 2);
    suite_add_tcase(suite, literals);
    return suite;
}
