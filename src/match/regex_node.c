/*
 * match/regex_node.c - makes the nodes of a tree and adds up what is known of them.
 */
#include "match/regex_parser.h"

pst_regex_node *pst_regex_make_node(pst_regex_parser *parser, pst_regex_kind kind)
{
    pst_regex_node *const node = pst_arena_alloc(parser->arena, sizeof *node);

    if (node == NULL) {
        pst_regex_starve(parser);
        return NULL;
    }
    parser->nodes++;
    *node = (pst_regex_node){
        .kind = (uint8_t)kind,
        .nullable = kind != PST_REGEX_SET,
        .hollow = kind != PST_REGEX_SET,
        .size = kind == PST_REGEX_SET || kind == PST_REGEX_ASSERT,
    };
    return node;
}

pst_regex_node *pst_regex_make_assertion(pst_regex_parser *parser,
                                         pst_regex_assertion assertion)
{
    pst_regex_node *const node = pst_regex_make_node(parser, PST_REGEX_ASSERT);

    if (node != NULL) {
        node->assertion = (uint8_t)assertion;
    }
    return node;
}

void pst_regex_append(pst_regex_nodes *list, pst_regex_node *node)
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

void pst_regex_append_children(pst_regex_nodes *list, pst_regex_node *concat)
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

void pst_regex_include(pst_regex_totals *all, const pst_regex_node *one)
{
    all->size = pst_regex_sum(all->size, one->size);
    if (all->height < one->height) {
        all->height = one->height;
    }
}

pst_regex_node *pst_regex_adopt(pst_regex_node *parent, const pst_regex_nodes *children,
                                const pst_regex_totals *facts)
{
    if (parent != NULL) {
        parent->first = children->first;
        parent->last = children->last;
        parent->nullable = facts->nullable;
        parent->hollow = facts->hollow;
    }
    return parent;
}

static pst_regex_node *literal(pst_regex_parser *parser, unsigned byte)
{
    pst_regex_node *const node = pst_regex_make_node(parser, PST_REGEX_SET);

    if (node != NULL) {
        pst_byte_set_add(&node->set, byte, byte);
        if ((parser->flags & PST_REGEX_FOLD) != 0) {
            pst_byte_set_fold(&node->set);
        }
    }
    return node;
}

pst_regex_node *pst_regex_make_bytes(pst_regex_parser *parser,
                                     const unsigned char *bytes, size_t count)
{
    pst_regex_nodes list = {.first = NULL};
    const pst_regex_totals facts = {.nullable = false, .hollow = false};
    pst_regex_node *node;

    for (size_t i = 0; i < count; i++) {
        node = literal(parser, bytes[i]);
        if (node == NULL) {
            return NULL;
        }
        if (count == 1) {
            return node;
        }
        pst_regex_append(&list, node);
    }
    node =
        pst_regex_adopt(pst_regex_make_node(parser, PST_REGEX_CONCAT), &list, &facts);
    if (node != NULL) {
        node->size = count;
    }
    return node;
}

pst_regex_node *pst_regex_make_any(pst_regex_parser *parser)
{
    pst_regex_node *const node = pst_regex_make_node(parser, PST_REGEX_SET);

    if (node != NULL) {
        if ((parser->flags & PST_REGEX_DOT_ALL) == 0) {
            pst_byte_set_add(&node->set, '\n', '\n');
        }
        pst_byte_set_negate(&node->set);
    }
    return node;
}

static uint64_t size_of_repeat(uint64_t size, const pst_regex_count *count)
{
    if (count->endless) {
        return pst_regex_sum(
            pst_regex_product(size, count->least > 0 ? count->least : 1), 1);
    }
    return pst_regex_sum(pst_regex_product(size, count->most),
                         count->most - count->least);
}

static pst_regex_node *repeat(pst_regex_parser *parser, pst_regex_node *item,
                              const pst_regex_count *count, bool lazy)
{
    const pst_regex_nodes child = {item, item, 1};
    const pst_regex_totals facts = {.nullable = item->nullable || count->least == 0,
                                    .hollow = item->hollow};
    pst_regex_node *const node =
        pst_regex_adopt(pst_regex_make_node(parser, PST_REGEX_REPEAT), &child, &facts);

    if (node != NULL) {
        node->least = count->least;
        node->most = count->endless ? PST_REGEX_FOREVER : count->most;
        node->lazy = lazy;
    }
    return node;
}

pst_regex_node *pst_regex_make_repeat(pst_regex_parser *parser, pst_regex_node *item,
                                      pst_regex_count count, bool lazy)
{
    const uint16_t height = (uint16_t)(item->height + 1);
    pst_regex_node *node = item;
    uint64_t size;
    bool once;

    if (item->hollow) { /* to take nothing twice is to take it once */
        count.least = count.least > 0;
        count.most = count.endless || count.most > 0;
        count.endless = false;
    }
    once = !count.endless && count.least == 1 && count.most == 1;
    size = size_of_repeat(item->size, &count);
    if (!count.endless && count.most == 0) {
        node = pst_regex_make_node(parser, PST_REGEX_EMPTY);
    } else if (item->kind != PST_REGEX_EMPTY && !once) {
        node = repeat(parser, item, &count, lazy);
    }
    if (node != NULL) {
        node->height = height;
        node->size = size;
    }
    return node;
}

pst_regex_node *pst_regex_merge_sets(const pst_regex_nodes *sets)
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
