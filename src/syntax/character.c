#include "syntax/character.h"

size_t pst_character_length(postern_str text, uint32_t *point)
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

bool pst_character_visible(uint32_t point)
{
    static const struct {
        uint32_t first;
        uint32_t last;
    } hidden[] = {
        {0x00,   0x1f  },
        {0x7f,   0xa0  }, /* C1 controls, no-break space */
        {0xad,   0xad  }, /* soft hyphen */
        {0x61c,  0x61c },
        {0x180e, 0x180e},
        {0x2000, 0x200f}, /* blanks of all widths, joiners, directions */
        {0x2028, 0x202f}, /* separators, directions */
        {0x205f, 0x206f},
        {0xfeff, 0xfeff}, /* byte order mark */
        {0xfff9, 0xfffb},
    };

    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
        if (point >= hidden[i].first && point <= hidden[i].last) {
            return false;
        }
    }
    return true;
}
