#include "syntax/hint.h"

const char *pst_hint_byte(postern_str text)
{
    switch (text.len == 0 ? '\0' : text.data[0]) {
    case '#':
    case '/':
        return "expressions have no comments; notes go into the rule's description";
    case '=':
        return "equality is written eq or ==";
    case '|':
    case '^':
        return "operators are doubled: || and ^^";
    default:
        return NULL;
    }
}

/* "write 'FIRST SECOND', with a blank" */
static void write_apart(pst_writer *hint, postern_str text, size_t at)
{
    enum { SHOWN = 40 };

    pst_write_text(hint, "write '");
    pst_write_printable(hint, pst_str_slice(text, 0, at < SHOWN ? at : SHOWN));
    pst_write_text(hint, " ");
    pst_write_printable(hint, pst_str_slice(text, at, at + SHOWN));
    pst_write_text(hint, "', with a blank");
}

bool pst_hint_word(postern_str word, pst_writer *hint)
{
    static const postern_str operators[] = {
        POSTERN_STR("eq"),  POSTERN_STR("ne"),  POSTERN_STR("lt"), POSTERN_STR("le"),
        POSTERN_STR("gt"),  POSTERN_STR("ge"),  POSTERN_STR("in"), POSTERN_STR("and"),
        POSTERN_STR("xor"), POSTERN_STR("not"), POSTERN_STR("or"),
    };

    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        const postern_str known = operators[i];
        if (pst_str_same_folded(word, known) && !pst_str_same(word, known)) {
            pst_write_text(hint, "operators are in lower case: ");
            pst_write_str(hint, known);
            return true;
        }
        if (pst_str_starts(word, known) && word.len > known.len &&
            pst_is_digit((unsigned char)word.data[known.len])) {
            write_apart(hint, word, known.len);
            return true;
        }
    }
    return false;
}

bool pst_hint_fused_number(postern_str number, pst_writer *hint)
{
    static const postern_str operators[] = {POSTERN_STR("and"), POSTERN_STR("xor"),
                                            POSTERN_STR("or")};

    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        const postern_str known = operators[i];
        const size_t at = number.len > known.len ? number.len - known.len : 0;
        if (at > 0 && pst_str_same(pst_str_slice(number, at, number.len), known)) {
            write_apart(hint, number, at);
            return true;
        }
    }
    return false;
}
