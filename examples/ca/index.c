/* index.c - what was issued and what was revoked. */
#define _GNU_SOURCE
#include "index.h"

#include "files.h"
#include "moment.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TITLE "postern-ca index 1"

/* An entry, and what stands above the columns. */
#define COLUMNS "%-40s %-20s %-20s %-20s "
#define HEADINGS "# serial", "not after", "revoked", "reason"

enum { LINES_ABOVE = 5 };

static const struct {
    ca_reason reason;
    const char *name;
} reasons[] = {
    {CA_UNSPECIFIED,            "unspecified"         },
    {CA_KEY_COMPROMISE,         "keyCompromise"       },
    {CA_AFFILIATION_CHANGED,    "affiliationChanged"  },
    {CA_SUPERSEDED,             "superseded"          },
    {CA_CESSATION_OF_OPERATION, "cessationOfOperation"},
    {CA_PRIVILEGE_WITHDRAWN,    "privilegeWithdrawn"  },
};

enum { REASONS = sizeof reasons / sizeof reasons[0] };

bool ca_reason_parse(const char *text, ca_reason *out)
{
    for (size_t i = 0; i < REASONS; i++) {
        if (strcmp(reasons[i].name, text) == 0) {
            *out = reasons[i].reason;
            return true;
        }
    }
    return false;
}

const char *ca_reason_name(ca_reason reason)
{
    for (size_t i = 0; i < REASONS; i++) {
        if (reasons[i].reason == reason) {
            return reasons[i].name;
        }
    }
    return "?";
}

/* --- serial numbers ----------------------------------------------------------- */

void ca_serial_print(const unsigned char serial[CA_SERIAL_BYTES],
                     char out[CA_SERIAL_TEXT])
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < CA_SERIAL_BYTES; i++) {
        out[2 * i] = digits[serial[i] >> 4];
        out[2 * i + 1] = digits[serial[i] & 0x0fU];
    }
    out[CA_SERIAL_TEXT - 1] = '\0';
}

bool ca_serial_parse(const char *text, unsigned char out[CA_SERIAL_BYTES])
{
    static const char digits[] = "0123456789ABCDEFabcdef";
    size_t count = 0;

    for (; *text != '\0'; text++) {
        const char *digit = strchr(digits, *text);
        size_t value;

        if (*text == ':' && count > 0 && count % 2 == 0 && text[1] != '\0') {
            continue;
        }
        if (digit == NULL || count == 2 * (size_t)CA_SERIAL_BYTES) {
            return false;
        }
        value = (size_t)(digit - digits);
        value = value < 16 ? value : value - 6;
        out[count / 2] =
            (unsigned char)(count % 2 == 0 ? value << 4 : out[count / 2] | value);
        count++;
    }
    return count == 2 * (size_t)CA_SERIAL_BYTES;
}

/* --- reading ------------------------------------------------------------------ */

typedef struct reader {
    postern_str text;
    size_t line; /* that was taken last */
    const char *place;
    ca_problem *problem;
} reader;

static bool damaged(const reader *r, const char *what)
{
    return ca_fail(r->problem, r->place,
                   "restore it from a backup; nothing was changed",
                   "line %zu is damaged: %s", r->line, what);
}

/* Every line has an end, the last one too: half a line is damage. */
static bool take_line(reader *r, postern_str *out)
{
    const char *end = r->text.len == 0 ? NULL : memchr(r->text.data, '\n', r->text.len);

    r->line++;
    if (end == NULL) {
        return damaged(r, "it has no end");
    }
    *out = (postern_str){r->text.data, (size_t)(end - r->text.data)};
    r->text.len -= out->len + 1;
    r->text.data = end + 1;
    return true;
}

/* What stands before the next space. */
static bool take_word(postern_str *line, char *out, size_t cap)
{
    size_t len = 0;

    while (len < line->len && line->data[len] != ' ') {
        len++;
    }
    if (len == line->len || len >= cap) {
        return false;
    }
    memcpy(out, line->data, len);
    out[len] = '\0';
    while (len < line->len && line->data[len] == ' ') {
        len++;
    }
    line->data += len;
    line->len -= len;
    return true;
}

