/*
 * test_model.c - hosts, request targets and addresses have one normal form each, and
 * a header that claims an identity is known in any spelling.
 */
#include "../harness/harness.h"
#include "model/host.h"
#include "model/request.h"
#include "model/target.h"
#include "model/value.h"
#include "support/alloc.h"
#include "support/text.h"

#include <stdlib.h>

#define ROWS(table) ((int)(sizeof(table) / sizeof(table)[0]))

/* --- hosts --------------------------------------------------------------------------- */

#define LABEL_63 "a23456789012345678901234567890123456789012345678901234567890123"
#define NAME_253                           \
    LABEL_63 "." LABEL_63 "." LABEL_63 "." \
             "a234567890123456789012345678901234567890123456789012345678901"

static const struct {
    const char *text;
    const char *name; /* NULL: refused */
    int32_t port;
} hosts[] = {
    {"service.example.com",       "service.example.com",   -1   },
    {"Service.EXAMPLE.Com",       "service.example.com",   -1   },
    {"service.example.com.",      "service.example.com",   -1   },
    {"service.example.com:443",   "service.example.com",   443  },
    {"service.example.com.:8443", "service.example.com",   8443 },
    {"SERVICE.:1",                "service",               1    },
    {"a",                         "a",                     -1   },
    {"a:0",                       "a",                     0    },
    {"a:65535",                   "a",                     65535},
    {"a:00080",                   "a",                     80   },
    {"localhost",                 "localhost",             -1   },
    {"10.0.0.1",                  "10.0.0.1",              -1   },
    {"10.0.0.1:80",               "10.0.0.1",              80   },
    {"_dmarc.example.com",        "_dmarc.example.com",    -1   },
    {"xn--bcher-kva.example",     "xn--bcher-kva.example", -1   },
    {"XN--BCHER-KVA.example",     "xn--bcher-kva.example", -1   },
    {"a-b.c-d",                   "a-b.c-d",               -1   },
    {"-a",                        "-a",                    -1   },
    {"1",                         "1",                     -1   },
    {LABEL_63,                    LABEL_63,                -1   },
    {LABEL_63 ".x",               LABEL_63 ".x",           -1   },
    {NAME_253,                    NAME_253,                -1   },
    {NAME_253 ".",                NAME_253,                -1   },
    {NAME_253 ".:443",            NAME_253,                443  },
    {"[::1]",                     "[::1]",                 -1   },
    {"[::1]:8080",                "[::1]",                 8080 },
    {"[0:0:0:0:0:0:0:1]",         "[::1]",                 -1   },
    {"[2001:DB8::A]",             "[2001:db8::a]",         -1   },
    {"[2001:db8:0:0:1:0:0:1]:1",  "[2001:db8::1:0:0:1]",   1    },
    {"[::]",                      "[::]",                  -1   },
    {"",                          NULL,                    -1   },
    {".",                         NULL,                    -1   },
    {"..",                        NULL,                    -1   },
    {".a",                        NULL,                    -1   },
    {"a..b",                      NULL,                    -1   },
    {"a..",                       NULL,                    -1   },
    {"a b",                       NULL,                    -1   },
    {" a",                        NULL,                    -1   },
    {"a ",                        NULL,                    -1   },
    {"a\t",                       NULL,                    -1   },
    {"a/b",                       NULL,                    -1   },
    {"a\\b",                      NULL,                    -1   },
    {"user@a",                    NULL,                    -1   },
    {"a%2eb",                     NULL,                    -1   },
    {"a*b",                       NULL,                    -1   },
    {"b\xc3\xbc"
     "cher.example",         NULL,                    -1   },
    {"a,b",                       NULL,                    -1   },
    {"a:",                        NULL,                    -1   },
    {":80",                       NULL,                    -1   },
    {"a:80:80",                   NULL,                    -1   },
    {"a:65536",                   NULL,                    -1   },
    {"a:999999",                  NULL,                    -1   },
    {"a:8o",                      NULL,                    -1   },
    {"a:-1",                      NULL,                    -1   },
    {"a:+1",                      NULL,                    -1   },
    {LABEL_63 "4",                NULL,                    -1   },
    {NAME_253 "2",                NULL,                    -1   },
    {NAME_253 "2.",               NULL,                    -1   },
    {NAME_253 ".x",               NULL,                    -1   },
    {"[::1",                      NULL,                    -1   },
    {"::1",                       NULL,                    -1   },
    {"[::1]x",                    NULL,                    -1   },
    {"[]",                        NULL,                    -1   },
    {"[10.0.0.1]",                NULL,                    -1   },
    {"[::ffff:10.0.0.1]",         NULL,                    -1   },
    {"[::ffff:a00:1]",            NULL,                    -1   },
    {"[fe80::1%25eth0]",          NULL,                    -1   },
    {"[::1]:",                    NULL,                    -1   },
    {"[v1.a]",                    NULL,                    -1   },
};

