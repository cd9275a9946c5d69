#include "policy/document.h"

#include "support/alloc.h"
#include "support/report.h"
#include "support/text.h"

#include <assert.h>

postern_status pst_document_open(pst_document *document, const postern_allocator *alloc,
                                 postern_str file, postern_str text, pst_arena *memory,
                                 postern_report *report)
{
    postern_json_error error;
    postern_status status;
    size_t count = 0;

    *document = (pst_document){.alloc = alloc,
                               .file = file,
                               .text = text,
                               .report = report,
                               .memory = memory,
                               .first = POSTERN_OK,
                               .status = POSTERN_OK};
    pst_arena_init(&document->scratch, alloc, SIZE_MAX / 2);
    status = postern_json_read(text, NULL, 0, &count, &error);
    if (status == POSTERN_LIMIT && error.message[0] == '\0') {
        document->nodes = pst_alloc_array(alloc, count, sizeof *document->nodes);
        if (document->nodes == NULL) {
            pst_document_no_memory(document);
            return POSTERN_NO_MEMORY;
        }
        document->node_count = count;
        status = postern_json_read(text, document->nodes, count, &count, &error);
    }
    if (status != POSTERN_OK) {
        postern_finding finding = {
            .status = status, .file = file, .message = postern_text(error.message)};
        pst_finding_place(&finding, text, error.offset, error.offset < text.len);
        pst_document_count(document, pst_report_add(report, &finding));
    }
    return status;
}

void pst_document_close(pst_document *document)
{
    pst_free_array(document->alloc, document->nodes, document->node_count,
                   sizeof *document->nodes);
    document->nodes = NULL;
    pst_arena_free(&document->scratch);
}

static void write_quoted(pst_writer *out, postern_str name)
{
    enum { NAME_SHOWN = 120 };

    pst_write_text(out, out->len == 0 ? "'" : " '");
    pst_write_printable(out, pst_str_slice(name, 0, NAME_SHOWN));
    pst_write_text(out, name.len > NAME_SHOWN ? "...'" : "'");
}

/* NOLINTNEXTLINE(readability-function-size): each parameter is a part of the finding */
static void tell(pst_document *document, size_t node, postern_severity severity,
                 postern_status status, const char *before, postern_str name,
                 const char *after, const char *hint)
{
    const postern_json_node *at = &document->nodes[node];
    postern_finding finding = {.status = status,
                               .severity = severity,
                               .file = document->file,
                               .hint = postern_text(hint)};
    char text[640]; /* a name whose every byte is shown as \xHH fits */
    pst_writer out = {text, sizeof text, 0};
    assert(document->nodes != NULL && "nothing is told of a text that is no JSON");
    const bool holds =
        at->kind == POSTERN_JSON_ARRAY || at->kind == POSTERN_JSON_OBJECT;

    pst_write_text(&out, before);
    if (name.data != NULL) {
        write_quoted(&out, name);
    }
    pst_write_text(&out, after);
    (void)pst_write_end(&out);
    finding.message = postern_text(text);
    pst_finding_place_near(&finding, &document->at, document->text, at->offset,
                           holds ? 1 : at->length);
    (void)pst_report_add(document->report, &finding);
}

void pst_document_count(pst_document *document, postern_status status)
{
    if (document->errors++ == 0) {
        document->first = status;
    }
    if (document->errors == PST_DOCUMENT_TOLD_MAX) {
        tell(document, 0, POSTERN_NOTE, POSTERN_OK,
             "there are too many errors: the rest is not told", pst_no_name, "", NULL);
    }
    if (status == POSTERN_NO_MEMORY) {
        document->status = status;
    }
}

void pst_document_no_memory(pst_document *document)
{
    pst_document_count(document, pst_report_no_memory(document->report));
}

postern_report *pst_document_report(const pst_document *document)
{
    return document->errors < PST_DOCUMENT_TOLD_MAX ? document->report : NULL;
}

void pst_document_place(pst_document *document, size_t node, size_t decoded,
                        size_t *line, size_t *column)
{
    pst_line_cursor *at = &document->at;

    pst_line_cursor_move(
        at, document->text,
        postern_json_origin(document->text, &document->nodes[node], decoded));
    *line = at->lines + 1;
    *column = at->offset - at->start + 1;
}

void pst_document_complain(pst_document *document, size_t node, postern_status status,
                           const char *before, postern_str name, const char *after,
                           const char *hint)
{
    if (pst_document_report(document) != NULL) {
        tell(document, node, POSTERN_ERROR, status, before, name, after, hint);
    }
    pst_document_count(document, status);
}

void pst_document_remark(pst_document *document, size_t node, postern_severity severity,
                         const char *before, postern_str name, const char *after,
                         const char *hint)
{
    if (document->remarks++ < PST_DOCUMENT_TOLD_MAX) {
        tell(document, node, severity, POSTERN_OK, before, name, after, hint);
    }
}

