/*
 * syntax/parser.c - logic over grammar/postern.ebnf; comparisons, values and literals
 * have files of their own.
 *
 * The productions from `expression` to `unary` are one loop, which keeps the groups it
 * is in on a stack of its own. Only calls recur.
 *
 * After an error the parser skips to the next logical operator or closing bracket of
 * the same depth and goes on, so that one run tells all that is wrong.
 */
#include "syntax/parser.h"

#include "syntax/hint.h"

/* --- the token ------------------------------------------------------------------- */

void pst_parser_skip(pst_parser *p)
{
    p->token = pst_lexer_next(&p->lexer);
}

void pst_parser_advance(pst_parser *p)
{
    pst_parser_skip(p);
    while (pst_at(p, PST_TOKEN_COMMENT)) {
        pst_complain(p->complaints, POSTERN_SYNTAX, (pst_span){p->token.offset, 1},
                     "unexpected comment",
                     pst_hint_comment(p->complaints->expression, p->token.offset));
        pst_parser_skip(p);
    }
}

postern_str pst_token_bytes(const pst_parser *p)
{
    return pst_str_slice(p->complaints->expression, p->token.offset,
                         p->token.offset + p->token.length);
}

bool pst_at_word(const pst_parser *p, const char *word)
{
    const char *text = p->complaints->expression.data + p->token.offset;
    size_t at = 0;

    if (!pst_at(p, PST_TOKEN_NAME)) {
        return false;
    }
    while (at < p->token.length && word[at] == text[at]) {
        at++;
    }
    return at == p->token.length && word[at] == '\0';
}

/* At the symbol or the word. */
static bool at_either(const pst_parser *p, pst_token_kind symbol, const char *word)
{
    return pst_at(p, symbol) || pst_at_word(p, word);
}

bool pst_at_logical(const pst_parser *p)
{
    return at_either(p, PST_TOKEN_AND, "and") || at_either(p, PST_TOKEN_OR, "or") ||
           at_either(p, PST_TOKEN_XOR, "xor");
}

bool pst_at_name(const pst_parser *p)
{
    return pst_at(p, PST_TOKEN_NAME) && !pst_at_logical(p) && !pst_at_word(p, "not");
}

/* --- the tree -------------------------------------------------------------------- */

pst_node *pst_node_new(pst_parser *p, pst_node_kind kind, pst_span span)
{
    pst_node *node =
        p->status == POSTERN_OK ? pst_arena_alloc(p->arena, sizeof *node) : &p->failed;

    if (node == NULL) {
        p->status = p->arena->status;
        node = &p->failed;
    }
    if (p->status == POSTERN_OK) {
        *node = (pst_node){.kind = (uint8_t)kind, .span = span};
    }
    return node;
}

pst_node *pst_broken(pst_parser *p)
{
    return pst_node_new(p, PST_NODE_BROKEN, pst_token_span(p));
}

bool pst_enter(pst_parser *p)
{
    if (p->depth < p->nesting) {
        p->depth++;
        return true;
    }
    if (!p->gave_up) {
        pst_complain(p->complaints, POSTERN_LIMIT, pst_token_span(p),
                     "the expression is nested too deeply", NULL);
    }
    p->gave_up = true;
    p->lexer.at = p->lexer.length;
    pst_parser_skip(p);
    return false;
}

/* --- logic: or, xor, and ----------------------------------------------------------- */

/* From loose to tight. */
enum { LOGICAL_LEVELS = 3 };

static const pst_node_kind logical_kinds[LOGICAL_LEVELS] = {PST_NODE_OR, PST_NODE_XOR,
                                                            PST_NODE_AND};

/* The level of the operator that is looked at, or -1. */
static int logical_level(const pst_parser *p)
{
    if (at_either(p, PST_TOKEN_OR, "or")) {
        return 0;
    }
    if (at_either(p, PST_TOKEN_XOR, "xor")) {
        return 1;
    }
    return at_either(p, PST_TOKEN_AND, "and") ? 2 : -1;
}

/* In front of the operands that `chain` has: they are turned around in the end. */
static void push(pst_node *chain, pst_node *operand)
{
    operand->next = chain->first;
    chain->first = operand;
}

