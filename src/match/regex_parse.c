/*
 * match/regex_parse.c - groups, alternatives, sequences and repeats.
 *
 * What is open is a stack in the arena, one level for each parenthesis; a level knows
 * enough of its items that no node is visited twice.
 */
#include "match/regex_parser.h"

#include "support/text.h"

typedef struct level {
    struct level *outer;
    size_t offset;        /* of the parenthesis */
    uint32_t depth;       /* levels above, with the group itself */
    uint32_t group;       /* the number of what captures, or 0 */
    unsigned outer_flags; /* behind the group */

    pst_regex_nodes branches; /* the alternatives before this one */
    pst_regex_totals branch_facts;
    bool all_sets; /* every alternative before is a SET */

    pst_regex_nodes items; /* of this alternative, but for the last one */
    pst_regex_totals item_facts;
    size_t count;            /* of them, with those that left no node */
    pst_regex_node *pending; /* the last one, as long as it may be repeated; or NULL */
    size_t pending_offset;
    bool repeatable;
} level;

typedef struct tree_builder {
    pst_regex_parser parser;
    bool captures;
    uint32_t compiled_bytes; /* the limit */
    uint32_t groups;
    level *top;
    level *spare; /* closed */
} tree_builder;

/* --- limits ------------------------------------------------------------------------- */

/* Looks at the limits after something was read at `place`. */
static bool within_limits(tree_builder *builder, pst_regex_place place)
{
    const level *const top = builder->top;
    const uint64_t above = (uint64_t)top->depth + (top->branches.count > 0);
    const uint64_t here = (uint64_t)top->item_facts.height + (top->count >= 2);
    const uint64_t size = pst_regex_sum(top->branch_facts.size, top->item_facts.size);

    if (above + here > builder->parser.nesting ||
        above + top->branch_facts.height > builder->parser.nesting) {
        return pst_regex_refuse_depth(&builder->parser, place);
    }
    if (size > builder->compiled_bytes / PST_REGEX_INSN_BYTES) {
        return pst_regex_refuse_amount(
            &builder->parser, place, "the pattern up to here compiles to ",
            pst_regex_product(size, PST_REGEX_INSN_BYTES),
            " bytes; the limit regex_compiled_bytes is ", builder->compiled_bytes);
    }
    return true;
}

/* --- items -------------------------------------------------------------------------- */

static void begin_branch(level *at)
{
    at->items = (pst_regex_nodes){.first = NULL};
    at->item_facts = (pst_regex_totals){.nullable = true, .hollow = true};
    at->count = 0;
    at->pending = NULL;
    at->repeatable = false;
}

/* The last item cannot be repeated any more. */
static void settle(level *at)
{
    pst_regex_node *const item = at->pending;

    at->pending = NULL;
    at->repeatable = false;
    if (item == NULL) {
        return;
    }
    at->item_facts.nullable = at->item_facts.nullable && item->nullable;
    at->item_facts.hollow = at->item_facts.hollow && item->hollow;
    if (item->kind == PST_REGEX_CONCAT) {
        pst_regex_append_children(&at->items, item);
    } else if (item->kind != PST_REGEX_EMPTY) {
        pst_regex_append(&at->items, item);
    }
}

/* Takes the item that was read from `offset` to here; NULL is none, but a failure. */
static bool add_item(tree_builder *builder, pst_regex_node *item, size_t offset)
{
    level *const top = builder->top;

    if (item == NULL) {
        return false;
    }
    settle(top);
    pst_regex_include(&top->item_facts, item);
    top->pending = item;
    top->pending_offset = offset;
    top->repeatable = true;
    top->count++;
    return within_limits(builder, pst_regex_since(&builder->parser, offset));
}

