/*
 * policy/document.h - a JSON text and what is wrong with it.
 *
 * Readers ask for a member by name and type; what is missing or of another type is
 * told with its place, and reading goes on, so that one load tells everything.
 */
#ifndef PST_POLICY_DOCUMENT_H
#define PST_POLICY_DOCUMENT_H

#include "match/string_set.h"
#include "support/report.h"

#include <postern/json.h>

/** The most errors told about one text, and the most warnings and notes: a text of
 *  nothing but mistakes must not fill the memory with findings. */
enum { PST_DOCUMENT_TOLD_MAX = 1000 };

typedef struct pst_document {
    const postern_allocator *alloc;
    postern_str file; /* for messages */
    postern_str text;
    postern_json_node *nodes;
    size_t node_count;
    postern_report *report;
    pst_arena *memory;  /* the policy's: strings that stay */
    pst_arena scratch;  /* given back when the document is closed */
    bool lenient;       /* an export: null and [] count as absent */
    pst_line_cursor at; /* of the last finding */
    size_t errors;
    size_t remarks;
    postern_status first;  /* of the first error */
    postern_status status; /* out of memory: stop */
} pst_document;

/** Reads `text`. Freed with pst_document_close(), also after a failure.
 *  @return POSTERN_OK; POSTERN_SYNTAX or POSTERN_LIMIT, told; POSTERN_NO_MEMORY */
postern_status pst_document_open(pst_document *document, const postern_allocator *alloc,
                                 postern_str file, postern_str text, pst_arena *memory,
                                 postern_report *report);

void pst_document_close(pst_document *document);

/* --- telling ---------------------------------------------------------------------- */

/** What a message without a quoted name is given for one. */
static const postern_str pst_no_name = {NULL, 0};

/** Tells an error at `node`. `name` is quoted between `before` and `after` unless it
 *  is pst_no_name; `hint` may be NULL. */
void pst_document_complain(pst_document *document, size_t node, postern_status status,
                           const char *before, postern_str name, const char *after,
                           const char *hint);

/** Tells a warning or a note. */
void pst_document_remark(pst_document *document, size_t node, postern_severity severity,
                         const char *before, postern_str name, const char *after,
                         const char *hint);

/** The same two without a name: `message` is all there is to say. */
void pst_document_refuse(pst_document *document, size_t node, postern_status status,
                         const char *message, const char *hint);
void pst_document_mention(pst_document *document, size_t node,
                          postern_severity severity, const char *message,
                          const char *hint);

/** Counts an error that somebody else has told already. */
void pst_document_count(pst_document *document, postern_status status);

/** Tells that there is no memory: reading must stop. */
void pst_document_no_memory(pst_document *document);

/** Where others may tell errors of this text: NULL once there are too many. */
postern_report *pst_document_report(const pst_document *document);

/** Line and column of decoded byte `decoded` of string node `node`. */
void pst_document_place(pst_document *document, size_t node, size_t decoded,
                        size_t *line, size_t *column);

/* --- walking ---------------------------------------------------------------------- */

/** True when `node` is an object; otherwise it complains. `what` names it. */
bool pst_document_is_object(pst_document *document, size_t node, const char *what);

/** True when `node` is an array; otherwise it complains. */
bool pst_document_is_array(pst_document *document, size_t node, const char *what);

/** First element or key of an array or object, and the one after `at`; 0: none. */
size_t pst_document_first(const pst_document *document, size_t node);
size_t pst_document_next(const pst_document *document, size_t node, size_t at);

/** How many elements or keys there are. */
size_t pst_document_length(const pst_document *document, size_t node);

/** The decoded text of key or string node `node`, valid while the document is open.
 *  @return false: no memory */
bool pst_document_peek(pst_document *document, size_t node, postern_str *out);

/** Complains of every key of `object` that is not among `known`, with the nearest
 *  of them. */
void pst_document_known_keys(pst_document *document, size_t object,
                             const char *const *known, size_t count);

/** The value of member `name`, or 0. With `lenient`, see there. */
size_t pst_document_find(pst_document *document, size_t object, const char *name);

/** The same for an object: Terraform exports a block as an array of one. */
size_t pst_document_block(pst_document *document, size_t object, const char *name);

/* --- values ----------------------------------------------------------------------- */

/** What asking for a member comes to. */
typedef enum pst_member {
    PST_MEMBER_ABSENT, /* it is not there; nothing was told */
    PST_MEMBER_READ,
    PST_MEMBER_WRONG /* of another type or not a known word, told; or out of memory */
} pst_member;

/** A string member, decoded into document->memory. */
pst_member pst_document_string(pst_document *document, size_t object, const char *name,
                               postern_str *out);

pst_member pst_document_bool(pst_document *document, size_t object, const char *name,
                             bool *out);

pst_member pst_document_integer(pst_document *document, size_t object, const char *name,
                                int64_t *out);

/** The same, but the text lives only as long as the document. */
pst_member pst_document_passing(pst_document *document, size_t object, const char *name,
                                postern_str *out);

/** A string member that is one of `words`: *chosen is its place among them. `what`
 *  names it in "unknown WHAT 'wrod'". */
pst_member pst_document_word(pst_document *document, size_t object, const char *name,
                             const char *what, const char *const *words, size_t count,
                             size_t *chosen);

/** Decodes string node `node` into document->memory. @return false: not a string
 *  (told; `what` names it), or no memory */
bool pst_document_decode(pst_document *document, size_t node, const char *what,
                         postern_str *out);

/** The place of `word` among `words`, or `count`; then it complains at `node` of an
 *  unknown `what`, with the nearest word. */
size_t pst_document_choose(pst_document *document, size_t node, postern_str word,
                           const char *what, const char *const *words, size_t count);

/** Complains of every name but the first of those that are the same: "`what` 'NAME'
 *  `problem`" at nodes[i]. Empty names are not looked at. @return false: no memory */
bool pst_document_unique(pst_document *document, const postern_str *names,
                         const size_t *nodes, size_t count, const char *what,
                         const char *problem);

#endif
