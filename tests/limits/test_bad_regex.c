/*
 * test_bad_regex.c - regular expressions that are meant to hurt: bombs, alternatives by
 * the thousand, parentheses without end, bytes that are no text; and texts that hurt.
 * Each is refused or works, soon, on a small stack: run it under `ulimit -s 64`.
 *
 * Speaks TAP by itself: Check would need the stack.
 */
#include <postern/filter.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SUBJECT = 1 << 20, SEEDS = 3000, EXPRESSION = 4 << 20 };

typedef struct world {
    postern_scheme *scheme;
    postern_request *request;
    postern_report *report;
    postern_field text;
    char *expression;
    size_t length;
    char *subject;
    int cases;
    int failed;
} world;

static void give_up(const char *why)
{
    printf("Bail out! %s\n", why);
    exit(EXIT_FAILURE);
}

static void tell(world *w, bool good, const char *what, const char *why)
{
    w->cases++;
    w->failed += !good;
    printf("%s %d - %s%s%s\n", good ? "ok" : "not ok", w->cases, what,
           why == NULL ? "" : ": ", why == NULL ? "" : why);
}

/* What becomes of a pattern: the status, and what the first finding says; NULL: there is
 * none. */
typedef struct outcome {
    postern_status status;
    const char *says;
} outcome;

static const outcome fine = {POSTERN_OK, NULL};
static const outcome too_long = {POSTERN_LIMIT, "the limit regex_pattern_bytes"};
static const outcome too_deep = {POSTERN_LIMIT, "the limit regex_nesting"};
static const outcome too_large = {POSTERN_LIMIT, "the limit regex_compiled_bytes"};
static const outcome too_dear = {POSTERN_LIMIT, "the limit regex_steps"};
static const outcome no_number = {POSTERN_SYNTAX, "the number is above"};
static const outcome no_escape = {POSTERN_SYNTAX, "unknown escape"};
static const outcome no_character = {POSTERN_SYNTAX, "no character has the number"};
static const outcome no_utf8 = {POSTERN_SYNTAX, "the pattern is not UTF-8"};
static const outcome no_end = {POSTERN_SYNTAX, "this string has no closing quote"};

/* A bound in seconds for what takes some tenths. */
static double most_seconds(void)
{
    return getenv("POSTERN_SLOW") != NULL ? 60.0 : 1.0; /* sanitizers are slow */
}

/* --- a pattern under construction ------------------------------------------------------ */

static void add_bytes(world *w, const char *bytes, size_t length)
{
    if (w->length + length > EXPRESSION) {
        give_up("a long expression");
    }
    memcpy(w->expression + w->length, bytes, length);
    w->length += length;
}

static void add(world *w, const char *piece, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        add_bytes(w, piece, strlen(piece));
    }
}

/* A raw string, which hands all to the engine; or one whose brackets are matched. */
static void fresh(world *w, bool raw)
{
    w->length = 0;
    add(w, raw ? "s~r\"" : "s~\"", 1);
}

/* --- what becomes of it ------------------------------------------------------------------- */

static const char *look_at_findings(const world *w)
{
    postern_finding finding;
    char line[256];

    for (size_t i = 0; postern_report_get(w->report, i, &finding); i++) {
        if (finding.offset > w->length || finding.length > w->length - finding.offset) {
            return "a finding lies outside";
        }
        if (finding.message.len == 0 ||
            postern_report_render(w->report, i, line, sizeof line) == 0) {
            return "a finding says nothing";
        }
    }
    return NULL;
}

static const char *match(world *w, const postern_filter *filter, size_t length,
                         bool *answer)
{
    const postern_value value = {POSTERN_STRING, {.string = {w->subject, length}}};

    postern_request_reset(w->request);
    if (postern_request_set(w->request, w->text, &value) != POSTERN_OK) {
        give_up("a text cannot be set");
    }
    return postern_filter_match(filter, w->request, answer) == POSTERN_OK ? NULL
                                                                          : "a fault";
}

