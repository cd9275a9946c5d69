/*
 * fuzz_expression.c - any bytes compile or are refused, as a filter and as a value
 * expression; findings point inside them; what compiles verifies, prints, and answers on
 * three requests as a tree walk does, and as its canonical form does, which is canonical.
 */
#include "../reference/walk.h"

#include <postern/expression.h>
#include <postern/format.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REQUESTS = 3, LISTS = 4, TEXT_MAX = 1 << 17 };

/* What one input is tried on. */
typedef struct bench {
    postern_scheme *scheme;
    postern_request *request;
    postern_report *report;
    postern_list *lists[LISTS];
    postern_named_list named[LISTS];
    postern_compile_options options;
} bench;

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* The time stands still, so that both evaluations see the same. */
static int64_t noon(void *user)
{
    (void)user;
    return INT64_C(1795176000123);
}

#define STRINGS POSTERN_ARRAY_OF(POSTERN_STRING)

static const struct {
    const char *name;
    postern_type type;
} own[] = {
    {"b",   POSTERN_BOOL                                 },
    {"i",   POSTERN_INT                                  },
    {"s",   POSTERN_STRING                               },
    {"p",   POSTERN_IP                                   },
    {"ab",  POSTERN_ARRAY_OF(POSTERN_BOOL)               },
    {"ai",  POSTERN_ARRAY_OF(POSTERN_INT)                },
    {"as",  STRINGS                                      },
    {"ap",  POSTERN_ARRAY_OF(POSTERN_IP)                 },
    {"ms",  POSTERN_MAP_OF(POSTERN_STRING)               },
    {"mas", POSTERN_MAP_OF(STRINGS)                      },
    {"aas", POSTERN_ARRAY_OF(STRINGS)                    },
    {"ami", POSTERN_ARRAY_OF(POSTERN_MAP_OF(POSTERN_INT))},
};

static void open_lists(bench *b)
{
    static const struct {
        const char *name;
        postern_list_kind kind;
        const char *item;
    } lists[LISTS] = {
        {"ips",   POSTERN_LIST_IP,       "10.0.0.0/8"},
        {"ints",  POSTERN_LIST_INT,      "5..10"     },
        {"words", POSTERN_LIST_STRING,   "two"       },
        {"hosts", POSTERN_LIST_HOSTNAME, "*.example" },
    };

    for (size_t i = 0; i < LISTS; i++) {
        const postern_str item = postern_text(lists[i].item);
        require(postern_list_new(NULL, lists[i].kind, &item, 1, &b->lists[i], NULL) ==
                POSTERN_OK);
        b->named[i] = (postern_named_list){postern_text(lists[i].name), b->lists[i]};
    }
    b->options = (postern_compile_options){.lists = b->named, .list_count = LISTS};
}

static void bench_open(bench *b)
{
    const postern_options options = {.clock = noon};

    require(postern_scheme_new(&options, &b->scheme) == POSTERN_OK);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        require(postern_scheme_add_field(b->scheme, postern_text(own[i].name),
                                         own[i].type, NULL) == POSTERN_OK);
    }
    require(postern_request_new_simulated(b->scheme, &b->request) == POSTERN_OK);
    b->report = postern_report_new(NULL);
    require(b->report != NULL);
    open_lists(b);
}

static void bench_close(bench *b)
{
    postern_request_free(b->request);
    postern_report_free(b->report);
    postern_scheme_free(b->scheme);
    for (size_t i = 0; i < LISTS; i++) {
        postern_list_release(b->lists[i]);
    }
}

/* --- requests ------------------------------------------------------------------------- */

static void set(bench *b, const char *name, const postern_value *value)
{
    postern_field field;

    require(postern_scheme_find_field(b->scheme, postern_text(name), &field, NULL) ==
            POSTERN_OK);
    require(postern_request_set(b->request, field, value) == POSTERN_OK);
}

static postern_value array_of(postern_type element, const postern_value *items,
                              size_t count)
{
    return (postern_value){POSTERN_ARRAY_OF(element), {.array = {items, count}}};
}

