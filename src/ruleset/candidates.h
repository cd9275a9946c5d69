/*
 * ruleset/candidates.h - the rules to be asked of a request, as bits.
 *
 * A mark is a bit for each rule in the request's memory. Above 64 words of marks stands
 * a word of the summary, whose bits say which of them hold any, so that a run costs what
 * it marks and not what there is. Some rules are candidates of every request: their
 * bits stand in the index. Between runs all marks are zero.
 */
#ifndef PST_RULESET_CANDIDATES_H
#define PST_RULESET_CANDIDATES_H

#include "support/bits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Words of bits for `count` rules, and of the summary above them. */
static inline size_t pst_mark_words(size_t count)
{
    return (count + 63) / 64;
}

/** Bits for rules; `summary` stands above them. */
typedef struct pst_marks {
    uint64_t *bits;
    uint64_t *summary;
} pst_marks;

static inline void pst_mark(pst_marks marks, uint32_t rule)
{
    const uint32_t word = rule / 64;

    marks.bits[word] |= UINT64_C(1) << rule % 64;
    marks.summary[word / 64] |= UINT64_C(1) << word % 64;
}

/** A way through the candidates in ascending order, which takes their marks away. */
typedef struct pst_candidates {
    pst_marks marks;
    pst_marks always;
    size_t summary_words;
    size_t next_summary;
    size_t word;
    uint64_t words; /* to come, of the summary word before next_summary */
    uint64_t rules; /* to come, of `word` */
} pst_candidates;

static inline pst_candidates pst_candidates_open(pst_marks marks, pst_marks always,
                                                 size_t summary_words)
{
    return (pst_candidates){
        .marks = marks, .always = always, .summary_words = summary_words};
}

/** Goes to the next word that holds bits. @return false when there is none */
static inline bool pst_candidates_word(pst_candidates *c)
{
    while (c->words == 0) {
        if (c->next_summary == c->summary_words) {
            return false;
        }
        c->words =
            c->marks.summary[c->next_summary] | c->always.summary[c->next_summary];
        c->marks.summary[c->next_summary] = 0;
        c->next_summary++;
    }
    c->word = (c->next_summary - 1) * 64 + pst_lowest_bit(c->words);
    c->words &= c->words - 1;
    c->rules = c->marks.bits[c->word] | c->always.bits[c->word];
    c->marks.bits[c->word] = 0;
    return true;
}

/** @return false when there are no more; all marks are then zero */
static inline bool pst_candidates_next(pst_candidates *c, uint32_t *rule)
{
    while (c->rules == 0) {
        if (!pst_candidates_word(c)) {
            return false;
        }
    }
    *rule = (uint32_t)(c->word * 64 + pst_lowest_bit(c->rules));
    c->rules &= c->rules - 1;
    return true;
}

/** Takes away the marks that were not gone through. */
static inline void pst_candidates_close(pst_candidates *c)
{
    while (pst_candidates_word(c)) {
    }
    c->rules = 0;
}

#endif
