/* test_chain.c - which path is found, and at what price. */
#include "../harness/corpus.h"
#include "../harness/forge.h"
#include "../harness/harness.h"
#include "certificate/judge.h"
#include "support/text.h"

#include <stdio.h>

enum { NOW = 1800000000, SENT_CAP = 80, CAS_CAP = 120, KEYS = 120 };

static postern_crypto table;
static forge_key keys[KEYS];
static postern_str sent[SENT_CAP];
static size_t sent_count;
static pst_pem_file cas[CAS_CAP];
static size_t ca_count;

static void set_up(void)
{
    table = forge_crypto();
    for (unsigned i = 0; i < KEYS; i++) {
        keys[i] = forge_fake_key(i);
    }
    sent_count = 0;
    ca_count = 0;
}

static void tear_down(void)
{
    corpus_free();
}

static void trust(const forge_spec *spec)
{
    cas[ca_count++] = forge_file(forge(spec));
}

static void send(const forge_spec *spec)
{
    sent[sent_count++] = forge(spec);
}

/* What is trusted and sent so far, judged. @return the reason's word */
static const char *judge(unsigned *checks)
{
    pst_authority *authority;
    pst_judgement got;
    unsigned count;

    ck_assert_int_eq(pst_authority_new(NULL, &table, cas, ca_count, NULL, 0,
                                       PST_REVOCATION_OFF, NOW, &authority, NULL),
                     POSTERN_OK);
    (void)forge_checks();
    ck_assert_int_eq(pst_judge_chain(authority, sent, sent_count, NOW, NULL, &got),
                     POSTERN_OK);
    count = forge_checks();
    ck_assert(got.verified == (got.reason == PST_REASON_OK));
    ck_assert(got.from <= NOW && NOW < got.until);
    pst_authority_free(authority);
    if (checks != NULL) {
        *checks = count;
    }
    return pst_reason_text(got.reason).data;
}

#define ROOT                                                              \
    (forge_spec)                                                          \
    {                                                                     \
        .subject = "root", .issuer = "root", .key = keys, .signer = keys, \
    }
#define LEAF(by, with)                                                               \
    (forge_spec)                                                                     \
    {                                                                                \
        .subject = "leaf", .issuer = (by), .key = &keys[1], .signer = &keys[(with)], \
        .leaf = true                                                                 \
    }
#define MIDDLE(name, number, by, with, ...)                        \
    (forge_spec)                                                   \
    {                                                              \
        .subject = (name), .issuer = (by), .key = &keys[(number)], \
        .signer = &keys[(with)], __VA_ARGS__                       \
    }

/* --- what is found -------------------------------------------------------------- */

/* Two certificates of one CA, name and key: whoever sends both may have the older one
 * first. */
START_TEST(of_two_cross_signed_ones_the_valid_one_counts)
{
    const forge_spec old = MIDDLE("ca", 2, "root", 0, .to = 2026);
    const forge_spec new = MIDDLE("ca", 2, "root", 0, .serial = 1);
    const forge_spec others = MIDDLE("ca", 2, "nobody", 3, .serial = 2);
    unsigned checks;

    trust(&ROOT);
    send(&LEAF("ca", 2));
    send(&old);
    ck_assert_str_eq(judge(NULL), "expired");
    send(&others);
    ck_assert_str_eq(judge(NULL), "expired");
    send(&new);
    ck_assert_str_eq(judge(&checks), "ok");
    ck_assert_uint_le(checks,
                      3); /* the leaf's once, and of each that leads to the root */
    sent_count = 1;
    send(&new);
    send(&others);
    send(&old);
    ck_assert_str_eq(judge(NULL), "ok");
    sent_count = 1;
    send(&MIDDLE("ca", 2, "root", 0, .from = 2030));
    ck_assert_str_eq(judge(NULL), "not-yet-valid");
    send(&new);
    ck_assert_str_eq(judge(NULL), "ok");
}
END_TEST

