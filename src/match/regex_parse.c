/*
 * Groups, alternatives, sequences and repeats. What is open is a stack in the arena, one
 * level for each parenthesis; a level knows enough of its items that no node is visited
 * twice.
 */
#include "match/regex_parser.h"

#include "support/text.h"

typedef struct node_list {
    pst_regex_node *first;
    pst_regex_node *last;
    size_t count;
} node_list;

/* What is known of items behind each other, or of alternatives. */
typedef struct totals {
    uint64_t size;   /* the sum */
    uint32_t height; /* of the highest */
    bool nullable;
    bool hollow;
} totals;

typedef struct level {
    struct level *outer;
    size_t offset;        /* of the parenthesis */
    uint32_t depth;       /* levels above, with the group itself */
    uint32_t group;       /* the number of what captures, or 0 */
    unsigned outer_flags; /* behind the group */

    node_list branches; /* the alternatives before this one */
    totals branch_facts;
    bool all_sets; /* every alternative before is a SET */

    node_list items; /* of this alternative, but for the last one */
    totals item_facts;
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
    uint32_t nodes;
    level *top;
    level *spare; /* closed */
} tree_builder;

/* --- nodes -------------------------------------------------------------------------- */

static pst_regex_node *make_node(tree_builder *builder, pst_regex_kind kind)
{
    pst_regex_node *const node = pst_arena_alloc(builder->parser.arena, sizeof *node);

    if (node == NULL) {
        pst_regex_starve(&builder->parser);
        return NULL;
    }
    builder->nodes++;
    *node = (pst_regex_node){
        .kind = (uint8_t)kind,
        .nullable = kind != PST_REGEX_SET,
        .hollow = kind != PST_REGEX_SET,
        .size = kind == PST_REGEX_SET || kind == PST_REGEX_ASSERT,
    };
    return node;
}

static pst_regex_node *make_assertion(tree_builder *builder,
                                      pst_regex_assertion assertion)
{
    pst_regex_node *const node = make_node(builder, PST_REGEX_ASSERT);

    if (node != NULL) {
        node->assertion = (uint8_t)assertion;
    }
    return node;
}

static void append(node_list *list, pst_regex_node *node)
{
    node->prev = list->last;
    node->next = NULL;
    if (list->last == NULL) {
        list->first = node;
    } else {
        list->last->next = node;
    }
    list->last = node;
    list->count++;
}

/* The children of a sequence become items of the sequence it stands in. */
static void append_children(node_list *list, pst_regex_node *concat)
{
    concat->first->prev = list->last;
    if (list->last == NULL) {
        list->first = concat->first;
    } else {
        list->last->next = concat->first;
    }
    list->last = concat->last;
    list->count += 2; /* or more */
}

