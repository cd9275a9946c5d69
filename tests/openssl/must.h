/*
 * tests/openssl/must.h - an assertion for what happens a million times: those of Check
 * write to a file each time.
 */
#ifndef MUST_H
#define MUST_H

#include <check.h>

#define must(holds) ((holds) ? (void)0 : ck_abort_msg("%s", #holds))

#endif
