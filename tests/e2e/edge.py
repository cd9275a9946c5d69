"""edge.py - starts postern-edge, knocks at it and says in TAP what came of it.

Everything stays on 127.0.0.1 and every wait has an end.
"""
import contextlib
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import traceback
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 20.0  # seconds for anything that should happen; sanitizers are slow
CUSTOM = "http_request_firewall_custom"
VERIFIED = "cf.tls_client_auth.cert_verified"

warnings.simplefilter("ignore", DeprecationWarning)


# --- TAP -----------------------------------------------------------------------------


class Skip(Exception):
    """Raised in a row that cannot be tried here; the text says why."""


class Tap:
    """One line a row; a row that fails says why on stderr and the others go on."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    @contextlib.contextmanager
    def row(self, name):
        self.count += 1
        try:
            yield
            line = f"ok {self.count} - {name}"
        except Skip as why:
            line = f"ok {self.count} - {name} # SKIP {why}"
        except Exception:
            self.failed += 1
            line = f"not ok {self.count} - {name}"
            print(f"--- {name}", file=sys.stderr)
            traceback.print_exc(limit=-2)
        print(line, flush=True)

    def end(self):
        print(f"1..{self.count}", flush=True)
        return 1 if self.failed else 0


def same(got, expected, more=""):
    if got != expected:
        raise AssertionError(f"expected {expected!r}, got {got!r} {more}")


def eventually(what, attempt, patience=PATIENCE):
    """Calls `attempt` until it returns something true, and returns that."""
    end = time.monotonic() + patience
    while True:
        result = attempt()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {patience} s")
        time.sleep(0.02)


# --- PKI and policy ------------------------------------------------------------------


def pki(*arguments):
    subprocess.run(
        ["sh", os.path.join(HERE, "pki.sh"), *arguments], check=True, timeout=60
    )


def name(host):
    return host and f"{host}.example.com"


def host(label, **more):
    """A registered host; in the PKI's own terms."""
    return {"hostname": name(label), "ca": ["pki/ca.pem"], "crl": ["pki/ca.crl"], **more}


def rule(ref, expression, action="block"):
    made = {"ref": ref, "expression": expression, "action": action}
    if action == "skip":
        made["action_parameters"] = {"ruleset": "current"}
    return made


def guarded(label, test=VERIFIED):
    """The two rules that let in only whom `test` holds for."""
    here = f'http.host eq "{name(label)}"'
    return [
        rule(f"allow-{label}", f"({test} and {here})", "skip"),
        rule(f"deny-{label}", f"({here})"),
    ]


def policy(hosts, rules, plain=("www.example.com",), **more):
    return {
        "version": 1,
        "mtls": {"hosts": hosts},
        "plain_hosts": list(plain),
        "rulesets": [{"phase": CUSTOM, "rules": rules}],
        **more,
    }


# --- the server ----------------------------------------------------------------------


