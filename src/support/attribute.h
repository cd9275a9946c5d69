/*
 * support/attribute.h - what compilers are told beyond the language.
 */
#ifndef PST_SUPPORT_ATTRIBUTE_H
#define PST_SUPPORT_ATTRIBUTE_H

/** Keeps a function with large locals out of the frames of a recursion. */
#ifdef __GNUC__
#define PST_NOINLINE __attribute__((noinline))
#else
#define PST_NOINLINE
#endif

#endif
