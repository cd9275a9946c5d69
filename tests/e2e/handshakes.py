#!/usr/bin/env python3
"""handshakes.py EDGE DATA - who knocks, at which name, asking for which: who gets in.

Real handshakes, in every version of TLS that the server speaks. DATA is tests/data:
its verdicts.txt says what is thought of each certificate of the corpus.
"""
import os
import re
import ssl
import subprocess
import sys

import edge as e

# client, SNI, Host, answer, what the log says of the certificate
CERTIFICATES = [
    ("no certificate", None, "service", "service", "403", "none"),
    ("a good one", "good", "service", "service", "200", "ok"),
    ("of another CA", "stranger", "service", "service", "403", "untrusted-issuer"),
    ("self-signed", "self-signed", "service", "service", "403", "untrusted-issuer"),
    ("the server's own", "server", "service", "service", "403", "untrusted-issuer"),
    ("the CA's own", "ca", "service", "service", "403", None),
    ("expired", "expired", "service", "service", "403", "expired"),
    ("not yet valid", "early", "service", "service", "403", "not-yet-valid"),
    ("meant for servers", "wrong-purpose", "service", "service", "403", "wrong-usage"),
    ("revoked", "revoked", "service", "service", "403", "revoked"),
    ("revoked, one rule", "revoked", "mtls", "mtls", "403", "revoked"),
    ("revoked, left to rules that look", "revoked", "look", "look", "403", "revoked"),
    ("revoked, left to rules that do not", "revoked", "rules", "rules", "200", "revoked"),
    ("none, left to rules", None, "rules", "rules", "403", "none"),
    ("none, one rule", None, "mtls", "mtls", "403", "none"),
    ("good, one rule", "good", "mtls", "mtls", "200", "ok"),
    ("good, at a host with another CA", "good", "others", "others", "403",
     "untrusted-issuer"),
    ("right for that host", "stranger", "others", "others", "200", "ok"),
    ("of an intermediate that is not sent", "chained", "service", "service", "403",
     "untrusted-issuer"),
    ("none, not asked", None, "www", "www", "200", "host-not-registered"),
    ("good, not asked", "good", "www", "www", "200", "host-not-registered"),
]

# client, SNI, Host: 421 each
MISDIRECTED = [
    ("no SNI", "good", None, "service"),
    ("no SNI, no certificate", None, None, "service"),
    ("no SNI, plain host is fine", None, None, "www"),
    ("SNI of another registered host", "good", "mtls", "service"),
    ("Host of another registered host", "good", "service", "mtls"),
    ("SNI of a plain host", "good", "www", "service"),
    ("SNI of nobody", "good", "who", "service"),
    ("Host of a plain host", "good", "service", "www"),
    ("Host of nobody", "good", "service", "who"),
    ("SNI and Host of nobody", None, "who", "who"),
    ("SNI plain, Host of nobody", None, "www", "who"),
]

# client, at a host that requires a certificate: the answer, or the alert in TLS 1.2, and
# in 1.3 where that is another one; and what the log says
REQUIRED = [
    ("a good one", "good", "locked", "200", "ok"),
    ("none", None, "locked", "HANDSHAKE_FAILURE|CERTIFICATE_REQUIRED", "none"),
    ("of another CA", "stranger", "locked", "UNKNOWN_CA", "untrusted-issuer"),
    ("self-signed", "self-signed", "locked", "UNKNOWN_CA", "untrusted-issuer"),
    ("expired", "expired", "locked", "CERTIFICATE_EXPIRED", "expired"),
    ("not yet valid", "early", "locked", "CERTIFICATE_EXPIRED", "not-yet-valid"),
    ("revoked", "revoked", "locked", "CERTIFICATE_REVOKED", "revoked"),
    ("meant for servers", "wrong-purpose", "locked", "UNSUPPORTED_CERTIFICATE",
     "wrong-usage"),
    ("revoked, left to rules", "revoked", "lax", "200", "revoked"),
    ("none, left to rules", None, "lax", "HANDSHAKE_FAILURE|CERTIFICATE_REQUIRED", "none"),
]

