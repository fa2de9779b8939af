# SPDX-License-Identifier: Apache-2.0
"""Tests of countermark_verify.py: published vectors, the shared vectors/, and a small ledger made here with one thing wrong."""

import base64
import contextlib
import hashlib
import io
import json
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
VECTORS = os.path.join(os.path.dirname(HERE), "vectors")
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import check_vectors  # noqa: E402
import countermark_verify as cv  # noqa: E402

# RFC 8032 section 7.1: secret key, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]


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


def b64(data):
    return base64.b64encode(data).decode("ascii")


class Refusals(unittest.TestCase):
    def refuses(self, code, function, *arguments, **named):
        with self.assertRaises(cv.CountermarkError) as caught:
            function(*arguments, **named)
        self.assertEqual(caught.exception.code, code, str(caught.exception))


class Ed25519(Refusals):
    def test_the_signatures_of_rfc_8032_hold(self):
        for secret, public, message, signature in RFC_8032:
            arguments = [bytes.fromhex(part) for part in (public, message, signature)]
            self.assertTrue(cv.verify_ed25519(*arguments))
            key = Key(bytes.fromhex(secret))
            self.assertEqual(key.public.hex(), public)
            self.assertEqual(key.sign(arguments[1]).hex(), signature)

    def test_one_flipped_bit_is_refused(self):
        _, public, message, signature = RFC_8032[2]
        public, message, signature = (bytes.fromhex(part) for part in (public, message, signature))
        for at in range(0, 64, 7):
            flipped = bytes(b ^ (1 << at % 8) if i == at else b for i, b in enumerate(signature))
            self.assertFalse(cv.verify_ed25519(public, message, flipped))
        self.assertFalse(cv.verify_ed25519(public, message + b"\0", signature))
        self.assertFalse(cv.verify_ed25519(public[:-1], message, signature))
        self.assertFalse(cv.verify_ed25519(public, message, signature[:-1]))

    def test_s_plus_l_is_refused(self):
        _, public, message, signature = RFC_8032[1]
        public, message, signature = (bytes.fromhex(part) for part in (public, message, signature))
        s = int.from_bytes(signature[32:], "little") + cv._L
        self.assertFalse(cv.verify_ed25519(public, message, signature[:32] + s.to_bytes(32, "little")))

    def test_keys_of_small_order_are_refused(self):
        identity = (1).to_bytes(32, "little")
        self.assertFalse(cv.verify_ed25519(identity, b"anything", identity + bytes(32)))

    def test_encodings_that_are_not_canonical_are_no_points(self):
        self.assertIsNone(cv._decode_point((cv._P + 1).to_bytes(32, "little")))
        self.assertIsNone(cv._decode_point((1 | 1 << 255).to_bytes(32, "little")))
        self.assertIsNone(cv._decode_point((2).to_bytes(32, "little")))


class Text(Refusals):
    def test_base64_has_one_spelling(self):
        self.assertEqual(cv.parse_base64("AQI=", "x"), b"\x01\x02")
        for text in ("AQI", "AQJ=", "AQI=\n", "AQ_=", " AQI=", "AQI=="):
            self.refuses("not-base64", cv.parse_base64, text, "x")

    def test_json_is_strict(self):
        for text, code in (
            ('{"a":1,"a":1}', "duplicate-key"),
            ("NaN", "not-json"),
            ("[1,]", "not-json"),
            ("\ufeff1", "not-json"),
            ('"\\ud800"', "not-json"),
            ('{"\\udfff":1}', "not-json"),
            ("1 1", "not-json"),
            ("01", "not-json"),
            ('"\x01"', "not-json"),
            ("[" * 40 + "]" * 40, "too-deep"),
        ):
            self.refuses(code, cv.parse_json, text.encode("utf-8"), 1_000, 32, "x")
        self.refuses("not-utf8", cv.parse_json, b'"\xff"', 1_000, 32, "x")
        self.refuses("too-large", cv.parse_json, b"1" * 11, 10, 32, "x")
        self.refuses("too-deep", cv.parse_json, b"[" * 100_000, 1_000_000, 32, "x")

    def test_canonical_json_sorts_by_utf_16(self):
        value = {"\U0001f600": 1, "\ufb33": 2, "a": [None, True, "\u0007\n\"\\\u007f"]}
        wanted = '{"a":[null,true,"\\u0007\\n\\"\\\\\u007f"],"\U0001f600":1,"\ufb33":2}'
        self.assertEqual(cv.encode_canonical_json(value).decode("utf-8"), wanted)

    def test_decimals_have_one_spelling(self):
        self.assertEqual(cv.parse_decimal("9007199254740991", "x"), 2**53 - 1)
        for text in ("", "01", "+1", "1 ", "\u0661", "-0"):
            self.refuses("not-canonical", cv.parse_decimal, text, "x")
        self.refuses("out-of-range", cv.parse_decimal, "9007199254740992", "x")


