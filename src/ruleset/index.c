#include "ruleset/index.h"

#include "match/needles.h"
#include "match/range_map.h"
#include "model/group.h"
#include "support/hash.h"

#include <string.h>

/* Below these many rules a look-up costs more than to ask the rules. */
enum { RULES_LEAST = 8, TEXTS_LEAST = 4, RANGES_LEAST = 4, PARTS_LEAST = 8 };

/* Tags that all pieces of overlapping ranges may list, for each range. */
enum { TAGS_PER_RANGE = 8, TAGS_MORE = 1024 };

/* Texts, and for each of them the rules it is a key of. */
typedef struct texts {
    pst_string_set set;
    const uint32_t *starts; /* into `rules`, one more than texts */
    const uint32_t *rules;
} texts;

typedef struct pst_lookup {
    uint8_t kind; /* pst_key_kind */
    bool elements;
    bool integer;
    uint32_t slot;
    union {
        texts texts;
        const pst_range_map *ranges;
        const pst_needles *parts;
    } as;
} lookup;

/* --- building ------------------------------------------------------------------------ */

/* A key and the rule it belongs to. */
typedef struct entry {
    const pst_key *key;
    uint32_t rule;
} entry;

typedef struct builder {
    pst_arena *arena;
    pst_arena scratch;
    const pst_ruleset *set;
    entry *entries; /* sorted by look-up */
    size_t entry_count;
    pst_index *index;
    bool *always; /* of each active rule */
    size_t bound; /* rules that are not */
} builder;

static int by_lookup(const void *items, uint32_t a, uint32_t b)
{
    const pst_key *left = ((const entry *)items)[a].key;
    const pst_key *right = ((const entry *)items)[b].key;

    if (left->slot != right->slot) {
        return left->slot < right->slot ? -1 : 1;
    }
    if (left->kind != right->kind) {
        return left->kind < right->kind ? -1 : 1;
    }
    return (int)left->elements - (int)right->elements;
}

static const pst_binding *binding_of(const builder *b, const pst_bindings *bindings,
                                     size_t rule)
{
    return &bindings->items[pst_ruleset_rule(b->set, rule)];
}

/* --- which option ----------------------------------------------------------------------- */

static uint64_t key_hash(const pst_key *key)
{
    const uint64_t seed =
        ((uint64_t)key->slot << 8) + key->kind * 2U + (key->elements ? 1U : 0U);
    const pst_ip_range *range = &key->as.range;

    if (key->kind != PST_KEY_RANGE) {
        return key->as.text.len == 0 ? seed : pst_hash(key->as.text, seed);
    }
    return pst_fold(range->first.low ^ seed, range->last.low ^ PST_HASH_K0) ^
           pst_fold(range->first.high ^ seed, range->last.high ^ PST_HASH_K1);
}

/* How many rules have a key among their options. Keys may share a counter: it is a guess
 * that decides what a run costs, never what it says. */
typedef struct census {
    uint32_t *counters;
    size_t mask;
} census;

static bool take_census(builder *b, const pst_bindings *bindings, census *out)
{
    size_t keys = 0;
    size_t size = 64;

    for (size_t i = 0; i < b->set->active_count; i++) {
        const pst_binding *binding = binding_of(b, bindings, i);
        for (uint32_t j = 0; j < binding->count; j++) {
            keys += binding->options[j].count;
        }
    }
    while (size < keys * 4) {
        size *= 2;
    }
    out->mask = size - 1;
    out->counters = pst_arena_array(&b->scratch, size, sizeof *out->counters);
    if (out->counters == NULL) {
        return false;
    }
    memset(out->counters, 0, size * sizeof *out->counters);
    for (size_t i = 0; i < b->set->active_count; i++) {
        const pst_binding *binding = binding_of(b, bindings, i);
        for (uint32_t j = 0; j < binding->count; j++) {
            const pst_option *option = &binding->options[j];
            for (uint32_t k = 0; k < option->count; k++) {
                out->counters[key_hash(&option->keys[k]) & out->mask]++;
            }
        }
    }
    return true;
}

/* The option whose keys the fewest rules share, the cheapest of equals; NULL: none. One
 * that reads the body is taken only where there is no other: whoever sends a large body
 * would else pay for rules that their host or method leaves out. */
static const pst_option *choose(const pst_binding *binding, const census *c)
{
    const pst_option *best = NULL;
    uint64_t least = UINT64_MAX;
    const uint64_t dear = UINT64_C(1) << 32; /* more than there are rules */

    for (uint32_t i = 0; i < binding->count; i++) {
        const pst_option *option = &binding->options[i];
        uint64_t sharers = 0;
        uint64_t cost;
        for (uint32_t k = 0; k < option->count; k++) {
            const uint32_t rules = c->counters[key_hash(&option->keys[k]) & c->mask];
            sharers = rules > sharers ? rules : sharers;
        }
        cost = sharers + (option->dear ? dear : 0);
        if (cost < least) {
            least = cost;
            best = option;
        }
    }
    return best;
}

