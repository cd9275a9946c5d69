/* test_registrations.c - what a policy file makes of a registered host, judged by a
 * certificate and real signatures. */
#include "../harness/corpus.h"
#include "../harness/path.h"
#include "gate/policy.h"
#include "support/text.h"
#include "world.h"

#include <stdio.h>

static const struct {
    const char *crl;  /* a member of the host, or nothing */
    const char *mode; /* likewise */
    const char *leaf;
    const char *reason;
} modes[] = {
    {"",              "",           "ok-p256", "ok"         },
    {"",              "off",        "revoked", "ok"         },
    {"",              "if-present", "ok-p256", "ok"         },
    {"crl-a",         "",           "ok-p256", "ok"         },
    {"crl-a",         "",           "revoked", "revoked"    },
    {"crl-a",         "require",    "revoked", "revoked"    },
    {"crl-a",         "if-present", "revoked", "revoked"    },
    {"crl-a",         "off",        "revoked", "ok"         },
    {"crl-b",         "",           "ok-p256", "crl-missing"},
    {"crl-b",         "require",    "ok-p256", "crl-missing"},
    {"crl-b",         "if-present", "ok-p256", "ok"         },
    {"crl-a-expired", "",           "ok-p256", "crl-expired"},
    {"crl-a-expired", "if-present", "ok-p256", "crl-expired"},
};

START_TEST(revocation_modes_are_what_they_say)
{
    char text[1024];
    char crl[128] = "";
    char mode[64] = "";
    char leaf[128];
    postern_str chain;
    pst_judgement judgement;
    world w;

    if (modes[_i].crl[0] != '\0') {
        (void)snprintf(crl, sizeof crl, ", \"crl\": [\"corpus/crl/%s.pem\"]",
                       modes[_i].crl);
    }
    if (modes[_i].mode[0] != '\0') {
        (void)snprintf(mode, sizeof mode, ", \"revocation\": \"%s\"", modes[_i].mode);
    }
    (void)snprintf(
        text, sizeof text,
        "{\"version\": 1, \"default\": \"block\", \"mtls\": {\"hosts\": ["
        "{\"hostname\": \"a.example\", \"ca\": [\"corpus/ca/ca-a.pem\"]%s%s}]}}",
        crl, mode);
    (void)snprintf(leaf, sizeof leaf, "corpus/certs/%s.der", modes[_i].leaf);
    world_init(&w);
    w.options.crypto = path_crypto();
    world_open(&w);
    world_must_load(&w, text);
    chain = corpus_read(leaf);
    ck_assert_int_eq(pst_judge_chain(w.policy->body->hosts[0].authority, &chain, 1,
                                     1800000000, &judgement),
                     POSTERN_OK);
    ck_assert_msg(
        pst_str_same(pst_reason_text(judgement.reason), postern_text(modes[_i].reason)),
        "%s %s: %s", modes[_i].crl, modes[_i].mode,
        pst_reason_text(judgement.reason).data);
    world_close(&w);
    corpus_free();
}
END_TEST

START_TEST(members_of_a_host_are_kept)
{
    const pst_registration *host;
    world w;

    world_init(&w);
    w.options.crypto = path_crypto();
    world_open(&w);
    world_must_load(&w,
                    "{\"version\": 1, \"default\": \"block\", \"mtls\": {\"hosts\": ["
                    "{\"hostname\": \"A.Example.\", \"ca\": [\"corpus/ca/ca-a.pem\"]},"
                    "{\"hostname\": \"b.example\", \"ca\": [\"corpus/ca/ca-a.pem\"],"
                    " \"revoked\": \"rules\", \"monitor\": true},"
                    "{\"hostname\": \"c.example\", \"ca\": [\"corpus/ca/ca-a.pem\"],"
                    " \"revoked\": \"block\", \"monitor\": false},"
                    "{\"hostname\": \"d.example\", \"ca\": [\"corpus/ca/ca-a.pem\"],"
                    " \"require\": true, \"monitor\": false}]}}");
    ck_assert_uint_eq(w.policy->body->host_count, 4);
    host = pst_policy_registration(w.policy, postern_text("a.example"));
    ck_assert_ptr_eq(host, &w.policy->body->hosts[0]);
    ck_assert(host->block_revoked && !host->monitor && !host->require);
    host = pst_policy_registration(w.policy, postern_text("b.example"));
    ck_assert_ptr_eq(host, &w.policy->body->hosts[1]);
    ck_assert(!host->block_revoked && host->monitor && !host->require);
    host = pst_policy_registration(w.policy, postern_text("c.example"));
    ck_assert_ptr_eq(host, &w.policy->body->hosts[2]);
    ck_assert(host->block_revoked && !host->monitor);
    host = pst_policy_registration(w.policy, postern_text("d.example"));
    ck_assert(host->block_revoked && !host->monitor && host->require);
    ck_assert_ptr_null(pst_policy_registration(w.policy, postern_text("A.Example.")));
    world_close(&w);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("policy-registrations");
    TCase *hosts = tcase_create("hosts");

    tcase_add_loop_test(hosts, revocation_modes_are_what_they_say, 0,
                        (int)(sizeof modes / sizeof modes[0]));
    tcase_add_test(hosts, members_of_a_host_are_kept);
    suite_add_tcase(suite, hosts);
    return suite;
}
