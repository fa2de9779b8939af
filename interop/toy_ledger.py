# SPDX-License-Identifier: Apache-2.0
"""A small ledger with a signer, made for tests: every part of it can be replaced by a wrong one."""

import base64
import hashlib
import json
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import countermark_verify as cv  # noqa: E402

VECTORS = os.path.join(os.path.dirname(HERE), "vectors")


ORIGIN = "example.com/index"


NOW = 1_790_000_100


FILE = b"the bytes of a wheel"


FILENAME = "sampleproject-4.0.0-py3-none-any.whl"


PUBLISHER = {
    "calledWorkflow": None,
    "environment": "release",
    "issuer": "https://token.actions.githubusercontent.com",
    "owner": "example",
    "ownerId": "6571234",
    "project": "example/sampleproject",
    "projectId": "12345678",
    "provider": "github",
    "subject": None,
    "v": 1,
    "workflow": ".github/workflows/release.yml",
}


CONFIG = b"\x01\x01\x00\x00\x00" + cv.u16(65_535) + b"\x00\x00"


class Refusals(unittest.TestCase):
    def refuses(self, code, function, *arguments, **named):
        with self.assertRaises(cv.CountermarkError) as caught:
            function(*arguments, **named)
        self.assertEqual(caught.exception.code, code, str(caught.exception))


class Key:
    """An Ed25519 signer, for tests only: its time depends on its key."""

    def __init__(self, seed):
        digest = hashlib.sha512(seed).digest()
        self.scalar = int.from_bytes(digest[:32], "little") & (2**254 - 8) | 2**254
        self.prefix = digest[32:]
        self.public = self._multiply(self.scalar)
        self.spki = bytes.fromhex("302a300506032b6570032100") + self.public

    @staticmethod
    def _multiply(scalar):
        x, y, z, _ = cv._double_multiply(scalar, 0, [])
        inverse = pow(z, -1, cv._P)
        x, y = x * inverse % cv._P, y * inverse % cv._P
        return (y | (x & 1) << 255).to_bytes(32, "little")

    def sign(self, message):
        r = int.from_bytes(hashlib.sha512(self.prefix + message).digest(), "little") % cv._L
        point = self._multiply(r)
        k = int.from_bytes(hashlib.sha512(point + self.public + message).digest(), "little") % cv._L
        return point + ((r + k * self.scalar) % cv._L).to_bytes(32, "little")

    def vkey(self, name, algorithm):
        typed = bytes([algorithm]) + self.public
        key_id = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
        return "%s+%s+%s" % (name, key_id.hex(), b64(typed))

    def line(self, name, algorithm, data):
        return "\u2014 %s %s\n" % (name, b64(cv.parse_vkey(self.vkey(name, algorithm)).key_id + data))


