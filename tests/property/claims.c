/*
 * claims.c - logic over what is asked of values, and quantifiers.
 */
#include "writing.h"

/* What is said of each element of some arrays. */
typedef struct said {
    size_t count;
    truth *of;
    bool unsure;  /* not even the count is known */
    bool missing; /* one of the arrays is */
    bool direct;  /* an array of Booleans as it is */
} said;

/* --- of each element ------------------------------------------------------------------ */

static const postern_type compared[] = {POSTERN_INT, POSTERN_STRING, POSTERN_IP};

/* `items` are Booleans of their own. */
static said each_of(generator *g, const value *items)
{
    said out = {.count = items->count,
                .unsure = items->unsure,
                .missing = !items->unsure && !items->present};

    out.of = pool_take(&g->memory, items->count, sizeof *out.of);
    for (size_t i = 0; i < items->count; i++) {
        out.of[i] = items->items[i].unsure ? UNSURE : truth_of(items->items[i].boolean);
    }
    return out;
}

/* alone: the whole argument of a quantifier, where Booleans come without [*]. */
static said write_each_leaf(generator *g, bool alone)
{
    const postern_type type = compared[generator_pick(g, COUNT(compared))];
    value items;
    tested of;

    if (writing_chance(g, 4)) {
        const bool direct = alone || writing_chance(g, 2);
        said out;
        items = direct ? writing_value(g, POSTERN_ARRAY_OF(POSTERN_BOOL))
                       : writing_mapped(g, POSTERN_BOOL);
        out = each_of(g, &items);
        out.direct = direct;
        return out;
    }
    items = writing_mapped(g, type);
    of = (tested){items.items, items.count,
                  pool_take(&g->memory, items.count, sizeof *of.out)};
    writing_test(g, type, &of);
    return (said){of.count, of.out, items.unsure, !items.unsure && !items.present,
                  false};
}

static said combine(generator *g, truth (*by)(truth, truth), said a, said b)
{
    said out = {.count = a.count < b.count ? a.count : b.count,
                .unsure = a.unsure || b.unsure,
                .missing = a.missing || b.missing};

    out.of = pool_take(&g->memory, out.count, sizeof *out.of);
    for (size_t i = 0; i < out.count; i++) {
        out.of[i] = by(a.of[i], b.of[i]);
    }
    return out;
}

static said write_each_or(generator *g);

static said write_each_unary(generator *g, bool alone)
{
    const size_t way = g->nesting < WRITING_NESTING ? generator_pick(g, 8) : 7;
    said out;

    if (way > 1) {
        return write_each_leaf(g, alone);
    }
    g->nesting++;
    if (way == 0) {
        generator_write(g, writing_chance(g, 2) ? "not " : "!");
        out = write_each_unary(g, false);
        for (size_t i = 0; i < out.count; i++) {
            out.of[i] = truth_not(out.of[i]);
        }
    } else {
        generator_write(g, "(");
        out = write_each_or(g);
        generator_write(g, ")");
    }
    g->nesting--;
    out.direct = false;
    return out;
}

static const struct {
    const char *words[2];
    truth (*by)(truth, truth);
} operators[] = {
    {{"or", "||"},  truth_or },
    {{"xor", "^^"}, truth_xor},
    {{"and", "&&"}, truth_and},
};

static void write_operator(generator *g, size_t level)
{
    writing_blank(g);
    generator_write(g, operators[level].words[generator_pick(g, 2)]);
    writing_blank(g);
}

static said write_each_chain(generator *g, size_t level)
{
    said out = level < COUNT(operators) ? write_each_chain(g, level + 1)
                                        : write_each_unary(g, false);

    while (level < COUNT(operators) && writing_chance(g, 8)) {
        write_operator(g, level);
        out = combine(g, operators[level].by, out, write_each_chain(g, level + 1));
    }
    return out;
}

static said write_each_or(generator *g)
{
    said out = write_each_chain(g, 0);

    out.direct = false;
    return out;
}

/* As an argument: a comparison, `not` or parentheses. */
static said write_each_argument(generator *g)
{
    said out;

    g->nesting++;
    if (writing_chance(g, 3)) {
        generator_write(g, "(");
        out = write_each_or(g);
        generator_write(g, ")");
    } else {
        out = write_each_unary(g, true);
    }
    g->nesting--;
    return out;
}

static truth write_quantifier(generator *g)
{
    const bool any = writing_chance(g, 2);
    truth answer = truth_of(!any);
    said all;

    g->budget--;
    generator_write(g, any ? "any(" : "all(");
    all = write_each_argument(g);
    generator_write(g, ")");
    if (all.unsure) {
        return UNSURE;
    }
    if (!any && all.direct && all.missing) {
        return NO;
    }
    for (size_t i = 0; i < all.count; i++) {
        answer = any ? truth_or(answer, all.of[i]) : truth_and(answer, all.of[i]);
    }
    return answer;
}

