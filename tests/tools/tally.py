#!/usr/bin/env python3
"""tally.py [--need-shared FOLDER] TESTLOG - counts the cases in a testlog.json of meson.

Prints "PASSED FAILED SKIPPED" on stdout and what failed on stderr. A case is a line of
TAP, or a whole test that does not speak it. A test that says on stderr that it skipped
something has one passed case less and one skipped more; with --need-shared it has
failed if that was for want of the shared data in FOLDER, which is there.
"""
import json
import re
import sys

SHOWN = 60  # lines of each failed test
CASE = re.compile(r"^(not )?ok\b[^#]*(?:#\s*(\S+))?", re.I)
SKIPPED = re.compile(r"^.*\bskipped\b.*$", re.M)


def count_tap(text):
    """[passed, failed, skipped], without the test's own result"""
    passed = failed = skipped = 0
    for line in text.splitlines():
        if re.match(r"^1\.\.0\b", line):
            skipped += 1
        found = CASE.match(line)
        if not found:
            continue
        directive = (found[2] or "").lower()
        if directive.startswith("skip"):
            skipped += 1
        elif found[1] and directive != "todo":
            failed += 1
        else:
            passed += 1
    return [passed, failed, skipped]


def count(test, need_shared):
    """([passed, failed, skipped], why) of one test"""
    out, errors = test.get("stdout") or "", test.get("stderr") or ""
    good = test["result"] in ("OK", "SKIP", "EXPECTEDFAIL")
    counts = count_tap(out)
    if sum(counts) == 0:  # not TAP, or it died before the first case
        if not good:
            return [0, 1, 0], test["result"]
        skip = test["result"] == "SKIP"
        return [int(not skip), 0, int(skip)], ""
    if not good and counts[1] == 0:
        counts[1] = 1
    for line in SKIPPED.findall(errors):
        if need_shared and ("POSTERN_SHARED_DATA" in line or need_shared in line):
            counts[1] += 1
            return counts, f"{need_shared} is there, but: {line}"
        if counts[0] > 0:
            counts[0] -= 1
            counts[2] += 1
    return counts, test["result"] if counts[1] else ""


def show(test, why):
    print(f"\n--- {test['name']}: {why}", file=sys.stderr)
    out = (test.get("stdout") or "").splitlines()
    if any(CASE.match(line) for line in out):
        out = [line for line in out if line.startswith("not ok")]
    errors = (test.get("stderr") or "").splitlines()
    for lines in (out, errors):
        for line in lines[-SHOWN:]:
            print("    " + line, file=sys.stderr)


def main(arguments):
    need_shared = ""
    if arguments and arguments[0] == "--need-shared":
        need_shared = arguments[1]
        arguments = arguments[2:]
    total = [0, 0, 0]
    with open(arguments[0], encoding="utf-8", errors="replace") as log:
        for line in log:
            test = json.loads(line)
            counts, why = count(test, need_shared)
            total = [a + b for a, b in zip(total, counts)]
            if counts[1]:
                show(test, why)
    print(*total)


if __name__ == "__main__":
    main(sys.argv[1:])
