/*
 * bench_sets.c - what lists of 4 to 1,000,000 entries cost: to make, to hold, and to
 * ask with 1,024 keys that no predictor learns, every second of which is a member.
 * Numbers, no pass or fail; run it on an idle core. An argument is the most entries.
 */
#include "clock.h"
#include "match/list.h"
#include "match/range_map.h"
#include "support/alloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 1024, TEXT = 48, SIZES = 7 };

static const size_t sizes[SIZES] = {4, 10, 100, 1000, 10000, 100000, 1000000};

/* --- entries and keys ---------------------------------------------------------------- */

static uint64_t mixed(uint64_t number)
{
    number = (number ^ number >> 31) * 0x7fb5d329728ea185U;
    number = (number ^ number >> 27) * 0x81dadef4bc2dd44dU;
    return number ^ number >> 33;
}

typedef struct kind {
    const char *name;
    postern_list_kind kind;
    /** Entry number `i`, NUL-terminated; always the same. */
    void (*entry)(uint64_t i, char text[TEXT]);
    /** A key that entry `i` holds. */
    void (*key)(uint64_t i, char text[TEXT]);
} kind;

static void v4_entry(uint64_t i, char text[TEXT])
{
    const uint64_t r = mixed(i);

    (void)snprintf(text, TEXT, "%d.%d.%d.%d%s", (int)(r & 255), (int)(r >> 8 & 255),
                   (int)(r >> 16 & 255), i % 4 == 0 ? 0 : (int)(r >> 24 & 255),
                   i % 4 == 0 ? "/24" : "");
}

static void v4_key(uint64_t i, char text[TEXT])
{
    const uint64_t r = mixed(i);

    (void)snprintf(text, TEXT, "%d.%d.%d.%d", (int)(r & 255), (int)(r >> 8 & 255),
                   (int)(r >> 16 & 255), (int)(r >> 24 & 255));
}

/* Networks of /48 under a thousand providers, and in every second one a host. */
static void v6_write(uint64_t i, bool whole, char text[TEXT])
{
    const uint64_t r = mixed(i);
    const int provider = (int)(mixed(r & 1023) & 0xffff);

    (void)snprintf(
        text, TEXT, i % 2 == 0 && !whole ? "2a%02x:%x:%x::/48" : "2a%02x:%x:%x::%x",
        provider >> 12, provider, (int)(r >> 16 & 0xffff), (int)(r >> 32 & 0xffff));
}

static void v6_entry(uint64_t i, char text[TEXT])
{
    v6_write(i, false, text);
}

static void v6_key(uint64_t i, char text[TEXT])
{
    v6_write(i, true, text);
}

static void int_entry(uint64_t i, char text[TEXT])
{
    (void)snprintf(text, TEXT, "%" PRIu64, mixed(i) & 0xffffffff);
}

static void string_entry(uint64_t i, char text[TEXT])
{
    (void)snprintf(text, TEXT, "%.*s%" PRIx64, (int)(i % 8), "user-id:", mixed(i));
}

static void country_entry(uint64_t i, char text[TEXT])
{
    (void)snprintf(text, TEXT, "%c%c", 'A' + (char)(i % 26), 'A' + (char)(i / 26 % 26));
}

static void host_entry(uint64_t i, char text[TEXT])
{
    (void)snprintf(text, TEXT, "www.h%" PRIx64 ".example.com", mixed(i) & 0xffffffff);
}

static void wild_entry(uint64_t i, char text[TEXT])
{
    (void)snprintf(text, TEXT, "*.h%" PRIx64 ".example.com", mixed(i) & 0xffffffff);
}

static const kind kinds[] = {
    {"ip v4",          POSTERN_LIST_IP,       v4_entry,      v4_key       },
    {"ip v6",          POSTERN_LIST_IP,       v6_entry,      v6_key       },
    {"int",            POSTERN_LIST_INT,      int_entry,     int_entry    },
    {"string",         POSTERN_LIST_STRING,   string_entry,  string_entry },
    {"string country", POSTERN_LIST_STRING,   country_entry, country_entry},
    {"host",           POSTERN_LIST_HOSTNAME, host_entry,    host_entry   },
    {"host *.",        POSTERN_LIST_HOSTNAME, wild_entry,    host_entry   },
};

/* --- one row ------------------------------------------------------------------------- */

