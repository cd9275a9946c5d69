#include "measure.h"

bool measure_pin(void)
{
    return false;
}
