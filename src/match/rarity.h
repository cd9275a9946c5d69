/*
 * match/rarity.h - how often bytes are met in what servers are sent.
 */
#ifndef PST_MATCH_RARITY_H
#define PST_MATCH_RARITY_H

#include <stdint.h>

/** Of 1024 bytes of paths, queries and headers, about as many are this one.
 *  A guess that decides how to search, never what is found. */
unsigned pst_rarity(unsigned char byte);

#endif