class World:
    """A ledger of three leaves: anything, one file-accepted, the state. Every part can be replaced by a wrong one."""

    def __init__(self, **changes):
        self.changes = changes
        self.log, self.countersign = Key(b"L" * 32), Key(b"C" * 32)
        self.witnesses = {"w1": Key(b"1" * 32), "w2": Key(b"2" * 32), "auditor": Key(b"A" * 32)}
        self.map_key = cv.map_key("pypi", "sampleproject")
        self.publisher_id = cv.salted_id("publisher", b"\x33" * 32, cv.encode_canonical_json(PUBLISHER))
        self.detail = b"\x44" * 32 + cv.encode_canonical_json(self.pick("detail_value", self.detail_value()))
        self.header = encode_header(self.pick("pending", None))
        self.records = [(cv.file_id(self.map_key, FILENAME), encode_record(self.detail))]
        self.leaves = [b"{}", self.entry(), self.state_leaf()]
        self.hashes = [cv.leaf_hash(leaf) for leaf in self.leaves]

    def pick(self, name, value):
        return self.changes.get(name, value)

    def detail_value(self):
        return {
            "filename": FILENAME,
            "kind": "wheel",
            "name": "SampleProject",
            "publishers": [{"record": PUBLISHER, "salt": "33" * 32}],
            "requiresPython": None,
            "uploader": None,
            "version": "4.0.0",
        }

    def predicate(self):
        return {
            "attestations": [],
            "detail": cv.detail_commitment(self.detail).hex(),
            "file": cv.file_id(self.map_key, FILENAME).hex(),
            "metadata": "none",
            "origin": ORIGIN,
            "project": self.map_key.hex(),
            "publisher": self.publisher_id.hex(),
            "received": 1_790_000_040,
            "release": cv.release_id(self.map_key, "4.0.0").hex(),
            "role": "index",
            "seq": 1,
            "show": "now",
            "size": len(FILE),
            "time": 1_790_000_052,
            "uploader": "publisher",
        }

    def entry(self):
        statement = {
            "_type": "https://in-toto.io/Statement/v1",
            "predicate": dict(self.predicate(), **self.pick("predicate", {})),
            "predicateType": "https://countermark.dev/ledger/%s/v1" % self.pick("kind", "file-accepted"),
            "subject": [{"digest": {"sha256": hashlib.sha256(FILE).hexdigest()}}],
        }
        payload = cv.encode_canonical_json(statement)
        key = self.pick("signer", self.countersign)
        signature = key.sign(cv.pae(payload) + self.pick("signed_more", b""))
        line = {"keyid": hashlib.sha256(key.spki).hexdigest(), "sig": b64(signature)}
        envelope = {"payload": b64(payload), "payloadType": cv.PAYLOAD_TYPE, "signatures": [line]}
        return cv.encode_canonical_json(envelope)

    def state_file(self):
        configs = b"".join(cv.u16(len(part)) + part for part in self.pick("configs", (CONFIG, CONFIG, b"")))
        records = b"".join(key + cv.u16(len(record)) + record for key, record in self.records)
        history = cv.u64(2) + bytes(32)
        start = b"CMS1" + cv.u32(len(self.header)) + self.header + self.files() + history
        return start + configs + cv.u32(len(self.records)) + records

    def files(self):
        return cv.map_of([(key, cv.tagged(b"file", record)) for key, record in self.records])

    def items(self):
        value = cv.project_value(self.header, self.files(), 2, bytes(32))
        return sorted([(cv.index_key(), cv.sha256(b"index")), (self.map_key, value)])

    def state_leaf(self):
        items = self.items()
        lines = [
            "countermark.dev/state/v1",
            self.pick("state_origin", ORIGIN),
            str(self.pick("state_index", 2)),
            self.pick("state_prev", "-"),
            b64(cv.map_of(items)),
            str(self.pick("state_count", len(items))),
            "time %d" % self.pick("state_time", 1_790_000_060),
            "rules %d" % self.pick("rules", 1),
            "tuf 1 1",
            self.pick("anchor", "anchor none"),
            "",
        ]
        return "\n".join(lines).encode("ascii")

    def note(self):
        text = "%s\n3\n%s\n" % (self.pick("checkpoint_origin", ORIGIN), b64(cv.tree_root(self.hashes)))
        data = text.encode("utf-8") + self.pick("log_signed_more", b"")
        lines = [] if self.pick("unsigned", False) else [self.log.line(ORIGIN, 1, self.log.sign(data))]
        for name, seconds in self.pick("cosigned", {"w1": NOW - 20, "auditor": NOW - 10}).items():
            message = b"cosignature/v1\ntime %d\n" % seconds + text.encode("utf-8") + self.pick("cosigned_more", b"")
            lines.append(self.witnesses[name].line(name, 4, cv.u64(seconds) + self.witnesses[name].sign(message)))
        return (text + "\n" + "".join(lines)).encode("utf-8")

    def receipt(self):
        entry, detail = self.leaves[1], self.pick("detail", self.detail)
        extra = cv.u32(len(entry)) + entry + cv.u32(len(detail)) + detail
        index = self.pick("index", 1)
        hashes = "".join(b64(item) + "\n" for item in inclusion_proof(self.hashes, 1))
        head = "c2sp.org/tlog-proof@v1\nextra %s\nindex %d\n%s\n" % (b64(extra), index, hashes)
        return head.encode("ascii") + self.note()

    def project_proof(self, key):
        inclusion = inclusion_proof(self.hashes, 2)
        parts = [self.note(), self.leaves[2], bytes([len(inclusion)]) + b"".join(inclusion)]
        parts.append(encode_map_proof(self.items(), key))
        return b"CMP1" + b"".join(cv.u32(len(part)) + part for part in parts)

    def trust(self):
        policy = ["witness %s %s" % (name, key.vkey(name, 4)) for name, key in self.witnesses.items()]
        policy += ["group g 2 w1 w2 auditor", "quorum %s" % self.pick("quorum", "g"), ""]
        ledger = {
            "auditors": ["auditor"],
            "from": self.pick("ledger_from", 0),
            "lastHonest": self.pick("last_honest", None),
            "origin": ORIGIN,
            "policy": "\n".join(policy),
            "to": self.pick("ledger_to", None),
            "vkeys": [self.log.vkey(ORIGIN, 1)],
        }
        return {
            "amendments": [],
            "countersign": [
                {
                    "from": self.pick("countersign_from", 0),
                    "origin": self.pick("countersign_origin", ORIGIN),
                    "spki": b64(self.countersign.spki),
                    "to": self.pick("countersign_to", None),
                }
            ],
            "ecosystem": "pypi",
            "floor": self.pick("floor", None),
            "ledger": [ledger],
            "limits": {"Y": 60, "Zrefuse": 86_400, "Zwarn": 3_600},
            "sigstore": {"rootSha256": "00" * 32, "rootVersion": 1},
        }

    def parsed_trust(self):
        return cv.parse_trust(json.dumps(self.trust()).encode("utf-8"))