class Trees(Refusals):
    def test_every_leaf_of_small_trees_is_proved_and_no_other(self):
        for size in range(1, 18):
            hashes = [cv.leaf_hash(bytes([i])) for i in range(size)]
            root = cv.tree_root(hashes)
            for index in range(size):
                proof = inclusion_proof(hashes, index)
                cv.verify_inclusion(hashes[index], index, size, proof, root)
                self.refuses("inclusion-root", cv.verify_inclusion, cv.leaf_hash(b"x"), index, size, proof, root)
                self.refuses("inclusion-length", cv.verify_inclusion, hashes[index], index, size, [*proof, root], root)
                if proof:
                    self.refuses("inclusion-length", cv.verify_inclusion, hashes[index], index, size, proof[:-1], root)
        self.refuses("inclusion-range", cv.verify_inclusion, hashes[0], 17, 17, [], root)

    def test_the_empty_tree_has_the_root_of_rfc_6962(self):
        self.assertEqual(cv.tree_root([]).hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")


class Notes(Refusals):
    KEY = Key(b"\x01" * 32)

    def test_a_published_vkey_is_read(self):
        vkey = cv.parse_vkey("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx")
        self.assertEqual((vkey.name, vkey.algorithm), ("example.com/log/testdata", 1))

    def test_malformed_notes_are_refused(self):
        line = self.KEY.line("a", 1, bytes(64))
        self.assertEqual(cv.parse_note(("t\n\n" + line).encode()).text, "t\n")
        for text, code in (
            ("t\n" + line, "malformed"),
            ("t\n\n" + line[:-1], "malformed"),
            ("t\n\n", "malformed"),
            ("\n\n" + line, "malformed"),
            ("t\t\n\n" + line, "malformed"),
            ("t\n\n" + line.replace("\u2014", "-"), "malformed"),
            ("t\n\n" + line.replace(" a ", " a\u00a0b "), "malformed"),
            ("t\n\n\u2014 a AAAA\n", "truncated"),
            ("t\n\n\u2014 a AAAAA\n", "not-base64"),
            ("t\n\n" + line * 65, "too-many"),
        ):
            self.refuses(code, cv.parse_note, text.encode("utf-8"))

    def test_malformed_checkpoints_are_refused(self):
        root = b64(bytes(32))
        self.assertEqual(cv.parse_checkpoint("o\n1\n%s\n" % root).size, 1)
        for text, code in (
            ("o\n1\n", "malformed"),
            ("o\n1\n%s" % root, "malformed"),
            ("o\n1\n%s\n\n" % root, "malformed"),
            ("o\n01\n%s\n" % root, "not-canonical"),
            ("o\n1\n%s\n" % b64(bytes(31)), "out-of-range"),
        ):
            self.refuses(code, cv.parse_checkpoint, text)

    def test_policies_are_read_and_malformed_ones_refused(self):
        keys = [Key(bytes([i]) * 32).vkey("w%d" % i, 4) for i in range(1, 5)]
        lines = ["witness w%d %s" % (i, key) for i, key in enumerate(keys, 1)]
        good = "\n".join([*lines, "group a 2 w1 w2 w3", "group b all a w4", "quorum b", ""])
        policy = cv.parse_policy(good)
        self.assertTrue(cv.decide_quorum(policy, {"w1", "w3", "w4"}))
        self.assertFalse(cv.decide_quorum(policy, {"w1", "w2", "w3"}))
        for text, code in (
            (good[:-1], "malformed"),
            (good.replace("quorum b", ""), "malformed"),
            (good + "quorum a\n", "malformed"),
            (good.replace("w1 w2 w3", "w1 w2 w9"), "malformed"),
            (good.replace("w1 w2 w3", "w1 w2 w2"), "malformed"),
            (good.replace("a 2", "a 4"), "malformed"),
            (good.replace("group b", "group w1"), "duplicate-key"),
            (good.replace(keys[1], keys[0]), "duplicate-key"),
            (good.replace(keys[1], Key(b"x" * 32).vkey("w2", 1)), "unsupported"),
            ("unknown\n" + good, "malformed"),
        ):
            self.refuses(code, cv.parse_policy, text)

    def test_times_need_a_quorum_on_each_side(self):
        keys = [Key(bytes([i]) * 32).vkey("w%d" % i, 4) for i in range(1, 4)]
        lines = ["witness w%d %s" % (i, key) for i, key in enumerate(keys, 1)]
        times = [cv.Cosignature("w1", 10), cv.Cosignature("w2", 20), cv.Cosignature("w3", 30)]
        for threshold, wanted in ((1, (30, 10)), (2, (20, 20)), (3, (10, 30))):
            policy = cv.parse_policy("\n".join([*lines, "group g %d w1 w2 w3" % threshold, "quorum g", ""]))
            self.assertEqual(cv.quorum_times(policy, times), wanted)
        self.assertIsNone(cv.quorum_times(policy, times[:2]))


class Ids(unittest.TestCase):
    """The examples of specs/ledger-records.md."""

    def test_the_worked_examples_hold(self):
        key = cv.map_key("pypi", "sampleproject")
        for found, wanted in (
            (cv.origin_hash("example.com/index"), "0ee8715c5226e19e88f08314b2430f0962db6f2314fbd77d999431bee804e654"),
            (key, "167c300b6b24f13dc3d277231dad75888a18335642dbd335830c74ce581bf1a9"),
            (cv.index_key(), "859b1685b40e762d4a954bbefc93a34856611978da130cca9cc6af591567571a"),
            (cv.release_id(key, "4.0.0"), "66f4151330487fe1b9e10c853d0f7c1d9ce8793ad53d3138dde9844980938535"),
            (
                cv.file_id(key, "sampleproject-4.0.0-py3-none-any.whl"),
                "3cbf73a4f14a2ac7d915d83686b4fcb7fe35884b28d91e67f0d1699295b64999",
            ),
            (
                cv.salted_id("principal", b"\x22" * 32, b"\x01\x01" + b"\x11" * 64),
                "eda6858c47492b997fad0975a4b1232a876fd9a05e25ca71c22e21a57c7755df",
            ),
        ):
            self.assertEqual(found.hex(), wanted)


class Maps(Refusals):
    def test_keys_that_crowd_one_bucket_are_refused(self):
        crowd = [(bytes(24) + i.to_bytes(8, "big"), bytes(32)) for i in range(cv.MAP_BUCKET_KEYS_MAX + 1)]
        self.assertEqual(len(cv.map_of(crowd[1:])), 32)
        self.refuses("too-many", cv.map_of, crowd)

    def test_presence_and_absence_are_proved(self):
        for count in (0, 1, 2, 3, 7, 8, 40):
            items = sorted((cv.sha256(b"k%d" % i), cv.sha256(b"v%d" % i)) for i in range(count))
            commitment = cv.map_of(items)
            for key, value in items:
                proof = cv.parse_map_proof(encode_map_proof(items, key))
                self.assertEqual(cv.verify_map_proof(proof, key, commitment), value)
            absent = cv.sha256(b"absent")
            proof = cv.parse_map_proof(encode_map_proof(items, absent))
            self.assertIsNone(cv.verify_map_proof(proof, absent, commitment))

    def test_a_proof_of_another_key_proves_nothing(self):
        items = sorted((cv.sha256(b"k%d" % i), cv.sha256(b"v%d" % i)) for i in range(20))
        keys = [key for key, _ in items]
        proof = cv.parse_map_proof(encode_map_proof(items, keys[0]))
        other = next(key for key in keys if key[0] >> 3 != keys[0][0] >> 3)
        self.refuses("map-bucket", cv.verify_map_proof, proof, other, cv.map_of(items))
        self.refuses("map-commitment", cv.verify_map_proof, proof, keys[0], cv.sha256(b"other"))

    def test_malformed_proofs_are_refused(self):
        items = sorted((cv.sha256(b"k%d" % i), cv.sha256(b"v%d" % i)) for i in range(2))
        good = encode_map_proof(items, items[0][0])
        self.refuses("unsupported", cv.parse_map_proof, b"\x02" + good[1:])
        self.refuses("not-canonical", cv.parse_map_proof, good[:1] + b"\x03" + good[2:])
        self.refuses("trailing-data", cv.parse_map_proof, good + b"\0")
        self.refuses("truncated", cv.parse_map_proof, good[:-1])


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


class World:
    """A ledger of three leaves: anything, one file-accepted, the state. Every part can be replaced by a wrong one."""

    def __init__(self, **changes):
        self.changes = changes
        self.log, self.countersign = Key(b"L" * 32), Key(b"C" * 32)
        self.witnesses = {"w1": Key(b"1" * 32), "w2": Key(b"2" * 32), "auditor": Key(b"A" * 32)}
        self.map_key = cv.map_key("pypi", "sampleproject")
        self.publisher_id = cv.salted_id("publisher", b"\x33" * 32, cv.encode_canonical_json(PUBLISHER))
        self.detail = b"\x44" * 32 + cv.encode_canonical_json(self.pick("detail_value", self.detail_value()))
        self.header = encode_header()
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
        configs = b"".join(cv.u16(len(part)) + part for part in (CONFIG, CONFIG, b""))
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
            "time 1790000060",
            "rules %d" % self.pick("rules", 0),
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
            "from": 0,
            "lastHonest": None,
            "origin": ORIGIN,
            "policy": "\n".join(policy),
            "to": self.pick("ledger_to", None),
            "vkeys": [self.log.vkey(ORIGIN, 1)],
        }
        return {
            "amendments": [],
            "countersign": [{"from": 0, "spki": b64(self.countersign.spki), "to": self.pick("countersign_to", None)}],
            "ecosystem": "pypi",
            "floor": self.pick("floor", None),
            "ledger": [ledger],
            "limits": {"Y": 60, "Zrefuse": 86_400, "Zwarn": 3_600},
            "sigstore": {"rootSha256": "00" * 32, "rootVersion": 1},
        }

    def parsed_trust(self):
        return cv.parse_trust(json.dumps(self.trust()).encode("utf-8"))


