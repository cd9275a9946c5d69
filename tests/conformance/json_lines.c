#include "json_lines.h"

#include "support/alloc.h"
#include "support/text.h"
#include "text_file.h"

#include <string.h>

const char *json_lines_open(json_lines *lines, const char *path)
{
    *lines = (json_lines){0};
    return text_file_read(path, &lines->text);
}

void json_lines_close(json_lines *lines)
{
    free(pst_unconst(lines->text.data));
    free(lines->nodes);
    *lines = (json_lines){0};
}

static void read_document(json_lines *lines, postern_str text, json_line *out)
{
    size_t count;
    postern_status status;

    *out = (json_line){.text = text, .number = lines->number};
    status =
        postern_json_read(text, lines->nodes, lines->node_cap, &count, &out->error);
    if (status == POSTERN_LIMIT && count > lines->node_cap) {
        postern_json_node *const more =
            realloc(lines->nodes, 2 * count * sizeof *lines->nodes);
        if (more == NULL) {
            abort();
        }
        lines->nodes = more;
        lines->node_cap = 2 * count;
        status =
            postern_json_read(text, lines->nodes, lines->node_cap, &count, &out->error);
    }
    if (status == POSTERN_OK) {
        out->nodes = lines->nodes;
    }
}

static bool is_blank(postern_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] != ' ' && text.data[i] != '\t' && text.data[i] != '\r') {
            return false;
        }
    }
    return true;
}

bool json_lines_next(json_lines *lines, json_line *out)
{
    while (lines->at < lines->text.len) {
        const char *const start = lines->text.data + lines->at;
        const size_t left = lines->text.len - lines->at;
        const char *const end = memchr(start, '\n', left);
        const postern_str text = {start, end == NULL ? left : (size_t)(end - start)};

        lines->at += text.len + 1;
        lines->number++;
        if (!is_blank(text)) {
            read_document(lines, text, out);
            return true;
        }
    }
    return false;
}

void json_lines_whole(json_lines *lines, json_line *out)
{
    read_document(lines, lines->text, out);
}

size_t json_line_member(const json_line *line, size_t object, const char *name)
{
    return postern_json_member(line->text, line->nodes, object, postern_text(name));
}

bool json_line_says(const json_line *line, size_t node, const char *text)
{
    const postern_json_node *const at = &line->nodes[node];

    return at->kind == POSTERN_JSON_STRING && !at->escaped &&
           postern_str_equal(
               pst_str_slice(line->text, at->offset, (size_t)at->offset + at->length),
               postern_text(text));
}

postern_str json_line_text(const json_line *line, size_t node, pst_arena *memory)
{
    const postern_json_node *const at = &line->nodes[node];
    char *const bytes = take(memory, at->length, 1);

    return (postern_str){bytes, postern_json_decode(line->text, at, bytes, at->length)};
}

size_t json_line_count(const json_line *line, size_t node)
{
    size_t count = 0;

    for (size_t at = node + 1; at < line->nodes[node].next; at = line->nodes[at].next) {
        count++;
    }
    return count;
}
