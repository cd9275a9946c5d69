#include "ebnf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum item_kind {
    SEQUENCE,
    CHOICE,
    OPTION,
    REPEAT,
    TERMINAL,
    PROSE,
    RULE
} item_kind;

typedef struct item {
    item_kind kind;
    struct item *first; /* child */
    struct item *next;  /* sibling */
    char *text;         /* of TERMINAL, PROSE; the name of RULE */
    size_t rule;        /* of RULE: which */
    unsigned cost;      /* how deep the shallowest sentence of it nests */
    bool drawn;
} item;

typedef struct production {
    char *name;
    item *body;
    bool token; /* there are no blanks inside */
} production;

enum { PRODUCTIONS_MAX = 100, DEPTH_MAX = 40, COST_SMALL = 4, COST_UNKNOWN = 1000 };

struct ebnf {
    char *source;
    const char *at; /* while it is read */
    bool tokens;
    production productions[PRODUCTIONS_MAX];
    size_t count;
    /* while a sentence is drawn */
    uint64_t state;
    unsigned depth;
    unsigned fence;
    bool in_key;
    char sentence[EBNF_SENTENCE_MAX];
    size_t length;
};

static void fail(const char *what, const char *where)
{
    (void)fprintf(stderr, "grammar: %s at \"%.40s\"\n", what, where);
    exit(EXIT_FAILURE);
}

static void *room(size_t size)
{
    void *block = calloc(1, size);

    if (block == NULL) {
        fail("out of memory", "");
    }
    return block;
}

/* --- reading ----------------------------------------------------------------------- */

static void skip_blanks(ebnf *g)
{
    for (;;) {
        g->at += strspn(g->at, " \t\n");
        if (strncmp(g->at, "(*", 2) != 0) {
            return;
        }
        g->tokens = g->tokens || strncmp(g->at, "(* Tokens", 9) == 0;
        g->at = strstr(g->at, "*)");
        if (g->at == NULL) {
            fail("comment without end", g->source);
        }
        g->at += 2;
    }
}

static bool take(ebnf *g, char c)
{
    skip_blanks(g);
    if (*g->at != c) {
        return false;
    }
    g->at++;
    return true;
}

static void want(ebnf *g, char c)
{
    if (!take(g, c)) {
        fail("something is missing", g->at);
    }
}

static char *copy(const char *from, size_t length)
{
    char *text = room(length + 1);

    memcpy(text, from, length);
    return text;
}

static item *new_item(item_kind kind, item *first)
{
    item *made = room(sizeof *made);

    made->kind = kind;
    made->first = first;
    made->cost = COST_UNKNOWN;
    return made;
}

static item *read_choice(ebnf *g);

/* Up to `end`, which is taken too. */
static item *read_quoted(ebnf *g, item_kind kind, char end)
{
    item *made = new_item(kind, NULL);
    const char *stop = strchr(g->at, end);

    if (stop == NULL) {
        fail("quote without end", g->at);
    }
    made->text = copy(g->at, (size_t)(stop - g->at));
    g->at = stop + 1;
    return made;
}

/* A name of several words. */
static char *read_name(ebnf *g)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ";
    size_t length;

    skip_blanks(g);
    length = strspn(g->at, letters);
    g->at += length;
    while (length > 0 && g->at[-1] == ' ') {
        length--;
        g->at--;
    }
    if (length == 0) {
        fail("no name", g->at);
    }
    return copy(g->at - length, length);
}

static item *read_item(ebnf *g)
{
    item *made;

    if (take(g, '(')) {
        made = read_choice(g);
        want(g, ')');
    } else if (take(g, '[')) {
        made = new_item(OPTION, read_choice(g));
        want(g, ']');
    } else if (take(g, '{')) {
        made = new_item(REPEAT, read_choice(g));
        want(g, '}');
    } else if (take(g, '"') || take(g, '\'')) {
        made = read_quoted(g, TERMINAL, g->at[-1]);
    } else if (take(g, '?')) {
        g->at += strspn(g->at, " ");
        made = read_quoted(g, PROSE, '?');
    } else {
        made = new_item(RULE, NULL);
        made->text = read_name(g);
    }
    return made;
}

