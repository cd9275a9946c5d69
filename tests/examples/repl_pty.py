#!/usr/bin/env python3
"""repl_pty.py REPL [--plain] - types into the REPL as a person does, through a
pseudo-terminal. Speaks TAP.

--plain: this REPL was built without a library that edits lines. Every wait ends as soon
as what it waits for is there, and in any case after a while; nothing sleeps.
"""
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import tempfile
import termios
import time
import traceback

PATIENCE = float(os.environ.get("REPL_PATIENCE", "20"))  # seconds for anything that should happen; sanitizers are slow
PROMPT = r"postern>(\x1b\[0m)? $"
MORE = r"\.\.\.>(\x1b\[0m)? $"
UP, CTRL_A, CTRL_C, CTRL_D, CTRL_W = "\x1b[A", "\x01", "\x03", "\x04", "\x17"
TRUE, FALSE = "= \x1b[32mtrue\x1b[0m", "= \x1b[33mfalse\x1b[0m"

REPL = ""
failed = 0
count = 0


@contextlib.contextmanager
def row(name):
    global count, failed
    count += 1
    try:
        yield
        print(f"ok {count} - {name}", flush=True)
    except Exception:
        failed += 1
        print(f"not ok {count} - {name}", flush=True)
        traceback.print_exc(limit=-2)


class Terminal:
    """The REPL at a terminal of its own; ends it however the row ends."""

    def __init__(self, *arguments, home=None, columns=80, rows=24, **environment):
        self.folder = None
        if home is None:
            self.folder = tempfile.TemporaryDirectory()
            home = self.folder.name
        env = {name: os.environ[name] for name in os.environ
               if name not in ("NO_COLOR", "XDG_STATE_HOME", "COLUMNS", "LINES")}
        env.update({"TERM": "xterm", "HOME": home, "LC_ALL": "C.UTF-8", **environment})
        self.seen = ""  # since the last wait ended
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            try:
                resize(0, columns, rows)
                os.chdir(home)
                os.execve(REPL, [REPL, *arguments], env)
            finally:
                os._exit(127)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            os.close(self.master)
        if self.folder:
            self.folder.cleanup()

    def read(self, deadline):
        """More of what is shown. @return False: it ended"""
        left = deadline - time.monotonic()
        ready = select.select([self.master], [], [], max(left, 0))[0]
        if not ready:
            raise AssertionError(f"waited in vain; seen: {self.seen!r}")
        try:
            data = os.read(self.master, 65536)
        except OSError:  # Linux says so when the other side is closed
            return False
        self.seen += data.decode("utf-8", "backslashreplace")
        return data != b""

    def wait(self, pattern=PROMPT):
        """Waits until what was shown since the last wait ends in `pattern`, or holds it."""
        deadline = time.monotonic() + PATIENCE
        while not re.search(pattern, self.seen, re.DOTALL):
            assert self.read(deadline), f"it ended; seen: {self.seen!r}"
        seen, self.seen = self.seen, ""
        return seen.replace("\r\n", "\n")

    def press(self, keys):
        os.write(self.master, keys.encode())

    def ask(self, keys, pattern=PROMPT):
        """Types a line. @return what is shown up to the next prompt"""
        self.press(keys + "\n")
        return self.wait(pattern)

    def end(self):
        """Waits for the end. @return the exit status"""
        deadline = time.monotonic() + PATIENCE
        while self.read(deadline):
            pass
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        os.close(self.master)
        assert os.WIFEXITED(status), f"signal {os.WTERMSIG(status)}; seen: {self.seen!r}"
        return os.WEXITSTATUS(status)

    def leave(self):
        self.press(CTRL_D)
        status = self.end()
        assert status == 0, f"ended with {status}; seen: {self.seen!r}"


def resize(descriptor, columns, rows):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def holds(shown, *wanted):
    for text in wanted:
        assert text in shown, f"{text!r} is not in {shown!r}"


def lacks(shown, *unwanted):
    for text in unwanted:
        assert text not in shown, f"{text!r} is in {shown!r}"


