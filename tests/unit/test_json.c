/* test_json.c - what is JSON, what is not and where, and what its nodes say. */
#include "../harness/harness.h"

#include <postern/json.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

/* A text that was read, in a block of exactly its size so that ASan sees a byte too
 * far; its nodes as well. */
typedef struct reading {
    postern_str text;
    char *bytes;
    postern_json_node *nodes;
    size_t count;
    postern_status status;
    postern_json_error error;
} reading;

/* `size` bytes; NULL for none, so that not even one can be read. */
static void *block(size_t size)
{
    void *ptr = size == 0 ? NULL : malloc(size);

    ck_assert(ptr != NULL || size == 0);
    return ptr;
}

static reading read_copy(postern_str text)
{
    reading got = {.bytes = block(text.len)};
    size_t needed;

    if (text.len > 0) {
        memcpy(got.bytes, text.data, text.len);
    }
    got.text = (postern_str){got.bytes, text.len};
    got.status = postern_json_read(got.text, NULL, 0, &needed, &got.error);
    if (got.status == POSTERN_LIMIT && got.error.message[0] == '\0') {
        got.nodes = block(needed * sizeof *got.nodes);
        got.status =
            postern_json_read(got.text, got.nodes, needed, &got.count, &got.error);
        ck_assert(got.status != POSTERN_OK || got.count == needed);
    }
    ck_assert_int_eq(got.error.status, got.status);
    return got;
}

static void free_reading(reading *got)
{
    free(got->nodes);
    free(got->bytes);
}

static reading read_text(const char *text)
{
    return read_copy(postern_text(text));
}

/* A text that repeats `piece`, to be freed. */
static char *repeat(const char *piece, size_t times, size_t *length)
{
    const size_t one = strlen(piece);
    char *text = block(one * times + 1);

    for (size_t i = 0; i < times; i++) {
        memcpy(text + i * one, piece, one);
    }
    text[one * times] = '\0';
    *length = one * times;
    return text;
}

/* --- reading ------------------------------------------------------------------ */

