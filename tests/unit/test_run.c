/*
 * test_run.c - what is quick says what is plain to see: pieces of code run one after the
 * other as each alone, texts are the same when all bytes are.
 */
#include "../harness/harness.h"
#include "compile/compile.h"
#include "vm/plain.h"

#include <postern/request.h>

#include <stdio.h>
#include <stdlib.h>

enum { RULES = 12, STARTS_MAX = 40, ROUNDS = 20000 };

static const char *const rules[RULES] = {
    "ssl",
    "not ssl xor http.host eq \"a.example\"",
    "http.host eq \"a.example\"",
    "http.host eq \"b.example\" and ip.src in {10.0.0.0/8}",
    "ip.src in {192.0.2.1 10.0.0.2}",
    "(ssl xor (http.host contains \"b\" xor ip.src eq 10.0.0.2)) xor true",
    "any(postern.client_cert.san_dns[*] eq \"x\")",
    "all(postern.client_cert.san_dns[*] in {\"x\" \"y\"})",
    "len(http.request.headers[\"a\"][0]) gt 3",
    "lower(http.request.headers[\"a\"][0]) eq \"abcd\" or ssl",
    "to_string((ssl and len(http.host) gt 2)) eq \"true\"",
    "false"};

typedef struct world {
    postern_scheme *scheme;
    postern_request *request;
    pst_arena constants;
    pst_program program;
    uint64_t random;
} world;

/* Check's own assertions cost a write each, which is too much for what is done this often. */
static void must(bool holds, const char *what)
{
    if (!holds) {
        ck_abort_msg("%s", what);
    }
}

static uint32_t any_number(world *w, uint32_t below)
{
    w->random = w->random * UINT64_C(6364136223846793005) + 1442695040888963407U;
    return (uint32_t)(w->random >> 40) % below;
}

static void compile_into(world *w, const char *const *texts, size_t count)
{
    pst_compiler compiler;

    pst_arena_init(&w->constants, w->scheme->options.allocator, SIZE_MAX / 2);
    pst_compiler_init(&compiler, w->scheme, &w->constants, NULL);
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(pst_compiler_add(&compiler, postern_text(texts[i]), NULL, NULL) ==
                          POSTERN_OK,
                      "%s", texts[i]);
    }
    ck_assert_int_eq(pst_compiler_finish(&compiler, &w->program), POSTERN_OK);
    pst_compiler_free(&compiler);
}

static void open_world(world *w, const postern_options *options,
                       const char *const *texts, size_t count)
{
    *w = (world){.random = 1};
    ck_assert_int_eq(postern_scheme_new(options, &w->scheme), POSTERN_OK);
    ck_assert_int_eq(postern_request_new_simulated(w->scheme, &w->request), POSTERN_OK);
    compile_into(w, texts, count);
}

static void close_world(world *w)
{
    postern_request_free(w->request);
    pst_arena_free(&w->constants);
    postern_scheme_free(w->scheme);
}

static void set(world *w, pst_field_id field, postern_value value)
{
    must(postern_request_set(w->request, (postern_field){(uint32_t)field}, &value) ==
             POSTERN_OK,
         "a field is refused");
}

static void prepare(world *w)
{
    must(pst_request_seal(w->request, NULL, false) == POSTERN_OK &&
             pst_program_prepare(&w->program, NULL, w->request) == POSTERN_OK,
         "the request is refused");
}

static postern_value text_value(const char *text)
{
    return (postern_value){.type = POSTERN_STRING, .as.string = postern_text(text)};
}