static const char *look_at_outcome(const world *w, postern_status status,
                                   const outcome *wanted)
{
    postern_finding finding;
    char line[4096];

    if (status != wanted->status) {
        return postern_status_text(status);
    }
    if (!postern_report_get(w->report, 0, &finding)) {
        return wanted->says == NULL ? NULL : "no finding";
    }
    (void)snprintf(line, sizeof line, "%.*s", (int)finding.message.len,
                   finding.message.data);
    return wanted->says != NULL && strstr(line, wanted->says) != NULL
               ? NULL
               : "something else is told";
}

/* Compiles what is under construction, and searches the subject. */
static void expect(world *w, const char *what, const outcome *wanted)
{
    const clock_t start = clock();
    postern_filter *filter;
    postern_status status;
    const char *why;
    bool answer;

    add(w, "\"", 1);
    postern_report_clear(w->report);
    status = postern_filter_compile(w->scheme, (postern_str){w->expression, w->length},
                                    NULL, &filter, w->report);
    why = look_at_findings(w);
    if (why == NULL) {
        why = look_at_outcome(w, status, wanted);
    }
    if (why == NULL && filter != NULL) {
        why = match(w, filter, SUBJECT, &answer);
    }
    postern_filter_free(filter);
    if (why == NULL && (double)(clock() - start) / CLOCKS_PER_SEC > most_seconds()) {
        why = "it takes too long";
    }
    tell(w, why == NULL, what, why);
}

static void try_pattern(world *w, const char *pattern, const outcome *wanted)
{
    fresh(w, true);
    add(w, pattern, 1);
    expect(w, pattern, wanted);
}

static void try_many(world *w, const char *what, const char *before, const char *piece,
                     size_t times, const char *behind, const outcome *wanted)
{
    fresh(w, true);
    add(w, before, 1);
    add(w, piece, times);
    add(w, behind, 1);
    expect(w, what, wanted);
}

/* --- the cases -------------------------------------------------------------------------- */

static void try_bombs(world *w)
{
    try_pattern(w, "a{1000}{1000}", &too_large);
    try_pattern(w, "(((a{100}){100}){100}){100}", &too_large);
    try_pattern(w, "(?:(?:(?:a{0,99}){0,99}){0,99}){0,99}", &too_large);
    try_pattern(w, "a{4294967295}", &too_large);
    try_pattern(w, "a{4294967296}", &no_number);
    try_pattern(w, "a{99999999999999999999}", &no_number);
    try_pattern(w, "(?:){4294967295}{4294967295}", &fine);
    try_pattern(w, "(?:a?){300}a{300}", &fine);
    try_pattern(w, "(?:[ab]{1,200}c?){1,20}", &fine);
    try_pattern(w, "[ab]*a[ab]{2000}", &fine);
    try_pattern(w, "[ab]*a[ab]{20000}", &too_dear);
    try_many(w, "stars behind each other", "a", "*", 4000, "", &too_deep);
    try_many(w, "optional parts", "", "a?", 2000, "", &fine);
    try_many(w, "repetitions of repetitions", "a", "{2}", 60, "", &too_large);
    try_many(w, "repetitions of nothing", "(?:)", "{9}", 200, "", &fine);
}

