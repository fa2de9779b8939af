#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks Countermark receipts and project proofs, in pure Python.

One file, Python 3.9 or newer, no dependency: meant to be copied into another project as it is. It is the second
implementation of the formats in specs/: hash paths and Ed25519 lines. It reads no X.509 certificate and no attestation,
because the index and the auditors did; what it proves is what the ledger says.

    python3 countermark_verify.py receipt FILE.tlog-proof --trust trust.json --trust-sha256 HEX --file WHEEL
    python3 countermark_verify.py project-proof PROOF --name NAME --trust trust.json --trust-sha256 HEX
    python3 countermark_verify.py vectors vectors/

Exit status: 0 what was asked holds, 1 it does not, 2 the command line or a file could not be read.

As a library: parse_* reads bytes or raises ParseError, verify_* believes or raises VerifyError; both carry `.code`.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import glob
import hashlib
import json
import os
import re
import sys
import time
from bisect import bisect_left
from collections import Counter, namedtuple

INTEGER_MAX = 2**53 - 1

# Limits on everything from outside, as in packages/formats/src/limits.ts.
JSON_DEPTH_MAX = 32
ENTRY_BYTES_MAX = 65_535
DETAIL_BYTES_MAX = 1_048_576
NOTE_BYTES_MAX = 131_072
NOTE_SIGNATURES_MAX = 64
PROOF_HASHES_MAX = 63
MAP_BUCKET_KEYS_MAX = 4_096
TLOG_PROOF_BYTES_MAX = 2_097_152
VKEY_CHARS_MAX = 4_096
POLICY_BYTES_MAX = 65_536
POLICY_ITEMS_MAX = 256
TRUST_BYTES_MAX = 1_048_576
STATE_BYTES_MAX = 67_108_864


class CountermarkError(Exception):
    """A refusal. `code` is one of the codes of docs/refusals.md."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class ParseError(CountermarkError):
    """The bytes are malformed."""


class VerifyError(CountermarkError):
    """A check says no."""


# --- text and bytes ---


def sha256(data):
    return hashlib.sha256(data).digest()


def u8(value):
    return value.to_bytes(1, "big")


def u16(value):
    return value.to_bytes(2, "big")


def u32(value):
    return value.to_bytes(4, "big")


def u64(value):
    return value.to_bytes(8, "big")


def parse_utf8(data, what):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise ParseError("not-utf8", "Cannot read %s: the bytes are not UTF-8" % what) from None


def parse_hex(text, length, what):
    """Lower-case hexadecimal of exactly `length` bytes."""
    if not isinstance(text, str) or re.fullmatch(r"[0-9a-f]{%d}" % (2 * length), text) is None:
        raise ParseError("not-hex", "Cannot read %s: %r is not %d lower-case hex digits" % (what, text, 2 * length))
    return bytes.fromhex(text)


def parse_base64(text, what):
    """Padded standard base64 in its one canonical form."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        data = None
    # Encoding again refuses what the decoder forgives: unused bits, missing or extra padding.
    if data is None or base64.b64encode(data).decode("ascii") != text:
        raise ParseError("not-base64", "Cannot read %s: %r is not canonical base64" % (what, text[:80]))
    return data


def parse_decimal(text, what):
    """A number 0..2^53-1 in decimal without leading zeroes."""
    if re.fullmatch(r"0|[1-9][0-9]*", text) is None:
        raise ParseError("not-canonical", "Cannot read %s: %r is not a canonical decimal" % (what, text[:40]))
    if len(text) > 16 or int(text) > INTEGER_MAX:
        raise ParseError("out-of-range", "Cannot read %s: %s is above 2^53-1" % (what, text[:40]))
    return int(text)


def parse_hash(text, what):
    """A SHA-256 hash in base64."""
    data = parse_base64(text, what)
    if len(data) != 32:
        raise ParseError("out-of-range", "Cannot read %s: %d bytes, a hash has 32" % (what, len(data)))
    return data


class ByteReader:
    """Reads a fixed layout from its first byte to its last."""

    def __init__(self, data, what):
        self.data = data
        self.at = 0
        self.what = what

    def take(self, length):
        if length > len(self.data) - self.at:
            raise ParseError("truncated", "Cannot read %s: it ends at byte %d" % (self.what, len(self.data)))
        self.at += length
        return self.data[self.at - length : self.at]

    def u8(self):
        return self.take(1)[0]

    def u16(self):
        return int.from_bytes(self.take(2), "big")

    def u32(self):
        return int.from_bytes(self.take(4), "big")

    def u64(self):
        value = int.from_bytes(self.take(8), "big")
        if value > INTEGER_MAX:
            raise ParseError("out-of-range", "Cannot read %s: %d is greater than 2^53-1" % (self.what, value))
        return value

    def prefixed(self, maximum):
        """`u32 length || bytes`."""
        length = self.u32()
        if length > maximum:
            raise ParseError("out-of-range", "Cannot read %s: %d bytes, at most %d" % (self.what, length, maximum))
        return self.take(length)

    def end(self):
        if self.at != len(self.data):
            extra = len(self.data) - self.at
            raise ParseError("trailing-data", "Cannot read %s: %d bytes follow its end" % (self.what, extra))


# --- JSON (RFC 8259, strict; RFC 8785 for what is signed) ---


def parse_json(data, bytes_max, what, depth_max=JSON_DEPTH_MAX):
    """One JSON text: UTF-8, no duplicate member, no lone surrogate, nothing after the value."""
    if len(data) > bytes_max:
        raise ParseError("too-large", "Cannot read %s: %d bytes, at most %d" % (what, len(data), bytes_max))
    text = parse_utf8(data, what)

    def members(pairs):
        result = {}
        for name, value in pairs:
            if name in result:
                raise ParseError("duplicate-key", "Cannot read %s: the member %r is there twice" % (what, name))
            result[name] = value
        return result

    def constant(name):
        raise ParseError("not-json", "Cannot read %s: %s is not JSON" % (what, name))

    def number(digits):
        value = float(digits)
        return int(value) if value.is_integer() and abs(value) <= INTEGER_MAX else value

    try:
        value = json.loads(text, object_pairs_hook=members, parse_constant=constant, parse_float=number)
        _require_shape(value, depth_max, what)
    except RecursionError:
        raise ParseError("too-deep", "Cannot read %s: nested too deep" % what) from None
    except ValueError as error:
        raise ParseError("not-json", "Cannot read %s: %s" % (what, error)) from None
    return value


def _require_shape(value, depth_left, what):
    """Nesting within the limit, and no half of a surrogate pair."""
    if depth_left < 0:
        raise ParseError("too-deep", "Cannot read %s: nested too deep" % what)
    if isinstance(value, dict):
        for name, member in value.items():
            _require_shape(name, depth_left, what)
            _require_shape(member, depth_left - 1, what)
    elif isinstance(value, list):
        for item in value:
            _require_shape(item, depth_left - 1, what)
    elif isinstance(value, str) and re.search("[\ud800-\udfff]", value):
        raise ParseError("not-json", "Cannot read %s: a lone surrogate" % what)


def encode_canonical_json(value):
    """RFC 8785, for the values our formats have: no fractions."""
    return _canonical(value).encode("utf-8")


