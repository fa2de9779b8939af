# SPDX-License-Identifier: Apache-2.0
"""Well-formed inputs of every format, each also with random damage, and what countermark_verify.py says to them.

    python3 agreement.py SEED COUNT

One JSON list a line: [format, base64 of the input, "ok" or the code of the refusal]. The first line is what the verifications were
given. tools/test/interop-agreement.test.ts asks the first implementation the same.
"""

import base64
import json
import os
import random
import re
import sys

sys.dont_write_bytecode = True

import countermark_verify as cv  # noqa: E402
from test_signatures import der, encode_point, hash_of  # noqa: E402
from toy_ledger import (  # noqa: E402
    CONFIG,
    FILE,
    FILENAME,
    NOW,
    ORIGIN,
    PUBLISHER,
    VECTORS,
    Key,
    World,
    b64,
    encode_map_proof,
)

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
    numbers = [1.5, -2, 1e21, 1e-7, 123e-9, 2.0**53, 5e-324, 1.7976931348623157e308, 0.1, 4.5e20]
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
        "rules": 1,
        "targetsVersion": 1,
        "threshold": 2,
        "trust": "none",
        "visibility": "public",
        "webOrigin": "https://index.example",
    }
    asked = {"act": "ask", "way": "publisher", "config": config, "consent": {"evidence": one, "publisher": two}}
    names = ("countersign", "root", "rootKeys", "rootVersion", "rpIdHash", "targetsVersion", "threshold", "webOrigin")
    keys, signed = {name: genesis[name] for name in names}, {"root": root}
    recovery = {"act": "ask", "way": "staff", "config": config, "root": "none"}
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
        *file_statements(world, root),
        ("trust-changed", "countermarkLog", {**keys, "trust": one}),
        ("rules-changed", "countermarkLog", {**signed, "rules": 2, "spec": two}),
        ("index-role", "countermarkLog", {**signed, "role2": "gate", "import": "closed"}),
        ("sunset", "countermarkLog", signed),
        ("log-succeeded", "countermarkLog", {**signed, "origin2": one, "genesis": two}),
        ("project-recovered", None, recovery),
        ("project-recovered", None, {**recovery, "way": "root", "root": root}),
        ("project-recovered", None, {"act": "take", "way": "none", "config": "none", "root": "none"}),
        ("made-up", None, {"x": {"y": [1, 2, {"z": None}], "\U0001f600": numbers, "\ufb33": "\u2028\x7f"}}),
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


def file_statements(world, root):
    """The kinds about files that are there already, about releases, and about another index."""
    one, two = "11" * 32, "22" * 32
    passkey = {"alg": "ES256", "counter": 0, "flags": 29, "form": 0, "key": "33" * 64, "salt": one, "sig": "44" * 64}
    attestation = {"digest": one, "predicate": 1, "publisher": two, "time": 5}
    policy = {"attestations": 0, "closeDays": 14, "release": 0, "uploads": 0}
    known = {"metadata": one, "open": 1, "release": one, "sha256": two, "size": 9, "state": 2}
    burnt = {"metadata": "none", "open": 0, "release": one, "sha256": "00" * 32, "size": 0, "state": 4}
    seen = {"provenance": one, "release": one, "seen": 3, "sha256": two, "size": 9}
    yield "release-published", None, {"release": one, "files": [one, two], "consent": "none"}
    yield "release-published", None, {"release": one, "files": [one], "consent": passkey}
    yield "release-closed", None, {"release": one}
    yield "file-attested", "sha256", {"file": one, "attestations": [attestation]}
    yield "detail-erased", None, {"details": [one, two], "ground": "person"}
    yield "amended", None, {"from": 3, "to": 9, "root": root}
    config = {"policy": policy, "principals": [], "publishers": [one, two]}
    yield "imported", None, {"config": config, "items": [dict(known, file=one), dict(burnt, file=two)]}
    yield "imported", None, {"config": "none", "items": [dict(known, file=one, metadata="none", state=4)]}
    yield "import-closed", "countermarkLog", {}
    yield "observed", None, {"items": [dict(seen, file=one), dict(seen, file=two, provenance="none")]}
    yield "promoted", None, {"files": [one, two]}


