/*
 * syntax/walk.h - through a tree without recursion, so that printing the deepest
 * expression takes no more stack than the shallowest.
 *
 *     pst_walk_enter(&walk, root) the node's own beginning
 *     walk.top->rest              its children still to come: enter them one by one
 *     pst_walk_leave(&walk)       its end
 */
#ifndef PST_SYNTAX_WALK_H
#define PST_SYNTAX_WALK_H

#include "syntax/tree.h"

/** A node that was entered and not left. */
typedef struct pst_visit {
    struct pst_visit *outer; /* of the parent; NULL: of the root */
    struct pst_visit *inner; /* room that was used before, or NULL */
    const pst_node *node;
    const pst_node *rest;
    /* for whoever walks; zeroed */
    size_t number;
    size_t start;
    size_t tail;
    uint8_t place;
    bool group;
    bool broken;
} pst_visit;

typedef struct pst_walk {
    pst_arena *arena;
    pst_visit *top;
    pst_visit *spare; /* the outermost one, when nothing is entered */
} pst_walk;

/** Enters `node`. NULL when there is no memory: arena->status says so. */
pst_visit *pst_walk_enter(pst_walk *walk, const pst_node *node);

/** The next child of the top, taken off its rest. There is one. */
const pst_node *pst_walk_child(pst_walk *walk);

/** Leaves the top. */
void pst_walk_leave(pst_walk *walk);

#endif
