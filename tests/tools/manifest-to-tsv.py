#!/usr/bin/env python3
"""Writes tests/data/corpus/expected.tsv from manifest.json: one certificate a line,
so that a test can read it without a JSON parser. The manifest holds what the openssl
command line printed; what it does not hold is computed from that here.

    usage: manifest-to-tsv.py CORPUS >CORPUS/expected.tsv
"""
import base64
import calendar
import hashlib
import ipaddress
import json
import re
import sys
import time

MANIFEST = [
    "der", "issuer_der", "cert_subject_dn", "cert_issuer_dn",
    "cert_subject_dn_rfc2253", "cert_issuer_dn_rfc2253",
    "cert_subject_dn_legacy", "cert_issuer_dn_legacy",
    "cert_serial", "cert_issuer_serial", "cert_ski", "cert_aki_keyid",
    "cert_issuer_ski", "cert_not_before", "cert_not_after",
    "cert_fingerprint_sha1", "cert_fingerprint_sha256", "spki_sha256",
]
COMPUTED = ["not_before_sec", "not_after_sec", "subject_cn_hex", "san_dns", "san_uri",
            "san_email", "san_ip", "rfc9440_sha256"]


def unix(date):
    """Mar  2 01:02:03 2025 GMT"""
    return str(calendar.timegm(time.strptime(date, "%b %d %H:%M:%S %Y GMT")))


def common_names(dn):
    """The common names of an RFC 2253 text, first RDN first, as hexadecimal UTF-8."""
    found = []
    for part in reversed(re.findall(r"(?:^|[,+])((?:\\.|[^\\,+])*)", dn)):
        if not part.startswith("CN=") or part.startswith("CN=#"):
            continue
        raw = re.sub(rb"\\([0-9A-F]{2})|\\(.)",
                     lambda m: bytes.fromhex(m[1].decode()) if m[1] else m[2],
                     part[3:].encode())
        found.append(raw.hex())
    return ",".join(found)


def alt_names(san, kind):
    return [part[len(kind) + 1:] for part in san.split(", ") if part.startswith(kind + ":")]


def rfc9440(der):
    text = ":" + base64.b64encode(der).decode() + ":"
    return "too large" if len(text) > 10240 else hashlib.sha256(text.encode()).hexdigest()


def main():
    corpus = sys.argv[1]
    manifest = json.load(open(corpus + "/manifest.json", encoding="utf-8"))
    print("\t".join(MANIFEST + COMPUTED))
    for entry in manifest["certs"] + manifest["cas"]:
        if not entry["openssl_parses"]:
            continue
        # The issuer of by-bc-int is malformed on purpose: nothing is known of it.
        if entry["issuer"] == "unknown":
            entry["issuer_der"] = "-"
            entry["cert_issuer_serial"] = ""
            entry["cert_issuer_ski"] = entry["cert_aki_keyid"]
        else:
            entry["issuer_der"] = (entry["der"] if entry["issuer"] == "self"
                                   else "ca/%s.der" % entry["issuer"])
        san = entry["san"]
        values = [entry[column] for column in MANIFEST] + [
            unix(entry["cert_not_before"]),
            unix(entry["cert_not_after"]),
            common_names(entry["cert_subject_dn"]),
            ",".join(alt_names(san, "DNS")),
            ",".join(alt_names(san, "URI")),
            ",".join(alt_names(san, "email")),
            ",".join(ipaddress.ip_address(ip).packed.hex()
                     for ip in alt_names(san, "IP Address")),
            rfc9440(open("%s/%s" % (corpus, entry["der"]), "rb").read()),
        ]
        assert not any("\t" in value or "\n" in value for value in values)
        print("\t".join(values))


main()
