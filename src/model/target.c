#include "model/target.h"

#include "support/text.h"
#include "support/word.h"

static bool unreserved(unsigned char c)
{
    return pst_is_letter(c) || pst_is_digit(c) || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

static bool control(unsigned char c)
{
    return c < 0x20 || c == 0x7f;
}

/* Not 0 when a word has control bytes. */
static uint64_t controls(uint64_t word)
{
    return pst_word_hint_below(word, 0x20) | pst_word_hint(word, 0x7f);
}

/* How many bytes at the start of a path are nothing but themselves: no end of the path,
 * no fragment, no byte that its normal form writes in another way. Each word starts
 * with the last byte of the one before: `//` and `/.` lie within one word. */
static size_t plain_start(postern_str raw)
{
    size_t at = 0;

    while (at + PST_WORD <= raw.len) {
        const uint64_t word = pst_word_load(raw.data + at);
        const uint64_t slash_or_dot = pst_word_hint(word | PST_WORD_ONES, '/');
        const uint64_t behind_slash = pst_word_hint(word, '/') << 8;
        const uint64_t special = pst_word_hint(word, '?') | pst_word_hint(word, '#') |
                                 pst_word_hint(word, '%') | pst_word_hint(word, '\\');
        if ((controls(word) | special | (slash_or_dot & behind_slash)) != 0) {
            break;
        }
        at += PST_WORD - 1;
    }
    return at;
}

/* What one look at a path tells. */
typedef struct glance {
    size_t length; /* up to the question mark, or all */
    bool normal;   /* it is its own normal form: nothing needs to be copied */
    bool has_fragment;
} glance;

/* Dots are only looked at where a segment starts. */
static glance look_at_path(postern_str raw)
{
    glance seen = {raw.len, true, false};
    const size_t start = plain_start(raw);
    unsigned char before = start == 0 ? 0 : (unsigned char)raw.data[start - 1];

    for (size_t i = start; i < raw.len; i++) {
        const unsigned char c = (unsigned char)raw.data[i];
        if (c == '?') {
            seen.length = i;
            break;
        }
        if (c == '%' || c == '\\' || control(c) ||
            (before == '/' && (c == '/' || c == '.'))) {
            seen.normal = false;
        }
        seen.has_fragment = seen.has_fragment || c == '#';
        before = c;
    }
    return seen;
}

/* The next byte of the path, or the three of an escape that stays. */
typedef struct piece {
    char text[3];
    size_t len;
} piece;

static const char *read_piece(postern_str path, size_t *at, piece *out)
{
    unsigned char c = (unsigned char)path.data[*at];

    (*at)++;
    if (control(c)) {
        return "control byte in the path";
    }
    if (c == '%') {
        const int high =
            *at < path.len ? pst_hex_value((unsigned char)path.data[*at]) : -1;
        const int low =
            *at + 1 < path.len ? pst_hex_value((unsigned char)path.data[*at + 1]) : -1;
        if (high < 0 || low < 0) {
            return "broken percent-escape in the path";
        }
        *at += 2;
        c = (unsigned char)(high << 4 | low);
        if (c == 0) {
            return "%00 in the path";
        }
        if (!unreserved(c)) {
            out->text[0] = '%';
            out->text[1] = "0123456789ABCDEF"[high];
            out->text[2] = "0123456789ABCDEF"[low];
            out->len = 3;
            return NULL;
        }
    }
    out->text[0] = (char)(c == '\\' ? '/' : c);
    out->len = 1;
    return NULL;
}

/* Ends the segment that starts at `start` in out[0..len): drops "." and goes up
 * for "..". Returns the length that stays; out[start - 1] is the slash before. */
static size_t end_segment(const char *out, size_t start, size_t len)
{
    const size_t segment = len - start;

    if (segment == 1 && out[start] == '.') {
        return start;
    }
    if (segment == 2 && out[start] == '.' && out[start + 1] == '.') {
        size_t up = start - 1;
        while (up > 0 && out[up - 1] != '/') {
            up--;
        }
        return up == 0 ? 1 : up;
    }
    return len;
}

/* Writes the normal form of `path` to `out`, which has room for path.len bytes:
 * no step makes it longer. Returns NULL and *length, or why not. */
static const char *normalise(postern_str path, char *out, size_t *length)
{
    size_t at = 0;
    size_t len = 0;
    size_t start = 0; /* of the segment being written */

    while (at < path.len) {
        piece next;
        const char *problem = read_piece(path, &at, &next);
        if (problem != NULL) {
            return problem;
        }
        if (next.text[0] == '/') {
            if (len > 0) {
                len = end_segment(out, start, len);
            }
            if (len == 0 || out[len - 1] != '/') {
                out[len++] = '/';
            }
            start = len;
            continue;
        }
        memcpy(out + len, next.text, next.len);
        len += next.len;
    }
    *length = end_segment(out, start, len);
    return NULL;
}

/* Whole words of a query that check_query() has nothing against. */
static size_t plain_query_start(postern_str query)
{
    size_t at = 0;

    while (at + PST_WORD <= query.len) {
        const uint64_t word = pst_word_load(query.data + at);
        if ((controls(word) | pst_word_hint(word, '#')) != 0) {
            break;
        }
        at += PST_WORD;
    }
    return at;
}

static const char *check_query(postern_str query)
{
    for (size_t i = plain_query_start(query); i < query.len; i++) {
        const unsigned char c = (unsigned char)query.data[i];
        if (control(c)) {
            return "control byte in the query";
        }
        if (c == '#') {
            return "fragment in the request target";
        }
    }
    return NULL;
}

/* "http://" or "https://", any case; returns its length or 0. */
static size_t scheme_length(postern_str text)
{
    static const postern_str http = POSTERN_STR("http://");
    static const postern_str https = POSTERN_STR("https://");

    if (pst_str_same_folded(pst_str_slice(text, 0, http.len), http)) {
        return http.len;
    }
    return pst_str_same_folded(pst_str_slice(text, 0, https.len), https) ? https.len
                                                                         : 0;
}

/* Splits off "scheme://authority" and leaves path and query in out->raw. */
static const char *split_absolute(postern_str text, pst_target *out)
{
    static const postern_str root = POSTERN_STR("/");
    const size_t start = scheme_length(text);
    size_t end = start;

    if (start == 0) {
        return "request target is neither a path nor an http or https URL";
    }
    while (end < text.len && text.data[end] != '/' && text.data[end] != '?' &&
           text.data[end] != '#') {
        end++;
    }
    out->absolute = true;
    out->authority = pst_str_slice(text, start, end);
    out->raw = pst_str_slice(text, end, text.len);
    if (out->raw.len == 0) {
        out->raw = root;
    }
    return out->raw.data[0] == '/' ? NULL : "URL in the request target has no path";
}

/* Makes path and uri in memory of its own. */
static postern_status rewrite(pst_arena *arena, pst_target *out, bool has_query,
                              const char **problem)
{
    const size_t tail = has_query ? out->query.len + 1 : 0;
    char *copy = pst_arena_alloc_inline(arena, out->raw_path.len + tail);
    size_t len = 0;

    if (copy == NULL) {
        return arena->status;
    }
    *problem = normalise(out->raw_path, copy, &len);
    if (*problem != NULL) {
        return POSTERN_INVALID;
    }
    if (has_query) {
        copy[len] = '?';
        if (out->query.len > 0) {
            memcpy(copy + len + 1, out->query.data, out->query.len);
        }
    }
    out->path = (postern_str){copy, len};
    out->uri = (postern_str){copy, len + tail};
    return POSTERN_OK;
}

postern_status pst_target_read(postern_str text, pst_arena *arena, pst_target *out,
                               const char **problem)
{
    static const postern_str asterisk = POSTERN_STR("*");
    bool has_query;
    glance path;

    *out = (pst_target){.raw = text};
    *problem = NULL;
    if (pst_str_same(text, asterisk)) {
        out->raw_path = out->uri = out->path = text;
        return POSTERN_OK;
    }
    if (text.len == 0 || text.data[0] != '/') {
        *problem = split_absolute(text, out);
        if (*problem != NULL) {
            return POSTERN_INVALID;
        }
    }
    path = look_at_path(out->raw);
    has_query = path.length < out->raw.len;
    out->raw_path = pst_str_slice(out->raw, 0, path.length);
    out->query = pst_str_slice(out->raw, path.length + has_query, out->raw.len);
    if (path.has_fragment) {
        *problem = "fragment in the request target";
        return POSTERN_INVALID;
    }
    *problem = check_query(out->query);
    if (*problem != NULL) {
        return POSTERN_INVALID;
    }
    if (path.normal) {
        out->path = out->raw_path;
        out->uri = out->raw;
        return POSTERN_OK;
    }
    return rewrite(arena, out, has_query, problem);
}
