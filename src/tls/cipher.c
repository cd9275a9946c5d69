#include "cipher.h"
#include "compat.h"

static const struct row {
    int number;
    postern_str name;
} rows[] = {
#define CIPHER(number, name) {number, POSTERN_STR(name)},
#include "cipher_names.def"
#undef CIPHER
};

postern_str pst_tls_cipher_name(const char *name)
{
    int number = name == NULL ? 0 : mbedtls_ssl_get_ciphersuite_id(name);
    size_t i;

    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].number == number) {
            return rows[i].name;
        }
    }
    return postern_text(name);
}
