/*
 * match/regex_literals.c - from the leaves of the tree up: which texts a part matches, or
 * begins with, or ends with, and which must stand in it.
 *
 * A set of texts always speaks of every match of a part: one of its texts is the match,
 * or begins it, or ends it, or stands in it. So long as a concatenation's parts match few
 * texts only, these are multiplied; where that ends, what was gathered so far is one
 * candidate for the answer, and the gathering starts anew. All texts are in lower case.
 *
 * The tree is walked with a stack of its own; a level of it is kept for the next time.
 */
#include "match/regex_literals.h"

#include "match/regex_tree.h"
#include "support/attribute.h"
#include "support/text.h"

#include <string.h>

enum {
    TEXTS = 64,   /* of a set */
    LENGTH = 31,  /* of a text; a longer one is cut in two */
    PRODUCTS = 16 /* texts that two sets of more than one may make */
};

typedef struct text {
    uint8_t length;
    unsigned char bytes[LENGTH];
} text;

typedef struct texts {
    size_t count;
    text items[TEXTS];
} texts;

/* A part of the pattern, as far as it was seen. */
typedef struct part {
    const pst_regex_node *node;
    const pst_regex_node *next; /* child to look at */
    struct part *above;         /* on the stack */
    struct part *below;
    bool exact;   /* `end` is all that it matches, and `start` is of no meaning */
    bool without; /* ALTERNATE: some branch has no `best` */
    texts start;  /* every match begins with one of them */
    texts end;    /* every match ends with one of them */
    texts best;   /* one of them stands in every match; none: not known */
} part;

typedef struct search {
    pst_arena *scratch;
    part *top;
    size_t least;
    size_t cap;
} search;

/* --- sets ---------------------------------------------------------------------------- */

static void copy(texts *out, const texts *from)
{
    out->count = from->count;
    memcpy(out->items, from->items, from->count * sizeof *from->items);
}

/* The set of the empty text: nothing is known. */
static void set_empty(texts *set)
{
    set->count = 1;
    set->items[0].length = 0;
}

static bool same(const text *a, const text *b)
{
    return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* @return false when there is no room */
static bool include(texts *set, const text *one)
{
    for (size_t i = 0; i < set->count; i++) {
        if (same(&set->items[i], one)) {
            return true;
        }
    }
    if (set->count == TEXTS) {
        return false;
    }
    set->items[set->count++] = *one;
    return true;
}

/* Adds all of `more`. A set that grows too large becomes that of the empty text.
 * @return false if so */
static bool unite(texts *set, const texts *more)
{
    for (size_t i = 0; i < more->count; i++) {
        if (!include(set, &more->items[i])) {
            set_empty(set);
            return false;
        }
    }
    return true;
}

/* Puts each text of `right` behind each of `left`. @return false, and `left` as it was,
 * when they are too many or too long */
static bool multiply(texts *left, const texts *right)
{
    texts made;

    if (left->count > 1 && right->count > 1 && left->count * right->count > PRODUCTS) {
        return false;
    }
    made.count = 0;
    for (size_t i = 0; i < left->count; i++) {
        for (size_t k = 0; k < right->count; k++) {
            text one = left->items[i];
            const text *tail = &right->items[k];
            if (one.length + tail->length > LENGTH) {
                return false;
            }
            memcpy(one.bytes + one.length, tail->bytes, tail->length);
            one.length = (uint8_t)(one.length + tail->length);
            (void)include(&made, &one); /* as many as there is room for */
        }
    }
    copy(left, &made);
    return true;
}

/* Puts `byte` behind each text. @return false as multiply() */
static bool append(texts *set, unsigned char byte)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->items[i].length == LENGTH) {
            return false;
        }
    }
    for (size_t i = 0; i < set->count; i++) {
        set->items[i].bytes[set->items[i].length++] = byte;
    }
    return true;
}

static size_t shortest(const texts *set)
{
    size_t least = SIZE_MAX;

    for (size_t i = 0; i < set->count; i++) {
        const size_t length = set->items[i].length;
        least = length < least ? length : least;
    }
    return least;
}

/* A doubling of the texts must make them longer by a byte. */
static size_t worth(const texts *set)
{
    size_t value = LENGTH + shortest(set);

    for (size_t count = set->count; count > 1; count = (count + 1) / 2) {
        value--;
    }
    return value;
}

/* Whether `one` stands in `other`. */
static bool stands_in(const text *one, const text *other)
{
    for (size_t i = 0; i + one->length <= other->length; i++) {
        if (memcmp(other->bytes + i, one->bytes, one->length) == 0) {
            return true;
        }
    }
    return false;
}

