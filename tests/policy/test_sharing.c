/*
 * test_sharing.c - hosts that trust the same share what was made of their files, also
 * with the policy before; what is found is told once; and CRLs that go back in time.
 */
#include "../harness/corpus.h"
#include "../harness/crl_writer.h"
#include "../harness/path.h"
#include "gate/policy.h"
#include "support/text.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>

#define POLICY(hosts)                                                                  \
    "{\"version\":1,\"default\":\"block\",\"rulesets\":[],\"mtls\":{\"hosts\":[" hosts \
    "]}}"
#define HOST(name, more) "{\"hostname\":\"" name ".example\"," more "}"
#define CA_A "\"ca\":[\"corpus/ca/ca-a.pem\"]"
#define CA_B "\"ca\":[\"corpus/ca/ca-b.pem\"]"
#define CRL_A ",\"crl\":[\"corpus/crl/crl-a.pem\"]"
#define CRL_EMPTY ",\"crl\":[\"corpus/crl/crl-a-empty.pem\"]"

static world w;
static counting_heap heap;

static void open_world(void)
{
    counting_heap_init(&heap, SIZE_MAX);
    world_init(&w);
    w.options.crypto = path_crypto();
    w.options.allocator = &heap.alloc;
    world_open(&w);
}

static void close_world(void)
{
    world_close(&w);
    ck_assert_uint_eq(heap.live_bytes, 0);
    corpus_free();
}

static const pst_authority *authority_of(const postern_policy *policy, const char *host)
{
    const pst_registration *found = pst_policy_registration(policy, postern_text(host));

    ck_assert_ptr_nonnull(found);
    return found->authority;
}

/* A file that only this world has. */
static void add_file(const char *name, postern_str text)
{
    ck_assert_uint_lt(w.file_count, WORLD_FILES_MAX);
    w.files[w.file_count++] = (world_file){postern_text(name), text};
}

/* --- in one load -------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *a;
    const char *b;
    bool shared;
    size_t reads;
} pairs[] = {
    {CA_A, CA_A, true, 1},
    {CA_A CRL_A, CA_A CRL_A, true, 2},
    {CA_A CRL_A, CA_A CRL_A ",\"revocation\":\"require\"", true, 2},
    {CA_A CRL_A, CA_A CRL_A ",\"revocation\":\"if-present\"", false, 4},
    {CA_A, CA_A ",\"revocation\":\"off\"", true, 1},
    {CA_A, CA_A ",\"revocation\":\"if-present\"", false, 2},
    {CA_A, CA_B, false, 2},
    {CA_A CRL_A, CA_A, false, 3},
    {CA_A CRL_A, CA_A CRL_EMPTY, false, 4},
    {CA_A ",\"crl\":[]", CA_A, true, 1},
    /* the same bytes under another name */
    {CA_A, "\"ca\":[\"./corpus/ca/ca-a.pem\"]", true, 2},
    {CA_A, "\"ca\":[\"corpus/ca/../ca/ca-a.pem\"]", true, 2},
    /* names that differ in their last byte only, or in how they are divided */
    {"\"ca\":[\"a1\"]", "\"ca\":[\"a2\"]", false, 2},
    {"\"ca\":[\"a1\",\"a2\"]", "\"ca\":[\"a2\",\"a1\"]", false, 4},
    {"\"ca\":[\"a1\",\"a2\"]", "\"ca\":[\"a1\"],\"crl\":[]", false, 3},
    {"\"ca\":[\"a1\",\"a2\"]", "\"ca\":[\"a1\\u0001a2\"]", false, 3},
    /* "\u0061" is an a */
    {"\"ca\":[\"\\u00611\"]", "\"ca\":[\"a1\"]", true, 1},
    /* what is not about trust does not matter */
    {CA_A ",\"monitor\":true", CA_A ",\"revoked\":\"rules\"", true, 1},
};
/* clang-format on */

START_TEST(hosts_that_trust_the_same_share_it)
{
    char text[1024];

    open_world();
    add_file("a1", corpus_read("corpus/ca/ca-a.pem"));
    add_file("a2", corpus_read("corpus/ca/ca-b.pem"));
    add_file("a1\001a2", corpus_read("corpus/ca/ca-b.pem"));
    (void)snprintf(text, sizeof text, POLICY(HOST("a", "%s") "," HOST("b", "%s")),
                   pairs[_i].a, pairs[_i].b);
    world_must_load(&w, text);
    ck_assert_int_eq(authority_of(w.policy, "a.example") ==
                         authority_of(w.policy, "b.example"),
                     pairs[_i].shared);
    ck_assert_uint_eq(w.policy->body->authority_count, pairs[_i].shared ? 1 : 2);
    ck_assert_uint_eq(w.reads, pairs[_i].reads);
    close_world();
}
END_TEST

