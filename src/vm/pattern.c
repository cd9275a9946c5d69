/*
 * vm/pattern.c - what the regular expressions of a program cost, for people.
 */
#include "vm/program.h"

const char *postern_regex_engine_text(postern_regex_engine engine)
{
    switch (engine) {
    case POSTERN_REGEX_TABLE:
        return "table";
    case POSTERN_REGEX_LAZY:
        return "lazy";
    case POSTERN_REGEX_BITS:
        return "bits";
    }
    return "unknown";
}

static postern_regex_engine engine_of(pst_regex_engine engine)
{
    switch (engine) {
    case PST_REGEX_TABLE:
        return POSTERN_REGEX_TABLE;
    case PST_REGEX_LAZY:
        return POSTERN_REGEX_LAZY;
    case PST_REGEX_BITS:
        break;
    }
    return POSTERN_REGEX_BITS;
}

postern_regex_info pst_pattern_info(pst_pattern pattern)
{
    pst_regex_description cost;

    pst_regex_describe(pattern.regex, &cost);
    return (postern_regex_info){
        .pattern = *pattern.text,
        .engine = engine_of(cost.engine),
        .states = cost.states,
        .positions = cost.positions,
        .steps_per_byte = cost.steps_per_byte,
        .bytes = cost.bytes,
        .required = cost.required,
    };
}

bool pst_program_pattern(const pst_program *program, size_t index,
                         postern_regex_info *out)
{
    if (index >= program->pattern_count) {
        return false;
    }
    *out = pst_pattern_info(program->patterns[index]);
    return true;
}
