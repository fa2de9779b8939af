# SPDX-License-Identifier: Apache-2.0
"""Well-formed inputs of every format, each also with random damage, and what countermark_verify.py says to them.

    python3 agreement.py SEED COUNT

One JSON list a line: [format, base64 of the input, "ok" or the code of the refusal]. The first line is what the verifications were
given. tools/test/interop-agreement.test.ts asks the first implementation the same.
"""

import base64
import json
import random
import re
import sys

sys.dont_write_bytecode = True

import countermark_verify as cv  # noqa: E402
from toy_ledger import CONFIG, FILE, NOW, ORIGIN, PUBLISHER, World, b64, encode_map_proof  # noqa: E402

NAME = "SampleProject"
TOKENS = [
    *(b"0", b"1", b"-", b"none", b'"none"', b"null", b"true", b"1.0", b"1e2", b"{}", b"[]", b'"', b",", b"\n", b" ", b"\t"),
    *(b"\r", b"\x00", b"\xff", b"\xc3\xa9", b"\xe2\x80\x94", b"\xed\xa0\x80", b"\\u0041", b"\\ud800", b"9007199254740992"),
    *(b"00", b"=", b"+", b"A", b"f", b"F", b"g", b"~", b"\xc2\x85", b"\xef\xbb\xbf", b"\xc2\xa0", b"65535", b"512", b'"a":1,'),
]


def statements(world):
    """One statement of every kind, and one of a kind that does not exist."""
    one, two, sig = "1" * 64, "2" * 64, "3" * 128
    policy = {"attestations": 0, "closeDays": 65_535, "release": 0, "uploads": 0}
    config = {"policy": policy, "principals": [one, two], "publishers": [one]}
    passkey = {"alg": "ES256", "counter": 0, "flags": 5, "form": 0, "key": sig, "salt": one, "sig": sig}
    root = [{"key": "02" + one, "sig": sig}]
    attestations = [{"digest": digest, "predicate": 1, "publisher": one, "time": 5} for digest in (one, two)]
    genesis = {
        "countersign": [one],
        "ecosystem": "pypi",
        "import": "open",
        "previous": {"map": one, "origin": "old.example/log", "root": two, "size": 7},
        "root": [{"key": "01" + sig, "sig": sig}, *root],
        "rootKeys": [one, two],
        "rootVersion": 1,
        "rpIdHash": one,
        "rules": 0,
        "targetsVersion": 1,
        "threshold": 2,
        "trust": "none",
        "visibility": "public",
        "webOrigin": "https://index.example",
    }
    asked = {"act": "ask", "way": "publisher", "config": config, "consent": {"evidence": one, "publisher": two}}
    for kind, member, fields in (
        ("log-genesis", "countermarkLog", genesis),
        ("project-reserved", None, {}),
        ("project-created", None, {"config": config}),
        ("project-configured", None, {"act": "change", "way": "passkey", "config": config, "consent": passkey}),
        ("project-configured", None, asked),
        ("project-configured", None, {"act": "take", "way": "none", "config": "none", "consent": "none"}),
        ("file-accepted", "sha256", dict(world.predicate(), attestations=attestations)),
        ("yanked", None, {"files": [one, two], "reason": 5}),
        ("unyanked", None, {"files": [one], "reason": 1}),
        ("withdrawn", None, {"files": [one], "reason": 6}),
        ("status", None, {"status": 3}),
        ("void", None, {"target": 3, "statement": one, "root": "none"}),
        ("void", None, {"target": 3, "statement": one, "root": root}),
        ("made-up", None, {"x": {"y": [1, 2, {"z": None}]}}),
    ):
        common = {name: world.predicate()[name] for name in ("origin", "role", "project", "seq", "time", "detail")}
        subject = {member: one} if member else {"countermarkProject": world.map_key.hex()}
        statement = {
            "_type": cv.STATEMENT_TYPE,
            "predicate": dict(common, **fields),
            "predicateType": "https://countermark.dev/ledger/%s/v1" % kind,
            "subject": [{"digest": subject}],
        }
        yield cv.encode_canonical_json(statement)