/* Nodes as text: a letter for the kind, offset+length>next, '\' when escaped. */
/* clang-format off */
static const struct {
    const char *text;
    const char *nodes;
} accepted[] = {
    {"null", "n0+4>1"},
    {" true\t", "t1+4>1"},
    {"\r\nfalse\n", "f2+5>1"},
    {"0", "i0+1>1"},
    {"-0", "i0+2>1"},
    {"1234567890", "i0+10>1"},
    {"123456789012345678901234567890", "i0+30>1"},
    {"0.0", "d0+3>1"},
    {"-1.50", "d0+5>1"},
    {"1e5", "d0+3>1"},
    {"0E+05", "d0+5>1"},
    {"12.5e-03", "d0+8>1"},
    {"\"\"", "s1+0>1"},
    {"\"a\"", "s1+1>1"},
    {"\"\x7f\"", "s1+1>1"},
    {"\"\\\\\"", "s1+2>1\\"},
    {"\"\\u0000\\u00fF\"", "s1+12>1\\"},
    {"\"\\ud83d\\uDE00\"", "s1+12>1\\"},
    {"\"\\ud7ff\\ue000\"", "s1+12>1\\"},
    {"\"\xc2\x80\xdf\xbf\"", "s1+4>1"},
    {"\"\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\"", "s1+12>1"},
    {"\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"", "s1+8>1"},
    {"\"\xef\xbb\xbf\"", "s1+3>1"}, /* inside a string it is a character */
    {"[]", "a0+2>1"},
    {" [ ] ", "a1+3>1"},
    {"{}", "o0+2>1"},
    {"[1,2]", "a0+5>3 i1+1>2 i3+1>3"},
    {"[[],[[]]]", "a0+9>4 a1+2>2 a4+4>4 a5+2>4"},
    {"{\"a\":1}", "o0+7>3 k2+1>3 i5+1>3"},
    {"{\"a\":[1,{}],\"b\":{\"a\":null}}",
     "o0+27>9 k2+1>5 a5+6>5 i6+1>4 o8+2>5 k13+1>9 o16+10>9 k18+1>9 n21+4>9"},
    {"{\"\":0,\"\\u0061\":0}", "o0+17>5 k2+0>3 i4+1>3 k7+6>5\\ i15+1>5"},
    {"{\"a\":0,\"A\":0,\"aa\":0}", "o0+20>7 k2+1>3 i5+1>3 k8+1>5 i11+1>5 k14+2>7 i18+1>7"},
};
/* clang-format on */

START_TEST(accepted_texts_become_nodes)
{
    static const char letters[] = "?nftidskao";
    reading got = read_text(accepted[_i].text);
    char dump[256] = "";
    size_t at = 0;

    ck_assert_msg(got.status == POSTERN_OK, "%s: %s at %zu", accepted[_i].text,
                  got.error.message, got.error.offset);
    for (size_t i = 0; i < got.count; i++) {
        const postern_json_node *node = &got.nodes[i];
        at += (size_t)snprintf(dump + at, sizeof dump - at, "%s%c%u+%u>%u%s",
                               i == 0 ? "" : " ", letters[node->kind], node->offset,
                               node->length, node->next, node->escaped ? "\\" : "");
        ck_assert(at < sizeof dump);
    }
    ck_assert_str_eq(dump, accepted[_i].nodes);
    free_reading(&got);
}
END_TEST

#define T(literal) POSTERN_STR(literal)

/* clang-format off */
static const struct {
    postern_str text;
    size_t offset;
    const char *message;
} refused[] = {
    /* nothing, or the wrong thing */
    {T(""), 0, "expected a value"},
    {T(" \t\r\n"), 4, "expected a value"},
    {T("\x00"), 0, "expected a value"},
    {T("\xef\xbb\xbf{}"), 0, "byte order mark"},
    {T("\xef\xbb"), 0, "expected a value"},
    {T("\xff\xfe{\x00}\x00"), 0, "expected a value"},
    {T("\xc2\xa0" "1"), 0, "expected a value"},
    {T("\v1"), 0, "expected a value"},
    {T("nul"), 0, "expected a value"},
    {T("True"), 0, "expected a value"},
    {T("nan"), 0, "expected a value"},
    {T("Infinity"), 0, "expected a value"},
    {T("'a'"), 0, "expected a value"},
    {T("// a\n1"), 0, "expected a value"},
    {T(","), 0, "expected a value"},
    {T("}"), 0, "expected a value"},
    {T("]"), 0, "expected a value"},

    /* after the value */
    {T("1 2"), 2, "expected nothing after the value"},
    {T("nullx"), 4, "expected nothing after the value"},
    {T("{}}"), 2, "expected nothing after the value"},
    {T("[] \x00"), 3, "expected nothing after the value"},
    {T("1\x00"), 1, "expected nothing after the value"},
    {T("\"\"\""), 2, "expected nothing after the value"},

    /* numbers */
    {T("01"), 0, "a number must not begin with 0"},
    {T("[-00]"), 2, "a number must not begin with 0"},
    {T("-"), 1, "expected a digit after '-'"},
    {T("-a"), 1, "expected a digit after '-'"},
    {T("-Infinity"), 1, "expected a digit after '-'"},
    {T("1."), 2, "expected a digit after '.'"},
    {T("[1.]"), 3, "expected a digit after '.'"},
    {T("1.e1"), 2, "expected a digit after '.'"},
    {T("1e"), 2, "expected a digit in the exponent"},
    {T("1.5E+"), 5, "expected a digit in the exponent"},
    {T("1e-x"), 3, "expected a digit in the exponent"},
    {T("+1"), 0, "expected a value"},
    {T(".5"), 0, "expected a value"},
    {T("0x1"), 1, "expected nothing after the value"},
    {T("1_000"), 1, "expected nothing after the value"},
    {T("1.5.5"), 3, "expected nothing after the value"},

    /* arrays */
    {T("["), 1, "expected a value or ']'"},
    {T("[,"), 1, "expected a value or ']'"},
    {T("[}"), 1, "expected a value or ']'"},
    {T("[1"), 2, "expected ',' or ']'"},
    {T("[1}"), 2, "expected ',' or ']'"},
    {T("[1 2]"), 3, "expected ',' or ']'"},
    {T("[1:2]"), 2, "expected ',' or ']'"},
    {T("[1,"), 3, "expected a value"},
    {T("[1,]"), 3, "expected a value"},
    {T("[1,,2]"), 3, "expected a value"},

    /* objects */
    {T("{"), 1, "expected a key or '}'"},
    {T("{]"), 1, "expected a key or '}'"},
    {T("{,"), 1, "expected a key or '}'"},
    {T("{1:2}"), 1, "expected a key or '}'"},
    {T("{a:2}"), 1, "expected a key or '}'"},
    {T("{\"a\""), 4, "expected ':'"},
    {T("{\"a\",1}"), 4, "expected ':'"},
    {T("{\"a\"}"), 4, "expected ':'"},
    {T("{\"a\":"), 5, "expected a value"},
    {T("{\"a\":}"), 5, "expected a value"},
    {T("{\"a\":1"), 6, "expected ',' or '}'"},
    {T("{\"a\":1]"), 6, "expected ',' or '}'"},
    {T("{\"a\":1 \"b\":2}"), 7, "expected ',' or '}'"},
    {T("{\"a\":1,"), 7, "expected a key"},
    {T("{\"a\":1,}"), 7, "expected a key"},
    {T("{\"a\":1,2}"), 7, "expected a key"},
    {T("[{\"a\":[1}]"), 8, "expected ',' or ']'"},

    /* strings */
    {T("\""), 1, "expected '\"'"},
    {T("\"abc"), 4, "expected '\"'"},
    {T("{\"abc"), 5, "expected '\"'"},
    {T("\"a\x00" "b\""), 2, "control character in a string"},
    {T("\"\n\""), 1, "control character in a string"},
    {T("\"ab\x1f\""), 3, "control character in a string"},
    {T("{\"\t\":1}"), 2, "control character in a string"},
    {T("\"a\\x\""), 2, "unknown escape"},
    {T("\"\\'\""), 1, "unknown escape"},
    {T("\"\\"), 1, "unknown escape"},
    {T("\"\\\x00\""), 1, "unknown escape"},
    {T("\"\\U0041\""), 1, "unknown escape"},
    {T("\"\\u\""), 1, "expected four hexadecimal digits"},
    {T("\"a\\u12"), 2, "expected four hexadecimal digits"},
    {T("\"\\u123g\""), 1, "expected four hexadecimal digits"},
    {T("\"\\u+123\""), 1, "expected four hexadecimal digits"},
    {T("\"\\ud800\""), 1, "lone surrogate"},
    {T("\"ab\\uDBFF"), 3, "lone surrogate"},
    {T("\"\\udc00\""), 1, "lone surrogate"},
    {T("\"\\ud800\\ud800\""), 1, "lone surrogate"},
    {T("\"\\ud800\\udbff\""), 1, "lone surrogate"},
    {T("\"\\ud800\\ue000\""), 1, "lone surrogate"},
    {T("\"\\ud7ff\\udc00\""), 7, "lone surrogate"},
    {T("\"\\ud800\\u0041\""), 1, "lone surrogate"},
    {T("\"\\ud800\\n\""), 1, "lone surrogate"},
    {T("\"\\ud83d\\ude00\\ude00\""), 13, "lone surrogate"},
    {T("\"\x80\""), 1, "invalid UTF-8"},
    {T("\"a\xc0\x80\""), 2, "invalid UTF-8"},
    {T("\"\xc1\xbf\""), 1, "invalid UTF-8"},
    {T("\"\xc3\""), 1, "invalid UTF-8"},
    {T("\"\xc3\xa9\xa9\""), 3, "invalid UTF-8"},
    {T("\"\xe0\x9f\xbf\""), 1, "invalid UTF-8"},
    {T("\"\xe2\x82\""), 1, "invalid UTF-8"},
    {T("\"\xe2\x82"), 1, "invalid UTF-8"},
    {T("\"\xed\xa0\x80\""), 1, "invalid UTF-8"},
    {T("\"\xf0\x8f\xbf\xbf\""), 1, "invalid UTF-8"},
    {T("\"\xf0\x9f\x98\""), 1, "invalid UTF-8"},
    {T("\"\xf4\x90\x80\x80\""), 1, "invalid UTF-8"},
    {T("\"\xf5\x80\x80\x80\""), 1, "invalid UTF-8"},
    {T("\"\xff\""), 1, "invalid UTF-8"},

    /* keys that are equal once decoded; blamed after the later one's quote */
    {T("{\"a\":1,\"a\":1}"), 8, "duplicate key"},
    {T("{\"\":1,\"\":1}"), 7, "duplicate key"},
    {T("{\"a\":1,\"\\u0061\":1}"), 8, "duplicate key"},
    {T("{\"\\/\":1, \"/\":1}"), 10, "duplicate key"},
    {T("{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\ude00\":1}"), 11, "duplicate key"},
    {T("{\"\\u0000\":1,\"\\u0000\":1}"), 13, "duplicate key"},
    {T("{\"a\":{\"b\":[]},\"b\":0,\"a\":0}"), 21, "duplicate key"},
    {T("[{\"a\":1},{\"a\":{\"c\":1,\"c\":2}}]"), 22, "duplicate key"},
    {T("{\"a\":1,\"b\":1,\"b\":1,\"a\":1}"), 14, "duplicate key"},
};
/* clang-format on */

START_TEST(refused_texts_say_where_and_why)
{
    reading got = read_copy(refused[_i].text);

    ck_assert_msg(got.status == POSTERN_SYNTAX, "row %d is accepted", _i);
    ck_assert_msg(strcmp(got.error.message, refused[_i].message) == 0,
                  "row %d says: %s; wanted: %s", _i, got.error.message,
                  refused[_i].message);
    ck_assert_msg(got.error.offset == refused[_i].offset, "row %d blames %zu, not %zu",
                  _i, got.error.offset, refused[_i].offset);
    ck_assert_uint_eq(got.count, 0);
    free_reading(&got);
}
END_TEST

START_TEST(every_beginning_of_an_object_is_refused_at_its_end)
{
    static const postern_str whole = POSTERN_STR(
        "{\"a\\n\": [1.5e+3, true, \"\\ud83d\\ude00\xe2\x82\xac\"], \"b\": {\"c\": null}}");

    for (size_t length = 0; length < whole.len; length++) {
        reading got = read_copy((postern_str){whole.data, length});
        ck_assert_int_eq(got.status, POSTERN_SYNTAX);
        /* what is cut is a token, an escape or a sequence: none has 13 bytes */
        ck_assert_uint_le(got.error.offset, length);
        ck_assert_uint_lt(length - got.error.offset, 13);
        free_reading(&got);
    }
}
END_TEST

/* --- limits ------------------------------------------------------------------- */

START_TEST(depth_has_a_limit)
{
    static const char *const pieces[][2] = {
        {"[",       "]"},
        {"{\"a\":", "}"},
    };
    const char *open = pieces[_i][0];
    const size_t step = strlen(open);
    size_t length;
    char *opening = repeat(open, POSTERN_JSON_MAX_DEPTH + 1, &length);
    char *closing = repeat(pieces[_i][1], POSTERN_JSON_MAX_DEPTH, &length);
    char text[1024];
    reading got;

    (void)snprintf(text, sizeof text, "%s%s%s", opening + step, _i == 0 ? "" : "1",
                   closing);
    got = read_text(text);
    ck_assert_int_eq(got.status, POSTERN_OK);
    free_reading(&got);

    got = read_text(opening);
    ck_assert_int_eq(got.status, POSTERN_LIMIT);
    ck_assert_uint_eq(got.error.offset, POSTERN_JSON_MAX_DEPTH * step);
    ck_assert_str_eq(got.error.message, "nested too deep");
    ck_assert_uint_eq(got.count, 0);
    free_reading(&got);
    free(opening);
    free(closing);
}
END_TEST

START_TEST(depth_counts_what_is_open_only)
{
    size_t length;
    char *elements = repeat("[],{},", 1000, &length);
    char text[6100];
    reading got;

    (void)snprintf(text, sizeof text, "[%s[]]", elements);
    got = read_text(text);
    ck_assert_int_eq(got.status, POSTERN_OK);
    ck_assert_uint_eq(got.count, 2002);
    free_reading(&got);
    free(elements);
}
END_TEST

/* An object of `members` keys "k0", "k1" ...; `twin` is called `name` instead. */
static char *make_object(size_t members, size_t twin, const char *name)
{
    const size_t cap = members * 24 + 64;
    char *text = block(cap);
    size_t at = 0;

    for (size_t i = 0; i < members; i++) {
        const char before = i == 0 ? '{' : ',';
        at += (size_t)(i == twin
                           ? snprintf(text + at, cap - at, "%c\"%s\":0", before, name)
                           : snprintf(text + at, cap - at, "%c\"k%zu\":0", before, i));
    }
    (void)snprintf(text + at, cap - at, "}");
    return text;
}

START_TEST(members_have_a_limit)
{
    char *text = make_object(POSTERN_JSON_MAX_MEMBERS, SIZE_MAX, "");
    reading got = read_text(text);

    ck_assert_int_eq(got.status, POSTERN_OK);
    ck_assert_uint_eq(got.count, 2 * POSTERN_JSON_MAX_MEMBERS + 1);
    free_reading(&got);
    free(text);

    text = make_object(POSTERN_JSON_MAX_MEMBERS + 1, SIZE_MAX, "");
    got = read_text(text);
    ck_assert_int_eq(got.status, POSTERN_LIMIT);
    ck_assert_str_eq(got.error.message, "too many members");
    ck_assert_uint_eq(got.error.offset, (size_t)(strstr(text, "k4096") - text));
    free_reading(&got);
    free(text);
}
END_TEST

START_TEST(more_than_four_gibibytes_is_refused_unread)
{
    const postern_str text = {"1", (size_t)((uint64_t)UINT32_MAX + 1)};
    postern_json_error error;
    size_t count = 1;

    if (text.len == 0) { /* no such text where size_t has 32 bits */
        return;
    }
    ck_assert_int_eq(postern_json_read(text, NULL, 0, &count, &error), POSTERN_LIMIT);
    ck_assert_str_eq(error.message, "longer than 4 GiB");
    ck_assert_uint_le(error.offset, text.len);
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(room_for_too_few_nodes_tells_how_many)
{
    static const postern_str text = POSTERN_STR("{\"a\":[1,2,{\"b\":3}],\"c\":[]}");
    enum { NEEDED = 10 };
    postern_json_error error;
    size_t count;

    for (size_t cap = 0; cap < NEEDED; cap++) {
        postern_json_node *nodes = block(cap * sizeof *nodes);
        ck_assert_int_eq(postern_json_read(text, nodes, cap, &count, &error),
                         POSTERN_LIMIT);
        ck_assert_uint_eq(count, NEEDED);
        ck_assert_uint_eq(error.offset, text.len);
        ck_assert_str_eq(error.message, "");
        ck_assert_int_eq(postern_json_read(text, nodes, cap, &count, NULL),
                         POSTERN_LIMIT);
        free(nodes);
    }
}
END_TEST

START_TEST(success_leaves_an_empty_error)
{
    reading got = read_text("[1]");

    ck_assert_int_eq(got.error.status, POSTERN_OK);
    ck_assert_str_eq(got.error.message, "");
    free_reading(&got);
}
END_TEST

/* --- keys --------------------------------------------------------------------- */

/* Objects small and large are searched in two ways; 16 members is where it turns. */
static const size_t member_counts[] = {2,  3,  15,  16,
                                       17, 18, 100, POSTERN_JSON_MAX_MEMBERS};

START_TEST(a_duplicate_is_found_wherever_it_is)
{
    const size_t members = member_counts[_i];
    const size_t twins[] = {1, members / 2, members - 1};

    for (size_t i = 0; i < 3; i++) {
        char *text = make_object(members, twins[i], "k\\u0030");
        reading got = read_text(text);
        ck_assert_int_eq(got.status, POSTERN_SYNTAX);
        ck_assert_str_eq(got.error.message, "duplicate key");
        ck_assert_uint_eq(got.error.offset, (size_t)(strstr(text, "k\\u0030") - text));
        free_reading(&got);
        free(text);
    }
}
END_TEST

START_TEST(the_first_of_many_duplicates_is_blamed)
{
    size_t length;
    char *pairs = repeat("\"x\":0,\"y\":0,\"z\":0,", 20, &length);
    char text[512];
    reading got;

    (void)snprintf(text, sizeof text, "{\"a\":0,%s\"a\":0}", pairs);
    got = read_text(text);
    ck_assert_int_eq(got.status, POSTERN_SYNTAX);
    ck_assert_str_eq(got.error.message, "duplicate key");
    ck_assert_uint_eq(got.error.offset, 7 + 18 + 1);
    free_reading(&got);
    free(pairs);
}
END_TEST

/* Pairs with the same 32-bit FNV-1a hash. */
START_TEST(keys_of_one_hash_are_not_duplicates)
{
    static const char *const words[] = {"costarring", "liquid",   "declinate",
                                        "macallums",  "altarage", "zinke",
                                        "altarages",  "zinkes"};
    char text[1024] = "{";
    size_t at = 1;
    reading got;

    for (size_t i = 0; i < 8; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "\"%s\":%zu,", words[i], i);
    }
    for (size_t i = 0; i < (_i == 0 ? 0 : 20); i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "\"k%zu\":0,", i);
    }
    text[at - 1] = '}';
    got = read_text(text);
    ck_assert_int_eq(got.status, POSTERN_OK);
    ck_assert_uint_eq(got.nodes[1].hash, got.nodes[3].hash);
    for (size_t i = 0; i < 8; i++) {
        const size_t found =
            postern_json_member(got.text, got.nodes, 0, postern_text(words[i]));
        int64_t value;
        ck_assert(postern_json_integer(got.text, &got.nodes[found], &value));
        ck_assert_int_eq(value, (int64_t)i);
    }
    free_reading(&got);
}
END_TEST

