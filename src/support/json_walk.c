#include "support/json_walk.h"

#include "support/text.h"
#include "support/utf8.h"

#include <assert.h>

pst_json_walk pst_json_walk_node(postern_str text, const postern_json_node *node)
{
    assert(node->offset <= text.len && node->length <= text.len - node->offset);
    return (pst_json_walk){.text = text.data,
                           .at = node->offset,
                           .end = (size_t)node->offset + node->length,
                           .escaped = node->escaped};
}

pst_json_walk pst_json_walk_plain(postern_str text)
{
    return (pst_json_walk){.text = text.data, .end = text.len};
}

static uint32_t four_digits(const char *at)
{
    uint32_t code = 0;

    for (size_t i = 0; i < 4; i++) {
        code = code << 4 | (uint32_t)pst_hex_value((unsigned char)at[i]);
    }
    return code;
}

static void put_utf8(pst_json_walk *walk, uint32_t code)
{
    walk->count = (unsigned char)pst_utf8_write(code, walk->bytes);
    walk->left = walk->count;
}

static void unescape(pst_json_walk *walk)
{
    static const char letters[] = "bfnrt";
    static const char meanings[] = "\b\f\n\r\t";
    const char *escape = walk->text + walk->at;
    const char *letter;
    uint32_t code;

    if (escape[1] != 'u') {
        letter = memchr(letters, escape[1], sizeof letters - 1);
        put_utf8(walk, (unsigned char)(letter != NULL ? meanings[letter - letters]
                                                      : escape[1]));
        walk->at += 2;
        return;
    }
    code = four_digits(escape + 2);
    walk->at += 6;
    if (code >= 0xd800 && code <= 0xdbff) { /* the lexer saw its other half */
        code = 0x10000 + ((code - 0xd800) << 10) + (four_digits(escape + 8) - 0xdc00);
        walk->at += 6;
    }
    put_utf8(walk, code);
}

int pst_json_walk_next(pst_json_walk *walk)
{
    if (walk->left == 0) {
        walk->origin = walk->at;
        if (walk->at == walk->end) {
            return -1;
        }
        if (!walk->escaped || walk->text[walk->at] != '\\') {
            return (unsigned char)walk->text[walk->at++];
        }
        unescape(walk);
    }
    return walk->bytes[walk->count - walk->left--];
}

int pst_json_walk_order(pst_json_walk a, pst_json_walk b)
{
    int left;
    int right;

    if (!a.escaped && !b.escaped) {
        return pst_str_order(pst_str_slice((postern_str){a.text, a.end}, a.at, a.end),
                             pst_str_slice((postern_str){b.text, b.end}, b.at, b.end));
    }
    do {
        left = pst_json_walk_next(&a);
        right = pst_json_walk_next(&b);
    } while (left == right && left >= 0);
    return (left > right) - (left < right);
}

uint32_t pst_json_walk_hash(pst_json_walk walk)
{
    uint32_t hash = 2166136261U;

    for (int byte = pst_json_walk_next(&walk); byte >= 0;
         byte = pst_json_walk_next(&walk)) {
        hash = (hash ^ (uint32_t)byte) * 16777619U;
    }
    return hash;
}
