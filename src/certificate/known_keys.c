/* known_keys.c - a list that only grows at its front. */
#include "certificate/known_keys.h"

#include "support/alloc.h"
#include "support/text.h"

struct pst_known_key {
    struct pst_known_key *older;
    unsigned counts[2]; /* of this one and all older ones, by signed_by */
    bool signed_by;
    postern_str spki; /* the bytes follow */
};

bool pst_known_keys_find(const pst_known_keys *known, postern_str spki, bool *signed_by)
{
    /* Loading changes nothing, but C11 wants the object without its const. */
    pst_known_keys *list = pst_unconst(known);

    for (const struct pst_known_key *at =
             atomic_load_explicit(&list->newest, memory_order_acquire);
         at != NULL; at = at->older) {
        if (pst_str_same(at->spki, spki)) {
            *signed_by = at->signed_by;
            return true;
        }
    }
    return false;
}

static bool is_room_behind(const struct pst_known_key *newest, bool signed_by)
{
    return newest == NULL || newest->counts[signed_by] < PST_KNOWN_KEYS_MAX;
}

bool pst_known_keys_has_room(const pst_known_keys *known, bool signed_by)
{
    pst_known_keys *list = pst_unconst(known);

    return is_room_behind(atomic_load_explicit(&list->newest, memory_order_acquire),
                          signed_by);
}

void pst_known_keys_add(pst_known_keys *known, const postern_allocator *alloc,
                        postern_str spki, bool signed_by)
{
    struct pst_known_key *newest =
        atomic_load_explicit(&known->newest, memory_order_acquire);
    struct pst_known_key *made;

    if (!is_room_behind(newest, signed_by)) {
        return;
    }
    made = pst_alloc(alloc, sizeof *made + spki.len);
    if (made == NULL) {
        return;
    }
    memcpy(made + 1, spki.data, spki.len);
    made->spki = (postern_str){(const char *)(made + 1), spki.len};
    made->signed_by = signed_by;
    do {
        if (!is_room_behind(newest, signed_by)) {
            pst_free(alloc, made, sizeof *made + spki.len);
            return;
        }
        made->older = newest;
        made->counts[false] = newest == NULL ? 0 : newest->counts[false];
        made->counts[true] = newest == NULL ? 0 : newest->counts[true];
        made->counts[signed_by]++;
    } while (!atomic_compare_exchange_weak_explicit(
        &known->newest, &newest, made, memory_order_acq_rel, memory_order_acquire));
}

void pst_known_keys_free(pst_known_keys *known, const postern_allocator *alloc)
{
    struct pst_known_key *at =
        atomic_load_explicit(&known->newest, memory_order_acquire);

    while (at != NULL) {
        struct pst_known_key *older = at->older;

        pst_free(alloc, at, sizeof *at + at->spki.len);
        at = older;
    }
    atomic_store_explicit(&known->newest, NULL, memory_order_relaxed);
}
