# SPDX-License-Identifier: Apache-2.0
"""Every limit, at it and beyond it; and inputs made to cost more than they should."""

import json
import sys
import time
import unittest

from toy_ledger import CONFIG, ORIGIN, PUBLISHER, Key, Refusals, World, b64, cv, encode_record

HASH = b64(bytes(32))
KEY = Key(b"\x01" * 32)
LINE = KEY.line("a", 1, bytes(64))


def vkeys(count, algorithm=4):
    """Keys that need not be points."""
    for i in range(count):
        typed = bytes([algorithm]) + i.to_bytes(32, "big")
        yield "w%d+%s+%s" % (i, cv.sha256(b"w%d\n" % i + typed)[:4].hex(), b64(typed))


def policy(lines):
    return "\n".join([*lines, "quorum none", ""])


class Limits(Refusals):
    def is_not_refused(self, code, function, data):
        """At the limit there may be other things wrong."""
        try:
            function(data)
        except cv.CountermarkError as error:
            self.assertNotEqual(error.code, code, str(error))

    def test_whole_inputs(self):
        for function, maximum in (
            (cv.parse_note, cv.NOTE_BYTES_MAX),
            (cv.parse_tlog_proof, cv.TLOG_PROOF_BYTES_MAX),
            (cv.parse_receipt, cv.TLOG_PROOF_BYTES_MAX),
            (cv.parse_project_proof, cv.PROJECT_PROOF_BYTES_MAX),
            (cv.parse_state_leaf, cv.STATE_LEAF_BYTES_MAX),
            (cv.parse_state_file, cv.STATE_BYTES_MAX),
            (cv.parse_details_file, cv.DETAILS_BYTES_MAX),
            (cv.parse_trust, cv.TRUST_BYTES_MAX),
            (cv.parse_entry, cv.ENTRY_BYTES_MAX),
            (cv.parse_statement, cv.ENTRY_BYTES_MAX),
            (cv.parse_publisher, cv.PUBLISHER_BYTES_MAX),
            (cv.parse_file_detail, cv.DETAIL_BYTES_MAX),
            (cv.parse_identity_lock, cv.LOCK_BYTES_MAX),
        ):
            with self.subTest(function=function.__name__):
                self.refuses("too-large", function, bytes(maximum + 1))
                if maximum < 10_000_000:
                    self.is_not_refused("too-large", function, bytes(maximum))

    def test_texts(self):
        for function, maximum in (
            (cv.parse_vkey, cv.VKEY_CHARS_MAX),
            (cv.parse_policy, cv.POLICY_CHARS_MAX),
            (cv.normalize_project_name, 128),
            (cv.release_version, 128),
        ):
            with self.subTest(function=function.__name__):
                self.is_not_refused("too-large", function, "1" * maximum)
                self.refuses("too-large", function, "1" * (maximum + 1))
                # Counted in UTF-16 units, as the first implementation counts.
                self.refuses("too-large", function, "\U0001f600" * (maximum // 2 + 1))

    def test_numbers_of_things(self):
        note = "t\n\n%s"
        proof = "c2sp.org/tlog-proof@v1\nindex 0\n%s\nnote"
        for function, good, bad in (
            (cv.parse_note, (note % (LINE * 64)).encode(), (note % (LINE * 65)).encode()),
            (cv.parse_tlog_proof, (proof % (63 * (HASH + "\n"))).encode(), (proof % (64 * (HASH + "\n"))).encode()),
            (cv.parse_policy, *(policy("log " + key for key in vkeys(count, 1)) for count in (256, 257))),
        ):
            function(good)
            self.refuses("too-many", function, bad)
        witnesses = ["witness w%d %s" % pair for pair in enumerate(vkeys(256))]
        groups = ["group g%d any w%d" % (i, i) for i in range(256)]
        cv.parse_policy(policy([*witnesses, *groups]))
        last = list(vkeys(257))[256]
        self.refuses("too-many", cv.parse_policy, policy([*witnesses, "witness x " + last]))
        self.refuses("too-many", cv.parse_policy, policy([*witnesses, *groups, "group x any g0"]))

    def test_proofs_in_binary(self):
        parts = [cv.u32(0), cv.u32(0), None, cv.u32(0)]

        def proof(count):
            path = bytes([count]) + bytes(32 * count)
            return b"CMP1" + b"".join([*parts[:2], cv.u32(len(path)) + path, parts[3]])

        self.assertEqual(len(cv.parse_project_proof(proof(63)).inclusion), 63)
        self.refuses("too-many", cv.parse_project_proof, proof(64))

        def bucket(count, length):
            pairs = b"".join(i.to_bytes(32, "big") + bytes(32) for i in range(length))
            depth = cv.map_depth(count)
            return b"\x01" + bytes([depth]) + cv.u64(count) + cv.u32(length) + pairs + bytes(32 * depth)

        self.assertEqual(len(cv.parse_map_proof(bucket(4_096, 4_096)).bucket), 4_096)
        self.refuses("too-many", cv.parse_map_proof, bucket(4_097, 4_097))
        self.refuses("too-many", cv.parse_map_proof, bucket(1, 2))

    def test_receipts_and_details_in_binary(self):
        def receipt(entry, detail):
            extra = cv.u32(entry) + bytes(entry) + cv.u32(detail) + bytes(detail)
            return ("c2sp.org/tlog-proof@v1\nextra %s\nindex 0\n\n" % b64(extra)).encode()

        cv.parse_receipt(receipt(65_535, 1_048_576))
        self.refuses("out-of-range", cv.parse_receipt, receipt(65_536, 0))
        self.refuses("out-of-range", cv.parse_receipt, receipt(0, 1_048_577))
        cv.parse_details_file(cv.u32(1) + cv.u32(1_048_576) + bytes(1_048_576))
        self.refuses("too-large", cv.parse_details_file, cv.u32(1) + cv.u32(1_048_577) + bytes(1_048_577))

    def test_records(self):
        record = encode_record(b"")
        attestation = b"\x01" + bytes(64) + cv.u64(1)
        cv.parse_file_record(record[:-1] + b"\x08" + 8 * attestation)
        self.refuses("too-many", cv.parse_file_record, record[:-1] + b"\x09" + 9 * attestation)
        digests = b"".join(bytes([i]) * 32 for i in range(33))
        cv.parse_config_record(CONFIG[:-2] + b"\x20" + digests[:1_024] + b"\x20" + digests[:1_024])
        self.refuses("too-many", cv.parse_config_record, CONFIG[:-2] + b"\x21" + digests + b"\0")
        self.refuses("too-many", cv.parse_config_record, CONFIG[:-1] + b"\x21" + digests)
        for days, is_good in ((0, False), (1, True), (365, True), (366, False), (65_534, False), (65_535, True)):
            data = CONFIG[:5] + cv.u16(days) + CONFIG[7:]
            if is_good:
                self.assertEqual(cv.parse_config_record(data).close_days, days)
            else:
                self.refuses("out-of-range", cv.parse_config_record, data)

    def test_publishers_inside_details(self):
        # What is read can be written: 2,048 bytes of canonical JSON, wherever the record stands.
        length = len(cv.encode_canonical_json(dict(PUBLISHER, owner="")))
        for more, code in ((0, None), (1, "too-large")):
            record = dict(PUBLISHER, owner="o" * (2_048 - length + more))
            detail = dict(World().detail_value(), publishers=[{"record": record, "salt": "33" * 32}])
            data = bytes(32) + cv.encode_canonical_json(detail)
            if code is None:
                self.assertEqual(len(cv.encode_publisher(cv.parse_file_detail(data).publishers[0].record)), 2_048)
            else:
                self.refuses(code, cv.parse_file_detail, data)


class Costs(Refusals):
    """Generous bounds, a hundred times what it takes: quadratic work would be thousands of times."""

    def setUp(self):
        self.started = time.process_time()

    def tearDown(self):
        self.assertLess(time.process_time() - self.started, 5)

    def test_a_number_of_a_million_digits(self):
        self.refuses("not-json", cv.parse_trust, b"9" * 1_000_000)
        self.refuses("wrong-type", cv.parse_trust, b"0." + b"9" * 1_000_000)
        self.refuses("out-of-range", cv.parse_decimal, "9" * 1_000_000, "x")
        self.refuses("not-canonical", cv.parse_decimal, "0" * 1_000_000, "x")
        self.refuses("not-canonical", cv._state_integer, "9" * 1_000_000)

    def test_a_million_escapes_quotes_or_brackets(self):
        for data, code in (
            (b'"' + b'\\"' * 500_000, "not-json"),
            (b'"\\' * 300_000, "not-json"),
            (b'"' + b"\\u0041" * 150_000 + b'"', "wrong-type"),
            (b"[" * 1_000_000, "too-deep"),
            (b'{"a":' * 200_000, "too-deep"),
            (b" " * 1_000_000, "not-json"),
            (b"[" + b"0," * 500_000, "not-json"),
            (b"[" + b"0 , " * 250_000 + b"0]", "wrong-type"),
        ):
            self.refuses(code, cv.parse_trust, data)

    def test_a_million_lines(self):
        self.refuses("too-many", cv.parse_tlog_proof, b"c2sp.org/tlog-proof@v1\nindex 0\n" + b"A\n" * 1_000_000 + b"\n")
        self.refuses("too-many", cv.parse_note, b"t\n\n" + b"\xe2\x80\x94 a b\n" * 10_000)
        self.refuses("malformed", cv.parse_policy, "\n" * 262_144)
        self.refuses("malformed", cv.parse_policy, "group a any " + "b " * 131_000 + "\n")
        self.refuses("malformed", cv.parse_state_leaf, b"\n" * 1_024)

    def test_a_state_file_of_many_records(self):
        records = b"".join(i.to_bytes(32, "big") + cv.u16(0) for i in range(200_000))
        start = b"CMS1" + cv.u32(0) + bytes(32) + cv.u64(0) + bytes(32) + 3 * cv.u16(0) + cv.u32(200_000)
        self.assertEqual(len(cv.parse_state_file(start + records).records), 200_000)
        self.refuses("truncated", cv.parse_state_file, start[:-4] + b"\xff\xff\xff\xff" + records)
        self.refuses("truncated", cv.parse_details_file, b"\xff\xff\xff\xff" + bytes(400_000))

    def test_groups_in_groups_take_no_stack(self):
        keys = list(vkeys(256))
        lines = ["witness w%d %s" % pair for pair in enumerate(keys)]
        lines += ["group g0 all w0", *("group g%d 2 g%d w%d" % (i, i - 1, i) for i in range(1, 256)), "quorum g255", ""]
        nested = cv.parse_policy("\n".join(lines))
        names = ["w%d" % i for i in range(256)]
        frames = sys.getrecursionlimit()
        sys.setrecursionlimit(len_of_stack() + 40)
        try:
            held, missed = cv.decide_quorum(nested, names), cv.decide_quorum(nested, names[1:])
            times = cv.quorum_times(nested, [cv.Cosignature(name, i + 1) for i, name in enumerate(names)])
        finally:
            sys.setrecursionlimit(frames)
        self.assertEqual((held, missed, times), (True, False, (1, 256)))

    def test_json_needs_little_stack(self):
        frames = sys.getrecursionlimit()
        data = b"[" * 33 + b"]" * 33
        sys.setrecursionlimit(len_of_stack() + 100)
        try:
            value = cv.parse_json(data, 1_000, 32, "x")
            again = cv.encode_canonical_json(value)
        finally:
            sys.setrecursionlimit(frames)
        self.assertEqual(again, data)

    def test_one_line_again_and_again(self):
        # Sixty-four good lines by one key cost sixty-four checks, and no more.
        world = World(cosigned={})
        note = world.note().decode()
        body = note[: note.index("\n\n") + 1]
        line = world.log.line(ORIGIN, 1, world.log.sign(body.encode()))
        vkey = cv.parse_vkey(world.log.vkey(ORIGIN, 1))
        _, checkpoint = cv.verify_checkpoint((body + "\n" + line * 64).encode(), [vkey], ORIGIN)
        self.assertEqual(checkpoint.size, 3)


def len_of_stack():
    frame, depth = sys._getframe(), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return depth


class Trusts(Refusals):
    """A trust description with one thing wrong."""

    def refused(self, code, change):
        trust = World().trust()
        change(trust)
        with self.subTest(code=code):
            self.refuses(code, cv.parse_trust, json.dumps(trust).encode())

    def test_ranges_do_not_overlap(self):
        first, second = World().trust()["ledger"][0], World().trust()["ledger"][0]
        for start, end, next_start, is_good in ((0, 5, 5, True), (0, 5, 9, True), (0, 5, 4, False), (0, None, 5, False)):
            rows = [dict(first, **{"from": start, "to": end}), dict(second, **{"from": next_start})]
            data = json.dumps(dict(World().trust(), ledger=rows)).encode()
            if is_good:
                self.assertEqual(len(cv.parse_trust(data).ledger), 2)
            else:
                self.refuses("malformed", cv.parse_trust, data)
        row = cv.IndexRange(2, 4)
        self.assertEqual([row.has(i) for i in range(1, 6)], [False, True, True, False, False])

    def test_one_thing_wrong_is_refused(self):
        ledger, countersign = (lambda trust: trust["ledger"][0]), (lambda trust: trust["countersign"][0])
        other = Key(b"x" * 32).vkey("example.com/other", 1)
        for code, change in (
            ("malformed", lambda t: t.update(ledger=[])),
            ("too-many", lambda t: t.update(ledger=65 * t["ledger"])),
            ("too-many", lambda t: t.update(countersign=65 * t["countersign"])),
            ("too-many", lambda t: t.update(amendments=[1])),
            ("wrong-type", lambda t: t.update(amendments={})),
            ("malformed", lambda t: ledger(t).update(vkeys=[])),
            ("malformed", lambda t: ledger(t).update(vkeys=[*ledger(t)["vkeys"], other])),
            ("too-many", lambda t: ledger(t).update(vkeys=9 * ledger(t)["vkeys"])),
            ("malformed", lambda t: ledger(t).update(auditors=["nobody"])),
            ("too-many", lambda t: ledger(t).update(auditors=65 * ["auditor"])),
            ("too-large", lambda t: ledger(t).update(auditors=["\U0001f600" * 65])),
            ("wrong-type", lambda t: ledger(t).update(auditors=[1])),
            ("out-of-range", lambda t: ledger(t).update(to=0)),
            ("wrong-type", lambda t: ledger(t).update(to=1.5)),
            ("wrong-type", lambda t: ledger(t).update({"from": True})),
            ("malformed", lambda t: ledger(t).update(lastHonest={"root": b64(bytes(31)), "size": 1})),
            ("out-of-range", lambda t: ledger(t).update(lastHonest={"root": HASH, "size": 0})),
            ("unknown-field", lambda t: ledger(t).update(lastHonest={"root": HASH, "size": 1, "origin": ORIGIN})),
            ("unknown-field", lambda t: ledger(t).update(more=1)),
            ("missing-field", lambda t: ledger(t).pop("auditors")),
            ("missing-field", lambda t: t.update(floor={"root": HASH, "size": 1})),
            ("unknown-field", lambda t: t.update(floor={"root": HASH, "size": 1, "origin": ORIGIN, "more": 1})),
            ("malformed", lambda t: t.update(floor={"root": HASH, "size": 1, "origin": "a b"})),
            ("out-of-range", lambda t: countersign(t).update(to=0)),
            ("unsupported", lambda t: countersign(t).update(spki=b64(bytes(44)))),
            ("unsupported", lambda t: countersign(t).update(spki=b64(KEY.spki + b"\0"))),
            ("too-large", lambda t: countersign(t).update(spki=b64(bytes(132)))),
            ("unknown-field", lambda t: countersign(t).update(more=1)),
            ("out-of-range", lambda t: t["limits"].update(Y=0)),
            ("out-of-range", lambda t: t["limits"].update(Zrefuse=31_536_001)),
            ("missing-field", lambda t: t["limits"].pop("Zwarn")),
            ("unknown-field", lambda t: t["limits"].update(Z=1)),
            ("not-hex", lambda t: t["sigstore"].update(rootSha256="A" * 64)),
            ("wrong-type", lambda t: t["sigstore"].update(rootVersion="1")),
            ("unknown-field", lambda t: t["sigstore"].update(more=1)),
            ("unknown-field", lambda t: t.update(more=1)),
            ("malformed", lambda t: t.update(ecosystem="py pi")),
            ("too-large", lambda t: t.update(ecosystem="p" * 129)),
            ("wrong-type", lambda t: t.update(ecosystem=None)),
        ):
            self.refused(code, change)

    def test_every_member_says_what_it_means(self):
        head = {"root": HASH, "size": 7}
        trust = World(floor=dict(head, origin="o"), last_honest=head, ledger_from=3, ledger_to=9).parsed_trust()
        self.assertEqual(trust.floor, cv.KnownHead("o", 7, bytes(32)))
        self.assertEqual(trust.ledger[0].last_honest, cv.KnownHead(ORIGIN, 7, bytes(32)))
        self.assertEqual(trust.ledger[0].indices, cv.IndexRange(3, 9))
        self.assertEqual(trust.limits, cv.TrustLimits(60, 3_600, 86_400))
        self.assertEqual((trust.ecosystem, trust.ledger[0].auditors), ("pypi", ("auditor",)))
        self.assertEqual(trust.countersign[0].key_id, cv.sha256(World().countersign.spki))


if __name__ == "__main__":
    unittest.main()
