/*
 * test_list.c - a named list holds what its items say, tells every item that is wrong,
 * and survives having no memory.
 */
#include "../harness/harness.h"
#include "match/list.h"
#include "support/text.h"

#include <stdio.h>
#include <stdlib.h>

enum { ITEMS_MAX = 16 };

/* Items separated by blanks; "" alone is one empty item. */
static size_t cut(const char *text, postern_str items[ITEMS_MAX])
{
    size_t count = 0;

    while (*text != '\0' && count < ITEMS_MAX) {
        const size_t len = strcspn(text, " ");
        items[count++] = (postern_str){text, len};
        text += len + (text[len] == ' ');
    }
    return count;
}

static postern_list *make(postern_list_kind kind, const char *text)
{
    postern_str items[ITEMS_MAX];
    const size_t count = cut(text, items);
    postern_list *list = NULL;
    postern_report *report = postern_report_new(NULL);

    ck_assert_int_eq(postern_list_new(NULL, kind, items, count, &list, report),
                     POSTERN_OK);
    ck_assert_uint_eq(postern_report_count(report), 0);
    ck_assert_int_eq(postern_list_kind_of(list), kind);
    ck_assert_uint_eq(postern_list_count(list), count);
    postern_report_free(report);
    return list;
}

static bool has(const postern_list *list, const char *text)
{
    pst_literal_problem problem;
    pst_ip ip;
    int64_t number;

    switch (postern_list_kind_of(list)) {
    case POSTERN_LIST_IP:
        ck_assert(pst_read_ip(postern_text(text), &ip, &problem));
        return pst_list_has_ip(list, ip);
    case POSTERN_LIST_INT:
        ck_assert(pst_read_int(postern_text(text), &number, &problem));
        return pst_list_has_int(list, number);
    case POSTERN_LIST_STRING:
    case POSTERN_LIST_HOSTNAME:
        return pst_list_has_string(list, postern_text(text));
    }
    return false;
}

/* clang-format off */
static const struct {
    postern_list_kind kind;
    const char *items;
    const char *inside; /* separated by blanks */
    const char *outside;
} holdings[] = {
    {POSTERN_LIST_IP, "192.0.2.0/24 198.51.100.7 203.0.113.1..203.0.113.9 2001:db8::/32",
     "192.0.2.0 192.0.2.255 198.51.100.7 203.0.113.1 203.0.113.9 2001:db8::1",
     "192.0.1.255 192.0.3.0 198.51.100.6 203.0.113.10 2001:db9:: ::1"},
    {POSTERN_LIST_IP, "", "", "192.0.2.1 ::1"},
    {POSTERN_LIST_INT, "13335 64512..65534 -5 13335",
     "13335 64512 65534 65000 -5", "13334 13336 65535 0 5"},
    {POSTERN_LIST_INT, "", "", "0"},
    {POSTERN_LIST_STRING, "a abc *.x", "a abc *.x", "ab A b.x .x abcd"},
    {POSTERN_LIST_STRING, "", "", "a"},
    {POSTERN_LIST_HOSTNAME, "a.example *.b.example C.Example. [2001:DB8::1] 192.0.2.1",
     "a.example x.b.example x.y.b.example c.example [2001:db8::1] 192.0.2.1",
     "b.example xb.example x.a.example example a.example.b.example.com x.c.example"},
    {POSTERN_LIST_HOSTNAME, "*.B.example.", "a.b.example", "b.example .b.example"},
    {POSTERN_LIST_HOSTNAME, "_dmarc.a.example xn--bcher-kva.example",
     "_dmarc.a.example xn--bcher-kva.example", "a.example"},
    {POSTERN_LIST_HOSTNAME, "", "", "a.example"},
};
/* clang-format on */

static void all_are(const postern_list *list, const char *words, bool inside)
{
    postern_str items[ITEMS_MAX];
    const size_t count = cut(words, items);

    for (size_t i = 0; i < count; i++) {
        char word[64];
        (void)snprintf(word, sizeof word, "%.*s", (int)items[i].len, items[i].data);
        ck_assert_msg(has(list, word) == inside, "%s", word);
    }
}

