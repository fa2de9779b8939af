# SPDX-License-Identifier: Apache-2.0
"""A whole log, read from a folder or over HTTP, and one thing wrong in it."""

import contextlib
import http.server
import io
import json
import os
import tempfile
import threading
import unittest

from toy_ledger import VECTORS, Key, Refusals, b64, cv

import countermark_ledger as cl

NOW = 1_800_000_000
WITNESS, LOG = Key(b"1" * 32), Key(b"L" * 32)


def transcript(file, name):
    with open(os.path.join(VECTORS, "ledger", file), encoding="utf-8") as vectors:
        found = next(case for case in json.load(vectors) if case["name"] == name)
    return found["origin"], [bytes.fromhex(step["leaf"]) for step in found["steps"]], found.get("previous")


def checkpoint_of(origin, leaves):
    """Cosigned a little after the last state that is in it says that it is."""
    states = [cv.parse_state_leaf(leaf) for leaf in leaves if leaf.startswith(b"countermark.dev/state")]
    seconds = states[-1].time + 20
    root = cv.tree_root([cv.leaf_hash(leaf) for leaf in leaves])
    text = "%s\n%d\n%s\n" % (origin, len(leaves), b64(root))
    message = ("cosignature/v1\ntime %d\n" % seconds + text).encode()
    lines = LOG.line(origin, 1, LOG.sign(text.encode())) + WITNESS.line("w", 4, cv.u64(seconds) + WITNESS.sign(message))
    return ("%s\n%s" % (text, lines)).encode()


