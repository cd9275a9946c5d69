/*
 * test_bad_input.c - expressions that nobody would write by hand: nested a million deep,
 * chained, huge, random. Each is refused in its place or works, soon, on a small stack:
 * run it under `ulimit -s 64`.
 *
 * Speaks TAP by itself: Check would need the stack.
 */
#include <postern/expression.h>
#include <postern/format.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    DEEP = 1000000,
    LONG = 4 << 20,
    NESTING = 128, /* the default limit */
    CHAIN = 200000,
    SEEDS = 1000
};

/* A text under construction. */
typedef struct text {
    char *data;
    size_t len;
    size_t cap;
} text;

typedef struct world {
    postern_scheme *scheme;
    postern_request *request;
    postern_report *report;
    postern_list *list;
    postern_named_list named;
    postern_compile_options options;
    text expression;
    int cases;
    int failed;
} world;

static void give_up(const char *why)
{
    printf("Bail out! %s\n", why);
    exit(EXIT_FAILURE);
}

static void add_bytes(text *to, const char *bytes, size_t length)
{
    if (to->len + length > to->cap) {
        to->cap = (to->len + length) * 2;
        to->data = realloc(to->data, to->cap);
    }
    if (to->data == NULL) {
        give_up("no memory");
        return;
    }
    memcpy(to->data + to->len, bytes, length);
    to->len += length;
}

static void add(text *to, const char *piece)
{
    add_bytes(to, piece, strlen(piece));
}

static void add_often(text *to, const char *piece, size_t times)
{
    const size_t length = strlen(piece);

    for (size_t i = 0; i < times; i++) {
        add_bytes(to, piece, length);
    }
}

/* --- a case ------------------------------------------------------------------------- */

static void tell(world *w, bool good, const char *what, const char *why)
{
    w->cases++;
    w->failed += !good;
    printf("%s %d - %s%s%s\n", good ? "ok" : "not ok", w->cases, what,
           why == NULL ? "" : ": ", why == NULL ? "" : why);
}

/* A bound in seconds for what takes some tenths: four readings of a megabyte or four. */
static double most_seconds(void)
{
    const char *const slow = getenv("POSTERN_SLOW"); /* sanitizers are */

    return slow != NULL ? 60.0 : 3.0;
}

/* Every finding lies in the expression. */
static const char *look_at_findings(const world *w, postern_status status)
{
    postern_finding finding;
    char line[256];

    for (size_t i = 0; postern_report_get(w->report, i, &finding); i++) {
        if (finding.offset > w->expression.len ||
            finding.length > w->expression.len - finding.offset) {
            return "a finding lies outside";
        }
        if (finding.message.len == 0 || finding.line == 0 || finding.column == 0) {
            return "a finding says nothing";
        }
        if (postern_report_render(w->report, i, line, sizeof line) == 0) {
            return "a finding cannot be shown";
        }
    }
    if ((status == POSTERN_OK) !=
        (postern_report_count_of(w->report, POSTERN_ERROR) == 0)) {
        return "status and findings disagree";
    }
    return postern_report_count_of(w->report, POSTERN_ERROR) > 8 ? "too many findings"
                                                                 : NULL;
}

static postern_status compile(world *w, postern_filter **filter)
{
    const postern_str expression = {w->expression.data, w->expression.len};

    postern_report_clear(w->report);
    return postern_filter_compile(w->scheme, expression, &w->options, filter,
                                  w->report);
}

/* The same text as a value and for the formatter: nothing to say but that it ends. */
static const char *try_the_others(world *w)
{
    const postern_str expression = {w->expression.data, w->expression.len};
    static const char nothing[1];
    const postern_str some =
        expression.len == 0 ? (postern_str){nothing, 0} : expression;
    postern_value_expression *value;
    postern_status status;
    char start[64];

    postern_report_clear(w->report);
    status = postern_value_compile(w->scheme, some, &w->options, &value, w->report);
    postern_value_expression_free(value);
    if (look_at_findings(w, status) != NULL) {
        return look_at_findings(w, status);
    }
    (void)postern_format_expression(some, NULL, start, sizeof start, NULL, NULL);
    (void)postern_format_tree(some, NULL, start, sizeof start, NULL, NULL);
    return NULL;
}

