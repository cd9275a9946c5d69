/* pem.c - works line by line. */
#include "certificate/pem.h"

#include "support/text.h"

static const postern_str begin_mark = POSTERN_STR("-----BEGIN ");
static const postern_str end_mark = POSTERN_STR("-----END ");
static const postern_str dashes = POSTERN_STR("-----");

pst_pem pst_pem_start(postern_str text)
{
    return (pst_pem){text, 1};
}

static bool ends_with(postern_str text, postern_str suffix)
{
    return text.len >= suffix.len &&
           pst_str_same(pst_str_slice(text, text.len - suffix.len, text.len), suffix);
}

static bool contains(postern_str text, postern_str piece)
{
    for (size_t i = 0; i + piece.len <= text.len; i++) {
        if (memcmp(text.data + i, piece.data, piece.len) == 0) {
            return true;
        }
    }
    return false;
}

/* Takes a line, without its end and the white space before it. */
static bool take_line(pst_pem *pem, postern_str *line)
{
    const char *end;
    size_t len;

    if (pem->rest.len == 0) {
        return false;
    }
    end = memchr(pem->rest.data, '\n', pem->rest.len);
    len = end == NULL ? pem->rest.len : (size_t)(end - pem->rest.data);
    *line = (postern_str){pem->rest.data, len};
    pem->rest = pst_str_slice(pem->rest, end == NULL ? len : len + 1, pem->rest.len);
    pem->line++;
    while (line->len > 0 && memchr(" \t\r", line->data[line->len - 1], 3) != NULL) {
        line->len--;
    }
    return true;
}

/* The label of a marker that is the whole line. */
static bool read_marker(postern_str line, postern_str mark, postern_str *label)
{
    if (line.len <= mark.len + dashes.len || !pst_str_starts(line, mark) ||
        !ends_with(line, dashes)) {
        return false;
    }
    *label = pst_str_slice(line, mark.len, line.len - dashes.len);
    return !contains(*label, dashes);
}

static bool looks_like_marker(postern_str line)
{
    return contains(line, begin_mark) || contains(line, end_mark);
}

/* Fills the block up to its END marker. Another BEGIN is left for the next call. */
static void read_body(pst_pem *pem, pst_pem_block *out)
{
    const char *start = pem->rest.data;
    postern_str line;
    postern_str label;

    for (;;) {
        pst_pem before = *pem;

        if (!take_line(pem, &line)) {
            out->problem = "PEM block without an END line";
            return;
        }
        if (!looks_like_marker(line)) {
            continue;
        }
        if (!read_marker(line, end_mark, &label)) {
            *pem = before;
            out->problem = "PEM block without an END line";
        } else if (!pst_str_same(label, out->label)) {
            out->problem = "PEM block whose END line names something else";
        }
        out->base64 = (postern_str){start, (size_t)(before.rest.data - start)};
        return;
    }
}

bool pst_pem_next(pst_pem *pem, pst_pem_block *out)
{
    postern_str line;

    *out = (pst_pem_block){.line = 0};
    for (;;) {
        out->line = pem->line;
        if (!take_line(pem, &line)) {
            return false;
        }
        if (read_marker(line, begin_mark, &out->label)) {
            read_body(pem, out);
            return true;
        }
        if (looks_like_marker(line)) {
            out->label = (postern_str){NULL, 0};
            out->problem = "damaged BEGIN or END line";
            return true;
        }
    }
}

bool pst_pem_is_private_key(postern_str label)
{
    static const postern_str key = POSTERN_STR("PRIVATE KEY");

    return ends_with(label, key);
}
