/*
 * test_sizes.c - values of all sizes: texts of up to 300 bytes, arrays of up to 40
 * elements, sets of up to 2,000 members, needles of up to 40 bytes, patterns of up to
 * four stars. The machine, which has a way of its own for many of them, says what the
 * tree walk says, which has not.
 *
 * POSTERN_EXPRESSIONS says how many (default below), POSTERN_SEED where to start.
 */
#include "../harness/harness.h"
#include "../reference/walk.h"

#include <postern/filter.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum {
    ROUNDS = 20,
    EXPRESSIONS = 50000,
    REQUESTS = 8,
    EXPRESSION_MAX = 1 << 20,
    TEXT_MAX = 300,
    NEEDLE_MAX = 40,
    ELEMENTS_MAX = 40,
    LITERALS = 64
};

typedef struct sizes {
    uint64_t state;
    unsigned long long seed;
    postern_scheme *scheme;
    postern_request *request;
    postern_field text, texts, number, numbers, address, addresses;
    char expression[EXPRESSION_MAX];
    size_t length;
    size_t letters; /* texts are made of so many: few make them alike */
    char literals[LITERALS][NEEDLE_MAX];
    size_t lengths[LITERALS];
    size_t literal_count;
    char memory[2 + ELEMENTS_MAX][TEXT_MAX];
    postern_value items[3][ELEMENTS_MAX];
    unsigned long long asked;
    unsigned long long yes;
} sizes;

static size_t pick(sizes *z, size_t bound)
{
    z->state ^= z->state << 13;
    z->state ^= z->state >> 7;
    z->state ^= z->state << 17;
    return (size_t)(z->state >> 11) % bound;
}

static bool chance(sizes *z, size_t in)
{
    return pick(z, in) == 0;
}

/* --- bytes ----------------------------------------------------------------------------- */

static size_t random_bytes(sizes *z, char *out, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        out[i] = z->letters == 256 ? (char)pick(z, 256)
                                   : "aAbBzZ09/-._~+=e"[pick(z, z->letters)];
    }
    return length;
}

/* A literal of the expression, as it is or nearly. */
static size_t like_a_literal(sizes *z, char *out)
{
    size_t which;
    size_t length;

    if (z->literal_count == 0) {
        return random_bytes(z, out, pick(z, NEEDLE_MAX));
    }
    which = pick(z, z->literal_count);
    length = z->lengths[which];
    memcpy(out, z->literals[which], NEEDLE_MAX);
    if (length > 0 && chance(z, 3)) {
        out[pick(z, length)] ^= chance(z, 2) ? 0x20 : 1;
    }
    if (length > 0 && chance(z, 8)) {
        length--;
    }
    return length;
}

static postern_str some_text(sizes *z, char *out)
{
    static const size_t rooms[] = {0, 0, 3, 16, 40, 220};
    size_t length = random_bytes(z, out, pick(z, rooms[pick(z, COUNT(rooms))] + 1));

    for (size_t pieces = pick(z, 4); pieces > 0 && length < TEXT_MAX - 80; pieces--) {
        length += like_a_literal(z, out + length);
        length += random_bytes(z, out + length, chance(z, 2) ? 0 : pick(z, 20));
    }
    return (postern_str){out, length};
}

static int64_t some_number(sizes *z)
{
    switch (pick(z, 4)) {
    case 0:
        return (int64_t)pick(z, 50);
    case 1:
        return (int64_t)pick(z, 5000) - 100;
    case 2:
        return (int64_t)(z->state >> pick(z, 64));
    default:
        return (int64_t)pick(z, 2000) * 1000;
    }
}

static postern_address some_address(sizes *z)
{
    const uint8_t high = (uint8_t)pick(z, 8);
    const uint8_t low = (uint8_t)pick(z, 256);

    if (chance(z, 3)) {
        return (postern_address){
            6, {0x20, 1, 0xd, 0xb8, [6] = high, [15] = low}
        };
    }
    return (postern_address){
        4, {10, (uint8_t)pick(z, 2), high, low}
    };
}

/* --- expressions ----------------------------------------------------------------------- */

static void put(sizes *z, const char *text)
{
    const size_t length = strlen(text);

    if (length > EXPRESSION_MAX - z->length) { /* Check's assertions cost more */
        ck_abort_msg("the expression is too long");
    }
    memcpy(z->expression + z->length, text, length);
    z->length += length;
}

