/* record.c - decisions and events as lines of JSON. */
#include "record.h"

static void add_matches(edge_text *line, const postern_verdict *verdict)
{
    const char *before = "";

    edge_text_format(line, ",\"matches\":[");
    for (size_t i = 0; i < verdict->match_count; i++) {
        const postern_rule_match *match = &verdict->matches[i];
        if (!match->log) {
            continue;
        }
        edge_text_format(line, "%s{\"rule\":", before);
        edge_text_quote(line, match->ref);
        edge_text_format(line, ",\"action\":\"%s\"}",
                         postern_action_text(match->action));
        before = ",";
    }
    edge_text_format(line, "]");
}

static void add_verdict(edge_text *line, const postern_verdict *verdict)
{
    edge_line_text(line, "host", verdict->host);
    edge_line_text(line, "target", verdict->target);
    edge_line_text(line, "outcome",
                   postern_text(postern_outcome_text(verdict->outcome)));
    edge_line_text(line, "rule", verdict->rule_ref);
    edge_line_text(line, "phase", verdict->phase);
    add_matches(line, verdict);
    edge_line_text(line, "certificate", verdict->certificate_reason);
    edge_line_text(line, "certificate_status", verdict->certificate_status);
    edge_line_text(line, "reason", verdict->reason);
    if (verdict->fault != POSTERN_OK) {
        edge_line_text(line, "fault",
                       postern_text(postern_status_text(verdict->fault)));
    }
    edge_line_number(line, "generation", (int64_t)verdict->generation);
}

/* Where it came from, and which host it named in the handshake. */
static void add_origin(edge_text *line, const edge_decision *decision)
{
    char peer[46] = "";

    (void)postern_address_format(&decision->peer, peer, sizeof peer);
    edge_line_text(line, "listener", decision->listener);
    edge_line_text(line, "peer", postern_text(peer));
    if (decision->sni.len > 0) {
        edge_line_text(line, "sni", decision->sni);
    }
}

void edge_record_refusal(edge_log *log, edge_text *line, const edge_decision *decision)
{
    edge_line_start(line, "handshake-refused");
    add_origin(line, decision);
    edge_line_text(line, "certificate", decision->reason);
    edge_line_write(line, log);
}

void edge_record_turned_away(edge_log *log, edge_text *line, postern_str listener,
                             const postern_address *last, uint64_t count)
{
    const edge_decision decision = {.listener = listener, .peer = *last};

    edge_line_start(line, "turned-away");
    add_origin(line, &decision);
    edge_line_number(line, "count", (int64_t)count);
    edge_line_write(line, log);
}

void edge_record_decision(edge_log *log, edge_text *line, const edge_decision *decision)
{
    const edge_head *head = decision->head;

    edge_line_start(line, "request");
    edge_line_text(line, "id", decision->id);
    add_origin(line, decision);
    if (head != NULL && head->progress == EDGE_DONE) {
        edge_line_text(line, "method", head->method);
        edge_line_text(line, "raw_target", head->target);
    }
    if (decision->verdict != NULL) {
        add_verdict(line, decision->verdict);
    } else {
        edge_line_text(line, "outcome",
                       postern_text(postern_outcome_text(POSTERN_BAD_REQUEST)));
        edge_line_text(line, "reason", decision->reason);
    }
    edge_line_number(line, "status", decision->status);
    edge_line_number(line, "duration_us", decision->duration_us);
    edge_line_write(line, log);
}

static void add_finding(edge_text *line, const postern_finding *finding)
{
    static const char *const severities[] = {"error", "warning", "note"};

    edge_text_format(line, "{\"severity\":\"%s\"", severities[finding->severity]);
    edge_line_text(line, "file", finding->file);
    edge_line_number(line, "line", (int64_t)finding->line);
    edge_line_number(line, "column", (int64_t)finding->column);
    edge_line_text(line, "message", finding->message);
    if (finding->hint.len > 0) {
        edge_line_text(line, "hint", finding->hint);
    }
    edge_text_format(line, "}");
}

void edge_record_event(edge_log *log, const char *event, postern_status status,
                       uint64_t generation, const postern_report *report)
{
    edge_text line = {0};
    postern_finding finding;

    edge_line_start(&line, event);
    if (status != POSTERN_OK) {
        edge_line_text(&line, "reason", postern_text(postern_status_text(status)));
    }
    if (generation > 0) {
        edge_line_number(&line, "generation", (int64_t)generation);
    }
    if (report != NULL) {
        edge_text_format(&line, ",\"findings\":[");
        for (size_t i = 0; postern_report_get(report, i, &finding); i++) {
            edge_text_format(&line, "%s", i == 0 ? "" : ",");
            add_finding(&line, &finding);
        }
        edge_text_format(&line, "]");
    }
    edge_line_write(&line, log);
    edge_text_free(&line);
}
