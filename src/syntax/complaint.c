#include "syntax/complaint.h"

#include "support/report.h"
#include "support/text.h"

static void record(pst_complaints *complaints, postern_severity severity,
                   postern_status status, pst_span span, postern_str message,
                   const char *hint)
{
    const pst_expression_origin *origin = complaints->origin;
    postern_finding finding = {.status = status,
                               .severity = severity,
                               .message = message,
                               .hint = postern_text(hint)};

    pst_finding_place(&finding, complaints->expression, span.offset, span.length);
    if (origin != NULL) {
        finding.file = origin->file;
        origin->locate(origin->user, span.offset, &finding.line, &finding.column);
    }
    (void)pst_report_add(complaints->report, &finding);
}

static void error(pst_complaints *complaints, postern_status status, pst_span span,
                  postern_str message, const char *hint)
{
    if (complaints->errors == 0) {
        complaints->first = status;
    }
    if (complaints->errors++ < PST_COMPLAINTS_MAX) {
        record(complaints, POSTERN_ERROR, status, span, message, hint);
    }
}

void pst_complain(pst_complaints *complaints, postern_status status, pst_span span,
                  const char *message, const char *hint)
{
    error(complaints, status, span, postern_text(message), hint);
}

void pst_complain_of(pst_complaints *complaints, postern_status status, pst_span span,
                     const char *before, postern_str name, const char *after,
                     const char *hint)
{
    char text[256];
    pst_writer out = {text, sizeof text, 0};

    if (pst_complaints_full(complaints)) {
        complaints->errors++;
        return;
    }
    pst_write_text(&out, before);
    pst_write_text(&out, before[0] == '\0' ? "'" : " '");
    pst_write_printable(&out, pst_str_slice(name, 0, 100));
    pst_write_text(&out, name.len > 100 ? "...'" : "'");
    pst_write_text(&out, after);
    (void)pst_write_end(&out);
    error(complaints, status, span, postern_text(text), hint);
}

void pst_note(pst_complaints *complaints, pst_span span, const char *message,
              const char *hint)
{
    record(complaints, POSTERN_NOTE, POSTERN_OK, span, postern_text(message), hint);
}

void pst_warn(pst_complaints *complaints, pst_span span, const char *message,
              const char *hint)
{
    record(complaints, POSTERN_WARNING, POSTERN_OK, span, postern_text(message), hint);
}
