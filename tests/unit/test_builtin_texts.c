/*
 * test_builtin_texts.c - the functions that read a small language of their own:
 * percent-encoding, JSON, patterns with a replacement, signed tokens.
 */
#include "call.h"

#include <postern/json.h>

/* --- url_decode --------------------------------------------------------------------- */

/* clang-format off */
static const call_row decoded[] = {
    {FN(URL_DECODE), {S("John%20Doe+x")}, S("John Doe x")},
    {FN(URL_DECODE), {S("%2520")}, S("%20")},
    {FN(URL_DECODE), {S("%2b")}, S("+")},
    {FN(URL_DECODE), {S("a%00b%fF")}, S("a\0b\xff")},
    {FN(URL_DECODE), {S("%e4%bd")}, S("\xe4\xbd")},
    {FN(URL_DECODE), {S("%zz")}, S("%zz")},
    {FN(URL_DECODE), {S("%4z%z4")}, S("%4z%z4")},
    {FN(URL_DECODE), {S("%41%")}, S("A%")},
    {FN(URL_DECODE), {S("%41%4")}, S("A%4")},
    {FN(URL_DECODE), {S("%%41")}, S("%A")},
    {FN(URL_DECODE), {S("%u2601")}, S("%u2601")},
    {FN(URL_DECODE), {S("")}, S("")},
    {FN(URL_DECODE), {S("a%20b"), S("")}, S("a b")},
    {FN(URL_DECODE), {S("a%20b"), S("rr")}, S("a b")},

    {FN(URL_DECODE), {S("%2520"), S("r")}, S(" ")},
    {FN(URL_DECODE), {S("%252525"), S("r")}, S("%")},
    {FN(URL_DECODE), {S("%2b"), S("r")}, S(" ")},
    {FN(URL_DECODE), {S("%%34%31"), S("r")}, S("A")},
    {FN(URL_DECODE), {S("%%341"), S("r")}, S("A")},
    {FN(URL_DECODE), {S("%25%32%35%34%31"), S("r")}, S("A")},
    {FN(URL_DECODE), {S("%25zz%25"), S("r")}, S("%zz%")},
    {FN(URL_DECODE), {S("%u0041"), S("r")}, S("%u0041")},

    {FN(URL_DECODE), {S("%u2601+%41"), S("u")}, S("\xe2\x98\x81 A")},
    {FN(URL_DECODE), {S("%u00e9%u0041%u0000%u07ff%u0800"), S("u")}, S("\xc3\xa9" "A\0\xdf\xbf\xe0\xa0\x80")},
    {FN(URL_DECODE), {S("%uFFFF"), S("u")}, S("\xef\xbf\xbf")},
    {FN(URL_DECODE), {S("%u26"), S("u")}, S("%u26")},
    {FN(URL_DECODE), {S("%u26x1%U2601"), S("u")}, S("%u26x1%U2601")},
    {FN(URL_DECODE), {S("%ud800"), S("u")}, S("%ud800")},
    {FN(URL_DECODE), {S("%udc00%ud800x"), S("u")}, S("%udc00%ud800x")},
    {FN(URL_DECODE), {S("%ud800%u0041"), S("u")}, S("%ud800A")},
    {FN(URL_DECODE), {S("%uD83D%uDE00"), S("u")}, S("\xf0\x9f\x98\x80")},
    {FN(URL_DECODE), {S("%udbff%udfff"), S("u")}, S("\xf4\x8f\xbf\xbf")},
    {FN(URL_DECODE), {S("%u0025%u0034%u0031"), S("u")}, S("%41")},
    {FN(URL_DECODE), {S("%u0025%u0034%u0031"), S("ur")}, S("A")},
    {FN(URL_DECODE), {S("%%75004%31"), S("ur")}, S("A")},
    {FN(URL_DECODE), {S("%u002b"), S("ur")}, S(" ")},
    {FN(URL_DECODE), {S("%uD83D%%75DE0%30"), S("ur")}, S("\xf0\x9f\x98\x80")},
    {FN(URL_DECODE), {S("%u00e941"), S("ur")}, S("\xc3\xa9" "41")},
};
/* clang-format on */
enum { DECODED = sizeof decoded / sizeof decoded[0] };

START_TEST(escapes_are_decoded)
{
    call_holds(&decoded[_i], NULL);
}
END_TEST