typedef struct row {
    const kind *kind;
    size_t count;
    char (*texts)[TEXT];
    postern_str *items;
    postern_list *list;
    pst_value keys[KEYS];
    char key_texts[KEYS][TEXT];
    size_t hits;
} row;

static void must(bool well, const char *what)
{
    if (!well) {
        fprintf(stderr, "bench_sets: %s\n", what);
        exit(EXIT_FAILURE);
    }
}

/* Counts the bytes that are held in *user. */
static void *counting(void *user, void *old, size_t old_size, size_t new_size)
{
    size_t *const held = user;

    *held += new_size - old_size;
    if (new_size == 0) {
        free(old);
        return NULL;
    }
    return realloc(old, new_size);
}

static void make_keys(row *r)
{
    for (size_t i = 0; i < KEYS; i++) {
        const uint64_t draw = mixed(i + 77);
        const uint64_t entry =
            draw % 2 == 0 ? draw / 2 % r->count : r->count + draw / 2;
        char *text = r->key_texts[i];
        r->kind->key(entry, text);
        switch (r->kind->kind) {
        case POSTERN_LIST_IP:
            must(pst_ip_parse(postern_text(text), PST_MAPPED_UNMAP, &r->keys[i].ip),
                 "key");
            break;
        case POSTERN_LIST_INT:
            r->keys[i].integer = (int64_t)strtoull(text, NULL, 10);
            break;
        case POSTERN_LIST_STRING:
        case POSTERN_LIST_HOSTNAME:
            r->keys[i].string = postern_text(text);
            break;
        }
    }
}

static void ask_ips(void *user)
{
    row *r = user;
    size_t hits = 0;

    for (size_t i = 0; i < KEYS; i++) {
        hits += pst_list_has_ip(r->list, r->keys[i].ip);
    }
    r->hits = hits;
}

static void ask_ints(void *user)
{
    row *r = user;
    size_t hits = 0;

    for (size_t i = 0; i < KEYS; i++) {
        hits += pst_list_has_int(r->list, r->keys[i].integer);
    }
    r->hits = hits;
}

static void ask_strings(void *user)
{
    row *r = user;
    size_t hits = 0;

    for (size_t i = 0; i < KEYS; i++) {
        hits += pst_list_has_string(r->list, r->keys[i].string);
    }
    r->hits = hits;
}

static void one_row(row *r)
{
    size_t held = 0;
    const postern_allocator heap = {counting, &held};
    double best = 1e18;
    double ns;

    for (size_t i = 0; i < r->count; i++) {
        r->kind->entry(i, r->texts[i]);
        r->items[i] = postern_text(r->texts[i]);
    }
    for (int round = 0; round < 3; round++) {
        const clock_t start = clock(); /* of the process: others may run beside it */
        double took;
        postern_list_release(r->list);
        must(postern_list_new(&heap, r->kind->kind, r->items, r->count, &r->list,
                              NULL) == POSTERN_OK,
             "list");
        took = (double)(clock() - start) * 1e3 / CLOCKS_PER_SEC;
        best = took < best ? took : best;
    }
    make_keys(r);
    ns = time_in_rounds(r->kind->kind == POSTERN_LIST_IP    ? ask_ips
                        : r->kind->kind == POSTERN_LIST_INT ? ask_ints
                                                            : ask_strings,
                        r, 2e6) /
         KEYS;
    printf("%-15s %9zu %8.1f ns %6.0f %% hits %10.1f bytes %10.2f ms\n", r->kind->name,
           r->count, ns, 100.0 * (double)r->hits / KEYS,
           (double)held / (double)r->count, best);
    postern_list_release(r->list);
    r->list = NULL;
}

int main(int argc, char **argv)
{
    const size_t most = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    row r = {.list = NULL};

    r.texts = malloc(most * sizeof *r.texts);
    r.items = malloc(most * sizeof *r.items);
    must(r.texts != NULL && r.items != NULL, "memory");
    printf("%-15s %9s %11s %13s %16s %13s\n", "list of", "entries", "a look-up", "",
           "an entry", "to make");
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        for (size_t i = 0; i < SIZES; i++) {
            r.kind = &kinds[k];
            r.count = sizes[i];
            if (r.count <= most && (r.count < 500 || kinds[k].entry != country_entry)) {
                one_row(&r);
            }
        }
    }
    free(r.texts);
    free(r.items);
    return EXIT_SUCCESS;
}
