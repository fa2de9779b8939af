# SPDX-License-Identifier: Apache-2.0
"""Every value of every statement and detail, replaced by a wrong one: nothing in them is left unread."""

import copy
import json
import unittest

from agreement import import_detail, observed_detail, project_detail, statements
from toy_ledger import PUBLISHER, Refusals, World, b64, cv

WORLD = World()
STATEMENTS = [json.loads(payload) for payload in statements(WORLD)]
MADE_UP = STATEMENTS[-1]


def places(value, path=()):
    """The path of every value in `value`, outermost first."""
    yield path
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def replaced(value, path, new):
    """A copy with another value at `path`."""
    if not path:
        return new
    value = copy.deepcopy(value)
    at(value, path[:-1])[path[-1]] = new
    return value


def wrong_values(value):
    """What can stand nowhere that `value` stands."""
    if isinstance(value, dict):
        yield from ({**value, "more": 1}, [value], "x", None)
        for name in value:
            yield {other: member for other, member in value.items() if other != name}
    elif isinstance(value, list):
        yield from ({}, "x", None, 1)
        if value:
            yield from (value + value[-1:], value + [1])
        if len(value) > 1:
            yield value[::-1]
    elif isinstance(value, int):
        yield from (-1, 1.5, 2**53, str(value), True, None)
    elif isinstance(value, str):
        yield from (value + "\n", value[:-1] + "\u00fc", "", 1, None, [value])


def outside_limits():
    """What an item of another index may say at most."""
    zeros, one = "00" * 32, "11" * 32
    known = {"file": one, "metadata": one, "open": 1, "release": one, "sha256": one, "size": 9, "state": 2}
    burnt = dict(known, metadata="none", sha256=zeros, size=0, state=4)
    seen = {"file": one, "provenance": one, "release": one, "seen": 3, "sha256": one, "size": 9}
    for kind, item in (("imported", known), ("observed", seen)):
        many = [dict(item, file="%064x" % i) for i in range(101)]
        yield kind, ("items",), many[:100], many
        yield kind, ("items",), many[:1], []
        yield kind, ("items",), [dict(item, size=2**40)], [dict(item, size=2**40 + 1)]
        yield kind, ("items",), [dict(item, size=1)], [dict(item, size=0)]
        yield kind, ("items",), many[:2], many[1::-1]
    for name, least, most in (("imported", known, "state"), ("observed", seen, "seen")):
        yield name, ("items",), [dict(least, **{most: 2})], [dict(least, **{most: 1})]
        yield name, ("items",), [dict(least, **{most: 4})], [dict(least, **{most: 5})]
    yield "imported", ("items",), [dict(known, open=0)], [dict(known, open=2)]
    yield "observed", ("items",), [seen], [dict(seen, sha256=zeros)]
    for changes in ({"size": 5}, {"state": 3}, {"metadata": one}, {"sha256": one}):
        yield "imported", ("items",), [burnt], [dict(burnt, **changes)]


