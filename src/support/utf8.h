/*
 * support/utf8.h - characters as bytes (RFC 3629): well-formed only, so no second way to
 * write one, no surrogates, nothing above U+10FFFF.
 */
#ifndef PST_SUPPORT_UTF8_H
#define PST_SUPPORT_UTF8_H

#include <postern/base.h>

/** The length of the character that `text` (not empty) begins with; 0: it begins with
 *  none. `point` receives the code point and may be NULL. */
size_t pst_utf8_read(postern_str text, uint32_t *point);

/** Writes code point `point`, at most U+10FFFF. @return how many bytes, 1 to 4 */
size_t pst_utf8_write(uint32_t point, unsigned char *out);

#endif
