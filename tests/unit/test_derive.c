/*
 * test_derive.c - what a request makes of its query, headers and body: ordinary and
 * hostile ones, with too little memory, and in the company of hidden headers.
 *
 * Values are written down as text: an array as [a|b], a map as {name=[a|b];other=[c]}.
 */
#include "../harness/harness.h"
#include "model/derive.h"
#include "support/alloc.h"
#include "support/hash.h"
#include "support/text.h"

#include <stdlib.h>

#define ROWS(table) ((int)(sizeof(table) / sizeof(table)[0]))

/* --- values as text ------------------------------------------------------------------ */

static void show(pst_writer *out, postern_type type, const pst_value *value)
{
    const postern_type element = postern_type_element(type);

    switch (postern_type_kind(type)) {
    case POSTERN_KIND_BOOL:
        pst_write_text(out, value->boolean ? "true" : "false");
        break;
    case POSTERN_KIND_INT:
        pst_write_int(out, value->integer);
        break;
    case POSTERN_KIND_STRING:
        pst_write_str(out, value->string);
        break;
    case POSTERN_KIND_ARRAY:
        pst_write_byte(out, '[');
        for (size_t i = 0; i < value->array.count; i++) {
            pst_write_text(out, i > 0 ? "|" : "");
            show(out, element, &value->array.items[i]);
        }
        pst_write_byte(out, ']');
        break;
    case POSTERN_KIND_MAP:
        pst_write_byte(out, '{');
        for (size_t i = 0; i < value->map.count; i++) {
            pst_write_text(out, i > 0 ? ";" : "");
            pst_write_str(out, value->map.entries[i].key);
            pst_write_byte(out, '=');
            show(out, element, &value->map.entries[i].value);
        }
        pst_write_byte(out, '}');
        break;
    case POSTERN_KIND_IP:
    case POSTERN_KIND_NONE:
        ck_abort_msg("not derived");
    }
}

/* --- a request ----------------------------------------------------------------------- */

enum { LINES_MAX = 40 };

/* What a client sends. Everything is copied into blocks of exactly that size. */
typedef struct sent {
    const char *target;
    const char *headers; /* "name: value" lines */
    postern_str body;
} sent;

typedef struct bench {
    postern_scheme *scheme;
    postern_request *request;
    char *blocks[2 + LINES_MAX];
    size_t block_count;
} bench;

static int64_t read_clock(void *user)
{
    (void)user;
    return 1795176000123;
}

static void open_bench(bench *b, const postern_limits *limits)
{
    const postern_options options = {
        .clock = read_clock,
        .limits = limits == NULL ? (postern_limits){0} : *limits,
    };

    *b = (bench){0};
    ck_assert_int_eq(postern_scheme_new(&options, &b->scheme), POSTERN_OK);
    ck_assert_int_eq(postern_request_new(b->scheme, &b->request), POSTERN_OK);
}

static void free_blocks(bench *b)
{
    while (b->block_count > 0) {
        free(b->blocks[--b->block_count]);
    }
}

static void close_bench(bench *b)
{
    postern_request_free(b->request);
    postern_scheme_free(b->scheme);
    free_blocks(b);
}

static postern_str exactly(bench *b, postern_str text)
{
    char *block = malloc(text.len == 0 ? 1 : text.len);

    ck_assert(block != NULL && b->block_count < (size_t)ROWS(b->blocks));
    if (text.len > 0) {
        memcpy(block, text.data, text.len);
    }
    b->blocks[b->block_count++] = block;
    return (postern_str){block, text.len};
}

static void add_line(bench *b, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);
    const size_t name = (size_t)(colon - line);

    ck_assert_ptr_nonnull(colon);
    ck_assert_int_eq(postern_request_add_header(
                         b->request, (postern_str){line, name},
                         exactly(b, (postern_str){line + name + 2, len - name - 2})),
                     POSTERN_OK);
}

static void send_request(bench *b, const sent *from)
{
    const char *line = from->headers == NULL ? "" : from->headers;

    free_blocks(b); /* of the request before */
    ck_assert_int_eq(postern_request_begin(b->request, NULL, postern_text("POST"),
                                           exactly(b, postern_text(from->target)),
                                           postern_text("HTTP/1.1")),
                     POSTERN_OK);
    add_line(b, "Host: a", 7);
    while (*line != '\0') {
        const char *end = strchr(line, '\n');
        const size_t len = end == NULL ? strlen(line) : (size_t)(end - line);
        add_line(b, line, len);
        line += len + (end != NULL);
    }
    ck_assert_int_eq(postern_request_set_body(b->request, exactly(b, from->body),
                                              from->body.len, false),
                     POSTERN_OK);
    ck_assert_int_eq(pst_request_seal(b->request, NULL, false), POSTERN_OK);
    ck_assert_ptr_null(b->request->head.problem);
}

static void check_value(bench *b, pst_field_id field, const char *wanted)
{
    char text[4096];
    pst_writer out = {text, sizeof text, 0};
    pst_value value;

    ck_assert_int_eq(pst_request_value(b->request, field, &value), POSTERN_OK);
    show(&out, b->scheme->fields[field].type, &value);
    (void)pst_write_end(&out);
    ck_assert_msg(strcmp(text, wanted) == 0, "%s\n  is     %s\n  wanted %s",
                  b->scheme->fields[field].name.data, text, wanted);
}

static void check_sent(const sent *from, pst_field_id field, const char *wanted)
{
    bench b;

    open_bench(&b, NULL);
    send_request(&b, from);
    check_value(&b, field, wanted);
    close_bench(&b);
}