/* Normalises a copy with no byte to spare, so that a sanitizer sees an overread. */
static bool normalise(const char *text, pst_host_form form, pst_host *out)
{
    const size_t length = strlen(text);
    char *const exact = malloc(length == 0 ? 1 : length);
    bool good;

    ck_assert_ptr_nonnull(exact);
    memcpy(exact, text, length);
    good = pst_host_normalise((postern_str){exact, length}, form, out);
    free(exact);
    return good;
}

START_TEST(a_host_has_one_name)
{
    const char *const wanted = hosts[_i].name;
    pst_host host;
    pst_host again;

    ck_assert_msg(normalise(hosts[_i].text, PST_HOST_WITH_PORT, &host) ==
                      (wanted != NULL),
                  "%s", hosts[_i].text);
    ck_assert_int_eq(host.port, hosts[_i].port);
    ck_assert_msg(pst_str_same(pst_host_name(&host), postern_text(wanted)), "%s: %.*s",
                  hosts[_i].text, (int)host.len, host.name);
    if (wanted != NULL) { /* once is enough */
        ck_assert(pst_host_normalise(pst_host_name(&host), PST_HOST_BARE, &again));
        ck_assert(pst_str_same(pst_host_name(&again), pst_host_name(&host)));
    }
}
END_TEST

START_TEST(a_bare_host_has_no_port)
{
    const bool with_port = hosts[_i].port >= 0;
    pst_host host;

    ck_assert_msg(normalise(hosts[_i].text, PST_HOST_BARE, &host) ==
                      (hosts[_i].name != NULL && !with_port),
                  "%s", hosts[_i].text);
}
END_TEST

START_TEST(a_nul_is_no_part_of_a_host)
{
    static const postern_str text = POSTERN_STR("a\0.example.com");
    pst_host host;

    ck_assert(!pst_host_normalise(text, PST_HOST_WITH_PORT, &host));
    ck_assert_uint_eq(host.len, 0);
}
END_TEST

/* --- targets ------------------------------------------------------------------------- */

#define REFUSED NULL

