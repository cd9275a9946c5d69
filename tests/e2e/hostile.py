#!/usr/bin/env python3
"""hostile.py EDGE DATA - clients that do not mean well. The server must get rid of each
in time, never let it in, and serve the next one."""
import contextlib
import glob
import os
import select
import socket
import ssl
import struct
import subprocess
import sys
import time

import edge as e
import forge
import wire

LIMITS = {"handshake_ms": 1500, "header_ms": 1500, "idle_ms": 2500}
SLACK = 2.5  # seconds that a slow machine may take besides

HELLO = wire.client_hello(wire.server_name(b"service.example.com")
                          + wire.GROUPS_AND_SIGNATURES)


def the_policy():
    secret = e.rule("secret", '(http.host eq "service.example.com" and '
                              'http.request.uri.path eq "/secret")')
    return e.policy([e.host("service"), e.host("mtls")],
                    [secret, *e.guarded("service"), *e.guarded("mtls")])


def still_serves(edge):
    e.same(edge.ask("good", "service", "service"), "200", "it should serve on")


def push(sock, data):
    """Sends what the server lets us send."""
    with contextlib.suppress(ConnectionError):
        sock.sendall(data)


# --- before the handshake ends -------------------------------------------------------


def garbage(tap, edge):
    for label, data in (
        ("nothing", b""),
        ("a NUL", b"\0"),
        ("random bytes", os.urandom(5000)),
        ("HTTP", b"GET / HTTP/1.1\r\nHost: service.example.com\r\n\r\n"),
        ("SSLv2", b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + bytes(37)),
        ("a record that is too long", b"\x16\x03\x01\xff\xff" + bytes(65535)),
        ("an empty record", b"\x16\x03\x01\x00\x00"),
        ("an alert", b"\x15\x03\x03\x00\x02\x02\x28"),
        ("data before the handshake", b"\x17\x03\x03\x00\x05hello"),
        ("a hello of another version", HELLO.replace(b"\x03\x03", b"\x03\x00", 2)),
        ("a hello that promises more", HELLO[:6] + b"\x00\xff\xff" + HELLO[9:]),
        ("half a hello", HELLO[:60]),
        ("a hello twice", HELLO + HELLO),
        ("a hello and junk", HELLO + os.urandom(300)),
    ):
        with tap.row(f"instead of a handshake: {label}"):
            with edge.socket() as sock:
                push(sock, data)
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_WR)
                e.same(wire.is_over(sock, 1.5 + SLACK), True, "still open")
            still_serves(edge)
    with tap.row("half a handshake, then a reset"):
        for _ in range(20):
            with edge.socket() as sock:
                sock.sendall(HELLO)
                wire.read_record(sock)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        still_serves(edge)


def slow(tap, edge):
    with tap.row("a hello, byte by byte: the deadline is for the whole handshake"):
        started = time.monotonic()
        with edge.socket() as sock:
            try:
                for byte in HELLO:
                    sock.sendall(bytes([byte]))
                    time.sleep(0.1)
                    e.same(time.monotonic() - started < 1.5 + SLACK, True, "still open")
            except ConnectionError:
                pass
        still_serves(edge)
    with tap.row("nothing at all: the same deadline"):
        with edge.socket() as sock:
            e.same(wire.is_over(sock, 1.5 + SLACK), True)
    with tap.row("a head, byte by byte: 408"):
        started = time.monotonic()
        with edge.connect("good", "service") as talk:
            answered = []
            talk.sock.sendall(b"GET / HTTP/1.1\r\nX: ")
            while not answered and time.monotonic() - started < 1.5 + SLACK:
                talk.sock.sendall(b"x")  # never idle: the deadline is for the whole head
                answered = select.select([talk.sock], [], [], 0.1)[0]
            e.same(len(answered), 1)
            e.same(talk.read().status, "408")
    with tap.row("an idle connection is closed without a word"):
        with edge.connect("good", "service") as talk:
            e.same(talk.ask("service").status, "200")
            talk.sock.settimeout(2.5 + SLACK)
            e.same(talk.is_closed(), True)


# name, server_name extensions, what comes back
SNI = [
    ("one name", [[b"service.example.com"]], "hello"),
    ("the same twice", [[b"service.example.com"], [b"service.example.com"]], None),
    ("registered, then another", [[b"service.example.com"], [b"mtls.example.com"]], "bad"),
    ("registered, then plain", [[b"service.example.com"], [b"www.example.com"]], "bad"),
    ("plain, then registered", [[b"www.example.com"], [b"service.example.com"]], "bad"),
    ("two names in one", [[b"www.example.com", b"service.example.com"]], None),
    ("a NUL", [[b"service.example.com\0.example.org"]], "bad"),
    ("a port", [[b"service.example.com:443"]], "bad"),
    ("empty", [[b""]], "bad"),
    ("9000 bytes", [[b"x" * 9000]], "bad"),
    ("an address", [[b"127.0.0.1"]], None),
    ("upper case and a dot", [[b"SERVICE.example.com."]], "hello"),
]


