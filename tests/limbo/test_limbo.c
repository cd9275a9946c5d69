/*
 * test_limbo.c - what x509-limbo wants accepted is accepted and what it wants refused
 * is refused, but for the exceptions that are listed, and all of those.
 *
 * Every case is judged twice: strictly, and as the gate judges, which forgives what
 * the CAs of small firms do.
 */
#include "../harness/harness.h"
#include "cases.h"

#include "support/text.h"

#include <mbedtls/version.h>
#include <postern/mbedtls.h>
#include <stdio.h>
#include <string.h>

typedef enum mode { STRICT, FORGIVING, MODES } mode;

static const char *const mode_names[MODES] = {"strict", "forgiving"};

/* Where we differ from the suite, and why. */
typedef struct exception {
    const char *id;
    const char *why;
    bool applies[MODES];
} exception;

/* clang-format off */
#define ALWAYS(id, why) {id, why, {true, true}},
#define WHEN_STRICT(id, why) {id, why, {true, false}},
#define WHEN_FORGIVING(id, why) {id, why, {false, true}},
/* clang-format on */
static const exception exceptions[] = {
#include "exceptions.def"
};
enum { EXCEPTIONS = sizeof exceptions / sizeof *exceptions };

enum { CASES_LEAST = 200 };

/* Invalid chains that are accepted, at most: the list may change, and not grow. */
#if MBEDTLS_VERSION_NUMBER < 0x03000000
static const size_t accepted_most[MODES] = {4, 34};
#else
static const size_t accepted_most[MODES] = {4, 31};
#endif

/* @return whether it is accepted; `*why` says why not, in the words of rules */
static bool is_accepted(const limbo_case *one, mode how, postern_str *why)
{
    pst_expectation expected = one->expected;
    pst_authority *authority;
    pst_judgement got;

    expected.strict = how == STRICT;
    *why = postern_text("not loaded");
    if (pst_authority_new(NULL, postern_mbedtls_crypto(), one->cas, one->ca_count,
                          one->crls, one->crl_count,
                          one->crl_count > 0 ? PST_REVOCATION_REQUIRE
                                             : PST_REVOCATION_OFF,
                          one->now, &authority, NULL) != POSTERN_OK) {
        return false;
    }
    ck_assert_int_eq(pst_judge_chain(authority, one->chain, one->chain_count, one->now,
                                     &expected, &got),
                     POSTERN_OK);
    ck_assert(got.from <= one->now && one->now < got.until);
    *why = pst_reason_text(got.reason);
    pst_authority_free(authority);
    return got.verified && !got.revoked;
}

static size_t find_exception(const char *id, mode how)
{
    size_t i = 0;

    while (i < EXCEPTIONS &&
           (strcmp(exceptions[i].id, id) != 0 || !exceptions[i].applies[how])) {
        i++;
    }
    return i;
}

START_TEST(what_limbo_wants)
{
    const mode how = (mode)_i;
    bool met[EXCEPTIONS + 1] = {false};
    size_t total = limbo_open();
    size_t accepted = 0;
    size_t refused = 0;
    size_t surprises = 0;

    if (total == 0) {
        (void)fprintf(stderr, "# no limbo.json in POSTERN_SHARED_DATA: skipped\n");
        return;
    }
    ck_assert_uint_ge(total, CASES_LEAST);
    for (size_t i = 0; i < total; i++) {
        const limbo_case *one = limbo_read(i);
        postern_str why;
        bool good = is_accepted(one, how, &why);
        size_t known = find_exception(one->id, how);

        if (good == one->good) {
            continue;
        }
        accepted += good ? 1U : 0U;
        refused += good ? 0U : 1U;
        met[known] = true;
        if (known == EXCEPTIONS) {
            surprises++;
        }
        (void)fprintf(stderr, "# %s: %s %s (%.*s): %s\n", mode_names[how],
                      good ? "accepts" : "refuses", one->id, (int)why.len, why.data,
                      known == EXCEPTIONS ? "NOT LISTED" : exceptions[known].why);
    }
    for (size_t i = 0; i < EXCEPTIONS; i++) {
        if (exceptions[i].applies[how] && !met[i]) {
            surprises++;
            (void)fprintf(stderr, "# %s: %s is as it should be, and still listed\n",
                          mode_names[how], exceptions[i].id);
        }
    }
    (void)fprintf(stderr,
                  "# %s: %zu cases, %zu invalid chains accepted, %zu valid ones "
                  "refused\n",
                  mode_names[how], total, accepted, refused);
    ck_assert_uint_eq(surprises, 0);
    ck_assert_uint_le(accepted, accepted_most[how]);
    limbo_close();
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("limbo");
    TCase *limbo = tcase_create("limbo");

    tcase_add_loop_test(limbo, what_limbo_wants, 0, MODES);
    suite_add_tcase(suite, limbo);
    return suite;
}
