/*
 * test_builtin_plain.c - functions that look at several bytes at once give what looking
 * at one after the other gives.
 */
#include "call.h"

enum { LENGTHS = 70, ROUNDS = 200, DECODED = 40000 };

typedef struct dice {
    uint64_t state;
} dice;

static uint32_t throw_dice(dice *d, uint32_t below)
{
    d->state = d->state * UINT64_C(6364136223846793005) + 1442695040888963407U;
    return (uint32_t)(d->state >> 40) % below;
}

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static char upper(char c)
{
    return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

static void expect(pst_function_id id, postern_str text, const char *options,
                   postern_str wanted)
{
    call_row row = {.id = id};

    row.arguments[0].type = row.result.type = POSTERN_STRING;
    row.arguments[0].value.string = text;
    row.result.value.string = wanted;
    if (options != NULL) {
        row.arguments[1].type = POSTERN_STRING;
        row.arguments[1].value.string = postern_text(options);
    }
    call_holds(&row, NULL);
}

/* Few letters or many, so that texts are changed at any place, or nowhere. */
static char any_byte(dice *d, uint32_t kind)
{
    static const char edges[] = "@AZ[`az{\x7f\x80\xc1\xda\xe1\xfa\xff";

    switch (kind) {
    case 0:
        return (char)throw_dice(d, 256);
    case 1:
        return edges[throw_dice(d, sizeof edges)];
    case 2:
        return (char)('a' + (int)throw_dice(d, 26));
    default:
        return throw_dice(d, 20) == 0 ? 'Q' : (char)('0' + (int)throw_dice(d, 10));
    }
}

START_TEST(case_is_changed_as_byte_by_byte)
{
    const size_t len = (size_t)_i;
    dice d = {(uint64_t)_i};
    char text[LENGTHS];
    char low[LENGTHS];
    char high[LENGTHS];

    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < len; i++) {
            text[i] = any_byte(&d, round % 4);
            low[i] = lower(text[i]);
            high[i] = upper(text[i]);
        }
        expect(FN(LOWER), (postern_str){text, len}, NULL, (postern_str){low, len});
        expect(FN(UPPER), (postern_str){text, len}, NULL, (postern_str){high, len});
    }
}
END_TEST

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *const at = c == '\0' ? NULL : strchr(digits, lower(c));

    return at == NULL ? -1 : (int)(at - digits);
}

/* The plain way, without %uXXXX: the letter is not among the bytes below. */
static size_t decode(const char *text, size_t len, char *out)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++) {
        const bool escape = text[i] == '%' && i + 2 < len && digit(text[i + 1]) >= 0 &&
                            digit(text[i + 2]) >= 0;
        if (escape) {
            out[count++] = (char)(digit(text[i + 1]) * 16 + digit(text[i + 2]));
            i += 2;
        } else {
            out[count++] = (char)(text[i] == '+' ? ' ' : text[i]);
        }
    }
    return count;
}

START_TEST(escapes_are_decoded_as_one_after_the_other)
{
    static const char bytes[] = {'%', '%', '%', '+', '2',  'b',   'F',
                                 '0', 'a', 'g', ' ', '\0', '\xff'};
    dice d = {7};
    char text[24];
    char wanted[24];

    for (uint32_t round = 0; round < DECODED; round++) {
        const size_t len = throw_dice(&d, sizeof text + 1);
        for (size_t i = 0; i < len; i++) {
            text[i] = bytes[throw_dice(&d, sizeof bytes)];
        }
        expect(FN(URL_DECODE), (postern_str){text, len}, round % 2 == 0 ? NULL : "u",
               (postern_str){wanted, decode(text, len, wanted)});
    }
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("builtin plain");
    TCase *tcase = tcase_create("plain");

    tcase_add_loop_test(tcase, case_is_changed_as_byte_by_byte, 0, LENGTHS);
    tcase_add_test(tcase, escapes_are_decoded_as_one_after_the_other);
    suite_add_tcase(suite, tcase);
    return suite;
}