START_TEST(a_list_holds_what_its_items_say)
{
    postern_list *list = make(holdings[_i].kind, holdings[_i].items);

    all_are(list, holdings[_i].inside, true);
    all_are(list, holdings[_i].outside, false);
    postern_list_release(list);
}
END_TEST

START_TEST(a_host_is_not_below_its_own_wildcard)
{
    postern_list *list = make(POSTERN_LIST_HOSTNAME, "*.example.com");

    ck_assert(!has(list, "example.com"));
    ck_assert(!has(list, ".example.com")); /* not a normal form anyway */
    ck_assert(has(list, "a.example.com"));
    postern_list_release(list);
}
END_TEST

START_TEST(strings_are_bytes_and_may_be_empty)
{
    const postern_str items[] = {
        POSTERN_STR("\0x"), POSTERN_STR(""), POSTERN_STR("\xff"), {NULL, 0}
    };
    postern_list *list = NULL;

    ck_assert_int_eq(postern_list_new(NULL, POSTERN_LIST_STRING, items, 4, &list, NULL),
                     POSTERN_OK);
    ck_assert_uint_eq(postern_list_count(list), 4);
    ck_assert(pst_list_has_string(list, items[0]));
    ck_assert(pst_list_has_string(list, items[1]));
    ck_assert(pst_list_has_string(list, items[2]));
    ck_assert(!pst_list_has_string(list, postern_text("x")));
    postern_list_release(list);
}
END_TEST

/* clang-format off */
static const struct {
    postern_list_kind kind;
    const char *items;
    postern_status status;
    const char *told; /* messages and hints, a line each */
} mistakes[] = {
    {POSTERN_LIST_IP, "192.0.2.1 10.0.0.1/8 x", POSTERN_INVALID,
     "item 2: '10.0.0.1/8' has bits set behind its prefix | the block is 10.0.0.0/8\n"
     "item 3: 'x' is not an IP address | IPv4 has four decimal parts without leading zeros\n"},
    {POSTERN_LIST_IP, "::ffff:192.0.2.1", POSTERN_INVALID,
     "item 1: '::ffff:192.0.2.1' is an IPv4-mapped address | "
     "write 192.0.2.1: addresses are unmapped before rules see them\n"},
    {POSTERN_LIST_IP, "192.0.2.9..192.0.2.1", POSTERN_INVALID,
     "item 1: '192.0.2.9..192.0.2.1' is a range that ends before it starts\n"},
    {POSTERN_LIST_INT, "AS13335 9..1 08", POSTERN_SYNTAX,
     "item 1: 'AS13335' is not a number\n"
     "item 2: '9..1' is a range that ends before it starts\n"
     "item 3: '08' is not a number | a leading 0 means octal\n"},
    {POSTERN_LIST_HOSTNAME, "a.example *", POSTERN_INVALID,
     "item 2: '*' is not a host name | a wildcard is one \"*.\" in front of a name\n"},
    {POSTERN_LIST_HOSTNAME, "*.*.example a.*.example *a.example *.", POSTERN_INVALID,
     "item 1: '*.*.example' is not a host name | a wildcard is one \"*.\" in front of a name\n"
     "item 2: 'a.*.example' is not a host name | a wildcard is one \"*.\" in front of a name\n"
     "item 3: '*a.example' is not a host name | a wildcard is one \"*.\" in front of a name\n"
     "item 4: '*.' is not a host name | a wildcard is one \"*.\" in front of a name\n"},
    {POSTERN_LIST_HOSTNAME, "*.192.0.2.1 *.[::1]", POSTERN_INVALID,
     "item 1: '*.192.0.2.1' is not a host name | an address has no names below it\n"
     "item 2: '*.[::1]' is not a host name | an address has no names below it\n"},
    {POSTERN_LIST_HOSTNAME, "https://a.example/ a.example:443 b\xc3\xbc.example", POSTERN_INVALID,
     "item 1: 'https://a.example/' is not a host name | letters, digits, '-' and '_' "
     "between dots; no port or path; international names as xn--...\n"
     "item 2: 'a.example:443' is not a host name | letters, digits, '-' and '_' "
     "between dots; no port or path; international names as xn--...\n"
     "item 3: 'b\\xc3\\xbc.example' is not a host name | letters, digits, '-' and '_' "
     "between dots; no port or path; international names as xn--...\n"},
};
/* clang-format on */

