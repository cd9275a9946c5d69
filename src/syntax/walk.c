#include "syntax/walk.h"

pst_visit *pst_walk_enter(pst_walk *walk, const pst_node *node)
{
    pst_visit *const outer = walk->top;
    pst_visit **const room = outer != NULL ? &outer->inner : &walk->spare;
    pst_visit *visit = *room;

    if (visit == NULL) {
        visit = pst_arena_alloc(walk->arena, sizeof *visit);
        if (visit == NULL) {
            return NULL;
        }
        visit->inner = NULL;
        *room = visit;
    }
    *visit = (pst_visit){
        .outer = outer, .inner = visit->inner, .node = node, .rest = node->first};
    walk->top = visit;
    return visit;
}

const pst_node *pst_walk_child(pst_walk *walk)
{
    const pst_node *const child = walk->top->rest;

    walk->top->rest = child->next;
    return child;
}

void pst_walk_leave(pst_walk *walk)
{
    walk->top = walk->top->outer;
}
