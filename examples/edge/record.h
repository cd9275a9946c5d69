/* record.h - what the log says: one line for each decision, for each reload, and for
 * each client that a host refuses in the handshake, and one now and then for those
 * that are turned away. */
#ifndef EDGE_RECORD_H
#define EDGE_RECORD_H

#include "head.h"
#include "log.h"

#include <postern/report.h>
#include <postern/value.h>
#include <postern/verdict.h>

/** One decision. */
typedef struct edge_decision {
    postern_str id;
    postern_str listener;
    postern_address peer;
    postern_str sni;                /**< empty: none */
    const edge_head *head;          /**< NULL or refused: there are no parts */
    const postern_verdict *verdict; /**< NULL: the request was refused unread */
    unsigned status;                /**< that was answered; 0: none was */
    postern_str reason;             /**< without a verdict: why */
    int64_t duration_us;
} edge_decision;

/** Writes a decision, put together in `line`. */
void edge_record_decision(edge_log *log, edge_text *line,
                          const edge_decision *decision);

/** Writes that a handshake was refused because of the certificate, or for want of one:
 *  only listener, peer, sni and reason count. */
void edge_record_refusal(edge_log *log, edge_text *line, const edge_decision *decision);

/** Writes that a cap kept `count` clients out, and whom of them last. */
void edge_record_turned_away(edge_log *log, edge_text *line, postern_str listener,
                             const postern_address *last, uint64_t count);

/** Writes `event` with the findings of `report`, which may be NULL.
 *  @param status POSTERN_OK or why it failed */
void edge_record_event(edge_log *log, const char *event, postern_status status,
                       uint64_t generation, const postern_report *report);

#endif
