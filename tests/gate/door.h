/*
 * tests/gate/door.h - a gate with its policy, a clock that is set by hand, one
 * connection and one request: what a test of the gate needs. Everything is public
 * API of the real library; any failure to set things up fails the test.
 */
#ifndef DOOR_H
#define DOOR_H

#include "../harness/harness.h"

#include <postern/gate.h>
#include <postern/mbedtls.h>

/* --- policies: ' stands for ", and ` for the quotes inside an expression ------------ */

#define MTLS(name, ca, more) \
    "{'hostname':'" name "','ca':['corpus/ca/" ca ".pem']" more "}"
#define CRL(name) ",'crl':['corpus/crl/" name ".pem']"

#define LOG(ref, expression) \
    "{'ref':'" ref "','action':'log','expression':'" expression "'}"
#define BLOCK(ref, expression) \
    "{'ref':'" ref "','action':'block','expression':'" expression "'}"
#define SKIP(ref, expression)                                        \
    "{'ref':'" ref "','action':'skip','expression':'" expression "'" \
    ",'action_parameters':{'ruleset':'current'}}"

#define POLICY(hosts, plain, rules, more)                                             \
    "{'version':1,'mtls':{'hosts':[" hosts "]},'plain_hosts':[" plain "]"             \
    ",'rulesets':[{'phase':'http_request_firewall_custom','rules':[" rules "]}]" more \
    "}"

/* Two hosts that trust one CA each, a plain one, and the two published rules. */
#define A "a.example"
#define B "b.example"
#define PLAIN "www.example"
#define UNKNOWN "else.example"
#define BOTH MTLS(A, "ca-a", CRL("crl-a")) "," MTLS(B, "ca-b", "")
#define GUARDED "http.host in {`" A "` `" B "`}"
#define GUARDS                                                  \
    SKIP("in", "cf.tls_client_auth.cert_verified and " GUARDED) \
    "," BLOCK("out", GUARDED)
#define USUAL POLICY(BOTH, "'" PLAIN "'", GUARDS, "")

/** January 2027, in seconds: inside the validity of what is not said to be outside. */
#define NOW INT64_C(1800000000)

typedef struct door {
    counting_heap heap;
    int64_t now; /* what the clock says, in milliseconds */
    unsigned clock_calls;
    postern_scheme *scheme;
    postern_policy *policy; /* the last one loaded */
    postern_gate *gate;
    postern_connection *connection;
    postern_request *request;
    postern_verdict verdict;
} door;

/** Loads `policy` and makes gate and request; the time is NOW. */
void door_open(door *d, const char *policy);
void door_open_limited(door *d, const char *policy, const postern_limits *limits);

/** Likewise, with another crypto table than mbedTLS's. */
void door_open_crypto(door *d, const char *policy, const postern_crypto *crypto);

/** Frees everything and checks that nothing is left. */
void door_close(door *d);

/** Loads another policy; a test that expects a failure passes `out`. */
postern_policy *door_policy(door *d, const char *text);
postern_status door_load(const postern_scheme *scheme, const char *text,
                         postern_policy **out);

/** Loads `text` and puts it in force. */
void door_replace(door *d, const char *text);

/** Loads `text` and puts it in force, as a server does it that is told to: when it does
 *  not load nothing changes. d->policy stays what it was. */
postern_status door_reload(door *d, const char *text, postern_report *report);

/** A new connection in place of the old one, on which nothing has happened. */
void door_connect(door *d);

/** A new connection after a good handshake, told of as an adapter without a path does:
 *  NULL for no server name, NULL for no certificate. */
void door_tls(door *d, const char *sni, const char *leaf, const char *chain);

/** Reads certs/LEAF.der (or "bad/..." or "extra/...") and chains/CHAIN.pem, unless
 *  NULL; they live until door_close(). @return how many */
size_t door_chain(const char *leaf, const char *chain, postern_str *out, size_t cap);

/** Begins a request; headers are name, value, name, ..., NULL. */
void door_begin(door *d, const char *method, const char *target, const char *version,
                const char *const *headers);

/** Evaluates what was begun, and checks what holds for every verdict. */
const postern_verdict *door_judge(door *d);

/** GET / of `host` over HTTP/1.1, judged. */
const postern_verdict *door_ask(door *d, const char *host);

/** True when `expression` holds for GET / of `host`, judged by a policy with the usual
 *  hosts that knows no other rule; the policy in force is put back. */
bool door_sees(door *d, const char *host, const char *expression);

/** What a verdict is expected to be. NULL: empty. */
typedef struct answer {
    postern_outcome outcome;
    unsigned status;
    bool close;
    const char *rule;
    const char *certificate; /* certificate_reason */
} answer;

extern const answer let_in;      /* by rule "in", with a good certificate */
extern const answer misdirected; /* 421; the certificate's reason is not looked at */
extern const answer bad_request; /* 400, likewise */
answer kept_out(const char *certificate); /* by rule "out" */
answer faulted(void);                     /* 503 */

/** Fails the test, naming `what`, when the last verdict is not `expected`. */
void door_expect(const door *d, const char *what, answer expected);

bool text_is(postern_str text, const char *expected);

#endif