/* CA files as CRL files are not the same files, whatever they hold. */
START_TEST(a_list_is_not_taken_for_another)
{
    open_world();
    ck_assert_int_eq(world_load(&w,
                                postern_text(POLICY(HOST("a", CA_A) "," HOST(
                                    "b", "\"crl\":[\"corpus/ca/ca-a.pem\"]"))),
                                false),
                     POSTERN_INVALID);
    close_world();
}
END_TEST

static char *many_hosts(size_t count, const char *more)
{
    const size_t room = 256 + count * (48 + strlen(more));
    char *text = malloc(room);
    size_t at;

    ck_assert_ptr_nonnull(text);
    at = (size_t)snprintf(
        text, room,
        "{\"version\":1,\"default\":\"block\",\"rulesets\":[],\"mtls\":{\"hosts\":[");
    for (size_t i = 0; i < count; i++) {
        at += (size_t)snprintf(text + at, room - at, "%s{\"hostname\":\"h%zu\",%s}",
                               i == 0 ? "" : ",", i, more);
    }
    (void)snprintf(text + at, room - at, "]}}");
    return text;
}

enum { HOSTS = 10000 };

START_TEST(ten_thousand_hosts_share_one_authority)
{
    char *text = many_hosts(HOSTS, CA_A CRL_A);

    open_world();
    world_must_load(&w, text);
    ck_assert_uint_eq(w.policy->body->host_count, HOSTS);
    ck_assert_uint_eq(w.policy->body->authority_count, 1);
    ck_assert_uint_eq(w.reads, 2);
    /* name, registration and their places in tables; nothing of certificates */
    ck_assert_uint_lt(heap.live_bytes, (size_t)256 * HOSTS);
    free(text);
    close_world();
}
END_TEST

/* --- findings ----------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *more;
    size_t errors;
    size_t warnings;
    const char *told; /* in the text of all findings */
} findings[] = {
    {"\"ca\":[\"corpus/ca/ca-exp.pem\"]", 0, 1,
     "ca-exp.pem:1: warning: CA certificate has expired"},
    {CA_A ",\"crl\":[\"corpus/crl/crl-a-expired.pem\"]", 0, 1, "CRL has expired"},
    {"\"ca\":[\"no/such.pem\"]", 1, 0,
     "policy.json:1:87: error: the file 'no/such.pem'"},
    {"\"ca\":[\"corpus/keys/ca-a.key\"]", 1, 0, "holds a private key"},
    {CA_A ",\"crl\":[\"corpus/crl/crl-a-badsig.pem\"]", 1, 0,
     "CRL is not signed by the CA that it names"},
    /* What cannot be read hides nothing of what stands beside it. */
    {"\"ca\":[\"no/such.pem\"],\"crl\":[\"corpus/ca/ca-a.pem\"]", 2, 0,
     "a CRL file holds only 'X509 CRL' blocks"},
    {"\"ca\":[\"no/such.pem\",\"corpus/keys/ca-a.key\"]", 2, 0,
     "holds a private key"},
    {CA_A ",\"crl\":[\"no/such.pem\",\"extra/crl-a-delta.pem\"]", 2, 0, "delta CRL"},
    {"\"ca\":[\"corpus/ca/ca-exp.pem\"],\"crl\":[\"no/such.pem\"]", 1, 1,
     "CA certificate has expired"},
    /* ... and nothing is said of a CRL whose CA is not there. */
    {"\"ca\":[\"no/such.pem\"],\"crl\":[\"corpus/crl/crl-a-badsig.pem\"]", 1, 0,
     "no/such.pem"},
};
/* clang-format on */

START_TEST(what_is_found_is_told_once)
{
    char *text = many_hosts(_i % 2 == 0 ? 1 : 50, findings[_i / 2].more);

    open_world();
    ck_assert_int_eq(world_load(&w, postern_text(text), false) == POSTERN_OK,
                     findings[_i / 2].errors == 0);
    ck_assert_msg(postern_report_count_of(w.report, POSTERN_ERROR) ==
                          findings[_i / 2].errors &&
                      postern_report_count_of(w.report, POSTERN_WARNING) ==
                          findings[_i / 2].warnings + 1 && /* no rules */
                      strstr(world_findings(w.report), findings[_i / 2].told) != NULL,
                  "%s", world_findings(w.report));
    free(text);
    close_world();
}
END_TEST

