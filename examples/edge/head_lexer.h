/*
 * head_lexer.h - the words of a request head, as head.re spells them, and what can
 * be wrong with them. Only head.c and head.re know this page.
 */
#ifndef EDGE_HEAD_LEXER_H
#define EDGE_HEAD_LEXER_H

#include "head.h"

/** Everything a head can be refused for: X(name, status, reason). */
#define EDGE_FAULTS(X)                                           \
    X(START, 400, "does not begin like a request")               \
    X(NUL, 400, "NUL byte")                                      \
    X(CONTROL, 400, "control character")                         \
    X(BARE_LF, 400, "LF without CR")                             \
    X(BARE_CR, 400, "CR without LF")                             \
    X(LINE_LENGTH, 414, "request line is too long")              \
    X(HEAD_LENGTH, 431, "head is too long")                      \
    X(HEADER_COUNT, 431, "too many headers")                     \
    X(METHOD, 400, "malformed method")                           \
    X(CONNECT, 400, "CONNECT is for proxies")                    \
    X(TARGET, 400, "malformed request target")                   \
    X(FRAGMENT, 400, "'#' in the request target")                \
    X(ASTERISK, 400, "'*' is for OPTIONS alone")                 \
    X(SIMPLE, 400, "HTTP/0.9 is not spoken")                     \
    X(VERSION, 400, "malformed HTTP version")                    \
    X(HTTP2, 400, "HTTP/2 is not spoken")                        \
    X(OTHER_VERSION, 505, "HTTP version is not spoken")          \
    X(FOLD, 400, "folded header line")                           \
    X(NAME, 400, "malformed header name")                        \
    X(NO_NAME, 400, "empty header name")                         \
    X(UNDERSCORE, 400, "'_' in a header name")                   \
    X(BLANK, 400, "blank between header name and colon")         \
    X(VALUE, 400, "malformed header value")                      \
    X(TWO_HOSTS, 400, "two Host headers")                        \
    X(TWO_CREDENTIALS, 400, "two Authorization headers")         \
    X(TWO_LENGTHS, 400, "two Content-Length headers")            \
    X(LENGTH, 400, "malformed Content-Length")                   \
    X(TWO_CODINGS, 400, "two Transfer-Encoding headers")         \
    X(CODING, 400, "Transfer-Encoding is not exactly 'chunked'") \
    X(OLD_CODING, 400, "Transfer-Encoding with HTTP/1.0")        \
    X(LENGTH_AND_CODING, 400, "Content-Length beside Transfer-Encoding")

typedef enum edge_fault {
    EDGE_FINE,
#define X(name, status, reason) EDGE_FAULT_##name,
    EDGE_FAULTS(X)
#undef X
} edge_fault;

/** Where the lexer is. Nothing at or after text[length] is ever read. */
typedef struct edge_lexer {
    const char *text;
    size_t length;
    size_t at;
    size_t marker; /* re2c's own */
} edge_lexer;

/** Splits the request line, CRLF included. */
edge_fault edge_lex_request_line(edge_lexer *in, postern_str *method,
                                 postern_str *target, postern_str *version);

/** Splits one header line, CRLF included.
 *  @param end receives whether it was the empty line; `out` is then untouched */
edge_fault edge_lex_header(edge_lexer *in, edge_header *out, bool *end);

/** Looks for `close` and `keep-alive` in the list of a Connection header. */
void edge_lex_connection(postern_str value, bool *close, bool *keep_alive);

#endif
