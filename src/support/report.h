/*
 * support/report.h - how the library records a finding.
 *
 * The finder fills a pst_finding (borrowed text, all optional but status and
 * message) and the report copies it. The public half is postern/report.h.
 */
#ifndef PST_SUPPORT_REPORT_H
#define PST_SUPPORT_REPORT_H

#include <postern/report.h>

/** Adds a copy of `finding`. `report` may be NULL. When there is no memory the
 *  report says so instead. @return finding->status, so that a finder leaves in
 *  one line */
postern_status pst_report_add(postern_report *report, const postern_finding *finding);

/** Records running out of memory; never fails. @return POSTERN_NO_MEMORY */
postern_status pst_report_no_memory(postern_report *report);

/** Fills line, column, excerpt and caret of `finding` from `offset` in `text`:
 *  the line around it, cut to a readable length. */
void pst_finding_place(postern_finding *finding, postern_str text, size_t offset,
                       size_t length);

/** A place in a text whose line is known, so that the next one is found by counting
 *  from there and many findings in one text cost no more than reading it. Zeroed: the
 *  start of the text. */
typedef struct pst_line_cursor {
    size_t offset;
    size_t start; /* of the line */
    size_t lines; /* before it */
} pst_line_cursor;

/** Moves to `offset`, which is at most text.len. */
void pst_line_cursor_move(pst_line_cursor *cursor, postern_str text, size_t offset);

/** As pst_finding_place(), counting from `cursor` and leaving it at `offset`. */
void pst_finding_place_near(postern_finding *finding, pst_line_cursor *cursor,
                            postern_str text, size_t offset, size_t length);

#endif