/* --- with the policy before --------------------------------------------------- */

static postern_status load_after(const postern_policy *previous, const char *text,
                                 postern_policy **out)
{
    const postern_source source = {
        .path = "policy.json",
        .text = postern_text(text),
        .read = world_read,
        .read_user = &w,
        .previous = previous,
    };

    postern_report_clear(w.report);
    return postern_policy_load(w.scheme, &source, out, w.report);
}

static int64_t now_ms;

static int64_t set_time(void *user)
{
    (void)user;
    return now_ms;
}

START_TEST(what_has_not_changed_is_shared_with_the_policy_before)
{
    static const char text[] = POLICY(HOST("a", CA_A CRL_A) "," HOST("b", CA_B));
    static const char other[] = POLICY(HOST("c", CA_A CRL_A) "," HOST("b", CA_A));
    const pst_authority *kept;
    postern_policy *next;

    open_world();
    world_must_load(&w, text);
    kept = authority_of(w.policy, "a.example");
    ck_assert_int_eq(load_after(w.policy, other, &next), POSTERN_OK);
    ck_assert_ptr_eq(authority_of(next, "c.example"), kept);
    ck_assert_ptr_ne(authority_of(next, "b.example"),
                     authority_of(w.policy, "b.example"));
    ck_assert_uint_eq(next->body->authority_count, 2);
    /* It outlives the policy that it came from. */
    postern_policy_release(w.policy);
    w.policy = next;
    ck_assert_ptr_nonnull(pst_authority_trust(authority_of(next, "c.example")));
    /* Without a policy before, or with one of another scheme, it is made anew. */
    ck_assert_int_eq(load_after(NULL, other, &next), POSTERN_OK);
    ck_assert_ptr_ne(authority_of(next, "c.example"), kept);
    postern_policy_release(next);
    close_world();
}
END_TEST

START_TEST(another_scheme_shares_nothing)
{
    static const char text[] = POLICY(HOST("a", CA_A CRL_A));
    postern_scheme *scheme;
    postern_policy *foreign;
    postern_policy *next;
    const postern_source source = {.path = "policy.json",
                                   .text = postern_text(text),
                                   .read = world_read,
                                   .read_user = &w};

    open_world();
    ck_assert_int_eq(postern_scheme_new(&w.options, &scheme), POSTERN_OK);
    ck_assert_int_eq(postern_policy_load(scheme, &source, &foreign, NULL), POSTERN_OK);
    ck_assert_int_eq(load_after(foreign, text, &next), POSTERN_OK);
    ck_assert_ptr_ne(authority_of(next, "a.example"),
                     authority_of(foreign, "a.example"));
    postern_policy_release(foreign);
    postern_scheme_free(scheme);
    postern_policy_release(next);
    close_world();
}
END_TEST

START_TEST(a_changed_file_is_read_again)
{
    static const char text[] = POLICY(HOST("a", "\"ca\":[\"a1\"]"));
    postern_policy *next;

    open_world();
    add_file("a1", corpus_read("corpus/ca/ca-a.pem"));
    world_must_load(&w, text);
    w.files[0].text = corpus_read("corpus/ca/ca-b.pem");
    ck_assert_int_eq(load_after(w.policy, text, &next), POSTERN_OK);
    ck_assert_ptr_ne(authority_of(next, "a.example"),
                     authority_of(w.policy, "a.example"));
    postern_policy_release(next);
    close_world();
}
END_TEST

/* What was good when it was made may have run out since. */
START_TEST(dates_are_looked_at_anew)
{
    static const char text[] = POLICY(HOST("a", CA_A CRL_A) "," HOST("b", CA_A CRL_A));
    postern_policy *next;

    now_ms = INT64_C(1800000000000);
    counting_heap_init(&heap, SIZE_MAX);
    world_init(&w);
    w.options.crypto = path_crypto();
    w.options.allocator = &heap.alloc;
    w.options.clock = set_time;
    world_open(&w);
    world_must_load(&w, text);
    now_ms = INT64_C(2500000000000); /* 2049 */
    ck_assert_int_eq(load_after(w.policy, text, &next), POSTERN_OK);
    ck_assert_ptr_eq(authority_of(next, "a.example"),
                     authority_of(w.policy, "a.example"));
    ck_assert_uint_eq(postern_report_count_of(w.report, POSTERN_WARNING), 2 + 1);
    ck_assert(strstr(world_findings(w.report),
                     "ca-a.pem:1: warning: CA certificate has "
                     "expired") != NULL);
    ck_assert(strstr(world_findings(w.report), "crl-a.pem:1: warning: CRL has "
                                               "expired") != NULL);
    postern_policy_release(next);
    close_world();
}
END_TEST

