/*
 * bench_regex.c - what regular expressions cost, beside RE2 and PCRE2 with JIT where the
 * build found them. Numbers, no pass or fail; run it on an idle core.
 *
 * Fourteen patterns as they stand in the rules of web application firewalls, on texts
 * that look like requests; forty names of robots in one pattern; and what a hostile
 * sender would like best. Each number is the least of at least 15 samples. A call gets
 * the next of 16 texts of the same kind, so that no engine's branches are learned by
 * heart; what an engine answers is checked, and all must agree.
 */
#include "clock.h"
#include "regex_peer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const regex_peer *const peers[] = {
#define X(name) &peer_##name,
    BENCH_PEERS
#undef X
};

enum { PEERS = COUNT(peers), TEXTS = 16, LONGEST = 8192, HOSTILE = 65536 };

/* --- patterns ------------------------------------------------------------------------ */

typedef enum place { INSIDE, AT_START, AT_END, ALL } place;

static const struct {
    const char *pattern;
    const char *found; /* a text that matches */
    place where;
} patterns[] = {
    {"^/api/v[0-9]+/users/[0-9]+/orders$",              "/api/v2/users/120394/orders",    ALL     },
    {"\\.(?:php|asp|aspx|jsp|cgi)$",                    ".aspx",                          AT_END  },
    {"(?i)union\\s+select",                             "UNION  select",                  INSIDE  },
    {"(?i)(?:<script|javascript:|onerror\\s*=)",        "oNerror =",                      INSIDE  },
    {"\\.\\./",                                         "../",                            INSIDE  },
    {"(?i)wp-(?:login|admin|config)\\.php",             "wp-Config.php",                  INSIDE  },
    {"^/(?:admin|login|wp-login\\.php)",                "/wp-login.php",                  AT_START},
    {"\\b(?:[0-9]{1,3}\\.){3}[0-9]{1,3}\\b",            " 10.20.30.40 ",                  INSIDE  },
    {"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}", "jo.doe@mail.example.com",
     INSIDE                                                                                       },
    {"[A-Za-z0-9+/]{40,}={0,2}",
     "TWFueSBoYW5kcyBtYWtlIGxpZ2h0IHdvcmsuTWFueSA==",                                     INSIDE  },
    {"(?i)union.{0,20}select.{0,40}from",               "union all select name, pw from", INSIDE  },
    {"CN=client-[0-9]+\\.example\\.com(?:,|$)",         "CN=client-17.example.com,",      INSIDE  },
    {"[^\\x20-\\x7e]",                                  "\xe9",                           INSIDE  },
    {"^(?:www|store|blog)\\.example\\.com",             "store.example.com",              AT_START},
};

static const char bots[] =
    "(?i)(?:ahrefsbot|semrushbot|mj12bot|dotbot|petalbot|bytespider|yandexbot|baiduspider|"
    "sogou|seznambot|blexbot|dataforseo|serpstat|megaindex|linkfluence|barkrowler|"
    "zoominfobot|gptbot|claudebot|ccbot|amazonbot|applebot|facebot|twitterbot|linkedinbot|"
    "slackbot|telegrambot|discordbot|pinterest|exabot|turnitin|magpie|netcraft|nmap|"
    "sqlmap|nikto|masscan|zgrab|python-requests|go-http-client)";

/* --- texts --------------------------------------------------------------------------- */

typedef struct shelf {
    postern_str texts[TEXTS];
    char bytes[TEXTS][LONGEST];
} shelf;

static uint64_t chance = 88172645463325252U;

static size_t pick(size_t bound)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return (size_t)(chance >> 11) % bound;
}

/* Something like a target and its headers, of exactly this length. */
static void write_request(char *out, size_t length)
{
    static const char *const words[] = {
        "/shop",  "/item",  "api",    "v2",   "users", "id",     "page",
        "search", "select", "union",  "wp",   "index", "htm",    "admin",
        "client", "locale", "en-GB",  "2024", "1.0",   "html",   "token",
        "ref",    "sort",   "Chrome", "curl", "image", "script",
    };
    static const char marks[] = "-._?=&%; ,:";
    size_t at = 0;

    while (at < length) {
        const char *const word = words[pick(COUNT(words))];
        for (size_t i = 0; word[i] != '\0' && at < length; i++) {
            out[at++] = word[i];
        }
        if (at < length) {
            out[at++] = marks[pick(sizeof marks - 1)];
        }
    }
}

