#!/usr/bin/env python3
"""changes.py EDGE - what happens when the policy changes under open connections, when
it is broken, and when the server starts and ends."""
import contextlib
import json
import os
import signal
import sys
import threading
import time

import edge as e


def the_policy(test=e.VERIFIED, **more):
    secret = e.rule("secret", '(http.host eq "service.example.com" and '
                              'http.request.uri.path eq "/secret")')
    return e.policy([e.host("service", **more), e.host("mtls")],
                    [secret, *e.guarded("service", test), *e.guarded("mtls")])


def swaps(tap, edge):
    """One connection sees every generation."""
    good = the_policy()
    others = the_policy(ca=["pki/other.pem"], crl=["pki/other.crl"])
    for label, other in (
        ("its CA is dropped", others),
        ("rule 1 opens to nobody", the_policy("not ssl")),
        ("the host is no longer registered",
         e.policy([e.host("mtls")], e.guarded("mtls"))),
    ):
        with tap.row(f"between two requests {label}, and comes back"):
            before = edge.reload(good)["generation"]
            with edge.connect("good", "service") as talk:
                first = talk.ask("service")
                e.same(first.status, "200")
                after = edge.reload(other)["generation"]
                e.same(after > before, True, "generations grow")
                second = talk.ask("service")
                e.same(second.status in ("403", "421"), True, second.status)
                e.same(edge.record(second.id)["generation"], after)
                if second.status == "403":
                    edge.reload(good)
                    e.same(talk.ask("service").status, "200")
        with tap.row(f"between handshake and request {label}"):
            edge.reload(good)
            with edge.connect("good", "service") as talk:
                edge.reload(other)
                answer = talk.ask("service")
                e.same(answer.status in ("403", "421"), True, answer.status)
    with tap.row("between handshake and request the host is registered: nothing was shown"):
        edge.reload(e.policy([e.host("mtls")], e.guarded("mtls"),
                             plain=["service.example.com"]))
        with edge.connect("good", "service") as talk:
            e.same(talk.ask("service").status, "200")
            edge.reload(good)
            answer = talk.ask("service")
            e.same(answer.status in ("403", "421"), True, answer.status)
    edge.reload(good)


def revocations(tap, edge):
    with tap.row("revoked between two requests"):
        with edge.connect("second", "service") as talk:
            e.same(talk.ask("service").status, "200")
            e.pki("revoke", edge.path("pki"), "second")
            e.same(talk.ask("service").status, "200", "nothing was loaded yet")
            edge.reload()
            answer = talk.ask("service")
            e.same(answer.status, "403")
            e.same(edge.record(answer.id)["certificate"], "revoked")
    with tap.row("and for a new connection"):
        e.same(edge.ask("second", "service", "service"), "403")
    with tap.row("a CRL ends between two requests, without a reload"):
        e.pki("renew", edge.path("pki"), "ca", "3")
        started = time.monotonic()
        edge.reload()
        with edge.connect("good", "service") as talk:
            e.same(talk.ask("service").status, "200")
            time.sleep(max(0.0, started + 4 - time.monotonic()))
            answer = talk.ask("service")
            e.same(answer.status, "403", edge.record(answer.id))
    with tap.row("nor does it let in a new connection"):
        e.same(edge.ask("good", "service", "service"), "403")
    with tap.row("a fresh CRL opens again"):
        e.pki("renew", edge.path("pki"), "ca", "604800")
        edge.reload()
        e.same(edge.ask("good", "service", "service"), "200")
    with tap.row("an old CRL in its place is in force, and in the log"):
        with open(edge.path("pki/ca.crl"), "rb") as file:
            old = file.read()
        e.pki("renew", edge.path("pki"), "ca", "604800")
        e.same("replaces a newer one" in json.dumps(edge.reload()["findings"]), False)
        with open(edge.path("pki/ca.crl"), "rb") as file:
            new = file.read()
        with open(edge.path("pki/ca.crl"), "wb") as file:
            file.write(old)
        finding = edge.reload()["findings"][0]
        e.same(finding["severity"], "warning", finding)
        e.same("replaces a newer one, number " in finding["message"], True, finding)
        e.same(finding["file"].endswith("pki/ca.crl"), True, finding)
        e.same(edge.ask("good", "service", "service"), "200")
        with open(edge.path("pki/ca.crl"), "wb") as file:
            file.write(new)
        e.same(edge.reload()["findings"], [])