/* part { between part }; one part stays as it is. */
static item *read_list(ebnf *g, item_kind kind, char between, item *(*part)(ebnf *))
{
    item *list = new_item(kind, part(g));
    item *last = list->first;

    if (!take(g, between)) {
        free(list);
        return last;
    }
    do {
        /* what stands in parentheses is a list already: it keeps its own siblings */
        item *following = part(g);
        last->next = following;
        last = following;
    } while (take(g, between));
    return list;
}

static item *read_sequence(ebnf *g)
{
    return read_list(g, SEQUENCE, ',', read_item);
}

static item *read_choice(ebnf *g)
{
    return read_list(g, CHOICE, '|', read_sequence);
}

static size_t find(const ebnf *g, const char *name)
{
    for (size_t i = 0; i < g->count; i++) {
        if (strcmp(g->productions[i].name, name) == 0) {
            return i;
        }
    }
    fail("no such production", name);
    return 0;
}

static void resolve(const ebnf *g, item *one)
{
    if (one->kind == RULE) {
        one->rule = find(g, one->text);
    }
    for (item *child = one->first; child != NULL; child = child->next) {
        resolve(g, child);
    }
}

/* How deep the shallowest sentence of `one` is, from what is known so far. */
static unsigned cost_of(const ebnf *g, item *one)
{
    unsigned most = 0;
    unsigned least = COST_UNKNOWN;

    for (item *child = one->first; child != NULL; child = child->next) {
        child->cost = cost_of(g, child);
        most = child->cost > most ? child->cost : most;
        least = child->cost < least ? child->cost : least;
    }
    switch (one->kind) {
    case CHOICE:
        return least;
    case SEQUENCE:
        return most;
    case RULE:
        least = g->productions[one->rule].body->cost;
        return least < COST_UNKNOWN ? least + 1 : least;
    case OPTION:
    case REPEAT:
    case TERMINAL:
    case PROSE:
        break;
    }
    return 0;
}

static char *read_file(const char *file)
{
    FILE *in = fopen(file, "rb");
    char *text = room(1 << 16);
    size_t length;

    if (in == NULL) {
        fail("cannot be read", file);
    }
    length = fread(text, 1, (1 << 16) - 1, in);
    (void)fclose(in);
    text[length] = '\0';
    return text;
}

ebnf *ebnf_load(const char *file)
{
    ebnf *g = room(sizeof *g);

    g->source = read_file(file);
    g->at = g->source;
    for (skip_blanks(g); *g->at != '\0'; skip_blanks(g)) {
        production *made = &g->productions[g->count++];
        if (g->count == PRODUCTIONS_MAX) {
            fail("too many productions", g->at);
        }
        made->token = g->tokens;
        made->name = read_name(g);
        want(g, '=');
        made->body = read_choice(g);
        want(g, ';');
    }
    for (size_t i = 0; i < g->count; i++) {
        resolve(g, g->productions[i].body);
    }
    for (size_t round = 0; round < g->count; round++) {
        for (size_t i = 0; i < g->count; i++) {
            g->productions[i].body->cost = cost_of(g, g->productions[i].body);
        }
    }
    return g;
}

static void free_item(item *one)
{
    while (one != NULL) {
        item *next = one->next;
        free_item(one->first);
        free(one->text);
        free(one);
        one = next;
    }
}

void ebnf_free(ebnf *g)
{
    for (size_t i = 0; i < g->count; i++) {
        free_item(g->productions[i].body);
        free(g->productions[i].name);
    }
    free(g->source);
    free(g);
}

/* --- drawing ----------------------------------------------------------------------- */

static uint64_t next(ebnf *g)
{
    g->state ^= g->state << 13;
    g->state ^= g->state >> 7;
    g->state ^= g->state << 17;
    return g->state * 0x2545f4914f6cdd1dU;
}

static size_t below(ebnf *g, size_t count)
{
    return (size_t)((next(g) >> 33) % count);
}

static void put(ebnf *g, const char *text)
{
    const size_t length = strlen(text);

    if (g->length + length >= EBNF_SENTENCE_MAX) {
        fail("the sentence is too long", text);
    }
    memcpy(g->sentence + g->length, text, length);
    g->length += length;
}

