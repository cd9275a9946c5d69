#!/usr/bin/env python3
"""files.py CA - what postern-ca writes is whole or not there: modes, names that are
taken, links, full disks, damage, and many of it at once."""
import base64
import os
import re
import resource
import shutil
import subprocess
import sys
import threading

from authority import Certificate, Folder, e, make

NOBODY = 65534
USAGE = 2


def limited(size):
    """Files may grow to so many bytes: what a full disk does."""
    def apply():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return {"preexec_fn": apply}


def masked(mask):
    return {"preexec_fn": lambda: os.umask(mask)}


def modes(tap, work):
    wanted = {"": 0o40700, "issued": 0o40700, "ca.key": 0o100600, "index": 0o100600,
              "ca.pem": 0o100644, "ca.crl": 0o100644}
    for mask in (0o000, 0o022, 0o777):
        with tap.row(f"modes under umask {mask:03o}"):
            name = f"mode{mask:03o}"
            work.ca("init", name, **masked(mask))
            said = work.ca("issue", name, "--name", "CN=x", **masked(mask))
            work.ca("revoke", name, said["serial"], **masked(mask))
            for file, mode in {**wanted, said["key"]: 0o100600,
                               said["certificate"]: 0o100644}.items():
                path = work.path(name, file) if file in wanted else work.path(file)
                e.same(oct(os.lstat(path).st_mode), oct(mode), file)
    with tap.row("nothing else is left in the folder"):
        e.same(sorted(os.listdir(work.path("mode000"))), sorted(set(wanted) - {""}))


def taken(tap, work):
    with tap.row("init does not touch a CA"):
        work.refused("init", "ca", because="not overwritten")
    for kind in ("file", "link", "full"):
        with tap.row(f"init does not touch a {kind}"):
            path = work.path(kind)
            if kind == "file":
                work.write(kind, b"x")
            elif kind == "link":
                os.mkdir(work.path("elsewhere"))
                os.symlink("elsewhere", path)
            else:
                os.mkdir(path)
                work.write("full/.hidden", b"")
            work.refused("init", kind, because="is there already")
            work.refused("init", kind + "/", because="is there already")
    with tap.row("init takes an empty folder, and makes it private"):
        os.mkdir(work.path("empty"), 0o755)
        work.ca("init", "empty/")
        e.same(os.stat(work.path("empty")).st_mode & 0o777, 0o700)
    with tap.row("init needs a folder above"):
        work.refused("init", "no/such", because="No such file")
    for suffix in (".key", ".pem"):
        for kind in ("file", "link", "dangling", "folder"):
            name = f"taken-{kind}{suffix[1:]}"
            with tap.row(f"issue does not touch a {kind} in place of its {suffix}"):
                path = work.path(name + suffix)
                if kind == "file":
                    work.write(name + suffix, b"precious")
                elif kind == "folder":
                    os.mkdir(path)
                else:
                    work.write("precious", b"precious")
                    os.symlink("precious" if kind == "link" else "nowhere", path)
                work.refused("issue", "ca", "--name", "CN=x", "--out", name,
                             because=f"{name}{suffix}: error: is there already")
                e.same(os.path.lexists(work.path("nowhere")), False)
    with tap.row("issue needs a folder to write to"):
        work.refused("issue", "ca", "--name", "CN=x", "--out", "no/x",
                     because="cannot open the folder")
    with tap.row("issue writes where it is told to"):
        os.mkdir(work.path("far"))
        said = work.ca("issue", "ca", "--name", "CN=x", "--out", "far/x")
        e.same((said["certificate"], said["key"]), ("far/x.pem", "far/x.key"))
        e.same(sorted(os.listdir(work.path("far"))), ["x.key", "x.pem"])


