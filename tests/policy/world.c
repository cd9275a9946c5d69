#include "world.h"

#include "../harness/stub_crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 1024 };

static int64_t january_2027(void *user)
{
    (void)user;
    return INT64_C(1800000000000);
}

void world_init(world *w)
{
    *w = (world){
        .options = {.clock = january_2027, .crypto = stub_crypto()}
    };
}

void world_open(world *w)
{
    ck_assert_int_eq(postern_scheme_new(&w->options, &w->scheme), POSTERN_OK);
    w->report = postern_report_new(NULL);
    ck_assert_ptr_nonnull(w->report);
}

void world_close(world *w)
{
    postern_policy_release(w->policy);
    postern_report_free(w->report);
    postern_scheme_free(w->scheme);
}

/* Checks what must hold outside of tests too, where Check cannot. */
static void require(bool holds, const char *what)
{
    if (!holds) {
        perror(what);
        abort();
    }
}

static FILE *open_from_tests(const char *folder, const char *name)
{
    const char *tests = getenv("POSTERN_TESTS");
    char path[PATH_BYTES];
    const int len = snprintf(path, sizeof path, "%s/%s%s",
                             tests == NULL ? "tests" : tests, folder, name);

    require(len > 0 && len < PATH_BYTES, name);
    return fopen(path, "rb");
}

/* The rest of `in`, which is closed. */
static postern_str read_rest(FILE *in)
{
    postern_str out = {NULL, 0};
    size_t cap = 0;
    size_t got;
    char *data = NULL;

    do {
        if (out.len == cap) {
            cap = cap == 0 ? 4096 : cap * 2;
            data = realloc(data, cap);
            require(data != NULL, "memory");
        }
        got = fread(data + out.len, 1, cap - out.len, in);
        out.len += got;
    } while (got > 0);
    (void)fclose(in);
    out.data = data;
    return out;
}

postern_str world_slurp(const char *name)
{
    FILE *in = open_from_tests("", name);

    require(in != NULL, name);
    return read_rest(in);
}

static postern_status hand_out(postern_str text, size_t max,
                               const postern_allocator *alloc, postern_str *out)
{
    char *copy = NULL;

    if (text.len > max) {
        return POSTERN_LIMIT;
    }
    if (text.len > 0) {
        copy = alloc->resize(alloc->user, NULL, 0, text.len);
        if (copy == NULL) {
            return POSTERN_NO_MEMORY;
        }
        memcpy(copy, text.data, text.len);
    }
    *out = (postern_str){copy, text.len};
    return POSTERN_OK;
}

postern_status world_read(void *user, const char *path, size_t max,
                          const postern_allocator *alloc, postern_str *out)
{
    world *w = user;
    FILE *in;
    postern_str text;
    postern_status status;

    w->reads++;
    if (w->reader_fails != POSTERN_OK) {
        return w->reader_fails;
    }
    for (size_t i = 0; i < w->file_count; i++) {
        if (postern_str_equal(w->files[i].name, postern_text(path))) {
            return hand_out(w->files[i].text, max, alloc, out);
        }
    }
    in = open_from_tests("data/", path);
    if (in == NULL) {
        return POSTERN_IO;
    }
    text = read_rest(in);
    status = hand_out(text, max, alloc, out);
    free((void *)(uintptr_t)text.data);
    return status;
}

postern_status world_load(world *w, postern_str text, bool import)
{
    const postern_source source = {
        .path = "policy.json",
        .text = text,
        .read = world_read,
        .read_user = w,
        .import = import,
    };

    postern_policy_release(w->policy);
    w->policy = NULL;
    postern_report_clear(w->report);
    return postern_policy_load(w->scheme, &source, &w->policy, w->report);
}

const char *world_findings(const postern_report *report)
{
    static char text[16384];
    size_t at = 0;

    text[0] = '\0';
    for (size_t i = 0; i < postern_report_count(report) && at < sizeof text; i++) {
        at += postern_report_render(report, i, text + at, sizeof text - at);
    }
    return text;
}

void world_must_load(world *w, const char *text)
{
    const postern_status status = world_load(w, postern_text(text), false);

    ck_assert_msg(status == POSTERN_OK, "%s", world_findings(w->report));
    postern_report_clear(w->report);
}
