/*
 * match/regex_bits.c - a search that carries its set of positions through the text: no
 * memory, no tables to fill, and each byte costs what the automaton says.
 */
#include "match/regex_automaton.h"

#include "support/attribute.h"

#include <string.h>

static PST_INLINE bool meet(const uint64_t *a, const uint64_t *b, uint32_t words)
{
    uint64_t common = 0;

    for (uint32_t i = 0; i < words; i++) {
        common |= a[i] & b[i];
    }
    return common != 0;
}

static PST_INLINE void follow(const pst_regex_turn *turn, const uint64_t *set,
                              uint32_t words, uint64_t *out)
{
    uint64_t carry = 0;

    for (uint32_t i = 0; i < words; i++) {
        const uint64_t chained = set[i] & turn->chained[i];
        out[i] = chained << 1 | carry | (set[i] & turn->looped[i]);
        carry = chained >> 63;
    }
    for (uint32_t g = 0; g < turn->group_count; g++) {
        if (meet(set, turn->groups[g].members, words)) {
            for (uint32_t i = 0; i < words; i++) {
                out[i] |= turn->groups[g].follow[i];
            }
        }
    }
}

bool pst_regex_meet(const uint64_t *a, const uint64_t *b, uint32_t words)
{
    return meet(a, b, words);
}

void pst_regex_follow(const pst_regex_turn *turn, const uint64_t *set, uint32_t words,
                      uint64_t *out)
{
    follow(turn, set, words, out);
}

void pst_regex_walk_start(const pst_regex_automaton *automaton, postern_str text,
                          size_t at, pst_regex_walk *walk)
{
    walk->at = at;
    walk->before = automaton->edge;
    if (at > 0) {
        const unsigned char before = (unsigned char)text.data[at - 1];
        walk->before = automaton->border_of[automaton->class_of[before]];
    }
    memset(walk->set, 0, automaton->words * sizeof walk->set[0]);
    walk->set[0] = 1;
}

/* The same for any count of words; for a few of them compilers leave the loops out and
 * keep the sets in registers. */
static PST_INLINE pst_regex_outcome walk_on(const pst_regex_automaton *a,
                                            uint32_t words, postern_str text,
                                            bool backward, size_t end,
                                            pst_regex_walk *walk)
{
    uint64_t set[PST_REGEX_WORDS_MAX];
    unsigned before = walk->before;
    size_t at = walk->at;

    for (uint32_t i = 0; i < words; i++) {
        set[i] = walk->set[i];
    }
    for (; at < end; at++) {
        const size_t place = backward ? text.len - 1 - at : at;
        const unsigned class_ = a->class_of[(unsigned char)text.data[place]];
        const pst_regex_turn *turn = pst_regex_turn_at(a, before, class_);
        const uint64_t *mask = a->masks + (size_t)class_ * words;
        uint64_t next[PST_REGEX_WORDS_MAX];
        uint64_t any = 0;
        if (meet(set, turn->accept, words)) {
            return PST_REGEX_MATCHED;
        }
        follow(turn, set, words, next);
        for (uint32_t i = 0; i < words; i++) {
            set[i] = next[i] & mask[i];
            any |= set[i];
        }
        if (any == 0) {
            return PST_REGEX_NO_MATCH;
        }
        before = a->border_of[class_];
    }
    if (at == text.len) {
        return meet(set, a->turns[before][a->edge].accept, words) ? PST_REGEX_MATCHED
                                                                  : PST_REGEX_NO_MATCH;
    }
    for (uint32_t i = 0; i < words; i++) {
        walk->set[i] = set[i];
    }
    walk->before = before;
    walk->at = at;
    return PST_REGEX_GOES_ON;
}

pst_regex_outcome pst_regex_walk_on(const pst_regex_automaton *automaton,
                                    postern_str text, bool backward, size_t bytes,
                                    pst_regex_walk *walk)
{
    const size_t end = bytes < text.len - walk->at ? walk->at + bytes : text.len;

    switch (automaton->words) {
    case 1:
        return walk_on(automaton, 1, text, backward, end, walk);
    case 2:
        return walk_on(automaton, 2, text, backward, end, walk);
    default:
        return walk_on(automaton, automaton->words, text, backward, end, walk);
    }
}

bool pst_regex_bits_match(const pst_regex_automaton *automaton, postern_str text,
                          size_t at, bool backward)
{
    pst_regex_walk walk;

    pst_regex_walk_start(automaton, text, at, &walk);
    return pst_regex_walk_on(automaton, text, backward, text.len, &walk) ==
           PST_REGEX_MATCHED;
}
