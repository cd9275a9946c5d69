/*
 * fuzz_regex.c - a regular expression and a text: what compiles answers as a walk over the
 * tree does, however it is asked; what is refused says where and why.
 *
 * The pattern, an empty line, the text. Without the empty line the text is the pattern.
 */
#include "../reference/regex_walk.h"
#include "support/alloc.h"
#include "support/text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMORY = 1 << 28, SHORT = 256, LITTLE = 6000 };

static const pst_regex_limits limits = {
    .pattern_bytes = 4096, .nesting = 64, .compiled_bytes = 1 << 14, .steps = 1024};

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

typedef struct setting {
    pst_arena arena;
    pst_arena scratch;
    pst_arena cache;
    pst_arena little; /* too small for anything to be remembered for long */
    postern_str pattern;
    postern_str text;
} setting;

/* --- compiling ----------------------------------------------------------------------- */

static void check_refusal(const setting *s, const pst_regex_problem *problem)
{
    require(problem->status == POSTERN_SYNTAX ||
            problem->status == POSTERN_UNSUPPORTED || problem->status == POSTERN_LIMIT);
    require(problem->offset <= s->pattern.len);
    require(problem->length <= s->pattern.len - problem->offset);
    require(problem->message[0] != '\0');
    require(memchr(problem->message, '\0', sizeof problem->message) != NULL);
    require(problem->hint == NULL || problem->hint[0] != '\0');
}

static void check_description(const pst_regex *regex)
{
    pst_regex_description d;

    pst_regex_describe(regex, &d);
    require(d.engine <= PST_REGEX_BITS);
    require((d.engine == PST_REGEX_TABLE) == (d.states > 0));
    require((d.engine == PST_REGEX_TABLE) == (d.positions == 0));
    require(d.steps_per_byte > 0 && d.steps_per_byte <= limits.steps);
    require(d.bytes > 0);
}

static const pst_regex *compile(setting *s, pst_regex_use use,
                                pst_regex_problem *problem)
{
    const pst_regex *regex = NULL;
    const postern_status status = pst_regex_compile(&s->arena, &s->scratch, s->pattern,
                                                    use, &limits, &regex, problem);

    pst_arena_reset(&s->scratch);
    require(status == problem->status);
    if (status != POSTERN_OK) {
        check_refusal(s, problem);
        return NULL;
    }
    require(regex != NULL);
    check_description(regex);
    return regex;
}

static void require_same(const pst_regex *a, const pst_regex *b)
{
    pst_regex_description one;
    pst_regex_description other;

    pst_regex_describe(a, &one);
    pst_regex_describe(b, &other);
    require(one.engine == other.engine && one.states == other.states);
    require(one.positions == other.positions && one.bytes == other.bytes);
    require(one.steps_per_byte == other.steps_per_byte);
    require(one.backward == other.backward);
    require(pst_str_same(one.required, other.required));
    require(pst_regex_groups(a) == pst_regex_groups(b));
}

/* --- answers ------------------------------------------------------------------------- */

static bool answer(setting *s, const pst_regex *regex)
{
    pst_regex_memory memory = {.arena = &s->cache};
    pst_regex_memory little = {.arena = &s->little};
    pst_regex_memory without = {.arena = NULL};
    const bool plain = pst_regex_match(regex, s->text, NULL);

    pst_arena_reset(&s->cache);
    pst_arena_reset(&s->little);
    require(plain == pst_regex_match(regex, s->text, &memory));
    require(plain == pst_regex_match(regex, s->text, &memory));
    require(plain == pst_regex_match(regex, s->text, &little));
    require(plain == pst_regex_match(regex, s->text, &little));
    require(plain == pst_regex_match(regex, s->text, &without));
    return plain;
}