/* --- CRLs that go back in time ------------------------------------------------ */

#define BYTES(literal)                    \
    {                                     \
        "" literal "", sizeof literal - 1 \
    }
#define INTRO "x.crl:1: warning: CRL "
#define HINT "what was revoked since then counts as good again"

typedef struct issue {
    postern_str number;
    const char *date;
} issue;

static const struct {
    const char *ca;
    issue before;
    issue after;
    const char *told; /* or NULL */
} steps[] = {
    {"ca-a",     {BYTES("\x07"), "260102000000Z"},                 {BYTES("\x08"), "260103000000Z"}, NULL},
    {"ca-a",     {BYTES("\x07"), "260102000000Z"},                 {BYTES("\x07"), "260102000000Z"}, NULL},
    {"ca-a",     {BYTES("\x07"), "260102000000Z"},                 {BYTES("\x07"), "260103000000Z"}, NULL},
    {"ca-a",
     {BYTES("\x07"), "260102000000Z"},
     {BYTES("\x06"), "260101000000Z"},
     INTRO "number 6 of 2026-01-01 00:00:00 UTC replaces a newer one, number 7 of "
           "2026-01-02 00:00:00 UTC"                                                                     },
    {"ca-a",
     {BYTES("\x07"), "260102000000Z"},
     {BYTES("\x06"), "260103000000Z"},
     INTRO "number 6 of 2026-01-03 00:00:00 UTC replaces a newer one, number 7 of "
           "2026-01-02 00:00:00 UTC"                                                                     },
    {"ca-a",
     {BYTES("\x07"), "260102000000Z"},
     {BYTES("\x08"), "260101235959Z"},
     INTRO "number 8 of 2026-01-01 23:59:59 UTC replaces a newer one, number 7 of "
           "2026-01-02 00:00:00 UTC"                                                                     },
    {"ca-a",
     {{NULL, 0}, "260102000000Z"},
     {{NULL, 0}, "260101000000Z"},
     INTRO
     "of 2026-01-01 00:00:00 UTC replaces a newer one, of 2026-01-02 00:00:00 UTC"                       },
    {"ca-a",     {{NULL, 0}, "260102000000Z"},                     {BYTES("\x08"), "260102000000Z"}, NULL},
    {"ca-a",
     {BYTES("\x7f\xff\xff\xff\xff\xff\xff"), "260102000000Z"},
     {BYTES("\x00"), "260102000000Z"},
     INTRO "number 0 of 2026-01-02 00:00:00 UTC replaces a newer one, number "
           "36028797018963967 of"                                                                        },
    {"ca-a",
     {BYTES("\x12\x34\x56\x78\x9a\xbc\xde\xf0"), "260102000000Z"},
     {BYTES("\x01\x00"), "260102000000Z"},
     INTRO "number 256 of 2026-01-02 00:00:00 UTC replaces a newer one, number "
           "0x123456789ABCDEF0 of"                                                                       },
    {"ca-a-int",
     {BYTES("\x07"), "260102000000Z"},
     {BYTES("\x06"), "260103000000Z"},
     INTRO "number 6"                                                                                    },
    {"ca-a-int",
     {BYTES("\x07"), "260102000000Z"},
     {BYTES("\x08"), "260103000000Z"},
     NULL                                                                                                },
};

static void put_crl(const char *ca, const issue *from)
{
    const crl_plan plan = {
        .ca = ca, .number = from->number, .this_update = from->date, .count = 1};

    free((void *)(uintptr_t)w.files[0].text.data);
    w.files[0] = (world_file){POSTERN_STR("x.crl"), crl_write_pem(&plan)};
    w.file_count = 1;
}

/* authorityKeyIdentifier with a key identifier of one byte */
#define AKI(byte) BYTES("\x30\x0c\x06\x03\x55\x1d\x23\x04\x05\x30\x03\x80\x01" byte)
#define WITH_X POLICY(HOST("a", CA_A ",\"crl\":[\"x.crl\"]"))