class Edge:
    """A running postern-edge in a folder of its own, with the PKI in pki/."""

    def __init__(self, program, rules, limits=None, **more):
        self.program = program
        self.folder = tempfile.TemporaryDirectory(prefix="postern-")
        self.log = self.path("edge.log")
        pki("make", self.path("pki"))
        self.write_policy(rules)
        # Everybody comes from one address, and sanitizers make handshakes slow.
        self.write_config(limits={"handshake_cpu_ms": 60000, **(limits or {})}, **more)
        self.process = self.start()
        lines = [self.process.stdout.readline().strip() for _ in range(2)]
        found = [re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)( \(plain\))?", line)
                 for line in lines]
        if not all(found) or found[0][2] or not found[1][2]:
            complaints = self.complaints()
            self.__exit__()
            raise SystemExit(f"postern-edge did not start: {lines}\n{complaints}")
        self.port, self.plain_port = (int(match[1]) for match in found)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Leaves nothing behind, whatever happened."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()

    def path(self, *parts):
        return os.path.join(self.folder.name, *parts)

    def write_policy(self, rules, file="policy.json"):
        text = rules if isinstance(rules, str) else json.dumps(rules, indent=1)
        with open(self.path(file), "w") as out:
            out.write(text)

    def write_config(self, file="edge.json", **more):
        config = {
            "listen": "127.0.0.1:0",
            "plain_listen": "127.0.0.1:0",
            "certificate": "pki/server.pem",
            "key": "pki/server.key",
            "policy": "policy.json",
            "log": "edge.log",
            **more,
        }
        with open(self.path(file), "w") as out:
            json.dump({k: v for k, v in config.items() if v is not None}, out)

    def start(self):
        with open(self.path("stderr"), "w") as errors:
            return subprocess.Popen(
                [self.program, "--config", self.path("edge.json")],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True,
            )

    def run(self, *arguments):
        """Runs another one to its end: (status, stdout, stderr)."""
        done = subprocess.run(
            [self.program, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=PATIENCE,
        )
        return done.returncode, done.stdout, done.stderr

    def complaints(self):
        """What it said on stderr, but for notes, which are no complaints."""
        with open(self.path("stderr"), errors="replace") as text:
            return re.sub(r"^.*: note: .*\n(    .*\n)*", "", text.read(), flags=re.M)

    def records(self):
        with open(self.log, errors="replace") as lines:
            return [json.loads(line) for line in lines if line.endswith("\n")]

    def record(self, request_id):
        """What the log says of a request."""
        def find():
            return [r for r in self.records() if r.get("id") == request_id]
        return eventually(f"record of {request_id}", find)[0]

    def reload(self, rules=None, event="reload"):
        """Puts another policy in force; returns the event."""
        def events():
            return [r for r in self.records() if r["event"].startswith("reload")]
        before = len(events())
        if rules is not None:
            self.write_policy(rules)
        self.process.send_signal(signal.SIGHUP)
        found = eventually("a reload", lambda: events()[before:])[0]
        same(found["event"], event, found)
        return found

    def stop(self):
        """Ends it and returns its status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def finish(self, tap):
        """The last rows of every script."""
        with tap.row("afterwards a good client is still let in"):
            same(self.ask("good", "service", "service"), "200")
        with tap.row("SIGTERM ends it with 0"):
            same(self.stop(), 0, self.complaints())
        with tap.row("it had nothing to say on stderr, nor had a sanitizer"):
            same(self.complaints(), "")

    # --- clients ---

    def context(self, client=None, version="1.2", chain=None):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.check_hostname = False
        made.load_verify_locations(self.path("pki", "server.pem"))
        chosen = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[version]
        made.minimum_version = made.maximum_version = chosen
        made.set_ciphers("DEFAULT:@SECLEVEL=0")  # weak keys are the server's business
        if client is not None:
            made.load_cert_chain(*(chain or (self.path("pki", client + ".pem"),
                                             self.path("pki", client + ".key"))))
        return made

    def socket(self, port=None, source=None):
        return socket.create_connection(("127.0.0.1", port or self.port), PATIENCE,
                                        source and (source, 0))

    def connect(self, client=None, sni=None, **more):
        """A connection after its handshake."""
        raw = self.socket()
        try:
            return Talk(self.context(client, **more).wrap_socket(
                raw, server_hostname=name(sni)))
        except BaseException:
            raw.close()
            raise

    def ask(self, client, sni, host_label, **more):
        """Connects, asks for "/", and returns the status of the answer."""
        with self.connect(client, sni, **more) as talk:
            return talk.ask(host_label).status

    def versions(self):
        try:
            self.connect(None, "www", version="1.3").close()
            return ["1.2", "1.3"]
        except ssl.SSLError:
            return ["1.2"]


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body
        self.id = headers.get("x-request-id", "")


def request(host_label, path="/", more=()):
    lines = [f"GET {path} HTTP/1.1", f"Host: {name(host_label)}", *more, "", ""]
    return "\r\n".join(lines)


class Talk:
    """HTTP on a connection. Statuses are text; "closed" when there is no answer."""

    def __init__(self, sock):
        self.sock = sock
        self.buffer = b""
        sock.settimeout(PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.sock.close()

    def send(self, text):
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            self.sock.sendall(text.encode("latin-1"))

    def ask(self, host_label, path="/", more=()):
        self.send(request(host_label, path, more))
        return self.read()

    def fill(self):
        """@return False at the end"""
        try:
            got = self.sock.recv(65536)
        except (ConnectionError, ssl.SSLError):
            got = b""
        self.buffer += got
        return len(got) > 0

    def read(self):
        """The next answer."""
        while b"\r\n\r\n" not in self.buffer:
            if not self.fill():
                return Answer("closed", {}, self.buffer)
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.split(":", 1) for line in lines)
        headers = {key.lower(): value.strip() for key, value in pairs}
        length = int(headers.get("content-length", "0"))
        while len(self.buffer) < length:
            if not self.fill():
                break
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return Answer(first.split(" ")[1], headers, body)

    def is_closed(self):
        """Whether the server closes without saying more."""
        return not self.fill() and self.buffer == b""