/* The expression ends with `wanted`; an error is told at `offset` (SIZE_MAX: anywhere).
 * What compiles is evaluated. */
static void expect(world *w, const char *what, postern_status wanted, size_t offset)
{
    const clock_t start = clock();
    postern_filter *filter;
    postern_finding first = {0};
    const postern_status status = compile(w, &filter);
    const char *why = look_at_findings(w, status);
    bool matched;

    (void)postern_report_get(w->report, 0, &first);
    if (why == NULL && status != wanted) {
        why = postern_status_text(status);
    }
    if (why == NULL && wanted != POSTERN_OK && offset != SIZE_MAX &&
        first.offset != offset) {
        why = "told elsewhere";
        printf("# at %zu, not %zu\n", first.offset, offset);
    }
    if (why == NULL && filter != NULL &&
        postern_filter_match(filter, w->request, &matched) != POSTERN_OK) {
        why = "a fault";
    }
    postern_filter_free(filter);
    if (why == NULL) {
        why = try_the_others(w);
    }
    if (why == NULL && (double)(clock() - start) / CLOCKS_PER_SEC > most_seconds()) {
        why = "it takes too long";
    }
    tell(w, why == NULL, what, why);
}

static text *fresh(world *w)
{
    w->expression.len = 0;
    return &w->expression;
}

/* --- worlds -------------------------------------------------------------------------- */

static void set(world *w, const char *name, const postern_value *value)
{
    postern_field field;

    if (postern_scheme_find_field(w->scheme, postern_text(name), &field, NULL) !=
            POSTERN_OK ||
        postern_request_set(w->request, field, value) != POSTERN_OK) {
        give_up("a field cannot be set");
    }
}

static void fill(world *w)
{
    const postern_value word = {POSTERN_STRING, {.string = POSTERN_STR("true")}};
    const postern_value yes = {POSTERN_BOOL, {.boolean = true}};
    const postern_value texts = {POSTERN_ARRAY_OF(POSTERN_STRING),
                                 {.array = {&word, 1}}};
    const postern_value truths = {POSTERN_ARRAY_OF(POSTERN_BOOL), {.array = {&yes, 1}}};

    set(w, "s", &word);
    set(w, "b", &yes);
    set(w, "as", &texts);
    set(w, "ab", &truths);
}

static void open_world(world *w, const postern_limits *limits)
{
    static const struct {
        const char *name;
        postern_type type;
    } fields[] = {
        {"s",  POSTERN_STRING                  },
        {"i",  POSTERN_INT                     },
        {"b",  POSTERN_BOOL                    },
        {"as", POSTERN_ARRAY_OF(POSTERN_STRING)},
        {"ab", POSTERN_ARRAY_OF(POSTERN_BOOL)  },
    };
    const postern_options options = {.limits = *limits};
    bool good = postern_scheme_new(&options, &w->scheme) == POSTERN_OK;

    for (size_t i = 0; i < sizeof fields / sizeof fields[0] && good; i++) {
        good = postern_scheme_add_field(w->scheme, postern_text(fields[i].name),
                                        fields[i].type, NULL) == POSTERN_OK;
    }
    w->report = postern_report_new(NULL);
    if (!good || w->report == NULL ||
        postern_list_new(NULL, POSTERN_LIST_STRING, NULL, 0, &w->list, NULL) !=
            POSTERN_OK ||
        postern_request_new_simulated(w->scheme, &w->request) != POSTERN_OK) {
        give_up("the world cannot be made");
    }
    w->named = (postern_named_list){postern_text("words"), w->list};
    w->options = (postern_compile_options){.lists = &w->named, .list_count = 1};
    fill(w);
}

