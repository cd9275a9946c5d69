#!/usr/bin/env python3
"""revocation.py CA EDGE - what postern-ca revokes, OpenSSL and a running server refuse."""
import re
import ssl
import sys

from authority import Folder, e

MANY = 10000
REASONS = {
    "unspecified": None,
    "keyCompromise": "Key Compromise",
    "affiliationChanged": "Affiliation Changed",
    "superseded": "Superseded",
    "cessationOfOperation": "Cessation Of Operation",
    "privilegeWithdrawn": "Privilege Withdrawn",
}


def crl_text(work, ca):
    """What OpenSSL says of the CRL, whose signature it checks first."""
    done = work.openssl("crl", "-in", f"{ca}/ca.crl", "-verify", "-CAfile", f"{ca}/ca.pem",
                        "-noout", "-text")
    return done.decode()


def is_revoked(work, ca, file):
    arguments = ["verify", "-x509_strict", "-crl_check", "-CRLfile", f"{ca}/ca.crl",
                 "-CAfile", f"{ca}/ca.pem", file]
    try:
        work.openssl(*arguments)
        return False
    except AssertionError as why:
        e.same("certificate revoked" in str(why), True, why)
        return True


def entries(tap, work, ca):
    with tap.row(f"{ca}: the first CRL is empty, has a number and an issuer's key"):
        text = crl_text(work, ca)
        e.same("No Revoked Certificates." in text, True)
        e.same("Version 2" in text, True)
        key_id = work.openssl("x509", "-in", f"{ca}/ca.pem", "-noout", "-ext",
                              "subjectKeyIdentifier").decode().split()[-1]
        e.same(key_id in text, True, text)
        e.same(work.crl_number(ca), 1)
    for number, (word, shown) in enumerate(REASONS.items(), 2):
        with tap.row(f"{ca}: revoked, {word}"):
            said = work.ca("issue", ca, "--name", f"CN={word}")
            e.same(is_revoked(work, ca, said["certificate"]), False)
            target = said["certificate"] if number % 2 else said["serial"].lower()
            more = ["--reason", word] if number > 2 else []
            out = work.ca("revoke", ca, target, *more)
            e.same((out["revoked"], out["reason"]), (said["serial"], word))
            e.same(out["CRL"], f"{ca}/ca.crl, number {number}")
            e.same(work.crl_number(ca), number)
            e.same(is_revoked(work, ca, said["certificate"]), True)
            entry = crl_text(work, ca).split(f"Serial Number: {said['serial']}")[1]
            entry = re.split("Serial Number|Signature", entry)[0]
            e.same(re.findall(r"Reason Code: \s*(\S.*)\n", entry), [shown] if shown else [])
            row = [row for row in work.index(ca) if row[0] == said["serial"]][0]
            e.same((row[3], row[4]), (word, f"CN={word}"))
    with tap.row(f"{ca}: a serial number with colons"):
        serial = work.ca("issue", ca, "--name", "CN=x")["serial"]
        work.ca("revoke", ca, ":".join(re.findall("..", serial)))
    with tap.row(f"{ca}: not twice, and nobody else's"):
        work.refused("revoke", ca, serial, because="was revoked on 2")
        work.refused("revoke", ca, "7" + 39 * "0", because="has not issued it")
        work.refused("revoke", ca, f"{ca}/ca.pem", because="has not issued it")
        for target in ("nope", serial[:-1], serial + "0", serial + ":", ":" + serial):
            work.refused("revoke", ca, target, because="40 hexadecimal digits")
        work.refused("revoke", ca, f"{ca}/ca.crl", because="no such PEM block")
    with tap.row(f"{ca}: days are remembered"):
        for more, days in (([], 30), (["--days", "7"], 7), ([], 7), (["--days", "30"], 30)):
            work.ca("crl", ca, *more)
            text = crl_text(work, ca)
            e.same(f"crl-days {days}\n" in work.read(f"{ca}/index").decode(), True)
            begin, end = (re.search(f"{which} Update: (.*)", text)[1]
                          for which in ("Last", "Next"))
            e.same(seconds(end) - seconds(begin), days * 86400)


def numbers(tap, work, ca):
    """CRL numbers of all lengths, with and without a leading bit."""
    for number in (0x7F, 0x80, 0xFF, 0x100, 0x8000, 0x7FFFFFFF, 0x80000000, 10**18 - 1):
        with tap.row(f"CRL number {number:#x}"):
            text = work.read(f"{ca}/index").decode()
            text = re.sub("crl-number .*", f"crl-number {number - 1}", text)
            work.write(f"{ca}/index", text.encode())
            work.ca("crl", ca)
            e.same(work.crl_number(ca), number)
    with tap.row("it was the last number"):
        work.refused("crl", ca, because="no number is left")
        serial = work.ca("issue", ca, "--name", "CN=x")["serial"]
        work.refused("revoke", ca, serial, because="no number is left")


def seconds(text):
    return ssl.cert_time_to_seconds(text)


def running(tap, work, program):
    """The CRL is exchanged under a running server."""
    folder = work.path("ec")
    hosts = [{"hostname": e.name("service"), "ca": [f"{folder}/ca.pem"],
              "crl": [f"{folder}/ca.crl"], "revocation": "require"}]
    two = [work.ca("issue", "ec", "--name", f"CN={name}") for name in ("a", "b")]
    chains = [(work.path(one["certificate"]), work.path(one["key"])) for one in two]
    edge = e.Edge(program, e.policy(hosts, e.guarded("service")))

    def ask():
        return [edge.ask("x", "service", "service", chain=chain) for chain in chains]

    with edge:
        with tap.row("both are let in"):
            e.same(ask(), ["200", "200"])
        with tap.row("one is revoked, and refused from the next reload on"):
            work.ca("revoke", "ec", two[0]["serial"])
            edge.reload()
            e.same(ask(), ["403", "200"])
            record = [r for r in edge.records() if "REVOKED" in str(r).upper()]
            e.same(len(record) > 0, True)
        with tap.row(f"{MANY} entries"):
            grow(work, "ec")
            work.ca("crl", "ec")
            edge.reload()
            e.same(ask(), ["403", "200"])
            e.same(crl_text(work, "ec").count("Serial Number"),
                   MANY + len(REASONS) + 2)
            work.ca("revoke", "ec", two[1]["serial"])
            edge.reload()
            e.same(ask(), ["403", "403"])
        with tap.row("the server had nothing to say"):
            e.same(edge.stop(), 0)
            e.same(edge.complaints(), "")


def grow(work, ca):
    """An index after years of revoking."""
    text = work.read(f"{ca}/index").decode()
    count = int(re.search("entries (.*)", text)[1])
    lines = [f"{(1 << 159) - 1 - i:040X} 2027-01-01T00:00:00Z 2026-01-01T00:00:00Z "
             f"{'superseded':<20} CN={i}\n" for i in range(MANY)]
    text = text.replace(f"entries {count}", f"entries {count + MANY}") + "".join(lines)
    work.write(f"{ca}/index", text.encode())


def main(program, edge):
    tap = e.Tap()
    with Folder(program) as work:
        for ca, more in (("ec", []), ("rsa", ["--key", "rsa"])):
            work.ca("init", ca, "--name", f"CN={ca}", *more)
            entries(tap, work, ca)
        with tap.row("a certificate of another CA"):
            said = work.ca("issue", "rsa", "--name", "CN=x")
            work.refused("revoke", "ec", said["certificate"], because="of another CA")
            work.refused("revoke", "ec", said["serial"], because="has not issued it")
        running(tap, work, edge)
        numbers(tap, work, "rsa")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
