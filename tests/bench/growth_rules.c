/*
 * growth_rules.c - rulesets of 10 to 100,000 rules. The requests, 64 of them in turn,
 * are blocked by rules of the last tenth, so that an engine that tries rules in order
 * has most of its work before it.
 */
#include "growth.h"
#include "policy_text.h"
#include "stop.h"
#include "subjects.h"

#include "gate/policy.h"
#include "support/alloc.h"

enum { REQUESTS = 64, TEXT = 64, FIELDS = 5, DEAR = 100000 };

typedef enum rule_kind { HOST, PATH, HEADER, ADDRESS, MIXED } rule_kind;

static const char *const names[GROWTH_RULE_CURVES] = {
    "http.host eq", "path contains", "header eq", "ip.src in", "mixed",
};

static rule_kind kind_of(rule_kind kind, size_t i)
{
    return kind == MIXED ? (rule_kind)(i % MIXED) : kind;
}

static postern_str write_name(const char *before, size_t i, const char *behind,
                              pst_arena *memory)
{
    char *const text = take(memory, TEXT, 1);
    const int len = snprintf(text, TEXT, "%s%zu%s", before, i, behind);

    return (postern_str){text, (size_t)len};
}

static postern_address address_of(size_t i)
{
    return (postern_address){
        4, {(uint8_t)(11 + i / 65536), (uint8_t)(i / 256), (uint8_t)i, 7}
    };
}

static postern_str write_rule(rule_kind kind, size_t i, pst_arena *memory)
{
    const postern_address ip = address_of(i);
    char block[24];

    switch (kind_of(kind, i)) {
    case HOST:
        return write_name("http.host eq \"h", i, ".example.net\" and ssl", memory);
    case PATH:
        return write_name("http.request.uri.path contains \"/part", i, "/\"", memory);
    case HEADER:
        return write_name("http.request.headers[\"x-tenant\"][0] eq \"t", i, "\"",
                          memory);
    case ADDRESS:
    case MIXED:
        break;
    }
    (void)snprintf(block, sizeof block, "ip.src in {%u.%u.", ip.bytes[0], ip.bytes[1]);
    return write_name(block, ip.bytes[2], ".0/24} and ssl", memory);
}

/* --- requests ------------------------------------------------------------------------ */

static void add_field(const bench *b, input_context *to, const char *name,
                      postern_value value)
{
    context_field *const next = &to->fields[to->count++];

    next->name = postern_text(name);
    next->value = value;
    stop_unless_ok(postern_scheme_find_field(b->scheme, next->name, &next->field, NULL),
                   name, NULL);
}

static postern_value text_value(postern_str text)
{
    return (postern_value){.type = POSTERN_STRING, .as.string = text};
}

static postern_value header_map(postern_str value, pst_arena *memory)
{
    postern_value *const lines = take(memory, 1, sizeof *lines);
    postern_entry *const entry = take(memory, 1, sizeof *entry);
    postern_value map = {.type = POSTERN_MAP_OF(POSTERN_ARRAY_OF(POSTERN_STRING))};

    *lines = text_value(value);
    entry->key = postern_text("x-tenant");
    entry->value = (postern_value){.type = POSTERN_ARRAY_OF(POSTERN_STRING)};
    entry->value.as.array.items = lines;
    entry->value.as.array.count = 1;
    map.as.map.entries = entry;
    map.as.map.count = 1;
    return map;
}

/* One that rule `i` blocks, and no other. */
static void make_context(const bench *b, rule_kind kind, size_t i, pst_arena *memory,
                         input_context *out)
{
    const rule_kind what = kind_of(kind, i);
    const size_t nobody = DEAR * 10;
    const postern_value ssl = {.type = POSTERN_BOOL, .as.boolean = true};
    postern_value ip = {.type = POSTERN_IP};

    ip.as.address = address_of(what == ADDRESS ? i : nobody);
    out->fields = take(memory, FIELDS, sizeof *out->fields);
    out->count = 0;
    add_field(b, out, "ssl", ssl);
    add_field(b, out, "ip.src", ip);
    add_field(
        b, out, "http.host",
        text_value(write_name("h", what == HOST ? i : nobody, ".example.net", memory)));
    add_field(b, out, "http.request.uri.path",
              text_value(write_name("/files/part", what == PATH ? i : nobody,
                                    "/of/some/length.html", memory)));
    add_field(
        b, out, "http.request.headers",
        header_map(write_name("t", what == HEADER ? i : nobody, "", memory), memory));
}