/* Two roots vouch for one intermediate; one of them is old. */
START_TEST(of_two_roots_the_valid_one_counts)
{
    trust(&MIDDLE("root", 0, "root", 0, .to = 2026));
    send(&LEAF("ca", 2));
    send(&MIDDLE("ca", 2, "root", 0, .serial = 0));
    send(&MIDDLE("ca", 2, "other", 3, .serial = 0));
    ck_assert_str_eq(judge(NULL), "expired");
    trust(&MIDDLE("other", 3, "other", 3, .serial = 0));
    ck_assert_str_eq(judge(NULL), "ok");
    ca_count = 1;
    trust(&MIDDLE("root", 0, "root", 0, .serial = 9));
    ck_assert_str_eq(judge(NULL), "ok");
}
END_TEST

/* The first path that can be seen is one of these; the other is without fault. */
START_TEST(a_path_with_a_fault_is_no_obstacle)
{
    static const forge_spec faults[] = {
        {.to = 2026}, {.from = 2030}, {.odd = true}, {.path = 1}};
    static const char *const words[] = {"expired", "not-yet-valid", "malformed",
                                        "untrusted-issuer"};
    forge_spec bad = faults[_i];

    bad.subject = "upper";
    bad.issuer = "root";
    bad.key = &keys[3];
    bad.signer = &keys[0];
    trust(&ROOT);
    send(&LEAF("ca", 2));
    send(&MIDDLE("ca", 2, "upper", 3, .serial = 1));
    send(&bad);
    ck_assert_str_eq(judge(NULL), words[_i]);
    send(&MIDDLE("ca", 2, "lower", 4, .serial = 2));
    send(&MIDDLE("lower", 4, "lowest", 5, .serial = 0));
    send(&MIDDLE("lowest", 5, "root", 0, .serial = 0));
    ck_assert_str_eq(judge(NULL), "ok");
}
END_TEST

/* Generations of a CA with one name: identifiers tell which key it is. */
START_TEST(key_identifiers_save_checks)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    forge_spec leaf = LEAF("ca", 10);
    unsigned checks;

    trust(&ROOT);
    leaf.aki = "a";
    send(&leaf);
    for (unsigned i = 6; i-- > 0;) {
        send(&MIDDLE("ca", 10 + i, "root", 0, .ski = names[i], .serial = i));
    }
    ck_assert_str_eq(judge(&checks), "ok");
    ck_assert_uint_eq(checks, 2);
    /* Without one all may have to be tried. */
    sent[0] = forge(&LEAF("ca", 10));
    ck_assert_str_eq(judge(&checks), "ok");
    ck_assert_uint_eq(checks, 7);
    /* A wrong one is still an issuer, when no other is right: the judge says so. */
    leaf.aki = "x";
    sent[0] = forge(&leaf);
    ck_assert_str_eq(judge(NULL), "key-id-mismatch");
}
END_TEST

/* A root that was renewed, with another key identifier: the leaf tells which one it was
 * issued under, whatever their order and whichever one the TLS library picked. */
START_TEST(of_a_renewed_root_the_one_that_the_leaf_names_counts)
{
    const forge_spec roots[] = {
        MIDDLE("root", 0, "root", 0, .ski = "a"),
        MIDDLE("root", 0, "root", 0, .ski = "b", .serial = 1),
    };
    const postern_str ders[] = {forge(&roots[0]), forge(&roots[1])};
    forge_spec leaf = LEAF("root", 0);
    pst_authority *authority;
    pst_judgement got;

    trust(&roots[_i]);
    trust(&roots[1 - _i]);
    for (size_t i = 0; i < 4; i++) {
        leaf.aki = i % 2 == 0 ? "a" : "b";
        sent_count = 0;
        send(&leaf);
        if (i < 2) {
            ck_assert_str_eq(judge(NULL), "ok");
        }
        ck_assert_int_eq(pst_authority_new(NULL, &table, cas, ca_count, NULL, 0,
                                           PST_REVOCATION_OFF, NOW, &authority, NULL),
                         POSTERN_OK);
        {
            const postern_path_step path[] = {
                {sent[0],     0},
                {ders[i / 2], 0}
            };

            ck_assert_int_eq(pst_judge(authority, path, 2, NOW, NULL, &got),
                             POSTERN_OK);
        }
        ck_assert_int_eq(got.reason, PST_REASON_OK);
        ck_assert(pst_str_same(got.issuer, ders[i % 2]));
        pst_authority_free(authority);
    }
    leaf.aki = "c";
    sent[0] = forge(&leaf);
    ck_assert_str_eq(judge(NULL), "key-id-mismatch");
}
END_TEST