/* All keys of bound rules, in the order of their look-ups. */
static bool collect(builder *b, const pst_bindings *bindings)
{
    const size_t count = b->set->active_count;
    const pst_option **chosen = pst_arena_array(&b->scratch, count, sizeof *chosen);
    const uint32_t *order;
    entry *entries;
    census shared;
    size_t keys = 0;

    if (chosen == NULL || !take_census(b, bindings, &shared)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        chosen[i] = choose(binding_of(b, bindings, i), &shared);
        b->always[i] = chosen[i] == NULL;
        b->bound += chosen[i] != NULL;
        keys += chosen[i] == NULL ? 0 : chosen[i]->count;
    }
    entries = pst_arena_array(&b->scratch, keys, sizeof *entries);
    b->entries = pst_arena_array(&b->scratch, keys, sizeof *entries);
    if (entries == NULL || b->entries == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        for (uint32_t j = 0; chosen[i] != NULL && j < chosen[i]->count; j++) {
            entries[b->entry_count++] = (entry){&chosen[i]->keys[j], (uint32_t)i};
        }
    }
    order = pst_sort(&b->scratch, entries, keys, by_lookup);
    for (size_t i = 0; i < keys && order != NULL; i++) {
        b->entries[i] = entries[order[i]];
    }
    return order != NULL;
}

/* Where the keys of one look-up end that start at `start`. */
static size_t lookup_end(const builder *b, size_t start)
{
    size_t end = start + 1;

    while (end < b->entry_count &&
           by_lookup(b->entries, (uint32_t)start, (uint32_t)end) == 0) {
        end++;
    }
    return end;
}

/* The rules of these keys are always asked. */
static void give_up(builder *b, const entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        b->bound -= !b->always[entries[i].rule];
        b->always[entries[i].rule] = true;
    }
}

static bool build_texts(builder *b, const entry *entries, size_t count, texts *out)
{
    postern_str *members = pst_arena_array(&b->scratch, count, sizeof *members);
    uint32_t *rules = pst_arena_array(b->arena, count, sizeof *rules);
    uint32_t *starts;

    if (members == NULL || rules == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        members[i] = entries[i].key->as.text;
    }
    if (!pst_string_set_build(b->arena, members, count, &out->set)) {
        return false;
    }
    starts = pst_arena_array(b->arena, out->set.count + 2, sizeof *starts);
    if (starts == NULL) {
        return false;
    }
    /* starts[i + 1] counts the rules of text i, then says where they end, and, as they
     * are put down from the end, where they start. */
    memset(starts, 0, (out->set.count + 2) * sizeof *starts);
    for (size_t i = 0; i < count; i++) {
        starts[pst_string_set_find(&out->set, members[i]) + 1]++;
    }
    for (size_t i = 1; i <= out->set.count; i++) {
        starts[i] += starts[i - 1];
    }
    starts[out->set.count + 1] = (uint32_t)count;
    for (size_t i = count; i-- > 0;) {
        rules[--starts[pst_string_set_find(&out->set, members[i]) + 1]] =
            entries[i].rule;
    }
    out->starts = starts + 1;
    out->rules = rules;
    return true;
}

static bool build_ranges(builder *b, const entry *entries, size_t count,
                         const pst_range_map **out)
{
    pst_tagged_range *ranges = pst_arena_array(&b->scratch, count, sizeof *ranges);

    if (ranges == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        ranges[i] = (pst_tagged_range){entries[i].key->as.range, entries[i].rule};
    }
    return pst_range_map_build(b->arena, &b->scratch, ranges, count,
                               count * TAGS_PER_RANGE + TAGS_MORE, out);
}

static bool build_parts(builder *b, const entry *entries, size_t count,
                        const pst_needles **out)
{
    pst_needle *needles = pst_arena_array(&b->scratch, count, sizeof *needles);

    if (needles == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const pst_key *key = entries[i].key;
        needles[i] = (pst_needle){key->as.text, entries[i].rule, key->place, key->fold};
    }
    *out = pst_needles_build(b->arena, &b->scratch, needles, count);
    return *out != NULL;
}

static size_t least_of(pst_key_kind kind)
{
    switch (kind) {
    case PST_KEY_TEXT:
        return TEXTS_LEAST;
    case PST_KEY_RANGE:
        return RANGES_LEAST;
    case PST_KEY_PART:
        break;
    }
    return PARTS_LEAST;
}

/* Adds the look-up of these keys, unless there are too few. */
static bool build_lookup(builder *b, const entry *entries, size_t count, lookup *out,
                         bool *made)
{
    const pst_key *key = entries[0].key;

    *made = false;
    if (count < least_of((pst_key_kind)key->kind)) {
        give_up(b, entries, count);
        return true;
    }
    *out = (lookup){.kind = key->kind, .elements = key->elements, .slot = key->slot};
    switch ((pst_key_kind)key->kind) {
    case PST_KEY_TEXT:
        *made = build_texts(b, entries, count, &out->as.texts);
        return *made;
    case PST_KEY_PART:
        *made = build_parts(b, entries, count, &out->as.parts);
        return *made;
    case PST_KEY_RANGE:
        break;
    }
    out->integer = key->integer;
    if (!build_ranges(b, entries, count, &out->as.ranges)) {
        return false;
    }
    *made = out->as.ranges != NULL;
    if (!*made) {
        give_up(b, entries, count); /* too many overlap */
    }
    return true;
}

