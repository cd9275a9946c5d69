/*
 * terms.c - values: fields, what is in them, calls, and what [*] makes of all these.
 */
#include "twins.h"
#include "walker.h"

void *walker_make(walker *w, size_t count, size_t size)
{
    void *const block = pst_arena_array(w->memory, count, size);

    if (block == NULL) {
        w->status = w->memory->status;
    }
    return block;
}

/* --- accesses ----------------------------------------------------------------------- */

static seen see_field(walker *w, uint32_t field)
{
    if (w->request->states[field] == PST_SLOT_UNKNOWN) {
        const postern_status status = pst_request_derive(w->request, field);
        if (status != POSTERN_OK) {
            w->status = status;
            return (seen){0};
        }
    }
    return (seen){w->request->states[field] != PST_SLOT_MISSING,
                  w->request->values[field]};
}

/* base["key"] or base[index] */
static seen element(const pst_term *term, pst_value base)
{
    if (term->kind == PST_TERM_ARRAY_GET) {
        return term->index < base.array.count
                   ? (seen){true, base.array.items[term->index]}
                   : (seen){0};
    }
    for (size_t i = 0; i < base.map.count; i++) {
        if (twin_order(base.map.entries[i].key, term->key) == 0) {
            return (seen){true, base.map.entries[i].value};
        }
    }
    return (seen){0};
}

/* How many values `term` may find in one base. */
static size_t most_of(const pst_term *term, pst_value base)
{
    if (term->kind != PST_TERM_EACH) {
        return 1;
    }
    return postern_type_kind(term->base->type) == POSTERN_KIND_MAP ? base.map.count
                                                                   : base.array.count;
}

/* Puts what `term` finds in one base into `items`; returns how many. */
static size_t put_found(const pst_term *term, pst_value base, pst_value *items)
{
    seen one;

    if (term->kind != PST_TERM_EACH) {
        one = element(term, base);
        if (one.present) {
            items[0] = one.value;
        }
        return one.present;
    }
    for (size_t i = 0; i < most_of(term, base); i++) {
        items[i] = postern_type_kind(term->base->type) == POSTERN_KIND_MAP
                       ? base.map.entries[i].value
                       : base.array.items[i];
    }
    return most_of(term, base);
}

/* All that `term` finds in each of `count` bases, one behind the other. */
static seen see_mapped(walker *w, const pst_term *term, const pst_value *bases,
                       size_t count)
{
    pst_value *items;
    size_t most = 0;
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        most += most_of(term, bases[i]);
    }
    items = walker_make(w, most, sizeof *items);
    for (size_t i = 0; i < count && items != NULL; i++) {
        found += put_found(term, bases[i], items + found);
    }
    return (seen){items != NULL, {.array = {items, found}}};
}

static seen see_access(walker *w, const pst_term *term)
{
    const seen base = walker_see(w, term->base);

    if (!base.present || w->status != POSTERN_OK) {
        return (seen){0};
    }
    if (term->base->mapped) {
        return see_mapped(w, term, base.value.array.items, base.value.array.count);
    }
    return term->kind == PST_TERM_EACH ? see_mapped(w, term, &base.value, 1)
                                       : element(term, base.value);
}

/* --- calls -------------------------------------------------------------------------- */

static seen changed(walker *w, postern_str text, char (*change)(char))
{
    char *const bytes = walker_make(w, text.len, 1);

    for (size_t i = 0; i < text.len && bytes != NULL; i++) {
        bytes[i] = change(text.data[i]);
    }
    return (seen){bytes != NULL, {.string = {bytes, text.len}}};
}

/* Missing ones are skipped; of nothing but missing ones there is nothing. */
static seen joined(walker *w, const pst_invocation *in)
{
    size_t length = 0;
    bool any = false;
    char *bytes;

    for (size_t i = 0; i < in->count; i++) {
        length += in->present[i] ? in->values[i].string.len : 0;
        any = any || in->present[i];
    }
    bytes = walker_make(w, length, 1);
    length = 0;
    for (size_t i = 0; i < in->count && bytes != NULL; i++) {
        for (size_t j = 0; in->present[i] && j < in->values[i].string.len; j++) {
            bytes[length++] = in->values[i].string.data[j];
        }
    }
    return (seen){any && bytes != NULL, {.string = {bytes, length}}};
}

