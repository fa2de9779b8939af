#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Replays a Countermark ledger by its rules, in pure Python: an audit by anyone, of everything that needs no evidence.

Two files, Python 3.9 or newer, no dependency: this one and countermark_verify.py beside it. It is the second implementation
of `apply` in specs/ledger-kinds.md, and shares nothing with the first but those pages and the test vectors.

    ledger = Ledger()
    for leaf in leaves:                       # bytes, from index 0 on
        outcome = ledger.apply(leaf)          # legal, state, void (with its code) or unjudged; never raises
    ledger.commitment()                       # what the last state leaf must say

Or as a command, which reads a running index (or a folder of its tiles) and replays all of it:

    python3 countermark_ledger.py replay https://index.example --trust trust.json

It believes the newest head as far as the trust description's quorum does, hashes every leaf up to it, judges each, and compares
what it computed with the state leaf that the head ends in. Exit status: 0 everything agrees, 1 something does not, 2 wrong
command line, or the index or a file cannot be read, 4 malformed input. A void entry is no disagreement: it is listed with
its code. About 1 ms an entry, most of it the signature; the state is kept in memory.

With --anchors it reads the note of every anchor too, so that delays were served by the cosigners' clocks.

What is not looked at is what the ledger's bytes do not hold: files, details, attestations (`admit`).
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import sys
import time
import urllib.error
import urllib.request
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Optional, Union

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import countermark_verify as cv  # noqa: E402

EPS = cv.CLOCK_TOLERANCE_SECONDS
DAY = 86_400
X = 21_600
D = 7 * DAY
W = 14 * DAY
R = 21 * DAY
N = 14 * DAY
M = 90 * DAY
"""@spec specs/log-time.md#constants"""

INDEX_KEY = cv.index_key()
EMPTY_CONFIG = cv.ConfigRecord(0, 0, 0, cv.CLOSE_NEVER, (), ())

_BURNT = "withdrawn"
_REASON_CANCELED, _REASON_VOID = 6, 7
_WAYS = ("none", "passkey", "publisher", "account", "staff", "root")
_WAY_STAFF, _WAY_ROOT = 4, 5
_ACTS = {"change": 1, "ask": 2, "cancel": 3, "undo": 4, "approve": 5}
_RUNNING, _SUNSET, _SUCCEEDED = 0, 1, 2

Predicate = dict[str, Any]
Record = Union[cv.FileRecord, cv.ReleaseRecord]


class Void(Exception):
    """Why an entry changes nothing: `code` is one of those of specs/ledger-kinds.md."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Outcome(NamedTuple):
    """`kind` is `legal`, `state`, `void` or `unjudged`; `code` says why it is void, else None."""

    kind: str
    code: Optional[str] = None

    @property
    def word(self) -> str:
        return self.code or self.kind


class IndexHeader(NamedTuple):
    """@spec specs/ledger-records.md#index-header. `announced` is the entry that announced `next_rules`, or None."""

    role: str
    is_import_open: bool
    end: int
    rules: int
    next_rules: int
    announced: Optional[int]
    root_version: int
    targets_version: int
    trust: Optional[bytes]
    web_origin: str
    rp_id_hash: bytes
    threshold: int
    root_keys: tuple[bytes, ...]
    countersign: tuple[bytes, ...]


class Anchor(NamedTuple):
    """A head that a state leaf states. `size` and `at`, the leaf that states it, are numbers (specs/ledger-kinds.md#numbers)."""

    size: int
    note: bytes
    t_lo: int
    t_hi: int
    at: int


class Target(NamedTuple):
    """A legal entry, or state leaf, as a later `void` may name it."""

    project: bytes
    digest: bytes
    kind: str
    predicate: Optional[Predicate]


class Entry(NamedTuple):
    """One entry that is being judged. `number` is its place, `leaf` the hash of it, `subject` the one digest of its subject."""

    number: int
    kind: str
    common: cv.Common
    predicate: Predicate
    subject: bytes
    leaf: bytes
    parsed: cv.Entry


class SparseMap:
    """A map from 32-byte keys to 32-byte digests, and its commitment, of which only what changed is hashed again.

    @spec specs/map.md
    """

    def __init__(self) -> None:
        self.values: dict[bytes, bytes] = {}
        self._depth = -1
        self._buckets: list[set[bytes]] = []
        self._levels: list[list[bytes]] = []
        self._stale: set[int] = set()

    def __contains__(self, key: bytes) -> bool:
        return key in self.values

    def __len__(self) -> int:
        return len(self.values)

    def set(self, key: bytes, value: bytes) -> None:
        is_new = key not in self.values
        self.values[key] = value
        self._mark(key, is_new)

    def remove(self, key: bytes) -> None:
        del self.values[key]
        self._mark(key, True)

    def has_room(self, key: bytes) -> bool:
        """Whether the bucket of the key holds less than 4,096 keys."""
        self._arrange()
        return len(self._buckets[_place(key, self._depth)]) < cv.MAP_BUCKET_KEYS_MAX

    def is_overfull(self, keys: Sequence[bytes], added: Sequence[bytes]) -> bool:
        """Whether the bucket of one of the keys would hold more than 4,096 if what is added, new and distinct, were there."""
        self._arrange()
        depth = cv.map_depth(len(self.values) + len(added))
        for key in keys:
            # A deeper map has smaller buckets: what will be beside the key is beside it already.
            beside = (*self._buckets[_place(key, self._depth)], *added)
            if len(beside) > cv.MAP_BUCKET_KEYS_MAX:
                together = sum(_place(other, depth) == _place(key, depth) for other in beside)
                if together > cv.MAP_BUCKET_KEYS_MAX:
                    return True
        return False

    def commitment(self) -> bytes:
        self._arrange()
        for place in self._stale:
            pairs = [(key, self.values[key]) for key in sorted(self._buckets[place])]
            self._levels[0][place] = cv.bucket_hash(self._depth, pairs)
        stale = self._stale
        for below, level in zip(self._levels, self._levels[1:]):
            stale = {place >> 1 for place in stale}
            for place in stale:
                level[place] = cv.map_node_hash(below[2 * place], below[2 * place + 1])
        self._stale = set()
        return cv.map_commitment(len(self.values), self._levels[-1][0])

    def _mark(self, key: bytes, is_moved: bool) -> None:
        if cv.map_depth(len(self.values)) != self._depth:
            self._depth = -1
            return
        place = _place(key, self._depth)
        self._stale.add(place)
        if is_moved:
            self._buckets[place] ^= {key}

    def _arrange(self) -> None:
        """Puts every key into its bucket anew where the depth is another one."""
        depth = cv.map_depth(len(self.values))
        if depth == self._depth:
            return
        self._depth = depth
        self._buckets = [set() for _ in range(1 << depth)]
        for key in self.values:
            self._buckets[_place(key, depth)].add(key)
        self._levels = [[b""] * (1 << level) for level in range(depth, -1, -1)]
        self._stale = set(range(1 << depth))


def _place(key: bytes, depth: int) -> int:
    return int.from_bytes(key, "big") >> (256 - depth)


class Tree:
    """The RFC 6962 root over leaf hashes that come one by one."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        size, node = self.size, leaf
        while size & 1:
            node = cv.node_hash(self._peaks.pop(), node)
            size >>= 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        if not self._peaks:
            return cv.sha256(b"")
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = cv.node_hash(peak, node)
        return node


class Project:
    """All that the ledger says of a project. `asks`: what became of each ask, by its number."""

    def __init__(self, header: cv.ProjectHeader, config: cv.ConfigRecord) -> None:
        self.header = header
        self.current = config
        self.base = config
        self.pending: Optional[cv.ConfigRecord] = None
        self.records: dict[bytes, Record] = {}
        self.files = SparseMap()
        self.history = Tree()
        self.entries: list[int] = []
        self.asks: dict[int, str] = {}
        self.openings: dict[bytes, bytes] = {}
        """Publisher and principal id -> the detail that opens it. @spec specs/ledger-kinds.md#openings"""
        self.is_uploaded = False
        """Whether a file-accepted is among its entries."""

    def value(self) -> bytes:
        """@spec specs/map.md#values"""
        header = encode_project_header(self.header)
        return cv.project_value(header, self.files.commitment(), self.history.size, self.history.root())

    def file(self, key: bytes) -> Optional[cv.FileRecord]:
        record = self.records.get(key)
        return record if isinstance(record, cv.FileRecord) else None

    def release(self, key: bytes) -> Optional[cv.ReleaseRecord]:
        record = self.records.get(key)
        return record if isinstance(record, cv.ReleaseRecord) else None

    def put(self, key: bytes, record: Record) -> None:
        self.records[key] = record
        encode = encode_file_record if isinstance(record, cv.FileRecord) else encode_release_record
        self.files.set(key, cv.tagged(b"file", encode(record)))  # type: ignore[operator]

    def remove(self, key: bytes) -> None:
        del self.records[key]
        self.files.remove(key)

    def count(self, release: bytes, change: int) -> None:
        """Counts the files of a release that are not withdrawn."""
        record = self.release(release)
        if record is not None:
            self.put(release, record._replace(files=record.files + change))

    def set_current(self, config: cv.ConfigRecord, number: int) -> None:
        """current := config; current since := the entry, where the id of current changed."""
        self.current, config_id = config, cv.config_id(encode_config(config))
        if config_id != self.header.current:
            self.header = self.header._replace(current=config_id, current_since=number)

    def set_base(self) -> None:
        """base := current; base since := current since."""
        self.base = self.current
        self.header = self.header._replace(base=self.header.current, base_since=self.header.current_since)

    def set_pending(self, config: cv.ConfigRecord, number: int, way: str) -> None:
        self.drop_pending("dropped")
        self.pending = config
        pending = cv.config_id(encode_config(config))
        self.header = self.header._replace(pending=pending, asked=number, way=_WAYS.index(way))
        self.asks[number] = "pending"

    def note_openings(self, entry: Entry) -> None:
        configs = (self.current, self.base) + (() if self.pending is None else (self.pending,))
        named = {item for config in configs for item in (*config.publishers, *config.principals)}
        self.openings = {item: detail for item, detail in self.openings.items() if item in named}
        detail = entry.common.detail
        if detail is not None and entry.predicate.get("config", "none") != "none":
            self.openings = {**{item: detail for item in named}, **self.openings}

    def drop_pending(self, word: str) -> None:
        if self.header.asked is not None:
            self.asks[self.header.asked] = word
        self.pending = None
        self.header = self.header._replace(pending=None, asked=None, way=0)


