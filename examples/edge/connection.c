/* connection.c - the states of a connection, one function each. */
#define _GNU_SOURCE
#include "connection.h"

#include "answer.h"
#include "clock.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BODY_ROOM = 4096, /* bytes of a body are read behind the head */
    IN_A_ROW = 16     /* answers before others get their turn */
};

/* What a state's function says. */
typedef enum step { GO_ON, READ, WRITE, TURN, GONE } step;

static void start_timer(edge_connection *connection, edge_deadline kind)
{
    edge_timer_start(&connection->work->timers, &connection->timer, kind,
                     edge_now_ms());
}

static void start_head(edge_connection *connection)
{
    const edge_limits *limits = &connection->work->server->config->limits;

    connection->state = EDGE_HEAD;
    edge_head_start(&connection->head, connection->headers, limits->headers,
                    limits->head_bytes);
    start_timer(connection,
                connection->in_len > 0 ? EDGE_DEADLINE_REQUEST : EDGE_DEADLINE_IDLE);
}

static void link_in(edge_connection *connection)
{
    edge_work *work = connection->work;

    connection->after = work->connections;
    if (connection->after != NULL) {
        connection->after->before = connection;
    }
    work->connections = connection;
}

static void unlink_from(edge_connection *connection)
{
    if (connection->before != NULL) {
        connection->before->after = connection->after;
    } else {
        connection->work->connections = connection->after;
    }
    if (connection->after != NULL) {
        connection->after->before = connection->before;
    }
}

edge_connection *edge_connection_new(edge_work *work, const edge_listener *listener,
                                     int fd, const postern_address *address,
                                     edge_guest *guest)
{
    const edge_server *server = work->server;
    const edge_limits *limits = &server->config->limits;
    edge_connection *connection = calloc(1, sizeof *connection);

    if (connection == NULL) {
        edge_admission_leave(server->admission, guest);
        (void)close(fd);
        return NULL;
    }
    connection->source = EDGE_SOURCE_CLIENT;
    connection->waits = EDGE_WAIT_NOTHING;
    connection->work = work;
    connection->listener = listener;
    connection->address = *address;
    connection->guest = guest;
    link_in(connection);
    connection->in_cap = limits->head_bytes + BODY_ROOM;
    connection->in = malloc(connection->in_cap);
    connection->headers = calloc(limits->headers, sizeof *connection->headers);
    (void)postern_connection_new(server->gate, address, listener->name,
                                 &connection->evidence);
    edge_stream_init(&connection->stream, fd);
    if (connection->in == NULL || connection->headers == NULL ||
        connection->evidence == NULL ||
        (listener->tls &&
         !edge_stream_secure(&connection->stream, work->tls, limits->handshake_bytes,
                             connection->evidence))) {
        edge_connection_free(connection);
        return NULL;
    }
    if (listener->tls) {
        connection->state = EDGE_HANDSHAKE;
        start_timer(connection, EDGE_DEADLINE_HANDSHAKE);
    } else {
        start_head(connection);
    }
    return connection;
}

void edge_connection_free(edge_connection *connection)
{
    edge_timer_stop(&connection->timer);
    edge_timer_stop(&connection->turn);
    unlink_from(connection);
    edge_admission_leave(connection->work->server->admission, connection->guest);
    edge_stream_close(&connection->stream);
    postern_connection_free(connection->evidence);
    edge_text_free(&connection->out);
    free(connection->headers);
    free(connection->in);
    free(connection);
}

