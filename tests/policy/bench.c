#include "bench.h"

#include <string.h>

void bench_open(bench *b)
{
    world_init(&b->w);
    world_open(&b->w);
    ck_assert_int_eq(postern_request_new_simulated(b->w.scheme, &b->request),
                     POSTERN_OK);
}

void bench_close(bench *b)
{
    postern_request_free(b->request);
    world_close(&b->w);
}

void bench_begin(bench *b, const char *host, const char *target)
{
    ck_assert_int_eq(postern_request_begin(b->request, NULL, postern_text("GET"),
                                           postern_text(target),
                                           postern_text("HTTP/1.1")),
                     POSTERN_OK);
    if (host != NULL) {
        ck_assert_int_eq(postern_request_add_header(b->request, postern_text("Host"),
                                                    postern_text(host)),
                         POSTERN_OK);
    }
}

void bench_set(bench *b, const char *field, bool value)
{
    const postern_value boolean = {.type = POSTERN_BOOL, .as.boolean = value};
    postern_field at;

    ck_assert_int_eq(
        postern_scheme_find_field(b->w.scheme, postern_text(field), &at, NULL),
        POSTERN_OK);
    ck_assert_int_eq(postern_request_set(b->request, at, &boolean), POSTERN_OK);
}

void bench_evaluate(bench *b)
{
    const postern_verdict *v = &b->verdict;

    memset(&b->verdict, 0xa5, sizeof b->verdict);
    postern_policy_evaluate(b->w.policy, b->request, &b->verdict);
    ck_assert_int_ne(v->outcome, POSTERN_NOT_EVALUATED);
    ck_assert_int_eq(postern_verdict_allows(v), v->outcome == POSTERN_ALLOWED);
    ck_assert_int_eq(v->reason.len == 0, v->outcome == POSTERN_ALLOWED);
    ck_assert(v->status == 0 ? v->outcome == POSTERN_ALLOWED || v->close
                             : v->status >= 400 && v->status <= 599);
    ck_assert_uint_eq(v->generation, postern_policy_generation(b->w.policy));
    ck_assert_int_eq(v->fault != POSTERN_OK, v->outcome == POSTERN_FAULT);
    if (v->outcome != POSTERN_BLOCKED && v->outcome != POSTERN_ALLOWED) {
        ck_assert_uint_eq(v->rule_ref.len, 0);
    }
    ck_assert_int_eq(v->phase.len > 0, v->rule_ref.len > 0);
    if (v->rule_ref.len > 0) {
        const postern_rule_match *last = &v->matches[v->match_count - 1];
        ck_assert_str_eq(v->phase.data, "http_request_firewall_custom");
        ck_assert(postern_str_equal(last->ref, v->rule_ref));
        ck_assert_int_eq(last->action, v->outcome == POSTERN_BLOCKED
                                           ? POSTERN_ACTION_BLOCK
                                           : POSTERN_ACTION_SKIP);
    }
}

bool text_is(postern_str text, const char *wanted)
{
    return postern_str_equal(text, postern_text(wanted));
}
