/*
 * bench_crl.c - what CRLs and many hosts cost: memory that stays, time to load, time to
 * look a serial number up. Numbers, no pass or fail; run it on an idle core, with
 * POSTERN_TESTS naming the folder of the tests.
 */
#include "../harness/crl_writer.h"
#include "../harness/path.h"
#include "clock.h"

#include "certificate/anchors.h"
#include "support/text.h"

#include <postern.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A heap that knows how much it has given. */
typedef struct meter {
    postern_allocator alloc;
    size_t live;
    size_t peak;
} meter;

static void *measured(void *user, void *ptr, size_t old_size, size_t new_size)
{
    meter *heap = user;

    heap->live += new_size - old_size;
    heap->peak = heap->live > heap->peak ? heap->live : heap->peak;
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, new_size);
}

static meter heap = {
    {measured, &heap},
    0, 0
};

/* --- one big CRL -------------------------------------------------------------- */

enum { ASKED = 4096 };

typedef struct question {
    const pst_crl *crl;
    unsigned char serials[ASKED][CRL_SERIAL_MAX];
    size_t len;
    size_t found;
} question;

static void ask(void *user)
{
    question *q = user;

    for (size_t i = 0; i < ASKED; i++) {
        q->found +=
            pst_crl_lists(q->crl, (postern_str){(const char *)q->serials[i], q->len});
    }
}

/* ns of one look-up among random ones; `first` says where the numbers begin. */
static double look_up(const pst_crl *crl, size_t first, size_t step)
{
    static question q;

    q.crl = crl;
    for (size_t i = 0; i < ASKED; i++) {
        q.len = crl_random_serial(first + i * step, q.serials[i]);
    }
    return time_of(ask, &q) / ASKED;
}

static postern_str read_ca(const char *name)
{
    static char text[8192];
    const char *tests = getenv("POSTERN_TESTS");
    char path[512];
    FILE *in;
    size_t len;

    (void)snprintf(path, sizeof path, "%s/data/corpus/ca/%s.pem",
                   tests == NULL ? "tests" : tests, name);
    in = fopen(path, "rb");
    if (in == NULL) {
        perror(path);
        exit(1);
    }
    len = fread(text, 1, sizeof text, in);
    (void)fclose(in);
    return (postern_str){text, len};
}

static void bench_entries(const char *ca, size_t entries)
{
    const crl_plan plan = {.ca = ca, .count = entries};
    const pst_pem_file anchor = {POSTERN_STR("ca.pem"), read_ca("ca-a")};
    const pst_pem_file crl = {POSTERN_STR("ca.crl"), crl_write_pem(&plan)};
    const size_t before = heap.live;
    pst_authority *authority;
    uint64_t start;
    double took;

    heap.peak = heap.live;
    start = clock_ns();
    if (pst_authority_new(&heap.alloc, path_crypto(), &anchor, 1, &crl, 1,
                          PST_REVOCATION_REQUIRE, NOW, &authority,
                          NULL) != POSTERN_OK) {
        (void)fprintf(stderr, "%s: cannot be loaded\n", ca);
        exit(1);
    }
    took = (double)(clock_ns() - start);
    (void)printf("%8zu entries by %-8s: %6.1f MB PEM, loaded in %7.1f ms (%5.0f ns an "
                 "entry), %6.2f bytes an entry stay, %6.1f at most",
                 entries, ca, (double)crl.text.len / 1e6, took / 1e6,
                 took / (double)entries, (double)(heap.live - before) / (double)entries,
                 (double)(heap.peak - before) / (double)entries);
    (void)printf(", look-up %5.1f ns listed, %5.1f ns not\n",
                 look_up(&authority->crls[0].crl, 0, entries / ASKED),
                 look_up(&authority->crls[0].crl, entries, 1));
    pst_authority_free(authority);
    free((void *)(uintptr_t)crl.text.data);
}

/* --- many hosts --------------------------------------------------------------- */

static postern_str crl_text;

static postern_status read_named(void *user, const char *path, size_t max,
                                 const postern_allocator *alloc, postern_str *out)
{
    const postern_str text = strstr(path, ".crl") != NULL ? crl_text : read_ca("ca-a");
    char *copy = alloc->resize(alloc->user, NULL, 0, text.len);

    (void)user;
    if (copy == NULL || text.len > max) {
        return POSTERN_NO_MEMORY;
    }
    memcpy(copy, text.data, text.len);
    *out = (postern_str){copy, text.len};
    return POSTERN_OK;
}

/* @param own each host spells the CRL in its own way */
static char *policy_of(size_t hosts, bool own)
{
    const size_t room = 256 + hosts * 128;
    char *text = malloc(room);
    size_t at = 0;

    if (text == NULL) {
        exit(1);
    }
    at += (size_t)snprintf(
        text, room, "{\"version\":1,\"default\":\"block\",\"mtls\":{\"hosts\":[");
    for (size_t i = 0; i < hosts; i++) {
        char name[32] = "a.crl";

        if (own) {
            (void)snprintf(name, sizeof name, "%zu/a.crl", i);
        }
        at += (size_t)snprintf(
            text + at, room - at,
            "%s{\"hostname\":\"h%zu.example\",\"ca\":[\"a.pem\"],\"crl\":[\"%s\"]}",
            i == 0 ? "" : ",", i, name);
    }
    (void)snprintf(text + at, room - at, "]}}");
    return text;
}

static postern_policy *load(const postern_scheme *scheme, const char *text,
                            const postern_policy *previous, const char *what)
{
    const postern_source source = {.path = "policy.json",
                                   .text = postern_text(text),
                                   .read = read_named,
                                   .previous = previous};
    postern_policy *policy;
    const size_t before = heap.live;
    const uint64_t start = clock_ns();

    heap.peak = heap.live;
    if (postern_policy_load(scheme, &source, &policy, NULL) != POSTERN_OK) {
        (void)fprintf(stderr, "%s: cannot be loaded\n", what);
        exit(1);
    }
    (void)printf("  %-36s %8.1f ms, %8.2f MB stay, %8.2f MB at most\n", what,
                 (double)(clock_ns() - start) / 1e6, (double)(heap.live - before) / 1e6,
                 (double)(heap.peak - before) / 1e6);
    return policy;
}

static void bench_hosts(size_t hosts, size_t entries)
{
    const crl_plan plan = {.count = entries};
    const postern_options options = {.allocator = &heap.alloc, .crypto = path_crypto()};
    char *shared = policy_of(hosts, false);
    char *own = policy_of(hosts, true);
    postern_policy *policies[3];
    postern_scheme *scheme;

    crl_text = crl_write_pem(&plan);
    if (postern_scheme_new(&options, &scheme) != POSTERN_OK) {
        exit(1);
    }
    (void)printf("%zu hosts with one CA and a CRL of %zu entries\n", hosts, entries);
    policies[0] = load(scheme, shared, NULL, "loaded");
    policies[1] = load(scheme, shared, policies[0], "loaded again, nothing changed");
    policies[2] =
        entries > 1000 ? NULL : load(scheme, own, NULL, "each by a name of its own");
    for (size_t i = 0; i < 3; i++) {
        postern_policy_release(policies[i]);
    }
    postern_scheme_free(scheme);
    free((void *)(uintptr_t)crl_text.data);
    free(shared);
    free(own);
}

int main(void)
{
    static const size_t sizes[] = {10000, 100000, 1000000};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        bench_entries("ca-a", sizes[i]);
    }
    bench_entries("ca-a-int", 100000);
    bench_hosts(10000, 100);
    bench_hosts(1, 1000000);
    return 0;
}
