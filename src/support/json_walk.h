/*
 * support/json_walk.h - the decoded bytes of a JSON string, one after the other.
 *
 * Strings stay in the text as they were written; whoever hashes, compares or
 * copies one walks over it. Only strings that were read may be walked: their
 * escapes are whole, and each high surrogate has its low one.
 */
#ifndef PST_SUPPORT_JSON_WALK_H
#define PST_SUPPORT_JSON_WALK_H

#include <postern/json.h>

typedef struct pst_json_walk {
    const char *text;
    size_t at; /* what is read next */
    size_t end;
    size_t origin; /* where the last byte was written; `end` after the last */
    bool escaped;
    unsigned char left; /* bytes of the last escape still to come, from `bytes` */
    unsigned char count;
    unsigned char bytes[4];
} pst_json_walk;

/** Over the string or key `node` of `text`. */
pst_json_walk pst_json_walk_node(postern_str text, const postern_json_node *node);

/** Over `text` as it is. */
pst_json_walk pst_json_walk_plain(postern_str text);

/** The next decoded byte, or -1 after the last. */
int pst_json_walk_next(pst_json_walk *walk);

/** <0, 0, >0 as memcmp on the decoded bytes that are left. */
int pst_json_walk_order(pst_json_walk a, pst_json_walk b);

/** Hash of the decoded bytes that are left. It makes comparing cheap and is no
 *  guard against chosen keys. */
uint32_t pst_json_walk_hash(pst_json_walk walk);

#endif
