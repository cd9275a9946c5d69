"""wire.py - TLS as bytes, for what no well-behaved client sends."""
import os
import socket
import struct

ALERT, HANDSHAKE = 21, 22
UNRECOGNIZED_NAME = 112
CLIENT_HELLO, CERTIFICATE, CLIENT_KEY_EXCHANGE, HELLO_DONE = 1, 11, 16, 14


def u16(value):
    return struct.pack(">H", value)


def u24(value):
    return struct.pack(">I", value)[1:]


def extension(kind, body):
    return u16(kind) + u16(len(body)) + body


def server_name(*names):
    """One server_name extension with these names in its list."""
    entries = b"".join(b"\0" + u16(len(name)) + name for name in names)
    return extension(0, u16(len(entries)) + entries)


GROUPS_AND_SIGNATURES = (
    extension(10, u16(6) + b"\x00\x1d\x00\x17\x00\x18")
    + extension(11, b"\x01\x00")
    + extension(13, u16(8) + b"\x04\x03\x08\x04\x04\x01\x05\x03")
)


def version_13():
    share = u16(0x1D) + u16(32) + os.urandom(32)
    return (extension(43, b"\x02\x03\x04") + extension(45, b"\x01\x01")
            + extension(51, u16(len(share)) + share))


def message(kind, body):
    return bytes([kind]) + u24(len(body)) + body


def records(payload, kind=HANDSHAKE, piece=16384):
    cut = [payload[at:at + piece] for at in range(0, len(payload), piece)]
    return b"".join(bytes([kind]) + b"\x03\x03" + u16(len(part)) + part for part in cut)


def client_hello(extensions):
    body = (b"\x03\x03" + os.urandom(32) + b"\x20" + os.urandom(32)
            + u16(6) + b"\x13\x01\xc0\x2b\xc0\x2c" + b"\x01\x00"
            + u16(len(extensions)) + extensions)
    return records(message(CLIENT_HELLO, body))


def certificate(*chain):
    entries = b"".join(u24(len(der)) + der for der in chain)
    return message(CERTIFICATE, u24(len(entries)) + entries)


def receive(sock, count):
    got = b""
    while len(got) < count:
        more = sock.recv(count - len(got))
        if not more:
            raise ConnectionError("closed")
        got += more
    return got


def read_record(sock):
    """(kind, payload); (None, b"") when the server closes."""
    try:
        head = receive(sock, 5)
        return head[0], receive(sock, struct.unpack(">H", head[3:])[0])
    except ConnectionError:
        return None, b""


def reply(sock):
    """What the first record is: "hello", the number of an alert, or "closed"."""
    kind, payload = read_record(sock)
    if kind == HANDSHAKE:
        return "hello"
    return payload[1] if kind == ALERT else "closed"


def read_flight(sock):
    """Reads up to ServerHelloDone of TLS 1.2. @return whether it came"""
    flight = b""
    while True:
        kind, payload = read_record(sock)
        if kind != HANDSHAKE:
            return False
        flight += payload
        if flight.endswith(message(HELLO_DONE, b"")):
            return True


def is_over(sock, patience):
    """Whether the server closes, or says goodbye with an alert, in time."""
    sock.settimeout(patience)
    try:
        while True:
            kind, _ = read_record(sock)
            if kind in (None, ALERT):
                return True
    except socket.timeout:
        return False
