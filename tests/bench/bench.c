#include "bench.h"

#include "stop.h"

void bench_init(bench *out, const measure_effort *effort)
{
    postern_options options = {.allocator = &out->memory.allocator};

    counting_init(&out->memory);
    out->effort = effort;
    options.limits.expression_bytes = 1U << 30;
    options.limits.policy_bytes = UINT32_MAX;
    stop_unless_ok(postern_scheme_new(&options, &out->scheme), "scheme", NULL);
    /* Policies refuse to read what nobody says will be set. */
    stop_unless_ok(postern_scheme_provide(out->scheme, postern_text("*")), "fields",
                   NULL);
}

void bench_free(bench *b)
{
    postern_scheme_free(b->scheme);
}