def formats(world, trust):
    """Format -> (who reads it, well-formed inputs)."""

    def text(parse):
        return lambda data: parse(cv.parse_utf8(data, "input"))

    def receipt(data):
        return cv.verify_receipt(data, trust, file_sha256=cv.sha256(FILE), now=NOW)

    def project_proof(data):
        return cv.verify_project_proof(data, trust, name=NAME, now=NOW)

    def cosigned(data):
        return cv.verify_cosigned_checkpoint(data, policy, origin=ORIGIN, now=NOW, tolerance_seconds=120)

    policy = cv.parse_policy(policy_of(world))
    value = dict(world.items())[world.map_key]
    proof, state = world.project_proof(world.map_key), world.state_file()
    vkeys = [world.log.vkey(ORIGIN, 1).encode(), world.witnesses["w1"].vkey("w1", 4).encode()]
    details = cv.u32(2) + (cv.u32(len(world.detail)) + world.detail) * 2
    return {
        "checkpoint": (text(cv.parse_checkpoint), [cv.parse_note(world.note()).text.encode()]),
        "config": (cv.parse_config_record, [CONFIG, CONFIG[:7] + b"\2" + b"\1" * 32 + b"\2" * 32 + b"\1" + b"\3" * 32]),
        "cosigned": (cosigned, [world.note()]),
        "detailsFile": (cv.parse_details_file, [details]),
        "ecdsa": (signed(91, cv.verify_ecdsa_p256), list(ecdsa_signatures())),
        "ed25519": (signed(32, cv.verify_ed25519), list(ed25519_signatures())),
        "entry": (cv.parse_entry, [world.leaves[1]]),
        "fileDetail": (cv.parse_file_detail, [world.detail]),
        "importDetail": (cv.parse_import_detail, [import_detail(world)]),
        "observedDetail": (cv.parse_observed_detail, [observed_detail()]),
        "fileRecord": (cv.parse_file_record, [world.records[0][1]]),
        "header": (cv.parse_project_header, [world.header]),
        "identityLock": (cv.parse_identity_lock, [lock_of(world)]),
        "indexHeader": (cv.parse_index_header, [INDEX_HEADER]),
        "keyRecord": (cv.parse_key_record, [b"\1\1" + b"\x11" * 64, b"\1\2" + b"\x11" * 32]),
        "mlDsa44": (signed(1_312, cv.verify_ml_dsa_44), list(ml_dsa_signatures())),
        "mapProof": (cv.parse_map_proof, [encode_map_proof(world.items(), world.map_key)]),
        "name": (text(cv.normalize_project_name), [b"sample_.Project"]),
        "note": (cv.parse_note, [world.note()]),
        "policy": (text(cv.parse_policy), [world.trust()["ledger"][0]["policy"].encode()]),
        "projectDetail": (cv.parse_project_detail, [project_detail(world)]),
        "projectProof": (cv.parse_project_proof, [proof]),
        "publisher": (cv.parse_publisher, [cv.encode_canonical_json(PUBLISHER)]),
        "receipt": (cv.parse_receipt, [world.receipt()]),
        "releaseRecord": (cv.parse_release_record, [b"\2\1" + bytes(20), b"\2\2" + bytes(8) + cv.u64(9) + cv.u32(3)]),
        "stateFile": (cv.parse_state_file, [state]),
        "stateLeaf": (cv.parse_state_leaf, [world.leaves[2]]),
        "statement": (cv.parse_statement, list(statements(world))),
        "trustDetail": (
            cv.parse_trust_detail,
            [bytes(32) + cv.encode_canonical_json({"description": "{}\n", "text": "keys"})],
        ),
        "textDetail": (cv.parse_text_detail, [bytes(32) + cv.encode_canonical_json({"text": "spam \u2014 \U0001f600"})]),
        "tlogProof": (cv.parse_tlog_proof, [world.receipt()]),
        "trust": (cv.parse_trust, [json.dumps(world.trust()).encode()]),
        "verifyProjectProof": (project_proof, [proof]),
        "verifyReceipt": (receipt, [world.receipt()]),
        "verifyStateFile": (lambda data: cv.verify_state_file(data, value=value), [state]),
        "version": (text(cv.release_version), [b"1!2.0-RC1.post2.dev3+cpu.1", b"v4.0.0", b"2024.10.1-7", b"0.0a"]),
        "vkey": (text(cv.parse_vkey), vkeys),
    }


INDEX_HEADER = b"".join(
    (b"\2\1\1\0", bytes(4 + 4 + 8 + 4 + 4 + 32), b"\x13", b"https://index.local", bytes(32))
    + (b"\1\2", b"\1" * 32, b"\2" * 32, b"\1", b"\3" * 32)
)


def policy_of(world):
    """The policy of the trust description, with the log's key in it."""
    return "log %s\n%s" % (world.log.vkey(ORIGIN, 1), world.trust()["ledger"][0]["policy"])


def lock_of(world):
    files = {FILENAME: cv.sha256(FILE)}
    identity = cv.parse_publisher(cv.encode_canonical_json(PUBLISHER))
    attested, other = cv.LockedProject(ORIGIN, identity, files), cv.LockedProject(ORIGIN, None, {})
    return cv.encode_identity_lock({"sampleproject": attested, "other": other})


def project_detail(world):
    opening = {"record": PUBLISHER, "salt": "33" * 32}
    principals = [{"id": "44" * 32, "salt": "55" * 32}]
    detail = {"name": "SampleProject", "principals": principals, "publishers": [opening], "reason": None}
    return bytes(32) + cv.encode_canonical_json(detail)


