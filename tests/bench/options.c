#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: postern-bench [--cases FILE] [--rulesets FILE] [--only PART] [--growth]\n"
    "                     [--svg FILE] [--passes N] [--text-size BYTES]\n"
    "                     [--code-size BYTES] [--quick] [--json]\n"
    "\n"
    "Measures what evaluation, compiling and memory cost; see tests/bench/README.md.\n"
    "\n"
    "  --cases FILE       expressions to measure, one JSON object a line, compressed or\n"
    "                     not, instead of those this program was built with\n"
    "  --rulesets FILE    rulesets, likewise\n"
    "  --only PART        only those whose name holds PART, and nothing else\n"
    "  --growth           how costs grow with rules and entries, which takes a minute;\n"
    "                     it is measured anyway where no other option chooses\n"
    "  --svg FILE         writes that as a picture, too\n"
    "  --passes N         measures all cases and rulesets that often and keeps the least,\n"
    "                     for machines that others use, too\n"
    "  --text-size BYTES  of the library, as `size` has it, to be shown with the rest\n"
    "  --code-size BYTES  its section .text alone, likewise\n"
    "  --quick            hardly measures: to see that it runs\n"
    "  --json             for programs\n"
    "\n"
    "Exit status: 0; 1 when an answer is not the expected one; 2 usage or input that\n"
    "cannot be used.\n";

static _Noreturn void refuse(const char *why, const char *what)
{
    fprintf(stderr, "postern-bench: %s%s\n\n%s", why, what, usage);
    exit(2);
}

static bool take_flag(const char *argument, options *out)
{
    if (strcmp(argument, "--json") == 0) {
        out->json = true;
    } else if (strcmp(argument, "--quick") == 0) {
        out->quick = true;
    } else if (strcmp(argument, "--growth") == 0) {
        out->growth = true;
    } else if (strcmp(argument, "--help") == 0) {
        (void)fputs(usage, stdout);
        exit(0);
    } else {
        return false;
    }
    return true;
}

/* @return false when there is no option of that name that has a value */
static bool take_text(const char *name, const char *value, options *out)
{
    const struct {
        const char *name;
        const char **value;
    } known[] = {
        {"--cases",    &out->cases   },
        {"--only",     &out->only    },
        {"--rulesets", &out->rulesets},
        {"--svg",      &out->svg     },
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(name, known[i].name) == 0) {
            *known[i].value = value;
            return true;
        }
    }
    return false;
}

static bool take_number(const char *name, const char *value, options *out)
{
    const struct {
        const char *name;
        size_t *value;
    } known[] = {
        {"--code-size", &out->code_size},
        {"--passes",    &out->passes   },
        {"--text-size", &out->text_size},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(name, known[i].name) == 0) {
            char *end;
            *known[i].value = strtoul(value, &end, 10);
            if (*end != '\0' || *known[i].value == 0) {
                refuse("not a number: ", value);
            }
            return true;
        }
    }
    return false;
}

void options_read(int count, char **arguments, options *out)
{
    *out = (options){.passes = 1};
    for (int i = 1; i < count; i++) {
        if (take_flag(arguments[i], out)) {
            continue;
        }
        if (i + 1 == count) {
            refuse("unknown, or its value is missing: ", arguments[i]);
        }
        if (!take_text(arguments[i], arguments[i + 1], out) &&
            !take_number(arguments[i], arguments[i + 1], out)) {
            refuse("unknown option ", arguments[i]);
        }
        i++;
    }
    out->growth = out->growth || out->svg != NULL ||
                  (out->cases == NULL && out->rulesets == NULL && out->only == NULL &&
                   !out->quick);
    out->cases = out->cases != NULL ? out->cases : BENCH_CASES;
    out->rulesets = out->rulesets != NULL ? out->rulesets : BENCH_RULESETS;
}
