/* wcsdup, which histedit.h declares otherwise */
#define _POSIX_C_SOURCE 200809L

#include "reader.h"

#include "history.h"
#include "style.h"

#include <histedit.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct edit {
    reader face;
    EditLine *line;
    History *past;
    history_file *file;
    reader_completer completer;
    char prompt[64]; /* with its colours */
    bool colour;
    bool cancelled;
} edit;

/* libedit takes what stands between two of these as without width. */
enum { UNSEEN = '\1' };

static edit *edit_of(EditLine *line)
{
    void *user = NULL;

    (void)el_get(line, EL_CLIENTDATA, &user);
    return user;
}

static char *show_prompt(EditLine *line)
{
    return edit_of(line)->prompt;
}

/* --- keys ------------------------------------------------------------------------- */

/* The terminal sends no signals while a line is edited: keys are simpler. */
static unsigned char press_interrupt(EditLine *line, int key)
{
    const LineInfo *const now = el_line(line);

    (void)key;
    (void)el_cursor(line, (int)(now->lastchar - now->cursor));
    (void)el_insertstr(line, "^C");
    edit_of(line)->cancelled = true;
    el_push(line, "\n"); /* as only its own newline leaves a line of several rows */
    return CC_REFRESH;
}

static unsigned char press_suspend(EditLine *line, int key)
{
    (void)line;
    (void)key;
    (void)raise(SIGTSTP); /* libedit's handler looks after the terminal */
    return CC_REDISPLAY;
}

static unsigned char press_tab(EditLine *line, int key)
{
    const edit *const held = edit_of(line);
    const LineInfo *const now = el_line(line);
    const postern_str before = {now->buffer, (size_t)(now->cursor - now->buffer)};
    char *insert = NULL;
    bool listed;
    unsigned char result = CC_REFRESH_BEEP;

    (void)key;
    listed = held->completer.complete(held->completer.user, before, &insert);
    if (insert != NULL && insert[0] != '\0' && el_insertstr(line, insert) == 0) {
        result = CC_REFRESH;
    }
    free(insert);
    return listed ? CC_REDISPLAY : result;
}

/* Wide names, as libedit leaks the copies it makes of narrow ones. */
static void bind_keys(EditLine *line)
{
    (void)el_wset(line, EL_ADDFN, L"postern-interrupt", L"Forget the line",
                  press_interrupt);
    (void)el_wset(line, EL_ADDFN, L"postern-suspend", L"Stop for a while",
                  press_suspend);
    (void)el_wset(line, EL_ADDFN, L"postern-complete", L"Complete", press_tab);
    (void)el_set(line, EL_BIND, "^C", "postern-interrupt", NULL);
    (void)el_set(line, EL_BIND, "^Z", "postern-suspend", NULL);
    (void)el_set(line, EL_BIND, "\t", "postern-complete", NULL);
    (void)el_set(line, EL_BIND, "^R", "em-inc-search-prev", NULL);
}

/* --- the reader ------------------------------------------------------------------- */

/* libedit drops escapes that stand at the very end: the last blank does. */
static void set_prompt(edit *held, const char *prompt)
{
    const size_t length = strlen(prompt);

    if (held->colour && length > 0) {
        (void)snprintf(held->prompt, sizeof held->prompt,
                       "\1" STYLE_BOLD "\1%.*s\1" STYLE_PLAIN "\1%s", (int)length - 1,
                       prompt, prompt + length - 1);
    } else {
        (void)snprintf(held->prompt, sizeof held->prompt, "%s", prompt);
    }
}

static reader_outcome next_line(reader *self, const char *prompt, postern_str *line)
{
    edit *const held = (edit *)(void *)self;
    const char *text;
    int length = 0;

    set_prompt(held, prompt);
    held->cancelled = false;
    (void)fflush(stdout);
    /* libedit would show the prompt first: keys pressed at once were not edited. */
    (void)el_set(held->line, EL_PREP_TERM, 1);
    text = el_gets(held->line, &length);
    if (held->cancelled) {
        return READER_CANCELLED;
    }
    if (text == NULL || length <= 0) {
        (void)fputc('\n', stdout);
        return READER_END;
    }
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r')) {
        length--;
    }
    *line = (postern_str){text, (size_t)length};
    return READER_LINE;
}

static void add_entry(void *user, const char *entry)
{
    edit *const held = user;
    HistEvent event;

    (void)history(held->past, &event, H_ENTER, entry);
}

static void remember(reader *self, const char *entry)
{
    edit *const held = (edit *)(void *)self;

    add_entry(held, entry);
    history_file_append(held->file, entry);
}

static void close_edit(reader *self)
{
    edit *const held = (edit *)(void *)self;

    if (held->line != NULL) {
        el_end(held->line);
    }
    if (held->past != NULL) {
        history_end(held->past);
    }
    history_file_close(held->file);
    free(held);
}

static bool prepare(edit *held)
{
    HistEvent event;

    held->line = el_init("postern-repl", stdin, stdout, stderr);
    held->past = history_init();
    if (held->line == NULL || held->past == NULL) {
        return false;
    }
    (void)el_set(held->line, EL_CLIENTDATA, held);
    (void)el_set(held->line, EL_PROMPT_ESC, show_prompt, UNSEEN);
    (void)el_set(held->line, EL_EDITOR, "emacs");
    (void)el_set(held->line, EL_SIGNAL, 1);
    (void)el_set(held->line, EL_SETTY, "-d", "-isig", NULL);
    (void)el_set(held->line, EL_HIST, history, held->past);
    (void)history(held->past, &event, H_SETSIZE, HISTORY_MAX_ENTRIES);
    (void)history(held->past, &event, H_SETUNIQUE, 1);
    bind_keys(held->line);
    (void)el_source(held->line, NULL); /* the person's own keys come last */
    held->file = history_file_open(add_entry, held);
    return true;
}

reader *reader_edit_open(reader_completer completer, bool colour)
{
    edit *const made = calloc(1, sizeof *made);

    if (made == NULL) {
        return NULL;
    }
    made->face = (reader){next_line, remember, close_edit};
    made->completer = completer;
    made->colour = colour;
    if (!prepare(made)) {
        close_edit(&made->face);
        return NULL;
    }
    return &made->face;
}
