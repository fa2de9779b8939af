#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs countermark_verify.py and countermark_ledger.py over the shared test vectors. For tests only: nobody needs to copy this file.

    python3 check_vectors.py vectors/

Exit status 0 when every vector holds and every file is known: a file that is neither run here nor listed as not ours fails.
"""

from __future__ import annotations

import argparse
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import countermark_ledger as cl  # noqa: E402
import countermark_verify as cv  # noqa: E402

NOT_OURS = {
    "admission/entries.json": "files, details and attestations: an auditor reads them",
    "crypto": "no receipt or proof is signed with this scheme",
    "identity/certificate-identity.json": "certificates: the index and its auditors read them",
    "identity/ci-identity.json": "the index reads ID tokens",
    "identity/cross-check.json": "the index compares certificates with ID tokens",
    "identity/id-token.json": "the index reads ID tokens",
    "identity/providers.json": "the index knows the providers",
    "lock/history.json": "what an index of today lists: only the command line asks one",
    "lock/publishers.json": "where there is a ledger, it names the publisher",
    "lock/remembered.json": "a machine's own record is the command line's",
    "sigstore": "certificates and bundles: the index and its auditors read them",
    "tuf": "fetching the trust description is the installer's",
    "verdict": "the words of another command line",
    "x509": "certificates: the index and its auditors read them",
}
"""Folder or file -> why neither the checker of receipts and proofs nor the reducer has a use for it."""


def check_all(directory):
    """(claims that held, failures as sentences, files not run)."""
    held, failed, skipped = 0, [], []
    for name in sorted(vector_files(directory)):
        cases = FILES.get(name)
        if cases is None and why_not(name) is not None:
            skipped.append(name)
            continue
        if cases is None:
            failed.append("%s: no reader: run it, or say why not" % name)
            continue
        with open(os.path.join(directory, name), "rb") as file:
            data = json.load(file)
        before = held
        for claim, wanted, check in cases(data):
            found = verdict_of(check)
            if found == wanted:
                held += 1
            else:
                failed.append("%s: %s: %s, wanted %s" % (name, claim, found, wanted))
        if held == before:
            failed.append("%s: nothing in it held" % name)
    return held, failed, skipped


def why_not(name):
    return NOT_OURS.get(name) or NOT_OURS.get(name.split("/")[0])


def vector_files(directory):
    for folder, _, names in os.walk(directory):
        for name in names:
            if name.endswith(".json"):
                yield os.path.relpath(os.path.join(folder, name), directory).replace(os.sep, "/")


def verdict_of(check):
    try:
        found = check()
    except cv.CountermarkError as error:
        return error.code
    return "another value" if found is False else "ok"


# File -> cases (claim, "ok" or code, check; a check that returns False found another value).


def valid_and_invalid(groups, read):
    for case in groups.get("valid", []):
        yield case.get("name", "valid"), "ok", call(read, bytes.fromhex(case["hex"]))
    for case in groups.get("invalid", []):
        yield case["name"], case["code"], call(read, bytes.fromhex(case["hex"]))


def call(function, *arguments, **named):
    """A check that ignores what the function returns: only whether it refuses counts."""

    def check():
        function(*arguments, **named)

    return check


def equal(function, *arguments, wanted):
    return lambda: function(*arguments) == wanted


def ed25519(data):
    for case in data:
        arguments = bytes.fromhex(case["key"]), case["message"].encode("utf-8"), bytes.fromhex(case["signature"])
        yield case["claim"], "ok", equal(cv.verify_ed25519, *arguments, wanted=case["holds"])


def signatures(scheme, spki_prefix, length, verify):
    """The vectors of one scheme, over messages: a key is known by its exact SubjectPublicKeyInfo up to its octets."""

    def check(case):
        spki = bytes.fromhex(case["spki"])
        if not spki.startswith(spki_prefix) or len(spki) != len(spki_prefix) + length:
            return False
        return verify(spki, bytes.fromhex(case["message"]), bytes.fromhex(case["signature"]))

    def cases(data):
        for case in data:
            if case["message"] is not None and case["scheme"] == scheme:
                yield case["claim"], "ok", equal(check, case, wanted=case["valid"])

    return cases


ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")
P256_SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
ML_DSA_44_SPKI = bytes.fromhex("30820532300b06096086480165030403110382052100")
P256_SHA256 = {"kind": "ecdsa", "curve": "p256", "hash": "sha256", "encoding": "der"}


def ids(data):
    functions = {
        "originHash": lambda c: cv.origin_hash(c["origin"]),
        "mapKey": lambda c: cv.map_key(c["ecosystem"], c["name"]),
        "fileId": lambda c: cv.file_id(bytes.fromhex(c["key"]), c["filename"]),
        "releaseId": lambda c: cv.release_id(bytes.fromhex(c["key"]), c["version"]),
        "configId": lambda c: cv.config_id(bytes.fromhex(c["record"])),
        "publisherId": lambda c: cv.salted_id("publisher", bytes.fromhex(c["salt"]), c["record"].encode("utf-8")),
        "principalId": lambda c: cv.salted_id("principal", bytes.fromhex(c["salt"]), bytes.fromhex(c["record"])),
        "rootKeyId": lambda c: cv.root_key_id(bytes.fromhex(c["record"])),
        "challenge": lambda c: cv.consent_challenge(
            *(bytes.fromhex(c[name]) for name in ("log", "project")), c["serial"], c["act"], bytes.fromhex(c["subject"])
        ),
    }
    yield "indexKey", "ok", lambda: cv.index_key().hex() == data["indexKey"]
    for case in data["releaseId"]:
        yield "release version", "ok", equal(cv.release_version, case["version"], wanted=case["released"])
    for name in data:
        for case in data[name] if name != "indexKey" else []:
            yield name, "ok", equal(functions[name], case, wanted=bytes.fromhex(case["digest"]))


def details(data):
    readers = {
        "file": cv.parse_file_detail,
        "import": cv.parse_import_detail,
        "observed": cv.parse_observed_detail,
        "project": cv.parse_project_detail,
        "text": cv.parse_text_detail,
        "trust": cv.parse_trust_detail,
    }
    for case in data["valid"]:
        detail = bytes.fromhex(case["hex"])
        yield case["kind"], "ok", call(readers[case["kind"]], detail)
        yield case["kind"], "ok", equal(cv.detail_commitment, detail, wanted=bytes.fromhex(case["commitment"]))
    for case in data["invalid"]:
        yield case["name"], case["code"], call(readers[case["kind"]], bytes.fromhex(case["hex"]))
    file = data["detailsFile"]
    yield "details file", "ok", lambda: len(cv.parse_details_file(bytes.fromhex(file["hex"]))) == file["count"]


def maps(data):
    def prove(case, commitment):
        proof = cv.parse_map_proof(bytes.fromhex(case.get("proof") or case["hex"]))
        value = cv.verify_map_proof(proof, bytes.fromhex(case["key"]), bytes.fromhex(commitment))
        return value.hex() if value else None

    for case in data["maps"]:
        items = [(bytes.fromhex(key), bytes.fromhex(value)) for key, value in case["entries"]]
        yield case["name"], "ok", equal(cv.map_of, items, wanted=bytes.fromhex(case["commitment"]))
        yield case["name"], "ok", equal(cv.map_depth, case["count"], wanted=case["depth"])
        for proof in case["proofs"]:
            yield case["name"], "ok", equal(prove, proof, case["commitment"], wanted=proof["value"])
    for case in data["refused"]:
        yield case["name"], case["code"], call(prove, case, case["commitment"])


def records(data):
    readers = {
        "config": cv.parse_config_record,
        "projectHeader": cv.parse_project_header,
        "file": cv.parse_file_record,
        "release": cv.parse_release_record,
        "indexHeader": cv.parse_index_header,
        "key": cv.parse_key_record,
        "publisher": cv.parse_publisher,
    }
    for name, groups in data.items():
        yield from valid_and_invalid(groups, readers[name])


def state_leaf(data):
    def read(text):
        leaf = cv.parse_state_leaf(text.encode("utf-8"))
        anchor = leaf.anchor
        return {
            "origin": leaf.origin,
            "index": leaf.leaf_index,
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
        yield "valid", "ok", equal(read, case["text"], wanted=case["value"])
    yield from valid_and_invalid({"invalid": data["invalid"]}, cv.parse_state_leaf)


def statements(data):
    def kind_of_leaf(leaf):
        return cv.parse_entry(leaf).kind

    def kind_of(payload):
        return cv.parse_statement(payload).kind

    for case in data["valid"]:
        yield case["kind"], "ok", equal(kind_of, bytes.fromhex(case["payload"]), wanted=case["kind"])
        yield case["kind"], "ok", equal(kind_of_leaf, bytes.fromhex(case["leaf"]), wanted=case["kind"])
    unknown = data["unknown"]
    yield "unknown", "ok", equal(kind_of, bytes.fromhex(unknown["payload"]), wanted=unknown["kind"])
    yield from valid_and_invalid({"invalid": data["invalidPayloads"]}, cv.parse_statement)
    yield from valid_and_invalid({"invalid": data["invalidLeaves"]}, cv.parse_entry)


def transcripts(data):
    """Every leaf, in order: what becomes of it, and the map after it."""
    for transcript in data:
        ledger = begin(transcript.get("previous"))
        for at, step in enumerate(transcript["steps"]):
            yield ("%s: leaf %d" % (transcript["name"], at), "ok", step_check(ledger, step))


def begin(previous):
    if previous is None:
        return cl.Ledger()
    ledger = begin(previous.get("previous"))
    apply_all(ledger, previous["leaves"])
    assert ledger.tree.root().hex() == previous["root"]
    return ledger.continued()


def apply_all(ledger, leaves):
    return [ledger.apply(bytes.fromhex(leaf)).word for leaf in leaves]


def step_check(ledger, step):
    """Applies the leaf when it is asked: cases are asked in order."""

    def check():
        found = ledger.apply(bytes.fromhex(step["leaf"])).word
        if found != step["outcome"]:
            raise cv.VerifyError(found, "another outcome")
        return step["map"] is None or ledger.commitment().hex() == step["map"]

    return check


def rules(data):
    """Leaves applied to states that others do not lead to."""
    for case in data["rules"]:
        ledger = cl.Ledger()
        apply_all(ledger, data["bases"][case["base"]])
        change_state(ledger, bytes.fromhex(case["project"]), case["changes"])
        apply_all(ledger.copy(), case["aside"])
        for at, step in enumerate(case["steps"]):
            yield "%s: leaf %d" % (case["claim"], at), "ok", step_check(ledger, step)


def golden(data):
    """What one version of the rules says for ever."""
    yield from transcripts(data["transcripts"])
    yield from rules(data["altered"])


def change_state(ledger, key, changes):
    if "indexHeader" in changes:
        ledger.index.header = index_header(bytes.fromhex(changes["indexHeader"]))
        ledger.touch(cl.INDEX_KEY)
    project = ledger.projects.get(key)
    if project is None:
        return
    ledger.touch(key)
    if "header" in changes:
        project.header = cv.parse_project_header(bytes.fromhex(changes["header"]))
    if "pending" in changes:
        project.pending = cv.parse_config_record(bytes.fromhex(changes["pending"]))
    for record in changes.get("records", []):
        data = bytes.fromhex(record["hex"])
        parse = cv.parse_release_record if data[0] == 2 else cv.parse_file_record
        project.put(bytes.fromhex(record["key"]), parse(data))
    crowd_of_files(project, changes.get("crowdOfFiles", 0))
    for i in range(changes.get("crowdOfProjects", 0)):
        ledger.map.set(i.to_bytes(32, "big"), bytes(32))


def crowd_of_files(project, count):
    first = next((record for _, record in sorted(project.records.items()) if isinstance(record, cv.FileRecord)), None)
    for i in range(count):
        project.put(i.to_bytes(32, "big"), first)


def index_header(data):
    """What countermark_verify.py reads of it, and the rest."""
    known, reader = cv.parse_index_header(data), cv.ByteReader(data, "index header")
    _, _, is_open, end = reader.take(4)
    rules, next_rules, announced = reader.u32(), reader.u32(), cv._ref(reader)
    versions, trust = (reader.u32(), reader.u32()), cv._digest_or_none(reader)
    reader.take(reader.u8())
    return cl.IndexHeader(
        known.role, is_open == 1, end, rules, next_rules, announced, *versions, trust,
        known.web_origin, reader.take(32), known.threshold, known.root_keys, known.countersign,
    )  # fmt: skip


def states(data):
    """What is known after leaves, and the state leaf that closes them."""

    def read(case):
        ledger = cl.Ledger()
        apply_all(ledger, case["leaves"])
        key = bytes.fromhex(case["project"])
        project = ledger.projects.get(key)
        owner = ledger.index if project is None else project
        records = {} if project is None else project.records
        asks = {} if project is None else {at: project.asks.get(int(at), "dropped") for at in case["asks"]}
        state_file, value = cl.encode_state_file(owner), owner.value()
        if project is not None:
            served = cv.verify_state_file(state_file, value=value)
            assert {**served.files, **served.releases} == records
        return {
            "value": value.hex(),
            "stateFile": state_file.hex(),
            "entries": owner.entries,
            "asks": asks,
            "files": sorted(key.hex() for key in records if project.file(key)),
            "releases": sorted(key.hex() for key in records if project.release(key)),
            "anchors": [
                {"size": a.size, "note": a.note.hex(), "tLo": a.t_lo, "tHi": a.t_hi, "at": a.at} for a in ledger.anchors
            ],
        }

    def compose(case):
        ledger = cl.Ledger()
        apply_all(ledger, case["leaves"])
        at = case["anchor"]
        anchor = at and cv.Anchor(at["size"], bytes.fromhex(at["note"]), at["tLo"], at["tHi"])
        return cl.compose_state_leaf(ledger, case["time"], anchor)

    for case in data["states"]:
        wanted = {name: case[name] for name in ("value", "stateFile", "entries", "asks", "files", "releases", "anchors")}
        yield case["claim"], "ok", equal(read, case, wanted=wanted)
    for case in data["composed"]:
        wanted = None if case["text"] is None else case["text"].encode("ascii")
        yield case["claim"], "ok", equal(compose, case, wanted=wanted)


def receipts(data):
    def read(case):
        trust = cv.parse_trust(case.get("trust", data["trust"]).encode("utf-8"))
        digest = bytes.fromhex(case["fileSha256"])
        logged = cv.verify_receipt(case["receipt"].encode("utf-8"), trust, file_sha256=digest, now=case["now"])
        checkpoint, filename = logged.head.checkpoint, cv.decide_filename(logged, trust.ecosystem)
        times = {"tLo": checkpoint.t_lo, "tHi": checkpoint.t_hi}
        return {"kind": logged.head.kind, "index": logged.leaf_index, "filename": filename, **times}

    yield from accepted_and_refused(data, read)


def project_proofs(data):
    def read(case):
        trust = cv.parse_trust(case.get("trust", data["trust"]).encode("utf-8"))
        answer = cv.verify_project_proof(bytes.fromhex(case["proof"]), trust, name=case["name"], now=case["now"])
        trusted, value = answer.head.trusted, answer.value and answer.value.hex()
        checkpoint = trusted.checkpoint
        return {"value": value, "kind": trusted.kind, "tLo": checkpoint.t_lo, "tHi": checkpoint.t_hi}

    yield from accepted_and_refused(data, read)
    file = data["stateFile"]
    value, good = bytes.fromhex(file["value"]), bytes.fromhex(file["hex"])
    wanted = [(bytes.fromhex(case["key"]), bytes.fromhex(case["hex"])) for case in file["records"]]
    yield "state file", "ok", lambda: list(cv.parse_state_file(good).records) == wanted
    yield "state file", "ok", call(cv.verify_state_file, good, value=value)
    for case in file["refused"]:
        yield case["claim"], case["code"], call(cv.verify_state_file, bytes.fromhex(case["hex"]), value=value)


def accepted_and_refused(data, read):
    for case in data["accepted"]:
        yield (
            case["claim"],
            "ok",
            lambda case=case: all(case[name] == value for name, value in (read(case) or {}).items()),
        )
    for case in data["refused"]:
        yield case["claim"], case["code"], call(read, case)


def checkpoints(data):
    def read(case):
        vkeys = [cv.parse_vkey(vkey) for vkey in case["vkeys"]]
        _, checkpoint = cv.verify_checkpoint(case["note"].encode("utf-8"), vkeys, case["origin"])
        return {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex()}

    yield from accepted_and_refused(data, read)


def cosignatures(data):
    def read(case):
        note, checkpoint = cv.verify_checkpoint(case["note"].encode("utf-8"), [cv.parse_vkey(data["log"])], data["origin"])
        line = note.signatures[case["line"]]
        return {"time": cv.verify_cosignature_line(note, checkpoint, cv.parse_vkey(case["vkey"]), line)}

    yield from accepted_and_refused(data, read)


def options_of(case, data):
    policy = cv.parse_policy(case.get("policy", data["policy"]))
    options = {"origin": case["origin"], "now": case["now"], "tolerance_seconds": case["toleranceSeconds"]}
    return dict(options, policy=policy)


def cosigned(data):
    def read(case):
        found = cv.verify_cosigned_checkpoint(case["note"].encode("utf-8"), **options_of(case, data))
        seen = [cosignature._asdict() for cosignature in found.cosignatures]
        return {"size": found.size, "cosignatures": seen, "tLo": found.t_lo, "tHi": found.t_hi}

    yield from accepted_and_refused(data, read)


def tlog_proofs(data):
    def read(case):
        entry = bytes.fromhex(case["entry"])
        found = cv.verify_tlog_proof(case["proof"].encode("utf-8"), entry, **options_of(case, data))
        head = found.head
        return {"index": found.leaf_index, "size": head.size, "tLo": head.t_lo, "tHi": head.t_hi}

    yield from accepted_and_refused(data, read)


def quorums(data):
    for case in data:
        policy, times = cv.parse_policy(case["policy"]), case["times"] and (case["times"]["tLo"], case["times"]["tHi"])
        seen = [cv.Cosignature(**cosignature) for cosignature in case["cosignatures"]]
        names = [cosignature.name for cosignature in seen]
        yield case["claim"], "ok", equal(cv.decide_quorum, policy, names, wanted=case["isSatisfied"])
        yield case["claim"], "ok", equal(cv.quorum_times, policy, seen, wanted=times)


def inclusions(data):
    def read(case):
        leaf, root = bytes.fromhex(case["leafHash"]), bytes.fromhex(case["root"])
        cv.verify_inclusion(leaf, case["index"], case["size"], [bytes.fromhex(item) for item in case["proof"]], root)

    yield from accepted_and_refused(data, read)


def consistencies(data):
    def read(case):
        start, end = [(case[side]["size"], bytes.fromhex(case[side]["root"])) for side in ("from", "to")]
        cv.verify_consistency(*start, *end, [bytes.fromhex(item) for item in case["proof"]])

    yield from accepted_and_refused(data, read)


def publisher_of(members):
    """A record from its members as JSON has them; those of a run beside it are not of its identity."""
    names = {field: cv._PUBLISHER_NAMES.get(field, field) for field in cv.PublisherRecord._fields}
    return members and cv.PublisherRecord(**{field: members[name] for field, name in names.items()})


def differences_of(items):
    return [(cv._PUBLISHER_NAMES.get(field, field), expected, found) for field, expected, found in items]


def same_identities(data):
    for case in data:
        record, identity = publisher_of(case["record"]), publisher_of(case["identity"])
        found = {field for field, _, _ in differences_of(cv.same_publisher(record, identity))}
        wanted = set(case["differences"])
        yield case["claim"], "ok", lambda found=found, wanted=wanted: found == wanted
        yield case["claim"], "ok", equal(publisher_of, case["registered"], wanted=identity)


def lock_decisions(data):
    for case in data:
        seen, wanted = dict(case["seen"]), case["decision"]
        seen = cv.SeenFile(
            filename=seen["filename"],
            sha256=bytes.fromhex(seen["sha256"]),
            origin=seen["index"],
            identity=publisher_of(seen["identity"]),
            before_first_attested=seen["beforeFirstAttested"],
            recovered=seen["recovered"],
        )
        lock = cv.parse_identity_lock(case["lock"].encode("utf-8"))
        decision = cv.decide_lock(lock.get(case["project"]), seen)
        differences = {(item["field"], item["expected"], item["found"]) for item in wanted.get("differences", [])}
        found = (decision.kind, decision.pin, decision.code, decision.severity, set(differences_of(decision.differences)))
        pin = publisher_of(wanted["pin"])
        expected = (wanted["kind"], pin, case["code"], wanted.get("severity"), differences)
        yield case["claim"], "ok", lambda found=found, expected=expected: found == expected
        after = cv.lock_file(lock, case["project"], seen, decision)
        yield case["claim"], "ok", equal(cv.encode_identity_lock, after, wanted=case["after"].encode("utf-8"))
        yield case["claim"], "ok", equal(cv.encode_identity_lock, lock, wanted=case["lock"].encode("utf-8"))


def evidence(data):
    def read(case):
        record = cv.parse_file_record(bytes.fromhex(case["record"]))
        cv.require_nothing_withheld(record, [bytes.fromhex(digest) for digest in case["served"]])
        header = cv.parse_project_header(bytes.fromhex(case["header"]))
        cv.require_promise_kept(record, header, cv.parse_config_record(bytes.fromhex(case["config"])))

    yield from accepted_and_refused(data, read)


def settled(data):
    def read(case):
        record = cv.parse_file_record(bytes.fromhex(case["record"]))
        header = cv.parse_project_header(bytes.fromhex(case["header"]))
        base = cv.parse_config_record(bytes.fromhex(case["base"]))
        if cv.change_that_admitted(record, header, base) != case["change"]:
            raise AssertionError("another change")
        cv.require_not_undone(record, header, base)
        if case["change"] is not None:
            cv.require_settled(entry=case["change"], time=case["time"], now=case["now"])

    yield from accepted_and_refused(data, read)


def anchors(data):
    """The anchor of a state leaf, against its note and the tree that was read."""
    trust = cv.parse_trust(data["trust"].encode("utf-8"))

    def read(case):
        leaf = case["stateLeaf"].encode("ascii")
        anchor = cv.parse_state_leaf(leaf).anchor
        name = None if anchor is None else case["evidence"].get(anchor.note.hex())
        note = None if name is None else bytes.fromhex(data["blobs"][name])
        root = bytes(32) if anchor is None else bytes.fromhex(case["roots"][str(anchor.size)])
        cl.verify_anchor(leaf, note, trust, root=root, now=case["now"])

    yield from accepted_and_refused(data, read)


def assertions(data):
    """What a browser gave, as the reducer checks it: good in the one form that it has, or in none."""
    rp_id_hash, web_origin = bytes.fromhex(data["rpIdHash"]), data["webOrigin"]

    def forms_of(case):
        spki, sig = bytes.fromhex(case["spki"]), bytes.fromhex(case["signature"])
        is_ecdsa = case["alg"] == "ES256"
        if is_ecdsa:
            sig = b"".join(number.to_bytes(32, "big") for number in cv._parse_ecdsa(sig))
        answer = bytes.fromhex(case["authenticatorData"])
        consent = {"alg": case["alg"], "key": spki[-64 if is_ecdsa else -32 :].hex(), "sig": sig.hex()}
        consent.update(flags=answer[32], counter=int.from_bytes(answer[33:37], "big"))
        challenge = bytes.fromhex(case["challenge"])
        return [
            form
            for form in range(3)
            if cl.verify_passkey(dict(consent, form=form), challenge, rp_id_hash, web_origin)
        ]

    for case in data["closed"]:
        yield case["claim"], "ok", equal(forms_of, case, wanted=[case["consent"]["form"]])
    for case in data["open"]:
        yield case["claim"], "ok", equal(forms_of, case, wanted=[])


FILES = {
    "admission/states.json": anchors,
    "crypto/ecdsa-p256.json": signatures(P256_SHA256, P256_SPKI, 64, cv.verify_ecdsa_p256),
    "crypto/ed25519.json": signatures(
        {"kind": "ed25519"}, ED25519_SPKI, 32, lambda spki, *signed: cv.verify_ed25519(spki[-32:], *signed)
    ),
    "crypto/ml-dsa-44.json": signatures(
        {"kind": "ml-dsa-44"}, ML_DSA_44_SPKI, 1_312, lambda spki, *signed: cv.verify_ml_dsa_44(spki[-1_312:], *signed)
    ),
    "identity/same-identity.json": same_identities,
    "ledger/assertions.json": assertions,
    "ledger/details.json": details,
    "ledger/ed25519.json": ed25519,
    "ledger/ids.json": ids,
    "ledger/map.json": maps,
    "ledger/project-proof.json": project_proofs,
    "ledger/receipt.json": receipts,
    "ledger/records.json": records,
    "ledger/rules.json": rules,
    "ledger/state-leaf.json": state_leaf,
    "ledger/states.json": states,
    "ledger/statements.json": statements,
    "ledger/golden/rules-1.json": golden,
    "ledger/transcripts.json": transcripts,
    "ledger/transcripts-files.json": transcripts,
    "ledger/transcripts-index.json": transcripts,
    "lock/decision.json": lock_decisions,
    "lock/evidence.json": evidence,
    "lock/settled.json": settled,
    "log/checkpoint.json": checkpoints,
    "log/checkpoint-ml-dsa-44.json": checkpoints,
    "log/consistency.json": consistencies,
    "log/cosignature.json": cosignatures,
    "log/cosigned.json": cosigned,
    "log/cosigned-ml-dsa-44.json": cosigned,
    "log/inclusion.json": inclusions,
    "log/quorum.json": quorums,
    "log/tlog-proof.json": tlog_proofs,
}


def main(arguments):
    parser = argparse.ArgumentParser(description="Runs countermark_verify.py and countermark_ledger.py over the shared test vectors.")
    parser.add_argument("directory", metavar="DIR")
    held, failed, skipped = check_all(parser.parse_args(arguments).directory)
    for line in failed:
        print(line)
    for name in skipped:
        print("%s: not ours: %s" % (name, why_not(name)))
    print("%d vectors held, %d failed" % (held, len(failed)))
    return 0 if held > 0 and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