/* One of the bytes of `from`. */
static void put_one(ebnf *g, const char *from)
{
    const char text[2] = {from[below(g, strlen(from))], '\0'};

    put(g, text);
}

/* Any character but NUL and those of `without`, some of them of several bytes. */
static void put_byte(ebnf *g, const char *without)
{
    static const char *const wide[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                                       "\xe2\x80\xae", "\xc2\x85"};
    char text[2] = {'a', '\0'};

    if (below(g, 12) == 0) {
        put(g, wide[below(g, sizeof wide / sizeof wide[0])]);
        return;
    }
    do {
        text[0] = (char)(1 + below(g, g->in_key          ? 0x7f
                                      : below(g, 8) == 0 ? 0xff
                                                         : 0x7f));
    } while (strchr(without, text[0]) != NULL);
    put(g, text);
}

static void put_number(ebnf *g, size_t count)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%zu", below(g, count));
    put(g, text);
}

static void put_ipv6(ebnf *g)
{
    static const char *const some[] = {
        "::",  "::1", "2001:db8::", "fe80::1:2", "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1",
        "ab::"};

    put(g, some[below(g, sizeof some / sizeof some[0])]);
}

static const char upper_lower[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char digits[] = "0123456789abcdefABCDEF";

static void put_of(ebnf *g, const char *from, size_t first, size_t count)
{
    const char text[2] = {from[first + below(g, count)], '\0'};

    put(g, text);
}

/* What a prose terminal stands for. Inside a key the escapes stay below 0x80, so that
 * it is valid UTF-8. */
static void put_prose(ebnf *g, const char *prose)
{
    if (strcmp(prose, "A to Z, a to z ") == 0) {
        put_one(g, upper_lower);
    } else if (strcmp(prose, "a to z ") == 0) {
        put_of(g, upper_lower, 26, 26);
    } else if (strcmp(prose, "0 to 9 ") == 0) {
        put_of(g, digits, 0, 10);
    } else if (strcmp(prose, "1 to 9 ") == 0) {
        put_of(g, digits, 1, 9);
    } else if (strcmp(prose, "0 to 7 ") == 0) {
        put_of(g, digits, 0, 8);
    } else if (strcmp(prose, "0 to 3 ") == 0) {
        put_of(g, digits, 0, g->in_key ? 2 : 4);
    } else if (strcmp(prose, "0 to 9, A to F, a to f ") == 0) {
        put_of(g, digits, 0, g->in_key ? 8 : 22);
    } else if (strcmp(prose, "any byte but NUL ") == 0) {
        put_byte(g, "");
    } else if (strcmp(prose, "any byte but NUL, \" and \\ ") == 0) {
        put_byte(g, "\"\\");
    } else if (strcmp(prose, "any byte but NUL, \", \\ and [ ") == 0) {
        put_byte(g, "\"\\[");
    } else if (strcmp(prose, "any byte but NUL, \\ and ] ") == 0) {
        put_byte(g, "\\]");
    } else if (strstr(prose, "as many #") != NULL) {
        if (g->fence > 1 && below(g, 4) == 0) {
            put(g, "\"!");
        } else {
            put_byte(g, "\"");
        }
    } else if (strcmp(prose, "0 to 255 without leading zeros ") == 0) {
        put_number(g, 256);
    } else if (strcmp(prose, "0 to 32, for IPv6 0 to 128 ") == 0) {
        put_number(g, 33);
    } else if (strcmp(prose, "the text of RFC 4291, section 2.2 ") == 0) {
        put_ipv6(g);
    } else {
        fail("nobody knows what this stands for", prose);
    }
}

static void draw(ebnf *g, item *one, bool token);

/* Reserved words are no names. */
static void unreserve(ebnf *g, size_t start)
{
    static const char *const reserved[] = {"and", "or", "xor", "not", "true", "false"};

    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        if (g->length - start == strlen(reserved[i]) &&
            memcmp(g->sentence + start, reserved[i], g->length - start) == 0) {
            put(g, "_");
            return;
        }
    }
}