/* --- arguments ----------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *query;
    const char *names;
    const char *values;
    const char *map;
} queries[] = {
    {"",                "[]",          "[]",         "{}"                         },
    {"a=1",             "[a]",         "[1]",        "{a=[1]}"                    },
    {"id=7&x=1&id=8",   "[id|x|id]",   "[7|1|8]",    "{id=[7|8];x=[1]}"           },
    {"b=1&a=2&c=3",     "[b|a|c]",     "[1|2|3]",    "{a=[2];b=[1];c=[3]}"        },
    {"a",               "[a]",         "[]",         "{a=[]}"                     },
    {"a=",              "[a]",         "[]",         "{a=[]}"                     },
    {"a&a=&a=x",        "[a|a|a]",     "[||x]",      "{a=[||x]}"                  },
    {"=v",              "[]",          "[v]",        "{=[v]}"                     },
    {"=",               "[]",          "[]",         "{=[]}"                      },
    {"a==b=c",          "[a]",         "[=b=c]",     "{a=[=b=c]}"                 },
    {"&",               "[]",          "[]",         "{}"                         },
    {"&&a=1&&&b=2&",    "[a|b]",       "[1|2]",      "{a=[1];b=[2]}"              },
    {"A=1&a=2",         "[A|a]",       "[1|2]",      "{A=[1];a=[2]}"              },
    {"%61=%62+c&a=1",   "[%61|a]",     "[%62+c|1]",  "{%61=[%62+c];a=[1]}"        },
    {"a=1;b=2",         "[a]",         "[1;b=2]",    "{a=[1;b=2]}"                },
    {"a[]=1&a[]=2",     "[a[]|a[]]",   "[1|2]",      "{a[]=[1|2]}"                },
    {"a?b=1",           "[a?b]",       "[1]",        "{a?b=[1]}"                  },
    {"c=1&b=2&c=3&a=4&b=5&c=6", "[c|b|c|a|b|c]", "[1|2|3|4|5|6]",
     "{a=[4];b=[2|5];c=[1|3|6]}"                                                  },
    {"aa=1&a=2&aaa=3&a=4", "[aa|a|aaa|a]", "[1|2|3|4]", "{a=[2|4];aa=[1];aaa=[3]}"},
};
/* clang-format on */

START_TEST(a_query_has_arguments)
{
    char target[128];
    pst_writer out = {target, sizeof target, 0};
    bench b;

    pst_write_text(&out, "/x/../a?");
    pst_write_text(&out, queries[_i].query);
    (void)pst_write_end(&out);
    open_bench(&b, NULL);
    send_request(&b, &(sent){.target = target});
    check_value(&b, PST_FIELD_ARGS_NAMES, queries[_i].names);
    check_value(&b, PST_FIELD_ARGS_VALUES, queries[_i].values);
    check_value(&b, PST_FIELD_ARGS, queries[_i].map);
    check_value(&b, PST_FIELD_RAW_ARGS_NAMES, queries[_i].names);
    check_value(&b, PST_FIELD_RAW_ARGS_VALUES, queries[_i].values);
    check_value(&b, PST_FIELD_RAW_ARGS, queries[_i].map);
    close_bench(&b);
}
END_TEST

/* The same text as a form. */
START_TEST(a_form_has_fields)
{
    const sent form = {
        .target = "/?q=1",
        .headers = "content-type: application/x-www-form-urlencoded",
        .body = postern_text(queries[_i].query),
    };
    bench b;

    open_bench(&b, NULL);
    send_request(&b, &form);
    check_value(&b, PST_FIELD_BODY_FORM_NAMES, queries[_i].names);
    check_value(&b, PST_FIELD_BODY_FORM_VALUES, queries[_i].values);
    check_value(&b, PST_FIELD_BODY_FORM, queries[_i].map);
    check_value(&b, PST_FIELD_BODY_RAW, queries[_i].query);
    close_bench(&b);
}
END_TEST

/* clang-format off */
static const struct {
    const char *headers;
    const char *form;
} form_types[] = {
    {"Content-Type: application/x-www-form-urlencoded",                        "{a=[1]}"},
    {"CONTENT-TYPE: Application/X-WWW-Form-Urlencoded",                        "{a=[1]}"},
    {"Content-Type: application/x-www-form-urlencoded; charset=utf-8",         "{a=[1]}"},
    {"Content-Type: application/x-www-form-urlencoded ;x",                     "{a=[1]}"},
    {"Content-Type: text/plain\nContent-Type: application/x-www-form-urlencoded", "{a=[1]}"},
    {"Content-Type: application/x-www-form-urlencoded2",                       "{}"     },
    {"Content-Type: x application/x-www-form-urlencoded",                      "{}"     },
    {"Content-Type: multipart/form-data; boundary=a",                          "{}"     },
    {"Content-Type: ",                                                         "{}"     },
    {"Content-Types: application/x-www-form-urlencoded",                       "{}"     },
    {NULL,                                                                     "{}"     },
};
/* clang-format on */

START_TEST(only_a_form_has_fields)
{
    check_sent(&(sent){"/", form_types[_i].headers, POSTERN_STR("a=1")},
               PST_FIELD_BODY_FORM, form_types[_i].form);
}
END_TEST

/* --- paths --------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *path;
    const char *extension;
    const char *raw;
} paths[] = {
    {"/a.TAR.GZ",      "gz",    "gz"   },
    {"/.env",          "",      ""     },
    {"/.x.mp3",        "mp3",   "mp3"  },
    {"/a.",            "",      ""     },
    {"/a",             "",      ""     },
    {"/",              "",      ""     },
    {"/a.b/c",         "",      ""     },
    {"/a.b/",          "",      ""     },
    {"/a.b/.c",        "",      ""     },
    {"/a.b/c.D?e.f",   "d",     "d"    },
    {"/a..b",          "b",     "b"    },
    {"/..a",           "a",     "a"    },
    {"/a.b/../c.d/.",  "",      ""     },
    {"/a.php/%2e%2e/b.js", "js", "js"  },
    {"/a%2Ejs",        "js",    ""     },
    {"/a.%6As",        "js",    "%6as" },
    {"/a.p%48p",       "php",   "p%48p"},
    {"/a.j\xc3\x84",   "j\xc3\x84", "j\xc3\x84"},
    {"/a.php%2F",      "php%2f", "php%2f"},
    {"http://a/b.CSS", "css",   "css"  },
};
/* clang-format on */

START_TEST(a_path_may_have_an_extension)
{
    bench b;

    open_bench(&b, NULL);
    send_request(&b, &(sent){.target = paths[_i].path});
    check_value(&b, PST_FIELD_EXTENSION, paths[_i].extension);
    check_value(&b, PST_FIELD_RAW_EXTENSION, paths[_i].raw);
    close_bench(&b);
}
END_TEST