START_TEST(a_crl_that_goes_back_is_a_warning)
{
    postern_policy *next;

    open_world();
    put_crl(steps[_i].ca, &steps[_i].before);
    world_must_load(&w, WITH_X);
    put_crl(steps[_i].ca, &steps[_i].after);
    ck_assert_int_eq(load_after(w.policy, WITH_X, &next), POSTERN_OK);
    if (steps[_i].told == NULL) {
        ck_assert_msg(strstr(world_findings(w.report), "replaces") == NULL, "%s",
                      world_findings(w.report));
    } else {
        ck_assert_msg(strstr(world_findings(w.report), steps[_i].told) != NULL &&
                          strstr(world_findings(w.report), HINT) != NULL,
                      "%s", world_findings(w.report));
    }
    postern_policy_release(next);
    free((void *)(uintptr_t)w.files[0].text.data);
    close_world();
}
END_TEST

/* Intermediates may have one name and several keys; their CRLs say whose is whose. */
START_TEST(crls_of_intermediates_are_told_apart_by_their_key_ids)
{
    static const struct {
        postern_str before;
        postern_str after;
        bool told;
    } pairs_of_ids[] = {
        {AKI("a"),  AKI("a"),  true },
        {AKI("a"),  AKI("b"),  false},
        {AKI("a"),  {NULL, 0}, true },
        {{NULL, 0}, AKI("b"),  true },
    };
    const crl_plan before = {.ca = "ca-a-int",
                             .this_update = "260102000000Z",
                             .extensions = pairs_of_ids[_i].before};
    const crl_plan after = {.ca = "ca-a-int", .extensions = pairs_of_ids[_i].after};
    postern_policy *next;

    open_world();
    add_file("x.crl", crl_write_pem(&before));
    world_must_load(&w, WITH_X);
    free((void *)(uintptr_t)w.files[0].text.data);
    w.files[0].text = crl_write_pem(&after);
    ck_assert_int_eq(load_after(w.policy, WITH_X, &next), POSTERN_OK);
    ck_assert_int_eq(strstr(world_findings(w.report), "replaces") != NULL,
                     pairs_of_ids[_i].told);
    postern_policy_release(next);
    free((void *)(uintptr_t)w.files[0].text.data);
    close_world();
}
END_TEST

/* Whose it was before does not matter, and another key's numbers say nothing. One that
 * was there already goes nowhere. */
START_TEST(a_crl_is_compared_with_those_of_its_key)
{
    static const issue newer = {BYTES("\x07"), "260102000000Z"};
    static const issue older = {BYTES("\x06"), "260101000000Z"};
    static const char moved[] = POLICY(HOST("z", CA_A ",\"crl\":[\"x.crl\"]"));
    static const char two[] = POLICY(HOST("a", CA_A ",\"crl\":[\"x.crl\"]") "," HOST(
        "b", CA_A CRL_A)); /* crl-a: number 2 of 2025 */
    postern_policy *next;

    open_world();
    put_crl("ca-a", &newer);
    world_must_load(&w, WITH_X);
    put_crl("ca-a", &older);
    ck_assert_int_eq(load_after(w.policy, moved, &next), POSTERN_OK);
    ck_assert(strstr(world_findings(w.report), "replaces") != NULL);
    postern_policy_release(next);

    world_must_load(&w, two);
    ck_assert_int_eq(load_after(w.policy, two, &next), POSTERN_OK);
    ck_assert_ptr_null(strstr(world_findings(w.report), "replaces"));
    postern_policy_release(next);
    /* The same, when it is not shared because the mode differs. */
    ck_assert_int_eq(
        load_after(w.policy,
                   POLICY(HOST("b", CA_A CRL_A ",\"revocation\":\"if-present\"")),
                   &next),
        POSTERN_OK);
    ck_assert_ptr_null(strstr(world_findings(w.report), "replaces"));
    postern_policy_release(next);

    put_crl("ca-c", &newer); /* another CA of the same name */
    world_must_load(
        &w, POLICY(HOST("b", "\"ca\":[\"corpus/ca/ca-c.pem\"],\"crl\":[\"x.crl\"]")));
    put_crl("ca-a", &older);
    ck_assert_int_eq(load_after(w.policy, WITH_X, &next), POSTERN_OK);
    ck_assert_ptr_null(strstr(world_findings(w.report), "replaces"));
    postern_policy_release(next);
    free((void *)(uintptr_t)w.files[0].text.data);
    close_world();
}
END_TEST

