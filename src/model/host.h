/*
 * model/host.h - the one normal form of a host name.
 *
 * Lower case, no port, no trailing dot; letters, digits, `-`, `_` in labels of 1
 * to 63 bytes, 253 in all; or an IPv6 literal in brackets, as RFC 5952 writes it.
 * SNI, registration, http.host and routing all go through this function, so that
 * two spellings of a host are never two hosts.
 */
#ifndef PST_MODEL_HOST_H
#define PST_MODEL_HOST_H

#include <postern/base.h>

enum { PST_HOST_MAX = 253, PST_HOST_LABEL_MAX = 63 };

typedef struct pst_host {
    char name[PST_HOST_MAX + 1]; /* not NUL-terminated */
    uint8_t len;                 /* 0: none */
    int32_t port;                /* -1: none was given */
} pst_host;

typedef enum pst_host_form {
    PST_HOST_BARE,     /* SNI, policy files: no port */
    PST_HOST_WITH_PORT /* Host header, authority: a port may follow */
} pst_host_form;

/** @return false when `text` is not a host: *out is then empty */
bool pst_host_normalise(postern_str text, pst_host_form form, pst_host *out);

/** The normal form; borrowed from `host`. */
postern_str pst_host_name(const pst_host *host);

#endif