/* True when the function has a twin here; the others are tested on their own. */
static bool call_twin(walker *w, const pst_term *term, const pst_invocation *in,
                      seen *out)
{
    const bool text = in->types[0] == POSTERN_STRING;

    if (term->function == PST_FUNCTION_LEN) {
        *out = (seen){true,
                      {.integer = (int64_t)(text ? in->values[0].string.len
                                                 : in->values[0].array.count)}};
    } else if (term->function == PST_FUNCTION_LOWER) {
        *out = changed(w, in->values[0].string, twin_lower);
    } else if (term->function == PST_FUNCTION_UPPER) {
        *out = changed(w, in->values[0].string, twin_upper);
    } else if (term->function == PST_FUNCTION_STARTS_WITH) {
        *out = (seen){
            true,
            {.boolean = twin_starts_with(in->values[0].string, in->values[1].string)}};
    } else if (term->function == PST_FUNCTION_ENDS_WITH) {
        *out = (seen){
            true,
            {.boolean = twin_ends_with(in->values[0].string, in->values[1].string)}};
    } else if (term->function == PST_FUNCTION_CONCAT && text) {
        *out = joined(w, in);
    } else {
        return false;
    }
    return true;
}

static seen call_one(walker *w, const pst_term *term, const pst_invocation *in)
{
    const pst_function *const function = pst_function_at(term->function);
    pst_result result = {.present = true};
    seen out;

    for (size_t i = 0; i < in->count; i++) {
        if (!in->present[i] && (function->flags & PST_FLAG_TAKES_MISSING) == 0) {
            return (seen){0};
        }
    }
    if (call_twin(w, term, in, &out)) {
        return out;
    }
    w->status = function->body(in, &result);
    return w->status == POSTERN_OK ? (seen){result.present, result.value} : (seen){0};
}

/* The call with each element in the first place; what is missing is dropped. */
static seen call_mapped(walker *w, const pst_term *term, const pst_invocation *in,
                        pst_value *first)
{
    const pst_array over = first->array;
    pst_value *const items = walker_make(w, over.count, sizeof *items);
    size_t count = 0;

    for (size_t i = 0; i < over.count && w->status == POSTERN_OK; i++) {
        seen one;
        *first = over.items[i];
        one = call_one(w, term, in);
        if (one.present) {
            items[count++] = one.value;
        }
    }
    return (seen){w->status == POSTERN_OK, {.array = {items, count}}};
}

static seen see_call(walker *w, const pst_term *term)
{
    const bool mapped = term->count > 0 && term->arguments[0]->mapped;
    pst_value *const values = walker_make(w, term->count, sizeof *values);
    postern_type *const types = walker_make(w, term->count, sizeof *types);
    bool *const present = walker_make(w, term->count, sizeof *present);
    pst_regex_memory regexes = {.arena = w->memory};
    const pst_invocation in = {
        .arena = w->memory,
        .crypto = w->reference->scheme->options.crypto,
        .regexes = &regexes,
        .types = types,
        .values = values,
        .present = present,
        .count = term->count,
        .prepared = term->prepared,
    };

    for (size_t i = 0; i < term->count && w->status == POSTERN_OK; i++) {
        const seen argument = walker_see(w, term->arguments[i]);
        values[i] = argument.value;
        types[i] = term->arguments[i]->type;
        present[i] = argument.present;
    }
    if (w->status != POSTERN_OK || (mapped && !present[0])) {
        return (seen){0};
    }
    return mapped ? call_mapped(w, term, &in, &values[0]) : call_one(w, term, &in);
}

/* Of a missing array nothing can be said. */
static seen see_claims(walker *w, const pst_claim *claim)
{
    const answers all = walker_judge_each(w, claim);
    pst_value *const items = walker_make(w, all.count, sizeof *items);

    if (w->status != POSTERN_OK) { /* some were not answered */
        return (seen){0};
    }
    for (size_t i = 0; i < all.count && items != NULL; i++) {
        items[i].boolean = all.of[i];
    }
    return (seen){items != NULL && !all.missing, {.array = {items, all.count}}};
}

/* Recursion, here and in walker_judge(), is bounded by the nesting limit. */
seen walker_see(walker *w, const pst_term *term)
{
    seen out = {0};

    switch ((pst_term_kind)term->kind) {
    case PST_TERM_FIELD:
        out = see_field(w, term->field);
        break;
    case PST_TERM_MAP_GET:
    case PST_TERM_ARRAY_GET:
    case PST_TERM_EACH:
        out = see_access(w, term);
        break;
    case PST_TERM_CALL:
        out = see_call(w, term);
        break;
    case PST_TERM_LITERAL:
        out = (seen){true, term->value};
        break;
    case PST_TERM_CLAIM:
        out.value.boolean = walker_judge(w, term->claim);
        out.present = true;
        break;
    case PST_TERM_CLAIMS:
        out = see_claims(w, term->claim);
        break;
    }
    return w->status == POSTERN_OK ? out : (seen){0};
}