def names(tap, edge, versions):
    for version in versions:
        more = wire.version_13() if version == "1.3" else b""
        for label, extensions, expected in SNI:
            with tap.row(f"{version}: SNI: {label}"):
                sent = b"".join(wire.server_name(*names) for names in extensions)
                with edge.socket() as sock:
                    sock.sendall(wire.client_hello(
                        wire.GROUPS_AND_SIGNATURES + more + sent))
                    got = wire.reply(sock)
                if expected == "hello":
                    e.same(got, "hello")
                elif expected == "bad":
                    e.same(got != "hello", True, "the handshake goes on")
                still_serves(edge)


def flight(edge, payload):
    """TLS 1.2 up to the client's Certificate, which is not yet encrypted; then a
    ClientKeyExchange that fits nobody. Nothing of it may end in an answer."""
    with edge.socket() as sock:
        sock.sendall(HELLO)
        e.same(wire.read_flight(sock), True, "no ServerHelloDone")
        point = b"\x20" + os.urandom(32)
        push(sock, payload + wire.records(wire.message(wire.CLIENT_KEY_EXCHANGE, point))
             + wire.records(b"\x01", 20) + wire.records(os.urandom(40)))
        e.same(wire.is_over(sock, 1.5 + SLACK), True, "still open")
    still_serves(edge)


def certificates(tap, edge, data):
    with open(edge.path("pki", "good.pem")) as text:
        good = ssl.PEM_cert_to_DER_cert(text.read())
    cases = [
        ("none", wire.certificate()),
        ("empty", wire.certificate(b"")),
        ("a good one, without its key", wire.certificate(good)),
        ("random bytes", wire.certificate(os.urandom(800))),
        ("cut short", wire.certificate(good[:-20])),
        ("followed by junk", wire.certificate(good + b"junk")),
        ("nested 2000 deep", wire.certificate(b"\x30\x80" * 2000)),
        ("a length of 4 GiB", wire.certificate(b"\x30\x84\xff\xff\xff\xff" + good)),
        ("a list longer than its message",
         wire.message(wire.CERTIFICATE, wire.u24(9000) + wire.u24(8997) + good)),
        ("a message longer than its records",
         wire.message(wire.CERTIFICATE, b"")[:1] + wire.u24(70000) + good),
        ("fifty", wire.certificate(*[good] * 50)),
        ("a thousand", wire.certificate(*[good] * 1000)),
        ("ten thousand empty ones", wire.certificate(*[b""] * 10000)),
    ]
    for label, payload in cases:
        with tap.row(f"client certificate: {label}"):
            flight(edge, wire.records(payload))
    with tap.row("client certificate: in records of one byte"):
        flight(edge, wire.records(wire.certificate(good), piece=1))
    bad = sorted(glob.glob(os.path.join(data, "corpus", "bad", "*.der")))
    for path in bad:
        with tap.row(f"client certificate: {os.path.basename(path)}"):
            with open(path, "rb") as der:
                flight(edge, wire.records(wire.certificate(der.read())))


# --- after it ------------------------------------------------------------------------