static const struct {
    postern_str name;
    const char *value; /* as written; NULL: there is none */
} looked_up[] = {
    {T("a"),        "1"    },
    {T("b"),        "[2,3]"},
    {T("c/d"),      "{}"   },
    {T(""),         "4"    },
    {T("z\x00z"),   "5"    },
    {T("\xc3\xa9"), "6"    },
    {T("c\\/d"),    NULL   }, /* names are decoded */
    {T("e"),        NULL   },
    {T("A"),        NULL   },
    {T("in"),       NULL   }, /* not what its members hold */
    {T("z"),        NULL   },
    {{NULL, 0},     "4"    },
};

START_TEST(members_are_found_by_their_decoded_name)
{
    reading got = read_text("{\"a\":1,\"b\":[2,3],\"c\\/d\":{},\"\":4,"
                            "\"z\\u0000z\":5,\"\xc3\xa9\":6,\"f\":{\"in\":7}}");
    const char *value = looked_up[_i].value;
    size_t found;

    ck_assert_int_eq(got.status, POSTERN_OK);
    found = postern_json_member(got.text, got.nodes, 0, looked_up[_i].name);
    ck_assert_msg((found != 0) == (value != NULL), "row %d", _i);
    if (value != NULL) {
        const postern_json_node *node = &got.nodes[found];
        ck_assert_msg(
            postern_str_equal((postern_str){got.bytes + node->offset, node->length},
                              postern_text(value)),
            "row %d", _i);
    }
    free_reading(&got);
}
END_TEST

