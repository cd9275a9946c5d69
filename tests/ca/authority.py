"""authority.py - runs postern-ca and openssl, and reads DER, for the tests beside it."""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import edge as e  # noqa: E402

SERIAL_BYTES = 20


class Folder:
    """A place to work in, and a program to work with."""

    def __init__(self, program):
        self.program = os.path.realpath(program)
        self.folder = tempfile.TemporaryDirectory(prefix="postern-")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def path(self, *parts):
        return os.path.join(self.folder.name, *parts)

    def run(self, *arguments, **more):
        """(status, stdout, stderr) of postern-ca"""
        done = subprocess.run(
            [self.program, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=60, cwd=self.folder.name, **more,
        )
        return done.returncode, done.stdout, done.stderr

    def ca(self, *arguments, **more):
        """What it prints, topic by topic; it must not fail."""
        status, out, err = self.run(*arguments, **more)
        e.same(status, 0, err)
        return {line[:12].strip(): line[13:] for line in out.splitlines()}

    def refused(self, *arguments, status=1, because="", **more):
        """It fails with `because` in what it says, and leaves everything as it was."""
        before = self.tree()
        got, out, err = self.run(*arguments, **more)
        e.same((got, out), (status, ""), err)
        e.same("error: " in err, True, err)
        e.same(because in err, True, f"{because!r} in {err!r}")
        e.same(self.tree(), before)

    def tree(self):
        """Everything there is: names, modes, contents."""
        found = {}
        for folder, _, files in os.walk(self.folder.name):
            found[folder] = os.lstat(folder).st_mode
            for file in files:
                path = os.path.join(folder, file)
                about = os.lstat(path)
                contents = None
                if os.path.isfile(path) and not os.path.islink(path):
                    with open(path, "rb") as text:
                        contents = text.read()
                found[path] = (about.st_mode, contents)
        return found

    def openssl(self, *arguments, **more):
        """Its standard output, as bytes; it must not fail."""
        done = subprocess.run(
            ["openssl", *arguments], stdin=subprocess.DEVNULL, capture_output=True,
            timeout=60, cwd=self.folder.name, **more,
        )
        e.same(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def der(self, kind, file):
        if file.endswith(".der"):
            return self.read(file)
        return self.openssl(kind, "-in", file, "-outform", "DER")

    def write(self, file, data):
        with open(self.path(file), "wb") as out:
            out.write(data)

    def read(self, file):
        with open(self.path(file), "rb") as text:
            return text.read()

    def index(self, ca):
        """The entries of an index, as lists of five."""
        lines = self.read(f"{ca}/index").decode("ascii").splitlines()
        return [line.split(None, 4) for line in lines[5:]]

    def crl_number(self, ca):
        text = self.openssl("crl", "-in", f"{ca}/ca.crl", "-noout", "-crlnumber")
        return int(text.decode().strip().split("=0x")[1], 16)


# --- DER -----------------------------------------------------------------------------


def tlv(data, at=0):
    """(tag, contents, end) of the value at `at`, in the shortest form only."""
    tag, length, at = data[at], data[at + 1], at + 2
    if length >= 0x80:
        count = length & 0x7F
        length, at = int.from_bytes(data[at:at + count], "big"), at + count
        e.same(length >= 0x80 and length >> 8 * (count - 1) > 0, True, "shortest length")
    e.same(at + length <= len(data), True, "a length")
    return tag, data[at:at + length], at + length


def children(data):
    """[(tag, contents, whole)] of a value's contents."""
    found, at = [], 0
    while at < len(data):
        tag, contents, end = tlv(data, at)
        found.append((tag, contents, data[at:end]))
        at = end
    return found


def make(tag, *parts):
    data = b"".join(parts)
    size = len(data)
    if size < 0x80:
        return bytes([tag, size]) + data
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + data


class Certificate:
    """The fields of a certificate that tests look at."""

    def __init__(self, der):
        tag, contents, end = tlv(der)
        e.same((tag, end), (0x30, len(der)))
        fields = children(children(contents)[0][1])
        e.same(fields[0][2], bytes.fromhex("a003020102"), "version 3")
        self.serial = fields[1][1]
        self.issuer, self.validity, self.subject, self.spki = (f[2] for f in fields[3:7])
        self.extensions = {}
        for _, one, _ in children(children(fields[7][1])[0][1]):
            parts = children(one)
            critical = len(parts) == 3
            e.same(not critical or parts[1][2] == b"\x01\x01\xff", True, "TRUE is ff")
            self.extensions[parts[0][1].hex()] = (critical, parts[-1][1])


class Request:
    def __init__(self, der):
        fields = children(children(tlv(der)[1])[0][1])
        self.subject, self.spki = fields[1][2], fields[2][2]
