/*
 * bench_needles.c - what it costs to look for many needles at once, and to make the
 * structure. Numbers, no pass or fail; run it on an idle core.
 *
 * Needles as rules have them: paths and names of robots that differ in a number, and
 * random words. Texts are 64 different ones of a length, none with a needle in it unless
 * said so. Each number is the least of at least 600 short samples.
 */
#include "clock.h"
#include "match/needles.h"
#include "match/regex_literals.h"
#include "support/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXTS = 64, LONGEST = 4096, ROOM = 24, COUNT_MAX = 100000 };

typedef struct stand {
    pst_needle *needles;
    char (*rooms)[ROOM];
    size_t count;
    size_t bytes; /* of all needles' texts */
    pst_arena arena;
    pst_arena scratch;
    const pst_needles *made;
    char texts[TEXTS][LONGEST];
    size_t length;
    size_t next;
    size_t found;
} stand;

static uint64_t state = 88172645463325252U;

static size_t pick(size_t bound)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state * 0x2545f4914f6cdd1dU >> 32) % bound;
}

static void *must(void *block)
{
    if (block == NULL) {
        fputs("bench_needles: out of memory\n", stderr);
        exit(1);
    }
    return block;
}

/* --- needles and texts ------------------------------------------------------------------ */

typedef void spell(char room[ROOM], size_t number);

static void spell_path(char room[ROOM], size_t number)
{
    snprintf(room, ROOM, "/admin%zu/", number);
}

static void spell_robot(char room[ROOM], size_t number)
{
    snprintf(room, ROOM, "badbot%zu", number);
}

static void spell_word(char room[ROOM], size_t number)
{
    const size_t length = 6 + pick(8);

    (void)number;
    for (size_t i = 0; i < length; i++) {
        room[i] = "etaoinshrdlucmfwypvbgkjqxz0123456789"[pick(36)];
    }
    room[length] = '\0';
}

/* One in which every pair of halves has many needles. */
static void spell_halves(char room[ROOM], size_t number)
{
    static const char *const halves[] = {"abcd", "bcda", "cdab", "dabc"};

    room[0] = '\0';
    for (int i = 0; i < 5; i++, number /= 4) {
        strcat(room, halves[number % 4]);
    }
    snprintf(room + 20, 4, "%c", (char)('a' + (char)(number % 4)));
}

static void build(stand *s)
{
    pst_arena_reset(&s->arena);
    pst_arena_reset(&s->scratch);
    s->made = must((void *)(uintptr_t)pst_needles_build(&s->arena, &s->scratch,
                                                        s->needles, s->count));
}

static void build_again(void *user)
{
    build(user);
}

static void fill(stand *s, spell *spelled, size_t count)
{
    s->count = count;
    s->bytes = 0;
    for (size_t i = 0; i < count; i++) {
        spelled(s->rooms[i], i);
        s->needles[i] = (pst_needle){
            .text = postern_text(s->rooms[i]), .tag = (uint32_t)i, .fold = i % 2 != 0};
        s->bytes += s->needles[i].text.len;
    }
    build(s);
}

/* Texts that look like paths, queries and names of browsers. */
static void write_texts(stand *s, size_t length)
{
    static const char *const words[] = {
        "Mozilla/5.0 ",
        "(X11; Linux x86_64) ",
        "AppleWebKit/537.36 ",
        "Chrome/120.0 ",
        "/api/v2/",
        "users/",
        "orders",
        "?page=",
        "&sort=name",
        "/static/js/",
        "main.js",
        "index.html",
        "12345",
        "/admin",
        "bot",
        "2024-01-02",
    };

    s->length = length;
    for (size_t t = 0; t < TEXTS; t++) {
        for (size_t at = 0; at < length;) {
            const char *word = words[pick(sizeof words / sizeof words[0])];
            while (*word != '\0' && at < length) {
                s->texts[t][at++] = *word++;
            }
        }
    }
}

static void repeat_text(stand *s, const char *piece, size_t length)
{
    s->length = length;
    for (size_t t = 0; t < TEXTS; t++) {
        for (size_t at = 0; at < length; at++) {
            s->texts[t][at] = piece[(at + t) % strlen(piece)];
        }
    }
}

