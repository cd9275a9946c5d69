#include "shelf.h"

#include "match/list.h"
#include "support/text.h"

/* --- names ----------------------------------------------------------------------- */

static bool has_name(const shelf *lists, postern_str name)
{
    for (size_t i = 0; i < lists->count; i++) {
        if (postern_str_equal(lists->lists[i].name, name)) {
            return true;
        }
    }
    return false;
}

static size_t name_length(postern_str text)
{
    size_t length = 0;

    while (length < text.len &&
           (pst_is_digit((unsigned char)text.data[length]) ||
            (text.data[length] >= 'a' && text.data[length] <= 'z') ||
            text.data[length] == '_' || text.data[length] == '.')) {
        length++;
    }
    return length;
}

/* Every $name, in strings, too: a list that nobody asks for does no harm. */
static void find_names(postern_str expression, shelf *out)
{
    *out = (shelf){0};
    for (size_t at = 0; at < expression.len && out->count < SHELF_NAMES_MAX; at++) {
        postern_str name = pst_str_slice(expression, at + 1, expression.len);
        name.len = name_length(name);
        if (expression.data[at] == '$' && pst_list_name_valid(name) &&
            !has_name(out, name)) {
            out->lists[out->count++].name = name;
        }
    }
}

/* --- lists ----------------------------------------------------------------------- */

static void offer(shelf *lists, size_t at, const postern_list *list)
{
    shelf_name *const name = &lists->names[at];

    name->choices[name->count++] = list;
    lists->lists[at].list = name->choices[0];
}

static void forget_name(shelf *lists, size_t at)
{
    lists->count--;
    for (; at < lists->count; at++) {
        lists->lists[at] = lists->lists[at + 1];
        lists->names[at] = lists->names[at + 1];
    }
}

/* Numbers are written as they are spelled. */
static postern_status make_list(const json_line *line, size_t array,
                                postern_list_kind kind, pst_arena *memory,
                                postern_list **out)
{
    const size_t count = json_line_count(line, array);
    postern_str *const items = take(memory, count, sizeof *items);
    size_t filled = 0;

    for (size_t at = array + 1; at < line->nodes[array].next;
         at = line->nodes[at].next) {
        items[filled++] = json_line_text(line, at, memory);
    }
    return postern_list_new(NULL, kind, items, count, out, NULL);
}

/* Offers the lists of one kind, which the object at `node` holds. */
static bool fill_kind(const json_line *line, size_t node, postern_list_kind kind,
                      pst_arena *memory, shelf *out)
{
    for (size_t at = node + 1; at < line->nodes[node].next; at = line->nodes[at].next) {
        const postern_str name = json_line_text(line, at, memory);
        for (size_t i = 0; i < out->count; i++) {
            postern_list *list;
            if (!postern_str_equal(out->lists[i].name, name)) {
                continue;
            }
            if (make_list(line, at + 1, kind, memory, &list) != POSTERN_OK) {
                return false;
            }
            offer(out, i, list);
        }
    }
    return true;
}

const char *shelf_fill(const json_line *line, size_t node, postern_str expression,
                       pst_arena *memory, shelf *out)
{
    static const struct {
        const char *name;
        postern_list_kind kind;
    } kinds[] = {
        {"ip",    POSTERN_LIST_IP    },
        {"int",   POSTERN_LIST_INT   },
        {"bytes", POSTERN_LIST_STRING},
    };

    find_names(expression, out);
    for (size_t i = 0; node != 0 && i < sizeof kinds / sizeof kinds[0]; i++) {
        const size_t held = json_line_member(line, node, kinds[i].name);
        if (held != 0 && !fill_kind(line, held, kinds[i].kind, memory, out)) {
            return "a named list of the vector cannot be made";
        }
    }
    for (size_t i = out->count; i > 0; i--) {
        if (out->names[i - 1].count == 0) {
            forget_name(out, i - 1);
        }
    }
    return NULL;
}

void shelf_invent(postern_str expression, shelf *out)
{
    static const postern_list_kind kinds[SHELF_KINDS] = {
        POSTERN_LIST_IP, POSTERN_LIST_INT, POSTERN_LIST_STRING, POSTERN_LIST_HOSTNAME};

    find_names(expression, out);
    for (size_t i = 0; i < out->count; i++) {
        for (size_t k = 0; k < SHELF_KINDS; k++) {
            postern_list *list;
            if (postern_list_new(NULL, kinds[k], NULL, 0, &list, NULL) != POSTERN_OK) {
                abort();
            }
            offer(out, i, list);
        }
    }
}

bool shelf_next(shelf *lists)
{
    for (size_t i = 0; i < lists->count; i++) {
        shelf_name *const name = &lists->names[i];
        const bool wraps = ++name->chosen == name->count;
        if (wraps) {
            name->chosen = 0;
        }
        lists->lists[i].list = name->choices[name->chosen];
        if (!wraps) {
            return true;
        }
    }
    return false;
}

void shelf_clear(shelf *lists)
{
    for (size_t i = 0; i < lists->count; i++) {
        for (size_t k = 0; k < lists->names[i].count; k++) {
            postern_list_release(lists->names[i].choices[k]);
        }
    }
    *lists = (shelf){0};
}
