/*
 * match/regex_tree.h - a regular expression as a tree, and the parser that makes it.
 *
 * The dialect is that of Rust's regex crate with Unicode off: bytes, not characters.
 * `(?i)`, \d, \w, \s and \b know ASCII, `.` is any byte but a newline, and a character
 * beyond ASCII stands for the bytes of its UTF-8. What that dialect has and this one has
 * not is refused by name: `(?u)`, `(?R)`, \p. Nothing here recurses: a pattern nests as
 * deep as its limit says, whatever the stack is.
 */
#ifndef PST_MATCH_REGEX_TREE_H
#define PST_MATCH_REGEX_TREE_H

#include "match/regex.h"

/** Bytes: bit b % 64 of words[b / 64] stands for byte b. */
typedef struct pst_byte_set {
    uint64_t words[4];
} pst_byte_set;

static inline bool pst_byte_set_has(const pst_byte_set *set, unsigned byte)
{
    return (set->words[byte / 64] >> (byte % 64) & 1) != 0;
}

static inline void pst_byte_set_add(pst_byte_set *set, unsigned first, unsigned last)
{
    for (unsigned byte = first; byte <= last; byte++) {
        set->words[byte / 64] |= UINT64_C(1) << (byte % 64);
    }
}

typedef enum pst_regex_kind {
    PST_REGEX_EMPTY,     /* nothing, which is everywhere */
    PST_REGEX_SET,       /* one byte of `set`; an empty set is nowhere */
    PST_REGEX_ASSERT,    /* nothing, where `assertion` holds */
    PST_REGEX_CONCAT,    /* the children, one behind the other; two or more */
    PST_REGEX_ALTERNATE, /* one of the children, the first ones preferred; two or more */
    PST_REGEX_REPEAT,    /* the child, `least` to `most` times; once if hollow */
    PST_REGEX_GROUP      /* the child, whose place is kept as `group` */
} pst_regex_kind;

/** What may be asked about the place between two bytes. Reading backwards, each is its
 *  mirror image: the other of its pair, or itself. */
typedef enum pst_regex_assertion {
    PST_REGEX_TEXT_START = 0,      /* \A, and ^ without (?m) */
    PST_REGEX_TEXT_END = 1,        /* \z, and $ without (?m) */
    PST_REGEX_LINE_START = 2,      /* ^ with (?m): the start, or behind \n */
    PST_REGEX_LINE_END = 3,        /* $ with (?m): the end, or before \n */
    PST_REGEX_WORD_START = 4,      /* \b{start}, \<: no word byte before, one behind */
    PST_REGEX_WORD_END = 5,        /* \b{end}, \> */
    PST_REGEX_WORD_START_HALF = 6, /* \b{start-half}: no word byte before */
    PST_REGEX_WORD_END_HALF = 7,   /* \b{end-half}: no word byte behind */
    PST_REGEX_WORD_EDGE = 8,       /* \b; its own mirror image */
    PST_REGEX_WORD_INSIDE = 9,     /* \B; its own mirror image */
} pst_regex_assertion;

/** `most` of a repeat without an end. */
#define PST_REGEX_FOREVER UINT32_MAX

typedef struct pst_regex_node {
    uint8_t kind;      /* pst_regex_kind */
    uint8_t assertion; /* pst_regex_assertion, of ASSERT */
    bool lazy;         /* REPEAT: rather fewer than more */
    bool nullable;     /* may match no byte at all (some assertion may still object) */
    bool hollow;       /* never matches any byte */
    uint16_t height;   /* levels below, as the limit of nesting counts them */
    union {
        uint32_t group;  /* of GROUP: 1 is the first */
        uint32_t number; /* of SET: of its set in the tree's, plus 1; 0: none yet */
    };
    uint32_t least;   /* of REPEAT */
    uint32_t most;    /* of REPEAT; at least `least` */
    uint64_t size;    /* instructions, saturating; see PST_REGEX_INSN_BYTES */
    pst_byte_set set; /* of SET */
    struct pst_regex_node *first; /* child */
    struct pst_regex_node *last;  /* child */
    struct pst_regex_node *prev;  /* sibling */
    struct pst_regex_node *next;  /* sibling */
} pst_regex_node;

/** What an instruction counts against the limit of a compiled pattern. Sizes are those
 *  of the pattern as it is written, with or without captures: a set and an assertion are
 *  one instruction, a group two, n alternatives n - 1, a repeat its child as often as
 *  `most` (or `least`, but at least once, without an end) and one for each time that is
 *  not a must. No part of a pattern may pass the limit, not even one repeated {0} times.
 *  A node has the size and the height of what it was made from: a SET has those of the
 *  alternatives it stands for, a child those of a group that left no node. */
enum { PST_REGEX_INSN_BYTES = 16 };

typedef struct pst_regex_tree {
    pst_regex_node *root;
    uint32_t groups;          /* that capture */
    uint32_t nodes;           /* at least as many as there are */
    const pst_byte_set *sets; /* each once; made with the first program */
    uint32_t set_count;
    bool starts; /* every match starts where the text does: told by pst_regex_trim(), */
    bool ends;   /* and so is that it ends there; neither tells of all that do */
} pst_regex_tree;

/**
 * Parses `pattern`.
 *
 * @param arena    where the tree goes; linear in the pattern
 * @param captures keep GROUP nodes; without them only `groups` counts them, and
 *                 alternatives of single bytes become one SET
 * @return POSTERN_OK; problem->status (SYNTAX, UNSUPPORTED or LIMIT); or the arena's
 *         failure, and then problem->status is POSTERN_OK
 */
PST_COLD postern_status pst_regex_parse(pst_arena *arena, postern_str pattern,
                                        bool captures, const pst_regex_limits *limits,
                                        pst_regex_tree *out,
                                        pst_regex_problem *problem);

#endif
