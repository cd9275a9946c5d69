/*
 * test_lists.c - named lists of a policy: rules ask them, and another list takes the
 * place of one without anything being loaded again.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RULE(ref, expression) \
    "{\"ref\": \"" ref "\", \"expression\": \"" expression "\", " LOG "}"
#define POLICY(lists, rules)                                          \
    "{\"version\": 1, \"lists\": [" lists "], \"rulesets\": [{" PHASE \
    ", \"rules\": [" rules "]}]}"
#define LIST(name, kind, items) \
    "{\"name\": \"" name "\", \"kind\": \"" kind "\", \"items\": [" items "]}"

static const char usual[] = POLICY(
    LIST("office", "ip", "\"192.0.2.0/24\", \"2001:db8::/32\"") "," LIST("numbers", "asn", "{\"asn\": 13335, \"comment\": \"x\"}, \"64512..65534\", 7") "," LIST(
        "agents", "string",
        "\"curl\", \"\"") "," LIST("sites", "hostname",
                                   "\"A.example\", {\"hostname\": {\"url_hostname\": \"*.b.example\"}}"),
    RULE("office", "ip.src in $office") "," RULE("number", "cf.tls_client_hello_length in $numbers") "," RULE(
        "agent",
        "http.user_agent in $agents") "," RULE("site",
                                               "http.host in $sites") "," RULE("any",
                                                                               "any(http.request.headers.names[*] in $agents)"));

/* --- asking --------------------------------------------------------------------- */

typedef struct client {
    const char *host;
    const char *ip;
    int64_t number;
    const char *agent;
} client;

static void set(bench *b, const char *field, const postern_value *value)
{
    postern_field at;

    ck_assert_int_eq(
        postern_scheme_find_field(b->w.scheme, postern_text(field), &at, NULL),
        POSTERN_OK);
    ck_assert_int_eq(postern_request_set(b->request, at, value), POSTERN_OK);
}

static void begin(bench *b, const client *who)
{
    postern_value ip = {.type = POSTERN_IP};
    const postern_value number = {.type = POSTERN_INT, .as.integer = who->number};

    bench_begin(b, who->host, "/");
    ck_assert_int_eq(postern_request_add_header(b->request, postern_text("user-agent"),
                                                postern_text(who->agent)),
                     POSTERN_OK);
    ck_assert(postern_address_parse(postern_text(who->ip), &ip.as.address));
    set(b, "ip.src", &ip);
    set(b, "cf.tls_client_hello_length", &number);
}

/* The refs of what matched, with a blank behind each. */
static const char *matched(const postern_verdict *v)
{
    static char text[256];
    size_t at = 0;

    text[0] = '\0';
    for (size_t i = 0; i < v->match_count; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "%.*s ",
                               (int)v->matches[i].ref.len, v->matches[i].ref.data);
    }
    return text;
}

/* Evaluates `policy` for `who`. */
static const char *ask(bench *b, const postern_policy *policy, const client *who)
{
    begin(b, who);
    postern_policy_evaluate(policy, b->request, &b->verdict);
    ck_assert_uint_eq(b->verdict.generation, postern_policy_generation(policy));
    ck_assert_int_eq(b->verdict.outcome, POSTERN_ALLOWED);
    return matched(&b->verdict);
}

static const struct {
    client who;
    const char *matches;
} clients[] = {
    {{"x.example", "198.51.100.1", 0, "wget"},  ""                         },
    {{"x.example", "192.0.2.255", 0, "wget"},   "office "                  },
    {{"x.example", "2001:db8::1", 0, "wget"},   "office "                  },
    {{"x.example", "192.0.3.0", 13335, "wget"}, "number "                  },
    {{"x.example", "192.0.3.0", 65000, "wget"}, "number "                  },
    {{"x.example", "192.0.3.0", 7, "wget"},     "number "                  },
    {{"x.example", "192.0.3.0", 8, "curl"},     "agent "                   },
    {{"x.example", "192.0.3.0", 8, ""},         "agent "                   },
    {{"x.example", "192.0.3.0", 8, "Curl"},     ""                         },
    {{"a.example", "192.0.3.0", 8, "-"},        "site "                    },
    {{"A.Example.", "192.0.3.0", 8, "-"},       "site "                    },
    {{"x.b.example", "192.0.3.0", 8, "-"},      "site "                    },
    {{"b.example", "192.0.3.0", 8, "-"},        ""                         },
    {{"a.example:1", "192.0.2.1", 7, "curl"},   "office number agent site "},
};

START_TEST(rules_ask_lists)
{
    bench b;

    bench_open(&b);
    world_must_load(&b.w, usual);
    ck_assert_str_eq(ask(&b, b.w.policy, &clients[_i].who), clients[_i].matches);
    bench_close(&b);
}
END_TEST

