/*
 * model/multipart.c - the parts of a multipart/form-data body (RFC 7578, RFC 2046 5.1).
 *
 * Read strictly: lines end with CRLF, a delimiter stands at the start of a line and has
 * its line for itself, the boundary is one that may be. What is not so is no delimiter,
 * and no such boundary means no parts. A body that ends without its last delimiter,
 * truncated or not, still has what there is of its last part: a rule that looks for
 * something bad shall see it. Texts are slices of the body; nothing is decoded.
 *
 * Every list has one element for each part, so that they stay in step. A part may have
 * no name, or several: the inner lists hold what is written there.
 */
#include "model/derive.h"
#include "model/pieces.h"

typedef struct pst_part {
    postern_str head;  /* header lines */
    postern_str value; /* content */
} part;

/* --- parameters --------------------------------------------------------------- */

/* Blanks; in a folded line there may be its CRLF. */
static bool blank(char c)
{
    return pst_is_blank(c) || c == '\r' || c == '\n';
}

static size_t skip_blanks(postern_str text, size_t at)
{
    while (at < text.len && blank(text.data[at])) {
        at++;
    }
    return at;
}

/* text[from, to) without blanks behind it. */
static postern_str cut(postern_str text, size_t from, size_t to)
{
    while (to > from && blank(text.data[to - 1])) {
        to--;
    }
    return pst_str_slice(text, from, to);
}

/* The value at `*at`: up to the next `;`, or what stands between quotes. There \ takes
 * what follows out of its role; it stays where it is. */
static postern_str read_value(postern_str text, size_t *at)
{
    const size_t start = *at;
    size_t end;

    if (start < text.len && text.data[start] == '"') {
        for (end = start + 1; end < text.len && text.data[end] != '"'; end++) {
            end += text.data[end] == '\\';
        }
        end = end < text.len ? end : text.len;
        *at = end + pst_find_byte(pst_str_slice(text, end, text.len), ';');
        return pst_str_slice(text, start + 1, end);
    }
    *at = start + pst_find_byte(pst_str_slice(text, start, text.len), ';');
    return cut(text, start, *at);
}

/* The next parameter called `name` behind *at, which is behind a `;` or at the end.
 * @return false when there is none */
static bool next_parameter(postern_str text, postern_str name, size_t *at,
                           postern_str *value)
{
    while (*at < text.len) {
        const size_t start = skip_blanks(text, *at);
        size_t end = start;
        bool found = false;
        while (end < text.len && text.data[end] != '=' && text.data[end] != ';') {
            end++;
        }
        *at = end;
        if (end < text.len && text.data[end] == '=') {
            *at = skip_blanks(text, end + 1);
            *value = read_value(text, at);
            found = pst_str_same_folded(cut(text, start, end), name);
        }
        *at += *at < text.len;
        if (found) {
            return true;
        }
    }
    return false;
}

/* --- parts -------------------------------------------------------------------- */

/* RFC 2046 5.1.1: 1 to 70 of these, the last not a blank. */
static bool boundary_valid(postern_str boundary)
{
    static const postern_str marks = POSTERN_STR("'()+_,-./:=? ");

    for (size_t i = 0; i < boundary.len; i++) {
        const unsigned char c = (unsigned char)boundary.data[i];
        if (!pst_is_letter(c) && !pst_is_digit(c) &&
            memchr(marks.data, c, marks.len) == NULL) {
            return false;
        }
    }
    return boundary.len > 0 && boundary.len <= 70 &&
           boundary.data[boundary.len - 1] != ' ';
}

/* The boundary of a Content-Type line, unless it has none, two or a wrong one. */
static bool read_boundary(postern_str line, postern_str *boundary)
{
    static const postern_str name = POSTERN_STR("boundary");
    size_t at = pst_find_byte(line, ';') + 1;
    postern_str second;

    return next_parameter(line, name, &at, boundary) &&
           !next_parameter(line, name, &at, &second) && boundary_valid(*boundary);
}

/* A line that parts the body. */
typedef struct delimiter {
    size_t start; /* of the line's CRLF before it, which belongs to it */
    size_t end;   /* behind the line */
    bool last;
} delimiter;