/* Fails only when there is no randomness. */
static bool make_id(edge_connection *connection, char id[33])
{
    unsigned char bytes[16];

    if (!edge_tls_random(connection->work->tls, bytes, sizeof bytes)) {
        return false;
    }
    for (size_t i = 0; i < sizeof bytes; i++) {
        id[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        id[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    id[32] = '\0';
    return true;
}

static void remove_input(edge_connection *connection, size_t from, size_t len)
{
    connection->in_len -= len;
    memmove(connection->in + from, connection->in + from + len,
            connection->in_len - from);
}

/* Puts the answer together, if there is to be one, and writes the decision down. */
static step answer_with(edge_connection *connection, const edge_answer *answer,
                        edge_decision *decision)
{
    edge_work *work = connection->work;

    if (answer->status != 0) {
        edge_answer_write(&connection->out, answer);
    }
    decision->status = connection->out.failed ? 0 : answer->status;
    decision->id = answer->id;
    decision->listener = connection->listener->name;
    decision->peer = connection->address;
    decision->sni = postern_connection_sni(connection->evidence);
    decision->head = &connection->head;
    edge_record_decision(work->server->log, &work->line, decision);
    if (connection->out.failed) {
        return GONE;
    }
    if (answer->status == 0) {
        connection->state = EDGE_GOODBYE;
        return GO_ON;
    }
    connection->state = EDGE_ANSWER;
    connection->out_sent = 0;
    start_timer(connection, EDGE_DEADLINE_ANSWER);
    return GO_ON;
}

/* A request that is not even looked at: where the next one begins is not known. */
static step refuse(edge_connection *connection, unsigned status, const char *reason)
{
    char id[33];
    const edge_answer answer = {
        .status = status, .id = {id, 32},
             .close = true
    };
    edge_decision decision = {.reason = postern_text(reason)};

    connection->close = true;
    return make_id(connection, id) ? answer_with(connection, &answer, &decision) : GONE;
}

/* What fails here poisons the request, and the gate refuses it. */
static void fill_request(edge_connection *connection)
{
    postern_request *request = connection->work->request;
    const edge_head *head = &connection->head;

    (void)postern_request_begin(request, connection->evidence, head->method,
                                head->target, head->version);
    for (size_t i = 0; i < head->header_count; i++) {
        (void)postern_request_add_header(request, head->headers[i].name,
                                         head->headers[i].value);
    }
}

static step judge(edge_connection *connection)
{
    const edge_server *server = connection->work->server;
    const edge_head *head = &connection->head;
    const int64_t begun = edge_now_us();
    postern_verdict verdict = {0};
    edge_decision decision = {.verdict = &verdict};
    char id[33];
    edge_answer answer = {
        .id = {id, 32},
          .status = 200
    };

    if (!make_id(connection, id)) {
        return GONE;
    }
    fill_request(connection);
    postern_gate_evaluate(server->gate, connection->work->request, &verdict);
    decision.duration_us = edge_now_us() - begun;
    if (!postern_verdict_allows(&verdict)) {
        /* No status, or none that could be a refusal: close without an answer. */
        answer.status =
            verdict.status >= 400 && verdict.status <= 599 ? verdict.status : 0;
        answer.content_type = verdict.content_type;
        answer.body = verdict.body;
    }
    connection->close =
        connection->close || verdict.close || !head->keep_alive ||
        answer.status == 421 || connection->work->stopping ||
        connection->answered + 1 >= server->config->limits.requests_per_connection;
    answer.close = connection->close;
    answer.head = postern_str_equal(head->method, (postern_str)POSTERN_STR("HEAD"));
    return answer_with(connection, &answer, &decision);
}

static step wait_for(edge_io io)
{
    switch (io) {
    case EDGE_IO_OK:
        return GO_ON;
    case EDGE_IO_WANT_READ:
        return READ;
    case EDGE_IO_WANT_WRITE:
        return WRITE;
    case EDGE_IO_END:
        break;
    }
    return GONE;
}

/* The host requires a good certificate, and the client was told that it has none: it
 * gets the time to read so. Other failures are not worth a line. */
static step refuse_handshake(edge_connection *connection, postern_str reason)
{
    edge_work *work = connection->work;
    const edge_decision decision = {
        .listener = connection->listener->name,
        .peer = connection->address,
        .sni = postern_connection_sni(connection->evidence),
        .reason = reason,
    };

    edge_record_refusal(work->server->log, &work->line, &decision);
    edge_admission_shaken(work->server->admission, connection->guest);
    connection->state = EDGE_GOODBYE;
    return GO_ON;
}

static step on_handshake(edge_connection *connection)
{
    edge_admission *admission = connection->work->server->admission;
    postern_str refusal;
    int64_t cpu;
    edge_io io;

    switch (edge_admission_begin(admission, connection->guest, edge_now_ms())) {
    case EDGE_TURN_NEVER:
        edge_work_turn_away(connection->work, connection->listener,
                            &connection->address);
        return GONE;
    case EDGE_TURN_LATER:
        edge_timer_start(&connection->work->timers, &connection->turn,
                         EDGE_DEADLINE_TURN, edge_now_ms());
        return TURN;
    case EDGE_TURN_NOW:
        break;
    }
    cpu = edge_cpu_us();
    io = edge_stream_handshake(&connection->stream, connection->evidence);
    edge_admission_end(admission, connection->guest, edge_cpu_us() - cpu,
                       edge_now_ms());
    refusal = postern_connection_refusal(connection->evidence);
    if (io == EDGE_IO_OK) {
        edge_admission_shaken(admission, connection->guest);
        start_head(connection);
    } else if (io == EDGE_IO_END && refusal.len > 0) {
        return refuse_handshake(connection, refusal);
    }
    return wait_for(io);
}

/* There is always room: a head is shorter than the buffer, and what there is of a
 * body is gone before more is read. */
static step read_more(edge_connection *connection)
{
    size_t got;
    const edge_io io =
        edge_stream_read(&connection->stream, connection->in + connection->in_len,
                         connection->in_cap - connection->in_len, &got);

    if (io == EDGE_IO_OK && connection->in_len == 0) {
        start_timer(connection, EDGE_DEADLINE_REQUEST);
    }
    connection->in_len += got;
    return wait_for(io);
}

static step on_head(edge_connection *connection)
{
    edge_head *head = &connection->head;

    switch (edge_head_read(head, connection->in, connection->in_len)) {
    case EDGE_MORE:
        return read_more(connection);
    case EDGE_REFUSED:
        return refuse(connection, head->status, head->reason);
    case EDGE_DONE:
        break;
    }
    edge_body_start(&connection->body, head);
    connection->state = EDGE_BODY;
    return GO_ON;
}

static step on_body(edge_connection *connection)
{
    const edge_head *head = &connection->head;
    const size_t rest = connection->in_len - head->length;
    edge_body_progress progress = EDGE_BODY_TOO_LARGE;
    size_t used = 0;

    /* A client that waits for "100 Continue" gets its answer instead of the words,
     * and may then send the body or not: the connection cannot go on. */
    if (head->framing == EDGE_FRAMING_NONE || !head->expects) {
        progress = edge_body_skip(&connection->body, connection->in + head->length,
                                  rest, &used);
        remove_input(connection, head->length, used);
    }
    switch (progress) {
    case EDGE_BODY_MORE:
        return read_more(connection);
    case EDGE_BODY_BAD:
        return refuse(connection, 400, "malformed chunk");
    case EDGE_BODY_TOO_LARGE:
        connection->close = true;
        break;
    case EDGE_BODY_DONE:
        break;
    }
    return judge(connection);
}

static step on_answer(edge_connection *connection)
{
    const edge_text *out = &connection->out;
    size_t sent = 0;
    edge_io io;

    if (connection->out_sent < out->len) {
        io = edge_stream_write(&connection->stream,
                               (postern_str){out->data + connection->out_sent,
                                             out->len - connection->out_sent},
                               &sent);
        connection->out_sent += sent;
        return wait_for(io);
    }
    if (connection->close) {
        connection->state = EDGE_GOODBYE;
        return GO_ON;
    }
    remove_input(connection, 0, connection->head.length);
    start_head(connection);
    connection->answered++;
    /* Others get their turn: the socket can nearly always be written, so epoll
     * comes back to this one soon. */
    return connection->answered % IN_A_ROW == 0 ? WRITE : GO_ON;
}

static step on_goodbye(edge_connection *connection)
{
    edge_stream_finish(&connection->stream);
    connection->state = EDGE_LINGER;
    start_timer(connection, EDGE_DEADLINE_LINGER);
    return GO_ON;
}

static step on_linger(edge_connection *connection)
{
    const edge_io io = edge_stream_drain(&connection->stream);

    return io == EDGE_IO_OK ? READ : wait_for(io); /* one piece at a time */
}

edge_wait edge_connection_go_on(edge_connection *connection)
{
    static step (*const on_state[])(edge_connection *) = {
        [EDGE_HANDSHAKE] = on_handshake, [EDGE_HEAD] = on_head,
        [EDGE_BODY] = on_body,           [EDGE_ANSWER] = on_answer,
        [EDGE_GOODBYE] = on_goodbye,     [EDGE_LINGER] = on_linger,
    };

    for (;;) {
        switch (on_state[connection->state](connection)) {
        case GO_ON:
            break;
        case READ:
            return EDGE_WAIT_READ;
        case WRITE:
            return EDGE_WAIT_WRITE;
        case TURN:
            return EDGE_WAIT_TURN;
        case GONE:
            return EDGE_WAIT_NOTHING;
        }
    }
}

edge_wait edge_connection_expire(edge_connection *connection, edge_deadline kind)
{
    switch (kind) {
    case EDGE_DEADLINE_TURN:
        return edge_connection_go_on(connection);
    case EDGE_DEADLINE_REQUEST:
        if (refuse(connection, 408, "request took too long") == GONE) {
            return EDGE_WAIT_NOTHING;
        }
        return edge_connection_go_on(connection);
    case EDGE_DEADLINE_IDLE:
        connection->state = EDGE_GOODBYE;
        return edge_connection_go_on(connection);
    case EDGE_DEADLINE_HANDSHAKE:
    case EDGE_DEADLINE_ANSWER:
    case EDGE_DEADLINE_LINGER:
    case EDGE_DEADLINES:
        break;
    }
    return EDGE_WAIT_NOTHING;
}

edge_wait edge_connection_wind_up(edge_connection *connection)
{
    if (connection->state == EDGE_HANDSHAKE) {
        return EDGE_WAIT_NOTHING;
    }
    if (connection->state == EDGE_HEAD && connection->in_len == 0) {
        connection->state = EDGE_GOODBYE;
        return edge_connection_go_on(connection);
    }
    connection->close = true;
    return connection->waits;
}
