/*
 * ruleset/verdict.c - the public helpers of a verdict.
 */
#include <postern/verdict.h>

bool postern_verdict_allows(const postern_verdict *verdict)
{
    return verdict != NULL && verdict->outcome == POSTERN_ALLOWED;
}

const char *postern_outcome_text(postern_outcome outcome)
{
    switch (outcome) {
    case POSTERN_NOT_EVALUATED:
        return "not-evaluated";
    case POSTERN_FAULT:
        return "fault";
    case POSTERN_BAD_REQUEST:
        return "bad-request";
    case POSTERN_MISDIRECTED:
        return "misdirected";
    case POSTERN_REVOKED:
        return "revoked";
    case POSTERN_BLOCKED:
        return "blocked";
    case POSTERN_ALLOWED:
        return "allowed";
    case POSTERN_UNVERIFIED:
        return "unverified";
    }
    return "unknown";
}

const char *postern_action_text(postern_action action)
{
    switch (action) {
    case POSTERN_ACTION_BLOCK:
        return "block";
    case POSTERN_ACTION_SKIP:
        return "skip";
    case POSTERN_ACTION_LOG:
        return "log";
    }
    return "unknown";
}
