/*
 * match/regex_filter.c - finds out how a match may start.
 */
#include "match/regex_filter.h"

#include "match/rarity.h"

#include <string.h>

enum {
    ITEMS_MAX = 256,
    LEAST_MAX = 8,
    DEPTH = PST_HALVES_DEPTH,
    BUCKETS = PST_HALVES_BUCKETS
};

/* A filter is worth it when it lets through less than one byte of this many. */
enum { WORTH = 24 };

/* One way to start: at each place a byte with one of these halves. */
typedef struct item {
    uint16_t low[DEPTH];
    uint16_t high[DEPTH];
} item;

typedef struct builder {
    const pst_regex_automaton *automaton;
    uint64_t *follow; /* sets of positions, for the moment */
    uint64_t *here;
    uint64_t *there;
    uint32_t depth;
    item items[ITEMS_MAX];
    uint32_t count;
} builder;

/* All that may follow `set`, between any borders. Position 0 never does. */
static void follow_all(builder *b, const uint64_t *set, uint64_t *out)
{
    const pst_regex_automaton *a = b->automaton;

    memset(out, 0, a->words * sizeof *out);
    for (uint32_t before = 0; before < PST_REGEX_BORDER_COUNT; before++) {
        for (uint32_t behind = 0; behind < PST_REGEX_BORDER_COUNT; behind++) {
            const pst_regex_turn *turn = &a->turns[before][behind];
            if (turn->accept == NULL) {
                continue;
            }
            pst_regex_follow(turn, set, a->words, b->follow);
            for (uint32_t i = 0; i < a->words; i++) {
                out[i] |= b->follow[i];
            }
        }
    }
    out[0] &= ~UINT64_C(1);
}

static bool may_end(const pst_regex_automaton *a, const uint64_t *set)
{
    for (uint32_t before = 0; before < PST_REGEX_BORDER_COUNT; before++) {
        for (uint32_t behind = 0; behind < PST_REGEX_BORDER_COUNT; behind++) {
            const uint64_t *accept = a->turns[before][behind].accept;
            if (accept != NULL && pst_regex_meet(set, accept, a->words)) {
                return true;
            }
        }
    }
    return false;
}

/* How many bytes every match has, up to LEAST_MAX. */
static uint32_t least_length(builder *b)
{
    const pst_regex_automaton *a = b->automaton;
    uint32_t least = 0;

    memset(b->here, 0, a->words * sizeof *b->here);
    b->here[0] = 1;
    while (least < LEAST_MAX && !may_end(a, b->here)) {
        uint64_t *swap = b->here;
        follow_all(b, b->here, b->there);
        b->here = b->there;
        b->there = swap;
        least++;
    }
    return least;
}

/* The bytes that positions of `set` eat, as rows of sixteen. */
static void bytes_of(const pst_regex_automaton *a, const uint64_t *set, uint16_t *rows)
{
    bool eaten[256];

    for (uint32_t class_ = 0; class_ < a->classes; class_++) {
        eaten[class_] =
            pst_regex_meet(set, a->masks + (size_t)class_ * a->words, a->words);
    }
    memset(rows, 0, 16 * sizeof *rows);
    for (unsigned byte = 0; byte < 256; byte++) {
        if (eaten[a->class_of[byte]]) {
            rows[byte / 16] = (uint16_t)(rows[byte / 16] | 1U << byte % 16);
        }
    }
}

/* The halves of all bytes in `rows`: more bytes have such halves than are in it. */
static void halves_of(const uint16_t *rows, uint16_t *low, uint16_t *high)
{
    *low = 0;
    *high = 0;
    for (unsigned row = 0; row < 16; row++) {
        *low |= rows[row];
        *high = (uint16_t)(*high | (unsigned)(rows[row] != 0) << row);
    }
}

/* Adds the ways to start with `position`: one for each shape that the rows of its first
 * byte have, so that this place is exact. */
static bool add_position(builder *b, uint32_t position)
{
    const pst_regex_automaton *a = b->automaton;
    uint16_t first[16];
    uint16_t rows[16];
    item made;

    memset(b->here, 0, a->words * sizeof *b->here);
    b->here[position / 64] |= UINT64_C(1) << (position % 64);
    bytes_of(a, b->here, first);
    for (uint32_t place = 1; place < b->depth; place++) {
        uint64_t *swap = b->here;
        follow_all(b, b->here, b->there);
        b->here = b->there;
        b->there = swap;
        bytes_of(a, b->here, rows);
        halves_of(rows, &made.low[place], &made.high[place]);
    }
    for (unsigned row = 0; row < 16; row++) {
        const uint16_t shape = first[row];
        if (shape == 0) {
            continue;
        }
        if (b->count == ITEMS_MAX) {
            return false;
        }
        made.low[0] = shape;
        made.high[0] = 0;
        for (unsigned same = row; same < 16; same++) {
            if (first[same] == shape) {
                made.high[0] = (uint16_t)(made.high[0] | 1U << same);
                first[same] = 0;
            }
        }
        b->items[b->count++] = made;
    }
    return true;
}

