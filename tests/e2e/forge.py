"""forge.py - certificates that cost a server dearly: expired CAs of one name, on the
slowest curve there is, all different. Whoever builds a path tries each of them at every
level, before anything of the client has been proved. No key is needed to make them:
their points are multiples of the generator, their signatures are random.
"""
import secrets

import wire

# RFC 5639, brainpoolP512r1
P = int("aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842"
        "aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3", 16)
A = int("7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc2ded5d5aa8253aa1"
        "0a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca", 16)
G = (int("81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098eff3b1f78e2d0d48d5"
         "0d1687b93b97d5f7c6d5047406a5e688b352209bcb9f822", 16),
     int("7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111b2dcde494a5f485e5"
         "bca4bd88a2763aed1ca2b2fa8f0540678cd1e0f3ad80892", 16))
BRAINPOOL_P512 = bytes.fromhex("2b240303020801010d")
EC_PUBLIC_KEY = bytes.fromhex("2a8648ce3d0201")
ECDSA_SHA256 = bytes.fromhex("2a8648ce3d040302")
COMMON_NAME = bytes.fromhex("550403")
BASIC_CONSTRAINTS = bytes.fromhex("551d13")


def add(one, other):
    """The sum of two points of the curve."""
    if one == other:
        slope = (3 * one[0] * one[0] + A) * pow(2 * one[1], -1, P)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, P)
    x = (slope * slope - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def tlv(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        length = bytes([len(body)])
    else:
        digits = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
        length = bytes([0x80 | len(digits)]) + digits
    return bytes([tag]) + length + body


def integer(value):
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def sequence(*parts):
    return tlv(0x30, *parts)


ALGORITHM = sequence(tlv(6, ECDSA_SHA256))
NAME = sequence(tlv(0x31, sequence(tlv(6, COMMON_NAME), tlv(12, b"x"))))
EXPIRED = sequence(tlv(23, b"200101000000Z"), tlv(23, b"210101000000Z"))
CURRENT = sequence(tlv(23, b"200101000000Z"), tlv(23, b"491231235959Z"))
IS_CA = tlv(0xA3, sequence(sequence(
    tlv(6, BASIC_CONSTRAINTS), tlv(1, b"\xff"), tlv(4, sequence(tlv(1, b"\xff"))))))


def signed(tbs):
    signature = sequence(integer(secrets.randbits(510) | 1), integer(secrets.randbits(510) | 1))
    return sequence(tbs, ALGORITHM, tlv(3, b"\0", signature))


def authority(serial, point):
    key = sequence(sequence(tlv(6, EC_PUBLIC_KEY), tlv(6, BRAINPOOL_P512)),
                   tlv(3, b"\0\4", point[0].to_bytes(64, "big"), point[1].to_bytes(64, "big")))
    return signed(sequence(tlv(0xA0, integer(2)), integer(serial), ALGORITHM, NAME, EXPIRED,
                           NAME, key, IS_CA))


def authorities(room):
    """As many as fit into a Certificate message of `room` bytes."""
    made = []
    used = 0
    point = G
    while True:
        point = add(point, G)
        der = authority(1000 + len(made), point)
        used += len(der) + 3
        if used > room:
            return made
        made.append(der)


def leaf(public_key):
    """For a key (SubjectPublicKeyInfo) that the client has; TLS 1.3 wants it to sign."""
    return signed(sequence(tlv(0xA0, integer(2)), integer(7), ALGORITHM, NAME, CURRENT, NAME,
                           public_key))


def flight(chain):
    """What a client of TLS 1.2 sends after ServerHelloDone."""
    return wire.records(wire.certificate(*chain))
