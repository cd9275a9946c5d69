/*
 * evaluate.h - what can be done with an expression, and with a policy: each prints its
 * answer on stdout, and what was wrong on stderr.
 */
#ifndef REPL_EVALUATE_H
#define REPL_EVALUATE_H

#include "session.h"

/** How an evaluation ended. */
typedef enum evaluate_answer {
    EVALUATE_TRUE,
    EVALUATE_FALSE,
    EVALUATE_FAILED
} evaluate_answer;

/** Compiles a filter and matches it; prints the listing only, when it is asked for. */
evaluate_answer evaluate_filter(session *repl, postern_str expression);

/** "= true", "= false"; what is no filter but a value expression: "= VALUE", or
 *  "= missing". */
void evaluate_any(session *repl, postern_str expression);

/** "= VALUE", or "= missing". @return false: it was refused, or a fault */
bool evaluate_value(session *repl, postern_str expression);

/** The compiled form, one instruction a line. */
void evaluate_code(session *repl, postern_str expression);

/** The canonical form. */
void evaluate_format(session *repl, postern_str expression);

/** The tree. */
void evaluate_tree(session *repl, postern_str expression);

/** What the policy says to the request, and the rules that matched. @return false:
 *  there is no policy, or the request cannot be made */
bool evaluate_verdict(session *repl);

#endif