static void put_quoted(sizes *z, const char *text, size_t length)
{
    char escape[8];

    if (z->length + 4 * length + 2 > EXPRESSION_MAX) {
        ck_abort_msg("the expression is too long");
    }
    z->expression[z->length++] = '"';
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
            z->expression[z->length++] = (char)c;
        } else {
            (void)snprintf(escape, sizeof escape, "\\x%02X", c);
            memcpy(z->expression + z->length, escape, 4);
            z->length += 4;
        }
    }
    z->expression[z->length++] = '"';
}

static void remember(sizes *z, const char *text, size_t length)
{
    const size_t at =
        z->literal_count < LITERALS ? z->literal_count++ : pick(z, LITERALS);

    memset(z->literals[at], 'a', NEEDLE_MAX);
    memcpy(z->literals[at], text, length);
    z->lengths[at] = length;
}

static void put_literal(sizes *z)
{
    char text[NEEDLE_MAX + 1];
    const size_t length =
        z->literal_count > 0 && chance(z, 4)
            ? like_a_literal(z, text)
            : random_bytes(z, text, pick(z, chance(z, 2) ? 6 : NEEDLE_MAX + 1));

    remember(z, text, length);
    put_quoted(z, text, length);
}

/* No two stars side by side; `\` would be an escape. */
static void put_pattern(sizes *z)
{
    char text[5 * 8 + 5];
    size_t length = 0;
    size_t stars = pick(z, 5);
    bool star = stars > 0 && chance(z, 2);

    for (size_t pieces = stars + 1; pieces > 0; pieces--) {
        const size_t start = length + star;
        if (star) {
            text[length++] = '*';
            stars--;
        }
        length += random_bytes(z, text + length, 1 + pick(z, 7));
        for (size_t i = start; i < length; i++) {
            text[i] = text[i] == '*' || text[i] == '\\' ? 'a' : text[i];
        }
        remember(z, text + start, length - start);
        star = stars > 0;
        if (!star) {
            break;
        }
    }
    put_quoted(z, text, length);
}

static size_t member_count(sizes *z)
{
    static const size_t most[] = {3, 8, 16, 40, 200};

    return chance(z, 40) ? pick(z, 2000) : 1 + pick(z, most[pick(z, COUNT(most))]);
}

static void put_number(sizes *z, int64_t number)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%" PRId64, number);
    put(z, text);
}

static void put_number_member(sizes *z)
{
    const int64_t first = some_number(z);

    put_number(z, first);
    if (chance(z, 4) && first < INT64_MAX - 2000) {
        put(z, "..");
        put_number(z, first + (int64_t)pick(z, chance(z, 4) ? 2000 : 5));
    }
}

static void put_address_member(sizes *z)
{
    postern_address first = some_address(z);
    char text[48];

    (void)postern_address_format(&first, text, sizeof text);
    put(z, text);
    if (chance(z, 3)) {
        const size_t last = first.family == 4 ? 3 : 15;
        first.bytes[last] =
            (uint8_t)(first.bytes[last] + pick(z, (size_t)(256 - first.bytes[last])));
        (void)postern_address_format(&first, text, sizeof text);
        put(z, "..");
        put(z, text);
    }
}

static void put_set(sizes *z, void (*member)(sizes *z))
{
    put(z, " in {");
    for (size_t i = member_count(z); i > 0; i--) {
        member(z);
        put(z, " ");
    }
    put(z, "}");
}

static void put_relation(sizes *z, const char *const *operators, size_t count)
{
    put(z, operators[pick(z, count)]);
}

static const char *const relations[] = {" eq ", " ne ", " lt ", " le ", " gt ", " ge "};