static bool is_word(char c)
{
    return c != '\0' && strchr("_.:/-0123456789", c) != NULL
               ? true
               : c != '\0' && strchr(upper_lower, c) != NULL;
}

/* A token was drawn at `start`: puts blanks in front of it, at least one between two
 * words. */
static void space(ebnf *g, size_t start)
{
    static const char blanks[] = {' ', '\t', '\r', '\n'};
    char *const at = g->sentence + start;
    size_t count = below(g, 3) == 0 ? below(g, 4) : 0;

    if (start > 0 && count == 0 && is_word(at[-1]) && is_word(at[0])) {
        count = 1;
    }
    if (*at == '[' || start == g->length) {
        count = 0;
    }
    if (g->length + count >= EBNF_SENTENCE_MAX) {
        fail("the sentence is too long", "");
    }
    memmove(at + count, at, g->length - start);
    for (size_t i = 0; i < count; i++) {
        at[i] = blanks[below(g, 3) == 0 ? below(g, sizeof blanks) : 0];
    }
    g->length += count;
}

static void draw_rule(ebnf *g, item *one, bool token)
{
    const production *const rule = &g->productions[one->rule];
    const bool in_key = g->in_key;
    const bool fenced = strcmp(rule->name, "fenced") == 0;
    const size_t start = g->length;

    g->in_key = in_key || strcmp(rule->name, "index") == 0;
    g->fence += fenced ? 1 : 0;
    g->depth++;
    draw(g, rule->body, rule->token);
    g->depth--;
    g->fence -= fenced ? 1 : 0;
    g->in_key = in_key;
    if (strcmp(rule->name, "name") == 0) {
        unreserve(g, start);
    }
    if (rule->token && !token) {
        space(g, start);
    }
}

/* One of the alternatives; when it went deep enough only of those that soon end. */
static item *choose(ebnf *g, item *choice)
{
    item *chosen = NULL;
    size_t count = 0;

    for (item *child = choice->first; child != NULL; child = child->next) {
        if (g->depth <= DEPTH_MAX || child->cost <= COST_SMALL) {
            count++;
            chosen = below(g, count) == 0 ? child : chosen;
        }
    }
    return chosen != NULL ? chosen : choice->first;
}

static void draw(ebnf *g, item *one, bool token)
{
    const size_t start = g->length;
    const bool deep = g->depth > DEPTH_MAX && !token;

    one->drawn = true;
    switch (one->kind) {
    case SEQUENCE:
        for (item *child = one->first; child != NULL; child = child->next) {
            draw(g, child, token);
        }
        break;
    case CHOICE:
        draw(g, choose(g, one), token);
        break;
    case OPTION:
        if (!deep && below(g, 2) == 0) {
            draw(g, one->first, token);
        }
        break;
    case REPEAT:
        for (int i = 0; i < 7 && !deep && below(g, token ? 2 : 3) == 0; i++) {
            draw(g, one->first, token);
        }
        break;
    case TERMINAL:
        put(g, one->text);
        if (!token) {
            space(g, start);
        }
        break;
    case PROSE:
        put_prose(g, one->text);
        break;
    case RULE:
        draw_rule(g, one, token);
        break;
    }
}

postern_str ebnf_draw(ebnf *g, const char *name, uint64_t seed)
{
    g->state = (seed + 1) * 0x9e3779b97f4a7c15U | 1;
    g->depth = 0;
    g->length = 0;
    for (int i = 0; i < 4; i++) {
        (void)next(g);
    }
    draw(g, g->productions[find(g, name)].body, false);
    return (postern_str){g->sentence, g->length};
}

static const item *undrawn(const item *one)
{
    const item *found = one->drawn ? NULL : one;

    for (const item *child = one->first; child != NULL && found == NULL;
         child = child->next) {
        found = undrawn(child);
    }
    return found;
}

const char *ebnf_undrawn(const ebnf *g)
{
    for (size_t i = 0; i < g->count; i++) {
        const item *found = undrawn(g->productions[i].body);
        if (found != NULL) {
            return found->text != NULL ? found->text : g->productions[i].name;
        }
    }
    return NULL;
}
