/*
 * match/regex_states.c - a hash table over rows of bits.
 */
#include "match/regex_states.h"

#include <string.h>

static uint32_t hash_of(const uint64_t *set, uint32_t words, unsigned before)
{
    uint64_t hash = before;

    for (uint32_t i = 0; i < words; i++) {
        hash = (hash ^ set[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return (uint32_t)(hash ^ hash >> 32);
}

/* Where the number of a set is, or would be. */
static uint32_t *slot_of(const pst_regex_states *states, const uint64_t *set,
                         unsigned before)
{
    const uint32_t words = states->automaton->words;
    uint32_t slot = hash_of(set, words, before) & states->slot_mask;

    while (states->slots[slot] != 0) {
        const uint32_t state = states->slots[slot];
        if (states->befores[state] == before &&
            memcmp(pst_regex_states_set(states, state), set, words * sizeof *set) ==
                0) {
            break;
        }
        slot = (slot + 1) & states->slot_mask;
    }
    return &states->slots[slot];
}

static PST_COLD bool make_room(pst_regex_states *states, uint32_t cap)
{
    const uint32_t words = states->automaton->words;
    uint64_t *sets = pst_arena_array(states->arena, cap, words * sizeof *sets);
    uint8_t *befores = pst_arena_alloc(states->arena, cap);
    uint32_t slots = 16;

    while (slots < cap * 2) {
        slots *= 2;
    }
    states->slots = pst_arena_array(states->arena, slots, sizeof *states->slots);
    if (sets == NULL || befores == NULL || states->slots == NULL) {
        return false;
    }
    if (states->count > PST_REGEX_STATE_FIRST) {
        memcpy(sets, states->sets, (size_t)states->count * words * sizeof *sets);
        memcpy(befores, states->befores, states->count);
    }
    states->sets = sets;
    states->befores = befores;
    states->cap = cap;
    states->slot_mask = slots - 1;
    memset(states->slots, 0, slots * sizeof *states->slots);
    for (uint32_t i = PST_REGEX_STATE_FIRST; i < states->count; i++) {
        *slot_of(states, pst_regex_states_set(states, i), befores[i]) = i;
    }
    return true;
}

bool pst_regex_states_init(pst_regex_states *states, pst_arena *arena,
                           const pst_regex_automaton *automaton, uint32_t cap,
                           uint32_t limit)
{
    *states = (pst_regex_states){.automaton = automaton,
                                 .arena = arena,
                                 .count = PST_REGEX_STATE_FIRST,
                                 .limit = limit};
    return make_room(states, cap);
}

/* DEAD, FOUND, or PST_REGEX_NO_STATE for a set that needs a number. */
static uint32_t plain_number(const pst_regex_automaton *a, const uint64_t *set,
                             unsigned before)
{
    if (!pst_regex_meet(set, set, a->words)) {
        return PST_REGEX_DEAD;
    }
    return pst_regex_meet(set, a->finished[before], a->words) ? PST_REGEX_FOUND
                                                              : PST_REGEX_NO_STATE;
}

uint32_t pst_regex_states_number(pst_regex_states *states, const uint64_t *set,
                                 unsigned before)
{
    const uint32_t words = states->automaton->words;
    const uint32_t plain = plain_number(states->automaton, set, before);
    uint32_t *slot;

    if (plain != PST_REGEX_NO_STATE) {
        return plain;
    }
    slot = slot_of(states, set, before);
    if (*slot != 0) {
        return *slot;
    }
    if (states->count == states->limit) {
        return PST_REGEX_NO_STATE;
    }
    if (states->count == states->cap) {
        const uint32_t cap = states->cap * 2;
        if (!make_room(states, cap < states->limit ? cap : states->limit)) {
            return PST_REGEX_NO_STATE;
        }
        slot = slot_of(states, set, before);
    }
    memcpy(states->sets + (size_t)states->count * words, set, words * sizeof *set);
    states->befores[states->count] = (uint8_t)before;
    *slot = states->count;
    return states->count++;
}