def far_keys(tap, work):
    """A key is written where nobody else can exchange it. Requests have none."""
    work.openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                 "-noenc", "-keyout", "far.key", "-subj", "/CN=x", "-out", "far.csr")
    for mode, good in ((0o777, False), (0o770, False), (0o702, False), (0o1777, True),
                       (0o1770, True), (0o755, True)):
        with tap.row(f"a new key in a folder of mode {mode:o}: {'fine' if good else 'refused'}"):
            os.chmod(work.path("far"), mode)
            issue = ["issue", "ca", "--name", "CN=x", "--out", f"far/{mode:o}"]
            if good:
                work.ca(*issue)
            else:
                work.refused(*issue, because="far/: error: others may write into the folder")
            work.ca("issue", "ca", "--csr", "far.csr", "--out", f"far/request{mode:o}")
    with tap.row("a new key in a folder of another user"):
        if os.geteuid() != 0:
            raise e.Skip("needs another user")
        os.chown(work.path("far"), NOBODY, -1)
        work.refused("issue", "ca", "--name", "CN=x", "--out", "far/y",
                     because="far/: error: the folder belongs to another user")
        work.ca("issue", "ca", "--csr", "far.csr", "--out", "far/y")
    with tap.row("a new key in the folder where one is, which others may write to"):
        os.chmod(work.folder.name, 0o777)
        work.refused("issue", "ca", "--name", "CN=x", "--out", "here",
                     because=".: error: others may write into the folder")
        os.chmod(work.folder.name, 0o700)


def secrets(tap, work):
    key = work.path("ca", "ca.key")
    with tap.row("a link in place of the key is not followed"):
        os.rename(key, work.path("moved.key"))
        os.symlink("../moved.key", key)
        work.refused("issue", "ca", "--name", "CN=x", because="is a link")
        os.unlink(key)
    with tap.row("a FIFO in place of the key is not waited for"):
        os.mkfifo(key, 0o600)
        work.refused("issue", "ca", "--name", "CN=x", because="is not a file")
        os.unlink(key)
        os.rename(work.path("moved.key"), key)
    for mode in (0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o660):
        with tap.row(f"a key of mode {mode:o} is not used"):
            os.chmod(key, mode)
            work.refused("issue", "ca", "--name", "CN=x", because="others may use")
            os.chmod(key, 0o600)
    with tap.row("a folder that others may write to is not used"):
        os.chmod(work.path("ca"), 0o770)
        work.refused("issue", "ca", "--name", "CN=x", because="others may write")
        os.chmod(work.path("ca"), 0o700)
    for label, path, because in (("key", key, "ca.key: error: is a private key that belongs"),
                                 ("folder", work.path("ca"), "ca: error: the folder belongs")):
        with tap.row(f"a {label} of another user is not used"):
            if os.geteuid() != 0:
                raise e.Skip("needs another user")
            os.chown(path, NOBODY, -1)
            for arguments in (["issue", "ca", "--name", "CN=x"], ["crl", "ca"]):
                work.refused(*arguments, because=because)
            os.chown(path, 0, -1)
    with tap.row("the key of another CA is not used"):
        work.ca("init", "other")
        own, others = work.read("ca/ca.key"), work.read("other/ca.key")
        work.write("ca/ca.key", others)
        work.refused("issue", "ca", "--name", "CN=x", because="not that of the certificate")
        work.write("ca/ca.key", b"nonsense")
        work.refused("issue", "ca", "--name", "CN=x", because="no private key")
        work.write("ca/ca.key", own)
    with tap.row("no key is ever printed"):
        for arguments in (["init", "loud"], ["issue", "loud", "--name", "CN=x"]):
            status, out, err = work.run(*arguments)
            e.same((status, "PRIVATE" in out + err), (0, False))


