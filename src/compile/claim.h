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

#include <postern/filter.h>

struct pst_claim;
struct pst_regexes;

typedef enum pst_term_kind {
    PST_TERM_FIELD,
    PST_TERM_MAP_GET,   /* base["key"] */
    PST_TERM_ARRAY_GET, /* base[index] */
    PST_TERM_EACH,      /* base[*] */
    PST_TERM_CALL,
    PST_TERM_LITERAL, /* an argument as written */
    PST_TERM_CLAIM,   /* an argument that is true or false */
    PST_TERM_CLAIMS   /* the same for each element: an array of Booleans */
} pst_term_kind;

/**
 * A value: a field, an element of one, the result of a call. Behind a [*] it is
 * `mapped`: it stands for each element in turn, `type` is the type of one of them, and
 * elements that have no value are left out.
 */
typedef struct pst_term {
    uint8_t kind; /* pst_term_kind */
    bool mapped;
    uint8_t function; /* pst_function_id, of CALL */
    uint8_t count;    /* of arguments */
    postern_type type;
    uint32_t field;        /* of FIELD */
    uint32_t index;        /* of ARRAY_GET */
    uint32_t slot;         /* the emitter's; of a mapped term: of the array of all */
    postern_str key;       /* of MAP_GET; lives with the program */
    struct pst_term *base; /* of MAP_GET, ARRAY_GET and EACH */
    struct pst_term **arguments;
    const void *prepared;    /* of CALL: what the function made of its literals */
    pst_value value;         /* of LITERAL; lives with the program */
    const pst_regex *regex;  /* of LITERAL that a REGEX is asked for */
    struct pst_claim *claim; /* of CLAIM and CLAIMS */
    pst_span span;
} pst_term;

typedef enum pst_claim_kind {
    PST_CLAIM_CONSTANT, /* `test.op` unused; true unless inverted */
    PST_CLAIM_TEST,
    PST_CLAIM_AND,
    PST_CLAIM_OR,
    PST_CLAIM_XOR,
    PST_CLAIM_NOT,
    PST_CLAIM_ANY, /* one child, which is said of each element */
    PST_CLAIM_ALL
} pst_claim_kind;

/**
 * Something that is true or false of a request, or of each element of some arrays:
 * then the arrays are walked side by side up to the end of the shortest.
 */
typedef struct pst_claim {
    uint8_t kind; /* pst_claim_kind */
    /* TEST: true when the slot has a value and the test fails (`ne`).
     * CONSTANT: it is false. */
    bool inverted;
    bool each;     /* said of each element; AND, OR, XOR, NOT: so are the children */
    bool direct;   /* TEST, each: an array of Booleans as it is, without [*] */
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
    const postern_compile_options *options; /* never NULL */
    struct pst_regexes *regexes;            /* of the whole program */
    size_t regex_count;                     /* in this expression */
    uint32_t rewrites[PST_FUNCTION_COUNT];  /* calls of each that may be called once */
    uint32_t rewriting; /* such calls around what is being checked */
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

/** The same for a value expression. */
postern_status pst_check_value(pst_compilation *compilation, const pst_node *tree,
                               pst_term **out);

#endif
