/*
 * ruleset_policy.c - from random rules to a policy that is loaded, and the lists they ask.
 */
#include "rulesets.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- lists ----------------------------------------------------------------------------- */

static const struct {
    const char *name;
    const char *kind;
    postern_list_kind is;
    const char *items[8];
} lists[RULESETS_LISTS] = {
    {"office",
     "ip",             POSTERN_LIST_IP,
     {"10.0.0.0/29", "192.0.2.0/24", "2001:db8::/125", "10.0.0.12..10.0.0.14"}},
    {"numbers", "int", POSTERN_LIST_INT,      {"3", "5..7", "20..40"}         },
    {"words",
     "string",         POSTERN_LIST_STRING,
     {"v1", "v3", "V2", "curl", "/admin", "GET", "php"}                       },
    {"sites",
     "hostname",       POSTERN_LIST_HOSTNAME,
     {"a.example", "*.a.example", "h1", "h2.example"}                         },
};

enum { WORDS = 2 };

static postern_list *make_list(postern_list_kind kind, const char *const *texts,
                               size_t count)
{
    postern_str items[COUNT(lists[0].items)];
    postern_list *made;

    for (size_t i = 0; i < count; i++) {
        items[i] = postern_text(texts[i]);
    }
    ck_assert_int_eq(postern_list_new(NULL, kind, items, count, &made, NULL),
                     POSTERN_OK);
    return made;
}

void rulesets_declare(postern_scheme *scheme)
{
    static const struct {
        const char *name;
        postern_type type;
    } own[] = {
        {"app.tenant",  POSTERN_STRING                  },
        {"app.score",   POSTERN_INT                     },
        {"app.address", POSTERN_IP                      },
        {"app.flag",    POSTERN_BOOL                    },
        {"app.tags",    POSTERN_ARRAY_OF(POSTERN_STRING)},
    };

    for (size_t i = 0; i < COUNT(own); i++) {
        ck_assert_int_eq(postern_scheme_add_field(scheme, postern_text(own[i].name),
                                                  own[i].type, NULL),
                         POSTERN_OK);
    }
    ck_assert_int_eq(postern_scheme_provide(scheme, postern_text("*")), POSTERN_OK);
}

static void *room(size_t size)
{
    void *const out = malloc(size);

    ck_assert_ptr_nonnull(out);
    return out;
}

void rulesets_init(rulesets *r, const postern_scheme *scheme, uint64_t seed,
                   bool regexes)
{
    static const char *const others[] = {"v2", "v4", "sqlmap", "/p1", "POST"};

    memset(r, 0, sizeof *r);
    r->state = seed * 2654435761U + 88172645463325252U;
    r->regexes = regexes;
    r->scheme = scheme;
    r->text = room(RULESETS_TEXT);
    r->expression = room(RULESETS_EXPRESSION);
    for (size_t i = 0; i < RULESETS_LISTS; i++) {
        size_t count = 0;
        while (count < COUNT(lists[i].items) && lists[i].items[count] != NULL) {
            count++;
        }
        r->lists[i] = (postern_named_list){
            postern_text(lists[i].name), make_list(lists[i].is, lists[i].items, count)};
    }
    r->other_words = make_list(POSTERN_LIST_STRING, others, COUNT(others));
}

void rulesets_free(rulesets *r)
{
    for (size_t i = 0; i < RULESETS_LISTS; i++) {
        postern_list_release(r->lists[i].list);
    }
    postern_list_release(r->other_words);
    free(r->text);
    free(r->expression);
}

postern_compile_options rulesets_options(const rulesets *r, bool other_words,
                                         postern_named_list *out)
{
    memcpy(out, r->lists, sizeof r->lists);
    if (other_words) {
        out[WORDS].list = r->other_words;
    }
    return (postern_compile_options){.lists = out, .list_count = RULESETS_LISTS};
}

/* --- JSON ------------------------------------------------------------------------------ */

static void append(rulesets *r, const char *text)
{
    (void)rulesets_keep(r, postern_text(text));
}

static void append_quoted(rulesets *r, postern_str text)
{
    append(r, "\"");
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\') {
            append(r, "\\");
        }
        (void)rulesets_keep(r, (postern_str){text.data + i, 1});
    }
    append(r, "\"");
}

static void append_action(rulesets *r, const in_order_rule *rule)
{
    char text[128];

    switch (rule->action) {
    case POSTERN_ACTION_BLOCK:
        (void)snprintf(text, sizeof text,
                       "\"%s\", \"action_parameters\": {\"response\": "
                       "{\"status_code\": %u}}",
                       r->exported && rule->status % 2 == 0 ? "js_challenge" : "block",
                       rule->status);
        append(r, text);
        break;
    case POSTERN_ACTION_SKIP:
        append(r, "\"skip\", \"action_parameters\": ");
        append(r, !rule->ends                     ? "{\"phases\": [\"http_ratelimit\"]}"
                  : rule->expression.len % 2 == 0 ? "{\"ruleset\": \"current\"}"
                                                  : "{\"phase\": \"current\"}");
        break;
    case POSTERN_ACTION_LOG:
        append(r, "\"log\"");
        break;
    }
}