START_TEST(only_objects_have_members)
{
    reading got = read_text("[{\"a\":1},\"a\",[\"a\",2]]");

    ck_assert_int_eq(got.status, POSTERN_OK);
    for (size_t i = 0; i < got.count; i++) {
        const size_t found =
            postern_json_member(got.text, got.nodes, i, postern_text("a"));
        ck_assert_uint_eq(found, i == 1 ? 3 : 0);
    }
    free_reading(&got);
}
END_TEST

/* --- strings ------------------------------------------------------------------ */

/* `origins` has a letter for each decoded byte and one for the closing quote: its
 * offset in the text, 'a' being 0. */
/* clang-format off */
static const struct {
    const char *text;
    postern_str decoded;
    const char *origins;
} strings[] = {
    {"\"\"", T(""), "b"},
    {"\"abc\"", T("abc"), "bcde"},
    {"\"a\\nb\"", T("a\nb"), "bcef"},
    {"\"\\\"\\\\\\/\"", T("\"\\/"), "bdfh"},
    {"\"\\b\\f\\n\\r\\t\"", T("\b\f\n\r\t"), "bdfhjl"},
    {"\"\\u0000\"", T("\x00"), "bh"},
    {"\"x\\u0000y\"", T("x\x00y"), "bcij"},
    {"\"\\u007f\\u0080\"", T("\x7f\xc2\x80"), "bhhn"},
    {"\"\\u07FF\\u0800\"", T("\xdf\xbf\xe0\xa0\x80"), "bbhhhn"},
    {"\"\\uFfFf.\"", T("\xef\xbf\xbf."), "bbbhi"},
    {"\"\\ud800\\udc00\"", T("\xf0\x90\x80\x80"), "bbbbn"},
    {"\"\\uDBFF\\uDFFF!\"", T("\xf4\x8f\xbf\xbf!"), "bbbbno"},
    {"\"\xc3\xa9\\u00e9\xc3\xa9\"", T("\xc3\xa9\xc3\xa9\xc3\xa9"), "bcddjkl"},
    {"\"\\\\u0041\"", T("\\u0041"), "bdefghi"},
};
/* clang-format on */