class Everything(Refusals):
    def refused(self, parse, value, exceptions=()):
        encoded = cv.encode_canonical_json
        parse(encoded(value))
        for path in places(value):
            for wrong in wrong_values(at(value, path)):
                changed = replaced(value, path, wrong)
                if changed == value or (path[-1:] and (path[-1], wrong) in exceptions):
                    continue
                with self.subTest(path=path, wrong=wrong), self.assertRaises(cv.ParseError):
                    parse(encoded(changed))

    def test_statements(self):
        for statement in STATEMENTS[:-1]:
            self.refused(cv.parse_statement, statement)

    def test_entries(self):
        self.refused(cv.parse_entry, json.loads(WORLD.entry()))

    def test_project_details(self):
        texts = [("name", ""), ("name", "SampleProject\n"), ("name", "SampleProjec\u00fc")]
        parse = cv.parse_project_detail
        value = json.loads(project_detail(WORLD)[32:])
        self.refused(lambda data: parse(bytes(32) + data), dict(value, publishers=[], principals=[]), texts)
        for name in ("publishers", "principals"):
            self.refuses("too-many", parse, bytes(32) + cv.encode_canonical_json({**value, name: 33 * value[name]}))
            self.assertEqual(
                len(getattr(parse(bytes(32) + cv.encode_canonical_json({**value, name: 32 * value[name]})), name)), 32
            )

    def test_file_details(self):
        value = dict(WORLD.detail_value(), publishers=[])
        texts = [
            (name, text)
            for name in ("filename", "name", "version")
            for text in ("", value[name] + "\n", value[name][:-1] + "\u00fc")
        ]
        texts += [(name, None) for name in ("requiresPython", "uploader")]
        self.refused(lambda data: cv.parse_file_detail(bytes(32) + data), value, texts)

    def test_openings_have_their_members_and_no_more(self):
        file, project = WORLD.detail_value(), json.loads(project_detail(WORLD)[32:])
        for parse, value, name in (
            (cv.parse_file_detail, file, "publishers"),
            (cv.parse_project_detail, project, "publishers"),
            (cv.parse_project_detail, project, "principals"),
        ):
            changed = {**value, name: [dict(value[name][0], more=1)]}
            self.refuses("unknown-field", parse, bytes(32) + cv.encode_canonical_json(changed))
        self.refuses("truncated", cv.parse_text_detail, bytes(31))
        self.refuses("not-json", cv.parse_text_detail, bytes(32))

    def test_identities_in_words(self):
        whole = cv.parse_publisher(cv.encode_canonical_json(PUBLISHER))
        words = (
            '"example/sampleproject" (repository id 12345678, owner id 6571234), workflow .github/workflows/release.yml, '
        )
        self.assertEqual(
            cv.show_publisher(whole), words + "environment release of https://token.actions.githubusercontent.com"
        )
        nothing = whole._replace(
            project_id=None, owner_id=None, workflow=None, environment=None, called_workflow="c", issuer="i"
        )
        shown = '"example/sampleproject" (repository id none, owner id none), called workflow c of i'
        self.assertEqual(cv.show_publisher(nothing), shown)
        person = nothing._replace(project=None, subject="alice@example.com")
        self.assertEqual(cv.show_publisher(person), '"alice@example.com" of i')
        self.assertEqual(cv.show_publisher(person._replace(subject=None)), '"nobody" of i')

    def test_limits_of_details(self):
        file = WORLD.detail_value()
        for parse, value, name, maximum in (
            (cv.parse_file_detail, file, "filename", 255),
            (cv.parse_file_detail, file, "name", 128),
            (cv.parse_file_detail, file, "version", 128),
            (cv.parse_file_detail, file, "requiresPython", 4_096),
            (cv.parse_file_detail, file, "uploader", 4_096),
            (cv.parse_text_detail, {}, "text", 4_096),
            (cv.parse_project_detail, json.loads(project_detail(WORLD)[32:]), "reason", 4_096),
            (cv.parse_project_detail, json.loads(project_detail(WORLD)[32:]), "name", 128),
            (cv.parse_import_detail, json.loads(import_detail(WORLD)[32:]), "name", 128),
            (cv.parse_observed_detail, json.loads(observed_detail()[32:]), "name", 128),
        ):
            parse(bytes(32) + cv.encode_canonical_json({**value, name: "x" * maximum}))
            self.refuses("too-large", parse, bytes(32) + cv.encode_canonical_json({**value, name: "x" * (maximum + 1)}))

    def test_details_of_another_index(self):
        for parse, detail, claim in (
            (cv.parse_import_detail, import_detail(WORLD), "publisher"),
            (cv.parse_observed_detail, observed_detail(), "provenance"),
        ):
            value = json.loads(detail[32:])
            file = value["files"][0]
            self.assertEqual(parse(detail), (file["filename"],) * 2)
            for name, maximum in (("filename", 255), ("version", 128), (claim, 1_024)):
                parse(bytes(32) + cv.encode_canonical_json({**value, "files": [{**file, name: "x" * maximum}]}))
                longer = {**value, "files": [{**file, name: "x" * (maximum + 1)}]}
                self.refuses("too-large", parse, bytes(32) + cv.encode_canonical_json(longer))
            parse(bytes(32) + cv.encode_canonical_json({**value, "files": [file] * 100}))
            self.refuses("too-many", parse, bytes(32) + cv.encode_canonical_json({**value, "files": [file] * 101}))
            for changed in ({**file, "more": 1}, {name: file[name] for name in file if name != claim}):
                with self.assertRaises(cv.ParseError):
                    parse(bytes(32) + cv.encode_canonical_json({**value, "files": [changed]}))

    def test_limits_of_statements(self):
        """At each limit a statement is read, and beyond it refused with the code of a limit."""
        by_kind = {statement["predicateType"].split("/")[-2]: statement for statement in STATEMENTS}
        attestation = {"digest": "1" * 64, "predicate": 1, "publisher": "1" * 64, "time": 5}
        digests, items = ["%064x" % i for i in range(513)], [dict(attestation, digest="%064x" % i) for i in range(5)]
        keys = [{"key": "02%064x" % i, "sig": "3" * 128} for i in range(33)]
        for kind, path, good, bad in (
            ("yanked", ("files",), digests[:512], digests),
            ("yanked", ("reason",), 5, 6),
            ("unyanked", ("reason",), 5, 6),
            ("withdrawn", ("reason",), 6, 7),
            ("status", ("status",), 1, 0),
            ("status", ("status",), 4, 5),
            ("file-accepted", ("size",), 2**40, 2**40 + 1),
            ("file-accepted", ("size",), 1, 0),
            ("file-accepted", ("attestations",), items[:4], items),
            ("file-accepted", ("attestations",), [dict(attestation, predicate=3)], [dict(attestation, predicate=4)]),
            ("file-accepted", ("attestations",), [dict(attestation, predicate=1)], [dict(attestation, predicate=0)]),
            ("file-accepted", ("origin",), "o" * 128, "o" * 129),
            ("file-accepted", ("seq",), 2**53 - 1, 2.0**53),
            ("log-genesis", ("rootKeys",), digests[:16], digests[:17]),
            ("log-genesis", ("countersign",), digests[:8], digests[:9]),
            ("log-genesis", ("countersign",), digests[:1], []),
            ("log-genesis", ("threshold",), 2, 3),
            ("log-genesis", ("threshold",), 1, 0),
            ("log-genesis", ("root",), keys[:32], keys),
            ("log-genesis", ("rootVersion",), 2**32 - 1, 2**32),
            ("log-genesis", ("targetsVersion",), 2**32 - 1, 2**32),
            ("log-genesis", ("rules",), 2**32 - 1, 2**32),
            ("log-genesis", ("webOrigin",), "w" * 128, "w" * 129),
            ("log-genesis", ("webOrigin",), "!#[]~", 'a"b'),
            ("log-genesis", ("webOrigin",), "!#[]~", "a\\b"),
            ("log-genesis", ("ecosystem",), "e" * 128, "e" * 129),
            ("log-genesis", ("previous",), "none", "None"),
            ("void", ("root",), keys[:32], keys),
            ("project-created", ("config", "policy", "closeDays"), 365, 366),
            ("project-created", ("config", "policy", "closeDays"), 65_535, 65_536),
            ("project-created", ("config", "policy", "closeDays"), 1, 0),
            ("project-created", ("config", "policy", "closeDays"), 65_535, 65_534),
            ("project-created", ("config", "policy", "uploads"), 1, 2),
            ("project-created", ("config", "policy", "attestations"), 1, 2),
            ("project-created", ("config", "policy", "release"), 2, 3),
            ("project-created", ("config", "publishers"), digests[:32], digests[:33]),
            ("project-created", ("config", "principals"), digests[:32], digests[:33]),
            ("release-published", ("files",), digests[:512], digests),
            ("promoted", ("files",), digests[:1], []),
            ("file-attested", ("attestations",), items[:4], items),
            ("file-attested", ("attestations",), items[:1], []),
            ("detail-erased", ("details",), digests[:256], digests[:257]),
            ("detail-erased", ("details",), digests[:1], []),
            ("detail-erased", ("ground",), "abuse", "owner"),
            ("amended", ("from",), 9, 10),
            ("amended", ("to",), 3, 2),
            *outside_limits(),
        ):
            with self.subTest(kind=kind, path=path):
                place = ("predicate", *path)
                cv.parse_statement(cv.encode_canonical_json(replaced(by_kind[kind], place, good)))
                with self.assertRaises(cv.ParseError):
                    cv.parse_statement(cv.encode_canonical_json(replaced(by_kind[kind], place, bad)))

    def test_limits_of_consents(self):
        passkey = STATEMENTS[3]
        place = ("predicate", "consent")
        for name, good, bad in (
            ("counter", 2**32 - 1, 2**32),
            ("flags", 255, 256),
            ("form", 2, 3),
            ("key", "1" * 128, "1" * 64),
            ("sig", "1" * 128, "1" * 126),
            ("alg", "ES256", "RS256"),
        ):
            cv.parse_statement(cv.encode_canonical_json(replaced(passkey, (*place, name), good)))
            with self.subTest(name=name), self.assertRaises(cv.ParseError):
                cv.parse_statement(cv.encode_canonical_json(replaced(passkey, (*place, name), bad)))
        ed25519 = replaced(replaced(passkey, (*place, "alg"), "Ed25519"), (*place, "key"), "1" * 64)
        cv.parse_statement(cv.encode_canonical_json(ed25519))
        self.refuses(
            "too-large", cv.parse_statement, cv.encode_canonical_json(replaced(ed25519, (*place, "key"), "1" * 128))
        )

    def test_every_act_has_its_ways_and_no_other(self):
        configured = STATEMENTS[3]
        legal = set()
        for act in ("change", "ask", "take", "cancel", "undo", "give"):
            for way in ("free", "passkey", "publisher", "account", "none", "staff", "root"):
                predicate = dict(configured["predicate"], act=act, way=way)
                if act in ("take", "cancel"):
                    predicate["config"] = "none"
                if way == "publisher":
                    predicate["consent"] = {"evidence": "1" * 64, "publisher": "2" * 64}
                elif way != "passkey":
                    predicate["consent"] = "none"
                try:
                    cv.parse_statement(cv.encode_canonical_json(dict(configured, predicate=predicate)))
                except cv.ParseError as error:
                    self.assertEqual(error.code, "unsupported")
                else:
                    legal.add((act, way))
        wanted = "change free, change passkey, change account, ask passkey, ask publisher, ask account, take none, "
        wanted += "cancel passkey, cancel publisher, cancel account, undo passkey"
        self.assertEqual(legal, {tuple(pair.split()) for pair in wanted.split(", ")})

    def test_kinds_that_are_unknown_are_read_as_far_as_they_must(self):
        self.assertEqual(cv.parse_statement(cv.encode_canonical_json(MADE_UP)).kind, "made-up")
        for name in ("sha256", "countermarkLog", "countermarkProject"):
            cv.parse_statement(cv.encode_canonical_json(dict(MADE_UP, subject=[{"digest": {name: "4" * 64}}])))
        self.refuses(
            "malformed",
            cv.parse_statement,
            cv.encode_canonical_json(dict(MADE_UP, subject=[{"digest": {"sha512": "4" * 64}}])),
        )
        for kind in ("Made", "made-", "-made", "made--up", "made_up", "", "made/v1"):
            wrong = dict(MADE_UP, predicateType="https://countermark.dev/ledger/%s/v1" % kind)
            self.refuses("malformed", cv.parse_statement, cv.encode_canonical_json(wrong))
        for name in ("origin", "role", "project", "seq", "time", "detail"):
            predicate = {other: member for other, member in MADE_UP["predicate"].items() if other != name}
            self.refuses("missing-field", cv.parse_statement, cv.encode_canonical_json(dict(MADE_UP, predicate=predicate)))

    def test_signatures_have_64_bytes(self):
        envelope = json.loads(WORLD.entry())
        for length, code in ((63, "malformed"), (65, "malformed"), (67, "too-large"), (0, "malformed")):
            line = dict(envelope["signatures"][0], sig=b64(bytes(length)))
            self.refuses(code, cv.parse_entry, cv.encode_canonical_json(dict(envelope, signatures=[line])))


if __name__ == "__main__":
    unittest.main()
