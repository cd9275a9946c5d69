#include "policy/document.h"

#include "support/alloc.h"
#include "support/report.h"
#include "support/text.h"

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
    status = postern_json_read(text, NULL, 0, &count, &error);
    if (status == POSTERN_LIMIT && error.message[0] == '\0') {
        document->nodes = pst_alloc_array(alloc, count, sizeof *document->nodes);
        if (document->nodes == NULL) {
            document->status = POSTERN_NO_MEMORY;
            return pst_report_no_memory(report);
        }
        document->node_count = count;
        status = postern_json_read(text, document->nodes, count, &count, &error);
    }
    if (status != POSTERN_OK) {
        postern_finding finding = {.status = status,
                                   .file = file,
                                   .message = postern_text(error.message)};
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
}

void pst_document_count(pst_document *document, postern_status status)
{
    if (document->errors++ == 0) {
        document->first = status;
    }
    if (status == POSTERN_NO_MEMORY) {
        document->status = status;
    }
}

static void tell(pst_document *document, size_t node, postern_severity severity,
                 postern_status status, const char *before, postern_str name,
                 const char *after, const char *hint)
{
    const postern_json_node *at = &document->nodes[node];
    postern_finding finding = {.status = status,
                               .severity = severity,
                               .file = document->file,
                               .hint = postern_text(hint)};
    char text[320];
    pst_writer out = {text, sizeof text, 0};
    const bool holds = at->kind == POSTERN_JSON_ARRAY || at->kind == POSTERN_JSON_OBJECT;

    pst_write_text(&out, before);
    if (name.len > 0) {
        pst_write_text(&out, before[0] == '\0' ? "'" : " '");
        pst_write_printable(&out, pst_str_slice(name, 0, 120));
        pst_write_text(&out, "'");
    }
    pst_write_text(&out, after);
    (void)pst_write_end(&out);
    finding.message = postern_text(text);
    pst_finding_place(&finding, document->text, at->offset, holds ? 1 : at->length);
    (void)pst_report_add(document->report, &finding);
}

void pst_document_complain(pst_document *document, size_t node, postern_status status,
                           const char *before, postern_str name, const char *after,
                           const char *hint)
{
    tell(document, node, POSTERN_ERROR, status, before, name, after, hint);
    pst_document_count(document, status);
}

void pst_document_remark(pst_document *document, size_t node, postern_severity severity,
                         const char *before, postern_str name, const char *after)
{
    tell(document, node, severity, POSTERN_OK, before, name, after, NULL);
}

static bool is_kind(pst_document *document, size_t node, postern_json_kind kind,
                    const char *what, const char *wanted)
{
    if (document->nodes[node].kind == kind) {
        return true;
    }
    pst_document_complain(document, node, POSTERN_TYPE, what, (postern_str){NULL, 0},
                          wanted, NULL);
    return false;
}

bool pst_document_is_object(pst_document *document, size_t node, const char *what)
{
    return is_kind(document, node, POSTERN_JSON_OBJECT, what, " is an object, { }");
}

bool pst_document_is_array(pst_document *document, size_t node, const char *what)
{
    return is_kind(document, node, POSTERN_JSON_ARRAY, what, " is an array, [ ]");
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

static bool decode(pst_document *document, size_t node, postern_str *out)
{
    const postern_json_node *at = &document->nodes[node];
    char *text = pst_arena_alloc(document->memory, at->length);

    if (text == NULL) {
        pst_document_count(document, pst_report_no_memory(document->report));
        return false;
    }
    *out = (postern_str){
        text, postern_json_decode(document->text, at, text, at->length)};
    return true;
}

bool pst_document_key(pst_document *document, size_t key, postern_str *out)
{
    return decode(document, key, out);
}

bool pst_document_decode(pst_document *document, size_t node, postern_str *out)
{
    return is_kind(document, node, POSTERN_JSON_STRING, "this", " is a string, \" \"") &&
           decode(document, node, out);
}

static void nearest_hint(const pst_nearest *nearest, char *hint, size_t cap)
{
    pst_writer out = {hint, cap, 0};

    if (nearest->best.len > 0) {
        pst_write_text(&out, "did you mean '");
        pst_write_printable(&out, nearest->best);
        pst_write_text(&out, "'?");
    }
    (void)pst_write_end(&out);
}

size_t pst_document_choose(pst_document *document, size_t node, postern_str word,
                           const char *what, const char *const *words, size_t count)
{
    pst_nearest nearest;
    char hint[128];

    pst_nearest_init(&nearest, word);
    for (size_t i = 0; i < count; i++) {
        if (pst_str_same(word, postern_text(words[i]))) {
            return i;
        }
        pst_nearest_try(&nearest, postern_text(words[i]));
    }
    nearest_hint(&nearest, hint, sizeof hint);
    pst_document_complain(document, node, POSTERN_UNKNOWN_NAME, what, word, "", hint);
    return count;
}

void pst_document_known_keys(pst_document *document, size_t object,
                             const char *const *known, size_t count)
{
    for (size_t key = pst_document_first(document, object); key != 0;
         key = pst_document_next(document, object, key)) {
        postern_str name;
        if (!pst_document_key(document, key, &name)) {
            return;
        }
        (void)pst_document_choose(document, key, name, "unknown key", known, count);
    }
}

/* Exports write absent values as null and single blocks as arrays of one. */
static size_t loosen(const pst_document *document, size_t node)
{
    if (!document->lenient || node == 0) {
        return node;
    }
    if (document->nodes[node].kind == POSTERN_JSON_NULL) {
        return 0;
    }
    if (document->nodes[node].kind == POSTERN_JSON_ARRAY &&
        document->nodes[node].next == node + 1) {
        return 0;
    }
    return node;
}

size_t pst_document_find(pst_document *document, size_t object, const char *name)
{
    return loosen(document, postern_json_member(document->text, document->nodes, object,
                                                postern_text(name)));
}

pst_member pst_document_string(pst_document *document, size_t object, const char *name,
                               postern_str *out)
{
    const size_t node = pst_document_find(document, object, name);

    if (node == 0) {
        return PST_MEMBER_ABSENT;
    }
    if (document->nodes[node].kind != POSTERN_JSON_STRING) {
        pst_document_complain(document, node, POSTERN_TYPE, "", postern_text(name),
                              " is a string, \" \"", NULL);
        return PST_MEMBER_WRONG;
    }
    return decode(document, node, out) ? PST_MEMBER_READ : PST_MEMBER_WRONG;
}

pst_member pst_document_bool(pst_document *document, size_t object, const char *name,
                             bool *out)
{
    const size_t node = pst_document_find(document, object, name);

    if (node == 0) {
        return PST_MEMBER_ABSENT;
    }
    if (document->nodes[node].kind != POSTERN_JSON_TRUE &&
        document->nodes[node].kind != POSTERN_JSON_FALSE) {
        pst_document_complain(document, node, POSTERN_TYPE, "", postern_text(name),
                              " is true or false", NULL);
        return PST_MEMBER_WRONG;
    }
    *out = document->nodes[node].kind == POSTERN_JSON_TRUE;
    return PST_MEMBER_READ;
}

pst_member pst_document_integer(pst_document *document, size_t object, const char *name,
                                int64_t *out)
{
    const size_t node = pst_document_find(document, object, name);

    if (node == 0) {
        return PST_MEMBER_ABSENT;
    }
    if (!postern_json_integer(document->text, &document->nodes[node], out)) {
        pst_document_complain(document, node, POSTERN_TYPE, "", postern_text(name),
                              " is a whole number", NULL);
        return PST_MEMBER_WRONG;
    }
    return PST_MEMBER_READ;
}