/* "NAME NUMBER" */
static bool take_number(reader *r, const char *name, uint64_t least, uint64_t most,
                        uint64_t *out)
{
    const size_t len = strlen(name);
    postern_str line = {NULL, 0};
    uint64_t value = 0;

    if (!take_line(r, &line)) {
        return false;
    }
    if (line.len < len + 2 || line.len > len + 19 ||
        memcmp(line.data, name, len) != 0 || line.data[len] != ' ') {
        return damaged(r, name);
    }
    for (size_t i = len + 1; i < line.len; i++) {
        if (line.data[i] < '0' || line.data[i] > '9') {
            return damaged(r, name);
        }
        value = value * 10 + (uint64_t)(line.data[i] - '0');
    }
    *out = value;
    return (value >= least && value <= most) || damaged(r, name);
}

static bool read_entry(reader *r, postern_str line, ca_entry *out)
{
    char serial[CA_SERIAL_TEXT];
    char not_after[CA_MOMENT_TEXT]; /* without room for a fraction or an offset */
    char revoked[CA_MOMENT_TEXT];
    char reason[32];

    *out = (ca_entry){.revoked = false};
    if (!take_word(&line, serial, sizeof serial) ||
        !take_word(&line, not_after, sizeof not_after) ||
        !take_word(&line, revoked, sizeof revoked) ||
        !take_word(&line, reason, sizeof reason) || line.len == 0) {
        return damaged(r, "there are not five columns");
    }
    if (!ca_serial_parse(serial, out->serial)) {
        return damaged(r, "the serial number");
    }
    if (!ca_moment_parse(not_after, &out->not_after)) {
        return damaged(r, "when it ends");
    }
    out->revoked = strcmp(revoked, "-") != 0;
    if (out->revoked ? !ca_moment_parse(revoked, &out->revoked_at) ||
                           !ca_reason_parse(reason, &out->reason)
                     : strcmp(reason, "-") != 0) {
        return damaged(r, "when and why it was revoked");
    }
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] < ' ' || line.data[i] > '~') {
            return damaged(r, "the subject");
        }
    }
    out->subject = line;
    return true;
}

static int compare_serials(const void *a, const void *b)
{
    return memcmp(a, b, CA_SERIAL_BYTES);
}

/* Which of two lines would be revoked? */
static bool check_serials(reader *r, const ca_index *index)
{
    unsigned char *all = malloc(index->count * CA_SERIAL_BYTES + 1);
    const unsigned char *twice = NULL;

    if (all == NULL) {
        return ca_fail_memory(r->problem);
    }
    for (size_t i = 0; i < index->count; i++) {
        memcpy(all + i * CA_SERIAL_BYTES, index->entries[i].serial, CA_SERIAL_BYTES);
    }
    qsort(all, index->count, CA_SERIAL_BYTES, compare_serials);
    for (size_t i = 1; i < index->count && twice == NULL; i++) {
        const unsigned char *one = all + i * CA_SERIAL_BYTES;

        twice = compare_serials(one - CA_SERIAL_BYTES, one) == 0 ? one : NULL;
    }
    for (size_t i = 0; i < index->count && twice != NULL; i++) {
        if (compare_serials(index->entries[i].serial, twice) == 0) {
            r->line = LINES_ABOVE + i + 1;
        }
    }
    free(all);
    return twice == NULL || damaged(r, "its serial number is there twice");
}

/* What was read means what it says only if it is written the same way again. */
static bool check_print(reader *r, postern_str text, const ca_index *index)
{
    edge_text again = {0};
    size_t same = 0;
    bool ok;

    ca_index_print(index, &again);
    if (again.failed) {
        edge_text_free(&again);
        return ca_fail_memory(r->problem);
    }
    r->line = 1;
    while (same < text.len && same < again.len && text.data[same] == again.data[same]) {
        r->line += text.data[same++] == '\n' ? 1U : 0U;
    }
    ok = same == text.len && same == again.len;
    edge_text_free(&again);
    return ok || damaged(r, "it is not as this program writes it");
}

