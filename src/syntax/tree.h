/*
 * syntax/tree.h - an expression as it was written, before anybody knows what its
 * names mean.
 *
 * Nodes live in the arena of the compilation and borrow the expression. Children
 * are a list, so that a chain of a thousand `or` is one node deep; depth is bounded
 * by the nesting limit.
 */
#ifndef PST_SYNTAX_TREE_H
#define PST_SYNTAX_TREE_H

#include "support/arena.h"
#include "syntax/complaint.h"

typedef enum pst_node_kind {
    PST_NODE_BROKEN, /* an error was told; stands where something should be */
    /* claims */
    PST_NODE_TRUE,
    PST_NODE_FALSE,
    PST_NODE_AND, /* two or more children */
    PST_NODE_OR,
    PST_NODE_XOR,
    PST_NODE_NOT,     /* one child */
    PST_NODE_COMPARE, /* left, right; `relation` */
    PST_NODE_BARE,    /* a value on its own; one child */
    /* values */
    PST_NODE_NAME,  /* a field; `text` */
    PST_NODE_CALL,  /* `text` is the function, `any` and `all` too; children are the
                       arguments: values, literals, or claims (NOT, COMPARE; AND, OR, XOR,
                       BARE, TRUE and FALSE, which were written in parentheses of
                       their own or begin with such a claim) */
    PST_NODE_INDEX, /* value, then TEXT, NUMBER or STAR */
    /* literals */
    PST_NODE_TEXT,   /* a string; `text` is decoded */
    PST_NODE_NUMBER, /* number, address, block, range or hex bytes; `text` as written */
    PST_NODE_STAR,
    PST_NODE_SET, /* children are TEXT and NUMBER */
    PST_NODE_LIST /* `text` is the name without the dollar */
} pst_node_kind;

typedef enum pst_comparison {
    PST_COMPARE_EQ,
    PST_COMPARE_NE,
    PST_COMPARE_LT,
    PST_COMPARE_LE,
    PST_COMPARE_GT,
    PST_COMPARE_GE,
    PST_COMPARE_IN,              /* right: SET or LIST */
    PST_COMPARE_CONTAINS,        /* right, here and below: TEXT, NUMBER (hex bytes) */
    PST_COMPARE_WILDCARD,        /* right: TEXT; folds ASCII case */
    PST_COMPARE_STRICT_WILDCARD, /* right: TEXT */
    PST_COMPARE_MATCHES,         /* right: TEXT, read by the pattern rule: only \" is
                                    unescaped, and a " inside [ ] does not end it */
    PST_COMPARE_BITWISE_AND      /* right: NUMBER */
} pst_comparison;

typedef struct pst_node {
    uint8_t kind;     /* pst_node_kind */
    uint8_t relation; /* pst_comparison, of COMPARE */
    bool raw;         /* TEXT was written as a raw string */
    bool pattern;     /* TEXT was read by the pattern rule */
    pst_span span;    /* of COMPARE: of the operator */
    postern_str text;
    struct pst_node *first; /* child */
    struct pst_node *next;  /* sibling */
} pst_node;

/**
 * Parses complaints->expression.
 *
 * @param nesting how deep parentheses, `not` and calls may go
 * @param out     receives the tree, also when errors were told: broken pieces are
 *                BROKEN nodes
 * @return POSTERN_OK; POSTERN_NO_MEMORY or POSTERN_LIMIT of the arena. Errors in the
 *         text are in `complaints`.
 */
postern_status pst_parse(pst_arena *arena, pst_complaints *complaints, uint32_t nesting,
                         pst_node **out);

/** The same for a value expression: one NAME, CALL or INDEX. */
postern_status pst_parse_value(pst_arena *arena, pst_complaints *complaints,
                               uint32_t nesting, pst_node **out);

#endif
