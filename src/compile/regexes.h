/*
 * compile/regexes.h - the regular expressions of a program, each compiled once.
 *
 * Ten thousand rules with one pattern share what it was compiled to. The pool lives as
 * long as the compilation, the patterns as long as the program. Knows nothing of what
 * they are searched in.
 */
#ifndef PST_COMPILE_REGEXES_H
#define PST_COMPILE_REGEXES_H

#include "compile/checker.h"

/** A pattern asked for another use is another one. */
typedef struct pst_pooled {
    pst_pattern pattern;
    pst_regex_use use;
} pst_pooled;

typedef struct pst_regexes {
    const postern_allocator *alloc;
    pst_arena scratch; /* of the pattern that is being compiled */
    pst_pooled *patterns;
    size_t count;
    size_t cap;
    uint32_t *index; /* open addressing: 1 + place in `patterns`, or 0 */
    size_t buckets;
} pst_regexes;

void pst_regexes_init(pst_regexes *regexes, const postern_allocator *alloc);

/** Gives back everything that pst_regexes_finish() did not copy. */
void pst_regexes_free(pst_regexes *regexes);

/**
 * The regular expression that `literal` is, for `use`; counted against the limit of the
 * expression. What is wrong with it is told where it stands.
 *
 * @param literal a TEXT
 * @return false: told, or out of memory
 */
bool pst_checker_regex(pst_checker *c, const pst_node *literal, pst_regex_use use,
                       pst_pattern *out);

/** Copies the list of patterns into `constants`, where they live already.
 *  @return POSTERN_OK, or the arena's failure */
postern_status pst_regexes_finish(const pst_regexes *regexes, pst_arena *constants,
                                  pst_program *out);

#endif
