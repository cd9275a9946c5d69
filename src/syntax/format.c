/*
 * syntax/format.c - the canonical text of an expression.
 *
 * What is written depends on the tree alone, which the text parses to again: so
 * formatting it once more changes nothing. One function writes it, three times: to
 * count the claims and sets and see how deep they nest, to measure each of them, and
 * with line breaks wherever one is wider than what is left of its line.
 */
#include <postern/format.h>

#include "syntax/print.h"

enum { DEFAULT_WIDTH = 88, INDENT = 2 };

typedef enum run_kind { COUNT, MEASURE, WRITE } run_kind;

typedef struct formatter {
    pst_writer out;
    size_t line;    /* where in `out` the line begins */
    size_t indent;  /* of the lines to come */
    size_t tail;    /* bytes that have to follow on the same line */
    size_t width;   /* of a line */
    size_t *widths; /* of each claim and set, in the order they are written */
    size_t at;      /* the next one of them */
    uint32_t depth; /* as the parser counts it */
    uint32_t deepest;
    run_kind pass;
    bool symbols;
    bool terse; /* without the parentheses that only show precedence */
} formatter;

/* --- lines ------------------------------------------------------------------------- */

static void new_line(formatter *f)
{
    pst_write_byte(&f->out, '\n');
    f->line = f->out.len;
    for (size_t i = 0; i < f->indent; i++) {
        pst_write_byte(&f->out, ' ');
    }
}

/* Between two operands: a blank, or a new line where the whole is broken. */
static void separate(formatter *f, bool broken)
{
    if (broken) {
        new_line(f);
    } else {
        pst_write_byte(&f->out, ' ');
    }
}

static bool fits(const formatter *f, size_t width)
{
    const size_t column = f->out.len - f->line;

    return f->pass != WRITE || (column <= f->width && width <= f->width - column);
}

/* A claim or set of its own begins. Returns its number. */
static size_t begin(formatter *f)
{
    return f->at++;
}

static void end(formatter *f, size_t number, size_t start)
{
    if (f->pass == MEASURE) {
        f->widths[number] = f->out.len - start;
    }
}

/* Whether the claim or set of that number has to be spread over lines. */
static bool is_broken(const formatter *f, size_t number)
{
    return f->pass == WRITE && !fits(f, f->widths[number] + f->tail);
}

static void deepen(formatter *f)
{
    f->depth++;
    f->deepest = f->depth > f->deepest ? f->depth : f->deepest;
}

static void open_group(formatter *f, bool broken)
{
    deepen(f);
    pst_write_byte(&f->out, '(');
    f->indent += INDENT;
    if (broken) {
        new_line(f);
    }
}

static void close_group(formatter *f, bool broken)
{
    f->indent -= INDENT;
    if (broken) {
        new_line(f);
    }
    pst_write_byte(&f->out, ')');
    f->depth--;
}

/* --- values ------------------------------------------------------------------------ */

static void write_value(formatter *f, const pst_node *node);
static void write_argument(formatter *f, const pst_node *node);

static void write_string(formatter *f, const pst_node *text, bool pattern)
{
    const postern_str bytes = text->text;

    pst_print_string(&f->out, text, pattern);
    if ((text->raw || pattern) && memchr(bytes.data, '\n', bytes.len) != NULL) {
        f->line = f->out.len; /* good enough: where it goes on */
    }
}

static void write_call(formatter *f, const pst_node *call)
{
    deepen(f);
    pst_write_str(&f->out, call->text);
    pst_write_byte(&f->out, '(');
    f->tail++;
    for (const pst_node *child = call->first; child != NULL; child = child->next) {
        write_argument(f, child);
        if (child->next != NULL) {
            pst_write_text(&f->out, ", ");
        }
    }
    f->tail--;
    pst_write_byte(&f->out, ')');
    f->depth--;
}

/* A value or a literal. */
static void write_value(formatter *f, const pst_node *node)
{
    if (node->kind == PST_NODE_CALL) {
        write_call(f, node);
    } else if (node->kind == PST_NODE_INDEX) {
        write_value(f, node->first);
        pst_write_byte(&f->out, '[');
        write_value(f, node->first->next);
        pst_write_byte(&f->out, ']');
    } else if (node->kind == PST_NODE_TEXT) {
        write_string(f, node, false);
    } else if (node->kind == PST_NODE_STAR) {
        pst_write_byte(&f->out, '*');
    } else { /* NAME, NUMBER */
        pst_write_str(&f->out, node->text);
    }
}

/* --- comparisons ------------------------------------------------------------------- */

static void write_member(formatter *f, const pst_node *member, bool first, bool broken)
{
    const size_t number = begin(f);
    size_t start;

    if (broken && (first || !fits(f, 1 + f->widths[number]))) {
        new_line(f);
    } else if (!first) {
        pst_write_byte(&f->out, ' ');
    }
    start = f->out.len;
    write_value(f, member);
    end(f, number, start);
}

static void write_set(formatter *f, const pst_node *set)
{
    const size_t number = begin(f);
    const size_t start = f->out.len;
    const bool broken = is_broken(f, number) && set->first != NULL;

    pst_write_byte(&f->out, '{');
    f->indent += INDENT;
    for (const pst_node *member = set->first; member != NULL; member = member->next) {
        write_member(f, member, member == set->first, broken);
    }
    f->indent -= INDENT;
    if (broken) {
        new_line(f);
    }
    pst_write_byte(&f->out, '}');
    end(f, number, start);
}

