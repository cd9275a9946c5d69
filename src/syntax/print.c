#include "syntax/print.h"

#include "support/alloc.h"
#include "syntax/character.h"

/* --- strings ----------------------------------------------------------------------- */

static void write_escape(pst_writer *out, unsigned char byte)
{
    pst_write_text(out, "\\x");
    pst_write_hex(out, byte, false);
}

static void print_quoted(pst_writer *out, postern_str text)
{
    size_t len;

    for (size_t i = 0; i < text.len; i += len) {
        const postern_str rest = pst_str_slice(text, i, text.len);
        uint32_t point;
        len = pst_utf8_read(rest, &point);
        if (len == 0 || !pst_character_visible(point)) {
            len = len == 0 ? 1 : len;
            for (size_t j = 0; j < len; j++) {
                write_escape(out, (unsigned char)rest.data[j]);
            }
            continue;
        }
        if (point == '"' || point == '\\') {
            pst_write_byte(out, '\\');
        }
        pst_write_str(out, pst_str_slice(rest, 0, len));
    }
}

/* Only a quote outside [ ] is escaped. */
static void print_pattern(pst_writer *out, postern_str text)
{
    bool in_class = false;

    for (size_t i = 0; i < text.len; i++) {
        const unsigned char byte = (unsigned char)text.data[i];
        if (byte == '\\') {
            pst_write_byte(out, byte);
            i++; /* the byte behind a backslash is never special, and always there */
        } else if (byte == '"' && !in_class) {
            pst_write_byte(out, '\\');
        } else if (byte == '[' || byte == ']') {
            in_class = byte == '[';
        }
        pst_write_byte(out, (unsigned char)text.data[i]);
    }
}

/* The fewest '#' with which `text` is not cut short: one more than follow a quote. */
static size_t fence_of(postern_str text)
{
    size_t fence = 0;

    for (size_t i = 0; i < text.len; i++) {
        size_t hashes = 0;
        if (text.data[i] != '"') {
            continue;
        }
        while (i + 1 < text.len && text.data[i + 1] == '#') {
            hashes++;
            i++;
        }
        fence = hashes + 1 > fence ? hashes + 1 : fence;
    }
    return fence;
}

static void write_fence(pst_writer *out, size_t fence)
{
    for (size_t i = 0; i < fence; i++) {
        pst_write_byte(out, '#');
    }
}

void pst_print_string(pst_writer *out, const pst_node *text, bool pattern)
{
    const size_t fence = text->raw ? fence_of(text->text) : 0;

    if (text->raw) {
        pst_write_byte(out, 'r');
        write_fence(out, fence);
    }
    pst_write_byte(out, '"');
    if (text->raw) {
        pst_write_str(out, text->text);
    } else if (pattern) {
        print_pattern(out, text->text);
    } else {
        print_quoted(out, text->text);
    }
    pst_write_byte(out, '"');
    write_fence(out, fence);
}

/* --- operators --------------------------------------------------------------------- */

const char *pst_print_relation(pst_comparison relation, bool symbols)
{
    switch (relation) {
    case PST_COMPARE_EQ:
        return symbols ? "==" : "eq";
    case PST_COMPARE_NE:
        return symbols ? "!=" : "ne";
    case PST_COMPARE_LT:
        return symbols ? "<" : "lt";
    case PST_COMPARE_LE:
        return symbols ? "<=" : "le";
    case PST_COMPARE_GT:
        return symbols ? ">" : "gt";
    case PST_COMPARE_GE:
        return symbols ? ">=" : "ge";
    case PST_COMPARE_IN:
        return "in";
    case PST_COMPARE_CONTAINS:
        return "contains";
    case PST_COMPARE_WILDCARD:
        return "wildcard";
    case PST_COMPARE_STRICT_WILDCARD:
        return "strict wildcard";
    case PST_COMPARE_MATCHES:
        return symbols ? "~" : "matches";
    case PST_COMPARE_BITWISE_AND:
        return symbols ? "&" : "bitwise_and";
    }
    return "";
}

const char *pst_print_logical(pst_node_kind kind, bool symbols)
{
    if (kind == PST_NODE_AND) {
        return symbols ? "&&" : "and";
    }
    if (kind == PST_NODE_OR) {
        return symbols ? "||" : "or";
    }
    return symbols ? "^^" : "xor";
}

/* --- from text to text ------------------------------------------------------------- */

uint32_t pst_print_nesting(const postern_format_options *options)
{
    enum { DEFAULT_NESTING = 128 };

    return options->nesting != 0 ? options->nesting : DEFAULT_NESTING;
}

/* Errors in the text are in `report`. */
static postern_status parse(pst_arena *arena, postern_str expression,
                            const postern_format_options *options,
                            postern_report *report, pst_node **root)
{
    const uint32_t nesting = pst_print_nesting(options);
    pst_complaints complaints = {.report = report, .expression = expression};
    const postern_status status =
        options->value ? pst_parse_value(arena, &complaints, nesting, root)
                       : pst_parse(arena, &complaints, nesting, root);

    if (status != POSTERN_OK) {
        return status;
    }
    return complaints.errors > 0 ? complaints.first : POSTERN_OK;
}

postern_status pst_print_with(pst_printer print, postern_str expression,
                              const postern_format_options *options, char *buf,
                              size_t cap, size_t *length, postern_report *report)
{
    static const postern_format_options defaults;
    const postern_format_options *const wanted = options != NULL ? options : &defaults;
    pst_writer out = {buf, cap, 0};
    pst_arena arena;
    pst_node *root;
    postern_status status;

    pst_arena_init(&arena, pst_alloc_or_default(wanted->allocator), SIZE_MAX);
    status = parse(&arena, expression, wanted, report, &root);
    if (status == POSTERN_OK) {
        status = print(&arena, wanted, root, &out);
    }
    pst_arena_free(&arena);
    if (status != POSTERN_OK) {
        out.len = 0;
    }
    out.len = pst_write_end(&out);
    if (length != NULL) {
        *length = out.len;
    }
    return status;
}
