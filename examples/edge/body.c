/* body.c - counts a body away: a plain length, or strict chunks. */
#include "body.h"

/* A chunk is SIZE CRLF DATA CRLF, the last one 0 CRLF CRLF. */
enum place { SIZE, SIZE_LF, DATA, DATA_CR, DATA_LF };

void edge_body_start(edge_body *body, const edge_head *head)
{
    *body = (edge_body){
        .framing = head->framing,
        .left = head->framing == EDGE_FRAMING_LENGTH ? head->body_length : 0,
        .place = SIZE,
    };
}

static edge_body_progress skip_length(edge_body *body, size_t len, size_t *used)
{
    if (body->left > EDGE_BODY_BYTES) {
        return EDGE_BODY_TOO_LARGE;
    }
    *used = len < body->left ? len : (size_t)body->left;
    body->left -= *used;
    return body->left == 0 ? EDGE_BODY_DONE : EDGE_BODY_MORE;
}

static int hex_value(unsigned char c)
{
    if ((unsigned char)(c - '0') < 10U) {
        return c - '0';
    }
    c = (unsigned char)(c | 0x20U);
    return (unsigned char)(c - 'a') < 6U ? c - 'a' + 10 : -1;
}

static edge_body_progress size_byte(edge_body *body, unsigned char c)
{
    const int value = hex_value(c);

    if (c == '\r' && body->digits > 0) {
        body->place = SIZE_LF;
        return EDGE_BODY_MORE;
    }
    if (value < 0) {
        return EDGE_BODY_BAD;
    }
    body->digits++;
    body->left = body->left * 16 + (unsigned)value;
    /* Checked at every digit, so `left` cannot overflow. */
    return body->left > EDGE_BODY_BYTES ? EDGE_BODY_TOO_LARGE : EDGE_BODY_MORE;
}

/* Any byte of a chunked body but its data. */
static edge_body_progress line_byte(edge_body *body, unsigned char c)
{
    switch ((enum place)body->place) {
    case SIZE:
        return size_byte(body, c);
    case SIZE_LF:
        body->last = body->left == 0;
        body->place = body->last ? DATA_CR : DATA;
        return c == '\n' ? EDGE_BODY_MORE : EDGE_BODY_BAD;
    case DATA_CR:
        body->place = DATA_LF;
        return c == '\r' ? EDGE_BODY_MORE : EDGE_BODY_BAD;
    case DATA_LF:
        body->place = SIZE;
        body->digits = 0;
        if (c != '\n') {
            return EDGE_BODY_BAD;
        }
        return body->last ? EDGE_BODY_DONE : EDGE_BODY_MORE;
    case DATA:
        break;
    }
    return EDGE_BODY_BAD;
}

static edge_body_progress skip_chunks(edge_body *body, const char *bytes, size_t len,
                                      size_t *used)
{
    edge_body_progress progress = EDGE_BODY_MORE;
    size_t at = 0;

    while (at < len && progress == EDGE_BODY_MORE) {
        size_t step = 1;
        if (body->place == DATA) {
            step = len - at < body->left ? len - at : (size_t)body->left;
            body->left -= step;
            body->place = body->left == 0 ? DATA_CR : DATA;
        } else {
            progress = line_byte(body, (unsigned char)bytes[at]);
        }
        at += step;
        body->skipped += step;
        if (progress == EDGE_BODY_MORE && body->skipped > EDGE_BODY_BYTES) {
            progress = EDGE_BODY_TOO_LARGE;
        }
    }
    *used = at;
    return progress;
}

edge_body_progress edge_body_skip(edge_body *body, const char *bytes, size_t len,
                                  size_t *used)
{
    *used = 0;
    switch (body->framing) {
    case EDGE_FRAMING_NONE:
        return EDGE_BODY_DONE;
    case EDGE_FRAMING_LENGTH:
        return skip_length(body, len, used);
    case EDGE_FRAMING_CHUNKED:
        break;
    }
    return skip_chunks(body, bytes, len, used);
}
