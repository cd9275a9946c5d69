/* test_require.c - what a host refuses by itself, tried on simulated requests. */
#include "bench.h"

#define HOST(name, more) \
    "{\"hostname\": \"" name "\", \"ca\": [\"corpus/ca/ca-a.pem\"]" more "}"
#define REQUIRE ", \"require\": true"

/* Whoever comes to the rules is let in by one. */
static const char hosts[] =
    "{\"version\": 1, \"mtls\": {\"hosts\": [" HOST("locked.example", REQUIRE) "," HOST(
        "rules.example", REQUIRE
        ", \"revoked\": \"rules\"") "," HOST("open.example",
                                             ", \"monitor\": true") "]}, \"plain_hosts\": [\"www.example\"],"
                                                                    " \"rulesets\": [{" PHASE
                                                                    ", \"rules\": [{\"ref\": \"in\","
                                                                    " \"expression\": \"true\", " SKIP
                                                                    "}]}]}";

/* What the request says of its certificate: p presented, v verified, r revoked. */
static const struct row {
    const char *host;
    const char *says;
    postern_outcome outcome;
    const char *status;
} rows[] = {
    {"locked.example",      "",    POSTERN_UNVERIFIED, "NONE"                       },
    {"locked.example",      "p",   POSTERN_UNVERIFIED, "FAILED:certificate rejected"},
    {"locked.example",      "v",   POSTERN_ALLOWED,    "NONE"                       },
    {"locked.example",      "pv",  POSTERN_ALLOWED,    "SUCCESS"                    },
    {"LOCKED.example.",     "",    POSTERN_UNVERIFIED, "NONE"                       },
    {"LOCKED.example.:443", "pv",  POSTERN_ALLOWED,    "SUCCESS"                    },
    {"locked.example",      "pvr", POSTERN_REVOKED,    "SUCCESS"                    },
    {"rules.example",       "pvr", POSTERN_ALLOWED,    "SUCCESS"                    },
    {"rules.example",       "",    POSTERN_UNVERIFIED, "NONE"                       },
    {"open.example",        "",    POSTERN_ALLOWED,    "NONE"                       },
    {"open.example",        "pvr", POSTERN_REVOKED,    "SUCCESS"                    },
    {"www.example",         "",    POSTERN_ALLOWED,    "NONE"                       },
    {"www.example",         "pv",  POSTERN_ALLOWED,    "SUCCESS"                    },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

START_TEST(a_host_refuses_before_any_rule)
{
    const struct row *row = &rows[_i];
    const bool allowed = row->outcome == POSTERN_ALLOWED;
    bench b;

    bench_open(&b);
    world_must_load(&b.w, hosts);
    bench_begin(&b, row->host, "/");
    bench_set(&b, "cf.tls_client_auth.cert_presented", strchr(row->says, 'p') != NULL);
    bench_set(&b, "cf.tls_client_auth.cert_verified", strchr(row->says, 'v') != NULL);
    bench_set(&b, "cf.tls_client_auth.cert_revoked", strchr(row->says, 'r') != NULL);
    bench_evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, row->outcome);
    ck_assert_uint_eq(b.verdict.status, allowed ? 0 : 403);
    ck_assert_int_eq(b.verdict.close,
                     !allowed && strcmp(row->host, "open.example") != 0);
    ck_assert_uint_eq(b.verdict.match_count, allowed);
    ck_assert(text_is(b.verdict.certificate_status, row->status));
    bench_close(&b);
}
END_TEST

/* A simulated request may say why, too. */
static const struct word {
    const char *reason;
    const char *status;
} words[] = {
    {"expired",          "FAILED:certificate has expired"               },
    {"untrusted-issuer", "FAILED:unable to get local issuer certificate"},
    {"malformed",        "FAILED:certificate rejected"                  },
    {"weak-key",         "FAILED:EE certificate key too weak"           },
    {"none",             "FAILED:certificate rejected"                  },
    {"ok",               "FAILED:certificate rejected"                  },
    {"revoked",          "FAILED:certificate rejected"                  },
    {"nonsense",         "FAILED:certificate rejected"                  },
};
enum { WORDS = sizeof words / sizeof words[0] };

START_TEST(a_reason_has_its_usual_status)
{
    const postern_value reason = {.type = POSTERN_STRING,
                                  .as.string = postern_text(words[_i].reason)};
    postern_field field;
    bench b;

    bench_open(&b);
    world_must_load(&b.w, hosts);
    bench_begin(&b, "open.example", "/");
    bench_set(&b, "cf.tls_client_auth.cert_presented", true);
    ck_assert_int_eq(
        postern_scheme_find_field(
            b.w.scheme, postern_text("postern.client_cert.reason"), &field, NULL),
        POSTERN_OK);
    ck_assert_int_eq(postern_request_set(b.request, field, &reason), POSTERN_OK);
    bench_evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_ALLOWED);
    ck_assert(text_is(b.verdict.certificate_reason, words[_i].reason));
    ck_assert(text_is(b.verdict.certificate_status, words[_i].status));
    bench_close(&b);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("policy-require");
    TCase *tc = tcase_create("require");

    tcase_add_loop_test(tc, a_host_refuses_before_any_rule, 0, ROWS);
    tcase_add_loop_test(tc, a_reason_has_its_usual_status, 0, WORDS);
    suite_add_tcase(suite, tc);
    return suite;
}