static size_t write_findings(const postern_report *report, char *out, size_t cap)
{
    postern_finding f;
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; postern_report_get(report, i, &f); i++) {
        len += (size_t)snprintf(
            out + len, cap - len, "%.*s%s%.*s\n", (int)f.message.len, f.message.data,
            f.hint.len > 0 ? " | " : "", (int)f.hint.len, f.hint.data);
        ck_assert_uint_lt(len, cap);
    }
    return len;
}

START_TEST(every_wrong_item_is_told)
{
    postern_str items[ITEMS_MAX];
    const size_t count = cut(mistakes[_i].items, items);
    postern_report *report = postern_report_new(NULL);
    postern_list *list = NULL;
    char told[1024];

    ck_assert_int_eq(
        postern_list_new(NULL, mistakes[_i].kind, items, count, &list, report),
        mistakes[_i].status);
    ck_assert_ptr_null(list);
    (void)write_findings(report, told, sizeof told);
    ck_assert_str_eq(told, mistakes[_i].told);
    ck_assert_int_eq(
        postern_list_new(NULL, mistakes[_i].kind, items, count, &list, NULL),
        mistakes[_i].status);
    postern_report_free(report);
}
END_TEST

START_TEST(eight_wrong_items_are_told_and_no_more)
{
    postern_str items[20];
    postern_report *report = postern_report_new(NULL);
    postern_list *list = NULL;
    postern_finding last;

    for (size_t i = 0; i < 20; i++) {
        items[i] = postern_text("x");
    }
    ck_assert_int_eq(postern_list_new(NULL, POSTERN_LIST_INT, items, 20, &list, report),
                     POSTERN_SYNTAX);
    ck_assert_uint_eq(postern_report_count(report), 8);
    ck_assert(postern_report_get(report, 7, &last));
    ck_assert(
        postern_str_equal(last.message, postern_text("item 8: 'x' is not a number")));
    postern_report_free(report);
}
END_TEST

START_TEST(a_long_item_is_told_in_part)
{
    char text[5000];
    const postern_str item = {text, sizeof text};
    postern_report *report = postern_report_new(NULL);
    postern_list *list = NULL;
    postern_finding finding;

    memset(text, 1, sizeof text);
    ck_assert_int_eq(
        postern_list_new(NULL, POSTERN_LIST_HOSTNAME, &item, 1, &list, report),
        POSTERN_INVALID);
    ck_assert(postern_report_get(report, 0, &finding));
    ck_assert_uint_eq(finding.message.len,
                      strlen("item 1: '...' is not a host name") + 80 * 4);
    postern_report_free(report);
}
END_TEST

START_TEST(an_unknown_kind_is_refused)
{
    static const postern_list_kind none[] = {(postern_list_kind)0,
                                             (postern_list_kind)5};
    postern_report *report = postern_report_new(NULL);
    postern_list *list = NULL;

    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(postern_list_new(NULL, none[i], NULL, 0, &list, report),
                         POSTERN_INVALID);
        ck_assert_ptr_null(list);
        ck_assert_uint_eq(postern_report_count(report), i + 1);
        ck_assert_str_eq(postern_list_kind_text(none[i]), "unknown");
        ck_assert_uint_eq(pst_list_type(none[i]), 0);
    }
    postern_report_free(report);
}
END_TEST