SERVICE = "Host: service.example.com"
# client, lines of the request at SNI service, answer
REQUESTS = [
    ("no Host", "good", ["GET / HTTP/1.1"], "400"),
    ("no Host in 1.0", "good", ["GET / HTTP/1.0"], "400"),
    ("empty Host", "good", ["GET / HTTP/1.1", "Host:"], "400"),
    ("two Hosts", "good", ["GET / HTTP/1.1", SERVICE, "Host: www.example.com"], "400"),
    ("two Hosts, the same", "good", ["GET / HTTP/1.1", SERVICE, SERVICE], "400"),
    ("two Hosts in one", "good",
     ["GET / HTTP/1.1", SERVICE + ", www.example.com"], "400"),
    ("Host with a blank", "good", ["GET / HTTP/1.1", SERVICE + " x"], "400"),
    ("Host with a user", "good", ["GET / HTTP/1.1", "Host: x@service.example.com"], "400"),
    ("target of another host", "good",
     ["GET https://mtls.example.com/ HTTP/1.1", SERVICE], "400"),
    ("target of this host", "good",
     ["GET https://service.example.com/ HTTP/1.1", SERVICE], "200"),
    ("target of this host, none", None,
     ["GET https://service.example.com/ HTTP/1.1", SERVICE], "403"),
    ("upper case and dot", "good",
     ["GET / HTTP/1.1", "Host: SERVICE.example.com."], "200"),
    ("upper case and dot, none", None,
     ["GET / HTTP/1.1", "Host: SERVICE.example.com."], "403"),
    ("with a port", "good", ["GET / HTTP/1.1", SERVICE + ":8443"], "200"),
    ("with a port, none", None, ["GET / HTTP/1.1", SERVICE + ":8443"], "403"),
    ("with an empty port", "good", ["GET / HTTP/1.1", SERVICE + ":"], "400"),
    ("claims to be verified", None,
     ["GET / HTTP/1.1", SERVICE, "Cf-Client-Cert-Verified: true",
      "Client-Cert: :AA==:", "X-Forwarded-Client-Cert: By=x"], "403"),
]

TOKEN = 'len(http.request.headers["cf-access-jwt-assertion"][0]) gt 0'


def the_policy():
    look = f"{e.VERIFIED} and not cf.tls_client_auth.cert_revoked"
    hosts = [
        e.host("service"),
        e.host("mtls"),
        e.host("rules", revoked="rules"),
        e.host("look", revoked="rules"),
        e.host("access"),
        e.host("others", ca=["pki/other.pem"], crl=["pki/other.crl"]),
        e.host("deep", crl=["pki/ca.crl", "pki/intermediate.crl"]),
        e.host("strict"),
        e.host("locked", require=True),
        e.host("lax", require=True, revoked="rules"),
    ]
    rules = [
        *e.guarded("service"),
        e.rule("only-verified",
               f'(http.host eq "mtls.example.com" and not {e.VERIFIED})'),
        *e.guarded("rules"),
        *e.guarded("look", look),
        *e.guarded("access", TOKEN),
        *e.guarded("others"),
        *e.guarded("deep"),
        *e.guarded("strict"),
    ]
    return e.policy(hosts, rules)


def certificates(tap, edge, version):
    for label, client, sni, host, expected, why in CERTIFICATES:
        with tap.row(f"{version}: {label}: {expected}"):
            with edge.connect(client, sni, version=version) as talk:
                answer = talk.ask(host)
            same_answer(edge, answer, expected)
            if why is not None:
                e.same(edge.record(answer.id)["certificate"], why)
    chained = (edge.path("chained.pem"), edge.path("pki", "chained.key"))
    with open(chained[0], "w") as out:
        for part in ("chained", "intermediate"):
            with open(edge.path("pki", part + ".pem")) as text:
                out.write(text.read())
    for label, host, expected, why in (
        ("of an intermediate", "deep", "200", "ok"),
        ("of an intermediate without a CRL, one is required", "strict", "403", None),
    ):
        with tap.row(f"{version}: {label}: {expected}"):
            with edge.connect("chained", host, version=version, chain=chained) as talk:
                answer = talk.ask(host)
            same_answer(edge, answer, expected)
            if why is not None:
                e.same(edge.record(answer.id)["certificate"], why)


def same_answer(edge, answer, expected):
    e.same(answer.status, expected, edge.record(answer.id) if answer.id else "")
    e.same(answer.body.startswith(b"allowed"), expected == "200")
    e.same(len(answer.id) > 0, True, "x-request-id")


def names(tap, edge, version):
    for label, client, sni, host in MISDIRECTED:
        expected = "200" if sni is None and host == "www" else "421"
        with tap.row(f"{version}: {label}: {expected}"):
            with edge.connect(client, sni, version=version) as talk:
                same_answer(edge, talk.ask(host), expected)
                if expected == "421":
                    e.same(talk.is_closed(), True, "not closed after 421")


def alert_of(edge, client, host, version):
    """The answer of `host`, or the alert that ended the handshake: in TLS 1.3 a client
    hears of it when it reads."""
    try:
        with edge.connect(client, host, version=version) as talk:
            talk.send(e.request(host))
            head = talk.sock.recv(4096)
            return head.split(b" ")[1].decode() if head else "closed"
    except ssl.SSLError as why:
        return re.sub(r"^(SSLV3|TLSV1|TLSV13)_ALERT_", "", why.reason or str(why))


