#include "findings.h"

#include "stop.h"

#include <stdlib.h>

static void put_quoted(postern_str text, FILE *to)
{
    const size_t len = postern_json_quote(text, NULL, 0);
    char *const quoted = malloc(len + 1);

    if (quoted == NULL) {
        stop("out of memory");
    }
    (void)postern_json_quote(text, quoted, len + 1);
    (void)fputs(quoted, to);
    free(quoted);
}

static void put_peer(const findings *all, const bench_result *one, FILE *to)
{
    const peer_figure peer = peers_find(&all->peer, one->name);

    if (peer.ns_min > 0) {
        fprintf(to,
                ", \"peer\": {\"ns_min\": %.2f, \"compile_us_min\": %.2f, \"bytes\": "
                "%.0f, \"ns_min_scaled\": %.2f, \"ratio\": %.3f}",
                peer.ns_min, peer.compile_us_min, peer.bytes, peer.ns_min * all->scale,
                one->run.ns_min / (peer.ns_min * all->scale));
    }
}

static void put_result(const findings *all, const bench_result *one, FILE *to)
{
    (void)fputs("\n  {\"name\": ", to);
    put_quoted(one->name, to);
    fprintf(to,
            ", \"ns_min\": %.2f, \"ns_median\": %.2f, \"compile_us_min\": %.2f, "
            "\"bytes\": %zu, \"allocations\": %.2f, \"contexts\": %zu",
            one->run.ns_min, one->run.ns_median, one->compile_us, one->bytes,
            one->allocations, one->contexts);
    if (one->rules > 0) {
        fprintf(to, ", \"rules\": %zu, \"verdict_ns_min\": %.2f", one->rules,
                one->verdict.ns_min);
    }
    if (one->rotating.ns_min > 0) {
        fprintf(to, ", \"ns_rotating\": %.2f, \"ns_rotating_median\": %.2f",
                one->rotating.ns_min, one->rotating.ns_median);
    }
    put_peer(all, one, to);
    if (one->wrong > 0) {
        fprintf(to, ", \"wrong\": %zu", one->wrong);
    }
    (void)fputs("}", to);
}

static void put_results(const findings *all, const char *key,
                        const bench_result *results, size_t count, FILE *to)
{
    fprintf(to, "\"%s\": [", key);
    for (size_t i = 0; i < count; i++) {
        (void)fputs(i == 0 ? "" : ",", to);
        put_result(all, &results[i], to);
    }
    (void)fputs("]", to);
}

static void put_fill(const bench_fill *fill, FILE *to)
{
    fprintf(to,
            "\"fill\": {\"ns_min\": %.2f, \"ns_median\": %.2f, \"allocations\": %.2f, "
            "\"headers\": %zu, \"values\": %zu, \"fill_only_ns_min\": %.2f}",
            fill->run.ns_min, fill->run.ns_median, fill->allocations, fill->headers,
            fill->values, fill->fill_only.ns_min);
}

static void put_two_rules(const bench_two_rules *two, FILE *to)
{
    fprintf(to,
            "\"two_rules\": {\"ns_min\": %.2f, \"ns_median\": %.2f, "
            "\"decide_ns_min\": %.2f, \"begin_and_decide_ns_min\": %.2f",
            two->rules.ns_min, two->rules.ns_median, two->decide.ns_min,
            two->begin_and_decide.ns_min);
    if (two->has_modsecurity) {
        fprintf(to, ", \"modsecurity_ns_min\": %.2f", two->modsecurity.ns_min);
    }
    (void)fputs("}", to);
}

static void put_curve(const growth_curve *curve, FILE *to)
{
    fprintf(to, "\n  {\"of\": \"%s\", \"name\": \"%s\", \"points\": [",
            curve->lists ? "entries" : "rules", curve->name);
    for (size_t i = 0; i < curve->point_count; i++) {
        const growth_point *const point = &curve->points[i];
        fprintf(to,
                "%s\n    {\"count\": %zu, \"ns_min\": %.2f, \"load_ms\": %.3f, "
                "\"bytes\": %zu}",
                i == 0 ? "" : ",", point->count, point->ns, point->load_ms,
                point->bytes);
    }
    (void)fputs("]}", to);
}

static void put_curves(const findings *all, FILE *to)
{
    (void)fputs(",\n\"growth\": [", to);
    for (size_t i = 0; i < all->curve_count; i++) {
        (void)fputs(i == 0 ? "" : ",", to);
        put_curve(&all->curves[i], to);
    }
    (void)fputs("]", to);
}

void findings_json(const findings *all, FILE *to)
{
    fprintf(to,
            "{\"calibration\": {\"two_rules\": %.2f, \"eight_rules\": %.2f, "
            "\"search\": %.2f, \"scale\": %.3f},\n",
            all->here.two_rules, all->here.eight_rules, all->here.search, all->scale);
    put_results(all, "cases", all->cases, all->case_count, to);
    (void)fputs(",\n", to);
    put_results(all, "rulesets", all->rulesets, all->ruleset_count, to);
    (void)fputs(",\n", to);
    put_fill(&all->fill, to);
    (void)fputs(",\n", to);
    put_two_rules(&all->two_rules, to);
    if (all->curve_count > 0) {
        put_curves(all, to);
    }
    if (all->text_size > 0) {
        fprintf(to, ",\n\"text_size\": %zu", all->text_size);
    }
    if (all->code_size > 0) {
        fprintf(to, ",\n\"code_size\": %zu", all->code_size);
    }
    (void)fputs("}\n", to);
}
