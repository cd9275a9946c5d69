#include "regex_walk.h"

/* How many steps until the walk is tired; a step looks at a word of places. */
enum { PATIENCE = 20000000 };
enum { WORDS = (REGEX_WALK_TEXT_MAX + 64) / 64 };

/* Places in the text: 0 is before its first byte, text.len behind its last. */
typedef struct places {
    uint64_t words[WORDS];
} places;

typedef struct walk {
    postern_str text;
    size_t words; /* in use */
    size_t steps;
} walk;

static void walk_node(walk *w, const pst_regex_node *node, const places *from,
                      places *to);

/* --- sets of places ------------------------------------------------------------------ */

static bool has(const places *set, size_t place)
{
    return (set->words[place / 64] >> (place % 64) & 1) != 0;
}

static void put(places *set, size_t place)
{
    set->words[place / 64] |= UINT64_C(1) << (place % 64);
}

static void clear(const walk *w, places *set)
{
    for (size_t i = 0; i < w->words; i++) {
        set->words[i] = 0;
    }
}

static void copy(const walk *w, places *to, const places *from)
{
    for (size_t i = 0; i < w->words; i++) {
        to->words[i] = from->words[i];
    }
}

static bool is_empty(const walk *w, const places *set)
{
    for (size_t i = 0; i < w->words; i++) {
        if (set->words[i] != 0) {
            return false;
        }
    }
    return true;
}

static bool same(const walk *w, const places *a, const places *b)
{
    for (size_t i = 0; i < w->words; i++) {
        if (a->words[i] != b->words[i]) {
            return false;
        }
    }
    return true;
}

static void join(const walk *w, places *to, const places *more)
{
    for (size_t i = 0; i < w->words; i++) {
        to->words[i] |= more->words[i];
    }
}

static void leave_out(const walk *w, places *from, const places *known)
{
    for (size_t i = 0; i < w->words; i++) {
        from->words[i] &= ~known->words[i];
    }
}

/* --- assertions ---------------------------------------------------------------------- */

static unsigned byte_at(const walk *w, size_t place)
{
    return (unsigned char)w->text.data[place];
}

static bool is_word(unsigned byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z') || byte == '_';
}

static bool word_before(const walk *w, size_t place)
{
    return place > 0 && is_word(byte_at(w, place - 1));
}

static bool word_behind(const walk *w, size_t place)
{
    return place < w->text.len && is_word(byte_at(w, place));
}

static bool holds(const walk *w, pst_regex_assertion assertion, size_t place)
{
    switch (assertion) {
    case PST_REGEX_TEXT_START:
        return place == 0;
    case PST_REGEX_TEXT_END:
        return place == w->text.len;
    case PST_REGEX_LINE_START:
        return place == 0 || byte_at(w, place - 1) == '\n';
    case PST_REGEX_LINE_END:
        return place == w->text.len || byte_at(w, place) == '\n';
    case PST_REGEX_WORD_START:
        return !word_before(w, place) && word_behind(w, place);
    case PST_REGEX_WORD_END:
        return word_before(w, place) && !word_behind(w, place);
    case PST_REGEX_WORD_START_HALF:
        return !word_before(w, place);
    case PST_REGEX_WORD_END_HALF:
        return !word_behind(w, place);
    case PST_REGEX_WORD_EDGE:
        return word_before(w, place) != word_behind(w, place);
    case PST_REGEX_WORD_INSIDE:
        return word_before(w, place) == word_behind(w, place);
    }
    return false;
}

/* --- nodes --------------------------------------------------------------------------- */

static void walk_set(walk *w, const pst_regex_node *node, const places *from,
                     places *to)
{
    clear(w, to);
    for (size_t place = 0; place < w->text.len; place++) {
        if (from->words[place / 64] == 0) {
            place |= 63; /* nobody is here */
        } else if (has(from, place) &&
                   pst_byte_set_has(&node->set, byte_at(w, place))) {
            put(to, place + 1);
        }
    }
}

static void walk_assertion(walk *w, const pst_regex_node *node, const places *from,
                           places *to)
{
    clear(w, to);
    for (size_t place = 0; place <= w->text.len; place++) {
        if (has(from, place) && holds(w, (pst_regex_assertion)node->assertion, place)) {
            put(to, place);
        }
    }
}

static void walk_concat(walk *w, const pst_regex_node *node, const places *from,
                        places *to)
{
    places here;

    copy(w, to, from);
    for (const pst_regex_node *child = node->first; child != NULL;
         child = child->next) {
        copy(w, &here, to);
        walk_node(w, child, &here, to);
    }
}

static void walk_alternate(walk *w, const pst_regex_node *node, const places *from,
                           places *to)
{
    places one;

    clear(w, to);
    for (const pst_regex_node *child = node->first; child != NULL;
         child = child->next) {
        walk_node(w, child, from, &one);
        join(w, to, &one);
    }
}

/* As often as it must; then everything that can be reached by going on. */
static void walk_repeat(walk *w, const pst_regex_node *node, const places *from,
                        places *to)
{
    places here;
    places next;

    copy(w, &here, from);
    for (uint32_t i = 0; i < node->least && w->steps < PATIENCE; i++) {
        walk_node(w, node->first, &here, &next);
        if (same(w, &here, &next)) {
            break; /* and so it stays */
        }
        copy(w, &here, &next);
    }
    copy(w, to, &here);
    for (uint32_t i = node->least; i < node->most && !is_empty(w, &here); i++) {
        walk_node(w, node->first, &here, &next);
        leave_out(w, &next, to); /* from there it has been tried */
        join(w, to, &next);
        copy(w, &here, &next);
    }
}

static void walk_node(walk *w, const pst_regex_node *node, const places *from,
                      places *to)
{
    w->steps += w->words;
    if (w->steps >= PATIENCE || is_empty(w, from)) {
        clear(w, to);
        return;
    }
    switch ((pst_regex_kind)node->kind) {
    case PST_REGEX_EMPTY:
        copy(w, to, from);
        break;
    case PST_REGEX_SET:
        walk_set(w, node, from, to);
        break;
    case PST_REGEX_ASSERT:
        walk_assertion(w, node, from, to);
        break;
    case PST_REGEX_CONCAT:
        walk_concat(w, node, from, to);
        break;
    case PST_REGEX_ALTERNATE:
        walk_alternate(w, node, from, to);
        break;
    case PST_REGEX_REPEAT:
        walk_repeat(w, node, from, to);
        break;
    case PST_REGEX_GROUP:
        walk_node(w, node->first, from, to);
        break;
    }
}

regex_walk_answer regex_walk_search(const pst_regex_node *root, postern_str text)
{
    walk w = {.text = text, .words = text.len / 64 + 1};
    places everywhere;
    places to;

    clear(&w, &everywhere);
    for (size_t place = 0; place <= text.len; place++) {
        put(&everywhere, place);
    }
    walk_node(&w, root, &everywhere, &to);
    if (w.steps >= PATIENCE) {
        return REGEX_WALK_TIRED;
    }
    return is_empty(&w, &to) ? REGEX_WALK_NO : REGEX_WALK_YES;
}