static const struct {
    const char *text;
    const char *path; /* normal form; REFUSED */
    const char *query;
} targets[] = {
    {"/",                      "/",                ""          },
    {"/a",                     "/a",               ""          },
    {"/a/",                    "/a/",              ""          },
    {"/a/b/c",                 "/a/b/c",           ""          },
    {"/a?",                    "/a",               ""          },
    {"/a?b",                   "/a",               "b"         },
    {"/a?b?c",                 "/a",               "b?c"       },
    {"/?",                     "/",                ""          },
    {"*",                      "*",                ""          },
 /* percent-encoded unreserved bytes are decoded */
    {"/%61",                   "/a",               ""          },
    {"/%41%7a%30",             "/Az0",             ""          },
    {"/%2D%2d%5F%5f%7E%7e",    "/--__~~",          ""          },
    {"/%61dmin",               "/admin",           ""          },
    {"/a%2Eb",                 "/a.b",             ""          },
    {"/%2561",                 "/%2561",           ""          },
    {"/%25%36%31",             "/%2561",           ""          },
 /* other escapes stay, in capitals */
    {"/%2f",                   "/%2F",             ""          },
    {"/a%2Fb",                 "/a%2Fb",           ""          },
    {"/%c3%a4",                "/%C3%A4",          ""          },
    {"/%5c",                   "/%5C",             ""          },
    {"/%20%21%3f%23%25",       "/%20%21%3F%23%25", ""          },
    {"/%01%0a%7f",             "/%01%0A%7F",       ""          },
    {"/%ff",                   "/%FF",             ""          },
 /* a backslash is a slash */
    {"/a\\b",                  "/a/b",             ""          },
    {"/\\a",                   "/a",               ""          },
    {"/a\\..\\b",              "/b",               ""          },
    {"/a\\",                   "/a/",              ""          },
 /* slashes are merged */
    {"//",                     "/",                ""          },
    {"///a",                   "/a",               ""          },
    {"/a//b",                  "/a/b",             ""          },
    {"/a////",                 "/a/",              ""          },
    {"/a/\\/b",                "/a/b",             ""          },
    {"//host/a",               "/host/a",          ""          },
 /* dot segments go */
    {"/.",                     "/",                ""          },
    {"/./",                    "/",                ""          },
    {"/..",                    "/",                ""          },
    {"/../",                   "/",                ""          },
    {"/../..",                 "/",                ""          },
    {"/a/.",                   "/a/",              ""          },
    {"/a/./",                  "/a/",              ""          },
    {"/a/./b",                 "/a/b",             ""          },
    {"/a/..",                  "/",                ""          },
    {"/a/../",                 "/",                ""          },
    {"/a/../b",                "/b",               ""          },
    {"/a/b/..",                "/a/",              ""          },
    {"/a/b/../",               "/a/",              ""          },
    {"/a/b/../c",              "/a/c",             ""          },
    {"/a/b/../../c",           "/c",               ""          },
    {"/a/b/../../../c",        "/c",               ""          },
    {"/a/b/c/./../../g",       "/a/g",             ""          },
    {"/a/../../../etc/passwd", "/etc/passwd",      ""          },
    {"/...",                   "/...",             ""          },
    {"/.a",                    "/.a",              ""          },
    {"/a.",                    "/a.",              ""          },
    {"/..a",                   "/..a",             ""          },
    {"/a..",                   "/a..",             ""          },
    {"/.../..",                "/",                ""          },
    {"/a/.b/../.c",            "/a/.c",            ""          },
 /* one step makes work for the next */
    {"/%2e",                   "/",                ""          },
    {"/%2E%2e/a",              "/a",               ""          },
    {"/a/%2e%2e/b",            "/b",               ""          },
    {"/a/.%2e/b",              "/b",               ""          },
    {"/a//../b",               "/b",               ""          },
    {"/a/.//b",                "/a/b",             ""          },
    {"/a/..//..//b",           "/b",               ""          },
    {"/a/%2e%2e%2fb",          "/a/..%2Fb",        ""          },
    {"/a/..;/b",               "/a/..;/b",         ""          },
    {"/a%5c..%5cb",            "/a%5C..%5Cb",      ""          },
    {"/a\\%2e%2E\\b",          "/b",               ""          },
 /* the query stays as it is */
    {"/a?%61//../\\",          "/a",               "%61//../\\"},
    {"/%61?%zz%00",            "/a",               "%zz%00"    },
    {"/a/../b?c/../d",         "/b",               "c/../d"    },
 /* bytes beyond ASCII stay */
    {"/\xc3\xa4",              "/\xc3\xa4",        ""          },
    {"/a b",                   "/a b",             ""          },
 /* absolute form */
    {"http://h/",              "/",                ""          },
    {"http://h",               "/",                ""          },
    {"HTTPS://h:1/a/../%62?q", "/b",               "q"         },
    {"http://h//a",            "/a",               ""          },
 /* refused */
    {"",                       REFUSED,            ""          },
    {"a",                      REFUSED,            ""          },
    {"?a",                     REFUSED,            ""          },
    {"**",                     REFUSED,            ""          },
    {"ftp://h/",               REFUSED,            ""          },
    {"http:/h",                REFUSED,            ""          },
    {"http://h?q",             REFUSED,            ""          },
    {"h:443",                  REFUSED,            ""          },
    {"/%",                     REFUSED,            ""          },
    {"/%4",                    REFUSED,            ""          },
    {"/%4g",                   REFUSED,            ""          },
    {"/%g4",                   REFUSED,            ""          },
    {"/a%",                    REFUSED,            ""          },
    {"/%u0041",                REFUSED,            ""          },
    {"/%00",                   REFUSED,            ""          },
    {"/a%00b",                 REFUSED,            ""          },
    {"/a\x01",                 REFUSED,            ""          },
    {"/a\tb",                  REFUSED,            ""          },
    {"/a\r\nb",                REFUSED,            ""          },
    {"/a\x7f",                 REFUSED,            ""          },
    {"/a#b",                   REFUSED,            ""          },
    {"/a?b#c",                 REFUSED,            ""          },
    {"/a?b\nc",                REFUSED,            ""          },
    {"/a?b\x7f",               REFUSED,            ""          },
};