def formats(world, trust):
    """Format -> (who reads it, well-formed inputs)."""

    def text(parse):
        return lambda data: parse(cv.parse_utf8(data, "input"))

    def receipt(data):
        return cv.verify_receipt(data, trust, file_sha256=cv.sha256(FILE), now=NOW)

    def project_proof(data):
        return cv.verify_project_proof(data, trust, name=NAME, now=NOW)

    value = dict(world.items())[world.map_key]
    proof, state = world.project_proof(world.map_key), world.state_file()
    vkeys = [world.log.vkey(ORIGIN, 1).encode(), world.witnesses["w1"].vkey("w1", 4).encode()]
    details = cv.u32(2) + (cv.u32(len(world.detail)) + world.detail) * 2
    return {
        "checkpoint": (text(cv.parse_checkpoint), [cv.parse_note(world.note()).text.encode()]),
        "config": (cv.parse_config_record, [CONFIG]),
        "detailsFile": (cv.parse_details_file, [details]),
        "entry": (cv.parse_entry, [world.leaves[1]]),
        "fileDetail": (cv.parse_file_detail, [world.detail]),
        "fileRecord": (cv.parse_file_record, [world.records[0][1]]),
        "header": (cv.parse_project_header, [world.header]),
        "mapProof": (cv.parse_map_proof, [encode_map_proof(world.items(), world.map_key)]),
        "name": (text(cv.normalize_project_name), [b"sample_.Project"]),
        "note": (cv.parse_note, [world.note()]),
        "policy": (text(cv.parse_policy), [world.trust()["ledger"][0]["policy"].encode()]),
        "projectProof": (cv.parse_project_proof, [proof]),
        "publisher": (cv.parse_publisher, [cv.encode_canonical_json(PUBLISHER)]),
        "receipt": (cv.parse_receipt, [world.receipt()]),
        "stateFile": (cv.parse_state_file, [state]),
        "stateLeaf": (cv.parse_state_leaf, [world.leaves[2]]),
        "statement": (cv.parse_statement, list(statements(world))),
        "trust": (cv.parse_trust, [json.dumps(world.trust()).encode()]),
        "verifyProjectProof": (project_proof, [proof]),
        "verifyReceipt": (receipt, [world.receipt()]),
        "verifyStateFile": (lambda data: cv.verify_state_file(data, value=value), [state]),
        "vkey": (text(cv.parse_vkey), vkeys),
    }


def damage(source, data):
    """`data` with one to three things wrong."""
    data = bytearray(data)
    for _ in range(source.choice([1, 1, 1, 2, 3])):
        at = source.randrange(len(data) + 1)
        token = source.choice(TOKENS)
        words = list(re.finditer(rb'[0-9]+|[0-9a-f]{8,}|"[^"]*"', bytes(data)))
        how = source.randrange(7)
        if how == 0 and at < len(data):
            data[at] ^= 1 << source.randrange(8)
        elif how == 1:
            del data[at : at + source.choice([1, 1, 2, 4, 32])]
        elif how == 2:
            data[at:at] = token
        elif how == 3:
            data[at:at] = data[at : at + source.randrange(1, 40)]
        elif how == 4:
            data[at : at + len(token)] = token
        elif how == 5 and words:
            word = source.choice(words)
            data[word.start() : word.end()] = token
        else:
            del data[at:]
    return bytes(data)


def main(seed, count):
    source = random.Random(seed)
    world = World(anchor="anchor 1 %s %d %d" % (b64(bytes(32)), NOW - 50, NOW - 40), state_prev="1")
    trust = json.dumps(world.trust()).encode()
    setup = {"fileSha256": cv.sha256(FILE).hex(), "name": NAME, "now": NOW, "trust": base64.b64encode(trust).decode()}
    print(json.dumps(dict(setup, value=dict(world.items())[world.map_key].hex())))
    for name, (read, inputs) in formats(world, cv.parse_trust(trust)).items():
        for data in inputs:
            for case in [data, *(damage(source, data) for _ in range(count))]:
                print(json.dumps([name, base64.b64encode(case).decode(), verdict_of(read, case)]))


def verdict_of(read, data):
    try:
        read(data)
    except cv.CountermarkError as error:
        return error.code
    return "ok"


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
