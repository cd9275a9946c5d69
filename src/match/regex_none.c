/*
 * match/regex_none.c - no regular expressions: what stands in for all of match/regex*.c
 * in a build with -Dregex=disabled.
 *
 * Every pattern is refused, so there is never one to be searched for.
 */
#include "match/regex.h"
#include "match/regex_literals.h"

postern_status pst_regex_compile(pst_arena *arena, pst_arena *scratch,
                                 postern_str pattern, pst_regex_use use,
                                 const pst_regex_limits *limits, const pst_regex **out,
                                 pst_regex_problem *problem)
{
    (void)arena;
    (void)scratch;
    (void)use;
    (void)limits;
    *out = NULL;
    *problem = (pst_regex_problem){
        .status = POSTERN_UNSUPPORTED,
        .length = pattern.len,
        .message = "this build has no regular expressions",
        .hint = "contains, wildcard, starts_with() and ends_with() often do the same; "
                "the library was built with -Dregex=disabled",
    };
    return problem->status;
}

bool pst_regex_match(const pst_regex *regex, postern_str text, pst_regex_memory *memory)
{
    (void)regex;
    (void)text;
    (void)memory;
    return false;
}

bool pst_regex_remembers(const pst_regex *regex)
{
    (void)regex;
    return false;
}

postern_status pst_regex_find(const pst_regex *regex, postern_str text,
                              pst_regex_memory *memory, size_t groups, size_t *places,
                              bool *found)
{
    (void)regex;
    (void)text;
    (void)memory;
    (void)groups;
    (void)places;
    *found = false;
    return POSTERN_OK;
}

uint32_t pst_regex_groups(const pst_regex *regex)
{
    (void)regex;
    return 0;
}

void pst_regex_describe(const pst_regex *regex, pst_regex_description *out)
{
    (void)regex;
    *out = (pst_regex_description){.engine = PST_REGEX_TABLE};
}

size_t pst_regex_literals(pst_arena *arena, const pst_arena *scratch,
                          postern_str pattern, size_t least, postern_str *texts,
                          size_t cap)
{
    (void)arena;
    (void)scratch;
    (void)pattern;
    (void)least;
    (void)texts;
    (void)cap;
    return 0;
}
