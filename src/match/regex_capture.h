/*
 * match/regex_capture.h - where a match and its groups are, by the instructions alone.
 */
#ifndef PST_MATCH_REGEX_CAPTURE_H
#define PST_MATCH_REGEX_CAPTURE_H

#include "match/regex_program.h"

/**
 * What pst_regex_find() does, for a forward program with its SAVEs; those of group 0 may
 * be left out.
 *
 * @return POSTERN_OK with *found; the failure of memory->arena; POSTERN_LIMIT for a text
 *         of 4 GiB
 *
 * Cost: at most two visits of each instruction for a place of the text, and memory for
 * each instruction and each SET with its places; later calls use it again.
 */
postern_status pst_regex_capture(const pst_regex_program *program, postern_str text,
                                 pst_regex_memory *memory, size_t groups,
                                 size_t *places, bool *found);

#endif