/* A test of the text that `term` stands for; behind it `rest` when it is a result. */
static void put_text_test(sizes *z, const char *term, bool mapped)
{
    const size_t way = pick(z, 9);

    if (way < 2) {
        put(z, way == 0 ? "starts_with(" : "ends_with(");
        put(z, term);
        put(z, ", ");
        put_literal(z);
        put(z, ")");
    } else if (way == 2) {
        put(z, "len(");
        put(z, term);
        put(z, mapped ? ")[*]" : ")");
        put_relation(z, relations, COUNT(relations));
        put_number(z, (int64_t)pick(z, 60));
    } else {
        put(z, term);
        if (way == 3) {
            put_set(z, put_literal);
        } else if (way == 4) {
            put_relation(z, relations, COUNT(relations));
            put_literal(z);
        } else if (way == 5 || way == 6) {
            put(z, way == 5 ? " wildcard " : " strict wildcard ");
            put_pattern(z);
        } else {
            put(z, " contains ");
            put_literal(z);
        }
    }
}

static void put_other_test(sizes *z, const char *number, const char *address)
{
    const bool of_number = chance(z, 2);

    put(z, of_number ? number : address);
    if (!chance(z, 3)) {
        put_set(z, of_number ? put_number_member : put_address_member);
        return;
    }
    put_relation(z, relations, COUNT(relations));
    if (of_number) {
        put_number(z, some_number(z));
    } else {
        const postern_address right = some_address(z);
        char text[48];
        (void)postern_address_format(&right, text, sizeof text);
        put(z, text);
    }
}

static void put_test(sizes *z)
{
    static const char *const terms[] = {"s",
                                        "s",
                                        "s",
                                        "lower(s)",
                                        "upper(s)",
                                        "concat(s, \"x\")",
                                        "many[0]",
                                        "many[3]",
                                        "lower(many[1])",
                                        "coalesce(s, many[0])"};
    static const char *const mapped[] = {"many[*]", "many[*]", "lower(many[*])[*]",
                                         "split(s, \"/\", 30)[*]"};

    switch (pick(z, 6)) {
    case 0:
        put_other_test(z, "n", "p");
        break;
    case 1:
        put(z, chance(z, 2) ? "any(" : "all(");
        put_other_test(z, "ns[*]", "ps[*]");
        put(z, ")");
        break;
    case 2:
    case 3:
        put(z, chance(z, 2) ? "any(" : "all(");
        put_text_test(z, mapped[pick(z, COUNT(mapped))], true);
        put(z, ")");
        break;
    default:
        put_text_test(z, terms[pick(z, COUNT(terms))], false);
        break;
    }
}

static void put_expression(sizes *z)
{
    static const char *const operators[] = {" and ", " or ", " xor "};
    static const size_t alphabets[] = {2, 4, 16, 16, 256};

    z->length = 0;
    z->literal_count = 0;
    z->letters = alphabets[pick(z, COUNT(alphabets))];
    put_test(z);
    while (chance(z, 3)) {
        put(z, operators[pick(z, COUNT(operators))]);
        put(z, chance(z, 4) ? "not " : "");
        put_test(z);
    }
}

/* --- requests -------------------------------------------------------------------------- */

static void set(sizes *z, postern_field field, postern_value value)
{
    if (postern_request_set(z->request, field, &value) != POSTERN_OK) {
        ck_abort_msg("a field is refused");
    }
}

static size_t element_count(sizes *z)
{
    return pick(z, chance(z, 2) ? 5 : ELEMENTS_MAX + 1);
}

static void set_array(sizes *z, postern_field field, size_t which, size_t count)
{
    static const postern_type types[] = {POSTERN_STRING, POSTERN_INT, POSTERN_IP};
    postern_value array = {.type = POSTERN_ARRAY_OF(types[which])};

    array.as.array.items = z->items[which];
    array.as.array.count = count;
    set(z, field, array);
}

static void fill(sizes *z)
{
    const size_t texts = element_count(z);
    const size_t numbers = element_count(z);
    const size_t addresses = element_count(z);

    postern_request_reset(z->request);
    for (size_t i = 0; i < texts; i++) {
        z->items[0][i] = (postern_value){.type = POSTERN_STRING,
                                         .as.string = some_text(z, z->memory[i])};
    }
    for (size_t i = 0; i < numbers; i++) {
        z->items[1][i] =
            (postern_value){.type = POSTERN_INT, .as.integer = some_number(z)};
    }
    for (size_t i = 0; i < addresses; i++) {
        z->items[2][i] =
            (postern_value){.type = POSTERN_IP, .as.address = some_address(z)};
    }
    if (!chance(z, 12)) {
        set(z, z->text,
            (postern_value){.type = POSTERN_STRING,
                            .as.string = some_text(z, z->memory[ELEMENTS_MAX])});
        set_array(z, z->texts, 0, texts);
        set(z, z->number,
            (postern_value){.type = POSTERN_INT, .as.integer = some_number(z)});
        set(z, z->address,
            (postern_value){.type = POSTERN_IP, .as.address = some_address(z)});
    }
    if (!chance(z, 12)) {
        set_array(z, z->numbers, 1, numbers);
        set_array(z, z->addresses, 2, addresses);
    }
}

