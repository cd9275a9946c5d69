/*
 * test_index.c - of rules that are found by a look-up, exactly those match that each
 * alone would: for every kind of key, in rulesets of a few and of thousands of rules, when
 * rules share keys and when ranges overlap. What is asked beside them stays small.
 */
#include "../harness/harness.h"
#include "rules.h"
#include "ruleset/index.h"

#include <postern/request.h>

#include <stdio.h>
#include <stdlib.h>

enum { RULES_MAX = 5000, SHOWN_MAX = 64 };

/* --- rulesets ------------------------------------------------------------------------------ */

typedef struct stand {
    rules r;
    pst_rule *told; /* all log */
    pst_ruleset set;
    postern_request *request;
    /* What the request borrows. */
    char text[SHOWN_MAX];
    postern_value items[3];
    postern_entry entry;
} stand;

static void open_stand(stand *s)
{
    rules_open(&s->r, true);
    s->r.compiler.options.provided_only = false;
    ck_assert_int_eq(postern_request_new_simulated(s->r.scheme, &s->request),
                     POSTERN_OK);
}

static void finish(stand *s)
{
    const size_t count = s->r.bindings.count;

    rules_finish(&s->r);
    s->told = calloc(count, sizeof *s->told);
    ck_assert_ptr_nonnull(s->told);
    for (size_t i = 0; i < count; i++) {
        s->told[i].enabled = true;
        s->told[i].told.action = POSTERN_ACTION_LOG;
        s->told[i].told.ref.len = i; /* its number: nobody reads the text */
    }
    s->set = (pst_ruleset){.rules = s->told,
                           .rule_count = count,
                           .active_count = count,
                           .starts = s->r.program.entries,
                           .program = s->r.program};
    ck_assert(pst_index_build(&s->r.memory, &s->r.bindings, &s->set));
}

static void close_stand(stand *s)
{
    postern_request_free(s->request);
    rules_close(&s->r);
    free(s->told);
}

static void set_field(stand *s, const char *name, postern_value value)
{
    postern_field field;

    ck_assert_int_eq(
        postern_scheme_find_field(s->r.scheme, postern_text(name), &field, &value.type),
        POSTERN_OK);
    ck_assert_int_eq(postern_request_set(s->request, field, &value), POSTERN_OK);
}

static void set_text(stand *s, const char *name, const char *text)
{
    set_field(s, name, (postern_value){.as.string = postern_text(text)});
}

static postern_value text_value(const char *text)
{
    return (postern_value){.type = POSTERN_STRING, .as.string = postern_text(text)};
}

static void set_header(stand *s, const char *text)
{
    s->items[0] = text_value(text);
    s->entry = (postern_entry){
        POSTERN_STR("x-key"),
        {.type = POSTERN_ARRAY_OF(POSTERN_STRING), .as.array = {s->items, 1}}
    };
    set_field(s, "http.request.headers",
              (postern_value){
                  .as.map = {&s->entry, 1}
    });
}

static void set_tags(stand *s, const char *text)
{
    for (size_t i = 0; i < 3; i++) {
        s->items[i] = text_value(i == 1 ? text : "other");
    }
    set_field(s, "app.tags",
              (postern_value){
                  .as.array = {s->items, 3}
    });
}

static void set_address(stand *s, unsigned number)
{
    postern_value value = {
        .as.address = {4, {10}}
    };

    value.as.address.bytes[2] = (uint8_t)(number >> 8);
    value.as.address.bytes[3] = (uint8_t)number;
    set_field(s, "ip.src", value);
}

/* --- what is asked --------------------------------------------------------------------------- */

typedef enum via { VIA_TEXT, VIA_HEADER, VIA_TAGS, VIA_INT, VIA_ADDRESS } via;

