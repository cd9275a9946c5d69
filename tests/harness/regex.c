#include "harness.h"

bool harness_has_regex(void)
{
    return true;
}