/* A request in which each rule now holds and now does not. */
static void set_anything(world *w)
{
    static const char *const hosts[] = {"a.example", "b.example", "c"};
    static const char *const names[] = {"x", "y", "z"};
    static const char *const headers[] = {"ABCD", "abc", ""};
    static const postern_address addresses[] = {
        {4, {10, 0, 0, 2}   },
        {4, {192, 0, 2, 1}  },
        {4, {203, 0, 113, 1}}
    };
    const size_t count = any_number(w, 4);
    postern_value items[3];
    postern_value header = text_value(headers[any_number(w, 3)]);
    postern_entry entry = {POSTERN_STR("a"),
                           {.type = POSTERN_ARRAY_OF(POSTERN_STRING)}};

    entry.value.as.array.items = &header;
    entry.value.as.array.count = 1;
    for (size_t i = 0; i < count; i++) {
        items[i] = text_value(names[any_number(w, 3)]);
    }
    postern_request_reset(w->request);
    set(w, PST_FIELD_SSL,
        (postern_value){.type = POSTERN_BOOL, .as.boolean = any_number(w, 2) == 0});
    set(w, PST_FIELD_HOST, text_value(hosts[any_number(w, 3)]));
    set(w, PST_FIELD_METHOD, text_value("b"));
    set(w, PST_FIELD_IP_SRC,
        (postern_value){.type = POSTERN_IP, .as.address = addresses[any_number(w, 3)]});
    set(w, PST_FIELD_POSTERN_CERT_SAN_DNS,
        (postern_value){
            .type = POSTERN_ARRAY_OF(POSTERN_STRING), .as.array = {items, count}
    });
    set(w, PST_FIELD_HEADERS,
        (postern_value){
            .type = POSTERN_MAP_OF(POSTERN_ARRAY_OF(POSTERN_STRING)),
            .as.map = {&entry, any_number(w, 2)}
    });
    prepare(w);
}

/* The plain way: a call for each. */
static size_t first_that_holds(world *w, const uint32_t *starts, size_t count,
                               size_t from)
{
    postern_status fault = POSTERN_OK;
    size_t at = from;

    while (at < count &&
           pst_program_run_at(&w->program, starts[at], w->request, &fault) == PST_NO) {
        at++;
    }
    must(fault == POSTERN_OK, "a fault");
    return at;
}

START_TEST(finding_is_running_one_after_the_other)
{
    uint32_t starts[STARTS_MAX];
    world w;

    open_world(&w, NULL, rules, RULES);
    for (int round = 0; round < ROUNDS; round++) {
        const size_t count = any_number(&w, STARTS_MAX + 1);
        postern_status fault = POSTERN_OK;
        size_t at = 0;
        for (size_t i = 0; i < count; i++) {
            starts[i] = w.program.entries[any_number(&w, RULES)];
        }
        set_anything(&w);
        for (size_t from = 0; from <= count; from = at + 1) {
            const size_t wanted = first_that_holds(&w, starts, count, from);
            pst_answer answer;
            at = from;
            /* each slot is computed again, now in the chain */
            must(pst_program_prepare(&w.program, NULL, w.request) == POSTERN_OK,
                 "there is no room");
            answer =
                pst_program_find(&w.program, starts, count, &at, w.request, &fault);
            must(at == wanted && answer == (wanted < count ? PST_YES : PST_NO),
                 "another rule holds");
        }
    }
    close_world(&w);
}
END_TEST

/* What is one instruction, and the same by way of the function's result. */
static const char *const pairs[] = {
    "starts_with(http.host, \"a\")",
    "to_string(starts_with(http.host, \"a\")) eq \"true\"",
    "starts_with(http.host, \"a.example.too.long\")",
    "to_string(starts_with(http.host, \"a.example.too.long\")) eq \"true\"",
    "ends_with(http.host, \"b.example\")",
    "to_string(ends_with(http.host, \"b.example\")) eq \"true\"",
    "ends_with(http.host, \".example\")",
    "to_string(ends_with(http.host, \".example\")) eq \"true\"",
    "ends_with(http.host, \"\")",
    "to_string(ends_with(http.host, \"\")) eq \"true\"",
    "starts_with(http.host, http.request.method)",
    "to_string(starts_with(http.host, http.request.method)) eq \"true\"",
    "len(http.host) ge 9",
    "len(http.host) in {9..99}",
    "len(http.host) le 1",
    "len(http.host) in {0..1}",
    "len(http.host) lt 9",
    "len(http.host) in {0..8}",
    "len(postern.client_cert.san_dns) ge 2",
    "len(postern.client_cert.san_dns) in {2..99}",
    "any(len(postern.client_cert.san_dns[*])[*] ge 1)",
    "any(len(postern.client_cert.san_dns[*])[*] in {1..99})",
    "all(starts_with(postern.client_cert.san_dns[*], \"x\"))",
    ("len(postern.client_cert.san_dns) in {0} or "
     "not any((postern.client_cert.san_dns[*] ne \"x\"))")};

