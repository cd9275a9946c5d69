/*
 * test_repl.c - what the REPL does without a terminal: completion, lines that go on,
 * values as text, the history's file.
 */
#define _POSIX_C_SOURCE 200809L

#include "../../examples/repl/commands.h"
#include "../../examples/repl/complete.h"
#include "../../examples/repl/complete_parts.h"
#include "../../examples/repl/history.h"
#include "../../examples/repl/input.h"
#include "../../examples/repl/literal.h"
#include "../../examples/repl/scan.h"
#include "../harness/harness.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))

static postern_str text_of(const char *text)
{
    return (postern_str){text, strlen(text)};
}

/* --- lines that go on --------------------------------------------------------------- */

static const struct {
    const char *typed;
    bool goes_on;
} lines[] = {
    {"ssl",                            false},
    {"",                               false},
    {"(ssl",                           true },
    {"(ssl)",                          false},
    {"ssl)",                           false},
    {"(ssl))",                         false},
    {"ssl) and (",                     false},
    {"ssl and",                        true },
    {"ssl and ",                       true },
    {"not",                            true },
    {"!",                              true },
    {"ssl &&",                         true },
    {"ssl ||",                         true },
    {"ssl ^^",                         true },
    {"http.host eq",                   true },
    {"http.host ==",                   true },
    {"http.host strict",               true },
    {"http.host strict wildcard",      true },
    {"ip.src in",                      true },
    {"ip.src in {",                    true },
    {"ip.src in {10.0.0.0/8",          true },
    {"ip.src in {10.0.0.0/8}",         false},
    {"ip.src in $office",              false},
    {"len(http.host",                  true },
    {"concat(http.host,",              true },
    {"http.request.headers[",          true },
    {"http.request.headers[\"a\"",     true },
    {"http.request.headers[\"a\"][0]", false},
    {"http.host eq \"",                true },
    {"http.host eq \"a\\\"",           true },
    {"http.host eq \"a\\\\\"",         false},
    {"http.host eq \"a\\",             true },
    {"http.host eq \"(\"",             false},
    {"http.host eq r\"\\\"",           false},
    {"http.host eq r\"",               true },
    {"http.host eq r#\"a\" ",          true },
    {"http.host eq r#\"a\"#",          false},
    {"http.host eq r#\"(\"# and",      true },
    {"http.host eq \"and\"",           false},
    {"a.and",                          false},
    {"android",                        false},
    {"ssl\nand",                       true },
    {"(ssl\n",                         false}, /* an empty line ends it */
    {"(ssl\n  \t",                     false},
    {"  ",                             false},
    {":quit",                          false},
    {":set http.host (",               false},
    {":value lower(",                  true },
    {":value lower(http.host)",        false},
    {":ast ssl and",                   true },
    {":nope (",                        false},
};

START_TEST(a_line_goes_on_when_it_is_only_the_beginning)
{
    input typed = {0};

    ck_assert(input_add(&typed, text_of(lines[_i].typed)));
    ck_assert_msg(input_goes_on(&typed) == lines[_i].goes_on, "'%s'", lines[_i].typed);
    input_free(&typed);
}
END_TEST

START_TEST(lines_are_trimmed_and_joined)
{
    input typed = {0};
    postern_str text;

    ck_assert(input_add(&typed, text_of("  ssl\t")));
    ck_assert(input_add(&typed, text_of("and ssl ")));
    ck_assert(input_add(&typed, text_of("")));
    text = input_trim(&typed);
    ck_assert_str_eq(text.data, "ssl\t\nand ssl");
    ck_assert_uint_eq(text.len, 12);
    input_join(&typed);
    ck_assert_str_eq(text.data, "ssl  and ssl");
    input_clear(&typed);
    ck_assert(input_add(&typed, text_of("x")));
    ck_assert_str_eq(typed.text, "x");
    input_free(&typed);
    ck_assert_uint_eq(input_trim(&typed).len, 0);
}
END_TEST

/* --- completion --------------------------------------------------------------------- */

