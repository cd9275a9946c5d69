/*
 * match/regex_states.h - the sets of positions met so far, each with a number: what a
 * DFA is made of, be it all of it ahead of time or what one text needs.
 */
#ifndef PST_MATCH_REGEX_STATES_H
#define PST_MATCH_REGEX_STATES_H

#include "match/regex_automaton.h"

/** Numbers that are no sets. */
enum {
    PST_REGEX_DEAD = 0,  /* no match from here on */
    PST_REGEX_FOUND = 1, /* a match, whatever comes */
    PST_REGEX_STATE_FIRST = 2
};

/** No room for a further state. */
#define PST_REGEX_NO_STATE UINT32_MAX

typedef struct pst_regex_states {
    const pst_regex_automaton *automaton;
    pst_arena *arena; /* to grow in; NULL: all the room there is has been given */
    uint64_t *sets;   /* of state i: `words` words from i * words on */
    uint8_t *befores; /* of state i: the border of the byte that led to it */
    uint32_t *slots;  /* hash table of numbers; 0: free */
    uint32_t count;   /* the next number */
    uint32_t cap;
    uint32_t slot_mask; /* slots - 1; there are twice as many as `cap`, or more */
    uint32_t limit;     /* numbers there may be */
} pst_regex_states;

/** Prepares an empty table in `arena`, where it grows. @return false as the arena */
PST_COLD bool pst_regex_states_init(pst_regex_states *states, pst_arena *arena,
                                    const pst_regex_automaton *automaton, uint32_t cap,
                                    uint32_t limit);

/** The number of a set behind a byte of border `before`: also DEAD and FOUND. A new one
 *  is added. PST_REGEX_NO_STATE when the limit is reached or the arena failed. */
uint32_t pst_regex_states_number(pst_regex_states *states, const uint64_t *set,
                                 unsigned before);

static inline const uint64_t *pst_regex_states_set(const pst_regex_states *states,
                                                   uint32_t state)
{
    return states->sets + (size_t)state * states->automaton->words;
}

#endif