enum { PAIRS = sizeof pairs / sizeof pairs[0] };

START_TEST(one_instruction_says_what_the_function_says)
{
    postern_status fault = POSTERN_OK;
    size_t yes[PAIRS] = {0};
    world w;

    open_world(&w, NULL, pairs, PAIRS);
    for (int round = 0; round < ROUNDS / 10; round++) {
        set_anything(&w);
        for (size_t i = 0; i < PAIRS; i++) {
            yes[i] += pst_program_run(&w.program, i, w.request, &fault) == PST_YES;
        }
        for (size_t i = 0; i < PAIRS; i += 2) {
            ck_assert_msg(yes[i] == yes[i + 1], "%s", pairs[i]);
        }
    }
    ck_assert_int_eq(fault, POSTERN_OK);
    close_world(&w);
}
END_TEST

static int64_t no_clock(void *user)
{
    (void)user;
    return -1;
}

START_TEST(a_fault_ends_the_search_and_says_where)
{
    static const char *const texts[] = {"ssl", "http.request.timestamp.sec eq 1",
                                        "not ssl"};
    const postern_options options = {.clock = no_clock};
    postern_status fault = POSTERN_OK;
    size_t at = 0;
    world w;

    open_world(&w, &options, texts, 3);
    prepare(&w);
    ck_assert_int_eq(
        pst_program_find(&w.program, w.program.entries, 3, &at, w.request, &fault),
        PST_FAULTED);
    ck_assert_uint_eq(at, 1);
    ck_assert_int_eq(fault, POSTERN_CLOCK);
    fault = POSTERN_OK;
    at = 2;
    ck_assert_int_eq(
        pst_program_find(&w.program, w.program.entries, 3, &at, w.request, &fault),
        PST_YES);
    ck_assert_uint_eq(at, 2);
    close_world(&w);
}
END_TEST

START_TEST(nothing_to_run_is_no)
{
    postern_status fault = POSTERN_OK;
    size_t at = 0;
    world w;

    open_world(&w, NULL, rules, RULES);
    prepare(&w);
    ck_assert_int_eq(pst_program_find(&w.program, NULL, 0, &at, w.request, &fault),
                     PST_NO);
    ck_assert_uint_eq(at, 0);
    at = 3;
    ck_assert_int_eq(
        pst_program_find(&w.program, w.program.entries, 3, &at, w.request, &fault),
        PST_NO);
    ck_assert_uint_eq(at, 3);
    at = 7; /* behind the end */
    ck_assert_int_eq(
        pst_program_find(&w.program, w.program.entries, 3, &at, w.request, &fault),
        PST_NO);
    ck_assert_uint_eq(at, 7);
    close_world(&w);
}
END_TEST

/* Code that leaves a parity odd, which the compiler does not write. */
START_TEST(a_piece_of_code_begins_with_even_parities)
{
    const pst_insn code[] = {
        {.op = PST_OP_FLIP,
         .bit = 70,
         .on_true = PST_RETURN_FALSE,
         .on_false = PST_RETURN_FALSE},
        {.op = PST_OP_PARITY,
         .bit = 70,
         .on_true = PST_RETURN_TRUE,
         .on_false = PST_RETURN_FALSE}
    };
    const uint32_t starts[] = {0, 1};
    postern_status fault = POSTERN_OK;
    size_t at = 0;
    world w;

    open_world(&w, NULL, rules, 1);
    prepare(&w);
    w.program.code = code;
    ck_assert_int_eq(pst_program_find(&w.program, starts, 2, &at, w.request, &fault),
                     PST_NO);
    ck_assert_uint_eq(at, 2);
    close_world(&w);
}
END_TEST

/* --- walks ------------------------------------------------------------------------ */