/* The same, where both are sent: what the leaf says comes before dates. */
START_TEST(of_a_renewed_ca_the_one_that_the_leaf_names_counts)
{
    const forge_spec cas_of_one_key[] = {
        MIDDLE("ca", 2, "root", 0, .ski = "a"),
        MIDDLE("ca", 2, "root", 0, .ski = "b", .serial = 1),
        MIDDLE("ca", 2, "root", 0, .ski = "a", .to = 2026),
    };
    forge_spec leaf = LEAF("ca", 2);

    trust(&ROOT);
    leaf.aki = "b";
    send(&leaf);
    send(&cas_of_one_key[_i]);
    send(&cas_of_one_key[1 - _i]);
    ck_assert_str_eq(judge(NULL), "ok");
    sent_count = 1;
    leaf.aki = "a";
    sent[0] = forge(&leaf);
    send(&cas_of_one_key[_i == 0 ? 1 : 2]);
    send(&cas_of_one_key[_i == 0 ? 2 : 1]);
    ck_assert_str_eq(judge(NULL), "expired");
}
END_TEST

START_TEST(an_anchor_that_is_sent_is_not_taken_twice)
{
    unsigned checks;

    trust(&ROOT);
    send(&LEAF("root", 0));
    send(&ROOT);
    send(&ROOT);
    ck_assert_str_eq(judge(&checks), "ok");
    ck_assert_uint_eq(checks, 1);
    sent[0] = sent[1];
    ck_assert_str_eq(judge(&checks), "wrong-usage");
    ck_assert_uint_eq(checks, 0);
}
END_TEST

START_TEST(ten_certificates_are_a_path_and_eleven_are_none)
{
    static char names[10][8];
    unsigned checks;

    trust(&ROOT);
    send(&LEAF("1", 11));
    for (unsigned i = 1; i <= 9; i++) {
        (void)snprintf(names[i], sizeof names[i], "%u", i);
    }
    for (unsigned i = 1; i < 8; i++) {
        send(&MIDDLE(names[i], 10 + i, names[i + 1], 11 + i, .serial = 0));
    }
    send(&MIDDLE("8", 18, "root", 0, .serial = 0));
    ck_assert_str_eq(judge(&checks), "ok");
    ck_assert_uint_eq(checks, 9);
    sent_count--;
    send(&MIDDLE("8", 18, "9", 19, .serial = 0));
    send(&MIDDLE("9", 19, "root", 0, .serial = 0));
    ck_assert_str_eq(judge(NULL), "untrusted-issuer");
}
END_TEST

/* --- at what price -------------------------------------------------------------- */

/* As many of the root's name as there may be, each signed by the last one. */
static void send_crowd(unsigned count, unsigned to)
{
    trust(&ROOT);
    send(&LEAF("root", 1 + count));
    for (unsigned i = 0; i < count; i++) {
        send(&MIDDLE("root", 2 + i, "root", 1 + count, .to = to, .serial = i));
    }
}

START_TEST(a_crowd_of_one_name_costs_nothing)
{
    unsigned checks;

    send_crowd(_i == 0 ? 31 : 34, 2026);
    ck_assert_str_eq(judge(&checks), "untrusted-issuer");
    ck_assert_uint_eq(checks, 0);
}
END_TEST

