#include "growth.h"

#include <math.h>

/* Two plots side by side, in user units. */
enum { WIDTH = 380, HEIGHT = 250, LEFT = 56, TOP = 34, GAP = 76, LEGEND = 18 };

/* Readable on white and on black, told apart by their dashes, too. */
static const struct {
    const char *colour;
    const char *dashes;
} styles[] = {
    {"#3b82c4", "none"   },
    {"#d9822b", "7 3"    },
    {"#3a9d5d", "2 3"    },
    {"#9467bd", "9 3 2 3"},
    {"#c8505a", "5 5"    },
};
enum { STYLES = sizeof styles / sizeof styles[0] };

typedef struct plot {
    const growth_curve *curves;
    size_t count;
    const char *title;
    double left;
    double x_decades; /* from 10 */
    double y_first;   /* log10 of ns */
    double y_decades;
} plot;

static double x_of(const plot *p, double count)
{
    return p->left + (log10(count) - 1) / p->x_decades * WIDTH;
}

static double y_of(const plot *p, double ns)
{
    return TOP + HEIGHT - (log10(ns) - p->y_first) / p->y_decades * HEIGHT;
}

static void find_range(plot *p)
{
    double least = 1e18;
    double most = 1;

    p->x_decades = 1;
    for (size_t i = 0; i < p->count; i++) {
        const growth_curve *const curve = &p->curves[i];
        for (size_t k = 0; k < curve->point_count; k++) {
            least = fmin(least, curve->points[k].ns);
            most = fmax(most, curve->points[k].ns);
            p->x_decades =
                fmax(p->x_decades, log10((double)curve->points[k].count) - 1);
        }
    }
    p->y_first = floor(log10(fmin(least, most)));
    p->y_decades = fmax(1, ceil(log10(most)) - p->y_first);
}

static void put_text(double x, double y, const char *anchor, const char *text, FILE *to)
{
    fprintf(to, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y,
            anchor, text);
}

/* 10, 1,000, 1 million */
static const char *short_number(int decade)
{
    static const char *const words[] = {"1",         "10",         "100",
                                        "1,000",     "10,000",     "100,000",
                                        "1 million", "10 million", "100 million"};

    return decade >= 0 && decade < 9 ? words[decade] : "";
}

static void put_axes(const plot *p, FILE *to)
{
    for (int i = 0; i <= (int)p->y_decades; i++) {
        const double y = TOP + HEIGHT - i / p->y_decades * HEIGHT;
        fprintf(to, "<path class=\"grid\" d=\"M%.1f %.1fh%d\"/>\n", p->left, y, WIDTH);
        put_text(p->left - 6, y + 4, "end", short_number((int)p->y_first + i), to);
    }
    for (int i = 0; i <= (int)(p->x_decades + 0.5); i++) {
        const double x = p->left + i / p->x_decades * WIDTH;
        fprintf(to, "<path class=\"grid\" d=\"M%.1f %dv%d\"/>\n", x, TOP, HEIGHT);
        put_text(x, TOP + HEIGHT + 16, "middle", short_number(i + 1), to);
    }
    put_text(p->left, TOP - 14, "start", p->title, to);
}

static void put_curve(const plot *p, size_t i, FILE *to)
{
    const growth_curve *const curve = &p->curves[i];
    const char *const colour = styles[i % STYLES].colour;
    const double legend = TOP + HEIGHT + 40 + (double)i * LEGEND;

    fprintf(to,
            "<path fill=\"none\" stroke=\"%s\" stroke-width=\"2\" "
            "stroke-dasharray=\"%s\" d=\"",
            colour, styles[i % STYLES].dashes);
    for (size_t k = 0; k < curve->point_count; k++) {
        fprintf(to, "%s%.1f %.1f", k == 0 ? "M" : "L",
                x_of(p, (double)curve->points[k].count), y_of(p, curve->points[k].ns));
    }
    fprintf(to, "M%.1f %.1fh28\"/>\n", p->left, legend - 4);
    for (size_t k = 0; k < curve->point_count; k++) {
        fprintf(to, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n",
                x_of(p, (double)curve->points[k].count), y_of(p, curve->points[k].ns),
                colour);
    }
    put_text(p->left + 36, legend, "start", curve->name, to);
}

static void put_plot(plot *p, FILE *to)
{
    find_range(p);
    put_axes(p, to);
    for (size_t i = 0; i < p->count; i++) {
        put_curve(p, i, to);
    }
}

void growth_svg(const growth_curve *curves, size_t count, FILE *to)
{
    size_t rules = 0;
    plot left = {.curves = curves, .left = LEFT};
    plot right = {.left = LEFT + WIDTH + GAP};
    const int width = 2 * WIDTH + LEFT + GAP + 40;
    const int height = TOP + HEIGHT + 40 + GROWTH_RULE_CURVES * LEGEND;

    while (rules < count && !curves[rules].lists) {
        rules++;
    }
    left.count = rules;
    left.title = "ns per evaluation, by the number of rules";
    right.curves = curves + rules;
    right.count = count - rules;
    right.title = "ns per look-up, by the entries of a list";
    fprintf(to,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
            "font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n"
            "<title>What evaluations cost as rules and lists grow</title>\n"
            "<style>text{fill:#333}.grid{stroke:#888;stroke-opacity:.4;fill:none}"
            "@media(prefers-color-scheme:dark){text{fill:#ddd}}</style>\n",
            width, height);
    put_plot(&left, to);
    put_plot(&right, to);
    (void)fputs("</svg>\n", to);
}
