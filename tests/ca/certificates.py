#!/usr/bin/env python3
"""certificates.py CA EDGE - what postern-ca signs is what OpenSSL, mbedTLS and postern
accept, and what it must not sign it refuses."""
import itertools
import sys

from authority import Certificate, Folder, Request, children, e, make, tlv

SECRET_KEYS = {
    "p256": ["ecparam", "-name", "prime256v1", "-genkey", "-noout"],
    "p384": ["ecparam", "-name", "secp384r1", "-genkey", "-noout"],
    "p521": ["ecparam", "-name", "secp521r1", "-genkey", "-noout"],
    "rsa": ["genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048"],
    "rsa1024": ["genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:1024"],
    "ed25519": ["genpkey", "-algorithm", "ed25519"],
    "secp256k1": ["ecparam", "-name", "secp256k1", "-genkey", "-noout"],
    "brainpool": ["ecparam", "-name", "brainpoolP256r1", "-genkey", "-noout"],
}

# What `openssl req` makes: its string_mask, and -subj.
NAMES = {
    "plain": ("utf8only", "/C=US/O=Access/OU=Access Admins/CN=James Royal"),
    "UTF-8": ("utf8only", "/O=Bücher/CN=Zoë ☃ 𝄞"),
    "several in one": ("utf8only", "/O=x/CN=b+UID=a+OU=c"),
    "BMPString": ("MASK:0x800", "/O=Zürich/CN=Ω"),
    "T61String": ("MASK:0x4", "/CN=caf\u00e9"),
    "a leading space": ("utf8only", "/CN= x "),
    "a number sign": ("utf8only", "/CN=#0401"),
    "UID and DC": ("utf8only", "/DC=example/DC=org/UID=jroyal"),
    "special characters": ("utf8only", r"/O=a\/CN=b/CN=a\+b,c\/d\\;<e>\"=f"),
    "a long one": ("utf8only", "/CN=x" + "".join(f"/OU={i:064}" for i in range(12))),
}
CONFIG = "[req]\ndistinguished_name = name\nstring_mask = {}\n[name]\n"
COMMON_NAME = bytes.fromhex("0603550403")
# Names that the command line has no way to ask for.
STRANGE = {
    "an empty value": make(0x0C),
    "a NUL": make(0x0C, b"a\0b"),
    "a Latin-1 letter": make(0x14, b"\xe9"),
    "control characters": make(0x0C, b"\x1b[2J\n\r"),
}


def name_of(value):
    return make(0x30, make(0x31, make(0x30, COMMON_NAME, value)))


def make_keys(work):
    for kind, arguments in SECRET_KEYS.items():
        work.openssl(*arguments, "-out", f"{kind}.key")


def request(work, key, subject="/CN=x", mask="utf8only", more=(), out="r.csr"):
    work.write("req.cnf", CONFIG.format(mask).encode())
    work.openssl("req", "-new", "-utf8", "-config", "req.cnf", "-key", f"{key}.key",
                 "-subj", subject, "-out", out, *more)
    return out


ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
RSA_SHA256 = bytes.fromhex("300d06092a864886f70d01010b0500")


def request_of(work, subject, spki=None, algorithm=ECDSA_SHA256, version=b"\0",
               attributes=b"\xa0\x00", more=b"", signer="p256", tail=b""):
    """A request, byte by byte, signed with OpenSSL."""
    if spki is None:
        spki = work.openssl("pkey", "-in", "p256.key", "-pubout", "-outform", "DER")
    body = make(0x30, make(2, version), subject, spki, attributes, more)
    work.write("body", body)
    signature = work.openssl("dgst", "-sha256", "-sign", f"{signer}.key", "body")
    work.write("r.der", make(0x30, body, algorithm, make(3, b"\0", signature), tail))
    return "r.der"


def accepted(work, ca, file):
    work.openssl("verify", "-x509_strict", "-purpose", "sslclient", "-crl_check",
                 "-CRLfile", f"{ca}/ca.crl", "-CAfile", f"{ca}/ca.pem", file)


