#!/usr/bin/env python3
"""bench_hostile.py EDGE [SECONDS] - what chains that are made to cost a server dearly cost
postern-edge, and what its other clients notice of it. Numbers, no pass or fail.
"""
import os
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import edge as e  # noqa: E402
import forge  # noqa: E402
import wire  # noqa: E402

LONG, SHORT = 15600, 7300  # what fits into a message of TLS, and into 8192 bytes
HELLO_12 = wire.client_hello(wire.server_name(b"service.example.com")
                             + wire.GROUPS_AND_SIGNATURES)
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 15


def cpu_of(process):
    with open(f"/proc/{process.pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def knock(edge, source, patience=60):
    sock = socket.socket()
    sock.settimeout(patience)
    sock.bind((source, 0))
    sock.connect(("127.0.0.1", edge.port))
    return sock


def attack_12(edge, payload, source):
    """@return seconds until the server had enough"""
    with knock(edge, source) as sock:
        sock.sendall(HELLO_12)
        if not wire.read_flight(sock):
            return None
        started = time.monotonic()
        sock.sendall(payload)
        wire.is_over(sock, 60)
        return time.monotonic() - started


def attack_13(edge, chain, source):
    public = subprocess.run(
        ["openssl", "pkey", "-in", edge.path("pki", "good.key"), "-pubout", "-outform", "DER"],
        check=True, capture_output=True).stdout
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        for der in [forge.leaf(public), *chain]:
            file.write(ssl.DER_cert_to_PEM_cert(der))
        file.flush()
        context = edge.context("x", "1.3", (file.name, edge.path("pki", "good.key")))
    with knock(edge, source) as raw:
        try:
            with context.wrap_socket(raw, server_hostname="service.example.com") as sock:
                sock.sendall(b"GET / HTTP/1.1\r\nHost: service.example.com\r\n\r\n")
                sock.recv(100)
        except (OSError, ssl.SSLError):
            pass


def settle(edge):
    """Waits until the server has nothing to do."""
    while True:
        before = cpu_of(edge.process)
        time.sleep(0.5)
        if cpu_of(edge.process) - before < 0.03:
            return cpu_of(edge.process)


def measure_one(edge, chain, tls13, number):
    before = settle(edge)
    source = f"127.0.3.{number}"
    if tls13:
        attack_13(edge, chain, source)
    else:
        attack_12(edge, forge.flight(chain), source)
    return settle(edge) - before


def costs(program, limits):
    print("CPU seconds of one handshake:")
    number = 0
    with e.Edge(program, e.policy([e.host("service")], e.guarded("service")), limits) as edge:
        versions = edge.versions()
        for label, room, same in (("16 KiB, all different", LONG, False),
                                  ("16 KiB, one repeated", LONG, True),
                                  ("8 KiB, all different", SHORT, False),
                                  ("4 KiB, all different", 3300, False)):
            chain = forge.authorities(room)
            if same:
                chain = chain[:1] * len(chain)
            for version in versions:
                number += 1
                took = measure_one(edge, chain, version == "1.3", number)
                print(f"  TLS {version}  {label}: {len(chain)} certificates, {took:6.2f}",
                      flush=True)


class Visitors:
    """Good clients from other addresses, four new connections a second each."""

    def __init__(self, edge, count, seconds):
        self.edge = edge
        self.end = time.monotonic() + seconds
        self.took = []
        self.failed = 0
        self.context = edge.context("good", "1.2")
        self.threads = [threading.Thread(target=self.visit, args=(f"127.0.2.{i + 1}",))
                        for i in range(count)]
        for thread in self.threads:
            thread.start()

    def visit(self, source):
        while time.monotonic() < self.end:
            started = time.monotonic()
            try:
                with self.context.wrap_socket(
                        knock(self.edge, source, PATIENCE),
                        server_hostname="service.example.com") as sock:
                    fine = e.Talk(sock).ask("service").status == "200"
            except (OSError, ssl.SSLError):
                fine = False
            took = time.monotonic() - started
            if fine:
                self.took.append(took)
            else:
                self.failed += 1
            time.sleep(max(0.0, 0.25 - took))

    def report(self, label, cpu, seconds):
        for thread in self.threads:
            thread.join()
        took = sorted(self.took) or [float("nan")]
        total = len(self.took) + self.failed
        print(f"  {label:34} {len(self.took):5d} of {total:5d} served  "
              f"median {1000 * statistics.median(took):7.1f} ms  "
              f"p95 {1000 * took[int(len(took) * 0.95) - 1]:8.1f} ms  "
              f"max {1000 * took[-1]:8.1f} ms  server CPU {100 * cpu / seconds:5.1f} %",
              flush=True)


def keep_attacking(edge, payload, source, end):
    while time.monotonic() < end:
        try:
            if attack_12(edge, payload, source) is None:
                time.sleep(0.02)
        except OSError:
            time.sleep(0.02)


def keep_stalling(edge, source, end):
    while time.monotonic() < end:
        try:
            with knock(edge, source) as sock:
                sock.sendall(HELLO_12[:20])
                wire.is_over(sock, max(0.1, end - time.monotonic()))
        except OSError:
            pass
        time.sleep(0.02)


def under_attack(program, seconds, workers, addresses, at_once, room=0):
    """@param room bytes for the chain, as many as the server takes; 0: stall instead"""
    stall = room == 0
    payload = forge.flight(forge.authorities(room))
    limits = {"handshake_cpu_ms": 5000}
    if room > 8000:
        limits["handshake_bytes"] = 65536
    with e.Edge(program, e.policy([e.host("service")], e.guarded("service")), limits,
                workers=workers) as edge:
        end = time.monotonic() + seconds
        work = keep_stalling if stall else keep_attacking
        arguments = () if stall else (payload,)
        attackers = [threading.Thread(target=work, daemon=True,
                                      args=(edge, *arguments, f"127.0.1.{a + 1}", end))
                     for a in range(addresses) for _ in range(at_once)]
        for thread in attackers:
            thread.start()
        time.sleep(1)
        before = cpu_of(edge.process)
        visitors = Visitors(edge, 8, seconds - 1)
        kind = "stalled" if stall else f"of {room} bytes"
        label = f"{workers} workers, {addresses} x {at_once} {kind}"
        for thread in visitors.threads:
            thread.join()
        visitors.report(label, cpu_of(edge.process) - before, seconds - 1)
        edge.process.kill()


def main():
    program = os.path.abspath(sys.argv[1])
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    costs(program, {"handshake_bytes": 65536, "handshake_cpu_ms": 60000})
    print("Good clients from eight addresses, four connections a second each:")
    under_attack(program, seconds, 2, 0, 0, SHORT)
    for room in (SHORT, LONG):
        for workers in (2, 8):
            for addresses in (1, 4):
                under_attack(program, seconds, workers, addresses, 8, room)
    under_attack(program, seconds, 2, 4, 64)


if __name__ == "__main__":
    sys.exit(main())
