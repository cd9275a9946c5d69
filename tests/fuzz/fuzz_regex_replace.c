/*
 * fuzz_regex_replace.c - regex_replace() puts in what pst_regex_find() tells, and touches
 * nothing else.
 *
 * The first two line ends cut the input into pattern, replacement and text.
 */
#include "builtin/builtin.h"
#include "support/alloc.h"
#include "support/text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

enum { MEMORY = 1 << 26, STARS = 16, GROUPS = 64, REFERENCES = 8 };

/* As options have them by default, but for the size of a program. */
static const pst_regex_limits limits = {4096, 250, 64 << 10, 512};

typedef struct subject {
    pst_arena *arena;
    pst_regex_memory memory;
    postern_str pattern;
    postern_str replacement;
    postern_str text;
} subject;

static const pst_regex *compile(const subject *s, postern_str pattern)
{
    pst_regex_problem problem = {.status = POSTERN_OK};
    const pst_regex *regex = NULL;
    pst_arena scratch;
    postern_status status;

    pst_arena_init(&scratch, pst_alloc_or_default(NULL), MEMORY);
    status = pst_regex_compile(s->arena, &scratch, pattern, PST_REGEX_CAPTURE, &limits,
                               &regex, &problem);
    pst_arena_free(&scratch);
    require(status == problem.status);
    require(status == POSTERN_OK || problem.message[0] != '\0');
    require(problem.status == POSTERN_OK ||
            (problem.offset <= pattern.len &&
             problem.length <= pattern.len - problem.offset));
    return status == POSTERN_OK ? regex : NULL;
}

/* The call as the compiler and the machine make it. @return false when its literals are
 * refused */
static bool call(subject *s, const pst_regex *regex, postern_str replacement,
                 postern_str *out)
{
    static const postern_type types[] = {POSTERN_STRING, POSTERN_STRING,
                                         POSTERN_STRING};
    static const bool present[] = {true, true, true};
    const pst_function *const function = pst_function_at(PST_FUNCTION_REGEX_REPLACE);
    const pst_value values[] = {
        {.string = s->text}, {.string = s->pattern}, {.string = replacement}};
    const pst_argument known[] = {
        {.type = POSTERN_STRING},
        { POSTERN_STRING, true, values[1], regex},
        {                 POSTERN_STRING, true, values[2], NULL}
    };
    pst_argument_problem problem = {.status = POSTERN_OK};
    pst_invocation in = {.arena = s->arena,
                         .regexes = &s->memory,
                         .types = types,
                         .values = values,
                         .present = present,
                         .count = 3};
    pst_result result = {.present = true};
    const postern_status status =
        function->check(s->arena, known, 3, STARS, &in.prepared, &problem);

    require(status == problem.status);
    if (status != POSTERN_OK) {
        require(problem.argument == 2 && problem.message[0] != '\0');
        require(problem.length > 0 && problem.offset < replacement.len &&
                problem.length <= replacement.len - problem.offset);
        return false;
    }
    require(function->body(&in, &result) == POSTERN_OK && result.present);
    *out = result.value.string;
    return true;
}

/* Takes `part` off the front of *rest. */
static void eat(postern_str *rest, postern_str part)
{
    require(pst_str_starts(*rest, part));
    *rest = pst_str_slice(*rest, part.len, rest->len);
}

/* Reads the replacement once more, byte by byte. It was accepted: every reference is one
 * or more digits in braces. */
static void eat_replacement(const subject *s, postern_str *rest, const size_t *places,
                            size_t groups)
{
    const postern_str how = s->replacement;

    for (size_t i = 0; i < how.len; i++) {
        size_t number = 0;
        if (how.data[i] != '$' || how.data[++i] == '$') {
            eat(rest, pst_str_slice(how, i, i + 1));
            continue;
        }
        require(how.data[i] == '{');
        while (how.data[++i] != '}') {
            number = 10 * number + (size_t)(how.data[i] - '0');
        }
        require(number >= 1 && number <= REFERENCES && number <= groups);
        if (places[2 * number] != PST_REGEX_NOWHERE) {
            eat(rest,
                pst_str_slice(s->text, places[2 * number], places[2 * number + 1]));
        }
    }
}

