/*
 * test_plain_head.c - path, query and host: what looks at eight bytes at a time agrees
 * with a plain reading, byte by byte, of what model/target.h and model/host.h say.
 */
#include "any_text.h"
#include "model/host.h"
#include "model/scheme.h"
#include "model/target.h"
#include "support/text.h"

enum { ROUNDS = 50000 };

/* --- paths ---------------------------------------------------------------------------- */

enum { TARGET_MAX = 128 };

typedef struct plain_target {
    bool good;
    char path[TARGET_MAX];
    size_t path_len;
    size_t raw_len; /* of the path as received */
} plain_target;

static void put_escape(plain_target *out, unsigned value)
{
    static const char digits[] = "0123456789ABCDEF";

    if (value == 0) {
        out->good = false;
    } else if (pst_is_letter((unsigned char)value) ||
               pst_is_digit((unsigned char)value) ||
               (value < 0x80 && strchr("-._~", (int)value) != NULL)) {
        out->path[out->path_len++] = (char)value;
    } else {
        out->path[out->path_len++] = '%';
        out->path[out->path_len++] = digits[value >> 4];
        out->path[out->path_len++] = digits[value & 15];
    }
}

/* First the escapes and backslashes, all over the path. */
static void decode(postern_str raw, plain_target *out)
{
    for (size_t i = 0; i < raw.len; i++) {
        const unsigned char c = (unsigned char)raw.data[i];
        if (c < 0x20 || c == 0x7f || c == '#') {
            out->good = false;
        } else if (c == '%') {
            const int high =
                i + 1 < raw.len ? pst_hex_value((unsigned char)raw.data[i + 1]) : -1;
            const int low =
                i + 2 < raw.len ? pst_hex_value((unsigned char)raw.data[i + 2]) : -1;
            if (high < 0 || low < 0) {
                out->good = false;
                return;
            }
            put_escape(out, (unsigned)high << 4 | (unsigned)low);
            i += 2;
        } else {
            out->path[out->path_len++] = (char)(c == '\\' ? '/' : c);
        }
    }
}

/* Then segment by segment; what is empty or a dot leaves nothing but its slash. */
static void resolve(plain_target *out)
{
    char path[TARGET_MAX];
    size_t starts[TARGET_MAX];
    size_t depth = 0;
    size_t len = 0;
    size_t at = 0;
    bool slash = true;

    while (at < out->path_len) {
        size_t end = ++at; /* behind a slash */
        while (end < out->path_len && out->path[end] != '/') {
            end++;
        }
        const postern_str segment = {out->path + at, end - at};
        const bool dot = postern_str_equal(segment, postern_text("."));
        const bool up = postern_str_equal(segment, postern_text(".."));
        slash = segment.len == 0 || dot || up;
        if (up && depth > 0) {
            len = starts[--depth];
        } else if (!slash) {
            starts[depth++] = len;
            path[len++] = '/';
            memcpy(path + len, segment.data, segment.len);
            len += segment.len;
        }
        at = end;
    }
    if (slash || len == 0) {
        path[len++] = '/';
    }
    memcpy(out->path, path, len);
    out->path_len = len;
}

static void read_plainly(postern_str text, plain_target *out)
{
    const char *mark = memchr(text.data, '?', text.len);
    const size_t path = mark == NULL ? text.len : (size_t)(mark - text.data);

    *out = (plain_target){.good = true, .raw_len = path};
    decode((postern_str){text.data, path}, out);
    for (size_t i = path; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        out->good = out->good && c >= 0x20 && c != 0x7f && c != '#';
    }
    if (out->good) {
        resolve(out);
    }
}

static void check_target(pst_arena *arena, postern_str text)
{
    plain_target plain;
    pst_target target;
    const char *problem;
    const postern_status status = pst_target_read(text, arena, &target, &problem);

    read_plainly(text, &plain);
    if ((status == POSTERN_OK) != plain.good) {
        ck_abort_msg("%.*s", (int)text.len, text.data);
    }
    if (plain.good) {
        const size_t query =
            plain.raw_len < text.len ? text.len - plain.raw_len - 1 : 0;
        if (!postern_str_equal(target.path,
                               (postern_str){plain.path, plain.path_len}) ||
            target.raw_path.len != plain.raw_len || target.query.len != query ||
            (query > 0 &&
             memcmp(target.query.data, text.data + plain.raw_len + 1, query) != 0) ||
            target.uri.len != plain.path_len + text.len - plain.raw_len) {
            ck_abort_msg("%.*s: path %.*s, query %.*s", (int)text.len, text.data,
                         (int)target.path.len, target.path.data, (int)target.query.len,
                         target.query.data);
        }
    }
    pst_arena_reset(arena);
}

START_TEST(a_path_by_words_is_the_path_by_bytes)
{
    static const char *const alphabets[] = {
        "/abcdefghijklm-_~ABC",        "/a.",          "/ab.%2eE5fF\\?",
        "abcdefghijklmnopq/rstuvw?x#", "/ab\x80\xff.",
    };
    postern_scheme *scheme;
    pst_arena arena;

    ck_assert_int_eq(postern_scheme_new(NULL, &scheme), POSTERN_OK);
    pst_arena_init(&arena, scheme->options.allocator, 1 << 20);
    for (unsigned round = 0; round < ROUNDS; round++) {
        const postern_str text = random_text(alphabets[below(5)], 1 + below(60));
        char *first = (char *)(uintptr_t)text.data;
        *first = '/';
        check_target(&arena, text);
        drop(text);
    }
    pst_arena_free(&arena);
    postern_scheme_free(scheme);
}
END_TEST