static void turn_around(pst_node *chain)
{
    pst_node *turned = NULL;

    while (chain->first != NULL) {
        pst_node *operand = chain->first;
        chain->first = operand->next;
        operand->next = turned;
        turned = operand;
    }
    chain->first = turned;
}

/* An operator of `level` follows `operand` (-1: none does), so that all chains which
 * bind tighter are complete. Returns what stands for them and the operand. */
static pst_node *close_tighter(pst_node *open[], int level, pst_node *operand)
{
    for (int tight = LOGICAL_LEVELS - 1; tight > level; tight--) {
        if (open[tight] != NULL) {
            push(open[tight], operand);
            operand = open[tight];
            turn_around(operand);
            open[tight] = NULL;
        }
    }
    return operand;
}

/* Where the claim that was just read is an operand: takes it into the chain and the
 * operator away. Else returns false, and all chains are complete. */
static bool take_operand(pst_parser *p, pst_node *open[], pst_node **claim)
{
    const int level = logical_level(p);

    *claim = close_tighter(open, level, *claim);
    if (level < 0) {
        return false;
    }
    if (open[level] == NULL) {
        open[level] = pst_node_new(p, logical_kinds[level], pst_token_span(p));
    }
    push(open[level], *claim);
    pst_parser_advance(p);
    return true;
}

/* --- unary ------------------------------------------------------------------------- */

/* An expression that is being read: the whole, an argument, or inside parentheses. */
struct pst_group {
    struct pst_group *outer;
    struct pst_group *inner; /* room that was used before, or NULL */
    pst_node *open[LOGICAL_LEVELS];
    pst_node *negation; /* innermost; each holds the one outside it as its child until
                           there is something to negate */
    pst_node *broken;   /* what stood before something that was told, or NULL */
    size_t offset;      /* of the parenthesis */
};

/* Groups are kept in the arena and not in frames of functions: parentheses cost no
 * stack. */
static pst_group *open_group(pst_parser *p)
{
    pst_group *const outer = p->group;
    pst_group **const room = outer != NULL ? &outer->inner : &p->groups;
    pst_group *group = *room;

    if (group == NULL) {
        group = pst_arena_alloc(p->arena, sizeof *group);
        if (group == NULL) {
            p->status = p->arena->status;
            return NULL;
        }
        group->inner = NULL;
        *room = group;
    }
    *group =
        (pst_group){.outer = outer, .inner = group->inner, .offset = p->token.offset};
    p->group = group;
    return group;
}

/* { "not" | "(" }, up to what is no longer either. */
static void read_openings(pst_parser *p)
{
    for (;;) {
        const bool negated = at_either(p, PST_TOKEN_NOT, "not");
        if ((!negated && !pst_at(p, PST_TOKEN_OPEN)) || !pst_enter(p)) {
            return;
        }
        if (negated) {
            pst_node *node = pst_node_new(p, PST_NODE_NOT, pst_token_span(p));
            node->first = p->group->negation;
            p->group->negation = node;
        } else if (open_group(p) == NULL) {
            return;
        }
        pst_parser_advance(p);
    }
}

static pst_node *negate(pst_parser *p, pst_node *claim)
{
    while (p->status == POSTERN_OK && p->group->negation != NULL) {
        pst_node *negation = p->group->negation;
        p->group->negation = negation->first;
        negation->first = claim;
        claim = negation;
        p->depth--;
    }
    return claim;
}

/* On to the parenthesis that closes the group. False when an operator comes first,
 * which is taken: what follows it is read, in order to tell what is wrong there. */
static bool find_close(pst_parser *p)
{
    while (p->status == POSTERN_OK && !pst_at(p, PST_TOKEN_CLOSE)) {
        if (pst_at(p, PST_TOKEN_END)) {
            if (!p->gave_up) {
                pst_complain(p->complaints, POSTERN_SYNTAX,
                             (pst_span){p->group->offset, 1},
                             "this parenthesis is never closed", NULL);
            }
            return true;
        }
        if (pst_at_logical(p)) {
            pst_parser_advance(p);
            return false;
        }
        (void)pst_expected_operator(p, "'and', 'or', 'xor' or ')'", NULL);
    }
    return true;
}

