/*
 * match/regex_program.h - a pattern as instructions of a Thompson machine.
 *
 * One thread of the machine stands at one instruction. SET eats a byte; everything else
 * is done between two bytes. A SPLIT prefers `next` to `other`. Built from a tree, from
 * left to right or, to read a text backwards, from right to left.
 */
#ifndef PST_MATCH_REGEX_PROGRAM_H
#define PST_MATCH_REGEX_PROGRAM_H

#include "match/regex_tree.h"

typedef enum pst_regex_op {
    PST_REGEX_OP_MATCH,
    PST_REGEX_OP_SET,    /* a byte of sets[other], then `next` */
    PST_REGEX_OP_SPLIT,  /* `next`; if that leads nowhere, `other` */
    PST_REGEX_OP_SAVE,   /* keep the place as number `other`, then `next` */
    PST_REGEX_OP_ASSERT, /* `next` where the assertion `other` holds */
} pst_regex_op;

typedef struct pst_regex_insn {
    uint32_t op; /* pst_regex_op */
    uint32_t next;
    uint32_t other;
} pst_regex_insn;

typedef struct pst_regex_program {
    const pst_regex_insn *code;
    uint32_t length;
    uint32_t start;           /* the first instruction */
    const pst_byte_set *sets; /* each one once */
    uint32_t set_count;
    uint32_t groups;
    bool anchored; /* every match starts where the text does (or, backwards, ends) */
} pst_regex_program;

/**
 * @param arena    where the program goes, and the sets of the tree
 * @param scratch  may be the same
 * @param tree     its sets are numbered by the first program that is made of it
 * @param backward against the direction of the text; GROUPs are not kept then
 * @param limit    instructions there may be
 * @return POSTERN_OK; POSTERN_LIMIT, found before any is written, and then in either
 *         direction; or the failure of an arena. After a failure the tree is spent.
 */
PST_COLD postern_status pst_regex_program_build(pst_arena *arena, pst_arena *scratch,
                                                pst_regex_tree *tree, bool backward,
                                                uint32_t limit, pst_regex_program *out);

/** Instructions that a program may have of which an automaton is made: room for the
 *  positions there may be, and what stands between them. */
enum { PST_REGEX_PROGRAM_MAX = 64 * 1024 };

/** What a place between two bytes borders on. The edge of a text is neither a word nor a
 *  newline; reading backwards, `before` is what was read last. */
typedef enum pst_regex_border {
    PST_REGEX_OTHER,
    PST_REGEX_WORD, /* [0-9A-Za-z_] */
    PST_REGEX_NEWLINE,
    PST_REGEX_EDGE,
    PST_REGEX_BORDER_COUNT
} pst_regex_border;

pst_regex_border pst_regex_border_of(unsigned char byte);

/** True where `assertion` holds. */
bool pst_regex_holds(pst_regex_assertion assertion, pst_regex_border before,
                     pst_regex_border behind);

#endif