class Index:
    """The index itself, as project I of its own map. `waiting` comes into force with the next legal state leaf."""

    def __init__(self, header: IndexHeader, ecosystem: str, visibility: str) -> None:
        self.header = header
        self.ecosystem = ecosystem
        self.visibility = visibility
        self.history = Tree()
        self.entries: list[int] = []
        self.waiting: Optional[Predicate] = None
        self.opened = 0
        """The entry that stated the import phase last: a genesis or an index-role."""

    def value(self) -> bytes:
        header = encode_index_header(self.header)
        return cv.project_value(header, cv.map_commitment(0, _EMPTY_BUCKET), self.history.size, self.history.root())


_EMPTY_BUCKET = cv.bucket_hash(0, ())


class Succession(NamedTuple):
    """What log-succeeded says of the log that goes on."""

    origin: bytes
    genesis: bytes


class Ledger:
    """The state after the leaves that were applied, and what is remembered of them.

    @spec specs/ledger-kinds.md
    """

    def __init__(self) -> None:
        self.origin: Optional[str] = None
        self.offset = 0
        self.tree = Tree()
        self.index: Optional[Index] = None
        self.projects: dict[bytes, Project] = {}
        self.map = SparseMap()
        self.anchors: list[Anchor] = []
        self.seals: list[int] = []
        """Indices of the legal state leaves of this log, ascending."""
        self.targets: dict[int, Target] = {}
        self.succession: Optional[Succession] = None
        self.ended: Optional[tuple[int, bytes]] = None
        """(size, root) of the tree whose last leaf is the log's last."""
        self.previous: Optional[Ledger] = None
        """The log that this one may continue: as long as there is no genesis."""
        self.is_unjudged = False
        self._stale: set[bytes] = set()

    def apply(self, leaf: bytes) -> Outcome:
        """Judges the next leaf and lets it have its effect. Total: whatever the bytes are, they have an outcome."""
        outcome = self._judge(leaf)
        self.tree.add(cv.leaf_hash(leaf))
        if outcome.kind == "state" and self.succession is not None:
            self.ended = (self.tree.size, self.tree.root())
        return outcome

    def commitment(self) -> bytes:
        """The commitment of the map of projects."""
        for key in self._stale:
            project = self.index if key == INDEX_KEY else self.projects[key]
            if project is not None:
                self.map.set(key, project.value())
        self._stale = set()
        return self.map.commitment()

    def copy(self) -> Ledger:
        return copy.deepcopy(self)

    def continued(self) -> Ledger:
        """The ledger that a log begins with whose genesis says that it continues this one.

        @spec specs/ledger-kinds.md#log-genesis
        """
        ledger = Ledger()
        ledger.previous = self
        return ledger

    # --- log time (specs/log-time.md) ---

    def log_now(self) -> int:
        return self.anchors[-1].t_lo if self.anchors else 0

    def is_over(self, number: int, seconds: int) -> bool:
        """Whether at least so long has passed since the entry, provably."""
        at = bisect_right([anchor.size for anchor in self.anchors], number)
        return at < len(self.anchors) and self.log_now() >= self.anchors[at].t_hi + seconds

    # --- one leaf ---

    @property
    def number(self) -> int:
        """Of the leaf that is judged."""
        return self.offset + self.tree.size

    def touch(self, key: bytes) -> None:
        """The value of this project is another one."""
        self._stale.add(key)

    def _judge(self, leaf: bytes) -> Outcome:
        if self.is_unjudged or (self.index is not None and self.index.header.rules not in cv.RULES_KNOWN):
            return Outcome("unjudged")
        try:
            if leaf[:1] != b"{":
                _judge_state_leaf(self, leaf)
                return Outcome("state")
            entry = _parse(leaf, self.number)
            if self.tree.size == 0 and entry.kind == "log-genesis":
                return self._begin(entry)
            self._judge_entry(entry)
        except Void as void:
            return Outcome("void", void.code)
        return Outcome("legal")

    def _begin(self, entry: Entry) -> Outcome:
        rules = entry.predicate["rules"]
        if rules not in cv.RULES_KNOWN and rules != 0:
            self.is_unjudged = True
            return Outcome("unjudged")
        _judge_genesis(self, entry)
        return Outcome("legal")

    def _judge_entry(self, entry: Entry) -> None:
        """The common checks, in their order, then the kind's own; then what every legal entry does.

        @spec specs/ledger-kinds.md#common-checks
        """
        index, common, kind = self.index, entry.common, entry.kind
        if index is None:
            raise Void("no-genesis")
        rule = RULES.get(kind)
        is_about_index = rule is not None and rule.is_about_index
        _require(common.origin == self.origin, "wrong-log")
        _require(kind != "log-genesis", "no-genesis")
        _require(index.header.end != _SUCCEEDED, "log-ended")
        if rule is None:
            raise Void("unknown-kind")
        _require_countersigned(entry, index.header.countersign)
        _require(common.role == index.header.role and common.role in rule.roles, "wrong-role")
        _require(index.header.end != _SUNSET or rule.is_legal_after_sunset(entry.predicate), "sunset")
        project = self.projects.get(common.project)
        is_index = common.project == INDEX_KEY
        _require(project is not None or is_index or rule.is_making, "unknown-project")
        history = index.history if is_index else project.history if project is not None else Tree()
        _require(common.seq == history.size, "wrong-seq")
        is_timed = not (kind == "void" and is_index)
        _require(not is_timed or common.time >= self.log_now() - EPS, "time-before-log")
        is_of_index = kind in ("void", "project-reserved", "project-created") or is_about_index
        _require(not is_index or is_of_index, "unknown-project")
        rule.judge(self, entry)
        self._record(entry)

    def _take_over(self, other: Ledger) -> None:
        """Projects, records, anchors and log time of the log that this one continues; I is new."""
        before = other.copy()
        self.offset = before.offset + before.tree.size
        self.projects, self.map, self._stale = before.projects, before.map, before._stale
        self.anchors = before.anchors
        # Entries about the index before are of no project of this log; its state leaves still stand for their anchors.
        is_kept = lambda target: target.project != INDEX_KEY or target.kind == "state"  # noqa: E731
        self.targets = {number: target for number, target in before.targets.items() if is_kept(target)}
        self.previous = None

    def _record(self, entry: Entry) -> None:
        """The effect that every legal entry has."""
        key, number = entry.common.project, entry.number
        owner = self.index if key == INDEX_KEY else self.projects[key]
        if owner is None:
            raise TypeError("there is no index")
        owner.history.add(entry.leaf)
        owner.entries.append(number)
        if isinstance(owner, Project) and self.index is not None:
            owner.header = owner.header._replace(last_entry=number, rules=self.index.header.rules)
            owner.note_openings(entry)
        self.targets[number] = Target(key, cv.sha256(entry.parsed.payload), entry.kind, entry.predicate)
        self.touch(key)


def _require(holds: bool, code: str) -> None:
    if not holds:
        raise Void(code)


def _parse(leaf: bytes, number: int) -> Entry:
    try:
        parsed = cv.parse_entry(leaf)
    except cv.ParseError:
        raise Void("malformed") from None
    statement = json.loads(parsed.payload)
    member, subject = next(iter(statement["subject"][0]["digest"].items()))
    common = parsed.common
    if member == "countermarkLog" and parsed.kind in cv._KINDS:
        is_own = bytes.fromhex(subject) == cv.origin_hash(common.origin) and common.project == INDEX_KEY
        _require(is_own, "malformed")
    digest = bytes.fromhex(subject)
    return Entry(number, parsed.kind, common, statement["predicate"], digest, cv.leaf_hash(leaf), parsed)


# --- signatures ---


@lru_cache(maxsize=4_096)
def _is_signed(algorithm: int, key: bytes, message: bytes, signature: bytes) -> bool:
    """By an ES256 (1, `x || y` and `r || s`) or Ed25519 (2) key. Leaves that are replayed twice are checked once."""
    if algorithm == 2:
        return cv.verify_ed25519(key, message, signature)
    spki = cv._P256_SPKI_PREFIX + b"\x04" + key
    return cv.verify_ecdsa_p256(spki, message, _der_of(signature))


