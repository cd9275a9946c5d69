/*
 * match/regex_scan.c - runs a table over a text.
 *
 * A look-up waits for the one before it, some five cycles a byte. So a long text is read
 * in four places at once: each lane starts as if nothing had begun, and where a lane ends
 * with something begun, that is carried into the next lane's part until it is settled.
 * What the next lane found stands then: it knows every match that starts in its part.
 * Tables of more than 65,536 cells are rare; they are read in one lane.
 */
#include "match/regex_table.h"

#include "match/search.h"
#include "support/text.h"

#include <string.h>

enum {
    LANES = 4,
    LANES_TEXT = 64, /* bytes from which on lanes pay */
    BLOCK = 16       /* bytes of a lane between two looks at the outcome */
};

/* All that is constant while a text is read. */
typedef struct scan {
    const pst_regex_table *table;
    const unsigned char *text;
    size_t length;
    uint32_t found; /* the row FOUND */
} scan;

static inline uint32_t look_up(const pst_regex_table *table, bool wide, uint32_t state,
                               unsigned byte)
{
    const unsigned column = table->class_of[byte];

    return wide ? ((const uint32_t *)table->cells + column)[state]
                : ((const uint16_t *)table->cells + column)[state];
}

/* What the end of the text makes of a state. */
static inline bool ends_well(const scan *s, bool wide, uint32_t state)
{
    const size_t cell = (size_t)state + s->table->stride - 1;
    const uint32_t last = wide ? ((const uint32_t *)s->table->cells)[cell]
                               : ((const uint16_t *)s->table->cells)[cell];

    return last == s->found;
}

/* The state of a search that has nothing begun, at a place of the text. */
static inline uint32_t start_at(const scan *s, size_t at)
{
    const pst_regex_table *table = s->table;

    return table->start[at == 0 ? table->edge
                                : table->border_of[table->class_of[s->text[at - 1]]]];
}

/* A place of a text, and the column of the table for the byte there. */
typedef struct reader {
    size_t place;
    size_t step; /* one on, or one back */
    size_t left; /* places, this one among them */
    const uint16_t *column;
} reader;

/* The column is found while the state is still awaited. */
static inline void go_on(const scan *s, reader *r)
{
    r->left--;
    r->place += r->left > 0 ? r->step : 0;
    r->column =
        (const uint16_t *)s->table->cells + s->table->class_of[s->text[r->place]];
}

/* From *at on up to `end`, as long as the state is above `least`. Places of a text that
 * is read backwards count from its end. While a state stays, which processors soon
 * expect, look-ups do not wait for each other. */
static PST_NOINLINE uint32_t read_above(const scan *s, bool backward, uint32_t least,
                                        size_t *at, size_t end, uint32_t state)
{
    reader r = {.step = backward ? SIZE_MAX : 1, .left = end - *at + 1};

    if (*at == end || state <= least) {
        return state;
    }
    r.place = (backward ? s->length - 1 - *at : *at) - r.step;
    go_on(s, &r);
    while (r.left > 0 && state > least) {
        const uint32_t next = r.column[state];
        go_on(s, &r);
        while (next == state && r.left > 0 && r.column[state] == state) {
            go_on(s, &r);
        }
        state = next;
    }
    *at = end - r.left;
    return state;
}

/* From `at` to `end`, or until all is decided. */
static inline uint32_t read_all(const scan *s, bool backward, size_t at, size_t end,
                                uint32_t state)
{
    return read_above(s, backward, s->found, &at, end, state);
}

/* Forward from *at until nothing is begun any more, all is decided, or `end`. */
static inline uint32_t read_while_busy(const scan *s, size_t *at, size_t end,
                                       uint32_t state)
{
    return read_above(s, false, s->table->busy - 1, at, end, state);
}

static bool match_wide(const scan *s, size_t at, bool backward)
{
    uint32_t state = start_at(s, at);

    for (; at < s->length && state > s->found; at++) {
        state =
            look_up(s->table, true, state, s->text[backward ? s->length - 1 - at : at]);
    }
    return ends_well(s, true, state);
}