static bool read_escape(tree_builder *builder)
{
    pst_regex_atom atom;
    unsigned char bytes[4];
    pst_regex_node *node = NULL;

    if (!pst_regex_read_escape(&builder->parser, &atom)) {
        return false;
    }
    switch (atom.kind) {
    case PST_REGEX_CHARACTER:
        node = pst_regex_make_bytes(&builder->parser, bytes,
                                    pst_utf8_write(atom.code, bytes));
        break;
    case PST_REGEX_BYTE:
        bytes[0] = (unsigned char)atom.code;
        node = pst_regex_make_bytes(&builder->parser, bytes, 1);
        break;
    case PST_REGEX_BYTES:
        node = pst_regex_make_node(&builder->parser, PST_REGEX_SET);
        if (node != NULL) {
            node->set = atom.set;
        }
        break;
    case PST_REGEX_PLACE:
        node = pst_regex_make_assertion(&builder->parser, atom.assertion);
        break;
    }
    return add_item(builder, node, atom.place.offset);
}

static bool read_class(tree_builder *builder)
{
    const size_t offset = builder->parser.at;
    const level *const top = builder->top;
    const uint32_t depth = top->depth + (top->branches.count > 0) + (top->count > 0);
    pst_byte_set set;
    const uint32_t height = pst_regex_read_class(&builder->parser, depth, &set);
    pst_regex_node *node;

    if (height == 0) {
        return false;
    }
    if (height > builder->parser.nesting) {
        return pst_regex_refuse_depth(&builder->parser,
                                      pst_regex_since(&builder->parser, offset));
    }
    node = pst_regex_make_node(&builder->parser, PST_REGEX_SET);
    if (node != NULL) {
        node->set = set;
        node->height = (uint16_t)height;
    }
    return add_item(builder, node, offset);
}

/* A character without a meaning of its own, or one of . ^ $ */
static bool read_character(tree_builder *builder)
{
    pst_regex_parser *const parser = &builder->parser;
    const pst_regex_place here = pst_regex_here(parser);
    const bool lines = (parser->flags & PST_REGEX_LINES) != 0;
    const unsigned char *const bytes =
        (const unsigned char *)parser->pattern.data + here.offset;
    pst_regex_node *node;

    parser->at += here.length;
    switch (bytes[0]) {
    case '.':
        node = pst_regex_make_any(&builder->parser);
        break;
    case '^':
        node = pst_regex_make_assertion(&builder->parser, lines ? PST_REGEX_LINE_START
                                                                : PST_REGEX_TEXT_START);
        break;
    case '$':
        node = pst_regex_make_assertion(&builder->parser, lines ? PST_REGEX_LINE_END
                                                                : PST_REGEX_TEXT_END);
        break;
    default:
        node = pst_regex_make_bytes(&builder->parser, bytes, here.length);
        break;
    }
    return add_item(builder, node, here.offset);
}

/* --- repeats ------------------------------------------------------------------------ */

/* At one of * + ? { */
static bool refuse_repeat(pst_regex_parser *parser)
{
    const int sign = pst_regex_peek(parser, 0);

    return pst_regex_refuse_quoting(parser, POSTERN_SYNTAX,
                                    (pst_regex_place){parser->at, 1},
                                    "nothing to repeat before",
                                    sign == '*'   ? "a star itself is \\*"
                                    : sign == '+' ? "a plus itself is \\+"
                                    : sign == '?' ? "a question mark itself is \\?"
                                                  : "a brace itself is \\{");
}

/* At one of * + ? { */
static bool read_repeat(tree_builder *builder)
{
    pst_regex_parser *const parser = &builder->parser;
    level *const top = builder->top;
    bool lazy = (parser->flags & PST_REGEX_SWAP_LAZY) != 0;
    pst_regex_count count;
    pst_regex_node *node;

    if (!top->repeatable) {
        return refuse_repeat(parser);
    }
    if (!pst_regex_read_count(parser, &count)) {
        return false;
    }
    if (pst_regex_peek(parser, 0) == '?') {
        parser->at++;
        lazy = !lazy;
    }
    /* The sum so far has it once. */
    top->item_facts.size -= top->pending->size;
    node = pst_regex_make_repeat(&builder->parser, top->pending, count, lazy);
    if (node == NULL) {
        return false;
    }
    top->pending = node;
    pst_regex_include(&top->item_facts, node);
    return within_limits(builder, pst_regex_since(parser, top->pending_offset));
}

/* --- alternatives and groups -------------------------------------------------------- */