static const struct {
    const char *typed;
    const char *words; /* each with its ending, joined by commas; "*": anything */
} completions[] = {
    {"http.ho",                                   "http.host "                     },
    {"ssl and http.ho",                           "http.host "                     },
    {"(http.ho",                                  "http.host "                     },
    {"len(http.ho",                               "http.host "                     },
    {"concat(http.host, http.ho",                 "http.host "                     },
    {"http.host eq http.ho",                      "http.host "                     },
    {"http.request.headers.t",                    "http.request.headers.truncated "},
    {"http.request.headers.n",                    "http.request.headers.names["    },
    {"url_d",                                     "url_decode("                    },
    {"wildcard_",                                 "wildcard_replace("              },
    {"al",                                        "all("                           },
    {"tru",                                       "true"                           },
    {"no",                                        "not "                           },
    {"not ss",                                    "ssl "                           },
    {"ssl a",                                     "and "                           },
    {"ssl ",                                      "and ,or ,xor "                  },
    {"http.host c",                               "contains "                      },
    {"http.host str",                             "strict wildcard "               },
    {"http.host strict ",                         "wildcard "                      },
    {"http.host a",                               ""                               },
    {"http.host eq \"a\" a",                      "and "                           },
    {"http.host eq \"a\" e",                      ""                               },
    {"http.host in {\"a\"} o",                    "or "                            },
    {"http.host in {",                            ""                               },
    {"http.host eq \"htt",                        ""                               },
    {"http.host eq r#\"htt\" htt",                ""                               },
    {"http.request.headers[\"ho",                 ""                               },
    {"http.request.headers[\"x\"][0] eq \"y\" a", "and "                           },
    {"http.request.headers[\"x\"][0] con",        "contains "                      },
    {"lower(http.host) contai",                   "contains "                      },
    {"http.host contains http.ho",                ""                               },
    {"ip.src co",                                 ""                               },
    {"ip.src in ",                                "$admins ,$office ,{"            },
    {"ip.src in $",                               "$admins ,$office "              },
    {"ip.src in $o",                              "$office "                       },
    {"ip.src in $x",                              ""                               },
    {"ip.geoip.coun",                             ""                               }, /* deprecated */
    {"http.response.cod",                         ""                               }, /* another phase */
    {":",                                         "*"                              },
    {":se",                                       ":set "                          },
    {":u",                                        ":unset "                        },
    {":q",                                        ":quit"                          },
    {":x",                                        ""                               },
    {":set http.ho",                              "http.host "                     },
    {":set http.host http.ho",                    ""                               },
    {":unset ",                                   "ip.src,ssl"                     },
    {":unset s",                                  "ssl"                            },
    {":fields http.ho",                           "http.host"                      },
    {":phase re",                                 "request,response"               },
    {":help :de",                                 ":decide"                        },
    {":value low",                                "lower("                         },
    {":code ssl a",                               "and "                           },
    {":quit ",                                    ""                               },
    {":nope http.ho",                             ""                               },
    {"ssl and\nhttp.ho",                          "http.host "                     },
    {"http.host eq \"a\nhttp.ho",                 ""                               },
};

static session *session_made(void)
{
    static const char policy[] =
        "{\"version\": 1, \"lists\": ["
        "{\"name\": \"office\", \"kind\": \"ip\", \"items\": [\"10.0.0.0/8\"]},"
        "{\"name\": \"admins\", \"kind\": \"asn\", \"items\": [1, \"2\", {\"asn\": 3}]}]}";
    const postern_source from = {.text = text_of(policy)};
    session *const made = calloc(1, sizeof *made);

    ck_assert_ptr_nonnull(made);
    ck_assert(session_open(made));
    ck_assert_int_eq(postern_policy_load(made->scheme, &from, &made->policy, NULL),
                     POSTERN_OK);
    made->lists = postern_policy_lists(made->policy, &made->list_count);
    ck_assert(session_set(made, text_of("ssl"), text_of("true")));
    ck_assert(session_set(made, text_of("ip.src"), text_of("::1")));
    return made;
}

static void session_gone(session *made)
{
    session_close(made);
    free(made);
}

static void write_words(const completion *found, char *out, size_t cap)
{
    size_t length = 0;

    out[0] = '\0';
    for (size_t i = 0; i < found->count && length < cap; i++) {
        length +=
            (size_t)snprintf(out + length, cap - length, "%s%s%s", i > 0 ? "," : "",
                             found->words[i].text, found->words[i].ending);
    }
}