/* Three of them are bearable: each may be every other's issuer. */
START_TEST(a_small_crowd_is_looked_at)
{
    unsigned checks;

    send_crowd(3, 2026);
    ck_assert_str_eq(judge(&checks), "untrusted-issuer");
    ck_assert_uint_gt(checks, 0);
    ck_assert_uint_le(checks, 13);
    sent_count = 0;
    ca_count = 0;
    send_crowd(4, 2026);
    ck_assert_str_eq(judge(&checks), "untrusted-issuer");
    ck_assert_uint_eq(checks, 0);
}
END_TEST

/* What is not reached by names, or leads to nobody, is not counted either. */
START_TEST(what_leads_nowhere_costs_nothing)
{
    unsigned checks;

    trust(&ROOT);
    send(&LEAF("ca", 2));
    send(&MIDDLE("ca", 2, "root", 0, .serial = 0));
    for (unsigned i = 0; i < 15; i++) {
        send(&MIDDLE("junk", 5 + i, i % 2 == 0 ? "junk" : "root", 0, .serial = i));
        send(&MIDDLE("ca", 5 + i, "nobody", 4, .serial = i));
    }
    ck_assert_uint_eq(sent_count, 32);
    ck_assert_str_eq(judge(&checks), "ok");
    ck_assert_uint_eq(checks, 2);
}
END_TEST

/* A key outside the profile signs nothing: here those of a curve nobody knows. */
START_TEST(weak_keys_cost_nothing)
{
    unsigned checks;

    trust(&ROOT);
    send(&LEAF("root", 2));
    for (unsigned i = 2; i < 5; i++) {
        keys[i].spki[22] = 8; /* the last arc of the curve */
        send(&MIDDLE("root", i, "root", 2, .serial = i));
    }
    ck_assert_str_eq(judge(&checks), "weak-key");
    ck_assert_uint_eq(checks, 1); /* of the root */
}
END_TEST

/* A weak CA is told where a path with it would lead to an anchor, by names. */
START_TEST(a_weak_ca_is_told_where_it_is_in_the_way)
{
    static const struct {
        const char *leaf;
        const char *weak;
        const char *above;
        const char *told;
    } cases[] = {
        {"ca",     "ca",    "root",   "weak-key"        },
        {"ca",     "ca",    "middle", "weak-key"        },
        {"ca",     "ca",    "nobody", "untrusted-issuer"},
        {"ca",     "other", "root",   "untrusted-issuer"},
        {"middle", "other", "root",   "ok"              },
    };

    keys[3].spki[22] = 8; /* the last arc of the curve */
    trust(&ROOT);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t order = 0; order < 2; order++) {
            sent_count = 0;
            send(&LEAF(cases[i].leaf, strcmp(cases[i].leaf, "ca") == 0 ? 3 : 4));
            if (order == 0) {
                send(&MIDDLE("middle", 4, "root", 0, .serial = 1));
            }
            send(&MIDDLE(cases[i].weak, 3, cases[i].above, 4, .serial = 2));
            if (order == 1) {
                send(&MIDDLE("middle", 4, "root", 0, .serial = 1));
            }
            ck_assert_str_eq(judge(NULL), cases[i].told);
        }
    }
}
END_TEST

START_TEST(critical_key_identifiers_are_malformed)
{
    forge_spec leaf = LEAF("root", 0);

    trust(&ROOT);
    leaf.ski = "a";
    send(&leaf);
    ck_assert_str_eq(judge(NULL), "ok");
    leaf.harsh = true;
    sent[0] = forge(&leaf);
    ck_assert_str_eq(judge(NULL), "malformed");
    leaf.ski = NULL;
    leaf.aki = "a";
    sent[0] = forge(&leaf);
    ck_assert_str_eq(judge(NULL), "malformed");
    leaf.harsh = false;
    sent[0] = forge(&leaf);
    ck_assert_str_eq(judge(NULL), "ok");
}
END_TEST