/* --- cookies ------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *headers;
    const char *map;
} cookies[] = {
    {NULL,                                    "{}"                       },
    {"Cookie: ",                              "{}"                       },
    {"Cookie: sid=abc",                       "{sid=[abc]}"              },
    {"Cookie: a=1; b=2;c=3",                  "{a=[1];b=[2];c=[3]}"      },
    {"Cookie: a=1; b=2; a=3",                 "{a=[1|3];b=[2]}"          },
    {"Cookie: a=1\nX: y\ncookie: b=2\nCOOKIE: a=3", "{a=[1|3];b=[2]}"    },
    {"Cookie: a=1;;; ;b=2;",                  "{a=[1];b=[2]}"            },
    {"Cookie:  \t a = 1 ;\tb=2\t",            "{a=[ 1];b=[2]}"           },
    {"Cookie: a",                             "{a=[]}"                   },
    {"Cookie: =v; a=",                        "{=[v];a=[]}"              },
    {"Cookie: a=b=c=d",                       "{a=[b=c=d]}"              },
    {"Cookie: a=\"x y\"; b=%41+",             "{a=[\"x y\"];b=[%41+]}"   },
    {"Cookie: A=1; a=2",                      "{A=[1];a=[2]}"            },
 /* names are decoded, and then the same */
    {"Cookie: %61=1; a=2; %61=3",             "{a=[1|2|3]}"              },
    {"Cookie: a+b=1; a%20b=2",                "{a b=[1|2]}"              },
    {"Cookie: %2561=1",                       "{%61=[1]}"                },
    {"Cookie: %=1; %4=2; %4g=3; a%=4",        "{%=[1];%4=[2];%4g=[3];a%=[4]}"},
    {"Cookie: a%4",                           "{a%4=[]}"                 },
    {"Cookie: a%",                            "{a%=[]}"                  },
    {"Cookie: a%3Db=1",                       "{a=b=[1]}"                },
    {"Cookie: %20a%20=1",                     "{ a =[1]}"                },
    {"Cookie: %C3%a4=1",                      "{\xc3\xa4=[1]}"           },
};
/* clang-format on */

START_TEST(cookies_are_read)
{
    check_sent(
        &(sent){
            "/", cookies[_i].headers, {NULL, 0}
    },
        PST_FIELD_COOKIES, cookies[_i].map);
}
END_TEST

START_TEST(a_name_may_decode_to_a_nul)
{
    const postern_str name = {"a\0b", 3};
    bench b;
    pst_value value;

    open_bench(&b, NULL);
    send_request(&b, &(sent){
                         "/", "Cookie: a%00b=1", {NULL, 0}
    });
    ck_assert_int_eq(pst_request_value(b.request, PST_FIELD_COOKIES, &value),
                     POSTERN_OK);
    ck_assert_ptr_nonnull(pst_map_find(value.map, name));
    close_bench(&b);
}
END_TEST

/* --- languages ----------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *headers;
    const char *list;
} languages[] = {
    {NULL,                                                  "[]"              },
    {"Accept-Language: ",                                   "[]"              },
    {"Accept-Language: en",                                 "[en]"            },
    {"Accept-Language: pt-PT,en;q=0.8",                     "[pt-PT|en]"      },
    {"Accept-Language: en;q=0.8,pt-PT",                     "[pt-PT|en]"      },
    {"Accept-Language: a;q=0.1, b;q=0.3 ,c;q=0.2",          "[b|c|a]"         },
    {"Accept-Language: a;q=0.5,b,c;q=0.5,d,e;q=0.5",        "[b|d|a|c|e]"     },
    {"Accept-Language: fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5",
     "[fr-CH|fr|en|de]"                                                       },
    {"Accept-Language: *",                                  "[]"              },
    {"Accept-Language: *;q=0.1,en;q=0",                     "[]"              },
    {"Accept-Language: en;q=0.000,de;q=0.001",              "[de]"            },
    {"Accept-Language: a;q=1.000,b;q=1,c;q=1.,d;q=0.",      "[a|b|c]"         },
    {"Accept-Language: a;q=0.12,b;q=0.123,c;q=0.1239,d;q=0.124", "[d|b|c|a]"  },
    {"Accept-Language: a; Q=0.1 ,b;\tq=0.2\t;x",            "[b|a]"           },
    {"Accept-Language: a;q=1.001,b;q=2,c;q=,d;q=x,e;q=-1,f;q=.5,g;q=0,5,h",
     "[5|h]"                                                                  },
    {"Accept-Language: ,,  ,;q=1,en,",                      "[en]"            },
    {"Accept-Language: a;q=0.2\nX: y\naccept-language: b\nACCEPT-LANGUAGE: c;q=0.1",
     "[b|a|c]"                                                                },
    {"Accept-Language: a;level=1;q=0.1,b;q=0.2;q=0.05",     "[a|b]"           },
    {"Accept-Language: EN-gb,en-GB",                        "[EN-gb|en-GB]"   },
};
/* clang-format on */

START_TEST(languages_are_sorted)
{
    check_sent(
        &(sent){
            "/", languages[_i].headers, {NULL, 0}
    },
        PST_FIELD_LANGUAGES, languages[_i].list);
}
END_TEST

/* --- headers ------------------------------------------------------------------------- */

START_TEST(header_lines_become_a_map)
{
    static const sent from = {
        "/", "X-Team: a\nB: 1\nx-tEAM: b\nx_team: c\nb: \nX-TEAM:  d \xff", {NULL, 0}
    };
    static const char map[] = "{b=[1|];host=[a];x-team=[a|b| d \xff];x_team=[c]}";
    static const char names[] = "[Host|X-Team|B|x-tEAM|x_team|b|X-TEAM]";
    static const char values[] = "[a|a|1|b|c|| d \xff]";
    bench b;

    open_bench(&b, NULL);
    send_request(&b, &from);
    check_value(&b, PST_FIELD_HEADERS, map);
    check_value(&b, PST_FIELD_HEADER_NAMES, names);
    check_value(&b, PST_FIELD_HEADER_VALUES, values);
    check_value(&b, PST_FIELD_RAW_HEADERS, map);
    check_value(&b, PST_FIELD_RAW_HEADER_NAMES, names);
    check_value(&b, PST_FIELD_RAW_HEADER_VALUES, values);
    close_bench(&b);
}
END_TEST