START_TEST(strings_decode_and_know_their_origin)
{
    const postern_str want = strings[_i].decoded;
    reading got = read_text(strings[_i].text);

    ck_assert_int_eq(got.status, POSTERN_OK);
    for (size_t cap = 0; cap <= got.nodes[0].length; cap++) {
        char *buf = block(cap);
        ck_assert_uint_eq(postern_json_decode(got.text, got.nodes, buf, cap), want.len);
        ck_assert_msg(cap == 0 ||
                          memcmp(buf, want.data, cap < want.len ? cap : want.len) == 0,
                      "row %d", _i);
        free(buf);
    }
    ck_assert_uint_eq(strlen(strings[_i].origins), want.len + 1);
    for (size_t i = 0; i <= want.len + 1; i++) {
        const char letter = strings[_i].origins[i <= want.len ? i : want.len];
        const size_t origin = postern_json_origin(got.text, got.nodes, i);
        ck_assert_msg(origin == (size_t)(letter - 'a'), "row %d byte %zu: %zu", _i, i,
                      origin);
    }
    free_reading(&got);
}
END_TEST

/* --- integers and places ------------------------------------------------------ */

static const struct {
    const char *text;
    bool fits;
    int64_t value;
} integers[] = {
    {"0",                                 true,  0        },
    {"-0",                                true,  0        },
    {"7",                                 true,  7        },
    {"-120",                              true,  -120     },
    {"9223372036854775807",               true,  INT64_MAX},
    {"9223372036854775808",               false, 0        },
    {"9223372036854775810",               false, 0        },
    {"-9223372036854775808",              true,  INT64_MIN},
    {"-9223372036854775809",              false, 0        },
    {"-9223372036854775810",              false, 0        },
    {"18446744073709551616",              false, 0        },
    {"100000000000000000000000000000000", false, 0        },
    {"1.0",                               false, 0        },
    {"1e2",                               false, 0        },
    {"\"1\"",                             false, 0        },
    {"true",                              false, 0        },
    {"[1]",                               false, 0        },
};

