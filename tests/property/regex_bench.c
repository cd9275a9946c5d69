#include "regex_bench.h"

#include "support/alloc.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAIRS = 50000, MEMORY = 1 << 28, SHOWN = 400 };

static unsigned long long number_from(const char *name, unsigned long long otherwise)
{
    const char *const text = getenv(name);

    return text == NULL || *text == '\0' ? otherwise : strtoull(text, NULL, 0);
}

size_t regex_bench_count(void)
{
    return (size_t)(number_from("POSTERN_EXPRESSIONS", PAIRS) / REGEX_ROUNDS);
}

void regex_bench_open(regex_bench *b, regex_dialect dialect, int round)
{
    const postern_allocator *const heap = pst_alloc_or_default(NULL);

    *b = (regex_bench){
        .limits = {.pattern_bytes = 2 * REGEX_PATTERN_MAX,
                   .nesting = 250,
                   .compiled_bytes = 1 << 20,
                   .steps = 4096},
    };
    b->seed = number_from("POSTERN_SEED", 1) + (unsigned long long)round;
    b->g = malloc(sizeof *b->g);
    ck_assert_ptr_nonnull(b->g);
    regex_generator_init(b->g, dialect, b->seed);
    pst_arena_init(&b->arena, heap, MEMORY);
    pst_arena_init(&b->scratch, heap, MEMORY);
    pst_arena_init(&b->cache, heap, MEMORY);
    regex_bench_forget(b);
}

void regex_bench_close(regex_bench *b)
{
    pst_arena_free(&b->arena);
    pst_arena_free(&b->scratch);
    pst_arena_free(&b->cache);
    free(b->g);
}

void regex_bench_forget(regex_bench *b)
{
    pst_arena_reset(&b->arena);
    pst_arena_reset(&b->scratch);
    pst_arena_reset(&b->cache);
    b->memory = (pst_regex_memory){.arena = &b->cache};
}

postern_str regex_bench_pattern(const regex_bench *b)
{
    return (postern_str){b->g->text, b->g->length};
}

postern_str regex_bench_subject(const regex_bench *b)
{
    return (postern_str){b->g->subject, b->g->subject_length};
}

/* --- what disagrees ------------------------------------------------------------------ */

static void show(postern_str text, char *out, size_t cap)
{
    size_t length = 0;

    for (size_t i = 0; i < text.len && length + 8 < cap; i++) {
        const unsigned char byte = (unsigned char)text.data[i];
        length += (size_t)snprintf(out + length, cap - length,
                                   byte >= ' ' && byte < 0x7f ? "%c" : "\\x%02x", byte);
    }
    out[length] = '\0';
}

/* Leaves out runs of bytes, long ones first, as long as the quarrel goes on.
 * @return whether anything went */
static bool leave_out(regex_bench *b, regex_quarrel quarrel, postern_str pattern,
                      postern_str text, bool of_pattern, char *kept, size_t *length)
{
    bool shorter = false;
    char tried[REGEX_SUBJECT_MAX + 2 * REGEX_PATTERN_MAX];

    for (size_t run = *length; run > 0; run /= 2) {
        for (size_t at = 0; at + run <= *length;) {
            const postern_str less = {tried, *length - run};
            memcpy(tried, kept, at);
            memcpy(tried + at, kept + at + run, *length - at - run);
            regex_bench_forget(b);
            if (quarrel(b, of_pattern ? less : pattern, of_pattern ? text : less)) {
                memcpy(kept, tried, less.len);
                *length = less.len;
                shorter = true;
            } else {
                at++;
            }
        }
    }
    return shorter;
}

void regex_bench_fail(regex_bench *b, const char *what, postern_str pattern,
                      postern_str text, regex_quarrel quarrel)
{
    static char small_pattern[2 * REGEX_PATTERN_MAX];
    static char small_text[REGEX_SUBJECT_MAX];
    static char shown[4][SHOWN];
    postern_str p = {small_pattern, pattern.len};
    postern_str t = {small_text, text.len};

    show(pattern, shown[0], SHOWN);
    show(text, shown[1], SHOWN);
    memcpy(small_pattern, pattern.data, pattern.len);
    if (text.len > 0) {
        memcpy(small_text, text.data, text.len);
    }
    if (quarrel != NULL && quarrel(b, p, t)) {
        while (leave_out(b, quarrel, p, t, false, small_text, &t.len) ||
               leave_out(b, quarrel, p, t, true, small_pattern, &p.len)) {
        }
    }
    show(p, shown[2], SHOWN);
    show(t, shown[3], SHOWN);
    ck_abort_msg("seed %llu: %s\n  pattern %s\n  text    '%s'\nsmaller:\n  pattern %s\n"
                 "  text    '%s'",
                 b->seed, what, shown[0], shown[1], shown[2], shown[3]);
}