/* Reads the delimiter whose "--" is at `at`. */
static bool read_delimiter(postern_str body, postern_str boundary, size_t at,
                           delimiter *out)
{
    static const postern_str dashes = POSTERN_STR("--");
    static const postern_str crlf = POSTERN_STR("\r\n");
    const postern_str rest = pst_str_slice(body, at, body.len);
    size_t end = dashes.len + boundary.len;
    bool line_ends;

    if (!pst_str_starts(rest, dashes) ||
        !pst_str_same(pst_str_slice(rest, dashes.len, end), boundary)) {
        return false;
    }
    out->last = pst_str_starts(pst_str_slice(rest, end, rest.len), dashes);
    end += out->last ? dashes.len : 0;
    while (end < rest.len && pst_is_blank(rest.data[end])) {
        end++;
    }
    line_ends = pst_str_starts(pst_str_slice(rest, end, rest.len), crlf);
    out->end = at + end + crlf.len;
    return line_ends || (out->last && end == rest.len);
}

/* The next delimiter at or behind `from`, which is a line's start when `fresh`. */
static bool find_delimiter(postern_str body, postern_str boundary, size_t from,
                           bool fresh, delimiter *out)
{
    out->start = from;
    if (fresh && read_delimiter(body, boundary, from, out)) {
        return true;
    }
    for (size_t at = from; at < body.len; at++) {
        at += pst_find_byte(pst_str_slice(body, at, body.len), '\r');
        if (at + 1 < body.len && body.data[at + 1] == '\n' &&
            read_delimiter(body, boundary, at + 2, out)) {
            out->start = at;
            return true;
        }
    }
    return false;
}

/* A part is header lines, and behind an empty line its content. */
static part split_part(postern_str text)
{
    static const postern_str crlf = POSTERN_STR("\r\n");

    if (pst_str_starts(text, crlf)) {
        return (part){
            {NULL, 0},
            pst_str_slice(text, crlf.len, text.len)
        };
    }
    for (size_t at = 0; at < text.len; at++) {
        at += pst_find_byte(pst_str_slice(text, at, text.len), '\r');
        const postern_str rest = pst_str_slice(text, at, text.len);
        if (pst_str_starts(rest, crlf) &&
            pst_str_starts(pst_str_slice(rest, crlf.len, rest.len), crlf)) {
            return (part){pst_str_slice(text, 0, at),
                          pst_str_slice(rest, 2 * crlf.len, rest.len)};
        }
    }
    return (part){
        text, {NULL, 0}
    };
}

/* Splits the body; `out` may be NULL, to count. */
static size_t split_body(postern_str body, postern_str boundary, part *out)
{
    delimiter before;
    delimiter after;
    size_t count = 0;
    bool more = find_delimiter(body, boundary, 0, true, &before);

    while (more && !before.last) {
        more = find_delimiter(body, boundary, before.end, true, &after);
        if (out != NULL) {
            out[count] = split_part(
                pst_str_slice(body, before.end, more ? after.start : body.len));
        }
        count++;
        before = after;
    }
    return count;
}

/* Splits the body once a request. */
static postern_status ensure_parts(postern_request *request)
{
    static const postern_str type = POSTERN_STR("multipart/form-data");
    postern_str line;
    postern_str boundary = {NULL, 0};
    pst_value body;
    part *parts;
    postern_status status;

    if (request->parts != NULL) {
        return POSTERN_OK;
    }
    status = pst_request_value(request, PST_FIELD_BODY_RAW, &body);
    if (status != POSTERN_OK) {
        return status;
    }
    if (!pst_body_is(request, type, &line) || !read_boundary(line, &boundary)) {
        body.string = (postern_str){NULL, 0};
    }
    request->part_count = split_body(body.string, boundary, NULL);
    parts = pst_arena_array(&request->arena, request->part_count, sizeof *parts);
    if (parts == NULL) {
        return request->arena.status;
    }
    (void)split_body(body.string, boundary, parts);
    request->parts = parts;
    return POSTERN_OK;
}

/* --- what the parts say ------------------------------------------------------- */

/* Takes the next header line off `rest`, folded ones with what belongs to them. */
static bool next_line(postern_str *rest, postern_str *name, postern_str *value)
{
    size_t end = 0;
    size_t colon;
    postern_str line;

    if (rest->len == 0) {
        return false;
    }
    for (; end < rest->len; end++) {
        end += pst_find_byte(pst_str_slice(*rest, end, rest->len), '\r');
        if (end + 1 < rest->len && rest->data[end + 1] == '\n' &&
            !(end + 2 < rest->len && pst_is_blank(rest->data[end + 2]))) {
            break;
        }
    }
    line = pst_str_slice(*rest, 0, end);
    *rest = pst_str_slice(*rest, end + 2, rest->len);
    colon = pst_find_byte(line, ':');
    *name = pst_str_slice(line, 0, colon);
    *value = cut(line, skip_blanks(line, colon + 1), line.len);
    return true;
}