CONFIG = b"\x01\x01\x00\x00\x00" + cv.u16(65_535) + b"\x00\x00"


def encode_header():
    config = cv.config_id(CONFIG)
    start = b"\x01\x01\x01" + cv.u64(0) + cv.u64(1) + cv.u32(0) + cv.u64(2) + cv.u64(1)
    return start + config + cv.u64(0) + config + cv.u64(0) + bytes(32) + cv.u64(0) + b"\0" + 3 * cv.u64(0)


def encode_record(detail):
    key = cv.map_key("pypi", "sampleproject")
    start = b"\x01\x02\x00\x01\x02\x00\x00" + hashlib.sha256(FILE).digest() + cv.u64(len(FILE)) + bytes(32)
    middle = cv.release_id(key, "4.0.0") + 2 * cv.detail_commitment(detail) + bytes(32)
    return start + middle + cv.u64(1) + cv.u64(1) + cv.u64(1_790_000_052) + cv.u64(1) + b"\0"


class Receipts(Refusals):
    def verify(self, now=NOW, file=FILE, **changes):
        world = World(**changes)
        digest = hashlib.sha256(file).digest()
        return cv.verify_receipt(world.receipt(), world.parsed_trust(), file_sha256=digest, now=now)

    def test_a_good_receipt_says_where_by_when_and_by_whom(self):
        verdict = self.verify()
        checkpoint = verdict.head.checkpoint
        self.assertEqual((verdict.leaf_index, checkpoint.t_lo, checkpoint.t_hi), (1, NOW - 20, NOW - 10))
        self.assertEqual(verdict.head.kind, "audited")
        self.assertEqual(verdict.detail.filename, FILENAME)
        self.assertIn("example/sampleproject", cv.show_publisher(cv.decide_publisher(verdict)))

    def test_a_receipt_without_its_detail_is_as_good(self):
        self.assertIsNone(self.verify(detail=b"").detail)

    def test_a_name_that_opens_another_id_is_not_shown(self):
        for changes in ({}, {"predicate": {"file": "00" * 32}}):
            verdict = self.verify(**changes)
            self.assertEqual(cv.decide_filename(verdict, "pypi"), None if changes else FILENAME)

    def test_without_an_auditor_it_is_witnessed(self):
        self.assertEqual(self.verify(cosigned={"w1": NOW, "w2": NOW}).head.kind, "witnessed")

    def test_one_thing_wrong_is_refused_with_its_code(self):
        for code, changes in (
            ("digest-mismatch", {"file": FILE + b"!"}),
            ("inclusion-root", {"index": 0}),
            ("inclusion-range", {"index": 3}),
            ("log-signature-missing", {"unsigned": True}),
            ("log-signature-invalid", {"log_signed_more": b"x"}),
            ("ledger-range", {"checkpoint_origin": "example.com/other"}),
            ("cosignature-invalid", {"cosigned_more": b"x"}),
            ("cosignature-time", {"cosigned": {"w1": NOW, "w2": NOW + 121}}),
            ("cosignature-time", {"cosigned": {"w1": NOW, "w2": 0}}),
            ("quorum-not-met", {"cosigned": {"w1": NOW}}),
            ("quorum-not-met", {"cosigned": {}}),
            ("quorum-none", {"quorum": "none"}),
            ("ledger-range", {"ledger_to": 2}),
                    ("known-head-differs", {"floor": {"origin": ORIGIN, "root": b64(bytes(32)), "size": 3}}),
            ("countersign-key", {"signer": Key(b"x" * 32)}),
            ("countersign-key", {"countersign_to": 1}),
            ("countersign-signature", {"signed_more": b"x"}),
            ("entry-origin", {"predicate": {"origin": "example.com/other"}}),
            ("receipt-kind", {"kind": "unheard-of"}),
            ("detail-mismatch", {"detail": b"\x45" * 32 + b"{}"}),
            ("detail-mismatch", {"predicate": {"detail": "none"}}),
            ("out-of-range", {"predicate": {"size": 0}}),
            ("not-hex", {"predicate": {"release": "0" * 63}}),
            ("unknown-field", {"predicate": {"more": 1}}),
        ):
            with self.subTest(code=code, changes=changes):
                self.refuses(code, self.verify, **changes)