START_TEST(integers_fit_or_are_refused)
{
    reading got = read_text(integers[_i].text);
    int64_t value = 42;

    ck_assert_int_eq(got.status, POSTERN_OK);
    ck_assert_msg(postern_json_integer(got.text, got.nodes, &value) ==
                      integers[_i].fits,
                  "%s", integers[_i].text);
    ck_assert_int_eq(value, integers[_i].fits ? integers[_i].value : 42);
    free_reading(&got);
}
END_TEST

static const struct {
    const char *text;
    size_t offset;
    size_t line;
    size_t column;
} places[] = {
    {"",           0,  1, 1},
    {"",           9,  1, 1},
    {"ab",         0,  1, 1},
    {"ab",         1,  1, 2},
    {"ab",         2,  1, 3},
    {"ab",         99, 1, 3},
    {"a\nb",       1,  1, 2}, /* the line end is on its line */
    {"a\nb",       2,  2, 1},
    {"a\r\nb",     3,  2, 1},
    {"\n\n",       2,  3, 1},
    {"\n\n x",     3,  3, 2},
    {"\xc3\xa9 x", 3,  1, 4}, /* columns are bytes */
};

START_TEST(places_are_lines_and_columns)
{
    size_t line;
    size_t column;

    postern_json_place(postern_text(places[_i].text), places[_i].offset, &line,
                       &column);
    ck_assert_uint_eq(line, places[_i].line);
    ck_assert_uint_eq(column, places[_i].column);
}
END_TEST

/* --- quoting ------------------------------------------------------------------ */