/* A CRL of an intermediate is kept beside a newer one of its key, but not in force; one
 * beside a newer one of another key is. */
START_TEST(a_crl_goes_back_to_one_that_was_replaced)
{
    static const struct {
        postern_str beside; /* the newer one */
        const char *date;   /* of the one before */
        bool told;
    } cases[] = {
        {AKI("a"), "260101000000Z", true },
        {AKI("b"), "260101000000Z", false},
        {AKI("b"), "260102000000Z", true },
    };
    static const char both[] =
        POLICY(HOST("a", CA_A ",\"crl\":[\"x.crl\",\"new.crl\"]"));
    const crl_plan after = {.ca = "ca-a-int", .extensions = AKI("a")};
    const crl_plan before = {
        .ca = "ca-a-int", .this_update = cases[_i].date, .extensions = AKI("a")};
    const crl_plan beside = {.ca = "ca-a-int",
                             .this_update = "260103000000Z",
                             .extensions = cases[_i].beside};
    postern_policy *next;

    open_world();
    add_file("x.crl", crl_write_pem(&before));
    add_file("new.crl", crl_write_pem(&beside));
    world_must_load(&w, both);
    free((void *)(uintptr_t)w.files[0].text.data);
    w.files[0].text = crl_write_pem(&after);
    ck_assert_int_eq(load_after(w.policy, WITH_X, &next), POSTERN_OK);
    ck_assert((strstr(world_findings(w.report), "replaces") != NULL) == cases[_i].told);
    postern_policy_release(next);
    free((void *)(uintptr_t)w.files[0].text.data);
    free((void *)(uintptr_t)w.files[1].text.data);
    close_world();
}
END_TEST

/* --- memory ------------------------------------------------------------------- */

static bool load_with(size_t fail_at)
{
    static const char text[] = POLICY(HOST("a", CA_A CRL_EMPTY) "," HOST(
        "b", "\"ca\":[\"./corpus/ca/ca-b.pem\"]") "," HOST("c", CA_B));
    postern_policy *next;
    postern_status status;
    bool enough;

    open_world();
    world_must_load(&w, POLICY(HOST("a", CA_A CRL_A) "," HOST("b", CA_B)));
    heap.requests = 0;
    heap.fail_at = fail_at;
    status = load_after(w.policy, text, &next);
    enough = heap.requests <= fail_at;
    ck_assert_int_eq(status, enough ? POSTERN_OK : POSTERN_NO_MEMORY);
    ck_assert_int_eq(next == NULL, !enough);
    heap.fail_at = SIZE_MAX;
    ck_assert(!enough || strstr(world_findings(w.report), "replaces") != NULL);
    postern_policy_release(next);
    close_world();
    return enough;
}

START_TEST(every_request_may_fail)
{
    size_t fail_at = 0;

    while (!load_with(fail_at)) {
        fail_at++;
        ck_assert_uint_lt(fail_at, 1000);
    }
}
END_TEST

#define LENGTH(array) ((int)(sizeof(array) / sizeof *(array)))

Suite *test_suite(void)
{
    Suite *suite = suite_create("policy-sharing");
    TCase *tc = tcase_create("sharing");

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, hosts_that_trust_the_same_share_it, 0, LENGTH(pairs));
    tcase_add_test(tc, a_list_is_not_taken_for_another);
    tcase_add_test(tc, ten_thousand_hosts_share_one_authority);
    tcase_add_loop_test(tc, what_is_found_is_told_once, 0, 2 * LENGTH(findings));
    tcase_add_test(tc, what_has_not_changed_is_shared_with_the_policy_before);
    tcase_add_test(tc, another_scheme_shares_nothing);
    tcase_add_test(tc, a_changed_file_is_read_again);
    tcase_add_test(tc, dates_are_looked_at_anew);
    tcase_add_loop_test(tc, a_crl_that_goes_back_is_a_warning, 0, LENGTH(steps));
    tcase_add_loop_test(tc, crls_of_intermediates_are_told_apart_by_their_key_ids, 0,
                        4);
    tcase_add_test(tc, a_crl_is_compared_with_those_of_its_key);
    tcase_add_loop_test(tc, a_crl_goes_back_to_one_that_was_replaced, 0, 3);
    tcase_add_test(tc, every_request_may_fail);
    suite_add_tcase(suite, tc);
    return suite;
}
