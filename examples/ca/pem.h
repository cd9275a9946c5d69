/*
 * pem.h - DER between lines of dashes (RFC 7468), both ways.
 */
#ifndef CA_PEM_H
#define CA_PEM_H

#include "../edge/text.h"
#include "der.h"

/**
 * Decodes the only block of `text` that has this label, or the same with "NEW " before.
 *
 * @param out receives memory that the caller frees
 * @param len receives how many bytes it holds
 * @return NULL, or what is wrong
 */
const char *ca_pem_decode(ca_bytes text, const char *label, unsigned char **out,
                          size_t *len);

/** Adds a block to `out`. */
void ca_pem_encode(ca_bytes der, const char *label, edge_text *out);

#endif
