#include "version.h"
#include "compat.h"

/* Structures keep their layout within one minor version only. */
bool pst_tls_version_fits(unsigned compiled, unsigned loaded)
{
    return PST_TLS_VERSION_OK(loaded) && loaded >> 16 == compiled >> 16;
}