START_TEST(a_kind_has_a_name_and_a_type)
{
    ck_assert_str_eq(postern_list_kind_text(POSTERN_LIST_IP), "ip");
    ck_assert_str_eq(postern_list_kind_text(POSTERN_LIST_INT), "int");
    ck_assert_str_eq(postern_list_kind_text(POSTERN_LIST_STRING), "string");
    ck_assert_str_eq(postern_list_kind_text(POSTERN_LIST_HOSTNAME), "hostname");
    ck_assert_uint_eq(pst_list_type(POSTERN_LIST_IP), POSTERN_IP);
    ck_assert_uint_eq(pst_list_type(POSTERN_LIST_INT), POSTERN_INT);
    ck_assert_uint_eq(pst_list_type(POSTERN_LIST_STRING), POSTERN_STRING);
    ck_assert_uint_eq(pst_list_type(POSTERN_LIST_HOSTNAME), POSTERN_STRING);
}
END_TEST

START_TEST(a_list_lives_as_long_as_someone_holds_it)
{
    const postern_str item = POSTERN_STR("a.example");
    counting_heap heap;
    postern_list *list = NULL;

    counting_heap_init(&heap, SIZE_MAX);
    ck_assert_int_eq(
        postern_list_new(&heap.alloc, POSTERN_LIST_HOSTNAME, &item, 1, &list, NULL),
        POSTERN_OK);
    ck_assert_ptr_eq(pst_list_use(list), list);
    postern_list_release(list);
    ck_assert(pst_list_has_string(list, item));
    postern_list_release(list);
    ck_assert_uint_eq(heap.live_bytes, 0);
    postern_list_release(NULL);
}
END_TEST

/* --- memory ------------------------------------------------------------------------ */

static const postern_list_kind kinds[] = {POSTERN_LIST_IP, POSTERN_LIST_INT,
                                          POSTERN_LIST_STRING, POSTERN_LIST_HOSTNAME};

enum { LARGE = 10000 };

static char texts[LARGE][32];
static postern_str items[LARGE];

/* Item `i`, or what it lets in. */
static void write_item(postern_list_kind kind, int i, bool value, char out[32])
{
    const int a = i / 256;
    const int b = i % 256;

    switch (kind) {
    case POSTERN_LIST_IP:
        (void)snprintf(out, 32, "10.%d.%d.1%s", a, b, value ? "" : "/32");
        break;
    case POSTERN_LIST_INT:
        (void)snprintf(out, 32, "%d", i * 3);
        break;
    case POSTERN_LIST_STRING:
        (void)snprintf(out, 32, "string %d-%d", a, b);
        break;
    case POSTERN_LIST_HOSTNAME:
        (void)snprintf(out, 32, "%c.h%d-%d.example.com", value ? 'x' : '*', a, b);
        break;
    }
}

static void make_items(postern_list_kind kind)
{
    for (int i = 0; i < LARGE; i++) {
        write_item(kind, i, false, texts[i]);
        items[i] = postern_text(texts[i]);
    }
}

START_TEST(every_request_may_fail)
{
    postern_status status = POSTERN_NO_MEMORY;
    postern_list *list = NULL;
    size_t fail_at = 0;

    make_items(kinds[_i]);
    for (; status != POSTERN_OK; fail_at++) {
        counting_heap heap;
        postern_report *report = postern_report_new(NULL);
        counting_heap_init(&heap, fail_at);
        status = postern_list_new(&heap.alloc, kinds[_i], items, LARGE, &list, report);
        if (status != POSTERN_OK) {
            ck_assert_int_eq(status, POSTERN_NO_MEMORY);
            ck_assert_ptr_null(list);
            ck_assert_uint_eq(heap.live_bytes, 0);
            ck_assert_uint_eq(postern_report_count(report), 1);
        } else {
            ck_assert_uint_eq(postern_list_count(list), LARGE);
            postern_list_release(list);
            ck_assert_uint_eq(heap.live_bytes, 0);
        }
        postern_report_free(report);
    }
    ck_assert_uint_ge(fail_at, 4);
}
END_TEST

START_TEST(ten_thousand_items_are_all_there)
{
    postern_list *list = NULL;

    make_items(kinds[_i]);
    ck_assert_int_eq(postern_list_new(NULL, kinds[_i], items, LARGE, &list, NULL),
                     POSTERN_OK);
    for (int i = 0; i < LARGE; i++) {
        char text[32];
        write_item(kinds[_i], i, true, text);
        ck_assert_msg(has(list, text), "%s", text);
    }
    postern_list_release(list);
}
END_TEST