/* A megabyte of %2525...: as many rounds as there are digits, were they made. */
START_TEST(decoding_until_nothing_changes_takes_one_round)
{
    enum { LENGTH = 1000001 };
    char *const text = room_for(LENGTH, 1);
    given arguments[ARGUMENTS] = {S(""), S("ru")};
    pst_arena arena;
    pst_result result;
    call c;

    for (size_t i = 1; i < LENGTH; i++) {
        text[i] = i % 2 == 1 ? '2' : '5';
    }
    text[0] = '%';
    arguments[0].value.string = (postern_str){text, LENGTH};
    pst_arena_init(&arena, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    call_open(&c, FN(URL_DECODE), arguments);
    ck_assert_int_eq(call_body(&c, NULL, NULL, &arena, &result), POSTERN_OK);
    ck_assert_uint_eq(result.value.string.len, 1);
    ck_assert_int_eq(result.value.string.data[0], '%');
    call_close(&c);
    pst_arena_free(&arena);
    free(text);
}
END_TEST

/* --- lookup_json_* ------------------------------------------------------------------ */

#define ORDER                                                                        \
    "{\"id\": 17, \"name\": \"J\\u00fcr\\\"g\", \"net\":{\"ids\" :[5, -7,[],\"x\"]," \
    "\"a\\u0062c\":\"\"}, \"float\":42.0,\"twice\":1,\"big\":9223372036854775808,"   \
    "\"no\":null,\"twice\":1, \"\":\"empty\"}"
/* clang-format off */
static const call_row looked_up[] = {
    {FN(LOOKUP_JSON_INTEGER), {S(ORDER), S("id")}, I(17)},
    {FN(LOOKUP_JSON_INTEGER), {S(ORDER), S("net"), S("ids"), I(0)}, I(5)},
    {FN(LOOKUP_JSON_INTEGER), {S(ORDER), S("net"), S("ids"), I(1)}, I(-7)},
    {FN(LOOKUP_JSON_INTEGER), {S(ORDER), S("net"), S("ids"), I(2)}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S(ORDER), S("net"), S("ids"), I(2), I(0)}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S(ORDER), S("net"), S("ids"), I(3)}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S(ORDER), S("net"), S("ids"), I(4)}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S(ORDER), S("net"), S("ids"), I(INT64_MAX)}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S(ORDER), S("net"), S("ids"), S("0")}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S(ORDER), I(0)}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S(ORDER), S("id"), S("id")}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S(ORDER), S("Id")}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S(ORDER), S("float")}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S(ORDER), S("big")}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S(ORDER), S("no")}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S(ORDER), S("name")}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S(ORDER), S("twice")}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S("[4e1]"), I(0)}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S("[-9223372036854775808,1]"), I(0)}, I(INT64_MIN)},
    {FN(LOOKUP_JSON_INTEGER), {S("[-0]"), I(0)}, I(0)},
    {FN(LOOKUP_JSON_INTEGER), {S(" [ 1 , 2 ] "), I(1)}, I(2)},
    {FN(LOOKUP_JSON_INTEGER), {S("[1,2"), I(0)}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S("[1,2]]"), I(0)}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S("[01]"), I(0)}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S("[]"), I(0)}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S("{}"), S("a")}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S("7"), I(0)}, NOTHING},
    {FN(LOOKUP_JSON_INTEGER), {S(""), I(0)}, NOTHING},

    {FN(LOOKUP_JSON_STRING), {S(ORDER), S("name")}, S("J\xc3\xbcr\"g")},
    {FN(LOOKUP_JSON_STRING), {S(ORDER), S("net"), S("ids"), I(3)}, S("x")},
    {FN(LOOKUP_JSON_STRING), {S(ORDER), S("net"), S("abc")}, S("")},
    {FN(LOOKUP_JSON_STRING), {S(ORDER), S("")}, S("empty")},
    {FN(LOOKUP_JSON_STRING), {S(ORDER), S("id")}, NOTHING},
    {FN(LOOKUP_JSON_STRING), {S(ORDER), S("net")}, NOTHING},
    {FN(LOOKUP_JSON_STRING), {S(ORDER), S("/net/abc")}, NOTHING},
    {FN(LOOKUP_JSON_STRING), {S("{\"a\":\"1\",\"\\u0061\":\"2\"}"), S("a")}, NOTHING},
    {FN(LOOKUP_JSON_STRING), {S("{\"a\":\"\xff\"}"), S("a")}, NOTHING},
    {FN(LOOKUP_JSON_STRING), {S("{\"a\":\"b\"} x"), S("a")}, NOTHING},
    {FN(LOOKUP_JSON_STRING), {S("{\"b\":{\"a\":[\"]}\"]},\"a\":\"c\"}"), S("a")}, S("c")},
};
/* clang-format on */
enum { LOOKED_UP = sizeof looked_up / sizeof looked_up[0] };

