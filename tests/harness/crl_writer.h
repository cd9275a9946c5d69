/*
 * tests/harness/crl_writer.h - CRLs of any size and kind, really signed by a CA of the
 * corpus. Whatever cannot be done ends the program: it is needed by benches too, which
 * know no Check.
 */
#ifndef HARNESS_CRL_WRITER_H
#define HARNESS_CRL_WRITER_H

#include <postern/base.h>

enum { CRL_SERIAL_MAX = 64 };

/** Writes serial number `i` (contents of the INTEGER). @return its length */
typedef size_t (*crl_serial)(size_t i, unsigned char out[CRL_SERIAL_MAX]);

/** What a CRL says, of a CA with a P-256 key. Zeroed: by ca-a, of 2026, good until 2040, empty, without number. */
typedef struct crl_plan {
    const char *ca;          /* names corpus/ca/CA.der and corpus/keys/CA.key */
    const char *this_update; /* "YYMMDDhhmmssZ" */
    const char *next_update; /* the same; "": none */
    postern_str number;      /* contents of the INTEGER; NULL: none */
    postern_str extensions;  /* more of them, each with its tag */
    size_t count;
    crl_serial serial; /* NULL: crl_random_serial() */
} crl_plan;

/** Serial numbers of 20 bytes in no order, all different, positive. */
size_t crl_random_serial(size_t i, unsigned char out[CRL_SERIAL_MAX]);

/** The DER. The caller frees out.data. */
postern_str crl_write(const crl_plan *plan);

/** The same as PEM. */
postern_str crl_write_pem(const crl_plan *plan);

#endif