def history_of(home):
    with open(os.path.join(home, ".local/state/postern/history"), encoding="utf-8") as file:
        return file.read().splitlines()


# --- with and without an editor ------------------------------------------------------


def answers():
    with row("it greets, prompts and answers in colour"), Terminal() as repl:
        holds(repl.wait(), "type an expression, or :help\n")
        holds(repl.ask("true"), TRUE)
        holds(repl.ask("ssl"), FALSE)
        holds(repl.ask("http.host"), '= \x1b[36m""\x1b[0m')
        holds(repl.ask('http.request.headers["x"][0]'), "= \x1b[33mmissing\x1b[0m")
        holds(repl.ask("http.hots"), "1:1: \x1b[31merror:\x1b[0m unknown field 'http.hots'\n",
              "\x1b[31m    ^^^^^^^^^\x1b[0m\n",
              "\x1b[36m    did you mean 'http.host'?\x1b[0m\n")
        repl.leave()
    for name, value in ("NO_COLOR", "1"), ("NO_COLOR", ""), ("TERM", "dumb"):
        with row(f"no colours with {name}='{value}'"), Terminal(**{name: value}) as repl:
            shown = repl.wait() + repl.ask("true") + repl.ask("http.hots") + repl.ask(":help")
            holds(shown, "= true\n", "error: unknown field")
            lacks(shown, "\x1b[3", "\x1b[1m", "\x1b[0m")
            repl.leave()
    with row("a value cannot command the terminal"), Terminal() as repl:
        repl.wait()
        repl.ask(r':set http.host "\u001b[2J\u0007\u009b"')
        holds(repl.ask("http.host"), r'"\x1b[2J\x07\xc2\x9b"')
        repl.leave()
    with row("letters that are not ASCII are letters"), Terminal() as repl:
        repl.wait()
        repl.ask(":set http.host caf\u00e9\u20ac")
        holds(repl.ask("http.host"), '"caf\u00e9\u20ac"')
        holds(repl.ask("len(http.host)"), "= \x1b[36m8")
        repl.leave()


def lines_that_go_on():
    with row("an open bracket goes on in the next line"), Terminal() as repl:
        repl.wait()
        repl.ask("(ssl or", MORE)
        repl.ask("not ssl", MORE)
        holds(repl.ask(")"), TRUE)
        repl.leave()
    with row("an empty line ends what is open"), Terminal() as repl:
        repl.wait()
        repl.ask("http.host in {", MORE)
        holds(repl.ask(""), "error:")
        holds(repl.ask("true"), TRUE)
        repl.leave()
    with row("a command that takes an expression goes on, too"), Terminal() as repl:
        repl.wait()
        repl.ask(":format ssl and", MORE)
        holds(repl.ask("ssl"), "\nssl and ssl\n")
        repl.leave()


def keys():
    with row("Ctrl-C clears the line and stays"), Terminal() as repl:
        repl.wait()
        repl.press("ssl and nonsense" + CTRL_C)
        repl.wait("\\^C\r\n.*" + PROMPT)
        holds(repl.ask("true"), TRUE)
        repl.press(CTRL_C)
        repl.wait()
        repl.press(CTRL_C)
        repl.wait()
        holds(repl.ask("true"), TRUE)
        repl.leave()
    with row("Ctrl-C clears all lines of an expression"), Terminal() as repl:
        repl.wait()
        repl.ask("(ssl and", MORE)
        repl.press("ssl" + CTRL_C)
        repl.wait()
        holds(repl.ask("true"), TRUE)
        repl.leave()
    with row("Ctrl-D ends only on an empty line"), Terminal() as repl:
        repl.wait()
        repl.press("tru" + CTRL_D + "e\n")
        holds(repl.wait("= .*" + PROMPT), TRUE)
        repl.leave()
    with row("Ctrl-D ends what is open, and then the session"), Terminal() as repl:
        repl.wait()
        repl.ask("(ssl", MORE)
        repl.press(CTRL_D)
        holds(repl.wait(), "never closed")
        repl.leave()
    with row("it ends when the terminal goes away"), Terminal() as repl:
        repl.wait()
        os.close(repl.master)
        os.waitpid(repl.pid, 0)
        repl.pid = 0