def full_disks(tap, work):
    """Every file in turn is the one that does not fit."""
    work.ca("init", "small", "--name", "CN=small")
    serial = work.ca("issue", "small", "--name", "CN=x")["serial"]
    sizes = [0, 1, 60, 200, 226, 230, 300, 330, 380, 450, 520, 600]
    for label, arguments in (("init", ["init", "new"]),
                             ("issue", ["issue", "small", "--name", "CN=x"]),
                             ("revoke", ["revoke", "small", serial]),
                             ("crl", ["crl", "small"])):
        with tap.row(f"{label} on a disk that is full: nothing is left"):
            failures = 0
            for size in sizes:
                before = work.tree()
                status, out, err = work.run(*arguments, **limited(size))
                if status == 0:
                    break
                failures += 1
                e.same((status, out), (1, ""), err)
                e.same("cannot be written: File too large" in err, True, err)
                e.same(work.tree(), before, f"{size} bytes")
            e.same(failures >= 3, True, failures)
            if label == "init":
                e.same(os.path.exists(work.path("new")), False)
    with tap.row("standard output may be full"):
        with open("/dev/full", "w") as full:
            done = subprocess.run([work.program, "issue", "small", "--name", "CN=x"],
                                  cwd=work.folder.name, stdout=full,
                                  stderr=subprocess.PIPE, text=True, timeout=60)
        e.same(done.returncode, 0)
        e.same("could not be told" in done.stderr, True, done.stderr)


def read_only(tap, work):
    def nobody():
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)

    more = {}
    owned = ("", "issued", "ca.key", "ca.pem", "ca.crl", "index")
    work.ca("init", "sealed")
    if os.geteuid() == 0:  # to whom modes mean nothing
        more = {"preexec_fn": nobody}
        os.chmod(work.folder.name, 0o755)
        for file in owned:
            os.chown(work.path("sealed", file), NOBODY, NOBODY)
    with tap.row("a folder that cannot be written to"):
        try:
            work.run("--help", **more)
        except (PermissionError, subprocess.SubprocessError) as why:
            raise e.Skip("nobody may not run the program here") from why
        for part, mode in (("", 0o500), ("issued", 0o500)):
            os.chmod(work.path("sealed", part), mode)
            work.refused("issue", "sealed", "--name", "CN=x", because="Permission denied",
                         **more)
            if part == "":
                work.refused("crl", "sealed", because="Permission denied", **more)
                work.refused("init", "sealed/new", because="Permission denied", **more)
            os.chmod(work.path("sealed", part), 0o700)
        status, _, err = work.run("issue", "sealed", "--name", "CN=x", **more)
        e.same(status, 0, err)
    with tap.row("a folder that cannot be read"):
        if not more:
            raise e.Skip("needs another user")
        os.chmod(work.path("sealed"), 0o300)
        work.refused("issue", "sealed", "--name", "CN=x", because="Permission denied", **more)