/* --- exchanging ------------------------------------------------------------------- */

static postern_list *list_of(const postern_allocator *alloc, postern_list_kind kind,
                             const char *item)
{
    const postern_str text = postern_text(item);
    postern_list *list = NULL;

    ck_assert_int_eq(postern_list_new(alloc, kind, &text, 1, &list, NULL), POSTERN_OK);
    return list;
}

/* `policy` with one item in the place of list `name`. */
static postern_policy *exchange(const postern_policy *policy, const char *name,
                                postern_list_kind kind, const char *item)
{
    postern_list *list = list_of(NULL, kind, item);
    postern_policy *made = NULL;

    ck_assert_int_eq(postern_policy_with_list(policy, postern_text(name), list, &made),
                     POSTERN_OK);
    postern_list_release(list); /* the policy holds it */
    return made;
}

static const client everyone = {"a.example", "192.0.2.1", 7, "curl"};

START_TEST(an_exchanged_list_is_asked_by_the_same_rules)
{
    postern_policy *other;
    postern_policy *third;
    bench b;

    bench_open(&b);
    world_must_load(&b.w, usual);
    other = exchange(b.w.policy, "office", POSTERN_LIST_IP, "203.0.113.7");
    third = exchange(other, "sites", POSTERN_LIST_HOSTNAME, "*.example");
    for (int again = 0; again < 2; again++) {
        const client moved = {"b.example", "203.0.113.7", 13335, "-"};
        ck_assert_str_eq(ask(&b, b.w.policy, &everyone), "office number agent site ");
        ck_assert_str_eq(ask(&b, other, &everyone), "number agent site ");
        ck_assert_str_eq(ask(&b, other, &moved), "office number ");
        ck_assert_str_eq(ask(&b, third, &moved), "office number site ");
        ck_assert_str_eq(ask(&b, third, &everyone), "number agent site ");
        ck_assert_str_eq(ask(&b, b.w.policy, &moved), "number ");
    }
    ck_assert_uint_eq(postern_policy_rule_count(third),
                      postern_policy_rule_count(b.w.policy));
    postern_policy_release(other);
    postern_policy_release(third);
    bench_close(&b);
}
END_TEST

START_TEST(an_exchanged_policy_outlives_the_one_it_was_made_from)
{
    postern_policy *other;
    bench b;

    bench_open(&b);
    world_must_load(&b.w, usual);
    other = exchange(b.w.policy, "agents", POSTERN_LIST_STRING, "user-agent");
    postern_policy_release(b.w.policy);
    b.w.policy = other;
    ck_assert_str_eq(ask(&b, other, &everyone), "office number site any ");
    bench_close(&b);
}
END_TEST

START_TEST(each_exchange_is_a_generation_of_its_own)
{
    postern_policy *first;
    postern_policy *second;
    bench b;

    bench_open(&b);
    world_must_load(&b.w, usual);
    first = exchange(b.w.policy, "office", POSTERN_LIST_IP, "203.0.113.7");
    second = exchange(b.w.policy, "office", POSTERN_LIST_IP, "203.0.113.7");
    ck_assert_uint_lt(postern_policy_generation(b.w.policy),
                      postern_policy_generation(first));
    ck_assert_uint_lt(postern_policy_generation(first),
                      postern_policy_generation(second));
    postern_policy_release(first);
    postern_policy_release(second);
    bench_close(&b);
}
END_TEST

static const struct {
    const char *name;
    postern_list_kind kind;
    const char *item;
    postern_status status;
} refused[] = {
    {"offices", POSTERN_LIST_IP,       "::1",       POSTERN_UNKNOWN_NAME},
    {"$office", POSTERN_LIST_IP,       "::1",       POSTERN_UNKNOWN_NAME},
    {"",        POSTERN_LIST_IP,       "::1",       POSTERN_UNKNOWN_NAME},
    {"office",  POSTERN_LIST_INT,      "1",         POSTERN_TYPE        },
    {"numbers", POSTERN_LIST_IP,       "::1",       POSTERN_TYPE        },
    {"agents",  POSTERN_LIST_HOSTNAME, "a.example", POSTERN_TYPE        },
    {"sites",   POSTERN_LIST_STRING,   "a.example", POSTERN_TYPE        },
};

START_TEST(only_a_declared_list_is_exchanged_and_only_for_its_kind)
{
    postern_list *list = list_of(NULL, refused[_i].kind, refused[_i].item);
    bench b;
    postern_policy *made;

    bench_open(&b);
    world_must_load(&b.w, usual);
    made = b.w.policy;
    ck_assert_int_eq(postern_policy_with_list(
                         b.w.policy, postern_text(refused[_i].name), list, &made),
                     refused[_i].status);
    ck_assert_ptr_null(made);
    ck_assert_str_eq(ask(&b, b.w.policy, &everyone), "office number agent site ");
    postern_list_release(list);
    bench_close(&b);
}
END_TEST

