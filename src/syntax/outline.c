/*
 * syntax/outline.c - the tree of an expression, one node a line: how operators bind.
 */
#include "syntax/print.h"

typedef struct outline {
    pst_writer out;
    size_t indent;
} outline;

static void write_node(outline *o, const pst_node *node, bool pattern);

static void begin_line(outline *o)
{
    for (size_t i = 0; i < o->indent; i++) {
        pst_write_byte(&o->out, ' ');
    }
}

static void write_named(outline *o, const char *what, postern_str name)
{
    pst_write_text(&o->out, what);
    pst_write_str(&o->out, name);
}

/* What the line of `node` says. */
static void write_label(outline *o, const pst_node *node, bool pattern)
{
    switch ((pst_node_kind)node->kind) {
    case PST_NODE_TRUE:
        pst_write_text(&o->out, "true");
        break;
    case PST_NODE_FALSE:
        pst_write_text(&o->out, "false");
        break;
    case PST_NODE_AND:
    case PST_NODE_OR:
    case PST_NODE_XOR:
        pst_write_text(&o->out, pst_print_logical((pst_node_kind)node->kind, false));
        break;
    case PST_NODE_NOT:
        pst_write_text(&o->out, "not");
        break;
    case PST_NODE_COMPARE:
        pst_write_text(&o->out,
                       pst_print_relation((pst_comparison)node->relation, false));
        break;
    case PST_NODE_NAME:
        write_named(o, "field ", node->text);
        break;
    case PST_NODE_CALL:
        write_named(o, "call ", node->text);
        break;
    case PST_NODE_INDEX:
        pst_write_text(&o->out, "index");
        break;
    case PST_NODE_TEXT:
        pst_print_string(&o->out, node, pattern);
        break;
    case PST_NODE_NUMBER:
        pst_write_str(&o->out, node->text);
        break;
    case PST_NODE_STAR:
        pst_write_text(&o->out, "*");
        break;
    case PST_NODE_SET:
        pst_write_text(&o->out, "set");
        break;
    case PST_NODE_LIST:
        write_named(o, "list $", node->text);
        break;
    case PST_NODE_BARE:
    case PST_NODE_BROKEN: /* of a text that parses there is none */
        break;
    }
}

static void write_node(outline *o, const pst_node *node, bool pattern)
{
    if (node->kind == PST_NODE_BARE) { /* the value says as much */
        write_node(o, node->first, false);
        return;
    }
    begin_line(o);
    write_label(o, node, pattern);
    pst_write_byte(&o->out, '\n');
    o->indent += 2;
    for (const pst_node *child = node->first; child != NULL; child = child->next) {
        write_node(o, child,
                   node->kind == PST_NODE_COMPARE &&
                       node->relation == PST_COMPARE_MATCHES);
    }
    o->indent -= 2;
}

static postern_status write_outline(pst_arena *arena,
                                    const postern_format_options *options,
                                    const pst_node *root, pst_writer *out)
{
    outline o = {*out, 0};

    (void)arena;
    (void)options;
    write_node(&o, root, false);
    *out = o.out;
    return POSTERN_OK;
}

postern_status postern_format_tree(postern_str expression,
                                   const postern_format_options *options, char *buf,
                                   size_t cap, size_t *length, postern_report *report)
{
    return pst_print_with(write_outline, expression, options, buf, cap, length, report);
}
