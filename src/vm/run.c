#include "match/search.h"
#include "support/text.h"
#include "vm/dispatch.h"
#include "vm/memory.h"
#include "vm/program.h"

/* Short strings are the rule: two overlapping words cover 8 to 16 bytes without a
 * call. Both sides have `len` bytes. */
static inline bool same_bytes(const char *a, const char *b, size_t len)
{
    uint64_t left[2];
    uint64_t right[2];

    if (len < 8 || len > 16) {
        return len == 0 || memcmp(a, b, len) == 0;
    }
    memcpy(&left[0], a, 8);
    memcpy(&left[1], a + len - 8, 8);
    memcpy(&right[0], b, 8);
    memcpy(&right[1], b + len - 8, 8);
    return ((left[0] ^ right[0]) | (left[1] ^ right[1])) == 0;
}

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

/* Flat on purpose: one block an opcode, in the order of opcodes.def. Pieces of code
 * follow each other without leaving the loop; each begins with all parities even. */
/* NOLINTNEXTLINE(readability-function-size): see above */
pst_answer pst_program_find(const pst_program *program, const uint32_t *starts,
                            size_t count, size_t *at, postern_request *request,
                            postern_status *fault)
{
    const pst_value *const values = request->values;
    const uint8_t *const states = request->states;
    const pst_insn *pc;
    uint64_t parity[PST_PARITY_BITS / 64] = {0};
    uint32_t answer;
#if PST_COMPUTED_GOTO
    static const void *const handlers[] = {
#define OP(name, slot, operand, text) &&on_##name,
#include "vm/opcodes.def"
#undef OP
    };
#endif

    if (*at >= count) {
        return PST_NO;
    }
    pc = program->code + starts[*at];
    DISPATCH (pc) {
        ON (ALWAYS) {
            BRANCH(true);
        }
        ON (ENSURE) {
            if (states[pc->slot] == PST_SLOT_UNKNOWN) {
                const postern_status status =
                    pst_slot_ensure(program, request, pc->slot);
                if (status != POSTERN_OK) {
                    *fault = status;
                    return PST_FAULTED;
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
                    *fault = status;
                    return PST_FAULTED;
                }
            }
            BRANCH(values[pc->slot].boolean);
        }
        ON (INT_RANGE) {
            BRANCH(pc->as.range.first <= values[pc->slot].integer &&
                   values[pc->slot].integer <= pc->as.range.last);
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
            BRANCH(values[pc->slot].string.len == pc->as.string.len &&
                   same_bytes(values[pc->slot].string.data, pc->as.string.data,
                              pc->as.string.len));
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
            BRANCH(pst_search(values[pc->slot].string, pc->as.string) != SIZE_MAX);
        }
        ON (STRING_WILDCARD) {
            BRANCH(pst_wildcard_match(pc->as.wildcard, values[pc->slot].string));
        }
        ON (STRING_MATCHES) {
            BRANCH(matches(pc->as.pattern.regex, values[pc->slot].string, request));
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
            const pst_answer each =
                pst_each_run(program, pc->as.each, PST_ANY, request, fault);
            if (each == PST_FAULTED) {
                return PST_FAULTED;
            }
            BRANCH(each == PST_YES);
        }
        ON (EACH_ALL) {
            const pst_answer each =
                pst_each_run(program, pc->as.each, PST_ALL, request, fault);
            if (each == PST_FAULTED) {
                return PST_FAULTED;
            }
            BRANCH(each == PST_YES);
        }
#if !PST_COMPUTED_GOTO
    case PST_OP_COUNT:
    default:
        *fault = POSTERN_STATE; /* the verifier lets no such code through */
        return PST_FAULTED;
#endif
    returned:
        if (answer == PST_RETURN_TRUE) {
            return PST_YES;
        }
        if (++*at == count) {
            return PST_NO;
        }
        memset(parity, 0, sizeof parity);
        pc = program->code + starts[*at];
        GO_ON(pc);
    }
}

pst_answer pst_program_run_at(const pst_program *program, uint32_t start,
                              postern_request *request, postern_status *fault)
{
    size_t at = 0;

    return pst_program_find(program, &start, 1, &at, request, fault);
}

pst_answer pst_program_run(const pst_program *program, size_t rule,
                           postern_request *request, postern_status *fault)
{
    return pst_program_run_at(program, program->entries[rule], request, fault);
}
