/*
 * syntax/outline.c - the tree of an expression, one node a line: how operators bind.
 */
#include "syntax/print.h"
#include "syntax/walk.h"

enum { INDENT = 2 };

static void write_named(pst_writer *out, const char *what, postern_str name)
{
    pst_write_text(out, what);
    pst_write_str(out, name);
}

/* What the line of `node` says. */
static void write_label(pst_writer *out, const pst_node *node, bool pattern)
{
    switch ((pst_node_kind)node->kind) {
    case PST_NODE_TRUE:
        pst_write_text(out, "true");
        break;
    case PST_NODE_FALSE:
        pst_write_text(out, "false");
        break;
    case PST_NODE_AND:
    case PST_NODE_OR:
    case PST_NODE_XOR:
        pst_write_text(out, pst_print_logical((pst_node_kind)node->kind, false));
        break;
    case PST_NODE_NOT:
        pst_write_text(out, "not");
        break;
    case PST_NODE_COMPARE:
        pst_write_text(out, pst_print_relation((pst_comparison)node->relation, false));
        break;
    case PST_NODE_NAME:
        write_named(out, "field ", node->text);
        break;
    case PST_NODE_CALL:
        write_named(out, "call ", node->text);
        break;
    case PST_NODE_INDEX:
        pst_write_text(out, "index");
        break;
    case PST_NODE_TEXT:
        pst_print_string(out, node, pattern);
        break;
    case PST_NODE_NUMBER:
        pst_write_str(out, node->text);
        break;
    case PST_NODE_STAR:
        pst_write_text(out, "*");
        break;
    case PST_NODE_SET:
        pst_write_text(out, "set");
        break;
    case PST_NODE_LIST:
        write_named(out, "list $", node->text);
        break;
    case PST_NODE_BARE:
    case PST_NODE_BROKEN: /* of a text that parses there is none */
        break;
    }
}

static void write_line(pst_writer *out, const pst_node *node, const pst_node *around,
                       size_t indent)
{
    for (size_t i = 0; i < indent; i++) {
        pst_write_byte(out, ' ');
    }
    write_label(out, node,
                around != NULL && around->kind == PST_NODE_COMPARE &&
                    around->relation == PST_COMPARE_MATCHES);
    pst_write_byte(out, '\n');
}

static postern_status write_outline(pst_arena *arena,
                                    const postern_format_options *options,
                                    const pst_node *root, pst_writer *out)
{
    pst_walk walk = {.arena = arena};
    const pst_node *next = root;
    size_t indent = 0;

    (void)options;
    do {
        if (next != NULL) {
            const pst_node *const around = walk.top != NULL ? walk.top->node : NULL;
            if (pst_walk_enter(&walk, next) == NULL) {
                return arena->status;
            }
            if (next->kind != PST_NODE_BARE) { /* the value says as much */
                write_line(out, next, around, indent);
                indent += INDENT;
            }
        } else if (walk.top != NULL) {
            indent -= walk.top->node->kind != PST_NODE_BARE ? INDENT : 0;
            pst_walk_leave(&walk);
        }
        next =
            walk.top != NULL && walk.top->rest != NULL ? pst_walk_child(&walk) : NULL;
    } while (walk.top != NULL);
    return POSTERN_OK;
}

postern_status postern_format_tree(postern_str expression,
                                   const postern_format_options *options, char *buf,
                                   size_t cap, size_t *length, postern_report *report)
{
    return pst_print_with(write_outline, expression, options, buf, cap, length, report);
}
