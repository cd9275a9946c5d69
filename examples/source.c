#include "source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct source_block {
    struct source_block *next;
    max_align_t data[];
};

static bool refuse_memory(source *from)
{
    from->error = (source_error){.message = "out of memory"};
    return false;
}

void *source_take(source *from, size_t size)
{
    struct source_block *block = NULL;

    if (size <= SIZE_MAX - sizeof *block) {
        block = calloc(1, sizeof *block + size);
    }
    if (block == NULL) {
        (void)refuse_memory(from);
        return NULL;
    }
    block->next = from->blocks;
    from->blocks = block;
    return block->data;
}

void source_free(source *from)
{
    struct source_block *block = from->blocks;

    while (block != NULL) {
        struct source_block *const next = block->next;
        free(block);
        block = next;
    }
    *from = (source){0};
}

static bool refuse_text(source *from, const postern_json_error *error)
{
    postern_json_place(from->text, error->offset, &from->error.line,
                       &from->error.column);
    (void)snprintf(from->error.message, sizeof from->error.message, "%s",
                   error->message);
    return false;
}

bool source_read(source *from, postern_str text)
{
    postern_json_error error;
    postern_status status;
    char *copy;
    size_t count;

    *from = (source){0};
    copy = source_take(from, text.len);
    if (copy == NULL) {
        return false;
    }
    if (text.len > 0) {
        memcpy(copy, text.data, text.len);
    }
    from->text = (postern_str){copy, text.len};
    status = postern_json_read(from->text, NULL, 0, &count, &error);
    if (status != POSTERN_LIMIT || error.message[0] != '\0') {
        return refuse_text(from, &error);
    }
    from->nodes = source_take(from, count * sizeof *from->nodes);
    if (from->nodes == NULL) {
        return false;
    }
    status = postern_json_read(from->text, from->nodes, count, &from->count, &error);
    return status == POSTERN_OK || refuse_text(from, &error);
}

bool source_string(source *from, size_t node, postern_str *out)
{
    const postern_json_node *const at = &from->nodes[node];
    char *const copy = source_take(from, at->length);

    if (copy == NULL) {
        return false;
    }
    *out = (postern_str){copy, postern_json_decode(from->text, at, copy, at->length)};
    return true;
}

bool source_refuse(source *from, size_t node, const char *message, postern_str name,
                   const char *hint)
{
    source_error *const error = &from->error;
    char quoted[160];

    if (error->message[0] != '\0') {
        return false;
    }
    postern_json_place(from->text, from->nodes[node].offset, &error->line,
                       &error->column);
    if (name.len > 0) {
        (void)postern_json_quote(name, quoted, sizeof quoted);
        (void)snprintf(error->message, sizeof error->message, "%s %s", message, quoted);
    } else {
        (void)snprintf(error->message, sizeof error->message, "%s", message);
    }
    (void)snprintf(error->hint, sizeof error->hint, "%s", hint == NULL ? "" : hint);
    return false;
}

/* --- near names ---------------------------------------------------------------- */

enum { NAME_MAX_LENGTH = 127 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Inserted, deleted and replaced bytes between the two, row by row. */
static size_t distance_between(postern_str a, postern_str b)
{
    size_t row[NAME_MAX_LENGTH + 1];

    for (size_t j = 0; j <= b.len; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            const size_t replaced = diagonal + (a.data[i - 1] != b.data[j - 1]);
            diagonal = row[j];
            row[j] = least(replaced, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[b.len];
}

void nearest_name_try(nearest_name *nearest, postern_str candidate)
{
    const postern_str wanted = nearest->wanted;
    const size_t longer = wanted.len > candidate.len ? wanted.len : candidate.len;
    size_t distance;

    if (longer > NAME_MAX_LENGTH) {
        return;
    }
    distance = distance_between(wanted, candidate);
    if (distance * 3 <= longer &&
        (nearest->best.len == 0 || distance < nearest->distance)) {
        nearest->best = candidate;
        nearest->distance = distance;
    }
}

void nearest_name_hint(const nearest_name *nearest, char *buf, size_t cap)
{
    if (nearest->best.len == 0) {
        buf[0] = '\0';
        return;
    }
    (void)snprintf(buf, cap, "did you mean \"%.*s\"?", (int)nearest->best.len,
                   nearest->best.data);
}
