/*
 * vm/each.c - walks arrays side by side and runs a body for each place.
 */
#include "match/search.h"
#include "support/attribute.h"
#include "vm/plain.h"
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

/* --- one test of the elements of one array ------------------------------------------ */

static inline bool is_true(const pst_insn *insn, const pst_value *value)
{
    (void)insn;
    return value->boolean;
}

static inline bool is_in_ints(const pst_insn *insn, const pst_value *value)
{
    return pst_int_set_has(insn->as.int_set, value->integer);
}

static inline bool is_in_strings(const pst_insn *insn, const pst_value *value)
{
    return pst_string_set_has(insn->as.string_set, value->string);
}

static inline bool is_in_ips(const pst_insn *insn, const pst_value *value)
{
    return pst_ip_set_has(insn->as.ip_set, value->ip);
}

static inline bool contains(const pst_insn *insn, const pst_value *value)
{
    return pst_search_by(value->string, insn->as.string, insn->bit, false) != SIZE_MAX;
}

static inline bool is_covered(const pst_insn *insn, const pst_value *value)
{
    return pst_wildcard_match(insn->as.wildcard, value->string);
}

typedef bool holds_of(const pst_insn *insn, const pst_value *value);

/* `holds` is a constant where this is called: each test gets a loop of its own. */
static PST_INLINE bool meets(const pst_insn *insn, pst_array array, bool wanted,
                             holds_of *holds)
{
    for (size_t i = 0; i < array.count; i++) {
        if (holds(insn, &array.items[i]) == wanted) {
            return true;
        }
    }
    return false;
}

/* Is there an element of which the test says what is wanted?
 * @return false in *known for a test that has no loop here */
static bool meets_any(const pst_insn *insn, pst_array array, bool wanted, bool *known)
{
    *known = true;
    switch ((int)insn->op) {
    case PST_OP_BOOL:
        return meets(insn, array, wanted, is_true);
    case PST_OP_INT_RANGE:
        return meets(insn, array, wanted, pst_plain_int_range);
    case PST_OP_INT_IN:
        return meets(insn, array, wanted, is_in_ints);
    case PST_OP_STRING_EQ:
        return meets(insn, array, wanted, pst_plain_string_eq);
    case PST_OP_STRING_STARTS:
        return meets(insn, array, wanted, pst_plain_starts);
    case PST_OP_STRING_ENDS:
        return meets(insn, array, wanted, pst_plain_ends);
    case PST_OP_STRING_LENGTH:
        return meets(insn, array, wanted, pst_plain_length);
    case PST_OP_STRING_IN:
        return meets(insn, array, wanted, is_in_strings);
    case PST_OP_STRING_CONTAINS:
        return meets(insn, array, wanted, contains);
    case PST_OP_STRING_WILDCARD:
        return meets(insn, array, wanted, is_covered);
    case PST_OP_IP_IN:
        return meets(insn, array, wanted, is_in_ips);
    default:
        *known = false;
        return false;
    }
}

/* The test that a body consists of, if that is all and it can go either way. */
static const pst_insn *only_test(const pst_program *program, const pst_each *each)
{
    const pst_insn *insn = &program->code[each->body.start];

    return each->body.length == 1 && each->count == 1 &&
                   insn->slot == each->elements[0] && insn->on_true != insn->on_false
               ? insn
               : NULL;
}

pst_answer pst_each_run(const pst_program *program, const pst_each *each,
                        pst_quantifier wanted, postern_request *request,
                        postern_status *fault)
{
    const pst_answer decisive = wanted == PST_ANY ? PST_YES : PST_NO;
    const pst_answer otherwise = wanted == PST_ANY ? PST_NO : PST_YES;
    const pst_insn *test = only_test(program, each);
    const size_t count = shortest(each, request);
    bool known = false;

    if (test != NULL) {
        const uint32_t way = decisive == PST_YES ? PST_RETURN_TRUE : PST_RETURN_FALSE;
        const bool met = meets_any(test, request->values[each->arrays[0]].array,
                                   test->on_true == way, &known);
        if (known) {
            return met ? decisive : otherwise;
        }
    }
    for (size_t at = 0; at < count; at++) {
        load(each, at, request);
        const pst_answer answer =
            pst_program_run_at(program, each->body.start, request, fault);
        if (answer == PST_FAULTED || answer == decisive) {
            return answer;
        }
    }
    return otherwise;
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
