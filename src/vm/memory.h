/*
 * vm/memory.h - what regular expressions remember, taken out of a request and put back.
 */
#ifndef PST_VM_MEMORY_H
#define PST_VM_MEMORY_H

#include "match/regex.h"
#include "model/request.h"

static inline pst_regex_memory pst_regex_memory_of(postern_request *request)
{
    return (pst_regex_memory){.arena = &request->regex_arena,
                              .program = request->program,
                              .caches = request->regex_caches,
                              .room = request->regex_room,
                              .full = request->regex_full};
}

static inline void pst_regex_memory_keep(postern_request *request,
                                         const pst_regex_memory *memory)
{
    request->regex_caches = memory->caches;
    request->regex_room = memory->room;
    request->regex_full = memory->full;
}

#endif
