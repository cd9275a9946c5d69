#include "support/utf8.h"

size_t pst_utf8_read(postern_str text, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *const at = (const unsigned char *)text.data;
    const size_t len = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    uint32_t code = len == 1 ? at[0] : at[0] & (0x7fU >> len);

    if (len > text.len || (at[0] & 0xc0U) == 0x80 || at[0] > 0xf4) {
        return 0;
    }
    for (size_t i = 1; i < len; i++) {
        if ((at[i] & 0xc0U) != 0x80) {
            return 0;
        }
        code = code << 6 | (at[i] & 0x3fU);
    }
    if (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
        return 0;
    }
    if (point != NULL) {
        *point = code;
    }
    return len;
}

size_t pst_utf8_write(uint32_t point, unsigned char *out)
{
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    const size_t count = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;

    for (size_t i = count - 1; i > 0; i--) {
        out[i] = (unsigned char)(0x80U | (point & 0x3fU));
        point >>= 6;
    }
    out[0] = (unsigned char)(leads[count] | point);
    return count;
}
