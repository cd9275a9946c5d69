/*
 * certificate/name.h - distinguished names: their structure, the two texts that
 * rules compare, and the common names.
 *
 * A Name is passed as DER with its tag. Both texts are printable ASCII whatever the
 * name holds, and equal what OpenSSL 3 prints, so that an administrator can paste
 * the output of its command line into a rule.
 */
#ifndef PST_CERTIFICATE_NAME_H
#define PST_CERTIFICATE_NAME_H

#include "support/arena.h"

/** More attributes than this in one name: malformed. */
enum { PST_ATTRIBUTES_MAX = 256 };

/** True when `name` is a well-formed RDNSequence that the functions below can
 *  print. They may be called only then. */
bool pst_name_check(postern_str name);

/** True when `name` has no attribute at all. */
bool pst_name_is_empty(postern_str name);

/** RFC 2253: last RDN first, `openssl x509 -nameopt RFC2253`. @return false: see
 *  arena->status */
bool pst_name_rfc2253(pst_arena *arena, postern_str name, postern_str *out);

/** "/C=PT/O=x", `openssl x509 -nameopt compat`; `/` and `+` inside values get a
 *  backslash. */
bool pst_name_legacy(pst_arena *arena, postern_str name, postern_str *out);

/** Every commonName in order, as UTF-8. One that is not text is left out. */
bool pst_name_common(pst_arena *arena, postern_str name, const postern_str **items,
                     size_t *count);

#endif
