#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks Countermark receipts, project proofs and cosigned checkpoints, in pure Python.

One file, Python 3.9 or newer, no dependency: made to be copied into another project as it is. It is the second
implementation of the formats in specs/, and shares nothing with the first but the test vectors.

To vendor it, copy this file, and ship or pin a trust description (specs/trust-description.md) by its SHA-256. Then

    trust = parse_trust(data)                                                  # bytes compared with the pin before
    logged = verify_receipt(receipt, trust, file_sha256=digest, now=seconds)   # raises, or the file is in the ledger
    answer = verify_project_proof(proof, trust, name="requests", now=seconds)  # .value is None: no such project
    records = verify_state_file(state, value=answer.value)                     # every file and release of the project

parse_* reads bytes or raises ParseError, verify_* believes or raises VerifyError, decide_* answers, require_* is policy
and raises RefusedError; verify_ed25519 and its like, which know no context, say yes or no. All three errors are
CountermarkError, and their `.code` is a row of docs/refusals.md; a TypeError is the caller's own mistake. Bytes, digests and
keys are `bytes`, times are whole Unix seconds. Outside `main` nothing reads a file, a clock, the environment or the network,
and nothing is remembered but a few public keys, prepared for checking.

What it does not do: it reads no X.509 certificate and no attestation, because the index and its auditors did; it does not
replay the ledger; it does not fetch. A receipt says "was logged, by then", never "is current". A project proof says what
one head says, and only an audited head says that nothing else is there. Whether a head continues an earlier one takes a
consistency proof (verify_consistency), which neither brings along.

Every input has a limit and nesting is bounded. Work grows with the size of the input and no faster, but for signatures: one
check for each line by a known key, of at most 64. In ms of one core of a small server, CPython 3.9 to 3.13: Ed25519 1,
P-256 2, ML-DSA-44 4 (6 for a key that is new), a receipt with three cosigners 6, a project proof 5, the import 20.

    python3 countermark_verify.py receipt FILE.tlog-proof --trust trust.json --trust-sha256 HEX --file WHEEL
    python3 countermark_verify.py project-proof PROOF --name NAME --trust trust.json --trust-sha256 HEX
    python3 countermark_verify.py checkpoint NOTE --policy POLICY --origin ORIGIN

Exit status: 0 it holds, 1 it is refused, 2 wrong command line or unreadable file, 4 malformed input.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Optional, TextIO, Union

INTEGER_MAX = 2**53 - 1

# Limits on everything from outside, as in packages/formats/src/limits.ts. Bytes unless the name says otherwise.
JSON_DEPTH_MAX = 32
ENTRY_BYTES_MAX = 65_535
DETAIL_BYTES_MAX = 1_048_576
PUBLISHER_BYTES_MAX = 2_048
NOTE_BYTES_MAX = 131_072
NOTE_SIGNATURES_MAX = 64
PROOF_HASHES_MAX = 63
MAP_BUCKET_KEYS_MAX = 4_096
TLOG_PROOF_BYTES_MAX = 2_097_152
PROJECT_PROOF_BYTES_MAX = 524_288
VKEY_CHARS_MAX = 4_096
POLICY_CHARS_MAX = 262_144
POLICY_ITEMS_MAX = 256
TRUST_BYTES_MAX = 1_048_576
TRUST_RANGES_MAX = 64
STATE_LEAF_BYTES_MAX = 1_024
STATE_BYTES_MAX = 67_108_864
DETAILS_BYTES_MAX = 268_435_456
PROJECT_NAME_CHARS_MAX = 128
VERSION_CHARS_MAX = 128

CLOCK_TOLERANCE_SECONDS = 120
UNDO_WINDOW_SECONDS = 14 * 86_400
"""By how much two clocks may differ. @spec specs/log-time.md#constants"""
RULES_KNOWN = (1,)

Json = Union[None, bool, int, float, str, list["Json"], dict[str, "Json"]]


class CountermarkError(Exception):
    """A refusal. `code` is one of the codes of docs/refusals.md."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ParseError(CountermarkError):
    """The bytes are malformed."""


class VerifyError(CountermarkError):
    """A check says no."""


class RefusedError(CountermarkError):
    """Policy says no, although every signature holds."""


# --- what is believed: receipts and project proofs ---


class TrustedCheckpoint(NamedTuple):
    """A head of the ledger that its cosigners vouch for."""

    checkpoint: CosignedCheckpoint
    row: LedgerTrust
    """The range of the trust description that it was judged by."""
    kind: str
    """`witnessed`: everybody sees this log; `audited`: and its rules were kept."""


class LoggedFile(NamedTuple):
    """That a file was logged: at `leaf_index`, by the time `head.checkpoint.t_hi`. Not that it is current, or was legal."""

    head: TrustedCheckpoint
    leaf_index: int
    entry: Entry
    accepted: FileAccepted
    detail: Optional[FileDetail]
    """The names in it; None where the receipt came without."""


class LedgerHead(NamedTuple):
    """A head with the state that it ends in."""

    trusted: TrustedCheckpoint
    state: StateLeaf
    age_seconds: int
    """Since the quorum last vouched for it."""
    is_old: bool
    """Older than the trust description's Zwarn."""


class ProjectAnswer(NamedTuple):
    """What one head says about one project."""

    head: LedgerHead
    key: bytes
    value: Optional[bytes]
    """The digest of the project's state (see verify_state_file); None: there is no such project."""


def verify_receipt(receipt: bytes, trust: Trust, *, file_sha256: bytes, now: int) -> LoggedFile:
    """Believes that the file with this SHA-256 (32 bytes) was logged. Offline; a receipt's age is no reason to refuse it.

    Raises ParseError of the receipt, the entry and the detail; VerifyError those of verify_ledger_checkpoint,
    verify_inclusion and verify_countersignature; `receipt-kind`, `digest-mismatch`, `entry-origin`, `entry-ahead`,
    `detail-mismatch`.
    @spec specs/receipt.md
    """
    _require_digest(file_sha256)
    proof, leaf, detail = parse_receipt(receipt)
    head = verify_ledger_checkpoint(proof.checkpoint, trust, now=now)  # 1. who saw this tree
    size, root = head.checkpoint.size, head.checkpoint.root
    verify_inclusion(leaf_hash(leaf), proof.leaf_index, size, proof.hashes, root)  # 2. the entry is in it
    entry = parse_entry(leaf)
    accepted = _verify_about_file(entry, file_sha256, head)  # 3. and is about this file
    verify_countersignature(entry, proof.leaf_index, trust)  # 4. which the index vouched for
    opened = _open_detail(detail, entry.common.detail)  # 5. under these names
    return LoggedFile(head, proof.leaf_index, entry, accepted, opened)


def verify_project_proof(proof: bytes, trust: Trust, *, name: str, now: int) -> ProjectAnswer:
    """What the index holds under the project `name`, in any spelling: the key is derived from it, and no part of the proof.

    Raises ParseError of the proof and its parts; VerifyError those of verify_head and verify_map_proof; `map-count`.
    @spec specs/project-proof.md
    """
    parts = parse_project_proof(proof)
    head = verify_head(parts, trust, now=now)
    map_proof = parse_map_proof(parts.map_proof)
    if map_proof.size != head.state.projects:
        said = (map_proof.size, head.state.projects)
        raise VerifyError("map-count", "The map has %d keys, the state leaf says %d" % said)
    key = map_key(trust.ecosystem, normalize_project_name(name))
    return ProjectAnswer(head, key, verify_map_proof(map_proof, key, head.state.map))


def verify_state_file(data: bytes, *, value: bytes) -> ProjectRecords:
    """Believes a project's whole state because `value`, from a project proof, commits to every byte of it.

    Raises ParseError of the file and of its records; VerifyError `state-value`, `state-files`, `state-config`.
    @spec specs/state-file.md
    """
    _require_digest(value)
    file = parse_state_file(data)
    if project_value(file.header, file.files, file.history_count, file.history_root) != value:
        raise VerifyError("state-value", "The state file is not the one that the map commits to")
    if map_of([(key, tagged(b"file", record)) for key, record in file.records]) != file.files:
        raise VerifyError("state-files", "The records are not those that the state commits to")
    header = parse_project_header(file.header)
    files: dict[bytes, FileRecord] = {}
    releases: dict[bytes, ReleaseRecord] = {}
    for key, record in file.records:
        if record[:1] == b"\x02":
            releases[key] = parse_release_record(record)
        else:
            files[key] = parse_file_record(record)
    current = _require_config(file.current, header.current)
    base = _require_config(file.base, header.base)
    if header.pending is None and file.pending is not None:
        raise VerifyError("state-config", "There is a pending configuration that the header does not name")
    pending = None if header.pending is None else _require_config(file.pending, header.pending)
    return ProjectRecords(header, current, base, pending, files, releases, file.history_count, file.history_root)


def verify_head(parts: ProjectProof, trust: Trust, *, now: int) -> LedgerHead:
    """Believes a checkpoint together with the state leaf that it ends in, and that it is fresh enough to be used.

    A head that fails is unusable and no fork: the last good one stays in use, and ages. Raises ParseError of the parts;
    VerifyError those of verify_ledger_checkpoint and verify_inclusion; `below-floor`, `state-leaf-origin`,
    `state-leaf-place`, `rules-unknown`, `state-leaf-time`, `anchor-missing`, `anchor-place`, `anchor-ahead`,
    `anchor-stale`, `head-stale`.
    @spec specs/state-leaf.md#client
    """
    trusted = verify_ledger_checkpoint(parts.checkpoint, trust, now=now)
    checkpoint, floor = trusted.checkpoint, trust.floor
    size = checkpoint.size
    if floor is not None and floor.origin == checkpoint.origin and size < floor.size:
        raise VerifyError("below-floor", "The head is %d, at least %d is known to exist" % (size, floor.size))
    verify_inclusion(leaf_hash(parts.state_leaf), size - 1, size, parts.inclusion, checkpoint.root)
    state = parse_state_leaf(parts.state_leaf)
    _verify_state_place(state, checkpoint)
    _verify_anchor(state, checkpoint, trust.limits.z_refuse)
    age = max(0, now - checkpoint.t_lo)
    if age > trust.limits.z_refuse:
        raise VerifyError("head-stale", "The head is %d s old, at most %d" % (age, trust.limits.z_refuse))
    return LedgerHead(trusted, state, age, age > trust.limits.z_warn)


def verify_ledger_checkpoint(note: bytes, trust: Trust, *, now: int) -> TrustedCheckpoint:
    """Believes a checkpoint under the keys and the policy in force for its last leaf.

    Raises ParseError of the note; VerifyError `ledger-range`, those of verify_cosigned_checkpoint, `after-last-honest`,
    `known-head-differs`. Not checked here: its age; that it continues a smaller head that is known.
    @spec specs/trust-description.md
    """
    # Read before it is believed, only to find the keys that it is judged by.
    origin, size = parse_checkpoint(parse_note(note).text)[:2]
    row = next((row for row in trust.ledger if row.origin == origin and row.indices.has(size - 1)), None)
    if row is None:
        raise VerifyError("ledger-range", "No keys are known for a checkpoint of %r of size %d" % (origin[:80], size))
    # The keys of the range stand for the log lines of the policy.
    policy = row.policy._replace(logs=row.vkeys)
    checkpoint = verify_cosigned_checkpoint(
        note, policy, origin=row.origin, now=now, tolerance_seconds=CLOCK_TOLERANCE_SECONDS
    )
    _verify_known_heads(checkpoint, row, trust)
    is_audited = any(cosignature.name in row.auditors for cosignature in checkpoint.cosignatures)
    return TrustedCheckpoint(checkpoint, row, "audited" if is_audited else "witnessed")


def verify_countersignature(entry: Entry, index: int, trust: Trust) -> None:
    """The entry is signed by a countersigning key in force at its index.

    Raises `countersign-key`, `countersign-signature`.
    """
    for row in trust.countersign:
        if (row.origin, row.key_id) == (entry.common.origin, entry.key_id) and row.indices.has(index):
            if verify_ed25519(row.key, pae(entry.payload), entry.signature):
                return
            raise VerifyError("countersign-signature", "Entry %d is not signed by the key that it names" % index)
    raise VerifyError("countersign-key", "The key %s is not trusted at entry %d" % (entry.key_id.hex(), index))


def decide_filename(logged: LoggedFile, ecosystem: str) -> Optional[str]:
    """The filename in the detail where it opens the entry's ids, else None: only then is it the name of this file."""
    detail = logged.detail
    if detail is None:
        return None
    try:
        key = map_key(ecosystem, normalize_project_name(detail.name))
    except ParseError:
        return None
    is_opened = key == logged.entry.common.project and file_id(key, detail.filename) == logged.accepted.file
    return detail.filename if is_opened else None


def decide_publisher(logged: LoggedFile) -> Optional[PublisherRecord]:
    """The publisher in the detail that opens the entry's publisher id, else None."""
    wanted = logged.accepted.publisher
    for opening in () if logged.detail is None else logged.detail.publishers:
        if publisher_id(opening.salt, opening.record) == wanted:
            return opening.record
    return None


def _verify_about_file(entry: Entry, file_sha256: bytes, head: TrustedCheckpoint) -> FileAccepted:
    origin, latest = head.row.origin, head.checkpoint.t_hi + CLOCK_TOLERANCE_SECONDS
    accepted = entry.accepted
    if accepted is None:
        raise VerifyError("receipt-kind", "The entry is a %s, wanted file-accepted" % entry.kind)
    if accepted.sha256 != file_sha256:
        found = (file_sha256.hex(), accepted.sha256.hex())
        raise VerifyError("digest-mismatch", "The file has SHA-256 %s, the entry is about %s" % found)
    if entry.common.origin != origin:
        raise VerifyError("entry-origin", "The entry is for %r, the log is %r" % (entry.common.origin, origin))
    if entry.common.time > latest:
        raise VerifyError("entry-ahead", "The entry is of %d, and was seen by %d" % (entry.common.time, latest))
    return accepted


def _open_detail(detail: bytes, commitment: Optional[bytes]) -> Optional[FileDetail]:
    if not detail:
        return None
    if detail_commitment(detail) != commitment:
        raise VerifyError("detail-mismatch", "The detail is not the one that was logged")
    return parse_file_detail(detail)


def _verify_known_heads(checkpoint: CosignedCheckpoint, row: LedgerTrust, trust: Trust) -> None:
    size = checkpoint.size
    if row.last_honest is not None and size > row.last_honest.size:
        raise VerifyError("after-last-honest", "Nothing after %d is believed under these keys" % row.last_honest.size)
    floor = trust.floor if trust.floor is not None and trust.floor.origin == checkpoint.origin else None
    for known in (row.last_honest, floor):
        if known is not None and known.size == size and known.root != checkpoint.root:
            raise VerifyError("known-head-differs", "Another tree of size %d is known" % size)


def _verify_state_place(state: StateLeaf, checkpoint: CosignedCheckpoint) -> None:
    if state.origin != checkpoint.origin:
        raise VerifyError("state-leaf-origin", "The state is of %r, the log is %r" % (state.origin, checkpoint.origin))
    if state.leaf_index != checkpoint.size - 1 or (state.prev is not None and state.prev >= state.leaf_index):
        raise VerifyError(
            "state-leaf-place", "The state says that it is leaf %d of %d" % (state.leaf_index, checkpoint.size)
        )
    if state.rules not in RULES_KNOWN:
        raise VerifyError("rules-unknown", "The head is made by rules %d, which are not known here" % state.rules)


def _verify_anchor(state: StateLeaf, checkpoint: CosignedCheckpoint, stale_seconds: int) -> None:
    """Log time neither runs ahead of the cosigners' clocks nor stands still unseen."""
    anchor, prev = state.anchor, state.prev
    latest = checkpoint.t_hi + CLOCK_TOLERANCE_SECONDS
    if state.time > latest:
        raise VerifyError("state-leaf-time", "The state is of %d, ahead of the head's cosigners" % state.time)
    if anchor is None:
        if prev is None:
            return
        raise VerifyError("anchor-missing", "The state has no anchor and is not the first")
    if prev is None or not 1 <= anchor.size <= prev + 1:
        raise VerifyError("anchor-place", "The anchor is of size %d, which no state before it closes" % anchor.size)
    if anchor.t_lo > latest or anchor.t_hi > latest:
        raise VerifyError("anchor-ahead", "Log time %d is ahead of the head's cosigners" % anchor.t_lo)
    if checkpoint.t_lo - anchor.t_lo > stale_seconds:
        raise VerifyError("anchor-stale", "Log time stands still at %d" % anchor.t_lo)


def _require_config(record: Optional[bytes], wanted: bytes) -> ConfigRecord:
    if record is None or config_id(record) != wanted:
        raise VerifyError("state-config", "A configuration is not the one that the header commits to")
    return parse_config_record(record)


def _require_digest(value: bytes) -> None:
    if not isinstance(value, bytes) or len(value) != 32:
        raise TypeError("a SHA-256 digest is 32 bytes, not %r" % (value,))


# --- what is believed: checkpoints and proofs of any C2SP log ---


class Checkpoint(NamedTuple):
    """What a log says of its tree. @spec c2sp.org/tlog-checkpoint"""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...]


class Cosignature(NamedTuple):
    """That a cosigner of the policy, under its name there, saw the checkpoint as the largest at `time`."""

    name: str
    time: int


class CosignedCheckpoint(NamedTuple):
    """A checkpoint that the log signed and a quorum of the policy cosigned, and when (see quorum_times)."""

    origin: str
    size: int
    root: bytes
    cosignatures: tuple[Cosignature, ...]
    t_lo: int
    t_hi: int


