#include "ways.h"

#include "match/regex_shape.h"
#include "match/search.h"
#include "support/alloc.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA = 1 << 28 };

static const pst_regex_limits generous = {1 << 16, 250, 10 << 20, 1 << 20};

static void open_way(ways *w, way *one, bool backward)
{
    postern_status status;

    one->backward = backward;
    ck_assert_int_eq(pst_regex_program_build(&w->arena, &w->arena, &w->tree, backward,
                                             PST_REGEX_PROGRAM_MAX, &one->program),
                     POSTERN_OK);
    ck_assert_int_eq(
        pst_regex_automaton_build(&w->arena, &w->arena, &one->program, &one->automaton),
        POSTERN_OK);
    status = pst_regex_table_build(&w->arena, &w->arena, &one->automaton, backward,
                                   &one->table);
    ck_assert(status == POSTERN_OK || status == POSTERN_LIMIT);
    one->has_table = status == POSTERN_OK;
    if (!backward && !one->program.anchored) {
        ck_assert_int_eq(
            pst_regex_filter_build(&w->arena, &one->automaton, &one->filter),
            POSTERN_OK);
        ck_assert_int_eq(
            pst_regex_required(&w->arena, &w->arena, &w->tree, &one->filter.required),
            POSTERN_OK);
        one->filter.places = pst_search_places(one->filter.required, false);
    }
}

void ways_open(ways *w, postern_str pattern)
{
    pst_regex_problem problem;

    memset(w, 0, sizeof *w);
    w->pattern = pattern;
    w->memory.arena = &w->kept;
    pst_arena_init(&w->arena, pst_alloc_or_default(NULL), ARENA);
    pst_arena_init(&w->kept, pst_alloc_or_default(NULL), ARENA);
    ck_assert_msg(pst_regex_parse(&w->arena, pattern, false, &generous, &w->tree,
                                  &problem) == POSTERN_OK,
                  "%.*s: %s", (int)pattern.len, pattern.data, problem.message);
    for (size_t i = 0; i < WAYS; i++) {
        if (i == 2) {
            ck_assert_int_eq(pst_regex_trim(&w->arena, &w->tree), POSTERN_OK);
        }
        open_way(w, &w->of[i], i % 2 != 0);
    }
}

void ways_close(ways *w)
{
    pst_arena_free(&w->kept);
    pst_arena_free(&w->arena);
}

/* States belong to whoever owns them; it is never looked at. */
static const pst_regex *owner(const way *one)
{
    return (const pst_regex *)(const void *)one;
}

void ways_warm(ways *w)
{
    static char blanks[5000];
    const postern_str text = {blanks, sizeof blanks};

    memset(blanks, ' ', sizeof blanks);
    for (size_t i = 0; i < WAYS; i++) {
        const way *const one = &w->of[i];
        (void)pst_regex_lazy_match(&one->automaton, owner(one), text, 0, one->backward,
                                   &w->memory);
    }
    ck_assert(!w->memory.full);
}

/* An assertion of Check costs more than a search. */
static void agree(const ways *w, bool wanted, bool said, const char *who,
                  const way *one, postern_str text)
{
    const bool trimmed = one >= &w->of[2];

    if (wanted != said) {
        ck_abort_msg("%.*s on \"%.*s\" (%zu bytes): %s%s%s says %d",
                     (int)w->pattern.len, w->pattern.data, (int)text.len, text.data,
                     text.len, who, one->backward ? ", backward" : "",
                     trimmed ? ", trimmed" : "", said);
    }
}

/* As a search of the product would: not at all where the filter sees no start. */
static bool match_filtered(const way *one, postern_str text)
{
    size_t at = 0;

    if (text.len < one->filter.least) {
        return false;
    }
    if (one->filter.starts.depth > 0 && text.len >= PST_HALVES_TEXT) {
        at = pst_halves_are_fast()
                 ? pst_halves_next(&one->filter.starts, text, 0)
                 : pst_halves_next_plain(&one->filter.starts, text, 0);
        if (at == text.len) {
            return false;
        }
    }
    return pst_regex_table_match(&one->table,
                                 one->filter.starts.depth > 0 ? &one->filter : NULL,
                                 text, at, one->backward);
}

bool ways_match(ways *w, postern_str text)
{
    const way *const first = &w->of[0];
    const bool wanted = pst_regex_bits_match(&first->automaton, text, 0, false);

    for (const way *one = w->of; one < w->of + WAYS; one++) {
        const pst_regex_automaton *const a = &one->automaton;
        const bool backward = one->backward;
        agree(w, wanted, pst_regex_bits_match(a, text, 0, backward), "bits", one, text);
        agree(w, wanted,
              pst_regex_lazy_match(a, owner(one), text, 0, backward, &w->memory),
              "lazy", one, text);
        agree(w, wanted, pst_regex_lazy_match(a, owner(one), text, 0, backward, NULL),
              "lazy without memory", one, text);
        if (one->has_table) {
            agree(w, wanted,
                  pst_regex_table_match(&one->table, NULL, text, 0, backward), "table",
                  one, text);
            agree(w, wanted, match_filtered(one, text), "filter and table", one, text);
        }
    }
    return wanted;
}

bool ways_tables_say(const ways *w, postern_str text, bool wanted)
{
    for (const way *one = w->of; one < w->of + WAYS; one++) {
        if (one->has_table && (pst_regex_table_match(&one->table, NULL, text, 0,
                                                     one->backward) != wanted ||
                               match_filtered(one, text) != wanted)) {
            return false;
        }
    }
    return true;
}

bool ways_match_at(const ways *w, postern_str text, size_t at)
{
    pst_regex_automaton a = w->of[0].automaton;
    const size_t bytes = (size_t)a.classes * a.words * sizeof(uint64_t);
    uint64_t *const masks = malloc(bytes);
    pst_regex_walk walk;
    pst_regex_outcome outcome;

    if (masks == NULL) {
        ck_abort();
    }
    memcpy(masks, a.masks, bytes);
    for (uint32_t class_ = 0; class_ < a.classes; class_++) {
        masks[(size_t)class_ * a.words] &= ~UINT64_C(1); /* nothing starts later */
    }
    a.masks = masks;
    pst_regex_walk_start(&a, text, at, &walk);
    outcome = pst_regex_walk_on(&a, text, false, text.len, &walk);
    free(masks);
    return outcome == PST_REGEX_MATCHED;
}

postern_str ways_copy(const char *bytes, size_t length)
{
    char *const block = malloc(length == 0 ? 1 : length);

    if (block == NULL) {
        ck_abort();
    }
    if (length > 0) {
        memcpy(block, bytes, length);
    }
    return (postern_str){block, length};
}

void ways_drop(postern_str text)
{
    free((void *)(uintptr_t)text.data);
}