START_TEST(values_are_looked_up_in_json)
{
    call_holds(&looked_up[_i], NULL);
}
END_TEST

/* Arrays in arrays: as deep as the reader goes, and one deeper. */
START_TEST(a_document_that_is_too_deep_has_no_values)
{
    char text[2 * (POSTERN_JSON_MAX_DEPTH + 1) + 2];
    const size_t depth = POSTERN_JSON_MAX_DEPTH + (size_t)_i;
    call_row row = {
        FN(LOOKUP_JSON_INTEGER), {S(""), I(1)},
         I(7)
    };

    memset(text, '[', depth);
    memset(text + depth, ']', depth - 1);
    memcpy(text + 2 * depth - 1, ",7]", 3);
    row.arguments[0].value.string = (postern_str){text, 2 * depth + 2};
    row.result.missing = _i > 0;
    call_holds(&row, NULL);
}
END_TEST

/* --- wildcard_replace --------------------------------------------------------------- */

/* clang-format off */
static const call_row rewritten[] = {
    {FN(WILDCARD_REPLACE), {S("/a/b/c"), S("/*/b/*"), S("/${2}/${1}")}, S("/c/a")},
    {FN(WILDCARD_REPLACE), {S("/a/B/c"), S("/*/b/*"), S("${1}${1}$$${2}")}, S("aa$c")},
    {FN(WILDCARD_REPLACE), {S("/a/B/c"), S("/*/b/*"), S("x"), S("s")}, S("/a/B/c")},
    {FN(WILDCARD_REPLACE), {S("/a/b/c"), S("/*/b/*"), S("x"), S("ss")}, S("x")},
    {FN(WILDCARD_REPLACE), {S("/A"), S("/a"), S("x"), S("")}, S("x")},
    {FN(WILDCARD_REPLACE), {S("abc"), S("b"), S("x")}, S("abc")},
    {FN(WILDCARD_REPLACE), {S("abc"), S("*b*"), S("")}, S("")},
    {FN(WILDCARD_REPLACE), {S("b"), S("*b*"), S("[${1}|${2}]")}, S("[|]")},
    {FN(WILDCARD_REPLACE), {S("1-2-3"), S("*-*"), S("${1} ${2}")}, S("1 2-3")},
    {FN(WILDCARD_REPLACE), {S("a*b\\"), S("a\\**\\\\"), S("${1}")}, S("b")},
    {FN(WILDCARD_REPLACE), {S(""), S("*"), S("$$$${1}${1}$$")}, S("$${1}$")},
    {FN(WILDCARD_REPLACE), {S("abcdefgh"), S("*b*d*f*h*"), S("${1}${2}${3}${4}${5}${1}${2}${3}")}, S("acegace")},
    {FN(WILDCARD_REPLACE), {S("abcdefghijklmnop"), S("*a*b*c*d*e*f*g*h*i*j*k*l*m*n*o*p"), S("<${8}${01}>")}, S("<>")},
};
/* clang-format on */
enum { REWRITTEN = sizeof rewritten / sizeof rewritten[0] };

START_TEST(text_is_rewritten_by_a_pattern)
{
    call_holds(&rewritten[_i], NULL);
}
END_TEST

