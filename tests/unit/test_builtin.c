/*
 * test_builtin.c - what each function of the language makes of its arguments; and none
 * gives a wrong answer when memory runs out.
 */
#include "call.h"

/* --- cryptography, from a list ------------------------------------------------------- */

/* printf abc | openssl dgst -sha256 */
static const unsigned char digest_of_abc[] = {
    0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
    0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
    0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
};

static postern_status digest(void *context, postern_digest algorithm, const void *data,
                             size_t len, unsigned char *out)
{
    (void)context;
    ck_assert_int_eq(algorithm, POSTERN_SHA256);
    ck_assert_uint_eq(len, 3);
    ck_assert_mem_eq(data, "abc", 3);
    memcpy(out, digest_of_abc, sizeof digest_of_abc);
    return POSTERN_OK;
}

static const postern_crypto recorded = {.size = sizeof recorded, .digest = digest};

/* --- values -------------------------------------------------------------------------- */

/* clang-format off */
static const pst_value words[] = {TEXT("One"), TEXT("TWO"), TEXT("three")};
static const pst_value one_word[] = {TEXT("One")};
static const pst_value no_text[] = {TEXT(""), TEXT("")};
static const pst_value numbers[] = {{.integer = 7}, {.integer = -1}};
static const pst_value claims[] = {{.boolean = false}, {.boolean = false}};
static const pst_value addresses[] = {{.ip = {0, 0xffff0a000001U}}, {.ip = {1, 2}}};
static const pst_value lists[] = {{.array = {words, 3}}, {.array = {one_word, 1}}};
static const pst_entry entries[] = {{POSTERN_STR("b"), TEXT("Two")}, {POSTERN_STR("a"), TEXT("ONE")}};
static const pst_entry turned[] = {{POSTERN_STR("a"), TEXT("ONE")}, {POSTERN_STR("b"), TEXT("Two")}};
static const pst_entry other[] = {{POSTERN_STR("a"), TEXT("ONE")}, {POSTERN_STR("c"), TEXT("Two")}};
static const pst_value maps[] = {{.map = {entries, 2}}, {.map = {entries, 1}}};
static const pst_entry list_entries[] = {{POSTERN_STR("e"), {.array = {NULL, 0}}}};

#define STRINGS_OF(list) A(POSTERN_STRING, list)

