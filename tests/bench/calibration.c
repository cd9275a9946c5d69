/* memmem() is no part of POSIX. */
#define _GNU_SOURCE
#include "calibration.h"

#include <math.h>
#include <postern/base.h>
#include <string.h>

typedef struct request {
    bool verified;
    postern_str host;
    postern_str path;
    postern_str method;
    postern_str agent;
    uint32_t ip;
} request;

static bool equals(postern_str text, const char *other, size_t len)
{
    return text.len == len && memcmp(text.data, other, len) == 0;
}

static bool starts(postern_str text, const char *start, size_t len)
{
    return text.len >= len && memcmp(text.data, start, len) == 0;
}

static bool holds(postern_str text, const char *part, size_t len)
{
    return memmem(text.data, text.len, part, len) != NULL;
}

/* Not inlined: a decision is a call. */
__attribute__((noinline)) static int two_rules(const request *r)
{
    if (r->verified && equals(r->host, "service.yourdomain.com", 22)) {
        return 0;
    }
    if (equals(r->host, "service.yourdomain.com", 22)) {
        return 1;
    }
    return 0;
}

__attribute__((noinline)) static int eight_rules(const request *r)
{
    if (equals(r->host, "a.example.com", 13)) {
        return 1;
    }
    if (starts(r->path, "/admin", 6) && !r->verified) {
        return 1;
    }
    if (equals(r->method, "TRACE", 5)) {
        return 1;
    }
    if ((r->ip & 0xff000000U) == 0x0a000000U && starts(r->path, "/internal", 9)) {
        return 1;
    }
    if (holds(r->agent, "sqlmap", 6)) {
        return 1;
    }
    if (starts(r->path, "/.git", 5)) {
        return 1;
    }
    if (equals(r->host, "b.example.com", 13) && !r->verified) {
        return 1;
    }
    return r->verified ? 0 : equals(r->host, "service.yourdomain.com", 22);
}

__attribute__((noinline)) static int search(const request *r)
{
    return holds(r->agent, "Googlebot-Image", 15);
}

#define AGENT                                                                  \
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "  \
    "Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0 extra words to make it two " \
    "hundred bytes long, more or less, as real ones are"

static const request requests[4] = {
    {true,  POSTERN_STR("service.yourdomain.com"), POSTERN_STR("/index.html"),
     POSTERN_STR("GET"),                                                                              POSTERN_STR(AGENT), 0xcb007109U},
    {false, POSTERN_STR("service.yourdomain.com"), POSTERN_STR("/api/v1/things"),
     POSTERN_STR("POST"),                                                                             POSTERN_STR(AGENT), 0x0a000001U},
    {true,  POSTERN_STR("other.yourdomain.com"),   POSTERN_STR("/"),              POSTERN_STR("GET"),
     POSTERN_STR(AGENT),                                                                                                  0xcb00710aU},
    {false, POSTERN_STR("service.yourdomain.com"), POSTERN_STR("/login"),
     POSTERN_STR("GET"),                                                                              POSTERN_STR(AGENT), 0xc6336401U},
};

static void run(void *user, size_t times)
{
    int (*const *const piece)(const request *r) = user;
    volatile int sink = 0;

    for (size_t i = 0; i < times; i++) {
        sink += (*piece)(&requests[i % 4]);
    }
    (void)sink;
}

static double cost(const measure_effort *effort, int (*piece)(const request *r))
{
    return measure(effort, 4, run, &piece).ns_min;
}

calibration calibrate(const measure_effort *effort)
{
    return (calibration){cost(effort, two_rules), cost(effort, eight_rules),
                         cost(effort, search)};
}

double calibration_scale(const calibration *here, const calibration *there)
{
    if (!(there->two_rules > 0 && there->eight_rules > 0 && there->search > 0)) {
        return 1;
    }
    return cbrt(here->two_rules / there->two_rules * here->eight_rules /
                there->eight_rules * here->search / there->search);
}