START_TEST(no_list_takes_no_place)
{
    postern_policy *made;
    bench b;

    bench_open(&b);
    world_must_load(&b.w, usual);
    made = b.w.policy;
    ck_assert_int_eq(
        postern_policy_with_list(b.w.policy, postern_text("office"), NULL, &made),
        POSTERN_TYPE);
    ck_assert_ptr_null(made);
    world_must_load(&b.w, POLICY("", ""));
    ck_assert_int_eq(
        postern_policy_with_list(b.w.policy, postern_text("office"), NULL, &made),
        POSTERN_UNKNOWN_NAME);
    bench_close(&b);
}
END_TEST

/* --- memory ----------------------------------------------------------------------- */

START_TEST(an_exchange_needs_little_memory_and_survives_having_none)
{
    counting_heap heap;
    postern_policy *made = NULL;
    postern_list *list;
    postern_status status = POSTERN_NO_MEMORY;
    size_t before;
    size_t fail_at = 0;
    world w;

    counting_heap_init(&heap, SIZE_MAX);
    world_init(&w);
    w.options.allocator = &heap.alloc;
    world_open(&w);
    world_must_load(&w, usual);
    list = list_of(&heap.alloc, POSTERN_LIST_IP, "203.0.113.7");
    before = heap.live_bytes;
    for (; status != POSTERN_OK; fail_at++) {
        heap.requests = 0;
        heap.fail_at = fail_at;
        status =
            postern_policy_with_list(w.policy, postern_text("office"), list, &made);
        ck_assert(status == POSTERN_OK || status == POSTERN_NO_MEMORY);
        ck_assert_int_eq(made != NULL, status == POSTERN_OK);
        ck_assert(status == POSTERN_OK || heap.live_bytes == before);
    }
    heap.fail_at = SIZE_MAX;
    ck_assert_uint_eq(fail_at, 3); /* the policy, its lists, and nothing failed */
    ck_assert_uint_lt(heap.live_bytes - before, 1024);
    postern_list_release(list);
    postern_policy_release(made);
    world_close(&w);
    ck_assert_uint_eq(heap.live_bytes, 0);
}
END_TEST

enum { MANY = 10000 };

/* A list of `MANY` addresses. */
static postern_list *large_list(const postern_allocator *alloc)
{
    static char texts[MANY][16];
    static postern_str items[MANY];
    postern_list *list = NULL;

    for (int i = 0; i < MANY; i++) {
        (void)snprintf(texts[i], sizeof texts[i], "10.%d.%d.%d", i / 4096, i / 16 % 256,
                       i % 16 * 4);
        items[i] = postern_text(texts[i]);
    }
    ck_assert_int_eq(postern_list_new(alloc, POSTERN_LIST_IP, items, MANY, &list, NULL),
                     POSTERN_OK);
    return list;
}

START_TEST(policies_share_a_list)
{
    const client inside = {"x.example", "10.2.7.60", 0, "-"};
    postern_policy *made[3] = {NULL};
    counting_heap heap;
    postern_list *list;
    size_t before;
    bench b;

    counting_heap_init(&heap, SIZE_MAX);
    bench_open(&b);
    world_must_load(&b.w, usual);
    list = large_list(&heap.alloc);
    before = heap.live_bytes;
    ck_assert_uint_gt(before, (size_t)MANY * 8);
    for (int i = 0; i < 3; i++) { /* the last one from one that has it */
        ck_assert_int_eq(postern_policy_with_list(i < 2 ? b.w.policy : made[1],
                                                  postern_text("office"), list,
                                                  &made[i]),
                         POSTERN_OK);
    }
    postern_list_release(list);
    ck_assert_uint_eq(heap.live_bytes, before); /* not a byte of it was copied */
    for (int i = 0; i < 3; i++) {
        ck_assert_str_eq(ask(&b, made[i], &inside), "office ");
    }
    postern_policy_release(made[0]);
    postern_policy_release(made[1]);
    ck_assert_str_eq(ask(&b, made[2], &inside), "office ");
    ck_assert_uint_eq(heap.live_bytes, before);
    postern_policy_release(made[2]);
    bench_close(&b); /* the verdict holds its policy */
    ck_assert_uint_eq(heap.live_bytes, 0);
}
END_TEST

