#include "markdown.h"

#include <string.h>

bool take_line(postern_str *text, postern_str *line)
{
    const char *end;

    if (text->len == 0) {
        return false;
    }
    end = memchr(text->data, '\n', text->len);
    *line =
        (postern_str){text->data, end == NULL ? text->len : (size_t)(end - text->data)};
    const size_t taken = line->len + (end != NULL);
    *text = (postern_str){text->data + taken, text->len - taken};
    return true;
}

bool take_word(postern_str *text, postern_str *word)
{
    size_t start = 0;
    size_t end;

    while (start < text->len && text->data[start] == ' ') {
        start++;
    }
    end = start;
    while (end < text->len && text->data[end] != ' ') {
        end++;
    }
    *word = (postern_str){text->data + start, end - start};
    *text = (postern_str){text->data + end, text->len - end};
    return word->len > 0;
}

postern_str trimmed(postern_str text)
{
    while (text.len > 0 && text.data[0] == ' ') {
        text.data++;
        text.len--;
    }
    while (text.len > 0 && text.data[text.len - 1] == ' ') {
        text.len--;
    }
    return text;
}

void cell_text(postern_str cell, char *out)
{
    size_t len = 0;

    for (size_t i = 0; i < cell.len; i++) {
        if (cell.data[i] == '`') {
            continue;
        }
        if (cell.data[i] == '\\' && i + 1 < cell.len && cell.data[i + 1] == '|') {
            i++;
        }
        out[len++] = cell.data[i];
    }
    out[len] = '\0';
}

static bool starts(postern_str line, const char *with)
{
    return line.len >= strlen(with) && memcmp(line.data, with, strlen(with)) == 0;
}

/* Cells stand between bars; an escaped bar belongs to its cell. */
static bool cut_cells(postern_str line, piece *out)
{
    size_t start = 1;

    out->cell_count = 0;
    for (size_t i = 1; i < line.len; i++) {
        if (line.data[i] != '|' || line.data[i - 1] == '\\') {
            continue;
        }
        if (out->cell_count == CELLS_MAX) {
            return false;
        }
        out->cells[out->cell_count++] =
            trimmed((postern_str){line.data + start, i - start});
        start = i + 1;
    }
    return trimmed((postern_str){line.data + start, line.len - start}).len == 0;
}

static bool read_block(markdown *page, postern_str rest, postern_str line, piece *out,
                       const char **problem)
{
    const char *start = rest.data;

    *out = (piece){
        .kind = PIECE_BLOCK,
        .line = page->line,
        .mark = trimmed((postern_str){line.data + 3, line.len - 3}),
    };
    while (take_line(&rest, &line)) {
        page->line++;
        if (starts(line, "```")) {
            out->text = (postern_str){start, (size_t)(line.data - start)};
            page->at = page->text.len - rest.len;
            return true;
        }
    }
    *problem = "a block without an end";
    return false;
}

bool markdown_next(markdown *page, piece *out, const char **problem)
{
    postern_str rest = {page->text.data + page->at, page->text.len - page->at};
    postern_str line;

    while (take_line(&rest, &line)) {
        page->at = page->text.len - rest.len;
        page->line++;
        if (!starts(line, "|")) {
            page->in_row = 0;
        }
        if (starts(line, "```")) {
            return read_block(page, rest, line, out, problem);
        }
        if (!starts(line, "|")) {
            continue;
        }
        *out = (piece){.kind = page->in_row == 0 ? PIECE_HEADER : PIECE_ROW,
                       .line = page->line};
        if (page->in_row++ == 1) {
            if (!starts(line, "|--")) {
                *problem = "a table without the line under its header";
                return false;
            }
            continue;
        }
        *problem = "a row with too many cells, or without its last bar";
        return cut_cells(line, out);
    }
    *out = (piece){.kind = PIECE_END, .line = page->line};
    return true;
}
