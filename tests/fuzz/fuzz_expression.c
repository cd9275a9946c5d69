/*
 * fuzz_expression.c - any bytes compile or are refused; findings point inside them;
 * what compiles prints, and answers on three requests as a tree walk does. That it
 * verifies, the compiler asserts itself.
 */
#include "../reference/walk.h"

#include <postern/filter.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REQUESTS = 3 };

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

static const struct {
    const char *name;
    postern_type type;
} own[] = {
    {"b",   POSTERN_BOOL                                    },
    {"i",   POSTERN_INT                                     },
    {"s",   POSTERN_STRING                                  },
    {"p",   POSTERN_IP                                      },
    {"ai",  POSTERN_ARRAY_OF(POSTERN_INT)                   },
    {"ms",  POSTERN_MAP_OF(POSTERN_STRING)                  },
    {"mas", POSTERN_MAP_OF(POSTERN_ARRAY_OF(POSTERN_STRING))},
};

static postern_scheme *new_scheme(void)
{
    const postern_options options = {.clock = noon};
    postern_scheme *scheme;

    require(postern_scheme_new(&options, &scheme) == POSTERN_OK);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        require(postern_scheme_add_field(scheme, postern_text(own[i].name), own[i].type,
                                         NULL) == POSTERN_OK);
    }
    return scheme;
}

static void set(postern_request *request, const postern_scheme *scheme,
                const char *name, const postern_value *value)
{
    postern_field field;

    require(postern_scheme_find_field(scheme, postern_text(name), &field, NULL) ==
            POSTERN_OK);
    require(postern_request_set(request, field, value) == POSTERN_OK);
}

/* 0: nothing is known; 1: a head with headers; 2: every field of our own is set. */
static void fill(postern_request *request, const postern_scheme *scheme, int which)
{
    static const char *const headers[][2] = {
        {"Host",   "A.example"},
        {"X-A",    "One"      },
        {"x-a",    "two"      },
        {"cookie", "a=b"      }
    };
    const postern_value yes = {POSTERN_BOOL, {.boolean = true}};
    const postern_value number = {POSTERN_INT, {.integer = 10}};
    const postern_value text = {POSTERN_STRING, {.string = POSTERN_STR("aB\xff")}};
    const postern_value array = {POSTERN_ARRAY_OF(POSTERN_INT),
                                 {.array = {&number, 1}}};
    const postern_entry entry = {POSTERN_STR("k"), text};
    const postern_value map = {POSTERN_MAP_OF(POSTERN_STRING), {.map = {&entry, 1}}};
    postern_value address = {.type = POSTERN_IP};

    postern_request_reset(request);
    if (which == 0) {
        return;
    }
    require(postern_request_begin(request, NULL, postern_text("GET"),
                                  postern_text("/a/../%41?q=1"),
                                  postern_text("HTTP/2")) == POSTERN_OK);
    for (size_t i = 0; i < 4; i++) {
        require(postern_request_add_header(request, postern_text(headers[i][0]),
                                           postern_text(headers[i][1])) == POSTERN_OK);
    }
    if (which == 2) {
        require(postern_address_parse(postern_text("10.1.2.3"), &address.as.address));
        set(request, scheme, "b", &yes);
        set(request, scheme, "i", &number);
        set(request, scheme, "s", &text);
        set(request, scheme, "p", &address);
        set(request, scheme, "ip.src", &address);
        set(request, scheme, "ai", &array);
        set(request, scheme, "ms", &map);
    }
}

static void check_findings(const postern_report *report, size_t size)
{
    postern_finding finding;
    char text[64];

    for (size_t i = 0; postern_report_get(report, i, &finding); i++) {
        require(finding.offset <= size && finding.length <= size - finding.offset);
        require(finding.caret <= finding.excerpt.len);
        require(finding.message.len > 0 && finding.line > 0 && finding.column > 0);
        require(postern_report_render(report, i, text, sizeof text) > 0);
        require(strlen(text) < sizeof text);
    }
}

static void check_listing(const postern_filter *filter)
{
    char whole[256];
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

static void check_answers(const postern_scheme *scheme, const postern_filter *filter,
                          postern_str expression)
{
    postern_request *request;
    walk reference;

    require(postern_request_new_simulated(scheme, &request) == POSTERN_OK);
    require(walk_open(&reference, scheme, expression));
    for (int which = 0; which < REQUESTS; which++) {
        bool answer;
        bool wanted;
        fill(request, scheme, which);
        require(postern_filter_match(filter, request, &answer) == POSTERN_OK);
        require(walk_evaluate(&reference, request, &wanted) == POSTERN_OK);
        require(answer == wanted);
    }
    walk_close(&reference);
    postern_request_free(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const postern_str expression = {(const char *)data, size};
    postern_scheme *const scheme = new_scheme();
    postern_report *const report = postern_report_new(NULL);
    postern_filter *filter;
    postern_status status;

    require(report != NULL);
    status = postern_filter_compile(scheme, expression, NULL, &filter, report);
    check_findings(report, size);
    require((status == POSTERN_OK) ==
            (postern_report_count_of(report, POSTERN_ERROR) == 0));
    require((status == POSTERN_OK) == (filter != NULL));
    require(postern_report_count_of(report, POSTERN_ERROR) <= 8);
    if (filter != NULL) {
        check_listing(filter);
        check_answers(scheme, filter, expression);
    }
    postern_filter_free(filter);
    postern_report_free(report);
    postern_scheme_free(scheme);
    return 0;
}
