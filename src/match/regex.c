/*
 * match/regex.c - puts the parts together: which way a pattern is searched is decided
 * here, once, when it is compiled.
 */
#include "match/regex_capture.h"
#include "match/regex_filter.h"
#include "match/regex_lazy.h"
#include "match/regex_shape.h"
#include "match/regex_table.h"

#include "match/search.h"
#include "support/text.h"

#include <string.h>

/* Steps a byte may take without a DFA made on the way: that would not save any. */
enum { CHEAP = 8 };

struct pst_regex {
    pst_regex_engine engine;
    bool backward;
    bool anchored; /* a search starts at one edge of the text, and nowhere else */
    uint32_t steps;
    pst_regex_table table;         /* of TABLE */
    pst_regex_automaton automaton; /* of LAZY and BITS */
    pst_regex_filter filter;       /* depth 0: none */
    postern_str required;
    pst_regex_program program; /* of PST_REGEX_CAPTURE */
    size_t bytes;
};

static const char dear_search[] =
    "shorter counted repeats, or an anchor in front, need fewer";
static const char dear_groups[] = "shorter counted repeats need fewer";

/* A pattern on its way. */
typedef struct compilation {
    pst_arena *arena;
    pst_arena *scratch;
    postern_str pattern;
    const pst_regex_limits *limits;
    pst_regex_problem *problem;
    pst_regex *regex;
} compilation;

/* One of the two directions to read in. */
typedef struct direction {
    pst_regex_program program;
    pst_regex_automaton automaton;
    bool backward;
    bool too_big; /* for an automaton */
} direction;

static postern_status refuse(compilation *c, const char *what, size_t amount,
                             const char *hint)
{
    pst_writer out = {c->problem->message, sizeof c->problem->message, 0};

    pst_write_text(&out, "each byte of text could cost ");
    pst_write_text(&out, what);
    pst_write_size(&out, amount);
    pst_write_text(&out, " steps; the limit regex_steps is ");
    pst_write_size(&out, c->limits->steps);
    (void)pst_write_end(&out);
    c->problem->status = POSTERN_LIMIT;
    c->problem->offset = 0;
    c->problem->length = c->pattern.len;
    c->problem->hint = hint;
    return POSTERN_LIMIT;
}

/* A limit of the engine that nothing was told of yet; not that of an arena. */
static bool is_too_big(const compilation *c, postern_status status)
{
    return status == POSTERN_LIMIT && c->problem->status == POSTERN_OK &&
           c->arena->status != POSTERN_LIMIT && c->scratch->status != POSTERN_LIMIT;
}

/* Makes the automaton and the table that read in one direction. */
static postern_status try_direction(compilation *c, pst_regex_tree *tree, bool backward,
                                    direction *out)
{
    postern_status status = pst_regex_program_build(
        c->scratch, c->scratch, tree, backward, PST_REGEX_PROGRAM_MAX, &out->program);

    out->backward = backward;
    if (is_too_big(c, status)) { /* as it is in the other direction */
        return refuse(c, "more than ", c->limits->steps, dear_search);
    }
    if (status == POSTERN_OK) {
        status = pst_regex_automaton_build(c->scratch, c->scratch, &out->program,
                                           &out->automaton);
    }
    out->too_big = status == POSTERN_LIMIT;
    if (status == POSTERN_OK) {
        status = pst_regex_table_build(c->arena, c->scratch, &out->automaton, backward,
                                       &c->regex->table);
    }
    return status;
}

/* The most a search does for a byte. Where it may start anywhere, the byte is looked at
 * first, by the filter or for what is required; and a lane of a table may be followed by
 * what the one before it carries over. A state that is made is a step, a row that is
 * hashed and compared, and a look at its cell. */
static uint32_t cost(const pst_regex *regex, const pst_regex_automaton *automaton)
{
    const uint32_t look = regex->anchored ? 0 : 1;

    switch (regex->engine) {
    case PST_REGEX_TABLE:
        return regex->anchored || regex->backward ? look + 1 : look + 2;
    case PST_REGEX_LAZY:
        return look + automaton->steps + 6 * automaton->words + 2;
    case PST_REGEX_BITS:
        break;
    }
    return look + automaton->steps;
}

/* The automaton to keep when no table fits. */
static const direction *cheaper(const direction *first, const direction *second)
{
    return first->too_big || (!second->too_big &&
                              second->automaton.steps < first->automaton.steps)
               ? second
               : first;
}

/* Keeps what the search in the direction used needs. */
static postern_status keep(compilation *c, const direction *used)
{
    pst_regex *regex = c->regex;
    postern_status status = POSTERN_OK;

    regex->backward = used->backward;
    regex->anchored = used->program.anchored;
    regex->steps = cost(regex, &used->automaton);
    if (regex->steps > c->limits->steps && regex->engine == PST_REGEX_LAZY) {
        regex->engine = PST_REGEX_BITS; /* no states are made, and none are paid for */
        regex->steps = cost(regex, &used->automaton);
    }
    if (regex->steps > c->limits->steps) {
        return refuse(c, "", regex->steps, dear_search);
    }
    if (!regex->anchored && !regex->backward) {
        status = pst_regex_filter_build(c->scratch, &used->automaton, &regex->filter);
    }
    return status == POSTERN_OK && regex->engine != PST_REGEX_TABLE
               ? pst_regex_automaton_build(c->arena, c->scratch, &used->program,
                                           &regex->automaton)
               : status;
}

/* A direction that starts at an edge comes first; if both do, or none, forward. The other
 * one is only made when the first has no table. */
