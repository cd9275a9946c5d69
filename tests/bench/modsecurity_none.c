#include "modsecurity_peer.h"

bool modsecurity_cost(const measure_effort *effort, timing *out)
{
    (void)effort;
    *out = (timing){0, 0};
    return false;
}