static void fail(const char *what, const char *pattern)
{
    fprintf(stderr, "%s: %s\n", what, pattern);
    exit(EXIT_FAILURE);
}

/* Texts that do not match; `judge` says so. */
static void fill_without(shelf *s, size_t length, void *judge, const char *pattern)
{
    for (size_t i = 0; i < TEXTS; i++) {
        size_t tries = 0;
        s->texts[i] = (postern_str){s->bytes[i], length};
        do {
            if (++tries > 10000) {
                fail("no text is without it", pattern);
            }
            write_request(s->bytes[i], length);
        } while (peers[0]->match(judge, s->texts[i]) != PEER_NO);
    }
}

/* Texts of about 100 bytes with a match. */
static void fill_with(shelf *s, const char *found, place where)
{
    const size_t length = strlen(found);

    for (size_t i = 0; i < TEXTS; i++) {
        const size_t all = where == ALL ? length : 96 + pick(9);
        const size_t at = where == INSIDE   ? 20 + pick(all - length - 20)
                          : where == AT_END ? all - length
                                            : 0;
        write_request(s->bytes[i], all);
        memcpy(s->bytes[i] + at, found, length);
        s->texts[i] = (postern_str){s->bytes[i], all};
    }
}

/* --- measuring ----------------------------------------------------------------------- */

typedef struct job {
    const regex_peer *peer;
    void *compiled;
    postern_str pattern;
    const postern_str *texts;
    size_t next;
    size_t matches; /* so that no answer is for nothing */
} job;

static void match_next(void *user)
{
    job *const j = user;

    j->matches += j->peer->match(j->compiled, j->texts[j->next]) == PEER_YES;
    j->next = (j->next + 1) % TEXTS;
}

static void compile_once(void *user)
{
    job *const j = user;
    void *const compiled = j->peer->compile(j->pattern);

    j->matches += compiled != NULL;
    j->peer->release(compiled);
}

static void *must_compile(const regex_peer *peer, const char *pattern)
{
    void *const compiled = peer->compile(postern_text(pattern));

    if (compiled == NULL) {
        fail(peer->name, pattern);
    }
    return compiled;
}

/* ns of a search in each of the texts. */
static double time_texts(const regex_peer *peer, const char *pattern, const shelf *s,
                         peer_answer wanted)
{
    job j = {.peer = peer, .compiled = must_compile(peer, pattern), .texts = s->texts};
    double took;

    for (size_t i = 0; i < TEXTS; i++) {
        if (peer->match(j.compiled, s->texts[i]) != wanted) {
            fail("answers otherwise", pattern);
        }
    }
    took = time_in_rounds(match_next, &j, 5e5);
    if ((j.matches > 0) != (wanted == PEER_YES)) {
        fail("changed its mind", pattern);
    }
    peer->release(j.compiled);
    return took;
}

static double time_compile(const regex_peer *peer, const char *pattern)
{
    job j = {.peer = peer, .pattern = postern_text(pattern)};

    return time_in_rounds(compile_once, &j, 1e6) / 1e3;
}

/* --- tables -------------------------------------------------------------------------- */

static void headline(const char *what)
{
    printf("\n| %-44s |", what);
    for (size_t i = 0; i < PEERS; i++) {
        printf(" %12s |", peers[i]->name);
    }
    printf("\n|%s|", "----------------------------------------------");
    for (size_t i = 0; i < PEERS; i++) {
        printf("-------------:|");
    }
    printf("\n");
}

