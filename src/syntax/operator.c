/*
 * syntax/operator.c - the productions of operators, and of what each takes on its
 * right.
 */
#include "syntax/hint.h"
#include "syntax/parser.h"

static const struct {
    pst_token_kind symbol; /* END: none */
    pst_comparison relation;
    const char *word;
} relations[] = {
    {PST_TOKEN_EQ,        PST_COMPARE_EQ,              "eq"         },
    {PST_TOKEN_NE,        PST_COMPARE_NE,              "ne"         },
    {PST_TOKEN_LT,        PST_COMPARE_LT,              "lt"         },
    {PST_TOKEN_LE,        PST_COMPARE_LE,              "le"         },
    {PST_TOKEN_GT,        PST_COMPARE_GT,              "gt"         },
    {PST_TOKEN_GE,        PST_COMPARE_GE,              "ge"         },
    {PST_TOKEN_END,       PST_COMPARE_IN,              "in"         },
    {PST_TOKEN_END,       PST_COMPARE_CONTAINS,        "contains"   },
    {PST_TOKEN_END,       PST_COMPARE_WILDCARD,        "wildcard"   },
    {PST_TOKEN_END,       PST_COMPARE_STRICT_WILDCARD, "strict"     },
    {PST_TOKEN_TILDE,     PST_COMPARE_MATCHES,         "matches"    },
    {PST_TOKEN_AMPERSAND, PST_COMPARE_BITWISE_AND,     "bitwise_and"},
};

enum { RELATIONS = sizeof relations / sizeof relations[0] };

/* Which operator is looked at, or RELATIONS. */
static size_t find_relation(const pst_parser *p)
{
    size_t i = 0;

    if (pst_at(p, PST_TOKEN_NAME)) {
        while (i < RELATIONS && !pst_at_word(p, relations[i].word)) {
            i++;
        }
    } else if (!pst_at(p, PST_TOKEN_END)) {
        while (i < RELATIONS && !pst_at(p, relations[i].symbol)) {
            i++;
        }
    } else {
        i = RELATIONS;
    }
    return i;
}

bool pst_at_operator(const pst_parser *p)
{
    return find_relation(p) < RELATIONS && !pst_at(p, PST_TOKEN_AMPERSAND);
}

/* "a & b": whoever wrote it meant "&&". */
static bool is_misplaced_and(const pst_parser *p)
{
    pst_lexer ahead = p->lexer;

    return pst_at(p, PST_TOKEN_AMPERSAND) &&
           pst_lexer_next(&ahead).kind != PST_TOKEN_BARE;
}

/* The second word of "strict wildcard". */
static pst_node *take_wildcard(pst_parser *p, pst_node *node)
{
    if (!pst_at_word(p, "wildcard") ||
        p->token.offset != node->span.offset + node->span.length + 1 ||
        p->complaints->expression.data[p->token.offset - 1] != ' ') {
        return pst_expected(p, "'wildcard' behind 'strict' and one blank", NULL);
    }
    node->span.length = p->token.offset + p->token.length - node->span.offset;
    pst_parser_advance(p);
    return node;
}

pst_node *pst_take_operator(pst_parser *p)
{
    const size_t found = find_relation(p);
    pst_node *node;

    if (found == RELATIONS || is_misplaced_and(p)) {
        return NULL;
    }
    node = pst_node_new(p, PST_NODE_COMPARE, pst_token_span(p));
    node->relation = (uint8_t)relations[found].relation;
    if (node->relation == PST_COMPARE_MATCHES) {
        p->token = pst_lexer_next_pattern(&p->lexer);
        return node;
    }
    pst_parser_advance(p);
    return node->relation == PST_COMPARE_STRICT_WILDCARD ? take_wildcard(p, node)
                                                         : node;
}

/* --- right sides ------------------------------------------------------------------ */

/* What eq, ne, lt, le, gt, ge compare with. */
static pst_node *read_operand(pst_parser *p)
{
    if (pst_at_string(p)) {
        return pst_read_string(p, false);
    }
    if (pst_at(p, PST_TOKEN_BARE) || pst_at_byte_name(p)) {
        return pst_read_operand_number(p);
    }
    if (pst_at_name(p)) {
        return pst_read_value(p);
    }
    return pst_expected(
        p, "a value to compare with",
        pst_at(p, PST_TOKEN_OPEN_SET) || pst_at(p, PST_TOKEN_LIST) ? "sets go with 'in'"
        : pst_at(p, PST_TOKEN_OPEN)
            ? "one value stands here; one of several is written "
              "in {\"a\" \"b\"}"
        : pst_at_word(p, "not") ? "'not' goes in front of the whole comparison"
                                : NULL);
}

static pst_node *read_part(pst_parser *p)
{
    if (pst_at_string(p)) {
        return pst_read_string(p, false);
    }
    if (pst_at(p, PST_TOKEN_BARE) || pst_at_byte_name(p)) {
        return pst_read_operand_number(p);
    }
    return pst_expected(p, "a string behind 'contains'",
                        pst_hint_literal(p->token.kind));
}

static pst_node *read_wildcard(pst_parser *p)
{
    if (pst_at_string(p)) {
        return pst_read_string(p, false);
    }
    return pst_expected(p, "a string behind 'wildcard'",
                        pst_hint_literal(p->token.kind));
}

static pst_node *read_pattern(pst_parser *p)
{
    if (pst_at_string(p)) {
        return pst_read_string(p, true);
    }
    return pst_expected(p, "a regular expression in quotes",
                        "a raw string, r\"...\", is the safe way to write one");
}

static pst_node *read_mask(pst_parser *p)
{
    if (pst_at(p, PST_TOKEN_BARE)) {
        return pst_read_operand_number(p);
    }
    return pst_expected(p, "a number behind 'bitwise_and'",
                        "'&' tests bits; claims are joined with 'and' or '&&'");
}

pst_node *pst_read_right(pst_parser *p, pst_comparison relation)
{
    switch (relation) {
    case PST_COMPARE_IN:
        return pst_read_set(p);
    case PST_COMPARE_CONTAINS:
        return read_part(p);
    case PST_COMPARE_WILDCARD:
    case PST_COMPARE_STRICT_WILDCARD:
        return read_wildcard(p);
    case PST_COMPARE_MATCHES:
        return read_pattern(p);
    case PST_COMPARE_BITWISE_AND:
        return read_mask(p);
    case PST_COMPARE_EQ:
    case PST_COMPARE_NE:
    case PST_COMPARE_LT:
    case PST_COMPARE_LE:
    case PST_COMPARE_GT:
    case PST_COMPARE_GE:
        break;
    }
    return read_operand(p);
}
