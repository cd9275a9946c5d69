#include "syntax/character.h"

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