/* More stars than are kept on the stack, as an option allows. */
START_TEST(a_pattern_may_have_many_stars)
{
    enum { MANY = 40 };
    char pattern[2 * MANY + 1];
    given arguments[ARGUMENTS] = {S(""), S(""), S("${8}")};
    pst_argument_problem problem = {.status = POSTERN_OK};
    const void *prepared = NULL;
    pst_arena arena;
    pst_arena none;
    pst_result result;
    call c;

    for (size_t i = 0; i < MANY; i++) {
        pattern[2 * i] = '*';
        pattern[2 * i + 1] = 'x';
    }
    for (size_t k = 1; k <= 2; k++) {
        arguments[k - 1].value.string = (postern_str){pattern, 2 * MANY};
    }
    pst_arena_init(&arena, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    pst_arena_init(&none, pst_alloc_or_default(NULL), 0);
    call_open(&c, FN(WILDCARD_REPLACE), arguments);
    ck_assert_int_eq(
        c.function->check(&arena, c.known, c.count, MANY, &prepared, &problem),
        POSTERN_OK);
    ck_assert_int_eq(call_body(&c, NULL, prepared, &arena, &result), POSTERN_OK);
    ck_assert(pst_str_same(result.value.string, (postern_str)POSTERN_STR("*")));
    ck_assert_int_eq(call_body(&c, NULL, prepared, &none, &result), POSTERN_LIMIT);
    call_close(&c);
    pst_arena_free(&arena);
}
END_TEST

/* --- is_timed_hmac_valid_v0 --------------------------------------------------------- */

/* printf TEXT | openssl dgst -sha256 -mac HMAC -macopt key:KEY -binary | base64 gives
 *   mysecrettoken, /a1484063781    d4D+h2cxxoNGwWfLBJYIVdzF0VCH45nMJ/C57WsdFVE=
 *   k, 1000000000                  M1cqsdyLOXXXW1MGdkCOyXqO/SmY1PeQE9EACWFaWEw= */
static const struct authenticated {
    postern_str key;
    postern_str text;
    unsigned char mac[32];
} authenticated[] = {
    {POSTERN_STR("mysecrettoken"),
     POSTERN_STR("/a1484063781"),
     {0x77, 0x80, 0xfe, 0x87, 0x67, 0x31, 0xc6, 0x83, 0x46, 0xc1, 0x67,
      0xcb, 0x04, 0x96, 0x08, 0x55, 0xdc, 0xc5, 0xd1, 0x50, 0x87, 0xe3,
      0x99, 0xcc, 0x27, 0xf0, 0xb9, 0xed, 0x6b, 0x1d, 0x15, 0x51}},
    {POSTERN_STR("k"),
     POSTERN_STR("1000000000"),
     {0x33, 0x57, 0x2a, 0xb1, 0xdc, 0x8b, 0x39, 0x75, 0xd7, 0x5b, 0x53,
      0x06, 0x76, 0x40, 0x8e, 0xc9, 0x7a, 0x8e, 0xfd, 0x29, 0x98, 0xd4,
      0xf7, 0x90, 0x13, 0xd1, 0x00, 0x09, 0x61, 0x5a, 0x58, 0x4c}},
};

static postern_status hmac(void *context, postern_digest algorithm, const void *key,
                           size_t key_len, const void *data, size_t len,
                           unsigned char *out)
{
    const postern_status *const broken = context;
    const postern_str key_text = {key, key_len};
    const postern_str text = {data, len};

    ck_assert_int_eq(algorithm, POSTERN_SHA256);
    memset(out, 0, 32);
    for (size_t i = 0; i < sizeof authenticated / sizeof authenticated[0]; i++) {
        if (pst_str_same(authenticated[i].key, key_text) &&
            pst_str_same(authenticated[i].text, text)) {
            memcpy(out, authenticated[i].mac, 32);
        }
    }
    return *broken;
}

static postern_status broken;

static const postern_crypto recorded = {
    .size = sizeof recorded, .context = &broken, .hmac = hmac};

#define KEY S("mysecrettoken")
#define TIME "1484063781"
#define NOW I(1484063881)
#define MAC "d4D%2Bh2cxxoNGwWfLBJYIVdzF0VCH45nMJ%2FC57WsdFVE%3D"
#define URL_SAFE "d4D-h2cxxoNGwWfLBJYIVdzF0VCH45nMJ_C57WsdFVE"
/* clang-format off */
static const call_row tokens[] = {
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-" MAC), I(100), NOW}, B(true)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a?verify=" TIME "-" MAC), I(100), NOW, I(8)}, B(true)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-" URL_SAFE), I(100), NOW, I(0), S("s")}, B(true)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a-" TIME "-" URL_SAFE), I(100), NOW, I(1), S("s")}, B(true)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-d4D+h2cxxoNGwWfLBJYIVdzF0VCH45nMJ/C57WsdFVE="), I(100), NOW}, B(true)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-d4D%2bh2cxxoNGwWfLBJYIVdzF0VCH45nMJ%2fC57WsdFVE"), I(100), NOW}, B(true)},
    {FN(IS_TIMED_HMAC_VALID_V0), {S("k"), S("1000000000-M1cqsdyLOXXXW1MGdkCOyXqO/SmY1PeQE9EACWFaWEw%3d"), I(1), I(1000000000)}, B(true)},
    {FN(IS_TIMED_HMAC_VALID_V0), {S("k"), S("____1000000000-M1cqsdyLOXXXW1MGdkCOyXqO/SmY1PeQE9EACWFaWEw%3d"), I(1), I(1000000000), I(4)}, B(true)},
    /* too old, from the future */
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-" MAC), I(99), NOW}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-" MAC), I(100), I(1484063780)}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-" MAC), I(INT64_MAX), I(INT64_MIN)}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-" MAC), I(INT64_MAX), I(INT64_MAX)}, B(true)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-" MAC), I(1), I(1484063781)}, B(true)},
    /* another key, message, time, MAC */
    {FN(IS_TIMED_HMAC_VALID_V0), {S("other"), S("/a" TIME "-" MAC), I(100), NOW}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/b" TIME "-" MAC), I(100), NOW}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a1484063782-" MAC), I(100), NOW}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-e4D%2Bh2cxxoNGwWfLBJYIVdzF0VCH45nMJ%2FC57WsdFVE%3D"), I(100), NOW}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-d4D%2Bh2cxxoNGwWfLBJYIVdzF0VCH45nMJ%2FC57WsdFVA%3D"), I(100), NOW}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-d4D%2Bh2cxxoNGwWfLBJYIVdzF0VCH45nMJ%2FC57WsdFVF%3D"), I(100), NOW}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a?verify=" TIME "-" MAC), I(100), NOW, I(7)}, B(false)},
    /* the other alphabet */
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-" URL_SAFE), I(100), NOW}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-" MAC), I(100), NOW, I(0), S("s")}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-" URL_SAFE "="), I(100), NOW, I(0), S("s")}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-d4D+h2cxxoNGwWfLBJYIVdzF0VCH45nMJ/C57WsdFVE"), I(100), NOW, I(0), S("s")}, B(false)},
    /* malformed */
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S(""), I(100), NOW}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S(""), I(100), NOW, I(0), S("s")}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("-"), I(100), NOW}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S(MAC), I(100), NOW}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("-" MAC), I(100), NOW}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("-" URL_SAFE), I(100), NOW, I(0), S("s")}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S(TIME "-" MAC), I(100), NOW, I(1)}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a148406378x-" MAC), I(100), NOW}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME MAC), I(100), NOW}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-"), I(100), NOW}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-d4D%2Bh2c"), I(100), NOW}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-" MAC "A"), I(100), NOW}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-d4D%2Bh2cxxoNGwWfLBJYIVdzF0VCH45nMJ%2FC57WsdFVEA"), I(100), NOW}, B(false)},
    {FN(IS_TIMED_HMAC_VALID_V0), {KEY, S("/a" TIME "-" MAC "%"), I(100), NOW}, B(false)},
};
/* clang-format on */
enum { TOKENS = sizeof tokens / sizeof tokens[0] };