class LoggedEntry(NamedTuple):
    """That an entry was logged at `leaf_index` by the time of `head`."""

    head: CosignedCheckpoint
    leaf_index: int


def verify_tlog_proof(
    proof: bytes, entry: bytes, policy: Policy, *, origin: str, now: int, tolerance_seconds: int
) -> LoggedEntry:
    """Believes that `entry`, a leaf's bytes, is in a log. Says nothing of whether it is legal or still current.

    Raises ParseError of the proof; VerifyError those of verify_cosigned_checkpoint and verify_inclusion.
    @spec c2sp.org/tlog-proof#verifying-a-tlog-proof
    """
    parsed = parse_tlog_proof(proof)
    head = verify_cosigned_checkpoint(
        parsed.checkpoint, policy, origin=origin, now=now, tolerance_seconds=tolerance_seconds
    )
    verify_inclusion(leaf_hash(entry), parsed.leaf_index, head.size, parsed.hashes, head.root)
    return LoggedEntry(head, parsed.leaf_index)


def verify_cosigned_checkpoint(
    note: bytes, policy: Policy, *, origin: str, now: int, tolerance_seconds: int
) -> CosignedCheckpoint:
    """Believes a checkpoint because the log signed it and a quorum of the policy cosigned it.

    `origin` is compared exactly, because logs share keys across origins; of the policy's logs those of that name count.
    `tolerance_seconds` is by how much a cosigner's clock may be ahead of `now`. Raises ParseError of the note; VerifyError
    those of verify_checkpoint; `cosignature-invalid`, `cosignature-time`, `quorum-none`, `quorum-not-met`.
    Not checked here: how old it is (`t_lo`).
    """
    _require_seconds(now)
    signed, checkpoint = verify_checkpoint(note, [vkey for vkey in policy.logs if vkey.name == origin], origin)
    cosignatures = verify_cosignatures(signed, checkpoint, policy)
    for name, stated in cosignatures:
        # A cosigner without a clock or with one that is ahead says nothing about when.
        if not 1 <= stated <= now + tolerance_seconds:
            raise VerifyError("cosignature-time", "The cosignature of %r is of %d" % (name, stated))
    if policy.quorum == "none":
        raise VerifyError("quorum-none", "The policy asks for no cosigner")
    times = quorum_times(policy, cosignatures)
    if times is None:
        wanted = (", ".join(name for name, _ in cosignatures), policy.quorum)
        raise VerifyError("quorum-not-met", "The checkpoint is cosigned by [%s], wanted %r" % wanted)
    return CosignedCheckpoint(checkpoint.origin, checkpoint.size, checkpoint.root, tuple(cosignatures), *times)


def verify_checkpoint(note: bytes, vkeys: Sequence[Vkey], origin: str) -> tuple[Note, Checkpoint]:
    """Believes a checkpoint because one of the log's keys signed it. Says nothing of who else saw it.

    Raises ParseError of the note; VerifyError `checkpoint-origin`, `log-signature-missing`, `log-signature-invalid`,
    `checkpoint-extensions`, `checkpoint-empty-root`.
    @spec c2sp.org/tlog-checkpoint
    """
    signed = parse_note(note)
    checkpoint = parse_checkpoint(signed.text)
    if checkpoint.origin != origin:
        found = (checkpoint.origin[:80], origin)
        raise VerifyError("checkpoint-origin", "The checkpoint is of %r, wanted %r" % found)
    lines = known_lines(signed, vkeys)
    if not lines:
        raise VerifyError("log-signature-missing", "No line of the checkpoint is by a key of the log")
    for vkey, line in lines:
        if not _check_line(vkey, line, signed.text, checkpoint).valid:
            raise VerifyError("log-signature-invalid", "The line of %r is not its signature" % vkey.name)
    if checkpoint.extensions and all(vkey.algorithm == ALGORITHM_ML_DSA_COSIGNATURE for vkey, _ in lines):
        # ML-DSA-44 signs no extension lines: where only such keys signed, anybody may have written them.
        raise VerifyError("checkpoint-extensions", "No line of the log covers the extension lines of the checkpoint")
    if checkpoint.size == 0 and checkpoint.root != tree_root([]):
        raise VerifyError("checkpoint-empty-root", "The tree of size 0 has the root of another tree")
    return signed, checkpoint


def verify_cosignatures(note: Note, checkpoint: Checkpoint, policy: Policy) -> list[Cosignature]:
    """Of each witness of the policy that cosigned the newest time. Lines by strangers are ignored; a wrong line by a known
    key refuses the whole note. `note` and `checkpoint` are those of verify_checkpoint. Raises `cosignature-invalid`.

    Not checked here: the times against a clock; whether they are a quorum.
    """
    cosignatures = []
    for name, vkey in policy.witnesses.items():
        times = [verify_cosignature_line(note, checkpoint, vkey, line) for _, line in known_lines(note, [vkey])]
        if times:
            cosignatures.append(Cosignature(name, max(times)))
    return cosignatures


def verify_cosignature_line(note: Note, checkpoint: Checkpoint, vkey: Vkey, line: NoteSignature) -> int:
    """The time at which the cosigner says to have seen the checkpoint, when `line` is its cosignature.

    Raises `cosignature-invalid`. Not checked here: the name and key id of the line, which chose the key; the time.
    @spec c2sp.org/tlog-cosignature
    """
    valid, stated = _check_line(vkey, line, note.text, checkpoint)
    if not valid or stated is None:
        raise VerifyError("cosignature-invalid", "The line of %r is not its cosignature" % vkey.name)
    return stated


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """`leaf`, a leaf hash, is number `index` of the tree of `size` leaves under `root`.

    Raises `inclusion-range`, `inclusion-length`, `inclusion-root`. @spec rfc9162#2.1.3.2
    """
    if not (_is_size(index) and _is_size(size) and index < size):
        raise VerifyError("inclusion-range", "Cannot find leaf %r in a tree of %r" % (index, size))
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


def verify_consistency(size: int, root: bytes, to_size: int, to_root: bytes, proof: Sequence[bytes]) -> None:
    """The tree of `size` under `root` is the beginning of the tree of `to_size` under `to_root`.

    Raises `consistency-range`, `consistency-length`, `consistency-root`. @spec rfc9162#2.1.4.2
    """
    if not (_is_size(size) and _is_size(to_size) and size <= to_size):
        raise VerifyError("consistency-range", "Cannot compare trees: %r is larger than %r" % (size, to_size))
    misfit = VerifyError("consistency-length", "A proof of %d hashes does not fit %d and %d" % (len(proof), size, to_size))
    if size in (0, to_size):
        if proof:
            raise misfit
        # The empty tree begins every tree, and has one root.
        known = tree_root([]) if size == 0 else to_root
        roots = known, known if to_size == size else to_root
    else:
        roots = _consistency_roots(size, root, to_size, proof, misfit)
    if roots != (root, to_root):
        raise VerifyError("consistency-root", "The trees of %d and %d are not one history" % (size, to_size))


def _consistency_roots(
    size: int, root: bytes, to_size: int, proof: Sequence[bytes], misfit: VerifyError
) -> tuple[bytes, bytes]:
    """The roots of both trees that the proof leads to; 0 < size < to_size."""
    node, last = size - 1, to_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    # Where the old tree is one perfect subtree, its root is the start, and no line of the proof.
    path = [root, *proof] if node == 0 else list(proof)
    if not path:
        raise misfit
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise misfit
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node != 0:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise misfit
    return old, new


def decide_quorum(policy: Policy, names: Iterable[str]) -> bool:
    """Whether cosigners of these names, as the policy calls them, satisfy it.

    @spec c2sp.org/tlog-policy#defining-the-quorum
    """
    held = {name for name in names if name in policy.witnesses}
    # A group names only what was defined before it, so one pass in order is enough.
    for name, (threshold, members) in policy.groups.items():
        if sum(member in held for member in members) >= threshold:
            held.add(name)
    return policy.quorum == "none" or policy.quorum in held


def quorum_times(policy: Policy, cosignatures: Sequence[Cosignature]) -> Optional[tuple[int, int]]:
    """(tLo, tHi): the greatest t such that the cosigners with a time >= t satisfy the policy, the least such that those
    with a time <= t do. None when they do not satisfy it, and for `quorum none`. No order of the two is promised.

    @spec specs/log-time.md#times-of-a-head
    """
    if policy.quorum == "none":
        return None
    newest_first = sorted(cosignatures, key=lambda cosignature: -cosignature.time)
    t_lo, t_hi = _first_satisfied(policy, newest_first), _first_satisfied(policy, newest_first[::-1])
    return None if t_lo is None or t_hi is None else (t_lo, t_hi)


def _first_satisfied(policy: Policy, ordered: Sequence[Cosignature]) -> Optional[int]:
    """The time of the first cosignature with which, and all before it, the policy is satisfied."""
    for i, cosignature in enumerate(ordered):
        if decide_quorum(policy, (name for name, _ in ordered[: i + 1])):
            return cosignature.time
    return None


class _Line(NamedTuple):
    valid: bool
    time: Optional[int]


def known_lines(note: Note, vkeys: Sequence[Vkey]) -> list[tuple[Vkey, NoteSignature]]:
    """The lines by keys that we know, by name and key id; a stranger's line is never looked at."""
    known: dict[tuple[str, bytes], Vkey] = {}
    for vkey in vkeys:
        known.setdefault((vkey.name, vkey.key_id), vkey)
    lines = ((known.get((line.name, line.key_id)), line) for line in note.signatures)
    return [(vkey, line) for vkey, line in lines if vkey is not None]


def _check_line(vkey: Vkey, line: NoteSignature, text: str, checkpoint: Checkpoint) -> _Line:
    """Whether the line is the key's signature, and the time it states (None for keys that state none)."""
    signature = line.signature
    if vkey.algorithm == ALGORITHM_ED25519:
        return _Line(verify_ed25519(vkey.key, text.encode("utf-8"), signature), None)
    if vkey.algorithm == ALGORITHM_ECDSA:
        return _Line(verify_ecdsa_p256(vkey.key, text.encode("utf-8"), signature), None)
    stated = int.from_bytes(signature[:8], "big")
    if stated > INTEGER_MAX:
        return _Line(False, None)
    if vkey.algorithm == ALGORITHM_COSIGNATURE:
        message = b"cosignature/v1\ntime %d\n" % stated + text.encode("utf-8")
        return _Line(verify_ed25519(vkey.key, message, signature[8:]), stated)
    subtree = encode_cosigned_subtree(vkey.name, stated, checkpoint)
    return _Line(subtree is not None and verify_ml_dsa_44(vkey.key, subtree, signature[8:]), stated)


def encode_cosigned_subtree(cosigner: str, stated: int, checkpoint: Checkpoint) -> Optional[bytes]:
    """What an ML-DSA-44 cosigner signs, or None where a name is too long for it. Extension lines are not in it.

    `"subtree/v1\\n\\0" || u8 len || cosigner || u64 time || u8 len || origin || u64 start || u64 end || root[32]`, with
    start 0 and end the size.
    @spec c2sp.org/tlog-cosignature#ml-dsa-44-signed-message
    """
    name, origin = cosigner.encode("utf-8"), checkpoint.origin.encode("utf-8")
    if len(name) > 255 or len(origin) > 255:
        return None
    start = b"subtree/v1\n\0" + u8(len(name)) + name + u64(stated) + u8(len(origin)) + origin
    return start + u64(0) + u64(checkpoint.size) + checkpoint.root


def _is_size(value: object) -> bool:
    return isinstance(value, int) and 0 <= value <= INTEGER_MAX


def _require_seconds(now: int) -> None:
    if isinstance(now, bool) or not isinstance(now, int):
        raise TypeError("times are whole Unix seconds, not %r" % (now,))


# --- signed notes, checkpoints, policies, tlog-proofs (C2SP) ---

ALGORITHM_ED25519 = 1
ALGORITHM_ECDSA = 2
ALGORITHM_COSIGNATURE = 4
ALGORITHM_ML_DSA_COSIGNATURE = 6

# What no key name holds: Unicode spaces, control characters, the plus sign, halves of a surrogate pair.
_NOT_IN_KEY_NAMES = re.compile("[\x00-\x20+\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff\ud800-\udfff]")
_P256_SPKI_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
_KEY_BYTES = {1: 32, 2: 91, 4: 32, 6: 1_312}
_TLOG_PROOF_HEADER = "c2sp.org/tlog-proof@v1"


class Vkey(NamedTuple):
    """A verifier key: type 1 Ed25519, 2 P-256 (SPKI), 4 Ed25519 cosigner, 6 ML-DSA-44 cosigner; `key_id` is 4 bytes."""

    name: str
    key_id: bytes
    algorithm: int
    key: bytes


class NoteSignature(NamedTuple):
    name: str
    key_id: bytes
    signature: bytes


class Note(NamedTuple):
    """A signed note of which nothing is believed yet. `text` ends in a newline."""

    text: str
    signatures: tuple[NoteSignature, ...]


class Policy(NamedTuple):
    """Which logs are known, who may cosign, and which cosigners together are enough."""

    logs: tuple[Vkey, ...]
    witnesses: dict[str, Vkey]
    """By the policy's own names, which need not be the keys' names."""
    groups: dict[str, tuple[int, tuple[str, ...]]]
    """Name -> (how many must have cosigned, members); each member is defined before the group."""
    quorum: str
    """A witness, a group, or `none`."""


class TlogProof(NamedTuple):
    """`extra` is authenticated by nothing in the proof; `hashes` go from the leaf's sibling up; `checkpoint` is a note."""

    extra: Optional[bytes]
    leaf_index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes


def parse_vkey(text: str) -> Vkey:
    """`<name>+<key id, 8 hex digits>+<base64 of type and key>`. @spec c2sp.org/signed-note#verifier-keys"""
    if _chars(text) > VKEY_CHARS_MAX:
        raise ParseError("too-large", "Cannot read vkey: more than %d characters" % VKEY_CHARS_MAX)
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise ParseError("malformed", "Cannot read vkey %r: wanted name+id+key" % text[:80])
    name, key_id, rest = parts[0], parse_hex(parts[1], 4, "vkey id"), parse_base64(parts[2], "vkey")
    _require_key_name(name, "vkey")
    algorithm, key = rest[0] if rest else 0, rest[1:]
    if algorithm not in _KEY_BYTES:
        raise ParseError("unsupported", "Cannot read vkey %r: type %d is not accepted" % (text[:80], algorithm))
    if len(key) != _KEY_BYTES[algorithm]:
        raise ParseError("out-of-range", "Cannot read vkey %r: a key of %d bytes" % (text[:80], len(key)))
    if algorithm == ALGORITHM_ECDSA and not key.startswith(_P256_SPKI_PREFIX):
        raise ParseError("unsupported", "Cannot read vkey %r: the key is not on P-256" % text[:80])
    hashed = key if algorithm == ALGORITHM_ECDSA else name.encode("utf-8") + b"\n" + rest
    if key_id != sha256(hashed)[:4]:
        raise ParseError(
            "not-canonical", "Cannot read vkey %r: its key has the id %s" % (text[:80], sha256(hashed)[:4].hex())
        )
    return Vkey(name, key_id, algorithm, key)


def parse_note(data: bytes) -> Note:
    """The text, and the signature lines after the last empty line. @spec c2sp.org/signed-note#format"""
    _require_bytes_max(data, NOTE_BYTES_MAX, "note")
    whole = parse_utf8(data, "note")
    if re.search("[\x00-\x09\x0b-\x1f]", whole):
        raise ParseError("malformed", "Cannot read note: it has control characters")
    at = whole.rfind("\n\n")
    if at <= 0 or not whole.endswith("\n"):
        raise ParseError("malformed", "Cannot read note: no empty line before the signatures, or no newline at its end")
    lines = whole[at + 2 : -1].split("\n")
    if len(lines) > NOTE_SIGNATURES_MAX:
        raise ParseError("too-many", "Cannot read note: more than %d signatures" % NOTE_SIGNATURES_MAX)
    return Note(whole[: at + 1], tuple(_parse_note_line(line) for line in lines))


def parse_checkpoint(text: str) -> Checkpoint:
    """The text of a note as a checkpoint: origin, size, root and further lines. @spec c2sp.org/tlog-checkpoint#note-text"""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] != "" or "" in lines[:-1]:
        raise ParseError("malformed", "Cannot read checkpoint: wanted origin, size and root, and no empty line")
    size, root = parse_decimal(lines[1], "checkpoint size"), _parse_hash(lines[2], "checkpoint root")
    return Checkpoint(lines[0], size, root, tuple(lines[3:-1]))


def parse_policy(text: str) -> Policy:
    """A tlog-policy file. Every line ends in a newline. Raises `too-large`, `too-many`, `malformed`, `duplicate-key`,
    `unsupported`, and those of parse_vkey. @spec c2sp.org/tlog-policy#policy-file-syntax-and-structure
    """
    if _chars(text) > POLICY_CHARS_MAX:
        raise ParseError("too-large", "Cannot read policy: more than %d characters" % POLICY_CHARS_MAX)
    if re.search("[\x00-\x08\x0b-\x1f\x7f]", text):
        raise ParseError("malformed", "Cannot read policy: it has a control character")
    lines = text.split("\n")
    if lines.pop() != "":
        raise ParseError("malformed", "Cannot read policy: the last line does not end in a newline")
    reader = _PolicyReader()
    for line in lines:
        # Space and tab only: other Unicode spaces are characters of a name.
        words = [word for word in re.split("[ \t]+", line) if word]
        if words and not words[0].startswith("#"):
            reader.line(words[0], words[1:])
    if reader.quorum is None:
        raise ParseError("malformed", "Cannot read policy: it has no quorum line")
    return Policy(tuple(reader.logs.values()), reader.witnesses, reader.groups, reader.quorum)


