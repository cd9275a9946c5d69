/*
 * model/cookies.c - the cookies of http.cookie.
 *
 * Pairs between `;` are name and value, parted by the first `=`; without one the value
 * is empty. Blanks around a pair and around a name go, an empty pair is none. Names are
 * URL-decoded as url_decode() does it (%XX, and + is a blank; a broken escape stays), so
 * that two spellings of a name are one cookie; values stay as they are.
 */
#include "model/derive.h"
#include "model/pieces.h"

/* The next pair that is not empty, without blanks around it. */
static bool next_pair(postern_str *rest, postern_str *pair)
{
    while (pst_next_piece(rest, ';', pair)) {
        *pair = pst_trim(*pair);
        if (pair->len > 0) {
            return true;
        }
    }
    return false;
}

/* The byte an escape at text[at] stands for, or -1. */
static int escaped_byte(postern_str text, size_t at)
{
    int high;
    int low;

    if (text.len - at < 3 || text.data[at] != '%') {
        return -1;
    }
    high = pst_hex_value((unsigned char)text.data[at + 1]);
    low = pst_hex_value((unsigned char)text.data[at + 2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static postern_status decode_name(pst_arena *arena, postern_str name, postern_str *out)
{
    char *copy;
    size_t len = 0;

    *out = name;
    if (pst_find_byte(name, '%') == name.len && pst_find_byte(name, '+') == name.len) {
        return POSTERN_OK;
    }
    copy = pst_arena_alloc_inline(arena, name.len);
    if (copy == NULL) {
        return arena->status;
    }
    for (size_t at = 0; at < name.len; at++) {
        const int byte = escaped_byte(name, at);
        if (byte >= 0) {
            copy[len++] = (char)byte;
            at += 2;
        } else {
            copy[len++] = (char)(name.data[at] == '+' ? ' ' : name.data[at]);
        }
    }
    *out = (postern_str){copy, len};
    return POSTERN_OK;
}

static postern_status add_pair(pst_arena *arena, postern_str pair, pst_pairs *pairs)
{
    const size_t len = pst_find_byte(pair, '=');
    postern_str name = {NULL, 0};
    const postern_status status =
        decode_name(arena, pst_trim(pst_str_slice(pair, 0, len)), &name);

    if (status == POSTERN_OK) {
        pst_pairs_add(pairs, name, pst_str_slice(pair, len + 1, pair.len));
    }
    return status;
}

postern_status pst_derive_cookies(postern_request *request, pst_field_id field,
                                  pst_value *out)
{
    pst_value whole;
    postern_str rest;
    postern_str pair;
    size_t count = 0;
    pst_pairs pairs;
    postern_status status = pst_request_value(request, PST_FIELD_COOKIE, &whole);

    (void)field;
    if (status != POSTERN_OK) {
        return status;
    }
    for (rest = whole.string; next_pair(&rest, &pair);) {
        count++;
    }
    status = pst_pairs_new(&request->arena, count, &pairs);
    for (rest = whole.string; status == POSTERN_OK && next_pair(&rest, &pair);) {
        status = add_pair(&request->arena, pair, &pairs);
    }
    return status == POSTERN_OK ? pst_group(&request->arena, &pairs, &out->map)
                                : status;
}
