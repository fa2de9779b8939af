# SPDX-License-Identifier: Apache-2.0
"""The shared vectors."""

import os
import tempfile
import unittest

from toy_ledger import VECTORS

import check_vectors


class SharedVectors(unittest.TestCase):
    @unittest.skipUnless(os.path.isdir(VECTORS), "there is no folder vectors/ beside interop/")
    def test_every_shared_vector_holds(self):
        held, failed, _ = check_vectors.check_all(VECTORS)
        self.assertEqual(failed, [])
        self.assertGreater(held, 400)

    def test_a_vector_file_that_nobody_reads_fails(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("ledger", "tuf"):
                os.mkdir(os.path.join(folder, name))
                with open(os.path.join(folder, name, "new.json"), "w", encoding="utf-8") as file:
                    file.write("[]")
            _, failed, skipped = check_vectors.check_all(folder)
        self.assertEqual((len(failed), skipped), (1, ["tuf/new.json"]))


if __name__ == "__main__":
    unittest.main()