def heads(tap, edge):
    host = "Host: service.example.com\r\n"
    for label, text, expected in (
        ("request line of 100 KB", f"GET /{'x' * 100000} HTTP/1.1\r\n{host}\r\n", "414"),
        ("10,000 headers",
         "GET / HTTP/1.1\r\n" + host + "X: y\r\n" * 10000 + "\r\n", "431"),
        ("a header of 100 KB", f"GET / HTTP/1.1\r\n{host}X: {'y' * 100000}\r\n\r\n", "431"),
        ("LF alone", "GET / HTTP/1.1\nHost: service.example.com\n\n", "400"),
        ("a folded line", f"GET / HTTP/1.1\r\n{host}X: y\r\n z\r\n\r\n", "400"),
        ("a NUL", f"GET / HTTP/1.1\r\n{host}X: \0\r\n\r\n", "400"),
        ("a blank before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400"),
        ("two lengths", f"GET / HTTP/1.1\r\n{host}Content-Length: 1\r\n"
                        "Content-Length: 2\r\n\r\n", "400"),
        ("length beside chunks", f"GET / HTTP/1.1\r\n{host}Content-Length: 1\r\n"
                                 "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
        ("another coding", f"GET / HTTP/1.1\r\n{host}Transfer-Encoding: gzip\r\n\r\n", "400"),
        ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", None),
        ("HTTP/9.9", f"GET / HTTP/9.9\r\n{host}\r\n", None),
        ("CONNECT", f"CONNECT service.example.com:443 HTTP/1.1\r\n{host}\r\n", "400"),
        ("dots above the root", f"GET /../../secret HTTP/1.1\r\n{host}\r\n", None),
        ("a broken escape", f"GET /%zz HTTP/1.1\r\n{host}\r\n", None),
        ("random bytes", "".join(map(chr, os.urandom(3000))), "400"),
    ):
        with tap.row(f"request: {label}: {expected or 'refused or read'}"):
            with edge.connect("good", "service") as talk:
                talk.send(text)
                got = talk.read().status
                if expected is not None:
                    e.same(got, expected)
                e.same(got in ("200", "400", "403", "414", "431", "505"), True, got)
            with edge.connect(None, "service") as talk:
                talk.send(text)
                got = talk.read().status
                e.same(got in ("400", "403", "414", "431", "505"), True, got)
            still_serves(edge)


def ask_all(talk, asked):
    """Sends every (Host, path) at once. @return the statuses"""
    talk.send("".join(e.request(host, path) for host, path in asked))
    got = []
    while len(got) < len(asked):
        got.append(talk.read().status)
        if got[-1] == "closed":
            break
    return got


def pipelines(tap, edge):
    with tap.row("pipeline: each request is judged on its own"):
        with edge.connect("good", "service") as talk:
            asked = [("service", path) for path in ("/", "/secret", "/x", "/secret", "/")]
            e.same(ask_all(talk, asked), ["200", "403", "200", "403", "200"])
    for label, client, sni, hosts, expected in (
        ("a registered host, then another", "good", "service",
         ["service", "mtls", "service"], ["200", "421", "closed"]),
        ("a registered host, then a plain one", "good", "service",
         ["service", "www", "service"], ["200", "421", "closed"]),
        ("a plain host, then a registered one", "good", "www",
         ["www", "service", "www"], ["200", "421", "closed"]),
        ("a plain host, then nobody's", None, "www",
         ["www", "who", "www"], ["200", "421", "closed"]),
    ):
        with tap.row(f"pipeline: {label}"):
            with edge.connect(client, sni) as talk:
                e.same(ask_all(talk, [(host, "/") for host in hosts]), expected)
    with tap.row("pipeline: fifty in a row, in pieces of seven bytes"):
        with edge.connect("good", "service") as talk:
            text = e.request("service", "/secret") + e.request("service")
            for at in range(0, len(text), 7):
                talk.send(text[at:at + 7])
            e.same([talk.read().status for _ in range(2)], ["403", "200"])
            e.same(ask_all(talk, [("service", "/")] * 50), ["200"] * 50)
    with tap.row("pipeline: what looks like a request in a body is none"):
        with edge.connect(None, "service") as talk:
            inner = e.request("www")
            talk.send("POST / HTTP/1.1\r\nHost: service.example.com\r\n"
                      f"Content-Length: {len(inner)}\r\n\r\n{inner}" + e.request("service"))
            e.same([talk.read().status for _ in range(2)], ["403", "403"])
    with tap.row("keep-alive: twenty requests, one connection"):
        with edge.connect("good", "service") as talk:
            e.same([talk.ask("service").status for _ in range(20)], ["200"] * 20)


def crowds(tap, edge):
    with tap.row("forty open handshakes do not keep a good client out"):
        with contextlib.ExitStack() as stack:
            for _ in range(40):
                stack.enter_context(edge.socket()).sendall(HELLO[:20])
            still_serves(edge)
        still_serves(edge)


def greet(edge, source):
    """Sends a hello of TLS 1.2. @return the socket, at ServerHelloDone; None: refused"""
    sock = edge.socket(source=source)
    push(sock, HELLO)
    with contextlib.suppress(ConnectionError):
        if wire.read_flight(sock):
            return sock
    sock.close()
    return None


def costly(tap, program):
    """Chains that take a server half a second, and whoever else is there."""
    limits = {**LIMITS, "handshake_ms": 5000, "handshakes": 16, "handshakes_per_peer": 8,
              "handshake_cpu_ms": 200}
    payload = forge.flight(forge.authorities(3500))
    with e.Edge(program, the_policy(), limits) as edge:
        try:
            edge.socket(source="127.0.1.1").close()
        except OSError:
            print("# no addresses in 127.0.0.0/8 to come from")
            return
        with tap.row("more bytes than a handshake may have: closed, and not looked at"):
            with greet(edge, "127.0.1.1") as sock:
                push(sock, forge.flight(forge.authorities(15000)))
                e.same(wire.is_over(sock, 3), True, "still open")
            greet(edge, "127.0.1.1").close()  # it has time left
        with tap.row("a chain that takes half a second: others are served meanwhile"):
            with contextlib.ExitStack() as stack:
                sent = [stack.enter_context(greet(edge, "127.0.1.2")) for _ in range(6)]
                for sock in sent:
                    push(sock, payload)
                still_serves(edge)
                e.same([wire.is_over(sock, 3 * e.PATIENCE) for sock in sent], [True] * 6)
        with tap.row("who sent it is refused afterwards, others are not"):
            e.same(greet(edge, "127.0.1.2"), None)
            greet(edge, "127.0.1.3").close()
            still_serves(edge)
        with tap.row("the log says who is turned away, and not each time"):
            for _ in range(50):
                e.same(greet(edge, "127.0.1.2"), None)
            away = [line for line in edge.records() if line["event"] == "turned-away"]
            e.same({line["peer"] for line in away}, {"127.0.1.2"})
            e.same(0 < len(away) < 50 and away[0]["count"] == 1, True, away)
        with tap.row("as many stalled handshakes as there may be do not keep others out"):
            with contextlib.ExitStack() as stack:
                for source in ("127.0.1.4", "127.0.1.5"):
                    for _ in range(8):
                        push(stack.enter_context(edge.socket(source=source)), HELLO[:20])
                time.sleep(0.5)
                for source in ("127.0.1.6", "127.0.1.7"):
                    stack.enter_context(greet(edge, source))
        with tap.row("it goes on when all that is over"):
            still_serves(edge)
            e.same(edge.stop(), 0, edge.complaints())


def refused(tap, program):
    """Clients that a host refuses in the handshake, and that do not go away."""
    limits = {**LIMITS, "handshakes": 8, "handshakes_per_peer": 4}
    locked = e.policy([e.host("service", require=True)], e.guarded("service"))
    with e.Edge(program, locked, limits) as edge, contextlib.ExitStack() as stack:
        for version in edge.versions():
            with tap.row(f"whoever is refused does not keep good ones out, TLS {version}"):
                for _ in range(4):
                    sock = stack.enter_context(edge.socket())
                    stack.enter_context(sock.dup())  # it stays open behind its back
                    with contextlib.suppress(OSError):
                        talk = edge.context(None, version).wrap_socket(
                            sock, server_hostname=e.name("service"))
                        talk.recv(1)
                still_serves(edge)
        with tap.row("it ends in time, however many were refused"):
            e.same(edge.stop(), 0, edge.complaints())


def lost_log(tap, program):
    """Whoever reads the log goes away; the server stays."""
    with tap.row("the log's reader goes away, and the server serves on"):
        with e.Edge(program, the_policy(), LIMITS) as edge:
            edge.process.terminate()
            edge.process.wait(e.PATIENCE)
            edge.write_config(log=None)
            reader, writer = os.pipe()
            server = subprocess.Popen(
                [program, "--config", edge.path("edge.json")], stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=writer, text=True)
            try:
                os.close(writer)
                os.close(reader)
                port = int(server.stdout.readline().rsplit(":", 1)[1])
                plain = int(server.stdout.readline().rsplit(":", 1)[1].split()[0])
                e.same(port > 0, True)
                for _ in range(3):
                    with socket.create_connection(("127.0.0.1", plain), e.PATIENCE) as talk:
                        talk.sendall(e.request("www").encode())
                        e.same(talk.recv(64)[:12], b"HTTP/1.1 200")
                server.terminate()
                e.same(server.wait(e.PATIENCE), 0)
            finally:
                server.kill()
                server.wait()
                server.stdout.close()


def main():
    tap = e.Tap()
    program, data = map(os.path.abspath, sys.argv[1:3])
    with e.Edge(program, the_policy(), LIMITS) as edge:
        garbage(tap, edge)
        slow(tap, edge)
        names(tap, edge, edge.versions())
        certificates(tap, edge, data)
        heads(tap, edge)
        pipelines(tap, edge)
        crowds(tap, edge)
        edge.finish(tap)
    costly(tap, program)
    refused(tap, program)
    lost_log(tap, program)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