void pst_document_refuse(pst_document *document, size_t node, postern_status status,
                         const char *message, const char *hint)
{
    pst_document_complain(document, node, status, message, pst_no_name, "", hint);
}

void pst_document_mention(pst_document *document, size_t node,
                          postern_severity severity, const char *message,
                          const char *hint)
{
    pst_document_remark(document, node, severity, message, pst_no_name, "", hint);
}

static bool is_kind(pst_document *document, size_t node, postern_json_kind kind,
                    const char *what, const char *wanted)
{
    if (document->nodes[node].kind == kind) {
        return true;
    }
    pst_document_complain(document, node, POSTERN_TYPE, what, pst_no_name, wanted,
                          NULL);
    return false;
}

bool pst_document_is_object(pst_document *document, size_t node, const char *what)
{
    return is_kind(document, node, POSTERN_JSON_OBJECT, what,
                   " must be an object, { }");
}

bool pst_document_is_array(pst_document *document, size_t node, const char *what)
{
    return is_kind(document, node, POSTERN_JSON_ARRAY, what, " must be an array, [ ]");
}

size_t pst_document_first(const pst_document *document, size_t node)
{
    return node + 1 < document->nodes[node].next ? node + 1 : 0;
}

size_t pst_document_next(const pst_document *document, size_t node, size_t at)
{
    const size_t next = document->nodes[at].next;

    return next < document->nodes[node].next ? next : 0;
}

size_t pst_document_length(const pst_document *document, size_t node)
{
    size_t count = 0;

    for (size_t at = pst_document_first(document, node); at != 0;
         at = pst_document_next(document, node, at)) {
        count++;
    }
    return count;
}

static bool decode(pst_document *document, size_t node, pst_arena *memory,
                   postern_str *out)
{
    const postern_json_node *at = &document->nodes[node];
    char *text = pst_arena_text(memory, at->length);

    if (text == NULL) {
        pst_document_no_memory(document);
        return false;
    }
    *out =
        (postern_str){text, postern_json_decode(document->text, at, text, at->length)};
    return true;
}

bool pst_document_peek(pst_document *document, size_t node, postern_str *out)
{
    const postern_json_node *at = &document->nodes[node];

    if (at->escaped) {
        return decode(document, node, &document->scratch, out);
    }
    *out = pst_str_slice(document->text, at->offset, (size_t)at->offset + at->length);
    return true;
}

bool pst_document_decode(pst_document *document, size_t node, const char *what,
                         postern_str *out)
{
    return is_kind(document, node, POSTERN_JSON_STRING, what,
                   " must be a string, \" \"") &&
           decode(document, node, document->memory, out);
}

/* The nearest word, or all of them when they are few. */
static void word_hint(const pst_nearest *nearest, const char *const *words,
                      size_t count, char *hint, size_t cap)
{
    enum { FEW = 5 };
    pst_writer out = {hint, cap, 0};

    if (nearest->best.len > 0) {
        pst_write_text(&out, "did you mean '");
        pst_write_str(&out, nearest->best);
        pst_write_text(&out, "'?");
    } else if (count > 0 && count <= FEW) {
        pst_write_text(&out, count == 1 ? "there is only " : "one of ");
        for (size_t i = 0; i < count; i++) {
            pst_write_text(&out, i == 0 ? "'" : ", '");
            pst_write_text(&out, words[i]);
            pst_write_text(&out, "'");
        }
    }
    (void)pst_write_end(&out);
}

size_t pst_document_choose(pst_document *document, size_t node, postern_str word,
                           const char *what, const char *const *words, size_t count)
{
    pst_nearest nearest;
    char hint[256];

    for (size_t i = 0; i < count; i++) {
        if (pst_str_same(word, postern_text(words[i]))) {
            return i;
        }
    }
    pst_nearest_init(&nearest, word);
    for (size_t i = 0; i < count; i++) {
        pst_nearest_try(&nearest, postern_text(words[i]));
    }
    word_hint(&nearest, words, count, hint, sizeof hint);
    pst_document_complain(document, node, POSTERN_UNKNOWN_NAME, what, word, "", hint);
    return count;
}

static bool is_empty(const pst_document *document, size_t node)
{
    return document->nodes[node].kind == POSTERN_JSON_NULL ||
           (document->nodes[node].kind == POSTERN_JSON_ARRAY &&
            document->nodes[node].next == node + 1);
}

/* Exports write what is absent as null or []. */
static size_t loosen(const pst_document *document, size_t node)
{
    return document->lenient && node != 0 && is_empty(document, node) ? 0 : node;
}

void pst_document_known_keys(pst_document *document, size_t object,
                             const char *const *known, size_t count)
{
    for (size_t key = pst_document_first(document, object); key != 0;
         key = pst_document_next(document, object, key)) {
        postern_str name;
        if (document->lenient && is_empty(document, key + 1)) {
            continue;
        }
        if (!pst_document_peek(document, key, &name)) {
            return;
        }
        (void)pst_document_choose(document, key, name, "unknown key", known, count);
    }
}