def parse_tlog_proof(data: bytes) -> TlogProof:
    """Extra data, index, hashes, and the checkpoint as a note, which is not read here. @spec c2sp.org/tlog-proof#format"""
    _require_bytes_max(data, TLOG_PROOF_BYTES_MAX, "tlog-proof")
    # No line before the checkpoint is empty, so the first empty line parts the two.
    head, empty, checkpoint = parse_utf8(data, "tlog-proof").partition("\n\n")
    first, *lines = head.split("\n", PROOF_HASHES_MAX + 3)
    if not empty or first != _TLOG_PROOF_HEADER:
        raise ParseError("malformed", "Cannot read tlog-proof: wanted %s and an empty line" % _TLOG_PROOF_HEADER)
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = parse_base64(lines.pop(0)[len("extra ") :], "tlog-proof extra")
    if not lines or not lines[0].startswith("index "):
        raise ParseError("malformed", "Cannot read tlog-proof: no index line")
    index_line = lines.pop(0)
    if len(lines) > PROOF_HASHES_MAX:
        raise ParseError("too-many", "Cannot read tlog-proof: more than %d hashes" % PROOF_HASHES_MAX)
    index = parse_decimal(index_line[len("index ") :], "tlog-proof index")
    hashes = tuple(_parse_hash(line, "tlog-proof hash") for line in lines)
    return TlogProof(extra, index, hashes, checkpoint.encode("utf-8"))


class _PolicyReader:
    """The lines of a policy so far."""

    def __init__(self) -> None:
        self.logs: dict[bytes, Vkey] = {}
        self.witnesses: dict[str, Vkey] = {}
        self.witness_keys: set[bytes] = set()
        self.groups: dict[str, tuple[int, tuple[str, ...]]] = {}
        self.grouped: set[str] = set()
        self.quorum: Optional[str] = None

    def line(self, keyword: str, words: list[str]) -> None:
        if keyword == "log" and len(words) in (1, 2):
            vkey = parse_vkey(words[0])
            self.require_new_key(vkey, self.logs)
            self.logs[vkey.key] = vkey
        elif keyword == "witness" and len(words) in (2, 3):
            self.witness(words[0], words[1])
        elif keyword == "group" and len(words) >= 3:
            self.group(words[0], words[1], words[2:])
        elif keyword == "quorum" and len(words) == 1 and self.quorum is None:
            if words[0] != "none":
                self.require_known(words[0])
            self.quorum = words[0]
        else:
            raise ParseError("malformed", "Cannot read policy: %r" % " ".join([keyword, *words])[:80])

    def witness(self, name: str, text: str) -> None:
        self.require_new_name(name)
        vkey = parse_vkey(text)
        if vkey.algorithm not in (ALGORITHM_COSIGNATURE, ALGORITHM_ML_DSA_COSIGNATURE):
            raise ParseError("unsupported", "Cannot read policy: the key of %r is no cosigner's" % name)
        self.require_new_key(vkey, self.witness_keys)
        self.witness_keys.add(vkey.key)
        self.witnesses[name] = vkey

    def group(self, name: str, wanted: str, members: list[str]) -> None:
        self.require_new_name(name)
        self.require_room(len(self.groups))
        for member in members:
            self.require_known(member)
            if member in self.grouped:
                raise ParseError("malformed", "Cannot read policy: %r is a member twice" % member)
            self.grouped.add(member)
        words = {"all": len(members), "any": 1}
        threshold = words[wanted] if wanted in words else parse_decimal(wanted, "group threshold")
        if not 1 <= threshold <= len(members):
            raise ParseError("malformed", "Cannot read policy: %d of %d in %r" % (threshold, len(members), name))
        self.groups[name] = (threshold, tuple(members))

    def require_new_key(self, vkey: Vkey, known: Union[set[bytes], dict[bytes, Vkey]]) -> None:
        """Two vkeys are the same key whatever their names, ids and types."""
        if vkey.key in known:
            raise ParseError("duplicate-key", "Cannot read policy: the key of %r is listed twice" % vkey.name)
        self.require_room(len(known))

    def require_room(self, count: int) -> None:
        if count >= POLICY_ITEMS_MAX:
            raise ParseError("too-many", "Cannot read policy: more than %d of a kind" % POLICY_ITEMS_MAX)

    def require_new_name(self, name: str) -> None:
        if name == "none" or name in self.witnesses or name in self.groups:
            raise ParseError("duplicate-key", "Cannot read policy: the name %r is taken" % name)

    def require_known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise ParseError("malformed", "Cannot read policy: the name %r is not defined before" % name)


def _parse_note_line(line: str) -> NoteSignature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "\u2014":
        raise ParseError("malformed", "Cannot read note: %r is not a signature line" % line[:80])
    _require_key_name(parts[1], "note signature")
    data = parse_base64(parts[2], "note signature")
    if len(data) < 5:
        raise ParseError("truncated", "Cannot read note: a signature of %d bytes" % len(data))
    return NoteSignature(parts[1], data[:4], data[4:])


def _require_key_name(name: str, what: str) -> None:
    if not name or _NOT_IN_KEY_NAMES.search(name):
        raise ParseError("malformed", "Cannot read %s: %r is not a key name" % (what, name[:80]))


def _parse_hash(text: str, what: str) -> bytes:
    data = parse_base64(text, what)
    if len(data) != 32:
        raise ParseError("out-of-range", "Cannot read %s: %d bytes, a hash has 32" % (what, len(data)))
    return data


# --- Merkle trees (RFC 6962) ---


def leaf_hash(leaf: bytes) -> bytes:
    """@spec rfc6962#2.1"""
    return sha256(b"\x00" + leaf)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


def tree_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a whole list of leaf hashes."""
    if not hashes:
        return sha256(b"")
    level = list(hashes)
    while len(level) > 1:
        above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = above + ([level[-1]] if len(level) % 2 else [])
    return level[0]


# --- ledger: the trust description ---


class IndexRange(NamedTuple):
    """Entries `start <= index < end`, or open where `end` is None; a checkpoint belongs to the range of its last leaf."""

    start: int
    end: Optional[int]

    def has(self, index: int) -> bool:
        return self.start <= index and (self.end is None or index < self.end)


class KnownHead(NamedTuple):
    """A head that was seen and is good."""

    origin: str
    size: int
    root: bytes


class LedgerTrust(NamedTuple):
    """Who signs and cosigns the ledger in one range of indices."""

    indices: IndexRange
    origin: str
    vkeys: tuple[Vkey, ...]
    policy: Policy
    last_honest: Optional[KnownHead]
    auditors: tuple[str, ...]


class CountersignTrust(NamedTuple):
    """`key` is the raw Ed25519 key, `key_id` the SHA-256 of its SubjectPublicKeyInfo."""

    origin: str
    indices: IndexRange
    key: bytes
    key_id: bytes


class TrustLimits(NamedTuple):
    """In seconds: sealed to cosigned before an alarm; the age of a head before a warning, before refusal."""

    y: int
    z_warn: int
    z_refuse: int


class Trust(NamedTuple):
    """Everything that a client of one index takes on trust. The Sigstore root that it names is not read here."""

    ecosystem: str
    ledger: tuple[LedgerTrust, ...]
    countersign: tuple[CountersignTrust, ...]
    floor: Optional[KnownHead]
    limits: TrustLimits


_ED25519_SPKI_PREFIX = bytes.fromhex("302a300506032b6570032100")
_SAFE_TEXT = re.compile(r"[\x21-\x7e]{1,128}")


def parse_trust(data: bytes) -> Trust:
    """The trust description of one index. The caller has compared `data` with the digest that it is pinned by.

    Raises ParseError of JSON, vkeys and policies; `malformed` for ranges that overlap or an auditor whom the policy lacks.
    @spec specs/trust-description.md
    """
    body = Fields(parse_json(data, TRUST_BYTES_MAX, 6, "trust description"), "trust description")
    body.items("amendments", 0)
    trust = Trust(
        ecosystem=body.text("ecosystem", 128, _SAFE_TEXT),
        ledger=tuple(_read_ledger_trust(row) for row in body.objects("ledger", TRUST_RANGES_MAX)),
        countersign=tuple(_read_countersign(row) for row in body.objects("countersign", TRUST_RANGES_MAX)),
        floor=None if body.value("floor") is None else _read_floor(body.object("floor")),
        limits=_read_limits(body.object("limits")),
    )
    _check_sigstore(body.object("sigstore"))
    body.end()
    ranges: dict[str, list[IndexRange]] = {}
    for row in trust.ledger:
        ranges.setdefault(row.origin, []).append(row.indices)
    in_order = all(
        earlier.end is not None and earlier.end <= later.start
        for of_log in ranges.values()
        for earlier, later in zip(of_log, of_log[1:])
    )
    if not trust.ledger or not in_order:
        raise ParseError("malformed", "Cannot read trust description: its ledger ranges are not in order")
    return trust


def _read_ledger_trust(body: Fields) -> LedgerTrust:
    policy = body.text("policy", POLICY_CHARS_MAX)
    indices, origin = _read_range(body), body.text("origin", 128, _SAFE_TEXT)
    row = LedgerTrust(
        indices=indices,
        origin=origin,
        vkeys=tuple(parse_vkey(text) for text in body.texts("vkeys", 8, VKEY_CHARS_MAX)),
        policy=parse_policy(policy),
        last_honest=None if body.value("lastHonest") is None else _read_last_honest(body.object("lastHonest"), origin),
        auditors=tuple(body.texts("auditors", 64, 128)),
    )
    body.end()
    if not row.vkeys or any(vkey.name != origin for vkey in row.vkeys):
        raise ParseError("malformed", "Cannot read %s: a vkey is not named %r" % (body.path, origin))
    for name in row.auditors:
        if name not in row.policy.witnesses:
            raise ParseError("malformed", "Cannot read %s: auditor %r is not in the policy" % (body.path, name))
    return row


def _read_countersign(body: Fields) -> CountersignTrust:
    spki = body.base64("spki", 128)
    if len(spki) != 44 or not spki.startswith(_ED25519_SPKI_PREFIX):
        raise ParseError("unsupported", "Cannot read %s: not an Ed25519 key" % body.path)
    row = CountersignTrust(body.text("origin", 128, _SAFE_TEXT), _read_range(body), spki[12:], sha256(spki))
    body.end()
    return row


def _read_range(body: Fields) -> IndexRange:
    start = body.integer("from")
    return IndexRange(start, None if body.value("to") is None else body.integer("to", start + 1))


def _read_head(body: Fields) -> tuple[int, bytes]:
    root = body.base64("root", 32)
    if len(root) != 32:
        raise ParseError("malformed", "Cannot read %s.root: not 32 bytes" % body.path)
    return body.integer("size", 1), root


def _read_last_honest(body: Fields, origin: str) -> KnownHead:
    size, root = _read_head(body)
    body.end()
    return KnownHead(origin, size, root)


def _read_floor(body: Fields) -> KnownHead:
    size, root = _read_head(body)
    floor = KnownHead(body.text("origin", 128, _SAFE_TEXT), size, root)
    body.end()
    return floor


def _read_limits(body: Fields) -> TrustLimits:
    limits = TrustLimits(*(body.integer(name, 1, 31_536_000) for name in ("Y", "Zwarn", "Zrefuse")))
    body.end()
    return limits


def _check_sigstore(body: Fields) -> None:
    body.integer("rootVersion")
    body.hex("rootSha256")
    body.end()


# --- ledger: receipts, project proofs, state leaves, state files ---


class Anchor(NamedTuple):
    size: int
    note: bytes
    t_lo: int
    t_hi: int


class StateLeaf(NamedTuple):
    """What the whole ledger says at one size. `prev` and `anchor` are None in the first one."""

    origin: str
    leaf_index: int
    prev: Optional[int]
    map: bytes
    projects: int
    time: int
    rules: int
    root_version: int
    targets_version: int
    anchor: Optional[Anchor]


class ProjectProof(NamedTuple):
    """What one head says about one project: nothing of it is believed yet."""

    checkpoint: bytes
    state_leaf: bytes
    inclusion: tuple[bytes, ...]
    map_proof: bytes


class StateFile(NamedTuple):
    """All that a project's value commits to, as bytes. `records` are (key, record), ascending."""

    header: bytes
    files: bytes
    history_count: int
    history_root: bytes
    current: Optional[bytes]
    base: Optional[bytes]
    pending: Optional[bytes]
    records: tuple[tuple[bytes, bytes], ...]


class ProjectRecords(NamedTuple):
    """Everything that the ledger says about one project at one head. `files` and `releases` are by file and release id."""

    header: ProjectHeader
    current: ConfigRecord
    base: ConfigRecord
    pending: Optional[ConfigRecord]
    files: dict[bytes, FileRecord]
    releases: dict[bytes, ReleaseRecord]
    history_count: int
    history_root: bytes


def parse_receipt(data: bytes) -> tuple[TlogProof, bytes, bytes]:
    """(proof, entry leaf, detail or nothing) of a tlog-proof whose `extra` is `u32 len || entry || u32 len || detail`.

    @spec specs/receipt.md
    """
    proof = parse_tlog_proof(data)
    if proof.extra is None:
        raise ParseError("missing-field", "Cannot read receipt: the tlog-proof has no extra line")
    reader = ByteReader(proof.extra, "receipt")
    entry, detail = reader.prefixed(ENTRY_BYTES_MAX), reader.prefixed(DETAIL_BYTES_MAX)
    reader.end()
    return proof, entry, detail


def parse_project_proof(data: bytes) -> ProjectProof:
    """`"CMP1" || 4 * (u32 len || bytes)`: checkpoint, state leaf, inclusion proof, map proof.

    @spec specs/project-proof.md
    """
    _require_bytes_max(data, PROJECT_PROOF_BYTES_MAX, "project proof")
    reader = ByteReader(data, "project proof")
    if reader.take(4) != b"CMP1":
        raise ParseError("unsupported", "Cannot read project proof: it does not begin with CMP1")
    checkpoint, state_leaf, path, map_proof = [reader.take(reader.u32()) for _ in range(4)]
    reader.end()
    hashes = ByteReader(path, "inclusion proof")
    count = hashes.u8()
    if count > PROOF_HASHES_MAX:
        raise ParseError("too-many", "Cannot read inclusion proof: %d hashes" % count)
    inclusion = tuple(hashes.take(32) for _ in range(count))
    hashes.end()
    return ProjectProof(checkpoint, state_leaf, inclusion, map_proof)


def parse_state_leaf(data: bytes) -> StateLeaf:
    """Ten lines of ASCII, each ended by LF. @spec specs/state-leaf.md"""
    _require_bytes_max(data, STATE_LEAF_BYTES_MAX, "state leaf")
    lines = parse_utf8(data, "state leaf").split("\n")
    if len(lines) != 11 or lines[0] != "countermark.dev/state/v1" or lines[10] != "":
        raise ParseError("malformed", "Cannot read state leaf: not its ten lines")
    if _SAFE_TEXT.fullmatch(lines[1]) is None:
        raise ParseError("malformed", "Cannot read state leaf: origin %r" % lines[1])
    root_version, targets_version = _words(lines[8], "tuf", 2)
    map_digest = parse_base64(lines[4], "map commitment")
    if len(map_digest) != 32:
        raise ParseError("not-canonical", "Cannot read state leaf: a map commitment of %d bytes" % len(map_digest))
    return StateLeaf(
        origin=lines[1],
        leaf_index=_state_integer(lines[2]),
        prev=None if lines[3] == "-" else _state_integer(lines[3]),
        map=map_digest,
        projects=_state_integer(lines[5]),
        time=_state_integer(_words(lines[6], "time", 1)[0]),
        rules=_state_integer(_words(lines[7], "rules", 1)[0]),
        root_version=_state_integer(root_version),
        targets_version=_state_integer(targets_version),
        anchor=None if lines[9] == "anchor none" else _read_anchor(_words(lines[9], "anchor", 4)),
    )


def parse_state_file(data: bytes) -> StateFile:
    """All that a project's value commits to: header, configurations and every record of its file map.

    @spec specs/state-file.md
    """
    _require_bytes_max(data, STATE_BYTES_MAX, "state file")
    reader = ByteReader(data, "state file")
    if reader.take(4) != b"CMS1":
        raise ParseError("unsupported", "Cannot read state file: it does not begin with CMS1")
    header, files = reader.take(reader.u32()), reader.take(32)
    history_count, history_root = reader.u64(), reader.take(32)
    current, base, pending = [reader.take(reader.u16()) or None for _ in range(3)]
    records = tuple((reader.take(32), reader.take(reader.u16())) for _ in range(reader.u32()))
    reader.end()
    _require_ascending([key for key, _ in records], "state file")
    return StateFile(header, files, history_count, history_root, current, base, pending, records)


def parse_details_file(data: bytes) -> list[bytes]:
    """`u32 n || n * (u32 len || detail)`. @spec specs/ledger-detail.md#details-file"""
    _require_bytes_max(data, DETAILS_BYTES_MAX, "details file")
    reader = ByteReader(data, "details file")
    details = []
    for _ in range(reader.u32()):
        length = reader.u32()
        if length > DETAIL_BYTES_MAX:
            raise ParseError("too-large", "Cannot read detail: %d bytes" % length)
        details.append(reader.take(length))
    reader.end()
    return details


