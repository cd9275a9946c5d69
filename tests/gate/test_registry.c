/* test_registry.c - which entry counts for a name, in random policies of any size: the
 * library against a list that is looked through from end to end. */
#include "gate/policy.h"
#include "registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t seed;

static uint32_t pick(uint32_t below)
{
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 8) % below;
}

/* Few labels, so that names often lie below each other; some are one another's ends. */
static const char *const labels[] = {"a",  "b",     "ba", "ab", "a-b", "_b",
                                     "x1", "xn--b", "0",  "w",  "aa",  "b_"};

/* @return its length */
static size_t random_name(char *out, unsigned most, uint32_t kinds)
{
    size_t len = 0;

    for (unsigned i = pick(most) + 1; i > 0; i--) {
        len += (size_t)sprintf(out + len, "%s.", labels[pick(kinds)]);
    }
    return len +
           (size_t)sprintf(out + len, "%s", pick(8) == 0 ? "b.example" : "example");
}

static void add_random(registry *r, uint32_t kinds)
{
    char name[NAME_BYTES] = "*.";

    (void)random_name(name + 2, 5, kinds);
    if (pick(20) == 0) {
        (void)strcpy(name + 2, "example");
    }
    for (unsigned front = pick(2) * 2; !registry_has(r, name + front);
         front = 2 - front) {
        registry_add(r, name + front, pick(3) == 0);
    }
}

static void check(const world *w, const registry *r, postern_str host)
{
    const entry *expected = registry_find(r, host);
    const pst_registration *found = pst_policy_registration(w->policy, host);

    if (expected == NULL || expected->plain) {
        ck_assert_msg(found == NULL, "%.*s is registered", (int)host.len, host.data);
    } else {
        const size_t front = expected->name[0] == '*';
        const postern_str name = {expected->name + front, expected->len - front};
        ck_assert_msg(found != NULL, "%.*s is not registered", (int)host.len,
                      host.data);
        ck_assert_msg(postern_str_equal(found->host, name), "%.*s is %.*s, not %s",
                      (int)host.len, host.data, (int)found->host.len, found->host.data,
                      expected->name);
    }
    ck_assert_msg(pst_policy_standing(w->policy, host).served ==
                      (r->others || expected != NULL),
                  "%.*s is served or not", (int)host.len, host.data);
}

/* Names of all kinds, and what lies around every entry. */
static void check_all(const world *w, const registry *r, uint32_t kinds, unsigned names)
{
    char name[NAME_BYTES + 8];

    for (unsigned i = 0; i < names; i++) {
        check(w, r, (postern_str){name, random_name(name, 7, kinds)});
    }
    for (size_t i = 0; i < r->count; i += 1 + r->count / 100) {
        static const char *const fronts[] = {"", "x", "x.", "a.b.", "_.", "-"};
        const entry *e = &r->entries[i];
        for (size_t j = 0; j < sizeof fronts / sizeof fronts[0]; j++) {
            (void)snprintf(name, sizeof name, "%s%s", fronts[j],
                           e->name + (e->name[0] == '*' ? 2 : 0));
            check(w, r, postern_text(name));
            check(w, r, (postern_str){name, strlen(name) - 1});
        }
    }
}

static const size_t sizes[] = {1, 2, 3, 7, 8, 9, 16, 33, 99, 100, 101, 300};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

START_TEST(random_policies_agree_with_a_list)
{
    world w;

    seed = (uint32_t)_i + 1;
    registry_open(&w);
    for (unsigned round = 0; round < 20; round++) {
        const uint32_t kinds = 1 + pick(sizeof labels / sizeof labels[0]);
        registry r = {NULL, 0, 0, pick(6) == 0};
        char *text;
        registry_add(&r, pick(2) == 0 ? "a.example" : "*.a.example", false);
        for (unsigned tries = 0; r.count < sizes[_i] && tries < 3000; tries++) {
            add_random(&r, kinds);
        }
        text = registry_policy(&r, "", round * 7);
        world_must_load(&w, text);
        ck_assert_uint_eq(w.policy->body->names.entries.count, r.count);
        check_all(&w, &r, kinds, 500);
        free(text);
        registry_free(&r);
    }
    registry_close(&w);
}
END_TEST

/* The number of hosts chooses no other rules. */
START_TEST(ten_thousand_hosts_agree_with_a_list)
{
    registry r = {NULL, 0, 0, false};
    world w;
    char *text;

    seed = 10000;
    registry_open(&w);
    for (unsigned i = 0; r.count < 10000; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s%u.%s", i % 3 == 0 ? "*.t" : "h", i,
                       i % 2 == 0 ? "a.example" : "example");
        registry_add(&r, name, i % 7 == 0);
        if (i % 100 == 0) {
            add_random(&r, sizeof labels / sizeof labels[0]);
        }
    }
    text = registry_policy(&r, "", 3);
    world_must_load(&w, text);
    check_all(&w, &r, sizeof labels / sizeof labels[0], 500);
    free(text);
    registry_free(&r);
    registry_close(&w);
}
END_TEST

/* The longest wildcard is not the end of what is looked for. */
START_TEST(a_wildcard_counts_however_long_the_name)
{
    char name[NAME_BYTES];
    registry r = {NULL, 0, 0, false};
    world w;
    char *text;

    registry_open(&w);
    registry_add(&r, "*.w", false);
    registry_add(&r, "*.xyz.w", true);
    text = registry_policy(&r, "", 0);
    world_must_load(&w, text);
    for (size_t len = 1; len <= 253; len++) {
        memset(name, 'x', len);
        for (size_t i = 1; i < len; i += 2) {
            name[i] = '.';
        }
        if (len >= 3) {
            memcpy(name + len - 2, ".w", 2);
        }
        check(&w, &r, (postern_str){name, len});
        if (len >= 7) {
            memcpy(name + len - 6, ".xyz.w", 6);
        }
        check(&w, &r, (postern_str){name, len});
    }
    check(&w, &r, postern_text(""));
    check(&w, &r, postern_text("w"));
    check(&w, &r, postern_text("."));
    free(text);
    registry_free(&r);
    registry_close(&w);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("gate-registry");
    TCase *tc = tcase_create("registry");

    tcase_add_loop_test(tc, random_policies_agree_with_a_list, 0, SIZES);
    tcase_add_test(tc, ten_thousand_hosts_agree_with_a_list);
    tcase_add_test(tc, a_wildcard_counts_however_long_the_name);
    suite_add_tcase(suite, tc);
    return suite;
}
