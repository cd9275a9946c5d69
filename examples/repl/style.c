/* isatty */
#define _POSIX_C_SOURCE 200809L

#include "style.h"

#include "terminal_width.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool colours_are_welcome(void)
{
    const char *const term = getenv("TERM");

    return getenv("NO_COLOR") == NULL && term != NULL && strcmp(term, "dumb") != 0;
}

style style_of_terminal(void)
{
    const bool colours = colours_are_welcome();
    const bool out = isatty(STDOUT_FILENO) == 1;

    return (style){.terminal_out = out,
                   .colour_out = colours && out,
                   .colour_errors = colours && isatty(STDERR_FILENO) == 1};
}

const char *style_out(const style *look, const char *sequence)
{
    return look->colour_out ? sequence : "";
}

static const char *on_errors(const style *look, const char *sequence)
{
    return look->colour_errors ? sequence : "";
}

size_t style_width(const style *look)
{
    return look->terminal_out ? terminal_width() : SIZE_MAX;
}

void style_complain(const style *look, const char *file, const source_error *error)
{
    (void)fflush(stdout);
    if (error->line > 0) {
        (void)fprintf(stderr, "%s:%zu:%zu: ", file, error->line, error->column);
    } else {
        (void)fprintf(stderr, "%s: ", file);
    }
    (void)fprintf(stderr, "%serror:%s %s\n", on_errors(look, STYLE_RED),
                  on_errors(look, STYLE_PLAIN), error->message);
    if (error->hint[0] != '\0') {
        (void)fprintf(stderr, "    %s%s%s\n", on_errors(look, STYLE_CYAN), error->hint,
                      on_errors(look, STYLE_PLAIN));
    }
}

void style_complain_of(const style *look, const char *what, const char *message,
                       const char *hint)
{
    source_error error = {0};

    (void)snprintf(error.message, sizeof error.message, "%s", message);
    (void)snprintf(error.hint, sizeof error.hint, "%s", hint == NULL ? "" : hint);
    style_complain(look, what, &error);
}

/* --- findings --------------------------------------------------------------------- */

static const struct {
    const char *word;
    const char *colour;
} severities[] = {
    [POSTERN_ERROR] = {"error:",   STYLE_RED   },
    [POSTERN_WARNING] = {"warning:", STYLE_YELLOW},
    [POSTERN_NOTE] = {"note:",    STYLE_CYAN  },
};

/* What stands before the word comes from file names, which might hold it too: the one
 * with a colon and a blank on both sides is it. */
static void write_first_line(const style *look, const char *line, size_t length,
                             postern_severity severity)
{
    const char *const word = severities[severity].word;
    const char *mark = strstr(line, word);

    if (mark == NULL || mark >= line + length) {
        (void)fwrite(line, 1, length, stderr);
        return;
    }
    (void)fprintf(stderr, "%.*s%s%s%s", (int)(mark - line), line,
                  on_errors(look, severities[severity].colour), word,
                  on_errors(look, STYLE_PLAIN));
    mark += strlen(word);
    (void)fwrite(mark, 1, length - (size_t)(mark - line), stderr);
}

/* The lines are: what is wrong, the excerpt and the caret below it if there is a place,
 * and the hint. */
static void write_finding(const style *look, const char *text,
                          const postern_finding *finding)
{
    const char *const colour = severities[finding->severity].colour;
    const size_t caret = finding->excerpt.len > 0 ? 2 : 0;

    for (size_t number = 0; *text != '\0'; number++) {
        const size_t length = strcspn(text, "\n");
        if (number == 0) {
            write_first_line(look, text, length, finding->severity);
        } else if (number + 1 == caret) {
            (void)fwrite(text, 1, length, stderr);
        } else {
            (void)fprintf(stderr, "%s%.*s%s",
                          on_errors(look, number == caret ? colour : STYLE_CYAN),
                          (int)length, text, on_errors(look, STYLE_PLAIN));
        }
        (void)fputc('\n', stderr);
        text += text[length] == '\n' ? length + 1 : length;
    }
}

void style_findings(const style *look, const postern_report *report)
{
    (void)fflush(stdout);
    for (size_t i = 0; i < postern_report_count(report); i++) {
        const size_t length = postern_report_render(report, i, NULL, 0);
        char *const text = malloc(length + 1);
        postern_finding finding;
        if (text == NULL || !postern_report_get(report, i, &finding)) {
            (void)fprintf(stderr, "out of memory\n");
            free(text);
            return;
        }
        (void)postern_report_render(report, i, text, length + 1);
        write_finding(look, text, &finding);
        free(text);
    }
}