/* A new key of the same CA: it does not count against the path length, so that the
 * longer way is without fault. */
START_TEST(a_self_issued_certificate_is_no_step_down)
{
    trust(&ROOT);
    send(&LEAF("ca", 2));
    send(&MIDDLE("ca", 2, "root", 0, .to = 2026));
    send(&MIDDLE("ca", 2, "ca", 3, .serial = 1));
    send(&MIDDLE("ca", 3, "root", 0, .path = 1));
    ck_assert_str_eq(judge(NULL), "ok");
}
END_TEST

/* Of six issuers of one name each may have signed the leaf, and the root each of
 * them. */
START_TEST(twelve_checks_are_bearable)
{
    unsigned checks;

    trust(&ROOT);
    send(&LEAF("ca", 7));
    for (unsigned i = 0; i < 6; i++) {
        send(&MIDDLE("ca", 2 + i, "root", 0, .serial = i));
    }
    ck_assert_str_eq(judge(&checks), "ok");
    ck_assert_uint_eq(checks, 7); /* six for the leaf, one for its issuer */
    send(&MIDDLE("ca", 10, "root", 0, .serial = 8));
    ck_assert_str_eq(judge(&checks), "untrusted-issuer");
    ck_assert_uint_eq(checks, 0);
}
END_TEST

/* The dearest: certificates of one key, which may all have issued each other, and one
 * that has issued none. */
START_TEST(nothing_costs_more_than_thirteen_checks)
{
    unsigned most = 0;

    for (unsigned same = 1; same < 12; same++) {
        for (unsigned others = 0; others < 12; others++) {
            unsigned checks;

            sent_count = 0;
            ca_count = 0;
            trust(&ROOT);
            send(&LEAF("root", 2));
            for (unsigned i = 0; i < others; i++) {
                send(&MIDDLE("root", 3 + i, "root", 2, .serial = i));
            }
            for (unsigned i = 0; i < same; i++) {
                send(&MIDDLE("root", 2, "root", 2, .serial = 100 + i));
            }
            ck_assert_str_eq(judge(&checks), "untrusted-issuer");
            most = checks > most ? checks : most;
        }
    }
    ck_assert_uint_gt(most, 8);
    ck_assert_uint_le(most, 13);
}
END_TEST

/* How many anchors of one name there are is the host's own affair. */
START_TEST(anchors_of_one_name_are_all_tried)
{
    unsigned checks;

    for (unsigned i = 0; i < 100; i++) {
        trust(&MIDDLE("root", 2 + i, "root", 2 + i, .serial = i));
        if (i == 31 || i == 99) {
            sent_count = 0;
            send(&LEAF("root", 2 + i));
            ck_assert_str_eq(judge(&checks), "ok");
            ck_assert_uint_eq(checks, 1 + i);
            sent[0] = forge(&LEAF("root", 3 + i));
            ck_assert_str_eq(judge(&checks), "untrusted-issuer");
            ck_assert_uint_eq(checks, 1 + i);
        }
    }
    /* One key is tried once, however many certificates it has. */
    trust(&MIDDLE("root", 2, "root", 2, .serial = 150));
    ck_assert_str_eq(judge(&checks), "untrusted-issuer");
    ck_assert_uint_eq(checks, 100);
}
END_TEST

/* --- against all paths there are -------------------------------------------------- */

enum { NAMES = 4, MIDDLES = 3, ROOTS = 2, ALL = MIDDLES + ROOTS };

static unsigned state;

static unsigned below(unsigned limit)
{
    state = state * 1103515245U + 12345U;
    return (state >> 16) % limit;
}

static forge_spec any_ca(unsigned serial)
{
    static const char *const names[NAMES] = {"a", "b", "c", "d"};
    const unsigned dates = below(6);

    return (forge_spec){.subject = names[below(NAMES)],
                        .issuer = names[below(NAMES)],
                        .key = &keys[2 + below(3)],
                        .signer = &keys[2 + below(3)],
                        .to = dates == 0 ? 2026 : 0,
                        .from = dates == 1 ? 2030 : 0,
                        .path = below(3),
                        .odd = below(8) == 0,
                        .serial = serial};
}