/* Leaves out texts in which others stand: who looks for these finds them too. */
static void drop_covered(texts *set)
{
    for (size_t i = 0; i < set->count;) {
        size_t k = 0;
        while (k < set->count &&
               (k == i || !stands_in(&set->items[k], &set->items[i]))) {
            k++;
        }
        if (k < set->count) {
            set->items[i] = set->items[--set->count];
        } else {
            i++;
        }
    }
}

/* `set` is an answer: perhaps the best so far. */
static void offer(const search *s, part *p, const texts *set)
{
    texts left;

    if (set->count == 0 || shortest(set) < s->least) {
        return;
    }
    copy(&left, set);
    if (left.count <= PRODUCTS) {
        drop_covered(&left);
    }
    if (left.count <= s->cap &&
        (p->best.count == 0 || worth(&left) > worth(&p->best) ||
         (worth(&left) == worth(&p->best) && left.count < p->best.count))) {
        copy(&p->best, &left);
    }
}

/* --- parts --------------------------------------------------------------------------- */

/* Gathering starts anew with `with`: what was gathered before ends here. */
static void break_off(const search *s, part *p, const texts *with)
{
    offer(s, p, &p->end);
    if (p->exact) {
        copy(&p->start, &p->end);
        p->exact = false;
    }
    if (shortest(with) == 0) {
        set_empty(&p->end); /* the others of them tell nothing more */
    } else {
        copy(&p->end, with);
    }
}

/* CONCAT: `next` comes behind what was seen. */
static void join(const search *s, part *p, const part *next)
{
    if (next->exact) {
        if (next->end.count > 1) {
            offer(s, p, &p->end);
        }
        if (!multiply(&p->end, &next->end)) {
            break_off(s, p, &next->end);
        }
        return;
    }
    if (shortest(&next->start) > 0) {
        if (next->start.count > 1) {
            offer(s, p, &p->end);
        }
        (void)multiply(&p->end, &next->start);
    }
    break_off(s, p, &next->end);
    offer(s, p, &next->best);
}

/* ALTERNATE: `next` is another branch. */
static void branch(const search *s, part *p, part *next)
{
    const bool first = next->node == p->node->first;

    offer(s, next, &next->end);
    if (first) {
        p->start.count = 0;
        p->end.count = 0;
    }
    p->exact = unite(&p->start, next->exact ? &next->end : &next->start) && p->exact;
    p->exact = unite(&p->end, &next->end) && p->exact && next->exact;
    p->without = p->without || next->best.count == 0;
    if (!p->without && !unite(&p->best, &next->best)) {
        p->without = true;
    }
    if (p->without) {
        p->best.count = 0;
    }
}

/* REPEAT of what matches few texts only. */
static void repeat_exact(const search *s, part *p, const texts *body)
{
    const uint32_t least = p->node->least;
    uint32_t times = 0;

    set_empty(&p->end);
    while (times < least && times < LENGTH && multiply(&p->end, body)) {
        times++;
    }
    if (least == 0 && p->node->most == 1) {
        p->exact = unite(&p->end, body);
    } else {
        p->exact = times == p->node->most;
    }
    copy(&p->start, &p->end);
    offer(s, p, &p->end);
}

/* REPEAT of anything. */
static void repeat(const search *s, part *p, const part *body)
{
    p->best.count = 0;
    if (body->exact) {
        repeat_exact(s, p, &body->end);
        return;
    }
    p->exact = false;
    if (p->node->least == 0) {
        set_empty(&p->start);
        set_empty(&p->end);
        return;
    }
    copy(&p->start, &body->start);
    copy(&p->end, &body->end);
    offer(s, p, &p->end);
    offer(s, p, &body->best);
}

/* `p` has a child less to look at. */
static void take(const search *s, part *p, part *child)
{
    switch ((pst_regex_kind)p->node->kind) {
    case PST_REGEX_EMPTY:
    case PST_REGEX_ASSERT:
    case PST_REGEX_SET:
        break;
    case PST_REGEX_CONCAT:
    case PST_REGEX_GROUP:
        join(s, p, child);
        break;
    case PST_REGEX_ALTERNATE:
        branch(s, p, child);
        break;
    case PST_REGEX_REPEAT:
        repeat(s, p, child);
        break;
    }
}

/* --- leaves -------------------------------------------------------------------------- */

/* More bytes than that of a class are not told apart. */
enum { CHOICES = 4 };

