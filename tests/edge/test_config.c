/* test_config.c - a configuration is read whole or every mistake in it is named. */
#include "../harness/harness.h"
#include "config.h"

#include <string.h>

#define REQUIRED \
    "\"listen\": \"127.0.0.1:0\", \"certificate\": \"a\", \"key\": \"b\", \"policy\": \"c\""

/* What the reader says of `text`, "" when it takes it. */
static edge_text problems_of(const char *text)
{
    edge_text problems = {0};
    edge_config config;
    const bool ok =
        edge_config_parse("x/edge.json", postern_text(text), &config, &problems);

    ck_assert_int_eq(ok, problems.len == 0);
    edge_text_add(&problems, (postern_str){"", 1}); /* a NUL for the comparison */
    edge_config_free(&config);
    return problems;
}

static const struct {
    const char *text;
    const char *problems;
} refused[] = {
    {"{",                                                           "x/edge.json:1:2: error: "                    },
    {"[]",                                                          "x/edge.json:1:1: error: expected an object\n"},
    {"{" REQUIRED ", \"worker\": 2}",
     "unknown key \"worker\"; did you mean \"workers\"?\n"                                                        },
    {"{" REQUIRED ", \"ingress\": []}",                             "unknown key \"ingress\"\n"                   },
    {"{" REQUIRED ",\n \"limits\": {\"idle\": 1}}",
     "x/edge.json:2:14: error: unknown key \"idle\"; did you mean \"idle_ms\"?\n"                                 },
    {"{" REQUIRED ", \"a name of more than thirty-two bytes\": 1}",
     "unknown key \"a name of more than thirty-two b\"\n"                                                         },
    {"{" REQUIRED ", \"workers\": 0}",                              "expected a whole number from 1 to 64\n"      },
    {"{" REQUIRED ", \"workers\": 2.0}",                            "expected a whole number from 1 to 64\n"      },
    {"{" REQUIRED ", \"workers\": \"2\"}",                          "expected a whole number from 1 to 64\n"      },
    {"{" REQUIRED ", \"workers\": 99999999999999999999}",
     "expected a whole number from 1 to 64\n"                                                                     },
    {"{" REQUIRED ", \"limits\": {\"handshake_cpu_ms\": 59}}",
     "expected a whole number from 60 to 60000\n"                                                                 },
    {"{" REQUIRED ", \"limits\": {\"handshake_bytes\": 511}}",
     "expected a whole number from 512 to 1048576\n"                                                              },
    {"{" REQUIRED ", \"limits\": 1}",                               "expected an object\n"                        },
    {"{" REQUIRED ", \"log\": \"\"}",                               "expected a string that is not empty\n"       },
    {"{" REQUIRED ", \"log\": \"a\\u0000b\"}",                      "NUL in a string\n"                           },
    {"{" REQUIRED ", \"log\": null}",                               "expected a string that is not empty\n"       },
    {"{" REQUIRED ", \"plain_listen\": \"localhost:80\"}",
     "expected an address and a port"                                                                             },
    {"{" REQUIRED ", \"plain_listen\": \"127.0.0.1\"}",
     "expected an address and a port"                                                                             },
    {"{" REQUIRED ", \"plain_listen\": \"127.0.0.1:\"}",
     "expected an address and a port"                                                                             },
    {"{" REQUIRED ", \"plain_listen\": \"127.0.0.1:65536\"}",
     "expected an address and a port"                                                                             },
    {"{" REQUIRED ", \"plain_listen\": \"127.0.0.1:+80\"}",
     "expected an address and a port"                                                                             },
    {"{" REQUIRED ", \"plain_listen\": \"::1:80\"}",                "expected an address and a port"              },
    {"{" REQUIRED ", \"plain_listen\": \"[127.0.0.1]:80\"}",
     "expected an address and a port"                                                                             },
    {"{" REQUIRED ", \"listen\": \"127.0.0.1:1\"}",                 "x/edge.json:1:"                              }, /* twice */
};