static void set_arrays(bench *b)
{
    const postern_value truths[] = {
        {POSTERN_BOOL, {.boolean = true} },
        {POSTERN_BOOL, {.boolean = false}},
    };
    const postern_value numbers[] = {
        {POSTERN_INT, {.integer = 10}},
        {POSTERN_INT, {.integer = -1}},
        {POSTERN_INT, {.integer = 3} },
    };
    const postern_value texts[] = {
        {POSTERN_STRING, {.string = POSTERN_STR("aB\xff")}},
        {POSTERN_STRING, {.string = POSTERN_STR("")}      },
        {POSTERN_STRING, {.string = POSTERN_STR("two")}   },
    };
    const postern_value strings[] = {array_of(POSTERN_STRING, texts, 3),
                                     array_of(POSTERN_STRING, texts, 0),
                                     array_of(POSTERN_STRING, texts + 1, 1)};
    const postern_entry entries[] = {
        {POSTERN_STR("k"), texts[0]},
        {POSTERN_STR("l"), texts[2]},
    };
    const postern_entry lists[] = {
        {POSTERN_STR("k"), strings[0]},
        {POSTERN_STR("l"), strings[2]},
    };
    const postern_entry counts[] = {
        {POSTERN_STR("k"), numbers[1]}
    };
    const postern_value maps[] = {
        {POSTERN_MAP_OF(POSTERN_INT), {.map = {counts, 1}}},
        {POSTERN_MAP_OF(POSTERN_INT), {.map = {counts, 0}}},
    };
    const postern_value ab = array_of(POSTERN_BOOL, truths, 2);
    const postern_value ai = array_of(POSTERN_INT, numbers, 3);
    const postern_value aas = array_of(STRINGS, strings, 3);
    const postern_value ami = array_of(POSTERN_MAP_OF(POSTERN_INT), maps, 2);
    const postern_value ms = {POSTERN_MAP_OF(POSTERN_STRING), {.map = {entries, 2}}};
    const postern_value mas = {POSTERN_MAP_OF(STRINGS), {.map = {lists, 2}}};

    set(b, "ab", &ab);
    set(b, "ai", &ai);
    set(b, "as", &strings[0]);
    set(b, "aas", &aas);
    set(b, "ami", &ami);
    set(b, "ms", &ms);
    set(b, "mas", &mas);
}

static void set_scalars(bench *b)
{
    const postern_value yes = {POSTERN_BOOL, {.boolean = true}};
    const postern_value number = {POSTERN_INT, {.integer = 10}};
    const postern_value text = {POSTERN_STRING, {.string = POSTERN_STR("aB\xff")}};
    postern_value address = {.type = POSTERN_IP};
    postern_value addresses;

    require(postern_address_parse(postern_text("10.1.2.3"), &address.as.address));
    addresses = array_of(POSTERN_IP, &address, 1);
    set(b, "b", &yes);
    set(b, "i", &number);
    set(b, "s", &text);
    set(b, "p", &address);
    set(b, "ap", &addresses);
    set(b, "ip.src", &address);
}

/* 0: nothing is known; 1: a head with headers; 2: every field of our own is set. */
static void fill(bench *b, int which)
{
    static const char *const headers[][2] = {
        {"Host",   "A.example"},
        {"X-A",    "One"      },
        {"x-a",    "two"      },
        {"cookie", "a=b"      }
    };

    postern_request_reset(b->request);
    if (which == 0) {
        return;
    }
    require(postern_request_begin(b->request, NULL, postern_text("GET"),
                                  postern_text("/a/../%41?q=1"),
                                  postern_text("HTTP/2")) == POSTERN_OK);
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        require(postern_request_add_header(b->request, postern_text(headers[i][0]),
                                           postern_text(headers[i][1])) == POSTERN_OK);
    }
    if (which == 2) {
        set_scalars(b);
        set_arrays(b);
    }
}

/* --- findings and listings -------------------------------------------------------------- */

static void check_findings(const bench *b, postern_status status, size_t size)
{
    const size_t errors = postern_report_count_of(b->report, POSTERN_ERROR);
    postern_finding finding;
    char text[64];

    require(status != POSTERN_STATE); /* the verifier refused what was compiled */
    require((status == POSTERN_OK) == (errors == 0));
    require(errors <= 8);
    for (size_t i = 0; postern_report_get(b->report, i, &finding); i++) {
        require(finding.offset <= size && finding.length <= size - finding.offset);
        require(finding.caret <= finding.excerpt.len);
        require(finding.message.len > 0 && finding.line > 0 && finding.column > 0);
        require(postern_report_render(b->report, i, text, sizeof text) > 0);
        require(strlen(text) < sizeof text);
    }
}

static void check_listing(const postern_filter *filter)
{
    static char whole[TEXT_MAX];
    char cut[16];
    size_t i = 0;

    for (;; i++) {
        const size_t length = postern_filter_print(filter, i, whole, sizeof whole);
        if (length == 0) {
            break;
        }
        require(postern_filter_print(filter, i, cut, sizeof cut) == length);
        require(strncmp(whole, cut, sizeof cut - 1) == 0);
    }
    require(i > 0);
}

/* --- answers ------------------------------------------------------------------------------ */

/* Bit n: what it says of request n; the tree walk may not say anything else. */
static unsigned check_answers(bench *b, const postern_filter *filter,
                              postern_str expression)
{
    unsigned answers = 0;
    walk reference;

    require(walk_open(&reference, b->scheme, expression, &b->options));
    for (int which = 0; which < REQUESTS; which++) {
        bool answer;
        bool wanted;
        fill(b, which);
        require(postern_filter_match(filter, b->request, &answer) == POSTERN_OK);
        require(walk_evaluate(&reference, b->request, &wanted) == POSTERN_OK);
        require(answer == wanted);
        answers |= (unsigned)answer << which;
    }
    walk_close(&reference);
    return answers;
}