size_t pst_document_find(pst_document *document, size_t object, const char *name)
{
    return loosen(document, postern_json_member(document->text, document->nodes, object,
                                                postern_text(name)));
}

size_t pst_document_block(pst_document *document, size_t object, const char *name)
{
    const postern_json_node *nodes = document->nodes;
    const size_t node = pst_document_find(document, object, name);

    if (document->lenient && node != 0 && nodes[node].kind == POSTERN_JSON_ARRAY &&
        nodes[node + 1].next == nodes[node].next) {
        return node + 1;
    }
    return node;
}

/* Finds member `name` of `kind`. */
static pst_member find_kind(pst_document *document, size_t object, const char *name,
                            postern_json_kind kind, const char *wanted, size_t *node)
{
    *node = pst_document_find(document, object, name);
    if (*node == 0) {
        return PST_MEMBER_ABSENT;
    }
    if (document->nodes[*node].kind != kind) {
        pst_document_complain(document, *node, POSTERN_TYPE, "", postern_text(name),
                              wanted, NULL);
        return PST_MEMBER_WRONG;
    }
    return PST_MEMBER_READ;
}

static pst_member find_string(pst_document *document, size_t object, const char *name,
                              size_t *node)
{
    return find_kind(document, object, name, POSTERN_JSON_STRING,
                     " must be a string, \" \"", node);
}

pst_member pst_document_string(pst_document *document, size_t object, const char *name,
                               postern_str *out)
{
    size_t node;
    const pst_member found = find_string(document, object, name, &node);

    if (found == PST_MEMBER_READ && !decode(document, node, document->memory, out)) {
        return PST_MEMBER_WRONG;
    }
    return found;
}

pst_member pst_document_passing(pst_document *document, size_t object, const char *name,
                                postern_str *out)
{
    size_t node;
    const pst_member found = find_string(document, object, name, &node);

    return found == PST_MEMBER_READ && !pst_document_peek(document, node, out)
               ? PST_MEMBER_WRONG
               : found;
}

pst_member pst_document_word(pst_document *document, size_t object, const char *name,
                             const char *what, const char *const *words, size_t count,
                             size_t *chosen)
{
    size_t node;
    size_t at;
    postern_str word;
    const pst_member found = find_string(document, object, name, &node);

    if (found != PST_MEMBER_READ) {
        return found;
    }
    if (!pst_document_peek(document, node, &word)) {
        return PST_MEMBER_WRONG;
    }
    at = pst_document_choose(document, node, word, what, words, count);
    if (at == count) {
        return PST_MEMBER_WRONG;
    }
    *chosen = at;
    return PST_MEMBER_READ;
}

pst_member pst_document_bool(pst_document *document, size_t object, const char *name,
                             bool *out)
{
    const size_t node = pst_document_find(document, object, name);

    if (node != 0 && document->nodes[node].kind == POSTERN_JSON_FALSE) {
        *out = false;
        return PST_MEMBER_READ;
    }
    if (node != 0 && document->nodes[node].kind == POSTERN_JSON_TRUE) {
        *out = true;
        return PST_MEMBER_READ;
    }
    if (node == 0) {
        return PST_MEMBER_ABSENT;
    }
    pst_document_complain(document, node, POSTERN_TYPE, "", postern_text(name),
                          " must be true or false", NULL);
    return PST_MEMBER_WRONG;
}

pst_member pst_document_integer(pst_document *document, size_t object, const char *name,
                                int64_t *out)
{
    size_t node;
    const char *const wanted = " must be a whole number";
    const pst_member found =
        find_kind(document, object, name, POSTERN_JSON_INTEGER, wanted, &node);

    if (found == PST_MEMBER_READ &&
        !postern_json_integer(document->text, &document->nodes[node], out)) {
        pst_document_complain(document, node, POSTERN_TYPE, "", postern_text(name),
                              " is too large a number", NULL);
        return PST_MEMBER_WRONG;
    }
    return found;
}

bool pst_document_unique(pst_document *document, const postern_str *names,
                         const size_t *nodes, size_t count, const char *what,
                         const char *problem)
{
    pst_string_set set;
    size_t at = 0;

    if (!pst_string_set_build(&document->scratch, names, count, &set)) {
        pst_document_no_memory(document);
        return false;
    }
    if (set.count == count) {
        return true;
    }
    /* Members keep their order, so a name is the next member or a second one. */
    for (size_t i = 0; i < count; i++) {
        if (at < set.count && pst_str_same(set.members[at], names[i])) {
            at++;
        } else if (names[i].len > 0) {
            pst_document_complain(document, nodes[i], POSTERN_INVALID, what, names[i],
                                  problem, NULL);
        }
    }
    return true;
}