enum { WALKED = 14, WALKS = WALKED * 6, WALK_ROUNDS = 5000, WALK_MAX = 160 };

static const char *const walked[WALKED] = {
    "postern.client_cert.san_dns[*] eq \"abc\"",
    "postern.client_cert.san_dns[*] ne \"abc\"",
    "postern.client_cert.san_dns[*] in {\"abc\" \"abcdefghij\" \"\"}",
    "postern.client_cert.san_dns[*] contains \"bc\"",
    "not postern.client_cert.san_dns[*] contains \"bc\"",
    "postern.client_cert.san_dns[*] wildcard \"*B*\"",
    "postern.client_cert.san_dns[*] gt \"abc\"",
    "starts_with(postern.client_cert.san_dns[*], \"ab\")",
    "not ends_with(postern.client_cert.san_dns[*], \"\")",
    "ends_with(postern.client_cert.san_dns[*], \"bc\")",
    "len(postern.client_cert.san_dns[*])[*] ge 3",
    "len(postern.client_cert.san_dns[*])[*] in {0 3 9..12}",
    "postern.client_cert.san_ip[*] in {10.0.0.0/8 2001:db8::/32}",
    "postern.client_cert.san_ip[*] eq 10.0.0.1"};

/* any() and all() of a test alone, then of a body that says the same in more words. A
 * call that is a test is put in parentheses: it would be asked as it is. */
static void write_walks(char (*texts)[WALK_MAX], const char **out)
{
    for (size_t i = 0; i < WALKS; i++) {
        const char *const test = walked[i / 6];
        const char *const quantifier = i % 2 == 0 ? "any" : "all";
        const char *const joint = i % 6 < 4 ? "or" : "and";
        const bool call = test[0] == 's' || test[0] == 'e';
        if (i % 6 < 2) {
            (void)snprintf(texts[i], WALK_MAX, call ? "%s((%s))" : "%s(%s)", quantifier,
                           test);
        } else {
            (void)snprintf(texts[i], WALK_MAX, "%s((%s %s %s))", quantifier, test,
                           joint, test);
        }
        out[i] = texts[i];
    }
}

static void set_arrays(world *w)
{
    static const char *const names[] = {"abc", "", "abcdefghij", "xabcx", "ab", "zbc"};
    static const postern_address addresses[] = {
        {4, {10, 0, 0, 1}           },
        {4, {192, 0, 2, 1}          },
        {6, {0x20, 0x01, 0x0d, 0xb8}}
    };
    postern_value texts[4];
    postern_value ips[4];
    const size_t text_count = any_number(w, 5);
    const size_t ip_count = any_number(w, 5);

    for (size_t i = 0; i < text_count; i++) {
        texts[i] = text_value(names[any_number(w, 6)]);
    }
    for (size_t i = 0; i < ip_count; i++) {
        ips[i] = (postern_value){POSTERN_IP, {.address = addresses[any_number(w, 3)]}};
    }
    postern_request_reset(w->request);
    set(w, PST_FIELD_POSTERN_CERT_SAN_DNS,
        (postern_value){
            .type = POSTERN_ARRAY_OF(POSTERN_STRING), .as.array = {texts, text_count}
    });
    set(w, PST_FIELD_POSTERN_CERT_SAN_IP,
        (postern_value){
            .type = POSTERN_ARRAY_OF(POSTERN_IP), .as.array = {ips, ip_count}
    });
    prepare(w);
}

START_TEST(a_walk_says_what_its_elements_say)
{
    static char written[WALKS][WALK_MAX];
    const char *texts[WALKS];
    postern_status fault = POSTERN_OK;
    size_t yes = 0;
    world w;

    write_walks(written, texts);
    open_world(&w, NULL, texts, WALKS);
    for (int round = 0; round < WALK_ROUNDS; round++) {
        set_arrays(&w);
        for (size_t i = 0; i < WALKS; i++) {
            const size_t alone = i / 6 * 6 + i % 2;
            const pst_answer answer =
                pst_program_run(&w.program, alone, w.request, &fault);
            ck_assert_msg(pst_program_run(&w.program, i, w.request, &fault) == answer,
                          "%s", texts[i]);
            yes += answer == PST_YES;
        }
    }
    ck_assert_uint_gt(yes, WALKS * WALK_ROUNDS / 4);
    ck_assert_uint_lt(yes, WALKS * WALK_ROUNDS / 4 * 3);
    close_world(&w);
}
END_TEST

