/* head.c - finds the end of a request head byte by byte, then splits it once. */
#include "head_lexer.h"

#include <string.h>

void edge_head_start(edge_head *head, edge_header *room, size_t count, size_t max_bytes)
{
    *head = (edge_head){
        .headers = room,
        .header_cap = count,
        .head_cap = max_bytes,
    };
}

enum { VERSION_LENGTH = sizeof "HTTP/1.1" - 1 };

static edge_progress refuse(edge_head *head, edge_fault fault)
{
    edge_head_start(head, head->headers, head->header_cap, head->head_cap);
    head->progress = EDGE_REFUSED;
    switch (fault) {
#define X(name, code, text)  \
    case EDGE_FAULT_##name:  \
        head->status = code; \
        head->reason = text; \
        break;
        EDGE_FAULTS(X)
#undef X
    case EDGE_FINE:
        break;
    }
    return EDGE_REFUSED;
}

static bool is_token_byte(unsigned char c)
{
    return (unsigned char)((c | 0x20U) - 'a') < 26U || (unsigned char)(c - '0') < 10U ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

/* What can be said of a byte before its line is known. */
static edge_fault judge_byte(const edge_head *head, unsigned char c)
{
    if (head->scanned == 0 && !is_token_byte(c)) {
        return EDGE_FAULT_START;
    }
    if (head->after_cr && c != '\n') {
        return EDGE_FAULT_BARE_CR;
    }
    if (c >= 0x20 && c != 0x7f) {
        return EDGE_FINE;
    }
    switch (c) {
    case '\t':
    case '\r':
        return EDGE_FINE;
    case '\n':
        return head->after_cr ? EDGE_FINE : EDGE_FAULT_BARE_LF;
    case '\0':
        return EDGE_FAULT_NUL;
    default:
        return EDGE_FAULT_CONTROL;
    }
}

/* The request line is judged as soon as it is there: a client that speaks another
 * protocol may wait for an answer now. Only lengths are kept, as the bytes may move. */
static edge_fault judge_request_line(edge_head *head, const char *bytes)
{
    edge_lexer in = {bytes, head->scanned, 0, 0};
    postern_str method = {0};
    postern_str target = {0};
    postern_str version = {0};
    const edge_fault fault = edge_lex_request_line(&in, &method, &target, &version);

    head->method_len = method.len;
    head->target_len = target.len;
    return fault == EDGE_FINE && in.at != in.length ? EDGE_FAULT_VERSION : fault;
}

/* What the headers say of the body. */
typedef struct framing {
    bool host;
    bool authorization;
    bool length;
    bool coding;
    bool close;
    bool keep_alive;
} framing;

static bool read_length(postern_str text, uint64_t *length)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < text.len; i++) {
        const unsigned digit = (unsigned char)text.data[i] - (unsigned)'0';
        if (digit > 9 || sum > ((uint64_t)INT64_MAX - digit) / 10) {
            return false;
        }
        sum = sum * 10 + digit;
    }
    *length = sum;
    return text.len > 0;
}

/* `lower` holds letters and hyphens: setting bit 5 folds the former, and within
 * tokens nothing else becomes one of them. */
static bool is_word(postern_str text, const char *lower)
{
    size_t i = 0;

    while (i < text.len && lower[i] != '\0' && (text.data[i] | 0x20) == lower[i]) {
        i++;
    }
    return i == text.len && lower[i] == '\0';
}

static edge_fault once(bool *seen, edge_fault twice)
{
    const edge_fault fault = *seen ? twice : EDGE_FINE;

    *seen = true;
    return fault;
}