static void append_rule(rulesets *r, const in_order_rule *rule)
{
    append(r, "{\"ref\": ");
    append_quoted(r, rule->ref);
    append(r, ", \"action\": ");
    append_action(r, rule);
    append(r, rule->enabled ? "" : ", \"enabled\": false");
    append(r, rule->log ? "" : ", \"logging\": {\"enabled\": false}");
    append(r, ", \"expression\": ");
    append_quoted(r, rule->expression);
    append(r, "}");
}

static postern_str append_rules(rulesets *r, const bool *without)
{
    const size_t start = r->used;
    const char *between = "";

    append(r, "{\"phase\": \"http_request_firewall_custom\", \"rules\": [\n");
    for (size_t i = 0; i < r->count; i++) {
        if (without == NULL || !without[i]) {
            append(r, between);
            append_rule(r, &r->rules[i]);
            between = ",\n";
        }
    }
    append(r, "\n]}");
    return (postern_str){r->text + start, r->used - start};
}

static void append_lists(rulesets *r)
{
    append(r, "\"lists\": [");
    for (size_t i = 0; i < RULESETS_LISTS; i++) {
        append(r, i > 0 ? ",\n{\"name\": " : "\n{\"name\": ");
        append_quoted(r, postern_text(lists[i].name));
        append(r, ", \"kind\": ");
        append_quoted(r, postern_text(lists[i].kind));
        append(r, ", \"items\": [");
        for (size_t j = 0; j < COUNT(lists[i].items) && lists[i].items[j] != NULL;
             j++) {
            append(r, j > 0 ? ", " : "");
            append_quoted(r, postern_text(lists[i].items[j]));
        }
        append(r, "]}");
    }
    append(r, "],\n");
}

void rulesets_spell(rulesets *r, const bool *without)
{
    size_t start;

    r->rules_file = r->exported ? append_rules(r, without) : (postern_str){"", 0};
    start = r->used;
    append(r, "{\"version\": 1,\n");
    append_lists(r);
    append(r, "\"rulesets\": [");
    if (r->exported) {
        append(r, "{\"import\": \"rules.json\"}");
    } else {
        (void)append_rules(r, without);
    }
    append(r, r->block_by_default ? "], \"default\": \"block\"}" : "]}");
    r->policy = (postern_str){r->text + start, r->used - start};
}

void rulesets_print(const rulesets *r)
{
    (void)fprintf(stderr, "--- policy.json\n%.*s\n", (int)r->policy.len,
                  r->policy.data);
    if (r->exported) {
        (void)fprintf(stderr, "--- rules.json\n%.*s\n", (int)r->rules_file.len,
                      r->rules_file.data);
    }
}

/* --- loading --------------------------------------------------------------------------- */

static postern_status read_rules(void *user, const char *path, size_t max,
                                 const postern_allocator *alloc, postern_str *out)
{
    const postern_str *const file = user;
    char *copy;

    (void)path;
    (void)max;
    copy = alloc->resize(alloc->user, NULL, 0, file->len);
    if (copy == NULL) {
        return POSTERN_NO_MEMORY;
    }
    memcpy(copy, file->data, file->len);
    *out = (postern_str){copy, file->len};
    return POSTERN_OK;
}

postern_policy *rulesets_load(const rulesets *r)
{
    postern_str file = r->rules_file;
    const postern_source source = {
        .text = r->policy, .read = read_rules, .read_user = &file};
    postern_report *const report = postern_report_new(NULL);
    postern_policy *policy;

    if (postern_policy_load(r->scheme, &source, &policy, report) != POSTERN_OK) {
        char why[1024] = "";
        postern_finding finding;
        for (size_t i = 0; postern_report_get(report, i, &finding); i++) {
            if (finding.severity == POSTERN_ERROR) {
                (void)postern_report_render(report, i, why, sizeof why);
                (void)fprintf(stderr, "%s\n", why);
            }
        }
    }
    postern_report_free(report);
    return policy;
}

postern_policy *rulesets_other_words(const rulesets *r, postern_policy *policy)
{
    postern_policy *made;

    ck_assert_int_eq(postern_policy_with_list(policy, postern_text(lists[WORDS].name),
                                              r->other_words, &made),
                     POSTERN_OK);
    postern_policy_release(policy);
    return made;
}