/* The canonical form, which is that of itself too. Empty when there is none. */
static postern_str canonical(postern_str expression, bool is_value)
{
    static char text[2][TEXT_MAX];
    const postern_format_options options = {.value = is_value};
    size_t length[2];

    if (postern_format_expression(expression, &options, text[0], TEXT_MAX, &length[0],
                                  NULL) != POSTERN_OK ||
        length[0] >= TEXT_MAX) {
        return (postern_str){NULL, 0};
    }
    require(postern_format_expression((postern_str){text[0], length[0]}, &options,
                                      text[1], TEXT_MAX, &length[1],
                                      NULL) == POSTERN_OK);
    require(length[0] == length[1] && memcmp(text[0], text[1], length[0]) == 0);
    return (postern_str){text[0], length[0]};
}

static void try_filter(bench *b, postern_str expression)
{
    postern_filter *filter;
    postern_filter *again;
    const postern_status status =
        postern_filter_compile(b->scheme, expression, &b->options, &filter, b->report);
    const postern_str written = canonical(expression, false);
    unsigned answers;

    check_findings(b, status, expression.len);
    require((status == POSTERN_OK) == (filter != NULL));
    if (filter == NULL) {
        return;
    }
    check_listing(filter);
    answers = check_answers(b, filter, expression);
    require(written.len > 0);
    /* words are longer than symbols: what was just short enough may be so no more */
    if (written.len <= b->scheme->options.limits.expression_bytes) {
        require(postern_filter_compile(b->scheme, written, &b->options, &again, NULL) ==
                POSTERN_OK);
        require(check_answers(b, again, written) == answers);
        postern_filter_free(again);
    }
    postern_filter_free(filter);
}

/* --- values --------------------------------------------------------------------------------- */

static void same_value(const postern_value *got, pst_value seen, postern_type type)
{
    postern_address address;

    require(got->type == type);
    switch (postern_type_kind(type)) {
    case POSTERN_KIND_BOOL:
        require(got->as.boolean == seen.boolean);
        break;
    case POSTERN_KIND_INT:
        require(got->as.integer == seen.integer);
        break;
    case POSTERN_KIND_STRING:
        require(postern_str_equal(got->as.string, seen.string));
        break;
    case POSTERN_KIND_IP:
        address = pst_ip_to_address(seen.ip);
        require(memcmp(&address, &got->as.address, sizeof address) == 0);
        break;
    case POSTERN_KIND_ARRAY:
        require(got->as.array.count == seen.array.count);
        for (size_t i = 0; i < seen.array.count; i++) {
            same_value(&got->as.array.items[i], seen.array.items[i],
                       postern_type_element(type));
        }
        break;
    case POSTERN_KIND_MAP:
        require(got->as.map.count == seen.map.count);
        for (size_t i = 0; i < seen.map.count; i++) {
            const pst_entry *const entry = &seen.map.entries[i];
            require(postern_str_equal(got->as.map.entries[i].key, entry->key));
            same_value(&got->as.map.entries[i].value, entry->value,
                       postern_type_element(type));
        }
        break;
    case POSTERN_KIND_NONE:
        abort();
    }
}

static void check_values(bench *b, const postern_value_expression *expression,
                         postern_str text)
{
    walk reference;

    require(walk_open_value(&reference, b->scheme, text, &b->options));
    for (int which = 0; which < REQUESTS; which++) {
        postern_value got;
        pst_value seen;
        bool present;
        bool wanted;
        fill(b, which);
        require(postern_value_evaluate(expression, b->request, &present, &got) ==
                POSTERN_OK);
        require(walk_value(&reference, b->request, &wanted, &seen) == POSTERN_OK);
        require(present == wanted);
        if (present) {
            same_value(&got, seen, postern_value_expression_type(expression));
        }
    }
    walk_close(&reference);
}

static void try_value(bench *b, postern_str text)
{
    postern_value_expression *expression;
    postern_status status;

    postern_report_clear(b->report);
    status =
        postern_value_compile(b->scheme, text, &b->options, &expression, b->report);
    check_findings(b, status, text.len);
    require((status == POSTERN_OK) == (expression != NULL));
    if (expression != NULL) {
        require(canonical(text, true).len > 0);
        check_values(b, expression, text);
    }
    postern_value_expression_free(expression);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const postern_str expression = {(const char *)data, size};
    bench b;

    bench_open(&b);
    try_filter(&b, expression);
    try_value(&b, expression);
    bench_close(&b);
    return 0;
}