static bool is_good(const forge_spec *ca, unsigned under)
{
    return ca->to == 0 && ca->from == 0 && !ca->odd &&
           (ca->path == 0 || under < ca->path);
}

/* Is there a path from `child` to a root, of certificates without fault? */
static bool leads(const forge_spec *all, const forge_spec *child, unsigned used,
                  unsigned under)
{
    for (unsigned i = 0; i < ALL; i++) {
        const forge_spec *issuer = &all[i];
        unsigned next = under + (strcmp(issuer->subject, issuer->issuer) != 0);

        if ((used >> i & 1U) != 0 || strcmp(child->issuer, issuer->subject) != 0 ||
            child->signer != issuer->key || !is_good(issuer, under)) {
            continue;
        }
        if (i >= MIDDLES || leads(all, issuer, used | 1U << i, next)) {
            return true;
        }
    }
    return false;
}

START_TEST(a_path_is_found_whenever_there_is_one)
{
    unsigned found = 0;

    state = 7;
    for (unsigned round = 0; round < 4000; round++) {
        forge_spec all[ALL];
        forge_spec leaf;
        const char *word;

        sent_count = 0;
        ca_count = 0;
        for (unsigned i = 0; i < ALL; i++) {
            all[i] = any_ca(i);
            if (i >= MIDDLES) {
                all[i].odd = false; /* no such anchor is loaded */
                trust(&all[i]);
            }
        }
        leaf = LEAF(all[below(ALL)].subject, 2 + below(3));
        send(&leaf);
        for (unsigned i = 0; i < MIDDLES; i++) {
            send(&all[i]);
        }
        word = judge(NULL);
        ck_assert_msg((strcmp(word, "ok") == 0) == leads(all, &leaf, 0, 0),
                      "round %u: %s", round, word);
        found += strcmp(word, "ok") == 0 ? 1U : 0U;
        corpus_free();
    }
    ck_assert_uint_gt(found, 200);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("chain");
    TCase *chain = tcase_create("chain");

    tcase_add_checked_fixture(chain, set_up, tear_down);
    tcase_add_test(chain, of_two_cross_signed_ones_the_valid_one_counts);
    tcase_add_test(chain, of_two_roots_the_valid_one_counts);
    tcase_add_loop_test(chain, a_path_with_a_fault_is_no_obstacle, 0, 4);
    tcase_add_test(chain, key_identifiers_save_checks);
    tcase_add_loop_test(chain, of_a_renewed_root_the_one_that_the_leaf_names_counts, 0,
                        2);
    tcase_add_loop_test(chain, of_a_renewed_ca_the_one_that_the_leaf_names_counts, 0,
                        2);
    tcase_add_test(chain, an_anchor_that_is_sent_is_not_taken_twice);
    tcase_add_test(chain, ten_certificates_are_a_path_and_eleven_are_none);
    tcase_add_loop_test(chain, a_crowd_of_one_name_costs_nothing, 0, 2);
    tcase_add_test(chain, a_small_crowd_is_looked_at);
    tcase_add_test(chain, what_leads_nowhere_costs_nothing);
    tcase_add_test(chain, weak_keys_cost_nothing);
    tcase_add_test(chain, a_weak_ca_is_told_where_it_is_in_the_way);
    tcase_add_test(chain, critical_key_identifiers_are_malformed);
    tcase_add_test(chain, a_self_issued_certificate_is_no_step_down);
    tcase_add_test(chain, twelve_checks_are_bearable);
    tcase_add_test(chain, nothing_costs_more_than_thirteen_checks);
    tcase_add_test(chain, anchors_of_one_name_are_all_tried);
    tcase_add_test(chain, a_path_is_found_whenever_there_is_one);
    suite_add_tcase(suite, chain);
    return suite;
}
