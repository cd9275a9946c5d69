#!/usr/bin/env python3
"""page.py CA EDGE PAGE - what the page of postern-ca tells people to type works: every
block of shell, in order, in an empty folder."""
import os
import plistlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile

from authority import e


def blocks(page):
    found = re.findall(r"^```(\w*)\n(.*?)^```$", page, flags=re.M | re.S)
    e.same({language for language, _ in found}, {"sh"}, "blocks of another kind")
    return [text for _, text in found]


def leads_somewhere(page, link):
    """A file, and a heading in it as GitHub names headings."""
    file, _, anchor = link.partition("#")
    target = os.path.join(os.path.dirname(page), file)
    if not anchor:
        return os.path.exists(target)
    with open(target, encoding="utf-8") as text:
        headings = re.findall(r"^#+ (.*)$", text.read(), flags=re.M)
    names = [re.sub(r"[^a-z0-9_-]", "", h.lower().replace(" ", "-")) for h in headings]
    return anchor in names


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return str(taken.getsockname()[1])


def main(ca, edge, page):
    tap = e.Tap()
    with open(page, encoding="utf-8") as text:
        whole = text.read()
    script = "".join(blocks(whole))
    with tap.row("its links lead somewhere"):
        links = re.findall(r"\]\(([^)]*)\)", whole)
        e.same([link for link in links if not leads_somewhere(page, link)], [])
        e.same(len(links) >= 2, True)
    with tempfile.TemporaryDirectory(prefix="postern-") as folder:
        tools = os.path.join(folder, "tools")
        work = os.path.join(folder, "work")
        os.mkdir(tools)
        os.mkdir(work)
        os.symlink(os.path.realpath(ca), os.path.join(tools, "postern-ca"))
        os.symlink(os.path.realpath(edge), os.path.join(tools, "postern-edge"))
        with tap.row("every block ends well, and every answer is what its line says"):
            wanted = re.findall(r"# (\d{3})$", script, flags=re.M)
            # Sanitizers are slower than people.
            script = script.replace("8443", free_port()).replace("sleep 1", "sleep 3")
            script = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n" + script
            done = subprocess.run(
                ["bash", "-eu", "-o", "pipefail", "-c", script], cwd=work, timeout=120,
                env={**os.environ, "PATH": tools + os.pathsep + os.environ["PATH"]},
                stdin=subprocess.DEVNULL, capture_output=True, text=True)
            e.same(done.returncode, 0, done.stdout + done.stderr)
            e.same(re.findall(r"^(\d{3})$", done.stdout, flags=re.M), wanted, done.stderr)
            e.same(len(wanted) > 4, True)

        def pkcs12(file):
            shown = subprocess.run(
                ["openssl", "pkcs12", "-in", file, "-info", "-noout", "-legacy",
                 "-passin", "file:bob.password"],
                cwd=work, capture_output=True, text=True, timeout=60)
            e.same(shown.returncode, 0, shown.stderr)
            return shown.stderr

        with tap.row("the two forms of .p12 are what they are said to be"):
            e.same("MAC: sha256" in pkcs12("bob.p12"), True)
            e.same("AES-256-CBC" in pkcs12("bob.p12"), True)
            old = pkcs12("bob-old.p12")
            e.same("MAC: sha1" in old, True, old)
            e.same(old.count("pbeWithSHA1And3-KeyTripleDES-CBC") >= 2, True, old)
            e.same("AES" in old or "RC2" in old, False, old)
        with tap.row("the profile is a property list with the .p12 in it"):
            with open(os.path.join(work, "bob.mobileconfig"), "rb") as text:
                profile = plistlib.load(text)
            with open(os.path.join(work, "bob-old.p12"), "rb") as data:
                inner = data.read()
            payload, = profile["PayloadContent"]
            e.same(payload["PayloadType"], "com.apple.security.pkcs12")
            e.same(payload["PayloadContent"], inner)
            e.same("Password" in payload, False)
            ids = [profile["PayloadUUID"], payload["PayloadUUID"]]
            e.same(ids[0] != ids[1], True)
            for one in ids:
                e.same(bool(re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one)),
                       True, one)
        with tap.row("secrets are for their owner only"):
            for file in ("alice.key", "bob.key", "bob.p12", "bob-old.p12",
                         "bob.password", "bob.mobileconfig", "ca/ca.key"):
                e.same(os.stat(os.path.join(work, file)).st_mode & 0o077, 0, file)
    return tap.end()


if __name__ == "__main__":
    if shutil.which("curl") is None:
        print("1..0 # SKIP no curl")
        sys.exit(0)
    sys.exit(main(*sys.argv[1:]))
