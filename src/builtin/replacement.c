#include "builtin/replacement.h"

#include "support/text.h"

static postern_status refuse(pst_replacement_problem *problem, postern_status status,
                             const char *message, const char *hint)
{
    problem->status = status;
    problem->message = message;
    problem->hint = hint;
    return status;
}

/* Reads the reference whose "${" ends before text[*at], and leaves *at behind it. */
static bool read_reference(postern_str text, size_t *at, size_t *number)
{
    const size_t first = *at;

    *number = 0;
    while (*at < text.len && pst_is_digit((unsigned char)text.data[*at])) {
        if (*number < 1000) { /* more is too much anyway */
            *number = *number * 10 + (size_t)(text.data[*at] - '0');
        }
        (*at)++;
    }
    if (*at == first || *at == text.len || text.data[*at] != '}') {
        return false;
    }
    (*at)++;
    return true;
}

static postern_status check_reference(size_t number, size_t pieces, size_t references,
                                      pst_replacement_problem *problem)
{
    if (number == 0) {
        return refuse(problem, POSTERN_INVALID, "references count from ${1}", NULL);
    }
    if (number > PST_REFERENCES_MAX) {
        return refuse(problem, POSTERN_LIMIT, "references go up to ${8}", NULL);
    }
    if (number > pieces) {
        return refuse(problem, POSTERN_INVALID,
                      "the replacement refers to more than the pattern has",
                      "${1} is what the first one took, from left to right");
    }
    if (references > PST_REFERENCES_MAX) {
        return refuse(problem, POSTERN_LIMIT, "a replacement has at most 8 references",
                      NULL);
    }
    return POSTERN_OK;
}

/* Looks at the whole text, so that cutting it cannot fail. */
static postern_status check(postern_str text, size_t pieces, size_t *references,
                            pst_replacement_problem *problem)
{
    size_t i = 0;

    *references = 0;
    while (i < text.len) {
        size_t number;
        postern_status status;
        problem->offset = i;
        problem->length = 1;
        if (text.data[i++] != '$') {
            continue;
        }
        if (i < text.len && text.data[i] == '$') {
            i++;
            continue;
        }
        if (i++ == text.len || text.data[i - 1] != '{' ||
            !read_reference(text, &i, &number)) {
            return refuse(problem, POSTERN_SYNTAX,
                          "a '$' in a replacement begins a reference",
                          "write ${1} for what the first one took, $$ for a dollar");
        }
        problem->length = i - problem->offset;
        status = check_reference(number, pieces, ++*references, problem);
        if (status != POSTERN_OK) {
            return status;
        }
    }
    return POSTERN_OK;
}

/* Writes what is no reference to `bytes`. */
static void cut(postern_str text, char *bytes, pst_replacement_part *parts)
{
    size_t start = 0;
    size_t len = 0;
    size_t i = 0;

    while (i < text.len) {
        size_t number;
        if (text.data[i] != '$' || text.data[i + 1] == '$') {
            bytes[len++] = text.data[i];
            i += text.data[i] == '$' ? 2 : 1;
            continue;
        }
        i += 2;
        (void)read_reference(text, &i, &number);
        *parts++ = (pst_replacement_part){
            {bytes + start, len - start},
            number
        };
        start = len;
    }
    *parts = (pst_replacement_part){
        {bytes + start, len - start},
        0
    };
}

postern_status pst_replacement_parse(pst_arena *arena, postern_str text, size_t pieces,
                                     pst_replacement *out,
                                     pst_replacement_problem *problem)
{
    size_t references;
    const postern_status status = check(text, pieces, &references, problem);
    pst_replacement_part *parts;
    char *bytes;

    if (status != POSTERN_OK) {
        return status;
    }
    problem->status = POSTERN_OK;
    parts = pst_arena_array(arena, references + 1, sizeof *parts);
    bytes = pst_arena_alloc_inline(arena, text.len);
    if (parts == NULL || bytes == NULL) {
        return arena->status;
    }
    cut(text, bytes, parts);
    *out = (pst_replacement){parts, references + 1};
    return POSTERN_OK;
}

static char *append(char *at, postern_str text)
{
    if (text.len > 0) {
        memcpy(at, text.data, text.len);
    }
    return at + text.len;
}

size_t pst_replacement_most(const pst_replacement *replacement)
{
    size_t most = 0;

    for (size_t i = 0; i < replacement->count; i++) {
        if (replacement->parts[i].reference > most) {
            most = replacement->parts[i].reference;
        }
    }
    return most;
}

/* Adds text.len to *len. @return false when it is too much */
static bool add_length(size_t *len, postern_str text)
{
    if (text.len > SIZE_MAX - *len) {
        return false;
    }
    *len += text.len;
    return true;
}

static bool measure(const pst_replacement *replacement, const postern_str *pieces,
                    postern_str before, postern_str behind, size_t *len)
{
    *len = before.len;
    for (size_t i = 0; i < replacement->count; i++) {
        const pst_replacement_part *part = &replacement->parts[i];
        if (!add_length(len, part->text) ||
            (part->reference > 0 && !add_length(len, pieces[part->reference - 1]))) {
            return false;
        }
    }
    return add_length(len, behind);
}

postern_status pst_replacement_write(pst_arena *arena,
                                     const pst_replacement *replacement,
                                     const postern_str *pieces, postern_str before,
                                     postern_str behind, postern_str *out)
{
    size_t len;
    char *at;

    if (!measure(replacement, pieces, before, behind, &len)) {
        return POSTERN_LIMIT;
    }
    at = pst_arena_alloc_inline(arena, len);
    if (at == NULL) {
        return arena->status;
    }
    *out = (postern_str){at, len};
    at = append(at, before);
    for (size_t i = 0; i < replacement->count; i++) {
        const pst_replacement_part *part = &replacement->parts[i];
        at = append(at, part->text);
        if (part->reference > 0) {
            at = append(at, pieces[part->reference - 1]);
        }
    }
    (void)append(at, behind);
    return POSTERN_OK;
}
