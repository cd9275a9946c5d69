/*
 * match/regex.h - regular expressions that cannot be used as a weapon.
 *
 * Every search takes time linear in the text, whatever pattern and bytes are: at most
 * `steps_per_byte`, known when the pattern is compiled and refused beyond a limit. A
 * compiled pattern is immutable and lives in an arena; threads may share it. What a
 * search needs to remember lives in the caller's pst_regex_memory.
 *
 * The way of a pattern: regex_parse.c makes a tree, regex_program.c instructions,
 * regex_automaton.c sets of positions, regex_table.c a table if it is small enough. A
 * search runs the table (regex_scan.c), or builds the part it meets as it goes
 * (regex_lazy.c), or carries the set of positions itself (regex_bits.c). Where the groups
 * are is asked of the instructions (regex_capture.c). Knows bytes only.
 */
#ifndef PST_MATCH_REGEX_H
#define PST_MATCH_REGEX_H

#include "support/arena.h"
#include "support/attribute.h"

/** All of them upper bounds; none is 0. */
typedef struct pst_regex_limits {
    uint32_t pattern_bytes;
    uint32_t nesting;        /* groups, classes and operators in each other */
    uint32_t compiled_bytes; /* instructions of PST_REGEX_INSN_BYTES */
    uint32_t steps;          /* for a byte of text */
} pst_regex_limits;

typedef struct pst_regex_problem {
    postern_status status; /* SYNTAX, UNSUPPORTED or LIMIT */
    size_t offset;         /* into the pattern, as it is after unquoting */
    size_t length;
    char message[160]; /* without a full stop */
    const char *hint;  /* or NULL */
} pst_regex_problem;

typedef struct pst_regex pst_regex;

/** What is asked of a pattern. */
typedef enum pst_regex_use {
    PST_REGEX_MATCH,  /* whether it matches: pst_regex_match() */
    PST_REGEX_CAPTURE /* and where it does, with its groups: pst_regex_find() too */
} pst_regex_use;

/**
 * Compiles `pattern`; the dialect is in match/regex_tree.h.
 *
 * @param arena   where the result goes
 * @param scratch memory for the time of the call; may be reset afterwards
 * @param problem receives what is wrong with the pattern; its status is POSTERN_OK when
 *                nothing is
 * @return POSTERN_OK; problem->status; or the failure of an arena, and then
 *         problem->status is POSTERN_OK
 */
PST_COLD postern_status pst_regex_compile(pst_arena *arena, pst_arena *scratch,
                                          postern_str pattern, pst_regex_use use,
                                          const pst_regex_limits *limits,
                                          const pst_regex **out,
                                          pst_regex_problem *problem);

struct pst_regex_cache;
struct pst_regex_room;

/** What searches on behalf of one request remember; belongs to the request. All zero
 *  after the arena was reset. */
typedef struct pst_regex_memory {
    pst_arena *arena; /* NULL: searches do without; half of its limit is left alone */
    uint64_t program; /* whose patterns are searched for: a number that no other program
                         has, not even one that stands where this one stood */
    struct pst_regex_cache *caches;
    bool full;                   /* no more room was given, and none is asked for */
    struct pst_regex_room *room; /* of pst_regex_find() */
} pst_regex_memory;

/** Whether `regex` matches somewhere in `text`. Never fails. Cost: linear in text.len,
 *  see pst_regex_describe(). `memory` may be NULL. */
bool pst_regex_match(const pst_regex *regex, postern_str text,
                     pst_regex_memory *memory);

/** True if a search is faster with a memory; without one it may be given NULL. */
PST_COLD bool pst_regex_remembers(const pst_regex *regex);

/** A group that took no part. */
#define PST_REGEX_NOWHERE SIZE_MAX

/**
 * Finds the leftmost match, the one a backtracking search would meet first.
 *
 * @param regex  compiled with PST_REGEX_CAPTURE
 * @param memory with an arena
 * @param groups how many groups to tell, counting the whole match: 1 to
 *               pst_regex_groups() + 1
 * @param places receives start and end of each group, in pairs; undefined unless found
 * @return POSTERN_OK with *found; POSTERN_LIMIT for a text of 4 GiB; or the failure of
 *         the arena
 */
postern_status pst_regex_find(const pst_regex *regex, postern_str text,
                              pst_regex_memory *memory, size_t groups, size_t *places,
                              bool *found);

/** How many groups capture, of a pattern compiled with PST_REGEX_CAPTURE. */
uint32_t pst_regex_groups(const pst_regex *regex);

typedef enum pst_regex_engine {
    PST_REGEX_TABLE, /* a DFA made ahead of time */
    PST_REGEX_LAZY,  /* a DFA made as texts need it, as far as it pays */
    PST_REGEX_BITS   /* the set of all positions in a few words */
} pst_regex_engine;

/** What a search costs. */
typedef struct pst_regex_description {
    pst_regex_engine engine;
    uint32_t states;         /* of TABLE; otherwise 0 */
    uint32_t positions;      /* of LAZY and BITS; otherwise 0 */
    uint32_t steps_per_byte; /* the most table look-ups or operations on 64 bits */
    size_t bytes;            /* of memory */
    bool backward;           /* from the end of the text */
    postern_str required;    /* a text without these bytes is not searched; or empty */
} pst_regex_description;

PST_COLD void pst_regex_describe(const pst_regex *regex, pst_regex_description *out);

#endif
