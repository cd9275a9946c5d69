#include "match/search.h"
#include "support/attribute.h"
#include "support/text.h"
#include "vm/dispatch.h"
#include "vm/memory.h"
#include "vm/plain.h"
#include "vm/program.h"

static inline bool ip_holds(pst_relation relation, pst_ip a, pst_ip b)
{
    return pst_ip_is_v4(a) == pst_ip_is_v4(b) &&
           pst_relation_holds(relation, pst_ip_order(a, b));
}

static inline int int_order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static bool matches(const pst_regex *regex, postern_str text, postern_request *request)
{
    pst_regex_memory memory = pst_regex_memory_of(request);
    const bool found = pst_regex_match(regex, text, &memory);

    pst_regex_memory_keep(request, &memory);
    return found;
}

static inline bool contains(const pst_insn *insn, const pst_value *value)
{
    return pst_search_by(value->string, insn->as.string, insn->bit, false) != SIZE_MAX;
}

static inline bool has_part(const pst_parts *parts, postern_str text)
{
    return parts->few != NULL ? pst_few_any(parts->few, text)
                              : pst_needles_any(parts->needles, text);
}

/* Flat on purpose: one block an opcode, in the order of opcodes.def. */
/* NOLINTNEXTLINE(readability-function-size): see above */
static PST_NOINLINE postern_status run(const pst_program *program, const pst_insn *pc,
                                       postern_request *request, bool *yes)
{
    const pst_value *const values = request->values;
    const uint8_t *const states = request->states;
    uint64_t parity[PST_PARITY_BITS / 64] = {0};

    *yes = false;
#if PST_COMPUTED_GOTO
    static const void *const handlers[] = {
#define OP(name, slot, operand, text) &&on_##name,
#include "vm/opcodes.def"
#undef OP
    };
#endif

    DISPATCH (pc) {
        ON (ALWAYS) {
            BRANCH(true);
        }
        ON (ENSURE) {
            if (states[pc->slot] == PST_SLOT_UNKNOWN) {
                const postern_status status =
                    pst_slot_ensure(program, request, pc->slot);
                if (status != POSTERN_OK) {
                    return status;
                }
            }
            BRANCH((states[pc->slot] & 1U) != 0);
        }
        ON (BOOL) {
            BRANCH(values[pc->slot].boolean);
        }
        ON (ONCE) {
            if (states[pc->slot] == PST_SLOT_UNKNOWN) {
                const postern_status status =
                    pst_slot_ensure(program, request, pc->slot);
                if (status != POSTERN_OK) {
                    return status;
                }
            }
            BRANCH(values[pc->slot].boolean);
        }
        ON (INT_RANGE) {
            BRANCH(pst_plain_int_range(pc, &values[pc->slot]));
        }
        ON (INT_IN) {
            BRANCH(pst_int_set_has(pc->as.int_set, values[pc->slot].integer));
        }
        ON (INT_BITS) {
            BRANCH(((uint64_t)values[pc->slot].integer & (uint64_t)pc->as.mask) != 0);
        }
        ON (INT_LIST) {
            BRANCH(pst_list_has_int(request->lists[pc->as.list].list,
                                    values[pc->slot].integer));
        }
        ON (INT_COMPARE) {
            BRANCH(pst_relation_holds(
                (pst_relation)pc->relation,
                int_order(values[pc->slot].integer, values[pc->as.slot].integer)));
        }
        ON (STRING_EQ) {
            BRANCH(pst_plain_string_eq(pc, &values[pc->slot]));
        }
        ON (STRING_ORDER) {
            BRANCH(pst_relation_holds(
                (pst_relation)pc->relation,
                pst_str_order(values[pc->slot].string, pc->as.string)));
        }
        ON (STRING_IN) {
            BRANCH(pst_string_set_has(pc->as.string_set, values[pc->slot].string));
        }
        ON (STRING_LIST) {
            BRANCH(pst_list_has_string(request->lists[pc->as.list].list,
                                       values[pc->slot].string));
        }
        ON (STRING_CONTAINS) {
            BRANCH(contains(pc, &values[pc->slot]));
        }
        ON (STRING_PARTS) {
            BRANCH(has_part(pc->as.parts, values[pc->slot].string));
        }
        ON (STRING_STARTS) {
            BRANCH(pst_plain_starts(pc, &values[pc->slot]));
        }
        ON (STRING_ENDS) {
            BRANCH(pst_plain_ends(pc, &values[pc->slot]));
        }
        ON (STRING_LENGTH) {
            BRANCH(pst_plain_length(pc, &values[pc->slot]));
        }
        ON (STRING_WILDCARD) {
            BRANCH(pst_wildcard_match(pc->as.wildcard, values[pc->slot].string));
        }
        ON (STRING_MATCHES) {
            BRANCH(pc->bit != 0
                       ? matches(pc->as.pattern.regex, values[pc->slot].string, request)
                       : pst_regex_match(pc->as.pattern.regex, values[pc->slot].string,
                                         NULL));
        }
        ON (STRING_COMPARE) {
            BRANCH(pst_relation_holds(
                (pst_relation)pc->relation,
                pst_str_order(values[pc->slot].string, values[pc->as.slot].string)));
        }
        ON (IP_ORDER) {
            BRANCH(
                ip_holds((pst_relation)pc->relation, values[pc->slot].ip, pc->as.ip));
        }
        ON (IP_IN) {
            BRANCH(pst_ip_set_has(pc->as.ip_set, values[pc->slot].ip));
        }
        ON (IP_LIST) {
            BRANCH(
                pst_list_has_ip(request->lists[pc->as.list].list, values[pc->slot].ip));
        }
        ON (IP_COMPARE) {
            BRANCH(ip_holds((pst_relation)pc->relation, values[pc->slot].ip,
                            values[pc->as.slot].ip));
        }
        ON (FLIP) {
            parity[pc->bit / 64] ^= UINT64_C(1) << pc->bit % 64;
            BRANCH(true);
        }
        ON (PARITY) {
            const uint64_t mask = UINT64_C(1) << pc->bit % 64;
            const bool odd = (parity[pc->bit / 64] & mask) != 0;
            parity[pc->bit / 64] &= ~mask;
            BRANCH(odd);
        }
        ON (EACH_ANY) {
            postern_status fault = POSTERN_OK;
            const pst_answer answer =
                pst_each_run(program, pc->as.each, PST_ANY, request, &fault);
            if (answer == PST_FAULTED) {
                return fault;
            }
            BRANCH(answer == PST_YES);
        }
        ON (EACH_ALL) {
            postern_status fault = POSTERN_OK;
            const pst_answer answer =
                pst_each_run(program, pc->as.each, PST_ALL, request, &fault);
            if (answer == PST_FAULTED) {
                return fault;
            }
            BRANCH(answer == PST_YES);
        }
#if !PST_COMPUTED_GOTO
    case PST_OP_COUNT:
    default:
        return POSTERN_STATE; /* the verifier lets no such code through */
#endif
    }
}