static postern_status read_target(postern_str text, pst_arena *arena, pst_target *out)
{
    const char *problem;
    const postern_status status = pst_target_read(text, arena, out, &problem);

    ck_assert((status == POSTERN_OK) == (problem == NULL));
    return status;
}

/* The uri is the path, and "?" and the query when there was a "?". */
static void check_uri(const pst_target *target)
{
    const bool asked = memchr(target->raw.data, '?', target->raw.len) != NULL;

    ck_assert_uint_eq(target->uri.len, target->path.len + asked + target->query.len);
    ck_assert(pst_str_starts(target->uri, target->path));
    ck_assert(!asked || target->uri.data[target->path.len] == '?');
    ck_assert(pst_str_same(
        pst_str_slice(target->uri, target->path.len + asked, SIZE_MAX), target->query));
}

START_TEST(a_path_has_one_form)
{
    const postern_str text = postern_text(targets[_i].text);
    const char *const wanted = targets[_i].path;
    pst_arena arena;
    pst_target target;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), 1 << 20);
    ck_assert_msg(read_target(text, &arena, &target) ==
                      (wanted == REFUSED ? POSTERN_INVALID : POSTERN_OK),
                  "%s", targets[_i].text);
    if (wanted != REFUSED) {
        ck_assert_msg(pst_str_same(target.path, postern_text(wanted)), "%s: %.*s",
                      targets[_i].text, (int)target.path.len, target.path.data);
        ck_assert(pst_str_same(target.query, postern_text(targets[_i].query)));
        check_uri(&target);
    }
    pst_arena_free(&arena);
}
END_TEST

static bool has_dot_segment(postern_str path)
{
    for (size_t i = 0; i < path.len; i++) {
        const postern_str rest = pst_str_slice(path, i, path.len);
        const size_t dots = rest.len > 2 && rest.data[2] == '.' ? 2 : 1;
        if (rest.len > dots && rest.data[0] == '/' && rest.data[1] == '.' &&
            (rest.len == dots + 1 || rest.data[dots + 1] == '/')) {
            return true;
        }
    }
    return false;
}

/* Check notes every assertion down, which takes longer than what is asserted here. */
static void require(bool holds, postern_str text)
{
    if (!holds) {
        ck_abort_msg("%.*s", (int)text.len, text.data);
    }
}

static void check_normal(postern_str text, const pst_target *target, pst_arena *arena)
{
    const char *problem;
    pst_target again;

    require(target->path.len <= text.len && target->path.data[0] == '/', text);
    for (size_t i = 0; i + 1 < target->path.len; i++) {
        require(target->path.data[i] != '/' || target->path.data[i + 1] != '/', text);
    }
    require(memchr(target->path.data, '\\', target->path.len) == NULL, text);
    require(!has_dot_segment(target->path), text);
    require(pst_target_read(target->uri, arena, &again, &problem) == POSTERN_OK, text);
    require(pst_str_same(again.path, target->path), text);
    require(pst_str_same(again.uri, target->uri), text);
}

/* Any text of the bytes that mean something. */
START_TEST(a_normal_path_stays_as_it_is)
{
    static const char *const pieces[] = {"/",   "/", "/",   ".",   ".",   "..",
                                         "\\",  "a", "%2e", "%2E", "%2f", "%5C",
                                         "%61", "%", "b?",  ";",   "%c3"};
    uint64_t state = (uint64_t)_i + 88172645463325252U;
    pst_arena arena;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), 1 << 20);
    for (int round = 0; round < 20000; round++) {
        char text[64] = "/";
        size_t length = 1;
        const char *problem;
        pst_target target;
        while (length < 40) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            const char *const piece = pieces[(state >> 20) % (size_t)ROWS(pieces)];
            memcpy(text + length, piece, strlen(piece));
            length += strlen(piece);
            if ((state >> 40) % 8 == 0) {
                break;
            }
        }
        pst_arena_reset(&arena);
        if (pst_target_read((postern_str){text, length}, &arena, &target, &problem) ==
            POSTERN_OK) {
            check_normal((postern_str){text, length}, &target, &arena);
        }
    }
    pst_arena_free(&arena);
}
END_TEST

/* --- addresses ----------------------------------------------------------------------- */

