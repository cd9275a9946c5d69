#include "scan.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Of names, numbers, addresses and blocks. */
static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("_.$:/-", c) != NULL);
}

static bool is_among(postern_str word, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        if (postern_str_equal(word, postern_text(words[i]))) {
            return true;
        }
    }
    return false;
}

static scan_kind kind_of_word(postern_str word)
{
    static const char *const comparisons[] = {
        "eq",       "ne",     "lt",      "le", "gt",          "ge", "contains",
        "wildcard", "strict", "matches", "in", "bitwise_and", NULL};
    static const char *const logical[] = {"and", "or", "xor", "not", NULL};

    return is_among(word, comparisons) ? SCAN_COMPARISON
           : is_among(word, logical)   ? SCAN_LOGICAL
                                       : SCAN_OPERAND;
}

/* Behind the quote that ends the string whose text begins at `at`; past the end: none
 * does. */
static size_t skip_string(postern_str text, size_t at)
{
    for (; at < text.len; at++) {
        if (text.data[at] == '\\') {
            at++;
        } else if (text.data[at] == '"') {
            return at + 1;
        }
    }
    return text.len + 1;
}

static size_t skip_raw(postern_str text, size_t at, size_t fence)
{
    for (; at < text.len; at++) {
        size_t hashes = 0;
        if (text.data[at] != '"') {
            continue;
        }
        while (hashes < fence && at + 1 + hashes < text.len &&
               text.data[at + 1 + hashes] == '#') {
            hashes++;
        }
        if (hashes == fence) {
            return at + 1 + fence;
        }
    }
    return text.len + 1;
}

/* Behind the string that begins at `at`; `at` when none does. */
static size_t skip_any_string(postern_str text, size_t at)
{
    size_t quote = at + 1;

    if (text.data[at] == '"') {
        return skip_string(text, at + 1);
    }
    if (text.data[at] != 'r') {
        return at;
    }
    while (quote < text.len && text.data[quote] == '#') {
        quote++;
    }
    if (quote >= text.len || text.data[quote] != '"') {
        return at;
    }
    return skip_raw(text, quote + 1, quote - at - 1);
}

static void close_bracket(scan *state, size_t *open)
{
    if (*open == 0) {
        state->excess = true;
        return;
    }
    --*open;
}

static scan_kind take_symbol(scan *state, char c)
{
    switch (c) {
    case '(':
        state->parentheses++;
        return SCAN_OPEN;
    case '{':
        state->sets++;
        return SCAN_OPEN;
    case '[':
        state->indexes++;
        return SCAN_OPEN;
    case ')':
        close_bracket(state, &state->parentheses);
        return SCAN_OPERAND;
    case '}':
        close_bracket(state, &state->sets);
        return SCAN_OPERAND;
    case ']':
        close_bracket(state, &state->indexes);
        return SCAN_OPERAND;
    case ',':
        return SCAN_COMMA;
    default:
        return SCAN_OPERAND; /* '*', or nothing that belongs here */
    }
}

/* The length of the operator at `at`, or 0. */
static size_t symbol_operator(postern_str text, size_t at, scan_kind *kind)
{
    static const struct {
        const char *text;
        scan_kind kind;
    } symbols[] = {
        {"==", SCAN_COMPARISON},
        {"!=", SCAN_COMPARISON},
        {"<=", SCAN_COMPARISON},
        {">=", SCAN_COMPARISON},
        {"&&", SCAN_LOGICAL   },
        {"||", SCAN_LOGICAL   },
        {"^^", SCAN_LOGICAL   },
        {"<",  SCAN_COMPARISON},
        {">",  SCAN_COMPARISON},
        {"~",  SCAN_COMPARISON},
        {"&",  SCAN_COMPARISON},
        {"!",  SCAN_LOGICAL   },
    };

    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        const size_t length = strlen(symbols[i].text);
        if (length <= text.len - at &&
            memcmp(text.data + at, symbols[i].text, length) == 0) {
            *kind = symbols[i].kind;
            return length;
        }
    }
    return 0;
}

/* The token at `at`, which is no blank; returns where it ends. */
static size_t read_token(scan *state, postern_str text, size_t at, scan_kind *kind)
{
    size_t end = skip_any_string(text, at);

    *kind = SCAN_OPERAND;
    if (end > at) {
        state->string = end > text.len;
        return state->string ? text.len : end;
    }
    while (end < text.len && is_word(text.data[end])) {
        end++;
    }
    if (end > at) {
        *kind = kind_of_word((postern_str){text.data + at, end - at});
        return end;
    }
    end += symbol_operator(text, at, kind);
    if (end == at) {
        *kind = take_symbol(state, text.data[at]);
        end++;
    }
    return end;
}

/* Takes the token for good: the one after it is looked at next. */
static void settle(scan *state, postern_str token, scan_kind kind)
{
    const bool inside = state->sets > 0 || state->indexes > 0;

    if (token.data[0] == '}') {
        state->compared = true;
    } else if (!inside && token.data[0] != ']') {
        state->compared = kind == SCAN_OPERAND && state->before == SCAN_COMPARISON;
    }
    state->before = kind;
    state->token = token;
}

scan scan_expression(postern_str text)
{
    scan state = {.before = SCAN_START};

    for (size_t at = 0; at < text.len;) {
        scan_kind kind;
        size_t end;
        if (is_blank(text.data[at])) {
            at++;
            continue;
        }
        end = read_token(&state, text, at, &kind);
        if (end == text.len && is_word(text.data[at]) && !state.string &&
            text.data[end - 1] != '"' && text.data[end - 1] != '#') {
            state.word = (postern_str){text.data + at, end - at};
            break;
        }
        settle(&state, (postern_str){text.data + at, end - at}, kind);
        at = end;
    }
    return state;
}

bool scan_is_unfinished(postern_str text)
{
    const scan state = scan_expression(text);
    const scan_kind last = state.word.len > 0 ? kind_of_word(state.word) : state.before;

    if (state.excess) {
        return false;
    }
    return state.string || state.parentheses > 0 || state.sets > 0 ||
           state.indexes > 0 || last == SCAN_COMPARISON || last == SCAN_LOGICAL ||
           last == SCAN_COMMA;
}
