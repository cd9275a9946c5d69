/*
 * postern/base.h - words every other header uses: export mark, byte string,
 * status, allocator. Knows nothing of filters, requests or TLS.
 */
#ifndef POSTERN_BASE_H
#define POSTERN_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) && defined(POSTERN_BUILDING)
#define POSTERN_API __attribute__((visibility("default")))
#else
#define POSTERN_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** A run of bytes. Not NUL-terminated, not owned, may hold any byte value.
 *  `data` may be NULL only when `len` is 0. */
typedef struct postern_str {
    const char *data;
    size_t len; /**< bytes */
} postern_str;

/** Initialises a postern_str from a string literal:
 *  `static const postern_str get = POSTERN_STR("GET");` */
#define POSTERN_STR(literal)                \
    {                                       \
        "" literal "", sizeof(literal) - 1U \
    }

/** The bytes of the NUL-terminated `text` (NULL gives the empty string).
 *  Borrows `text`; linear in its length. */
POSTERN_API postern_str postern_text(const char *text);

/** True when both hold the same bytes. NULL-safe for empty strings. */
POSTERN_API bool postern_str_equal(postern_str a, postern_str b);

/** Every way a call can end: X(suffix, value, text). Values never change or
 *  get reused; new ones are added at the end. */
#define POSTERN_STATUS_MAP(X)                               \
    X(OK, 0, "ok")                                          \
    X(NO_MEMORY, 1, "out of memory")                        \
    X(SYNTAX, 2, "text does not parse")                     \
    X(UNKNOWN_NAME, 3, "unknown name")                      \
    X(TYPE, 4, "wrong type")                                \
    X(LIMIT, 5, "a limit was reached")                      \
    X(INVALID, 6, "unacceptable value")                     \
    X(STATE, 7, "call is out of order")                     \
    X(IO, 8, "file cannot be read")                         \
    X(CRYPTO, 9, "cryptography failed or is not available") \
    X(CLOCK, 10, "clock is not available")                  \
    X(UNSUPPORTED, 11, "not supported")

typedef enum postern_status {
#define X(suffix, value, text) POSTERN_##suffix = value,
    POSTERN_STATUS_MAP(X)
#undef X
} postern_status;

/** The fixed English text of `status`; "unknown status" for any other value.
 *  Never NULL, never freed, safe from any thread. */
POSTERN_API const char *postern_status_text(postern_status status);

/**
 * Where memory comes from. One function allocates, grows and frees:
 *
 *   ptr NULL, new_size > 0   allocate
 *   ptr set,  new_size > 0   resize, keeping the contents (may move)
 *   ptr set,  new_size == 0  free; the result is ignored
 *
 * It returns NULL when it cannot serve a request; the old block then stays
 * valid. `old_size` is always the size the block was last given. Blocks must be
 * aligned for any object. The allocator is called from whichever thread calls
 * into the library, so it must be thread-safe when objects are shared.
 */
typedef struct postern_allocator {
    void *(*resize)(void *user, void *ptr, size_t old_size, size_t new_size);
    void *user; /**< handed back to resize, never looked at */
} postern_allocator;

#ifdef __cplusplus
}
#endif

#endif