def crowds(tap, edge):
    with tap.row("four clients, forty handshakes, the policy loaded again meanwhile"):
        answers = []

        def knock():
            for _ in range(10):
                answers.append(edge.ask("good", "service", "service"))
                answers.append(edge.ask(None, "service", "service"))

        clients = [threading.Thread(target=knock) for _ in range(4)]
        for client in clients:
            client.start()
        while any(client.is_alive() for client in clients):
            edge.reload()
        for client in clients:
            client.join()
        e.same((answers.count("200"), answers.count("403")), (40, 40))


BROKEN = """{
  "version": 1,
  "mtls": {"hosts": [{"hostname": "service.example.com", "ca": ["pki/nowhere.pem"]}]},
  "plain_hots": ["www.example.com"],
  "rulesets": [{"phase": "http_request_firewall_custom", "rules": [
    {"ref": "one", "expression": "(http.hots eq \\"service.example.com\\")", "action": "block"},
    {"ref": "two", "expression": "(http.host eq \\"service.example.com\\")", "action": "blok"}
  ]}]
}
"""
WRONG_WITH_IT = ["pki/nowhere.pem", "plain_hosts", "http.host", "block"]


def broken_policies(tap, edge):
    with tap.row("a broken policy is not put in force: the old one stays"):
        with edge.connect("good", "service") as talk:
            first = talk.ask("service")
            event = edge.reload(BROKEN, "reload-failed")
            text = json.dumps(event["findings"])
            for word in WRONG_WITH_IT:
                e.same(word in text, True, f"{word} in {text}")
            again = talk.ask("service")
            e.same((first.status, again.status), ("200", "200"))
            e.same(edge.record(first.id)["generation"], edge.record(again.id)["generation"])
        e.same(edge.ask(None, "service", "service"), "403")
    with tap.row("nor one that is gone"):
        os.remove(edge.path("policy.json"))
        edge.reload(event="reload-failed")
        e.same(edge.ask("good", "service", "service"), "200")
    with tap.row("nor half of one"):
        edge.reload(json.dumps(the_policy())[:200], "reload-failed")
        e.same(edge.ask(None, "service", "service"), "403")
    edge.reload(the_policy())


def starts(tap, edge):
    config = edge.path("other.json")
    with tap.row("--check: 0"):
        edge.write_config("other.json")
        e.same(edge.run("--config", config, "--check")[0], 0)
    with tap.row("--check of a broken policy: 2, all that is wrong on stderr"):
        edge.write_policy(BROKEN, "broken.json")
        edge.write_config("other.json", policy="broken.json")
        status, _, errors = edge.run("--config", config, "--check")
        e.same(status, 2)
        for word in WRONG_WITH_IT:
            e.same(word in errors, True, f"{word} in {errors}")
    with tap.row("so it does not start"):
        e.same(edge.run("--config", config)[:2], (2, ""))
    for label, more in (
        ("no policy", {"policy": "nowhere.json"}),
        ("no key", {"key": "pki/nowhere.key"}),
        ("another's key", {"key": "pki/good.key"}),
        ("an unknown key", {"lisen": "127.0.0.1:0"}),
        ("a name to listen on", {"listen": "localhost:0"}),
        ("a port that is taken", {"listen": f"127.0.0.1:{edge.port}"}),
    ):
        with tap.row(f"{label}: 2, and it says so"):
            edge.write_config("other.json", **more)
            status, _, errors = edge.run("--config", config)
            e.same((status, errors != ""), (2, True), errors)
    with tap.row("no such option: 2"):
        e.same(edge.run("--hlep")[0], 2)
    with tap.row("--help: 0"):
        e.same(edge.run("--help")[0], 0)


def ends(tap, edge):
    """SIGTERM with clients inside."""
    with tap.row("SIGTERM: idle clients are let go, nobody else comes in, 0"):
        with edge.connect("good", "service") as idle, e.Talk(edge.socket()) as shaking:
            e.same(idle.ask("service").status, "200")
            edge.process.send_signal(signal.SIGTERM)
            e.same(idle.is_closed(), True)
            e.same(shaking.is_closed(), True)
        e.same(edge.process.wait(e.PATIENCE), 0)
        with contextlib.suppress(ConnectionRefusedError):
            edge.socket().close()
            raise AssertionError("somebody still listens")
    with tap.row("the log begins with start and ends with stop"):
        events = [record["event"] for record in edge.records()]
        e.same((events[0], events[-1]), ("start", "stop"))
    with tap.row("nothing on stderr"):
        e.same(edge.complaints(), "")


def main():
    tap = e.Tap()
    program = os.path.abspath(sys.argv[1])
    with e.Edge(program, the_policy()) as edge:
        swaps(tap, edge)
        revocations(tap, edge)
        crowds(tap, edge)
        broken_policies(tap, edge)
        starts(tap, edge)
        edge.finish(tap)
    with e.Edge(program, the_policy()) as edge:
        ends(tap, edge)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