static bool build_lookups(builder *b)
{
    size_t count = 0;
    lookup *lookups;

    for (size_t at = 0; at < b->entry_count; at = lookup_end(b, at)) {
        count++;
    }
    lookups = pst_arena_array(b->arena, count, sizeof *lookups);
    if (lookups == NULL) {
        return false;
    }
    b->index->lookups = lookups;
    for (size_t at = 0; at < b->entry_count;) {
        const size_t end = lookup_end(b, at);
        bool made;
        if (!build_lookup(b, &b->entries[at], end - at,
                          &lookups[b->index->lookup_count], &made)) {
            return false;
        }
        b->index->lookup_count += made;
        at = end;
    }
    return true;
}

static bool build_marks(builder *b)
{
    const size_t count = b->set->active_count;
    pst_index *index = b->index;

    index->words = pst_mark_words(count);
    index->summary_words = pst_mark_words(index->words);
    index->always.bits =
        pst_arena_array(b->arena, index->words, sizeof *index->always.bits);
    index->always.summary =
        pst_arena_array(b->arena, index->summary_words, sizeof *index->always.summary);
    if (index->always.bits == NULL || index->always.summary == NULL) {
        return false;
    }
    memset(index->always.bits, 0, index->words * sizeof *index->always.bits);
    memset(index->always.summary, 0,
           index->summary_words * sizeof *index->always.summary);
    for (size_t i = 0; i < count; i++) {
        if (b->always[i]) {
            pst_mark(index->always, (uint32_t)i);
        }
    }
    return true;
}

static bool build(builder *b, const pst_bindings *bindings)
{
    b->index = pst_arena_alloc(b->arena, sizeof *b->index);
    b->always = pst_arena_array(&b->scratch, b->set->active_count, sizeof *b->always);
    if (b->index == NULL || b->always == NULL) {
        return false;
    }
    *b->index = (pst_index){.lookup_count = 0};
    return collect(b, bindings) && build_lookups(b) && build_marks(b);
}

bool pst_index_pays(size_t rules)
{
    return rules >= RULES_LEAST;
}

bool pst_index_build(pst_arena *arena, const pst_bindings *bindings, pst_ruleset *set)
{
    builder b = {.arena = arena, .set = set};
    bool built = true;

    set->index = NULL;
    if (bindings == NULL || !pst_index_pays(set->active_count)) {
        return true;
    }
    pst_arena_init(&b.scratch, arena->alloc, SIZE_MAX / 2);
    built = build(&b, bindings);
    if (built && b.bound >= RULES_LEAST) {
        set->index = b.index;
    }
    pst_arena_free(&b.scratch);
    return built;
}

/* --- asking -------------------------------------------------------------------------- */

static void mark_all(pst_marks marks, const uint32_t *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pst_mark(marks, rules[i]);
    }
}

static void mark_found(void *user, uint32_t rule)
{
    pst_mark(*(const pst_marks *)user, rule);
}

static void mark_value(const lookup *at, const pst_value *value, pst_marks marks)
{
    size_t place;
    pst_tags tags;

    switch ((pst_key_kind)at->kind) {
    case PST_KEY_TEXT:
        place = pst_string_set_find(&at->as.texts.set, value->string);
        if (place != SIZE_MAX) {
            const uint32_t start = at->as.texts.starts[place];
            mark_all(marks, &at->as.texts.rules[start],
                     at->as.texts.starts[place + 1] - start);
        }
        break;
    case PST_KEY_RANGE:
        tags = pst_range_map_find(
            at->as.ranges, at->integer ? pst_range_int(value->integer) : value->ip);
        mark_all(marks, tags.items, tags.count);
        break;
    case PST_KEY_PART:
        pst_needles_find(at->as.parts, value->string, mark_found, &marks);
        break;
    }
}

bool pst_index_mark(const pst_index *index, const pst_program *program,
                    postern_request *request, pst_marks marks)
{
    for (size_t i = 0; i < index->lookup_count; i++) {
        const lookup *at = &index->lookups[i];
        if (pst_slot_ensure(program, request, at->slot) != POSTERN_OK) {
            return false;
        }
        if ((request->states[at->slot] & 1U) == 0) {
            continue;
        }
        const pst_value *value = &request->values[at->slot];
        if (!at->elements) {
            mark_value(at, value, marks);
            continue;
        }
        for (size_t j = 0; j < value->array.count; j++) {
            mark_value(at, &value->array.items[j], marks);
        }
    }
    return true;
}