/* Acts upon the few headers that concern the reader itself. */
static edge_fault take_note(edge_head *head, framing *said, const edge_header *header)
{
    edge_fault fault = EDGE_FINE;

    if (is_word(header->name, "host")) {
        fault = once(&said->host, EDGE_FAULT_TWO_HOSTS);
    } else if (is_word(header->name, "authorization")) {
        fault = once(&said->authorization, EDGE_FAULT_TWO_CREDENTIALS);
    } else if (is_word(header->name, "connection")) {
        edge_lex_connection(header->value, &said->close, &said->keep_alive);
    } else if (is_word(header->name, "content-length")) {
        fault = once(&said->length, EDGE_FAULT_TWO_LENGTHS);
        if (fault == EDGE_FINE && !read_length(header->value, &head->body_length)) {
            fault = EDGE_FAULT_LENGTH;
        }
    } else if (is_word(header->name, "transfer-encoding")) {
        fault = once(&said->coding, EDGE_FAULT_TWO_CODINGS);
        if (fault == EDGE_FINE && !is_word(header->value, "chunked")) {
            fault = EDGE_FAULT_CODING;
        }
    } else if (is_word(header->name, "expect")) {
        head->expects = true;
    }
    return fault;
}

/* RFC 9112 6.3 and 9.3. */
static edge_fault settle(edge_head *head, const framing *said)
{
    const bool old = head->version.data[head->version.len - 1] == '0';

    if (said->coding && said->length) {
        return EDGE_FAULT_LENGTH_AND_CODING;
    }
    if (said->coding && old) {
        return EDGE_FAULT_OLD_CODING;
    }
    if (said->coding) {
        head->framing = EDGE_FRAMING_CHUNKED;
    } else if (said->length && head->body_length > 0) {
        head->framing = EDGE_FRAMING_LENGTH;
    }
    head->keep_alive = !said->close && (!old || said->keep_alive);
    return EDGE_FINE;
}

/* The scan found the empty line: every line below is complete. */
static edge_fault split(edge_head *head, const char *bytes)
{
    edge_lexer in = {bytes, head->scanned, 0, 0};
    framing said = {0};
    bool end = false;
    edge_fault fault;

    head->method = (postern_str){bytes, head->method_len};
    in.at = head->method_len + 1;
    head->target = (postern_str){bytes + in.at, head->target_len};
    in.at += head->target_len + 1;
    head->version = (postern_str){bytes + in.at, VERSION_LENGTH};
    in.at += VERSION_LENGTH + 2;
    for (;;) {
        edge_header header = {0};
        fault = edge_lex_header(&in, &header, &end);
        if (fault == EDGE_FINE && !end) {
            fault = take_note(head, &said, &header);
        }
        if (fault != EDGE_FINE || end) {
            break;
        }
        head->headers[head->header_count++] = header; /* counted by the scan */
    }
    return fault == EDGE_FINE ? settle(head, &said) : fault;
}

/* A line ended just before `scanned`. */
static edge_fault end_line(edge_head *head, const char *bytes, bool *whole)
{
    const size_t length = head->scanned - head->line_start;

    head->line_start = head->scanned;
    head->lines++;
    if (head->lines == 1) {
        return judge_request_line(head, bytes);
    }
    if (length == 2) {
        *whole = true;
        return split(head, bytes);
    }
    return head->lines - 1 > head->header_cap ? EDGE_FAULT_HEADER_COUNT : EDGE_FINE;
}

static edge_fault judge_size(const edge_head *head)
{
    if (head->lines == 0 &&
        (head->scanned >= EDGE_HEAD_LINE || head->scanned >= head->head_cap)) {
        return EDGE_FAULT_LINE_LENGTH;
    }
    return head->scanned >= head->head_cap ? EDGE_FAULT_HEAD_LENGTH : EDGE_FINE;
}

edge_progress edge_head_read(edge_head *head, const char *bytes, size_t len)
{
    bool whole = false;

    while (head->progress == EDGE_MORE && head->scanned < len) {
        const unsigned char c = (unsigned char)bytes[head->scanned];
        edge_fault fault = judge_byte(head, c);

        head->scanned++;
        head->after_cr = c == '\r';
        if (fault == EDGE_FINE && c == '\n') {
            fault = end_line(head, bytes, &whole);
        }
        if (fault == EDGE_FINE && !whole) {
            fault = judge_size(head);
        }
        if (fault != EDGE_FINE) {
            return refuse(head, fault);
        }
        if (whole) {
            head->length = head->scanned;
            head->progress = EDGE_DONE;
        }
    }
    return head->progress;
}