/* clang-format off */
static const struct {
    postern_str value;
    const char *quoted;
} quotes[] = {
    {T(""), "\"\""},
    {{NULL, 0}, "\"\""},
    {T("plain / text"), "\"plain / text\""},
    {T("\"\\"), "\"\\\"\\\\\""},
    {T("\b\t\n\f\r"), "\"\\b\\t\\n\\f\\r\""},
    {T("\x00\x01\v\x0e\x1b\x1f"), "\"\\u0000\\u0001\\u000b\\u000e\\u001b\\u001f\""},
    {T(" ~\x7f"), "\" ~\\u007f\""},
    {T("\xc2\x80\xc2\x85\xc2\x9f\xc2\xa0"), "\"\\u0080\\u0085\\u009f\xc2\xa0\""},
    {T("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
    {T("\xd8\x9b\xd8\x9c\xd8\x9d"), "\"\xd8\x9b\\u061c\xd8\x9d\""},
    {T("\xe2\x80\x8d\xe2\x80\x8e\xe2\x80\x8f"), "\"\xe2\x80\x8d\\u200e\\u200f\""},
    {T("\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9"), "\"\xe2\x80\xa7\\u2028\\u2029\""},
    {T("\xe2\x80\xaa\xe2\x80\xae\xe2\x80\xaf"), "\"\\u202a\\u202e\xe2\x80\xaf\""},
    {T("\xe2\x81\xa5\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaa"),
     "\"\xe2\x81\xa5\\u2066\\u2069\xe2\x81\xaa\""},
    {T("\xef\xbb\xbf\xef\xbf\xbd\xef\xbf\xbf"), "\"\\ufeff\xef\xbf\xbd\xef\xbf\xbf\""},

    /* not UTF-8: one escape for each byte */
    {T("a\xff" "b\x80"), "\"a\\ufffdb\\ufffd\""},
    {T("\xc3"), "\"\\ufffd\""},
    {T("\xc0\x80"), "\"\\ufffd\\ufffd\""},
    {T("\xe2\x82"), "\"\\ufffd\\ufffd\""},
    {T("\xe2\x82z"), "\"\\ufffd\\ufffdz\""},
    {T("\xe0\x9f\xbf"), "\"\\ufffd\\ufffd\\ufffd\""},
    {T("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\""},
    {T("\xf0\x8f\xbf\xbf"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
    {T("\xf4\x90\x80\x80"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
    {T("\xf8\x88\x80\x80\x80"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\""},
};
/* clang-format on */

START_TEST(quoting_shows_what_would_act_unseen)
{
    const postern_str value = quotes[_i].value;
    const char *want = quotes[_i].quoted;
    char *copy = block(value.len);

    if (value.len > 0) {
        memcpy(copy, value.data, value.len);
    }
    for (size_t cap = 0; cap <= strlen(want) + 1; cap++) {
        char *buf = block(cap);
        ck_assert_uint_eq(postern_json_quote((postern_str){copy, value.len}, buf, cap),
                          strlen(want));
        if (cap > 0) {
            ck_assert_msg(strncmp(buf, want, cap - 1) == 0, "row %d: %s", _i, buf);
            ck_assert_int_eq(buf[cap - 1], '\0');
        }
        free(buf);
    }
    free(copy);
}
END_TEST

static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*state >> 33);
}

/* One random code point of 1 to 4 bytes, each length as often. */
static size_t put_random(uint64_t *state, char *out)
{
    static const uint32_t from[] = {0, 0x80, 0x800, 0x10000, 0x110000};
    static const unsigned char leads[] = {0, 0xc0, 0xe0, 0xf0};
    const uint32_t size = next_random(state) % 4;
    uint32_t code;

    do {
        code = from[size] + next_random(state) % (from[size + 1] - from[size]);
    } while (code >= 0xd800 && code <= 0xdfff);
    for (size_t i = size; i > 0; i--) {
        out[i] = (char)(0x80U | (code & 0x3fU));
        code >>= 6;
    }
    out[0] = (char)(leads[size] | code);
    return size + 1;
}

START_TEST(what_is_quoted_reads_back)
{
    uint64_t state = 1;

    for (int round = 0; round < 2000; round++) {
        const size_t points = next_random(&state) % 40;
        char value[160];
        char quoted[970];
        char decoded[970];
        size_t length = 0;
        reading got;
        for (size_t i = 0; i < points; i++) {
            length += put_random(&state, value + length);
        }
        got = read_copy(
            (postern_str){quoted, postern_json_quote((postern_str){value, length},
                                                     quoted, sizeof quoted)});
        ck_assert_msg(got.status == POSTERN_OK, "round %d: %s", round,
                      got.error.message);
        ck_assert_uint_eq(
            postern_json_decode(got.text, got.nodes, decoded, sizeof decoded), length);
        ck_assert_msg(memcmp(decoded, value, length) == 0, "round %d", round);
        free_reading(&got);
    }
}
END_TEST

/* --- the suite of others: nst/JSONTestSuite ----------------------------------- */

static postern_str member_text(const reading *suite, size_t object, const char *name)
{
    const size_t at =
        postern_json_member(suite->text, suite->nodes, object, postern_text(name));

    ck_assert_msg(at != 0, "a case without %s", name);
    return (postern_str){suite->bytes + suite->nodes[at].offset,
                         suite->nodes[at].length};
}

static char *from_base64(postern_str in, size_t *length)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = block(in.len);
    uint32_t bits = 0;
    unsigned have = 0;

    *length = 0;
    for (size_t i = 0; i < in.len && in.data[i] != '='; i++) {
        const char *digit = strchr(digits, in.data[i]);
        ck_assert_ptr_nonnull(digit);
        bits = bits << 6 | (uint32_t)(digit - digits);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[(*length)++] = (char)(bits >> have & 0xffU);
        }
    }
    return out;
}

/* The suite keeps its two long texts by name only. */
static char *long_text(postern_str name, size_t *length)
{
    char *text;

    if (postern_str_equal(name,
                          postern_text("n_structure_100000_opening_arrays.json"))) {
        return repeat("[", 100000, length);
    }
    ck_assert(
        postern_str_equal(name, postern_text("n_structure_open_array_object.json")));
    text = repeat("[{\"\":", 50000, length);
    text[(*length)++] = '\n';
    return text;
}

/* A strict reader refuses these two, which the suite accepts. */
static bool repeats_a_key(postern_str name)
{
    return postern_str_equal(name, postern_text("y_object_duplicated_key.json")) ||
           postern_str_equal(name,
                             postern_text("y_object_duplicated_key_and_value.json"));
}

static void run_case(const reading *suite, size_t object)
{
    const postern_str name = member_text(suite, object, "name");
    const postern_str expect = member_text(suite, object, "expect");
    const postern_str b64 = member_text(suite, object, "b64");
    const bool accept = postern_str_equal(expect, postern_text("accept"));
    const bool either = postern_str_equal(expect, postern_text("either"));
    size_t length;
    char *bytes = postern_str_equal(b64, postern_text("null"))
                      ? long_text(name, &length)
                      : from_base64(b64, &length);
    reading got = read_copy((postern_str){bytes, length});
    char len_text[24];

    (void)snprintf(len_text, sizeof len_text, "%zu", length);
    ck_assert_msg(
        postern_str_equal(member_text(suite, object, "len"), postern_text(len_text)),
        "%.*s: has %s bytes", (int)name.len, name.data, len_text);
    if (repeats_a_key(name)) {
        ck_assert_str_eq(got.error.message, "duplicate key");
    } else if (!either) {
        ck_assert_msg((got.status == POSTERN_OK) == accept, "%.*s: %s at %zu",
                      (int)name.len, name.data, got.error.message, got.error.offset);
    }
    ck_assert_uint_le(got.error.offset, length);
    free_reading(&got);
    free(bytes);
}

/* A file's bytes, or NULL when it cannot be opened. */
static char *read_file(const char *path, size_t *length)
{
    FILE *in = fopen(path, "rb");
    char *bytes;
    struct stat facts;

    if (in == NULL) {
        return NULL;
    }
    ck_assert_int_eq(stat(path, &facts), 0);
    *length = (size_t)facts.st_size;
    bytes = block(*length);
    ck_assert_uint_eq(fread(bytes, 1, *length, in), *length);
    (void)fclose(in);
    return bytes;
}

START_TEST(the_json_test_suite_agrees)
{
    const char *folder = getenv("POSTERN_SHARED_DATA");
    const char *ci = getenv("CI");
    char path[4096];
    struct stat facts;
    size_t length = 0;
    size_t cases = 0;
    char *bytes;
    reading suite;

    folder = folder == NULL ? "" : folder;
    (void)snprintf(path, sizeof path, "%s/suites/jsontestsuite.json", folder);
    bytes = read_file(path, &length);
    if (bytes == NULL) {
        (void)fprintf(stderr, "JSONTestSuite skipped: no %s\n", path);
        ck_assert_msg(ci == NULL || strcmp(ci, "true") != 0 ||
                          stat(folder, &facts) != 0,
                      "shared data is here, but not %s", path);
        return;
    }
    suite = read_copy((postern_str){bytes, length});
    free(bytes);
    ck_assert_msg(suite.status == POSTERN_OK, "%s: %s at %zu", path,
                  suite.error.message, suite.error.offset);
    ck_assert_int_eq(suite.nodes[0].kind, POSTERN_JSON_ARRAY);
    for (size_t at = 1; at < suite.count; at = suite.nodes[at].next) {
        run_case(&suite, at);
        cases++;
    }
    ck_assert_uint_gt(cases, 300);
    free_reading(&suite);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("json");
    TCase *reading_tests = tcase_create("reading");
    TCase *node_tests = tcase_create("nodes");

    tcase_add_loop_test(reading_tests, accepted_texts_become_nodes, 0, ROWS(accepted));
    tcase_add_loop_test(reading_tests, refused_texts_say_where_and_why, 0,
                        ROWS(refused));
    tcase_add_test(reading_tests, every_beginning_of_an_object_is_refused_at_its_end);
    tcase_add_loop_test(reading_tests, depth_has_a_limit, 0, 2);
    tcase_add_test(reading_tests, depth_counts_what_is_open_only);
    tcase_add_test(reading_tests, members_have_a_limit);
    tcase_add_test(reading_tests, more_than_four_gibibytes_is_refused_unread);
    tcase_add_test(reading_tests, room_for_too_few_nodes_tells_how_many);
    tcase_add_test(reading_tests, success_leaves_an_empty_error);
    tcase_add_loop_test(reading_tests, a_duplicate_is_found_wherever_it_is, 0,
                        ROWS(member_counts));
    tcase_add_test(reading_tests, the_first_of_many_duplicates_is_blamed);
    tcase_add_loop_test(reading_tests, keys_of_one_hash_are_not_duplicates, 0, 2);
    tcase_add_test(reading_tests, the_json_test_suite_agrees);
    suite_add_tcase(suite, reading_tests);

    tcase_add_loop_test(node_tests, members_are_found_by_their_decoded_name, 0,
                        ROWS(looked_up));
    tcase_add_test(node_tests, only_objects_have_members);
    tcase_add_loop_test(node_tests, strings_decode_and_know_their_origin, 0,
                        ROWS(strings));
    tcase_add_loop_test(node_tests, integers_fit_or_are_refused, 0, ROWS(integers));
    tcase_add_loop_test(node_tests, places_are_lines_and_columns, 0, ROWS(places));
    tcase_add_loop_test(node_tests, quoting_shows_what_would_act_unseen, 0,
                        ROWS(quotes));
    tcase_add_test(node_tests, what_is_quoted_reads_back);
    suite_add_tcase(suite, node_tests);
    return suite;
}