START_TEST(tab_offers_what_could_stand_there)
{
    const char *const typed = completions[_i].typed;
    session *const repl = session_made();
    completion found;
    char words[512];

    complete(repl, text_of(typed), &found);
    write_words(&found, words, sizeof words);
    if (strcmp(completions[_i].words, "*") != 0) {
        ck_assert_msg(strcmp(words, completions[_i].words) == 0, "'%s': '%s'", typed,
                      words);
    }
    for (size_t i = 0; i < found.count; i++) {
        ck_assert(found.typed <= strlen(found.words[i].text));
        ck_assert(memcmp(typed + strlen(typed) - found.typed, found.words[i].text,
                         found.typed) == 0);
    }
    completion_free(&found);
    session_gone(repl);
}
END_TEST

START_TEST(what_all_words_share_is_found)
{
    session *const repl = session_made();
    completion found;

    complete(repl, text_of("http.request.hea"), &found);
    ck_assert_uint_gt(found.count, 1);
    ck_assert_uint_eq(completion_common(&found), strlen("http.request.headers"));
    completion_free(&found);
    complete(repl, text_of("nope"), &found);
    ck_assert_uint_eq(completion_common(&found), 0);
    completion_free(&found);
    session_gone(repl);
}
END_TEST

START_TEST(many_names_are_shown_by_their_next_part)
{
    session *const repl = session_made();
    completion found;
    bool folded = false;

    complete(repl, text_of("cf."), &found);
    ck_assert_uint_gt(found.count, 1);
    ck_assert_uint_lt(found.count, 60);
    for (size_t i = 0; i < found.count; i++) {
        folded = folded || strcmp(found.words[i].text, "cf.tls_client_auth.") == 0;
        ck_assert(i == 0 || strcmp(found.words[i - 1].text, found.words[i].text) < 0);
    }
    ck_assert(folded);
    completion_free(&found);
    session_gone(repl);
}
END_TEST

START_TEST(every_function_of_the_language_is_offered_and_no_other)
{
    static const char *const all[] = {
#define FUNCTION(id, name, ...) name,
#include "builtin/functions.def"
#undef FUNCTION
        "any", "all"};
    const size_t count = sizeof all / sizeof all[0];
    size_t offered = 0;

    for (const char *name; (name = complete_function_at(offered)) != NULL; offered++) {
        size_t i = 0;
        while (i < count && strcmp(all[i], name) != 0) {
            i++;
        }
        ck_assert_msg(i < count, "%s", name);
    }
    ck_assert_uint_eq(offered, count);
}
END_TEST

START_TEST(words_are_listed_in_columns)
{
    completion found = {0};
    char *text = NULL;
    size_t length = 0;
    FILE *out;

    completion_add(&found, text_of("dir/a/"), text_of("dir/"), "");
    completion_add(&found, text_of("dir/bbb"), text_of("dir/"), "");
    completion_add(&found, text_of("dir/c"), text_of("dir/"), "");
    completion_add(&found, text_of("elsewhere"), text_of("dir/"), "");
    ck_assert_uint_eq(found.count, 3);
    out = open_memstream(&text, &length);
    completion_list(&found, out, 10);
    completion_list(&found, out, 0);
    completion_list(&found, out, SIZE_MAX);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_str_eq(text, "a/   c\nbbb\n"
                           "a/\nbbb\nc\n"
                           "a/   bbb  c\n");
    free(text);
    completion_free(&found);
}
END_TEST

/* --- a folder of its own ------------------------------------------------------------ */

static char folder[] = "/tmp/postern-repl-XXXXXX";

static void path_in(const char *name, char *out, size_t cap)
{
    (void)snprintf(out, cap, "%s/%s", folder, name);
}

static void write_file(const char *name, const char *text)
{
    char path[128];
    FILE *out;

    path_in(name, path, sizeof path);
    out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    ck_assert(fputs(text, out) >= 0);
    ck_assert_int_eq(fclose(out), 0);
}

static void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(setenv("HOME", folder, 1), 0);
    ck_assert_int_eq(unsetenv("XDG_STATE_HOME"), 0);
}

