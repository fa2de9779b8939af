# SPDX-License-Identifier: Apache-2.0
"""What the reducer is made of, each compared with the plain way; and what can be said of it by looking at it."""

import ast
import os
import random
import unittest

from toy_ledger import HERE, cv

import countermark_ledger as cl

SOURCE = os.path.join(HERE, "countermark_ledger.py")


class Parts(unittest.TestCase):
    def test_a_map_that_is_changed_key_by_key_commits_to_what_a_new_one_does(self):
        chosen, kept, values = random.Random(1), cl.SparseMap(), {}
        for _ in range(400):
            key = cv.sha256(b"%d" % chosen.randrange(60))
            if key in values and chosen.random() < 0.4:
                kept.remove(key)
                del values[key]
            else:
                values[key] = cv.sha256(b"%d" % chosen.randrange(9))
                kept.set(key, values[key])
            if chosen.random() < 0.5:
                self.assertEqual(kept.commitment(), cv.map_of(values.items()))
        self.assertEqual(kept.commitment(), cv.map_of(values.items()))

    def test_a_tree_that_grows_leaf_by_leaf_has_the_root_of_the_whole(self):
        tree, leaves = cl.Tree(), []
        for i in range(70):
            self.assertEqual(tree.root(), cv.tree_root(leaves))
            leaves.append(cv.leaf_hash(b"%d" % i))
            tree.add(leaves[-1])

    def test_a_bucket_is_overfull_only_when_the_depth_that_it_will_have_is_not_enough(self):
        crowd, full = [i.to_bytes(32, "big") for i in range(4_096)], cl.SparseMap()
        for key in crowd:
            full.set(key, bytes(32))
        more, elsewhere = (4_096).to_bytes(32, "big"), b"\xff" * 32
        self.assertFalse(full.has_room(more))
        self.assertTrue(full.has_room(elsewhere))
        self.assertTrue(full.is_overfull([more], [more]))
        self.assertFalse(full.is_overfull([elsewhere], [elsewhere]))
        # One more level tells apart what the keys before could not.
        spread = cl.SparseMap()
        for i in range(4_096):
            spread.set((i << 243).to_bytes(32, "big"), bytes(32))
        self.assertFalse(spread.is_overfull([more], [more]))

    def test_whatever_the_bytes_are_there_is_an_outcome(self):
        for leaf in (b"", b"{", b"{}", b"\xff", b"countermark.dev/state/v1\n", b"[" * 65_535, b"{" * 70_000):
            self.assertEqual(cl.Ledger().apply(leaf), cl.Outcome("void", "malformed"))


class Source(unittest.TestCase):
    def test_nothing_is_checked_by_assert_and_it_is_python_3_9(self):
        with open(SOURCE, encoding="utf-8") as file:
            tree = ast.parse(file.read(), feature_version=(3, 9))
        self.assertEqual([node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)], [])


if __name__ == "__main__":
    unittest.main()