def extensions_are_right(made, authority):
    wanted = {
        "551d13": (True, make(0x30)),
        "551d0f": (True, bytes.fromhex("03020780")),
        "551d25": (False, bytes.fromhex("300a06082b06010505070302")),
        "551d23": (False, make(0x30, make(0x80, tlv(authority.extensions["551d0e"][1])[1]))),
    }
    for oid, value in wanted.items():
        e.same(made.extensions[oid], value, oid)
    e.same(len(tlv(made.extensions["551d0e"][1])[1]), 20)
    e.same(len(made.serial), 20)
    e.same(made.serial[0] & 0x80, 0, "a positive serial")


class Door:
    """An edge with two hosts, each trusting one of the CAs."""

    def __init__(self, program, work):
        hosts = [self.host("service", work.path("ec")), self.host("mtls", work.path("rsa-ca"))]
        self.edge = e.Edge(program, e.policy(
            hosts, [*e.guarded("service"), *e.guarded("mtls")]))
        self.work = work

    @staticmethod
    def host(label, folder):
        return {"hostname": e.name(label), "ca": [f"{folder}/ca.pem"],
                "crl": [f"{folder}/ca.crl"], "revocation": "require"}

    def ask(self, ca, certificate, key):
        label = {"ec": "service", "rsa-ca": "mtls"}[ca]
        chain = (self.work.path(certificate), self.work.path(key))
        return self.edge.ask("x", label, label, chain=chain)


def matrix(tap, work, door):
    """Every CA signs every key and every name."""
    for ca, key, (label, (mask, subject)) in itertools.product(
            ("ec", "rsa-ca"), ("p256", "rsa"), NAMES.items()):
        with tap.row(f"a request: {ca} signs {key}, {label}"):
            csr = request(work, key, subject, mask)
            issued(work, door, ca, csr, key)
    for ca, key in (("ec", "p384"), ("ec", "p521"), ("rsa-ca", "p384")):
        with tap.row(f"a request: {ca} signs {key}"):
            issued(work, door, ca, request(work, key, more=["-sha512"]), key)
    for label, value in STRANGE.items():
        with tap.row(f"a request by hand: {label} in its name"):
            issued(work, door, "ec", request_of(work, name_of(value)), "p256")
    for ca, kind in itertools.product(("ec", "rsa-ca"), ("p256", "rsa")):
        with tap.row(f"a new key: {ca} signs {kind}"):
            said = work.ca("issue", ca, "--name", "CN=new", "--key", kind)
            accepted(work, ca, said["certificate"])
            e.same(door.ask(ca, said["certificate"], said["key"]), "200")


def issued(work, door, ca, csr, key):
    authority = Certificate(work.der("x509", f"{ca}/ca.pem"))
    said = work.ca("issue", ca, "--csr", csr)
    made = Certificate(work.der("x509", said["certificate"]))
    wanted = Request(work.der("req", csr))
    e.same(made.subject, wanted.subject)
    e.same(made.spki, wanted.spki)
    e.same(made.issuer, authority.subject)
    e.same(said["serial"], made.serial.hex().upper())
    e.same("key" in said, False)
    e.same(said["subject"].isascii() and said["subject"].isprintable(), True)
    extensions_are_right(made, authority)
    accepted(work, ca, said["certificate"])
    e.same(b"X509v3 extensions" in work.openssl(
        "x509", "-in", said["certificate"], "-noout", "-text"), True)
    e.same(door.ask(ca, said["certificate"], f"{key}.key"), "200")