static void row(const char *name, const double *numbers)
{
    int width = 44;

    printf("| ");
    for (; *name != '\0'; name++, width--) {
        if (*name == '|') { /* would end the cell */
            putchar('\\');
            width--;
        }
        putchar(*name);
    }
    printf("%*s |", width > 0 ? width : 0, "");
    for (size_t i = 0; i < PEERS; i++) {
        if (numbers[i] < 0) {
            printf(" %12s |", "-");
        } else {
            printf(" %12.*f |", numbers[i] < 1000 ? 1 : 0, numbers[i]);
        }
    }
    printf("\n");
    (void)fflush(stdout);
}

static bool verbose;

/* Geometric means over all patterns. */
static void usual_row(const char *name, size_t length, peer_answer wanted)
{
    static shelf s;
    double sums[PEERS] = {0};

    for (size_t p = 0; p < COUNT(patterns); p++) {
        const char *const pattern = patterns[p].pattern;
        void *const judge = must_compile(peers[0], pattern);
        double times[PEERS];
        if (wanted == PEER_NO) {
            fill_without(&s, length, judge, pattern);
        } else {
            fill_with(&s, patterns[p].found, patterns[p].where);
        }
        peers[0]->release(judge);
        for (size_t i = 0; i < PEERS; i++) {
            times[i] = time_texts(peers[i], pattern, &s, wanted);
            sums[i] += log(times[i]);
        }
        if (verbose) {
            row(pattern, times);
        }
    }
    for (size_t i = 0; i < PEERS; i++) {
        sums[i] = exp(sums[i] / (double)COUNT(patterns));
    }
    row(name, sums);
}

static void usual_table(void)
{
    static shelf s;
    void *const judge = must_compile(peers[0], bots);
    double times[PEERS];

    headline("14 patterns, geometric mean ns");
    usual_row("20 B no match", 20, PEER_NO);
    usual_row("100 B no match", 100, PEER_NO);
    usual_row("~100 B match", 0, PEER_YES);
    usual_row("1000 B no match", 1000, PEER_NO);
    usual_row("8192 B no match", 8192, PEER_NO);
    fill_without(&s, 8192, judge, bots);
    for (size_t i = 0; i < PEERS; i++) {
        times[i] = time_texts(peers[i], bots, &s, PEER_NO);
    }
    row("40 robots `(?i)`, 8192 B no match", times);
    peers[0]->release(judge);
}

static double size_of(const regex_peer *peer, const char *pattern)
{
    void *const compiled = must_compile(peer, pattern);
    const size_t bytes = peer->bytes(compiled);

    peer->release(compiled);
    return bytes == 0 ? -1 : (double)bytes;
}

static void compile_table(void)
{
    double numbers[PEERS];

    headline("compile us");
    for (size_t p = 0; p <= COUNT(patterns); p++) {
        const char *const pattern = p == COUNT(patterns) ? bots : patterns[p].pattern;
        for (size_t i = 0; i < PEERS; i++) {
            numbers[i] = time_compile(peers[i], pattern);
        }
        row(p == COUNT(patterns) ? "40 robots" : pattern, numbers);
    }
    headline("bytes");
    for (size_t p = 0; p <= COUNT(patterns); p++) {
        const char *const pattern = p == COUNT(patterns) ? bots : patterns[p].pattern;
        for (size_t i = 0; i < PEERS; i++) {
            numbers[i] = size_of(peers[i], pattern);
        }
        row(p == COUNT(patterns) ? "40 robots" : pattern, numbers);
    }
}

/* --- hostile texts ------------------------------------------------------------------- */

typedef enum filling {
    ONE_BYTE, /* all of them the same */
    AS_AND_BS,
    NO_PAIR /* a, b and c, but never a and b at the distance */
} filling;

