/*
 * postern/json.h - a strict JSON reader (RFC 8259) that allocates nothing.
 *
 * It turns a text into a flat list of nodes in document order and refuses what
 * others let through: duplicate keys, invalid UTF-8, lone surrogates, a byte
 * order mark, anything after the value. Nodes borrow the text.
 */
#ifndef POSTERN_JSON_H
#define POSTERN_JSON_H

#include <postern/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum postern_json_kind {
    POSTERN_JSON_NULL = 1,
    POSTERN_JSON_FALSE = 2,
    POSTERN_JSON_TRUE = 3,
    POSTERN_JSON_INTEGER = 4, /**< no fraction, no exponent; may still be too large */
    POSTERN_JSON_NUMBER = 5,  /**< any other number */
    POSTERN_JSON_STRING = 6,
    POSTERN_JSON_KEY = 7, /**< followed by its value */
    POSTERN_JSON_ARRAY = 8,
    POSTERN_JSON_OBJECT = 9
} postern_json_kind;

/** One value or key. Nodes of a document are an array; node 0 is the document. */
typedef struct postern_json_node {
    uint32_t offset; /**< first byte in the text; of a string or key: after its quote */
    uint32_t length; /**< bytes; of a string or key: between its quotes, escapes as
                          written; of an array or object: up to its closing bracket */
    uint32_t next;   /**< index of the node after this one and all it holds */
    uint32_t hash;   /**< of a key's decoded bytes; 0 otherwise */
    uint8_t kind;    /**< a postern_json_kind */
    bool escaped;    /**< a string or key that holds a backslash */
} postern_json_node;

/** Why and where a text was refused. */
typedef struct postern_json_error {
    postern_status status;
    size_t offset;       /**< where in the text */
    const char *message; /**< fixed text, never NULL */
} postern_json_error;

/** Nesting deeper than this is refused. */
#define POSTERN_JSON_MAX_DEPTH 64
/** Objects with more members than this are refused. */
#define POSTERN_JSON_MAX_MEMBERS 4096

/**
 * Reads `text`.
 *
 * @param nodes receives the nodes; may be NULL when `cap` is 0
 * @param cap   how many fit
 * @param count receives how many there are; with POSTERN_LIMIT and no error
 *              message it is how many would be needed, so that a first call with
 *              cap 0 tells the size
 * @param error receives details; may be NULL
 * @retval POSTERN_OK
 * @retval POSTERN_SYNTAX  not JSON, invalid UTF-8, or a duplicate key
 * @retval POSTERN_LIMIT   `cap` is too small (error->offset is text.len), or too
 *                         deep, too many members, or over 4 GiB
 *
 * Thread-safe, allocates nothing. Cost: linear in the text, and quadratic in the
 * members of one object.
 */
POSTERN_API postern_status postern_json_read(postern_str text, postern_json_node *nodes,
                                             size_t cap, size_t *count,
                                             postern_json_error *error);

/**
 * The value of member `name` (decoded bytes) of the object at `object`.
 * @return its index, or 0 when there is none or `object` is not an object (node 0
 *         is never a member)
 */
POSTERN_API size_t postern_json_member(postern_str text, const postern_json_node *nodes,
                                       size_t object, postern_str name);

/**
 * Decodes a string or key.
 *
 * @param buf receives the bytes (no NUL added); node.length bytes always suffice
 * @return how many bytes the decoded string has; nothing is written beyond `cap`
 */
POSTERN_API size_t postern_json_decode(postern_str text, const postern_json_node *node,
                                       char *buf, size_t cap);

/**
 * Where in `text` the decoded byte `decoded` of a string or key was written: the
 * place of its escape, or of the byte itself. The length gives the closing quote.
 */
POSTERN_API size_t postern_json_origin(postern_str text, const postern_json_node *node,
                                       size_t decoded);

/** The value of an integer node. @return false when it does not fit in 64 bits or
 *  is not an integer; *out is then untouched */
POSTERN_API bool postern_json_integer(postern_str text, const postern_json_node *node,
                                      int64_t *out);

/** 1-based line and column (in bytes) of `offset` in `text`. Linear in offset. */
POSTERN_API void postern_json_place(postern_str text, size_t offset, size_t *line,
                                    size_t *column);

/**
 * Writes `value` as a JSON string with its quotes, for logs and answers: control
 * characters, DEL, bidirectional and line-separator code points and bytes that are
 * not UTF-8 come out escaped (an invalid byte as \ufffd).
 *
 * @return the whole length, like snprintf; NUL-terminated when cap > 0
 */
POSTERN_API size_t postern_json_quote(postern_str value, char *buf, size_t cap);

#ifdef __cplusplus
}
#endif

#endif