def details(tap, work):
    with tap.row("the CA's own certificate"):
        for ca in ("ec", "rsa-ca"):
            made = Certificate(work.der("x509", f"{ca}/ca.pem"))
            key_id = tlv(made.extensions["551d0e"][1])[1]
            e.same(made.extensions, {
                "551d13": (True, bytes.fromhex("30060101ff020100")),
                "551d0f": (True, bytes.fromhex("03020106")),
                "551d0e": (False, make(4, key_id)),
                "551d23": (False, make(0x30, make(0x80, key_id)))})
            e.same(made.subject, made.issuer)
            work.openssl("verify", "-x509_strict", "-check_ss_sig", "-CAfile",
                         f"{ca}/ca.pem", f"{ca}/ca.pem")
    with tap.row("alternative names, in the order in which they were given"):
        said = work.ca("issue", "ec", "--name", "CN=x", "--uri", "spiffe://a/b", "--dns",
                       "*.a.example", "--email", "a@b.example", "--dns", "c")
        made = Certificate(work.der("x509", said["certificate"]))
        e.same(made.extensions["551d11"], (False, make(
            0x30, make(0x86, b"spiffe://a/b"), make(0x82, b"*.a.example"),
            make(0x81, b"a@b.example"), make(0x82, b"c"))))
        accepted(work, "ec", said["certificate"])
    with tap.row("extensions that a request asks for are ignored, and that is said"):
        csr = request(work, "p256", more=["-addext", "basicConstraints=critical,CA:TRUE",
                                          "-addext", "subjectAltName=DNS:evil.example"])
        status, out, err = work.run("issue", "ec", "--csr", csr, "--out", "plain")
        e.same(status, 0, err)
        e.same("note: the extensions it asks for are ignored" in err, True, err)
        made = Certificate(work.der("x509", "plain.pem"))
        e.same("551d11" in made.extensions, False)
        e.same(made.extensions["551d13"], (True, make(0x30)))
    with tap.row("a request from Windows: other line ends, and called new"):
        text = work.read(request(work, "p256")).replace(b"\n", b"\r\n")
        work.write("new.csr", b"hello\r\n" + text.replace(b"N CERT", b"N NEW CERT").replace(
            b"D CERT", b"D NEW CERT"))
        said = work.ca("issue", "ec", "--csr", "new.csr")
        accepted(work, "ec", said["certificate"])
    with tap.row("a name is written as rules see it"):
        for text, shown in (
                ("CN=alice,OU=Admins,O=Example,C=US", None),
                ("CN=a\\,b\\+c\\\\d\\\"e,O=\\#x,L=\\ y\\ ", None),
                ("UID=u+CN=a", None),
                ("CN=Zoë", "CN=Zo\\C3\\AB"),
                ("cn=a, o=b ", "CN=a,O=b"),
                ("CN=\\41\\2C", "CN=A\\,"),
                ("serialNumber=12,DC=example,emailAddress=a@b,ST=s", None)):
            said = work.ca("issue", "ec", "--name", text)
            e.same(said["subject"], shown or text)
            got = work.openssl("x509", "-in", said["certificate"], "-noout", "-subject",
                               "-nameopt", "RFC2253").decode().rstrip("\n")
            e.same(got, "subject=" + (shown or text))
            accepted(work, "ec", said["certificate"])
    with tap.row("the parts of a set are sorted"):
        said = work.ca("issue", "ec", "--name", "OU=c+CN=bb+O=a+CN=a")
        made = Certificate(work.der("x509", said["certificate"]))
        parts = [whole for _, _, whole in children(children(tlv(made.subject)[1])[0][1])]
        e.same(len(parts), 4)
        e.same(parts, sorted(parts))


