#include "support/report.h"

#include "support/alloc.h"
#include "support/text.h"

#include <string.h>

enum {
    EXCERPT_BEFORE = 60, /* bytes of the line shown before the piece, */
    EXCERPT_PIECE = 100, /* of the piece itself, */
    EXCERPT_AFTER = 100  /* and behind it */
};

struct postern_report {
    const postern_allocator *alloc;
    postern_finding *findings; /* each owns one block: file, excerpt, message, hint */
    size_t count;
    size_t cap;
    bool out_of_memory;
};

static const postern_finding no_memory = {
    .status = POSTERN_NO_MEMORY,
    .severity = POSTERN_ERROR,
    .message = POSTERN_STR("out of memory"),
};

postern_report *postern_report_new(const postern_allocator *alloc)
{
    postern_report *report;

    alloc = pst_alloc_or_default(alloc);
    report = pst_alloc_zeroed(alloc, sizeof *report);
    if (report != NULL) {
        report->alloc = alloc;
    }
    return report;
}

static size_t block_size(const postern_finding *finding)
{
    return finding->file.len + finding->excerpt.len + finding->message.len +
           finding->hint.len;
}

void postern_report_clear(postern_report *report)
{
    if (report == NULL) {
        return;
    }
    for (size_t i = 0; i < report->count; i++) {
        const postern_finding *finding = &report->findings[i];
        /* file is the first string of the finding's own block */
        pst_free(report->alloc, pst_unconst(finding->file.data), block_size(finding));
    }
    report->count = 0;
    report->out_of_memory = false;
}

void postern_report_free(postern_report *report)
{
    if (report == NULL) {
        return;
    }
    postern_report_clear(report);
    pst_free_array(report->alloc, report->findings, report->cap,
                   sizeof *report->findings);
    pst_free(report->alloc, report, sizeof *report);
}

size_t postern_report_count(const postern_report *report)
{
    return report == NULL ? 0 : report->count + report->out_of_memory;
}

size_t postern_report_count_of(const postern_report *report, postern_severity severity)
{
    postern_finding finding;
    size_t count = 0;

    for (size_t i = 0; postern_report_get(report, i, &finding); i++) {
        count += finding.severity == severity;
    }
    return count;
}

bool postern_report_get(const postern_report *report, size_t index,
                        postern_finding *out)
{
    if (index >= postern_report_count(report)) {
        return false;
    }
    *out = index < report->count ? report->findings[index] : no_memory;
    return true;
}

static postern_str move_in(char **at, postern_str text)
{
    const postern_str moved = {*at, text.len};

    if (text.len > 0 && *at != NULL) {
        memcpy(*at, text.data, text.len);
    }
    *at += text.len;
    return moved;
}

postern_status pst_report_add(postern_report *report, const postern_finding *finding)
{
    void *findings;
    postern_finding *added;
    size_t size;
    char *block = NULL;

    if (report == NULL) {
        return finding->status;
    }
    findings = report->findings;
    if (!pst_grow(report->alloc, &findings, report->count, &report->cap,
                  sizeof *report->findings)) {
        (void)pst_report_no_memory(report);
        return finding->status;
    }
    report->findings = findings;
    size = block_size(finding);
    if (size > 0) {
        block = pst_alloc(report->alloc, size);
        if (block == NULL) {
            (void)pst_report_no_memory(report);
            return finding->status;
        }
    }
    added = &report->findings[report->count++];
    *added = *finding;
    added->file = move_in(&block, finding->file);
    added->excerpt = move_in(&block, finding->excerpt);
    added->message = move_in(&block, finding->message);
    added->hint = move_in(&block, finding->hint);
    return finding->status;
}

postern_status pst_report_no_memory(postern_report *report)
{
    if (report != NULL) {
        report->out_of_memory = true;
    }
    return POSTERN_NO_MEMORY;
}

