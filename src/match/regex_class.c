/*
 * match/regex_class.c - what stands in brackets: ranges, classes of POSIX, classes in classes and
 * the operators between them.
 */
#include "match/regex_parser.h"

#include "support/text.h"

#include <string.h>

/* --- sets --------------------------------------------------------------------------- */

/* All letters are in one word, the small ones 32 bits above the capitals. */
void pst_byte_set_fold(pst_byte_set *set)
{
    const uint64_t capitals = ((UINT64_C(1) << 26) - 1) << ('A' - 64);
    uint64_t *const letters = &set->words[1];

    *letters |= (*letters & capitals) << 32 | (*letters >> 32 & capitals);
}

void pst_byte_set_negate(pst_byte_set *set)
{
    for (size_t i = 0; i < 4; i++) {
        set->words[i] = ~set->words[i];
    }
}

static void unite(pst_byte_set *set, const pst_byte_set *more)
{
    for (size_t i = 0; i < 4; i++) {
        set->words[i] |= more->words[i];
    }
}

bool pst_regex_posix_class(postern_str name, pst_byte_set *set)
{
    /* First and last byte of each range. */
    static const struct {
        const char *name;
        unsigned char ranges[4][2]; /* up to the first that ends in 0 */
    } classes[] = {
        {"alnum",  {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}            },
        {"alpha",  {{'A', 'Z'}, {'a', 'z'}}                        },
        {"ascii",  {{0x00, 0x7f}}                                  },
        {"blank",  {{'\t', '\t'}, {' ', ' '}}                      },
        {"cntrl",  {{0x00, 0x1f}, {0x7f, 0x7f}}                    },
        {"digit",  {{'0', '9'}}                                    },
        {"graph",  {{'!', '~'}}                                    },
        {"lower",  {{'a', 'z'}}                                    },
        {"print",  {{' ', '~'}}                                    },
        {"punct",  {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
        {"space",  {{'\t', '\r'}, {' ', ' '}}                      },
        {"upper",  {{'A', 'Z'}}                                    },
        {"word",   {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
        {"xdigit", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}            },
    };

    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if (!pst_str_same(name, postern_text(classes[i].name))) {
            continue;
        }
        for (size_t k = 0; k < 4 && classes[i].ranges[k][1] != 0; k++) {
            pst_byte_set_add(set, classes[i].ranges[k][0], classes[i].ranges[k][1]);
        }
        return true;
    }
    return false;
}

/* --- brackets in brackets ----------------------------------------------------------- */

typedef struct pst_regex_bracket {
    struct pst_regex_bracket *outer;
    size_t offset;  /* of the '[' */
    uint32_t depth; /* levels above its items */
    bool negated;
    char op;           /* between `left` and what is read; '\0': there is none */
    pst_byte_set left; /* the result of the operators so far */
    uint32_t left_height;
    /* Read since the last operator: */
    pst_byte_set items;
    uint32_t count;  /* two are enough */
    uint32_t height; /* of the highest */
} bracket;

typedef struct class_reader {
    pst_regex_parser *parser;
    bracket *top;
} class_reader;

static bool refuse_open(const class_reader *reader)
{
    return pst_regex_refuse(
        reader->parser, POSTERN_SYNTAX, (pst_regex_place){reader->top->offset, 1},
        "the class is not closed", "it ends in ]; a bracket itself is \\[");
}

static void add(bracket *to, const pst_byte_set *set, uint32_t height)
{
    unite(&to->items, set);
    to->count += to->count < 2;
    if (to->height < height) {
        to->height = height;
    }
}

static void add_byte(bracket *to, unsigned byte)
{
    pst_byte_set set = {{0}};

    pst_byte_set_add(&set, byte, byte);
    add(to, &set, 0);
}

/* Several '-', or else one ']', are themselves at the start. */
static void read_literal_start(class_reader *reader)
{
    pst_regex_parser *const parser = reader->parser;

    while (pst_regex_peek(parser, 0) == '-') {
        add_byte(reader->top, '-');
        parser->at++;
        pst_regex_skip_space(parser);
    }
    if (reader->top->count == 0 && pst_regex_peek(parser, 0) == ']') {
        add_byte(reader->top, ']');
        parser->at++;
        pst_regex_skip_space(parser);
    }
}

/* At the '['. */
static bool open_bracket(class_reader *reader, uint32_t depth)
{
    pst_regex_parser *const parser = reader->parser;
    bracket *opened = parser->spare;

    if (depth >= parser->nesting) {
        return pst_regex_refuse_depth(parser, (pst_regex_place){parser->at, 1});
    }
    if (opened != NULL) {
        parser->spare = opened->outer;
    } else {
        opened = pst_arena_alloc(parser->arena, sizeof *opened);
        if (opened == NULL) {
            return pst_regex_starve(parser);
        }
    }
    *opened = (bracket){.outer = reader->top, .offset = parser->at, .depth = depth + 1};
    reader->top = opened;
    parser->at++;
    pst_regex_skip_space(parser);
    if (pst_regex_peek(parser, 0) == '^') {
        opened->negated = true;
        parser->at++;
        pst_regex_skip_space(parser);
    }
    read_literal_start(reader);
    return true;
}

/* Ends the items behind the last operator, and does it. */
static void operate(bracket *at, bool fold)
{
    const uint32_t height = at->height + (at->count >= 2);

    if (fold) {
        pst_byte_set_fold(&at->items);
    }
    for (size_t i = 0; i < 4; i++) {
        uint64_t *const left = &at->left.words[i];

        switch (at->op) {
        case '&':
            *left &= at->items.words[i];
            break;
        case '-':
            *left &= ~at->items.words[i];
            break;
        case '~':
            *left ^= at->items.words[i];
            break;
        default:
            *left = at->items.words[i];
            break;
        }
    }
    if (at->op == '\0') {
        at->left_height = height;
    } else {
        at->left_height = 1 + (at->left_height > height ? at->left_height : height);
    }
    at->items = (pst_byte_set){{0}};
    at->count = 0;
    at->height = 0;
}

/* At the ']': the bytes and levels of the class go to the outer one, or to the caller. */
static uint32_t close_bracket(class_reader *reader, pst_byte_set *out)
{
    pst_regex_parser *const parser = reader->parser;
    bracket *const closed = reader->top;
    uint32_t height;

    operate(closed, (parser->flags & PST_REGEX_FOLD) != 0);
    if (closed->negated) {
        pst_byte_set_negate(&closed->left);
    }
    *out = closed->left;
    height = closed->left_height + 1;
    reader->top = closed->outer;
    closed->outer = parser->spare;
    parser->spare = closed;
    parser->at++;
    return height;
}

/* --- items -------------------------------------------------------------------------- */

/* [:alpha:], as a whole, or nothing: then it is a bracket like any other. */
static bool read_posix(class_reader *reader)
{
    pst_regex_parser *const parser = reader->parser;
    const postern_str pattern = parser->pattern;
    const bool negated = pst_regex_peek(parser, 2) == '^';
    const size_t start = parser->at + (negated ? 3 : 2);
    size_t end = start;
    pst_byte_set set = {{0}};

    if (pst_regex_peek(parser, 1) != ':') {
        return false;
    }
    while (end < pattern.len && pst_is_letter((unsigned char)pattern.data[end]) &&
           end - start < sizeof "xdigit") {
        end++;
    }
    if (pattern.len - end < 2 || pattern.data[end] != ':' ||
        pattern.data[end + 1] != ']' ||
        !pst_regex_posix_class(pst_str_slice(pattern, start, end), &set)) {
        return false;
    }
    if ((parser->flags & PST_REGEX_FOLD) != 0) {
        pst_byte_set_fold(&set);
    }
    if (negated) {
        pst_byte_set_negate(&set);
    }
    add(reader->top, &set, 0);
    parser->at = end + 2;
    return true;
}

/* A character or an escape. */
static bool read_atom(pst_regex_parser *parser, pst_regex_atom *out)
{
    if (pst_regex_peek(parser, 0) == '\\') {
        return pst_regex_read_escape(parser, out);
    }
    out->place = pst_regex_here(parser);
    parser->at += out->place.length;
    out->kind = PST_REGEX_CHARACTER;
    /* Beyond ASCII nobody asks which one it is. */
    out->code = out->place.length > 1
                    ? 0x80
                    : (unsigned char)parser->pattern.data[out->place.offset];
    return true;
}

static bool refuse_assertion(pst_regex_parser *parser, const pst_regex_atom *atom)
{
    const char letter = parser->pattern.data[atom->place.offset + 1];

    return pst_regex_refuse_quoting(
        parser, POSTERN_SYNTAX, atom->place, "a class cannot hold",
        letter == 'b'   ? "a backspace is \\x08; the edge of a word stands outside"
        : letter == '<' ? "the sign itself needs no backslash"
        : letter == '>' ? "the sign itself needs no backslash"
                        : "it stands for a place and not for a byte");
}

static bool take_byte(pst_regex_parser *parser, const pst_regex_atom *atom,
                      unsigned *byte)
{
    if (atom->kind == PST_REGEX_PLACE) {
        return refuse_assertion(parser, atom);
    }
    if (atom->kind == PST_REGEX_CHARACTER && atom->code >= 0x80) {
        return pst_regex_refuse(parser, POSTERN_UNSUPPORTED, atom->place,
                                "a class holds bytes, not characters beyond ASCII",
                                "write (?:...|...) with a character each; a byte is "
                                "\\xFF");
    }
    *byte = atom->code;
    return true;
}

/* One end of a range. */
static bool take_end(pst_regex_parser *parser, const pst_regex_atom *atom,
                     unsigned *byte)
{
    if (atom->kind == PST_REGEX_BYTES) {
        return pst_regex_refuse_quoting(parser, POSTERN_SYNTAX, atom->place,
                                        "an end of a range cannot be",
                                        "a hyphen itself is \\-");
    }
    return take_byte(parser, atom, byte);
}

static bool read_range(class_reader *reader, const pst_regex_atom *from)
{
    pst_regex_parser *const parser = reader->parser;
    pst_byte_set set = {{0}};
    pst_regex_atom to;
    pst_regex_place place;
    unsigned first = 0;
    unsigned last = 0;

    if (parser->at == parser->pattern.len) {
        return refuse_open(reader);
    }
    if (!read_atom(parser, &to) || !take_end(parser, from, &first) ||
        !take_end(parser, &to, &last)) {
        return false;
    }
    place = (pst_regex_place){from->place.offset,
                              to.place.offset + to.place.length - from->place.offset};
    if (first > last) {
        return pst_regex_refuse_quoting(
            parser, POSTERN_SYNTAX, place,
            "the range goes backwards:", "a hyphen itself is \\-");
    }
    pst_byte_set_add(&set, first, last);
    add(reader->top, &set, 0);
    return true;
}

static bool read_item(class_reader *reader)
{
    pst_regex_parser *const parser = reader->parser;
    pst_regex_atom atom;
    unsigned byte = 0;

    if (!read_atom(parser, &atom)) {
        return false;
    }
    pst_regex_skip_space(parser);
    if (pst_regex_peek(parser, 0) == '-') {
        const int next = pst_regex_peek_behind_space(parser);

        if (next != ']' && next != '-') {
            parser->at++;
            pst_regex_skip_space(parser);
            return read_range(reader, &atom);
        }
    }
    if (atom.kind == PST_REGEX_BYTES) {
        add(reader->top, &atom.set, 0);
        return true;
    }
    if (!take_byte(parser, &atom, &byte)) {
        return false;
    }
    add_byte(reader->top, byte);
    return true;
}

static bool read_next(class_reader *reader, int next)
{
    pst_regex_parser *const parser = reader->parser;

    if (next == '[') {
        return read_posix(reader) ||
               open_bracket(reader, reader->top->depth + (reader->top->count > 0) +
                                        (reader->top->op != '\0'));
    }
    if ((next == '&' || next == '-' || next == '~') &&
        pst_regex_peek(parser, 1) == next) {
        operate(reader->top, (parser->flags & PST_REGEX_FOLD) != 0);
        reader->top->op = (char)next;
        parser->at += 2;
        return true;
    }
    return read_item(reader);
}

uint32_t pst_regex_read_class(pst_regex_parser *parser, uint32_t depth,
                              pst_byte_set *out)
{
    class_reader reader = {parser, NULL};
    uint32_t height = 0;

    if (!open_bracket(&reader, depth)) {
        return 0;
    }
    while (reader.top != NULL) {
        int next;

        pst_regex_skip_space(parser);
        next = pst_regex_peek(parser, 0);
        if (next == -1) {
            refuse_open(&reader);
            return 0;
        }
        if (next == ']') {
            height = close_bracket(&reader, out);
            if (reader.top != NULL) {
                add(reader.top, out, height);
            }
        } else if (!read_next(&reader, next)) {
            return 0;
        }
    }
    return height;
}