def times(tap, work):
    def ends(file):
        text = work.openssl("x509", "-in", file, "-noout", "-enddate", "-dateopt",
                            "iso_8601")
        return text.decode().strip().split("=")[1].replace(" ", "T")

    work.ca("init", "long", "--days", "36500", "--name", "CN=long")
    for when, tag in (("2049-12-31T23:59:59Z", 0x17), ("2050-01-01T00:00:00Z", 0x18),
                      ("2096-02-29T12:34:56Z", 0x18)):
        with tap.row(f"it ends at {when}"):
            said = work.ca("issue", "long", "--name", "CN=x", "--not-after", when)
            made = Certificate(work.der("x509", said["certificate"]))
            e.same(children(tlv(made.validity)[1])[1][0], tag)
            e.same((ends(said["certificate"]), said["valid until"]), (when, when))
            accepted(work, "long", said["certificate"])
    work.ca("init", "short", "--days", "10", "--name", "CN=short")
    with tap.row("the usual time ends with the CA"):
        said = work.ca("issue", "short", "--name", "CN=x")
        e.same(ends(said["certificate"]), ends("short/ca.pem"))
        accepted(work, "short", said["certificate"])
    with tap.row("more than the CA's time is refused"):
        work.refused("issue", "short", "--name", "CN=x", "--days", "11",
                     because="would outlive its CA")
        work.refused("issue", "short", "--name", "CN=x", "--not-after",
                     "2099-01-01T00:00:00Z", because="would outlive its CA")
        work.ca("issue", "short", "--name", "CN=x", "--days", "9")
    with tap.row("the past is refused"):
        for when in ("2020-01-01T00:00:00Z", "1970-01-01T00:00:00Z",
                     "1970-01-01T00:00:01Z"):
            work.refused("issue", "short", "--name", "CN=x", "--not-after", when,
                         because="in the past")


