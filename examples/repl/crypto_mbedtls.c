#include "crypto.h"

#include <postern/mbedtls.h>

const postern_crypto *repl_crypto(void)
{
    return postern_mbedtls_crypto();
}