/* What a list keeps of each item besides its text; numbered, so mostly of one length. */
START_TEST(a_hundred_thousand_items_take_the_room_they_need)
{
    enum { COUNT = 100000, LENGTH = 32 };
    static const size_t most[] = {9 + 4, 16 + 8, 16 + 12 + 8 + 12, 16 + 12 + 8 + 24};
    const postern_list_kind kind = kinds[_i];
    char(*many)[LENGTH] = malloc(COUNT * sizeof *many);
    postern_str *parts = malloc(COUNT * sizeof *parts);
    postern_list *list = NULL;
    counting_heap heap;
    char text[LENGTH];

    ck_assert(many != NULL && parts != NULL);
    for (int i = 0; i < COUNT; i++) {
        write_item(kind, i, false, many[i]);
        if (kind == POSTERN_LIST_IP) {
            (void)snprintf(many[i], LENGTH, "%d.%d.%d.1", 1 + i / 65536, i / 256 % 256,
                           i % 256);
        }
        parts[i] = postern_text(many[i]);
    }
    counting_heap_init(&heap, SIZE_MAX);
    ck_assert_int_eq(postern_list_new(&heap.alloc, kind, parts, COUNT, &list, NULL),
                     POSTERN_OK);
    ck_assert_uint_le(heap.live_bytes, COUNT * most[_i]);
    for (int i = 0; i < COUNT; i += 7) {
        (void)snprintf(text, sizeof text, "%s", many[i]);
        text[0] = text[0] == '*' ? 'x' : text[0];
        ck_assert_msg(has(list, text), "%s", text);
    }
    postern_list_release(list);
    ck_assert_uint_eq(heap.live_bytes, 0);
    free(many);
    free(parts);
}
END_TEST

/* --- names ------------------------------------------------------------------------- */

START_TEST(names_are_lower_case_words_with_inner_dots)
{
    static const char *const good[] = {
        "office",
        "a",
        "_",
        "0",
        "cf.open_proxies",
        "a.b.c",
        "1_a",
        "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij"};
    static const char *const bad[] = {
        "",    ".",      "a.",
        ".a",  "Office", "a-b",
        "a b", "$a",     "\xc3\xa9",
        "a[",  "a`",     "a{",
        "a/",  "a:",     "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijk"};

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_msg(pst_list_name_valid(postern_text(good[i])), "%s", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(!pst_list_name_valid(postern_text(bad[i])), "%s", bad[i]);
    }
    ck_assert(!pst_list_name_valid((postern_str){"a\0b", 3}));
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("list");
    TCase *holds = tcase_create("holds");
    TCase *tells = tcase_create("tells");
    TCase *memory = tcase_create("memory");

    tcase_add_loop_test(holds, a_list_holds_what_its_items_say, 0,
                        sizeof holdings / sizeof holdings[0]);
    tcase_add_test(holds, a_host_is_not_below_its_own_wildcard);
    tcase_add_test(holds, strings_are_bytes_and_may_be_empty);
    tcase_add_test(holds, a_kind_has_a_name_and_a_type);
    tcase_add_test(holds, names_are_lower_case_words_with_inner_dots);
    suite_add_tcase(suite, holds);
    tcase_add_loop_test(tells, every_wrong_item_is_told, 0,
                        sizeof mistakes / sizeof mistakes[0]);
    tcase_add_test(tells, eight_wrong_items_are_told_and_no_more);
    tcase_add_test(tells, a_long_item_is_told_in_part);
    tcase_add_test(tells, an_unknown_kind_is_refused);
    suite_add_tcase(suite, tells);
    tcase_add_test(memory, a_list_lives_as_long_as_someone_holds_it);
    tcase_add_loop_test(memory, every_request_may_fail, 0, 4);
    tcase_add_loop_test(memory, ten_thousand_items_are_all_there, 0, 4);
    tcase_add_loop_test(memory, a_hundred_thousand_items_take_the_room_they_need, 0, 4);
    suite_add_tcase(suite, memory);
    return suite;
}
