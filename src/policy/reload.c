/* reload.c - the gate's next policy, all or nothing. */
#include "gate/policy.h"

#include <postern/gate.h>

postern_status postern_gate_reload(postern_gate *gate, const postern_source *source,
                                   postern_report *report)
{
    const postern_policy *before = postern_gate_acquire(gate);
    postern_source next = *source;
    postern_policy *policy;
    postern_status status;

    next.previous = before;
    status = postern_policy_load(before->body->scheme, &next, &policy, report);
    if (status == POSTERN_OK) {
        status = postern_gate_replace(gate, policy);
    }
    postern_policy_release(policy);
    postern_policy_release(before);
    return status;
}
