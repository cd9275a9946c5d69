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
    POSTERN_JSON_KEY = 7, /**< holds its value, which is the node after it */
    POSTERN_JSON_ARRAY = 8,
    POSTERN_JSON_OBJECT = 9
} postern_json_kind;

/**
 * One value or key. Nodes of a document are an array; node 0 is the document.
 * What node `i` holds are the nodes between `i` and `next`, so that the elements of
 * an array and the keys of an object are both walked by
 *
 *   for (size_t at = i + 1; at < nodes[i].next; at = nodes[at].next)
 *
 * and the value of the key `at` is `at + 1`.
 */
typedef struct postern_json_node {
    uint32_t offset; /**< first byte in the text; of a string or key: after its quote */
    uint32_t length; /**< bytes; of a string or key: between its quotes, escapes as
                          written; of an array or object: with both its brackets */
    uint32_t next;   /**< index of the node after this one and all it holds; a key
                          holds its value */
    uint32_t hash;   /**< of a key's decoded bytes; 0 otherwise */
    uint8_t kind;    /**< a postern_json_kind */
    bool escaped;    /**< a string or key that holds a backslash */
} postern_json_node;

/** Why and where a text was refused. */
typedef struct postern_json_error {
    postern_status status; /**< what the call returned */
    size_t offset;         /**< where in the text; at most its length */
    const char *message;   /**< fixed text such as "expected ':'", never NULL; empty
                                when the text is fine, as far as it was looked at */
} postern_json_error;

/** More arrays and objects in one another than this are refused. */
#define POSTERN_JSON_MAX_DEPTH 64
/** Objects with more members than this are refused. */
#define POSTERN_JSON_MAX_MEMBERS 4096

/**
 * Reads `text`.
 *
 * @param nodes receives the nodes; may be NULL when `cap` is 0
 * @param cap   how many fit
 * @param count receives how many there are; with POSTERN_LIMIT and an empty error
 *              message it is how many would be needed (more than `cap`), so that a
 *              first call with cap 0 tells the size; 0 when the text is refused
 * @param error receives details; may be NULL
 * @retval POSTERN_OK
 * @retval POSTERN_SYNTAX  not JSON, invalid UTF-8, or a duplicate key: error->offset
 *                         is the first wrong byte, or the later of the equal keys
 * @retval POSTERN_LIMIT   `cap` is too small (error->offset is text.len), or too
 *                         deep, too many members, or over 4 GiB
 *
 * Keys are compared as decoded, when their object closes and all nodes up to there
 * fit; a call that only counts finds no duplicates.
 *
 * Thread-safe, allocates nothing, needs less than 20 KiB of stack. Cost: linear in
 * the text; the keys of one object are sorted (n log n), whatever they are.
 */
POSTERN_API postern_status postern_json_read(postern_str text, postern_json_node *nodes,
                                             size_t cap, size_t *count,
                                             postern_json_error *error);

/**
 * The value of member `name` (decoded bytes) of the object at `object`.
 * @return its index, or 0 when there is none or `object` is not an object (node 0
 *         is never a member). Linear in the object's members.
 */
POSTERN_API size_t postern_json_member(postern_str text, const postern_json_node *nodes,
                                       size_t object, postern_str name);

/**
 * Decodes a string or key; any other node comes out as written.
 *
 * @param buf receives the bytes (no NUL added); node.length bytes always suffice
 * @return how many bytes the decoded string has; nothing is written beyond `cap`
 */
POSTERN_API size_t postern_json_decode(postern_str text, const postern_json_node *node,
                                       char *buf, size_t cap);

/**
 * Where in `text` the decoded byte `decoded` of a string or key was written: the
 * place of its escape, or of the byte itself. The decoded length, and anything
 * beyond it, gives the closing quote. Linear in the string.
 */
POSTERN_API size_t postern_json_origin(postern_str text, const postern_json_node *node,
                                       size_t decoded);

/** The value of an integer node. @return false when it does not fit in 64 bits or
 *  is not an integer; *out is then untouched */
POSTERN_API bool postern_json_integer(postern_str text, const postern_json_node *node,
                                      int64_t *out);

/** 1-based line and column (in bytes) of `offset` in `text`; an offset past the end
 *  means the end. Linear in offset. */
POSTERN_API void postern_json_place(postern_str text, size_t offset, size_t *line,
                                    size_t *column);

/**
 * Writes `value` as a JSON string with its quotes, for logs and answers: control
 * characters (C0, DEL, C1), bidirectional and line-separator code points, the byte
 * order mark and bytes that are not UTF-8 come out escaped (each invalid byte as
 * \ufffd). Reading and decoding the result gives back any `value` that is UTF-8.
 *
 * @return the whole length, like snprintf; NUL-terminated when cap > 0
 */
POSTERN_API size_t postern_json_quote(postern_str value, char *buf, size_t cap);

#ifdef __cplusplus
}
#endif

#endif
