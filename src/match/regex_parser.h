/*
 * match/regex_parser.h - what the files of the parser of regular expressions share: the
 * place in the pattern, the flags in force, and how a problem is told.
 *
 * regex_parse.c puts groups, alternatives and repeats together. regex_group.c reads what
 * stands behind a parenthesis, regex_class.c what is in brackets, regex_escape.c what
 * stands behind a backslash, regex_repeat.c what is in braces; regex_cursor.c steps over
 * characters, regex_node.c makes nodes. Nobody else includes this.
 */
#ifndef PST_MATCH_REGEX_PARSER_H
#define PST_MATCH_REGEX_PARSER_H

#include "match/regex_tree.h"
#include "support/utf8.h"

typedef enum pst_regex_flag {
    PST_REGEX_FOLD = 1,      /* i: letters of either case */
    PST_REGEX_LINES = 2,     /* m: ^ and $ know lines */
    PST_REGEX_DOT_ALL = 4,   /* s: . is a newline, too */
    PST_REGEX_SWAP_LAZY = 8, /* U: x* is lazy and x*? is not */
    PST_REGEX_VERBOSE = 16   /* x: white space and # comments do not count */
} pst_regex_flag;

struct pst_regex_letter;
struct pst_regex_bracket;

typedef struct pst_regex_parser {
    pst_arena *arena;
    postern_str pattern; /* UTF-8 */
    size_t at;
    unsigned flags;                  /* of pst_regex_flag */
    uint32_t nesting;                /* the limit */
    uint32_t nodes;                  /* made so far */
    struct pst_regex_letter *names;  /* of groups: a tree of letters */
    struct pst_regex_bracket *spare; /* no longer used by a class */
    pst_regex_problem *problem;
    postern_status status; /* why reading failed */
} pst_regex_parser;

/* Every function that returns a bool returns false when parser->status says why. */

/** A piece of the pattern. */
typedef struct pst_regex_place {
    size_t offset;
    size_t length;
} pst_regex_place;

/* --- regex_cursor.c: characters ----------------------------------------------------- */

/** The byte `ahead` of the current one, or -1 behind the end. */
static inline int pst_regex_peek(const pst_regex_parser *parser, size_t ahead)
{
    return ahead < parser->pattern.len - parser->at
               ? (unsigned char)parser->pattern.data[parser->at + ahead]
               : -1;
}

/** From `offset` to the current place. */
static inline pst_regex_place pst_regex_since(const pst_regex_parser *parser,
                                              size_t offset)
{
    return (pst_regex_place){offset, parser->at - offset};
}

/** The place of the current character. */
pst_regex_place pst_regex_here(const pst_regex_parser *parser);

/** Steps over Unicode white space, whatever the flags. */
PST_COLD void pst_regex_skip_blanks(pst_regex_parser *parser);

/** Steps over white space and comments if the flags want that. */
PST_COLD void pst_regex_skip_space(pst_regex_parser *parser);

/** The byte behind the current one and behind white space and comments. */
PST_COLD int pst_regex_peek_behind_space(const pst_regex_parser *parser);

/** Tells what is wrong. `message` and `hint` are constants. @return false */
PST_COLD bool pst_regex_refuse(pst_regex_parser *parser, postern_status status,
                               pst_regex_place place, const char *message,
                               const char *hint);

/** The same; what stands at the place is quoted behind `before`. */
PST_COLD bool pst_regex_refuse_quoting(pst_regex_parser *parser, postern_status status,
                                       pst_regex_place place, const char *before,
                                       const char *hint);

/** Tells that a limit is passed: `before` amount `between` limit. */
PST_COLD bool pst_regex_refuse_amount(pst_regex_parser *parser, pst_regex_place place,
                                      const char *before, uint64_t amount,
                                      const char *between, uint64_t limit);

/** Tells that the limit of nesting is passed. */
PST_COLD bool pst_regex_refuse_depth(pst_regex_parser *parser, pst_regex_place place);

/** Remembers that the arena failed. @return false */
PST_COLD bool pst_regex_starve(pst_regex_parser *parser);

/* --- regex_escape.c ----------------------------------------------------------------- */

typedef enum pst_regex_atom_kind {
    PST_REGEX_CHARACTER, /* `code`, as UTF-8 */
    PST_REGEX_BYTE,      /* `code`, below 256 */
    PST_REGEX_BYTES,     /* `set` */
    PST_REGEX_PLACE      /* `assertion` */
} pst_regex_atom_kind;

