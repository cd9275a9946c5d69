/*
 * vm/program.h - the compiled form, and what is done with it: verify, run, print.
 *
 * A program is a list of test-and-branch instructions over a request's slots. It
 * may hold many rules; each starts at its own entry and returns true or false.
 * Behind the request's fields come the program's derived slots, one for every
 * distinct look-up or call; ENSURE computes one at most once a run. Every branch
 * goes forward, so every run ends.
 *
 * This room knows no text. A program is read-only once built; a run keeps its
 * state in the request.
 */
#ifndef PST_VM_PROGRAM_H
#define PST_VM_PROGRAM_H

#include "builtin/builtin.h"
#include "match/list.h"
#include "match/few.h"
#include "match/needles.h"
#include "match/regex.h"
#include "match/wildcard.h"
#include "model/request.h"

#include <postern/regex.h>

#include <string.h>

typedef enum pst_opcode {
#define OP(name, slot, operand, text) PST_OP_##name,
#include "vm/opcodes.def"
#undef OP
    PST_OP_COUNT
} pst_opcode;

typedef enum pst_relation {
    PST_RELATION_EQ,
    PST_RELATION_LT,
    PST_RELATION_LE,
    PST_RELATION_GT,
    PST_RELATION_GE
} pst_relation;

/** What `relation` says of two values in `order`: <0, 0, >0. */
static inline bool pst_relation_holds(pst_relation relation, int order)
{
    switch (relation) {
    case PST_RELATION_EQ:
        return order == 0;
    case PST_RELATION_LT:
        return order < 0;
    case PST_RELATION_LE:
        return order <= 0;
    case PST_RELATION_GT:
        return order > 0;
    case PST_RELATION_GE:
        return order >= 0;
    }
    return false;
}

/** Ways on that end the run. Lower values are distances forward, at least 1. */
#define PST_RETURN_FALSE 0xfffffffeU
#define PST_RETURN_TRUE 0xffffffffU

/** Parity bits a run has, for `xor`. */
enum { PST_PARITY_BITS = 128 };

/** The most arrays walked side by side. */
enum { PST_EACH_ARRAYS_MAX = 64 };

struct pst_each;

/** A regular expression, and what it was compiled from. */
typedef struct pst_pattern {
    const pst_regex *regex;
    const postern_str *text;
} pst_pattern;

/** Texts looked for in one pass: up to PST_FEW_MOST of them by `few`, more by `needles`.
 *  The other one is NULL. */
typedef struct pst_parts {
    const postern_str *texts;
    size_t count;
    const pst_few *few;
    const pst_needles *needles;
} pst_parts;

typedef struct pst_insn {
    uint8_t op;       /* pst_opcode */
    uint8_t relation; /* pst_relation, for COMPARE and ORDER */
    uint16_t bit;     /* for FLIP and PARITY; CONTAINS: pst_search_places();
                         MATCHES: pst_regex_remembers() */
    uint32_t slot;
    uint32_t on_true;
    uint32_t on_false;
    union {
        pst_int_range range;
        postern_str string;
        pst_ip ip;
        const pst_int_set *int_set;
        const pst_string_set *string_set;
        const pst_ip_set *ip_set;
        const pst_parts *parts;
        const pst_wildcard *wildcard;
        pst_pattern pattern;
        const struct pst_each *each;
        int64_t mask;
        uint32_t slot;
        uint32_t list; /* place in the program's lists */
    } as;
} pst_insn;

/** A piece of code outside every rule, with returns of its own: what is asked of each
 *  element, or a claim whose answer is a value. */
typedef struct pst_body {
    uint32_t start;
    uint32_t length;
} pst_body;

/** Arrays walked side by side, up to the end of the shortest. While the body runs, each
 *  element slot holds the current element of its array. */
typedef struct pst_each {
    pst_body body;
    uint32_t count;           /* of both */
    const uint32_t *arrays;   /* slots */
    const uint32_t *elements; /* slots of kind ELEMENT, of this walk alone */
} pst_each;

/** One step of an access with [*]. */
typedef struct pst_step {
    uint8_t kind; /* pst_step_kind */
    uint32_t index;
    postern_str key;
} pst_step;

typedef enum pst_step_kind {
    PST_STEP_EACH,
    PST_STEP_KEY,
    PST_STEP_INDEX
} pst_step_kind;

/** An argument: a slot, or a literal. */
typedef struct pst_operand {
    bool literal;
    postern_type type; /* of a mapped argument: of its elements */
    uint32_t slot;
    pst_value value;
} pst_operand;

typedef struct pst_call {
    uint8_t function; /* pst_function_id */
    bool mapped;      /* over the elements of the array in the first slot */
    uint32_t count;
    const pst_operand *operands;
    const postern_type *types; /* of the operands */
    const void *prepared;
} pst_call;

typedef enum pst_derived_kind {
    PST_DERIVED_MAP_GET,   /* slot["key"] */
    PST_DERIVED_ARRAY_GET, /* slot[index] */
    PST_DERIVED_HEADER,    /* http.request.headers["key"][index] */
    PST_DERIVED_LINES,     /* http.request.headers["key"] */
    PST_DERIVED_FLATTEN,   /* what `steps` reach from slot, as one array */
    PST_DERIVED_CALL,
    PST_DERIVED_CLAIM,  /* the answer of a body */
    PST_DERIVED_CLAIMS, /* the answers of a body, an array of Booleans */
    PST_DERIVED_ELEMENT /* put there by a walk, never computed */
} pst_derived_kind;