/* What was read since the group or the last '|'. */
static pst_regex_node *finish_branch(tree_builder *builder)
{
    level *const top = builder->top;
    pst_regex_node *node;

    settle(top);
    if (top->items.count == 0) {
        node = pst_regex_make_node(&builder->parser, PST_REGEX_EMPTY);
    } else if (top->items.count == 1) {
        node = top->items.first;
    } else {
        node = pst_regex_adopt(pst_regex_make_node(&builder->parser, PST_REGEX_CONCAT),
                               &top->items, &top->item_facts);
    }
    if (node != NULL) {
        node->height = (uint16_t)(top->item_facts.height + (top->count >= 2));
        node->size = top->item_facts.size;
    }
    return node;
}

static bool add_branch(tree_builder *builder)
{
    level *const top = builder->top;
    pst_regex_node *const node = finish_branch(builder);

    if (node == NULL) {
        return false;
    }
    if (top->branches.count == 0) {
        top->branch_facts = (pst_regex_totals){.hollow = true};
        top->all_sets = true;
    }
    pst_regex_include(&top->branch_facts, node);
    top->branch_facts.nullable = top->branch_facts.nullable || node->nullable;
    top->branch_facts.hollow = top->branch_facts.hollow && node->hollow;
    top->all_sets = top->all_sets && node->kind == PST_REGEX_SET;
    pst_regex_append(&top->branches, node);
    begin_branch(top);
    return true;
}

/* At the '|'. */
static bool read_bar(tree_builder *builder)
{
    const size_t offset = builder->parser.at++;

    if (!add_branch(builder)) {
        return false;
    }
    builder->top->branch_facts.size = pst_regex_sum(builder->top->branch_facts.size, 1);
    return within_limits(builder, (pst_regex_place){offset, 1});
}

/* All that stands in the top level. */
static pst_regex_node *finish_level(tree_builder *builder)
{
    level *const top = builder->top;
    pst_regex_node *node;

    if (top->branches.count == 0) {
        return finish_branch(builder);
    }
    if (!add_branch(builder)) {
        return NULL;
    }
    if (top->all_sets && !builder->captures) {
        node = pst_regex_merge_sets(&top->branches);
    } else {
        node =
            pst_regex_adopt(pst_regex_make_node(&builder->parser, PST_REGEX_ALTERNATE),
                            &top->branches, &top->branch_facts);
    }
    if (node != NULL) {
        node->height = (uint16_t)(top->branch_facts.height + 1);
        node->size = top->branch_facts.size;
    }
    return node;
}

static bool open_level(tree_builder *builder, size_t offset, uint32_t depth,
                       uint32_t group, unsigned outer_flags)
{
    level *opened = builder->spare;

    if (opened != NULL) {
        builder->spare = opened->outer;
    } else {
        opened = pst_arena_alloc(builder->parser.arena, sizeof *opened);
        if (opened == NULL) {
            return pst_regex_starve(&builder->parser);
        }
    }
    *opened = (level){
        .outer = builder->top,
        .offset = offset,
        .depth = depth,
        .group = group,
        .outer_flags = outer_flags,
    };
    begin_branch(opened);
    builder->top = opened;
    return true;
}

/* At the '('. */
static bool read_open(tree_builder *builder)
{
    pst_regex_parser *const parser = &builder->parser;
    const size_t offset = parser->at;
    const unsigned flags = parser->flags;
    level *const top = builder->top;
    const uint32_t depth =
        top->depth + (top->branches.count > 0) + (top->count > 0) + 1;
    uint32_t group = 0;

    switch (pst_regex_read_opening(parser)) {
    case PST_REGEX_OPENS_NOTHING:
        return false;
    case PST_REGEX_SETS_FLAGS:
        settle(top);
        top->count++;
        return within_limits(builder, pst_regex_since(parser, offset));
    case PST_REGEX_OPENS_CAPTURE:
        group = ++builder->groups;
        break;
    case PST_REGEX_OPENS_GROUP:
        break;
    }
    if (depth > parser->nesting) {
        return pst_regex_refuse_depth(parser, (pst_regex_place){offset, 1});
    }
    return open_level(builder, offset, depth, group, flags);
}

