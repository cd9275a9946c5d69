/*
 * vm/each.c - walks arrays side by side and runs a body for each place.
 */
#include "vm/program.h"

static size_t shortest(const pst_each *each, const postern_request *request)
{
    size_t count = request->values[each->arrays[0]].array.count;

    for (size_t i = 1; i < each->count; i++) {
        const size_t other = request->values[each->arrays[i]].array.count;
        count = other < count ? other : count;
    }
    return count;
}

static void load(const pst_each *each, size_t at, postern_request *request)
{
    for (size_t i = 0; i < each->count; i++) {
        request->values[each->elements[i]] =
            request->values[each->arrays[i]].array.items[at];
        request->states[each->elements[i]] = PST_SLOT_PRESENT;
    }
}

pst_answer pst_each_run(const pst_program *program, const pst_each *each,
                        pst_quantifier wanted, postern_request *request,
                        postern_status *fault)
{
    const pst_answer decisive = wanted == PST_ANY ? PST_YES : PST_NO;
    const size_t count = shortest(each, request);

    for (size_t at = 0; at < count; at++) {
        load(each, at, request);
        const pst_answer answer =
            pst_program_run_at(program, each->body.start, request, fault);
        if (answer == PST_FAULTED || answer == decisive) {
            return answer;
        }
    }
    return wanted == PST_ANY ? PST_NO : PST_YES;
}

postern_status pst_each_collect(const pst_program *program, const pst_each *each,
                                postern_request *request, pst_array *out)
{
    const size_t count = shortest(each, request);
    pst_value *items = pst_arena_array(&request->run, count, sizeof *items);
    postern_status fault = POSTERN_OK;

    if (items == NULL) {
        return request->run.status;
    }
    for (size_t at = 0; at < count; at++) {
        load(each, at, request);
        const pst_answer answer =
            pst_program_run_at(program, each->body.start, request, &fault);
        if (answer == PST_FAULTED) {
            return fault;
        }
        items[at].boolean = answer == PST_YES;
    }
    *out = (pst_array){items, count};
    return POSTERN_OK;
}
