/*
 * model/target.h - the request target, taken apart and brought to normal form.
 *
 * Path: percent-encoded unreserved bytes are decoded, other escapes upper-cased,
 * `\` becomes `/`, repeated `/` are merged and dot segments removed (RFC 3986
 * 5.2.4), in this order. %2F stays. A broken escape, %00, a control byte or a
 * fragment is an error. The query stays as received.
 */
#ifndef PST_MODEL_TARGET_H
#define PST_MODEL_TARGET_H

#include "support/arena.h"

typedef struct pst_target {
    bool absolute;         /* "scheme://authority/...": then `authority` is set */
    postern_str authority; /* as received */
    postern_str raw;       /* path and query as received, "/" when there is none */
    postern_str raw_path;
    postern_str query; /* without "?"; empty when there is none */
    postern_str uri;   /* normal path, "?" and query when raw has one */
    postern_str path;  /* in normal form */
} pst_target;

/**
 * Reads `text`. What already is in normal form is borrowed, the rest is made in
 * `arena`.
 *
 * @param problem receives one fixed sentence when the target is refused
 * @return POSTERN_OK; POSTERN_INVALID; POSTERN_NO_MEMORY or POSTERN_LIMIT of the
 *         arena
 */
postern_status pst_target_read(postern_str text, pst_arena *arena, pst_target *out,
                               const char **problem);

#endif