bool ca_index_parse(postern_str text, const char *place, ca_index *out,
                    ca_problem *problem)
{
    reader r = {.text = text, .place = place, .problem = problem};
    postern_str line = {NULL, 0};
    uint64_t days = 0;
    uint64_t count = 0;

    if (!take_line(&r, &line)) {
        return false;
    }
    if (!postern_str_equal(line, postern_text(TITLE))) {
        return damaged(&r, "this is no index");
    }
    if (!take_number(&r, "crl-number", 1, CA_CRL_NUMBER_LAST, &out->crl_number) ||
        !take_number(&r, "crl-days", 1, 36500, &days) ||
        !take_number(&r, "entries", 0, text.len, &count)) {
        return false;
    }
    out->crl_days = (int64_t)days;
    if (!take_line(&r, &line)) {
        return false;
    }
    if (line.len == 0 || line.data[0] != '#') {
        return damaged(&r, "the headings");
    }
    for (uint64_t i = 0; i < count; i++) {
        ca_entry entry;

        if (!take_line(&r, &line) || !read_entry(&r, line, &entry) ||
            !ca_index_add(out, &entry, problem)) {
            return false;
        }
    }
    r.line++;
    return (r.text.len == 0 || damaged(&r, "there are more lines than entries")) &&
           check_serials(&r, out) && check_print(&r, text, out);
}

/* --- writing ------------------------------------------------------------------ */

void ca_index_print(const ca_index *index, edge_text *out)
{
    edge_text_format(out, "%s\ncrl-number %" PRIu64 "\ncrl-days %" PRId64 "\n", TITLE,
                     index->crl_number, index->crl_days);
    edge_text_format(out, "entries %zu\n", index->count);
    edge_text_format(out, COLUMNS "subject\n", HEADINGS);
    for (size_t i = 0; i < index->count; i++) {
        const ca_entry *entry = &index->entries[i];
        char serial[CA_SERIAL_TEXT];
        char not_after[CA_MOMENT_TEXT];
        char revoked[CA_MOMENT_TEXT] = "-";

        ca_serial_print(entry->serial, serial);
        ca_moment_print(entry->not_after, not_after);
        if (entry->revoked) {
            ca_moment_print(entry->revoked_at, revoked);
        }
        edge_text_format(out, COLUMNS, serial, not_after, revoked,
                         entry->revoked ? ca_reason_name(entry->reason) : "-");
        edge_text_add(out, entry->subject);
        edge_text_format(out, "\n");
    }
}

/* --- entries ------------------------------------------------------------------ */

/* Revoking makes no line longer, because "-" is as wide as what takes its place. */
bool ca_index_has_room(size_t len, size_t subject_len)
{
    enum { COLUMNS_WIDTH = 104, NEW_LINE = 1, NUMBERS_GROW = 64 };
    const size_t needed = COLUMNS_WIDTH + NEW_LINE + NUMBERS_GROW;

    return len <= CA_FILE_MAX - needed && subject_len <= CA_FILE_MAX - needed - len;
}

bool ca_index_add(ca_index *index, const ca_entry *entry, ca_problem *problem)
{
    if (index->count == index->cap) {
        const size_t cap = index->cap == 0 ? 64 : 2 * index->cap;
        ca_entry *entries = realloc(index->entries, cap * sizeof *entries);

        if (entries == NULL) {
            return ca_fail_memory(problem);
        }
        index->entries = entries;
        index->cap = cap;
    }
    index->entries[index->count++] = *entry;
    return true;
}

ca_entry *ca_index_find(const ca_index *index,
                        const unsigned char serial[CA_SERIAL_BYTES])
{
    for (size_t i = 0; i < index->count; i++) {
        if (memcmp(index->entries[i].serial, serial, CA_SERIAL_BYTES) == 0) {
            return &index->entries[i];
        }
    }
    return NULL;
}

void ca_index_free(ca_index *index)
{
    free(index->entries);
    *index = (ca_index){0};
}
