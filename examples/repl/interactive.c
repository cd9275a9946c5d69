/* isatty and sigaction */
#define _POSIX_C_SOURCE 200809L

#include "interactive.h"

#include "commands.h"
#include "complete.h"
#include "evaluate.h"
#include "input.h"
#include "reader.h"

#include <postern.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the TAB key needs to know. */
typedef struct desk {
    session *repl;
    input typed; /* the lines before the one that is edited */
} desk;

static char *copy_of(const char *text, size_t length, const char *end)
{
    char *const copy = malloc(length + strlen(end) + 1);

    if (copy != NULL) {
        memcpy(copy, text, length);
        memcpy(copy + length, end, strlen(end) + 1);
    }
    return copy;
}

/* Goes on as far as all words agree; lists them when that is not at all. */
static bool press_tab(void *user, postern_str line, char **insert)
{
    desk *const at = user;
    input text = {0};
    completion found;
    size_t common;
    bool listed = false;

    *insert = NULL;
    if ((at->typed.lines == 0 ||
         input_add(&text, (postern_str){at->typed.text, at->typed.length})) &&
        input_add(&text, line)) {
        complete(at->repl, (postern_str){text.text, text.length}, &found);
        common = completion_common(&found);
        if (common > found.typed || found.count == 1) {
            *insert = copy_of(found.words[0].text + found.typed, common - found.typed,
                              found.count == 1 ? found.words[0].ending : "");
        } else if (found.count > 1) {
            (void)fputc('\n', stdout);
            completion_list(&found, stdout, style_width(&at->repl->style));
            (void)fflush(stdout);
            listed = true;
        }
        completion_free(&found);
    }
    input_free(&text);
    return listed;
}

/* --- Ctrl-C ----------------------------------------------------------------------- */

/* It only has to interrupt a read that waits for a line. */
static void take_note(int signal_number)
{
    (void)signal_number;
}

static void take_interrupts(void)
{
    struct sigaction action = {.sa_handler = take_note};

    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
}

static reader *open_reader(desk *at)
{
    const bool person = isatty(STDIN_FILENO) == 1;
    const style *const look = &at->repl->style;
    const char *const term = getenv("TERM");
    reader *made = NULL;

    if (person) {
        take_interrupts();
    }
    if (person && look->terminal_out && term != NULL && strcmp(term, "dumb") != 0) {
        made = reader_edit_open((reader_completer){press_tab, at}, look->colour_out);
    }
    if (made == NULL) {
        made = reader_plain_open(!person ? NULL : look->terminal_out ? stdout : stderr);
    }
    if (person && look->terminal_out) {
        (void)printf("postern %s: type an expression, or :help\n", postern_version());
    }
    return made;
}

/* --- lines ------------------------------------------------------------------------ */

static void run(session *repl, postern_str text)
{
    command_line line;

    if (text.len == 0) {
        return;
    }
    if (command_split(text, &line)) {
        command_run(repl, &line);
    } else {
        evaluate_any(repl, text);
    }
    (void)fflush(stdout);
}

static void finish(desk *at, reader *from)
{
    const postern_str text = input_trim(&at->typed);

    run(at->repl, text);
    if (text.len > 0) {
        input_join(&at->typed);
        from->remember(from, text.data);
    }
    input_clear(&at->typed);
}

static void read_lines(desk *at, reader *from)
{
    static const char first[] = "postern> ";
    static const char further[] = "    ...> ";

    while (!at->repl->quit) {
        const bool more = at->typed.lines > 0;
        postern_str line;
        const reader_outcome outcome = from->next(from, more ? further : first, &line);
        if (outcome == READER_CANCELLED) {
            input_clear(&at->typed);
            continue;
        }
        if (outcome == READER_END) {
            if (!more) {
                break;
            }
            finish(at, from);
            continue;
        }
        if (!input_add(&at->typed, line)) {
            (void)fprintf(stderr, "out of memory\n");
            input_clear(&at->typed);
            continue;
        }
        if (!input_goes_on(&at->typed)) {
            finish(at, from);
        }
    }
}

bool interactive_run(session *repl)
{
    desk at = {.repl = repl};
    reader *const from = open_reader(&at);

    if (from == NULL) {
        return false;
    }
    read_lines(&at, from);
    from->close(from);
    input_free(&at.typed);
    return true;
}