/* Behind a claim: whether another one is wanted, inside of `base` or of a group in it.
 * Groups that end here become the claim. */
static bool go_on(pst_parser *p, const pst_group *base, pst_node **claim)
{
    while (p->status == POSTERN_OK) {
        *claim = negate(p, *claim);
        if (take_operand(p, p->group->open, claim)) {
            return p->status == POSTERN_OK;
        }
        if (p->group == base) {
            return false;
        }
        if (p->group->broken == NULL) {
            p->group->broken = *claim;
        }
        if (!find_close(p)) {
            return true;
        }
        *claim = p->group->broken;
        p->group = p->group->outer;
        p->depth--;
        pst_parser_advance(p);
    }
    return false;
}

static pst_node *read_constant(pst_parser *p, pst_node_kind kind)
{
    pst_node *node = pst_node_new(p, kind, pst_token_span(p));

    pst_parser_advance(p);
    return node;
}

static pst_node *read_positive(pst_parser *p)
{
    if (p->gave_up) {
        return pst_broken(p);
    }
    if (pst_at_word(p, "true")) {
        return read_constant(p, PST_NODE_TRUE);
    }
    if (pst_at_word(p, "false")) {
        return read_constant(p, PST_NODE_FALSE);
    }
    return pst_read_comparison(p);
}

pst_node *pst_read_expression(pst_parser *p)
{
    pst_group *const base = open_group(p);
    pst_node *claim = &p->failed;

    do {
        if (p->status != POSTERN_OK) {
            return &p->failed;
        }
        read_openings(p);
        claim = read_positive(p);
    } while (go_on(p, base, &claim));
    if (p->status == POSTERN_OK) {
        p->group = base->outer;
    }
    return claim;
}

/* --- the whole --------------------------------------------------------------------- */

/* Prepares `p` at the first token; false when there is none. */
static bool begin(pst_parser *p, pst_arena *arena, pst_complaints *complaints,
                  uint32_t nesting)
{
    *p = (pst_parser){.arena = arena,
                      .complaints = complaints,
                      .status = POSTERN_OK,
                      .nesting = nesting,
                      .failed = {.kind = PST_NODE_BROKEN}};
    pst_lexer_init(&p->lexer, complaints->expression);
    pst_parser_advance(p);
    return !pst_at(p, PST_TOKEN_END);
}

postern_status pst_parse(pst_arena *arena, pst_complaints *complaints, uint32_t nesting,
                         pst_node **out)
{
    pst_parser p;

    if (!begin(&p, arena, complaints, nesting)) {
        pst_complain(complaints, POSTERN_SYNTAX, (pst_span){0, 0},
                     "the expression is empty", "'true' matches every request");
        *out = pst_broken(&p);
        return p.status;
    }
    *out = pst_read_expression(&p);
    while (p.status == POSTERN_OK && !pst_at(&p, PST_TOKEN_END)) {
        if (pst_at(&p, PST_TOKEN_CLOSE)) {
            pst_complain(complaints, POSTERN_SYNTAX, pst_token_span(&p),
                         "this ')' closes nothing", NULL);
            pst_parser_advance(&p);
        } else if (pst_at_logical(&p)) {
            pst_parser_advance(&p); /* what stood before it was told already */
            (void)pst_read_expression(&p);
        } else {
            (void)pst_expected_operator(&p, "'and', 'or', 'xor' or the end", NULL);
        }
    }
    return p.status;
}

postern_status pst_parse_value(pst_arena *arena, pst_complaints *complaints,
                               uint32_t nesting, pst_node **out)
{
    pst_parser p;

    if (!begin(&p, arena, complaints, nesting)) {
        pst_complain(complaints, POSTERN_SYNTAX, (pst_span){0, 0},
                     "the expression is empty", NULL);
        *out = pst_broken(&p);
        return p.status;
    }
    *out = pst_read_value(&p);
    if (p.status == POSTERN_OK && complaints->errors == 0 &&
        !pst_at(&p, PST_TOKEN_END)) {
        (void)pst_expected(&p, "the end",
                           "this is a value expression: one field or call, no claim");
    }
    return p.status;
}
