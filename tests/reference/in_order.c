#include "in_order.h"

#include <stdlib.h>

static void *zeroed(size_t count, size_t size)
{
    void *const made = calloc(count + 1, size);

    if (made == NULL) {
        abort();
    }
    return made;
}

size_t in_order_open(in_order *set, const postern_scheme *scheme,
                     const in_order_rule *rules, size_t count,
                     const postern_compile_options *options, bool block_by_default)
{
    *set = (in_order){.rules = rules,
                      .judges = zeroed(count, sizeof *set->judges),
                      .block_by_default = block_by_default,
                      .matches = zeroed(count, sizeof *set->matches)};
    if (postern_filter_compile(scheme, postern_text("true"), NULL, &set->always,
                               NULL) != POSTERN_OK) {
        return 0;
    }
    for (; set->count < count; set->count++) {
        const size_t i = set->count;
        const postern_str expression = rules[i].expression;
        if (postern_filter_compile(scheme, expression, options, &set->judges[i].filter,
                                   NULL) != POSTERN_OK) {
            return i;
        }
        if (!walk_open(&set->judges[i].tree, scheme, expression, options)) {
            postern_filter_free(set->judges[i].filter);
            walk_close(&set->judges[i].tree);
            return i;
        }
    }
    return SIZE_MAX;
}

void in_order_close(in_order *set)
{
    for (size_t i = 0; i < set->count; i++) {
        walk_close(&set->judges[i].tree);
        postern_filter_free(set->judges[i].filter);
    }
    postern_filter_free(set->always);
    free(set->judges);
    free(set->matches);
}

static void fault(in_order_answer *out, postern_status status)
{
    out->outcome = POSTERN_FAULT;
    out->status = 503;
    out->fault = status;
}

/* One rule. @return whether it matches; a fault ends everything */
static bool judge(in_order *set, size_t i, postern_request *request,
                  in_order_answer *out)
{
    in_order_judge *const both = &set->judges[i];
    bool walked;
    bool filtered;
    const postern_status first = postern_filter_match(both->filter, request, &filtered);
    const postern_status second = walk_evaluate(&both->tree, request, &walked);

    if (first != second || filtered != walked) {
        out->disputed = i;
    }
    if (second != POSTERN_OK) {
        fault(out, second);
        return false;
    }
    return walked;
}

/* Notes that rule `i` matches. @return whether it ends the evaluation */
static bool act(in_order *set, size_t i, in_order_answer *out)
{
    const in_order_rule *const rule = &set->rules[i];

    set->matches[out->match_count++] = i;
    switch (rule->action) {
    case POSTERN_ACTION_BLOCK:
        out->outcome = POSTERN_BLOCKED;
        out->status = rule->status;
        out->decided = i;
        return true;
    case POSTERN_ACTION_SKIP:
        if (rule->ends) {
            out->outcome = POSTERN_ALLOWED;
            out->decided = i;
        }
        return rule->ends;
    case POSTERN_ACTION_LOG:
        break;
    }
    return false;
}

void in_order_evaluate(in_order *set, postern_request *request, in_order_answer *out)
{
    bool ignored;
    const postern_status status = postern_filter_match(set->always, request, &ignored);

    *out = (in_order_answer){
        .outcome = POSTERN_NOT_EVALUATED, .decided = SIZE_MAX, .disputed = SIZE_MAX};
    if (status == POSTERN_INVALID) {
        out->outcome = POSTERN_BAD_REQUEST;
        out->status = 400;
        return;
    }
    if (status != POSTERN_OK) {
        fault(out, status);
        return;
    }
    for (size_t i = 0; i < set->count && out->outcome == POSTERN_NOT_EVALUATED; i++) {
        if (set->rules[i].enabled && judge(set, i, request, out) && act(set, i, out)) {
            return;
        }
    }
    if (out->outcome == POSTERN_NOT_EVALUATED) { /* no rule decided */
        out->outcome = set->block_by_default ? POSTERN_BLOCKED : POSTERN_ALLOWED;
        out->status = set->block_by_default ? 403 : 0;
    }
}