START_TEST(hidden_headers_are_hidden_everywhere)
{
    static const sent from = {
        "/", "Cf-Access-Jwt-Assertion: forged\nclient-cert: forged\nA: 1", {NULL, 0}
    };
    static const struct {
        pst_field_id field;
        const char *hidden;
    } rows[] = {
        {PST_FIELD_HEADERS,           "{a=[1];host=[a]}"},
        {PST_FIELD_RAW_HEADERS,       "{a=[1];host=[a]}"},
        {PST_FIELD_HEADER_NAMES,      "[Host|A]"        },
        {PST_FIELD_RAW_HEADER_NAMES,  "[Host|A]"        },
        {PST_FIELD_HEADER_VALUES,     "[a|1]"           },
        {PST_FIELD_RAW_HEADER_VALUES, "[a|1]"           },
    };
    bench b;

    open_bench(&b, NULL);
    send_request(&b, &from);
    for (int round = 0; round < 2; round++) { /* seen, hidden, and seen again */
        check_value(&b, PST_FIELD_RAW_HEADER_VALUES, "[a|forged|forged|1]");
        check_value(&b, PST_FIELD_RAW_HEADERS,
                    "{a=[1];cf-access-jwt-assertion=[forged];client-cert=[forged];"
                    "host=[a]}");
        ck_assert_int_eq(pst_request_seal(b.request, NULL, true), POSTERN_OK);
        for (int i = 0; i < ROWS(rows); i++) {
            check_value(&b, rows[i].field, rows[i].hidden);
        }
        ck_assert_int_eq(pst_request_seal(b.request, NULL, false), POSTERN_OK);
    }
    close_bench(&b);
}
END_TEST

/* --- bodies -------------------------------------------------------------------------- */

START_TEST(a_body_is_what_was_handed_in)
{
    static const postern_str body = POSTERN_STR("abc");
    static const struct {
        uint64_t size;
        bool truncated;
        const char *told;
        const char *length;
        postern_status status;
    } rows[] = {
        {3,                       false, "false", "3",                   POSTERN_OK     },
        {3,                       true,  "true",  "3",                   POSTERN_OK     },
        {4,                       true,  "true",  "4",                   POSTERN_OK     },
        {4,                       false, "true",  "4",                   POSTERN_OK     },
        {INT64_MAX,               false, "true",  "9223372036854775807", POSTERN_OK     },
        {(uint64_t)INT64_MAX + 1, true,  "",      "",                    POSTERN_INVALID},
        {UINT64_MAX,              true,  "",      "",                    POSTERN_INVALID},
        {2,                       true,  "",      "",                    POSTERN_INVALID},
        {0,                       false, "",      "",                    POSTERN_INVALID},
    };
    bench b;

    open_bench(&b, NULL);
    for (int i = 0; i < ROWS(rows); i++) {
        ck_assert_int_eq(postern_request_begin(b.request, NULL, postern_text("GET"),
                                               postern_text("/"),
                                               postern_text("HTTP/1.1")),
                         POSTERN_OK);
        (void)postern_request_add_header(b.request, postern_text("host"),
                                         postern_text("a"));
        ck_assert_int_eq(
            postern_request_set_body(b.request, body, rows[i].size, rows[i].truncated),
            rows[i].status);
        ck_assert_int_eq(pst_request_seal(b.request, NULL, false), rows[i].status);
        if (rows[i].status == POSTERN_OK) {
            check_value(&b, PST_FIELD_BODY_RAW, "abc");
            check_value(&b, PST_FIELD_BODY_SIZE, rows[i].length);
            check_value(&b, PST_FIELD_BODY_TRUNCATED, rows[i].told);
        }
    }
    close_bench(&b);
}
END_TEST

START_TEST(a_body_belongs_to_a_request)
{
    static const postern_str body = POSTERN_STR("abc");
    bench b;

    open_bench(&b, NULL);
    ck_assert_int_eq(postern_request_set_body(b.request, body, 3, false),
                     POSTERN_STATE);
    ck_assert_int_eq(pst_request_seal(b.request, NULL, false), POSTERN_STATE);
    send_request(&b, &(sent){"/", NULL, POSTERN_STR("first")});
    check_value(&b, PST_FIELD_BODY_RAW, "first");
    ck_assert_int_eq(postern_request_set_body(b.request, body, 3, false),
                     POSTERN_STATE); /* sealed */
    ck_assert_int_eq(pst_request_seal(b.request, NULL, false), POSTERN_STATE);
    /* the next request has none of it */
    ck_assert_int_eq(postern_request_begin(b.request, NULL, postern_text("GET"),
                                           postern_text("/"), postern_text("HTTP/1.1")),
                     POSTERN_OK);
    (void)postern_request_add_header(b.request, postern_text("host"),
                                     postern_text("a"));
    ck_assert_int_eq(pst_request_seal(b.request, NULL, false), POSTERN_OK);
    check_value(&b, PST_FIELD_BODY_RAW, "");
    check_value(&b, PST_FIELD_BODY_SIZE, "0");
    check_value(&b, PST_FIELD_BODY_TRUNCATED, "false");
    check_value(&b, PST_FIELD_BODY_MIME, "");
    check_value(&b, PST_FIELD_BODY_FORM, "{}");
    check_value(&b, PST_FIELD_BODY_MULTIPART_VALUES, "[]");
    close_bench(&b);
}
END_TEST

#define MIME(text, type)        \
    {                           \
        POSTERN_STR(text), type \
    }