def import_detail(world):
    detail = json.loads(project_detail(world)[32:])
    del detail["reason"]
    file = {"filename": FILENAME, "publisher": "a claim", "uploaded": 5, "version": "4.0.0"}
    files = [file, dict(file, publisher=None, uploaded=None)]
    return bytes(32) + cv.encode_canonical_json(dict(detail, files=files))


def observed_detail():
    file = {"filename": FILENAME, "provenance": "https://index.example/provenance", "version": "4.0.0"}
    files = [file, dict(file, provenance=None)]
    return bytes(32) + cv.encode_canonical_json({"files": files, "name": "SampleProject"})


def signed(key_bytes, verify):
    """Reads `key || u16 len || signature || message`, and says no as a VerifyError."""

    def read(data):
        reader = cv.ByteReader(data, "signed message")
        key, signature = reader.take(key_bytes), reader.take(reader.u16())
        if not verify(key, data[reader.at :], signature):
            raise cv.VerifyError("countersign-signature", "The signature is not by the key")

    return read


def pack(key, signature, message):
    return key + cv.u16(len(signature)) + signature + message


def ed25519_signatures():
    """A signature, and what implementations differ in: parts and wholes of small order in key and R, in every combination."""
    key, message = Key(b"k" * 32), b"m"
    yield pack(key.public, key.sign(message), message)
    eighth = cv._decode_point(cv._ORDER_8_Y.to_bytes(32, "little"))
    torsion = [(0, 1, 1, 0)]
    for _ in range(7):
        torsion.append(cv._add(torsion[-1], cv._to_added(eighth), False))
    for scalar, nonce in ((key.scalar, 9), (0, 9), (key.scalar, 0), (0, 0)):
        for part in torsion:
            public = encode_point(cv._add(cv._double_multiply(scalar, 0, []), cv._to_added(part), False))
            for other in torsion[:: 1 if scalar else 3]:
                r = encode_point(cv._add(cv._double_multiply(nonce, 0, []), cv._to_added(other), False))
                k = hash_of(r, public, message)
                yield pack(public, r + ((nonce + k * scalar) % cv._L).to_bytes(32, "little"), message)


def ecdsa_signatures():
    """Two by one key, the second with an r that is short."""
    secret = 7
    x, y = p256_multiply(secret)
    key = cv._P256_SPKI_PREFIX + b"\4" + x.to_bytes(32, "big") + y.to_bytes(32, "big")
    digest = int.from_bytes(cv.sha256(b"m"), "big")
    for nonce in (3, next(n for n in range(4, 2_000) if p256_multiply(n)[0] >> 247 == 0)):
        r = p256_multiply(nonce)[0] % cv._P256_ORDER
        s = (digest + r * secret) * pow(nonce, -1, cv._P256_ORDER) % cv._P256_ORDER
        yield pack(key, der(r, s), b"m")


def p256_multiply(scalar):
    point = (1, 1, 0)
    for bit in "{:b}".format(scalar):
        point = cv._p256_double(point)
        if bit == "1":
            point = cv._p256_add(point, cv._P256_BASE)
    inverse = pow(point[2], -1, cv._P256)
    return point[0] * inverse**2 % cv._P256, point[1] * inverse**3 % cv._P256


def ml_dsa_signatures():
    """Those of the shared vectors, and one with each byte of its hints changed in turn."""
    with open(os.path.join(VECTORS, "log", "checkpoint-ml-dsa-44.json"), "rb") as file:
        cases = json.load(file)["accepted"]
    for case in cases:
        note = cv.parse_note(case["note"].encode("utf-8"))
        for vkey, line in cv.known_lines(note, [cv.parse_vkey(vkey) for vkey in case["vkeys"]]):
            if vkey.algorithm == cv.ALGORITHM_ML_DSA_COSIGNATURE:
                stated, signature = int.from_bytes(line.signature[:8], "big"), line.signature[8:]
                message = cv.encode_cosigned_subtree(vkey.name, stated, cv.parse_checkpoint(note.text))
                last = pack(vkey.key, signature, message)
                yield last
    for at in range(2_336, 2_420):
        changed = signature[:at] + bytes([signature[at] + 1 & 255]) + signature[at + 1 :]
        yield pack(vkey.key, changed, message)


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
    policy = policy_of(world)
    setup = {"policy": policy, "origin": ORIGIN, "fileSha256": cv.sha256(FILE).hex(), "name": NAME, "now": NOW, "trust": base64.b64encode(trust).decode()}
    print(json.dumps(dict(setup, value=dict(world.items())[world.map_key].hex())))
    for name, (read, inputs) in formats(world, cv.parse_trust(trust)).items():
        for data in inputs:
            # Many inputs share the damage that one alone would have.
            for case in [data, *(damage(source, data) for _ in range(-(-count // len(inputs)) if len(inputs) > 20 else count))]:
                print(json.dumps([name, base64.b64encode(case).decode(), verdict_of(read, case)]))


def verdict_of(read, data):
    try:
        read(data)
    except cv.CountermarkError as error:
        return error.code
    return "ok"


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
