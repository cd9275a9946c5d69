/*
 * tests/property/regexes.h - regular expressions whose answer is plain: pieces of text
 * behind each other, one of two, a class.
 */
#ifndef PROPERTY_REGEXES_H
#define PROPERTY_REGEXES_H

#include "generator.h"

typedef enum regex_form {
    REGEX_PIECE,  /* a */
    REGEX_TWICE,  /* (?:a){2}: `a` is doubled already */
    REGEX_BEHIND, /* a.*b */
    REGEX_EITHER, /* a|b */
    REGEX_CLASS,  /* [x-y] */
    REGEX_FORMS
} regex_form;

enum { REGEX_PIECE_MAX = 48, REGEX_PATTERN_MAX = 640 };

typedef struct regex_case {
    regex_form form;
    bool fold;
    bool from_start;
    bool to_end;
    postern_str a;
    postern_str b;
    unsigned char first; /* of CLASS */
    unsigned char last;
    char doubled[2 * REGEX_PIECE_MAX];
} regex_case;

/** A pattern that `text` is likely to match; borrows from it.
 *  @param pattern REGEX_PATTERN_MAX bytes; receives how it is written
 *  @return its length */
size_t regex_choose(generator *g, postern_str text, regex_case *out, char *pattern);

bool regex_holds(const regex_case *regex, postern_str text);

#endif
