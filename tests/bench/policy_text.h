/*
 * tests/bench/policy_text.h - writes policies: one ruleset of rules that block.
 */
#ifndef BENCH_POLICY_TEXT_H
#define BENCH_POLICY_TEXT_H

#include <postern/base.h>

/** Rule i, from 1, has the ref "r<i>". @return text that the caller frees */
postern_str policy_text(const postern_str *expressions, size_t count);

/** Rule 1 skips the rest, and rule 2 blocks. */
postern_str policy_text_skip(postern_str skip, postern_str block);

#endif