def commands():
    with row("commands"), Terminal() as repl:
        repl.wait()
        holds(repl.ask(":help"), "\x1b[1m:load\x1b[0m FILE", "\x1b[1m:quit\x1b[0m")
        holds(repl.ask(":help fields"), ":fields\x1b[0m [PATTERN]: list fields")
        repl.ask(":set ip.src 203.0.113.9")
        holds(repl.ask(":set"), "\nip.src  203.0.113.9\n")
        holds(repl.ask(":fields ip.sr*c"), "\nip.src  IP address  tls  \x1b[36m203.0.113.9\x1b[0m\n")
        holds(repl.ask(":ast not ssl"), "\nnot\n  field ssl\n")
        holds(repl.ask(":code ssl"), "\n0000 BOOL ssl | true, false\n")
        holds(repl.ask(":stt"), ":stt: \x1b[31merror:\x1b[0m unknown command", '":set"')
        repl.press(":quit\n")
        assert repl.end() == 0
    with row("a policy tells its verdict"), Terminal() as repl:
        with open(os.path.join(repl.folder.name, "p.json"), "w", encoding="utf-8") as file:
            file.write(POLICY)
        repl.wait()
        holds(repl.ask(":policy p.json"), "\np.json: 1 rule, lists $office\n")
        holds(repl.ask(":decide"), "= \x1b[31mblocked\x1b[0m 403: ", "  block  all  \x1b[2mNo")
        repl.ask(":set ssl true")
        holds(repl.ask(":decide"), "= \x1b[32mallowed\x1b[0m\n")
        repl.leave()


POLICY = """{"version": 1,
 "lists": [{"name": "office", "kind": "ip", "items": ["10.0.0.0/8"]}],
 "rulesets": [{"phase": "http_request_firewall_custom", "rules": [
   {"ref": "all", "expression": "not ssl", "action": "block", "description": "No"}]}]}"""


def widths():
    with row("lines are cut to the width of the terminal"), Terminal(columns=60) as repl:
        repl.wait()
        repl.ask(":set http.host " + "x" * 100)
        shown = repl.ask(":fields http.host")
        line = [line for line in shown.split("\n") if line.startswith("http.host ")][0]
        line = re.sub(r"\x1b\[[0-9]*m", "", line)
        assert len(line) == 60 and line.endswith("xxx..."), line
        resize(repl.master, 200, 24)
        holds(repl.ask(":fields http.host"), "x" * 100)
        repl.leave()
    for columns in 0, 1, 12, 500:
        with row(f"{columns} columns"), Terminal(columns=columns) as repl:
            repl.wait("> ?$|>(\x1b\\[0m)? ?")
            repl.press("http.host eq " + '"' + "x" * 150 + '"\n')
            repl.wait("= .*false")
            repl.press(":quit\n")
            assert repl.end() == 0


# --- with an editor ------------------------------------------------------------------


