/*
 * match/regex_lazy.c - states are made when a text first leads to them and kept for the
 * rest of the request. There is room for a fixed count; when it is used up the search goes
 * on step by step, and looks now and then whether it is back in a state that is known. So
 * a byte never costs much more than a step, whatever the text does to the states.
 */
#include "match/regex_lazy.h"

#include <string.h>

enum {
    CACHE_BYTES = 64 * 1024,
    WORTH = 4096,  /* steps a text must cost before states are made for it */
    STRIDE_ON = 64 /* bytes step by step before the next look at the known states */
};

/** The states one pattern has met. */
typedef struct pst_regex_cache {
    struct pst_regex_cache *next;
    uint64_t program; /* of these two nothing is read, they may be gone */
    const pst_regex *owner;
    pst_regex_states states;
    uint32_t *cells; /* numbers of states; PST_REGEX_NO_STATE: not known yet */
    uint32_t stride; /* cells of a state: one for each class */
} pst_regex_cache;

static PST_COLD pst_regex_cache *new_cache(const pst_regex_automaton *a,
                                           const pst_regex *owner,
                                           pst_regex_memory *memory)
{
    const uint32_t bytes = (a->classes + 3) * 4 + a->words * 8;
    const uint32_t count = CACHE_BYTES / bytes;
    pst_regex_cache *cache;

    memory->full = true; /* until there is a cache */
    if (memory->arena->used + 2 * (size_t)CACHE_BYTES > memory->arena->limit / 2) {
        return NULL;
    }
    cache = pst_arena_alloc(memory->arena, sizeof *cache);
    if (cache == NULL ||
        !pst_regex_states_init(&cache->states, memory->arena, a, count, count)) {
        return NULL;
    }
    cache->stride = a->classes;
    cache->cells =
        pst_arena_array(memory->arena, (size_t)count * cache->stride, sizeof(uint32_t));
    if (cache->cells == NULL) {
        return NULL;
    }
    memset(cache->cells, 0xff, (size_t)count * cache->stride * sizeof(uint32_t));
    cache->program = memory->program;
    cache->owner = owner;
    cache->next = memory->caches;
    memory->caches = cache;
    memory->full = false;
    return cache;
}

static pst_regex_cache *cache_of(const pst_regex_automaton *a, const pst_regex *owner,
                                 postern_str text, pst_regex_memory *memory)
{
    pst_regex_cache *cache;

    if (memory == NULL || memory->arena == NULL) {
        return NULL;
    }
    for (cache = memory->caches; cache != NULL; cache = cache->next) {
        if (cache->program == memory->program && cache->owner == owner) {
            return cache;
        }
    }
    return memory->full || text.len < WORTH / a->steps ? NULL
                                                       : new_cache(a, owner, memory);
}

/* Puts the walk where `state` is. */
static void leave_for(const pst_regex_cache *cache, uint32_t state,
                      pst_regex_walk *walk)
{
    const uint32_t words = cache->states.automaton->words;

    memcpy(walk->set, pst_regex_states_set(&cache->states, state),
           words * sizeof walk->set[0]);
    walk->before = cache->states.befores[state];
}

/* The state behind `state` on a byte of `class_`, made if need be; PST_REGEX_NO_STATE
 * when there is no room for it, and then the walk stands at `state`. */
static uint32_t make_cell(pst_regex_cache *cache, uint32_t state, unsigned class_,
                          pst_regex_walk *walk)
{
    const pst_regex_automaton *a = cache->states.automaton;
    const uint64_t *set = pst_regex_states_set(&cache->states, state);
    const uint64_t *mask = a->masks + (size_t)class_ * a->words;
    const pst_regex_turn *turn =
        pst_regex_turn_at(a, cache->states.befores[state], class_);
    uint32_t number = PST_REGEX_FOUND;

    if (!pst_regex_meet(set, turn->accept, a->words)) {
        pst_regex_follow(turn, set, a->words, walk->set);
        for (uint32_t i = 0; i < a->words; i++) {
            walk->set[i] &= mask[i];
        }
        number =
            pst_regex_states_number(&cache->states, walk->set, a->border_of[class_]);
    }
    if (number == PST_REGEX_NO_STATE) {
        leave_for(cache, state, walk);
        return number;
    }
    cache->cells[(size_t)state * cache->stride + class_] = number;
    return number;
}

/* Reads on from `state` as long as states are known or can be made. */
static pst_regex_outcome read_states(pst_regex_cache *cache, postern_str text,
                                     bool backward, uint32_t state,
                                     pst_regex_walk *walk)
{
    const pst_regex_automaton *a = cache->states.automaton;

    while (state >= PST_REGEX_STATE_FIRST && walk->at < text.len) {
        const size_t place = backward ? text.len - 1 - walk->at : walk->at;
        const unsigned class_ = a->class_of[(unsigned char)text.data[place]];
        uint32_t next = cache->cells[(size_t)state * cache->stride + class_];
        if (next == PST_REGEX_NO_STATE) {
            next = make_cell(cache, state, class_, walk);
        }
        if (next == PST_REGEX_NO_STATE) {
            return PST_REGEX_GOES_ON;
        }
        state = next;
        walk->at++;
    }
    if (state < PST_REGEX_STATE_FIRST) {
        return state == PST_REGEX_FOUND ? PST_REGEX_MATCHED : PST_REGEX_NO_MATCH;
    }
    leave_for(cache, state, walk);
    return pst_regex_walk_on(a, text, backward, 0, walk);
}

bool pst_regex_lazy_match(const pst_regex_automaton *automaton, const pst_regex *owner,
                          postern_str text, size_t at, bool backward,
                          pst_regex_memory *memory)
{
    pst_regex_cache *cache = cache_of(automaton, owner, text, memory);
    pst_regex_outcome outcome = PST_REGEX_GOES_ON;
    pst_regex_walk walk;

    if (cache == NULL) {
        return pst_regex_bits_match(automaton, text, at, backward);
    }
    pst_regex_walk_start(automaton, text, at, &walk);
    while (outcome == PST_REGEX_GOES_ON) {
        const uint32_t state =
            pst_regex_states_number(&cache->states, walk.set, walk.before);
        if (state != PST_REGEX_NO_STATE) {
            outcome = read_states(cache, text, backward, state, &walk);
        }
        if (outcome == PST_REGEX_GOES_ON) {
            outcome = pst_regex_walk_on(automaton, text, backward, STRIDE_ON, &walk);
        }
    }
    return outcome == PST_REGEX_MATCHED;
}