static void close_world(world *w)
{
    postern_request_free(w->request);
    postern_scheme_free(w->scheme);
    postern_list_release(w->list);
    postern_report_free(w->report);
}

/* --- nesting ------------------------------------------------------------------------- */

typedef struct nest {
    const char *what;
    const char *before; /* the whole */
    const char *open;
    const char *middle;
    const char *close;
    const char *after;
    size_t most; /* so many levels are within the limit of nesting */
} nest;

/* The places where depth can come from; each compiles as deep as `most` says. */
static const nest nests[] = {
    {"parentheses",             "",     "(",                            "b",     ")",                    "",              NESTING    },
    {"not",                     "",     "not ",                         "b",     "",                     "",              NESTING    },
    {"!",                       "",     "!",                            "b",     "",                     "",              NESTING    },
    {"not (",                   "",     "not (",                        "b",     ")",                    "",              NESTING / 2},
    {"calls",                   "",     "lower(",                       "s",     ")",                    " eq \"true\"",  NESTING    },
    {"mapped calls",            "any(", "lower(",                       "as[*]", ")[*]",                 " eq \"true\")", NESTING - 1},
    {"calls with literals",     "",     "concat(\"a\",",                "s",     ",\"b\")",              " eq \"\"",      NESTING    },
    {"claims in calls",         "",     "to_string(",                   "b",     ") eq \"true\"",        "",              NESTING    },
    {"claims in parentheses",   "",     "to_string((",                  "b",     " and b)) eq \"true\"", "",
     NESTING / 2                                                                                                                     },
    {"logic on the left",       "",     "(",                            "b",     " or b)",               "",              NESTING    },
    {"logic on the right",      "",     "(b and ",                      "b",     ")",                    "",              NESTING    },
    {"xor",                     "",     "(true and b xor ",             "b",     ")",                    "",              NESTING    },
    {"logic of elements",       "any(", "(ab and ",                     "ab",    ")",                    ")",             NESTING - 1},
    {"not of elements",         "all(", "not ",                         "ab",    "",                     ")",             NESTING - 1},
    {"walks in walks",          "",     "any(as[*] eq to_string(",      "b",     "))",                   "",              NESTING / 2},
    {"walks in calls of walks", "",     "any(concat(as[*], to_string(", "b",
     "))[*] eq \"truetrue\")",                                                                           "",              NESTING / 3},
};

enum { NESTS = sizeof nests / sizeof nests[0] };

static void write_nest(world *w, const nest *how, size_t depth, bool closed)
{
    text *const out = fresh(w);

    add(out, how->before);
    add_often(out, how->open, depth);
    if (closed) {
        add(out, how->middle);
        add_often(out, how->close, depth);
        add(out, how->after);
    }
}

static void try_nests(world *w)
{
    char what[96];

    for (size_t i = 0; i < NESTS; i++) {
        const nest *const how = &nests[i];
        (void)snprintf(what, sizeof what, "%s, as deep as they may be", how->what);
        write_nest(w, how, how->most, true);
        expect(w, what, POSTERN_OK, 0);
        (void)snprintf(what, sizeof what, "%s, one deeper", how->what);
        write_nest(w, how, how->most + 1, true);
        expect(w, what, POSTERN_LIMIT, SIZE_MAX);
        (void)snprintf(what, sizeof what, "%s, a million deep", how->what);
        write_nest(w, how, DEEP, true);
        expect(w, what, POSTERN_LIMIT, SIZE_MAX);
        (void)snprintf(what, sizeof what, "%s, a million deep and never closed",
                       how->what);
        write_nest(w, how, DEEP, false);
        expect(w, what, POSTERN_LIMIT, SIZE_MAX);
    }
}

