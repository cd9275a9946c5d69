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
#include "match/int_set.h"
#include "match/ip_set.h"
#include "match/string_set.h"
#include "model/request.h"

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

/** Ways on that end the run. Lower values are distances forward, at least 1. */
#define PST_RETURN_FALSE 0xfffffffeU
#define PST_RETURN_TRUE 0xffffffffU

/** Parity bits a run has, for `xor`. */
enum { PST_PARITY_BITS = 128 };

typedef struct pst_insn {
    uint8_t op;       /* pst_opcode */
    uint8_t relation; /* pst_relation, for COMPARE and ORDER */
    uint16_t bit;     /* for FLIP and PARITY */
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
        uint32_t slot;
    } as;
} pst_insn;

typedef enum pst_derived_kind {
    PST_DERIVED_MAP_GET,   /* base[key] of a map */
    PST_DERIVED_ARRAY_GET, /* base[index] of an array */
    PST_DERIVED_HEADER,    /* http.request.headers[key][index] */
    PST_DERIVED_CALL
} pst_derived_kind;

/** How a derived slot is computed. Slots it reads come before it. */
typedef struct pst_derived {
    uint8_t kind;     /* pst_derived_kind */
    uint8_t function; /* pst_function_id, for CALL */
    postern_type type;
    uint32_t hash; /* pst_hash_folded(key), for HEADER */
    uint32_t index;
    postern_str key;
    uint32_t slots[PST_PARAMETERS_MAX]; /* base, or the arguments of CALL */
} pst_derived;

typedef struct pst_program {
    const postern_scheme *scheme;
    const pst_insn *code;
    size_t length;           /* instructions */
    const uint32_t *entries; /* where each rule starts */
    size_t entry_count;
    const pst_derived *derived;
    size_t derived_count;
} pst_program;

/** The type of `slot`, or 0 when the program has no such slot. */
postern_type pst_program_slot_type(const pst_program *program, uint32_t slot);

/** True if `insn` reads insn->slot, as opcodes.def has it. */
bool pst_insn_reads_slot(const pst_insn *insn);

/**
 * True if running `program` from its entries stays inside its code, its slots and
 * their types, ends, and never reads a slot that may be unknown or missing. The
 * compiler's promise: checked after every compile.
 *
 * @param targets scratch memory, one byte an instruction
 */
bool pst_program_verify(const pst_program *program, uint8_t *targets);

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

/** Makes the request ready for runs of `program`: derived slots become unknown. */
postern_status pst_program_prepare(const pst_program *program,
                                   postern_request *request);

/** Computes `slot` if it is unknown; its state then says whether it has a value. */
postern_status pst_slot_ensure(const pst_program *program, postern_request *request,
                               uint32_t slot);

/** Writes instruction `index` as text; returns as snprintf. */
size_t pst_program_print(const pst_program *program, size_t index, char *buf,
                         size_t cap);

#endif