/* At the ')'. */
static bool read_close(tree_builder *builder)
{
    level *const closed = builder->top;
    pst_regex_node *node;

    if (closed->outer == NULL) {
        return pst_regex_refuse(&builder->parser, POSTERN_SYNTAX,
                                (pst_regex_place){builder->parser.at, 1},
                                "no group is open here", "a parenthesis itself is \\)");
    }
    node = finish_level(builder);
    if (node != NULL && closed->group != 0 && builder->captures) {
        const pst_regex_nodes child = {node, node, 1};
        const pst_regex_totals facts = {.nullable = node->nullable,
                                        .hollow = node->hollow};
        const pst_regex_node below = *node;

        node = pst_regex_adopt(pst_regex_make_node(&builder->parser, PST_REGEX_GROUP),
                               &child, &facts);
        if (node != NULL) {
            node->group = closed->group;
            node->height = below.height;
            node->size = below.size;
        }
    }
    if (node == NULL) {
        return false;
    }
    node->height = (uint16_t)(node->height + 1);
    node->size = pst_regex_sum(node->size, closed->group != 0 ? 2 : 0);
    builder->parser.at++;
    builder->parser.flags = closed->outer_flags;
    builder->top = closed->outer;
    closed->outer = builder->spare;
    builder->spare = closed;
    return add_item(builder, node, closed->offset);
}

/* --- patterns ----------------------------------------------------------------------- */

static bool read_next(tree_builder *builder)
{
    switch (pst_regex_peek(&builder->parser, 0)) {
    case '(':
        return read_open(builder);
    case ')':
        return read_close(builder);
    case '|':
        return read_bar(builder);
    case '[':
        return read_class(builder);
    case '*':
    case '+':
    case '?':
    case '{':
        return read_repeat(builder);
    case '\\':
        return read_escape(builder);
    default:
        return read_character(builder);
    }
}

static bool is_readable(pst_regex_parser *parser, const pst_regex_limits *limits)
{
    const size_t length = parser->pattern.len;
    size_t step;

    if (length > limits->pattern_bytes) {
        return pst_regex_refuse_amount(
            parser, (pst_regex_place){0, length}, "the pattern has ", length,
            " bytes; the limit regex_pattern_bytes is ", limits->pattern_bytes);
    }
    for (size_t i = 0; i < length; i += step) {
        step = pst_utf8_read(pst_str_slice(parser->pattern, i, length), NULL);
        if (step == 0) {
            return pst_regex_refuse(parser, POSTERN_SYNTAX, (pst_regex_place){i, 1},
                                    "the pattern is not UTF-8",
                                    "a byte beyond ASCII is written \\xFF");
        }
    }
    return true;
}

static bool read_pattern(tree_builder *builder, pst_regex_tree *out)
{
    pst_regex_parser *const parser = &builder->parser;

    if (!open_level(builder, 0, 0, 0, 0)) {
        return false;
    }
    for (;;) {
        pst_regex_skip_space(parser);
        if (parser->at == parser->pattern.len) {
            break;
        }
        if (!read_next(builder)) {
            return false;
        }
    }
    if (builder->top->outer != NULL) {
        return pst_regex_refuse(
            parser, POSTERN_SYNTAX, (pst_regex_place){builder->top->offset, 1},
            "the group is not closed", "a parenthesis itself is \\(");
    }
    *out = (pst_regex_tree){.root = finish_level(builder)};
    out->groups = builder->groups;
    out->nodes = parser->nodes;
    return out->root != NULL;
}

postern_status pst_regex_parse(pst_arena *arena, postern_str pattern, bool captures,
                               const pst_regex_limits *limits, pst_regex_tree *out,
                               pst_regex_problem *problem)
{
    /* A node counts its levels in 16 bits. */
    const uint32_t nesting =
        limits->nesting < UINT16_MAX ? limits->nesting : UINT16_MAX - 1;
    tree_builder builder = {
        .parser = {.arena = arena,
                   .pattern = pattern,
                   .nesting = nesting,
                   .problem = problem},
        .captures = captures,
        .compiled_bytes = limits->compiled_bytes,
    };

    *problem = (pst_regex_problem){.status = POSTERN_OK};
    if (!is_readable(&builder.parser, limits) || !read_pattern(&builder, out)) {
        return builder.parser.status;
    }
    return POSTERN_OK;
}