typedef struct pst_regex_atom {
    pst_regex_atom_kind kind;
    pst_regex_assertion assertion;
    uint32_t code;
    pst_byte_set set;
    pst_regex_place place;
} pst_regex_atom;

/** Reads an escape, in or outside of a class; the current byte is its backslash. */
PST_COLD bool pst_regex_read_escape(pst_regex_parser *parser, pst_regex_atom *out);

/* --- regex_class.c ------------------------------------------------------------------ */

/** Adds the bytes of the POSIX class `name`. @return false when there is none */
PST_COLD bool pst_regex_posix_class(postern_str name, pst_byte_set *set);

/** Adds the other case of each ASCII letter. */
PST_COLD void pst_byte_set_fold(pst_byte_set *set);

PST_COLD void pst_byte_set_negate(pst_byte_set *set);

/**
 * Reads a bracket class; the current byte is its '['.
 *
 * @param depth levels above
 * @param out   its bytes
 * @return its own levels, or 0 on failure
 */
PST_COLD uint32_t pst_regex_read_class(pst_regex_parser *parser, uint32_t depth,
                                       pst_byte_set *out);

/* --- regex_repeat.c ----------------------------------------------------------------- */

typedef struct pst_regex_count {
    uint32_t least;
    uint32_t most; /* unless endless */
    bool endless;
} pst_regex_count;

/** Reads how often; the current byte is one of * + ? { and a question mark behind is left
 *  to the caller. */
PST_COLD bool pst_regex_read_count(pst_regex_parser *parser, pst_regex_count *out);

/* --- regex_group.c ------------------------------------------------------------------ */

typedef enum pst_regex_opening {
    PST_REGEX_OPENS_NOTHING, /* failure */
    PST_REGEX_OPENS_CAPTURE, /* a group that captures */
    PST_REGEX_OPENS_GROUP,   /* one that does not */
    PST_REGEX_SETS_FLAGS     /* no group: (?i) */
} pst_regex_opening;

/** Reads the start of a group; the current byte is its '('. The flags of what follows go
 *  to parser->flags. */
PST_COLD pst_regex_opening pst_regex_read_opening(pst_regex_parser *parser);

/* --- regex_node.c ------------------------------------------------------------------- */

typedef struct pst_regex_nodes {
    pst_regex_node *first;
    pst_regex_node *last;
    size_t count; /* right as long as it is 0 or 1; then two or more */
} pst_regex_nodes;

/** What is known of items behind each other, or of alternatives. */
typedef struct pst_regex_totals {
    uint64_t size;   /* the sum */
    uint32_t height; /* of the highest */
    bool nullable;
    bool hollow;
} pst_regex_totals;

static inline uint64_t pst_regex_sum(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static inline uint64_t pst_regex_product(uint64_t a, uint64_t b)
{
    return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

/* Those that make a node return NULL when parser->status says why. */

PST_COLD pst_regex_node *pst_regex_make_node(pst_regex_parser *parser,
                                             pst_regex_kind kind);

PST_COLD pst_regex_node *pst_regex_make_assertion(pst_regex_parser *parser,
                                                  pst_regex_assertion assertion);

/** What '.' means now. */
PST_COLD pst_regex_node *pst_regex_make_any(pst_regex_parser *parser);

/** Several bytes that are one item, as the flags want their case. */
PST_COLD pst_regex_node *pst_regex_make_bytes(pst_regex_parser *parser,
                                              const unsigned char *bytes, size_t count);

/** `item` as often as `count` says; that may be the item itself, or nothing. */
PST_COLD pst_regex_node *pst_regex_make_repeat(pst_regex_parser *parser,
                                               pst_regex_node *item,
                                               pst_regex_count count, bool lazy);

/** The first of `sets`, with the bytes of all. */
PST_COLD pst_regex_node *pst_regex_merge_sets(const pst_regex_nodes *sets);

/** `parent` (which may be NULL), with children and what is known of them. */
PST_COLD pst_regex_node *pst_regex_adopt(pst_regex_node *parent,
                                         const pst_regex_nodes *children,
                                         const pst_regex_totals *facts);

PST_COLD void pst_regex_append(pst_regex_nodes *list, pst_regex_node *node);

/** The children of a sequence become items of the sequence it stands in. */
PST_COLD void pst_regex_append_children(pst_regex_nodes *list, pst_regex_node *concat);

/** Adds size and height. */
PST_COLD void pst_regex_include(pst_regex_totals *all, const pst_regex_node *one);

#endif
