#include "findings.h"

#include <math.h>

static const char green[] = "\033[32m";
static const char red[] = "\033[31m";
static const char plain[] = "\033[0m";

static void put_ratio(double ratio, bool colour, FILE *to)
{
    fprintf(to, " %s%7.2f%s",
            !colour      ? ""
            : ratio <= 1 ? green
                         : red,
            ratio, colour ? plain : "");
}

static void put_dash(FILE *to)
{
    fprintf(to, " %7s", "-");
}

static void put_row(const findings *all, const bench_result *one, bool colour, FILE *to)
{
    const peer_figure peer = peers_find(&all->peer, one->name);
    const double there = peer.ns_min * all->scale;

    fprintf(to, "%-30s %10.1f %10.1f", one->name.data, one->run.ns_min,
            one->run.ns_median);
    if (there > 0) {
        fprintf(to, " %10.1f", there);
        put_ratio(one->run.ns_min / there, colour, to);
    } else {
        fprintf(to, " %10s", "-");
        put_dash(to);
    }
    if (one->rotating.ns_min > 0) {
        fprintf(to, " %10.1f", one->rotating.ns_min);
        put_ratio(one->rotating.ns_min / one->run.ns_min, false, to);
    } else {
        fprintf(to, " %10s", "-");
        put_dash(to);
    }
    fprintf(to, " %10.1f %10zu %6.1f%s\n", one->compile_us, one->bytes,
            one->allocations, one->wrong > 0 ? "  WRONG ANSWER" : "");
}

static void put_table(const findings *all, const bench_result *results, size_t count,
                      bool colour, FILE *to)
{
    double sum = 0;
    size_t known = 0;
    double worst = 0;
    const char *slowest = "";

    fprintf(to, "%-30s %10s %10s %10s %7s %10s %7s %10s %10s %6s\n",
            results[0].rules > 0 ? "ruleset" : "case", "ns min", "median", "peer",
            "ratio", "rotating", "/ fixed", "compile us", "bytes", "allocs");
    for (size_t i = 0; i < count; i++) {
        const peer_figure peer = peers_find(&all->peer, results[i].name);
        put_row(all, &results[i], colour, to);
        if (peer.ns_min > 0) {
            const double ratio = results[i].run.ns_min / (peer.ns_min * all->scale);
            sum += log(ratio);
            known++;
            if (ratio > worst) {
                worst = ratio;
                slowest = results[i].name.data;
            }
        }
    }
    if (known > 0) {
        fprintf(to, "geometric mean of %zu ratios %.2f, the worst %.2f (%s)\n", known,
                exp(sum / (double)known), worst, slowest);
    }
    (void)fputs("\n", to);
}

static void put_line(const char *what, double ns, FILE *to)
{
    fprintf(to, "%-60s %10.1f ns", what, ns);
}

static void put_fill(const findings *all, FILE *to)
{
    const bench_fill *const fill = &all->fill;
    const double there =
        peers_number(&all->peer, "fill_context/clear_refill_ns/min") * all->scale;
    char what[80];

    (void)snprintf(what, sizeof what, "fill %zu headers and %zu values, decide",
                   fill->headers, fill->values);
    put_line(what, fill->run.ns_min, to);
    if (there > 0) {
        fprintf(to, "   the peer, filling alone, %.0f", there);
    }
    fprintf(to, "   %.1f allocations\n", fill->allocations);
    put_line("fill them and decide nothing", fill->fill_only.ns_min, to);
    (void)fputs("\n\n", to);
}

static void put_two_rules(const findings *all, FILE *to)
{
    const bench_two_rules *const two = &all->two_rules;

    put_line("two rules", two->rules.ns_min, to);
    fprintf(to, "   %.1f times by hand in C\n",
            two->rules.ns_min / all->here.two_rules);
    put_line("... with connection and verdict", two->decide.ns_min, to);
    (void)fputs("\n", to);
    put_line("... and a request begun, with a Host", two->begin_and_decide.ns_min, to);
    (void)fputs("\n", to);
    if (two->has_modsecurity) {
        put_line("... the same in libmodsecurity", two->modsecurity.ns_min, to);
        fprintf(to, "   %.0f times as much\n",
                two->modsecurity.ns_min / two->begin_and_decide.ns_min);
    }
    (void)fputs("\n", to);
}

static void put_curve(const growth_curve *curve, FILE *to)
{
    fprintf(to, "%-14s", curve->name);
    for (size_t i = 0; i < curve->point_count; i++) {
        fprintf(to, " %10.1f", curve->points[i].ns);
    }
    if (curve->point_count > 0) {
        const growth_point *const last = &curve->points[curve->point_count - 1];
        fprintf(to, "   %9.1f ms %7.1f bytes each", last->load_ms,
                (double)last->bytes / (double)last->count);
    }
    (void)fputs("\n", to);
}

static void put_growth(const findings *all, FILE *to)
{
    bool lists = true;

    for (size_t i = 0; i < all->curve_count; i++) {
        const growth_curve *const curve = &all->curves[i];
        if (i == 0 || curve->lists != lists) {
            lists = curve->lists;
            fprintf(to, "%s%-14s", i == 0 ? "" : "\n", lists ? "entries" : "rules");
            for (size_t k = 0; k < curve->point_count; k++) {
                fprintf(to, " %10zu", curve->points[k].count);
            }
            (void)fputs("   the most: load, memory\n", to);
        }
        put_curve(curve, to);
    }
    (void)fputs("\n", to);
}

void findings_table(const findings *all, bool colour, FILE *to)
{
    fprintf(
        to,
        "by hand in C: two rules %.2f ns, eight rules %.1f ns, search %.1f ns\n"
        "The peer's nanoseconds are those of its own machine times %.2f, the "
        "geometric mean\nof what these three pieces need here and needed there.\n\n",
        all->here.two_rules, all->here.eight_rules, all->here.search, all->scale);
    if (all->case_count > 0) {
        put_table(all, all->cases, all->case_count, colour, to);
    }
    if (all->ruleset_count > 0) {
        put_table(all, all->rulesets, all->ruleset_count, colour, to);
    }
    if (all->fill.run.ns_min > 0) {
        put_fill(all, to);
        put_two_rules(all, to);
    }
    if (all->curve_count > 0) {
        put_growth(all, to);
    }
    if (all->code_size > 0) {
        fprintf(to, "code of the library, made for size (-Os): %.1f KiB\n",
                (double)all->code_size / 1024);
    }
    if (all->text_size > 0) {
        fprintf(to, "... with constants and tables for unwinding: %.1f KiB\n",
                (double)all->text_size / 1024);
    }
}