/* clang-format off */
static const struct {
    postern_str body;
    const char *type;
} mimes[] = {
    MIME("", ""),
    MIME("%PDF-1.7\n", "application/pdf"),
    MIME("%PDF", "text/plain"),
    MIME(" %PDF-1.7", "text/plain"),
    MIME("\x89PNG\r\n\x1a\n\0\0", "image/png"),
    MIME("\x89PNG\n\x1a\n", ""),
    MIME("\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
    MIME("GIF87a..", "image/gif"),
    MIME("GIF89a", "image/gif"),
    MIME("GIF90a", "text/plain"),
    MIME("RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
    MIME("RIFF\x10\0\0\0WAVEfmt ", "audio/wav"),
    MIME("RIFFabcdWAVE as text", "text/plain"),
    MIME("\0\0\0\x18" "ftypmp42", "video/mp4"),
    MIME("\0\0\0\x18" "ftypavif", "image/avif"),
    MIME("PK\3\4\x14\0", "application/zip"),
    MIME("PK\5\6", "application/zip"),
    MIME("PK", "text/plain"),
    MIME("\x1f\x8b\x08\0", "application/gzip"),
    MIME("BZh91AY\x26\0", "application/x-bzip2"),
    MIME("\xfd" "7zXZ\0", "application/x-xz"),
    MIME("7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    MIME("\x7f" "ELF\2", "application/x-executable"),
    MIME("MZ\x90\0\3", "application/vnd.microsoft.portable-executable"),
    MIME("MZ is two letters", "text/plain"),
    MIME("\0asm\1\0\0\0", "application/wasm"),
    MIME("ID3\4\0", "audio/mpeg"),
    MIME("<!DOCTYPE html>", "text/html"),
    MIME("<!doctype HTML ><p>", "text/html"),
    MIME("\n\t <HTML>", "text/html"),
    MIME("<html", "text/plain"),
    MIME("<htmlx>", "text/plain"),
    MIME("<a href=x>", "text/html"),
    MIME("<!-- -->", "text/html"),
    MIME("<script>", "text/html"),
    MIME("\xef\xbb\xbf<html>", "text/html"),
    MIME("<?xml version=\"1.0\"?>", "application/xml"),
    MIME(" <?xml", "application/xml"),
    MIME("<svg xmlns=\"x\"/>", "image/svg+xml"),
    MIME("<x/>", "text/plain"),
    MIME("{}", "application/json"),
    MIME(" {\n \"a\": 1}", "application/json"),
    MIME("[1,2]", "application/json"),
    MIME("[{\"a\":null}", "application/json"),
    MIME("[true]", "application/json"),
    MIME("{a: 1}", "text/plain"),
    MIME("{", "text/plain"),
    MIME("[", "text/plain"),
    MIME("[x]", "text/plain"),
    MIME("a=1&b=2", "text/plain"),
    MIME("   ", "text/plain"),
    MIME("\xef\xbb\xbf", "text/plain"),
    MIME("gr\xc3\xbc\xc3\x9f" "e", "text/plain"),
    MIME("a\0b", ""),
    MIME("a\x7f", ""),
    MIME("\x01", ""),
};
/* clang-format on */

START_TEST(bytes_tell_a_media_type)
{
    check_sent(&(sent){"/", "Content-Type: x/y", mimes[_i].body}, PST_FIELD_BODY_MIME,
               mimes[_i].type);
}
END_TEST

/* Every beginning of every body is looked at without reading too far. */
START_TEST(short_bodies_are_sniffed_too)
{
    for (size_t len = 0; len <= mimes[_i].body.len; len++) {
        bench b;
        open_bench(&b, NULL);
        (void)pst_sniff(exactly(&b, (postern_str){mimes[_i].body.data, len}));
        close_bench(&b);
    }
}
END_TEST

/* --- multipart ----------------------------------------------------------------------- */

#define PART(head, value) "--XX\r\n" head "\r\n\r\n" value "\r\n"
#define NAMED(name, value) \
    PART("Content-Disposition: form-data; name=\"" name "\"", value)
#define LAST "--XX--\r\n"
#define TYPE "Content-Type: multipart/form-data; boundary=XX"
#define FOUND "{a=[1]}"

/* clang-format off */
static const struct {
    const char *type;
    const char *body;
    const char *map;
} multiparts[] = {
    {TYPE, NAMED("a", "1") LAST, FOUND},
    {TYPE, NAMED("a", "1") NAMED("b", "2") NAMED("a", "3") LAST, "{a=[1|3];b=[2]}"},
    {TYPE, NAMED("a", "") LAST, "{a=[]}"},
    {TYPE, NAMED("", "1") LAST, "{=[1]}"},
    {TYPE, NAMED("a", "\r\n1\r\n\r\n") LAST, "{a=[\r\n1\r\n\r\n]}"},
    {TYPE, "before\r\n" NAMED("a", "1") LAST "after\r\n" NAMED("b", "2"), FOUND},
    {TYPE, LAST, "{}"},
    {TYPE, "", "{}"},
    {TYPE, "a=1", "{}"},
    {TYPE, "--XX", "{}"},
 /* the end is missing: what there is counts */
    {TYPE, NAMED("a", "1"), "{a=[1\r\n]}"},
    {TYPE, NAMED("a", "1") "--XX", "{a=[1\r\n--XX]}"},
    {TYPE, NAMED("a", "1") "--XX-", "{a=[1\r\n--XX-]}"},
    {TYPE, NAMED("a", "1") "--XX--", FOUND},
    {TYPE, NAMED("a", "1") "--XX\r\nContent-Disposition: form-data; name=b",
     "{a=[1];b=[]}"},
    {TYPE, NAMED("a", "1") "--XX\r\nContent-Disposition: form-data; name=b\r\n\r\n2",
     "{a=[1];b=[2]}"},
 /* what is no delimiter */
    {TYPE, NAMED("a", "1\r\n--XXX\r\n--X\r\n-XX\r\n --XX\r\n--XX x") LAST,
     "{a=[1\r\n--XXX\r\n--X\r\n-XX\r\n --XX\r\n--XX x]}"},
    {TYPE, NAMED("a", "1\n--XX\n--XX--\n\r--XX\r\r\n") LAST,
     "{a=[1\n--XX\n--XX--\n\r--XX\r\r\n]}"},
    {TYPE, NAMED("a", "1\r\n--XX--x") LAST, "{a=[1\r\n--XX--x]}"},
    {TYPE, NAMED("a", "\r\r\r\n\r\n\r") LAST, "{a=[\r\r\r\n\r\n\r]}"},
    {TYPE, "--XX \t\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--XX-- \t",
     FOUND},
 /* boundaries */
    {"Content-Type: Multipart/Form-Data; Boundary=XX", NAMED("a", "1") LAST, FOUND},
    {"Content-Type: multipart/form-data; charset=x; boundary=\"XX\"; y=z",
     NAMED("a", "1") LAST, FOUND},
    {"Content-Type: multipart/form-data ;boundary = XX ;", NAMED("a", "1") LAST, FOUND},
    {"Content-Type: multipart/form-data; x=\"; boundary=YY\"; boundary=XX",
     NAMED("a", "1") LAST, FOUND},
    {"Content-Type: text/plain\nContent-Type: multipart/form-data; boundary=XX",
     NAMED("a", "1") LAST, FOUND},
    {"Content-Type: multipart/form-data; boundary=xx", NAMED("a", "1") LAST, "{}"},
    {"Content-Type: multipart/form-data; boundary=XX; boundary=YY",
     NAMED("a", "1") LAST, "{}"},
    {"Content-Type: multipart/form-data; boundary=", NAMED("a", "1") LAST, "{}"},
    {"Content-Type: multipart/form-data; boundary=\"\"", NAMED("a", "1") LAST, "{}"},
    {"Content-Type: multipart/form-data; boundary=\"XX \"", NAMED("a", "1") LAST, "{}"},
    {"Content-Type: multipart/form-data; boundary=X@X", NAMED("a", "1") LAST, "{}"},
    {"Content-Type: multipart/form-data; boundary", NAMED("a", "1") LAST, "{}"},
    {"Content-Type: multipart/form-data", NAMED("a", "1") LAST, "{}"},
    {"Content-Type: multipart/mixed; boundary=XX", NAMED("a", "1") LAST, "{}"},
    {"Content-Type: multipart/form-data; boundary="
     "12345678901234567890123456789012345678901234567890123456789012345678901",
     "--12345678901234567890123456789012345678901234567890123456789012345678901\r\n"
     "Content-Disposition: form-data; name=a\r\n\r\n1\r\n",
     "{}"},
    {NULL, NAMED("a", "1") LAST, "{}"},
 /* names */
    {TYPE, PART("Content-Disposition: form-data; name=a", "1") LAST, FOUND},
    {TYPE, PART("content-disposition:form-data;NAME = a ; x", "1") LAST, FOUND},
    {TYPE, PART("Content-Disposition: form-data; filename=\"; name=b\"; name=a", "1") LAST,
     FOUND},
    {TYPE, PART("Content-Disposition: form-data; name=\"a\\\"; b\"", "1") LAST,
     "{a\\\"; b=[1]}"},
    {TYPE, PART("Content-Disposition: form-data; name=\"a", "1") LAST, FOUND},
    {TYPE, PART("Content-Disposition: form-data; name=\"a\\", "1") LAST, "{a\\=[1]}"},
    {TYPE, PART("Content-Disposition: form-data; name=\"a\" x", "1") LAST, FOUND},
    {TYPE, PART("Content-Disposition: form-data; name=a; name=b", "1") LAST,
     "{a=[1];b=[1]}"},
    {TYPE, PART("Content-Disposition: form-data;\r\n name=a", "1") LAST, FOUND},
    {TYPE, PART("X: y\r\n\tContent-Disposition: form-data; name=b\r\n"
                "Content-Disposition: form-data; name=a", "1") LAST, FOUND},
    {TYPE, PART("no colon\r\n:\r\nContent-Disposition: form-data; name=a", "1") LAST,
     FOUND},
    {TYPE, PART("Content-Disposition: form-data; names=a; ame=b; =c;;", "1") LAST, "{}"},
    {TYPE, PART("Content-Disposition: form-data", "1") LAST, "{}"},
    {TYPE, PART("Content-Disposition : form-data; name=a", "1") LAST, "{}"},
    {TYPE, PART("X-Content-Disposition: form-data; name=a", "1") LAST, "{}"},
    {TYPE, "--XX\r\n\r\n1\r\n" LAST, "{}"},
    {TYPE, "--XX\r\n--XX\r\n\r\n--XX\r\n" NAMED("a", "1") LAST, FOUND},
};
/* clang-format on */

START_TEST(parts_have_names_and_contents)
{
    check_sent(&(sent){"/", multiparts[_i].type, postern_text(multiparts[_i].body)},
               PST_FIELD_BODY_MULTIPART, multiparts[_i].map);
}
END_TEST

static size_t count_of(bench *b, pst_field_id field)
{
    pst_value value;

    ck_assert_int_eq(pst_request_value(b->request, field, &value), POSTERN_OK);
    return value.array.count;
}

/* All beginnings of all bodies: lists of the same length, whatever is cut off. */
START_TEST(lists_of_parts_stay_in_step)
{
    const postern_str whole = postern_text(multiparts[_i].body);
    bench b;

    open_bench(&b, NULL);
    for (size_t len = 0; len <= whole.len; len++) {
        send_request(&b, &(sent){
                             "/", multiparts[_i].type, {whole.data, len}
        });
        const size_t count = count_of(&b, PST_FIELD_BODY_MULTIPART_VALUES);
        for (int i = PST_FIELD_BODY_MULTIPART_NAMES;
             i <= PST_FIELD_BODY_MULTIPART_FILENAMES; i++) {
            ck_assert_uint_eq(count_of(&b, (pst_field_id)i), count);
        }
    }
    close_bench(&b);
}
END_TEST

START_TEST(parts_are_told_in_full)
{
    static const char body[] =
        "--XX\r\n"
        "Content-Disposition: form-data; name=\"role\"\r\n\r\nops\r\n"
        "--XX\r\n"
        "CONTENT-DISPOSITION: form-data; name=\"file\"; filename=\"a;b.txt\"; "
        "filename*=UTF-8''c\r\n"
        "content-type:  text/plain; charset=x \r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nZGF0YQ==\r\n"
        "--XX\r\n\r\nnameless\r\n"
        "--XX\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n"
        "Content-Disposition: attachment; filename=; name=x; name=y\r\n\r\n\r\n"
        "--XX--\r\n";
    bench b;

    open_bench(&b, NULL);
    send_request(&b, &(sent){"/", TYPE, postern_text(body)});
    check_value(&b, PST_FIELD_BODY_MULTIPART_NAMES, "[[role]|[file]|[]|[x|y]]");
    check_value(&b, PST_FIELD_BODY_MULTIPART_VALUES, "[ops|ZGF0YQ==|nameless|]");
    check_value(&b, PST_FIELD_BODY_MULTIPART_TYPES,
                "[[]|[text/plain; charset=x]|[]|[a/b|c/d]]");
    check_value(&b, PST_FIELD_BODY_MULTIPART_DISPOSITIONS,
                "[[form-data; name=\"role\"]|[form-data; name=\"file\"; "
                "filename=\"a;b.txt\"; filename*=UTF-8''c]|[]|"
                "[attachment; filename=; name=x; name=y]]");
    check_value(&b, PST_FIELD_BODY_MULTIPART_ENCODINGS, "[[]|[base64]|[]|[]]");
    check_value(&b, PST_FIELD_BODY_MULTIPART_FILENAMES, "[[]|[a;b.txt]|[]|[]]");
    check_value(&b, PST_FIELD_BODY_MULTIPART, "{file=[ZGF0YQ==];role=[ops];x=[];y=[]}");
    check_value(&b, PST_FIELD_BODY_FORM, "{}");
    close_bench(&b);
}
END_TEST

START_TEST(a_part_may_be_empty)
{
    bench b;

    open_bench(&b, NULL);
    send_request(
        &b,
        &(sent){"/", TYPE, POSTERN_STR("--XX\r\n--XX\r\n\r\n--XX\r\n\r\n\r\n--XX--")});
    check_value(&b, PST_FIELD_BODY_MULTIPART_VALUES, "[||]");
    check_value(&b, PST_FIELD_BODY_MULTIPART_NAMES, "[[]|[]|[]]");
    close_bench(&b);
}
END_TEST

/* --- simulated requests -------------------------------------------------------------- */

static void set_text(postern_request *request, pst_field_id field, const char *text)
{
    const postern_value value = {POSTERN_STRING, {.string = postern_text(text)}};

    ck_assert_int_eq(
        postern_request_set(request, (postern_field){(uint32_t)field}, &value),
        POSTERN_OK);
}

/* Whoever sets a query means its arguments too. */
START_TEST(what_was_set_is_derived_from)
{
    bench b;

    open_bench(&b, NULL);
    postern_request_free(b.request);
    ck_assert_int_eq(postern_request_new_simulated(b.scheme, &b.request), POSTERN_OK);
    set_text(b.request, PST_FIELD_QUERY, "a=1");
    set_text(b.request, PST_FIELD_PATH, "/a.PNG");
    set_text(b.request, PST_FIELD_RAW_PATH, ".png");
    set_text(b.request, PST_FIELD_COOKIE, "c=1; d=2");
    set_text(b.request, PST_FIELD_BODY_RAW, "{}");
    set_text(b.request, PST_FIELD_REFERER, "set");
    ck_assert_int_eq(pst_request_seal(b.request, NULL, false), POSTERN_OK);
    check_value(&b, PST_FIELD_ARGS, "{a=[1]}");
    check_value(&b, PST_FIELD_RAW_ARGS, "{}");
    check_value(&b, PST_FIELD_EXTENSION, "png");
    check_value(&b, PST_FIELD_RAW_EXTENSION, "");
    check_value(&b, PST_FIELD_COOKIES, "{c=[1];d=[2]}");
    check_value(&b, PST_FIELD_BODY_MIME, "application/json");
    check_value(&b, PST_FIELD_REFERER, "set");
    check_value(&b, PST_FIELD_TIMESTAMP_SEC, "1795176000");
    check_value(&b, PST_FIELD_TIMESTAMP_MSEC, "123");
    check_value(&b, PST_FIELD_FULL_URI, "");
    check_value(&b, PST_FIELD_RAW_FULL_URI, "");
    close_bench(&b);
}
END_TEST

/* --- too little memory --------------------------------------------------------------- */

/* clang-format off */
static const sent rich = {
    "/x/../a.PHP?b=1&a=2&b=3",
    "Cookie: %61=1; b=2\nCookie: a=3\nAccept-Language: a;q=0.1,b,c\n"
    "X-Forwarded-For: 1\nX-Forwarded-For: 2\nReferer: r\nReferer: s\nUser-Agent: u\n"
    "User-Agent: v\nContent-Type: application/x-www-form-urlencoded\n" TYPE,
    POSTERN_STR(NAMED("a", "1") "--XX\r\nContent-Type: t\r\n"
                                "Content-Transfer-Encoding: e\r\n"
                                "Content-Disposition: x; filename=f\r\n\r\n2&" LAST),
};
/* clang-format on */

static void show_field(bench *b, pst_field_id field, char *text, size_t cap)
{
    pst_writer out = {text, cap, 0};

    show(&out, b->scheme->fields[field].type, &b->request->values[field]);
    (void)pst_write_end(&out);
}

/* Each field, in arenas of any size: it is all there or a fault, never a part. */
START_TEST(a_derivation_is_whole_or_a_fault)
{
    const pst_field_id field = (pst_field_id)_i;
    char whole[4096];
    char text[4096];
    uint32_t room;
    bool fits = false;
    bench b;

    open_bench(&b, NULL);
    send_request(&b, &rich);
    ck_assert_int_eq(pst_request_derive(b.request, field), POSTERN_OK);
    show_field(&b, field, whole, sizeof whole);
    ck_assert_uint_eq(b.request->states[field], PST_SLOT_PRESENT);
    close_bench(&b);
    for (room = 32; !fits; room += 16) { /* 32: the path in normal form */
        const postern_limits limits = {.request_bytes = room};
        postern_status status;
        open_bench(&b, &limits);
        send_request(&b, &rich);
        status = pst_request_derive(b.request, field);
        ck_assert(status == POSTERN_OK || status == POSTERN_LIMIT);
        fits = status == POSTERN_OK;
        ck_assert_uint_eq(b.request->states[field],
                          fits ? PST_SLOT_PRESENT : PST_SLOT_UNKNOWN);
        if (fits) {
            show_field(&b, field, text, sizeof text);
            ck_assert_str_eq(text, whole);
        }
        close_bench(&b);
        ck_assert_uint_lt(room, 65536);
    }
}
END_TEST

START_TEST(no_other_field_is_derived)
{
    bench b;

    open_bench(&b, NULL);
    send_request(&b, &rich);
    for (size_t i = 0; i < b.scheme->field_count; i++) {
        if (i < PST_FIELD_HEAD_END || i >= PST_FIELD_LAZY_END) {
            ck_assert_int_eq(pst_request_derive(b.request, i), POSTERN_STATE);
        }
    }
    close_bench(&b);
}
END_TEST

/* --- hostile sizes ------------------------------------------------------------------- */

/* Many names, many times: quadratic work would take minutes here. */
START_TEST(many_arguments_are_grouped_in_time)
{
    enum { COUNT = 200000, EACH = 6 };
    const postern_limits limits = {.request_bytes = 256U << 20};
    char *const query = malloc((size_t)COUNT * EACH);
    bench b;
    pst_value value;

    ck_assert_ptr_nonnull(query);
    for (size_t i = 0; i < COUNT; i++) { /* aaaa=&, baaa=&, ... or one name only */
        char *const at = query + i * EACH;
        const size_t number = _i == 0 ? i : 0;
        for (size_t digit = 0; digit < 4; digit++) {
            at[digit] = (char)('A' + (number >> (6 * digit)) % 64);
        }
        memcpy(at + 4, "=&", 2);
    }
    open_bench(&b, &limits);
    send_request(&b, &(sent){
                         "/",
                         "content-type: application/x-www-form-urlencoded",
                         {query, (size_t)COUNT * EACH}
    });
    free(query);
    ck_assert_int_eq(pst_request_value(b.request, PST_FIELD_BODY_FORM, &value),
                     POSTERN_OK);
    ck_assert_uint_eq(value.map.count, _i == 0 ? COUNT : 1);
    for (size_t i = 0; i < value.map.count; i++) {
        ck_assert_uint_eq(value.map.entries[i].value.array.count, _i == 0 ? 1 : COUNT);
    }
    close_bench(&b);
}
END_TEST

/* With the standard limit they are a fault, not less arguments. */
START_TEST(too_many_arguments_are_a_fault)
{
    enum { COUNT = 100000 };
    char *const query = malloc(COUNT * 2);
    bench b;
    pst_value value;

    ck_assert_ptr_nonnull(query);
    for (size_t i = 0; i < COUNT; i++) {
        memcpy(query + 2 * i, "a&", 2);
    }
    open_bench(&b, NULL);
    send_request(&b, &(sent){
                         "/",
                         "content-type: application/x-www-form-urlencoded",
                         {query, (size_t)COUNT * 2}
    });
    free(query);
    ck_assert_int_eq(pst_request_value(b.request, PST_FIELD_BODY_FORM, &value),
                     POSTERN_LIMIT);
    ck_assert_int_eq(pst_request_value(b.request, PST_FIELD_BODY_FORM_NAMES, &value),
                     POSTERN_LIMIT);
    close_bench(&b);
}
END_TEST

/* --- sorting ------------------------------------------------------------------------- */

static int by_value(const void *items, uint32_t a, uint32_t b)
{
    const int *numbers = items;

    return numbers[a] - numbers[b];
}

START_TEST(sorting_keeps_the_order_of_equals)
{
    int numbers[100];
    pst_arena arena;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), 1 << 20);
    for (size_t count = 0; count <= 100; count++) {
        const uint32_t *sorted;
        uint64_t seen[2] = {0};
        for (size_t i = 0; i < count; i++) {
            numbers[i] = (int)(i * 7919 % (count / 3 + 1));
        }
        sorted = pst_sort(&arena, numbers, count, by_value);
        ck_assert_ptr_nonnull(sorted);
        for (size_t i = 0; i < count; i++) {
            ck_assert_uint_lt(sorted[i], count);
            seen[sorted[i] / 64] |= UINT64_C(1) << sorted[i] % 64;
            ck_assert(i == 0 || numbers[sorted[i - 1]] < numbers[sorted[i]] ||
                      (numbers[sorted[i - 1]] == numbers[sorted[i]] &&
                       sorted[i - 1] < sorted[i]));
        }
        for (size_t i = 0; i < count; i++) {
            ck_assert((seen[i / 64] >> i % 64 & 1) != 0);
        }
    }
    pst_arena_free(&arena);
}
END_TEST

START_TEST(sorting_more_than_can_be_numbered_is_refused)
{
    pst_arena arena;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    ck_assert_ptr_null(pst_sort(&arena, NULL, (size_t)UINT32_MAX / 2 + 1, by_value));
    ck_assert_int_eq(arena.status, POSTERN_LIMIT);
    pst_arena_free(&arena);
}
END_TEST

/* A host may repeat keys in a map it sets: the first counts, few entries or many. */
START_TEST(a_repeated_key_of_a_map_is_ignored)
{
    enum { MOST = 100 };
    postern_entry entries[MOST];
    char keys[MOST][2];
    const size_t count = (size_t)_i;
    const size_t distinct = count / 2 + 1;
    postern_value value = {
        .type = POSTERN_MAP_OF(POSTERN_INT), .as.map = {entries, count}
    };
    const postern_field field = {PST_FIELD_PROMPT_TOPICS};
    const pst_value *kept;
    bench b;

    for (size_t i = 0; i < count; i++) {
        keys[i][0] = (char)('z' - (char)(i % distinct % 10));
        keys[i][1] = (char)('0' + (char)(i % distinct / 10));
        entries[i] = (postern_entry){
            {keys[i],     2                      },
            {POSTERN_INT, {.integer = (int64_t)i}}
        };
    }
    open_bench(&b, NULL);
    ck_assert_int_eq(postern_request_set(b.request, field, &value), POSTERN_OK);
    kept = &b.request->values[field.index];
    ck_assert_uint_eq(kept->map.count, distinct < count ? distinct : count);
    for (size_t i = 0; i < kept->map.count; i++) {
        const pst_value *first = pst_map_find(kept->map, entries[i].key);
        ck_assert_ptr_nonnull(first);
        ck_assert_int_eq(first->integer, (int64_t)i);
        ck_assert(i == 0 || pst_str_order(kept->map.entries[i - 1].key,
                                          kept->map.entries[i].key) < 0);
    }
    close_bench(&b);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("derive");
    TCase *tcase = tcase_create("derive");

    tcase_add_loop_test(tcase, a_query_has_arguments, 0, ROWS(queries));
    tcase_add_loop_test(tcase, a_form_has_fields, 0, ROWS(queries));
    tcase_add_loop_test(tcase, only_a_form_has_fields, 0, ROWS(form_types));
    tcase_add_loop_test(tcase, a_path_may_have_an_extension, 0, ROWS(paths));
    tcase_add_loop_test(tcase, cookies_are_read, 0, ROWS(cookies));
    tcase_add_test(tcase, a_name_may_decode_to_a_nul);
    tcase_add_loop_test(tcase, languages_are_sorted, 0, ROWS(languages));
    tcase_add_test(tcase, header_lines_become_a_map);
    tcase_add_test(tcase, hidden_headers_are_hidden_everywhere);
    tcase_add_test(tcase, a_body_is_what_was_handed_in);
    tcase_add_test(tcase, a_body_belongs_to_a_request);
    tcase_add_loop_test(tcase, bytes_tell_a_media_type, 0, ROWS(mimes));
    tcase_add_loop_test(tcase, short_bodies_are_sniffed_too, 0, ROWS(mimes));
    tcase_add_loop_test(tcase, parts_have_names_and_contents, 0, ROWS(multiparts));
    tcase_add_loop_test(tcase, lists_of_parts_stay_in_step, 0, ROWS(multiparts));
    tcase_add_test(tcase, parts_are_told_in_full);
    tcase_add_test(tcase, a_part_may_be_empty);
    tcase_add_test(tcase, what_was_set_is_derived_from);
    tcase_add_loop_test(tcase, a_derivation_is_whole_or_a_fault, PST_FIELD_HEAD_END,
                        PST_FIELD_LAZY_END);
    tcase_add_test(tcase, no_other_field_is_derived);
    tcase_add_loop_test(tcase, many_arguments_are_grouped_in_time, 0, 2);
    tcase_add_test(tcase, too_many_arguments_are_a_fault);
    tcase_add_test(tcase, sorting_keeps_the_order_of_equals);
    tcase_add_test(tcase, sorting_more_than_can_be_numbered_is_refused);
    tcase_add_loop_test(tcase, a_repeated_key_of_a_map_is_ignored, 0, 101);
    suite_add_tcase(suite, tcase);
    return suite;
}