static inline bool is_search(const pst_insn *insn)
{
    return insn->op == PST_OP_STRING_CONTAINS || insn->op == PST_OP_STRING_PARTS;
}

/* Searches, and what is plain between them. Begins with a search. */
static PST_NOINLINE postern_status run_searches(const pst_program *program,
                                                const pst_insn *pc,
                                                postern_request *request, bool *yes)
{
    do {
        const pst_value *value = &request->values[pc->slot];
        const bool holds = pc->op == PST_OP_STRING_CONTAINS
                               ? contains(pc, value)
                               : has_part(pc->as.parts, value->string);
        uint32_t way = holds ? pc->on_true : pc->on_false;
        if (way < PST_RETURN_FALSE) {
            pc += way;
            way = pst_plain_run(PST_PLAIN_FEW, &pc, request);
        }
        if (way != 0) {
            *yes = way == PST_RETURN_TRUE;
            return POSTERN_OK;
        }
    } while (is_search(pc));
    return run(program, pc, request, yes);
}

/* Goes on behind `pc`, of which is known whether it holds. */
static PST_INLINE postern_status branch(const pst_program *program, const pst_insn *pc,
                                        postern_request *request, bool holds, bool *yes)
{
    const uint32_t way = holds ? pc->on_true : pc->on_false;

    if (way < PST_RETURN_FALSE) {
        return run(program, pc + way, request, yes);
    }
    *yes = way == PST_RETURN_TRUE;
    return POSTERN_OK;
}

static PST_NOINLINE postern_status find_string(const pst_program *program,
                                               const pst_insn *pc,
                                               postern_request *request, bool *yes)
{
    const bool holds =
        pst_string_set_has(pc->as.string_set, request->values[pc->slot].string);

    return branch(program, pc, request, holds, yes);
}

/* A search or a set that comes first, and is often all there is, is asked without the
 * loop's frame; a set of few members without any. */
postern_status pst_program_resume(const pst_program *program, const pst_insn *pc,
                                  postern_request *request, bool *yes)
{
    bool holds;

    if (pst_plain_few(pc, &request->values[pc->slot], &holds)) {
        return branch(program, pc, request, holds, yes);
    }
    if (is_search(pc)) {
        return run_searches(program, pc, request, yes);
    }
    return pc->op == PST_OP_STRING_IN ? find_string(program, pc, request, yes)
                                      : run(program, pc, request, yes);
}

pst_answer pst_program_go_on(const pst_program *program, const pst_insn *pc,
                             postern_request *request, postern_status *fault)
{
    bool yes;
    const postern_status status = is_search(pc)
                                      ? run_searches(program, pc, request, &yes)
                                      : run(program, pc, request, &yes);

    if (status != POSTERN_OK) {
        *fault = status;
        return PST_FAULTED;
    }
    return yes ? PST_YES : PST_NO;
}

pst_answer pst_program_run_at(const pst_program *program, uint32_t start,
                              postern_request *request, postern_status *fault)
{
    return pst_plain_ask(program, start, request, fault);
}

pst_answer pst_program_run(const pst_program *program, size_t rule,
                           postern_request *request, postern_status *fault)
{
    return pst_program_run_at(program, program->entries[rule], request, fault);
}
