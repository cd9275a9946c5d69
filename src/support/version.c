/* support/version.c - which version this is. */
#include <postern.h>

const char *postern_version(void)
{
    return POSTERN_VERSION;
}
