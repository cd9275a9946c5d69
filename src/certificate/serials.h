/*
 * certificate/serials.h - the serial numbers of a CRL: a table that is small, is built
 * once and answers in a few memory reads.
 *
 * It keeps a 64-bit fingerprint of each number, since numbers of up to 20 random bytes
 * cannot be kept exactly in less than 18. A number that was put in is always found: a
 * revoked certificate is never missed. One that was not put in is found, and its
 * certificate refused, with a probability of `count` in 2^64 (for a million entries:
 * once in 18 million million certificates). Whoever chooses a serial number cannot raise
 * that, as long as the seed is not known to him when he chooses.
 *
 * Memory: 8 bytes an entry for the fingerprints and half a byte for the index.
 */
#ifndef PST_CERTIFICATE_SERIALS_H
#define PST_CERTIFICATE_SERIALS_H

#include <postern/base.h>

/** Zeroed: no numbers. */
typedef struct pst_serials {
    uint64_t *prints; /* by bucket, ascending in each */
    uint32_t *starts; /* bucket b is prints[starts[b]] up to prints[starts[b + 1]] */
    size_t count;
    size_t buckets;
    uint64_t seed;
} pst_serials;

/**
 * Makes room for `count` numbers, which pst_serials_put() fills and
 * pst_serials_arrange() puts in order; only then may the table be asked.
 *
 * @param seed chooses the function of the fingerprints
 * @param out  freed with pst_serials_free(); zeroed on failure
 * @return POSTERN_OK, POSTERN_NO_MEMORY, POSTERN_LIMIT (4,294,967,295 numbers or more)
 */
postern_status pst_serials_new(const postern_allocator *alloc, size_t count,
                               uint64_t seed, pst_serials *out);

/** Number `i` is `serial` (the contents of the INTEGER, as they are). */
void pst_serials_put(pst_serials *serials, size_t i, postern_str serial);

/** Cost: n, or n log n when numbers repeat. @return POSTERN_OK, POSTERN_NO_MEMORY */
postern_status pst_serials_arrange(const postern_allocator *alloc,
                                   pst_serials *serials);

/** True when `serial` was put in, byte for byte the same; otherwise see above. */
bool pst_serials_has(const pst_serials *serials, postern_str serial);

void pst_serials_free(const postern_allocator *alloc, pst_serials *serials);

#endif