/* Brackets and braces do not nest at all. */
static void try_brackets(world *w)
{
    static const struct {
        const char *before;
        const char *piece;
        postern_status status;
    } brackets[] = {
        {"",        "[",     POSTERN_SYNTAX},
        {"as",      "[",     POSTERN_SYNTAX},
        {"as",      "[0]",   POSTERN_SYNTAX},
        {"as",      "[*]",   POSTERN_SYNTAX},
        {"",        "{",     POSTERN_SYNTAX},
        {"s in ",   "{",     POSTERN_SYNTAX},
        {"s in {",  "{} ",   POSTERN_SYNTAX},
        {"",        "]",     POSTERN_SYNTAX},
        {"",        ")",     POSTERN_SYNTAX},
        {"b",       ")",     POSTERN_SYNTAX},
        {"s eq ",   "eq ",   POSTERN_SYNTAX},
        {"",        ",",     POSTERN_SYNTAX},
        {"lower(s", ",",     POSTERN_SYNTAX},
        {"b and ",  "or ",   POSTERN_SYNTAX},
        {"s in $",  "$",     POSTERN_SYNTAX},
        {"s eq ",   "\"\" ", POSTERN_SYNTAX},
        {"i eq ",   "1..",   POSTERN_SYNTAX},
    };
    char what[64];

    for (size_t i = 0; i < sizeof brackets / sizeof brackets[0]; i++) {
        add(fresh(w), brackets[i].before);
        add_often(&w->expression, brackets[i].piece, DEEP);
        (void)snprintf(what, sizeof what, "a million times %s behind '%s'",
                       brackets[i].piece, brackets[i].before);
        expect(w, what, brackets[i].status, SIZE_MAX);
    }
}

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void try_mixed_nests(world *w)
{
    static const char *const opens[] = {"(",     "not ",         "!",      "lower(",
                                        "any(",  "concat(s,",    "(b or ", "to_string(",
                                        "all((", "any(as[*] eq "};
    uint32_t state = 1;
    bool good = true;

    for (int round = 0; round < 20 && good; round++) {
        text *const out = fresh(w);
        const char *why;
        postern_filter *filter;
        postern_status status;
        for (size_t i = 0; i < DEEP / 20; i++) {
            add(out, opens[next_random(&state) % (sizeof opens / sizeof opens[0])]);
        }
        status = compile(w, &filter);
        why = look_at_findings(w, status);
        good = status != POSTERN_OK && why == NULL && try_the_others(w) == NULL;
        postern_filter_free(filter);
    }
    tell(w, good, "everything mixed, fifty thousand deep", NULL);
}

/* --- length --------------------------------------------------------------------------- */

static void try_chains(world *w)
{
    static const char *const operators[] = {" and b",  " or b",       " xor b",
                                            "||not b", " and b or b", " or s eq \"a\""};
    char what[64];

    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        add(fresh(w), "b");
        add_often(&w->expression, operators[i], CHAIN);
        (void)snprintf(what, sizeof what, "a chain of 200000 times '%s'", operators[i]);
        expect(w, what, POSTERN_OK, 0);
    }
    add(fresh(w), "any((ab");
    add_often(&w->expression, " or ab", CHAIN);
    add(&w->expression, "))");
    expect(w, "a chain of elements", POSTERN_OK, 0);
    add(fresh(w), "any((ab");
    add_often(&w->expression, " or starts_with(as[*], \"\")", 100);
    add(&w->expression, "))");
    expect(w, "one array a hundred times", POSTERN_OK, 0);
    add(fresh(w), "concat(s");
    add_often(&w->expression, ",s", CHAIN);
    add(&w->expression, ") eq \"\"");
    expect(w, "a call with 200000 arguments", POSTERN_LIMIT, 0);
    add(fresh(w), "lower(s");
    add_often(&w->expression, ",s", CHAIN);
    add(&w->expression, ") eq \"\"");
    expect(w, "another one", POSTERN_TYPE, 0);
}