static void remove_folder(void)
{
    static const char *const names[] = {"policy.json",
                                        ".hidden",
                                        "policies/a",
                                        "policies",
                                        "state/postern/history",
                                        "state/postern/history.new",
                                        "state/postern",
                                        "state",
                                        ".local/state/postern/history",
                                        ".local/state/postern",
                                        ".local/state",
                                        ".local"};
    char path[128];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        path_in(names[i], path, sizeof path);
        (void)remove(path);
    }
    ck_assert_int_eq(rmdir(folder), 0);
}

START_TEST(files_are_offered_folders_with_their_slash)
{
    static const struct {
        const char *typed;
        const char *words;
    } rows[] = {
        {"pol",       "policies/,policy.json"},
        {"policies/", "policies/a"           },
        {".hid",      ".hidden"              },
        {"nope/",     ""                     },
    };
    session *const repl = session_made();
    char path[128];
    completion found;
    char words[512];

    write_file("policy.json", "");
    write_file(".hidden", "");
    path_in("policies", path, sizeof path);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    write_file("policies/a", "");
    ck_assert_int_eq(chdir(folder), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        (void)snprintf(path, sizeof path, ":load %s", rows[i].typed);
        complete(repl, text_of(path), &found);
        write_words(&found, words, sizeof words);
        ck_assert_str_eq(words, rows[i].words);
        completion_free(&found);
    }
    complete(repl, text_of(":policy "), &found);
    write_words(&found, words, sizeof words);
    ck_assert_str_eq(words, "policies/,policy.json");
    completion_free(&found);
    session_gone(repl);
}
END_TEST

/* --- history ------------------------------------------------------------------------ */

typedef struct past {
    size_t count;
    char first[64];
    char last[64];
} past;

static void take_entry(void *user, const char *entry)
{
    past *const held = user;

    if (held->count++ == 0) {
        (void)snprintf(held->first, sizeof held->first, "%s", entry);
    }
    (void)snprintf(held->last, sizeof held->last, "%s", entry);
}

static past past_of_file(void)
{
    past held = {0};

    history_file_close(history_file_open(take_entry, &held));
    return held;
}

START_TEST(history_is_kept_for_its_owner_alone)
{
    char path[128];
    struct stat found;
    past held = {0};
    history_file *file = history_file_open(take_entry, &held);

    ck_assert_ptr_nonnull(file);
    history_file_append(file, "one");
    history_file_append(file, "two");
    history_file_append(file, "two");
    history_file_append(file, "one");
    history_file_close(file);
    held = past_of_file();
    ck_assert_uint_eq(held.count, 3);
    ck_assert_str_eq(held.first, "one");
    ck_assert_str_eq(held.last, "one");
    path_in(".local/state/postern/history", path, sizeof path);
    ck_assert_int_eq(stat(path, &found), 0);
    ck_assert_uint_eq(found.st_mode & 0777U, 0600);
}
END_TEST

START_TEST(history_goes_where_the_environment_says)
{
    char path[128];
    past held = {0};
    struct stat found;

    path_in("state", path, sizeof path);
    ck_assert_int_eq(setenv("XDG_STATE_HOME", path, 1), 0);
    history_file_close(history_file_open(take_entry, &held));
    path_in("state/postern/history", path, sizeof path);
    ck_assert_int_eq(stat(path, &found), 0);
    path_in(".local", path, sizeof path);
    ck_assert_int_ne(stat(path, &found), 0);
}
END_TEST

START_TEST(a_history_that_grew_too_long_is_cut)
{
    char *text = NULL;
    size_t length = 0;
    FILE *const out = open_memstream(&text, &length);
    struct stat before;
    struct stat after;
    char path[128];
    past held = past_of_file();

    for (int i = 0; i < HISTORY_MAX_ENTRIES + 10; i++) {
        (void)fprintf(out, "line %d\n", i);
    }
    ck_assert_int_eq(fclose(out), 0);
    write_file(".local/state/postern/history", text);
    free(text);
    path_in(".local/state/postern/history", path, sizeof path);
    ck_assert_int_eq(stat(path, &before), 0);
    for (int round = 0; round < 2; round++) {
        held = past_of_file();
        ck_assert_uint_eq(held.count, HISTORY_MAX_ENTRIES);
        ck_assert_str_eq(held.first, "line 10");
        ck_assert_str_eq(held.last, "line 1009");
    }
    ck_assert_int_eq(stat(path, &after), 0);
    ck_assert_int_lt(after.st_size, before.st_size);
    ck_assert_uint_eq(after.st_mode & 0777U, 0600);
}
END_TEST