class ProjectProofs(Refusals):
    def verify(self, name="sampleproject", now=NOW, **changes):
        world = World(**changes)
        key = cv.map_key("pypi", cv.normalize_project_name(name))
        return cv.verify_project_proof(world.project_proof(key), world.parsed_trust(), name=name, now=now)

    def test_presence_absence_and_state(self):
        world = World()
        verdict = self.verify("Sample.Project")
        self.assertIsNone(verdict.value)
        verdict = self.verify("SampleProject")
        records = cv.verify_state_file(world.state_file(), value=verdict.value)
        self.assertEqual([record.sha256 for record in records.files.values()], [hashlib.sha256(FILE).digest()])

    def test_one_thing_wrong_is_refused_with_its_code(self):
        for code, changes in (
            ("state-leaf-origin", {"state_origin": "example.com/other"}),
            ("state-leaf-place", {"state_index": 1}),
            ("state-leaf-place", {"state_prev": "2"}),
            ("map-count", {"state_count": 3}),
            ("anchor-missing", {"state_prev": "1"}),
            ("rules-unknown", {"rules": 7}),
            ("below-floor", {"floor": {"origin": ORIGIN, "root": b64(bytes(32)), "size": 4}}),
            ("anchor-ahead", {"anchor": "anchor 1 %s %d %d" % (b64(bytes(32)), NOW + 200, NOW)}),
            ("anchor-ahead", {"anchor": "anchor 1 %s %d %d" % (b64(bytes(32)), NOW, NOW + 200)}),
            ("anchor-stale", {"anchor": "anchor 1 %s %d %d" % (b64(bytes(32)), NOW - 90_000, NOW)}),
            ("head-stale", {"now": NOW + 90_000}),
            ("quorum-not-met", {"cosigned": {"w1": NOW}}),
        ):
            with self.subTest(code=code, changes=changes):
                self.refuses(code, self.verify, **changes)

    def test_another_state_file_is_refused(self):
        world, value = World(), self.verify().value
        good = world.state_file()
        for code, at in (("state-value", 30), ("state-files", len(good) - 5), ("state-config", 270)):
            bad = good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]
            with self.subTest(code=code):
                self.refuses(code, cv.verify_state_file, bad, value=value)


class CommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder, self.world = folder.name, World()
        self.write("trust.json", json.dumps(self.world.trust()).encode("utf-8"))
        self.write(FILENAME, FILE)
        self.write("r.tlog-proof", self.world.receipt())
        self.write("p.proof", self.world.project_proof(self.world.map_key))
        self.write("p.state", self.world.state_file())
        detail = self.world.detail
        self.write("p.details", cv.u32(1) + cv.u32(len(detail)) + detail)
        self.pin = hashlib.sha256(json.dumps(self.world.trust()).encode("utf-8")).hexdigest()

    def write(self, name, data):
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(data)

    def run_main(self, *arguments, pin=None):
        paths = [os.path.join(self.folder, a[1:]) if a.startswith("@") else a for a in arguments]
        trust = ["--trust", os.path.join(self.folder, "trust.json"), "--trust-sha256", pin or self.pin, "--now", str(NOW)]
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = cv.main([*paths, *trust])
        return status, out.getvalue(), err.getvalue()

    def test_receipt_says_a_sentence_and_ends_with_0(self):
        status, out, _ = self.run_main("receipt", "@r.tlog-proof", "--file", "@" + FILENAME)
        self.assertEqual(status, 0)
        self.assertIn("was logged at index 1 of example.com/index", out)
        self.assertIn('"example/sampleproject" (repository id 12345678', out)

    def test_receipt_says_json(self):
        status, out, _ = self.run_main("receipt", "@r.tlog-proof", "--file", "@" + FILENAME, "--json")
        facts = json.loads(out)
        self.assertEqual((status, facts["ok"], facts["index"], facts["head"]), (0, True, 1, "audited"))

    def test_a_swapped_file_ends_with_1_and_a_code(self):
        self.write(FILENAME, FILE + b"!")
        status, _, err = self.run_main("receipt", "@r.tlog-proof", "--file", "@" + FILENAME)
        self.assertEqual(status, 1)
        self.assertIn("(digest-mismatch)", err)

    def test_another_trust_description_than_the_pinned_one_ends_with_1(self):
        status, _, err = self.run_main("receipt", "@r.tlog-proof", "--file", "@" + FILENAME, pin="00" * 32)
        self.assertEqual(status, 1)
        self.assertIn("(trust-mismatch)", err)

    def test_a_missing_file_ends_with_2(self):
        status, _, _ = self.run_main("receipt", "@gone", "--file", "@" + FILENAME)
        self.assertEqual(status, 2)

    def test_an_unknown_option_ends_with_2(self):
        with self.assertRaises(SystemExit) as caught:
            self.run_main("receipt", "@r.tlog-proof", "--fiel", "@" + FILENAME)
        self.assertEqual(caught.exception.code, 2)

    def test_project_proof_lists_the_files(self):
        arguments = ["project-proof", "@p.proof", "--name", "SampleProject", "--state", "@p.state", "--details", "@p.details"]
        status, out, err = self.run_main(*arguments)
        self.assertEqual(status, 0, err)
        self.assertIn("SampleProject is there", out)
        self.assertIn(FILENAME + ": published", out)


class SharedVectors(unittest.TestCase):
    @unittest.skipUnless(os.path.isdir(VECTORS), "there is no folder vectors/ beside interop/")
    def test_every_shared_vector_holds(self):
        held, failed, _ = check_vectors.check_all(VECTORS)
        self.assertEqual(failed, [])
        self.assertGreater(held, 400)

    def test_a_vector_file_that_nobody_reads_fails(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("ledger", "tuf"):
                os.mkdir(os.path.join(folder, name))
                with open(os.path.join(folder, name, "new.json"), "w", encoding="utf-8") as file:
                    file.write("[]")
            _, failed, skipped = check_vectors.check_all(folder)
        self.assertEqual((len(failed), skipped), (1, ["tuf/new.json"]))


if __name__ == "__main__":
    unittest.main()