/* The last byte is one that the pattern needs, or spoils everything. */
static const struct {
    const char *pattern;
    const char *name; /* where ns for a byte are told */
    filling filling;
    char byte;
    char last;
    size_t length;
    size_t distance; /* of what would be a match */
    bool endless;    /* for what is not linear */
} hostile[] = {
    {"(a+)+$",                 NULL,                      ONE_BYTE,  'a', '!', HOSTILE, 0,   false},
    {"(a|aa)+$",               NULL,                      ONE_BYTE,  'a', '!', HOSTILE, 0,   false},
    {"(?:a|b)*a(?:a|b){14}$",  NULL,                      AS_AND_BS, 0,   '!', 8192,    0,   true },
    {"(?:a|b)*a(?:a|b){14}$",  NULL,                      AS_AND_BS, 0,   '!', HOSTILE, 0,   true },
    {"\\s+$",                  NULL,                      ONE_BYTE,  ' ', 'x', HOSTILE, 0,   false},
    {"^(a+)+$",                NULL,                      ONE_BYTE,  'a', '!', HOSTILE, 0,   false},
    {"(x+x+)+y",               NULL,                      ONE_BYTE,  'x', 'z', HOSTILE, 0,   true },
    {"(?:a|b)*a(?:a|b){14}c",  "ns/B (a|b)*a(a|b){14}c",  AS_AND_BS, 0,   'c', HOSTILE, 15,
     true                                                                                         },
    {"(?:a|b)*a(?:a|b){60}c",  "ns/B (a|b)*a(a|b){60}c",  AS_AND_BS, 0,   'c', HOSTILE, 61,
     true                                                                                         },
    {"(?:a|b)*a(?:a|b){250}c", "ns/B (a|b)*a(a|b){250}c", AS_AND_BS, 0,   'c', HOSTILE,
     251,                                                                                    true },
    {"a[abc]{14}b",            "ns/B a[abc]{14}b",        NO_PAIR,   0,   'c', HOSTILE, 15,  true },
    {"a[abc]{60}b",            "ns/B a[abc]{60}b",        NO_PAIR,   0,   'c', HOSTILE, 61,  true },
    {"a[abc]{250}b",           "ns/B a[abc]{250}b",       NO_PAIR,   0,   'c', HOSTILE, 251, true },
};

static void fill_hostile(char *out, size_t which)
{
    const size_t length = hostile[which].length;
    const size_t distance = hostile[which].distance;

    for (size_t i = 0; i < length; i++) {
        switch (hostile[which].filling) {
        case ONE_BYTE:
            out[i] = hostile[which].byte;
            break;
        case AS_AND_BS:
            out[i] = i + distance + 1 == length ? 'b' : "ab"[pick(2)];
            break;
        case NO_PAIR:
            out[i] = i >= distance && out[i - distance] == 'a' ? "ac"[pick(2)]
                                                               : "abc"[pick(3)];
            break;
        }
    }
    out[length - 1] = hostile[which].last;
}

static void hostile_row(size_t which)
{
    static char bytes[TEXTS][HOSTILE];
    static postern_str texts[TEXTS];
    const size_t length = hostile[which].length;
    const bool by_byte = hostile[which].name != NULL;
    double times[PEERS];
    char name[64];

    for (size_t i = 0; i < TEXTS; i++) {
        fill_hostile(bytes[i], which);
        texts[i] = (postern_str){bytes[i], length};
    }
    for (size_t i = 0; i < PEERS; i++) {
        job j = {.peer = peers[i], .texts = texts};
        times[i] = -1;
        if (hostile[which].endless && !peers[i]->linear) {
            continue;
        }
        j.compiled = must_compile(peers[i], hostile[which].pattern);
        if (peers[i]->match(j.compiled, texts[0]) == PEER_YES) {
            fail("matches", hostile[which].pattern);
        }
        times[i] = time_in_rounds(match_next, &j, 1e6);
        times[i] /= by_byte ? (double)length : 1e3;
        peers[i]->release(j.compiled);
    }
    (void)snprintf(name, sizeof name, "%s, %zu",
                   by_byte ? hostile[which].name : hostile[which].pattern, length);
    row(name, times);
}

int main(int argc, char **argv)
{
    (void)argv;
    verbose = argc > 1; /* each pattern by itself */
    usual_table();
    compile_table();
    headline("hostile, us or ns/B");
    for (size_t i = 0; i < COUNT(hostile); i++) {
        hostile_row(i);
    }
    return EXIT_SUCCESS;
}
