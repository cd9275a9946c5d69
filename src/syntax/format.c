/*
 * syntax/format.c - the canonical text of an expression.
 *
 * What is written depends on the tree alone, which the text parses to again: so
 * formatting it once more changes nothing. The tree is walked three times: to count
 * the nodes and see how deep they nest, to measure each of them, and to write, with line
 * breaks wherever one is wider than what is left of its line.
 */
#include <postern/format.h>

#include "syntax/print.h"
#include "syntax/walk.h"

enum { DEFAULT_WIDTH = 88, INDENT = 2 };

typedef enum purpose { COUNT, MEASURE, WRITE } purpose;

/* What stands around a node. */
typedef enum surroundings {
    ALONE,    /* nothing, or it is no claim */
    OPERAND,  /* a chain */
    NEGATED,  /* `not` */
    ARGUMENT, /* a call */
    LEADING   /* it begins an argument, and must not look like a value there */
} surroundings;

typedef struct formatter {
    pst_writer out;
    pst_walk walk;
    size_t line;    /* where in `out` the line begins */
    size_t indent;  /* of the lines to come */
    size_t tail;    /* bytes that have to follow on the same line */
    size_t width;   /* of a line */
    size_t *widths; /* of each node, in the order of their beginnings */
    size_t at;      /* the next one of them */
    uint32_t depth; /* as the parser counts it */
    uint32_t deepest;
    purpose purpose;
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

static bool fits(const formatter *f, size_t width)
{
    const size_t column = f->out.len - f->line;

    return column <= f->width && width <= f->width - column;
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

/* --- parentheses ------------------------------------------------------------------- */

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

/* Of a claim that begins an argument: nothing says otherwise that it is one. */
static bool looks_like_a_value(const pst_node *node)
{
    return node->kind == PST_NODE_BARE || node->kind == PST_NODE_TRUE ||
           node->kind == PST_NODE_FALSE;
}

static bool needs_group(const formatter *f, const pst_visit *visit)
{
    const pst_node *const node = visit->node;
    const pst_node *const around = visit->outer != NULL ? visit->outer->node : NULL;

    if (is_chain(node)) {
        return visit->place == NEGATED || (visit->place == ARGUMENT && !f->terse) ||
               (around != NULL && is_chain(around) &&
                (!f->terse || tightness(node) <= tightness(around)));
    }
    return visit->place == LEADING
               ? looks_like_a_value(node) || node->kind == PST_NODE_COMPARE
               : visit->place == ARGUMENT && looks_like_a_value(node);
}

/* Where the children of `visit` stand; `first` asks for the first one. */
static surroundings place_inside(const pst_visit *visit, bool first)
{
    const bool leads =
        !visit->group && first && (visit->place == ARGUMENT || visit->place == LEADING);

    if (is_chain(visit->node)) {
        return leads ? LEADING : OPERAND;
    }
    if (visit->node->kind == PST_NODE_NOT) {
        return NEGATED;
    }
    return visit->node->kind == PST_NODE_CALL ? ARGUMENT : ALONE;
}

/* --- beginnings -------------------------------------------------------------------- */

static void begin_string(formatter *f, const pst_visit *visit)
{
    const pst_node *const around = visit->outer != NULL ? visit->outer->node : NULL;
    const postern_str bytes = visit->node->text;
    const bool pattern = around != NULL && around->kind == PST_NODE_COMPARE &&
                         around->relation == PST_COMPARE_MATCHES;

    pst_print_string(&f->out, visit->node, pattern);
    if ((visit->node->raw || pattern) && bytes.len > 0 &&
        memchr(bytes.data, '\n', bytes.len) != NULL) {
        f->line = f->out.len; /* good enough: where it goes on */
    }
}

/* What `visit` writes before its children. */
static void begin(formatter *f, const pst_visit *visit)
{
    const pst_node *const node = visit->node;

    switch ((pst_node_kind)node->kind) {
    case PST_NODE_TRUE:
    case PST_NODE_FALSE:
        pst_write_text(&f->out, node->kind == PST_NODE_TRUE ? "true" : "false");
        break;
    case PST_NODE_NOT:
        deepen(f);
        pst_write_text(&f->out, f->symbols ? "!" : "not ");
        break;
    case PST_NODE_CALL:
        deepen(f);
        pst_write_str(&f->out, node->text);
        pst_write_byte(&f->out, '(');
        f->tail++;
        break;
    case PST_NODE_TEXT:
        begin_string(f, visit);
        break;
    case PST_NODE_STAR:
        pst_write_byte(&f->out, '*');
        break;
    case PST_NODE_SET:
        pst_write_byte(&f->out, '{');
        f->indent += INDENT;
        break;
    case PST_NODE_LIST:
        pst_write_byte(&f->out, '$');
        pst_write_str(&f->out, node->text);
        break;
    case PST_NODE_NAME:
    case PST_NODE_NUMBER:
        pst_write_str(&f->out, node->text);
        break;
    case PST_NODE_AND:
    case PST_NODE_OR:
    case PST_NODE_XOR:
    case PST_NODE_COMPARE:
    case PST_NODE_BARE:
    case PST_NODE_INDEX:
    case PST_NODE_BROKEN: /* of a text that parses there is none */
        break;
    }
}

static bool enter(formatter *f, const pst_node *node, surroundings place)
{
    pst_visit *const visit = pst_walk_enter(&f->walk, node);

    if (visit == NULL) {
        return false;
    }
    visit->place = (uint8_t)place;
    visit->number = f->at++;
    visit->start = f->out.len;
    visit->tail = f->tail;
    visit->group = needs_group(f, visit);
    visit->broken = f->purpose == WRITE && node->first != NULL &&
                    (is_chain(node) || node->kind == PST_NODE_SET) &&
                    !fits(f, f->widths[visit->number] + f->tail);
    if (visit->broken) {
        f->tail = 0;
    }
    if (visit->group) {
        open_group(f, visit->broken);
    }
    begin(f, visit);
    return true;
}

/* --- between children -------------------------------------------------------------- */

static void before_operand(formatter *f, const pst_visit *chain)
{
    if (chain->broken) {
        new_line(f);
    } else {
        pst_write_byte(&f->out, ' ');
    }
    pst_write_text(&f->out,
                   pst_print_logical((pst_node_kind)chain->node->kind, f->symbols));
    pst_write_byte(&f->out, ' ');
}

static void before_member(formatter *f, const pst_visit *set, bool first)
{
    if (set->broken && (first || !fits(f, 1 + f->widths[f->at]))) {
        new_line(f);
    } else if (!first) {
        pst_write_byte(&f->out, ' ');
    }
}

static void before_right(formatter *f, const pst_node *comparison)
{
    pst_write_byte(&f->out, ' ');
    pst_write_text(
        &f->out, pst_print_relation((pst_comparison)comparison->relation, f->symbols));
    pst_write_byte(&f->out, ' ');
}

/* What `visit` writes in front of its next child. */
static void separate(formatter *f, const pst_visit *visit, bool first)
{
    if (visit->node->kind == PST_NODE_SET) {
        before_member(f, visit, first);
    } else if (first) {
        return;
    } else if (is_chain(visit->node)) {
        before_operand(f, visit);
    } else if (visit->node->kind == PST_NODE_COMPARE) {
        before_right(f, visit->node);
    } else if (visit->node->kind == PST_NODE_INDEX) {
        pst_write_byte(&f->out, '[');
    } else {
        pst_write_text(&f->out, ", ");
    }
}

/* --- ends -------------------------------------------------------------------------- */

static void leave(formatter *f)
{
    const pst_visit *const visit = f->walk.top;

    if (visit->node->kind == PST_NODE_NOT) {
        f->depth--;
    } else if (visit->node->kind == PST_NODE_CALL) {
        f->depth--;
        pst_write_byte(&f->out, ')');
    } else if (visit->node->kind == PST_NODE_INDEX) {
        pst_write_byte(&f->out, ']');
    } else if (visit->node->kind == PST_NODE_SET) {
        f->indent -= INDENT;
        if (visit->broken) {
            new_line(f);
        }
        pst_write_byte(&f->out, '}');
    }
    if (visit->group) {
        close_group(f, visit->broken);
    }
    f->tail = visit->tail;
    if (f->purpose == MEASURE) {
        f->widths[visit->number] = f->out.len - visit->start;
    }
    pst_walk_leave(&f->walk);
}

/* --- the whole --------------------------------------------------------------------- */

static postern_status run(formatter *f, purpose purpose_of_run, const pst_node *root)
{
    bool whole;

    f->purpose = purpose_of_run;
    f->line = f->out.len = 0;
    f->at = 0;
    f->deepest = 0;
    whole = enter(f, root, ALONE);
    while (whole && f->walk.top != NULL) {
        const pst_visit *const visit = f->walk.top;
        const bool first = visit->rest == visit->node->first;
        if (visit->rest == NULL) {
            leave(f);
        } else {
            separate(f, visit, first);
            whole = enter(f, pst_walk_child(&f->walk), place_inside(visit, first));
        }
    }
    return whole ? POSTERN_OK : f->walk.arena->status;
}

static postern_status format(pst_arena *arena, const postern_format_options *options,
                             const pst_node *root, pst_writer *out)
{
    formatter f = {.walk = {.arena = arena},
                   .width = options->width != 0 ? options->width : DEFAULT_WIDTH,
                   .symbols = options->symbols};
    postern_status status = run(&f, COUNT, root);

    if (status != POSTERN_OK) {
        return status;
    }
    f.terse = f.deepest > pst_print_nesting(options);
    f.widths = pst_arena_array(arena, f.at, sizeof *f.widths);
    if (f.widths == NULL) {
        return arena->status;
    }
    status = run(&f, MEASURE, root);
    if (status == POSTERN_OK) {
        f.out = *out;
        status = run(&f, WRITE, root);
        *out = f.out;
    }
    return status;
}

postern_status postern_format_expression(postern_str expression,
                                         const postern_format_options *options,
                                         char *buf, size_t cap, size_t *length,
                                         postern_report *report)
{
    return pst_print_with(format, expression, options, buf, cap, length, report);
}
