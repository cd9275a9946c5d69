#include "compile/regexes.h"

#include "support/alloc.h"
#include "support/hash.h"
#include "support/text.h"
#include "syntax/place.h"

void pst_regexes_init(pst_regexes *regexes, const postern_allocator *alloc)
{
    *regexes = (pst_regexes){.alloc = alloc};
    pst_arena_init(&regexes->scratch, alloc, SIZE_MAX / 2);
}

void pst_regexes_free(pst_regexes *regexes)
{
    pst_free_array(regexes->alloc, regexes->patterns, regexes->cap,
                   sizeof *regexes->patterns);
    pst_free_array(regexes->alloc, regexes->index, regexes->buckets,
                   sizeof *regexes->index);
    pst_arena_free(&regexes->scratch);
}

/* --- the table of patterns --------------------------------------------------------- */

/* The bucket of a pattern, or the free one where it belongs: a quarter at least is
 * free. */
static uint32_t *bucket_of(const pst_regexes *regexes, postern_str text,
                           pst_regex_use use)
{
    size_t at = (size_t)pst_hash(text, use) & (regexes->buckets - 1);

    while (regexes->index[at] != 0) {
        const pst_pooled *known = &regexes->patterns[regexes->index[at] - 1];
        if (known->use == use && pst_str_same(*known->pattern.text, text)) {
            break;
        }
        at = (at + 1) & (regexes->buckets - 1);
    }
    return &regexes->index[at];
}

static bool make_room(pst_regexes *regexes)
{
    const size_t buckets = regexes->buckets == 0 ? 16 : regexes->buckets * 2;
    void *patterns = regexes->patterns;
    uint32_t *index;

    if (!pst_grow(regexes->alloc, &patterns, regexes->count, &regexes->cap,
                  sizeof *regexes->patterns)) {
        return false;
    }
    regexes->patterns = patterns;
    if (regexes->count < regexes->buckets / 4 * 3) {
        return true;
    }
    index = pst_alloc_array(regexes->alloc, buckets, sizeof *index);
    if (index == NULL) {
        return false;
    }
    memset(index, 0, buckets * sizeof *index);
    pst_free_array(regexes->alloc, regexes->index, regexes->buckets, sizeof *index);
    regexes->index = index;
    regexes->buckets = buckets;
    for (size_t i = 0; i < regexes->count; i++) {
        const pst_pooled *known = &regexes->patterns[i];
        *bucket_of(regexes, *known->pattern.text, known->use) = (uint32_t)i + 1;
    }
    return true;
}

/* --- compiling ----------------------------------------------------------------------- */

static void complain_of_count(pst_checker *c, const pst_node *literal)
{
    char message[96];
    pst_writer out = {message, sizeof message, 0};

    pst_write_text(&out, "more than ");
    pst_write_size(&out, c->unit->scheme->options.limits.regexes);
    pst_write_text(&out, " regular expressions in one expression, the limit regexes");
    (void)pst_write_end(&out);
    pst_checker_complain(c, POSTERN_LIMIT, literal->span, message,
                         "several can be one: a|b");
}

/* Compiles into the constants; the text and the pattern are there side by side. */
static bool compile(pst_checker *c, const pst_node *literal, pst_regex_use use,
                    pst_pattern *out)
{
    const postern_limits *limits = &c->unit->scheme->options.limits;
    const pst_regex_limits bounds = {limits->regex_pattern_bytes, limits->regex_nesting,
                                     limits->regex_compiled_bytes, limits->regex_steps};
    pst_regexes *regexes = c->unit->regexes;
    pst_regex_problem problem = {.status = POSTERN_OK};
    postern_str *text = pst_checker_make_constant(c, sizeof *text);
    postern_status status;

    if (text == NULL || !pst_checker_keep(c, literal->text, text)) {
        return false;
    }
    pst_arena_reset(&regexes->scratch);
    status = pst_regex_compile(c->unit->constants, &regexes->scratch, *text, use,
                               &bounds, &out->regex, &problem);
    if (problem.status != POSTERN_OK) {
        pst_checker_complain(c, problem.status,
                             pst_place_inside(c->unit->complaints.expression, literal,
                                              problem.offset, problem.length),
                             problem.message, problem.hint);
        return false;
    }
    out->text = text;
    c->status = status;
    return status == POSTERN_OK;
}

bool pst_checker_regex(pst_checker *c, const pst_node *literal, pst_regex_use use,
                       pst_pattern *out)
{
    pst_regexes *regexes = c->unit->regexes;
    uint32_t *bucket;

    if (++c->unit->regex_count > c->unit->scheme->options.limits.regexes) {
        if (c->unit->regex_count == c->unit->scheme->options.limits.regexes + 1U) {
            complain_of_count(c, literal); /* once */
        }
        return false;
    }
    if (!make_room(regexes)) {
        c->status = POSTERN_NO_MEMORY;
        return false;
    }
    bucket = bucket_of(regexes, literal->text, use);
    if (*bucket == 0) {
        pst_pooled *fresh = &regexes->patterns[regexes->count];
        if (!compile(c, literal, use, &fresh->pattern)) {
            return false;
        }
        fresh->use = use;
        *bucket = (uint32_t)++regexes->count;
    }
    *out = regexes->patterns[*bucket - 1].pattern;
    return true;
}

postern_status pst_regexes_finish(const pst_regexes *regexes, pst_arena *constants,
                                  pst_program *out)
{
    pst_pattern *patterns =
        pst_arena_array(constants, regexes->count, sizeof *patterns);

    if (patterns == NULL) {
        return constants->status;
    }
    for (size_t i = 0; i < regexes->count; i++) {
        patterns[i] = regexes->patterns[i].pattern;
    }
    out->patterns = patterns;
    out->pattern_count = regexes->count;
    return POSTERN_OK;
}