/* --- measuring ----------------------------------------------------------------------- */

typedef struct growing {
    const bench *bench;
    postern_source source;
    const postern_policy *policy;
    const pst_ruleset *set;
    subjects all;
    size_t at;
    size_t blocked;
} growing;

static void load(void *user, size_t times)
{
    growing *const g = user;
    postern_policy *policy;

    (void)times;
    stop_unless_ok(postern_policy_load(g->bench->scheme, &g->source, &policy, NULL),
                   "growing policy", NULL);
    g->policy = policy;
    g->set = &policy->body->rulesets[0];
}

static void release(void *user, size_t times)
{
    growing *const g = user;

    (void)times;
    postern_policy_release(g->policy);
}

static void evaluate(void *user, size_t times)
{
    growing *const g = user;

    for (size_t i = 0; i < times; i++) {
        pst_matches matches = {.count = 0};
        const pst_rule *rule;
        postern_status fault;

        g->blocked +=
            pst_ruleset_evaluate(g->set, NULL, g->all.requests[g->at], &matches, &rule,
                                 &fault) == PST_DECISION_BLOCK;
        g->at = g->at + 1 == g->all.count ? 0 : g->at + 1;
    }
}

/* Seals them as a policy's rules see them, and proves that each is blocked. */
static void check(growing *g)
{
    for (size_t i = 0; i < g->all.count; i++) {
        postern_verdict verdict;
        postern_policy_evaluate(g->policy, g->all.requests[i], &verdict);
        if (verdict.outcome != POSTERN_BLOCKED) {
            stop("a rule of a growing policy does not block");
        }
    }
}

static void measure_size(bench *b, rule_kind kind, size_t count, growth_point *out)
{
    growing g = {.bench = b};
    pst_arena memory;
    postern_str *rules;
    input_context contexts[REQUESTS];
    const size_t before = b->memory.live;
    const size_t last_tenth = count / 10;

    pst_arena_init(&memory, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    rules = take(&memory, count, sizeof *rules);
    for (size_t i = 0; i < count; i++) {
        rules[i] = write_rule(kind, i, &memory);
    }
    for (size_t i = 0; i < REQUESTS; i++) {
        make_context(b, kind, count - 1 - i * 7919 % last_tenth, &memory, &contexts[i]);
    }
    g.source.text = policy_text(rules, count);
    *out = (growth_point){.count = count};
    out->load_ms = 1e-6 * (count < DEAR ? measure_each(b->effort, load, release, &g)
                                        : measure_once(load, release, &g))
                              .ns_min;
    load(&g, 1);
    out->bytes = b->memory.live - before;
    for (size_t i = 0; i < count; i++) {
        out->bytes -= rules[i].len;
    }
    subjects_new(b->scheme, contexts, REQUESTS, &g.all);
    check(&g);
    out->ns = measure(b->effort, REQUESTS, evaluate, &g).ns_min;
    subjects_free(&g.all);
    release(&g, 1);
    free(pst_unconst(g.source.text.data));
    pst_arena_free(&memory);
}

void growth_rules(bench *b, growth_curve out[GROWTH_RULE_CURVES])
{
    for (size_t kind = 0; kind < GROWTH_RULE_CURVES; kind++) {
        out[kind] = (growth_curve){.name = names[kind]};
        for (size_t count = 10; count <= b->growth_max && count <= DEAR; count *= 10) {
            measure_size(b, (rule_kind)kind, count,
                         &out[kind].points[out[kind].point_count++]);
        }
    }
}
