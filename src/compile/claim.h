/*
 * compile/claim.h - an expression after its names and types are known.
 *
 * What the emitter turns into code, and what a plain tree walk can evaluate. Lives
 * in the arena of the compilation; constants live in the arena of the program.
 */
#ifndef PST_COMPILE_CLAIM_H
#define PST_COMPILE_CLAIM_H

#include "syntax/tree.h"
#include "vm/program.h"

typedef enum pst_term_kind {
    PST_TERM_FIELD,
    PST_TERM_MAP_GET,
    PST_TERM_ARRAY_GET,
    PST_TERM_CALL
} pst_term_kind;

/** A value: a field, an element of one, or the result of a call. */
typedef struct pst_term {
    uint8_t kind;     /* pst_term_kind */
    uint8_t function; /* pst_function_id, of CALL */
    postern_type type;
    uint32_t field;        /* of FIELD */
    uint32_t index;        /* of ARRAY_GET */
    postern_str key;       /* of MAP_GET; lives with the program */
    struct pst_term *base; /* of MAP_GET and ARRAY_GET */
    struct pst_term *arguments[PST_PARAMETERS_MAX];
    pst_span span;
} pst_term;

typedef enum pst_claim_kind {
    PST_CLAIM_CONSTANT, /* `test.op` unused; true unless inverted */
    PST_CLAIM_TEST,
    PST_CLAIM_AND,
    PST_CLAIM_OR,
    PST_CLAIM_XOR,
    PST_CLAIM_NOT
} pst_claim_kind;

/** Something that is true or false of a request. */
typedef struct pst_claim {
    uint8_t kind; /* pst_claim_kind */
    /* TEST: true when the slot has a value and the test fails (`ne`).
     * CONSTANT: it is false. */
    bool inverted;
    pst_insn test; /* TEST: op, relation and operand; slots are not yet known */
    pst_term *left;
    pst_term *right;         /* of the COMPARE instructions; otherwise NULL */
    struct pst_claim *first; /* child */
    struct pst_claim *next;  /* sibling */
} pst_claim;

/** What compiling needs to know and where it puts things. */
typedef struct pst_compilation {
    const postern_scheme *scheme;
    pst_complaints complaints;
    pst_arena *scratch;   /* trees; given back when the compilation ends */
    pst_arena *constants; /* strings and sets; lives with the program */
    bool strict_cloudflare;
} pst_compilation;

/**
 * Resolves names, checks types and reads literals.
 *
 * @param out receives the claim; meaningful only when no error was told
 * @return POSTERN_OK, or a failure of an arena. Errors in the text are in
 *         compilation->complaints.
 */
postern_status pst_check(pst_compilation *compilation, const pst_node *tree,
                         pst_claim **out);

#endif