static void write_comparison(formatter *f, const pst_node *node)
{
    const pst_node *const right = node->first->next;
    const pst_comparison relation = (pst_comparison)node->relation;

    write_value(f, node->first);
    pst_write_byte(&f->out, ' ');
    pst_write_text(&f->out, pst_print_relation(relation, f->symbols));
    pst_write_byte(&f->out, ' ');
    if (right->kind == PST_NODE_SET) {
        write_set(f, right);
    } else if (right->kind == PST_NODE_LIST) {
        pst_write_byte(&f->out, '$');
        pst_write_str(&f->out, right->text);
    } else if (right->kind == PST_NODE_TEXT) {
        write_string(f, right, relation == PST_COMPARE_MATCHES);
    } else {
        write_value(f, right);
    }
}

/* --- claims ------------------------------------------------------------------------ */

static bool is_claim(const pst_node *node)
{
    return node->kind <= PST_NODE_BARE;
}

static bool is_chain(const pst_node *node)
{
    return node->kind == PST_NODE_AND || node->kind == PST_NODE_OR ||
           node->kind == PST_NODE_XOR;
}

/* How tight the operator of a chain binds. */
static int tightness(const pst_node *chain)
{
    return chain->kind == PST_NODE_AND ? 2 : chain->kind == PST_NODE_XOR ? 1 : 0;
}

/* What stands around a claim. */
typedef enum surroundings {
    ALONE,    /* nothing: it is the whole, or in parentheses already */
    OPERAND,  /* a chain */
    NEGATED,  /* `not` */
    ARGUMENT, /* a call */
    LEADING   /* it begins an argument, and must not look like a value there */
} surroundings;

/* Whether `node` needs parentheses of its own. `chain` is the one around it, or NULL. */
static bool needs_group(const formatter *f, const pst_node *node, surroundings place,
                        const pst_node *chain)
{
    if (is_chain(node)) {
        return place == NEGATED || (place == ARGUMENT && !f->terse) ||
               (chain != NULL && (!f->terse || tightness(node) <= tightness(chain)));
    }
    return place == LEADING ? node->kind != PST_NODE_NOT
                            : place == ARGUMENT && node->kind != PST_NODE_NOT &&
                                  node->kind != PST_NODE_COMPARE;
}

static void write_claim(formatter *f, const pst_node *node, surroundings place,
                        const pst_node *chain);

static void write_chain(formatter *f, const pst_node *chain, surroundings place,
                        bool broken)
{
    const bool leads = place == ARGUMENT || place == LEADING;

    write_claim(f, chain->first, leads ? LEADING : OPERAND, chain);
    for (const pst_node *child = chain->first->next; child != NULL;
         child = child->next) {
        separate(f, broken);
        pst_write_text(&f->out,
                       pst_print_logical((pst_node_kind)chain->kind, f->symbols));
        pst_write_byte(&f->out, ' ');
        write_claim(f, child, OPERAND, chain);
    }
}

static void write_not(formatter *f, const pst_node *node)
{
    deepen(f);
    pst_write_text(&f->out, f->symbols ? "!" : "not ");
    write_claim(f, node->first, NEGATED, NULL);
    f->depth--;
}

/* `node` without parentheses around it. */
static void write_inside(formatter *f, const pst_node *node, surroundings place,
                         bool broken)
{
    if (is_chain(node)) {
        write_chain(f, node, place, broken);
    } else if (node->kind == PST_NODE_NOT) {
        write_not(f, node);
    } else if (node->kind == PST_NODE_COMPARE) {
        write_comparison(f, node);
    } else if (node->kind == PST_NODE_BARE) {
        write_value(f, node->first);
    } else {
        pst_write_text(&f->out, node->kind == PST_NODE_TRUE ? "true" : "false");
    }
}

static void write_claim(formatter *f, const pst_node *node, surroundings place,
                        const pst_node *chain)
{
    const size_t number = begin(f);
    const size_t start = f->out.len;
    const bool broken = is_broken(f, number) && is_chain(node);
    const size_t tail = f->tail;

    if (broken) {
        f->tail = 0;
    }
    if (needs_group(f, node, place, chain)) {
        open_group(f, broken);
        write_inside(f, node, ALONE, broken);
        close_group(f, broken);
    } else {
        write_inside(f, node, place, broken);
    }
    f->tail = tail;
    end(f, number, start);
}

static void write_argument(formatter *f, const pst_node *node)
{
    if (is_claim(node)) {
        write_claim(f, node, ARGUMENT, NULL);
    } else {
        write_value(f, node);
    }
}

/* --- the whole --------------------------------------------------------------------- */

static void run(formatter *f, run_kind pass, const pst_node *root)
{
    f->pass = pass;
    f->line = f->out.len = 0;
    f->at = 0;
    f->deepest = 0;
    if (is_claim(root)) {
        write_claim(f, root, ALONE, NULL);
    } else {
        write_value(f, root);
    }
}

/* Counts, measures, writes. */
static postern_status format(pst_arena *arena, const postern_format_options *options,
                             const pst_node *root, pst_writer *out)
{
    formatter f = {
        .out = {NULL, 0, 0},
        .width = options->width != 0 ? options->width : DEFAULT_WIDTH,
        .symbols = options->symbols
    };

    run(&f, COUNT, root);
    f.terse = f.deepest > pst_print_nesting(options);
    f.widths = pst_arena_array(arena, f.at, sizeof *f.widths);
    if (f.widths == NULL) {
        return arena->status;
    }
    run(&f, MEASURE, root);
    f.out = *out;
    run(&f, WRITE, root);
    *out = f.out;
    return POSTERN_OK;
}

postern_status postern_format_expression(postern_str expression,
                                         const postern_format_options *options,
                                         char *buf, size_t cap, size_t *length,
                                         postern_report *report)
{
    return pst_print_with(format, expression, options, buf, cap, length, report);
}