def completion():
    rows = (
        ("a field", 'http.ho\teq ""', TRUE),
        ("a field in the middle", 'not http.ho\tne ""', TRUE),
        ("as far as all agree", 'http.request.head\t["x"][0]', "missing"),
        ("a function", "low\thttp.host)", '= \x1b[36m""'),
        ("an operator", 'http.host cont\t"a"', FALSE),
        ("a command", ":fi\thttp.host", "http.host  String"),
        ("a field for :set", ":set postern.tls.al\th2\n:set", "postern.tls.alpn  "),
        ("a list", "ip.src in $o\t", FALSE),
        ("a file", ":load req\t\nhttp.host", '"from.file"'),
        ("a choice is listed", "ssl \tand ssl", "and  or   xor"),
        ("nothing", "true\tzzz", "unknown field"),
        ("nothing inside a string", 'http.host eq "http.ho\t"', FALSE),
    )
    with tempfile.TemporaryDirectory() as home:
        with open(os.path.join(home, "p.json"), "w", encoding="utf-8") as file:
            file.write(POLICY)
        with open(os.path.join(home, "request.json"), "w", encoding="utf-8") as file:
            file.write('{"url": "http://from.file/"}')
        for name, typed, wanted in rows:
            with row(f"TAB completes {name}"), \
                    Terminal("--policy", "p.json", home=home) as repl:
                repl.wait()
                repl.press(typed + "\n")
                shown = repl.wait(re.escape(wanted) + ".*" + PROMPT)
                lacks(shown, "\x1b[K\x1b[K\x1b[K\x1b[K")
                repl.leave()
    with row("TAB knows the lines before"), Terminal() as repl:
        repl.wait()
        repl.ask("(ssl or", MORE)
        holds(repl.ask('http.ho\teq "")'), TRUE)
        repl.leave()
    with row("a list of names fits the terminal"), Terminal(columns=50) as repl:
        repl.wait()
        repl.press("cf.\t")
        shown = repl.wait("cf\\.tls_client_auth\\..*>[^>]* cf\\.$")
        for line in shown.split("\n")[1:-1]:
            assert len(line) <= 50, line
        repl.press(CTRL_C)
        repl.wait()
        repl.leave()


def history():
    with row("the up key brings a line back"), Terminal() as repl:
        repl.wait()
        repl.ask("not ssl")
        repl.ask("ssl")
        repl.press(UP + UP + "\n")
        holds(repl.wait("= .*" + PROMPT), TRUE)
        repl.leave()
    with row("several lines come back as one"), Terminal() as repl:
        repl.wait()
        repl.ask("(ssl", MORE)
        repl.ask("or not ssl)")
        repl.press(UP + "\n")
        holds(repl.wait("= .*" + PROMPT), TRUE)
        repl.leave()
    with tempfile.TemporaryDirectory() as home:
        with row("lines come back in another session"):
            with Terminal(home=home) as repl:
                repl.wait()
                repl.ask("not ssl")
                repl.press("cancelled" + CTRL_C)
                repl.wait()
                repl.leave()
            assert history_of(home) == ["not ssl"], history_of(home)
            mode = os.stat(os.path.join(home, ".local/state/postern/history")).st_mode
            assert mode & 0o777 == 0o600, oct(mode)
            with Terminal(home=home) as repl:
                repl.wait()
                repl.press(UP + "\n")
                holds(repl.wait("= .*" + PROMPT), TRUE)
                repl.leave()
            assert history_of(home) == ["not ssl"] * 2 or history_of(home) == ["not ssl"]
    for home in "/dev/null", "", "relative":
        with row(f"it does without a history with HOME='{home}'"), \
                Terminal(HOME=home) as repl:
            lacks(repl.wait(), "rror")
            holds(repl.ask("not ssl"), TRUE)
            repl.press(UP + "\n")
            holds(repl.wait("= .*" + PROMPT), TRUE)
            repl.leave()


def editing():
    with row("a line is edited"), Terminal() as repl:
        repl.wait()
        repl.press("ssl nonsense" + CTRL_W + CTRL_A + "not \n")
        holds(repl.wait("= .*" + PROMPT), TRUE)
        repl.leave()
    with row("the terminal changes its width in the middle of a line"), \
            Terminal(columns=100) as repl:
        repl.wait()
        repl.press("not http.host eq " + '"' + "x" * 60)
        repl.wait("x{60}")
        resize(repl.master, 30, 24)
        repl.press('x"\n')
        holds(repl.wait("= .*" + PROMPT), TRUE)
        repl.leave()


def main():
    global REPL
    REPL = os.path.abspath(sys.argv[1])
    answers()
    lines_that_go_on()
    keys()
    commands()
    widths()
    if "--plain" not in sys.argv[2:]:
        completion()
        history()
        editing()
    print(f"1..{count}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
