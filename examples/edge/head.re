/*
 * head.re - spells the words of a request head (RFC 9112, RFC 3986). head.gen.c is
 * made from it by re2c.
 *
 * A NUL stands for the end of the text. The scan in head.c has refused real ones,
 * and no rule runs across a NUL, so nothing is read past the end.
 */
#include "head_lexer.h"

/*!re2c
    re2c:api = custom;
    re2c:api:style = free-form;
    re2c:define:YYCTYPE = "unsigned char";
    re2c:define:YYPEEK = "(in->at < in->length ? (unsigned char)in->text[in->at] : 0)";
    re2c:define:YYSKIP = "in->at++;";
    re2c:define:YYBACKUP = "in->marker = in->at;";
    re2c:define:YYRESTORE = "in->at = in->marker;";
    re2c:yyfill:enable = 0;
    re2c:sentinel = 0;
    re2c:indent:string = "    ";

    crlf = "\r\n";
    blank = [ \t];
    digit = [0-9];
    alpha = [A-Za-z];
    // A token (RFC 9110 5.6.2), without and with the underscore.
    plain = [!#$%&'*+.^`|~0-9A-Za-z-];
    tchar = plain | "_";
    // What may stand in a target. More than RFC 3986 has, as browsers send more;
    // postern normalises it. No fragment.
    uchar = [\x21-\x7e] \ "#";
    // No user information (RFC 9110 4.2.4).
    authority = (alpha | digit | [-._~%!$&'()*+,;=:[\]])+;
    // A header value may hold bytes over 0x7f, but begins and ends with no blank.
    vchar = [\x21-\x7e\x80-\xff];
    value = vchar (blank* vchar)*;
*/

/* What was matched since `start`, less the last `less` bytes. */
static postern_str slice(const edge_lexer *in, size_t start, size_t less)
{
    return (postern_str){in->text + start, in->at - start - less};
}

static edge_fault lex_method(edge_lexer *in, postern_str *method, bool *options)
{
    const size_t start = in->at;

    *options = false;
    /*!re2c
        "PRI * HTTP/2.0" crlf { return EDGE_FAULT_HTTP2; }
        "CONNECT " { return EDGE_FAULT_CONNECT; }
        "OPTIONS " {
            *method = slice(in, start, 1);
            *options = true;
            return EDGE_FINE;
        }
        tchar+ " " { *method = slice(in, start, 1); return EDGE_FINE; }
        * { return EDGE_FAULT_METHOD; }
    */
}

/* The four forms of a target are told apart by how they begin (RFC 9112 3.2). */
static edge_fault lex_target(edge_lexer *in, postern_str *target, bool *asterisk)
{
    const size_t start = in->at;

    *asterisk = false;
    /*!re2c
        absolute = 'http' 's'? "://" authority ([/?] uchar*)?;
        "/" uchar* " " { *target = slice(in, start, 1); return EDGE_FINE; }
        absolute " " { *target = slice(in, start, 1); return EDGE_FINE; }
        "* " {
            *target = slice(in, start, 1);
            *asterisk = true;
            return EDGE_FINE;
        }
        uchar+ "#" { return EDGE_FAULT_FRAGMENT; }
        uchar+ crlf { return EDGE_FAULT_SIMPLE; }
        * { return EDGE_FAULT_TARGET; }
    */
}

static edge_fault lex_version(edge_lexer *in, postern_str *version)
{
    const size_t start = in->at;
    /*!re2c
        "HTTP/1." [01] crlf { *version = slice(in, start, 2); return EDGE_FINE; }
        "HTTP/" [1-9] "." digit crlf { return EDGE_FAULT_OTHER_VERSION; }
        "HTTP/0." digit crlf { return EDGE_FAULT_SIMPLE; }
        * { return EDGE_FAULT_VERSION; }
    */
}

static edge_fault lex_name(edge_lexer *in, postern_str *text, bool *end)
{
    const size_t start = in->at;

    *end = false;
    /*!re2c
        crlf { *end = true; return EDGE_FINE; }
        plain+ ":" { *text = slice(in, start, 1); return EDGE_FINE; }
        tchar+ ":" { return EDGE_FAULT_UNDERSCORE; }
        tchar+ blank { return EDGE_FAULT_BLANK; }
        ":" { return EDGE_FAULT_NO_NAME; }
        blank { return EDGE_FAULT_FOLD; }
        * { return EDGE_FAULT_NAME; }
    */
}

static void skip_blanks(edge_lexer *in)
{
    /*!re2c
        blank+ { return; }
        * { in->at--; return; }
    */
}

static edge_fault lex_value(edge_lexer *in, postern_str *text)
{
    size_t start;

    skip_blanks(in);
    start = in->at;
    /*!re2c
        crlf { *text = (postern_str){in->text + start, 0}; return EDGE_FINE; }
        value { *text = slice(in, start, 0); goto after; }
        * { return EDGE_FAULT_VALUE; }
    */
after:
    /*!re2c
        blank* crlf { return EDGE_FINE; }
        * { return EDGE_FAULT_VALUE; }
    */
}

edge_fault edge_lex_request_line(edge_lexer *in, postern_str *method, postern_str *target,
                                 postern_str *version)
{
    bool options = false;
    bool asterisk = false;
    edge_fault fault = lex_method(in, method, &options);

    if (fault == EDGE_FINE) {
        fault = lex_target(in, target, &asterisk);
    }
    if (fault == EDGE_FINE) {
        fault = lex_version(in, version);
    }
    return fault == EDGE_FINE && asterisk && !options ? EDGE_FAULT_ASTERISK : fault;
}

edge_fault edge_lex_header(edge_lexer *in, edge_header *out, bool *end)
{
    const edge_fault fault = lex_name(in, &out->name, end);

    return fault == EDGE_FINE && !*end ? lex_value(in, &out->value) : fault;
}

void edge_lex_connection(postern_str value, bool *close, bool *keep_alive)
{
    edge_lexer lexer = {value.data, value.len, 0, 0};
    edge_lexer *in = &lexer;

    while (in->at < in->length) {
        /*!re2c
            'close' { *close = true; continue; }
            'keep-alive' { *keep_alive = true; continue; }
            tchar+ { continue; }
            * { continue; }
        */
    }
}