static postern_status choose_engine(compilation *c, pst_regex_tree *tree)
{
    direction *both = pst_arena_array(c->scratch, 2, sizeof *both);
    const bool backward = tree->ends && !tree->starts;
    const direction *used = both;
    postern_status status;

    if (both == NULL) {
        return c->scratch->status;
    }
    status = try_direction(c, tree, backward, &both[0]);
    if (is_too_big(c, status)) {
        used = &both[1];
        status = try_direction(c, tree, !backward, &both[1]);
    }
    if (is_too_big(c, status)) {
        used = cheaper(&both[0], &both[1]);
        if (used->too_big) {
            return refuse(c, "more than ", c->limits->steps, dear_search);
        }
        c->regex->engine =
            used->automaton.steps <= CHEAP ? PST_REGEX_BITS : PST_REGEX_LAZY;
        status = POSTERN_OK;
    }
    return status == POSTERN_OK ? keep(c, used) : status;
}

static postern_status compile_match(compilation *c)
{
    pst_regex_tree tree;
    postern_status status =
        pst_regex_parse(c->scratch, c->pattern, false, c->limits, &tree, c->problem);

    if (status == POSTERN_OK) {
        status = pst_regex_trim(c->scratch, &tree);
    }
    if (status == POSTERN_OK) {
        status = pst_regex_required(c->arena, c->scratch, &tree, &c->regex->required);
    }
    if (status == POSTERN_OK) {
        status = choose_engine(c, &tree);
    }
    c->regex->filter.required = c->regex->required;
    c->regex->filter.places = pst_search_places(c->regex->required, false);
    if (!pst_halves_are_fast()) {
        c->regex->filter.starts.depth = 0;
    }
    return status;
}

/* For the places of groups, the instructions of the whole pattern. */
static postern_status compile_capture(compilation *c)
{
    pst_regex_program *program = &c->regex->program;
    pst_regex_tree tree;
    postern_status status =
        pst_regex_parse(c->scratch, c->pattern, true, c->limits, &tree, c->problem);

    if (status == POSTERN_OK) {
        status = pst_regex_program_build(c->arena, c->scratch, &tree, false,
                                         c->limits->steps, program);
    }
    if (is_too_big(c, status)) {
        return refuse(c, "more than ", c->limits->steps, dear_groups);
    }
    if (status != POSTERN_OK) {
        return status;
    }
    /* One thread may have tried each way before all threads do. */
    c->regex->steps += 2 * program->length;
    return c->regex->steps > c->limits->steps
               ? refuse(c, "", c->regex->steps, dear_groups)
               : POSTERN_OK;
}

postern_status pst_regex_compile(pst_arena *arena, pst_arena *scratch,
                                 postern_str pattern, pst_regex_use use,
                                 const pst_regex_limits *limits, const pst_regex **out,
                                 pst_regex_problem *problem)
{
    const size_t before = arena->used;
    compilation c = {.arena = arena,
                     .scratch = scratch,
                     .pattern = pattern,
                     .limits = limits,
                     .problem = problem,
                     .regex = pst_arena_alloc(arena, sizeof(pst_regex))};
    postern_status status;

    problem->status = POSTERN_OK;
    if (c.regex == NULL) {
        return arena->status;
    }
    memset(c.regex, 0, sizeof *c.regex);
    status = compile_match(&c);
    if (status == POSTERN_OK && use == PST_REGEX_CAPTURE) {
        status = compile_capture(&c);
    }
    c.regex->bytes = arena->used - before;
    *out = c.regex;
    return status;
}

/* Whether a look at the text tells that nothing can match; *at is where a search that
 * goes forward may start. */
static bool hopeless(const pst_regex *regex, postern_str text, size_t *at)
{
    if (text.len < regex->filter.least) {
        return true;
    }
    if (regex->anchored) {
        return false;
    }
    if (regex->filter.starts.depth > 0 && text.len >= PST_HALVES_TEXT) {
        *at = pst_halves_next(&regex->filter.starts, text, 0);
        return *at == text.len;
    }
    return regex->required.len > 0 &&
           pst_search_by(text, regex->required, regex->filter.places, false) ==
               SIZE_MAX;
}

bool pst_regex_match(const pst_regex *regex, postern_str text, pst_regex_memory *memory)
{
    size_t at = 0;

    if (hopeless(regex, text, &at)) {
        return false;
    }
    switch (regex->engine) {
    case PST_REGEX_TABLE:
        return pst_regex_table_match(
            &regex->table, regex->filter.starts.depth > 0 ? &regex->filter : NULL, text,
            at, regex->backward);
    case PST_REGEX_LAZY:
        return pst_regex_lazy_match(&regex->automaton, regex, text, at, regex->backward,
                                    memory);
    case PST_REGEX_BITS:
        return pst_regex_bits_match(&regex->automaton, text, at, regex->backward);
    }
    return false;
}

bool pst_regex_remembers(const pst_regex *regex)
{
    return regex->engine == PST_REGEX_LAZY;
}

postern_status pst_regex_find(const pst_regex *regex, postern_str text,
                              pst_regex_memory *memory, size_t groups, size_t *places,
                              bool *found)
{
    *found = false;
    if (!pst_regex_match(regex, text, memory)) {
        return POSTERN_OK;
    }
    return pst_regex_capture(&regex->program, text, memory, groups, places, found);
}

uint32_t pst_regex_groups(const pst_regex *regex)
{
    return regex->program.groups;
}

void pst_regex_describe(const pst_regex *regex, pst_regex_description *out)
{
    const bool table = regex->engine == PST_REGEX_TABLE;

    *out = (pst_regex_description){.engine = regex->engine,
                                   .states = table ? regex->table.states : 0,
                                   .positions = table ? 0 : regex->automaton.positions,
                                   .steps_per_byte = regex->steps,
                                   .bytes = regex->bytes,
                                   .backward = regex->backward,
                                   .required = regex->required};
}
