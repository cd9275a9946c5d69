#include "exceptions.h"

#include "support/alloc.h"
#include "support/text.h"

static int by_id(const void *a, const void *b)
{
    return pst_str_order(((const exception *)a)->id, ((const exception *)b)->id);
}

static size_t count_lines(postern_str text)
{
    size_t count = 1;

    for (size_t i = 0; i < text.len; i++) {
        count += text.data[i] == '\n';
    }
    return count;
}

static bool read_exception(const json_line *line, pst_arena *memory, exception *out)
{
    size_t id;
    size_t decision;

    if (line->nodes == NULL) {
        return false;
    }
    id = json_line_member(line, 0, "id");
    decision = json_line_member(line, 0, "decision");
    if (id == 0 || decision == 0) {
        return false;
    }
    *out = (exception){.id = json_line_text(line, id, memory),
                       .decision = json_line_text(line, decision, memory)};
    return out->id.len > 0 && out->decision.len > 0;
}

static const char *read_all(json_lines *file, exceptions *out, size_t *number)
{
    json_line line;

    out->items = take(&out->memory, count_lines(file->text), sizeof *out->items);
    while (json_lines_next(file, &line)) {
        if (!read_exception(&line, &out->memory, &out->items[out->count])) {
            *number = line.number;
            return "is not {\"id\": .., \"decision\": ..}";
        }
        out->count++;
    }
    qsort(out->items, out->count, sizeof *out->items, by_id);
    for (size_t i = 1; i < out->count; i++) {
        if (by_id(&out->items[i - 1], &out->items[i]) == 0) {
            return "has an id twice";
        }
    }
    return NULL;
}

const char *exceptions_read(const char *path, exceptions *out, size_t *number)
{
    json_lines file;
    const char *problem;

    *out = (exceptions){0};
    *number = 0;
    pst_arena_init(&out->memory, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    if (path == NULL) {
        return NULL;
    }
    problem = json_lines_open(&file, path);
    if (problem == NULL) {
        problem = read_all(&file, out, number);
    }
    json_lines_close(&file);
    return problem;
}

void exceptions_free(exceptions *list)
{
    pst_arena_free(&list->memory);
    *list = (exceptions){0};
}

exception *exceptions_find(const exceptions *list, postern_str id)
{
    const exception wanted = {.id = id};

    return list->count == 0
               ? NULL
               : bsearch(&wanted, list->items, list->count, sizeof *list->items, by_id);
}

size_t exceptions_tell_stale(const exceptions *list, FILE *to)
{
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++) {
        const exception *const item = &list->items[i];
        if (!item->seen || !item->needed) {
            (void)fprintf(to, "stale exception: %.*s (%.*s) %s\n", (int)item->id.len,
                          item->id.data, (int)item->decision.len, item->decision.data,
                          item->seen ? "is answered as expected" : "is in no file");
            count++;
        }
    }
    return count;
}