def files_of(leaves, note):
    """Path -> bytes, as a log serves them."""
    files = {"checkpoint": note}
    for at in range(0, len(leaves), 256):
        part = leaves[at : at + 256]
        path = "tile/entries/%03d" % (at // 256) + ("" if len(part) == 256 else ".p/%d" % len(part))
        files[path] = b"".join(cv.u16(len(leaf)) + leaf for leaf in part)
    return files


def trust_of(origin, **changes):
    ledger = {
        "auditors": [],
        "from": 0,
        "lastHonest": None,
        "origin": origin,
        "policy": "witness w %s\nquorum w\n" % WITNESS.vkey("w", 4),
        "to": None,
        "vkeys": [LOG.vkey(origin, 1)],
    }
    described = {
        "amendments": [],
        "countersign": [{"from": 0, "origin": origin, "spki": b64(LOG.spki), "to": None}],
        "ecosystem": "pypi",
        "floor": None,
        "ledger": [ledger],
        "limits": {"Y": 60, "Zrefuse": 86_400, "Zwarn": 3_600},
        "sigstore": {"rootSha256": "00" * 32, "rootVersion": 1},
    }
    return json.dumps(dict(described, **changes)).encode()


def reads(files):
    return lambda path, bytes_max: files.get(path)


FIRST = ("transcripts.json", "a project, a file, and what can become of it")


class Replays(Refusals):
    @classmethod
    def setUpClass(cls):
        cls.origin, cls.leaves, _ = transcript(*FIRST)

    def replay(self, leaves=None, files=None, trust=None, previous=()):
        leaves = self.leaves if leaves is None else leaves
        files = files_of(leaves, checkpoint_of(self.origin, leaves)) if files is None else files
        trust = cv.parse_trust(trust or trust_of(self.origin))
        return cl.replay(reads(files), trust, previous=previous, are_anchors_checked=False, now=NOW)

    def test_a_ledger_that_keeps_its_rules_agrees_and_names_what_is_void(self):
        found = self.replay()
        self.assertEqual(found.head.checkpoint.size, len(self.leaves))
        self.assertEqual(found.ledger.commitment(), found.state.map)
        self.assertIn((4, "filename-used"), found.voids)
        self.assertEqual(sum(found.outcomes.values()), len(self.leaves))

    def test_a_leaf_that_is_not_in_the_tree_is_no_leaf(self):
        note = checkpoint_of(self.origin, self.leaves)
        leaves = [*self.leaves[:2], self.leaves[3], self.leaves[2], *self.leaves[4:]]
        self.refuses("not-authentic", self.replay, files=files_of(leaves, note))

    def test_a_cosigned_head_whose_state_is_not_what_the_entries_make_is_refused(self):
        # One entry is left out, and everybody cosigned it: the last state tells of an entry that is not there.
        leaves = [*self.leaves[:2], *self.leaves[3:]]
        self.refuses("bad-state", self.replay, leaves)
        self.refuses("bad-state", self.replay, self.leaves[:3])

    def test_a_head_that_nobody_cosigned_is_refused(self):
        note = checkpoint_of(self.origin, self.leaves)
        lines = note.decode().splitlines(keepends=True)
        self.refuses("quorum-not-met", self.replay, files=files_of(self.leaves, "".join(lines[:-1]).encode()))

    def test_tiles_that_are_missing_torn_or_longer_are_refused(self):
        files = files_of(self.leaves, checkpoint_of(self.origin, self.leaves))
        path = next(path for path in files if path.startswith("tile"))
        self.refuses("truncated", self.replay, files=dict(files, **{path: files[path][:-1]}))
        self.refuses("trailing-data", self.replay, files=dict(files, **{path: files[path] + b"\0\0"}))
        self.refuses("not-found", self.replay, files={"checkpoint": files["checkpoint"]})
        self.refuses("not-found", self.replay, files={})

    def test_the_full_tile_serves_where_the_partial_one_is_gone(self):
        files = files_of(self.leaves, checkpoint_of(self.origin, self.leaves))
        path = next(path for path in files if path.startswith("tile"))
        more = files.pop(path) + cv.u16(2) + b"{}"
        files[path.partition(".p/")[0]] = more
        self.assertEqual(self.replay(files=files).head.checkpoint.size, len(self.leaves))

    def test_a_floor_is_kept(self):
        size, root = 5, cv.tree_root([cv.leaf_hash(leaf) for leaf in self.leaves[:5]])
        floor = {"origin": self.origin, "root": b64(root), "size": size}
        self.replay(trust=trust_of(self.origin, floor=floor))
        self.refuses("not-authentic", self.replay, trust=trust_of(self.origin, floor=dict(floor, size=6)))
        self.refuses("below-floor", self.replay, trust=trust_of(self.origin, floor=dict(floor, size=99)))

    def test_a_log_that_continues_another_is_read_with_it(self):
        name = "a log goes on where another ended: its files, what is pending, and its time"
        origin, leaves, previous = transcript("transcripts-index.json", name)
        old = [bytes.fromhex(leaf) for leaf in previous["leaves"]]
        files = files_of(leaves, checkpoint_of(origin, leaves))
        trust, before = cv.parse_trust(trust_of(origin)), reads(files_of(old, b""))

        def replayed(*logs):
            return cl.replay(reads(files), trust, previous=logs, are_anchors_checked=False, now=NOW)

        found = replayed(before)
        self.assertEqual(found.ledger.offset, len(old))
        self.refuses("bad-state", replayed)
        # The genesis names the root of the tree that it continues.
        self.refuses("bad-state", replayed, reads(files_of([*old[:-1], b"{}"], b"")))
        self.refuses("wrong-previous", replayed, before, before)

    def test_rules_that_are_not_known_are_no_agreement(self):
        _, leaves, _ = transcript("transcripts-index.json", "new rules come into force two weeks after they were announced")
        self.refuses("rules-unknown", self.replay, leaves)


class Log(http.server.BaseHTTPRequestHandler):
    """Serves `server.files`; any other path it sends on."""

    def do_GET(self):
        data = self.server.files.get(self.path.lstrip("/"))
        if data is None:
            self.send_response(302 if self.path == "/moved/checkpoint" else self.server.other_status)
            self.send_header("Location", "/checkpoint")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.origin, self.leaves, _ = transcript(*FIRST)
        self.files = files_of(self.leaves, checkpoint_of(self.origin, self.leaves))
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for path, data in {**self.files, "trust.json": trust_of(self.origin)}.items():
            full = os.path.join(self.folder, *path.split("/"))
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as file:
                file.write(data)

    def run_it(self, log, *options):
        out, err = io.StringIO(), io.StringIO()
        trust = os.path.join(self.folder, "trust.json")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = cl.main(["replay", log, "--trust", trust, "--now", str(NOW), *options])
        return status, out.getvalue() + err.getvalue()

    def serve(self, **changes):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Log)
        server.files, server.other_status = self.files, changes.get("other_status", 404)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return "http://127.0.0.1:%d" % server.server_address[1]

    def test_from_a_folder_and_from_a_url_the_same_is_said(self):
        status, said = self.run_it(self.folder)
        self.assertEqual(status, 0, said)
        self.assertIn("void: entry 4 (filename-used)", said)
        self.assertIn("%d entries are legal" % 9, said)
        self.assertEqual(self.run_it(self.serve()), (0, said))

    def test_json(self):
        status, said = self.run_it(self.folder, "--json")
        facts = json.loads(said)
        self.assertEqual((status, facts["ok"], facts["size"]), (0, True, len(self.leaves)))
        self.assertEqual(facts["void"][0], {"code": "filename-used", "index": 4})

    def test_a_log_may_not_send_us_on_and_an_error_is_no_absence(self):
        url = self.serve(other_status=500)
        for place in ("/moved", "/nowhere"):
            status, said = self.run_it(url + place)
            self.assertEqual(status, 2, said)
            self.assertIn("cannot-read", said)

    def test_anchors_need_their_notes(self):
        status, said = self.run_it(self.folder, "--anchors")
        self.assertEqual(status, 1, said)
        self.assertIn("evidence-missing", said)

    def test_what_is_not_there_or_not_true_has_its_status(self):
        self.assertEqual(self.run_it(os.path.join(self.folder, "tile"))[0], 1)
        path = next(path for path in self.files if path.startswith("tile"))
        self.files[path] = self.files[path][:-1]
        self.assertEqual(self.run_it(self.serve())[0], 4)
        self.files[path] += b"x"
        self.assertEqual(self.run_it(self.serve())[0], 1)


if __name__ == "__main__":
    unittest.main()