def refusals(tap, work):
    good = work.der("req", request(work, "p256"))

    def refused(label, because, file="bad.csr"):
        with tap.row(f"refused: {label}"):
            work.refused("issue", "ec", "--csr", file, because=because)

    for label, at in (("a wrong signature", -1), ("another name", good.index(b"\x0c\x01x") + 2)):
        work.write("bad.csr", good[:at] + bytes([good[at] ^ 1]) + good[at:][1:])
        refused(label, "its signature is wrong")
    for kind, because in (("ed25519", "neither RSA nor on P-256"),
                          ("secp256k1", "neither RSA nor on P-256"),
                          ("brainpool", "neither RSA nor on P-256"),
                          ("rsa1024", "2048 to 8192 bits")):
        request(work, kind, out="bad.csr")
        refused(f"a key of {kind}", because)
    request(work, "rsa", more=["-sha1"], out="bad.csr")
    refused("SHA-1", "not signed with")
    request(work, "rsa", more=["-sigopt", "rsa_padding_mode:pss"], out="bad.csr")
    refused("PSS", "not signed with")

    name = name_of(make(0x0C, b"x"))
    rsa = work.openssl("pkey", "-in", "rsa.key", "-pubout", "-outform", "DER")
    point = work.openssl("ec", "-in", "p256.key", "-pubout", "-conv_form", "compressed",
                         "-outform", "DER")
    for label, made, because in (
            ("the signature of another key", {"signer": "secp256k1"}, "signature is wrong"),
            ("RSA, and says ECDSA", {"spki": rsa, "signer": "rsa"}, "another kind of key"),
            ("ECDSA, and says RSA", {"algorithm": RSA_SHA256}, "another kind of key"),
            ("a compressed point", {"spki": point}, "compressed"),
            ("version 2", {"version": b"\1"}, "no certificate request"),
            ("more behind its signature", {"tail": b"\x05\x00"}, "no certificate request"),
            ("more behind its attributes", {"more": b"\x05\x00"}, "no certificate request"),
    ):
        request_of(work, name, **made)
        refused(label, because, "r.der")
    # mbedTLS itself has no numbers of more than 8192 bits.
    for bits, modulus, because in ((8193, b"\1" + 1024 * b"\xff", "is no key"),
                                   (8192, b"\0" + 1024 * b"\xff", "another kind of key"),
                                   (2048, b"\0" + 256 * b"\xff", "another kind of key"),
                                   (2047, b"\x7f" + 255 * b"\xff", "2048 to 8192 bits")):
        spki = make(0x30, bytes.fromhex("300d06092a864886f70d0101010500"), make(
            3, b"\0", make(0x30, make(2, modulus), make(2, b"\1\0\1"))))
        request_of(work, name, spki=spki)
        refused(f"RSA of {bits} bits, and says ECDSA", because, "r.der")
    for label, subject, because in (
            ("an empty subject", make(0x30), "empty or malformed"),
            ("an empty set", make(0x30, make(0x31)), "empty or malformed"),
            ("a value too many", make(0x30, make(0x31, make(
                0x30, COMMON_NAME, make(0x0C, b"x"), make(0x0C, b"y")))), "empty or malformed"),
            ("an overlong length in it", name_of(b"\x0c\x81\x01x"), "empty or malformed"),
            ("no UTF-8", name_of(make(0x0C, b"\xff\xfe")), "empty or malformed"),
            ("a kind of string mbedTLS does not know", name_of(make(0x12, b"1")),
             "would not accept")):
        request_of(work, subject)
        refused(label, because, "r.der")
    with tap.row("refused: the name of the CA itself"):
        work.refused("issue", "rsa-ca", "--name", "CN=RSA", because="the name of the CA")
        work.refused("issue", "rsa-ca", "--name", "CN=rsa", because="the name of the CA")
        work.refused("issue", "rsa-ca", "--csr", request_of(work, name_of(make(0x13, b"rSa"))),
                     because="the name of the CA")
        work.ca("issue", "rsa-ca", "--name", "CN=RSA2")
        work.ca("issue", "rsa-ca", "--name", "CN=RSB")
    for label, data in (("nothing", b""), ("no PEM", b"hello\n"),
                        ("a certificate", work.read("ec/ca.pem")),
                        ("bytes behind it", good + b"\0"), ("half of it", good[:-9]),
                        ("an endless length", b"\x30\x80" + good[4:]),
                        ("an overlong length", b"\x30\x83\x00" + good[2:]),
                        ("two requests", 2 * work.read("r.csr")),
                        ("no end", work.read("r.csr")[:-20]),
                        ("no Base64", work.read("r.csr").replace(b"A", b"*"))):
        work.write("bad.csr", data)
        refused(label, "")
    for name, because in (("alice", "expected TYPE=VALUE"), ("CN=", "empty"),
                          ("CN=a,", "expected TYPE=VALUE"), ("CN=a,,O=b", "expected"),
                          ("XX=a", "unknown type"), ("CN=#41", "cannot begin"),
                          ("CN=a;b", "special character"), ("CN=a\\x", "backslash"),
                          ("CN=a\\", "backslash"), ("CN=" + 65 * "x", "too long"),
                          ("CN=\\FF", "not UTF-8"), ("CN=\\C0\\80", "not UTF-8"),
                          ("CN=\\ED\\A0\\80", "not UTF-8"), ("C=USA", "too long"),
                          ("CN=a\nb", "control"), ("CN=\x1b[2J", "control"),
                          ("CN=\\00", "control"), ("CN=\\7F", "control"),
                          ("C=U", "two letters"), ("C=U*", "letters, digits"),
                          ("DC=é", "ASCII"), ("+".join(9 * ["CN=a"]), "too many"), ("", "")):
        with tap.row(f"refused: the name {name[:40]!r}"):
            work.refused("issue", "ec", "--name", name, because=because)


def main(program, edge):
    tap = e.Tap()
    with Folder(program) as work:
        make_keys(work)
        work.ca("init", "ec", "--name", "CN=EC,O=Zürich+OU=\\#1")
        work.ca("init", "rsa-ca", "--name", "CN=RSA", "--key", "rsa")
        door = Door(edge, work)
        with door.edge:
            matrix(tap, work, door)
            with tap.row("the server had nothing to say"):
                e.same(door.edge.stop(), 0)
                e.same(door.edge.complaints(), "")
        details(tap, work)
        times(tap, work)
        refusals(tap, work)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
