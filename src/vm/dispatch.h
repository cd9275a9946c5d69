/*
 * vm/dispatch.h - how run.c gets from one instruction to the next.
 *
 * One loop body, two ways through it: GNU computed goto where there is one, a plain
 * switch elsewhere or with -Ddispatch=switch. Neither compiles if an opcode of
 * opcodes.def has no ON block. Only run.c includes this.
 *
 * BRANCH(claim) takes the way on that `claim` selects; a return leaves the loop.
 */
#ifndef PST_VM_DISPATCH_H
#define PST_VM_DISPATCH_H

#if defined(__GNUC__) && !defined(PST_SWITCH_DISPATCH)
#define PST_COMPUTED_GOTO 1
/* Labels as values are not ISO C. This header is the one place that uses them. */
#pragma GCC diagnostic ignored "-Wpedantic"
#define DISPATCH(pc) goto *handlers[(pc)->op];
#define ON(name) on_##name:
#define GO_ON(pc) goto *handlers[(pc)->op]
#else
#define PST_COMPUTED_GOTO 0
#define DISPATCH(pc) \
    for (;;)         \
        switch ((pst_opcode)(pc)->op)
#define ON(name) case PST_OP_##name:
#define GO_ON(pc) break
#endif

#define BRANCH(claim)                                              \
    {                                                              \
        const uint32_t way = (claim) ? pc->on_true : pc->on_false; \
        if (way >= PST_RETURN_FALSE) {                             \
            *yes = way == PST_RETURN_TRUE;                         \
            return POSTERN_OK;                                     \
        }                                                          \
        pc += way;                                                 \
        GO_ON(pc);                                                 \
    }

#endif