static void try_long(world *w, const char *what, const char *before, const char *piece,
                     const char *after, postern_status wanted, size_t offset)
{
    add(fresh(w), before);
    add_often(&w->expression, piece, LONG / strlen(piece));
    add(&w->expression, after);
    expect(w, what, wanted, offset);
}

static void try_literals(world *w)
{
    try_long(w, "a string of 4 MB", "s eq \"", "a", "\"", POSTERN_OK, 0);
    try_long(w, "a needle of 4 MB", "s contains \"", "a", "\"", POSTERN_OK, 0);
    try_long(w, "a pattern of 4 MB", "s wildcard \"", "a", "\"", POSTERN_OK, 0);
    try_long(w, "a string of escapes", "s eq \"", "\\x41", "\"", POSTERN_OK, 0);
    try_long(w, "a string of bad escapes", "s eq \"", "\\q", "\"", POSTERN_SYNTAX, 6);
    try_long(w, "a string without its end", "s eq \"", "a", "", POSTERN_SYNTAX, 5);
    try_long(w, "a raw string", "s eq r#\"", "\"", "\"#", POSTERN_OK, 0);
    try_long(w, "a raw string without its end", "s eq r##\"", "\"#", "", POSTERN_SYNTAX,
             5);
    try_long(w, "a raw string with a fence of 4 MB", "s eq r", "#", "\"\"",
             POSTERN_SYNTAX, 5);
    try_long(w, "hex bytes", "s eq 61", ":61", "", POSTERN_OK, 0);
    try_long(w, "a set of numbers", "i in {", "1 3..5 ", "}", POSTERN_OK, 0);
    try_long(w, "a set of strings", "s in {", "\"a\" \"b\"", "}", POSTERN_OK, 0);
    try_long(w, "a set of addresses", "ip.src in {", "10.0.0.0/8 ::1 ", "}", POSTERN_OK,
             0);
    try_long(w, "a set of wrong things", "i in {", "x ", "}", POSTERN_SYNTAX, 6);
    try_long(w, "a set without its end", "i in {", "1 ", "", POSTERN_SYNTAX, SIZE_MAX);
    try_long(w, "a number", "i eq ", "9", "", POSTERN_INVALID, 5);
    try_long(w, "a number of zeros", "i eq ", "0", "", POSTERN_OK, 0);
    try_long(w, "an address", "ip.src eq ", "1.", "", POSTERN_SYNTAX, 10);
    try_long(w, "an address of the other family", "ip.src eq ::", "1:", "",
             POSTERN_SYNTAX, 10);
    try_long(w, "a name", "", "a", "", POSTERN_UNKNOWN_NAME, 0);
    try_long(w, "a dotted name", "a", ".a", "", POSTERN_UNKNOWN_NAME, 0);
    try_long(w, "a function's name", "", "a", "(s)", POSTERN_UNKNOWN_NAME, 0);
    try_long(w, "a list's name", "s in $", "a", "", POSTERN_UNKNOWN_NAME, 5);
    try_long(w, "a name on the right", "s eq ", "a", "", POSTERN_UNKNOWN_NAME, 5);
    try_long(w, "stars", "s wildcard \"", "*a", "\"", POSTERN_LIMIT, SIZE_MAX);
    try_long(w, "stars side by side", "s wildcard \"", "*", "\"", POSTERN_SYNTAX,
             SIZE_MAX);
    try_long(w, "an index", "as[", "1", "] eq \"a\"", POSTERN_INVALID, 3);
    try_long(w, "blanks", "b", " \t\r\n", "", POSTERN_OK, 0);
    try_long(w, "nothing but blanks", "", " ", "", POSTERN_SYNTAX, SIZE_MAX);
    try_long(w, "errors", "x", " or x", "", POSTERN_UNKNOWN_NAME, 0);
    try_long(w, "bad bytes", "", "\xff", "", POSTERN_SYNTAX, 0);
    try_long(w, "comments", "b ", "# no ", "", POSTERN_SYNTAX, 2);
}

