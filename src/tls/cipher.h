/*
 * tls/cipher.h - the name rules see for a cipher suite.
 */
#ifndef PST_TLS_CIPHER_H
#define PST_TLS_CIPHER_H

#include <postern/base.h>

/** The name `cf.tls_cipher` shows for the suite mbedTLS calls `name`: see
 *  cipher_names.def. NULL gives the empty string. Borrows. */
postern_str pst_tls_cipher_name(const char *name);

#endif