def _words(line: str, name: str, count: int) -> list[str]:
    words = line.split(" ")
    if words[0] != name or len(words) != count + 1:
        raise ParseError("malformed", "Cannot read state leaf: line %r, wanted %s" % (line, name))
    return words[1:]


def _state_integer(text: str) -> int:
    if re.fullmatch("0|[1-9][0-9]{0,15}", text) is None or int(text) > INTEGER_MAX:
        raise ParseError("not-canonical", "Cannot read state leaf: %r is not an integer" % text)
    return int(text)


def _read_anchor(words: list[str]) -> Anchor:
    note = parse_base64(words[1], "anchor")
    if len(note) != 32:
        raise ParseError("malformed", "Cannot read state leaf: anchor digest")
    return Anchor(_state_integer(words[0]), note, _state_integer(words[2]), _state_integer(words[3]))


# --- ledger: maps (specs/map.md) ---


class MapProof(NamedTuple):
    """`size` is the number of keys in the map; `bucket` is (key, value digest), ascending; `siblings` go from the bucket
    upwards, one per level of the depth."""

    size: int
    bucket: tuple[tuple[bytes, bytes], ...]
    siblings: tuple[bytes, ...]


def parse_map_proof(data: bytes) -> MapProof:
    """`u8 1 || u8 d || u64 count || u32 n || n * (key[32] || value[32]) || d * sibling[32]`. @spec specs/map.md#proof"""
    reader = ByteReader(data, "map proof")
    _require_version(reader, 1)
    depth, count = reader.u8(), reader.u64()
    if depth != map_depth(count):
        raise ParseError("not-canonical", "Cannot read map proof: depth %d with %d keys" % (depth, count))
    length = reader.u32()
    if length > MAP_BUCKET_KEYS_MAX or length > count:
        raise ParseError("too-many", "Cannot read map proof: %d keys in a bucket" % length)
    bucket = tuple((reader.take(32), reader.take(32)) for _ in range(length))
    _require_ascending([key for key, _ in bucket], "map proof")
    siblings = tuple(reader.take(32) for _ in range(depth))
    reader.end()
    return MapProof(count, bucket, siblings)


def verify_map_proof(proof: MapProof, key: bytes, commitment: bytes) -> Optional[bytes]:
    """The value digest under `key`, or None: the proof shows that there is none. Raises `map-bucket`, `map-commitment`.

    `proof` is as parse_map_proof gives it: its depth fits its count, and its keys are in order. @spec specs/map.md#proof
    """
    depth = len(proof.siblings)
    place = _bits_of(key, depth)
    if any(_bits_of(other, depth) != place for other, _ in proof.bucket):
        raise VerifyError("map-bucket", "The bucket holds a key that belongs elsewhere")
    node = bucket_hash(depth, proof.bucket)
    for level, sibling in enumerate(proof.siblings):
        is_right = place >> level & 1
        node = map_node_hash(sibling, node) if is_right else map_node_hash(node, sibling)
    if map_commitment(proof.size, node) != commitment:
        raise VerifyError("map-commitment", "The map proof does not lead to the map that the head commits to")
    return dict(proof.bucket).get(key)


def map_of(items: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The commitment of a whole map, from its (key, value digest) pairs.

    Raises `too-many` for keys that crowd one bucket, before anything is hashed.
    """
    pairs = sorted(items)
    depth = map_depth(len(pairs))
    # In which bucket each pair is: ascending, since the pairs are.
    places = [_bits_of(key, depth) for key, _ in pairs]
    for place, count in Counter(places).items():
        if count > MAP_BUCKET_KEYS_MAX:
            raise ParseError("too-many", "Cannot read map: %d keys in bucket %d" % (count, place))

    def root(start: int, end: int, level: int) -> bytes:
        if level == depth:
            return bucket_hash(depth, pairs[start:end])
        first_right = (places[start] >> (depth - level) << 1 | 1) << (depth - level - 1) if start < end else 0
        middle = bisect_left(places, first_right, start, end)
        return map_node_hash(root(start, middle, level + 1), root(middle, end, level + 1))

    return map_commitment(len(pairs), root(0, len(pairs), 0))


def map_depth(count: int) -> int:
    return count.bit_length()


def bucket_hash(depth: int, pairs: Sequence[tuple[bytes, bytes]]) -> bytes:
    return sha256(b"\x10" + u8(depth) + u32(len(pairs)) + b"".join(key + value for key, value in pairs))


def map_node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x11" + left + right)


def map_commitment(count: int, root: bytes) -> bytes:
    return tagged(b"map", u8(map_depth(count)), u64(count), root)


def project_value(header: bytes, files: bytes, history_count: int, history_root: bytes) -> bytes:
    """What stands for a project in the map of projects. @spec specs/map.md#values"""
    return tagged(b"project", u32(len(header)), header, files, u64(history_count), history_root)


def _bits_of(key: bytes, depth: int) -> int:
    """The first `depth` bits."""
    return int.from_bytes(key, "big") >> (256 - depth)


# --- what is remembered: the identity lock (specs/identity-lock.md) ---


class LockedProject(NamedTuple):
    """What was accepted of one project. `identity` is None where it was unattested; `files` is filename -> SHA-256."""

    origin: str
    identity: Optional[PublisherRecord]
    files: dict[str, bytes]


IdentityLock = dict[str, LockedProject]
"""The content of `countermark.lock`: normalized project name -> what was accepted."""


class SeenFile(NamedTuple):
    """What is known of a file when its lock is asked: all of it verified."""

    filename: str
    sha256: bytes
    origin: str
    """Of the ledger that records it."""
    identity: Optional[PublisherRecord]
    """Who published it, by its attestation; None when it has none."""
    before_first_attested: bool
    """Whether the ledger recorded it before the project's first attested file."""
    recovered: Optional[int]
    """The entry with which staff or offline keys handed the project over, where the file came after it."""


class Difference(NamedTuple):
    """One member in which two identities differ."""

    field: str
    expected: Optional[str]
    found: Optional[str]


class LockDecision(NamedTuple):
    """What the lock says of a file. `kind` is a row of specs/identity-lock.md#decisions, `pin` the identity to be locked
    from now on, `code` None where nobody has to be asked; `severity` and `differences` are those of `identity-changed`."""

    kind: str
    pin: Optional[PublisherRecord]
    code: Optional[str] = None
    severity: Optional[str] = None
    differences: tuple[Difference, ...] = ()


LOCK_BYTES_MAX = 67_108_864
_FILENAME = re.compile(r"[\x21-\x2e\x30-\x7e]{1,255}")


def decide_lock(locked: Optional[LockedProject], seen: SeenFile) -> LockDecision:
    """Trust on first use: compares a verified file with what was accepted of its project before.

    @spec specs/identity-lock.md#decisions
    """
    pin = seen.identity
    if locked is None:
        return LockDecision("first-use", pin)
    if locked.origin != seen.origin:
        return LockDecision("index-changed", pin, "locked-index-changed")
    known = locked.files.get(seen.filename)
    if known is not None:
        # A file that was accepted byte for byte is accepted again, whoever is pinned by now.
        is_same = known == seen.sha256
        return (
            LockDecision("same-file", locked.identity)
            if is_same
            else LockDecision("file-changed", pin, "locked-file-changed")
        )
    if locked.identity is None:
        return LockDecision("still-unattested" if pin is None else "newly-attested", pin)
    if pin is None:
        # Files from before the first attested one never had an attestation to lose.
        is_older = seen.before_first_attested
        return (
            LockDecision("older-than-attested", locked.identity)
            if is_older
            else LockDecision("attestation-lost", None, "attestation-lost")
        )
    differences = same_publisher(locked.identity, pin)
    if not differences:
        return LockDecision("same-identity", locked.identity)
    # Nobody who could sign for the project agreed to a recovery: that is graver than whoever it is now.
    severity = "recovered" if seen.recovered is not None else _severity_of(locked.identity, pin)
    return LockDecision("identity-changed", pin, "identity-changed", severity, differences)


def same_publisher(record: PublisherRecord, identity: PublisherRecord) -> tuple[Difference, ...]:
    """In what `identity` is not the registered publisher: nothing, exactly when it is.

    Every member is compared exactly, letter case included; None in the record is a value like any other, but for the
    environment, where it means any.
    """
    pairs = zip(record._fields, record, identity)
    differences = (Difference(field, expected, found) for field, expected, found in pairs if expected != found)
    return tuple(item for item in differences if item.field != "environment" or item.expected is not None)


def lock_file(lock: IdentityLock, project: str, seen: SeenFile, decision: LockDecision) -> IdentityLock:
    """The lock with `seen` accepted under `decision`, whatever it was: whoever calls this has consented to it."""
    before = lock.get(project)
    # Another index's files are other files: they do not vouch for names here.
    files = dict(before.files) if before is not None and before.origin == seen.origin else {}
    files[seen.filename] = seen.sha256
    return {**lock, project: LockedProject(seen.origin, decision.pin, files)}


def require_nothing_withheld(record: FileRecord, served: Iterable[bytes]) -> None:
    """Every attestation that the ledger lists for a file came: `served` are digests. Raises `attestation-withheld`."""
    came = set(served)
    for digest in (attestation.digest for attestation in record.attestations):
        if digest not in came:
            raise RefusedError(
                "attestation-withheld", "The ledger lists the attestation %s, which did not come" % digest.hex()
            )


def require_promise_kept(record: FileRecord, header: ProjectHeader, current: ConfigRecord) -> None:
    """A file keeps what its project's policy promised when the file was accepted. Raises `promise-broken`.

    Files accepted before the policy in force are judged by their entries only: those were legal then.
    """
    if current.attestations == 0 or record.first_entry <= header.current_since:
        return
    if not any(attestation.predicate == 1 for attestation in record.attestations):
        said = (header.current_since, record.first_entry)
        raise RefusedError(
            "promise-broken", "Attestations are required since entry %d, the file of entry %d has none" % said
        )


def require_not_undone(record: FileRecord, header: ProjectHeader, base: ConfigRecord) -> None:
    """A file was not let in by a change that its project undid afterwards. Raises `change-undone`.

    @spec specs/identity-lock.md#young-changes
    """
    if header.frozen is None or not header.base_since <= record.first_entry <= header.frozen:
        return
    if not _is_allowed_by(base, record):
        raise RefusedError(
            "change-undone", "The change that let in the file of entry %d was undone" % record.first_entry
        )


def change_that_admitted(record: FileRecord, header: ProjectHeader, base: ConfigRecord) -> Optional[int]:
    """The index of the change of who may publish without which the file would not have been taken; None: it would."""
    recovered = header.recovered
    if recovered is not None and recovered >= header.current_since and record.first_entry > recovered:
        return recovered
    if record.first_entry > header.current_since and not _is_allowed_by(base, record):
        return header.current_since
    return None


def require_settled(*, entry: int, time: int, now: int) -> None:
    """The change of `entry`, made at `time`, is so old that nobody can undo it any more. Raises `change-unsettled`."""
    if now - time < UNDO_WINDOW_SECONDS:
        raise RefusedError("change-unsettled", "Who may publish changed at entry %d, %d s ago" % (entry, now - time))


def _is_allowed_by(config: ConfigRecord, record: FileRecord) -> bool:
    vouching = [attestation.publisher for attestation in record.attestations]
    if record.publisher is not None:
        vouching.append(record.publisher)
    if not vouching:
        return config.uploads == 0
    return all(publisher in config.publishers for publisher in vouching)


def parse_identity_lock(data: bytes) -> IdentityLock:
    """`countermark.lock`. @spec specs/identity-lock.md#form"""
    body = Fields(parse_json(data, LOCK_BYTES_MAX, JSON_DEPTH_MAX, "identity lock"), "identity lock")
    body.integer("version", 1, 1)
    projects = body.object("projects")
    lock = {}
    for name in projects.members:
        if normalize_project_name(name) != name:
            raise ParseError("not-canonical", "Cannot read identity lock: %r is not a normalized name" % name)
        lock[name] = _read_locked_project(projects.object(name))
    body.end()
    return lock


def encode_identity_lock(lock: IdentityLock) -> bytes:
    """The lock as it is written: names sorted, two spaces, a newline at the end."""
    projects = {name: _locked_project_json(project) for name, project in lock.items()}
    text = json.dumps({"projects": projects, "version": 1}, ensure_ascii=False, indent=2, sort_keys=True)
    return (text + "\n").encode("utf-8")


def _read_locked_project(body: Fields) -> LockedProject:
    listed = body.object("files")
    files = {}
    for filename in listed.members:
        if _FILENAME.fullmatch(filename) is None:
            raise ParseError("malformed", "Cannot read identity lock: %r is not a filename" % filename[:80])
        files[filename] = bytes.fromhex(listed.text(filename, 64, _HEX_DIGEST))
    origin = body.text("index", 128, _SAFE_TEXT)
    # Absence would be ambiguous: that a project is unattested is a statement.
    if isinstance(body.value("identity"), str):
        body.choice("identity", ("unattested",))
        identity = None
    else:
        identity = _read_publisher(body.object("identity"))
    body.end()
    return LockedProject(origin, identity, files)


def _locked_project_json(project: LockedProject) -> dict[str, Json]:
    files: dict[str, Json] = {name: digest.hex() for name, digest in project.files.items()}
    identity = "unattested" if project.identity is None else _publisher_json(project.identity)
    return {"files": files, "identity": identity, "index": project.origin}


def _severity_of(locked: PublisherRecord, seen: PublisherRecord) -> str:
    """Ids decide: a name may change and stay the same owner's, an id may not."""
    is_same_project = (locked.provider, locked.issuer, locked.project_id) == (
        seen.provider,
        seen.issuer,
        seen.project_id,
    ) and locked.project_id is not None
    if not is_same_project or locked.subject != seen.subject:
        return "different"
    if locked.owner_id != seen.owner_id:
        return "transferred"
    if (locked.project, locked.owner) != (seen.project, seen.owner):
        return "renamed"
    return "workflow-changed"


# --- ledger: ids (specs/ledger-records.md) ---


def tagged(name: bytes, *parts: bytes) -> bytes:
    """`SHA-256("countermark.dev/<name>/v1\\0" || parts)`."""
    return sha256(b"countermark.dev/" + name + b"/v1\0" + b"".join(parts))


def origin_hash(origin: str) -> bytes:
    """L. @spec specs/ledger-records.md#ids"""
    return sha256(origin.encode("utf-8"))


def map_key(ecosystem: str, normalized_name: str) -> bytes:
    """K: the key of a project in the index's map."""
    system, name = ecosystem.encode("utf-8"), normalized_name.encode("utf-8")
    return tagged(b"map-key", u8(len(system)), system, u16(len(name)), name)


def index_key() -> bytes:
    """I: the key of the index itself in its own map."""
    return tagged(b"index-key")


def file_id(key: bytes, filename: str) -> bytes:
    """F: over the exact spelling."""
    return tagged(b"filename", key, filename.encode("utf-8"))


def release_id(key: bytes, version: str) -> bytes:
    """V: of every spelling of a version, and of every version that an installer takes for `==` it."""
    return tagged(b"release", key, release_version(version).encode("utf-8"))


def config_id(record: bytes) -> bytes:
    return tagged(b"config", record)


def root_key_id(record: bytes) -> bytes:
    return tagged(b"root-key", record)


def salted_id(field: str, salt: bytes, record: bytes) -> bytes:
    """The id of a `publisher` or `principal` record."""
    return tagged(b"commit", field.encode("ascii") + b"\0", salt, u32(len(record)), record)


def publisher_id(salt: bytes, record: PublisherRecord) -> bytes:
    return salted_id("publisher", salt, encode_publisher(record))


def detail_commitment(detail: bytes) -> bytes:
    return tagged(b"detail", u32(len(detail)), detail)


def consent_challenge(log: bytes, project: bytes, serial: int, act: int, subject: bytes) -> bytes:
    """What a passkey signs to consent to one configuration act. @spec specs/ledger-records.md#consent"""
    return tagged(b"consent", log, project, u64(serial), u8(act), subject)


_PROJECT_NAME = re.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_VERSION = re.compile(
    r"v?(?:([0-9]+)!)?([0-9]+(?:\.[0-9]+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]*))?"
    r"(?:-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]*))?(?:[-_.]?(dev)[-_.]?([0-9]*))?"
    r"(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?"
)
_PHASES = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}


def normalize_project_name(name: str) -> str:
    """The one spelling under which a project is found. Raises `too-large`, `malformed`. @spec PEP 503"""
    if _chars(name) > PROJECT_NAME_CHARS_MAX:
        raise ParseError("too-large", "Cannot read project name: more than %d characters" % PROJECT_NAME_CHARS_MAX)
    if _PROJECT_NAME.fullmatch(name) is None:
        raise ParseError("malformed", "Cannot read project name: %r is not one" % name)
    return re.sub("[-_.]+", "-", name).lower()


def release_version(text: str) -> str:
    """The normal form of a version, without its local part and the zeros at the end of its release.

    Raises `too-large`, `malformed`. @spec PEP 440
    """
    if _chars(text) > VERSION_CHARS_MAX:
        raise ParseError("too-large", "Cannot read a version: more than %d characters" % VERSION_CHARS_MAX)
    match = _VERSION.fullmatch(text.lower()) if text.isascii() else None
    if match is None:
        raise ParseError("malformed", "Cannot read a version: %r is not one by PEP 440" % text)
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