/* --- chance ---------------------------------------------------------------------------- */

static const char *try_random(world *w)
{
    postern_filter *filter;
    const postern_status status = compile(w, &filter);
    const char *why = look_at_findings(w, status);
    bool matched;

    if (status == POSTERN_STATE || (status == POSTERN_OK) != (filter != NULL)) {
        why = "the compiler's mistake";
    }
    if (why == NULL && filter != NULL &&
        postern_filter_match(filter, w->request, &matched) != POSTERN_OK) {
        why = "a fault";
    }
    postern_filter_free(filter);
    return why == NULL ? try_the_others(w) : why;
}

static void try_random_bytes(world *w)
{
    const char *why = NULL;

    for (uint32_t seed = 1; seed <= SEEDS && why == NULL; seed++) {
        uint32_t state = seed * 2654435761U;
        const size_t length = next_random(&state) % 4096;
        text *const out = fresh(w);
        for (size_t i = 0; i < length; i++) {
            const char byte = (char)(next_random(&state) >> 11);
            add_bytes(out, &byte, 1);
        }
        why = try_random(w);
    }
    tell(w, why == NULL, "random bytes", why);
}

static void try_random_words(world *w)
{
    static const char *const words[] = {
        "s",       "i",          "b",         "as",       "ab",   " eq ", " ne ",
        " in ",    "\"a\"",      "1",         "10.0.0.1", "{",    "}",    "(",
        ")",       "[",          "]",         "*",        "[*]",  "[0]",  ",",
        " and ",   " or ",       " not ",     "!",        "any(", "all(", "len(",
        "concat(", " wildcard ", "$words",    " xor ",    "true", "..",   "/8",
        "r\"",     "lower(",     " matches ", " strict ", " & ",
    };
    const char *why = NULL;

    for (uint32_t seed = 1; seed <= 20 * SEEDS && why == NULL; seed++) {
        uint32_t state = seed * 2654435761U;
        const size_t count = next_random(&state) % (seed % 10 == 0 ? 400 : 12);
        text *const out = fresh(w);
        for (size_t i = 0; i < count; i++) {
            add(out,
                words[(next_random(&state) >> 7) % (sizeof words / sizeof words[0])]);
        }
        why = try_random(w);
    }
    tell(w, why == NULL, "random words", why);
}

/* --- the default limits ------------------------------------------------------------------- */

static void try_defaults(world *w)
{
    add(fresh(w), "b");
    add_often(&w->expression, " or b", (4096 - 1) / 5);
    expect(w, "4096 bytes", POSTERN_OK, 0);
    add(&w->expression, "     ");
    expect(w, "more than 4096 bytes", POSTERN_LIMIT, 4096);
    try_long(w, "4 MB of anything", "", "(", "", POSTERN_LIMIT, 4096);
    write_nest(w, &nests[0], NESTING + 1, true);
    expect(w, "the place of the level too many", POSTERN_LIMIT, NESTING);
    write_nest(w, &nests[1], NESTING + 1, true);
    expect(w, "the place of the 'not' too many", POSTERN_LIMIT, NESTING * 4);
}

int main(void)
{
    const postern_limits defaults = {0};
    const postern_limits raised = {.expression_bytes = 64 << 20,
                                   .concat_arguments = 255};
    world w = {0};

    (void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ); /* a crash shows where */
    open_world(&w, &defaults);
    try_defaults(&w);
    close_world(&w);

    open_world(&w, &raised);
    try_nests(&w);
    try_brackets(&w);
    try_mixed_nests(&w);
    try_chains(&w);
    try_literals(&w);
    try_random_bytes(&w);
    try_random_words(&w);
    close_world(&w);

    free(w.expression.data);
    printf("1..%d\n", w.cases);
    return w.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