def at_once(tap, work):
    work.ca("init", "busy")
    with tap.row("eight at once: every serial number is in the index, and once"):
        said = []

        def issue(i):
            for _ in range(5):
                said.append(work.ca("issue", "busy", "--name", f"CN={i}"))
        threads = [threading.Thread(target=issue, args=(i,)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        serials = [one["serial"] for one in said]
        e.same((len(serials), len(set(serials))), (40, 40))
        e.same(sorted(row[0] for row in work.index("busy")), sorted(serials))
    with tap.row("eight revoked at once: all are on the CRL, whose number has grown by eight"):
        number = work.crl_number("busy")
        threads = [threading.Thread(target=work.ca, args=("revoke", "busy", serial))
                   for serial in serials[:8]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        e.same(work.crl_number("busy"), number + 8)
        text = work.openssl("crl", "-in", "busy/ca.crl", "-noout", "-text").decode()
        e.same(sorted(re.findall("Serial Number: ([0-9A-F]+)", text)), sorted(serials[:8]))


def leftovers(tap, work):
    """Names that a crash left behind are not taken again: a process of the same number
    would never write again."""
    work.ca("init", "crashed")
    serial = work.ca("issue", "crashed", "--name", "CN=x")["serial"]

    def plant():  # in the process that becomes the program, whose number it keeps
        os.chdir(work.path("crashed"))
        for count in range(3):
            for name in (f"{count}", f"{2 * count}.old"):
                with open(f".postern-ca.{os.getpid()}.{name}", "wb") as out:
                    out.write(b"left behind")

    for arguments in (["issue", ".", "--name", "CN=y", "--out", "y"],
                      ["revoke", ".", serial], ["crl", "."]):
        with tap.row(f"{arguments[0]} where a crash left its names"):
            before = set(os.listdir(work.path("crashed")))
            work.ca(*arguments, preexec_fn=plant)
            new = set(os.listdir(work.path("crashed"))) - before - {"y.pem", "y.key"}
            e.same(len(new), 6, new)
            for name in new:
                e.same(work.read(f"crashed/{name}"), b"left behind")
    with tap.row("what a crash left behind changes nothing"):
        e.same(work.crl_number("crashed"), 3)
        e.same(len(work.index("crashed")), 2)


def damage(tap, work):
    work.ca("init", "worn")
    for name in ("a", "b"):
        serial = work.ca("issue", "worn", "--name", f"CN={name}")["serial"]
    work.ca("revoke", "worn", serial)
    good = work.read("worn/index")
    lines = good.splitlines(keepends=True)
    first = lines[5]

    def changed(line, old, new):
        e.same(old in line, True)
        return good.replace(line, line.replace(old, new, 1))

    for label, text in (
            ("empty", b""), ("cut", good[:-1]), ("half", good[:len(good) // 2]),
            ("a line too few", good.replace(first, b"")),
            ("a line too many", good + first), ("a line behind it", good + b"\n"),
            ("another title", good.replace(b"index 1", b"index 2")),
            ("no headings", good.replace(lines[4], b"")),
            ("no number", good.replace(b"crl-number 2", b"crl-number ")),
            ("a negative number", good.replace(b"crl-number 2", b"crl-number -2")),
            ("a huge number", good.replace(b"crl-number 2", b"crl-number " + 30 * b"9")),
            ("too many days", good.replace(b"crl-days 30", b"crl-days 99999")),
            ("many entries", good.replace(b"entries 2", b"entries 999999999999999999")),
            ("a short serial number", changed(first, first[:40], first[:39])),
            ("a long serial number", changed(first, first[:40], first[:40] + b"0")),
            ("no serial number", changed(first, first[:1], b"G")),
            ("no such day", changed(first, b"-11-", b"-13-")),
            ("an unknown reason", changed(lines[6], b"unspecified", b"unspecifeid")),
            ("a reason without a revocation",
             changed(first, b" - " + 18 * b" " + b" - ", b" - " + 18 * b" " + b" superseded ")),
            ("no subject", changed(first, b"CN=a", b"")),
            ("NULs", good.replace(b" ", b"\0")),
            ("a NUL in the serial number", changed(first, first[:40], first[:39] + b"\0")),
            ("a NUL behind the time", changed(first, b"Z ", b"Z\0 ")),
            ("a NUL behind the revocation", changed(first, b" - ", b" -\0 ")),
            ("a NUL behind the reason", changed(lines[6], b"unspecified ", b"unspecified\0")),
            ("a NUL in the subject", changed(first, b"CN=a", b"CN=\0")),
            ("an escape in the subject", changed(first, b"CN=a", b"CN=\x1b[2J")),
            ("a delete in the subject", changed(first, b"CN=a", b"CN=\x7f")),
            ("no ASCII in the subject", changed(first, b"CN=a", b"CN=\xc3\xa9")),
            ("a tab in the headings", good.replace(b"# serial ", b"# serial\t")),
            ("other headings", good.replace(b"# serial", b"# Serial")),
            ("more headings", good.replace(b" subject\n", b" subject and more\n")),
            ("carriage returns", good.replace(b"\n", b"\r\n")),
            ("a carriage return", changed(first, b"CN=a\n", b"CN=a\r\n")),
            ("a space too many", changed(first, b"  CN=a", b"   CN=a")),
            ("a space too few", changed(first, b"  CN=a", b" CN=a")),
            ("a serial number in lower case", changed(
                first, first[:40], first[:40].decode().lower().encode())),
            ("a serial number that is there twice", good.replace(
                lines[6][:40], first[:40])),
            ("a small z", changed(first, b"Z ", b"z ")),
            ("number 0", good.replace(b"crl-number 2", b"crl-number 0")),
            ("number 02", good.replace(b"crl-number 2", b"crl-number 02")),
            ("a number too large by one", good.replace(b"crl-number 2",
                                                       b"crl-number 1" + 18 * b"0")),
            ("no days", good.replace(b"crl-days 30", b"crl-days 0")),
            ("entries 02", good.replace(b"entries 2", b"entries 02")),
    ):
        with tap.row(f"a damaged index: {label}"):
            work.write("worn/index", text)
            for arguments in (["issue", "worn", "--name", "CN=x"], ["crl", "worn"],
                              ["revoke", "worn", serial]):
                work.refused(*arguments, because="worn/index: error: line ")
            work.write("worn/index", good)
    with tap.row("a damaged index: the line is named"):
        work.write("worn/index", good.replace(lines[6][:40], first[:40]))
        work.refused("crl", "worn", because="line 7 is damaged: its serial number is there twice")
        work.write("worn/index", changed(lines[6], b"  CN=b", b"   CN=b"))
        work.refused("crl", "worn", because="line 7 is damaged: it is not as this program")
        work.write("worn/index", good)
    for file in ("index", "ca.pem", "ca.key"):
        with tap.row(f"{file} is missing"):
            os.rename(work.path("worn", file), work.path("aside"))
            work.refused("crl", "worn", because=f"{file}: error: cannot be read")
            os.rename(work.path("aside"), work.path("worn", file))
    with tap.row("a CRL that is missing is made again"):
        os.unlink(work.path("worn", "ca.crl"))
        work.ca("crl", "worn")
        e.same(work.crl_number("worn"), 3)
    with tap.row("a link in place of the CRL is replaced, not followed"):
        work.write("precious.crl", b"precious")
        os.unlink(work.path("worn", "ca.crl"))
        os.symlink("../precious.crl", work.path("worn", "ca.crl"))
        work.ca("crl", "worn")
        e.same(work.read("precious.crl"), b"precious")
        e.same(work.crl_number("worn"), 4)


def full_index(tap, work):
    """An index that is as large as can be read: nothing is added, and it still revokes."""
    work.ca("init", "large")
    serial = work.ca("issue", "large", "--name", "CN=x")["serial"]
    text = work.read("large/index")
    line = b"%040X 2099-01-01T00:00:00Z %-20s %-20s CN=%s\n"
    wide, most, width = 1 << 20, 64 << 20, 20 + 20 + 40 + 4 + 3 + 1
    count = most // (wide + width) - 1
    text = text.replace(b"entries 1\n", b"entries %d\n" % (count + 2))
    text += b"".join(line % (i, b"-", b"-", wide * b"x") for i in range(count))
    # The next one, which is called CN=x like the first, has no room: a byte is missing.
    entry, growth = 104 + len("CN=x\n"), 64
    last = most - entry - growth - len(text) - (len(line % (0, b"-", b"-", b"")))

    def fill(size):
        work.write("large/index", text + line % (count, b"-", b"-", size * b"x"))

    with tap.row("an index that is full by a byte"):
        fill(last + 1)
        work.refused("issue", "large", "--name", "CN=x", because="the index is full")
        work.ca("revoke", "large", serial)
        work.ca("crl", "large", "--days", "36500")
        e.same(work.crl_number("large"), 3)
        text = text.replace(b"crl-number 1\n", b"crl-number 3\n")
    with tap.row("an index with room for one more"):
        fill(last)
        work.ca("issue", "large", "--name", "CN=x")
        work.refused("issue", "large", "--name", "CN=x", because="the index is full")
        for _ in range(8):  # the number gets longer
            work.ca("crl", "large")
        e.same(work.crl_number("large"), 11)
    with tap.row("an index that is too large"):
        fill(last + 200)
        work.refused("crl", "large", because="large/index: error: is too large")
    shutil.rmtree(work.path("large"))


def former(tap, work):
    """An index of former days knows nothing of what was revoked since: it is refused,
    and can be repaired the way that the page tells."""
    work.ca("init", "former")
    one = work.ca("issue", "former", "--name", "CN=one")["serial"]
    old = work.read("former/index")
    two = work.ca("issue", "former", "--name", "CN=two")["serial"]

    def every(because):
        for arguments in (["crl", "former"], ["revoke", "former", one],
                          ["issue", "former", "--name", "CN=x"]):
            work.refused(*arguments, because=because)

    with tap.row("an index that is older than the CRL"):
        work.ca("revoke", "former", one, "--reason", "superseded")
        work.ca("revoke", "former", two)
        new = work.read("former/index")
        for number in (1, 2):
            text = old.replace(b"crl-number 1\n", b"crl-number %d\n" % number)
            work.write("former/index", text)
            every("the index is older than ca.crl: revocations are missing")
        status, _, err = work.run("crl", "former")
        e.same((status, "README.md" in err), (1, True), err)
    with tap.row("it is repaired by hand"):
        when = b"2026-01-31T12:00:00Z"
        none = b"%-20s %-20s " % (b"-", b"-")
        text = old.replace(none, b"%s %-20s " % (when, b"superseded"))
        text += b"%s %s %s %-20s CN=lost\n" % (two.encode(), when, when, b"unspecified")
        text = text.replace(b"crl-number 1\n", b"crl-number 3\n")
        work.write("former/index", text.replace(b"entries 1\n", b"entries 2\n"))
        work.ca("crl", "former")
        e.same(work.crl_number("former"), 4)
        text = work.openssl("crl", "-in", "former/ca.crl", "-noout", "-text").decode()
        e.same(sorted(re.findall("Serial Number: ([0-9A-F]+)", text)), sorted([one, two]))
    with tap.row("an index that is newer than the CRL: the power failed in between"):
        new = new.replace(b"crl-number 3\n", b"crl-number 9\n")
        work.write("former/index", new)
        work.ca("crl", "former")
        e.same(work.crl_number("former"), 10)
    good = work.read("former/ca.crl")
    work.ca("init", "latter")
    for label, text in (
            ("nothing", b""), ("half of it", good[:-40]), ("a certificate",
                                                          work.read("former/ca.pem")),
            ("that of another CA", work.read("latter/ca.crl")),
            ("two", 2 * good), ("not a list", crl_of(make(0x30, make(2, b"\1")))),
            *((label, crl_of(numbered(work, make(4, number)))) for label, number in (
                ("no number", b""), ("half a number", b"\2\2\1"),
                ("a negative number", make(2, b"\xff")), ("an empty number", make(2)),
                ("more behind its number", make(2, b"\1") + b"\0"))),
            ("no extension", crl_of(numbered(work, make(4, make(2, b"\1")), b"\x15"))),
    ):
        with tap.row(f"in place of the CRL: {label}"):
            work.write("former/ca.crl", text)
            every("former/ca.crl: error: ")
            work.refused("crl", "former", because="remove it if the index is the newest")
    for label, number in (("one more", b"\x0b"), ("of eight bytes", b"\x7f" + 7 * b"\xff"),
                          ("of nine bytes", b"\0" + 8 * b"\xff"),
                          ("of twenty bytes", b"\1" + 19 * b"\0")):
        with tap.row(f"a CRL whose number is ahead: {label}"):
            work.write("former/ca.crl", crl_of(numbered(work, make(4, make(2, number)))))
            every("the index is older than ca.crl")
    with tap.row("a CRL whose number is the same, read byte by byte"):
        work.write("former/ca.crl", crl_of(numbered(work, make(4, make(2, b"\x0a")))))
        work.ca("crl", "former")
        e.same(work.crl_number("former"), 11)
    with tap.row("a FIFO in place of the CRL is not waited for"):
        os.unlink(work.path("former", "ca.crl"))
        os.mkfifo(work.path("former", "ca.crl"))
        every("is not a file")


def numbered(work, number, arc=b"\x14"):
    """The fields of a CRL of the CA called former, up to the contents of its number."""
    ca = Certificate(work.der("x509", "former/ca.pem"))
    time = make(0x17, b"260101000000Z")
    extension = make(0x30, make(6, b"\x55\x1d" + arc), number)
    algorithm = bytes.fromhex("300a06082a8648ce3d040302")
    return make(0x30, make(2, b"\1"), algorithm, ca.subject, time, time,
                make(0xA0, make(0x30, extension)))


def crl_of(body):
    """A CRL around it, whose signature nobody looks at."""
    text = base64.encodebytes(make(0x30, body))
    return b"-----BEGIN X509 CRL-----\n" + text + b"-----END X509 CRL-----\n"


def usage(tap, work):
    with tap.row("--help"):
        status, out, err = work.run("--help")
        e.same((status, err), (0, ""))
        e.same(max(map(len, out.splitlines())) <= 88, True)
        for word in ("init", "issue", "revoke", "crl", "--csr", "--not-after", "Exit status"):
            e.same(word in out, True, word)
    for arguments, because in (
            ([], "usage:"), (["isue", "ca"], 'did you mean "issue"?'),
            (["frobnicate"], "there are init"), (["--name"], "unknown command"),
            (["issue"], "expected: postern-ca issue DIR"), (["issue", ""], "empty"),
            (["issue", "ca"], "for whom?"), (["issue", "ca", "b", "--name", "CN=x"], "unexpected 'b'"),
            (["issue", "ca", "--nmae", "x"], 'did you mean "--name"?'),
            (["issue", "ca", "--reason", "x"], "has no option"),
            (["issue", "ca", "--name"], "a value is missing"),
            (["issue", "ca", "--name", "CN=x", "--name", "CN=y"], "given twice"),
            (["issue", "ca", "--csr", "x", "--name", "CN=x"], "does not go with"),
            (["issue", "ca", "--csr", "x", "--key", "rsa"], "does not go with"),
            (["issue", "ca", "--name", "CN=x", "--key", "dsa"], "p256 or rsa"),
            (["issue", "ca", "--name", "CN=x", "--out", "a/"], "the name of a file"),
            (["issue", "ca", "--name", "CN=x", "--days", "1", "--not-after",
              "2030-01-01T00:00:00Z"], "does not go with"),
            (["issue", "ca", "--name", "CN=x", "--not-after", "1970-01-01T00:00:00Z",
              "--days", "1"], "does not go with"),
            (["issue", "ca", "--name", "CN=x", "--not-after", "tomorrow"], "a time like"),
            (["revoke", "ca"], "expected: postern-ca revoke"),
            (["revoke", "ca", "x", "--reason", "hold"], "known: unspecified"),
            *((["crl", "ca", "--days", days], "1 to 36500")
              for days in ("0", "-1", "36501", "1x", "", "+1", " 1", 30 * "9")),
            *((["issue", "ca", "--name", "CN=x", "--dns", name], "not such a name")
              for name in ("", ".", "a..b", "a b", "é", 64 * "a", "*", "a.*", ".a", "a.")),
            *((["issue", "ca", "--name", "CN=x", "--uri", name], "not such a name")
              for name in ("", "a", ":a", "a:", "1:a", "a:b c", "a:é")),
            *((["issue", "ca", "--name", "CN=x", "--email", name], "not such a name")
              for name in ("", "a", "@a", "a@", "a@b@c", "é@a", "a b@c")),
            (["issue", "ca", "--name", "CN=x"] + 33 * ["--dns", "a"], "more than 32"),
    ):
        with tap.row(f"wrong: {' '.join(arguments)[:60]}"):
            if because == "usage:":
                e.same(work.run(*arguments)[:2], (USAGE, ""))
            else:
                work.refused(*arguments, status=USAGE, because=because)


def main(program):
    tap = e.Tap()
    with Folder(program) as work:
        work.ca("init", "ca")
        modes(tap, work)
        taken(tap, work)
        far_keys(tap, work)
        secrets(tap, work)
        full_disks(tap, work)
        read_only(tap, work)
        at_once(tap, work)
        leftovers(tap, work)
        damage(tap, work)
        full_index(tap, work)
        former(tap, work)
        usage(tap, work)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
