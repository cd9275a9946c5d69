/*
 * ruleset/index.h - which rules can be true of a request?
 *
 * Rules that cannot be true unless a slot is a certain text, lies in a certain range or
 * holds a certain part are found by one look-up of that slot, however many they are;
 * all others are candidates of every request. The evaluation asks candidates only, in
 * the order of the rules, so what it decides is what asking all of them would. Only
 * what a rule that is left out would have computed first is not computed, so that a
 * request which it would have taken too much memory for is answered, not refused.
 */
#ifndef PST_RULESET_INDEX_H
#define PST_RULESET_INDEX_H

#include "compile/bind.h"
#include "ruleset/candidates.h"
#include "ruleset/ruleset.h"

struct pst_lookup;

/** Immutable. Rules are numbered as in the ruleset's list of active ones. */
struct pst_index {
    const struct pst_lookup *lookups;
    size_t lookup_count;
    pst_marks always; /* candidates of every request */
    size_t words;     /* of bits */
    size_t summary_words;
};

/** False when so few rules are asked one after another. */
bool pst_index_pays(size_t rules);

/**
 * Builds set->index for the active rules, if it pays; otherwise set->index is NULL.
 *
 * @param arena    where it goes; lives as long as the ruleset
 * @param bindings of all rules of the program; may be freed afterwards. NULL: there is
 *                 no index
 * @return false when there is no memory
 */
bool pst_index_build(pst_arena *arena, const pst_bindings *bindings, pst_ruleset *set);

/**
 * Marks the candidates of a request, but for those that are always.
 *
 * @return false when a slot could not be computed: the marks then mean nothing, and
 *         every rule is to be asked
 */
bool pst_index_mark(const pst_index *index, const pst_program *program,
                    postern_request *request, pst_marks marks);

#endif