/* --- the engine ---------------------------------------------------------------------- */

static const postern_str nothing = {"", 0};

static void expect_sane(regex_bench *b, postern_str pattern, const pst_regex *regex)
{
    pst_regex_description d;

    pst_regex_describe(regex, &d);
    if (d.engine > PST_REGEX_BITS || (d.engine == PST_REGEX_TABLE) != (d.states > 0) ||
        (d.engine == PST_REGEX_TABLE) != (d.positions == 0) || d.steps_per_byte == 0 ||
        d.steps_per_byte > b->limits.steps || d.bytes == 0 ||
        d.required.len > pattern.len + 8192) {
        regex_bench_fail(b, "the description makes no sense", pattern, nothing, NULL);
    }
    b->engines[d.engine]++;
    b->backward += d.backward;
}

const pst_regex *regex_bench_try(regex_bench *b, postern_str pattern, pst_regex_use use,
                                 pst_regex_problem *problem)
{
    const pst_regex *regex = NULL;
    const postern_status status = pst_regex_compile(&b->arena, &b->scratch, pattern,
                                                    use, &b->limits, &regex, problem);

    if (status != problem->status || (status == POSTERN_OK && regex == NULL)) {
        regex_bench_fail(b, "the status makes no sense", pattern, nothing, NULL);
    }
    if (status == POSTERN_OK) {
        expect_sane(b, pattern, regex);
        return regex;
    }
    b->limited += status == POSTERN_LIMIT;
    if ((status != POSTERN_SYNTAX && status != POSTERN_UNSUPPORTED &&
         status != POSTERN_LIMIT) ||
        problem->offset > pattern.len ||
        problem->length > pattern.len - problem->offset ||
        problem->message[0] == '\0' ||
        memchr(problem->message, '\0', sizeof problem->message) == NULL) {
        regex_bench_fail(b, "the refusal makes no sense", pattern, nothing, NULL);
    }
    return NULL;
}

const pst_regex *regex_bench_compile(regex_bench *b, postern_str pattern,
                                     pst_regex_use use)
{
    pst_regex_problem problem;
    const pst_regex *const regex = regex_bench_try(b, pattern, use, &problem);

    if (regex == NULL && problem.status != POSTERN_LIMIT) {
        regex_bench_fail(b, problem.message, pattern, nothing, NULL);
    }
    return regex;
}

/* One way to ask says something else than another. */
static bool is_unsure(regex_bench *b, postern_str pattern, postern_str text)
{
    pst_regex_problem problem;
    const pst_regex *const regex =
        regex_bench_try(b, pattern, PST_REGEX_MATCH, &problem);

    if (regex == NULL) {
        return false;
    }
    const bool plain = pst_regex_match(regex, text, NULL);
    const bool cold = pst_regex_match(regex, text, &b->memory);
    return plain != cold || plain != pst_regex_match(regex, text, &b->memory);
}

bool regex_bench_match(regex_bench *b, postern_str pattern, const pst_regex *regex,
                       postern_str text)
{
    char *const exact = malloc(text.len == 0 ? 1 : text.len);
    bool plain;
    bool cold;
    bool warm;

    ck_assert(exact != NULL);
    if (text.len > 0) {
        memcpy(exact, text.data, text.len); /* so that sanitizers see its end */
    }
    text.data = exact;
    plain = pst_regex_match(regex, text, NULL);
    cold = pst_regex_match(regex, text, &b->memory);
    warm = pst_regex_match(regex, text, &b->memory);
    if (plain != cold || plain != warm) {
        regex_bench_fail(b, "memory makes a difference", pattern, text, is_unsure);
    }
    free(exact);
    b->asked++;
    b->matched += plain;
    return plain;
}
