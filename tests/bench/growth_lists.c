/*
 * growth_lists.c - lists of 10 to 1,000,000 entries, asked by one expression. Of the
 * 1,024 requests every other one is in the list.
 */
#include "growth.h"
#include "stop.h"
#include "subjects.h"

#include "support/alloc.h"

#include <postern/filter.h>

enum { REQUESTS = 1024, TEXT = 64, MOST = 1000000 };

static const struct {
    const char *name;
    postern_list_kind kind;
    const char *field;
    postern_str expression;
} kinds[GROWTH_LIST_CURVES] = {
    {"addresses",  POSTERN_LIST_IP,       "ip.src",                POSTERN_STR("ip.src in $entries")},
    {"strings",    POSTERN_LIST_STRING,   "http.request.uri.path",
     POSTERN_STR("http.request.uri.path in $entries")                                               },
    {"host names", POSTERN_LIST_HOSTNAME, "http.host",
     POSTERN_STR("http.host in $entries")                                                           },
};

/* Entry `i`; below the first million odd multiples of a prime, so that they are spread
 * and neighbours are none. */
static uint32_t spread(size_t i)
{
    return (uint32_t)(i * 2654435761U);
}

static postern_str write_entry(postern_list_kind kind, size_t i, bool wildcard,
                               pst_arena *memory)
{
    char *const text = take(memory, TEXT, 1);
    const uint32_t n = spread(i);
    int len = 0;

    switch (kind) {
    case POSTERN_LIST_IP:
        len = snprintf(text, TEXT, "%u.%u.%u.%u", n >> 24, n >> 16 & 255U,
                       n >> 8 & 255U, n & 255U);
        break;
    case POSTERN_LIST_HOSTNAME:
        len = snprintf(text, TEXT, "%s%u.example.net", wildcard ? "*.h" : "h", n);
        break;
    case POSTERN_LIST_INT:
    case POSTERN_LIST_STRING:
        len = snprintf(text, TEXT, "/files/%u/%u.html", n >> 16, n & 0xffffU);
        break;
    }
    return (postern_str){text, (size_t)len};
}

typedef struct asking {
    const bench *bench;
    postern_list_kind kind;
    const postern_str *entries;
    size_t count;
    postern_list *list;
    const postern_filter *filter;
    subjects all;
    size_t at;
    size_t matches;
} asking;

static void load(void *user, size_t times)
{
    asking *const a = user;

    (void)times;
    stop_unless_ok(postern_list_new(&a->bench->memory.allocator, a->kind, a->entries,
                                    a->count, &a->list, NULL),
                   "list", NULL);
}

static void release(void *user, size_t times)
{
    asking *const a = user;

    (void)times;
    postern_list_release(a->list);
}

static void match(void *user, size_t times)
{
    asking *const a = user;

    for (size_t i = 0; i < times; i++) {
        bool matched;
        (void)postern_filter_match(a->filter, a->all.requests[a->at], &matched);
        a->matches += matched;
        a->at = a->at + 1 == a->all.count ? 0 : a->at + 1;
    }
}

/* Every other one has an entry of the list. */
static input_context *make_contexts(const asking *a, const char *field,
                                    pst_arena *memory)
{
    input_context *const all = take(memory, REQUESTS, sizeof *all);

    for (size_t i = 0; i < REQUESTS; i++) {
        const size_t entry = i % 2 == 0 ? i * 7919 % a->count : MOST + i;
        const postern_str text = write_entry(a->kind, entry, false, memory);
        context_field *const only = take(memory, 1, sizeof *only);

        only->name = postern_text(field);
        only->value = (postern_value){.type = POSTERN_STRING, .as.string = text};
        if (a->kind == POSTERN_LIST_IP) {
            only->value.type = POSTERN_IP;
            (void)postern_address_parse(text, &only->value.as.address);
        }
        stop_unless_ok(
            postern_scheme_find_field(a->bench->scheme, only->name, &only->field, NULL),
            field, NULL);
        all[i] = (input_context){only, 1};
    }
    return all;
}

static void ask(asking *a, postern_str expression, growth_point *out)
{
    const postern_named_list named = {postern_text("entries"), a->list};
    const postern_compile_options options = {.lists = &named, .list_count = 1};
    postern_filter *filter;

    stop_unless_ok(
        postern_filter_compile(a->bench->scheme, expression, &options, &filter, NULL),
        expression.data, NULL);
    a->filter = filter;
    match(a, REQUESTS);
    if (a->matches != REQUESTS / 2) {
        stop("%s: %zu of %d requests match", expression.data, a->matches, REQUESTS);
    }
    out->ns = measure(a->bench->effort, REQUESTS, match, a).ns_min;
    postern_filter_free(filter);
}

static void measure_size(bench *b, size_t which, size_t count, growth_point *out)
{
    asking a = {.bench = b, .kind = kinds[which].kind, .count = count};
    const size_t before = b->memory.live;
    postern_str *entries;
    pst_arena memory;

    pst_arena_init(&memory, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    entries = take(&memory, count, sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        entries[i] = write_entry(a.kind, i, i % 10 == 9, &memory);
    }
    a.entries = entries;
    *out = (growth_point){.count = count};
    out->load_ms = 1e-6 * (count < MOST ? measure_each(b->effort, load, release, &a)
                                        : measure_once(load, release, &a))
                              .ns_min;
    load(&a, 1);
    out->bytes = b->memory.live - before;
    subjects_new(b->scheme, make_contexts(&a, kinds[which].field, &memory), REQUESTS,
                 &a.all);
    ask(&a, kinds[which].expression, out);
    subjects_free(&a.all);
    release(&a, 1);
    pst_arena_free(&memory);
}

void growth_lists(bench *b, growth_curve out[GROWTH_LIST_CURVES])
{
    for (size_t which = 0; which < GROWTH_LIST_CURVES; which++) {
        out[which] = (growth_curve){.name = kinds[which].name, .lists = true};
        for (size_t count = 10; count <= b->growth_max * 10 && count <= MOST;
             count *= 10) {
            measure_size(b, which, count, &out[which].points[out[which].point_count++]);
        }
    }
}