def _canonical(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[%s]" % ",".join(_canonical(item) for item in value)
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{%s}" % ",".join("%s:%s" % (_canonical(name), _canonical(value[name])) for name in names)
    raise ParseError("not-canonical", "A number with a fraction or beyond 2^53-1 has no place here")


class Fields:
    """A JSON object being read: every member is named once, and the others are refused by end()."""

    def __init__(self, value, path):
        if not isinstance(value, dict):
            raise ParseError("wrong-type", "Cannot read %s: wanted an object" % path)
        self.members = value
        self.path = path
        self.read = set()

    def value(self, name):
        if name not in self.members:
            raise ParseError("missing-field", "Cannot read %s: the field %r is absent" % (self.path, name))
        self.read.add(name)
        return self.members[name]

    def has(self, name):
        return name in self.members

    def text(self, name, chars_max, pattern=None):
        value = self.value(name)
        if not isinstance(value, str):
            raise ParseError("wrong-type", "Cannot read %s.%s: wanted a string" % (self.path, name))
        # Counted as the first implementation counts: in UTF-16 units.
        if len(value.encode("utf-16-le")) // 2 > chars_max:
            raise ParseError("too-large", "Cannot read %s.%s: more than %d characters" % (self.path, name, chars_max))
        if pattern is not None and re.fullmatch(pattern, value) is None:
            raise ParseError("malformed", "Cannot read %s.%s: %r does not match" % (self.path, name, value))
        return value

    def text_or_none(self, name, chars_max, pattern=None):
        """A string, or None for null."""
        return None if self.value(name) is None else self.text(name, chars_max, pattern)

    def choice(self, name, choices):
        value = self.value(name)
        if isinstance(value, bool) or value not in choices:
            found = (self.path, name, value, ", ".join(choices))
            raise ParseError("unsupported", "Cannot read %s.%s: %r is not one of %s" % found)
        return value

    def integer(self, name, minimum=0, maximum=INTEGER_MAX):
        value = self.value(name)
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > INTEGER_MAX:
            raise ParseError("wrong-type", "Cannot read %s.%s: wanted an integer" % (self.path, name))
        if not minimum <= value <= maximum:
            raise ParseError("out-of-range", "Cannot read %s.%s: %d" % (self.path, name, value))
        return value

    def hex(self, name, length=32):
        return parse_hex(self.text(name, 2 * length), length, "%s.%s" % (self.path, name))

    def hex_or_none(self, name):
        return None if self.value(name) == "none" else self.hex(name)

    def base64(self, name, bytes_max):
        return parse_base64(self.text(name, (bytes_max + 2) // 3 * 4), "%s.%s" % (self.path, name))

    def list(self, name, items_max):
        value = self.value(name)
        if not isinstance(value, list):
            raise ParseError("wrong-type", "Cannot read %s.%s: wanted an array" % (self.path, name))
        if len(value) > items_max:
            raise ParseError("too-many", "Cannot read %s.%s: more than %d items" % (self.path, name, items_max))
        return value

    def object(self, name):
        return Fields(self.value(name), "%s.%s" % (self.path, name))

    def objects(self, name, items_max):
        items = self.list(name, items_max)
        return [Fields(item, "%s.%s[%d]" % (self.path, name, i)) for i, item in enumerate(items)]

    def end(self):
        for name in self.members:
            if name not in self.read:
                raise ParseError("unknown-field", "Cannot read %s: unknown field %r" % (self.path, name))


# --- Ed25519 (RFC 8032, verification only) ---

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_SQRT_M1 = pow(2, (_P - 1) // 4, _P)


def _decompress(data):
    """The point in extended coordinates, or None if the encoding is not the canonical one of a point."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= _P:
        return None
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    if v * x * x % _P == -u % _P:
        x = x * _SQRT_M1 % _P
    if v * x * x % _P != u or (x == 0 and sign == 1):
        return None
    if x & 1 != sign:
        x = _P - x
    return (x, y, 1, x * y % _P)


def _add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % _P
    b = (p[1] + p[0]) * (q[1] + q[0]) % _P
    c = 2 * p[3] * q[3] * _D % _P
    d = 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


_NEUTRAL = (0, 1, 1, 0)
_BASE = _decompress((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))


def _is_of_small_order(point):
    """Whether eight times the point is the neutral one: under such a key anybody can sign."""
    for _ in range(3):
        point = _add(point, point)
    return point[0] % _P == 0 and (point[1] - point[2]) % _P == 0


def _double_multiply(s, p, k, q):
    """s*p + k*q; everything here is public, so time may depend on it."""
    both = _add(p, q)
    result = _NEUTRAL
    for i in range(max(s.bit_length(), k.bit_length()) - 1, -1, -1):
        result = _add(result, result)
        bits = (s >> i & 1, k >> i & 1)
        if bits == (1, 1):
            result = _add(result, both)
        elif bits == (1, 0):
            result = _add(result, p)
        elif bits == (0, 1):
            result = _add(result, q)
    return result


def verify_ed25519(key, message, signature):
    """Whether the signature holds: S < L, canonical points, A of no small order, and S*B - k*A encodes to exactly R."""
    if len(key) != 32 or len(signature) != 64:
        return False
    point = _decompress(key)
    s = int.from_bytes(signature[32:], "little")
    if point is None or s >= _L or _is_of_small_order(point):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % _L
    minus = (_P - point[0], point[1], 1, _P - point[3])
    x, y, z, _ = _double_multiply(s, _BASE, k, minus)
    inverse = pow(z, _P - 2, _P)
    x, y = x * inverse % _P, y * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# --- Merkle trees (RFC 6962) ---


def leaf_hash(leaf):
    return sha256(b"\x00" + leaf)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


def tree_root(hashes):
    """The root over a whole list of leaf hashes."""
    if not hashes:
        return sha256(b"")
    level = list(hashes)
    while len(level) > 1:
        above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = above + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def verify_inclusion(leaf, index, size, proof, root):
    """RFC 9162 section 2.1.3.2: `leaf` (a leaf hash) is number `index` of the tree of `size` leaves under `root`."""
    if index >= size:
        raise VerifyError("inclusion-range", "Cannot find leaf %d in a tree of %d" % (index, size))
    node, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise VerifyError("inclusion-length", "Cannot find leaf %d: %d hashes do not fit" % (index, len(proof)))
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            # Levels at which the node is the last and has no sibling have no hash.
            while not node & 1 and node != 0:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise VerifyError("inclusion-length", "Cannot find leaf %d: %d hashes do not fit" % (index, len(proof)))
    if result != root:
        raise VerifyError("inclusion-root", "Cannot find leaf %d in the tree of %d: another root" % (index, size))


# --- signed notes, checkpoints, cosignatures, policies (C2SP) ---

Vkey = namedtuple("Vkey", "name key_id algorithm key")
NoteSignature = namedtuple("NoteSignature", "name key_id signature")
Note = namedtuple("Note", "text signatures")
Checkpoint = namedtuple("Checkpoint", "origin size root extensions")
Cosignature = namedtuple("Cosignature", "name time")
Policy = namedtuple("Policy", "logs witnesses groups quorum")
TlogProof = namedtuple("TlogProof", "extra index hashes checkpoint")

ALGORITHM_ED25519 = 1
ALGORITHM_COSIGNATURE = 4


# What no key name holds: Unicode spaces, control characters, the plus sign.
_NOT_IN_KEY_NAMES = re.compile("[\x00-\x20+\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]")
_P256_SPKI_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
_KEY_BYTES = {1: 32, 2: 91, 4: 32, 6: 1_312}


def _require_key_name(name, what):
    if not name or _NOT_IN_KEY_NAMES.search(name):
        raise ParseError("malformed", "Cannot read %s: %r is not a key name" % (what, name))


def parse_vkey(text):
    """`<name>+<key id, 8 hex digits>+<base64 of type and key>`."""
    if len(text) > VKEY_CHARS_MAX:
        raise ParseError("too-large", "Cannot read vkey: %d characters" % len(text))
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise ParseError("malformed", "Cannot read vkey %r: wanted name+id+key" % text)
    name, key_id, rest = parts[0], parse_hex(parts[1], 4, "vkey id"), parse_base64(parts[2], "vkey")
    _require_key_name(name, "vkey")
    algorithm, key = rest[0] if rest else 0, rest[1:]
    if algorithm not in _KEY_BYTES:
        raise ParseError("unsupported", "Cannot read vkey %r: type %d is not accepted" % (text, algorithm))
    if len(key) != _KEY_BYTES[algorithm]:
        raise ParseError("out-of-range", "Cannot read vkey %r: a key of %d bytes" % (text, len(key)))
    if algorithm == 2 and not key.startswith(_P256_SPKI_PREFIX):
        raise ParseError("unsupported", "Cannot read vkey %r: the key is not on P-256" % text)
    wanted = sha256(key)[:4] if algorithm == 2 else sha256(name.encode("utf-8") + b"\n" + rest)[:4]
    if key_id != wanted:
        raise ParseError("not-canonical", "Cannot read vkey %r: its key has the id %s" % (text, wanted.hex()))
    return Vkey(name, key_id, algorithm, key)


def parse_note(data):
    """The text (with its last newline) and the signature lines after the last empty line."""
    if len(data) > NOTE_BYTES_MAX:
        raise ParseError("too-large", "Cannot read note: more than %d bytes" % NOTE_BYTES_MAX)
    whole = parse_utf8(data, "note")
    if re.search("[\x00-\x09\x0b-\x1f]", whole):
        raise ParseError("malformed", "Cannot read note: it has control characters")
    at = whole.rfind("\n\n")
    if at <= 0 or not whole.endswith("\n") or at + 2 == len(whole):
        raise ParseError("malformed", "Cannot read note: no empty line before the signatures, or no newline at its end")
    lines = whole[at + 2 : -1].split("\n")
    if len(lines) > NOTE_SIGNATURES_MAX:
        raise ParseError("too-many", "Cannot read note: more than %d signatures" % NOTE_SIGNATURES_MAX)
    return Note(whole[: at + 1], [_parse_note_line(line) for line in lines])


def _parse_note_line(line):
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "\u2014":
        raise ParseError("malformed", "Cannot read note: %r is not a signature line" % line[:80])
    _require_key_name(parts[1], "note signature")
    data = parse_base64(parts[2], "note signature")
    if len(data) < 5:
        raise ParseError("truncated", "Cannot read note: a signature of %d bytes" % len(data))
    return NoteSignature(parts[1], data[:4], data[4:])


def parse_checkpoint(text):
    """The text of a note as a checkpoint: origin, size, root and further lines."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] != "" or "" in lines[:-1]:
        raise ParseError("malformed", "Cannot read checkpoint: wanted origin, size and root, and no empty line")
    size, root = parse_decimal(lines[1], "checkpoint size"), parse_hash(lines[2], "checkpoint root")
    return Checkpoint(lines[0], size, root, lines[3:-1])


def parse_policy(text):
    """A C2SP tlog-policy: logs, witnesses, groups, quorum. Every line ends in a newline."""
    if len(text) > POLICY_BYTES_MAX:
        raise ParseError("too-large", "Cannot read policy: %d characters" % len(text))
    if re.search("[\x00-\x08\x0b-\x1f\x7f]", text):
        raise ParseError("malformed", "Cannot read policy: it has a control character")
    lines = text.split("\n")
    if lines.pop() != "":
        raise ParseError("malformed", "Cannot read policy: the last line does not end in a newline")
    reader = _PolicyReader()
    for line in lines:
        words = [word for word in re.split("[ \t]+", line) if word]
        if words and not words[0].startswith("#"):
            reader.line(words[0], words[1:])
    if reader.quorum is None:
        raise ParseError("malformed", "Cannot read policy: it has no quorum line")
    return Policy(reader.logs, reader.witnesses, reader.groups, reader.quorum)


class _PolicyReader:
    def __init__(self):
        self.logs, self.witnesses, self.groups, self.quorum = [], {}, {}, None
        self.grouped = set()

    def line(self, keyword, words):
        if keyword == "log" and len(words) in (1, 2):
            self.logs.append(self.new_key(self.logs, words[0]))
        elif keyword == "witness" and len(words) in (2, 3):
            self.witness(words[0], words[1])
        elif keyword == "group" and len(words) >= 3:
            self.group(words[0], words[1], words[2:])
        elif keyword == "quorum" and len(words) == 1 and self.quorum is None:
            if words[0] != "none":
                self.require_known(words[0])
            self.quorum = words[0]
        else:
            raise ParseError("malformed", "Cannot read policy: %r" % " ".join([keyword, *words]))

    def witness(self, name, text):
        self.require_new_name(name)
        vkey = self.new_key(self.witnesses.values(), text)
        if vkey.algorithm not in (4, 6):
            raise ParseError("unsupported", "Cannot read policy: the key of %r is no cosigner's" % name)
        self.witnesses[name] = vkey

    def group(self, name, wanted, members):
        self.require_new_name(name)
        self.require_room(self.groups)
        for member in members:
            self.require_known(member)
            if member in self.grouped:
                raise ParseError("malformed", "Cannot read policy: %r is a member twice" % member)
            self.grouped.add(member)
        words = {"all": len(members), "any": 1}
        threshold = words[wanted] if wanted in words else parse_decimal(wanted, "group threshold")
        if not 1 <= threshold <= len(members):
            raise ParseError("malformed", "Cannot read policy: %d of %d in %r" % (threshold, len(members), name))
        self.groups[name] = (threshold, members)

    def new_key(self, known, text):
        vkey = parse_vkey(text)
        if any(other.key == vkey.key for other in known):
            raise ParseError("duplicate-key", "Cannot read policy: the key of %r is listed twice" % vkey.name)
        self.require_room(known)
        return vkey

    def require_room(self, items):
        if len(items) >= POLICY_ITEMS_MAX:
            raise ParseError("too-many", "Cannot read policy: more than %d of a kind" % POLICY_ITEMS_MAX)

    def require_new_name(self, name):
        if name == "none" or name in self.witnesses or name in self.groups:
            raise ParseError("duplicate-key", "Cannot read policy: the name %r is taken" % name)

    def require_known(self, name):
        if name not in self.witnesses and name not in self.groups:
            raise ParseError("malformed", "Cannot read policy: the name %r is not defined before" % name)


def decide_quorum(policy, names):
    """Whether the witnesses called `names` satisfy the quorum."""

    def holds(name):
        if name in policy.groups:
            threshold, members = policy.groups[name]
            return sum(1 for member in members if holds(member)) >= threshold
        return name in names

    return policy.quorum == "none" or holds(policy.quorum)


def quorum_times(policy, cosignatures):
    """(tLo, tHi) of ledger-encodings section 7, or None without a quorum."""
    if policy.quorum == "none":
        return None
    times = sorted({c.time for c in cosignatures})

    def holds(wanted):
        return decide_quorum(policy, {c.name for c in cosignatures if wanted(c.time)})

    lows = [t for t in times if holds(lambda time: time >= t)]  # noqa: B023 (used at once)
    highs = [t for t in times if holds(lambda time: time <= t)]  # noqa: B023
    return (max(lows), min(highs)) if lows and highs else None


def parse_tlog_proof(data):
    """A C2SP tlog-proof: extra data, index, hashes, and the checkpoint as a note."""
    if len(data) > TLOG_PROOF_BYTES_MAX:
        raise ParseError("too-large", "Cannot read tlog-proof: %d bytes" % len(data))
    text = parse_utf8(data, "tlog-proof")
    head, empty, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not empty or lines[0] != "c2sp.org/tlog-proof@v1":
        raise ParseError("malformed", "Cannot read tlog-proof: wanted c2sp.org/tlog-proof@v1 and an empty line")
    lines = lines[1:]
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = parse_base64(lines.pop(0)[len("extra ") :], "tlog-proof extra")
    if not lines or not lines[0].startswith("index "):
        raise ParseError("malformed", "Cannot read tlog-proof: no index line")
    index = parse_decimal(lines.pop(0)[len("index ") :], "tlog-proof index")
    if len(lines) > PROOF_HASHES_MAX:
        raise ParseError("too-many", "Cannot read tlog-proof: more than %d hashes" % PROOF_HASHES_MAX)
    hashes = [parse_hash(line, "tlog-proof hash") for line in lines]
    return TlogProof(extra, index, hashes, checkpoint.encode("utf-8"))


# --- ledger: ids (specs/ledger-records.md) ---


def tagged(name, *parts):
    return sha256(b"countermark.dev/" + name + b"/v1\0" + b"".join(parts))


def origin_hash(origin):
    return sha256(origin.encode("utf-8"))


def map_key(ecosystem, normalized_name):
    """K: the key of a project in the index's map."""
    system, name = ecosystem.encode("utf-8"), normalized_name.encode("utf-8")
    return tagged(b"map-key", u8(len(system)), system, u16(len(name)), name)


def index_key():
    """I: the key of the index itself in its own map."""
    return tagged(b"index-key")


def file_id(key, filename):
    return tagged(b"filename", key, filename.encode("utf-8"))


def release_id(key, version):
    """V: of every spelling of a version, and of every version that an installer takes for `==` it."""
    return tagged(b"release", key, release_version(version).encode("utf-8"))


_VERSION = re.compile(
    r"v?(?:([0-9]+)!)?([0-9]+(?:\.[0-9]+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]*))?"
    r"(?:-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]*))?(?:[-_.]?(dev)[-_.]?([0-9]*))?"
    r"(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?",
    re.ASCII,
)
_PHASES = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}


def release_version(text):
    """The normal form of a PEP 440 version, without its local part and the zeros at the end of its release."""
    match = _VERSION.fullmatch(text.lower()) if text.isascii() and len(text) <= 128 else None
    if match is None:
        raise ParseError("malformed", "Cannot read a version: %r is not one by PEP 440" % text[:80])
    epoch, release, phase, pre, dash_post, post, post_number, dev, dev_number = match.groups()
    parts = [int(part) for part in release.split(".")]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    version = ".".join(map(str, parts))
    if int(epoch or 0):
        version = "%d!%s" % (int(epoch), version)
    if phase:
        version += "%s%d" % (_PHASES.get(phase, phase), int(pre or 0))
    if dash_post or post:
        version += ".post%d" % int(dash_post or post_number or 0)
    if dev:
        version += ".dev%d" % int(dev_number or 0)
    return version


def config_id(record):
    return tagged(b"config", record)


def root_key_id(record):
    return tagged(b"root-key", record)


def consent_challenge(log, project, serial, act, subject):
    """What a passkey signs to consent to one configuration act."""
    return tagged(b"consent", log, project, u64(serial), u8(act), subject)


def salted_id(field, salt, record):
    """The salted digest of a publisher or principal record."""
    return tagged(b"commit", field.encode("ascii") + b"\0", salt, u32(len(record)), record)


def detail_commitment(detail):
    return tagged(b"detail", u32(len(detail)), detail)


def normalize_project_name(name):
    """PyPA name normalization of a valid name."""
    if re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?", name) is None or len(name) > 128:
        raise ParseError("malformed", "Cannot read project name %r" % name)
    return re.sub(r"[-_.]+", "-", name).lower()


# --- ledger: maps (specs/map.md) ---

MapProof = namedtuple("MapProof", "count bucket siblings")


def map_depth(count):
    return count.bit_length()


def bucket_hash(depth, items):
    return sha256(b"\x10" + u8(depth) + u32(len(items)) + b"".join(key + value for key, value in items))


def map_node_hash(left, right):
    return sha256(b"\x11" + left + right)


def map_commitment(count, root):
    return tagged(b"map", u8(map_depth(count)), u64(count), root)


def key_bit(key, index):
    return key[index // 8] >> (7 - index % 8) & 1


def map_of(items):
    """The commitment of a whole map, from its (key, value digest) pairs; refuses keys that crowd one bucket."""
    items = sorted(items)
    depth = map_depth(len(items))
    # In which bucket each item is: ascending, since the items are.
    places = [int.from_bytes(key, "big") >> (256 - depth) for key, _ in items]
    for place, count in Counter(places).items():
        if count > MAP_BUCKET_KEYS_MAX:
            raise ParseError("too-many", "Cannot read map: %d keys in bucket %d" % (count, place))

    def root(start, end, level):
        if level == depth:
            return bucket_hash(depth, items[start:end])
        first_right = (places[start] >> (depth - level) << 1 | 1) << (depth - level - 1) if start < end else 0
        middle = bisect_left(places, first_right, start, end)
        return map_node_hash(root(start, middle, level + 1), root(middle, end, level + 1))

    return map_commitment(len(items), root(0, len(items), 0))


def parse_map_proof(data):
    """`u8 1 || u8 d || u64 count || u32 n || n*64 || d*32`."""
    reader = ByteReader(data, "map proof")
    _require_version(reader, 1)
    depth, count = reader.u8(), reader.u64()
    if depth != map_depth(count):
        raise ParseError("not-canonical", "Cannot read map proof: depth %d with %d keys" % (depth, count))
    length = reader.u32()
    if length > MAP_BUCKET_KEYS_MAX or length > count:
        raise ParseError("too-many", "Cannot read map proof: %d keys in a bucket" % length)
    bucket = [(reader.take(32), reader.take(32)) for _ in range(length)]
    _require_ascending([key for key, _ in bucket], "map proof")
    siblings = [reader.take(32) for _ in range(depth)]
    reader.end()
    return MapProof(count, bucket, siblings)


def verify_map_proof(proof, key, commitment):
    """The value digest under `key`, or None: the proof shows that there is none."""
    depth = len(proof.siblings)
    for other, _ in proof.bucket:
        if any(key_bit(other, i) != key_bit(key, i) for i in range(depth)):
            raise VerifyError("map-bucket", "The bucket holds a key that belongs elsewhere")
    node = bucket_hash(depth, proof.bucket)
    for i, sibling in enumerate(proof.siblings):
        right = key_bit(key, depth - 1 - i)
        node = map_node_hash(sibling, node) if right else map_node_hash(node, sibling)
    if map_commitment(proof.count, node) != commitment:
        raise VerifyError("map-commitment", "The map proof does not lead to the map that the head commits to")
    return dict(proof.bucket).get(key)


def _require_version(reader, wanted):
    found = reader.u8()
    if found != wanted:
        raise ParseError("unsupported", "Cannot read %s: it begins with %d, wanted %d" % (reader.what, found, wanted))


def _require_ascending(items, what):
    if any(items[i - 1] >= items[i] for i in range(1, len(items))):
        raise ParseError("not-canonical", "Cannot read %s: not ascending and unique" % what)


# --- ledger: records (specs/ledger-records.md) ---

ProjectHeader = namedtuple(
    "ProjectHeader",
    "status how first_entry last_entry rules first_file serial current current_since base base_since"
    " pending asked way frozen recovered attested",
)
FileRecord = namedtuple(
    "FileRecord",
    "state prior how uploader reason flags sha256 size metadata release first_detail last_detail publisher"
    " first_entry last_entry time serial attestations",
)
ReleaseRecord = namedtuple("ReleaseRecord", "state first_entry closed files")
ConfigRecord = namedtuple("ConfigRecord", "uploads attestations release close_days publishers principals")

STATUSES = ("reserved", "active", "archived", "deprecated", "quarantined")
FILE_STATES = ("none", "accepted", "published", "yanked", "withdrawn")
ROLES = ("index", "gate", "observer")


def _one_of(reader, minimum, maximum):
    value = reader.u8()
    if not minimum <= value <= maximum:
        raise ParseError("out-of-range", "Cannot read %s: %d has no meaning" % (reader.what, value))
    return value


def _ref(reader):
    value = reader.u64()
    return None if value == 0 else value - 1


def _digest_or_none(reader):
    value = reader.take(32)
    return None if value == bytes(32) else value


def _digests(reader, maximum):
    count = reader.u8()
    if count > maximum:
        raise ParseError("too-many", "Cannot read %s: %d digests, at most %d" % (reader.what, count, maximum))
    items = [reader.take(32) for _ in range(count)]
    _require_ascending(items, reader.what)
    return items


def parse_project_header(data):
    """184 bytes."""
    reader = ByteReader(data, "project header")
    _require_version(reader, 1)
    header = ProjectHeader(
        status=_one_of(reader, 0, 4),
        how=_one_of(reader, 1, 3),
        first_entry=reader.u64(),
        last_entry=reader.u64(),
        rules=reader.u32(),
        first_file=_ref(reader),
        serial=reader.u64(),
        current=reader.take(32),
        current_since=reader.u64(),
        base=reader.take(32),
        base_since=reader.u64(),
        pending=_digest_or_none(reader),
        asked=_ref(reader),
        way=_one_of(reader, 0, 5),
        frozen=_ref(reader),
        recovered=_ref(reader),
        attested=_ref(reader),
    )
    reader.end()
    if len({header.pending is None, header.asked is None, header.way == 0}) != 1:
        raise ParseError("not-canonical", "Cannot read project header: pending, asked and way disagree")
    return header


def parse_file_record(data):
    """240 + 73k bytes."""
    reader = ByteReader(data, "file record")
    _require_version(reader, 1)
    record = FileRecord(
        state=_one_of(reader, 1, 4),
        prior=_one_of(reader, 0, 4),
        how=_one_of(reader, 1, 3),
        uploader=_one_of(reader, 0, 2),
        reason=_one_of(reader, 0, 7),
        flags=_one_of(reader, 0, 1),
        sha256=reader.take(32),
        size=reader.u64(),
        metadata=_digest_or_none(reader),
        release=reader.take(32),
        first_detail=_digest_or_none(reader),
        last_detail=_digest_or_none(reader),
        publisher=_digest_or_none(reader),
        first_entry=reader.u64(),
        last_entry=reader.u64(),
        time=reader.u64(),
        serial=reader.u64(),
        attestations=_record_attestations(reader),
    )
    reader.end()
    return record


def _record_attestations(reader):
    count = reader.u8()
    if count > 8:
        raise ParseError("too-many", "Cannot read file record: %d attestations" % count)
    return [(_one_of(reader, 1, 3), reader.take(32), reader.take(32), reader.u64()) for _ in range(count)]


def parse_release_record(data):
    """22 bytes."""
    reader = ByteReader(data, "release record")
    _require_version(reader, 2)
    record = ReleaseRecord(_one_of(reader, 1, 2), reader.u64(), _ref(reader), reader.u32())
    reader.end()
    if (record.state == 2) != (record.closed is not None):
        raise ParseError("not-canonical", "Cannot read release record: state and closed disagree")
    return record


def parse_config_record(data):
    reader = ByteReader(data, "config record")
    _require_version(reader, 1)
    _require_version(reader, 1)
    uploads, attestations, release = _one_of(reader, 0, 1), _one_of(reader, 0, 1), _one_of(reader, 0, 2)
    close_days = reader.u16()
    if close_days != 65_535 and not 1 <= close_days <= 365:
        raise ParseError("out-of-range", "Cannot read policy record: closeDays %d" % close_days)
    record = ConfigRecord(uploads, attestations, release, close_days, _digests(reader, 32), _digests(reader, 32))
    reader.end()
    return record


def parse_key_record(data):
    """(algorithm, key) of a passkey or an offline root key."""
    reader = ByteReader(data, "key record")
    _require_version(reader, 1)
    algorithm = _one_of(reader, 1, 2)
    key = reader.take(64 if algorithm == 1 else 32)
    reader.end()
    return algorithm, key


IndexHeader = namedtuple("IndexHeader", "role rules web_origin threshold root_keys countersign")


def parse_index_header(data):
    reader = ByteReader(data, "index header")
    _require_version(reader, 2)
    role = ROLES[_one_of(reader, 1, 3) - 1]
    _one_of(reader, 1, 2), _one_of(reader, 0, 2)
    rules = reader.u32()
    reader.u32(), _ref(reader), reader.u32(), reader.u32(), reader.take(32)
    web_origin = parse_utf8(reader.take(reader.u8()), "web origin")
    reader.take(32)
    header = IndexHeader(role, rules, web_origin, reader.u8(), _digests(reader, 16), _digests(reader, 8))
    reader.end()
    if not 1 <= header.threshold <= len(header.root_keys) or not header.countersign:
        raise ParseError("out-of-range", "Cannot read index header: threshold or key count")
    return header


# --- ledger: statements and entries (specs/ledger-entry.md, specs/ledger-kinds.md) ---

Entry = namedtuple("Entry", "kind common fields payload key_id signature leaf")
Common = namedtuple("Common", "origin role project seq time detail")

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
SAFE_TEXT = r"[\x21-\x7e]{1,128}"
U32_MAX = 0xFFFF_FFFF
WAYS_OF_ACT = {
    "change": ("free", "passkey", "account"),
    "ask": ("passkey", "publisher", "account"),
    "take": ("none",),
    "cancel": ("passkey", "publisher", "account"),
    "undo": ("passkey",),
}


def pae(payload):
    """The bytes that are signed for a payload (DSSE)."""
    head = "DSSEv1 %d %s %d " % (len(PAYLOAD_TYPE), PAYLOAD_TYPE, len(payload))
    return head.encode("ascii") + payload


def parse_entry(leaf):
    """A leaf that is a statement: a DSSE envelope with one Ed25519 signature, in canonical JSON."""
    value = parse_json(leaf, ENTRY_BYTES_MAX, "entry", 3)
    body = Fields(value, "entry")
    payload = body.base64("payload", ENTRY_BYTES_MAX)
    body.choice("payloadType", [PAYLOAD_TYPE])
    lines = body.objects("signatures", 1)
    if len(lines) != 1:
        raise ParseError("malformed", "Cannot read entry: it has not exactly one signature")
    key_id, signature = lines[0].hex("keyid"), lines[0].base64("sig", 64)
    lines[0].end()
    body.end()
    if len(signature) != 64:
        raise ParseError("malformed", "Cannot read entry: the signature is not 64 bytes")
    _require_canonical(value, leaf, "entry")
    kind, common, fields = parse_statement(payload)
    return Entry(kind, common, fields, payload, key_id, signature, leaf)


def parse_statement(payload):
    """(kind, common members, the kind's own members). A kind that is not known here has no own members."""
    value = parse_json(payload, ENTRY_BYTES_MAX, "statement", 6)
    body = Fields(value, "statement")
    body.choice("_type", [STATEMENT_TYPE])
    predicate_type = body.text("predicateType", 128, SAFE_TEXT)
    predicate = body.object("predicate")
    member, digest = _read_subject(body)
    body.end()
    match = re.fullmatch(r"https://countermark\.dev/ledger/([a-z]+(?:-[a-z]+)*)/v1", predicate_type)
    if match is None:
        raise ParseError("malformed", "Cannot read statement: predicateType %r" % predicate_type)
    common = Common(
        origin=predicate.text("origin", 128, SAFE_TEXT),
        role=predicate.choice("role", ROLES),
        project=predicate.hex("project"),
        seq=predicate.integer("seq"),
        time=predicate.integer("time"),
        detail=predicate.hex_or_none("detail"),
    )
    kind, fields = match.group(1), {}
    if kind in _KINDS:
        wanted, read = _KINDS[kind]
        if member != wanted or (member == "countermarkProject" and digest != common.project):
            raise ParseError("malformed", "Cannot read statement: its subject is not that of %s" % kind)
        fields = dict(read(predicate), subject=digest)
        predicate.end()
    _require_canonical(value, payload, "statement")
    return kind, common, fields


def _require_canonical(value, data, what):
    if encode_canonical_json(value) != data:
        raise ParseError("not-canonical", "Cannot read %s: not in its canonical form" % what)


def _read_subject(body):
    subjects = body.objects("subject", 1)
    if len(subjects) != 1:
        raise ParseError("malformed", "Cannot read statement: it has not exactly one subject")
    digests = subjects[0].object("digest")
    subjects[0].end()
    member = next(iter(digests.members), "")
    if member not in ("sha256", "countermarkProject", "countermarkLog"):
        raise ParseError("malformed", "Cannot read statement: subject %r" % member)
    digest = digests.hex(member)
    digests.end()
    return member, digest


def _hex_list(body, name, items_max):
    items = body.list(name, items_max)
    for item in items:
        if not isinstance(item, str):
            raise ParseError("wrong-type", "Cannot read %s.%s: wanted strings" % (body.path, name))
        if re.fullmatch("[0-9a-f]{64}", item) is None:
            raise ParseError("not-canonical", "Cannot read %s.%s: not ascending unique digests" % (body.path, name))
    _require_ascending(items, "%s.%s" % (body.path, name))
    return [bytes.fromhex(item) for item in items]


def _read_nothing(_body):
    return {}


def _read_config(body):
    policy = body.object("policy")
    close_days = policy.integer("closeDays", 1, 65_535)
    if 365 < close_days < 65_535:
        raise ParseError("out-of-range", "Cannot read %s.closeDays: %d" % (policy.path, close_days))
    config = ConfigRecord(
        attestations=policy.integer("attestations", 0, 1),
        close_days=close_days,
        release=policy.integer("release", 0, 2),
        uploads=policy.integer("uploads", 0, 1),
        principals=_hex_list(body, "principals", 32),
        publishers=_hex_list(body, "publishers", 32),
    )
    policy.end()
    body.end()
    return config


def _read_created(body):
    return {"config": _read_config(body.object("config"))}


def _read_configured(body):
    act = body.choice("act", list(WAYS_OF_ACT))
    way = body.choice("way", WAYS_OF_ACT[act])
    config = None
    if act in ("take", "cancel"):
        body.choice("config", ["none"])
    else:
        config = _read_config(body.object("config"))
    if way == "passkey":
        _read_passkey(body.object("consent"))
    elif way == "publisher":
        consent = body.object("consent")
        consent.hex("evidence"), consent.hex("publisher")
        consent.end()
    else:
        body.choice("consent", ["none"])
    return {"act": act, "way": way, "config": config}


def _read_passkey(body):
    alg = body.choice("alg", ["ES256", "Ed25519"])
    body.integer("counter", 0, U32_MAX), body.integer("flags", 0, 255), body.integer("form", 0, 2)
    body.hex("key", 64 if alg == "ES256" else 32), body.hex("salt"), body.hex("sig", 64)
    body.end()


def _read_root_signatures(body, name):
    keys = []
    for item in body.objects(name, 16):
        keys.append(item.text("key", 130, r"01[0-9a-f]{128}|02[0-9a-f]{64}"))
        item.hex("sig", 64)
        item.end()
    _require_ascending(keys, "%s.%s" % (body.path, name))


def _read_genesis(body):
    root_keys, countersign = _hex_list(body, "rootKeys", 16), _hex_list(body, "countersign", 8)
    if not countersign:
        raise ParseError("out-of-range", "Cannot read log-genesis: no countersigning key")
    fields = {"countersign": countersign, "root_keys": root_keys, "ecosystem": body.text("ecosystem", 128, SAFE_TEXT)}
    body.choice("import", ["open", "closed"])
    if body.value("previous") != "none":
        previous = body.object("previous")
        previous.hex("map"), previous.text("origin", 128, SAFE_TEXT), previous.hex("root"), previous.integer("size")
        previous.end()
    _read_root_signatures(body, "root")
    body.integer("rootVersion", 0, U32_MAX)
    body.hex("rpIdHash")
    body.integer("rules", 0, U32_MAX)
    body.integer("targetsVersion", 0, U32_MAX)
    body.integer("threshold", 1, len(root_keys))
    body.hex_or_none("trust")
    body.choice("visibility", ["public", "private"])
    body.text("webOrigin", 128, r"[\x21\x23-\x5b\x5d-\x7e]{1,128}")
    return fields


def _read_accepted(body):
    attestations = [_read_attestation(item) for item in body.objects("attestations", 4)]
    _require_ascending([(item["predicate"], item["digest"]) for item in attestations], "attestations")
    return {
        "attestations": attestations,
        "file": body.hex("file"),
        "release": body.hex("release"),
        "size": body.integer("size", 1, 2**40),
        "metadata": body.hex_or_none("metadata"),
        "show": body.choice("show", ["now", "staged"]),
        "uploader": body.choice("uploader", ["token", "publisher"]),
        "publisher": body.hex_or_none("publisher"),
        "received": body.integer("received"),
    }


def _read_attestation(body):
    attestation = {
        "digest": body.hex("digest"),
        "predicate": body.integer("predicate", 1, 3),
        "publisher": body.hex("publisher"),
        "time": body.integer("time"),
    }
    body.end()
    return attestation


def _read_files(reason_max):
    def read(body):
        files = _hex_list(body, "files", 512)
        if not files:
            raise ParseError("out-of-range", "Cannot read files: none")
        return {"files": files, "reason": body.integer("reason", 1, reason_max)}

    return read


def _read_status(body):
    return {"status": STATUSES[body.integer("status", 1, 4)]}


def _read_void(body):
    fields = {"target": body.integer("target"), "statement": body.hex("statement")}
    if body.value("root") != "none":
        _read_root_signatures(body, "root")
    return fields


# Kind -> what its subject is, and who reads its own members.
_KINDS = {
    "log-genesis": ("countermarkLog", _read_genesis),
    "project-reserved": ("countermarkProject", _read_nothing),
    "project-created": ("countermarkProject", _read_created),
    "project-configured": ("countermarkProject", _read_configured),
    "file-accepted": ("sha256", _read_accepted),
    "yanked": ("countermarkProject", _read_files(5)),
    "unyanked": ("countermarkProject", _read_files(5)),
    "withdrawn": ("countermarkProject", _read_files(6)),
    "status": ("countermarkProject", _read_status),
    "void": ("countermarkProject", _read_void),
}


# --- ledger: details (specs/ledger-detail.md) ---

FileDetail = namedtuple("FileDetail", "filename kind name publishers requires_python uploader version")


def parse_detail(detail):
    """(salt, value) of `salt[32] || canonical JSON`."""
    if len(detail) < 32:
        raise ParseError("truncated", "Cannot read detail: shorter than its salt")
    value = parse_json(detail[32:], DETAIL_BYTES_MAX - 32, "detail", 8)
    _require_canonical(value, detail[32:], "detail")
    return detail[:32], value


def parse_file_detail(detail):
    body = Fields(parse_detail(detail)[1], "file detail")
    value = FileDetail(
        filename=body.text("filename", 255),
        kind=body.choice("kind", ["sdist", "wheel"]),
        name=body.text("name", 128),
        publishers=[_read_opening(item) for item in body.objects("publishers", 32)],
        requires_python=body.text_or_none("requiresPython", 4_096),
        uploader=body.text_or_none("uploader", 4_096),
        version=body.text("version", 128),
    )
    body.end()
    return value


def parse_project_detail(detail):
    """(name, publisher openings, principal openings, reason)."""
    body = Fields(parse_detail(detail)[1], "project detail")
    name = body.text("name", 128)
    publishers = [_read_opening(item) for item in body.objects("publishers", 32)]
    principals = [_read_principal(item) for item in body.objects("principals", 32)]
    reason = body.text_or_none("reason", 4_096)
    body.end()
    return name, publishers, principals, reason


def parse_text_detail(detail):
    """A sentence for people: why something was yanked, withdrawn, or changed its status."""
    body = Fields(parse_detail(detail)[1], "text detail")
    text = body.text("text", 4_096)
    body.end()
    return text


def _read_principal(body):
    opening = body.hex("id"), body.hex("salt")
    body.end()
    return opening


def _read_opening(body):
    record, salt = body.object("record"), body.hex("salt")
    _read_publisher(record)
    body.end()
    return record.members, salt


def _read_publisher(body):
    body.integer("v", 1, 1)
    body.text("provider", 64, "[a-z][a-z0-9-]*")
    body.text("issuer", 2_048)
    for name in ("owner", "project", "workflow", "calledWorkflow", "environment", "subject"):
        body.text_or_none(name, 2_048)
    for name in ("ownerId", "projectId"):
        body.text_or_none(name, 128, "[0-9A-Za-z_-]+")
    body.end()


def parse_publisher(data):
    """A publisher record from its canonical JSON."""
    value = parse_json(data, 2_048, "publisher record", 1)
    _read_publisher(Fields(value, "publisher record"))
    _require_canonical(value, data, "publisher record")
    return value


def show_publisher(record):
    """An identity in words."""
    if record["project"] is None:
        return '"%s" of %s' % (record["subject"] or "nobody", record["issuer"])
    ids = "repository id %s, owner id %s" % (record["projectId"] or "none", record["ownerId"] or "none")
    parts = ['"%s" (%s)' % (record["project"], ids)]
    for name, words in (("workflow", "workflow"), ("calledWorkflow", "called workflow"), ("environment", "environment")):
        if record[name] is not None:
            parts.append("%s %s" % (words, record[name]))
    return "%s of %s" % (", ".join(parts), record["issuer"])


# --- ledger: state leaf, state file, details file, trust description ---

Anchor = namedtuple("Anchor", "size note t_lo t_hi")
StateLeaf = namedtuple("StateLeaf", "origin index prev map projects time rules root_version targets_version anchor")
ProjectProof = namedtuple("ProjectProof", "checkpoint state_leaf inclusion map_proof")
StateFile = namedtuple("StateFile", "header files history_count history_root current base pending records")
LedgerTrust = namedtuple("LedgerTrust", "origin vkeys policy start end last_honest auditors")
CountersignTrust = namedtuple("CountersignTrust", "key key_id start end")
KnownHead = namedtuple("KnownHead", "origin size root")
Trust = namedtuple("Trust", "ecosystem ledger countersign floor limits")
Receipt = namedtuple("Receipt", "proof entry detail")

_ED25519_SPKI_PREFIX = bytes.fromhex("302a300506032b6570032100")
PROJECT_PROOF_BYTES_MAX = 524_288
DETAILS_BYTES_MAX = 268_435_456


def parse_state_leaf(data):
    """Ten lines of ASCII, each ended by LF."""
    if len(data) > 1_024:
        raise ParseError("too-large", "Cannot read state leaf: %d bytes" % len(data))
    lines = parse_utf8(data, "state leaf").split("\n")
    if len(lines) != 11 or lines[0] != "countermark.dev/state/v1" or lines[10] != "":
        raise ParseError("malformed", "Cannot read state leaf: not its ten lines")
    if re.fullmatch(SAFE_TEXT, lines[1]) is None:
        raise ParseError("malformed", "Cannot read state leaf: origin %r" % lines[1])
    root_version, targets_version = _words(lines[8], "tuf", 2)
    map_digest = parse_base64(lines[4], "map commitment")
    if len(map_digest) != 32:
        raise ParseError("not-canonical", "Cannot read state leaf: a map commitment of %d bytes" % len(map_digest))
    return StateLeaf(
        origin=lines[1],
        index=_state_integer(lines[2]),
        prev=None if lines[3] == "-" else _state_integer(lines[3]),
        map=map_digest,
        projects=_state_integer(lines[5]),
        time=_state_integer(_words(lines[6], "time", 1)[0]),
        rules=_state_integer(_words(lines[7], "rules", 1)[0]),
        root_version=_state_integer(root_version),
        targets_version=_state_integer(targets_version),
        anchor=None if lines[9] == "anchor none" else _read_anchor(_words(lines[9], "anchor", 4)),
    )


def _words(line, name, count):
    words = line.split(" ")
    if words[0] != name or len(words) != count + 1:
        raise ParseError("malformed", "Cannot read state leaf: line %r, wanted %s" % (line, name))
    return words[1:]


def _state_integer(text):
    if re.fullmatch("0|[1-9][0-9]{0,15}", text) is None or int(text) > INTEGER_MAX:
        raise ParseError("not-canonical", "Cannot read state leaf: %r is not an integer" % text)
    return int(text)


def _read_anchor(words):
    note = parse_base64(words[1], "anchor")
    if len(note) != 32:
        raise ParseError("malformed", "Cannot read state leaf: anchor digest")
    return Anchor(_state_integer(words[0]), note, _state_integer(words[2]), _state_integer(words[3]))


def parse_project_proof(data):
    """`"CMP1" || 4 * (u32 len || bytes)`: checkpoint, state leaf, inclusion proof, map proof."""
    if len(data) > PROJECT_PROOF_BYTES_MAX:
        raise ParseError("too-large", "Cannot read project proof: %d bytes" % len(data))
    reader = ByteReader(data, "project proof")
    if reader.take(4) != b"CMP1":
        raise ParseError("unsupported", "Cannot read project proof: it does not begin with CMP1")
    parts = [reader.take(reader.u32()) for _ in range(4)]
    reader.end()
    hashes = ByteReader(parts[2], "inclusion proof")
    count = hashes.u8()
    if count > PROOF_HASHES_MAX:
        raise ParseError("too-many", "Cannot read inclusion proof: %d hashes" % count)
    inclusion = [hashes.take(32) for _ in range(count)]
    hashes.end()
    return ProjectProof(parts[0], parts[1], inclusion, parts[3])


def parse_state_file(data):
    """All that a project's value commits to: header, configurations and every record of its file map, as bytes."""
    if len(data) > STATE_BYTES_MAX:
        raise ParseError("too-large", "Cannot read state file: %d bytes" % len(data))
    reader = ByteReader(data, "state file")
    if reader.take(4) != b"CMS1":
        raise ParseError("unsupported", "Cannot read state file: it does not begin with CMS1")
    header, files = reader.take(reader.u32()), reader.take(32)
    history_count, history_root = reader.u64(), reader.take(32)
    configs = [reader.take(reader.u16()) or None for _ in range(3)]
    records = [(reader.take(32), reader.take(reader.u16())) for _ in range(reader.u32())]
    reader.end()
    _require_ascending([key for key, _ in records], "state file")
    return StateFile(header, files, history_count, history_root, *configs, records)


def parse_details_file(data):
    """`u32 n || n * (u32 len || detail)`."""
    if len(data) > DETAILS_BYTES_MAX:
        raise ParseError("too-large", "Cannot read details file: %d bytes" % len(data))
    reader = ByteReader(data, "details file")
    details = []
    for _ in range(reader.u32()):
        length = reader.u32()
        if length > DETAIL_BYTES_MAX:
            raise ParseError("too-large", "Cannot read detail: %d bytes" % length)
        details.append(reader.take(length))
    reader.end()
    return details


def project_value(file):
    history = u64(file.history_count) + file.history_root
    return tagged(b"project", u32(len(file.header)), file.header, file.files, history)


def parse_trust(data):
    """The trust description of one index."""
    body = Fields(parse_json(data, TRUST_BYTES_MAX, "trust description", 6), "trust description")
    body.list("amendments", 0)
    trust = Trust(
        ecosystem=body.text("ecosystem", 128, SAFE_TEXT),
        ledger=[_read_ledger_trust(row) for row in body.objects("ledger", 64)],
        countersign=[_read_countersign(row) for row in body.objects("countersign", 64)],
        floor=None if body.value("floor") is None else _read_head(body.object("floor"), True),
        limits=_read_limits(body.object("limits")),
    )
    sigstore = body.object("sigstore")
    sigstore.integer("rootVersion"), sigstore.hex("rootSha256")
    sigstore.end()
    body.end()
    rows = trust.ledger
    ends_before = [rows[i - 1].end is not None and rows[i - 1].end <= rows[i].start for i in range(1, len(rows))]
    if not rows or not all(ends_before):
        raise ParseError("malformed", "Cannot read trust description: its ledger ranges are not in order")
    return trust


def _read_ledger_trust(body):
    policy = parse_policy(body.text("policy", 65_536))
    start, end = _read_range(body)
    row = LedgerTrust(
        origin=body.text("origin", 128, SAFE_TEXT),
        vkeys=[parse_vkey(text) for text in _read_texts(body, "vkeys", 8, 4_096)],
        policy=policy,
        start=start,
        end=end,
        last_honest=None if body.value("lastHonest") is None else _read_head(body.object("lastHonest"), False),
        auditors=_read_texts(body, "auditors", 64, 128),
    )
    body.end()
    if not row.vkeys or any(vkey.name != row.origin for vkey in row.vkeys):
        raise ParseError("malformed", "Cannot read %s: a vkey is not named %r" % (body.path, row.origin))
    for name in row.auditors:
        if name not in policy.witnesses:
            raise ParseError("malformed", "Cannot read %s: auditor %r is not in the policy" % (body.path, name))
    return row


def _read_texts(body, name, items_max, chars_max):
    items = body.list(name, items_max)
    for item in items:
        if not isinstance(item, str):
            raise ParseError("wrong-type", "Cannot read %s.%s: wanted strings" % (body.path, name))
        if len(item) > chars_max:
            raise ParseError("too-large", "Cannot read %s.%s: too long" % (body.path, name))
    return items


def _read_countersign(body):
    spki = body.base64("spki", 128)
    if len(spki) != 44 or not spki.startswith(_ED25519_SPKI_PREFIX):
        raise ParseError("unsupported", "Cannot read %s: not an Ed25519 key" % body.path)
    start, end = _read_range(body)
    body.end()
    return CountersignTrust(spki[12:], sha256(spki), start, end)


def _read_range(body):
    start = body.integer("from")
    return start, None if body.value("to") is None else body.integer("to", start + 1)


def _read_head(body, has_origin):
    root = body.base64("root", 32)
    if len(root) != 32:
        raise ParseError("malformed", "Cannot read %s.root: not 32 bytes" % body.path)
    origin = body.text("origin", 128, SAFE_TEXT) if has_origin else None
    head = KnownHead(origin, body.integer("size", 1), root)
    body.end()
    return head


def _read_limits(body):
    limits = {name: body.integer(name, 1, 31_536_000) for name in ("Y", "Zwarn", "Zrefuse")}
    body.end()
    return limits


def parse_receipt(data):
    """A tlog-proof whose `extra` is `u32 len || entry || u32 len || detail`."""
    proof = parse_tlog_proof(data)
    if proof.extra is None:
        raise ParseError("missing-field", "Cannot read receipt: the tlog-proof has no extra line")
    reader = ByteReader(proof.extra, "receipt")
    receipt = Receipt(proof, reader.prefixed(ENTRY_BYTES_MAX), reader.prefixed(DETAIL_BYTES_MAX))
    reader.end()
    return receipt


# --- belief ---

CLOCK_TOLERANCE_SECONDS = 120
RULES_VERSION = 0

CosignedHead = namedtuple("CosignedHead", "origin size root cosignatures t_lo t_hi kind row")
ReceiptVerdict = namedtuple("ReceiptVerdict", "head index entry detail")
ProjectVerdict = namedtuple("ProjectVerdict", "head state value")


def in_range(row, index):
    return row.start <= index and (row.end is None or index < row.end)


def known_lines(note, vkeys):
    """The lines by keys that we know; lines by strangers are never looked at."""
    for line in note.signatures:
        for vkey in vkeys:
            if vkey.name == line.name and vkey.key_id == line.key_id:
                yield vkey, line


def verify_line(vkey, line, text):
    """The time the line states (None for a log's key), or False when it is not the key's signature."""
    data = text.encode("utf-8")
    if vkey.algorithm == 1:
        return None if verify_ed25519(vkey.key, data, line.signature) else False
    if vkey.algorithm == 4:
        stated = int.from_bytes(line.signature[:8], "big")
        if len(line.signature) != 72 or stated > INTEGER_MAX:
            return False
        message = b"cosignature/v1\ntime %d\n" % stated + data
        return stated if verify_ed25519(vkey.key, message, line.signature[8:]) else False
    raise VerifyError("signature-unsupported", "Cannot check the line of %r: only Ed25519 is known here" % vkey.name)


def verify_checkpoint(note_bytes, trust, now):
    """Believes a checkpoint: signed by the log, cosigned by a quorum of the policy in force for its last leaf."""
    note = parse_note(note_bytes)
    checkpoint = parse_checkpoint(note.text)
    rows = [row for row in trust.ledger if row.origin == checkpoint.origin and in_range(row, checkpoint.size - 1)]
    if not rows:
        wanted = (checkpoint.origin, checkpoint.size)
        raise VerifyError("ledger-range", "Cannot believe checkpoint of %r: no keys are known for size %d" % wanted)
    row = rows[0]
    _verify_log_signature(note, row)
    cosignatures = _verify_cosignatures(note, row.policy, now)
    if row.policy.quorum == "none":
        raise VerifyError("quorum-none", "The policy asks for no cosigner")
    times = quorum_times(row.policy, cosignatures)
    if times is None:
        wanted = (", ".join(c.name for c in cosignatures), row.policy.quorum)
        raise VerifyError("quorum-not-met", "The checkpoint is cosigned by [%s], wanted %r" % wanted)
    _verify_known_heads(checkpoint, row, trust)
    kind = "audited" if any(c.name in row.auditors for c in cosignatures) else "witnessed"
    return CosignedHead(checkpoint.origin, checkpoint.size, checkpoint.root, cosignatures, *times, kind, row)


def _verify_log_signature(note, row):
    """At least one known key signed, and no line of a known key is wrong."""
    lines = list(known_lines(note, row.vkeys))
    if not lines:
        raise VerifyError("log-signature-missing", "No line of the checkpoint is by a key of the log")
    for vkey, line in lines:
        if verify_line(vkey, line, note.text) is False:
            raise VerifyError("log-signature-invalid", "The line of %r is not its signature" % vkey.name)


def _verify_cosignatures(note, policy, now):
    """Of each witness of the policy the newest time; one wrong line refuses the whole note."""
    cosignatures = []
    for name, vkey in policy.witnesses.items():
        times = [verify_line(known, line, note.text) for known, line in known_lines(note, [vkey])]
        if any(stated is False for stated in times):
            raise VerifyError("cosignature-invalid", "The line of %r is not its cosignature" % name)
        if times:
            cosignatures.append(Cosignature(name, max(times)))
    for cosignature in cosignatures:
        if not 1 <= cosignature.time <= now + CLOCK_TOLERANCE_SECONDS:
            raise VerifyError("cosignature-time", "The cosignature of %r is of %d" % cosignature)
    return cosignatures


def _verify_known_heads(checkpoint, row, trust):
    if row.last_honest is not None and checkpoint.size > row.last_honest.size:
        raise VerifyError("after-last-honest", "Nothing after %d is believed under these keys" % row.last_honest.size)
    floor = trust.floor if trust.floor is not None and trust.floor.origin == checkpoint.origin else None
    for known in (row.last_honest, floor):
        if known is not None and known.size == checkpoint.size and known.root != checkpoint.root:
            raise VerifyError("known-head-differs", "Another tree of size %d is known" % checkpoint.size)


def verify_receipt(data, file_sha256, trust, now):
    """Believes that the file was logged: `file_sha256` is the digest of its bytes (32 bytes)."""
    receipt = parse_receipt(data)
    head = verify_checkpoint(receipt.proof.checkpoint, trust, now)
    index = receipt.proof.index
    verify_inclusion(leaf_hash(receipt.entry), index, head.size, receipt.proof.hashes, head.root)
    entry = parse_entry(receipt.entry)
    if entry.kind != "file-accepted":
        raise VerifyError("receipt-kind", "The entry is a %s, wanted file-accepted" % entry.kind)
    if entry.fields["subject"] != file_sha256:
        wanted = (file_sha256.hex(), entry.fields["subject"].hex())
        raise VerifyError("digest-mismatch", "The file has SHA-256 %s, the entry is about %s" % wanted)
    if entry.common.origin != head.origin:
        raise VerifyError("entry-origin", "The entry is for %r, the log is %r" % (entry.common.origin, head.origin))
    verify_countersignature(entry, index, trust)
    detail = None
    if receipt.detail:
        if detail_commitment(receipt.detail) != entry.common.detail:
            raise VerifyError("detail-mismatch", "The detail is not the one that was logged")
        detail = parse_file_detail(receipt.detail)
    return ReceiptVerdict(head, index, entry, detail)


def verify_countersignature(entry, index, trust):
    """The entry is signed by a countersigning key in force at its index."""
    for row in trust.countersign:
        if row.key_id == entry.key_id and in_range(row, index):
            if verify_ed25519(row.key, pae(entry.payload), entry.signature):
                return
            raise VerifyError("countersign-signature", "Entry %d is not signed by the key that it names" % index)
    raise VerifyError("countersign-key", "The key %s is not trusted at entry %d" % (entry.key_id.hex(), index))


def decide_filename(detail, entry, ecosystem):
    """The filename in the detail where it opens the entry's ids, else None: only then is it the name of this file."""
    if detail is None:
        return None
    try:
        key = map_key(ecosystem, normalize_project_name(detail.name))
    except ParseError:
        return None
    is_opened = key == entry.common.project and file_id(key, detail.filename) == entry.fields["file"]
    return detail.filename if is_opened else None


def opened_publisher(detail, publisher_id):
    """The publisher record that opens `publisher_id`, or None."""
    for record, salt in detail.publishers if detail else []:
        if salted_id("publisher", salt, encode_canonical_json(record)) == publisher_id:
            return record
    return None


def verify_project_proof(data, name, trust, now):
    """What one cosigned head says about the project: its value, or None for "is not there"."""
    proof = parse_project_proof(data)
    head, state = verify_head(proof, trust, now)
    map_proof = parse_map_proof(proof.map_proof)
    if map_proof.count != state.projects:
        wanted = (map_proof.count, state.projects)
        raise VerifyError("map-count", "The map has %d keys, the state leaf says %d" % wanted)
    value = verify_map_proof(map_proof, map_key(trust.ecosystem, normalize_project_name(name)), state.map)
    return ProjectVerdict(head, state, value)


def verify_head(proof, trust, now):
    """Believes a checkpoint together with the state leaf that it ends in, and that it is fresh enough to be used."""
    head = verify_checkpoint(proof.checkpoint, trust, now)
    floor = trust.floor
    if floor is not None and floor.origin == head.origin and head.size < floor.size:
        raise VerifyError("below-floor", "The head is %d, at least %d is known to exist" % (head.size, floor.size))
    verify_inclusion(leaf_hash(proof.state_leaf), head.size - 1, head.size, proof.inclusion, head.root)
    state = parse_state_leaf(proof.state_leaf)
    _verify_state_place(state, head)
    _verify_anchor(state, head, trust)
    age = now - head.t_lo
    if age > trust.limits["Zrefuse"]:
        raise VerifyError("head-stale", "The head is %d s old, at most %d" % (age, trust.limits["Zrefuse"]))
    return head, state


def _verify_state_place(state, head):
    if state.origin != head.origin:
        raise VerifyError("state-leaf-origin", "The state is of %r, the log is %r" % (state.origin, head.origin))
    if state.index != head.size - 1 or (state.prev is not None and state.prev >= state.index):
        raise VerifyError("state-leaf-place", "The state says that it is leaf %d of %d" % (state.index, head.size))
    if state.rules != RULES_VERSION:
        raise VerifyError("rules-unknown", "The head's rules are %d, these are %d" % (state.rules, RULES_VERSION))


def _verify_anchor(state, head, trust):
    """Log time neither runs ahead of the cosigners' clocks nor stands still unseen."""
    anchor = state.anchor
    if anchor is None:
        if state.prev is None:
            return
        raise VerifyError("anchor-missing", "The state has no anchor and is not the first")
    latest = head.t_hi + CLOCK_TOLERANCE_SECONDS
    if anchor.t_lo > latest or anchor.t_hi > latest:
        raise VerifyError("anchor-ahead", "Log time %d is ahead of the head's cosigners" % anchor.t_lo)
    if head.t_lo - anchor.t_lo > trust.limits["Zrefuse"]:
        raise VerifyError("anchor-stale", "Log time stands still at %d" % anchor.t_lo)


def verify_state_file(data, value):
    """Believes a project's state because its value in the map commits to all of it."""
    file = parse_state_file(data)
    if project_value(file) != value:
        raise VerifyError("state-value", "The state file is not the one that the map commits to")
    records = [(key, tagged(b"file", record)) for key, record in file.records]
    if map_of(records) != file.files:
        raise VerifyError("state-files", "The records are not those that the state commits to")
    header = parse_project_header(file.header)
    for _, record in file.records:
        parse_release_record(record) if record[:1] == b"\x02" else parse_file_record(record)
    for wanted, record in ((header.current, file.current), (header.base, file.base), (header.pending, file.pending)):
        if (record is None) != (wanted is None) or (record is not None and config_id(record) != wanted):
            raise VerifyError("state-config", "A configuration is not the one that the header commits to")
        if record is not None:
            parse_config_record(record)
    return file


# --- command line ---


def main(arguments=None):
    options = _read_arguments(sys.argv[1:] if arguments is None else arguments)
    try:
        verdict = options.run(options)
    except OSError as error:
        return _say(options, 2, "cannot-read", "Cannot read %s: %s" % (error.filename, error.strerror), {})
    except CountermarkError as error:
        return _say(options, 1, error.code, str(error), {})
    return _say(options, *verdict)


def _read_arguments(arguments):
    parser = argparse.ArgumentParser(description="Checks Countermark receipts and project proofs, in pure Python.")
    commands = parser.add_subparsers(dest="command", required=True)
    receipt = commands.add_parser("receipt", help="was this file logged?")
    receipt.add_argument("proof", metavar="FILE.tlog-proof")
    receipt.add_argument("--file", required=True, metavar="WHEEL", help="the wheel or sdist that the receipt is for")
    receipt.set_defaults(run=_run_receipt)
    project = commands.add_parser("project-proof", help="what does one cosigned head say about a project?")
    project.add_argument("proof", metavar="PROOF")
    project.add_argument("--name", required=True, help="the project's name")
    project.add_argument("--state", metavar="FILE", help="the project's state file, checked against the proof")
    project.add_argument("--details", metavar="FILE", help="the details file, to show names instead of digests")
    project.set_defaults(run=_run_project_proof)
    for command in (receipt, project):
        command.add_argument("--trust", required=True, metavar="trust.json")
        command.add_argument("--trust-sha256", required=True, metavar="HEX", help="the digest that trust.json must have")
        command.add_argument("--now", type=int, default=int(time.time()), metavar="SECONDS", help="Unix time (the clock)")
    vectors = commands.add_parser("vectors", help="run the shared test vectors")
    vectors.add_argument("directory", metavar="DIR")
    vectors.set_defaults(run=_run_vectors)
    for command in (receipt, project, vectors):
        command.add_argument("--json", action="store_true", help="one JSON object instead of sentences")
    return parser.parse_args(arguments)


def _say(options, status, code, sentence, facts):
    if options.json:
        print(json.dumps(dict(facts, ok=status == 0, code=code, message=sentence), sort_keys=True))
    else:
        print(sentence if status == 0 else "%s (%s)" % (sentence, code), file=sys.stdout if status == 0 else sys.stderr)
    return status


def _read(path, bytes_max):
    with open(path, "rb") as file:
        data = file.read(bytes_max + 1)
    if len(data) > bytes_max:
        raise ParseError("too-large", "Cannot read %s: more than %d bytes" % (path, bytes_max))
    return data


def _read_trust(options):
    data = _read(options.trust, TRUST_BYTES_MAX)
    if sha256(data).hex() != options.trust_sha256:
        wanted = (options.trust, sha256(data).hex(), options.trust_sha256)
        raise VerifyError("trust-mismatch", "%s has SHA-256 %s, pinned is %s" % wanted)
    return parse_trust(data)


def _sha256_of_file(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.digest()


def _utc(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _facts_of_head(head):
    return {
        "origin": head.origin,
        "size": head.size,
        "head": head.kind,
        "tLo": head.t_lo,
        "tHi": head.t_hi,
        "cosigners": sorted(c.name for c in head.cosignatures),
    }


_HEAD_WORDS = {
    "witnessed": "Witnesses saw the same log as everybody",
    "audited": "An auditor replayed the log and found that the index kept its rules",
}


def _run_receipt(options):
    trust, digest = _read_trust(options), _sha256_of_file(options.file)
    verdict = verify_receipt(_read(options.proof, TLOG_PROOF_BYTES_MAX), digest, trust, options.now)
    head, detail, fields = verdict.head, verdict.detail, verdict.entry.fields
    filename = decide_filename(detail, verdict.entry, trust.ecosystem)
    name = filename or "The file"
    facts = dict(_facts_of_head(head), index=verdict.index, sha256=digest.hex(), uploader=fields["uploader"])
    lines = [
        "%s (SHA-256 %s) was logged at index %d of %s, by %s."
        % (name, digest.hex(), verdict.index, head.origin, _utc(head.t_hi)),
        "%s: %s." % (_HEAD_WORDS[head.kind], ", ".join(facts["cosigners"])),
    ]
    publisher = opened_publisher(detail, fields["publisher"]) if fields["publisher"] else None
    if publisher is not None:
        lines.append("Uploaded by %s." % show_publisher(publisher))
    else:
        words = {"token": "with an API token: no identity stands behind it", "publisher": "by a registered publisher"}
        lines.append("Uploaded %s." % words[fields["uploader"]])
    lines.append("Attestations listed: %d." % len(fields["attestations"]))
    facts.update(filename=filename, publisher=publisher)
    facts["attestations"] = [item["digest"].hex() for item in fields["attestations"]]
    return 0, "ok", "\n".join(lines), facts


def _run_project_proof(options):
    trust = _read_trust(options)
    verdict = verify_project_proof(_read(options.proof, PROJECT_PROOF_BYTES_MAX), options.name, trust, options.now)
    head = verdict.head
    facts = dict(_facts_of_head(head), name=options.name, present=verdict.value is not None)
    age = "%d s ago" % max(0, options.now - head.t_lo)
    where = "in the index's map at size %d of %s, cosigned %s" % (head.size, head.origin, age)
    lines = ["%s is %s %s." % (options.name, "there" if verdict.value else "not there", where)]
    lines.append("%s: %s." % (_HEAD_WORDS[head.kind], ", ".join(facts["cosigners"])))
    if options.state and verdict.value is None:
        raise VerifyError("state-value", "There is a state file, but the project is not in the map")
    if options.state:
        _tell_state(options, verdict.value, lines, facts)
    return 0, "ok", "\n".join(lines), facts


def _tell_state(options, value, lines, facts):
    file = verify_state_file(_read(options.state, STATE_BYTES_MAX), value)
    header = parse_project_header(file.header)
    details = parse_details_file(_read(options.details, DETAILS_BYTES_MAX)) if options.details else []
    by_commitment = {detail_commitment(detail): detail for detail in details}
    lines.append("Its status is %s; %d entries of the ledger are about it." % (STATUSES[header.status], file.history_count))
    facts.update(status=STATUSES[header.status], entries=file.history_count, files=[])
    for key, data in file.records:
        if data[:1] == b"\x02":
            continue
        record = parse_file_record(data)
        detail = by_commitment.get(record.first_detail)
        name = parse_file_detail(detail).filename if detail else "file %s" % key.hex()
        state = FILE_STATES[record.state]
        lines.append("  %s: %s, SHA-256 %s, logged at index %d" % (name, state, record.sha256.hex(), record.first_entry))
        facts["files"].append({"name": name, "state": state, "sha256": record.sha256.hex(), "index": record.first_entry})


def _run_vectors(options):
    held, failed, skipped = 0, [], []
    for path in sorted(glob.glob(os.path.join(options.directory, "**", "*.json"), recursive=True)):
        cases = _VECTORS.get(os.path.basename(path))
        if cases is None:
            skipped.append(os.path.relpath(path, options.directory))
            continue
        with open(path, "rb") as file:
            data = json.load(file)
        for claim, wanted, check in cases(data):
            found = _verdict_of(check)
            if found == wanted:
                held += 1
            else:
                failed.append("%s: %s: %s, wanted %s" % (os.path.basename(path), claim, found, wanted))
    lines = failed + ["Not for this checker: %s." % name for name in skipped]
    lines.append("%d vectors held, %d failed" % (held, len(failed)))
    facts = {"held": held, "failed": failed, "skipped": skipped}
    is_good = held > 0 and not failed
    return 0 if is_good else 1, "ok" if is_good else "vectors-failed", "\n".join(lines), facts


def _verdict_of(check):
    try:
        found = check()
    except CountermarkError as error:
        return error.code
    return "another value" if found is False else "ok"


# --- shared vectors: file -> cases (claim, "ok" or code, check; a check that returns False found another value) ---


def _valid_and_invalid(groups, read):
    for case in groups.get("valid", []):
        yield case.get("name", "valid"), "ok", _call(read, bytes.fromhex(case["hex"]))
    for case in groups.get("invalid", []):
        yield case["name"], case["code"], _call(read, bytes.fromhex(case["hex"]))


def _call(function, *arguments):
    """A check that ignores what the function returns: only whether it refuses counts."""

    def check():
        function(*arguments)

    return check


def _equal(function, *arguments, wanted):
    return lambda: function(*arguments) == wanted


def _vectors_ed25519(data):
    for case in data:
        arguments = bytes.fromhex(case["key"]), case["message"].encode("utf-8"), bytes.fromhex(case["signature"])
        yield case["claim"], "ok", _equal(verify_ed25519, *arguments, wanted=case["holds"])


def _vectors_ids(data):
    functions = {
        "originHash": lambda c: origin_hash(c["origin"]),
        "mapKey": lambda c: map_key(c["ecosystem"], c["name"]),
        "fileId": lambda c: file_id(bytes.fromhex(c["key"]), c["filename"]),
        "releaseId": lambda c: release_id(bytes.fromhex(c["key"]), c["version"]),
        "configId": lambda c: config_id(bytes.fromhex(c["record"])),
        "publisherId": lambda c: salted_id("publisher", bytes.fromhex(c["salt"]), c["record"].encode("utf-8")),
        "principalId": lambda c: salted_id("principal", bytes.fromhex(c["salt"]), bytes.fromhex(c["record"])),
        "rootKeyId": lambda c: root_key_id(bytes.fromhex(c["record"])),
        "challenge": lambda c: consent_challenge(
            *(bytes.fromhex(c[name]) for name in ("log", "project")), c["serial"], c["act"], bytes.fromhex(c["subject"])
        ),
    }
    yield "indexKey", "ok", lambda: index_key().hex() == data["indexKey"]
    for case in data["releaseId"]:
        yield "release version", "ok", _equal(release_version, case["version"], wanted=case["released"])
    for name in data:
        for case in data[name] if name != "indexKey" else []:
            yield name, "ok", _equal(functions[name], case, wanted=bytes.fromhex(case["digest"]))


def _vectors_details(data):
    readers = {"file": parse_file_detail, "project": parse_project_detail, "text": parse_text_detail}
    for case in data["valid"]:
        detail = bytes.fromhex(case["hex"])
        yield case["kind"], "ok", _call(readers[case["kind"]], detail)
        yield case["kind"], "ok", _equal(detail_commitment, detail, wanted=bytes.fromhex(case["commitment"]))
    for case in data["invalid"]:
        yield case["name"], case["code"], _call(readers[case["kind"]], bytes.fromhex(case["hex"]))
    file = data["detailsFile"]
    yield "details file", "ok", lambda: len(parse_details_file(bytes.fromhex(file["hex"]))) == file["count"]


def _vectors_map(data):
    def prove(case, commitment):
        proof = parse_map_proof(bytes.fromhex(case.get("proof") or case["hex"]))
        value = verify_map_proof(proof, bytes.fromhex(case["key"]), bytes.fromhex(commitment))
        return value.hex() if value else None

    for case in data["maps"]:
        items = [(bytes.fromhex(key), bytes.fromhex(value)) for key, value in case["entries"]]
        yield case["name"], "ok", _equal(map_of, items, wanted=bytes.fromhex(case["commitment"]))
        yield case["name"], "ok", _equal(map_depth, case["count"], wanted=case["depth"])
        for proof in case["proofs"]:
            yield case["name"], "ok", _equal(prove, proof, case["commitment"], wanted=proof["value"])
    for case in data["refused"]:
        yield case["name"], case["code"], _call(prove, case, case["commitment"])


def _vectors_records(data):
    readers = {
        "config": parse_config_record,
        "projectHeader": parse_project_header,
        "file": parse_file_record,
        "release": parse_release_record,
        "indexHeader": parse_index_header,
        "key": parse_key_record,
        "publisher": parse_publisher,
    }
    for name, groups in data.items():
        yield from _valid_and_invalid(groups, readers[name])


def _vectors_state_leaf(data):
    def read(text):
        leaf = parse_state_leaf(text.encode("utf-8"))
        anchor = leaf.anchor
        return {
            "origin": leaf.origin,
            "index": leaf.index,
            "prev": leaf.prev,
            "map": leaf.map.hex(),
            "projects": leaf.projects,
            "time": leaf.time,
            "rules": leaf.rules,
            "rootVersion": leaf.root_version,
            "targetsVersion": leaf.targets_version,
            "anchor": anchor and {"size": anchor.size, "note": anchor.note.hex(), "tLo": anchor.t_lo, "tHi": anchor.t_hi},
        }

    for case in data["valid"]:
        yield "valid", "ok", _equal(read, case["text"], wanted=case["value"])
    yield from _valid_and_invalid({"invalid": data["invalid"]}, parse_state_leaf)


def _vectors_statements(data):
    def kind_of_leaf(leaf):
        return parse_entry(leaf).kind

    def kind_of(payload):
        return parse_statement(payload)[0]

    for case in data["valid"]:
        yield case["kind"], "ok", _equal(kind_of, bytes.fromhex(case["payload"]), wanted=case["kind"])
        yield case["kind"], "ok", _equal(kind_of_leaf, bytes.fromhex(case["leaf"]), wanted=case["kind"])
    unknown = data["unknown"]
    yield "unknown", "ok", _equal(kind_of, bytes.fromhex(unknown["payload"]), wanted=unknown["kind"])
    yield from _valid_and_invalid({"invalid": data["invalidPayloads"]}, parse_statement)
    yield from _valid_and_invalid({"invalid": data["invalidLeaves"]}, parse_entry)


def _vectors_transcripts(data):
    """The reducer is not here; that a leaf is no entry at all is."""

    def read(leaf):
        return parse_entry(leaf) if leaf[:1] == b"{" else parse_state_leaf(leaf)

    for transcript in data:
        for step in transcript["steps"]:
            found = _verdict_of(_call(read, bytes.fromhex(step["leaf"])))
            is_entry = step["outcome"] != "malformed"
            claim = "%s: %s" % (transcript["name"], step["outcome"])
            yield claim, "ok", lambda found=found, is_entry=is_entry: (found == "ok") == is_entry


def _vectors_receipt(data):
    def read(case):
        trust = parse_trust(case.get("trust", data["trust"]).encode("utf-8"))
        digest = bytes.fromhex(case["fileSha256"])
        verdict = verify_receipt(case["receipt"].encode("utf-8"), digest, trust, case["now"])
        head, filename = verdict.head, decide_filename(verdict.detail, verdict.entry, trust.ecosystem)
        return {"kind": head.kind, "index": verdict.index, "tLo": head.t_lo, "tHi": head.t_hi, "filename": filename}

    yield from _accepted_and_refused(data, read)


def _vectors_project_proof(data):
    def read(case):
        trust = parse_trust(case.get("trust", data["trust"]).encode("utf-8"))
        verdict = verify_project_proof(bytes.fromhex(case["proof"]), case["name"], trust, case["now"])
        head, value = verdict.head, verdict.value and verdict.value.hex()
        return {"value": value, "kind": head.kind, "tLo": head.t_lo, "tHi": head.t_hi}

    yield from _accepted_and_refused(data, read)
    file = data["stateFile"]
    value = bytes.fromhex(file["value"])
    records = [(bytes.fromhex(case["key"]), bytes.fromhex(case["hex"])) for case in file["records"]]
    yield "state file", "ok", lambda: verify_state_file(bytes.fromhex(file["hex"]), value).records == records
    for case in file["refused"]:
        yield case["claim"], case["code"], _call(verify_state_file, bytes.fromhex(case["hex"]), value)


def _accepted_and_refused(data, read):
    for case in data["accepted"]:
        yield case["claim"], "ok", lambda case=case: all(case[name] == value for name, value in read(case).items())
    for case in data["refused"]:
        yield case["claim"], case["code"], _call(read, case)


_VECTORS = {
    "details.json": _vectors_details,
    "ed25519.json": _vectors_ed25519,
    "ids.json": _vectors_ids,
    "map.json": _vectors_map,
    "project-proof.json": _vectors_project_proof,
    "receipt.json": _vectors_receipt,
    "records.json": _vectors_records,
    "state-leaf.json": _vectors_state_leaf,
    "statements.json": _vectors_statements,
    "transcripts.json": _vectors_transcripts,
}


if __name__ == "__main__":
    sys.exit(main())