/* Every byte at every place of a path and of a query. */
START_TEST(no_byte_is_overlooked_in_a_target)
{
    postern_scheme *scheme;
    pst_arena arena;

    ck_assert_int_eq(postern_scheme_new(NULL, &scheme), POSTERN_OK);
    pst_arena_init(&arena, scheme->options.allocator, 1 << 20);
    for (size_t len = 1; len < 20; len++) {
        for (size_t at = 1; at < len; at++) {
            for (unsigned byte = 0; byte < 512; byte++) {
                char *text = malloc(len);
                ck_assert_ptr_nonnull(text);
                memset(text, 'a', len);
                text[0] = '/';
                if (byte > 255 && len > 2) {
                    text[1] = '?';
                }
                text[at] = (char)byte;
                check_target(&arena, (postern_str){text, len});
                if (at + 1 < len) { /* behind a slash */
                    text[at] = '/';
                    text[at + 1] = (char)byte;
                    check_target(&arena, (postern_str){text, len});
                }
                free(text);
            }
        }
    }
    pst_arena_free(&arena);
    postern_scheme_free(scheme);
}
END_TEST

/* --- hosts ------------------------------------------------------------------------------ */

static bool plain_port(postern_str text, int32_t *port)
{
    *port = 0;
    if (text.len < 2 || text.len > 6) {
        return false;
    }
    for (size_t i = 1; i < text.len; i++) {
        if (!pst_is_digit((unsigned char)text.data[i])) {
            return false;
        }
        *port = *port * 10 + (text.data[i] - '0');
    }
    return *port <= 65535;
}

static bool plain_name(postern_str name, char *out)
{
    size_t label = 0;

    for (size_t i = 0; i < name.len; i++) {
        const unsigned char c = (unsigned char)name.data[i];
        out[i] = (char)pst_lower(c);
        if (c == '.') {
            if (label == 0) {
                return false;
            }
            label = 0;
        } else if ((!pst_is_letter(c) && !pst_is_digit(c) && c != '-' && c != '_') ||
                   ++label > 63) {
            return false;
        }
    }
    return label > 0 && name.len <= 253;
}

static void check_host(postern_str text)
{
    const char *colon = text.len == 0 ? NULL : memchr(text.data, ':', text.len);
    size_t name = colon == NULL ? text.len : (size_t)(colon - text.data);
    char expected[512];
    int32_t port = -1;
    const bool good_port =
        colon == NULL || plain_port(pst_str_slice(text, name, text.len), &port);
    pst_host host;

    name -= name > 1 && text.data[name - 1] == '.';
    const bool good = plain_name((postern_str){text.data, name}, expected) && good_port;
    if (pst_host_normalise(text, PST_HOST_WITH_PORT, &host) != good ||
        host.len != (good ? name : 0) || host.port != (good ? port : -1) ||
        memcmp(host.name, expected, host.len) != 0 ||
        pst_host_normalise(text, PST_HOST_BARE, &host) != (good && colon == NULL)) {
        ck_abort_msg("%.*s", (int)text.len, text.data);
    }
}

START_TEST(a_host_by_words_is_the_host_by_bytes)
{
    static const char *const alphabets[] = {
        "abcdefghijklmnopqrstuvwxyz0123456789-",
        "abcdefghijklmnopqrstuvwxyz.",
        "ab.",
        "aB-_.0",
        "abcdefgh123:",
        "0123:",
    };

    for (unsigned round = 0; round < ROUNDS; round++) {
        const size_t len = below(20) == 0 ? 245 + below(16) : below(80);
        const postern_str text = random_text(alphabets[below(6)], len);
        if (len == 0 || text.data[0] != '[') {
            check_host(text);
        }
        drop(text);
    }
}
END_TEST

START_TEST(no_byte_is_overlooked_in_a_host)
{
    for (size_t len = 1; len < 26; len++) {
        for (size_t at = 0; at < len; at++) {
            for (unsigned byte = 0; byte < 256; byte++) {
                char *text = malloc(len);
                ck_assert_ptr_nonnull(text);
                memset(text, byte % 2 == 0 ? 'z' : '0', len);
                text[len / 2] = '.';
                text[at] = (char)byte;
                if (text[0] != '[') {
                    check_host((postern_str){text, len});
                }
                free(text);
            }
        }
    }
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("plain-head");
    TCase *tcase = tcase_create("plain-head");

    tcase_add_test(tcase, a_path_by_words_is_the_path_by_bytes);
    tcase_add_test(tcase, no_byte_is_overlooked_in_a_target);
    tcase_add_test(tcase, a_host_by_words_is_the_host_by_bytes);
    tcase_add_test(tcase, no_byte_is_overlooked_in_a_host);
    suite_add_tcase(suite, tcase);
    return suite;
}