/* {"name": "office", ..., "items": [10,000 of them]} */
static char *large_policy(void)
{
    char *text = malloc(MANY * 64 + 1024);
    size_t at;

    ck_assert_ptr_nonnull(text);
    at = (size_t)sprintf(text, "{\"version\": 1, \"lists\": [{\"name\": \"office\", "
                               "\"kind\": \"ip\", \"items\": [");
    for (int i = 0; i < MANY; i++) {
        at += (size_t)sprintf(text + at, "%s\"10.%d.%d.%d/31\"", i > 0 ? "," : "",
                              i / 4096, i / 16 % 256, i % 16 * 4);
    }
    at +=
        (size_t)sprintf(text + at, "]}, {\"name\": \"sites\", \"kind\": \"hostname\", "
                                   "\"items\": [");
    for (int i = 0; i < MANY; i++) {
        at += (size_t)sprintf(text + at, "%s\"%sh%d.example\"", i > 0 ? "," : "",
                              i % 2 == 0 ? "*." : "", i);
    }
    (void)sprintf(text + at,
                  "]}], \"rulesets\": [{" PHASE
                  ", \"rules\": [" RULE("office", "ip.src in $office") "," RULE(
                      "site", "http.host in $sites") "]}]}");
    return text;
}

START_TEST(ten_thousand_items_are_asked)
{
    char *text = large_policy();
    bench b;

    bench_open(&b);
    world_must_load(&b.w, text);
    for (int i = 0; i < MANY; i += 997) {
        char host[32];
        char ip[32];
        const client inside = {host, ip, 0, "-"};
        (void)snprintf(host, sizeof host, "%sh%d.example", i % 2 == 0 ? "x." : "", i);
        (void)snprintf(ip, sizeof ip, "10.%d.%d.%d", i / 4096, i / 16 % 256,
                       i % 16 * 4 + 1);
        ck_assert_str_eq(ask(&b, b.w.policy, &inside), "office site ");
        (void)snprintf(host, sizeof host, "%sh%d.example", i % 2 == 0 ? "" : "x.", i);
        (void)snprintf(ip, sizeof ip, "10.%d.%d.%d", i / 4096, i / 16 % 256,
                       i % 16 * 4 + 2);
        ck_assert_str_eq(ask(&b, b.w.policy, &inside), "");
    }
    bench_close(&b);
    free(text);
}
END_TEST

/* --- which fields ------------------------------------------------------------------ */

static bool uses(const bench *b, const char *name)
{
    postern_field field;

    ck_assert_int_eq(
        postern_scheme_find_field(b->w.scheme, postern_text(name), &field, NULL),
        POSTERN_OK);
    return postern_policy_uses(b->w.policy, field);
}

START_TEST(a_policy_knows_which_fields_its_rules_read)
{
    bench b;

    bench_open(&b);
    world_must_load(&b.w, usual);
    ck_assert(uses(&b, "ip.src"));
    ck_assert(uses(&b, "http.host"));
    ck_assert(uses(&b, "http.user_agent"));
    ck_assert(uses(&b, "http.request.headers.names"));
    ck_assert(!uses(&b, "http.cookie"));
    ck_assert(!uses(&b, "http.request.headers"));
    world_must_load(
        &b.w, POLICY("", "{\"ref\": \"off\", \"enabled\": false, "
                         "\"expression\": \"http.cookie eq \\\"a\\\"\", " LOG "}"));
    ck_assert(uses(&b, "http.cookie"));
    ck_assert(!uses(&b, "ip.src"));
    world_must_load(&b.w, POLICY("", ""));
    ck_assert(!uses(&b, "http.cookie"));
    ck_assert(!postern_policy_uses(b.w.policy, (postern_field){UINT32_MAX}));
    bench_close(&b);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("policy-lists");
    TCase *lists = tcase_create("lists");

    tcase_add_loop_test(lists, rules_ask_lists, 0, sizeof clients / sizeof clients[0]);
    tcase_add_test(lists, an_exchanged_list_is_asked_by_the_same_rules);
    tcase_add_test(lists, an_exchanged_policy_outlives_the_one_it_was_made_from);
    tcase_add_test(lists, each_exchange_is_a_generation_of_its_own);
    tcase_add_loop_test(lists, only_a_declared_list_is_exchanged_and_only_for_its_kind,
                        0, sizeof refused / sizeof refused[0]);
    tcase_add_test(lists, no_list_takes_no_place);
    tcase_add_test(lists, an_exchange_needs_little_memory_and_survives_having_none);
    tcase_add_test(lists, policies_share_a_list);
    tcase_add_test(lists, ten_thousand_items_are_asked);
    tcase_add_test(lists, a_policy_knows_which_fields_its_rules_read);
    suite_add_tcase(suite, lists);
    return suite;
}