START_TEST(what_a_terminal_would_obey_is_not_taken_from_the_history)
{
    past held = past_of_file();

    write_file(".local/state/postern/history", "\x1b[2J\n\nssl\n\x7f\n\xc3\xa9");
    held = past_of_file();
    ck_assert_uint_eq(held.count, 2);
    ck_assert_str_eq(held.first, "ssl");
    ck_assert_str_eq(held.last, "\xc3\xa9");
}
END_TEST

START_TEST(without_a_place_for_it_there_is_no_history)
{
    char path[128];
    past held = {0};

    path_in("state", path, sizeof path);
    write_file("state", "a file, no folder");
    ck_assert_int_eq(setenv("XDG_STATE_HOME", path, 1), 0);
    ck_assert_ptr_null(history_file_open(take_entry, &held));
    ck_assert_int_eq(unsetenv("XDG_STATE_HOME"), 0);
    ck_assert_int_eq(unsetenv("HOME"), 0);
    ck_assert_ptr_null(history_file_open(take_entry, &held));
    ck_assert_int_eq(setenv("XDG_STATE_HOME", "relative", 1), 0);
    ck_assert_ptr_null(history_file_open(take_entry, &held));
    history_file_append(NULL, "nothing");
    history_file_close(NULL);
    ck_assert_uint_eq(held.count, 0);
}
END_TEST

START_TEST(a_pipe_in_its_place_does_not_stop_the_repl)
{
    char path[128];
    past held = {0};

    history_file_close(history_file_open(take_entry, &held));
    path_in(".local/state/postern/history", path, sizeof path);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_ptr_null(history_file_open(take_entry, &held));
}
END_TEST

/* --- values ------------------------------------------------------------------------- */