def _der_of(signature: bytes) -> bytes:
    """`SEQUENCE { INTEGER r, INTEGER s }` of `r || s`."""
    numbers = [int.from_bytes(half, "big") for half in (signature[:32], signature[32:])]
    octets = [value.to_bytes(value.bit_length() // 8 + 1, "big") for value in numbers]
    content = b"".join(b"\x02" + cv.u8(len(item)) + item for item in octets)
    return b"\x30" + cv.u8(len(content)) + content


def _require_countersigned(entry: Entry, keys: Sequence[bytes]) -> None:
    key = next((key for key in keys if cv.sha256(_ED25519_SPKI + key) == entry.parsed.key_id), None)
    if key is None:
        raise Void("key-not-in-force")
    _require(_is_signed(2, key, cv.pae(entry.parsed.payload), entry.parsed.signature), "bad-signature")


_ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")


def _root_signers(entry: Entry, root_keys: Iterable[bytes]) -> Optional[list[bytes]]:
    """The root ids whose keys signed; None if a signature does not verify, or is by none of them.

    @spec specs/ledger-records.md#consent
    """
    known, signers = set(root_keys), []
    predicate = {name: value for name, value in entry.predicate.items() if name not in ("root", "time")}
    covered = cv.encode_canonical_json({"predicate": predicate, "predicateType": _type_of(entry.kind)})
    log = cv.origin_hash(entry.common.origin)
    message = b"countermark.dev/root/v1\0" + log + cv.u64(entry.common.seq) + cv.sha256(covered)
    for item in entry.predicate["root"]:
        record = b"\x01" + bytes.fromhex(item["key"])
        algorithm, key = cv.parse_key_record(record)
        root_id = cv.root_key_id(record)
        if root_id not in known or not _is_signed(algorithm, key, message, bytes.fromhex(item["sig"])):
            return None
        signers.append(root_id)
    return signers


def _type_of(kind: str) -> str:
    return "https://countermark.dev/ledger/%s/v1" % kind


def _require_root(entry: Entry, root_keys: Sequence[bytes], threshold: int) -> None:
    signers = _root_signers(entry, root_keys)
    _require(signers is not None and len(signers) >= threshold, "bad-root")


def _require_root_in_force(ledger: Ledger, entry: Entry) -> None:
    header = _header_of(ledger)
    _require_root(entry, header.root_keys, header.threshold)


def _is_consented(ledger: Ledger, entry: Entry, act: str, subject: bytes, configs: Sequence[cv.ConfigRecord]) -> bool:
    """Whether a passkey of one of the configurations consents to this act over this subject. @spec specs/ledger-records.md#consent"""
    consent, header = entry.predicate["consent"], _header_of(ledger)
    algorithm, key = 1 if consent["alg"] == "ES256" else 2, bytes.fromhex(consent["key"])
    principal = cv.salted_id("principal", bytes.fromhex(consent["salt"]), b"\x01" + cv.u8(algorithm) + key)
    if not any(principal in config.principals for config in configs):
        return False
    serial = ledger.projects[entry.common.project].header.serial
    log = cv.origin_hash(entry.common.origin)
    challenge = cv.consent_challenge(log, entry.common.project, serial, _ACTS[act], subject)
    return verify_passkey(consent, challenge, header.rp_id_hash, header.web_origin)


def verify_passkey(consent: Mapping[str, Any], challenge: bytes, rp_id_hash: bytes, web_origin: str) -> bool:
    """Whether the key in the consent signed the challenge, for this web origin, in the form that it says.

    @spec specs/ledger-records.md#consent
    """
    flags, algorithm = consent["flags"], 1 if consent["alg"] == "ES256" else 2
    if flags & ~0x18 != 0x05:
        return False
    client_data = encode_client_data(consent["form"], challenge, web_origin)
    signed = rp_id_hash + cv.u8(flags) + cv.u32(consent["counter"]) + cv.sha256(client_data)
    return _is_signed(algorithm, bytes.fromhex(consent["key"]), signed, bytes.fromhex(consent["sig"]))


def encode_client_data(form: int, challenge: bytes, web_origin: str) -> bytes:
    """What the browser hashed, in one of its closed forms. @spec specs/ledger-records.md#consent"""
    encoded = cv.base64.urlsafe_b64encode(challenge).rstrip(b"=").decode("ascii")
    start = '{"type":"webauthn.get","challenge":"%s","origin":"%s"' % (encoded, web_origin)
    return (start + _CLIENT_DATA_ENDS[form]).encode("ascii")


_CLIENT_DATA_ENDS = (
    ',"crossOrigin":false}',
    "}",
    ',"crossOrigin":false,"other_keys_can_be_added_here":"do not compare clientDataJSON against a template. '
    'See https://goo.gl/yabPex"}',
)


# --- state leaves (specs/state-leaf.md) ---


def _judge_state_leaf(ledger: Ledger, leaf: bytes) -> None:
    try:
        state = cv.parse_state_leaf(leaf)
    except cv.ParseError:
        raise Void("malformed") from None
    _require(ledger.ended is None, "log-ended")
    if ledger.index is None:
        raise Void("bad-state")
    _require(state.time >= ledger.log_now() - EPS, "bad-state")
    before = ledger.index
    in_force = copy.copy(before)
    in_force.header = _header_with_this(ledger)
    in_force.waiting = None
    anchor = _anchor_of(ledger, state)
    ledger.index = in_force
    ledger.touch(INDEX_KEY)
    if not _is_as_computed(ledger, state):
        ledger.index = before
        ledger.touch(INDEX_KEY)
        raise Void("bad-state")
    if anchor is not None:
        ledger.anchors.append(anchor)
    ledger.targets[ledger.number] = Target(INDEX_KEY, cv.sha256(leaf), "state", None)
    ledger.seals.append(ledger.tree.size)


def _is_as_computed(ledger: Ledger, state: cv.StateLeaf) -> bool:
    header = _header_of(ledger)
    computed = cv.StateLeaf(
        origin=ledger.origin or "",
        leaf_index=ledger.tree.size,
        prev=ledger.seals[-1] if ledger.seals else None,
        map=ledger.commitment(),
        projects=len(ledger.map),
        time=state.time,
        rules=header.rules,
        root_version=header.root_version,
        targets_version=header.targets_version,
        anchor=state.anchor,
    )
    return state == computed


def _header_with_this(ledger: Ledger) -> IndexHeader:
    """The index header after what the state leaf brings into force. @spec specs/state-leaf.md#what-it-brings-into-force"""
    index = ledger.index
    if index is None:
        raise TypeError("there is no index")
    header = index.header
    if index.waiting is not None:
        header = header._replace(**_trust_of(index.waiting))
    if header.announced is not None and ledger.is_over(header.announced, N):
        header = header._replace(rules=header.next_rules, next_rules=0, announced=None)
    return header


def _anchor_of(ledger: Ledger, state: cv.StateLeaf) -> Optional[Anchor]:
    if not ledger.seals:
        _require(state.anchor is None, "bad-state")
        return None
    if state.anchor is None:
        raise Void("bad-state")
    anchor = Anchor(ledger.offset + state.anchor.size, state.anchor.note, state.anchor.t_lo, state.anchor.t_hi, ledger.number)
    at = bisect_right(ledger.seals, state.anchor.size - 1)
    _require(at > 0 and ledger.seals[at - 1] == state.anchor.size - 1, "bad-state")
    last = ledger.anchors[-1] if ledger.anchors else None
    _require(last is None or (anchor.size >= last.size and anchor.t_lo >= last.t_lo), "bad-state")
    _require(anchor.t_hi + EPS >= ledger.log_now(), "bad-state")
    is_adjacent = ledger.seals[-1] == ledger.tree.size - 1
    _require(not is_adjacent or last is None or anchor.size > last.size, "bad-state")
    return anchor


def compose_state_leaf(ledger: Ledger, time: int, anchor: Optional[cv.Anchor]) -> Optional[bytes]:
    """The state leaf that would be legal next; None where none can be."""
    if ledger.index is None or ledger.ended is not None:
        return None
    trial = ledger.copy()
    if trial.index is None:
        return None
    trial.index.header = _header_with_this(ledger)
    trial.touch(INDEX_KEY)
    header = trial.index.header
    lines = [
        "countermark.dev/state/v1",
        trial.origin or "",
        str(trial.tree.size),
        str(trial.seals[-1]) if trial.seals else "-",
        _base64(trial.commitment()),
        str(len(trial.map)),
        "time %d" % time,
        "rules %d" % header.rules,
        "tuf %d %d" % (header.root_version, header.targets_version),
        "anchor none" if anchor is None else "anchor %d %s %d %d" % (anchor.size, _base64(anchor.note), anchor.t_lo, anchor.t_hi),
        "",
    ]
    leaf = "\n".join(lines).encode("ascii")
    return leaf if ledger.copy().apply(leaf).kind == "state" else None


def _base64(data: bytes) -> str:
    return cv.base64.b64encode(data).decode("ascii")


# --- kinds about the index (specs/ledger-kinds.md) ---


def _header_of(ledger: Ledger) -> IndexHeader:
    if ledger.index is None:
        raise TypeError("there is no index")
    return ledger.index.header


def _set_header(ledger: Ledger, **changes: Any) -> None:
    if ledger.index is None:
        raise TypeError("there is no index")
    ledger.index.header = ledger.index.header._replace(**changes)


def _digests(texts: Iterable[str]) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(text) for text in texts)


def _digest_or_none(text: str) -> Optional[bytes]:
    return None if text == "none" else bytes.fromhex(text)


def _trust_of(predicate: Predicate) -> dict[str, Any]:
    """Members of the index header that a genesis and a trust-changed say."""
    return {
        "root_version": predicate["rootVersion"],
        "targets_version": predicate["targetsVersion"],
        "trust": _digest_or_none(predicate["trust"]),
        "web_origin": predicate["webOrigin"],
        "rp_id_hash": bytes.fromhex(predicate["rpIdHash"]),
        "threshold": predicate["threshold"],
        "root_keys": _digests(predicate["rootKeys"]),
        "countersign": _digests(predicate["countersign"]),
    }


def _judge_genesis(ledger: Ledger, entry: Entry) -> None:
    predicate = entry.predicate
    trust = _trust_of(predicate)
    _require_countersigned(entry, trust["countersign"])
    _require(entry.common.seq == 0, "wrong-seq")
    _require_root(entry, trust["root_keys"], trust["threshold"])
    _require(_is_continuing(ledger.previous, entry), "wrong-previous")
    log_now = 0 if ledger.previous is None else ledger.previous.log_now()
    _require(entry.common.time >= log_now - EPS, "time-before-log")
    _require(predicate["rules"] != 0, "rules-version")
    header = IndexHeader(
        role=entry.common.role,
        is_import_open=predicate["import"] == "open",
        end=_RUNNING,
        rules=predicate["rules"],
        next_rules=0,
        announced=None,
        **trust,
    )
    ledger.index = Index(header, predicate["ecosystem"], predicate["visibility"])
    ledger.origin = entry.common.origin
    if ledger.previous is not None:
        ledger._take_over(ledger.previous)
    ledger.index.opened = ledger.number
    ledger._record(entry._replace(number=ledger.number))


def _is_continuing(other: Optional[Ledger], entry: Entry) -> bool:
    """Whether `previous` is what is true of the log before this one, if there is one."""
    said = entry.predicate["previous"]
    if other is None or said == "none":
        return other is None and said == "none"
    if other.ended is None or other.succession is None or other.index is None:
        return False
    size, root = other.ended
    found = {"map": other.commitment().hex(), "origin": other.origin, "root": root.hex(), "size": size}
    succession = Succession(cv.origin_hash(entry.common.origin), successor_id(entry.predicate))
    is_same_world = (other.index.ecosystem, other.index.visibility) == (
        entry.predicate["ecosystem"],
        entry.predicate["visibility"],
    )
    return said == found and size == other.tree.size and succession == other.succession and is_same_world


def successor_id(predicate: Predicate) -> bytes:
    """@spec specs/ledger-records.md#ids"""
    kept = {name: value for name, value in predicate.items() if name not in ("previous", "root", "time")}
    return cv.tagged(b"successor", cv.encode_canonical_json({"predicate": kept, "predicateType": _type_of("log-genesis")}))


def _judge_trust_changed(ledger: Ledger, entry: Entry) -> None:
    header, new = _header_of(ledger), _trust_of(entry.predicate)
    signers = _root_signers(entry, header.root_keys + new["root_keys"])
    if signers is None:
        raise Void("bad-root")
    _require(len(set(signers) & set(header.root_keys)) >= header.threshold, "bad-root")
    _require(len(set(signers) & set(new["root_keys"])) >= new["threshold"], "bad-root")
    if ledger.index is None or ledger.index.waiting is not None:
        raise Void("pending")
    before, after = (header.root_version, header.targets_version), (new["root_version"], new["targets_version"])
    _require(after[0] >= before[0] and after[1] >= before[1] and after != before, "trust-version")
    ledger.index.waiting = entry.predicate


def _judge_rules_changed(ledger: Ledger, entry: Entry) -> None:
    header = _header_of(ledger)
    _require_root_in_force(ledger, entry)
    _require(header.announced is None, "pending")
    _require(entry.predicate["rules"] == header.rules + 1, "rules-version")
    _set_header(ledger, next_rules=entry.predicate["rules"], announced=entry.number)


def _judge_index_role(ledger: Ledger, entry: Entry) -> None:
    _require_root_in_force(ledger, entry)
    _set_header(ledger, role=entry.predicate["role2"], is_import_open=entry.predicate["import"] == "open")
    if ledger.index is not None:
        ledger.index.opened = entry.number


def _judge_import_closed(ledger: Ledger, entry: Entry) -> None:
    _require(_header_of(ledger).is_import_open, "import-closed")
    _set_header(ledger, is_import_open=False)


def _judge_sunset(ledger: Ledger, entry: Entry) -> None:
    _require_root_in_force(ledger, entry)
    _set_header(ledger, end=_SUNSET)


def _judge_log_succeeded(ledger: Ledger, entry: Entry) -> None:
    _require_root_in_force(ledger, entry)
    _set_header(ledger, end=_SUCCEEDED)
    ledger.succession = Succession(bytes.fromhex(entry.predicate["origin2"]), bytes.fromhex(entry.predicate["genesis"]))


# --- who may publish (specs/ledger-kinds.md) ---


def _config_of(predicate: Predicate) -> cv.ConfigRecord:
    config = predicate["config"]
    policy = config["policy"]
    return cv.ConfigRecord(
        uploads=policy["uploads"],
        attestations=policy["attestations"],
        release=policy["release"],
        close_days=policy["closeDays"],
        publishers=_digests(config["publishers"]),
        principals=_digests(config["principals"]),
    )


def _is_legal(config: cv.ConfigRecord) -> bool:
    """@spec specs/ledger-records.md#policy-record"""
    return (
        (config.attestations == 0 or config.uploads == 1)
        and (config.uploads == 0 or len(config.publishers) >= 1)
        and (config.release != 2 or len(config.principals) >= 1)
    )


def _is_tighter(a: cv.ConfigRecord, b: cv.ConfigRecord) -> bool:
    policies = [(c.uploads, c.attestations, c.release, -c.close_days) for c in (a, b)]
    return all(x >= y for x, y in zip(*policies)) and policies[0] != policies[1]


def _new_project(entry: Entry, status: str, how: int, config: cv.ConfigRecord) -> Project:
    number, config_id = entry.number, cv.config_id(encode_config(config))
    header = cv.ProjectHeader(
        status=status,
        how=how,
        first_entry=number,
        last_entry=number,
        rules=0,
        first_file=None,
        serial=0,
        current=config_id,
        current_since=number,
        base=config_id,
        base_since=number,
        pending=None,
        asked=None,
        way=0,
        frozen=None,
        recovered=None,
        attested=None,
    )
    return Project(header, config)


def _require_room(ledger: Ledger, key: bytes) -> None:
    ledger.commitment()
    _require(ledger.map.has_room(key), "map-full")


def _project_of(ledger: Ledger, entry: Entry) -> Project:
    return ledger.projects[entry.common.project]


def _judge_reserved(ledger: Ledger, entry: Entry) -> None:
    key = entry.common.project
    _require(key != INDEX_KEY and key not in ledger.projects, "project-exists")
    _require_room(ledger, key)
    ledger.projects[key] = _new_project(entry, "reserved", 1, EMPTY_CONFIG)


def _judge_created(ledger: Ledger, entry: Entry) -> None:
    key, config = entry.common.project, _config_of(entry.predicate)
    known = ledger.projects.get(key)
    _require(key != INDEX_KEY and (known is None or known.header.status == "reserved"), "project-exists")
    _require(_is_legal(config), "bad-config")
    created = _new_project(entry, "active", 1, config)
    if known is None:
        _require_room(ledger, key)
        ledger.projects[key] = created
        return
    known.current, known.base = config, config
    known.header = created.header._replace(first_entry=known.header.first_entry, serial=known.header.serial)


class _Act(NamedTuple):
    """One project-configured that is being judged. `base` and `base_since` are those after settling."""

    ledger: Ledger
    entry: Entry
    project: Project
    config: Optional[cv.ConfigRecord]
    base: cv.ConfigRecord

    @property
    def header(self) -> cv.ProjectHeader:
        return self.project.header

    @property
    def current(self) -> cv.ConfigRecord:
        return self.project.current

    @property
    def named(self) -> cv.ConfigRecord:
        if self.config is None:
            raise TypeError("the act names no configuration")
        return self.config

    def is_frozen(self) -> bool:
        frozen = self.header.frozen
        return frozen is not None and not self.ledger.is_over(frozen, W)

    def is_pending_by(self, *ways: int) -> bool:
        return self.header.pending is not None and self.header.way in ways


def _judge_configured(ledger: Ledger, entry: Entry) -> None:
    project, predicate = _project_of(ledger, entry), entry.predicate
    header = project.header
    _require(header.status != "reserved", "not-open")
    is_settled = ledger.is_over(header.current_since, W)
    config = None if predicate["config"] == "none" else _config_of(predicate)
    act = _Act(ledger, entry, project, config, project.current if is_settled else project.base)
    _require(config is None or _is_legal(config), "bad-config")
    row = _ROWS[(predicate["act"], predicate["way"])]
    _require(_has_consent(act, row.consent_of), "bad-consent")
    row.require(act)
    if is_settled:
        project.set_base()
    row.effect(act)
    project.header = project.header._replace(serial=header.serial + 1)


def _has_consent(act: _Act, consent_of: Sequence[str]) -> bool:
    predicate, header = act.entry.predicate, act.header
    configs = [getattr(act, name) for name in consent_of]
    if predicate["way"] == "publisher":
        publisher = bytes.fromhex(predicate["consent"]["publisher"])
        return any(publisher in config.publishers for config in configs)
    if predicate["way"] != "passkey":
        return True
    subject = {
        "change": lambda: _id_of(act.named),
        "ask": lambda: _id_of(act.named),
        "cancel": lambda: header.pending or bytes(32),
        "undo": lambda: _id_of(act.base),
    }[predicate["act"]]()
    return _is_consented(act.ledger, act.entry, predicate["act"], subject, configs)


def _id_of(config: cv.ConfigRecord) -> bytes:
    return cv.config_id(encode_config(config))


def _require_free(act: _Act) -> None:
    _require(act.header.first_file is None, "has-files")


def _require_thawed(act: _Act) -> None:
    _require(not act.is_frozen(), "frozen")


def _require_tighter(act: _Act) -> None:
    people = (act.named.publishers, act.named.principals) == (act.current.publishers, act.current.principals)
    _require(people and _is_tighter(act.named, act.current), "not-tighter")
    _require_thawed(act)


def _require_unasked(act: _Act) -> None:
    _require(act.header.first_file is not None, "no-files")
    _require(act.header.pending is None, "pending")


def _require_unguarded_ask(act: _Act) -> None:
    _require(act.header.first_file is not None, "no-files")
    _require(not act.current.principals and not act.base.principals, "has-principals")
    _require(act.header.pending is None, "pending")


def _require_waited(act: _Act) -> None:
    header, pending = act.header, act.project.pending
    if header.asked is None or pending is None or header.way in (_WAY_STAFF, _WAY_ROOT):
        raise Void("no-pending")
    _require(act.ledger.is_over(header.asked, D), "too-early")
    _require(_is_legal(pending), "bad-config")


def _require_cancellable(act: _Act) -> None:
    _require(act.header.pending is not None and act.header.way != _WAY_ROOT, "not-cancellable")


def _require_unguarded_cancel(act: _Act) -> None:
    _require(not act.current.principals and not act.base.principals, "has-principals")
    _require_cancellable(act)


def _require_undoable(act: _Act) -> None:
    _require(_id_of(act.base) != act.header.current, "nothing-to-undo")
    _require(act.named == act.base, "bad-config")


def _change(act: _Act) -> None:
    act.project.set_current(act.named, act.entry.number)


def _drop_unless_root(act: _Act) -> None:
    if not act.is_pending_by(_WAY_ROOT):
        act.project.drop_pending("dropped")


def _change_and_drop(act: _Act) -> None:
    _change(act)
    _drop_unless_root(act)


def _change_freely(act: _Act) -> None:
    _change_and_drop(act)
    act.project.set_base()


def _ask(act: _Act) -> None:
    act.project.set_pending(act.named, act.entry.number, act.entry.predicate["way"])


def _take(act: _Act) -> None:
    _take_pending(act.project, act.entry.number)


def _take_pending(project: Project, number: int) -> None:
    if project.pending is None:
        raise TypeError("nothing is pending")
    project.set_current(project.pending, number)
    project.drop_pending("taken")


def _cancel(act: _Act) -> None:
    act.project.drop_pending("dropped")


def _undo(act: _Act) -> None:
    _change_and_drop(act)
    act.project.header = act.header._replace(frozen=act.entry.number)


class _Row(NamedTuple):
    """Of the table of project-configured: whose consent, when it is legal, and what it does."""

    consent_of: tuple[str, ...]
    require: Callable[[_Act], None]
    effect: Callable[[_Act], None]


_ROWS = {
    ("change", "free"): _Row((), _require_free, _change_freely),
    ("change", "passkey"): _Row(("current",), _require_thawed, _change_and_drop),
    ("change", "account"): _Row((), _require_tighter, _change),
    ("ask", "passkey"): _Row(("current",), _require_unasked, _ask),
    ("ask", "publisher"): _Row(("current",), _require_unasked, _ask),
    ("ask", "account"): _Row((), _require_unguarded_ask, _ask),
    ("take", "none"): _Row((), _require_waited, _take),
    ("cancel", "passkey"): _Row(("current", "base"), _require_cancellable, _cancel),
    ("cancel", "publisher"): _Row(("current", "base"), _require_unguarded_cancel, _cancel),
    ("cancel", "account"): _Row((), _require_cancellable, _cancel),
    ("undo", "passkey"): _Row(("base",), _require_undoable, _undo),
}


def _judge_recovered(ledger: Ledger, entry: Entry) -> None:
    project, predicate = _project_of(ledger, entry), entry.predicate
    header = project.header
    _require(header.status != "reserved", "not-open")
    if predicate["act"] == "ask":
        _ask_recovery(ledger, entry, project)
    else:
        _take_recovery(ledger, entry, project)
    project.header = project.header._replace(serial=header.serial + 1)


def _ask_recovery(ledger: Ledger, entry: Entry, project: Project) -> None:
    config, way, header = _config_of(entry.predicate), entry.predicate["way"], project.header
    _require(_is_legal(config), "bad-config")
    if way == "root":
        _require_root_in_force(ledger, entry)
    _require(header.first_file is not None, "no-files")
    _require(header.pending is None or (way == "root" and header.way != _WAY_ROOT), "pending")
    project.set_pending(config, entry.number, way)


def _take_recovery(ledger: Ledger, entry: Entry, project: Project) -> None:
    header = project.header
    if header.asked is None or project.pending is None or header.way not in (_WAY_STAFF, _WAY_ROOT):
        raise Void("no-pending")
    _require(ledger.is_over(header.asked, R), "too-early")
    _require(_is_legal(project.pending), "bad-config")
    _take_pending(project, entry.number)
    project.set_base()
    project.header = project.header._replace(frozen=None, recovered=entry.number)


# --- files (specs/ledger-kinds.md) ---


def _judge_accepted(ledger: Ledger, entry: Entry) -> None:
    project, accepted = _project_of(ledger, entry), entry.parsed.accepted
    if accepted is None:
        raise TypeError("the entry is no file-accepted")
    header, current, time = project.header, project.current, entry.common.time
    _require(header.status in ("active", "deprecated"), "not-open")
    is_free = accepted.file not in project.records and accepted.file != accepted.release
    _require(is_free and project.file(accepted.release) is None, "filename-used")
    release = project.release(accepted.release)
    _require(release is None or not _is_closed(ledger, current, release), "release-closed")
    is_registered = accepted.publisher in current.publishers
    _require(is_registered if accepted.uploader == "publisher" else accepted.publisher is None, "publisher-not-registered")
    _require(current.uploads == 0 or accepted.uploader == "publisher", "token-refused")
    attestations = accepted.attestations
    _require(all(item.publisher in current.publishers for item in attestations), "publisher-not-registered")
    _require(current.attestations == 0 or any(item.predicate == 1 for item in attestations), "attestation-required")
    in_time = all(item.time - EPS <= accepted.received <= item.time + X for item in attestations)
    _require(in_time, "attestation-time")
    _require(accepted.received <= time + EPS, "received-late")
    _require((current.release == 0) == (accepted.show == "now"), "wrong-show")
    places = (accepted.file, accepted.release)
    _require(not project.files.is_overfull(places, places if release is None else places[:1]), "map-full")
    number, detail = entry.number, entry.common.detail
    record = cv.FileRecord(
        state="published" if accepted.show == "now" else "accepted",
        prior="none",
        how=1,
        uploader=("unknown", "token", "publisher").index(accepted.uploader),
        reason=0,
        flags=0,
        sha256=accepted.sha256,
        size=accepted.size,
        metadata=accepted.metadata,
        release=accepted.release,
        first_detail=detail,
        last_detail=detail,
        publisher=accepted.publisher,
        first_entry=number,
        last_entry=number,
        time=time,
        serial=header.serial,
        attestations=tuple(
            cv.FileAttestation(item.predicate, item.digest, item.publisher, number) for item in attestations
        ),
    )
    project.is_uploaded = True
    project.put(accepted.file, record)
    _add_to_release(project, accepted.release, number)
    if header.first_file is None:
        project.header = header._replace(first_file=number)
        project.set_base()
    if attestations:
        _note_attested(project, number)


def _is_closed(ledger: Ledger, current: cv.ConfigRecord, release: cv.ReleaseRecord) -> bool:
    is_elapsed = current.close_days != cv.CLOSE_NEVER and ledger.is_over(release.first_entry, current.close_days * DAY)
    return release.is_closed or is_elapsed


def _add_to_release(project: Project, key: bytes, number: int) -> None:
    if project.release(key) is None:
        project.put(key, cv.ReleaseRecord(False, number, None, 0))
    project.count(key, 1)


def _note_attested(project: Project, number: int) -> None:
    if project.header.attested is None:
        project.header = project.header._replace(attested=number)


def _files_of(project: Project, entry: Entry) -> list[tuple[bytes, cv.FileRecord]]:
    """Each file that the entry names, in its record; `wrong-state` where there is none."""
    found = []
    for key in _digests(entry.predicate["files"]):
        record = project.file(key)
        if record is None:
            raise Void("wrong-state")
        found.append((key, record))
    return found


def _moved(record: cv.FileRecord, entry: Entry, state: str, reason: int) -> cv.FileRecord:
    """The record in another state."""
    return record._replace(
        state=state, prior=record.state, reason=reason, last_entry=entry.number, last_detail=entry.common.detail
    )


def _judge_yanked(ledger: Ledger, entry: Entry) -> None:
    _move(_project_of(ledger, entry), entry, "published", "yanked")


def _judge_unyanked(ledger: Ledger, entry: Entry) -> None:
    _move(_project_of(ledger, entry), entry, "yanked", "published")


def _move(project: Project, entry: Entry, before: str, after: str) -> None:
    files = _files_of(project, entry)
    _require(all(record.state == before for _, record in files), "wrong-state")
    for key, record in files:
        project.put(key, _moved(record, entry, after, entry.predicate["reason"]))


def _judge_withdrawn(ledger: Ledger, entry: Entry) -> None:
    project, reason = _project_of(ledger, entry), entry.predicate["reason"]
    files = _files_of(project, entry)
    for _, record in files:
        is_cancelled = reason == _REASON_CANCELED
        _require(record.state != _BURNT and is_cancelled == (record.state == "accepted"), "wrong-state")
    for key, record in files:
        project.count(record.release, -1)
        if reason == _REASON_CANCELED:
            project.remove(key)
        else:
            project.put(key, _moved(record, entry, _BURNT, reason))


def _judge_published(ledger: Ledger, entry: Entry) -> None:
    project, predicate = _project_of(ledger, entry), entry.predicate
    release, keys = bytes.fromhex(predicate["release"]), _digests(predicate["files"])
    files = [(key, record) for key, record in ((key, project.file(key)) for key in keys) if record is not None]
    is_staged = all(record.state == "accepted" and record.release == release for _, record in files)
    _require(len(files) == len(keys) and is_staged, "not-staged")
    if predicate["consent"] == "none":
        _require(project.current.release != 2, "bad-consent")
    else:
        subject = cv.sha256(b"".join(key + record.sha256 for key, record in files))
        _require(_is_consented(ledger, entry, "approve", subject, [project.current]), "bad-consent")
    _require(project.header.status in ("active", "deprecated"), "not-open")
    for key, record in files:
        project.put(key, _moved(record, entry, "published", record.reason))


def _judge_closed(ledger: Ledger, entry: Entry) -> None:
    project, key = _project_of(ledger, entry), bytes.fromhex(entry.predicate["release"])
    release = project.release(key)
    if release is None:
        raise Void("no-release")
    _require(not release.is_closed, "release-closed")
    project.put(key, release._replace(is_closed=True, closed=entry.number))


def _judge_attested(ledger: Ledger, entry: Entry) -> None:
    project, key = _project_of(ledger, entry), bytes.fromhex(entry.predicate["file"])
    record = project.file(key)
    if record is None or record.state == _BURNT:
        raise Void("no-file")
    _require(entry.subject == record.sha256, "wrong-digest")
    added = [
        (item["time"], cv.FileAttestation(item["predicate"], *_digests((item["digest"], item["publisher"])), entry.number))
        for item in entry.predicate["attestations"]
    ]
    registered, known = project.current.publishers, {item.digest for item in record.attestations}
    _require(all(item.publisher in registered for _, item in added), "publisher-not-registered")
    _require(all(time <= entry.common.time + EPS for time, _ in added), "attestation-time")
    _require(not any(item.digest in known for _, item in added), "attested-already")
    attestations = record.attestations + tuple(item for _, item in added)
    _require(len(attestations) <= 8, "attestations-full")
    project.put(key, record._replace(attestations=attestations))
    _note_attested(project, entry.number)


def _judge_erased(ledger: Ledger, entry: Entry) -> None:
    project = _project_of(ledger, entry)
    is_used = not set(_digests(entry.predicate["details"])).isdisjoint(project.openings.values())
    _require(not is_used or project.header.status == "quarantined", "detail-in-use")


def _judge_amended(ledger: Ledger, entry: Entry) -> None:
    _require_root_in_force(ledger, entry)
    start, end = entry.predicate["from"], entry.predicate["to"]
    _require(end < entry.number, "no-target")
    project = _project_of(ledger, entry)
    for key, record in list(project.records.items()):
        if not isinstance(record, cv.FileRecord) or not start <= record.last_entry <= end:
            continue
        if ledger.targets[record.last_entry].kind in ("withdrawn", "void", "yanked"):
            _set_state(project, key, _moved(record, entry, record.prior, 0))


def _set_state(project: Project, key: bytes, record: cv.FileRecord) -> None:
    """Puts a record whose `prior` is the state before; its release counts the files that are not withdrawn."""
    project.put(key, record)
    project.count(record.release, (record.state != _BURNT) - (record.prior != _BURNT))


def _judge_status(ledger: Ledger, entry: Entry) -> None:
    project, status = _project_of(ledger, entry), cv.STATUSES[entry.predicate["status"]]
    _require(project.header.status not in ("reserved", status), "same-status")
    project.header = project.header._replace(status=status)


# --- other indexes (specs/ledger-kinds.md) ---


class _Added:
    """Keys that the items of one entry add to a file map, before any of them is there. `files`: those that are files."""

    def __init__(self, project: Optional[Project]) -> None:
        self.records: Mapping[bytes, Record] = {} if project is None else project.records
        self.map = SparseMap() if project is None else project.files
        self.keys: list[bytes] = []
        self.files: set[bytes] = set()

    def __contains__(self, key: bytes) -> bool:
        return key in self.records or key in self.keys

    def is_file(self, key: bytes) -> bool:
        return key in self.files or isinstance(self.records.get(key), cv.FileRecord)

    def require_place(self, file: bytes, release: bytes) -> None:
        """The place of a new file, in a release that may be there."""
        _require(file != release and not self.is_file(release), "filename-used")
        self.keys += [file] + ([] if release in self else [release])
        self.files.add(file)

    def require_room(self, file: bytes, release: bytes) -> None:
        _require(not self.map.is_overfull((file, release), self.keys), "map-full")


def _require_import_phase(ledger: Ledger) -> None:
    index = ledger.index
    is_open = index is not None and index.header.is_import_open and not ledger.is_over(index.opened, M)
    _require(is_open, "import-closed")


def _judge_imported(ledger: Ledger, entry: Entry) -> None:
    _require_import_phase(ledger)
    key, predicate = entry.common.project, entry.predicate
    project = ledger.projects.get(key)
    is_ours = project is None or (project.header.how == 2 and project.header.serial == 0 and not project.is_uploaded)
    _require(is_ours, "not-imported")
    config = None if predicate["config"] == "none" else _config_of(predicate)
    _require((config is None) == (project is not None) and (config is None or _is_legal(config)), "bad-config")
    if project is None:
        _require_room(ledger, key)
    added = _Added(project)
    for item in predicate["items"]:
        file, release = _digests((item["file"], item["release"]))
        _require(file not in added, "filename-used")
        added.require_place(file, release)
        added.require_room(file, release)
    if project is None:
        project = ledger.projects[key] = _new_project(entry, "active", 2, config or EMPTY_CONFIG)
    for item in predicate["items"]:
        _bring(project, entry, item, 2, cv.FILE_STATES[item["state"]], item["open"] == 1)
    _note_first_file(project, entry.number)


def _bring(project: Project, entry: Entry, item: Predicate, how: int, state: str, is_open: bool) -> None:
    """Puts a file that another index had."""
    file, release = _digests((item["file"], item["release"]))
    record = cv.FileRecord(
        state=state,
        prior="none",
        how=how,
        uploader=0,
        reason=0,
        flags=0,
        sha256=bytes.fromhex(item["sha256"]),
        size=item["size"],
        metadata=_digest_or_none(item.get("metadata", "none")),
        release=release,
        first_detail=entry.common.detail,
        last_detail=entry.common.detail,
        publisher=None,
        first_entry=entry.number,
        last_entry=entry.number,
        time=entry.common.time,
        serial=project.header.serial,
        attestations=(),
    )
    project.put(file, record)
    if project.release(release) is None:
        project.put(release, cv.ReleaseRecord(not is_open, entry.number, None if is_open else entry.number, 0))
    project.count(release, int(state != _BURNT))


def _note_first_file(project: Project, number: int) -> None:
    if project.header.first_file is None:
        project.header = project.header._replace(first_file=number)


def _judge_observed(ledger: Ledger, entry: Entry) -> None:
    key, items = entry.common.project, entry.predicate["items"]
    project = ledger.projects.get(key)
    _require(project is None or project.header.how == 3, "not-observed")
    if project is None:
        _require_room(ledger, key)
    added = _Added(project)
    for item in items:
        file, release = _digests((item["file"], item["release"]))
        if file in added:
            known = None if project is None else project.file(file)
            _require(known is not None and known.release == release, "filename-used")
            _require(known is not None and known.how == 3, "not-observed")
        else:
            added.require_place(file, release)
        added.require_room(file, release)
    if project is None:
        project = ledger.projects[key] = _new_project(entry, "active", 3, EMPTY_CONFIG)
    for item in items:
        _observe(project, entry, item)
    _note_first_file(project, entry.number)


def _observe(project: Project, entry: Entry, item: Predicate) -> None:
    key, seen = bytes.fromhex(item["file"]), cv.FILE_STATES[item["seen"]]
    known = project.file(key)
    if known is None:
        _bring(project, entry, item, 3, seen, True)
        return
    is_other = bytes.fromhex(item["sha256"]) != known.sha256
    _set_state(project, key, _moved(known, entry, seen, 0)._replace(flags=known.flags | is_other))


def _judge_promoted(ledger: Ledger, entry: Entry) -> None:
    _require_import_phase(ledger)
    project, keys = _project_of(ledger, entry), _digests(entry.predicate["files"])
    files = [(key, record) for key, record in ((key, project.file(key)) for key in keys) if record is not None]
    is_observed = all(record.how == 3 and record.flags == 0 for _, record in files)
    _require(len(files) == len(keys) and is_observed, "not-observed")
    for key, record in files:
        project.put(key, record._replace(how=2))
    if project.header.how == 3:
        project.header = project.header._replace(how=2)


# --- void (specs/ledger-kinds.md#void) ---


def _judge_void(ledger: Ledger, entry: Entry) -> None:
    number, predicate = entry.predicate["target"], entry.predicate
    target = ledger.targets.get(number)
    if target is None or target.project != entry.common.project:
        raise Void("no-target")
    _require(target.digest == bytes.fromhex(predicate["statement"]), "no-target")
    is_signed = predicate["root"] != "none"
    if is_signed:
        _require_root_in_force(ledger, entry)
    _require(is_signed or not _needs_root(target), "bad-root")
    undo = _VOIDABLE.get(target.kind)
    if undo is None:
        raise Void("not-voidable")
    undo(ledger, entry, number, target)


def _needs_root(target: Target) -> bool:
    if target.kind == "project-recovered":
        return target.predicate is not None and target.predicate["way"] == "root"
    return target.kind in ("rules-changed", "state")


def _void_files(ledger: Ledger, entry: Entry, number: int, target: Target) -> None:
    """What it brought is withdrawn, where it is still there and not another's."""
    project, predicate = _project_of(ledger, entry), target.predicate or {}
    for item in predicate.get("items", [predicate]):
        key = bytes.fromhex(item["file"])
        record = project.file(key)
        if record is not None and record.first_entry == number and record.state != _BURNT:
            _set_state(project, key, _moved(record, entry, _BURNT, _REASON_VOID))
    if target.kind == "imported" and project.header.first_entry == number:
        project.header = project.header._replace(status="quarantined")


def _void_attested(ledger: Ledger, entry: Entry, number: int, target: Target) -> None:
    project, key = _project_of(ledger, entry), bytes.fromhex((target.predicate or {})["file"])
    record = project.file(key)
    if record is not None:
        kept = tuple(item for item in record.attestations if item.entry != number)
        project.put(key, record._replace(attestations=kept))


def _void_act(ledger: Ledger, entry: Entry, number: int, target: Target) -> None:
    """An ask that is still pending is dropped, one that was dropped stays so; what took effect quarantines the project."""
    project = _project_of(ledger, entry)
    became = project.asks.get(number)
    if became == "pending":
        project.drop_pending("dropped")
    elif became != "dropped":
        project.header = project.header._replace(status="quarantined")


def _void_nothing(ledger: Ledger, entry: Entry, number: int, target: Target) -> None:
    """A mark only."""


def _void_rules(ledger: Ledger, entry: Entry, number: int, target: Target) -> None:
    _require(_header_of(ledger).announced == number, "not-voidable")
    _set_header(ledger, next_rules=0, announced=None)


def _void_anchor(ledger: Ledger, entry: Entry, number: int, target: Target) -> None:
    ledger.anchors = [anchor for anchor in ledger.anchors if anchor.at != number]


_VOIDABLE: dict[str, Callable[[Ledger, Entry, int, Target], None]] = {
    "file-accepted": _void_files,
    "imported": _void_files,
    "observed": _void_files,
    "file-attested": _void_attested,
    "detail-erased": _void_nothing,
    "project-configured": _void_act,
    "project-recovered": _void_act,
    "project-created": _void_act,
    "project-reserved": _void_nothing,
    "rules-changed": _void_rules,
    "state": _void_anchor,
}


# --- the kinds of rules 1, and who may make them ---


class Rule(NamedTuple):
    """`is_making`: it may make the project that it is about."""

    judge: Callable[[Ledger, Entry], None]
    roles: tuple[str, ...]
    is_about_index: bool = False
    is_making: bool = False
    after_sunset: bool = False

    def is_legal_after_sunset(self, predicate: Predicate) -> bool:
        return self.after_sunset or (self.judge is _judge_configured and predicate["act"] == "cancel")


_ANY = ("index", "gate", "observer")
_OWNERS = ("index", "gate")

RULES = {
    "log-genesis": Rule(_judge_genesis, _ANY, is_about_index=True),
    "trust-changed": Rule(_judge_trust_changed, _ANY, is_about_index=True, after_sunset=True),
    "rules-changed": Rule(_judge_rules_changed, _ANY, is_about_index=True, after_sunset=True),
    "index-role": Rule(_judge_index_role, _ANY, is_about_index=True, after_sunset=True),
    "import-closed": Rule(_judge_import_closed, _ANY, is_about_index=True, after_sunset=True),
    "sunset": Rule(_judge_sunset, _ANY, is_about_index=True),
    "log-succeeded": Rule(_judge_log_succeeded, _ANY, is_about_index=True, after_sunset=True),
    "project-reserved": Rule(_judge_reserved, _OWNERS, is_making=True),
    "project-created": Rule(_judge_created, _OWNERS, is_making=True),
    "project-configured": Rule(_judge_configured, _OWNERS),
    "project-recovered": Rule(_judge_recovered, _OWNERS),
    "file-accepted": Rule(_judge_accepted, _OWNERS),
    "yanked": Rule(_judge_yanked, _OWNERS, after_sunset=True),
    "unyanked": Rule(_judge_unyanked, _OWNERS, after_sunset=True),
    "withdrawn": Rule(_judge_withdrawn, _OWNERS, after_sunset=True),
    "status": Rule(_judge_status, _OWNERS, after_sunset=True),
    "release-published": Rule(_judge_published, _OWNERS),
    "release-closed": Rule(_judge_closed, _OWNERS),
    "file-attested": Rule(_judge_attested, _OWNERS),
    "detail-erased": Rule(_judge_erased, _ANY, after_sunset=True),
    "amended": Rule(_judge_amended, _OWNERS, after_sunset=True),
    "imported": Rule(_judge_imported, ("index",), is_making=True),
    "observed": Rule(_judge_observed, ("gate", "observer"), is_making=True),
    "promoted": Rule(_judge_promoted, ("index",)),
    "void": Rule(_judge_void, _ANY, after_sunset=True),
}


# --- records as bytes (specs/ledger-records.md) ---


def encode_config(config: cv.ConfigRecord) -> bytes:
    policy = b"\x01\x01" + bytes((config.uploads, config.attestations, config.release)) + cv.u16(config.close_days)
    return policy + b"".join(cv.u8(len(ids)) + b"".join(ids) for ids in (config.publishers, config.principals))


def _ref(number: Optional[int]) -> bytes:
    return cv.u64(0 if number is None else number + 1)


def encode_project_header(header: cv.ProjectHeader) -> bytes:
    return b"".join(
        (
            b"\x01",
            bytes((cv.STATUSES.index(header.status), header.how)),
            cv.u64(header.first_entry) + cv.u64(header.last_entry) + cv.u32(header.rules) + _ref(header.first_file),
            cv.u64(header.serial),
            header.current + cv.u64(header.current_since) + header.base + cv.u64(header.base_since),
            (header.pending or bytes(32)) + _ref(header.asked) + cv.u8(header.way),
            _ref(header.frozen) + _ref(header.recovered) + _ref(header.attested),
        )
    )


def encode_index_header(header: IndexHeader) -> bytes:
    origin = header.web_origin.encode("ascii")
    return b"".join(
        (
            bytes((2, cv.ROLES.index(header.role) + 1, 1 if header.is_import_open else 2, header.end)),
            cv.u32(header.rules) + cv.u32(header.next_rules) + _ref(header.announced),
            cv.u32(header.root_version) + cv.u32(header.targets_version) + (header.trust or bytes(32)),
            cv.u8(len(origin)) + origin + header.rp_id_hash + cv.u8(header.threshold),
            cv.u8(len(header.root_keys)) + b"".join(header.root_keys),
            cv.u8(len(header.countersign)) + b"".join(header.countersign),
        )
    )


def encode_file_record(record: cv.FileRecord) -> bytes:
    states = (cv.FILE_STATES.index(record.state), cv.FILE_STATES.index(record.prior))
    absent = bytes(32)
    return b"".join(
        (
            bytes((1, *states, record.how, record.uploader, record.reason, record.flags)),
            record.sha256 + cv.u64(record.size) + (record.metadata or absent) + record.release,
            (record.first_detail or absent) + (record.last_detail or absent) + (record.publisher or absent),
            cv.u64(record.first_entry) + cv.u64(record.last_entry) + cv.u64(record.time) + cv.u64(record.serial),
            cv.u8(len(record.attestations)),
            *(cv.u8(a.predicate) + a.digest + a.publisher + cv.u64(a.entry) for a in record.attestations),
        )
    )


def encode_release_record(record: cv.ReleaseRecord) -> bytes:
    state = 2 if record.is_closed else 1
    return bytes((2, state)) + cv.u64(record.first_entry) + _ref(record.closed) + cv.u32(record.files)


def encode_state_file(owner: Union[Project, Index]) -> bytes:
    """@spec specs/state-file.md"""
    if isinstance(owner, Index):
        header, files, configs, records = encode_index_header(owner.header), cv.map_commitment(0, _EMPTY_BUCKET), [b""] * 3, []
    else:
        header, files = encode_project_header(owner.header), owner.files.commitment()
        pending = b"" if owner.pending is None else encode_config(owner.pending)
        configs = [encode_config(owner.current), encode_config(owner.base), pending]
        records = [(key, _encode_record(record)) for key, record in sorted(owner.records.items())]
    return b"".join(
        (
            b"CMS1" + cv.u32(len(header)) + header + files + cv.u64(owner.history.size) + owner.history.root(),
            *(cv.u16(len(config)) + config for config in configs),
            cv.u32(len(records)),
            *(key + cv.u16(len(record)) + record for key, record in records),
        )
    )


def _encode_record(record: Record) -> bytes:
    return encode_file_record(record) if isinstance(record, cv.FileRecord) else encode_release_record(record)


# --- a whole log (c2sp.org/tlog-tiles) ---

TILE_WIDTH = 256
BUNDLE_BYTES_MAX = TILE_WIDTH * (2 + cv.ENTRY_BYTES_MAX)
TIMEOUT_SECONDS = 30

Read = Callable[[str, int], Optional[bytes]]
"""The file at a path below the log, of at most so many bytes; None where there is none."""


class Replayed(NamedTuple):
    """A log that agrees with its head. `outcomes` counts the words of all leaves, `voids` are (index, code)."""

    ledger: Ledger
    head: cv.TrustedCheckpoint
    state: cv.StateLeaf
    outcomes: Counter[str]
    voids: list[tuple[int, str]]
    anchors: Optional[int]
    """How many anchors are what their notes say; None: nobody asked."""


def replay(
    read: Read, trust: cv.Trust, *, previous: Sequence[Read], are_anchors_checked: bool, now: int
) -> Replayed:
    """Judges every leaf of a log and compares with the newest head that its cosigners vouch for.

    `previous` are the logs that this one continues, the first one first. Raises ParseError of the notes and tiles;
    VerifyError those of verify_ledger_checkpoint, of a state leaf's place and anchor, and of verify_anchor if anchors are
    checked; `not-found`, `not-authentic`, `below-floor`, `rules-unknown`, `bad-state`.
    @spec specs/state-leaf.md#client
    """
    note = read("checkpoint", cv.NOTE_BYTES_MAX)
    if note is None:
        raise cv.VerifyError("not-found", "Cannot read checkpoint: it is not there")
    head = cv.verify_ledger_checkpoint(note, trust, now=now)
    checkpoint = head.checkpoint
    floor = trust.floor
    if floor is not None and floor.origin == checkpoint.origin and checkpoint.size < floor.size:
        raise cv.VerifyError("below-floor", "The head is %d, at least %d is known" % (checkpoint.size, floor.size))
    ledger = _begin_after(previous, read, checkpoint.size)
    outcomes: Counter[str] = Counter()
    voids: list[tuple[int, str]] = []
    outcome, last = Outcome("void", "bad-state"), b""
    seals: list[tuple[bytes, bytes]] = []
    for last in leaves_of(read, checkpoint.size):
        outcome = ledger.apply(last)
        outcomes[outcome.kind] += 1
        if outcome.code is not None:
            voids.append((ledger.tree.size - 1, outcome.code))
        if outcome.kind == "state":
            seals.append((last, ledger.tree.root()))
        if floor is not None and (floor.origin, floor.size) == (checkpoint.origin, ledger.tree.size):
            _require_tree(ledger, floor.root, "the floor")
    _require_tree(ledger, checkpoint.root, "the head")
    if outcomes["unjudged"]:
        raise cv.VerifyError("rules-unknown", "%d leaves are of rules that are not known here" % outcomes["unjudged"])
    if outcome.kind != "state":
        said = (checkpoint.size - 1, outcome.word, ledger.commitment().hex(), len(ledger.map))
        raise cv.VerifyError("bad-state", "The last leaf, %d, is no legal state: %s; computed is map %s of %d" % said)
    state = cv.parse_state_leaf(last)
    cv._verify_state_place(state, checkpoint)
    cv._verify_anchor(state, checkpoint, trust.limits.z_refuse)
    anchors = _verify_anchors(read, seals, trust, now=now) if are_anchors_checked else None
    return Replayed(ledger, head, state, outcomes, voids, anchors)


def _verify_anchors(read: Read, seals: Sequence[tuple[bytes, bytes]], trust: cv.Trust, *, now: int) -> int:
    """`seals` are the legal state leaves, each with the root of the tree that it closes."""
    roots: dict[int, bytes] = {}
    checked = 0
    for leaf, root in seals:
        state = cv.parse_state_leaf(leaf)
        if state.anchor is not None:
            note = read("checkpoint/sha256/%s" % state.anchor.note.hex(), cv.NOTE_BYTES_MAX)
            verify_anchor(leaf, note, trust, root=roots[state.anchor.size], now=now)
            checked += 1
        roots[state.leaf_index + 1] = root
    return checked


def verify_anchor(leaf: bytes, note: Optional[bytes], trust: cv.Trust, *, root: bytes, now: int) -> None:
    """The anchor of a state leaf is what its note, as served, says of the log's own tree, whose root at that size is `root`.

    Raises ParseError of the leaf and the note; VerifyError those of verify_ledger_checkpoint; `entry-from-future`,
    `evidence-missing`, `anchor-differs`.
    @spec specs/ledger-kinds.md#state
    """
    state = cv.parse_state_leaf(leaf)
    if state.time > now + EPS:
        raise cv.VerifyError("entry-from-future", "The state is of %d, it is %d" % (state.time, now))
    anchor = state.anchor
    if anchor is None:
        return
    if note is None:
        raise cv.VerifyError("evidence-missing", "The note of the anchor %s is not there" % anchor.note.hex())
    head = cv.verify_ledger_checkpoint(note, trust, now=now).checkpoint
    found = (head.origin, head.size, head.root, cv.sha256(note), head.t_lo, head.t_hi)
    if found != (state.origin, anchor.size, root, anchor.note, anchor.t_lo, anchor.t_hi):
        raise cv.VerifyError("anchor-differs", "The anchor of leaf %d is not what its note says" % state.leaf_index)


def _require_tree(ledger: Ledger, root: bytes, what: str) -> None:
    if ledger.tree.root() != root:
        raise cv.VerifyError("not-authentic", "The leaves do not hash to %s of size %d" % (what, ledger.tree.size))


def _begin_after(previous: Sequence[Read], read: Read, size: int) -> Ledger:
    """The ledger before a log's first leaf: of the logs before, as much as the genesis of the next one names."""
    if not previous:
        return Ledger()
    first = next(leaves_of(read, size))
    said = _previous_of(first)
    ledger = _begin_after(previous[:-1], previous[-1], said)
    for leaf in leaves_of(previous[-1], said):
        ledger.apply(leaf)
    return ledger.continued()


def _previous_of(genesis: bytes) -> int:
    """How many leaves of the log before the genesis says that there are."""
    predicate = json.loads(cv.parse_entry(genesis).payload)["predicate"]
    previous = predicate.get("previous", "none")
    if previous == "none":
        raise cv.VerifyError("wrong-previous", "The log's genesis names no log that it continues")
    size: int = previous["size"]
    return size


def leaves_of(read: Read, size: int) -> Iterator[bytes]:
    """The leaves of the tree of this size, as served: not believed before they are hashed. @spec c2sp.org/tlog-tiles#log-entries"""
    for index in range(0, size, TILE_WIDTH):
        width = min(TILE_WIDTH, size - index)
        full = "tile/entries/%s" % _tile_index(index // TILE_WIDTH)
        path = full if width == TILE_WIDTH else "%s.p/%d" % (full, width)
        data, is_longer = read(path, BUNDLE_BYTES_MAX), False
        if data is None and path != full:
            # The tree has grown, and the partial tile is gone.
            data, is_longer = read(full, BUNDLE_BYTES_MAX), True
        if data is None:
            raise cv.VerifyError("not-found", "Cannot read %s: it is not there" % path)
        reader = cv.ByteReader(data, path)
        for _ in range(width):
            yield reader.take(reader.u16())
        if not is_longer:
            reader.end()


def _tile_index(index: int) -> str:
    groups = ["%03d" % (index % 1000)]
    while index >= 1000:
        index //= 1000
        groups.append("x%03d" % (index % 1000))
    return "/".join(reversed(groups))


# --- command line ---

_EXIT_DONE, _EXIT_REFUSED, _EXIT_USAGE, _EXIT_MALFORMED = 0, 1, 2, 4


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A log may not send us on: it could name a host that only we can reach."""

    def redirect_request(self, *_: Any) -> None:
        return None


def reader_of(place: str) -> Read:
    """Reads from a URL, or from a folder that has the same paths."""
    return _url_reader(place.rstrip("/")) if place.startswith(("https://", "http://")) else _folder_reader(place)


def _folder_reader(folder: str) -> Read:
    def read(path: str, bytes_max: int) -> Optional[bytes]:
        try:
            return cv._read(os.path.join(folder, *path.split("/")), bytes_max)
        except (FileNotFoundError, NotADirectoryError):
            return None

    return read


def _url_reader(url: str) -> Read:
    opener = urllib.request.build_opener(_NoRedirect)

    def read(path: str, bytes_max: int) -> Optional[bytes]:
        request = urllib.request.Request("%s/%s" % (url, path), headers={"User-Agent": "countermark-ledger"})
        try:
            with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                data: bytes = response.read(bytes_max + 1)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in (404, 410):
                return None
            raise OSError(None, "status %d" % error.code, request.full_url) from None
        except urllib.error.URLError as error:
            raise OSError(None, str(error.reason), request.full_url) from None
        if len(data) > bytes_max:
            raise cv.ParseError("too-large", "Cannot read %s: more than %d bytes" % (request.full_url, bytes_max))
        return data

    return read


def main(arguments: Optional[Sequence[str]] = None) -> int:
    options = _read_arguments(sys.argv[1:] if arguments is None else arguments)
    try:
        trust = cv.parse_trust(cv._read(options.trust, cv.TRUST_BYTES_MAX))
        previous = [reader_of(place) for place in options.previous]
        found = replay(
            reader_of(options.log), trust, previous=previous, are_anchors_checked=options.anchors, now=options.now
        )
    except OSError as error:
        words = "Cannot read %s: %s" % (error.filename or options.log, error.strerror or error)
        return cv._say(options, _EXIT_USAGE, "cannot-read", [words])
    except cv.CountermarkError as error:
        status = _EXIT_MALFORMED if isinstance(error, cv.ParseError) else _EXIT_REFUSED
        return cv._say(options, status, error.code, [str(error)])
    return cv._say(options, _EXIT_DONE, "ok", _lines_of(found, options.now), _facts_of(found))


def _read_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    description = "Replays a Countermark ledger by its rules, in pure Python."
    status = "Exit status: 0 everything agrees, 1 something does not, 2 wrong command line or unreadable, 4 malformed input."
    parser = argparse.ArgumentParser(description=description, epilog=status, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    words = "is the newest head of this ledger what its rules make of its entries?"
    command = commands.add_parser("replay", help=words, description=words, epilog=status, allow_abbrev=False)
    command.add_argument("log", metavar="URL-or-folder", help="the index, or a folder with its checkpoint and tile/entries/")
    command.add_argument("--trust", required=True, metavar="trust.json", help="the trust description, which you vouch for")
    command.add_argument(
        "--previous",
        action="append",
        default=[],
        metavar="URL-or-folder",
        help="a log that this one continues; the oldest first",
    )
    command.add_argument("--anchors", action="store_true", help="read and check the note of every anchor, too")
    command.add_argument("--now", type=int, default=None, metavar="SECONDS", help="Unix time (default: the clock)")
    command.add_argument("--json", action="store_true", help="one JSON object instead of sentences")
    options = parser.parse_args(arguments)
    if options.now is None:
        options.now = int(time.time())
    return options


def _lines_of(found: Replayed, now: int) -> list[str]:
    checkpoint, ledger, outcomes = found.head.checkpoint, found.ledger, found.outcomes
    said = (checkpoint.origin, checkpoint.size, cv._cosigners(checkpoint), max(0, now - checkpoint.t_lo))
    lines = [
        "The tree of %s at size %d is cosigned by %s, %d s ago; every leaf is in it." % said,
        "%d entries are legal, %d are void, %d leaves are states; %d projects; rules %d."
        % (outcomes["legal"], outcomes["void"], outcomes["state"], len(ledger.projects), found.state.rules),
    ]
    lines += ["  void: entry %d (%s)" % void for void in found.voids]
    lines.append("Map commitment %s, as computed and as cosigned." % found.state.map.hex())
    if found.anchors is None:
        return [*lines, "Not looked at: files, details, attestations, and the notes of anchors (--anchors)."]
    lines.append("%d anchors are what their notes say: log time is the cosigners'." % found.anchors)
    return [*lines, "Not looked at: files, details and attestations."]


def _facts_of(found: Replayed) -> dict[str, object]:
    return {
        **cv._facts_of(found.head.checkpoint),
        "anchors": found.anchors,
        "legal": found.outcomes["legal"],
        "map": found.state.map.hex(),
        "projects": sorted(key.hex() for key in found.ledger.projects),
        "states": found.outcomes["state"],
        "void": [{"code": code, "index": index} for index, code in found.voids],
    }


if __name__ == "__main__":
    sys.exit(main())