/* How often a byte with such halves is met, of 1024. */
static uint32_t frequency(uint16_t low, uint16_t high)
{
    uint32_t sum = 0;

    for (unsigned row = 0; row < 16; row++) {
        for (unsigned column = 0; (high >> row & 1) != 0 && column < 16; column++) {
            if ((low >> column & 1) != 0) {
                sum += pst_rarity((unsigned char)(16 * row + column));
            }
        }
    }
    return sum < 1024 ? sum : 1024;
}

/* How often an item lets a place through, of 2 to the power 30. */
static uint64_t leak(const item *kind, uint32_t depth)
{
    uint64_t product = 1;

    for (uint32_t place = 0; place < DEPTH; place++) {
        product *=
            place < depth ? frequency(kind->low[place], kind->high[place]) : 1024;
    }
    return product;
}

static item joined(const item *a, const item *b, uint32_t depth)
{
    item both = *a;

    for (uint32_t place = 0; place < depth; place++) {
        both.low[place] = (uint16_t)(both.low[place] | b->low[place]);
        both.high[place] = (uint16_t)(both.high[place] | b->high[place]);
    }
    return both;
}

/* Puts the items into the buckets, each where it does least harm. @return the leak */
static uint64_t fill_buckets(const builder *b, item *buckets, uint32_t *used)
{
    uint64_t leaks[BUCKETS];
    uint64_t sum = 0;

    *used = 0;
    for (uint32_t i = 0; i < b->count; i++) {
        const item *kind = &b->items[i];
        uint64_t least = leak(kind, b->depth); /* in a bucket of its own */
        uint64_t grown = least;
        uint32_t best = *used;
        if (*used == BUCKETS) {
            least = UINT64_MAX;
        }
        for (uint32_t at = 0; at < *used; at++) {
            const item both = joined(&buckets[at], kind, b->depth);
            const uint64_t now = leak(&both, b->depth);
            if (now - leaks[at] < least) {
                least = now - leaks[at];
                grown = now;
                best = at;
            }
        }
        buckets[best] = best == *used ? *kind : joined(&buckets[best], kind, b->depth);
        leaks[best] = grown;
        *used += best == *used;
    }
    for (uint32_t at = 0; at < *used; at++) {
        sum += leaks[at];
    }
    return sum;
}

static void write_tables(pst_halves *out, const item *buckets, uint32_t used,
                         uint32_t depth)
{
    for (uint32_t place = 0; place < depth; place++) {
        for (unsigned half = 0; half < 16; half++) {
            for (uint32_t at = 0; at < used; at++) {
                const unsigned bit = 1U << at;
                if ((buckets[at].low[place] >> half & 1) != 0) {
                    out->low[place][half] = (uint8_t)(out->low[place][half] | bit);
                }
                if ((buckets[at].high[place] >> half & 1) != 0) {
                    out->high[place][half] = (uint8_t)(out->high[place][half] | bit);
                }
            }
        }
    }
}

static void build(builder *b, uint64_t *first, pst_regex_filter *out)
{
    const pst_regex_automaton *a = b->automaton;
    item buckets[BUCKETS];
    uint32_t used;

    out->least = least_length(b);
    b->depth = out->least < DEPTH ? out->least : DEPTH;
    memset(b->here, 0, a->words * sizeof *b->here);
    b->here[0] = 1;
    follow_all(b, b->here, first);
    for (uint32_t p = 1; b->depth > 0 && p < a->positions; p++) {
        if ((first[p / 64] >> (p % 64) & 1) != 0 && !add_position(b, p)) {
            return;
        }
    }
    if (b->count > 0 && fill_buckets(b, buckets, &used) < (UINT64_C(1) << 30) / WORTH) {
        out->starts.depth = b->depth;
        write_tables(&out->starts, buckets, used, b->depth);
    }
}

postern_status pst_regex_filter_build(pst_arena *scratch,
                                      const pst_regex_automaton *automaton,
                                      pst_regex_filter *out)
{
    builder *b = pst_arena_alloc(scratch, sizeof *b);
    uint64_t *sets = pst_arena_array(scratch, automaton->words, 4 * sizeof *sets);

    *out = (pst_regex_filter){.least = 0};
    if (b == NULL || sets == NULL) {
        return scratch->status;
    }
    b->automaton = automaton;
    b->follow = sets;
    b->here = sets + automaton->words;
    b->there = sets + 2 * (size_t)automaton->words;
    b->count = 0;
    build(b, sets + 3 * (size_t)automaton->words, out);
    return POSTERN_OK;
}