static const struct {
    const char *bytes;
    const char *shown;
} strings[] = {
    {"",                 "\"\""                    },
    {"a b",              "\"a b\""                 },
    {"\"\\",             "\"\\\"\\\\\""            },
    {"\x1b[2J\n",        "\"\\x1b[2J\\x0a\""       },
    {"\x7f",             "\"\\x7f\""               },
    {"caf\xc3\xa9",      "\"caf\xc3\xa9\""         },
    {"\xe2\x82\xac",     "\"\xe2\x82\xac\""        },
    {"\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""    },
    {"\xff\xfe",         "\"\\xff\\xfe\""          },
    {"\xc3",             "\"\\xc3\""               },
    {"a\xc3\xa9\xff",    "\"a\\xc3\\xa9\\xff\""    },
    {"\xc0\x80",         "\"\\xc0\\x80\""          }, /* overlong */
    {"\xe0\x80\x80",     "\"\\xe0\\x80\\x80\""     },
    {"\xed\xa0\x80",     "\"\\xed\\xa0\\x80\""     }, /* surrogate */
    {"\xf4\x90\x80\x80", "\"\\xf4\\x90\\x80\\x80\""}, /* too large */
    {"\xc2\x9b",         "\"\\xc2\\x9b\""          }, /* a control */
    {"\xe2\x80\xae",     "\"\\xe2\\x80\\xae\""     }, /* right to left */
    {"\xe2\x80\xa8",     "\"\\xe2\\x80\\xa8\""     }, /* a line ends */
};

static void check_shown(const postern_value *value, const char *wanted)
{
    char *text = NULL;
    size_t length = 0;
    FILE *const out = open_memstream(&text, &length);

    literal_write(out, value);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_str_eq(text, wanted);
    free(text);
}

START_TEST(strings_are_shown_so_that_no_terminal_obeys_them)
{
    const postern_value value = {.type = POSTERN_STRING,
                                 .as.string = text_of(strings[_i].bytes)};

    check_shown(&value, strings[_i].shown);
}
END_TEST

START_TEST(values_of_every_kind_are_shown)
{
    const postern_value yes = {.type = POSTERN_BOOL, .as.boolean = true};
    const postern_value least = {.type = POSTERN_INT, .as.integer = INT64_MIN};
    const postern_value two[] = {
        {.type = POSTERN_IP, .as.address = {4, {10, 0, 0, 1}}},
        {.type = POSTERN_IP, .as.address = {6, {0}}          },
    };
    const postern_value array = {
        .type = POSTERN_ARRAY_OF(POSTERN_IP), .as.array = {two, 2}
    };
    const postern_value none = {
        .type = POSTERN_ARRAY_OF(POSTERN_IP), .as.array = {NULL, 0}
    };
    const postern_entry entries[] = {
        {POSTERN_STR("a\n"), array},
        {POSTERN_STR("b"),   none },
    };
    const postern_value map = {
        .type = POSTERN_MAP_OF(POSTERN_ARRAY_OF(POSTERN_IP)), .as.map = {entries, 2}
    };

    check_shown(&yes, "true");
    check_shown(&least, "-9223372036854775808");
    check_shown(&map, "{\"a\\x0a\": [10.0.0.1, ::], \"b\": []}");
}
END_TEST

/* --- commands ----------------------------------------------------------------------- */

START_TEST(every_command_is_found_by_its_name)
{
    const command *at;
    size_t count = 0;

    for (; (at = command_at(count)) != NULL; count++) {
        const size_t details = strlen(at->details);
        ck_assert_ptr_eq(command_find(text_of(at->name)), at);
        ck_assert_int_eq(at->name[0], ':');
        ck_assert(details == 0 || at->details[details - 1] == '\n');
    }
    ck_assert_uint_gt(count, 10);
    ck_assert_ptr_null(command_find(text_of(":")));
    ck_assert_ptr_null(command_find(text_of("set")));
}
END_TEST

START_TEST(a_command_is_split_into_name_and_rest)
{
    command_line line;

    ck_assert(!command_split(text_of("ssl"), &line));
    ck_assert(!command_split(text_of(""), &line));
    ck_assert(command_split(text_of(":se"), &line));
    ck_assert(!line.name_is_done);
    ck_assert_uint_eq(line.rest.len, 0);
    ck_assert(command_split(text_of("  :set\t a  b"), &line));
    ck_assert(line.name_is_done);
    ck_assert_uint_eq(line.name.len, 4);
    ck_assert_str_eq(line.rest.data, "a  b");
}
END_TEST

Suite *test_suite(void)
{
    Suite *const suite = suite_create("repl");
    TCase *const typing = tcase_create("typing");
    TCase *const disk = tcase_create("disk");

    tcase_add_loop_test(typing, a_line_goes_on_when_it_is_only_the_beginning, 0,
                        ROWS(lines));
    tcase_add_test(typing, lines_are_trimmed_and_joined);
    tcase_add_loop_test(typing, tab_offers_what_could_stand_there, 0,
                        ROWS(completions));
    tcase_add_test(typing, what_all_words_share_is_found);
    tcase_add_test(typing, many_names_are_shown_by_their_next_part);
    tcase_add_test(typing, every_function_of_the_language_is_offered_and_no_other);
    tcase_add_test(typing, words_are_listed_in_columns);
    tcase_add_loop_test(typing, strings_are_shown_so_that_no_terminal_obeys_them, 0,
                        ROWS(strings));
    tcase_add_test(typing, values_of_every_kind_are_shown);
    tcase_add_test(typing, every_command_is_found_by_its_name);
    tcase_add_test(typing, a_command_is_split_into_name_and_rest);
    suite_add_tcase(suite, typing);

    tcase_add_checked_fixture(disk, make_folder, remove_folder);
    tcase_add_test(disk, files_are_offered_folders_with_their_slash);
    tcase_add_test(disk, history_is_kept_for_its_owner_alone);
    tcase_add_test(disk, history_goes_where_the_environment_says);
    tcase_add_test(disk, a_history_that_grew_too_long_is_cut);
    tcase_add_test(disk, what_a_terminal_would_obey_is_not_taken_from_the_history);
    tcase_add_test(disk, without_a_place_for_it_there_is_no_history);
    tcase_add_test(disk, a_pipe_in_its_place_does_not_stop_the_repl);
    suite_add_tcase(suite, disk);
    return suite;
}