enum { TEXT_MAX = 100 };

/* From exactly-sized blocks, so that a byte too far is noticed. */
START_TEST(texts_are_the_same_when_every_byte_is)
{
    const size_t len = (size_t)_i;
    char *const a = malloc(len + (len == 0));
    char *const b = malloc(len + (len == 0));

    ck_assert(a != NULL && b != NULL);
    for (size_t i = 0; i < len; i++) {
        a[i] = b[i] = (char)(i * 37 + 1);
    }
    ck_assert(pst_plain_same(a, b, len));
    for (size_t i = 0; i < len; i++) {
        b[i] ^= (char)0x80;
        ck_assert(!pst_plain_same(a, b, len));
        ck_assert(!pst_plain_same(b, a, len));
        b[i] ^= (char)0x80;
    }
    free(a);
    free(b);
}
END_TEST

START_TEST(what_stands_around_a_text_does_not_count)
{
    static const char around[] = "abcdef";
    const pst_value value = {
        .string = {around + 2, 2}
    };
    const pst_insn longer = {.as.string = POSTERN_STR("cde")};
    const pst_insn earlier = {.as.string = POSTERN_STR("bcd")};
    const pst_insn same = {.as.string = POSTERN_STR("cd")};

    ck_assert(!pst_plain_starts(&longer, &value));
    ck_assert(!pst_plain_ends(&earlier, &value));
    ck_assert(!pst_plain_string_eq(&longer, &value));
    ck_assert(pst_plain_starts(&same, &value) && pst_plain_ends(&same, &value));
}
END_TEST

/* --- sets and maps ----------------------------------------------------------------- */

enum { SETS = 8, KEYS = 40 };

/* Few and many members, of each family of addresses and of both. */
static const char *const sets[SETS] = {
    "cf.threat_score in {1 3..5 9}",
    "cf.threat_score in {0 2 4 6 8 10 12 14 16 18}",
    "ip.src in {10.0.0.0/31 10.0.0.4 2001:db8::/32}",
    "ip.src in {2001:db8::/127 2001:db8::4}",
    "ip.src in {10.0.0.0 10.0.0.2 10.0.0.4 10.0.0.6 10.0.0.8 10.0.0.10 10.0.0.12 "
    "10.0.0.14 10.0.0.16 10.0.0.18}",
    "http.host in {\"b.example\" \"d\"}",
    "http.host in {\"a\" \"b\" \"c\" \"d\" \"e\" \"f\" \"g\" \"a.example\" \"h\" \"i\"}",
    "(cf.threat_score in {1 3..5 9} and ip.src in {10.0.0.0/31 10.0.0.4}) or "
    "(http.host in {\"b.example\" \"c\"} and cf.threat_score in {0 2 7}) or "
    "(ip.src in {2001:db8::/127 2001:db8::4} and cf.threat_score in {2 6})"};

/* The plain way: each set is asked as a whole. */
static bool is_member(const world *w, const pst_insn *insn)
{
    const pst_value *value = &w->request->values[insn->slot];

    switch ((int)insn->op) {
    case PST_OP_ENSURE: /* all are there */
        return true;
    case PST_OP_INT_IN:
        return pst_int_set_has(insn->as.int_set, value->integer);
    case PST_OP_IP_IN:
        return pst_ip_set_has(insn->as.ip_set, value->ip);
    case PST_OP_STRING_EQ:
        return pst_str_same(insn->as.string, value->string);
    case PST_OP_STRING_IN:
        return pst_string_set_find(insn->as.string_set, value->string) != SIZE_MAX;
    default:
        ck_abort_msg("%d is no test of a set", insn->op);
    }
}