/* --- the test -------------------------------------------------------------------------- */

static void open_sizes(sizes *z, unsigned long long seed)
{
    static const struct {
        const char *name;
        postern_type type;
    } fields[] = {
        {"s",    POSTERN_STRING                  },
        {"many", POSTERN_ARRAY_OF(POSTERN_STRING)},
        {"n",    POSTERN_INT                     },
        {"ns",   POSTERN_ARRAY_OF(POSTERN_INT)   },
        {"p",    POSTERN_IP                      },
        {"ps",   POSTERN_ARRAY_OF(POSTERN_IP)    },
    };
    postern_field *const out[] = {&z->text,    &z->texts,   &z->number,
                                  &z->numbers, &z->address, &z->addresses};
    const postern_options options = {.limits = {.expression_bytes = EXPRESSION_MAX}};

    z->seed = seed;
    z->state = seed * 2654435761U + 88172645463325252U;
    ck_assert_int_eq(postern_scheme_new(&options, &z->scheme), POSTERN_OK);
    for (size_t i = 0; i < COUNT(fields); i++) {
        ck_assert_int_eq(postern_scheme_add_field(z->scheme,
                                                  postern_text(fields[i].name),
                                                  fields[i].type, out[i]),
                         POSTERN_OK);
    }
    ck_assert_int_eq(postern_request_new_simulated(z->scheme, &z->request), POSTERN_OK);
}

static void give_up(const sizes *z, const char *what)
{
    ck_abort_msg("seed %llu: %s: %.*s", z->seed, what, (int)z->length, z->expression);
}

static void try_expression(sizes *z)
{
    postern_str text;
    postern_filter *filter;
    walk reference;

    put_expression(z);
    text = (postern_str){z->expression, z->length};
    if (postern_filter_compile(z->scheme, text, NULL, &filter, NULL) != POSTERN_OK ||
        !walk_open(&reference, z->scheme, text, NULL)) {
        give_up(z, "refused");
    }
    for (size_t i = 0; i < REQUESTS; i++) {
        bool machine;
        bool walked = false;
        fill(z);
        if (postern_filter_match(filter, z->request, &machine) != POSTERN_OK ||
            walk_evaluate(&reference, z->request, &walked) != POSTERN_OK) {
            give_up(z, "fault");
        }
        if (machine != walked) {
            give_up(z, walked ? "the machine says no" : "the machine says yes");
        }
        z->asked++;
        z->yes += walked;
    }
    walk_close(&reference);
    postern_filter_free(filter);
}

static unsigned long long number_from(const char *name, unsigned long long otherwise)
{
    const char *const text = getenv(name);

    return text == NULL || *text == '\0' ? otherwise : strtoull(text, NULL, 0);
}

START_TEST(machine_and_walk_agree_whatever_the_size)
{
    const unsigned long long count =
        number_from("POSTERN_EXPRESSIONS", EXPRESSIONS) / ROUNDS;
    sizes *const z = calloc(1, sizeof *z);

    ck_assert_ptr_nonnull(z);
    open_sizes(z, number_from("POSTERN_SEED", 1) + (unsigned long long)_i);
    for (unsigned long long i = 0; i < count; i++) {
        try_expression(z);
    }
    if (count >= 100) {
        ck_assert_uint_gt(z->yes, z->asked / 5);
        ck_assert_uint_lt(z->yes, z->asked - z->asked / 5);
    }
    postern_request_free(z->request);
    postern_scheme_free(z->scheme);
    free(z);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("sizes");
    TCase *tcase = tcase_create("sizes");

    tcase_set_timeout(tcase, 3600);
    tcase_add_loop_test(tcase, machine_and_walk_agree_whatever_the_size, 0, ROUNDS);
    suite_add_tcase(suite, tcase);
    return suite;
}