START_TEST(mistake_is_named)
{
    edge_text problems = problems_of(refused[_i].text);

    ck_assert_msg(strstr(problems.data, refused[_i].problems) != NULL, "row %d: %s", _i,
                  problems.data);
    edge_text_free(&problems);
}
END_TEST

START_TEST(every_missing_key_is_named)
{
    edge_text problems = problems_of("{\"limits\": {\"headers\": 0}}");

    ck_assert_ptr_nonnull(strstr(problems.data, "\"listen\" is missing"));
    ck_assert_ptr_nonnull(strstr(problems.data, "\"certificate\" is missing"));
    ck_assert_ptr_nonnull(strstr(problems.data, "\"key\" is missing"));
    ck_assert_ptr_nonnull(strstr(problems.data, "\"policy\" is missing"));
    ck_assert_ptr_nonnull(strstr(problems.data, "from 1 to 512"));
    edge_text_free(&problems);
}
END_TEST

START_TEST(what_is_not_said_has_a_default)
{
    edge_text problems = {0};
    edge_config config;

    ck_assert(edge_config_parse("edge.json", postern_text("{" REQUIRED "}"), &config,
                                &problems));
    ck_assert_uint_eq(problems.len, 0);
    ck_assert_uint_eq(config.workers, 8);
    ck_assert_uint_eq(config.limits.handshake_ms, 10000);
    ck_assert_uint_eq(config.limits.handshake_cpu_ms, 5000);
    ck_assert_uint_eq(config.limits.handshake_bytes, 8192);
    ck_assert_uint_eq(config.limits.headers, 100);
    ck_assert_uint_eq(config.plain_listen.address.family, 0);
    ck_assert_ptr_null(config.log);
    ck_assert_ptr_null(config.listener);
    ck_assert_str_eq(config.certificate, "a");
    edge_config_free(&config);
    edge_text_free(&problems);
}
END_TEST

START_TEST(names_start_at_the_directory_of_the_file)
{
    static const char text[] =
        "{\"listen\": \"[::1]:8443\", \"plain_listen\": \"0.0.0.0:80\", \"certificate\": "
        "\"p/a\\u002epem\", \"key\": \"/b\", \"policy\": \"c\", \"listener\": \"inner\", "
        "\"workers\": 64, \"log\": \"d\", \"limits\": {\"idle_ms\": 7}}";
    edge_text problems = {0};
    edge_config config;

    ck_assert(
        edge_config_parse("/etc/x/edge.json", postern_text(text), &config, &problems));
    ck_assert_str_eq(config.certificate, "/etc/x/p/a.pem");
    ck_assert_str_eq(config.key, "/b");
    ck_assert_str_eq(config.policy, "/etc/x/c");
    ck_assert_str_eq(config.log, "/etc/x/d");
    ck_assert_str_eq(config.listener, "inner");
    ck_assert_uint_eq(config.listen.address.family, 6);
    ck_assert_uint_eq(config.listen.port, 8443);
    ck_assert_uint_eq(config.plain_listen.address.family, 4);
    ck_assert_uint_eq(config.plain_listen.port, 80);
    ck_assert_uint_eq(config.workers, 64);
    ck_assert_uint_eq(config.limits.idle_ms, 7);
    edge_config_free(&config);
    edge_text_free(&problems);
}
END_TEST

START_TEST(file_that_cannot_be_read_is_named)
{
    edge_text problems = {0};
    edge_config config;

    ck_assert(!edge_config_read("/nonexistent/edge.json", &config, &problems));
    edge_text_add(&problems, (postern_str){"", 1});
    ck_assert_ptr_nonnull(strstr(problems.data, "/nonexistent/edge.json: error: "));
    edge_config_free(&config);
    edge_text_free(&problems);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("config");
    TCase *config = tcase_create("config");

    tcase_add_loop_test(config, mistake_is_named, 0,
                        (int)(sizeof refused / sizeof *refused));
    tcase_add_test(config, every_missing_key_is_named);
    tcase_add_test(config, what_is_not_said_has_a_default);
    tcase_add_test(config, names_start_at_the_directory_of_the_file);
    tcase_add_test(config, file_that_cannot_be_read_is_named);
    suite_add_tcase(suite, config);
    return suite;
}
