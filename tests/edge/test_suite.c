/*
 * test_suite.c - whatever the tests of llhttp expect to be refused is refused here:
 * by the head reader, by the body's, or because a connection was to be closed.
 */
#include "../harness/harness.h"
#include "body.h"

#include <postern/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where we differ: these we let through. */
static const struct {
    const char *title;
    const char *why;
} differences[] = {
    {"Invalid method",                    "rules judge methods, the reader takes any token"},
    {"HTTP protocol and ANNOUNCE method", "the same"                                       },
};

/* Not refusals: llhttp pauses so that its user can switch protocols. Error codes of
 * llhttp.h. */
enum { CONNECTION_CLOSED = 5, PAUSED_UPGRADE = 22 };

static char *text;
static size_t text_len;
static postern_json_node *nodes;

/* Leaves `nodes` NULL when the suite is not there. */
static void load(void)
{
    const char *folder = getenv("POSTERN_SHARED_DATA");
    char path[4096];
    FILE *file;
    size_t count = 0;
    long end;

    (void)snprintf(path, sizeof path, "%s/suites/llhttp_requests.json",
                   folder == NULL ? "." : folder);
    file = fopen(path, "rb");

    if (file == NULL) {
        return;
    }
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    end = ftell(file);
    ck_assert_int_ge(end, 0);
    rewind(file);
    text_len = (size_t)end;
    text = malloc(text_len + 1);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_eq(fread(text, 1, text_len, file), text_len);
    (void)fclose(file);
    (void)postern_json_read((postern_str){text, text_len}, NULL, 0, &count, NULL);
    nodes = calloc(count + 1, sizeof *nodes);
    ck_assert_ptr_nonnull(nodes);
    ck_assert_int_eq(
        postern_json_read((postern_str){text, text_len}, nodes, count, &count, NULL),
        POSTERN_OK);
}

static size_t member(size_t object, const char *name)
{
    const size_t at = postern_json_member((postern_str){text, text_len}, nodes, object,
                                          postern_text(name));

    ck_assert_msg(at != 0, "a case without \"%s\"", name);
    return at;
}

static char *string(size_t node, size_t *len)
{
    const postern_str all = {text, text_len};
    char *out;

    *len = postern_json_decode(all, &nodes[node], NULL, 0);
    out = malloc(*len + 1);
    ck_assert_ptr_nonnull(out);
    (void)postern_json_decode(all, &nodes[node], out, *len);
    out[*len] = '\0';
    return out;
}

/* The requests stand in Markdown: a backslash at the end of a line joins it to the
 * next, each line ends in CRLF, and \r \n \t \f \xHH are spelled out. In place. */
static size_t unescape(char *out, const char *in, size_t len)
{
    static const char names[] = "rntf";
    static const char values[] = "\r\n\t\f";
    size_t at = 0;

    for (size_t i = 0; i < len; i++) {
        char next = '\0';
        const char *known = NULL;
        if (i + 1 < len) {
            next = in[i + 1];
            known = next == '\0' ? NULL : strchr(names, next);
        }
        if (in[i] == '\\' && next == '\n') {
            i++;
        } else if (in[i] == '\\' && known != NULL) {
            out[at++] = values[known - names];
            i++;
        } else if (in[i] == '\\' && next == 'x' && i + 3 < len) {
            const char digits[] = {in[i + 2], in[i + 3], '\0'};
            out[at++] = (char)strtol(digits, NULL, 16);
            i += 3;
        } else if (in[i] == '\n') {
            out[at++] = '\r';
            out[at++] = '\n';
        } else {
            out[at++] = in[i];
        }
    }
    return at;
}

/* Reads requests until one is refused or nothing is left.
 * @param cut receives whether a head was not all there */
static bool is_refused(const char *bytes, size_t len, bool *cut)
{
    edge_header room[EDGE_HEAD_HEADERS];
    edge_head head = {0};
    edge_body body;
    size_t at = 0;
    size_t used;

    *cut = false;
    while (at < len) {
        edge_body_progress progress;
        edge_head_start(&head, room, EDGE_HEAD_HEADERS, EDGE_HEAD_BYTES);
        if (edge_head_read(&head, bytes + at, len - at) != EDGE_DONE) {
            *cut = head.progress == EDGE_MORE;
            return head.progress == EDGE_REFUSED;
        }
        at += head.length;
        edge_body_start(&body, &head);
        progress = edge_body_skip(&body, bytes + at, len - at, &used);
        at += used;
        if (progress == EDGE_BODY_BAD || progress == EDGE_BODY_TOO_LARGE) {
            return progress == EDGE_BODY_BAD;
        }
        if (!head.keep_alive && at < len) {
            return true; /* the rest is never looked at */
        }
    }
    return false;
}

static bool is_known_difference(const char *title)
{
    for (size_t i = 0; i < sizeof differences / sizeof *differences; i++) {
        if (strcmp(differences[i].title, title) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether llhttp refuses this case in its strict mode. */
static bool is_strict_refusal(size_t object)
{
    const postern_str all = {text, text_len};
    const size_t error = member(object, "error");
    size_t len;
    char *type = string(member(member(object, "meta"), "type"), &len);
    const bool strict = strcmp(type, "request") == 0;
    int64_t code = PAUSED_UPGRADE;

    if (nodes[error].kind == POSTERN_JSON_OBJECT) {
        ck_assert(postern_json_integer(all, &nodes[member(error, "code")], &code));
    }
    free(type);
    return strict && code != PAUSED_UPGRADE;
}

START_TEST(what_llhttp_refuses_is_refused)
{
    unsigned refusals = 0;

    load();
    if (nodes == NULL) {
        (void)fprintf(stderr,
                      "no llhttp_requests.json in POSTERN_SHARED_DATA: skipped\n");
        return;
    }
    for (size_t at = 1; at < nodes[0].next; at = nodes[at].next) {
        size_t len;
        char *title;
        char *markdown;
        char *bytes;
        bool refused;
        bool cut;

        if (!is_strict_refusal(at)) {
            continue;
        }
        title = string(member(at, "title"), &len);
        markdown = string(member(at, "request_md"), &len);
        bytes = malloc(2 * len + 5);
        ck_assert_ptr_nonnull(bytes);
        len = unescape(bytes, markdown, len);
        /* Some cases stop at the byte llhttp dislikes; we wait for the line's end. */
        memcpy(bytes + len, "\r\n\r\n", 5);
        refused = is_refused(bytes, len, &cut);
        for (size_t more = 2; cut && more <= 4; more += 2) {
            refused = is_refused(bytes, len + more, &cut);
        }
        ck_assert_msg(refused != is_known_difference(title), "%s", title);
        refusals++;
        free(bytes);
        free(markdown);
        free(title);
    }
    ck_assert_uint_ge(refusals, 40);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("suite");
    TCase *llhttp = tcase_create("llhttp");

    tcase_add_test(llhttp, what_llhttp_refuses_is_refused);
    suite_add_tcase(suite, llhttp);
    return suite;
}