def encode_header(pending):
    config = cv.config_id(CONFIG)
    start = b"\x01\x01\x01" + cv.u64(0) + cv.u64(1) + cv.u32(0) + cv.u64(2) + cv.u64(1)
    asked = bytes(32) + cv.u64(0) + b"\0" if pending is None else cv.config_id(pending) + cv.u64(2) + b"\1"
    return start + config + cv.u64(0) + config + cv.u64(0) + asked + 3 * cv.u64(0)


def encode_record(detail):
    key = cv.map_key("pypi", "sampleproject")
    start = b"\x01\x02\x00\x01\x02\x00\x00" + hashlib.sha256(FILE).digest() + cv.u64(len(FILE)) + bytes(32)
    middle = cv.release_id(key, "4.0.0") + 2 * cv.detail_commitment(detail) + bytes(32)
    return start + middle + cv.u64(1) + cv.u64(1) + cv.u64(1_790_000_052) + cv.u64(1) + b"\0"


def inclusion_proof(hashes, index):
    """From the leaf's sibling up."""
    if len(hashes) == 1:
        return []
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    if index < split:
        return [*inclusion_proof(hashes[:split], index), cv.tree_root(hashes[split:])]
    return [*inclusion_proof(hashes[split:], index - split), cv.tree_root(hashes[:split])]


def key_bit(key, index):
    return key[index // 8] >> (7 - index % 8) & 1


def encode_map_proof(items, key):
    depth = cv.map_depth(len(items))

    def root(part, level):
        if level == depth:
            return cv.bucket_hash(depth, part)
        sides = [[item for item in part if key_bit(item[0], level) == side] for side in (0, 1)]
        return cv.map_node_hash(root(sides[0], level + 1), root(sides[1], level + 1))

    siblings, part = [], items
    for level in range(depth):
        bit = key_bit(key, level)
        siblings.insert(0, root([item for item in part if key_bit(item[0], level) != bit], level + 1))
        part = [item for item in part if key_bit(item[0], level) == bit]
    bucket = b"".join(key + value for key, value in part)
    return b"\x01" + cv.u8(depth) + cv.u64(len(items)) + cv.u32(len(part)) + bucket + b"".join(siblings)


def b64(data):
    return base64.b64encode(data).decode("ascii")