/* Long ones are refused for their length; and, past that, for what they are. */
static const struct {
    const char *what;
    const char *before;
    const char *piece;
    size_t times;
    const char *behind;
    const outcome *past_length;
} long_patterns[] = {
    {"10,000 alternatives",                   "a0", "|ab",    10000,   "",  &too_dear },
    {"10,000 empty alternatives",             "",   "|",      10000,   "",  &fine     },
    {"100,000 parentheses",                   "",   "(",      100000,  "",  &too_deep },
    {"100,000 parentheses without a pattern", "",   "()",     100000,  "",  &fine     },
    {"100,000 flags",                         "",   "(?i)",   100000,  "a", &fine     },
    {"100,000 brackets",                      "",   "[",      100000,  "",  &too_deep },
    {"a class of 100,000",                    "[",  "a-z",    100000,  "]", &fine     },
    {"100,000 intersections",                 "[a", "&&a",    100000,  "]", &too_deep },
    {"100,000 optional letters",              "",   "a?",     100000,  "",  &fine     },
    {"100,000 optional classes",              "",   "[a-z]?", 100000,  "",  &fine     },
    {"100,000 optional letters and one",      "",   "a?",     100000,  "b", &fine     },
    {"100,000 optional classes between two",  "b",  "[a-z]?", 100000,  "b", &too_dear },
    {"1 MB of a letter",                      "",   "a",      1 << 20, "",  &too_large},
    {"1 MB of escapes",                       "",   "\\d",    1 << 19, "",  &too_dear },
    {"1 MB of backslashes",                   "",   "\\\\",   1 << 19, "",  &too_dear },
    {"1 MB of dots",                          "",   ".",      1 << 20, "",  &too_large},
    {"1 MB of a bad escape",                  "",   "\\q",    1 << 19, "",  &no_escape},
    {"1 MB of NULs",                          "",   "\\x00",  1 << 18, "",  &too_dear },
};

static void try_long(world *w, bool raised)
{
    for (size_t i = 0; i < sizeof long_patterns / sizeof long_patterns[0]; i++) {
        try_many(w, long_patterns[i].what, long_patterns[i].before,
                 long_patterns[i].piece, long_patterns[i].times,
                 long_patterns[i].behind,
                 raised ? long_patterns[i].past_length : &too_long);
    }
}

static void try_bytes(world *w)
{
    static const struct {
        const char *pattern;
        const outcome *wanted;
    } pieces[] = {
        {"\xff",            &no_utf8     },
        {"\x80",            &no_utf8     },
        {"\xc3",            &no_utf8     },
        {"\xc3(",           &no_utf8     },
        {"\xe2\x82",        &no_utf8     },
        {"\xed\xa0\x80",    &no_utf8     },
        {"\xf4\x90",        &no_utf8     },
        {"\xc0\xaf",        &no_utf8     },
        {"[\xff-\xfe]",     &no_utf8     },
        {"[\xc3]",          &no_utf8     },
        {"(?P<\xff>a)",     &no_utf8     },
        {"\\\xff",          &no_utf8     },
        {"\\x{d800}",       &no_character},
        {"\\x{110000}",     &no_character},
        {"[\xc3\xa9-\xff]", &no_utf8     },
    };
    char what[64];

    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        fresh(w, true);
        add(w, pieces[i].pattern, 1);
        (void)snprintf(what, sizeof what, "bad UTF-8, case %zu", i + 1);
        expect(w, what, pieces[i].wanted);
    }
    fresh(w, true);
    add_bytes(w, "a\0b", 3);
    expect(w, "a NUL", &no_end);
    try_pattern(w, "\\x00", &fine);
    fresh(w, false);
    add(w, "[", 100000);
    expect(w, "100,000 brackets of a string", &no_end);
}

/* Patterns that backtracking engines never come back from. */
static void try_texts(world *w)
{
    static const char *const patterns[] = {
        "(a*)*b",
        "(a|aa)+$",
        "(a|a?)+b",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(.*)*x(.*)*y",
        "(a+)+$",
        "a*a*a*a*a*a*b",
        "(?:a|b|ab)*c",
        "[ab]*a[ab]{12}c",
        "[ab]*a[ab]{60}c",
        "[ab]*a[ab]{300}c",
        "(?:ab?)*c",
        "a.{100}c",
        "^(?:a?){64}b",
        "\\ba+\\b.\\b",
        "(?m)^a*$b",
        "(?i)A{3,}Z",
        "[^a]|aaaaaab",
        "(aab|aaab|aaaab){2,}",
        "",
    };

    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        try_pattern(w, patterns[i], &fine);
    }
    for (size_t i = 0; i < SUBJECT; i++) {
        w->subject[i] = (i * 2654435761U >> 7 & 1) != 0 ? 'a' : 'b';
    }
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        try_pattern(w, patterns[i], &fine);
    }
}