/* Rule number # holds of the value that `value` gives it, and of no other rule's. */
static const struct kind {
    const char *rule;
    const char *value;
    via how;
    bool needs_regex;
} kinds[] = {
    {"http.cookie eq \"key#.\"",                                            "key#.",          VIA_TEXT,    false},
    {"ssl and http.cookie eq \"key#.\"",                                    "key#.",          VIA_TEXT,    false},
    {"(http.cookie eq \"key#.\" or http.cookie eq \"more#.\")",             "more#.",         VIA_TEXT,
     false                                                                                                      },
    {"http.cookie in {\"key#.\" \"more#.\" \"most#.\"}",                    "most#.",         VIA_TEXT,    false},
    {"lower(http.cookie) eq \"key#.\"",                                     "KEY#.",          VIA_TEXT,    false},
    {"http.cookie contains \"key#.\"",                                      "a key#. within", VIA_TEXT,    false},
    {"(http.cookie contains \"key#.\" or http.cookie contains \"more#.\")", "-more#.-",
     VIA_TEXT,                                                                                             false},
    {"starts_with(http.cookie, \"key#.\")",                                 "key#. within",   VIA_TEXT,    false},
    {"ends_with(http.cookie, \".key#\")",                                   "a .key#",        VIA_TEXT,    false},
    {"http.cookie wildcard \"*Key#.*\"",                                    "a kEY#. within", VIA_TEXT,    false},
    {"http.cookie strict wildcard \"*Key#.*\"",                             "a Key#. within", VIA_TEXT,    false},
    {"http.cookie wildcard \"key#.*\"",                                     "KEY#.",          VIA_TEXT,    false},
    {"http.cookie wildcard \"key#.\"",                                      "KEY#.",          VIA_TEXT,    false},
    {"http.cookie matches \"[kq]ey(#)[.]\"",                                "a key#. within", VIA_TEXT,    true },
    {"http.cookie matches \"key#[.].|more#[.]\"",                           "a more#.",       VIA_TEXT,    true },
    {"http.request.headers[\"x-key\"][0] eq \"key#.\"",                     "key#.",          VIA_HEADER,  false},
    {"any(http.request.headers[\"x-key\"][*] eq \"key#.\")",                "key#.",          VIA_HEADER,
     false                                                                                                      },
    {"any(app.tags[*] eq \"key#.\")",                                       "key#.",          VIA_TAGS,    false},
    {"any(lower(app.tags[*])[*] contains \"key#.\")",                       "a KEY#.",        VIA_TAGS,    false},
    {"app.tags[1] eq \"key#.\"",                                            "key#.",          VIA_TAGS,    false},
    {"app.number eq #",                                                     "#",              VIA_INT,     false},
    {"app.number in {1#0000..1#0009}",                                      "1#0003",         VIA_INT,     false},
    {"ip.src eq 10.0.",                                                     NULL,             VIA_ADDRESS, false},
    {"ip.src in {192.0.2.0/24 10.0.",                                       NULL,             VIA_ADDRESS, false},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static const unsigned counts[] = {5, 50, RULES_MAX};
enum { COUNTS = sizeof counts / sizeof counts[0] };

static void write_rule(stand *s, const struct kind *kind, unsigned number)
{
    rules_write(&s->r, kind->rule, number);
    if (kind->how == VIA_ADDRESS) {
        rules_write(&s->r, "#.", number / 256);
        rules_write(&s->r, "#", number % 256);
        rules_write(&s->r, strchr(kind->rule, '{') == NULL ? "" : "}", 0);
    }
    rules_add(&s->r);
}

/* The value that rule `number` asks for. */
static void set_value(stand *s, const struct kind *kind, unsigned number)
{
    char *const text = s->text;
    size_t len = 0;

    for (const char *at = kind->value; at != NULL && *at != '\0'; at++) {
        len +=
            (size_t)snprintf(text + len, sizeof s->text - len, *at == '#' ? "%u" : "%c",
                             *at == '#' ? number : (unsigned char)*at);
    }
    text[len] = '\0';
    postern_request_reset(s->request);
    set_field(s, "ssl", (postern_value){.as.boolean = true});
    switch (kind->how) {
    case VIA_TEXT:
        set_text(s, "http.cookie", text);
        break;
    case VIA_HEADER:
        set_header(s, text);
        break;
    case VIA_TAGS:
        set_tags(s, text);
        break;
    case VIA_INT:
        set_field(s, "app.number",
                  (postern_value){.as.integer = strtoll(text, NULL, 10)});
        break;
    case VIA_ADDRESS:
        set_address(s, number);
        break;
    }
    ck_assert_int_eq(pst_request_seal(s->request, NULL, false), POSTERN_OK);
}

/* The rules that match, as the ruleset has it. */
static pst_matches evaluate(stand *s)
{
    pst_matches matches = {.count = 0};
    const pst_rule *rule = NULL;
    postern_status fault = POSTERN_OK;

    ck_assert_int_eq(pst_ruleset_evaluate(&s->set, s->r.lists.named, s->request,
                                          &matches, &rule, &fault),
                     PST_DECISION_PASS);
    ck_assert_int_eq(fault, POSTERN_OK);
    return matches;
}

/* How many rules are asked of the request: those that are marked, and those that always
 * are. */
static size_t candidates(stand *s)
{
    const pst_index *index = s->set.index;
    size_t count = 0;
    uint64_t *const words = calloc(index->words + index->summary_words, sizeof *words);
    const pst_marks marks = {words, words + index->words};
    pst_candidates each =
        pst_candidates_open(marks, index->always, index->summary_words);
    uint32_t rule;

    ck_assert_ptr_nonnull(words);
    ck_assert_int_eq(pst_program_prepare(&s->set.program, s->r.lists.named, s->request),
                     POSTERN_OK);
    ck_assert(pst_index_mark(index, &s->set.program, s->request, marks));
    while (pst_candidates_next(&each, &rule)) {
        count++;
    }
    free(words);
    return count;
}

/* --- tests ------------------------------------------------------------------------------------ */

START_TEST(exactly_the_right_rule_matches)
{
    const struct kind *kind = &kinds[_i % KINDS];
    const unsigned count = counts[_i / KINDS];
    stand s;

    if (kind->needs_regex && !harness_has_regex()) {
        return;
    }
    open_stand(&s);
    for (unsigned i = 0; i < count; i++) {
        write_rule(&s, kind, i + 1);
    }
    finish(&s);
    ck_assert_int_eq(s.set.index != NULL, count > 5);
    for (unsigned i = 0; i < count; i += 1 + count / 200) {
        pst_matches matches;
        set_value(&s, kind, i + 1);
        matches = evaluate(&s);
        ck_assert_msg(matches.count == 1 && matches.items[0].ref.len == i,
                      "%s: rule %u of %u", kind->rule, i, count);
        if (s.set.index != NULL) {
            ck_assert_uint_le(candidates(&s), 4);
        }
    }
    set_value(&s, kind, count + 1); /* nobody's */
    ck_assert_uint_eq(evaluate(&s).count, 0);
    postern_request_reset(s.request); /* nothing at all */
    ck_assert_int_eq(pst_request_seal(s.request, NULL, false), POSTERN_OK);
    ck_assert_uint_eq(evaluate(&s).count, 0);
    close_stand(&s);
}
END_TEST

/* Three of them ask for one and the same; they come in their order. */
START_TEST(rules_that_share_a_key_all_match)
{
    const struct kind *kind = &kinds[_i];
    stand s;

    if (kind->needs_regex && !harness_has_regex()) {
        return;
    }
    open_stand(&s);
    for (unsigned i = 0; i < 300; i++) {
        write_rule(&s, kind, 1 + i % 100);
    }
    finish(&s);
    for (unsigned i = 0; i < 100; i++) {
        pst_matches matches;
        set_value(&s, kind, 1 + i);
        matches = evaluate(&s);
        ck_assert_uint_eq(matches.count, 3);
        for (unsigned j = 0; j < 3; j++) {
            ck_assert_uint_eq(matches.items[j].ref.len, i + 100 * j);
        }
    }
    close_stand(&s);
}
END_TEST

/* All kinds at once, and rules between them that no look-up finds. */
START_TEST(kinds_go_together)
{
    unsigned count = 0;
    unsigned own[KINDS];
    stand s;

    open_stand(&s);
    for (unsigned round = 0; round < 20; round++) {
        for (unsigned i = 0; i < KINDS; i++) {
            if (kinds[i].needs_regex && !harness_has_regex()) {
                continue;
            }
            own[i] = round == 7 ? count : own[i];
            write_rule(&s, &kinds[i], 1000 + i * 100 + round);
            rules_write(&s.r, "not ssl and http.host ne \"#\"", round);
            rules_add(&s.r);
            count += 2;
        }
    }
    finish(&s);
    ck_assert_ptr_nonnull(s.set.index);
    for (unsigned i = 0; i < KINDS; i++) {
        bool found = false;
        pst_matches matches;
        if (kinds[i].needs_regex && !harness_has_regex()) {
            continue;
        }
        set_value(&s, &kinds[i], 1000 + i * 100 + 7);
        matches = evaluate(&s);
        for (size_t j = 0; j < matches.count; j++) {
            found = found || matches.items[j].ref.len == own[i];
        }
        ck_assert_msg(found, "%s", kinds[i].rule);
        ck_assert_uint_eq(matches.count, 1);
    }
    close_stand(&s);
}
END_TEST

/* Ranges that lie in each other, so many that no table holds them: all rules are asked, and
 * say the same. */
START_TEST(ranges_may_overlap_however_many)
{
    const unsigned count = _i == 0 ? 20 : 600;
    stand s;

    open_stand(&s);
    for (unsigned i = 0; i < count; i++) {
        rules_write(&s.r, "app.number in {#..", 1000 - i);
        rules_write(&s.r, "#}", 1001 + i);
        rules_add(&s.r);
    }
    finish(&s);
    for (unsigned i = 0; i < count; i += 7) {
        pst_matches matches;
        postern_request_reset(s.request);
        set_field(&s, "app.number", (postern_value){.as.integer = 1001 + i});
        ck_assert_int_eq(pst_request_seal(s.request, NULL, false), POSTERN_OK);
        matches = evaluate(&s);
        ck_assert_uint_eq(matches.count, count - i);
        for (size_t j = 0; j < matches.count; j++) {
            ck_assert_uint_eq(matches.items[j].ref.len, i + j);
        }
    }
    close_stand(&s);
}
END_TEST

/* What is looked up may take more memory than the rules in their order would: then they
 * are asked in their order. */
START_TEST(no_look_up_takes_memory_from_the_rules)
{
    enum { LONG = 40000, RULES = 20, LIMIT = 50000 };
    const pst_rule *decided = NULL;
    pst_matches matches = {.count = 0};
    char *text = malloc(LONG);
    postern_status fault = POSTERN_OK;
    stand s;

    ck_assert_ptr_nonnull(text);
    memset(text, 'x', LONG);
    memset(text, 'X', LONG / 2); /* neither copy is the text itself */
    memcpy(text + LONG / 2, "needle3.", 8);
    open_stand(&s);
    s.request->run.limit = LIMIT; /* for one copy of the text */
    for (unsigned i = 0; i < RULES; i++) {
        rules_write(&s.r,
                    i < RULES / 2 ? "lower(http.cookie) contains \"needle#.\""
                                  : "upper(http.cookie) contains \"NEEDLE#.\"",
                    i);
        rules_add(&s.r);
    }
    finish(&s);
    ck_assert_ptr_nonnull(s.set.index);
    s.told[3].told.action = _i == 0 ? POSTERN_ACTION_BLOCK : POSTERN_ACTION_LOG;
    set_field(&s, "http.cookie",
              (postern_value){
                  .as.string = {text, LONG}
    });
    ck_assert_int_eq(pst_request_seal(s.request, NULL, false), POSTERN_OK);
    ck_assert_int_eq(
        pst_ruleset_evaluate(&s.set, NULL, s.request, &matches, &decided, &fault),
        _i == 0 ? PST_DECISION_BLOCK : PST_DECISION_FAULT);
    ck_assert_uint_eq(matches.count, 1);
    ck_assert_int_eq(fault, _i == 0 ? POSTERN_OK : POSTERN_LIMIT);
    for (size_t i = 0; i < s.request->mark_words; i++) {
        ck_assert_uint_eq(s.request->marks[i], 0);
    }
    close_stand(&s);
    free(text);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("index");
    TCase *tcase = tcase_create("index");

    tcase_add_loop_test(tcase, exactly_the_right_rule_matches, 0, KINDS * COUNTS);
    tcase_add_loop_test(tcase, rules_that_share_a_key_all_match, 0, KINDS);
    tcase_add_test(tcase, kinds_go_together);
    tcase_add_loop_test(tcase, ranges_may_overlap_however_many, 0, 2);
    tcase_add_loop_test(tcase, no_look_up_takes_memory_from_the_rules, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}
