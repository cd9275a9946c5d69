/*
 * support/attribute.h - what compilers are told beyond the language.
 */
#ifndef PST_SUPPORT_ATTRIBUTE_H
#define PST_SUPPORT_ATTRIBUTE_H

/** Keeps a function with large locals out of the frames of a recursion. */
#ifdef __GNUC__
#define PST_NOINLINE __attribute__((noinline))
/** Copies a function into each of its callers, where its arguments are constants; who
 *  builds for size (-Os) is better off with one copy. */
#ifdef __OPTIMIZE_SIZE__
#define PST_INLINE inline
#else
#define PST_INLINE inline __attribute__((always_inline))
#endif
/** Runs when a policy is loaded, never for a request: rather small than fast. */
#define PST_COLD __attribute__((cold))
#else
#define PST_NOINLINE
#define PST_INLINE inline
#define PST_COLD
#endif

#endif
