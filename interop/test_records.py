# SPDX-License-Identifier: Apache-2.0
"""Fixed layouts and lines: each number has its range, each line its words, and nothing follows the end."""

import unittest

from agreement import INDEX_HEADER
from toy_ledger import CONFIG, NOW, ORIGIN, Refusals, World, b64, cv, encode_header, encode_record

ATTESTATION = b"\x01" + b"\x07" * 64 + cv.u64(9)
PENDING = encode_header(CONFIG)
FILE_RECORD = encode_record(b"")[:-1] + b"\x01" + ATTESTATION
RELEASE = b"\x02\x02" + cv.u64(1) + cv.u64(3) + cv.u32(2)


class Records(Refusals):
    def test_each_number_has_its_range(self):
        for parse, record, place, values in (
            (cv.parse_project_header, PENDING, 0, [1]),
            (cv.parse_project_header, PENDING, 1, range(5)),
            (cv.parse_project_header, PENDING, 2, [1, 2, 3]),
            (cv.parse_project_header, PENDING, 159, [1, 2, 3, 4, 5]),
            (cv.parse_file_record, FILE_RECORD, 0, [1]),
            (cv.parse_file_record, FILE_RECORD, 1, [1, 2, 3, 4]),
            (cv.parse_file_record, FILE_RECORD, 2, range(5)),
            (cv.parse_file_record, FILE_RECORD, 3, [1, 2, 3]),
            (cv.parse_file_record, FILE_RECORD, 4, [0, 1, 2]),
            (cv.parse_file_record, FILE_RECORD, 5, range(8)),
            (cv.parse_file_record, FILE_RECORD, 6, [0, 1]),
            (cv.parse_file_record, FILE_RECORD, 240, [1, 2, 3]),
            (cv.parse_release_record, RELEASE, 0, [2]),
            (cv.parse_release_record, RELEASE, 1, [2]),
            (cv.parse_config_record, CONFIG, 0, [1]),
            (cv.parse_config_record, CONFIG, 1, [1]),
            (cv.parse_config_record, CONFIG, 2, [0, 1]),
            (cv.parse_config_record, CONFIG, 3, [0, 1]),
            (cv.parse_config_record, CONFIG, 4, [0, 1, 2]),
            (cv.parse_key_record, b"\x01\x02" + bytes(32), 0, [1]),
            (cv.parse_key_record, b"\x01\x02" + bytes(32), 1, [2]),
            (cv.parse_index_header, INDEX_HEADER, 0, [2]),
            (cv.parse_index_header, INDEX_HEADER, 1, [1, 2, 3]),
            (cv.parse_index_header, INDEX_HEADER, 2, [1, 2]),
            (cv.parse_index_header, INDEX_HEADER, 3, [0, 1, 2]),
            (cv.parse_index_header, INDEX_HEADER, 112, [1, 2]),
        ):
            found = []
            for value in range(256):
                try:
                    parse(record[:place] + bytes([value]) + record[place + 1 :])
                except cv.ParseError:
                    continue
                found.append(value)
            with self.subTest(parse=parse.__name__, place=place):
                self.assertEqual(found, list(values))

    def test_each_record_ends_where_it_ends(self):
        for parse, record in (
            (cv.parse_project_header, PENDING),
            (cv.parse_file_record, FILE_RECORD),
            (cv.parse_release_record, RELEASE),
            (cv.parse_config_record, CONFIG),
            (cv.parse_key_record, b"\x01\x01" + bytes(64)),
            (cv.parse_index_header, INDEX_HEADER),
            (cv.parse_project_proof, World().project_proof(World().map_key)),
            (cv.parse_state_file, World().state_file()),
            (cv.parse_details_file, cv.u32(1) + cv.u32(2) + b"ab"),
        ):
            parse(record)
            self.refuses("trailing-data", parse, record + b"\0")
            for length in (0, len(record) // 2, len(record) - 1):
                self.refuses("truncated", parse, record[:length])

    def test_what_is_read_is_what_is_there(self):
        header = cv.parse_project_header(PENDING)
        self.assertEqual((len(PENDING), header.status, header.first_file, header.asked), (184, "active", 1, 1))
        self.assertEqual((header.pending, header.frozen, header.attested), (cv.config_id(CONFIG), None, None))
        record = cv.parse_file_record(FILE_RECORD)
        self.assertEqual((record.state, record.prior, record.metadata), ("published", "none", None))
        self.assertEqual(record.attestations, (cv.FileAttestation(1, b"\x07" * 32, b"\x07" * 32, 9),))
        self.assertEqual(cv.parse_release_record(RELEASE), cv.ReleaseRecord(True, 1, 2, 2))
        self.assertEqual(cv.parse_config_record(CONFIG), cv.ConfigRecord(0, 0, 0, 65_535, (), ()))
        self.assertEqual(cv.parse_index_header(INDEX_HEADER).web_origin, "https://index.local")
        self.assertEqual(cv.parse_key_record(b"\x01\x01" + b"\x05" * 64), (1, b"\x05" * 64))

    def test_pending_asked_and_way_agree(self):
        for pending in (bytes(32), b"\x01" * 32):
            for asked in (bytes(8), cv.u64(1)):
                for way in (b"\0", b"\1"):
                    data = PENDING[:119] + pending + asked + way + PENDING[160:]
                    if len({pending == bytes(32), asked == bytes(8), way == b"\0"}) == 1:
                        cv.parse_project_header(data)
                    else:
                        self.refuses("not-canonical", cv.parse_project_header, data)

    def test_integers_end_at_2_to_the_53(self):
        self.assertEqual(cv.ByteReader(cv.u64(2**53 - 1), "x").u64(), 2**53 - 1)
        self.refuses("out-of-range", cv.ByteReader(cv.u64(2**53), "x").u64)

    def test_releases_are_closed_by_an_entry_or_not_closed(self):
        self.refuses("not-canonical", cv.parse_release_record, b"\x02\x01" + RELEASE[2:])
        self.refuses("not-canonical", cv.parse_release_record, RELEASE[:10] + bytes(8) + RELEASE[18:])

    def test_an_index_has_a_key_of_each_kind(self):
        none = INDEX_HEADER[:-33] + b"\0"
        self.refuses("out-of-range", cv.parse_index_header, none)
        self.refuses("out-of-range", cv.parse_index_header, INDEX_HEADER[:112] + b"\0\0" + b"\1" + bytes(32))

    def test_states_and_proofs_begin_with_their_name(self):
        self.refuses("unsupported", cv.parse_project_proof, b"CMP2" + bytes(16))
        self.refuses("unsupported", cv.parse_state_file, b"CMS2" + bytes(200))

    def test_an_inclusion_proof_ends_where_it_ends(self):
        for path, code in ((b"\0\0", "trailing-data"), (b"\1" + bytes(31), "truncated"), (b"", "truncated")):
            data = b"CMP1" + cv.u32(0) + cv.u32(0) + cv.u32(len(path)) + path + cv.u32(0)
            self.refuses(code, cv.parse_project_proof, data)

    def test_state_files_are_ascending(self):
        start = b"CMS1" + cv.u32(0) + bytes(32) + cv.u64(0) + bytes(32) + 3 * cv.u16(0) + cv.u32(2)
        one, two = bytes(32) + cv.u16(1) + b"a", b"\1" * 32 + cv.u16(0)
        self.assertEqual(cv.parse_state_file(start + one + two).records, ((bytes(32), b"a"), (b"\1" * 32, b"")))
        self.refuses("not-canonical", cv.parse_state_file, start + two + one)
        self.refuses("not-canonical", cv.parse_state_file, start + one + one)


class StateLeaves(Refusals):
    def test_each_line_is_what_it_is(self):
        leaf = World(state_prev="1", anchor="anchor 1 %s 5 6" % b64(bytes(32))).state_leaf()
        parsed = cv.parse_state_leaf(leaf)
        self.assertEqual((parsed.origin, parsed.leaf_index, parsed.prev, parsed.projects), (ORIGIN, 2, 1, 2))
        self.assertEqual((parsed.time, parsed.rules, parsed.root_version, parsed.targets_version), (NOW - 40, 1, 1, 1))
        self.assertEqual(parsed.anchor, cv.Anchor(1, bytes(32), 5, 6))
        lines = leaf.decode().split("\n")
        for number, bad in (
            (0, ["countermark.dev/state/v2", ""]),
            (1, ["", "a b", "a\u00e9", "o" * 129]),
            (2, ["-1", "01", "", "2 ", "\u0662", "9007199254740992", "-"]),
            (3, ["--", "", "01", "none"]),
            (4, [b64(bytes(31)), b64(bytes(33)), "", b64(bytes(32))[:-1]]),
            (5, ["", "-", "1.0"]),
            (6, ["time", "time ", "time 1 2", "times 1", "1", " time 1", "time 01"]),
            (7, ["rules", "rules -1", "rule 0", "rules 0 0"]),
            (8, ["tuf 1", "tuf 1 1 1", "tuf 1 01", "tuf 01 1", "tug 1 1"]),
            (9, ["anchor", "anchor None", "anchor 1 %s 5" % b64(bytes(32)), "anchor 1 %s 5 6 7" % b64(bytes(32))]),
            (
                9,
                [
                    "anchor 01 %s 5 6" % b64(bytes(32)),
                    "anchor 1 %s 5 6" % b64(bytes(31)),
                    "anchor 1 %s 05 6" % b64(bytes(32)),
                ],
            ),
            (9, ["anchor 1 %s 5 06" % b64(bytes(32)), "anchors 1 %s 5 6" % b64(bytes(32)), "anchor 1 x 5 6"]),
            (10, ["x"]),
        ):
            for line in bad:
                changed = "\n".join([*lines[:number], line, *lines[number + 1 :]])
                with self.subTest(line=line), self.assertRaises(cv.ParseError):
                    cv.parse_state_leaf(changed.encode())
        for changed in (leaf + b"\n", leaf[:-1], leaf.replace(b"\n", b"\r\n"), b"\n" + leaf):
            with self.assertRaises(cv.ParseError):
                cv.parse_state_leaf(changed)
        self.assertIsNone(cv.parse_state_leaf(World().state_leaf()).anchor)


class TlogProofs(Refusals):
    def test_each_part_is_what_it_is(self):
        one = b64(bytes(32))
        good = "c2sp.org/tlog-proof@v1\nextra AA==\nindex 7\n%s\n%s\n\nnote\n\nmore" % (one, one)
        parsed = cv.parse_tlog_proof(good.encode())
        self.assertEqual(parsed, cv.TlogProof(b"\0", 7, (bytes(32), bytes(32)), b"note\n\nmore"))
        self.assertIsNone(cv.parse_tlog_proof(good.replace("extra AA==\n", "").encode()).extra)
        for code, text in (
            ("malformed", good.replace("@v1", "@v2")),
            ("malformed", "\n" + good),
            ("malformed", good[: good.index("\n\n")]),
            ("malformed", "c2sp.org/tlog-proof@v1\n\nnote"),
            ("malformed", "c2sp.org/tlog-proof@v1\nextra AA==\n\nnote"),
            ("malformed", good.replace("index 7", "Index 7")),
            ("malformed", good.replace("extra AA==\nindex 7", "index 7\nextra AA==").replace("index 7", "x")),
            ("malformed", good.replace("extra AA==", "extra AA==\nextra AA==")),
            ("not-base64", good.replace("AA==", "AA=")),
            ("not-base64", good.replace(one + "\n\n", "x\n\n")),
            ("out-of-range", good.replace(one + "\n\n", b64(bytes(31)) + "\n\n")),
            ("not-canonical", good.replace("index 7", "index 07")),
            ("out-of-range", good.replace("index 7", "index 9007199254740992")),
        ):
            with self.subTest(text=text):
                self.refuses(code, cv.parse_tlog_proof, text.encode())
        self.refuses("not-utf8", cv.parse_tlog_proof, good.encode() + b"\xff")
        self.refuses("missing-field", cv.parse_receipt, good.replace("extra AA==\n", "").encode())
        self.refuses("truncated", cv.parse_receipt, good.encode())
        trailing = b64(cv.u32(0) + cv.u32(0) + b"\0")
        self.refuses("trailing-data", cv.parse_receipt, good.replace("AA==", trailing).encode())


if __name__ == "__main__":
    unittest.main()