static const call_row rows[] = {
    {FN(BIT_SLICE), {S("\xa5\x0f"), I(0), I(1)}, I(1)},
    {FN(BIT_SLICE), {S("\xa5\x0f"), I(1), I(2)}, I(0)},
    {FN(BIT_SLICE), {S("\xa5\x0f"), I(0), I(8)}, I(0xa5)},
    {FN(BIT_SLICE), {S("\xa5\x0f"), I(4), I(12)}, I(0x50)},
    {FN(BIT_SLICE), {S("\xa5\x0f"), I(8), I(16)}, I(15)},
    {FN(BIT_SLICE), {S("\xa5\x0f"), I(15), I(16)}, I(1)},
    {FN(BIT_SLICE), {S("\xa5\x0f"), I(9), I(17)}, NOTHING},
    {FN(BIT_SLICE), {S(""), I(0), I(1)}, NOTHING},
    {FN(BIT_SLICE), {S("\xff\xff\xff\xff\xff"), I(0), I(32)}, I(0xffffffff)},
    {FN(BIT_SLICE), {S("\x01\x00\x00\x00\x80"), I(7), I(39)}, I(0x80000040)},
    {FN(BIT_SLICE), {S("\x01\x00\x00\x00\x80"), I(4), I(36)}, I(0x10000008)},

    {FN(CIDR), {V4(113, 10, 0, 2), I(24), I(24)}, V4(113, 10, 0, 0)},
    {FN(CIDR), {V4(113, 10, 0, 2), I(32), I(128)}, V4(113, 10, 0, 2)},
    {FN(CIDR), {V4(255, 255, 255, 255), I(1), I(1)}, V4(128, 0, 0, 0)},
    {FN(CIDR), {V4(127, 255, 255, 255), I(1), I(1)}, V4(0, 0, 0, 0)},
    {FN(CIDR), {V4(10, 0, 0, 255), I(31), I(1)}, V4(10, 0, 0, 254)},
    {FN(CIDR), {V6(0x20010000130f0000, 0x9c0876a130b), I(24), I(24)}, V6(0x2001000000000000, 0)},
    {FN(CIDR), {V6(UINT64_MAX, UINT64_MAX), I(24), I(1)}, V6(0x8000000000000000, 0)},
    {FN(CIDR), {V6(UINT64_MAX, UINT64_MAX), I(24), I(63)}, V6(UINT64_MAX - 1, 0)},
    {FN(CIDR), {V6(UINT64_MAX, UINT64_MAX), I(24), I(64)}, V6(UINT64_MAX, 0)},
    {FN(CIDR), {V6(UINT64_MAX, UINT64_MAX), I(24), I(65)}, V6(UINT64_MAX, 0x8000000000000000)},
    {FN(CIDR), {V6(UINT64_MAX, UINT64_MAX), I(24), I(127)}, V6(UINT64_MAX, UINT64_MAX - 1)},
    {FN(CIDR), {V6(UINT64_MAX, UINT64_MAX), I(24), I(128)}, V6(UINT64_MAX, UINT64_MAX)},
    {FN(CIDR6), {V4(113, 10, 0, 2), I(1)}, V4(113, 10, 0, 2)},
    {FN(CIDR6), {V6(3, UINT64_MAX), I(63)}, V6(2, 0)},

    {FN(COALESCE), {S("a"), S("b")}, S("a")},
    {FN(COALESCE), {S(""), S("b")}, S("")},
    {FN(COALESCE), {MISSING(POSTERN_STRING), S("b"), S("c")}, S("b")},
    {FN(COALESCE), {MISSING(POSTERN_INT), MISSING(POSTERN_INT), I(3)}, I(3)},
    {FN(COALESCE), {MISSING(POSTERN_STRING), MISSING(POSTERN_STRING)}, NOTHING},

    {FN(CONCAT), {S("Hello"), S(" "), S(""), S("World")}, S("Hello World")},
    {FN(CONCAT), {S("a"), MISSING(POSTERN_STRING)}, S("a")},
    {FN(CONCAT), {MISSING(POSTERN_STRING), S("a"), S("b")}, S("ab")},
    {FN(CONCAT), {MISSING(POSTERN_STRING), MISSING(POSTERN_STRING)}, NOTHING},
    {FN(CONCAT), {S(""), S("")}, S("")},
    {FN(CONCAT), {STRINGS_OF(one_word), MISSING(POSTERN_ARRAY_OF(POSTERN_STRING)), STRINGS_OF(words)}, S("One|One|TWO|three")},
    {FN(CONCAT), {EMPTY(POSTERN_STRING), STRINGS_OF(words)}, S("One|TWO|three")},
    {FN(CONCAT), {EMPTY(POSTERN_STRING), EMPTY(POSTERN_STRING)}, S("")},

    {FN(DECODE_BASE64), {S("MTIzYWJj")}, S("123abc")},
    {FN(DECODE_BASE64), {S("YQ==")}, S("a")},
    {FN(DECODE_BASE64), {S("YQ")}, S("a")},
    {FN(DECODE_BASE64), {S("YWI=")}, S("ab")},
    {FN(DECODE_BASE64), {S("YWI")}, S("ab")},
    {FN(DECODE_BASE64), {S("+/8=")}, S("\xfb\xff")},
    {FN(DECODE_BASE64), {S("AAAA")}, S("\0\0\0")},
    {FN(DECODE_BASE64), {S("")}, S("")},
    {FN(DECODE_BASE64), {S("Y")}, NOTHING},
    {FN(DECODE_BASE64), {S("YQ=")}, NOTHING},
    {FN(DECODE_BASE64), {S("YWJj=")}, NOTHING},
    {FN(DECODE_BASE64), {S("YWJj====")}, NOTHING},
    {FN(DECODE_BASE64), {S("YWJjY===")}, NOTHING},
    {FN(DECODE_BASE64), {S("====")}, NOTHING},
    {FN(DECODE_BASE64), {S("==")}, NOTHING},
    {FN(DECODE_BASE64), {S("YQ==YQ==")}, NOTHING},
    {FN(DECODE_BASE64), {S("YW I=")}, NOTHING},
    {FN(DECODE_BASE64), {S("YWI=\n")}, NOTHING},
    {FN(DECODE_BASE64), {S("-_8=")}, NOTHING},
    {FN(DECODE_BASE64), {S("YR==")}, NOTHING},
    {FN(DECODE_BASE64), {S("YWJ")}, NOTHING},

    {FN(ENCODE_BASE64), {S("hello world")}, S("aGVsbG8gd29ybGQ")},
    {FN(ENCODE_BASE64), {S("hello world"), S("p")}, S("aGVsbG8gd29ybGQ=")},
    {FN(ENCODE_BASE64), {S("\xfb\xff")}, S("+/8")},
    {FN(ENCODE_BASE64), {S("\xfb\xff"), S("u")}, S("-_8")},
    {FN(ENCODE_BASE64), {S("\xfb"), S("up")}, S("-w==")},
    {FN(ENCODE_BASE64), {S("\xfb"), S("pup")}, S("-w==")},
    {FN(ENCODE_BASE64), {S("abc"), S("p")}, S("YWJj")},
    {FN(ENCODE_BASE64), {S("abc"), S("")}, S("YWJj")},
    {FN(ENCODE_BASE64), {S(""), S("p")}, S("")},

    {FN(ENDS_WITH), {S("Hello World"), S("World")}, B(true)},
    {FN(ENDS_WITH), {S("Hello World"), S("world")}, B(false)},
    {FN(ENDS_WITH), {S("World"), S("Hello World")}, B(false)},
    {FN(ENDS_WITH), {S(""), S("")}, B(true)},
    {FN(STARTS_WITH), {S("Hello World"), S("Hello")}, B(true)},
    {FN(STARTS_WITH), {S("Hello World"), S("hello")}, B(false)},
    {FN(STARTS_WITH), {S("Hello"), S("Hello World")}, B(false)},
    {FN(STARTS_WITH), {S("a"), S("")}, B(true)},

    {FN(HAS_KEY), {M(POSTERN_STRING, entries), S("a")}, B(true)},
    {FN(HAS_KEY), {M(POSTERN_STRING, entries), S("A")}, B(false)},
    {FN(HAS_KEY), {M(POSTERN_ARRAY_OF(POSTERN_STRING), list_entries), S("e")}, B(true)},
    {FN(HAS_VALUE), {STRINGS_OF(words), S("three")}, B(true)},
    {FN(HAS_VALUE), {STRINGS_OF(words), S("Three")}, B(false)},
    {FN(HAS_VALUE), {EMPTY(POSTERN_STRING), S("")}, B(false)},
    {FN(HAS_VALUE), {A(POSTERN_INT, numbers), I(-1)}, B(true)},
    {FN(HAS_VALUE), {A(POSTERN_INT, numbers), I(0)}, B(false)},
    {FN(HAS_VALUE), {A(POSTERN_BOOL, claims), B(false)}, B(true)},
    {FN(HAS_VALUE), {A(POSTERN_BOOL, claims), B(true)}, B(false)},
    {FN(HAS_VALUE), {A(POSTERN_IP, addresses), V4(10, 0, 0, 1)}, B(true)},
    {FN(HAS_VALUE), {A(POSTERN_IP, addresses), V6(1, 3)}, B(false)},
    {FN(HAS_VALUE), {M(POSTERN_STRING, entries), S("ONE")}, B(true)},
    {FN(HAS_VALUE), {M(POSTERN_STRING, entries), S("a")}, B(false)},
    {FN(HAS_VALUE), {A(POSTERN_ARRAY_OF(POSTERN_STRING), lists), STRINGS_OF(one_word)}, B(true)},
    {FN(HAS_VALUE), {A(POSTERN_ARRAY_OF(POSTERN_STRING), lists), STRINGS_OF(no_text)}, B(false)},
    {FN(HAS_VALUE), {A(POSTERN_ARRAY_OF(POSTERN_STRING), lists), EMPTY(POSTERN_STRING)}, B(false)},
    {FN(HAS_VALUE), {A(POSTERN_MAP_OF(POSTERN_STRING), maps), M(POSTERN_STRING, turned)}, B(true)},
    {FN(HAS_VALUE), {A(POSTERN_MAP_OF(POSTERN_STRING), maps), M(POSTERN_STRING, other)}, B(false)},

    {FN(HASH_IN_RANGE), {I(0), I(100), S("")}, I(5)},
    {FN(HASH_IN_RANGE), {I(0), I(100), S("abc")}, I(14)},
    {FN(HASH_IN_RANGE), {I(0), I(100), S("ab"), S("c")}, I(18)},
    {FN(HASH_IN_RANGE), {I(0), I(100), S("a"), S("bc")}, I(62)},
    {FN(HASH_IN_RANGE), {I(-50), I(50), I(-1)}, I(-5)},
    {FN(HASH_IN_RANGE), {I(0), I(1000), I(1)}, I(156)},
    {FN(HASH_IN_RANGE), {I(0), I(1000), B(true)}, I(687)},
    {FN(HASH_IN_RANGE), {I(0), I(1000), B(false)}, I(476)},
    {FN(HASH_IN_RANGE), {I(0), I(1000), V4(10, 0, 0, 1)}, I(24)},
    {FN(HASH_IN_RANGE), {I(0), I(1000), V6(0x20010db800000000, 1)}, I(196)},
    {FN(HASH_IN_RANGE), {I(0), I(1), S("x")}, I(0)},
    {FN(HASH_IN_RANGE), {I(INT64_MIN), I(INT64_MAX), S("abc")}, I(4691262976288342706)},

    {FN(JOIN), {STRINGS_OF(words), S(", ")}, S("One, TWO, three")},
    {FN(JOIN), {STRINGS_OF(words), S("")}, S("OneTWOthree")},
    {FN(JOIN), {STRINGS_OF(one_word), S(",")}, S("One")},
    {FN(JOIN), {STRINGS_OF(no_text), S(",")}, S(",")},
    {FN(JOIN), {EMPTY(POSTERN_STRING), S(",")}, S("")},

    {FN(LEN), {S("a\xc3\xa9")}, I(3)},
    {FN(LEN), {S("")}, I(0)},
    {FN(LEN), {STRINGS_OF(words)}, I(3)},
    {FN(LEN), {EMPTY(POSTERN_INT)}, I(0)},

    {FN(LOWER), {S("Hello [\xc3\x89] @Z{")}, S("hello [\xc3\x89] @z{")},
    {FN(LOWER), {S("hello")}, S("hello")},
    {FN(LOWER), {S("")}, S("")},
    {FN(UPPER), {S("Hello [\xc3\xa9] `z{")}, S("HELLO [\xc3\xa9] `Z{")},
    {FN(UPPER), {S("HELLO")}, S("HELLO")},

    {FN(REMOVE_BYTES), {S("Hello World"), S("o")}, S("Hell Wrld")},
    {FN(REMOVE_BYTES), {S("WWW.cloudflare.com"), S(".w")}, S("WWWcloudflarecom")},
    {FN(REMOVE_BYTES), {S("abc"), S("")}, S("abc")},
    {FN(REMOVE_BYTES), {S("aaa"), S("a")}, S("")},
    {FN(REMOVE_BYTES), {S("\0\x7f\x80\xff\x40"), S("\xff\0")}, S("\x7f\x80\x40")},
    {FN(REMOVE_BYTES), {S(""), S("a")}, S("")},

    {FN(REMOVE_QUERY_ARGS), {S("a=1&b=2&a=3&c"), S("a")}, S("b=2&c")},
    {FN(REMOVE_QUERY_ARGS), {S("a=1&b=2&a=3&c"), S("c"), S("b")}, S("a=1&a=3")},
    {FN(REMOVE_QUERY_ARGS), {S("a=1&b=2"), S("x")}, S("a=1&b=2")},
    {FN(REMOVE_QUERY_ARGS), {S("a=1"), S("a")}, S("")},
    {FN(REMOVE_QUERY_ARGS), {S("A=1&%61=2&ab=3&a==4"), S("a")}, S("A=1&%61=2&ab=3")},
    {FN(REMOVE_QUERY_ARGS), {S("&b&&c&"), S("b")}, S("&&c&")},
    {FN(REMOVE_QUERY_ARGS), {S("b&=1&&c"), S("")}, S("b&c")},
    {FN(REMOVE_QUERY_ARGS), {S(""), S("a")}, S("")},

    {FN(SHA256), {S("abc")}, {POSTERN_STRING, false, {.string = {(const char *)digest_of_abc, 32}}}},

    {FN(SPLIT), {S("Hello World"), S("o"), I(10)}, S("Hell| W|rld")},
    {FN(SPLIT), {S("Hello World"), S("o"), I(2)}, S("Hell| World")},
    {FN(SPLIT), {S("Hello World"), S("o"), I(1)}, S("Hello World")},
    {FN(SPLIT), {S(",a,,b,"), S(","), I(128)}, S("|a||b|")},
    {FN(SPLIT), {S("a<>b<c<>"), S("<>"), I(5)}, S("a|b<c|")},
    {FN(SPLIT), {S("aaaaa"), S("aa"), I(128)}, S("||a")},
    {FN(SPLIT), {S(""), S(","), I(3)}, S("")},

    {FN(SUBSTRING), {S("asdfghjk"), I(2), I(5)}, S("dfg")},
    {FN(SUBSTRING), {S("asdfghjk"), I(2)}, S("dfghjk")},
    {FN(SUBSTRING), {S("asdfghjk"), I(-2)}, S("jk")},
    {FN(SUBSTRING), {S("asdfghjk"), I(0), I(-2)}, S("asdfgh")},
    {FN(SUBSTRING), {S("asdfghjk"), I(5), I(2)}, S("")},
    {FN(SUBSTRING), {S("asdfghjk"), I(0), I(100)}, S("asdfghjk")},
    {FN(SUBSTRING), {S("asdfghjk"), I(100)}, S("")},
    {FN(SUBSTRING), {S("asdfghjk"), I(-100), I(3)}, S("asd")},
    {FN(SUBSTRING), {S("asdfghjk"), I(3), I(-100)}, S("")},
    {FN(SUBSTRING), {S("asdfghjk"), I(-3), I(-1)}, S("hj")},
    {FN(SUBSTRING), {S("asdfghjk"), I(8), I(9)}, S("")},
    {FN(SUBSTRING), {S("asdfghjk"), I(INT64_MIN), I(INT64_MAX)}, S("asdfghjk")},
    {FN(SUBSTRING), {S("asdfghjk"), I(INT64_MAX), I(INT64_MIN)}, S("")},
    {FN(SUBSTRING), {S(""), I(-1), I(1)}, S("")},

    {FN(TO_STRING), {I(42)}, S("42")},
    {FN(TO_STRING), {I(INT64_MIN)}, S("-9223372036854775808")},
    {FN(TO_STRING), {B(true)}, S("true")},
    {FN(TO_STRING), {B(false)}, S("false")},
    {FN(TO_STRING), {V4(10, 0, 200, 1)}, S("10.0.200.1")},
    {FN(TO_STRING), {V6(0x0001000000000002, 0)}, S("1:0:0:2::")},
    {FN(TO_STRING), {V6(0xffffffffffffffff, 0xfffffffffffffffe)}, S("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe")},

    {FN(UUIDV4), {S("\x00\x01\x02\x03\x04\x05\xff\x07\xff\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10")}, S("00010203-0405-4f07-bf09-0a0b0c0d0e0f")},
    {FN(UUIDV4), {S("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}, S("00000000-0000-4000-8000-000000000000")},
    {FN(UUIDV4), {S("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}, NOTHING},
};
/* clang-format on */
enum { ROWS = sizeof rows / sizeof rows[0] };

START_TEST(functions_do_what_the_language_says)
{
    call_holds(&rows[_i], &recorded);
}
END_TEST

/* --- borrowing ------------------------------------------------------------------------ */

/* clang-format off */
static const call_row unchanged[] = {
    {FN(CONCAT), {NOTHING, S("a.b")}, S("a.b")},
    {FN(LOWER), {S("a.b")}, S("a.b")},
    {FN(REMOVE_BYTES), {S("a.b"), S("xyz")}, S("a.b")},
    {FN(REMOVE_QUERY_ARGS), {S("a.b"), S("a")}, S("a.b")},
    {FN(SUBSTRING), {S("a.b"), I(0)}, S("a.b")},
    {FN(UPPER), {S("A.B")}, S("A.B")},
    {FN(URL_DECODE), {S("a.b"), S("ru")}, S("a.b")},
    {FN(LOOKUP_JSON_STRING), {S("[\"a.b\"]"), I(0)}, S("a.b")},
};
/* clang-format on */
enum { UNCHANGED = sizeof unchanged / sizeof unchanged[0] };

START_TEST(what_does_not_change_is_not_copied)
{
    const call_row *row = &unchanged[_i];
    counting_heap heap;
    pst_arena arena;
    pst_result result;
    call c;

    counting_heap_init(&heap, 0);
    pst_arena_init(&arena, &heap.alloc, 0);
    call_open(&c, row->id, row->arguments);
    ck_assert_int_eq(call_body(&c, NULL, NULL, &arena, &result), POSTERN_OK);
    ck_assert(call_gives(&c, &result, &row->result));
    call_close(&c);
}
END_TEST

/* Lengths that no memory could hold: nothing is read. */
START_TEST(a_sum_of_lengths_that_overflows_is_a_limit)
{
    static const pst_value long_items[] = {{.string = {"", SIZE_MAX / 2}},
                                           {.string = {"", SIZE_MAX / 2}}};
    const postern_type strings = POSTERN_ARRAY_OF(POSTERN_STRING);
    const given text = {POSTERN_STRING, false, {.string = {"", SIZE_MAX / 2}}};
    const given array = {strings, false, {.array = {long_items, SIZE_MAX / 2}}};
    const given items = {strings, false, {.array = {long_items, 2}}};
    const given calls[][3] = {
        {text,   text, text},
        {array,      array,      array},
        {items, text}
    };
    static const pst_function_id ids[] = {FN(CONCAT), FN(CONCAT), FN(JOIN)};
    counting_heap heap;
    pst_arena arena;

    counting_heap_init(&heap, 0);
    pst_arena_init(&arena, &heap.alloc, SIZE_MAX / 2);
    for (size_t i = 0; i < 3; i++) {
        pst_value values[3];
        postern_type types[3];
        const bool present[3] = {true, true, true};
        pst_result result = {.present = true};
        const pst_invocation in = {.arena = &arena,
                                   .types = types,
                                   .values = values,
                                   .present = present,
                                   .count = i == 2 ? 2 : 3};

        for (size_t k = 0; k < in.count; k++) {
            values[k] = calls[i][k].value;
            types[k] = calls[i][k].type;
        }
        ck_assert_int_eq(pst_function_at(ids[i])->body(&in, &result), POSTERN_LIMIT);
    }
}
END_TEST

static postern_status no_digest(void *context, postern_digest algorithm,
                                const void *data, size_t len, unsigned char *out)
{
    (void)context;
    (void)algorithm;
    (void)data;
    (void)len;
    (void)out;
    return POSTERN_CRYPTO;
}

START_TEST(a_digest_that_fails_is_a_fault)
{
    static const postern_crypto broken = {.size = sizeof broken, .digest = no_digest};
    static const given arguments[ARGUMENTS] = {S("abc")};
    pst_result result;
    pst_arena arena;
    call c;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    call_open(&c, FN(SHA256), arguments);
    ck_assert_int_eq(call_body(&c, &broken, NULL, &arena, &result), POSTERN_CRYPTO);
    call_close(&c);
    pst_arena_free(&arena);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("builtin");
    TCase *bodies = tcase_create("bodies");

    tcase_add_loop_test(bodies, functions_do_what_the_language_says, 0, ROWS);
    tcase_add_loop_test(bodies, what_does_not_change_is_not_copied, 0, UNCHANGED);
    tcase_add_test(bodies, a_sum_of_lengths_that_overflows_is_a_limit);
    tcase_add_test(bodies, a_digest_that_fails_is_a_fault);
    suite_add_tcase(suite, bodies);
    return suite;
}
