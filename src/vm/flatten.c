#include "vm/flatten.h"

/* Goes through everything the steps reach: first counted, then written down. */
typedef struct walk {
    const pst_step *steps;
    size_t step_count;
    pst_value *items; /* NULL: only count */
    size_t count;
} walk;

static void visit(walk *w, const pst_value *value, postern_type type, size_t step);

static void visit_all(walk *w, const pst_value *value, postern_type type, size_t step)
{
    const postern_type element = postern_type_element(type);

    if (postern_type_kind(type) == POSTERN_KIND_ARRAY) {
        for (size_t i = 0; i < value->array.count; i++) {
            visit(w, &value->array.items[i], element, step + 1);
        }
        return;
    }
    for (size_t i = 0; i < value->map.count; i++) {
        visit(w, &value->map.entries[i].value, element, step + 1);
    }
}

/* Recursion is bounded by the type, which is at most seven kinds deep. */
static void visit(walk *w, const pst_value *value, postern_type type, size_t step)
{
    const pst_value *found = NULL;

    if (step == w->step_count) {
        if (w->items != NULL) {
            w->items[w->count] = *value;
        }
        w->count++;
        return;
    }
    switch ((pst_step_kind)w->steps[step].kind) {
    case PST_STEP_EACH:
        visit_all(w, value, type, step);
        return;
    case PST_STEP_KEY:
        found = pst_map_find(value->map, w->steps[step].key);
        break;
    case PST_STEP_INDEX:
        if (w->steps[step].index < value->array.count) {
            found = &value->array.items[w->steps[step].index];
        }
        break;
    }
    if (found != NULL) {
        visit(w, found, postern_type_element(type), step + 1);
    }
}

postern_status pst_flatten(const pst_program *program, postern_request *request,
                           const pst_derived *how, uint32_t slot)
{
    const postern_type type = pst_program_slot_type(program, how->slot);
    const pst_value *base = &request->values[how->slot];
    walk w = {.steps = how->as.path.steps, .step_count = how->as.path.count};

    visit(&w, base, type, 0);
    w.items = pst_arena_array(&request->run, w.count, sizeof *w.items);
    if (w.items == NULL) {
        return request->run.status;
    }
    w.count = 0;
    visit(&w, base, type, 0);
    request->values[slot].array = (pst_array){w.items, w.count};
    request->states[slot] = PST_SLOT_PRESENT;
    return POSTERN_OK;
}