static unsigned lowest_bit(uint64_t word)
{
    unsigned at = 0;

    for (unsigned half = 32; half > 0; half /= 2) {
        if ((word & ((UINT64_C(1) << half) - 1)) == 0) {
            word >>= half;
            at += half;
        }
    }
    return at;
}

/* The bytes of a set, in lower case. @return how many; 0 for none, or too many */
static size_t choices(const pst_byte_set *set, unsigned char bytes[CHOICES])
{
    const uint64_t capitals = ((UINT64_C(1) << 26) - 1) << ('A' - 64);
    size_t count = 0;

    for (unsigned i = 0; i < 4; i++) {
        uint64_t word = set->words[i];
        if (i == 1) {
            word = (word & ~capitals) | (word & capitals) << 32;
        }
        for (; word != 0; word &= word - 1) {
            if (count == CHOICES) {
                return 0;
            }
            bytes[count++] = (unsigned char)(64 * i + lowest_bit(word));
        }
    }
    return count;
}

static void take_set(part *p)
{
    unsigned char bytes[CHOICES];
    const size_t count = choices(&p->node->set, bytes);

    if (count == 0) {
        p->exact = false;
        set_empty(&p->start);
        return;
    }
    p->end.count = count;
    for (size_t i = 0; i < count; i++) {
        p->end.items[i].length = 1;
        p->end.items[i].bytes[0] = bytes[i];
    }
}

/* What most concatenations are made of: a byte, which needs no level of its own. */
static bool take_byte(part *p, const pst_regex_node *child)
{
    unsigned char bytes[CHOICES];

    return p->node->kind == PST_REGEX_CONCAT && child->kind == PST_REGEX_SET &&
           choices(&child->set, bytes) == 1 && append(&p->end, bytes[0]);
}

/* --- the walk ------------------------------------------------------------------------ */

/* @return false when there is no memory */
static bool descend(search *s, const pst_regex_node *node)
{
    part *p = s->top == NULL ? NULL : s->top->above;

    if (p == NULL) {
        p = pst_arena_alloc(s->scratch, sizeof *p);
        if (p == NULL) {
            return false;
        }
        p->above = NULL;
        p->below = s->top;
        if (s->top != NULL) {
            s->top->above = p;
        }
    }
    p->node = node;
    p->next = node->first;
    p->exact = true;
    p->without = false;
    p->best.count = 0;
    set_empty(&p->end);
    if (node->kind == PST_REGEX_SET) {
        take_set(p);
    }
    s->top = p;
    return true;
}

/* @return false when there is no memory */
static bool walk(search *s, const pst_regex_node *root)
{
    if (!descend(s, root)) {
        return false;
    }
    for (;;) {
        part *p = s->top;
        const pst_regex_node *child = p->next;
        const bool list =
            p->node->kind == PST_REGEX_CONCAT || p->node->kind == PST_REGEX_ALTERNATE;
        if (child != NULL) {
            p->next = list ? child->next : NULL;
            if (!take_byte(p, child) && !descend(s, child)) {
                return false;
            }
        } else if (p->below == NULL) {
            offer(s, p, &p->end);
            return true;
        } else {
            take(s, p->below, p);
            s->top = p->below;
        }
    }
}

/* Puts the texts of the answer into `arena`. @return how many, or 0 */
static size_t hand_out(pst_arena *arena, texts *best, postern_str *out, size_t cap)
{
    drop_covered(best);
    if (best->count > cap) {
        return 0;
    }
    for (size_t i = 0; i < best->count; i++) {
        const text *one = &best->items[i];
        if (!pst_arena_copy(arena, (postern_str){(const char *)one->bytes, one->length},
                            &out[i])) {
            return 0;
        }
    }
    return best->count;
}

size_t pst_regex_literals(pst_arena *arena, const pst_arena *scratch,
                          postern_str pattern, size_t least, postern_str *out,
                          size_t cap)
{
    static const pst_regex_limits limits = {UINT32_MAX, UINT32_MAX, UINT32_MAX,
                                            UINT32_MAX};
    pst_arena own; /* sets are large, and patterns many */
    search s = {.scratch = &own, .least = least > 0 ? least : 1, .cap = cap};
    pst_regex_problem problem;
    pst_regex_tree tree;
    size_t count = 0;

    pst_arena_init(&own, scratch->alloc, scratch->limit - scratch->used);
    if (pst_regex_parse(&own, pattern, false, &limits, &tree, &problem) == POSTERN_OK &&
        walk(&s, tree.root)) {
        count = hand_out(arena, &s.top->best, out, cap);
    }
    pst_arena_free(&own);
    return count;
}
