/*
 * head.h - reads the head of an HTTP/1 request, strictly.
 *
 * The head is the request line and the header lines up to the empty one (RFC
 * 9112). Whatever two programs could read differently is refused instead of
 * repaired: bare CR or LF, folded lines, a blank before the colon, two Hosts, two
 * lengths, a length beside chunks, `_` in a name, an empty line before the request.
 * Methods are any token: judging them is for the rules. A missing Host is left to
 * postern, which answers 400 for every version.
 *
 * The reader is called with what has arrived so far, looks at each byte once to
 * find the end, and splits the head into its parts once, when it is all there. It
 * allocates nothing. Its answer never depends on how the bytes were cut.
 */
#ifndef EDGE_HEAD_H
#define EDGE_HEAD_H

#include <postern/base.h>

enum {
    EDGE_HEAD_LINE = 8192,   /**< bytes of a request line with its CRLF; more: 414 */
    EDGE_HEAD_BYTES = 16384, /**< usual limit of a whole head; more: 431 */
    EDGE_HEAD_HEADERS = 100  /**< usual limit of header lines; more: 431 */
};

typedef struct edge_header {
    postern_str name;  /**< as sent */
    postern_str value; /**< without the blanks around it */
} edge_header;

/** How the length of the body is told. */
typedef enum edge_framing {
    EDGE_FRAMING_NONE,   /**< no body */
    EDGE_FRAMING_LENGTH, /**< Content-Length */
    EDGE_FRAMING_CHUNKED /**< Transfer-Encoding: chunked */
} edge_framing;

typedef enum edge_progress {
    EDGE_MORE,   /**< not all there yet */
    EDGE_DONE,   /**< the parts are filled in */
    EDGE_REFUSED /**< answer `status` and close; there are no parts */
} edge_progress;

typedef struct edge_head {
    postern_str method; /**< this and all below point into the bytes read */
    postern_str target;
    postern_str version; /**< "HTTP/1.0" or "HTTP/1.1" */
    edge_header *headers;
    size_t header_count;
    edge_framing framing;
    uint64_t body_length; /**< with EDGE_FRAMING_LENGTH */
    bool keep_alive;      /**< the client wants to go on after the answer */
    bool expects;         /**< there is an Expect header: the body may never come */
    size_t length;        /**< bytes of the head, the empty line included */
    unsigned status;      /**< when refused: 400, 414, 431 or 505 */
    const char *reason;   /**< when refused: one line, fixed text */

    /* The reader's own. */
    edge_progress progress;
    size_t method_len;
    size_t target_len;
    size_t header_cap;
    size_t head_cap;
    size_t scanned;    /* bytes that were looked at */
    size_t line_start; /* of the line that `scanned` is in */
    size_t lines;      /* that ended */
    bool after_cr;
} edge_head;

/** Starts reading a head of at most `max_bytes` bytes with at most `count` headers,
 *  kept in `room`, which must live as long as `head` is used. */
void edge_head_start(edge_head *head, edge_header *room, size_t count,
                     size_t max_bytes);

/**
 * Reads on. `bytes` holds everything since the start of this request; it may have
 * moved since the last call and may hold more than the head. After EDGE_DONE and
 * EDGE_REFUSED the answer stays until the next start.
 */
edge_progress edge_head_read(edge_head *head, const char *bytes, size_t len);

#endif