/** How a derived slot is computed. Slots it reads come before it. */
typedef struct pst_derived {
    uint8_t kind; /* pst_derived_kind */
    postern_type type;
    uint32_t slot; /* of MAP_GET, ARRAY_GET and FLATTEN: the base */
    uint32_t index;
    uint32_t hash;   /* pst_hash_folded(key), of HEADER and LINES */
    postern_str key; /* of MAP_GET, HEADER and LINES */
    union {
        struct {
            const pst_step *steps;
            uint32_t count;
        } path;               /* of FLATTEN */
        const pst_call *call; /* of CALL */
        pst_body body;        /* of CLAIM */
        const pst_each *each; /* of CLAIMS and ELEMENT */
    } as;
} pst_derived;

/** A list that a program asks, by name and kind. */
typedef struct pst_list_ref {
    postern_str name;
    postern_list_kind kind;
} pst_list_ref;

typedef struct pst_program {
    const postern_scheme *scheme;
    const pst_insn *code;
    size_t length;           /* instructions */
    const uint32_t *entries; /* where each rule starts */
    size_t entry_count;
    const pst_derived *derived;
    size_t derived_count;
    const pst_list_ref *lists; /* what a run must be given, in this order */
    size_t list_count;
    const pst_pattern *patterns; /* all that are searched for, each once */
    size_t pattern_count;
    uint64_t number; /* no other program of the scheme has it */
} pst_program;

/** The type of `slot`, or 0 when the program has no such slot. */
postern_type pst_program_slot_type(const pst_program *program, uint32_t slot);

/** True if `insn` reads insn->slot, as opcodes.def has it. */
bool pst_insn_reads_slot(const pst_insn *insn);

/** The test behind `insn`: itself, or the last one of the body that a ONCE asks. */
const pst_insn *pst_insn_test(const pst_program *program, const pst_insn *insn);

/** True if it compares that with a second one, insn->as.slot. */
bool pst_insn_reads_other(const pst_insn *insn);

/**
 * True if running `program` from its entries stays inside its code, its slots and
 * their types, ends, and never reads a slot that may be unknown or missing. The
 * compiler's promise: checked after every compile. That literal arguments keep their
 * function's own rules is not proven here: the function's check has seen them.
 *
 * @param marks scratch memory, one byte an instruction
 */
bool pst_program_verify(const pst_program *program, uint8_t *marks);

/** Answers of a run. */
typedef enum pst_answer { PST_NO = 0, PST_YES = 1, PST_FAULTED = 2 } pst_answer;

/**
 * Runs rule `rule` (an index of entries). The request is sealed and has room for the
 * program's derived slots (pst_program_prepare()).
 *
 * @param fault receives the reason of PST_FAULTED; untouched otherwise
 */
pst_answer pst_program_run(const pst_program *program, size_t rule,
                           postern_request *request, postern_status *fault);

/**
 * Makes the request ready for runs of `program`: derived slots become unknown.
 *
 * @param lists one for each of program->lists, of its kind; borrowed for the runs
 */
static inline postern_status pst_program_prepare(const pst_program *program,
                                                 const postern_named_list *lists,
                                                 postern_request *request)
{
    request->lists = lists;
    request->program = program->number;
    if (request->run.used > 0) {
        pst_arena_reset(&request->run);
    }
    if (program->derived_count > PST_DERIVED_ROOM) {
        return pst_request_reserve(request, program->derived_count);
    }
    if (program->derived_count > 0) {
        memset(request->states + request->scheme->field_count, PST_SLOT_UNKNOWN,
               PST_DERIVED_ROOM);
    }
    return POSTERN_OK;
}

/**
 * Goes on with a run at instruction `pc`, up to which all parities are even.
 *
 * @param yes receives the answer; false when there is none
 * @return POSTERN_OK, or a fault
 */
postern_status pst_program_resume(const pst_program *program, const pst_insn *pc,
                                  postern_request *request, bool *yes);

/** The same, answering as pst_program_run(). */
pst_answer pst_program_go_on(const pst_program *program, const pst_insn *pc,
                             postern_request *request, postern_status *fault);

/** Runs the code at `start`, of a body; as pst_program_run(). */
pst_answer pst_program_run_at(const pst_program *program, uint32_t start,
                              postern_request *request, postern_status *fault);

/** True when the program reads `field`. */
bool pst_program_uses(const pst_program *program, size_t field);

/** What a walk of arrays asks for. */
typedef enum pst_quantifier { PST_ANY, PST_ALL } pst_quantifier;

/** Runs the body of `each` until an element decides; the arrays' slots are known. */
pst_answer pst_each_run(const pst_program *program, const pst_each *each,
                        pst_quantifier wanted, postern_request *request,
                        postern_status *fault);

/** The answers of the body of `each` for each place, as Booleans in the request's arena.
 *  @return POSTERN_OK, or a fault */
postern_status pst_each_collect(const pst_program *program, const pst_each *each,
                                postern_request *request, pst_array *out);

/** Computes `slot` if it is unknown; its state then says whether it has a value. */
postern_status pst_slot_ensure(const pst_program *program, postern_request *request,
                               uint32_t slot);

/** What searching for `pattern` costs. */
postern_regex_info pst_pattern_info(pst_pattern pattern);

/** The same for program->patterns[index]. @return false when there is none */
bool pst_program_pattern(const pst_program *program, size_t index,
                         postern_regex_info *out);

/** Writes instruction `index` as text; returns as snprintf. */
size_t pst_program_print(const pst_program *program, size_t index, char *buf,
                         size_t cap);

#endif
