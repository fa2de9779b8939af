# SPDX-License-Identifier: Apache-2.0
"""What the command line says, and how it ends."""

import contextlib
import hashlib
import io
import json
import os
import tempfile
import unittest

from toy_ledger import FILE, FILENAME, NOW, ORIGIN, PUBLISHER, World, cv


class CommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder, self.world = folder.name, World()
        self.write("trust.json", json.dumps(self.world.trust()).encode("utf-8"))
        self.write(FILENAME, FILE)
        self.write("r.tlog-proof", self.world.receipt())
        self.write("p.proof", self.world.project_proof(self.world.map_key))
        self.write("p.state", self.world.state_file())
        detail = self.world.detail
        self.write("p.details", cv.u32(1) + cv.u32(len(detail)) + detail)
        self.pin = hashlib.sha256(json.dumps(self.world.trust()).encode("utf-8")).hexdigest()

    def write(self, name, data):
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(data)

    def run_main(self, *arguments, pin=None):
        trust = ["--trust", "@trust.json", "--trust-sha256", pin or self.pin, "--now", str(NOW)]
        return self.run_bare(*arguments, *trust)

    def run_bare(self, *arguments):
        paths = [os.path.join(self.folder, a[1:]) if a.startswith("@") else a for a in arguments]
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = cv.main(paths)
            except SystemExit as stopped:
                status = stopped.code
        return status, out.getvalue(), err.getvalue()

    def test_receipt_says_a_sentence_and_ends_with_0(self):
        status, out, _ = self.run_main("receipt", "@r.tlog-proof", "--file", "@" + FILENAME)
        self.assertEqual(status, 0)
        self.assertIn("was logged at index 1 of example.com/index", out)
        self.assertIn('"example/sampleproject" (repository id 12345678', out)

    def test_receipt_says_json(self):
        status, out, _ = self.run_main("receipt", "@r.tlog-proof", "--file", "@" + FILENAME, "--json")
        facts = json.loads(out)
        self.assertEqual((status, facts["ok"], facts["index"], facts["head"]), (0, True, 1, "audited"))

    def test_a_swapped_file_ends_with_1_and_a_code(self):
        self.write(FILENAME, FILE + b"!")
        status, _, err = self.run_main("receipt", "@r.tlog-proof", "--file", "@" + FILENAME)
        self.assertEqual(status, 1)
        self.assertIn("(digest-mismatch)", err)

    def test_another_trust_description_than_the_pinned_one_ends_with_1(self):
        status, _, err = self.run_main("receipt", "@r.tlog-proof", "--file", "@" + FILENAME, pin="00" * 32)
        self.assertEqual(status, 1)
        self.assertIn("(trust-mismatch)", err)

    def test_a_missing_file_ends_with_2(self):
        status, _, _ = self.run_main("receipt", "@gone", "--file", "@" + FILENAME)
        self.assertEqual(status, 2)

    def test_a_wrong_command_line_ends_with_2(self):
        receipt = ["receipt", "@r.tlog-proof", "--file", "@" + FILENAME]
        self.assertEqual(self.run_main("receipt", "@r.tlog-proof", "--fiel", "@" + FILENAME)[0], 2)
        self.assertEqual(self.run_main(*receipt, pin="00" * 31)[0], 2)
        self.assertEqual(self.run_main(*receipt, pin=self.pin.upper())[0], 2)
        self.assertEqual(self.run_bare(*receipt)[0], 2)
        self.assertEqual(self.run_bare()[0], 2)

    def test_malformed_input_ends_with_4(self):
        self.write("r.tlog-proof", b"nothing")
        status, _, err = self.run_main("receipt", "@r.tlog-proof", "--file", "@" + FILENAME)
        self.assertEqual((status, "(malformed)" in err), (4, True))
        self.write("trust.json", b"{}")
        pin = hashlib.sha256(b"{}").hexdigest()
        status, out, _ = self.run_main("receipt", "@r.tlog-proof", "--file", "@" + FILENAME, "--json", pin=pin)
        self.assertEqual((status, json.loads(out)["code"], json.loads(out)["ok"]), (4, "missing-field", False))
        self.write("r.tlog-proof", bytes(cv.TLOG_PROOF_BYTES_MAX + 1))
        status, _, err = self.run_main("receipt", "@r.tlog-proof", "--file", "@" + FILENAME)
        self.assertEqual(status, 1, err)

    def test_help_names_every_exit_status(self):
        for command in ([], ["receipt"], ["project-proof"], ["checkpoint"]):
            status, out, _ = self.run_bare(*command, "--help")
            self.assertEqual(status, 0)
            self.assertIn("0 it holds, 1 it is refused, 2", " ".join(out.split()))

    def test_a_checkpoint_under_a_policy(self):
        policy = self.world.trust()["ledger"][0]["policy"]
        self.write("policy", ("log %s\n" % self.world.log.vkey(ORIGIN, 1) + policy).encode())
        self.write("note", self.world.note())
        arguments = ["checkpoint", "@note", "--policy", "@policy", "--now", str(NOW), "--origin"]
        status, out, err = self.run_bare(*arguments, ORIGIN)
        self.assertEqual(status, 0, err)
        self.assertIn("The tree of example.com/index at size 3 is cosigned by auditor, w1", out)
        facts = json.loads(self.run_bare(*arguments, ORIGIN, "--json")[1])
        self.assertEqual((facts["size"], facts["cosigners"], facts["tLo"]), (3, ["auditor", "w1"], NOW - 20))
        status, _, err = self.run_bare(*arguments, "example.com/other")
        self.assertEqual((status, "(checkpoint-origin)" in err), (1, True))

    def test_names_that_strangers_chose_give_no_commands(self):
        publisher = dict(PUBLISHER, project="\x1b]0;owned\x07\n\u202eevil")
        self.world.publisher_id = cv.salted_id("publisher", b"\x33" * 32, cv.encode_canonical_json(publisher))
        detail = dict(self.world.detail_value(), publishers=[{"record": publisher, "salt": "33" * 32}])
        changes = {"detail_value": detail, "predicate": {"publisher": self.world.publisher_id.hex()}}
        self.write("r.tlog-proof", World(**changes).receipt())
        status, out, err = self.run_main("receipt", "@r.tlog-proof", "--file", "@" + FILENAME)
        self.assertEqual(status, 0, err)
        self.assertIn("\\x1b]0;owned\\x07\\n\\u202eevil", out)
        self.assertTrue(all(line.isprintable() for line in out.split("\n")))

    def test_a_terminal_without_letters_gets_escapes(self):
        raw = io.BytesIO()
        stream = io.TextIOWrapper(raw, encoding="ascii")
        cv._print(["caf\u00e9"], stream)
        stream.flush()
        self.assertEqual(raw.getvalue().splitlines(), [b"caf\\xe9"])

    def test_project_proof_lists_the_files(self):
        arguments = [
            "project-proof",
            "@p.proof",
            "--name",
            "SampleProject",
            "--state",
            "@p.state",
            "--details",
            "@p.details",
        ]
        status, out, err = self.run_main(*arguments)
        self.assertEqual(status, 0, err)
        self.assertIn("SampleProject is there", out)
        self.assertIn(FILENAME + ": published", out)
        facts = json.loads(self.run_main(*arguments, "--json")[1])
        self.assertEqual((facts["present"], facts["status"], facts["files"][0]["name"]), (True, "active", FILENAME))
        self.assertIn("file %s: published" % self.world.records[0][0].hex(), self.run_main(*arguments[:-2])[1])

    def test_a_file_is_not_named_by_a_detail_of_another_name(self):
        # The record commits to the detail, but only auditors check that the detail opens the file's id.
        detail = dict(self.world.detail_value(), filename="another-1.0.tar.gz")
        world = World(detail_value=detail)
        self.write("p.proof", world.project_proof(world.map_key))
        self.write("p.state", world.state_file())
        self.write("p.details", cv.u32(1) + cv.u32(len(world.detail)) + world.detail)
        names = ["--name", "SampleProject", "--state", "@p.state", "--details", "@p.details"]
        status, out, err = self.run_main("project-proof", "@p.proof", *names)
        self.assertEqual(status, 0, err)
        self.assertNotIn("another", out)

    def test_a_project_that_is_not_there_has_no_state(self):
        absent = self.world.project_proof(cv.map_key("pypi", "absent"))
        self.write("p.proof", absent)
        status, out, _ = self.run_main("project-proof", "@p.proof", "--name", "Absent")
        self.assertEqual((status, "Absent is not there" in out), (0, True))
        status, _, err = self.run_main("project-proof", "@p.proof", "--name", "Absent", "--state", "@p.state")
        self.assertEqual((status, "(state-value)" in err), (1, True))


if __name__ == "__main__":
    unittest.main()
