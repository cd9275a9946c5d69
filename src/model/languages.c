/*
 * model/languages.c - Accept-Language (RFC 9110 12.5.4) as a list, the preferred
 * language first.
 *
 * Languages of one quality stay in the order they were sent. Left out are `*`, what the
 * client does not accept (q=0), and elements whose quality is malformed.
 */
#include "model/derive.h"
#include "model/pieces.h"
#include "support/hash.h"

typedef struct language {
    postern_str tag;
    int quality; /* 0 to 1000 */
} language;

/* 0 to 1 with up to three decimals that count, in thousandths; -1 when it is not. */
static int read_quality(postern_str text)
{
    int quality;
    int worth = 100;

    if (text.len == 0 || (text.data[0] != '0' && text.data[0] != '1') ||
        (text.len > 1 && text.data[1] != '.')) {
        return -1;
    }
    quality = (text.data[0] - '0') * 1000;
    for (size_t i = 2; i < text.len; i++) {
        if (!pst_is_digit((unsigned char)text.data[i])) {
            return -1;
        }
        quality += (text.data[i] - '0') * worth;
        worth /= 10;
    }
    return quality <= 1000 ? quality : -1;
}

/* Reads one element of the list. @return false when it is left out */
static bool read_language(postern_str element, language *out)
{
    postern_str piece;

    *out = (language){
        {NULL, 0},
        1000
    };
    if (pst_next_piece(&element, ';', &piece)) {
        out->tag = pst_trim(piece);
    }
    while (pst_next_piece(&element, ';', &piece)) {
        piece = pst_trim(piece);
        if (piece.len >= 2 && pst_lower((unsigned char)piece.data[0]) == 'q' &&
            piece.data[1] == '=') {
            out->quality = read_quality(pst_str_slice(piece, 2, piece.len));
        }
    }
    return out->quality > 0 && out->tag.len > 0 &&
           !(out->tag.len == 1 && out->tag.data[0] == '*');
}

/* Reads the lines; `out` may be NULL, to count. */
static size_t read_lines(const postern_request *request, language *out)
{
    static const postern_str name = POSTERN_STR("accept-language");
    const uint32_t hash = pst_hash_folded(name);
    size_t count = 0;

    for (const pst_header *header = pst_header_first(request, hash); header != NULL;
         header = pst_header_next(request, header)) {
        postern_str rest = header->value;
        postern_str element;
        if (!pst_header_is(request, header, name, hash)) {
            continue;
        }
        while (pst_next_piece(&rest, ',', &element)) {
            language found;
            if (!read_language(element, &found)) {
                continue;
            }
            if (out != NULL) {
                out[count] = found;
            }
            count++;
        }
    }
    return count;
}

static int by_quality(const void *items, uint32_t a, uint32_t b)
{
    const language *languages = items;

    return languages[b].quality - languages[a].quality;
}

postern_status pst_derive_languages(postern_request *request, pst_field_id field,
                                    pst_value *out)
{
    pst_arena *arena = &request->arena;
    const size_t count = read_lines(request, NULL);
    language *found = pst_arena_array(arena, count, sizeof *found);
    pst_value *items =
        found == NULL ? NULL : pst_arena_array(arena, count, sizeof *items);
    const uint32_t *sorted;

    (void)field;
    if (items == NULL) {
        return arena->status;
    }
    (void)read_lines(request, found);
    sorted = pst_sort(arena, found, count, by_quality);
    if (sorted == NULL) {
        return arena->status;
    }
    for (size_t i = 0; i < count; i++) {
        items[i].string = found[sorted[i]].tag;
    }
    out->array = (pst_array){items, count};
    return POSTERN_OK;
}