static uint64_t sum(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t product(uint64_t a, uint64_t b)
{
    return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

static void include(totals *all, const pst_regex_node *one)
{
    all->size = sum(all->size, one->size);
    if (all->height < one->height) {
        all->height = one->height;
    }
}

static pst_regex_node *adopt(pst_regex_node *parent, const node_list *children,
                             const totals *facts)
{
    if (parent != NULL) {
        parent->first = children->first;
        parent->last = children->last;
        parent->nullable = facts->nullable;
        parent->hollow = facts->hollow;
    }
    return parent;
}

/* --- limits ------------------------------------------------------------------------- */

/* Looks at the limits after something was read at `place`. */
static bool within_limits(tree_builder *builder, pst_regex_place place)
{
    const level *const top = builder->top;
    const uint64_t above = (uint64_t)top->depth + (top->branches.count > 0);
    const uint64_t here = (uint64_t)top->item_facts.height + (top->count >= 2);
    const uint64_t size = sum(top->branch_facts.size, top->item_facts.size);

    if (above + here > builder->parser.nesting ||
        above + top->branch_facts.height > builder->parser.nesting) {
        return pst_regex_refuse_depth(&builder->parser, place);
    }
    if (size > builder->compiled_bytes / PST_REGEX_INSN_BYTES) {
        return pst_regex_refuse_amount(
            &builder->parser, place, "the pattern up to here compiles to ",
            product(size, PST_REGEX_INSN_BYTES), " bytes; the limit is ",
            builder->compiled_bytes);
    }
    return true;
}

/* --- items -------------------------------------------------------------------------- */

static void begin_branch(level *at)
{
    at->items = (node_list){.first = NULL};
    at->item_facts = (totals){.nullable = true, .hollow = true};
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
        append_children(&at->items, item);
    } else if (item->kind != PST_REGEX_EMPTY) {
        append(&at->items, item);
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
    include(&top->item_facts, item);
    top->pending = item;
    top->pending_offset = offset;
    top->repeatable = true;
    top->count++;
    return within_limits(builder, pst_regex_since(&builder->parser, offset));
}

static pst_regex_node *literal(tree_builder *builder, unsigned byte)
{
    pst_regex_node *const node = make_node(builder, PST_REGEX_SET);

    if (node != NULL) {
        pst_byte_set_add(&node->set, byte, byte);
        if ((builder->parser.flags & PST_REGEX_FOLD) != 0 && byte < 0x80) {
            pst_byte_set_fold(&node->set);
        }
    }
    return node;
}

/* Several bytes that are one item. */
static pst_regex_node *literals(tree_builder *builder, const unsigned char *bytes,
                                size_t count)
{
    node_list list = {.first = NULL};
    const totals facts = {.nullable = false, .hollow = false};
    pst_regex_node *node;

    for (size_t i = 0; i < count; i++) {
        node = literal(builder, bytes[i]);
        if (node == NULL) {
            return NULL;
        }
        if (count == 1) {
            return node;
        }
        append(&list, node);
    }
    node = adopt(make_node(builder, PST_REGEX_CONCAT), &list, &facts);
    if (node != NULL) {
        node->size = count;
    }
    return node;
}

static size_t encode(uint32_t code, unsigned char bytes[4])
{
    const size_t more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char marks[] = {0, 0xc0, 0xe0, 0xf0};

    for (size_t i = more; i > 0; i--) {
        bytes[i] = (unsigned char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    bytes[0] = (unsigned char)(marks[more] | code);
    return more + 1;
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
        node = literals(builder, bytes, encode(atom.code, bytes));
        break;
    case PST_REGEX_BYTE:
        node = literal(builder, atom.code);
        break;
    case PST_REGEX_BYTES:
        node = make_node(builder, PST_REGEX_SET);
        if (node != NULL) {
            node->set = atom.set;
        }
        break;
    case PST_REGEX_PLACE:
        node = make_assertion(builder, atom.assertion);
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
    node = make_node(builder, PST_REGEX_SET);
    if (node != NULL) {
        node->set = set;
        node->height = (uint16_t)height;
    }
    return add_item(builder, node, offset);
}

static pst_regex_node *any_byte(tree_builder *builder)
{
    pst_regex_node *const node = make_node(builder, PST_REGEX_SET);

    if (node != NULL) {
        if ((builder->parser.flags & PST_REGEX_DOT_ALL) == 0) {
            pst_byte_set_add(&node->set, '\n', '\n');
        }
        pst_byte_set_negate(&node->set);
    }
    return node;
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
        node = any_byte(builder);
        break;
    case '^':
        node = make_assertion(builder,
                              lines ? PST_REGEX_LINE_START : PST_REGEX_TEXT_START);
        break;
    case '$':
        node = make_assertion(builder, lines ? PST_REGEX_LINE_END : PST_REGEX_TEXT_END);
        break;
    default:
        node = literals(builder, bytes, here.length);
        break;
    }
    return add_item(builder, node, here.offset);
}

/* --- repeats ------------------------------------------------------------------------ */

typedef struct repeat_count {
    uint32_t least;
    uint32_t most;
    bool endless;
} repeat_count;

/* Digits, white space around them; no digits are no number. */
static bool read_number(pst_regex_parser *parser, bool *any, uint32_t *out)
{
    uint64_t number = 0;
    size_t start;
    size_t end;

    pst_regex_skip_blanks(parser);
    start = parser->at;
    end = start;
    for (int next; (next = pst_regex_peek(parser, 0)) >= '0' && next <= '9';) {
        number = number > UINT32_MAX ? number : number * 10 + (uint64_t)(next - '0');
        end = ++parser->at;
        pst_regex_skip_space(parser);
    }
    pst_regex_skip_blanks(parser);
    pst_regex_skip_space(parser);
    *any = end > start;
    *out = (uint32_t)number;
    if (number > UINT32_MAX) {
        return pst_regex_refuse(parser, POSTERN_SYNTAX,
                                (pst_regex_place){start, end - start},
                                "the number is above 4,294,967,295", NULL);
    }
    return true;
}

static const char braces_hint[] = "write {2}, {2,} or {2,3}; a brace itself is \\{";

/* At the '{'. */
static bool read_braces(pst_regex_parser *parser, repeat_count *out)
{
    const size_t start = parser->at;
    bool from = false;
    bool to = true;

    parser->at++;
    pst_regex_skip_space(parser);
    if (!read_number(parser, &from, &out->least)) {
        return false;
    }
    out->most = out->least;
    if (pst_regex_peek(parser, 0) == ',') {
        parser->at++;
        pst_regex_skip_space(parser);
        out->endless = pst_regex_peek(parser, 0) == '}';
        if (!out->endless && !read_number(parser, &to, &out->most)) {
            return false;
        }
    }
    if (pst_regex_peek(parser, 0) == -1) {
        return pst_regex_refuse(parser, POSTERN_SYNTAX, pst_regex_since(parser, start),
                                "the repeat is not closed", braces_hint);
    }
    if (pst_regex_peek(parser, 0) != '}') {
        return pst_regex_refuse_quoting(parser, POSTERN_SYNTAX, pst_regex_here(parser),
                                        "a repeat cannot hold", braces_hint);
    }
    parser->at++;
    if (!from || !to) {
        return pst_regex_refuse(parser, POSTERN_SYNTAX, pst_regex_since(parser, start),
                                "a number is missing in the repeat",
                                from ? braces_hint
                                     : "write {0,2}; a brace itself is \\{");
    }
    if (!out->endless && out->least > out->most) {
        return pst_regex_refuse(parser, POSTERN_SYNTAX, pst_regex_since(parser, start),
                                "the repeat goes backwards",
                                "the smaller number comes first");
    }
    pst_regex_skip_space(parser); /* a question mark may follow */
    return true;
}

static bool read_count(pst_regex_parser *parser, repeat_count *out)
{
    const int sign = pst_regex_peek(parser, 0);

    *out = (repeat_count){.least = sign == '+', .most = 1, .endless = sign != '?'};
    if (sign == '{') {
        out->endless = false;
        return read_braces(parser, out);
    }
    parser->at++;
    return true;
}

static uint64_t size_of_repeat(uint64_t size, const repeat_count *count)
{
    if (count->endless) {
        return sum(product(size, count->least > 0 ? count->least : 1), 1);
    }
    return sum(product(size, count->most), count->most - count->least);
}

/* A node for `item` as often as that. */
static pst_regex_node *make_repeat(tree_builder *builder, pst_regex_node *item,
                                   repeat_count count, bool lazy)
{
    pst_regex_node *node = item;
    const node_list child = {item, item, 1};
    const uint16_t height = (uint16_t)(item->height + 1);
    uint64_t size;

    if (item->hollow) { /* to take nothing twice is to take it once */
        count.least = count.least > 0;
        count.most = count.endless || count.most > 0;
        count.endless = false;
    }
    size = size_of_repeat(item->size, &count);
    if (item->kind == PST_REGEX_EMPTY) {
        size = 0;
    } else if (!count.endless && count.most == 0) {
        node = make_node(builder, PST_REGEX_EMPTY);
    } else if (count.endless || count.most > 1 || count.least == 0) {
        const totals facts = {.nullable = item->nullable || count.least == 0,
                              .hollow = item->hollow};

        node = adopt(make_node(builder, PST_REGEX_REPEAT), &child, &facts);
    }
    if (node == NULL) {
        return NULL;
    }
    if (node->kind == PST_REGEX_REPEAT && node != item) {
        node->least = count.least;
        node->most = count.endless ? PST_REGEX_FOREVER : count.most;
        node->lazy = lazy;
    }
    node->height = height;
    node->size = size;
    return node;
}

/* At one of * + ? { */
static bool read_repeat(tree_builder *builder)
{
    pst_regex_parser *const parser = &builder->parser;
    const size_t start = parser->at;
    level *const top = builder->top;
    bool lazy = (parser->flags & PST_REGEX_SWAP_LAZY) != 0;
    repeat_count count;
    pst_regex_node *node;

    if (!top->repeatable) {
        return pst_regex_refuse_quoting(
            parser, POSTERN_SYNTAX, (pst_regex_place){start, 1},
            "nothing to repeat before", "the sign itself needs a backslash before it");
    }
    if (!read_count(parser, &count)) {
        return false;
    }
    if (pst_regex_peek(parser, 0) == '?') {
        parser->at++;
        lazy = !lazy;
    }
    /* The sum so far has it once. */
    top->item_facts.size -= top->pending->size;
    node = make_repeat(builder, top->pending, count, lazy);
    if (node == NULL) {
        return false;
    }
    top->pending = node;
    include(&top->item_facts, node);
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
        node = make_node(builder, PST_REGEX_EMPTY);
    } else if (top->items.count == 1) {
        node = top->items.first;
    } else {
        node =
            adopt(make_node(builder, PST_REGEX_CONCAT), &top->items, &top->item_facts);
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
        top->branch_facts = (totals){.hollow = true};
        top->all_sets = true;
    } else {
        top->branch_facts.size = sum(top->branch_facts.size, 1);
    }
    include(&top->branch_facts, node);
    top->branch_facts.nullable = top->branch_facts.nullable || node->nullable;
    top->branch_facts.hollow = top->branch_facts.hollow && node->hollow;
    top->all_sets = top->all_sets && node->kind == PST_REGEX_SET;
    append(&top->branches, node);
    begin_branch(top);
    return true;
}

/* At the '|'. */
static bool read_bar(tree_builder *builder)
{
    builder->parser.at++;
    return add_branch(builder) &&
           within_limits(builder, (pst_regex_place){builder->parser.at - 1, 1});
}

static pst_regex_node *merge_sets(const node_list *sets)
{
    pst_regex_node *const all = sets->first;

    for (const pst_regex_node *set = all->next; set != NULL; set = set->next) {
        for (size_t i = 0; i < 4; i++) {
            all->set.words[i] |= set->set.words[i];
        }
    }
    all->next = NULL;
    return all;
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
        node = merge_sets(&top->branches);
    } else {
        node = adopt(make_node(builder, PST_REGEX_ALTERNATE), &top->branches,
                     &top->branch_facts);
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
        const node_list child = {node, node, 1};
        const totals facts = {.nullable = node->nullable, .hollow = node->hollow};
        const pst_regex_node below = *node;

        node = adopt(make_node(builder, PST_REGEX_GROUP), &child, &facts);
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
    node->size = sum(node->size, closed->group != 0 ? 2 : 0);
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
        return pst_regex_refuse_amount(parser, (pst_regex_place){0, length},
                                       "the pattern has ", length,
                                       " bytes; the limit is ", limits->pattern_bytes);
    }
    for (size_t i = 0; i < length; i += step) {
        step = pst_regex_character(parser->pattern, i);
        if (step == 0) {
            return pst_regex_refuse(parser, POSTERN_SYNTAX, (pst_regex_place){i, 1},
                                    "the pattern is not UTF-8",
                                    "a byte is \\x and two hexadecimal digits");
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
    out->root = finish_level(builder);
    out->groups = builder->groups;
    out->nodes = builder->nodes;
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
