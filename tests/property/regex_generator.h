/*
 * tests/property/regex_generator.h - random regular expressions, what they mean, and
 * texts that resemble what they match.
 *
 * A pattern is drawn as a tree and spelled in one of its many ways at the same time: the
 * tree is the generator's own opinion of the spelling, made without the parser.
 */
#ifndef PROPERTY_REGEX_GENERATOR_H
#define PROPERTY_REGEX_GENERATOR_H

#include "match/regex_tree.h"

enum {
    REGEX_PATTERN_MAX = 4096,
    REGEX_NODES_MAX = 1024,
    REGEX_SUBJECT_MAX = 6000,
};

/** What the patterns are to be. */
typedef enum regex_dialect {
    REGEX_FULL,   /* all that match/regex_tree.h says */
    REGEX_COMMON, /* what means the same to RE2 */
    REGEX_UNCASED /* as the first, but nothing says whether case matters */
} regex_dialect;

typedef struct regex_generator {
    uint64_t state;
    regex_dialect dialect;

    /* the pattern */
    char text[REGEX_PATTERN_MAX];
    size_t length;
    pst_regex_node nodes[REGEX_NODES_MAX];
    size_t count;
    const pst_regex_node *root;
    uint32_t groups;
    size_t distance; /* of an explosion's a and b; otherwise 0 */
    bool spaced;     /* blanks and newlines may be between them */

    /* while it is being drawn */
    unsigned flags;  /* in force */
    unsigned depth;  /* groups around */
    size_t pieces;   /* that may still be added */
    uint64_t copies; /* repeats around, multiplied */

    /* the subject */
    char subject[REGEX_SUBJECT_MAX];
    size_t subject_length;
} regex_generator;

void regex_generator_init(regex_generator *g, regex_dialect dialect,
                          unsigned long long seed);

/** From 0 to bound - 1. */
size_t regex_pick(regex_generator *g, size_t bound);

/** True once in so many times. */
bool regex_chance(regex_generator *g, size_t in);

/** Draws a pattern: text, nodes and root. */
void regex_generate(regex_generator *g);

/** Draws a pattern whose DFA is large. */
void regex_generate_explosion(regex_generator *g);

/** Draws a subject for the pattern: one of its own texts, one that is damaged, or
 *  something unrelated; with more around it. */
void regex_generate_subject(regex_generator *g);

/** Bytes of the shortest text that it may match; some assertion may object. */
size_t regex_shortest(const pst_regex_node *node);

/** Spells `root` in one plain way. @return the length, or 0 when there is no room */
size_t regex_spell(const pst_regex_node *root, char *out, size_t cap);

/** Turns around what the tree under `node` matches: children and assertions. */
void regex_reverse(pst_regex_node *node);

/* --- between the generator's files ---------------------------------------------------- */

enum {
    REGEX_FLAG_I = 1,
    REGEX_FLAG_M = 2,
    REGEX_FLAG_S = 4,
    REGEX_FLAG_U = 8,
    REGEX_FLAG_X = 16,
};

void regex_write(regex_generator *g, const char *text);
void regex_write_byte(regex_generator *g, unsigned byte);
pst_regex_node *regex_node(regex_generator *g, pst_regex_kind kind);

/** In x mode, perhaps white space or a comment. */
void regex_write_gap(regex_generator *g);

/** A byte, as texts and patterns like them. */
unsigned regex_byte(regex_generator *g);

/** One byte or a set of bytes, spelled somehow. */
pst_regex_node *regex_set(regex_generator *g);

/** The bytes, and under (?i) those of the other case. */
void regex_fold(const regex_generator *g, pst_byte_set *set);

#endif