void pst_line_cursor_move(pst_line_cursor *cursor, postern_str text, size_t offset)
{
    const bool back = offset < cursor->offset;
    const size_t from = back ? offset : cursor->offset;
    const size_t to = back ? cursor->offset : offset;
    size_t breaks = 0;

    for (size_t i = from; i < to; i++) {
        if (text.data[i] == '\n') {
            breaks++;
            cursor->start = i + 1;
        }
    }
    cursor->offset = offset;
    if (!back) {
        cursor->lines += breaks;
    } else if (breaks > 0) {
        cursor->lines -= breaks;
        cursor->start = offset;
        while (cursor->start > 0 && text.data[cursor->start - 1] != '\n') {
            cursor->start--;
        }
    }
}

void pst_finding_place_near(postern_finding *finding, pst_line_cursor *cursor,
                            postern_str text, size_t offset, size_t length)
{
    const size_t shown = length < EXCERPT_PIECE ? length : EXCERPT_PIECE;
    size_t end = offset;
    size_t from;

    pst_line_cursor_move(cursor, text, offset);
    while (end < text.len && end < offset + shown + EXCERPT_AFTER &&
           text.data[end] != '\n' && text.data[end] != '\r') {
        end++;
    }
    from = offset - cursor->start > EXCERPT_BEFORE ? offset - EXCERPT_BEFORE
                                                   : cursor->start;
    finding->line = cursor->lines + 1;
    finding->column = offset - cursor->start + 1;
    finding->offset = offset;
    finding->length = length;
    finding->excerpt = pst_str_slice(text, from, end);
    finding->caret = offset - from;
}

void pst_finding_place(postern_finding *finding, postern_str text, size_t offset,
                       size_t length)
{
    pst_line_cursor start = {0, 0, 0};

    pst_finding_place_near(finding, &start, text, offset, length);
}

/* A tab, as files are indented with, takes one column. */
static void write_line(pst_writer *out, postern_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\t') {
            pst_write_byte(out, ' ');
        } else {
            pst_write_printable(out, pst_str_slice(text, i, i + 1));
        }
    }
}

/* The excerpt and, below it, carets under the piece. Bytes that are shown as
 * \xHH take four columns. */
static void write_excerpt(pst_writer *out, const postern_finding *finding)
{
    const postern_str before = pst_str_slice(finding->excerpt, 0, finding->caret);
    const postern_str piece = pst_str_slice(finding->excerpt, finding->caret,
                                            finding->caret + finding->length);
    pst_writer width = {NULL, 0, 0};

    pst_write_text(out, "    ");
    write_line(out, finding->excerpt);
    pst_write_text(out, "\n    ");
    write_line(&width, before);
    for (size_t i = 0; i < width.len; i++) {
        pst_write_byte(out, ' ');
    }
    width.len = 0;
    write_line(&width, piece);
    for (size_t i = 0; i < (width.len == 0 ? 1 : width.len); i++) {
        pst_write_byte(out, '^');
    }
    pst_write_byte(out, '\n');
}

size_t postern_report_render(const postern_report *report, size_t index, char *buf,
                             size_t cap)
{
    static const char *const severities[] = {"error: ", "warning: ", "note: "};
    pst_writer out = {buf, cap, 0};
    postern_finding finding;

    if (!postern_report_get(report, index, &finding)) {
        return pst_write_end(&out);
    }
    pst_write_printable(&out, finding.file);
    if (finding.line > 0) {
        if (finding.file.len > 0) {
            pst_write_byte(&out, ':');
        }
        pst_write_size(&out, finding.line);
    }
    if (finding.line > 0 && finding.column > 0) {
        pst_write_byte(&out, ':');
        pst_write_size(&out, finding.column);
    }
    if (out.len > 0) {
        pst_write_text(&out, ": ");
    }
    pst_write_text(&out, severities[finding.severity]);
    pst_write_printable(&out, finding.message);
    pst_write_byte(&out, '\n');
    if (finding.excerpt.len > 0) {
        write_excerpt(&out, &finding);
    }
    if (finding.hint.len > 0) {
        pst_write_text(&out, "    ");
        pst_write_printable(&out, finding.hint);
        pst_write_byte(&out, '\n');
    }
    return pst_write_end(&out);
}

const char *postern_status_text(postern_status status)
{
    switch (status) {
#define X(suffix, value, text) \
    case POSTERN_##suffix:     \
        return text;
        POSTERN_STATUS_MAP(X)
#undef X
    }
    return "unknown status";
}
