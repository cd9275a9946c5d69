/*
 * tests/immunity/stage.h - a real gate, a server behind it and one client, and what may
 * not happen on a connection where nobody proved anything.
 */
#ifndef STAGE_H
#define STAGE_H

#include "../gate/door.h"
#include "../tls/wire.h"

/* Rules that write down what they see. */
#define WATCH                                                        \
    LOG("presented", "cf.tls_client_auth.cert_presented")            \
    "," LOG("verified", "cf.tls_client_auth.cert_verified") "," LOG( \
        "revoked",                                                   \
        "cf.tls_client_auth.cert_revoked") "," LOG("resumed",        \
                                                   "postern.tls.resumed") ","

/* Two hosts with a CA each, a plain one, the two published rules, and the watchers. */
#define WATCHED POLICY(BOTH, "'" PLAIN "'", WATCH GUARDS, "")

/* Tests with a TLS version run once for each: loop index 1 is 1.3. */
enum { VERSIONS = 1 + HAVE_TLS13 };

extern door d;
extern side server; /* prepared */
extern side client; /* without a certificate */
extern wire w;

/** Makes all of them but `w`; `policy` is in force. */
void stage_up(const char *policy, bool tls13);

/** Closes the last connection as well. */
void stage_down(void);

/** Another connection, before its handshake, in place of the last one. */
void stage_open(const char *sni);

/** The same of another client. */
void stage_open_by(side *who, const char *sni);

/** Frees both ends of the connection; what the gate knows of it stays. */
void stage_hang_up(void);

/** stage_open() and the handshake; results are in `w`. */
void stage_shake(const char *sni);

/** Lets postern drive the server's end `turns` times; one byte arrives at a time, so
 *  that any state of a handshake can be the last one. @return what it said last */
int stage_begin(unsigned turns);

/** Resets the server's context for another client; the connection stays what it is. */
void stage_next_client(side *who, const char *sni);

/** True when rule `ref` of the last verdict matched. */
bool stage_saw(const char *ref);

/** Asks for every host: no registered one lets us in, no rule sees a certificate, and
 *  no reason speaks of one that was shown. */
void stage_nothing_is_presented(const char *what);

/** Asks for host a, which must let us in; not so b. */
void stage_a_is_presented(const char *what);

#endif
