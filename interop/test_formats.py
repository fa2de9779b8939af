# SPDX-License-Identifier: Apache-2.0
"""Text, JSON, notes, policies, trees, maps and ids: one spelling each, and a limit."""

import json
import unittest

from toy_ledger import Key, Refusals, b64, cv, encode_map_proof, inclusion_proof


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
            ('"\x1f"', "not-json"),
            ('"\x01n"', "not-json"),
            ('{a":1}', "not-json"),
            ('"a', "not-json"),
            ('"\\', "not-json"),
            ('"\\u12"', "not-json"),
            ('"\\u 123"', "not-json"),
            ('"\\x41"', "not-json"),
            ('"\\udc00\\ud800"', "not-json"),
            ("", "not-json"),
            ("[", "not-json"),
            ("[1 2]", "not-json"),
            ('{"a" 1}', "not-json"),
            ('{"a":1 "b":2}', "not-json"),
            ('{"a":1,}', "not-json"),
            ("{1:2}", "not-json"),
            ("{", "not-json"),
            ("tru", "not-json"),
            ("nul", "not-json"),
            ("True", "not-json"),
            ("-", "not-json"),
            ("+1", "not-json"),
            (".5", "not-json"),
            ("1.", "not-json"),
            ("1e", "not-json"),
            ("\u0661", "not-json"),
            ("1e309", "not-json"),
            ("-1e309", "not-json"),
            ("Infinity", "not-json"),
            ("\x0b1", "not-json"),
            ("\u00a01", "not-json"),
            ("[" * 34 + "]" * 34, "too-deep"),
            ("[" * 33 + "1" + "]" * 33, "too-deep"),
        ):
            with self.subTest(text=text):
                self.refuses(code, cv.parse_json, text.encode("utf-8"), 1_000, 32, "x")
        self.refuses("not-utf8", cv.parse_json, b'"\xff"', 1_000, 32, "x")
        self.refuses("too-large", cv.parse_json, b"1" * 11, 10, 32, "x")
        self.refuses("too-deep", cv.parse_json, b"[" * 100_000, 1_000_000, 32, "x")

    def test_json_says_what_it_says(self):
        for text, wanted in (
            (" \t\r\n[ 1 , -2 , 0 ]\n", [1, -2, 0]),
            ('{"a" : {"b":[]} , "":{}}', {"a": {"b": []}, "": {}}),
            ("[true,false,null]", [True, False, None]),
            ('"\\ud83d\\ude00\\u00E9\\/\\"\\\\\\b\\f\\n\\r\\t \U0001f600"', '\U0001f600\u00e9/"\\\b\f\n\r\t \U0001f600'),
            ("1.0", 1),
            ("1e2", 100),
            ("-0", 0),
            ("-0.0", 0),
            ("9007199254740991", 2**53 - 1),
            ("9007199254740992", 2.0**53),
            ("1.5", 1.5),
        ):
            with self.subTest(text=text):
                found = cv.parse_json(text.encode("utf-8"), 1_000, 32, "x")
                self.assertEqual((found, type(found)), (wanted, type(wanted)))
        self.assertEqual(cv.parse_json(b"[" * 33 + b"]" * 33, 66, 32, "x"), json.loads("[" * 33 + "]" * 33))
        self.refuses("too-deep", cv.parse_json, b"[[1]]", 1_000, 1, "x")

    def test_numbers_are_written_as_ecmascript_writes_them(self):
        # RFC 8785 appendix B, and the places where the notation changes.
        for text, wanted in (
            ("0.1", "0.1"),
            ("-1.5", "-1.5"),
            ("5e-324", "5e-324"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("9007199254740992", "9007199254740992"),
            ("-9007199254740992", "-9007199254740992"),
            ("295147905179352830000", "295147905179352830000"),
            ("1e21", "1e+21"),
            ("999999999999999900000", "999999999999999900000"),
            ("9.999999999999997e22", "9.999999999999997e+22"),
            ("333333333.3333332", "333333333.3333332"),
            ("0.000001", "0.000001"),
            ("0.0000012", "0.0000012"),
            ("1e-7", "1e-7"),
            ("1.2e-7", "1.2e-7"),
            ("123456.789e15", "123456789000000000000"),
            ("1424953923781206.2", "1424953923781206.2"),
            ("1e0", "1"),
        ):
            value = cv.parse_json(text.encode(), 100, 0, "x")
            self.assertEqual(cv.encode_canonical_json(value).decode(), wanted)

    def test_canonical_json_sorts_by_utf_16(self):
        value = {"\U0001f600": 1, "\ufb33": 2, "a": [None, True, '\u0007\n"\\\u007f']}
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

    def test_malformed_vkeys_are_refused(self):
        def vkey(typed, name="a", key_id=None):
            found = cv.sha256(name.encode() + b"\n" + typed)[:4] if typed[:1] != b"\2" else cv.sha256(typed[1:])[:4]
            return "%s+%s+%s" % (name, (key_id or found).hex(), b64(typed))

        p256 = cv._P256_SPKI_PREFIX + bytes(65)
        for algorithm, key in ((1, bytes(32)), (2, p256), (4, bytes(32)), (6, bytes(1_312))):
            typed = bytes([algorithm]) + key
            self.assertEqual(cv.parse_vkey(vkey(typed))[2:], (algorithm, key))
            for code, text in (
                ("out-of-range", vkey(typed + b"\0")),
                ("out-of-range", vkey(typed[:-1])),
                ("not-canonical", vkey(typed, key_id=bytes(4))),
                (
                    "not-canonical",
                    vkey(typed, name="b").replace("b+", "a+", 1) if algorithm != 2 else vkey(typed, key_id=b"1234"),
                ),
            ):
                self.refuses(code, cv.parse_vkey, text)
        good = vkey(b"\1" + bytes(32))
        for code, text in (
            ("unsupported", vkey(b"\3" + bytes(32))),
            ("unsupported", vkey(b"\5" + bytes(32))),
            ("unsupported", "a+00000000+"),
            ("unsupported", vkey(b"\2" + bytes(91))),
            ("malformed", "a+00000000"),
            ("malformed", "a"),
            ("not-hex", good.replace("+", "+A", 1)),
            ("not-hex", good.upper()),
            ("not-base64", good + "="),
            ("not-base64", good + "\n"),
            ("malformed", good[1:]),
            ("malformed", vkey(b"\1" + bytes(32), name="a b")),
            ("malformed", vkey(b"\1" + bytes(32), name="a\u0085")),
            ("malformed", vkey(b"\1" + bytes(32), name="a\u2003")),
            ("malformed", vkey(b"\1" + bytes(32), name="\ufeffa")),
            ("malformed", vkey(b"\1" + bytes(32), name="a\x1f")),
            ("malformed", vkey(b"\1" + bytes(32)).replace("a", "\ud800", 1)),
        ):
            with self.subTest(text=text):
                self.refuses(code, cv.parse_vkey, text)
        self.assertEqual(cv.parse_vkey(vkey(b"\1" + bytes(32), name="\u00e9.example/\u00fc")).name, "\u00e9.example/\u00fc")

    def test_what_is_too_long_cannot_be_cosigned(self):
        for name, origin, is_good in (
            ("n" * 255, "o" * 255, True),
            ("n" * 256, "o", False),
            ("n", "o" * 256, False),
            ("\u00e9" * 128, "o", False),
        ):
            message = cv.encode_cosigned_subtree(name, 1, cv.Checkpoint(origin, 2, bytes(32), ()))
            self.assertEqual(message is not None, is_good)
        message = cv.encode_cosigned_subtree("name", 3, cv.Checkpoint("origin", 5, b"\7" * 32, ("ignored",)))
        self.assertEqual(message, b"subtree/v1\n\0\4name" + cv.u64(3) + b"\6origin" + cv.u64(0) + cv.u64(5) + b"\7" * 32)

    def test_malformed_notes_are_refused(self):
        line = self.KEY.line("a", 1, bytes(64))
        self.assertEqual(cv.parse_note(b"t\n\n\xe2\x80\x94 a AAAAAAA=\n").signatures, (("a", bytes(4), b"\0"),))
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
            ("t\n\n\u2014 a AAAAAA==\n", "truncated"),
            ("t\n\n\u2014 a AAAAAAA= AAAAAAA=\n", "malformed"),
            ("t\n\n\u2014 a\n", "malformed"),
            ("t\n\n" + line + "\n", "malformed"),
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
            ("o\n1\n%s\nx" % root, "malformed"),
            ("\n1\n%s\n" % root, "malformed"),
            ("o\n1\n%s\n\nx\n" % root, "malformed"),
            ("o\n9007199254740992\n%s\n" % root, "out-of-range"),
            ("o\n1\n%s\n" % root[:-1], "not-base64"),
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
        self.assertFalse(cv.decide_quorum(policy, {"a", "w4"}))
        log = Key(b"\7" * 32).vkey("log", 1)
        spaced = "# a comment\n \t# another\n\n\t log \t %s https://log.example \n" % log + good.replace(
            keys[0], keys[0] + " url"
        )
        self.assertEqual(cv.parse_policy(spaced), policy._replace(logs=(cv.parse_vkey(log),)))
        self.assertEqual(cv.parse_policy(good.replace("a 2", "a any")).groups["a"][0], 1)
        self.assertEqual(cv.parse_policy(good.replace("a 2", "a all")).groups["a"][0], 3)
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
            (good.replace("a 2", "a 0"), "malformed"),
            (good.replace("a 2", "a 02"), "not-canonical"),
            (good.replace("a 2", "a 2.5"), "not-canonical"),
            (good.replace("a 2 w1 w2 w3", "a 2"), "malformed"),
            (good.replace("a 2 w1 w2 w3", "a"), "malformed"),
            (good.replace("a 2 w1 w2 w3", "a 1 none"), "malformed"),
            (good.replace("group a", "group none"), "duplicate-key"),
            (good.replace("witness w1", "witness none"), "duplicate-key"),
            (good.replace("witness w2", "witness w1"), "duplicate-key"),
            (good.replace("group b all a", "group b all w1"), "malformed"),
            (good.replace("quorum b", "quorum c"), "malformed"),
            (good.replace("quorum b", "quorum"), "malformed"),
            (good.replace("quorum b", "quorum a b"), "malformed"),
            ("quorum none\n" + good, "malformed"),
            ("log\n" + good, "malformed"),
            ("log %s a b\n" % log + good, "malformed"),
            ("log %s\nlog %s\n" % (log, log) + good, "duplicate-key"),
            ("witness w0\n" + good, "malformed"),
            ("witness w0 %s a b\n" % keys[0] + good, "malformed"),
            ("witness w0 %s\n" % Key(b"\1" * 32).vkey("x", 4) + good, "duplicate-key"),
            (good.replace("group a", "groups a"), "malformed"),
            (good.replace("quorum b", "quorums b"), "malformed"),
            (good.replace("group b", "group a"), "duplicate-key"),
            ("# \0\n" + good, "malformed"),
            ("# \r\n" + good, "malformed"),
            ("# \x7f\n" + good, "malformed"),
            ("\r\n" + good, "malformed"),
            ("\0\n" + good, "malformed"),
            ("\x0b\n" + good, "malformed"),
            ("\x7f\n" + good, "malformed"),
            ("\u00a0\n" + good, "malformed"),
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


class Versions(Refusals):
    def test_every_spelling_of_a_release_is_one(self):
        for wanted, spellings in {
            "4": "4 4.0 4.0.0.0 v4 V4.0 04 4.0+cpu.1 0!4",
            "0": "0 0.0 0.0.0",
            "1!2rc1": "1!2.0-RC1 1!2c1 1!2.0.pre_1 1!2preview1",
            "1a0": "1.0a 1alpha 1.0-alpha 1.a0",
            "1b2": "1.0b2 1.beta.2 1_b_2",
            "1.post5": "1.0-5 1.post5 1.0.rev5 1r5 1.0_post_5",
            "1.post0": "1.0.post 1post 1-r",
            "1.dev0": "1.0.dev 1dev0",
            "1.dev3": "1.0.dev3 1_dev_3 1-dev3",
            "1.0.1a2.post3.dev4": "1.0.1a2.post3.dev4 1.0.1-alpha-2-3-dev-4+x-y_z.7",
        }.items():
            for spelling in spellings.split():
                self.assertEqual(cv.release_version(spelling), wanted, spelling)

    def test_what_is_no_version_is_refused(self):
        for text in (
            "",
            "v",
            "a1",
            "1..0",
            "1.0 ",
            " 1.0",
            "1.0\n",
            "1.0+",
            "1.0+a..b",
            "1!",
            "1!!2",
            "1.0-",
            "\uff11",
            "\u0661",
            "1.0\u0131", "1.0+\u212a",
        ):
            with self.subTest(text=text):
                self.refuses("malformed", cv.release_version, text)


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
        one, two = bytes(64), b"\1" * 64
        start = b"\1\2" + cv.u64(2) + cv.u32(2)
        self.assertEqual(len(cv.parse_map_proof(start + one + two + bytes(64)).bucket), 2)
        self.refuses("not-canonical", cv.parse_map_proof, start + two + one + bytes(64))
        self.refuses("not-canonical", cv.parse_map_proof, start + one + one + bytes(64))


if __name__ == "__main__":
    unittest.main()