def required(tap, edge, version):
    def refusals():
        return [r for r in edge.records() if r["event"] == "handshake-refused"]
    for label, client, host, expected, why in REQUIRED:
        expected = expected.split("|")[0 if version == "1.2" else -1]
        with tap.row(f"{version}: required at {host}: {label}: {expected}"):
            before = len(refusals())
            e.same(alert_of(edge, client, host, version), expected)
            if expected == "200":
                e.same(refusals()[before:], [])
                continue
            found = e.eventually("a line", lambda: refusals()[before:])[0]
            e.same((found["certificate"], found["sni"], found["peer"], found["listener"]),
                   (why, e.name(host), "127.0.0.1", "public"))
    with tap.row(f"{version}: a good one at another host than the required one: 421"):
        e.same(edge.ask("good", "service", "locked", version=version), "421")
    with tap.row(f"{version}: a host that requires certificates since: 421, closed"):
        hosts = the_policy()
        edge.reload(e.policy([e.host("service")], e.guarded("service"),
                             plain=["www.example.com", "later.example.com"]))
        with edge.connect("good", "later", version=version) as talk:
            same_answer(edge, talk.ask("later"), "200")
            edge.reload(e.policy([e.host("service"), e.host("later", require=True)],
                                 e.guarded("service")))
            answer = talk.ask("later")
            same_answer(edge, answer, "421")
            e.same(edge.record(answer.id)["certificate"], "not-asked")
            e.same(talk.is_closed(), True, "not closed after 421")
        e.same(edge.ask("good", "later", "later", version=version), "200")
        edge.reload(hosts)


def requests(tap, edge):
    for label, client, lines, expected in REQUESTS:
        with tap.row(f"{label}: {expected}"):
            with edge.connect(client, "service") as talk:
                talk.send("\r\n".join([*lines, "", ""]))
                same_answer(edge, talk.read(), expected)
    with tap.row("a forged Access token: 403"):
        with edge.connect("good", "access") as talk:
            answer = talk.ask("access", more=["cf-access-jwt-assertion: x"])
            same_answer(edge, answer, "403")
    with tap.row("a forged Access token, spelt with '_': not let in"):
        with edge.connect("good", "access") as talk:
            answer = talk.ask("access", more=["CF_Access_Jwt_Assertion: x"])
            e.same(answer.status in ("400", "403"), True, answer.status)


def plain(tap, edge):
    for host, expected in (("service", "421"), ("www", "200"), ("who", "421")):
        with tap.row(f"without TLS, {host}: {expected}"):
            with e.Talk(edge.socket(edge.plain_port)) as talk:
                same_answer(edge, talk.ask(host), expected)


# --- resumption ----------------------------------------------------------------------


def openssl(edge, version, client, sni, host, *more):
    """@return what s_client says of the session, and the status: "New 200" """
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{edge.port}", "-ign_eof",
               "-tls" + version.replace(".", "_"), *more]
    command += ["-servername", e.name(sni)] if sni else ["-noservername"]
    if client:
        command += ["-cert", edge.path("pki", client + ".pem"),
                    "-key", edge.path("pki", client + ".key")]
    text = e.request(host, more=["Connection: close"])
    done = subprocess.run(command, input=text.encode(), capture_output=True,
                          timeout=e.PATIENCE)
    output = done.stdout.decode("latin-1")
    kind = re.search(r"^(New|Reused), TLS", output, re.M)
    status = re.search(r"^HTTP/1\.1 (\d+) ", output, re.M)
    return " ".join(match[1] if match else "?" for match in (kind, status))


# first client and SNI; second client, SNI and Host; answer
RESUMPTIONS = [
    ("good, back without", "good", "service", None, "service", "service", "New 403"),
    ("good, back with it", "good", "service", "good", "service", "service", "New 200"),
    ("good, back revoked", "good", "service", "revoked", "service", "service", "New 403"),
    ("none, back without", None, "service", None, "service", "service", "New 403"),
    ("from a plain host", None, "www", None, "service", "service", "New 403"),
    ("to a plain host", "good", "service", None, "www", "www", "New 200"),
    ("plain to plain", None, "www", None, "www", "www", "New 200"),
    ("from a host with another CA", "stranger", "others", None, "service", "service",
     "New 403"),
    ("to a host with another CA", "good", "service", None, "others", "others", "New 403"),
    ("without SNI", "good", "service", None, None, "service", "New 421"),
    ("plain SNI, asking for a registered host", "good", "service", None, "www", "service",
     "New 421"),
]


def resumptions(tap, edge, version, kind, *more):
    session = edge.path("session")
    for label, first, first_sni, again, sni, host, expected in RESUMPTIONS:
        with tap.row(f"{version}, {kind}: {label}: {expected}"):
            if os.path.exists(session):
                os.remove(session)
            openssl(edge, version, first, first_sni, first_sni, "-sess_out", session, *more)
            given = ["-sess_in", session] if os.path.exists(session) else []
            got = openssl(edge, version, again, sni, host, *given, *more)
            e.same(got, expected)