START_TEST(tokens_hold_for_their_message_and_their_time)
{
    call_holds(&tokens[_i], &recorded);
}
END_TEST

START_TEST(a_code_that_cannot_be_made_is_a_fault)
{
    static const postern_crypto without = {.size = sizeof without};
    static const given arguments[ARGUMENTS] = {KEY, S("/a" TIME "-" MAC), I(100), NOW};
    pst_result result;
    pst_arena arena;
    call c;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    call_open(&c, FN(IS_TIMED_HMAC_VALID_V0), arguments);
    ck_assert_int_eq(call_body(&c, &without, NULL, &arena, &result), POSTERN_CRYPTO);
    broken = POSTERN_NO_MEMORY;
    ck_assert_int_eq(call_body(&c, &recorded, NULL, &arena, &result),
                     POSTERN_NO_MEMORY);
    ck_assert(!result.value.boolean);
    broken = POSTERN_OK;
    call_close(&c);
    pst_arena_free(&arena);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("builtin texts");
    TCase *bodies = tcase_create("bodies");

    tcase_add_loop_test(bodies, escapes_are_decoded, 0, DECODED);
    tcase_add_test(bodies, decoding_until_nothing_changes_takes_one_round);
    tcase_add_loop_test(bodies, values_are_looked_up_in_json, 0, LOOKED_UP);
    tcase_add_loop_test(bodies, a_document_that_is_too_deep_has_no_values, 0, 2);
    tcase_add_loop_test(bodies, text_is_rewritten_by_a_pattern, 0, REWRITTEN);
    tcase_add_test(bodies, a_pattern_may_have_many_stars);
    tcase_add_loop_test(bodies, tokens_hold_for_their_message_and_their_time, 0,
                        TOKENS);
    tcase_add_test(bodies, a_code_that_cannot_be_made_is_a_fault);
    suite_add_tcase(suite, bodies);
    return suite;
}