static const struct {
    const char *text;
    const char *form; /* RFC 5952; NULL: refused */
} addresses[] = {
    {"0.0.0.0",                                 "0.0.0.0"             },
    {"255.255.255.255",                         "255.255.255.255"     },
    {"203.0.113.9",                             "203.0.113.9"         },
    {"::",                                      "::"                  },
    {"::1",                                     "::1"                 },
    {"1::",                                     "1::"                 },
    {"0:0:0:0:0:0:0:0",                         "::"                  },
    {"2001:DB8::A",                             "2001:db8::a"         },
    {"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"         },
    {"2001:db8:0:1:1:1:1:1",                    "2001:db8:0:1:1:1:1:1"},
    {"2001:db8:0:0:1:0:0:1",                    "2001:db8::1:0:0:1"   },
    {"2001:0:0:1:0:0:0:1",                      "2001:0:0:1::1"       },
    {"1:0:0:2:0:0:0:0",                         "1:0:0:2::"           },
    {"1:2:3:4:5:6:7::",                         "1:2:3:4:5:6:7:0"     },
    {"::2:3:4:5:6:7:8",                         "0:2:3:4:5:6:7:8"     },
    {"1:2:3:4:5:6:1.2.3.4",                     "1:2:3:4:5:6:102:304" },
    {"::1.2.3.4",                               "::102:304"           },
    {"::ffff:1.2.3.4",                          "1.2.3.4"             },
    {"::ffff:102:304",                          "1.2.3.4"             },
    {"0:0:0:0:0:ffff:1.2.3.4",                  "1.2.3.4"             },
    {"::fffe:1.2.3.4",                          "::fffe:102:304"      },
    {"1::ffff:1.2.3.4",                         "1::ffff:102:304"     },
    {"64:ff9b::1.2.3.4",                        "64:ff9b::102:304"    },
    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
     "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"                        },
    {"",                                        NULL                  },
    {"1",                                       NULL                  },
    {"1.2.3",                                   NULL                  },
    {"1.2.3.4.5",                               NULL                  },
    {"1.2.3.256",                               NULL                  },
    {"01.2.3.4",                                NULL                  },
    {"1.2.3.00",                                NULL                  },
    {"1.2.3.4 ",                                NULL                  },
    {" 1.2.3.4",                                NULL                  },
    {"1.2.3.",                                  NULL                  },
    {".1.2.3.4",                                NULL                  },
    {"1..2.3.4",                                NULL                  },
    {"1.2.3.1000",                              NULL                  },
    {"0x1.2.3.4",                               NULL                  },
    {":",                                       NULL                  },
    {":::",                                     NULL                  },
    {"1:2:3:4:5:6:7",                           NULL                  },
    {"1:2:3:4:5:6:7:8:9",                       NULL                  },
    {"1:2:3:4:5:6:7:8::",                       NULL                  },
    {"1::2::3",                                 NULL                  },
    {":1:2:3:4:5:6:7",                          NULL                  },
    {"1:2:3:4:5:6:7:",                          NULL                  },
    {"12345::",                                 NULL                  },
    {"::g",                                     NULL                  },
    {"::1.2.3",                                 NULL                  },
    {"::1.2.3.4:1",                             NULL                  },
    {"1:2:3:4:5:6:7:1.2.3.4",                   NULL                  },
    {"fe80::1%eth0",                            NULL                  },
    {"[::1]",                                   NULL                  },
    {"::1/128",                                 NULL                  },
};

START_TEST(an_address_is_read_and_written_in_one_form)
{
    postern_address address = {.family = 99};
    char form[64];
    const bool good = postern_address_parse(postern_text(addresses[_i].text), &address);

    ck_assert_msg(good == (addresses[_i].form != NULL), "%s", addresses[_i].text);
    if (!good) {
        ck_assert_int_eq(address.family, 99);
        return;
    }
    ck_assert_uint_lt(postern_address_format(&address, form, sizeof form), 46);
    ck_assert_str_eq(form, addresses[_i].form);
}
END_TEST

START_TEST(an_address_that_was_written_is_read_back)
{
    uint64_t state = 88172645463325252U;

    for (int round = 0; round < 20000; round++) {
        pst_ip ip = {0, 0};
        postern_address address;
        char text[64];
        pst_ip back;
        for (int group = 0; group < 8; group++) { /* many zeros, to make runs */
            uint64_t *const half = group < 4 ? &ip.high : &ip.low;
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *half = *half << 16 | ((state >> 60) % 3 == 0 ? state >> 20 & 0xffffU : 0);
        }
        if (round % 4 == 0) {
            ip = (pst_ip){0, 0xffff00000000U | (uint32_t)state};
        }
        address = pst_ip_to_address(ip);
        if (address.family != (pst_ip_is_v4(ip) ? 4 : 6) ||
            postern_address_format(&address, text, sizeof text) > 45 ||
            !pst_ip_parse(postern_text(text), PST_MAPPED_REFUSE, &back) ||
            pst_ip_order(ip, back) != 0) {
            ck_abort_msg("%s", text);
        }
    }
}
END_TEST