# --- ledger: records (specs/ledger-records.md) ---


class ConfigRecord(NamedTuple):
    """Who may publish, and how: the three policies are their numbers, `close_days` is 65,535 for never."""

    uploads: int
    attestations: int
    release: int
    close_days: int
    publishers: tuple[bytes, ...]
    principals: tuple[bytes, ...]


class ProjectHeader(NamedTuple):
    """The state of a project. An entry that there is none of is None; `status` is one of STATUSES."""

    status: str
    how: int
    first_entry: int
    last_entry: int
    rules: int
    first_file: Optional[int]
    serial: int
    current: bytes
    current_since: int
    base: bytes
    base_since: int
    pending: Optional[bytes]
    asked: Optional[int]
    way: int
    frozen: Optional[int]
    recovered: Optional[int]
    attested: Optional[int]


class FileAttestation(NamedTuple):
    predicate: int
    """1 publish, 2 SLSA provenance, 3 other."""
    digest: bytes
    publisher: bytes
    entry: int


class FileRecord(NamedTuple):
    """One file of a project. `state` and `prior` are of FILE_STATES, `reason` is its number; absent digests are None."""

    state: str
    prior: str
    how: int
    uploader: int
    reason: int
    flags: int
    sha256: bytes
    size: int
    metadata: Optional[bytes]
    release: bytes
    first_detail: Optional[bytes]
    last_detail: Optional[bytes]
    publisher: Optional[bytes]
    first_entry: int
    last_entry: int
    time: int
    serial: int
    attestations: tuple[FileAttestation, ...]


class ReleaseRecord(NamedTuple):
    is_closed: bool
    first_entry: int
    closed: Optional[int]
    files: int


class IndexHeader(NamedTuple):
    role: str
    rules: int
    web_origin: str
    threshold: int
    root_keys: tuple[bytes, ...]
    countersign: tuple[bytes, ...]


STATUSES = ("reserved", "active", "archived", "deprecated", "quarantined")
FILE_STATES = ("none", "accepted", "published", "yanked", "withdrawn")
ROLES = ("index", "gate", "observer")
CLOSE_NEVER = 65_535


def parse_project_header(data: bytes) -> ProjectHeader:
    """184 bytes. @spec specs/ledger-records.md#project-header"""
    reader = ByteReader(data, "project header")
    _require_version(reader, 1)
    header = ProjectHeader(
        status=STATUSES[_number(reader, 0, 4)],
        how=_number(reader, 1, 3),
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
        way=_number(reader, 0, 5),
        frozen=_ref(reader),
        recovered=_ref(reader),
        attested=_ref(reader),
    )
    reader.end()
    if len({header.pending is None, header.asked is None, header.way == 0}) != 1:
        raise ParseError("not-canonical", "Cannot read project header: pending, asked and way disagree")
    return header


def parse_file_record(data: bytes) -> FileRecord:
    """240 + 73k bytes. @spec specs/ledger-records.md#file-record"""
    reader = ByteReader(data, "file record")
    _require_version(reader, 1)
    record = FileRecord(
        state=FILE_STATES[_number(reader, 1, 4)],
        prior=FILE_STATES[_number(reader, 0, 4)],
        how=_number(reader, 1, 3),
        uploader=_number(reader, 0, 2),
        reason=_number(reader, 0, 7),
        flags=_number(reader, 0, 1),
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
        attestations=_file_attestations(reader),
    )
    reader.end()
    return record


def parse_release_record(data: bytes) -> ReleaseRecord:
    """22 bytes. @spec specs/ledger-records.md#release-record"""
    reader = ByteReader(data, "release record")
    _require_version(reader, 2)
    record = ReleaseRecord(_number(reader, 1, 2) == 2, reader.u64(), _ref(reader), reader.u32())
    reader.end()
    if record.is_closed != (record.closed is not None):
        raise ParseError("not-canonical", "Cannot read release record: state and closed disagree")
    return record


def parse_config_record(data: bytes) -> ConfigRecord:
    """@spec specs/ledger-records.md#config-record"""
    reader = ByteReader(data, "config record")
    _require_version(reader, 1)
    _require_version(reader, 1)
    uploads, attestations, release = _number(reader, 0, 1), _number(reader, 0, 1), _number(reader, 0, 2)
    close_days = reader.u16()
    if close_days != CLOSE_NEVER and not 1 <= close_days <= 365:
        raise ParseError("out-of-range", "Cannot read policy record: closeDays %d" % close_days)
    record = ConfigRecord(uploads, attestations, release, close_days, _digests(reader, 32), _digests(reader, 32))
    reader.end()
    return record


def parse_key_record(data: bytes) -> tuple[int, bytes]:
    """(1 ES256 or 2 Ed25519, key) of a passkey or an offline root key. @spec specs/ledger-records.md#principal-record"""
    reader = ByteReader(data, "key record")
    _require_version(reader, 1)
    algorithm = _number(reader, 1, 2)
    key = reader.take(64 if algorithm == 1 else 32)
    reader.end()
    return algorithm, key


def parse_index_header(data: bytes) -> IndexHeader:
    """@spec specs/ledger-records.md#index-header"""
    reader = ByteReader(data, "index header")
    _require_version(reader, 2)
    role = ROLES[_number(reader, 1, 3) - 1]
    _number(reader, 1, 2)  # import
    _number(reader, 0, 2)  # end
    rules = reader.u32()
    reader.u32()  # next rules
    _ref(reader)  # announced
    reader.take(4 + 4 + 32)  # root version, targets version, trust digest
    web_origin = parse_utf8(reader.take(reader.u8()), "web origin")
    reader.take(32)  # rpIdHash
    header = IndexHeader(role, rules, web_origin, reader.u8(), _digests(reader, 16), _digests(reader, 8))
    reader.end()
    if not 1 <= header.threshold <= len(header.root_keys) or not header.countersign:
        raise ParseError("out-of-range", "Cannot read index header: threshold or key count")
    return header


def _file_attestations(reader: ByteReader) -> tuple[FileAttestation, ...]:
    count = reader.u8()
    if count > 8:
        raise ParseError("too-many", "Cannot read file record: %d attestations" % count)
    return tuple(
        FileAttestation(_number(reader, 1, 3), reader.take(32), reader.take(32), reader.u64()) for _ in range(count)
    )


def _require_version(reader: ByteReader, wanted: int) -> None:
    found = reader.u8()
    if found != wanted:
        raise ParseError("unsupported", "Cannot read %s: it begins with %d, wanted %d" % (reader.what, found, wanted))


def _number(reader: ByteReader, minimum: int, maximum: int) -> int:
    value = reader.u8()
    if not minimum <= value <= maximum:
        raise ParseError("out-of-range", "Cannot read %s: %d has no meaning" % (reader.what, value))
    return value


def _ref(reader: ByteReader) -> Optional[int]:
    value = reader.u64()
    return None if value == 0 else value - 1


def _digest_or_none(reader: ByteReader) -> Optional[bytes]:
    value = reader.take(32)
    return None if value == bytes(32) else value


def _digests(reader: ByteReader, maximum: int) -> tuple[bytes, ...]:
    count = reader.u8()
    if count > maximum:
        raise ParseError("too-many", "Cannot read %s: %d digests, at most %d" % (reader.what, count, maximum))
    items = tuple(reader.take(32) for _ in range(count))
    _require_ascending(items, reader.what)
    return items


def _require_ascending(items: Sequence[Any], what: str) -> None:
    if any(before >= after for before, after in zip(items, items[1:])):
        raise ParseError("not-canonical", "Cannot read %s: not ascending and unique" % what)


# --- ledger: entries and statements (specs/ledger-entry.md, specs/ledger-kinds.md) ---


class Common(NamedTuple):
    """What every statement says. `detail` is the commitment of its detail, or None."""

    origin: str
    role: str
    project: bytes
    seq: int
    time: int
    detail: Optional[bytes]


class StatedAttestation(NamedTuple):
    digest: bytes
    predicate: int
    publisher: bytes
    time: int


class FileAccepted(NamedTuple):
    """What an entry says of a file. `show` is `now` or `staged`, `uploader` is `token` or `publisher`."""

    sha256: bytes
    file: bytes
    release: bytes
    size: int
    metadata: Optional[bytes]
    show: str
    uploader: str
    publisher: Optional[bytes]
    received: int
    attestations: tuple[StatedAttestation, ...]


class Statement(NamedTuple):
    """`accepted` is None but for `file-accepted`: the members of other kinds are checked and not kept. A kind that these
    rules do not have is read as far as every statement goes."""

    kind: str
    common: Common
    accepted: Optional[FileAccepted]


class Entry(NamedTuple):
    """One leaf that is a statement: signed, not yet believed. `key_id` is the SHA-256 of the key's SubjectPublicKeyInfo."""

    kind: str
    common: Common
    accepted: Optional[FileAccepted]
    payload: bytes
    key_id: bytes
    signature: bytes


PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
U32_MAX = 2**32 - 1
_KIND = re.compile(r"https://countermark\.dev/ledger/([a-z]+(?:-[a-z]+)*)/v1")
_HEX_DIGEST = re.compile("[0-9a-f]{64}")
_ROOT_KEY = re.compile("01[0-9a-f]{128}|02[0-9a-f]{64}")
_WEB_ORIGIN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,128}")
_SUBJECTS = ("sha256", "countermarkProject", "countermarkLog")
_WAYS_OF_ACT = {
    "change": ("free", "passkey", "account"),
    "ask": ("passkey", "publisher", "account"),
    "take": ("none",),
    "cancel": ("passkey", "publisher", "account"),
    "undo": ("passkey",),
}


def pae(payload: bytes) -> bytes:
    """The bytes that are signed for a payload. @spec dsse#protocol"""
    head = "DSSEv1 %d %s %d " % (len(PAYLOAD_TYPE), PAYLOAD_TYPE, len(payload))
    return head.encode("ascii") + payload


def parse_entry(leaf: bytes) -> Entry:
    """A leaf that is a statement: a DSSE envelope with one Ed25519 signature, in canonical JSON.

    @spec specs/ledger-entry.md#leaf
    """
    value = parse_json(leaf, ENTRY_BYTES_MAX, 3, "entry")
    body = Fields(value, "entry")
    payload = body.base64("payload", ENTRY_BYTES_MAX)
    body.choice("payloadType", (PAYLOAD_TYPE,))
    lines = body.objects("signatures", 1)
    if len(lines) != 1:
        raise ParseError("malformed", "Cannot read entry: it has not exactly one signature")
    key_id, signature = lines[0].hex("keyid"), lines[0].base64("sig", 64)
    lines[0].end()
    body.end()
    if len(signature) != 64:
        raise ParseError("malformed", "Cannot read entry: the signature is not 64 bytes")
    _require_canonical(value, leaf, "entry")
    statement = parse_statement(payload)
    return Entry(statement.kind, statement.common, statement.accepted, payload, key_id, signature)


def parse_statement(payload: bytes) -> Statement:
    """The payload of an entry. @spec specs/ledger-entry.md#statement"""
    value = parse_json(payload, ENTRY_BYTES_MAX, 6, "statement")
    body = Fields(value, "statement")
    body.choice("_type", (STATEMENT_TYPE,))
    predicate_type = body.text("predicateType", 128, _SAFE_TEXT)
    predicate = body.object("predicate")
    member, digest = _read_subject(body)
    body.end()
    match = _KIND.fullmatch(predicate_type)
    if match is None:
        raise ParseError("malformed", "Cannot read statement: predicateType %r" % predicate_type)
    common = Common(
        origin=predicate.text("origin", 128, _SAFE_TEXT),
        role=predicate.choice("role", ROLES),
        project=predicate.hex("project"),
        seq=predicate.integer("seq"),
        time=predicate.integer("time"),
        detail=predicate.hex_or_none("detail"),
    )
    kind, accepted = match.group(1), None
    if kind in _KINDS:
        wanted, read = _KINDS[kind]
        if member != wanted or (member == "countermarkProject" and digest != common.project):
            raise ParseError("malformed", "Cannot read statement: its subject is not that of %s" % kind)
        accepted = read(predicate, digest)
        predicate.end()
    _require_canonical(value, payload, "statement")
    return Statement(kind, common, accepted)


def _read_subject(body: Fields) -> tuple[str, bytes]:
    subjects = body.objects("subject", 1)
    if len(subjects) != 1:
        raise ParseError("malformed", "Cannot read statement: it has not exactly one subject")
    digests = subjects[0].object("digest")
    subjects[0].end()
    member = next(iter(digests.members), "")
    if member not in _SUBJECTS:
        raise ParseError("malformed", "Cannot read statement: subject %r" % member[:80])
    digest = digests.hex(member)
    digests.end()
    return member, digest


def _check_digests(body: Fields, name: str, items_max: int) -> int:
    """How many ascending digests the list has."""
    items = body.texts(name, items_max, 64)
    path = "%s.%s" % (body.path, name)
    if not all(_HEX_DIGEST.fullmatch(item) for item in items):
        raise ParseError("not-canonical", "Cannot read %s: not ascending unique digests" % path)
    _require_ascending(items, path)
    return len(items)


def _check_config(body: Fields) -> None:
    policy = body.object("policy")
    if 365 < policy.integer("closeDays", 1, CLOSE_NEVER) < CLOSE_NEVER:
        raise ParseError("out-of-range", "Cannot read %s.closeDays: above 365" % policy.path)
    policy.integer("attestations", 0, 1)
    policy.integer("release", 0, 2)
    policy.integer("uploads", 0, 1)
    policy.end()
    _check_digests(body, "principals", 32)
    _check_digests(body, "publishers", 32)
    body.end()


def _check_consent(body: Fields, way: str) -> None:
    if way not in ("passkey", "publisher"):
        body.choice("consent", ("none",))
        return
    consent = body.object("consent")
    if way == "passkey":
        alg = consent.choice("alg", ("ES256", "Ed25519"))
        consent.integer("counter", 0, U32_MAX)
        consent.integer("flags", 0, 255)
        consent.integer("form", 0, 2)
        consent.hex("key", 64 if alg == "ES256" else 32)
        consent.hex("salt")
        consent.hex("sig", 64)
    else:
        consent.hex("evidence")
        consent.hex("publisher")
    consent.end()


def _check_root_signatures(body: Fields, name: str) -> None:
    keys = []
    for item in body.objects(name, 32):
        keys.append(item.text("key", 130, _ROOT_KEY))
        item.hex("sig", 64)
        item.end()
    _require_ascending(keys, "%s.%s" % (body.path, name))


def _check_keys(body: Fields) -> None:
    """The keys of an index and where its passkeys are asked."""
    root_keys = _check_digests(body, "rootKeys", 16)
    if _check_digests(body, "countersign", 8) == 0:
        raise ParseError("out-of-range", "Cannot read %s: no countersigning key" % body.path)
    body.integer("rootVersion", 0, U32_MAX)
    body.hex("rpIdHash")
    body.integer("targetsVersion", 0, U32_MAX)
    body.integer("threshold", 1, root_keys)
    body.text("webOrigin", 128, _WEB_ORIGIN)


def _check_genesis(body: Fields, _subject: bytes) -> None:
    _check_keys(body)
    body.text("ecosystem", 128, _SAFE_TEXT)
    body.choice("import", ("open", "closed"))
    if body.value("previous") != "none":
        previous = body.object("previous")
        previous.hex("map")
        previous.text("origin", 128, _SAFE_TEXT)
        previous.hex("root")
        previous.integer("size")
        previous.end()
    _check_root_signatures(body, "root")
    body.integer("rules", 0, U32_MAX)
    body.hex_or_none("trust")
    body.choice("visibility", ("public", "private"))


def _check_nothing(_body: Fields, _subject: bytes) -> None:
    """The kind has no members of its own."""


def _check_created(body: Fields, _subject: bytes) -> None:
    _check_config(body.object("config"))


def _check_configured(body: Fields, _subject: bytes) -> None:
    act = body.choice("act", tuple(_WAYS_OF_ACT))
    way = body.choice("way", _WAYS_OF_ACT[act])
    if act in ("take", "cancel"):
        body.choice("config", ("none",))
    else:
        _check_config(body.object("config"))
    _check_consent(body, way)


def _read_accepted(body: Fields, subject: bytes) -> FileAccepted:
    attestations = _read_attestations(body)
    return FileAccepted(
        sha256=subject,
        file=body.hex("file"),
        release=body.hex("release"),
        size=body.integer("size", 1, 2**40),
        metadata=body.hex_or_none("metadata"),
        show=body.choice("show", ("now", "staged")),
        uploader=body.choice("uploader", ("token", "publisher")),
        publisher=body.hex_or_none("publisher"),
        received=body.integer("received"),
        attestations=attestations,
    )


def _read_attestations(body: Fields) -> tuple[StatedAttestation, ...]:
    attestations = tuple(_read_attestation(item) for item in body.objects("attestations", 4))
    _require_ascending([(item.predicate, item.digest) for item in attestations], "attestations")
    return attestations


def _read_attestation(body: Fields) -> StatedAttestation:
    digest, predicate = body.hex("digest"), body.integer("predicate", 1, 3)
    attestation = StatedAttestation(digest, predicate, body.hex("publisher"), body.integer("time"))
    body.end()
    return attestation


def _check_files(body: Fields, reason_max: int) -> None:
    _check_some(body, "files", 512)
    body.integer("reason", 1, reason_max)


def _check_some(body: Fields, name: str, items_max: int) -> None:
    if _check_digests(body, name, items_max) == 0:
        raise ParseError("out-of-range", "Cannot read %s.%s: none" % (body.path, name))


