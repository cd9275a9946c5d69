/*
 * lexer.re - how each token of an expression is spelled.
 *
 * The input is (pointer, length), so the byte after it must never be read.
 * YYPEEK therefore checks the bound itself and shows a NUL past the end. That is
 * sound because no token may contain a NUL, which re2c proves for us:
 * re2c:sentinel = 0 turns a rule that could cross one into an error. A NUL that
 * really is in the input becomes an ordinary bad byte.
 */
#include "syntax/lexer.h"

void pst_lexer_init(pst_lexer *lexer, postern_str expression)
{
    lexer->text = (const unsigned char *)expression.data;
    lexer->length = expression.len;
    lexer->at = 0;
}

const char *pst_token_text(pst_token_kind kind)
{
    switch (kind) {
#define TOKEN(name, text)                                                   \
    case PST_TOKEN_##name:                                                  \
        return text;
#include "tokens.def"
#undef TOKEN
    }
    return "an unknown token";
}

/* Counted fences are not regular: from behind the opening quote, finds the quote
 * that is followed by `fence` hashes. Returns where the token ends, or 0. */
static size_t raw_end(const pst_lexer *lexer, size_t at, size_t fence)
{
    for (; at < lexer->length && lexer->text[at] != '\0'; at++) {
        size_t hashes = 0;
        if (lexer->text[at] != '"') {
            continue;
        }
        while (hashes < fence && at + 1 + hashes < lexer->length &&
               lexer->text[at + 1 + hashes] == '#') {
            hashes++;
        }
        if (hashes == fence) {
            return at + 1 + fence;
        }
    }
    return 0;
}

pst_token pst_lexer_next(pst_lexer *lexer)
{
    const unsigned char *const text = lexer->text;
    const size_t length = lexer->length;
    size_t at = lexer->at;
    size_t start;
    size_t marker;
    pst_token_kind kind;

    for (;;) {
        start = at;
        /*!re2c
            re2c:api              = custom;
            re2c:api:style        = free-form;
            re2c:yyfill:enable    = 0;
            re2c:sentinel         = 0;
            re2c:define:YYCTYPE   = "unsigned char";
            re2c:define:YYPEEK    = "(at < length ? text[at] : 0)";
            re2c:define:YYSKIP    = "++at;";
            re2c:define:YYBACKUP  = "marker = at;";
            re2c:define:YYRESTORE = "at = marker;";

            space  = [ \t\r\n]+;
            word   = [A-Za-z0-9_]+;
            name   = [A-Za-z_] [A-Za-z0-9_]* ("." word)*;
            hex    = [0-9A-Fa-f];
            // numbers, ranges, addresses, blocks, hex bytes: one run; the compiler
            // reads it by the type that is wanted
            bare   = ([0-9] | "-" [0-9] | "::" | hex{1,4} ":" | hex{2} "-" hex{2}
                      | hex{2} ("." hex{2})+ [-:]) [-0-9A-Za-z_.:/]*;
            string = ["] ([^"\\\x00] | "\\" [^\x00])* ["];
            // a bad name is one token too, so that it can be told as a whole
            list   = "$" [-0-9A-Za-z_.\x80-\xff]*;

            comment = ("#" | "//") [^\n\x00]*
                    | "/*" ([^*\x00] | "*"+ [^*/\x00])* "*"+ "/";
            tail    = [\x80-\xbf];
            curly   = "\xe2\x80" [\x98-\x9f];
            // what is no token, in pieces an author would point at
            strange = [\xc2-\xdf] tail | [\xe0-\xef] tail{2} | [\xf0-\xf4] tail{3}
                    | ['] [^'\n\x00]* ['] | [`] [^`\n\x00]* [`]
                    | curly [^\xe2\n\x00]* curly;

            space      { continue; }
            name       { kind = PST_TOKEN_NAME; break; }
            bare       { kind = PST_TOKEN_BARE; break; }
            string     { kind = PST_TOKEN_STRING; break; }
            ["]        { kind = PST_TOKEN_OPEN_STRING; at = length; break; }
            "r" "#"* ["] {
                const size_t end = raw_end(lexer, at, at - start - 2);
                kind = end != 0 ? PST_TOKEN_RAW_STRING : PST_TOKEN_OPEN_STRING;
                at = end != 0 ? end : length;
                break;
            }
            list       { kind = PST_TOKEN_LIST; break; }
            comment    { kind = PST_TOKEN_COMMENT; break; }
            "/*"       { kind = PST_TOKEN_COMMENT; at = length; break; }
            strange    { kind = PST_TOKEN_BAD; break; }
            "=="       { kind = PST_TOKEN_EQ; break; }
            "!="       { kind = PST_TOKEN_NE; break; }
            "<="       { kind = PST_TOKEN_LE; break; }
            "<"        { kind = PST_TOKEN_LT; break; }
            ">="       { kind = PST_TOKEN_GE; break; }
            ">"        { kind = PST_TOKEN_GT; break; }
            "&&"       { kind = PST_TOKEN_AND; break; }
            "||"       { kind = PST_TOKEN_OR; break; }
            "^^"       { kind = PST_TOKEN_XOR; break; }
            "!"        { kind = PST_TOKEN_NOT; break; }
            "~"        { kind = PST_TOKEN_TILDE; break; }
            "&"        { kind = PST_TOKEN_AMPERSAND; break; }
            ","        { kind = PST_TOKEN_COMMA; break; }
            "*"        { kind = PST_TOKEN_STAR; break; }
            "("        { kind = PST_TOKEN_OPEN; break; }
            ")"        { kind = PST_TOKEN_CLOSE; break; }
            "["        { kind = PST_TOKEN_OPEN_INDEX; break; }
            "]"        { kind = PST_TOKEN_CLOSE_INDEX; break; }
            "{"        { kind = PST_TOKEN_OPEN_SET; break; }
            "}"        { kind = PST_TOKEN_CLOSE_SET; break; }
            [\x00]     { kind = start < length ? PST_TOKEN_BAD : PST_TOKEN_END; break; }
            *          { kind = PST_TOKEN_BAD; break; }
        */
    }
    lexer->at = at < length ? at : length;
    return (pst_token){kind, start, lexer->at - start};
}

/* From behind the opening quote to behind the closing one; 0: there is none. */
static size_t pattern_end(const pst_lexer *lexer, size_t at)
{
    bool in_class = false;

    for (; at < lexer->length && lexer->text[at] != '\0'; at++) {
        switch (lexer->text[at]) {
        case '\\':
            at++;
            if (at == lexer->length || lexer->text[at] == '\0') {
                return 0;
            }
            break;
        case '[':
            in_class = true;
            break;
        case ']':
            in_class = false;
            break;
        case '"':
            if (!in_class) {
                return at + 1;
            }
            break;
        default:
            break;
        }
    }
    return 0;
}

pst_token pst_lexer_next_pattern(pst_lexer *lexer)
{
    pst_token token = pst_lexer_next(lexer);

    if ((token.kind == PST_TOKEN_STRING || token.kind == PST_TOKEN_OPEN_STRING) &&
        lexer->text[token.offset] == '"') {
        const size_t end = pattern_end(lexer, token.offset + 1);
        token.kind = end != 0 ? PST_TOKEN_STRING : PST_TOKEN_OPEN_STRING;
        lexer->at = end != 0 ? end : lexer->length;
        token.length = lexer->at - token.offset;
    }
    return token;
}
