/*
 * certificate/peer.h - does a certificate belong to a host of this name?
 *
 * By RFC 9525: only the subject's alternative names count, never its common name. A
 * DNS name is compared label by label without ASCII case; `*` may stand for the whole
 * leftmost label and nothing else. An address equals an iPAddress and is never a DNS
 * name. For whoever connects to a server; the gate judges clients, which have no name
 * that could be known beforehand.
 */
#ifndef PST_CERTIFICATE_PEER_H
#define PST_CERTIFICATE_PEER_H

#include "certificate/certificate.h"

#include <postern/value.h>

typedef enum pst_peer_kind { PST_PEER_DNS, PST_PEER_ADDRESS } pst_peer_kind;

typedef struct pst_peer {
    pst_peer_kind kind;
    postern_str name; /* A-labels, of any case; one trailing dot is ignored */
    postern_address address;
} pst_peer;

/** True when `certificate` has the name or the address. False for a name that is none:
 *  letters, digits and inner hyphens in labels of 1 to 63 bytes, 253 in all, and not
 *  only digits in the last. A wildcard needs two labels behind it: `*.com` is nobody. */
bool pst_peer_is(const pst_certificate *certificate, const pst_peer *peer);

/** True when `text` is such a name, without wildcard and trailing dot. */
bool pst_peer_is_host(postern_str text);

#endif