/* --- identity headers ---------------------------------------------------------------- */

static const struct {
    const char *name;
    bool claims;
} claims[] = {
    {"cf-access-jwt-assertion",            true },
    {"Cf-Access-Jwt-Assertion",            true },
    {"CF_ACCESS_JWT_ASSERTION",            true },
    {"cf_Access-jwt",                      true },
    {"cf-access-",                         true },
    {"Cf-Access-Authenticated-User-Email", true },
    {"cf-client-cert-sha256",              true },
    {"Cf-Client-Cert-Der-Base64",          true },
    {"CF_CLIENT_CERT_SHA256",              true },
    {"cf-Client_cert-x",                   true },
    {"cf-cert-verified",                   true },
    {"Cf-Cert-Verified",                   true },
    {"CF_CERT_VERIFIED",                   true },
    {"cf_cert-presented",                  true },
    {"client-cert",                        true },
    {"Client-Cert",                        true },
    {"CLIENT_CERT",                        true },
    {"client_cert",                        true },
    {"client-cert-chain",                  true },
    {"Client-Cert-Chain",                  true },
    {"CLIENT_CERT_CHAIN",                  true },
    {"client-cert_chain",                  true },
    {"x-forwarded-client-cert",            true },
    {"X-Forwarded-Client-Cert",            true },
    {"X_FORWARDED_CLIENT_CERT",            true },
    {"x_forwarded-client_cert",            true },
    {"",                                   false},
    {"c",                                  false},
    {"cf-access",                          false},
    {"cf-accessory",                       false},
    {"cf-ray",                             false},
    {"cf-connecting-ip",                   false},
    {"client-certificate",                 false},
    {"client-cert-chains",                 false},
    {"x-client-cert",                      false},
    {"x-forwarded-client-certs",           false},
    {"x-forwarded-for",                    false},
    {"xcf-access-jwt-assertion",           false},
    {"cookie",                             false},
};

START_TEST(a_header_that_claims_an_identity_is_known)
{
    ck_assert_msg(pst_header_claims_identity(postern_text(claims[_i].name)) ==
                      claims[_i].claims,
                  "%s", claims[_i].name);
}
END_TEST

/* --- types --------------------------------------------------------------------------- */

START_TEST(types_have_names)
{
    char name[64];

    (void)postern_type_name(POSTERN_MAP_OF(POSTERN_ARRAY_OF(POSTERN_STRING)), name,
                            sizeof name);
    ck_assert_str_eq(name, "Map<Array<String>>");
    (void)postern_type_name(POSTERN_IP, name, sizeof name);
    ck_assert_str_eq(name, "IP address");
    ck_assert(pst_type_valid(POSTERN_ARRAY_OF(POSTERN_BOOL)));
    ck_assert(!pst_type_valid(0) && !pst_type_valid(POSTERN_ARRAY_OF(0)));
    ck_assert(!pst_type_valid(7) && !pst_type_valid(POSTERN_STRING | POSTERN_INT << 4));
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("model");
    TCase *tcase = tcase_create("model");

    tcase_add_loop_test(tcase, a_host_has_one_name, 0, ROWS(hosts));
    tcase_add_loop_test(tcase, a_bare_host_has_no_port, 0, ROWS(hosts));
    tcase_add_test(tcase, a_nul_is_no_part_of_a_host);
    tcase_add_loop_test(tcase, a_path_has_one_form, 0, ROWS(targets));
    tcase_add_loop_test(tcase, a_normal_path_stays_as_it_is, 0, 10);
    tcase_add_loop_test(tcase, an_address_is_read_and_written_in_one_form, 0,
                        ROWS(addresses));
    tcase_add_test(tcase, an_address_that_was_written_is_read_back);
    tcase_add_loop_test(tcase, a_header_that_claims_an_identity_is_known, 0,
                        ROWS(claims));
    tcase_add_test(tcase, types_have_names);
    suite_add_tcase(suite, tcase);
    return suite;
}
