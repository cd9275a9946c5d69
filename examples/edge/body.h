/*
 * body.h - skips the body of a request, so that the next request on the connection
 * is found where it begins. This server has no use for bodies.
 *
 * Chunks (RFC 9112 7.1) are read strictly: no extensions and no trailers, which
 * hardly any client sends and which programs disagree about. Bodies that take more
 * than EDGE_BODY_BYTES on the wire are not read to their end: whoever uses this
 * answers and closes the connection.
 */
#ifndef EDGE_BODY_H
#define EDGE_BODY_H

#include "head.h"

enum { EDGE_BODY_BYTES = 65536 };

typedef enum edge_body_progress {
    EDGE_BODY_MORE,
    EDGE_BODY_DONE,
    EDGE_BODY_BAD,      /**< malformed: answer 400 and close */
    EDGE_BODY_TOO_LARGE /**< answer and close */
} edge_body_progress;

/** Zeroed: no body. */
typedef struct edge_body {
    edge_framing framing;
    uint64_t left;  /**< of the body or of this chunk */
    size_t skipped; /**< bytes so far, the chunks' own lines included */
    unsigned place; /**< what comes next in a chunked body */
    unsigned digits;
    bool last;
} edge_body;

/** Starts with the body that `head` announces. */
void edge_body_start(edge_body *body, const edge_head *head);

/** Skips what there is.
 *  @param used receives how many of `len` bytes belong to the body */
edge_body_progress edge_body_skip(edge_body *body, const char *bytes, size_t len,
                                  size_t *used);

#endif