/* --- measuring --------------------------------------------------------------------------- */

static void count_found(void *user, uint32_t tag)
{
    stand *const s = user;

    s->found += tag < s->count;
}

static void find(void *user)
{
    stand *const s = user;

    s->next = (s->next + 1) % TEXTS;
    pst_needles_find(s->made, (postern_str){s->texts[s->next], s->length}, count_found,
                     s);
}

/* Short rounds: some of them meet nobody else. */
static double least_time(stand *s)
{
    double least = 1e18;

    for (int i = 0; i < 40; i++) {
        const double took = time_in_rounds(find, s, 2e4);
        least = took < least ? took : least;
    }
    return least;
}

static void show_set(stand *s, const char *name, spell *spelled, size_t count)
{
    static const size_t lengths[] = {3, 28, 100, 1000};

    fill(s, spelled, count);
    printf("%-8s %7zu", name, count);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        write_texts(s, lengths[i]);
        printf(" %8.1f", least_time(s));
    }
    printf(" %9.3f", time_of(build_again, s) / 1e6);
    printf(" %7.1f\n", (double)(s->arena.used - s->bytes) / (double)count);
}

static void show_hostile(stand *s, const char *name, spell *spelled, const char *piece)
{
    double took;

    fill(s, spelled, 10000);
    repeat_text(s, piece, 1000);
    s->found = 0;
    find(s);
    printf("%-8s %-24s %8zu", name, piece, s->found);
    took = least_time(s);
    printf(" %10.1f %8.2f\n", took, took / 1000);
}

static void show_literals(stand *s)
{
    char pattern[64];
    postern_str texts[16];
    uint64_t least = UINT64_MAX;
    size_t sum = 0;

    for (int round = 0; round < 100; round++) {
        const uint64_t start = clock_ns();
        uint64_t took;
        sum = 0;
        pst_arena_reset(&s->arena);
        for (int i = 0; i < 200; i++) {
            const int length = snprintf(pattern, sizeof pattern,
                                        "(?i)badbot%d|scrap[e3]r%d", i * 50, i * 50);
            pst_arena_reset(&s->scratch);
            sum += pst_regex_literals(&s->arena, &s->scratch,
                                      (postern_str){pattern, (size_t)length}, 4, texts,
                                      16);
        }
        took = clock_ns() - start;
        least = took < least ? took : least;
    }
    printf("\n%zu texts of 200 patterns, us a pattern: %.2f\n", sum,
           (double)least / 200 / 1000);
}

int main(void)
{
    static const size_t counts[] = {10, 100, 1000, 10000, COUNT_MAX};
    static const struct {
        const char *name;
        spell *spelled;
    } sets[] = {
        {"paths",  spell_path },
        {"robots", spell_robot},
        {"words",  spell_word }
    };
    stand *const s = must(calloc(1, sizeof *s));

    s->needles = must(calloc(COUNT_MAX, sizeof *s->needles));
    s->rooms = must(calloc(COUNT_MAX, sizeof *s->rooms));
    pst_arena_init(&s->arena, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    pst_arena_init(&s->scratch, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    puts("needles            ns a text of bytes                   build   bytes");
    puts("             n        3       28      100     1000        ms  beside");
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++) {
            show_set(s, sets[i].name, sets[i].spelled, counts[k]);
        }
    }
    show_set(s, "halves", spell_halves, 4096);
    puts("\n10000 needles, 1000 bytes that repeat themselves\n"
         "needles  bytes                       found         ns  ns/byte");
    show_hostile(s, "paths", spell_path, "/admin1/");
    show_hostile(s, "paths", spell_path, "/admin1111");
    show_hostile(s, "paths", spell_path, "1");
    show_hostile(s, "robots", spell_robot, "badbot1");
    show_hostile(s, "robots", spell_robot, "bot9");
    show_hostile(s, "robots", spell_robot, "1");
    show_hostile(s, "halves", spell_halves, "abcd");
    show_hostile(s, "halves", spell_halves, "abcdbcdacdabdabca");
    show_literals(s);
    pst_arena_free(&s->arena);
    pst_arena_free(&s->scratch);
    free(s->rooms);
    free(s->needles);
    free(s);
    return 0;
}