/* --- of the request ------------------------------------------------------------------- */

static truth truth_of_value(const value *boolean)
{
    if (boolean->unsure) {
        return UNSURE;
    }
    return truth_of(boolean->present && boolean->boolean);
}

static truth write_comparison(generator *g)
{
    const postern_type type = compared[generator_pick(g, COUNT(compared))];
    truth out = UNSURE;
    value left;
    tested of = {&left, 1, &out};

    if (writing_chance(g, 40)) { /* a field of its own: only here are lists of names */
        generator_write(g, "http.host");
        left = g->fields[GENERATOR_FIELDS - 4].now;
        writing_list(g, 3, &of);
        return out;
    }
    left = writing_value(g, type);
    writing_test(g, type, &of);
    return out;
}

static truth write_leaf(generator *g)
{
    value bare;

    if (writing_chance(g, 12)) {
        const bool yes = writing_chance(g, 2);
        generator_write(g, yes ? "true" : "false");
        return truth_of(yes);
    }
    if (writing_chance(g, 5)) {
        bare = writing_value(g, POSTERN_BOOL);
        return truth_of_value(&bare);
    }
    if (g->nesting < WRITING_NESTING && writing_chance(g, 3)) {
        return write_quantifier(g);
    }
    return write_comparison(g);
}

static truth write_chain(generator *g, size_t level);

static truth write_unary(generator *g)
{
    const size_t way = g->nesting < WRITING_NESTING ? generator_pick(g, 8) : 7;
    truth out;

    if (way > 3) {
        return write_leaf(g);
    }
    g->nesting++;
    if (way < 2) {
        generator_write(g, way == 0 ? "not " : writing_chance(g, 2) ? "!" : "! ");
        out = truth_not(write_unary(g));
    } else {
        generator_write(g, "(");
        out = write_chain(g, 0);
        generator_write(g, ")");
    }
    g->nesting--;
    return out;
}

static truth write_chain(generator *g, size_t level)
{
    truth out = level < COUNT(operators) ? write_chain(g, level + 1) : write_unary(g);

    while (level < COUNT(operators) && writing_chance(g, 5)) {
        write_operator(g, level);
        out = operators[level].by(out, write_chain(g, level + 1));
    }
    return out;
}

value writing_claim_argument(generator *g)
{
    truth out;
    value left;

    if (writing_chance(g, 3)) {
        generator_write(g, "(");
        g->nesting++;
        out = write_comparison(g);
        write_operator(g, 2);
        out = truth_and(out, write_unary(g));
        g->nesting--;
        generator_write(g, ")");
    } else if (writing_chance(g, 3)) {
        generator_write(g, "not ");
        left = writing_value(g, POSTERN_BOOL);
        out = truth_not(truth_of_value(&left));
    } else if (writing_chance(g, 3)) {
        g->nesting++;
        out = write_quantifier(g);
        g->nesting--;
    } else {
        out = write_comparison(g);
    }
    return out == UNSURE ? value_unsure(POSTERN_BOOL) : value_boolean(out == YES);
}

value writing_claims_argument(generator *g)
{
    said all;
    value out;

    g->nesting++;
    generator_write(g, "(");
    all = write_each_leaf(g, false);
    write_operator(g, 0);
    all = combine(g, truth_or, all, write_each_leaf(g, false));
    generator_write(g, ")");
    g->nesting--;
    if (all.missing) { /* nothing can be said of it */
        return value_missing(POSTERN_ARRAY_OF(POSTERN_BOOL));
    }
    out = value_array(&g->memory, POSTERN_BOOL, all.count);
    for (size_t i = 0; i < all.count; i++) {
        out.items[i] = all.of[i] == UNSURE ? value_unsure(POSTERN_BOOL)
                                           : value_boolean(all.of[i] == YES);
        out.unsure = out.unsure || all.of[i] == UNSURE;
    }
    out.unsure = out.unsure || all.unsure;
    return out;
}

truth generator_expression(generator *g)
{
    g->budget = 12;
    g->nesting = 0;
    g->rewrote = g->repeats;
    g->memory.used = g->kept;
    return write_chain(g, 0);
}

truth generator_relatives(generator *g)
{
    truth out = NO;
    bool nested; /* there is much to see behind [*] */

    g->nesting = 0;
    g->rewrote = g->repeats;
    g->memory.used = g->kept;
    writing_choose_favourites(g);
    nested = postern_type_element(postern_type_element(g->favourite->type)) != 0;
    generator_write(g, "false");
    for (size_t i = 0; i < 12; i++) {
        g->budget = 2;
        write_operator(g, 1);
        out = truth_xor(out, nested && !writing_chance(g, 4) ? write_quantifier(g)
                                                             : write_leaf(g));
    }
    g->favourite = NULL;
    g->favourite_call = 0;
    return out;
}

void generator_each(generator *g)
{
    g->budget = 4;
    g->nesting = 1;
    (void)write_each_chain(g, 0);
}