# --- the corpus ----------------------------------------------------------------------


def read_verdicts(data):
    """(leaf, chain, CAs, CRLs, mode, reason) of every row about today that a policy
    can hold."""
    with open(os.path.join(data, "verdicts.txt")) as lines:
        rows = [line.split() for line in lines if line.strip() and line[0] != "#"]
    return [(*row[:5], row[6]) for row in rows
            if row[5] == "-" and row[3:5] != ["-", "must"]]


def corpus_file(data, kind, name, suffix):
    if not name.startswith(("extra/", "bad/")):
        name = f"{kind}/{name}"
    folder = data if name.startswith("extra/") else os.path.join(data, "corpus")
    return os.path.join(folder, name + suffix)


def key_file(data, leaf):
    name = leaf[len("extra/"):] if leaf.startswith("extra/") else leaf
    folder = os.path.join(data, "extra") if leaf.startswith("extra/") else \
        os.path.join(data, "corpus", "keys")
    return os.path.join(folder, name + ".key")


def corpus(tap, edge, data, versions):
    """Each (CAs, CRLs, mode) becomes a host of its own."""
    if not os.path.exists(os.path.join(data, "verdicts.txt")):
        with tap.row("corpus"):
            raise e.Skip("no verdicts.txt")
        return
    rows = [row for row in read_verdicts(data)
            if os.path.exists(key_file(data, row[0]))
            and os.path.exists(corpus_file(data, "certs", row[0], ".pem"))]
    trusts = sorted({row[2:5] for row in rows})
    hosts, rules = [e.host("service")], e.guarded("service")
    modes = {"off": "off", "may": "if-present", "must": "require"}
    for number, (cas, crls, mode) in enumerate(trusts):
        hosts.append({
            "hostname": f"c{number}.example.com", "revocation": modes[mode],
            "ca": [corpus_file(data, "ca", ca, ".pem") for ca in cas.split(",")],
            "crl": [corpus_file(data, "crl", crl, ".pem")
                    for crl in crls.split(",") if crl != "-"],
        })
        if not hosts[-1]["crl"]:
            del hosts[-1]["crl"]
        rules += e.guarded(f"c{number}")
    edge.reload(e.policy(hosts, rules))
    for leaf, chain, *trust, reason in rows:
        host = f"c{trusts.index(tuple(trust))}"
        for version in versions:
            label = f"{version}: {leaf} {chain} {' '.join(trust)}: {reason}"
            with tap.row(label):
                one_of_corpus(edge, data, leaf, chain, host, version, reason)


# Good certificates that mbedTLS itself does not take, and the handshake ends: the
# message is over 16 KiB, or there are more than eight others in it.
TOO_LARGE = {"size-20k", "junk-18", "junk-60"}


def one_of_corpus(edge, data, leaf, chain, host, version, reason):
    sent = edge.path("sent.pem")
    with open(sent, "w") as out:
        with open(corpus_file(data, "certs", leaf, ".pem")) as text:
            out.write(text.read())
        if chain != "-":
            with open(corpus_file(data, "chains", chain, ".pem")) as text:
                out.write(text.read())
    try:
        edge.context("it", version, (sent, key_file(data, leaf)))
    except ssl.SSLError as why:
        raise e.Skip(f"the client cannot load it: {why.reason}")
    try:
        with edge.connect("it", host, version=version,
                          chain=(sent, key_file(data, leaf))) as talk:
            answer = talk.ask(host)
    except (ssl.SSLError, ConnectionError):
        answer = e.Answer("closed", {}, b"")
    if answer.status == "closed":
        e.same(reason != "ok" or bool({leaf, chain} & TOO_LARGE), True,
               "a good certificate, and the handshake was refused")
        return
    record = edge.record(answer.id)
    if record["certificate"] == "none" and reason != "ok":
        return  # the client found no signature algorithm for its key, and sent nothing
    e.same(record["certificate"], reason)
    e.same(answer.status, "200" if reason == "ok" else "403")


def main():
    tap = e.Tap()
    with e.Edge(os.path.abspath(sys.argv[1]), the_policy()) as edge:
        versions = edge.versions()
        for version in versions:
            certificates(tap, edge, version)
            names(tap, edge, version)
            required(tap, edge, version)
        requests(tap, edge)
        plain(tap, edge)
        resumptions(tap, edge, "1.2", "ticket")
        resumptions(tap, edge, "1.2", "session id", "-no_ticket")
        if "1.3" in versions:
            resumptions(tap, edge, "1.3", "PSK")
        corpus(tap, edge, os.path.abspath(sys.argv[2]), versions)
        edge.finish(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
