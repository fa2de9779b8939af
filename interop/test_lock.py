# SPDX-License-Identifier: Apache-2.0
"""The identity lock: what is not one, and that writing gives back what was read. Its decisions are in the shared vectors."""

import json
import unittest

from toy_ledger import PUBLISHER, Refusals, cv


def lock():
    project = {"files": {"a-1.tar.gz": "ab" * 32}, "identity": dict(PUBLISHER), "index": "example.com/index"}
    return {"projects": {"a": project, "b-c": dict(project, identity="unattested", files={})}, "version": 1}


def parse(value):
    return cv.parse_identity_lock(json.dumps(value).encode())


class Locks(Refusals):
    def test_what_is_read_is_written(self):
        locked = parse(lock())
        self.assertEqual(locked["a"].files, {"a-1.tar.gz": b"\xab" * 32})
        self.assertEqual((locked["a"].identity.owner_id, locked["b-c"].identity), ("6571234", None))
        again = cv.encode_identity_lock(locked)
        self.assertEqual(cv.parse_identity_lock(again), locked)
        self.assertTrue(again.startswith(b'{\n  "projects": {\n    "a": {\n      "files": {\n') and again.endswith(b"}\n"))
        self.assertEqual(cv.encode_identity_lock(dict(reversed(locked.items()))), again)

    def test_malformed_locks_are_refused(self):
        first = lambda value: value["projects"]["a"]  # noqa: E731 (read as a path)
        for code, change in (
            ("out-of-range", lambda v: v.update(version=2)),
            ("missing-field", lambda v: v.pop("version")),
            ("unknown-field", lambda v: v.update(more=1)),
            ("wrong-type", lambda v: v.update(projects=[])),
            ("not-canonical", lambda v: v["projects"].update(A=first(v))),
            ("not-canonical", lambda v: v["projects"].update(a_b=first(v))),
            ("malformed", lambda v: v["projects"].update({"": first(v)})),
            ("wrong-type", lambda v: first(v).update(identity=None)),
            ("missing-field", lambda v: first(v).pop("identity")),
            ("unsupported", lambda v: first(v).update(identity="attested")),
            ("unknown-field", lambda v: first(v)["identity"].update(more=1)),
            ("missing-field", lambda v: first(v)["identity"].pop("subject")),
            ("out-of-range", lambda v: first(v)["identity"].update(v=2)),
            ("malformed", lambda v: first(v)["identity"].update(ownerId="")),
            ("malformed", lambda v: first(v)["identity"].update(projectId="a b")),
            ("malformed", lambda v: first(v)["identity"].update(provider="GitHub")),
            ("too-large", lambda v: first(v)["identity"].update(provider="g" * 65)),
            ("too-large", lambda v: first(v)["identity"].update(issuer="i" * 2_048)),
            ("wrong-type", lambda v: first(v)["identity"].update(issuer=None)),
            ("malformed", lambda v: first(v).update(index="")),
            ("malformed", lambda v: first(v).update(index="a b")),
            ("too-large", lambda v: first(v).update(index="a" * 129)),
            ("unknown-field", lambda v: first(v).update(more=1)),
            ("malformed", lambda v: first(v)["files"].update({"a/b": "ab" * 32})),
            ("malformed", lambda v: first(v)["files"].update({"": "ab" * 32})),
            ("malformed", lambda v: first(v)["files"].update({"a b": "ab" * 32})),
            ("malformed", lambda v: first(v)["files"].update({"f" * 256: "ab" * 32})),
            ("malformed", lambda v: first(v)["files"].update({"a": "AB" * 32})),
            ("malformed", lambda v: first(v)["files"].update({"a": "ab" * 31})),
            ("too-large", lambda v: first(v)["files"].update({"a": "ab" * 33})),
            ("wrong-type", lambda v: first(v)["files"].update({"a": None})),
        ):
            value = lock()
            change(value)
            with self.subTest(code=code, value=value):
                self.refuses(code, parse, value)
        parse(dict(lock(), projects={"a": dict(lock()["projects"]["a"], files={"f" * 255: "ab" * 32})}))

    def test_a_lock_is_not_changed_in_place(self):
        locked = parse(lock())
        seen = cv.SeenFile("a-2.tar.gz", bytes(32), "example.com/index", None, False, None)
        after = cv.lock_file(locked, "a", seen, cv.decide_lock(locked["a"], seen))
        self.assertEqual(locked, parse(lock()))
        self.assertEqual(sorted(after["a"].files), ["a-1.tar.gz", "a-2.tar.gz"])


if __name__ == "__main__":
    unittest.main()
