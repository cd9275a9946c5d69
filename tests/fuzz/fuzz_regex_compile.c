/*
 * fuzz_regex_compile.c - compiling a regular expression within limits: how much memory
 * that takes is bounded by them, and running out of it is said.
 *
 * Four bytes choose nesting, compiled size, steps and the room in the arenas; the rest is
 * the pattern.
 */
#include "match/regex.h"
#include "support/alloc.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    PLENTY = 1 << 28,
    LONGEST = 1 << 14,
    /* What a pattern may take for good, and while it is compiled: a table that is worth
     * it and what is tried on the way there; so much for each byte of the pattern and
     * for each that it may be compiled to. */
    KEPT = 1 << 20,
    TRIED = 48 << 20,
    FOR_A_BYTE = 512,
    FOR_A_COMPILED_BYTE = 32,
};

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_bounds(const pst_regex_limits *limits, postern_str pattern,
                         const pst_arena *arena, const pst_arena *scratch)
{
    const size_t more =
        FOR_A_BYTE * pattern.len + FOR_A_COMPILED_BYTE * (size_t)limits->compiled_bytes;

    require(arena->used <= KEPT + more);
    require(scratch->used <= TRIED + more);
}

static void check_problem(const pst_regex_limits *limits, postern_str pattern,
                          const pst_regex_problem *problem)
{
    require(problem->status == POSTERN_SYNTAX ||
            problem->status == POSTERN_UNSUPPORTED || problem->status == POSTERN_LIMIT);
    require(problem->offset <= pattern.len);
    require(problem->length <= pattern.len - problem->offset);
    require(problem->message[0] != '\0');
    require(memchr(problem->message, '\0', sizeof problem->message) != NULL);
    require(pattern.len <= limits->pattern_bytes || problem->status == POSTERN_LIMIT);
}

static void check_regex(const pst_regex_limits *limits, postern_str pattern,
                        const pst_regex *regex)
{
    pst_regex_description d;

    require(regex != NULL && pattern.len <= limits->pattern_bytes);
    pst_regex_describe(regex, &d);
    require(d.steps_per_byte > 0 && d.steps_per_byte <= limits->steps);
    require(pst_regex_groups(regex) <= pattern.len / 2);
}

static postern_status compile(const pst_regex_limits *limits, postern_str pattern,
                              pst_regex_use use, size_t room)
{
    const postern_allocator *const heap = pst_alloc_or_default(NULL);
    const pst_regex *regex = NULL;
    pst_regex_problem problem;
    postern_status status;
    pst_arena arena;
    pst_arena scratch;

    pst_arena_init(&arena, heap, room);
    pst_arena_init(&scratch, heap, room);
    status =
        pst_regex_compile(&arena, &scratch, pattern, use, limits, &regex, &problem);
    check_bounds(limits, pattern, &arena, &scratch);
    if (status == POSTERN_OK) {
        require(problem.status == POSTERN_OK);
        check_regex(limits, pattern, regex);
    } else if (problem.status != POSTERN_OK) {
        require(problem.status == status);
        check_problem(limits, pattern, &problem);
    } else { /* an arena's limit, and there is one */
        require(status == POSTERN_LIMIT && room < PLENTY);
    }
    pst_arena_free(&arena);
    pst_arena_free(&scratch);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pst_regex_limits limits = {.pattern_bytes = LONGEST};
    pst_regex_use use;
    postern_status status;
    postern_str pattern;
    char *copy;

    if (size < 4 || size > 2 * LONGEST) {
        return 0;
    }
    use = (data[0] & 1) != 0 ? PST_REGEX_CAPTURE : PST_REGEX_MATCH;
    limits.nesting = 1U + data[0] / 2U;
    limits.compiled_bytes = 16U << data[1] % 17U; /* to 1 MiB */
    limits.steps = 1U + 4U * data[2];
    copy = malloc(size - 4 == 0 ? 1 : size - 4);
    require(copy != NULL);
    memcpy(copy, data + 4, size - 4);
    pattern = (postern_str){copy, size - 4};
    status = compile(&limits, pattern, use, PLENTY);
    if (compile(&limits, pattern, use, (size_t)data[3] * data[3] * 16U) == POSTERN_OK) {
        require(status == POSTERN_OK); /* less room does not make more possible */
    }
    free(copy);
    return 0;
}
