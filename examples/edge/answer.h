/* answer.h - writes HTTP/1.1 answers. */
#ifndef EDGE_ANSWER_H
#define EDGE_ANSWER_H

#include "text.h"

typedef struct edge_answer {
    unsigned status;
    postern_str id;           /**< of the request */
    postern_str content_type; /**< of `body` */
    postern_str body;         /**< empty content type: a small page of our own */
    bool head;                /**< the request was HEAD: send no body */
    bool close;               /**< the connection ends with this answer */
} edge_answer;

/** The words that go with `status`; never NULL. */
const char *edge_status_text(unsigned status);

/** Replaces what is in `out` by the answer. */
void edge_answer_write(edge_text *out, const edge_answer *answer);

#endif
