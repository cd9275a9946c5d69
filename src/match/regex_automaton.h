/*
 * match/regex_automaton.h - a pattern as sets of positions (Glushkov's construction).
 *
 * A position is a SET of the program; position 0 is the place before the first byte. The
 * automaton's state is the set of positions whose byte was eaten last, a row of bits, and
 * a step takes it over one byte of text. Which positions follow which depends on what the
 * place between two bytes borders on, so there is a table of followers, a `turn`, for
 * each pair of borders that the pattern can tell apart. A search that may start anywhere
 * keeps position 0 in its set for ever.
 *
 * All three ways to search are made of this: regex_bits.c steps through the text,
 * regex_lazy.c and regex_table.c give numbers to the sets they meet.
 */
#ifndef PST_MATCH_REGEX_AUTOMATON_H
#define PST_MATCH_REGEX_AUTOMATON_H

#include "match/regex_program.h"

/** The most 64-bit words a set of positions has. */
enum { PST_REGEX_WORDS_MAX = 128 };

/** Positions that have the same followers. */
typedef struct pst_regex_group {
    const uint64_t *members; /* sets of positions */
    const uint64_t *follow;
} pst_regex_group;

/** What follows what between two borders. */
typedef struct pst_regex_turn {
    const uint64_t *accept;        /* positions a match may end at */
    const uint64_t *chained;       /* positions followed by the next one */
    const uint64_t *looped;        /* positions followed by themselves */
    const pst_regex_group *groups; /* all other followers */
    uint32_t group_count;
} pst_regex_turn;

typedef struct pst_regex_automaton {
    uint32_t positions; /* with position 0 */
    uint32_t words;     /* of a set */
    uint32_t classes;   /* of bytes that no position tells apart */
    uint32_t steps;     /* operations a byte costs, at most */
    uint8_t class_of[256];
    uint8_t border_of[256]; /* of a class: pst_regex_border, as far as it matters */
    uint8_t edge;           /* the border of the edge, as far as it matters */
    bool borders[PST_REGEX_BORDER_COUNT]; /* which of them matter */
    const uint64_t *masks; /* of a class: positions that eat it; `words` each */
    /* Positions where a match ends whatever comes behind, by the border of their byte. */
    const uint64_t *finished[PST_REGEX_BORDER_COUNT];
    pst_regex_turn turns[PST_REGEX_BORDER_COUNT][PST_REGEX_BORDER_COUNT];
    bool anchored; /* a match starts where the text does */
} pst_regex_automaton;

/**
 * @param arena   where the automaton goes
 * @param scratch for the time of the call
 * @return POSTERN_OK; POSTERN_LIMIT for more positions or followers than there is room
 *         for; or the failure of an arena
 */
PST_COLD postern_status pst_regex_automaton_build(pst_arena *arena, pst_arena *scratch,
                                                  const pst_regex_program *program,
                                                  pst_regex_automaton *out);

/** The turn of the place between a byte of border `before` and one of class `class`. */
static inline const pst_regex_turn *pst_regex_turn_at(const pst_regex_automaton *a,
                                                      unsigned before, unsigned class_)
{
    return &a->turns[before][a->border_of[class_]];
}

/** Whether two sets have a position in common. */
bool pst_regex_meet(const uint64_t *a, const uint64_t *b, uint32_t words);

/** `out` becomes the positions that follow those of `set`, before it is known which byte
 *  they eat. The two sets do not overlap. */
void pst_regex_follow(const pst_regex_turn *turn, const uint64_t *set, uint32_t words,
                      uint64_t *out);

/** A search on its way through a text. */
typedef struct pst_regex_walk {
    size_t at;       /* bytes read */
    unsigned before; /* the border of the last one, as far as it matters */
    uint64_t set[PST_REGEX_WORDS_MAX];
} pst_regex_walk;

typedef enum pst_regex_outcome {
    PST_REGEX_NO_MATCH,
    PST_REGEX_MATCHED,
    PST_REGEX_GOES_ON
} pst_regex_outcome;

/** Puts `walk` before the byte number `at` of `text`: nothing has begun there. Backward
 *  walks start at 0. */
void pst_regex_walk_start(const pst_regex_automaton *automaton, postern_str text,
                          size_t at, pst_regex_walk *walk);

/** Reads up to `bytes` bytes more of `text`, from its end if `backward`. */
pst_regex_outcome pst_regex_walk_on(const pst_regex_automaton *automaton,
                                    postern_str text, bool backward, size_t bytes,
                                    pst_regex_walk *walk);

/** Whether `automaton` matches in `text` behind `at`, step by step. */
bool pst_regex_bits_match(const pst_regex_automaton *automaton, postern_str text,
                          size_t at, bool backward);

#endif
