#!/usr/bin/env python3
"""faults.py CA FAULT - every call of the system and many a request for memory fails once
while postern-ca works: it says so, and everything is as it was before."""
import os
import re
import shutil
import sys

from authority import Certificate, Folder, e

STEP = 199  # of requests for memory: most are of numbers that a signature needs


class Faulty(Folder):
    def __init__(self, program, library):
        super().__init__(program)
        self.library = os.path.realpath(library)

    def attempt(self, arguments, kind, at):
        """(status, stdout, stderr) when the call number `at` fails"""
        return self.run(*arguments, env={
            **os.environ, "LD_PRELOAD": self.library, "FAULT_KIND": kind,
            "FAULT_AT": str(at), "FAULT_COUNT": self.count_file})

    @property
    def count_file(self):
        return self.folder.name + ".count"

    def start(self):
        shutil.rmtree(self.path("ca"), ignore_errors=True)
        shutil.copytree(self.path("template"), self.path("ca"))
        for file in ("new", "x.pem", "x.key"):
            if os.path.isdir(self.path(file)):
                shutil.rmtree(self.path(file))
            elif os.path.exists(self.path(file)):
                os.unlink(self.path(file))

    def calls(self, arguments, kind):
        self.start()
        self.attempt(arguments, kind, 0)
        with open(self.count_file) as text:
            return int(text.readline())

    def trace(self, arguments):
        """Which calls of files there are: their names, those that give names with them."""
        self.calls(arguments, "files")
        with open(self.count_file) as text:
            calls = [line.split() for line in text.readlines()[1:]]
        return [" ".join(call) if "link" in call[0] or "rename" in call[0] else call[0]
                for call in calls]


def whole(work, arguments):
    """It said that it is done: then all of it is."""
    ca = "new" if arguments[0] == "init" else "ca"
    Certificate(work.der("x509", f"{ca}/ca.pem"))
    work.openssl("crl", "-in", f"{ca}/ca.crl", "-verify", "-CAfile", f"{ca}/ca.pem", "-noout")
    number = re.search("crl-number (.*)", work.read(f"{ca}/index").decode())[1]
    e.same(work.crl_number(ca), int(number))
    if arguments[0] == "issue":
        made = Certificate(work.der("x509", "x.pem"))
        work.openssl("pkey", "-in", "x.key", "-noout")
        e.same(made.serial.hex().upper() in [row[0] for row in work.index(ca)], True)


def main(program, library):
    tap = e.Tap()
    with Faulty(program, library) as work:
        work.ca("init", "template", "--name", "CN=template")
        serial = work.ca("issue", "template", "--name", "CN=x")["serial"]
        for arguments in (["init", "new"], ["issue", "ca", "--name", "CN=x", "--out", "x"],
                          ["revoke", "ca", serial], ["crl", "ca"]):
            for kind in ("files", "memory"):
                with tap.row(f"{arguments[0]}: {kind}"):
                    sweep(work, arguments, kind)
        orders(tap, work, serial)
        clocks(tap, work, serial)
        os.unlink(work.count_file)
    return tap.end()


def clocks(tap, work, serial):
    """A CA is used in its time only, and what it signs ends and begins in it."""
    def at(seconds):
        return {"env": {**os.environ, "LD_PRELOAD": work.library, "FAULT_KIND": "none",
                        "FAULT_CLOCK": str(seconds)}}

    work.start()
    with tap.row("a clock that is a little back: no certificate is older than its CA"):
        said = work.ca("issue", "ca", "--name", "CN=x", **at(-200))
        made, ca = (Certificate(work.der("x509", file))
                    for file in (said["certificate"], "ca/ca.pem"))
        e.same(made.validity[:17], ca.validity[:17])
    year = 365 * 86400
    for label, seconds in (("not begun", -400), ("ended", 11 * year)):
        with tap.row(f"a CA that has {label}"):
            work.refused("issue", "ca", "--name", "CN=x", because="not valid now",
                         **at(seconds))
    with tap.row("a CA that has ended makes no CRLs"):
        work.refused("crl", "ca", because="has expired", **at(11 * year))
        work.refused("revoke", "ca", serial, because="has expired", **at(11 * year))
    with tap.row("it is used to its last day"):
        said = work.ca("issue", "ca", "--name", "CN=y", **at(10 * year - 3600))
        made, ca = (Certificate(work.der("x509", file))
                    for file in (said["certificate"], "ca/ca.pem"))
        e.same(made.validity[17:], ca.validity[17:])
        work.ca("revoke", "ca", said["serial"], **at(10 * year - 3600))


def orders(tap, work, serial):
    """What is on the disk when the power fails is decided by the order of calls."""
    wanted = {
        "init": (["init", "new"], ["linkat ca.key", "linkat ca.pem", "linkat index",
                                   "linkat ca.crl", "rename new"]),
        "issue": (["issue", "ca", "--name", "CN=x", "--out", "x"],
                  ["linkat x.key", "linkat OLD", "renameat index", "linkat x.pem"]),
        "revoke": (["revoke", "ca", serial],
                   ["linkat OLD", "renameat index", "linkat OLD", "renameat ca.crl"]),
    }
    for label, (arguments, names) in wanted.items():
        with tap.row(f"{label}: names in their order, each after and before a sync"):
            calls = [re.sub(r"\.postern-ca\..*\.old", "OLD", re.sub(r" \S*/", " ", call))
                     for call in work.trace(arguments)]
            given = [call for call in calls if " " in call]
            e.same(given, names, calls)
            first = calls.index(given[0])
            files = len([name for name in names if "OLD" not in name and name != "rename new"])
            # every file is written and synced before the first gets its name
            e.same("write" in calls[first:], False, calls)
            e.same(calls[:first].count("fsync") >= files, True, calls)
            for at, call in enumerate(calls):
                if call == "write":
                    e.same("fsync" in calls[at + 1:at + 3], True, calls)
                elif " " in call and "OLD" not in call and call != "rename new":
                    e.same(calls[at + 1], "fsync", calls)
            e.same(calls[-1] if label != "issue" else "fsync", "fsync", calls)


def sweep(work, arguments, kind):
    count = work.calls(arguments, kind)
    e.same(count >= 16, True, f"only {count} calls were seen")
    places = range(1, count + 1)
    if kind == "memory":
        places = sorted({*range(1, min(count, 100)), *range(1, count, STEP),
                         *range(max(1, count - 60), count + 1)})
    failures = 0
    for at in places:
        work.start()
        before = work.tree()
        status, out, err = work.attempt(arguments, kind, at)
        if status == 0:
            whole(work, arguments)
            continue
        failures += 1
        e.same((status, out), (1, ""), f"call {at} of {count}: {err}")
        e.same("error: " in err, True, f"call {at} of {count}: {err}")
        e.same(work.tree(), before, f"call {at} of {count}: {err}")
    e.same(failures * 2 > len(places), True, f"{failures} of {len(places)} were felt")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
