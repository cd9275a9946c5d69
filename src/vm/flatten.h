/*
 * vm/flatten.h - all that an access with [*] reaches, as one array.
 */
#ifndef PST_VM_FLATTEN_H
#define PST_VM_FLATTEN_H

#include "vm/program.h"

/**
 * Computes a slot of kind FLATTEN whose base has a value. Elements that a key or an index
 * behind a [*] does not find are left out.
 *
 * @return POSTERN_OK, or the failure of the request's arena
 */
postern_status pst_flatten(const pst_program *program, postern_request *request,
                           const pst_derived *how, uint32_t slot);

#endif