/* From `at` to the end, in lanes. `state` is that at `at`. */
static inline bool read_lanes(const scan *s, size_t at, uint32_t state)
{
    const pst_regex_table *table = s->table;
    const size_t part = (s->length - at) / LANES;
    const unsigned char *first = s->text + at;
    uint32_t states[LANES] = {state, start_at(s, at + part), start_at(s, at + 2 * part),
                              start_at(s, at + 3 * part)};
    size_t done = 0;
    size_t here;

    while (part - done >= BLOCK) {
        uint32_t a = states[0];
        uint32_t b = states[1];
        uint32_t c = states[2];
        uint32_t d = states[3];
        for (const size_t end = done + BLOCK; done < end; done++) {
            a = look_up(table, false, a, first[done]);
            b = look_up(table, false, b, first[done + part]);
            c = look_up(table, false, c, first[done + 2 * part]);
            d = look_up(table, false, d, first[done + 3 * part]);
        }
        if (a == s->found || b == s->found || c == s->found || d == s->found) {
            return true;
        }
        states[0] = a;
        states[1] = b;
        states[2] = c;
        states[3] = d;
    }
    state = read_all(s, false, at + done, at + part, states[0]);
    for (unsigned lane = 1; lane < LANES; lane++) {
        const size_t end = at + (lane + 1) * part;
        const uint32_t own =
            read_all(s, false, at + lane * part + done, end, states[lane]);
        if (own == s->found) {
            return true;
        }
        here = at + lane * part;
        state = read_while_busy(s, &here, end, state);
        if (state == s->found) {
            return true;
        }
        if (state < table->busy) {
            state = own;
        }
    }
    state = read_all(s, false, at + LANES * part, s->length, state);
    return ends_well(s, false, state);
}

/* From place to place where the filter sees a start. When it sees too many, the rest is
 * read without it. */
static inline bool read_filtered(const scan *s, const pst_regex_filter *filter,
                                 size_t at)
{
    const postern_str text = {(const char *)s->text, s->length};
    size_t patience = 64;
    uint32_t state;

    while (at < s->length) {
        const size_t from = at;
        state = look_up(s->table, false, start_at(s, at), s->text[at]);
        at++;
        state = read_while_busy(s, &at, s->length, state);
        if (state <= s->found) {
            return state == s->found;
        }
        if (at == s->length) {
            return ends_well(s, false, state);
        }
        at = pst_halves_next(&filter->starts, text, at);
        patience += at - from;
        if (patience < 32) {
            const postern_str rest = {text.data + at, text.len - at};
            return pst_search_by(rest, filter->required, filter->places, false) !=
                       SIZE_MAX &&
                   read_lanes(s, at, start_at(s, at));
        }
        patience -= 32;
    }
    return false;
}

static inline bool has_lead(const scan *s, bool backward)
{
    const size_t lead = s->table->lead_length;

    return s->length >= lead &&
           pst_same_bytes((const char *)s->text + (backward ? s->length - lead : 0),
                          s->table->lead, lead, false);
}

static bool match(const scan *s, const pst_regex_filter *filter, size_t at,
                  bool backward)
{
    uint32_t state = s->table->start[s->table->edge];

    if (state <= s->found) {
        return state == s->found;
    }
    if (filter != NULL && s->length >= PST_HALVES_TEXT) {
        return read_filtered(s, filter, at);
    }
    if (backward || s->table->anchored) {
        return has_lead(s, backward) &&
               ends_well(s, false,
                         read_all(s, backward, s->table->lead_length, s->length,
                                  s->table->behind_lead));
    }
    if (s->length >= LANES_TEXT) {
        return read_lanes(s, 0, state);
    }
    /* As long as nothing begins, look-ups do not wait for each other. */
    while (at < s->length && look_up(s->table, false, state, s->text[at]) == state) {
        at++;
    }
    return ends_well(s, false, read_all(s, false, at, s->length, state));
}

bool pst_regex_table_match(const pst_regex_table *table, const pst_regex_filter *filter,
                           postern_str text, size_t at, bool backward)
{
    const scan s = {table, (const unsigned char *)text.data, text.len, table->stride};

    return table->wide ? match_wide(&s, at, backward) : match(&s, filter, at, backward);
}