static bool is_member_of(const world *w, const pst_insn *insn)
{
    for (;;) {
        const uint32_t way = is_member(w, insn) ? insn->on_true : insn->on_false;
        if (way >= PST_RETURN_FALSE) {
            return way == PST_RETURN_TRUE;
        }
        insn += way;
    }
}

static void set_any_member(world *w)
{
    static const char *const hosts[] = {"b.example", "a", "c", "x"};
    postern_value address = {
        .type = POSTERN_IP, .as.address = {4, {10, 0, 0, (uint8_t)any_number(w, 21)}}
    };

    postern_request_reset(w->request);
    set(w, PST_FIELD_HOST, text_value(hosts[any_number(w, 4)]));
    set(w, PST_FIELD_THREAT_SCORE,
        (postern_value){.type = POSTERN_INT, .as.integer = any_number(w, 21) - 1});
    if (any_number(w, 3) == 0) {
        address.as.address = (postern_address){
            6, {0x20, 1, 0xd, 0xb8, [15] = (uint8_t)any_number(w, 6)}
        };
    }
    set(w, PST_FIELD_IP_SRC, address);
    prepare(w);
}

START_TEST(a_set_says_the_same_wherever_it_is_asked)
{
    postern_status fault = POSTERN_OK;
    size_t yes[SETS] = {0};
    world w;

    open_world(&w, NULL, sets, SETS);
    for (int round = 0; round < ROUNDS / 10; round++) {
        set_any_member(&w);
        for (size_t i = 0; i < SETS; i++) {
            const pst_insn *start = w.program.code + w.program.entries[i];
            const bool wanted = is_member_of(&w, start);
            bool resumed = !wanted;
            ck_assert_int_eq(pst_program_run(&w.program, i, w.request, &fault),
                             wanted ? PST_YES : PST_NO);
            ck_assert_int_eq(pst_program_resume(&w.program, start, w.request, &resumed),
                             POSTERN_OK);
            ck_assert(resumed == wanted);
            yes[i] += wanted;
        }
    }
    for (size_t i = 0; i < SETS; i++) {
        ck_assert_msg(yes[i] > 0 && yes[i] < ROUNDS / 10, "%s", sets[i]);
    }
    close_world(&w);
}
END_TEST

/* Keys "", "b", "bb" and so on; and with one byte another, none. */
START_TEST(a_key_is_found_in_maps_of_every_size)
{
    static char texts[KEYS][KEYS];
    pst_entry entries[KEYS];

    for (size_t i = 0; i < KEYS; i++) {
        memset(texts[i], 'b', i);
        entries[i] = (pst_entry){
            .key = {texts[i], i}
        };
    }
    for (size_t count = 0; count <= KEYS; count++) {
        const pst_map map = {entries, count};
        for (size_t i = 0; i < KEYS; i++) {
            ck_assert_ptr_eq(pst_map_find(map, entries[i].key),
                             i < count ? &entries[i].value : NULL);
            for (size_t at = 0; at < i; at++) {
                char other[KEYS];
                memcpy(other, texts[i], KEYS);
                other[at] = 'c';
                ck_assert_ptr_null(pst_map_find(map, (postern_str){other, i}));
            }
        }
    }
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("run");
    TCase *tcase = tcase_create("run");

    tcase_add_test(tcase, finding_is_running_one_after_the_other);
    tcase_add_test(tcase, one_instruction_says_what_the_function_says);
    tcase_add_test(tcase, what_stands_around_a_text_does_not_count);
    tcase_add_test(tcase, a_fault_ends_the_search_and_says_where);
    tcase_add_test(tcase, nothing_to_run_is_no);
    tcase_add_test(tcase, a_piece_of_code_begins_with_even_parities);
    tcase_add_test(tcase, a_set_says_the_same_wherever_it_is_asked);
    tcase_add_test(tcase, a_key_is_found_in_maps_of_every_size);
    tcase_add_test(tcase, a_walk_says_what_its_elements_say);
    tcase_add_loop_test(tcase, texts_are_the_same_when_every_byte_is, 0, TEXT_MAX);
    suite_add_tcase(suite, tcase);
    return suite;
}