static void check_places(const subject *s, const size_t *places, size_t groups)
{
    require(places[0] <= places[1] && places[1] <= s->text.len);
    for (size_t i = 1; i <= groups; i++) {
        const size_t start = places[2 * i];
        const size_t end = places[2 * i + 1];
        require(start == PST_REGEX_NOWHERE
                    ? end == PST_REGEX_NOWHERE
                    : places[0] <= start && start <= end && end <= places[1]);
    }
}

/* What it rewrites, and how. */
static void check_result(subject *s, const pst_regex *regex)
{
    size_t places[2 * GROUPS];
    const size_t all = pst_regex_groups(regex);
    const size_t groups = all < GROUPS ? all : GROUPS - 1;
    postern_str result;
    bool found;

    require(pst_regex_find(regex, s->text, &s->memory, groups + 1, places, &found) ==
            POSTERN_OK);
    require(pst_regex_match(regex, s->text, &s->memory) == found);
    if (found) {
        check_places(s, places, groups);
    }
    if (!call(s, regex, s->replacement, &result)) {
        return;
    }
    require(result.len <= s->text.len + s->replacement.len + REFERENCES * s->text.len);
    if (!found) {
        require(pst_str_same(result, s->text));
        return;
    }
    eat(&result, pst_str_slice(s->text, 0, places[0]));
    eat_replacement(s, &result, places, groups);
    require(pst_str_same(result, pst_str_slice(s->text, places[1], s->text.len)));
}

/* Replacing the match by itself changes nothing, nor where it is. */
static void check_identity(subject *s, const pst_regex *regex)
{
    const size_t cap = s->pattern.len + 4;
    char *const buf = pst_arena_alloc(s->arena, cap);
    pst_writer out = {buf, cap, 0};
    const pst_regex *grouped;
    size_t plain[2];
    size_t inside[4];
    bool found;
    postern_str result;

    require(buf != NULL);
    pst_write_byte(&out, '(');
    pst_write_str(&out, s->pattern);
    pst_write_byte(&out, ')');
    grouped = compile(s, (postern_str){buf, out.len});
    if (grouped == NULL) { /* a comment took the parenthesis, or it is too much now */
        return;
    }
    require(pst_regex_groups(grouped) == pst_regex_groups(regex) + 1);
    require(call(s, grouped, postern_text("${1}"), &result));
    require(pst_str_same(result, s->text));
    require(pst_regex_find(regex, s->text, &s->memory, 1, plain, &found) == POSTERN_OK);
    if (found) {
        require(pst_regex_find(grouped, s->text, &s->memory, 2, inside, &found) ==
                POSTERN_OK);
        require(found && inside[0] == plain[0] && inside[1] == plain[1]);
        require(inside[2] == plain[0] && inside[3] == plain[1]);
    }
}

static postern_str next_line(pst_arena *arena, postern_str *rest)
{
    const char *end = rest->len == 0 ? NULL : memchr(rest->data, '\n', rest->len);
    const size_t len = end == NULL ? rest->len : (size_t)(end - rest->data);
    postern_str line;

    require(pst_arena_copy(arena, pst_str_slice(*rest, 0, len), &line));
    *rest = pst_str_slice(*rest, len + 1, rest->len);
    return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    postern_str rest = {(const char *)data, size};
    pst_arena arena;
    subject s = {.arena = &arena, .memory = {.arena = &arena}};
    const pst_regex *regex;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), MEMORY);
    s.pattern = next_line(&arena, &rest);
    s.replacement = next_line(&arena, &rest);
    require(pst_arena_copy(&arena, rest, &s.text));
    regex = compile(&s, s.pattern);
    if (regex != NULL) {
        check_result(&s, regex);
        check_identity(&s, regex);
    }
    pst_arena_free(&arena);
    return 0;
}
