/*
 * policy/document.h - a JSON text and what is wrong with it.
 *
 * Readers ask for a member by name and type; what is missing or of another type is
 * told with its place, and reading goes on, so that one load tells everything.
 */
#ifndef PST_POLICY_DOCUMENT_H
#define PST_POLICY_DOCUMENT_H

#include "support/arena.h"

#include <postern/json.h>
#include <postern/report.h>

typedef struct pst_document {
    const postern_allocator *alloc;
    postern_str file; /* for messages */
    postern_str text;
    postern_json_node *nodes;
    size_t node_count;
    postern_report *report;
    pst_arena *memory; /* where decoded strings go */
    bool lenient;      /* an export: null counts as absent, one-element arrays as
                          their element */
    size_t errors;
    postern_status first; /* of the first error */
    postern_status status; /* out of memory: stop */
} pst_document;

/** Reads `text`. Freed with pst_document_close(), also after a failure.
 *  @return POSTERN_OK; POSTERN_SYNTAX, told; POSTERN_NO_MEMORY */
postern_status pst_document_open(pst_document *document, const postern_allocator *alloc,
                                 postern_str file, postern_str text, pst_arena *memory,
                                 postern_report *report);

void pst_document_close(pst_document *document);

/** Tells an error at `node`. `name` is quoted between `before` and `after` unless it
 *  is empty; `hint` may be NULL. */
void pst_document_complain(pst_document *document, size_t node, postern_status status,
                           const char *before, postern_str name, const char *after,
                           const char *hint);

/** Tells a warning or a note. */
void pst_document_remark(pst_document *document, size_t node, postern_severity severity,
                         const char *before, postern_str name, const char *after);

/** Counts an error that somebody else has told already. */
void pst_document_count(pst_document *document, postern_status status);

/** True when `node` is an object; otherwise it complains. `what` names it. */
bool pst_document_is_object(pst_document *document, size_t node, const char *what);

/** True when `node` is an array; otherwise it complains. */
bool pst_document_is_array(pst_document *document, size_t node, const char *what);

/** Complains of every key of `object` that is not among `known`, with the nearest
 *  of them. */
void pst_document_known_keys(pst_document *document, size_t object,
                             const char *const *known, size_t count);

/** The value of member `name`, or 0. With `lenient`, see there. */
size_t pst_document_find(pst_document *document, size_t object, const char *name);

/** What asking for a member comes to. */
typedef enum pst_member {
    PST_MEMBER_ABSENT, /* it is not there; nothing was told */
    PST_MEMBER_READ,
    PST_MEMBER_WRONG /* of another type, told; or out of memory */
} pst_member;

/** A string member, decoded into document->memory. */
pst_member pst_document_string(pst_document *document, size_t object, const char *name,
                               postern_str *out);

pst_member pst_document_bool(pst_document *document, size_t object, const char *name,
                             bool *out);

pst_member pst_document_integer(pst_document *document, size_t object, const char *name,
                                int64_t *out);

/** Decodes string node `node`. @return false: not a string (told), or no memory */
bool pst_document_decode(pst_document *document, size_t node, postern_str *out);

/** The place of `word` (NUL-terminated) among `words`, or `count`; then it complains
 *  at `node` that this is no `what`, with the nearest word. */
size_t pst_document_choose(pst_document *document, size_t node, postern_str word,
                           const char *what, const char *const *words, size_t count);

/** First element or key of an array or object, and the one after `at`; 0: none. */
size_t pst_document_first(const pst_document *document, size_t node);
size_t pst_document_next(const pst_document *document, size_t node, size_t at);

/** The decoded key of key node `key`. As pst_document_decode(). */
bool pst_document_key(pst_document *document, size_t key, postern_str *out);

#endif