/* --- chance ---------------------------------------------------------------------------- */

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

static void try_random(world *w)
{
    static const char *const pieces[] = {
        "a",          "b",     ".",      "*",    "+",    "?",    "(",      ")",
        "(?:",        "|",     "[",      "]",    "^",    "$",    "-",      "&&",
        "\\d",        "\\b",   "{2}",    "{3,",  "}",    "(?i)", "(?x)",   "\\",
        "[[:alpha:]", ":]",    "(?P<n>", "\\x4", "é",    "\\pL", "\\1",    "(?=a)",
        "[^",         "{0,9}", "~~",     "--",   "\xff", " ",    "{1000}", "(?<",
        "\\u",        "(?-u)", "(?-",    ",",    "0",
    };
    const clock_t start = clock();
    const char *why = NULL;

    for (uint32_t seed = 1; seed <= SEEDS && why == NULL; seed++) {
        uint32_t state = seed * 2654435761U;
        const size_t count = 1 + next_random(&state) % (seed % 20 == 0 ? 200 : 10);
        postern_filter *filter;
        bool answer;
        fresh(w, seed % 2 == 0);
        for (size_t i = 0; i < count; i++) {
            add(w, pieces[next_random(&state) % (sizeof pieces / sizeof pieces[0])], 1);
        }
        add(w, "\"", 1);
        postern_report_clear(w->report);
        (void)postern_filter_compile(w->scheme, (postern_str){w->expression, w->length},
                                     NULL, &filter, w->report);
        why = look_at_findings(w);
        if (why == NULL && filter != NULL) {
            why = match(w, filter, 200, &answer);
        }
        postern_filter_free(filter);
    }
    if (why == NULL &&
        (double)(clock() - start) / CLOCKS_PER_SEC > 10 * most_seconds()) {
        why = "it takes too long";
    }
    tell(w, why == NULL, "random pieces", why);
}

static void open_world(world *w, postern_limits limits)
{
    postern_options options = {.limits = limits};

    options.limits.expression_bytes = EXPRESSION;
    options.limits.request_bytes = 8 << 20;
    if (postern_scheme_new(&options, &w->scheme) != POSTERN_OK ||
        postern_scheme_add_field(w->scheme, postern_text("s"), POSTERN_STRING,
                                 &w->text) != POSTERN_OK ||
        postern_request_new_simulated(w->scheme, &w->request) != POSTERN_OK) {
        give_up("no world");
    }
    w->report = postern_report_new(NULL);
    w->expression = malloc(EXPRESSION);
    w->subject = malloc(SUBJECT);
    if (w->report == NULL || w->expression == NULL || w->subject == NULL) {
        give_up("no memory");
        return;
    }
    memset(w->subject, 'a', SUBJECT);
}

static void close_world(world *w)
{
    postern_report_free(w->report);
    postern_request_free(w->request);
    postern_scheme_free(w->scheme);
    free(w->expression);
    free(w->subject);
}

int main(void)
{
    world w = {0};

    (void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ); /* a crash shows where */
    open_world(&w, (postern_limits){0});
    try_bombs(&w);
    try_long(&w, false);
    try_bytes(&w);
    try_texts(&w);
    try_random(&w);
    close_world(&w);

    open_world(&w, (postern_limits){.regex_pattern_bytes = EXPRESSION});
    try_many(&w, "100,000 parentheses that are not too long", "", "(", 100000, "",
             &too_deep);
    close_world(&w);

    /* the same past the first limits that would refuse them */
    open_world(&w, (postern_limits){.regex_pattern_bytes = EXPRESSION,
                                    .regex_nesting = 200000});
    try_long(&w, true);
    close_world(&w);
    printf("1..%d\n", w.cases);
    return w.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