def _check_yanked(body: Fields, _subject: bytes) -> None:
    _check_files(body, 5)


def _check_withdrawn(body: Fields, _subject: bytes) -> None:
    _check_files(body, 6)


def _check_status(body: Fields, _subject: bytes) -> None:
    body.integer("status", 1, 4)


def _check_void(body: Fields, _subject: bytes) -> None:
    body.integer("target")
    body.hex("statement")
    if body.value("root") != "none":
        _check_root_signatures(body, "root")


def _check_recovered(body: Fields, _subject: bytes) -> None:
    act = body.choice("act", ("ask", "take"))
    way = body.choice("way", ("staff", "root") if act == "ask" else ("none",))
    if act == "take":
        body.choice("config", ("none",))
    else:
        _check_config(body.object("config"))
    if way == "root":
        _check_root_signatures(body, "root")
    else:
        body.choice("root", ("none",))


def _check_trust(body: Fields, _subject: bytes) -> None:
    _check_root_signatures(body, "root")
    _check_keys(body)
    body.hex("trust")


def _check_rules(body: Fields, _subject: bytes) -> None:
    _check_root_signatures(body, "root")
    body.integer("rules", 0, U32_MAX)
    body.hex("spec")


def _check_role(body: Fields, _subject: bytes) -> None:
    _check_root_signatures(body, "root")
    body.choice("role2", ROLES)
    body.choice("import", ("open", "closed"))


def _check_sunset(body: Fields, _subject: bytes) -> None:
    _check_root_signatures(body, "root")


def _check_succeeded(body: Fields, _subject: bytes) -> None:
    _check_root_signatures(body, "root")
    body.hex("origin2")
    body.hex("genesis")


def _check_published(body: Fields, _subject: bytes) -> None:
    _check_consent(body, "none" if body.value("consent") == "none" else "passkey")
    body.hex("release")
    _check_some(body, "files", 512)


def _check_closed(body: Fields, _subject: bytes) -> None:
    body.hex("release")


def _check_attested(body: Fields, _subject: bytes) -> None:
    body.hex("file")
    if not _read_attestations(body):
        raise ParseError("out-of-range", "Cannot read %s.attestations: none" % body.path)


def _check_erased(body: Fields, _subject: bytes) -> None:
    _check_some(body, "details", 256)
    body.choice("ground", ("abuse", "legal", "person", "secret"))


def _check_amended(body: Fields, _subject: bytes) -> None:
    body.integer("to", body.integer("from"))
    _check_root_signatures(body, "root")


def _check_imported(body: Fields, _subject: bytes) -> None:
    if body.value("config") != "none":
        _check_config(body.object("config"))
    _check_items(body, _check_imported_item)


def _check_observed(body: Fields, _subject: bytes) -> None:
    _check_items(body, _check_observed_item)


def _check_promoted(body: Fields, _subject: bytes) -> None:
    _check_some(body, "files", 512)


def _check_items(body: Fields, check: Callable[[Fields], bytes]) -> None:
    files = []
    for item in body.objects("items", 100):
        files.append(check(item))
        item.end()
    if not files:
        raise ParseError("out-of-range", "Cannot read %s.items: none" % body.path)
    _require_ascending(files, "%s.items" % body.path)


def _check_imported_item(item: Fields) -> bytes:
    """Only of a withdrawn file may digest, size and metadata be unknown, and all of them."""
    metadata, digest = item.hex_or_none("metadata"), item.hex("sha256")
    size, state = item.integer("size", 0, 2**40), item.integer("state", 2, 4)
    is_unknown = digest == bytes(32)
    if is_unknown != (size == 0) or (is_unknown and (state != 4 or metadata is not None)):
        raise ParseError("out-of-range", "Cannot read %s: it is neither a known file nor a burnt name" % item.path)
    item.integer("open", 0, 1)
    item.hex("release")
    return item.hex("file")


def _check_observed_item(item: Fields) -> bytes:
    item.hex_or_none("provenance")
    item.hex("release")
    item.integer("seen", 2, 4)
    item.integer("size", 1, 2**40)
    if item.hex("sha256") == bytes(32):
        raise ParseError("out-of-range", "Cannot read %s: a file that was seen has a digest" % item.path)
    return item.hex("file")


# Kind -> what its subject is, and who reads its own members. @spec specs/ledger-kinds.md
_KINDS: dict[str, tuple[str, Callable[[Fields, bytes], Optional[FileAccepted]]]] = {
    "log-genesis": ("countermarkLog", _check_genesis),
    "project-reserved": ("countermarkProject", _check_nothing),
    "project-created": ("countermarkProject", _check_created),
    "project-configured": ("countermarkProject", _check_configured),
    "file-accepted": ("sha256", _read_accepted),
    "yanked": ("countermarkProject", _check_yanked),
    "unyanked": ("countermarkProject", _check_yanked),
    "withdrawn": ("countermarkProject", _check_withdrawn),
    "status": ("countermarkProject", _check_status),
    "void": ("countermarkProject", _check_void),
    "project-recovered": ("countermarkProject", _check_recovered),
    "trust-changed": ("countermarkLog", _check_trust),
    "rules-changed": ("countermarkLog", _check_rules),
    "index-role": ("countermarkLog", _check_role),
    "sunset": ("countermarkLog", _check_sunset),
    "log-succeeded": ("countermarkLog", _check_succeeded),
    "release-published": ("countermarkProject", _check_published),
    "release-closed": ("countermarkProject", _check_closed),
    "file-attested": ("sha256", _check_attested),
    "detail-erased": ("countermarkProject", _check_erased),
    "amended": ("countermarkProject", _check_amended),
    "imported": ("countermarkProject", _check_imported),
    "import-closed": ("countermarkLog", _check_nothing),
    "observed": ("countermarkProject", _check_observed),
    "promoted": ("countermarkProject", _check_promoted),
}


# --- ledger: details and publishers (specs/ledger-detail.md, specs/ledger-records.md) ---


class PublisherRecord(NamedTuple):
    """Who may publish, as its provider names it. None: the provider has no such thing; for the environment, any."""

    provider: str
    issuer: str
    owner: Optional[str]
    owner_id: Optional[str]
    project: Optional[str]
    project_id: Optional[str]
    workflow: Optional[str]
    called_workflow: Optional[str]
    environment: Optional[str]
    subject: Optional[str]


class PublisherOpening(NamedTuple):
    """What opens a publisher id."""

    record: PublisherRecord
    salt: bytes


class FileDetail(NamedTuple):
    """The strings of a `file-accepted`: whatever a stranger chose."""

    filename: str
    kind: str
    name: str
    publishers: tuple[PublisherOpening, ...]
    requires_python: Optional[str]
    uploader: Optional[str]
    version: str


class ProjectDetail(NamedTuple):
    """The strings of a statement about a project. `principals` are (id, salt)."""

    name: str
    publishers: tuple[PublisherOpening, ...]
    principals: tuple[tuple[bytes, bytes], ...]
    reason: Optional[str]


_TEXT_CHARS_MAX = 4_096
_CLAIM_CHARS_MAX = 1_024
_PROVIDER = re.compile("[a-z][a-z0-9-]*")
_PROVIDER_ID = re.compile("[0-9A-Za-z_-]+")


def parse_file_detail(detail: bytes) -> FileDetail:
    """@spec specs/ledger-detail.md"""
    body = _detail_of(detail, "file detail")
    value = FileDetail(
        filename=body.text("filename", 255),
        kind=body.choice("kind", ("sdist", "wheel")),
        name=body.text("name", PROJECT_NAME_CHARS_MAX),
        publishers=tuple(_read_opening(item) for item in body.objects("publishers", 32)),
        requires_python=body.text_or_none("requiresPython", _TEXT_CHARS_MAX),
        uploader=body.text_or_none("uploader", _TEXT_CHARS_MAX),
        version=body.text("version", VERSION_CHARS_MAX),
    )
    body.end()
    return value


def parse_project_detail(detail: bytes) -> ProjectDetail:
    """@spec specs/ledger-detail.md#values-by-kind"""
    body = _detail_of(detail, "project detail")
    value = ProjectDetail(
        name=body.text("name", PROJECT_NAME_CHARS_MAX),
        publishers=tuple(_read_opening(item) for item in body.objects("publishers", 32)),
        principals=tuple(_read_principal(item) for item in body.objects("principals", 32)),
        reason=body.text_or_none("reason", _TEXT_CHARS_MAX),
    )
    body.end()
    return value


def parse_text_detail(detail: bytes) -> str:
    """A sentence for people: why something was yanked, withdrawn, or changed its status."""
    body = _detail_of(detail, "text detail")
    text = body.text("text", _TEXT_CHARS_MAX)
    body.end()
    return text


def parse_trust_detail(detail: bytes) -> tuple[str, str]:
    """The trust description that a change of keys tells of, and a sentence for people."""
    body = _detail_of(detail, "trust detail")
    told = body.text("description", TRUST_BYTES_MAX), body.text("text", _TEXT_CHARS_MAX)
    body.end()
    return told


def parse_import_detail(detail: bytes) -> tuple[str, ...]:
    """The filenames that an `imported` brings. @spec specs/ledger-detail.md#values-by-kind"""
    body = _detail_of(detail, "import detail")
    files = tuple(_read_imported(item) for item in body.objects("files", 100))
    body.text("name", PROJECT_NAME_CHARS_MAX)
    for item in body.objects("principals", 32):
        _read_principal(item)
    for item in body.objects("publishers", 32):
        _read_opening(item)
    body.end()
    return files


def parse_observed_detail(detail: bytes) -> tuple[str, ...]:
    """The filenames that an `observed` saw. @spec specs/ledger-detail.md#values-by-kind"""
    body = _detail_of(detail, "observed detail")
    files = tuple(_read_observed(item) for item in body.objects("files", 100))
    body.text("name", PROJECT_NAME_CHARS_MAX)
    body.end()
    return files


def parse_publisher(data: bytes) -> PublisherRecord:
    """A publisher record from its canonical JSON. @spec specs/ledger-records.md#publisher-record"""
    value = parse_json(data, PUBLISHER_BYTES_MAX, 1, "publisher record")
    record = _read_publisher(Fields(value, "publisher record"))
    _require_canonical(value, data, "publisher record")
    return record


def encode_publisher(record: PublisherRecord) -> bytes:
    """The canonical JSON of a publisher record."""
    return encode_canonical_json(_publisher_json(record))


def _publisher_json(record: PublisherRecord) -> Json:
    members: dict[str, Json] = {_PUBLISHER_NAMES.get(name, name): value for name, value in record._asdict().items()}
    return {**members, "v": 1}


def show_publisher(record: PublisherRecord) -> str:
    """An identity in words."""
    if record.project is None:
        return '"%s" of %s' % (record.subject or "nobody", record.issuer)
    ids = "repository id %s, owner id %s" % (record.project_id or "none", record.owner_id or "none")
    parts = ['"%s" (%s)' % (record.project, ids)]
    named = (
        ("workflow", record.workflow),
        ("called workflow", record.called_workflow),
        ("environment", record.environment),
    )
    parts += ["%s %s" % (words, value) for words, value in named if value is not None]
    return "%s of %s" % (", ".join(parts), record.issuer)


# Members whose name is another one here.
_PUBLISHER_NAMES = {"owner_id": "ownerId", "project_id": "projectId", "called_workflow": "calledWorkflow"}


def _read_publisher(body: Fields) -> PublisherRecord:
    body.integer("v", 1, 1)
    record = PublisherRecord(
        provider=body.text("provider", 64, _PROVIDER),
        issuer=body.text("issuer", PUBLISHER_BYTES_MAX),
        owner=body.text_or_none("owner", PUBLISHER_BYTES_MAX),
        owner_id=body.text_or_none("ownerId", 128, _PROVIDER_ID),
        project=body.text_or_none("project", PUBLISHER_BYTES_MAX),
        project_id=body.text_or_none("projectId", 128, _PROVIDER_ID),
        workflow=body.text_or_none("workflow", PUBLISHER_BYTES_MAX),
        called_workflow=body.text_or_none("calledWorkflow", PUBLISHER_BYTES_MAX),
        environment=body.text_or_none("environment", PUBLISHER_BYTES_MAX),
        subject=body.text_or_none("subject", PUBLISHER_BYTES_MAX),
    )
    body.end()
    if len(encode_publisher(record)) > PUBLISHER_BYTES_MAX:
        raise ParseError("too-large", "Cannot read %s: above %d bytes of JSON" % (body.path, PUBLISHER_BYTES_MAX))
    return record


def _detail_of(detail: bytes, what: str) -> Fields:
    """The value of `salt[32] || canonical JSON`."""
    if len(detail) < 32:
        raise ParseError("truncated", "Cannot read detail: shorter than its salt")
    value = parse_json(detail[32:], DETAIL_BYTES_MAX - 32, 8, "detail")
    _require_canonical(value, detail[32:], "detail")
    return Fields(value, what)


def _read_opening(body: Fields) -> PublisherOpening:
    opening = PublisherOpening(_read_publisher(body.object("record")), body.hex("salt"))
    body.end()
    return opening


def _read_imported(body: Fields) -> str:
    filename = body.text("filename", 255)
    body.text_or_none("publisher", _CLAIM_CHARS_MAX)
    if body.value("uploaded") is not None:
        body.integer("uploaded")
    body.text("version", VERSION_CHARS_MAX)
    body.end()
    return filename


def _read_observed(body: Fields) -> str:
    filename = body.text("filename", 255)
    body.text_or_none("provenance", _CLAIM_CHARS_MAX)
    body.text("version", VERSION_CHARS_MAX)
    body.end()
    return filename


def _read_principal(body: Fields) -> tuple[bytes, bytes]:
    opening = body.hex("id"), body.hex("salt")
    body.end()
    return opening


# --- text and bytes ---


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def u8(value: int) -> bytes:
    return value.to_bytes(1, "big")


def u16(value: int) -> bytes:
    return value.to_bytes(2, "big")


def u32(value: int) -> bytes:
    return value.to_bytes(4, "big")


def u64(value: int) -> bytes:
    return value.to_bytes(8, "big")


def parse_utf8(data: bytes, what: str) -> str:
    """Decodes UTF-8, refusing what is not. A byte order mark stays in the text, where a grammar will refuse it."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise ParseError("not-utf8", "Cannot read %s: the bytes are not UTF-8" % what) from None


def parse_hex(text: str, length: int, what: str) -> bytes:
    """Lower-case hexadecimal of exactly `length` bytes."""
    if len(text) != 2 * length or re.fullmatch("[0-9a-f]*", text) is None:
        raise ParseError("not-hex", "Cannot read %s: %r is not %d lower-case hex digits" % (what, text[:80], 2 * length))
    return bytes.fromhex(text)


def parse_base64(text: str, what: str) -> bytes:
    """Padded standard base64 in its one canonical form. @spec rfc4648#3.5"""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        data = None
    # Encoding again refuses what the decoder forgives: unused bits, missing or extra padding.
    if data is None or base64.b64encode(data).decode("ascii") != text:
        raise ParseError("not-base64", "Cannot read %s: %r is not canonical base64" % (what, text[:80]))
    return data


def parse_decimal(text: str, what: str) -> int:
    """A number 0..2^53-1 in decimal without leading zeroes."""
    if re.fullmatch("0|[1-9][0-9]*", text) is None:
        raise ParseError("not-canonical", "Cannot read %s: %r is not a canonical decimal" % (what, text[:40]))
    if len(text) > 16 or int(text) > INTEGER_MAX:
        raise ParseError("out-of-range", "Cannot read %s: %s is above 2^53-1" % (what, text[:40]))
    return int(text)


