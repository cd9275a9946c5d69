/*
 * gate/connection.h - the connection behind the public handle: the evidence a
 * handshake left, and what the gate makes of it.
 *
 * Evidence never changes after set_tls. What rules see of it is a judgement, made
 * for one policy and one span of time and made again for another. Policies that differ
 * in lists only are one here.
 */
#ifndef PST_GATE_CONNECTION_H
#define PST_GATE_CONNECTION_H

#include "gate/hello.h"
#include "gate/policy.h"

#include <postern/gate.h>

/** The handshake's facts, copied. */
typedef struct pst_evidence {
    bool tls;     /* set_tls was called */
    bool misused; /* ... twice, with nothing, or names differed: presents nothing */
    bool fresh;
    bool asked;     /* for a certificate, because the SNI was registered */
    uint64_t trust; /* of the body of the policy that asked */
    postern_str version;
    postern_str cipher;
    postern_str alpn;
    const postern_str *chain; /* leaf first */
    size_t chain_count;
    const postern_path_step *path; /* as built in the handshake; may be NULL */
    size_t path_count;
    pst_hello hello;
} pst_evidence;

struct postern_connection {
    postern_gate *gate;
    postern_scheme *scheme;
    postern_str listener;
    bool has_peer;
    pst_ip peer;
    bool sni_seen;
    pst_host sni;
    pst_evidence evidence;
    pst_arena evidence_memory;
    const postern_policy *policy; /* one reference; NULL before the first look */
    const postern_policy *asking; /* one more, while a handshake may use its anchors */
    postern_str refusal;          /* why `accepts` said no, last time; may be empty */
    /* --- the judgement --- */
    bool judged;        /* by the body of `policy` */
    uint64_t judgement; /* its number: what requests know the fields below by */
    bool dated;         /* ... and only from `from` to before `until`, Unix seconds */
    int64_t from;
    int64_t until;
    pst_arena facts_memory;
    pst_value values[PST_FIELD_CONNECTION_COUNT];
    uint8_t states[PST_FIELD_CONNECTION_COUNT];
    postern_str status;    /* Cloudflare's word for the reason; static */
    pst_standing standing; /* of the SNI, when it was seen, in the policy's body */
    /* --- */
    void *adapter;
    void (*free_adapter)(void *adapter);
};

/**
 * Brings the connection up to the gate's current policy and the present time: takes
 * the policy in force and judges the evidence when the last judgement does not hold
 * any more.
 *
 * @return POSTERN_OK: connection->policy is current, values and states are filled;
 *         otherwise a fault
 */
postern_status pst_connection_refresh(postern_connection *connection);

#endif