/* The tree's own opinion, if the text is short. */
static void check_answer(setting *s, bool matches)
{
    pst_regex_problem problem;
    pst_regex_tree tree;
    regex_walk_answer walked;

    if (s->text.len > SHORT) {
        return;
    }
    require(pst_regex_parse(&s->scratch, s->pattern, false, &limits, &tree, &problem) ==
            POSTERN_OK);
    walked = regex_walk_search(tree.root, s->text);
    require(walked == REGEX_WALK_TIRED || matches == (walked == REGEX_WALK_YES));
}

static void check_places(setting *s, const pst_regex *regex, bool matches)
{
    const size_t groups = pst_regex_groups(regex) + 1;
    size_t *const places = pst_arena_array(&s->scratch, groups, 2 * sizeof *places);
    pst_regex_memory memory = {.arena = &s->cache};
    bool found = false;

    require(places != NULL);
    pst_arena_reset(&s->cache);
    require(pst_regex_find(regex, s->text, &memory, groups, places, &found) ==
            POSTERN_OK);
    require(found == matches);
    for (size_t i = 0; found && i < groups; i++) {
        const size_t start = places[2 * i];
        const size_t end = places[2 * i + 1];
        require((start == PST_REGEX_NOWHERE) == (end == PST_REGEX_NOWHERE));
        require(i > 0 || start != PST_REGEX_NOWHERE);
        require(start == PST_REGEX_NOWHERE ||
                (places[0] <= start && start <= end && end <= places[1]));
    }
    require(!found || places[1] <= s->text.len);
}

/* Compiled once more it is the same; made to find, it says the same. */
static void check_others(setting *s, const pst_regex *regex, bool matches)
{
    pst_regex_problem problem;
    const bool again = (s->pattern.len + s->text.len) % 4 == 0; /* both take long */
    const pst_regex *const other =
        compile(s, again ? PST_REGEX_MATCH : PST_REGEX_CAPTURE, &problem);

    if (other == NULL) {
        require(!again && problem.status == POSTERN_LIMIT);
        return;
    }
    require(answer(s, other) == matches);
    if (again) {
        require_same(regex, other);
    } else {
        check_places(s, other, matches);
    }
}

static void check(setting *s)
{
    pst_regex_problem problem;
    const pst_regex *const regex = compile(s, PST_REGEX_MATCH, &problem);
    bool matches;

    if (regex != NULL) {
        matches = answer(s, regex);
        check_answer(s, matches);
        check_others(s, regex, matches);
    }
}

/* --- the door ------------------------------------------------------------------------ */

static void cut(setting *s, postern_str all)
{
    s->pattern = all;
    s->text = all;
    for (size_t i = 0; i + 1 < all.len; i++) {
        if (all.data[i] == '\n' && all.data[i + 1] == '\n') {
            s->pattern = pst_str_slice(all, 0, i);
            s->text = pst_str_slice(all, i + 2, all.len);
            return;
        }
    }
}

/* A copy in a block of its own, so that sanitizers see where it ends. */
static char *own(postern_str *text)
{
    char *const copy = malloc(text->len == 0 ? 1 : text->len);

    require(copy != NULL);
    if (text->len > 0) {
        memcpy(copy, text->data, text->len);
    }
    text->data = copy;
    return copy;
}

/* Arenas that stay: to ask for memory takes longer than most patterns do. */
static void begin(setting *s)
{
    const postern_allocator *const heap = pst_alloc_or_default(NULL);

    if (s->arena.alloc == NULL) {
        pst_arena_init(&s->arena, heap, MEMORY);
        pst_arena_init(&s->scratch, heap, MEMORY);
        pst_arena_init(&s->cache, heap, MEMORY);
        pst_arena_init(&s->little, heap, LITTLE);
    }
    pst_arena_reset(&s->arena);
    pst_arena_reset(&s->scratch);
    pst_arena_reset(&s->cache);
    pst_arena_reset(&s->little);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static setting s;
    char *pattern;
    char *text;

    begin(&s);
    cut(&s, (postern_str){(const char *)data, size});
    pattern = own(&s.pattern);
    text = own(&s.text);
    check(&s);
    free(pattern);
    free(text);
    return 0;
}
