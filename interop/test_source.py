# SPDX-License-Identifier: Apache-2.0
"""What can be said of countermark_verify.py by looking at it."""

import ast
import contextlib
import io
import json
import os
import re
import types
import unittest

from toy_ledger import FILE, FILENAME, HERE, NOW, World, cv

README = os.path.join(HERE, "README.md")
REFUSALS = os.path.join(os.path.dirname(HERE), "docs", "refusals.md")
CLIENT_CODES = {"trust-mismatch"}

with open(os.path.join(HERE, "countermark_verify.py"), encoding="utf-8") as file:
    SOURCE = file.read()
TREE = ast.parse(SOURCE, feature_version=(3, 9))
COMMAND_LINE = SOURCE[: SOURCE.index("# --- command line ---")].count("\n")


def library():
    """Every node above the command line."""
    for statement in TREE.body:
        if statement.lineno < COMMAND_LINE:
            yield from ast.walk(statement)


class Source(unittest.TestCase):
    def test_nothing_is_checked_by_assert(self):
        self.assertEqual([node.lineno for node in ast.walk(TREE) if isinstance(node, ast.Assert)], [])

    def test_the_library_touches_no_file_clock_or_environment(self):
        modules = {
            node.value.id for node in library() if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        }
        self.assertFalse(modules & {"argparse", "os", "sys", "time"})
        names = {node.id for node in library() if isinstance(node, ast.Name)}
        self.assertFalse(names & {"open", "print", "input", "exec", "eval", "__import__"})

    def test_only_the_standard_library_is_imported(self):
        imported = {name.name for node in ast.walk(TREE) if isinstance(node, ast.Import) for name in node.names}
        imported |= {node.module for node in ast.walk(TREE) if isinstance(node, ast.ImportFrom)}
        self.assertEqual(
            imported,
            {"__future__", "argparse", "base64", "binascii", "bisect", "collections", "collections.abc", "functools"}
            | {"hashlib", "json", "re", "sys", "time", "typing"},
        )

    def test_every_public_function_says_what_its_result_is(self):
        for node in ast.walk(TREE):
            if isinstance(node, ast.FunctionDef):
                self.assertIsNotNone(node.returns, node.name)
        for node in TREE.body:
            if isinstance(node, ast.FunctionDef) and re.match("(parse|verify|decide|require)_", node.name):
                self.assertIsNotNone(ast.get_docstring(node), node.name)

    @unittest.skipUnless(os.path.exists(README), "there is no README.md beside the checker")
    def test_the_example_of_the_readme_runs(self):
        with open(README, encoding="utf-8") as page:
            example = re.search("```python\n(.*?)```", page.read(), re.DOTALL)[1]
        world, out = World(), io.StringIO()
        digest = cv.sha256(FILE)
        names = {"data": json.dumps(world.trust()).encode(), "receipt": world.receipt(), "digest": digest}
        with contextlib.redirect_stdout(out):
            exec(example, dict(names, time=types.SimpleNamespace(time=lambda: NOW + 0.5)))
            exec(example, dict(names, digest=bytes(32), time=types.SimpleNamespace(time=lambda: NOW + 0.5)))
        first, second = out.getvalue().splitlines()
        self.assertEqual(first, "1 audited " + FILENAME)
        self.assertTrue(second.startswith("digest-mismatch "))

    @unittest.skipUnless(os.path.exists(REFUSALS), "there is no page docs/refusals.md beside interop/")
    def test_every_code_is_explained(self):
        with open(REFUSALS, encoding="utf-8") as page:
            explained = set(re.findall(r"^\| `([a-z0-9-]+)` \|", page.read(), re.MULTILINE))
        kinds = {kind.__name__ for kind in (cv.ParseError, cv.VerifyError, cv.RefusedError)}
        raised = {
            node.args[0].value
            for node in ast.walk(TREE)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds
        }
        self.assertGreater(len(raised), 50)
        self.assertEqual(raised - explained - CLIENT_CODES, set())


if __name__ == "__main__":
    unittest.main()
