# SPDX-License-Identifier: Apache-2.0
"""Receipts and project proofs of the toy ledger, with one thing wrong in each."""

import hashlib
import unittest

from toy_ledger import CONFIG, FILE, FILENAME, NOW, ORIGIN, Key, Refusals, World, b64, cv


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

    def test_a_name_in_another_project_is_not_shown(self):
        self.assertIsNone(cv.decide_filename(self.verify(predicate={"project": "00" * 32}), "pypi"))
        self.assertIsNone(cv.decide_filename(self.verify(), "npm"))
        self.assertIsNone(cv.decide_filename(self.verify(detail=b""), "pypi"))
        nameless = dict(World().detail_value(), name="-")
        self.assertIsNone(cv.decide_filename(self.verify(detail_value=nameless), "pypi"))

    def test_a_publisher_is_shown_only_where_it_opens_the_id(self):
        for changes in ({"predicate": {"publisher": "11" * 32}}, {"predicate": {"publisher": "none"}}, {"detail": b""}):
            self.assertIsNone(cv.decide_publisher(self.verify(**changes)))

    def test_what_is_known_and_holds_is_no_hindrance(self):
        root = b64(cv.tree_root(World().hashes))
        same, other = {"root": root, "size": 3}, {"root": b64(bytes(32)), "size": 4}
        for changes in (
            {"floor": dict(same, origin=ORIGIN)},
            {"floor": dict(other, origin=ORIGIN)},
            {"floor": {"origin": "example.com/other", "root": b64(bytes(32)), "size": 3}},
            {"last_honest": same},
            {"last_honest": other},
            {"ledger_from": 2},
            {"ledger_to": 3},
            {"countersign_from": 1, "countersign_to": 2},
            {"cosigned": {"w1": NOW + 120, "w2": 1}},
        ):
            with self.subTest(changes=changes):
                self.assertEqual(self.verify(**changes).leaf_index, 1)

    def test_a_caller_who_errs_is_told(self):
        trust = World().parsed_trust()
        for wrong in ("00" * 32, b"", bytes(31), bytearray(32), None):
            with self.assertRaises(TypeError):
                cv.verify_receipt(World().receipt(), trust, file_sha256=wrong, now=NOW)
        for wrong in (float("nan"), float(NOW), True, None):
            with self.assertRaises(TypeError):
                cv.verify_receipt(World().receipt(), trust, file_sha256=bytes(32), now=wrong)

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
            ("cosignature-time", {"cosigned": {"w1": NOW, "w2": 2**53 - 1}}),
            ("cosignature-invalid", {"cosigned": {"w1": NOW, "w2": 2**53}}),
            ("quorum-not-met", {"cosigned": {"w1": NOW}}),
            ("quorum-not-met", {"cosigned": {}}),
            ("quorum-none", {"quorum": "none"}),
            ("ledger-range", {"ledger_to": 2}),
            ("ledger-range", {"ledger_from": 3}),
            ("after-last-honest", {"last_honest": {"root": b64(bytes(32)), "size": 2}}),
            ("known-head-differs", {"last_honest": {"root": b64(bytes(32)), "size": 3}}),
            ("countersign-key", {"countersign_from": 2}),
            ("countersign-key", {"countersign_origin": "example.com/other"}),
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
            ("state-leaf-time", {"state_time": NOW - 10 + 121}),
            ("anchor-place", {"anchor": "anchor 1 %s %d %d" % (b64(bytes(32)), NOW, NOW)}),
            ("anchor-place", {"state_prev": "1", "anchor": "anchor 0 %s %d %d" % (b64(bytes(32)), NOW, NOW)}),
            ("anchor-place", {"state_prev": "1", "anchor": "anchor 3 %s %d %d" % (b64(bytes(32)), NOW, NOW)}),
            ("anchor-ahead", {"state_prev": "1", "anchor": "anchor 1 %s %d %d" % (b64(bytes(32)), NOW + 200, NOW)}),
            ("anchor-ahead", {"state_prev": "1", "anchor": "anchor 1 %s %d %d" % (b64(bytes(32)), NOW, NOW + 200)}),
            ("anchor-stale", {"state_prev": "1", "anchor": "anchor 1 %s %d %d" % (b64(bytes(32)), NOW - 90_000, NOW)}),
            ("head-stale", {"now": NOW + 90_000}),
            ("quorum-not-met", {"cosigned": {"w1": NOW}}),
        ):
            with self.subTest(code=code, changes=changes):
                self.refuses(code, self.verify, **changes)

    def test_heads_are_used_up_to_their_limits(self):
        root = b64(bytes(32))
        for changes in (
            {"floor": {"origin": ORIGIN, "root": b64(cv.tree_root(World().hashes)), "size": 3}},
            {"floor": {"origin": "example.com/other", "root": root, "size": 4}},
            {"state_prev": "1", "anchor": "anchor 1 %s %d %d" % (root, NOW + 110, NOW + 110)},
            {"state_prev": "1", "anchor": "anchor 2 %s %d %d" % (root, NOW, NOW)},
            {"state_time": NOW - 10 + 120},
            {"state_prev": "1", "anchor": "anchor 1 %s %d %d" % (root, NOW - 20 - 86_400, NOW)},
        ):
            with self.subTest(changes=changes):
                self.verify(**changes)
        for code, anchor in (
            ("anchor-ahead", (NOW + 111, NOW)),
            ("anchor-ahead", (NOW, NOW + 111)),
            ("anchor-stale", (NOW - 21 - 86_400, NOW)),
        ):
            self.refuses(code, self.verify, state_prev="1", anchor="anchor 1 %s %d %d" % (root, *anchor))

    def test_a_head_ages(self):
        for now, age, is_old in (
            (NOW - 100, 0, False),
            (NOW - 20, 0, False),
            (NOW - 20 + 3_600, 3_600, False),
            (NOW - 20 + 3_601, 3_601, True),
            (NOW - 20 + 86_400, 86_400, True),
        ):
            head = self.verify(now=now).head
            self.assertEqual((head.age_seconds, head.is_old), (age, is_old))
        self.refuses("head-stale", self.verify, now=NOW - 20 + 86_401)

    def test_a_pending_configuration_is_the_one_that_is_named(self):
        pending = CONFIG[:-2] + b"\x01" + b"\x07" * 32 + b"\0"
        world = World(pending=pending, configs=(CONFIG, CONFIG, pending))
        value = cv.project_value(world.header, world.files(), 2, bytes(32))
        records = cv.verify_state_file(world.state_file(), value=value)
        self.assertEqual(records.pending, cv.parse_config_record(pending))
        for configs in ((CONFIG, CONFIG, b""), (CONFIG, CONFIG, CONFIG), (b"", CONFIG, pending), (CONFIG, b"", pending)):
            file = World(pending=pending, configs=configs).state_file()
            self.refuses("state-config", cv.verify_state_file, file, value=value)
        unnamed, none = World(configs=(CONFIG, CONFIG, CONFIG)), World()
        value = cv.project_value(none.header, none.files(), 2, bytes(32))
        self.assertIsNone(cv.verify_state_file(none.state_file(), value=value).pending)
        self.refuses("state-config", cv.verify_state_file, unnamed.state_file(), value=value)
        with self.assertRaises(TypeError):
            cv.verify_state_file(none.state_file(), value=value.hex())

    def test_another_state_file_is_refused(self):
        world, value = World(), self.verify().value
        good = world.state_file()
        for code, at in (("state-value", 30), ("state-files", len(good) - 5), ("state-config", 270)):
            bad = good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]
            with self.subTest(code=code):
                self.refuses(code, cv.verify_state_file, bad, value=value)


if __name__ == "__main__":
    unittest.main()