/* What a list of lists holds of each part. */
typedef struct wanted {
    postern_str header;
    postern_str parameter; /* of it; empty: the whole line */
} wanted;

/* Writes what `part` has of it; `out` may be NULL, to count. */
static size_t look_up(const part *from, const wanted *what, pst_value *out)
{
    postern_str rest = from->head;
    postern_str name;
    postern_str value;
    size_t count = 0;

    while (next_line(&rest, &name, &value)) {
        postern_str found = value;
        size_t at = pst_find_byte(value, ';') + 1;
        bool more = pst_str_same_folded(name, what->header) &&
                    (what->parameter.len == 0 ||
                     next_parameter(value, what->parameter, &at, &found));
        while (more) {
            if (out != NULL) {
                out[count].string = found;
            }
            count++;
            more = what->parameter.len > 0 &&
                   next_parameter(value, what->parameter, &at, &found);
        }
    }
    return count;
}

static const wanted part_name = {POSTERN_STR("content-disposition"),
                                 POSTERN_STR("name")};

static const wanted *what_is(pst_field_id field)
{
    static const wanted types = {POSTERN_STR("content-type"), POSTERN_STR("")};
    static const wanted dispositions = {POSTERN_STR("content-disposition"),
                                        POSTERN_STR("")};
    static const wanted encodings = {POSTERN_STR("content-transfer-encoding"),
                                     POSTERN_STR("")};
    static const wanted filenames = {POSTERN_STR("content-disposition"),
                                     POSTERN_STR("filename")};

    switch ((int)field) {
    case PST_FIELD_BODY_MULTIPART_TYPES:
        return &types;
    case PST_FIELD_BODY_MULTIPART_DISPOSITIONS:
        return &dispositions;
    case PST_FIELD_BODY_MULTIPART_ENCODINGS:
        return &encodings;
    case PST_FIELD_BODY_MULTIPART_FILENAMES:
        return &filenames;
    default:
        return &part_name;
    }
}

postern_status pst_derive_multipart_lists(postern_request *request, pst_field_id field,
                                          pst_value *out)
{
    const wanted *what = what_is(field);
    const postern_status status = ensure_parts(request);
    pst_value *lists;

    if (status != POSTERN_OK) {
        return status;
    }
    lists = pst_arena_array(&request->arena, request->part_count, sizeof *lists);
    if (lists == NULL) {
        return request->arena.status;
    }
    for (size_t i = 0; i < request->part_count; i++) {
        const size_t count = look_up(&request->parts[i], what, NULL);
        pst_value *items = pst_arena_array(&request->arena, count, sizeof *items);
        if (items == NULL) {
            return request->arena.status;
        }
        (void)look_up(&request->parts[i], what, items);
        lists[i].array = (pst_array){items, count};
    }
    out->array = (pst_array){lists, request->part_count};
    return POSTERN_OK;
}

postern_status pst_derive_multipart_values(postern_request *request, pst_field_id field,
                                           pst_value *out)
{
    const postern_status status = ensure_parts(request);
    pst_value *items;

    (void)field;
    if (status != POSTERN_OK) {
        return status;
    }
    items = pst_arena_array(&request->arena, request->part_count, sizeof *items);
    if (items == NULL) {
        return request->arena.status;
    }
    for (size_t i = 0; i < request->part_count; i++) {
        items[i].string = request->parts[i].value;
    }
    out->array = (pst_array){items, request->part_count};
    return POSTERN_OK;
}

/* A part with several names is under each of them, one without a name under none. */
postern_status pst_derive_multipart(postern_request *request, pst_field_id field,
                                    pst_value *out)
{
    pst_pairs pairs;
    size_t count = 0;
    postern_status status = ensure_parts(request);

    (void)field;
    if (status != POSTERN_OK) {
        return status;
    }
    for (size_t i = 0; i < request->part_count; i++) {
        count += look_up(&request->parts[i], &part_name, NULL);
    }
    status = pst_pairs_new(&request->arena, count, &pairs);
    if (status != POSTERN_OK) {
        return status;
    }
    for (size_t i = 0; i < request->part_count; i++) {
        const size_t names =
            look_up(&request->parts[i], &part_name, pairs.names + pairs.count);
        for (size_t n = 0; n < names; n++) {
            pairs.values[pairs.count++].string = request->parts[i].value;
        }
    }
    return pst_group(&request->arena, &pairs, &out->map);
}
