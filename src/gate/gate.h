/*
 * gate/gate.h - the policy in force.
 *
 * Whoever evaluates compares one number with the generation it knows; only when
 * they differ it takes the lock, for as long as a pointer and a count need.
 */
#ifndef PST_GATE_GATE_H
#define PST_GATE_GATE_H

#include "gate/policy.h"

#include <postern/gate.h>

struct postern_gate {
    postern_scheme *scheme;
    atomic_uint_fast64_t generation; /* of `current` */
    atomic_flag lock;                /* guards `current` and taking a reference of it */
    const postern_policy *current;
};

#endif
