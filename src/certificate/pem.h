/*
 * certificate/pem.h - the blocks of a PEM file (RFC 7468), one after the other.
 *
 * Text between blocks is skipped; inside, only base64 is accepted. What looks like
 * a damaged marker is an error, so that no certificate of a file is lost silently.
 */
#ifndef PST_CERTIFICATE_PEM_H
#define PST_CERTIFICATE_PEM_H

#include <postern/base.h>

typedef struct pst_pem {
    postern_str rest;
    size_t line; /* of the next line, from 1 */
} pst_pem;

typedef struct pst_pem_block {
    postern_str label;   /* "CERTIFICATE"; empty when the marker is damaged */
    postern_str base64;  /* pst_base64_decode() reads it */
    size_t line;         /* of the BEGIN marker, or of the damaged one */
    const char *problem; /* what is wrong with it, or NULL */
} pst_pem_block;

/** Starts at the beginning of a file. */
pst_pem pst_pem_start(postern_str text);

/** Reads the next block. Reading can go on after one with a problem.
 *  @return false at the end of the file */
bool pst_pem_next(pst_pem *pem, pst_pem_block *out);

/** True for the labels of private keys, encrypted or not. */
bool pst_pem_is_private_key(postern_str label);

#endif