def _chars(text: str) -> int:
    """The length as the first implementation counts it: in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _require_bytes_max(data: bytes, maximum: int, what: str) -> None:
    if len(data) > maximum:
        raise ParseError("too-large", "Cannot read %s: %d bytes, at most %d" % (what, len(data), maximum))


class ByteReader:
    """Reads a fixed layout from its first byte to its last."""

    def __init__(self, data: bytes, what: str) -> None:
        self.data = data
        self.at = 0
        self.what = what

    def take(self, length: int) -> bytes:
        if length > len(self.data) - self.at:
            raise ParseError("truncated", "Cannot read %s: it ends at byte %d" % (self.what, len(self.data)))
        self.at += length
        return self.data[self.at - length : self.at]

    def u8(self) -> int:
        return self.take(1)[0]

    def u16(self) -> int:
        return int.from_bytes(self.take(2), "big")

    def u32(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def u64(self) -> int:
        value = int.from_bytes(self.take(8), "big")
        if value > INTEGER_MAX:
            raise ParseError("out-of-range", "Cannot read %s: %d is greater than 2^53-1" % (self.what, value))
        return value

    def prefixed(self, maximum: int) -> bytes:
        """`u32 length || bytes`."""
        length = self.u32()
        if length > maximum:
            raise ParseError("out-of-range", "Cannot read %s: %d bytes, at most %d" % (self.what, length, maximum))
        return self.take(length)

    def end(self) -> None:
        if self.at != len(self.data):
            extra = len(self.data) - self.at
            raise ParseError("trailing-data", "Cannot read %s: %d bytes follow its end" % (self.what, extra))


# --- JSON (RFC 8259, strict; RFC 8785 for what is signed) ---

_JSON_SPACE = re.compile("[ \t\n\r]*")
_JSON_PLAIN = re.compile('[^"\\\\\x00-\x1f]*')
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_JSON_HEX = re.compile("[0-9a-fA-F]{4}")
_JSON_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_JSON_WORDS: dict[str, tuple[str, Json]] = {"t": ("true", True), "f": ("false", False), "n": ("null", None)}


def parse_json(data: bytes, bytes_max: int, depth_max: int, what: str) -> Json:
    """One JSON text: UTF-8, no duplicate member, no lone surrogate, nothing after the value. Read here rather than by
    `json`, which differs from version to version in what it takes and recurses as deep as its input.

    Raises `too-large`, `too-deep`, `not-utf8`, `not-json`, `duplicate-key`. @spec rfc8259
    """
    _require_bytes_max(data, bytes_max, what)
    return _JsonReader(parse_utf8(data, what), min(depth_max, JSON_DEPTH_MAX), what).whole()


def encode_canonical_json(value: Json) -> bytes:
    """Members sorted by UTF-16 units, no white space, numbers as ECMAScript writes them. @spec rfc8785"""
    return _canonical(value).encode("utf-8")


def _require_canonical(value: Json, data: bytes, what: str) -> None:
    if encode_canonical_json(value) != data:
        raise ParseError("not-canonical", "Cannot read %s: not in its canonical form" % what)


def _canonical(value: Json) -> str:
    if isinstance(value, float):
        return _ecmascript_number(value)
    if isinstance(value, list):
        return "[%s]" % ",".join([_canonical(item) for item in value])
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{%s}" % ",".join(["%s:%s" % (_canonical(name), _canonical(value[name])) for name in names])
    return json.dumps(value, ensure_ascii=False)


def _ecmascript_number(value: float) -> str:
    """A finite number as ECMAScript writes it: Python finds the same digits, and puts the point elsewhere."""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    # The value is 0.digits * 10^point.
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0") or "0"
    if len(digits) <= point <= 21:
        text = digits.ljust(point, "0")
    elif 0 < point <= 21:
        text = "%s.%s" % (digits[:point], digits[point:])
    elif -6 < point <= 0:
        text = "0.%s%s" % ("0" * -point, digits)
    else:
        text = "%s%se%+d" % (digits[0], digits[1:] and "." + digits[1:], point - 1)
    return ("-" if value < 0 else "") + text


class _JsonReader:
    """Reads a text from its first character to its last, never deeper than `depth_max`."""

    def __init__(self, text: str, depth_max: int, what: str) -> None:
        self.text = text
        self.at = 0
        self.depth_max = depth_max
        self.what = what

    def whole(self) -> Json:
        value = self.value(0)
        self.space()
        if self.at != len(self.text):
            raise self.not_json("the end")
        return value

    def value(self, depth: int) -> Json:
        if depth > self.depth_max:
            raise ParseError("too-deep", "Cannot read %s: nested deeper than %d" % (self.what, self.depth_max))
        self.space()
        first = self.text[self.at : self.at + 1]
        if first == "{":
            return self.object(depth)
        if first == "[":
            return self.array(depth)
        if first == '"':
            return self.string()
        if first in _JSON_WORDS:
            word, value = _JSON_WORDS[first]
            if not self.text.startswith(word, self.at):
                raise self.not_json(word)
            self.at += len(word)
            return value
        return self.number()

    def object(self, depth: int) -> dict[str, Json]:
        members: dict[str, Json] = {}
        self.at += 1
        if self.skip("}"):
            return members
        while True:
            self.space()
            if not self.text.startswith('"', self.at):
                raise self.not_json("a member name")
            name = self.string()
            if name in members:
                raise ParseError("duplicate-key", "Cannot read %s: the member %r is there twice" % (self.what, name[:80]))
            if not self.skip(":"):
                raise self.not_json('":"')
            members[name] = self.value(depth + 1)
            if self.skip("}"):
                return members
            if not self.skip(","):
                raise self.not_json('"," or "}"')

    def array(self, depth: int) -> list[Json]:
        items: list[Json] = []
        self.at += 1
        if self.skip("]"):
            return items
        while True:
            items.append(self.value(depth + 1))
            if self.skip("]"):
                return items
            if not self.skip(","):
                raise self.not_json('"," or "]"')

    def string(self) -> str:
        self.at += 1
        parts = []
        while True:
            end = self.end_of(_JSON_PLAIN)
            parts.append(self.text[self.at : end])
            self.at = end
            if self.text.startswith('"', end):
                break
            if not self.text.startswith("\\", end):
                raise self.not_json("a closing quote")
            parts.append(self.escape())
        self.at += 1
        text = "".join(parts)
        if len(parts) > 1:
            # Two escapes may be the halves of one character; one alone is none.
            try:
                text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
            except UnicodeDecodeError:
                raise self.not_json("text without lone surrogates") from None
        return text

    def escape(self) -> str:
        letter = self.text[self.at + 1 : self.at + 2]
        if letter == "u":
            if _JSON_HEX.match(self.text, self.at + 2) is None:
                raise self.not_json("four hexadecimal digits")
            self.at += 6
            return chr(int(self.text[self.at - 4 : self.at], 16))
        if letter not in _JSON_ESCAPES:
            raise self.not_json("an escape")
        self.at += 2
        return _JSON_ESCAPES[letter]

    def number(self) -> Union[int, float]:
        match = _JSON_NUMBER.match(self.text, self.at)
        if match is None:
            raise self.not_json("a value")
        self.at = match.end()
        # Every number is a double first, so that one with a million digits costs no more than to read them.
        value = float(match.group())
        if value in (float("inf"), float("-inf")):
            raise self.not_json("a number that a double can hold")
        return int(value) if value.is_integer() and abs(value) <= INTEGER_MAX else value

    def space(self) -> None:
        self.at = self.end_of(_JSON_SPACE)

    def skip(self, character: str) -> bool:
        """Whether `character` is next, after any white space; then it is read."""
        self.space()
        if not self.text.startswith(character, self.at):
            return False
        self.at += 1
        return True

    def end_of(self, pattern: "re.Pattern[str]") -> int:
        match = pattern.match(self.text, self.at)
        return self.at if match is None else match.end()

    def not_json(self, wanted: str) -> ParseError:
        return ParseError("not-json", "Cannot read %s: wanted %s at character %d" % (self.what, wanted, self.at))


class Fields:
    """A JSON object being read: every member is named once, and the others are refused by end()."""

    def __init__(self, value: Json, path: str) -> None:
        if not isinstance(value, dict):
            raise ParseError("wrong-type", "Cannot read %s: wanted an object" % path)
        self.members = value
        self.path = path
        self.read: set[str] = set()

    def value(self, name: str) -> Json:
        if name not in self.members:
            raise ParseError("missing-field", "Cannot read %s: the field %r is absent" % (self.path, name))
        self.read.add(name)
        return self.members[name]

    def text(self, name: str, chars_max: int, pattern: Optional["re.Pattern[str]"] = None) -> str:
        value = self.value(name)
        if not isinstance(value, str):
            raise ParseError("wrong-type", "Cannot read %s.%s: wanted a string" % (self.path, name))
        if _chars(value) > chars_max:
            raise ParseError("too-large", "Cannot read %s.%s: more than %d characters" % (self.path, name, chars_max))
        if pattern is not None and pattern.fullmatch(value) is None:
            raise ParseError("malformed", "Cannot read %s.%s: %r does not match" % (self.path, name, value[:80]))
        return value

    def text_or_none(self, name: str, chars_max: int, pattern: Optional["re.Pattern[str]"] = None) -> Optional[str]:
        """A string, or None for null."""
        return None if self.value(name) is None else self.text(name, chars_max, pattern)

    def choice(self, name: str, choices: Sequence[str]) -> str:
        value = self.value(name)
        if not isinstance(value, str) or value not in choices:
            raise ParseError("unsupported", "Cannot read %s.%s: wanted one of %s" % (self.path, name, ", ".join(choices)))
        return value

    def integer(self, name: str, minimum: int = 0, maximum: int = INTEGER_MAX) -> int:
        value = self.value(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ParseError("wrong-type", "Cannot read %s.%s: wanted an integer" % (self.path, name))
        if not minimum <= value <= maximum:
            raise ParseError("out-of-range", "Cannot read %s.%s: %d" % (self.path, name, value))
        return value

    def hex(self, name: str, length: int = 32) -> bytes:
        return parse_hex(self.text(name, 2 * length), length, "%s.%s" % (self.path, name))

    def hex_or_none(self, name: str) -> Optional[bytes]:
        return None if self.value(name) == "none" else self.hex(name)

    def base64(self, name: str, bytes_max: int) -> bytes:
        return parse_base64(self.text(name, (bytes_max + 2) // 3 * 4), "%s.%s" % (self.path, name))

    def items(self, name: str, items_max: int) -> list[Json]:
        value = self.value(name)
        if not isinstance(value, list):
            raise ParseError("wrong-type", "Cannot read %s.%s: wanted an array" % (self.path, name))
        if len(value) > items_max:
            raise ParseError("too-many", "Cannot read %s.%s: more than %d items" % (self.path, name, items_max))
        return value

    def texts(self, name: str, items_max: int, chars_max: int) -> list[str]:
        texts = []
        for i, item in enumerate(self.items(name, items_max)):
            if not isinstance(item, str):
                raise ParseError("wrong-type", "Cannot read %s.%s[%d]: wanted a string" % (self.path, name, i))
            if _chars(item) > chars_max:
                raise ParseError("too-large", "Cannot read %s.%s[%d]: too long" % (self.path, name, i))
            texts.append(item)
        return texts

    def object(self, name: str) -> Fields:
        return Fields(self.value(name), "%s.%s" % (self.path, name))

    def objects(self, name: str, items_max: int) -> list[Fields]:
        items = self.items(name, items_max)
        return [Fields(item, "%s.%s[%d]" % (self.path, name, i)) for i, item in enumerate(items)]

    def end(self) -> None:
        for name in self.members:
            if name not in self.read:
                raise ParseError("unknown-field", "Cannot read %s: unknown field %r" % (self.path, name[:80]))


# --- Ed25519 (RFC 8032, verification only) ---
#
# Everything here is public, so time may depend on it. Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, T = XY/Z; those that
# are added over and over are kept as (Y-X, Y+X, 2dT, 2Z), which saves two multiplications and three additions each time.

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_SQRT_M1 = pow(2, (_P - 1) // 4, _P)
_BASE_Y = 4 * pow(5, -1, _P) % _P
_ORDER_8_Y = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
_KEY_WIDTH = 5
_BASE_WIDTH = 8

_Point = tuple[int, int, int, int]


def verify_ed25519(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) over `message` is by the raw public key (32 bytes). Never raises.

    Strict and cofactorless: S < L; key and R in the canonical encoding of points that are not of small order; S*B - k*A
    encodes to exactly R. @spec rfc8032#5.1.7, specs/ledger-entry.md#leaf
    """
    if len(key) != 32 or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    table = _key_table(bytes(key))
    if s >= _L or table is None or _is_of_small_order(signature[:32]):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % _L
    x, y, z, _ = _double_multiply(s, k, table)
    inverse = pow(z, -1, _P)
    x, y = x * inverse % _P, y * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


@lru_cache(maxsize=64)
def _key_table(key: bytes) -> Optional[list[_Point]]:
    """-1, -3, -5, ... times the key's point; None where the key is no point, or of small order: then anybody can sign."""
    point = _decode_point(key)
    if point is None or _is_of_small_order(key):
        return None
    return _odd_multiples((_P - point[0], point[1], 1, _P - point[3]), _KEY_WIDTH)


@lru_cache(maxsize=1)
def _base_table() -> list[_Point]:
    base = _decode_point(_BASE_Y.to_bytes(32, "little"))
    if base is None:
        raise ArithmeticError("the base point does not decode")
    return _odd_multiples(base, _BASE_WIDTH)


def _decode_point(data: bytes) -> Optional[_Point]:
    """The point, or None if the bytes are not the canonical encoding of one. @spec rfc8032#5.1.3"""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= _P:
        return None
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * v**3 * pow(u * v**7, (_P - 5) // 8, _P) % _P
    if v * x * x % _P == -u % _P:
        x = x * _SQRT_M1 % _P
    if v * x * x % _P != u or (x == 0 and sign == 1):
        return None
    if x & 1 != sign:
        x = _P - x
    return (x, y, 1, x * y % _P)


def _is_of_small_order(data: bytes) -> bool:
    """Whether the canonical encoding is of one of the eight points that eight times are the neutral one."""
    return int.from_bytes(data, "little") & (2**255 - 1) in (0, 1, _P - 1, _ORDER_8_Y, _P - _ORDER_8_Y)


def _double_multiply(s: int, k: int, table: list[_Point]) -> _Point:
    """s*B + k*A, with A given by the table of its odd multiples: both walked down in one chain of doublings."""
    base, result = _base_table(), (0, 1, 1, 0)
    s_digits, k_digits = _signed_digits(s, _BASE_WIDTH), _signed_digits(k, _KEY_WIDTH)
    for i in range(256, -1, -1):
        result = _double(result)
        for digits, multiples in ((s_digits, base), (k_digits, table)):
            digit = digits.get(i)
            if digit is not None:
                result = _add(result, multiples[abs(digit) >> 1], digit < 0)
    return result


def _signed_digits(scalar: int, width: int) -> dict[int, int]:
    """The scalar as a sum of digit * 2^place with few digits, each odd and below 2^(width-1) either way."""
    digits, place = {}, 0
    while scalar:
        zeros = (scalar & -scalar).bit_length() - 1
        scalar >>= zeros
        place += zeros
        digit = scalar & ((1 << width) - 1)
        if digit >> (width - 1):
            digit -= 1 << width
        digits[place] = digit
        scalar -= digit
    return digits


def _odd_multiples(point: _Point, width: int) -> list[_Point]:
    """1, 3, 5, ... times the point, 2^(width-2) of them, in the form that _add takes."""
    twice, multiples = _to_added(_double(point)), [point]
    for _ in range((1 << (width - 2)) - 1):
        multiples.append(_add(multiples[-1], twice, False))
    return [_to_added(multiple) for multiple in multiples]


def _to_added(point: _Point) -> _Point:
    x, y, z, t = point
    return ((y - x) % _P, (y + x) % _P, 2 * _D * t % _P, 2 * z % _P)


def _double(point: _Point) -> _Point:
    x, y, z, _ = point
    a, b = x * x % _P, y * y % _P
    h, g = a + b, a - b
    e, f = h - (x + y) * (x + y) % _P, 2 * z * z % _P + g
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _add(point: _Point, added: _Point, is_negative: bool) -> _Point:
    """The sum, or the difference: the complete formulas, right for every pair of points."""
    x, y, z, t = point
    minus, plus, t2d, z2 = added
    if is_negative:
        minus, plus, t2d = plus, minus, -t2d
    a, b, c, d = (y - x) * minus % _P, (y + x) * plus % _P, t * t2d % _P, z * z2 % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


# --- ECDSA on P-256 (logs may sign their checkpoints with it) ---

_P256 = 2**256 - 2**224 + 2**192 + 2**96 - 1
_P256_ORDER = 0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551
_P256_B = 0x5AC635D8_AA3A93E7_B3EBBD55_769886BC_651D06B0_CC53B0F6_3BCE3C3E_27D2604B
_P256_BASE = (
    0x6B17D1F2_E12C4247_F8BCE6E5_63A440F2_77037D81_2DEB33A0_F4A13945_D898C296,
    0x4FE342E2_FE1A7F9B_8EE7EB4A_7C0F9E16_2BCE3357_6B315ECE_CBB64068_37BF51F5,
    1,
)

_Jacobian = tuple[int, int, int]


def verify_ecdsa_p256(spki: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (DER) over the SHA-256 of `message` is by the SubjectPublicKeyInfo (91 bytes). Never raises.

    @spec fips186-5#6.4.2
    """
    pair = _parse_ecdsa(signature)
    if len(spki) != 91 or not spki.startswith(_P256_SPKI_PREFIX + b"\x04") or pair is None:
        return False
    x, y = int.from_bytes(spki[27:59], "big"), int.from_bytes(spki[59:], "big")
    if x >= _P256 or y >= _P256 or (y * y - x**3 + 3 * x - _P256_B) % _P256 != 0:
        return False
    r, s = pair
    inverse = pow(s, -1, _P256_ORDER)
    u1, u2 = int.from_bytes(sha256(message), "big") * inverse % _P256_ORDER, r * inverse % _P256_ORDER
    key: _Jacobian = (x, y, 1)
    addends = {"10": _P256_BASE, "01": key, "11": _p256_add(_P256_BASE, key)}
    result = (1, 1, 0)
    for bits in zip("{:0256b}".format(u1), "{:0256b}".format(u2)):
        result = _p256_double(result)
        if bits != ("0", "0"):
            result = _p256_add(result, addends["".join(bits)])
    if result[2] == 0:
        return False
    return result[0] * pow(result[2], -2, _P256) % _P256 % _P256_ORDER == r


def _parse_ecdsa(signature: bytes) -> Optional[tuple[int, int]]:
    """(r, s) of `SEQUENCE { INTEGER r, INTEGER s }`, each 1..n-1, in the one encoding that DER has for them."""
    if len(signature) < 8:
        return None
    end = 4 + signature[3]
    r, s = int.from_bytes(signature[4:end], "big"), int.from_bytes(signature[end + 2 :], "big")
    if not (1 <= r < _P256_ORDER and 1 <= s < _P256_ORDER):
        return None
    numbers = [value.to_bytes(value.bit_length() // 8 + 1, "big") for value in (r, s)]
    content = b"".join(b"\x02" + u8(len(number)) + number for number in numbers)
    return (r, s) if signature == b"\x30" + u8(len(content)) + content else None


def _p256_double(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    delta, gamma = z * z % _P256, y * y % _P256
    alpha, beta = 3 * (x - delta) * (x + delta) % _P256, x * gamma % _P256
    x3 = (alpha * alpha - 8 * beta) % _P256
    return (x3, (alpha * (4 * beta - x3) - 8 * gamma * gamma) % _P256, 2 * y * z % _P256)


def _p256_add(p: _Jacobian, q: _Jacobian) -> _Jacobian:
    (x1, y1, z1), (x2, y2, z2) = p, q
    if z1 == 0 or z2 == 0:
        return q if z1 == 0 else p
    u1, u2 = x1 * z2 * z2 % _P256, x2 * z1 * z1 % _P256
    s1, s2 = y1 * z2**3 % _P256, y2 * z1**3 % _P256
    h, r = (u2 - u1) % _P256, (s2 - s1) % _P256
    if h == 0:
        return _p256_double(p) if r == 0 else (1, 1, 0)
    h2 = h * h % _P256
    h3 = h * h2 % _P256
    x3 = (r * r - h3 - 2 * u1 * h2) % _P256
    return (x3, (r * (u1 * h2 - x3) - s1 * h3) % _P256, h * z1 * z2 % _P256)


# --- ML-DSA-44 (FIPS 204, verification only: pure, with an empty context) ---

_Q = 8_380_417
_GAMMA1 = 2**17
_GAMMA2 = (_Q - 1) // 88
_BETA = 78
_TAU = 39
_OMEGA = 80
_ROWS = 4
_COLUMNS = 4
_ZETAS = [pow(1753, int("{:08b}".format(i)[::-1], 2), _Q) for i in range(256)]

_Poly = list[int]


def verify_ml_dsa_44(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (2,420 bytes) over `message` is by the public key (1,312 bytes). Never raises.

    `key = rho[32] || t1[4 * 320]`, `signature = c~[32] || z[4 * 576] || hints[84]`. @spec fips204#6.3
    """
    if len(key) != 1_312 or len(signature) != 2_420:
        return False
    challenge = signature[:32]
    z = [[_GAMMA1 - value for value in _unpack(signature[32 + 576 * i : 608 + 576 * i], 18)] for i in range(_COLUMNS)]
    hints = _unpack_hints(signature[2_336:])
    if hints is None or any(abs(value) >= _GAMMA1 - _BETA for poly in z for value in poly):
        return False
    matrix, scaled_t1, key_hash = _expand_key(bytes(key))
    mu = hashlib.shake_256(key_hash + b"\0\0" + message).digest(64)
    c, z_hat = _to_ntt(_sample_in_ball(challenge)), [_to_ntt(poly) for poly in z]
    packed = b"".join(
        _pack_commitment(_from_ntt(_row_product(row, z_hat, c, t)), hint) for row, t, hint in zip(matrix, scaled_t1, hints)
    )
    return hashlib.shake_256(mu + packed).digest(32) == challenge


@lru_cache(maxsize=16)
def _expand_key(key: bytes) -> tuple[list[list[_Poly]], list[_Poly], bytes]:
    """(the matrix A, t1 * 2^13, SHAKE256 of the key), the first two in NTT form."""
    matrix = [[_reject_ntt_poly(key[:32] + bytes((s, r))) for s in range(_COLUMNS)] for r in range(_ROWS)]
    t1 = [_unpack(key[32 + 320 * i : 352 + 320 * i], 10) for i in range(_ROWS)]
    return matrix, [_to_ntt([value << 13 for value in poly]) for poly in t1], hashlib.shake_256(key).digest(64)


def _reject_ntt_poly(seed: bytes) -> _Poly:
    """256 numbers below q, from three bytes each without the highest bit. @spec fips204 algorithm 30"""
    length = 840
    while True:
        stream = hashlib.shake_128(seed).digest(length)
        found = [int.from_bytes(stream[i : i + 3], "little") & 0x7F_FFFF for i in range(0, length, 3)]
        poly = [value for value in found if value < _Q]
        if len(poly) >= 256:
            return poly[:256]
        length += 168


def _sample_in_ball(seed: bytes) -> _Poly:
    """A polynomial with 39 coefficients that are 1 or -1, the others 0. @spec fips204 algorithm 29"""
    poly = [0] * 256
    length, at = 272, 8
    stream = hashlib.shake_256(seed).digest(length)
    signs = int.from_bytes(stream[:8], "little")
    for i in range(256 - _TAU, 256):
        while True:
            if at == length:
                length += 136
                stream = hashlib.shake_256(seed).digest(length)
            place = stream[at]
            at += 1
            if place <= i:
                break
        poly[i] = poly[place]
        poly[place] = -1 if signs & 1 else 1
        signs >>= 1
    return poly


def _unpack(data: bytes, bits: int) -> _Poly:
    """256 numbers of so many bits each, from the lowest bit on."""
    whole, mask = int.from_bytes(data, "little"), (1 << bits) - 1
    return [whole >> at & mask for at in range(0, 256 * bits, bits)]


def _unpack_hints(data: bytes) -> Optional[list[set[int]]]:
    """Where each row has a hint; None unless places ascend, ends do not fall, and what is not used is zero.

    @spec fips204 algorithm 21
    """
    hints, start = [], 0
    for end in data[_OMEGA:]:
        places = data[start:end]
        if not start <= end <= _OMEGA or any(before >= after for before, after in zip(places, places[1:])):
            return None
        hints.append(set(places))
        start = end
    return None if any(data[start:_OMEGA]) else hints


def _row_product(row: list[_Poly], z_hat: list[_Poly], c: _Poly, t: _Poly) -> _Poly:
    """One row of A*z - c*t, in NTT form."""
    (a0, a1, a2, a3), (z0, z1, z2, z3) = row, z_hat
    return [
        (x0 * y0 + x1 * y1 + x2 * y2 + x3 * y3 - u * v) % _Q
        for x0, y0, x1, y1, x2, y2, x3, y3, u, v in zip(a0, z0, a1, z1, a2, z2, a3, z3, c, t)
    ]


def _pack_commitment(poly: _Poly, hint: set[int]) -> bytes:
    """The high bits of each coefficient, put right by its hint, six bits each. @spec fips204 algorithms 36, 40 and 28"""
    packed = 0
    for i in range(255, -1, -1):
        high, low = divmod(poly[i] + _GAMMA2 - 1, 2 * _GAMMA2)
        low -= _GAMMA2 - 1
        if high == 44:
            high, low = 0, low - 1
        if i in hint:
            high = (high + (1 if low > 0 else -1)) % 44
        packed = packed << 6 | high
    return packed.to_bytes(192, "little")


def _to_ntt(poly: _Poly) -> _Poly:
    """@spec fips204 algorithm 41"""
    w, m, length = list(poly), 0, 128
    while length:
        for start in range(0, 256, 2 * length):
            m += 1
            zeta, middle = _ZETAS[m], start + length
            low, high = w[start:middle], [zeta * value % _Q for value in w[middle : middle + length]]
            w[start:middle] = [a + b for a, b in zip(low, high)]
            w[middle : middle + length] = [a - b for a, b in zip(low, high)]
        length >>= 1
    return w


def _from_ntt(poly: _Poly) -> _Poly:
    """@spec fips204 algorithm 42"""
    w, m, length = list(poly), 256, 1
    while length < 256:
        for start in range(0, 256, 2 * length):
            m -= 1
            zeta, middle = _ZETAS[m], start + length
            low, high = w[start:middle], w[middle : middle + length]
            w[start:middle] = [a + b for a, b in zip(low, high)]
            w[middle : middle + length] = [zeta * (b - a) % _Q for a, b in zip(low, high)]
        length <<= 1
    return [value * 8_347_681 % _Q for value in w]


# --- command line ---

_HEAD_WORDS = {
    "witnessed": "Witnesses saw the same log as everybody",
    "audited": "An auditor replayed the log and found that the index kept its rules",
}
_EXIT_DONE, _EXIT_REFUSED, _EXIT_USAGE, _EXIT_MALFORMED = 0, 1, 2, 4


class _Told(NamedTuple):
    """What a command found: sentences for people, facts for programs."""

    lines: list[str]
    facts: dict[str, object]


def main(arguments: Optional[Sequence[str]] = None) -> int:
    options = _read_arguments(sys.argv[1:] if arguments is None else arguments)
    try:
        told: _Told = options.run(options)
    except OSError as error:
        return _say(options, _EXIT_USAGE, "cannot-read", ["Cannot read %s: %s" % (error.filename, error.strerror)])
    except CountermarkError as error:
        status = _EXIT_MALFORMED if isinstance(error, ParseError) else _EXIT_REFUSED
        return _say(options, status, error.code, [str(error)])
    return _say(options, _EXIT_DONE, "ok", told.lines, told.facts)


def _read_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    description = "Checks Countermark receipts, project proofs and cosigned checkpoints, in pure Python."
    status = "Exit status: 0 it holds, 1 it is refused, 2 wrong command line or unreadable file, 4 malformed input."
    parser = argparse.ArgumentParser(description=description, epilog=status, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name: str, run: Callable[[argparse.Namespace], _Told], words: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=words, epilog=status, allow_abbrev=False)
        command.set_defaults(run=run)
        command.add_argument("--now", type=int, default=None, metavar="SECONDS", help="Unix time (default: the clock)")
        command.add_argument("--json", action="store_true", help="one JSON object instead of sentences")
        return command

    receipt = add("receipt", _run_receipt, "was this file logged?")
    receipt.add_argument("receipt", metavar="FILE.tlog-proof")
    receipt.add_argument("--file", required=True, metavar="WHEEL", help="the wheel or sdist that the receipt is for")
    project = add("project-proof", _run_project_proof, "what does one cosigned head say about a project?")
    project.add_argument("proof", metavar="PROOF")
    project.add_argument("--name", required=True, help="the project's name, in any spelling")
    project.add_argument("--state", metavar="FILE", help="the project's state file, checked against the proof")
    project.add_argument("--details", metavar="FILE", help="the details file, to show names instead of digests")
    for command in (receipt, project):
        command.add_argument("--trust", required=True, metavar="trust.json", help="the trust description")
        command.add_argument("--trust-sha256", required=True, metavar="HEX", help="the digest that it is pinned by")
    checkpoint = add("checkpoint", _run_checkpoint, "is this checkpoint cosigned as a policy asks?")
    checkpoint.add_argument("note", metavar="NOTE")
    checkpoint.add_argument("--policy", required=True, metavar="FILE", help="a C2SP tlog-policy with the log's key")
    checkpoint.add_argument("--origin", required=True, help="the origin that the log must have")
    options = parser.parse_args(arguments)
    if "trust_sha256" in options and _HEX_DIGEST.fullmatch(options.trust_sha256) is None:
        parser.error("--trust-sha256 is 64 lower-case hexadecimal digits")
    if options.now is None:
        options.now = int(time.time())
    return options


def _say(
    options: argparse.Namespace, status: int, code: str, lines: Sequence[str], facts: Mapping[str, object] = {}
) -> int:
    if options.json:
        said = {**facts, "ok": status == _EXIT_DONE, "code": code, "message": "\n".join(lines)}
        print(json.dumps(said, sort_keys=True))
    elif status == _EXIT_DONE:
        _print(lines, sys.stdout)
    else:
        _print(["%s (%s)" % ("\n".join(lines), code)], sys.stderr)
    return status


def _print(lines: Sequence[str], stream: TextIO) -> None:
    """Strangers chose the names in it: what is not printable is escaped, so that it is neither a line nor a command."""
    for line in lines:
        shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in line)
        encoding = getattr(stream, "encoding", None) or "utf-8"
        print(shown.encode(encoding, "backslashreplace").decode(encoding), file=stream)


def _run_receipt(options: argparse.Namespace) -> _Told:
    trust, digest = _read_trust(options), _sha256_of_file(options.file)
    logged = verify_receipt(_read(options.receipt, TLOG_PROOF_BYTES_MAX), trust, file_sha256=digest, now=options.now)
    head, accepted = logged.head, logged.accepted
    filename, publisher = decide_filename(logged, trust.ecosystem), decide_publisher(logged)
    checkpoint = head.checkpoint
    lines = [
        "%s (SHA-256 %s) was logged at index %d of %s, by %s."
        % (filename or "The file", digest.hex(), logged.leaf_index, checkpoint.origin, _utc(checkpoint.t_hi)),
        "%s: %s." % (_HEAD_WORDS[head.kind], _cosigners(checkpoint)),
    ]
    if publisher is not None:
        lines.append("Uploaded by %s." % show_publisher(publisher))
    elif accepted.uploader == "token":
        lines.append("Uploaded with an API token: no identity stands behind it.")
    else:
        lines.append("Uploaded by a registered publisher.")
    lines.append("Attestations listed: %d." % len(accepted.attestations))
    facts = {
        **_facts_of(checkpoint),
        "attestations": [item.digest.hex() for item in accepted.attestations],
        "filename": filename,
        "head": head.kind,
        "index": logged.leaf_index,
        "publisher": None if publisher is None else _publisher_json(publisher),
        "sha256": digest.hex(),
        "uploader": accepted.uploader,
    }
    return _Told(lines, facts)


def _run_project_proof(options: argparse.Namespace) -> _Told:
    trust = _read_trust(options)
    answer = verify_project_proof(_read(options.proof, PROJECT_PROOF_BYTES_MAX), trust, name=options.name, now=options.now)
    trusted, value = answer.head.trusted, answer.value
    checkpoint = trusted.checkpoint
    where = "in the index's map at size %d of %s, cosigned %d s ago"
    place = where % (checkpoint.size, checkpoint.origin, answer.head.age_seconds)
    told = _Told(
        ["%s is %s %s." % (options.name, "not there" if value is None else "there", place)],
        {**_facts_of(checkpoint), "head": trusted.kind, "name": options.name, "present": value is not None},
    )
    told.lines.append("%s: %s." % (_HEAD_WORDS[trusted.kind], _cosigners(checkpoint)))
    if options.state and value is None:
        raise VerifyError("state-value", "There is a state file, but the project is not in the map")
    if options.state and value is not None:
        _tell_state(options, answer.key, value, told)
    return told


def _tell_state(options: argparse.Namespace, project: bytes, value: bytes, told: _Told) -> None:
    records = verify_state_file(_read(options.state, STATE_BYTES_MAX), value=value)
    details = parse_details_file(_read(options.details, DETAILS_BYTES_MAX)) if options.details else []
    by_commitment = {detail_commitment(detail): detail for detail in details}
    status, entries = records.header.status, records.history_count
    told.lines.append("Its status is %s; %d entries of the ledger are about it." % (status, entries))
    files: list[dict[str, object]] = []
    for key, record in records.files.items():
        detail = None if record.first_detail is None else by_commitment.get(record.first_detail)
        filename = None if detail is None else parse_file_detail(detail).filename
        # A name is shown only where it opens the id that the ledger has.
        name = filename if filename is not None and file_id(project, filename) == key else "file %s" % key.hex()
        said = (name, record.state, record.sha256.hex(), record.first_entry)
        told.lines.append("  %s: %s, SHA-256 %s, logged at index %d" % said)
        files.append(dict(zip(("name", "state", "sha256", "index"), said)))
    told.facts.update(status=status, entries=entries, files=files)


def _run_checkpoint(options: argparse.Namespace) -> _Told:
    policy = parse_policy(parse_utf8(_read(options.policy, 3 * POLICY_CHARS_MAX), "policy"))
    note = _read(options.note, NOTE_BYTES_MAX)
    tolerance = CLOCK_TOLERANCE_SECONDS
    checkpoint = verify_cosigned_checkpoint(
        note, policy, origin=options.origin, now=options.now, tolerance_seconds=tolerance
    )
    said = (checkpoint.origin, checkpoint.size, _cosigners(checkpoint), _utc(checkpoint.t_lo))
    line = "The tree of %s at size %d is cosigned by %s; a quorum saw it as the largest at %s." % said
    return _Told([line], _facts_of(checkpoint))


def _read(path: str, bytes_max: int) -> bytes:
    with open(path, "rb") as file:
        data = file.read(bytes_max + 1)
    if len(data) > bytes_max:
        raise ParseError("too-large", "Cannot read %s: more than %d bytes" % (path, bytes_max))
    return data


def _read_trust(options: argparse.Namespace) -> Trust:
    data = _read(options.trust, TRUST_BYTES_MAX)
    if sha256(data).hex() != options.trust_sha256:
        found = (options.trust, sha256(data).hex(), options.trust_sha256)
        raise VerifyError("trust-mismatch", "%s has SHA-256 %s, pinned is %s" % found)
    return parse_trust(data)


def _sha256_of_file(path: str) -> bytes:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.digest()


def _utc(seconds: int) -> str:
    """A time of up to 2^53 s has a year that `time` does not have."""
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    except (OverflowError, OSError, ValueError):
        return "%d s after 1970" % seconds


def _cosigners(checkpoint: CosignedCheckpoint) -> str:
    return ", ".join(sorted(cosignature.name for cosignature in checkpoint.cosignatures))


def _facts_of(checkpoint: CosignedCheckpoint) -> dict[str, object]:
    return {
        "cosigners": sorted(cosignature.name for cosignature in checkpoint.cosignatures),
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "tHi": checkpoint.t_hi,
        "tLo": checkpoint.t_lo,
    }


if __name__ == "__main__":
    sys.exit(main())
