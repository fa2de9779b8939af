// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { buildWheel, toyProject } from "../src/build-wheel.ts";
import { fetchPip, findPython, makeEnvironment, scrubbedEnvironment } from "../src/python.ts";
import { runToolOrThrow } from "../src/run-tool.ts";

const dir = mkdtempSync(join(tmpdir(), "countermark-python-"));
after(() => rmSync(dir, { recursive: true, force: true }));

test("makeEnvironment: pip installs into it and nowhere else, without venv, ensurepip and network", async () => {
  const python = await findPython();
  const pip = await fetchPip(python, dir, true);
  const environment = makeEnvironment(python, join(dir, "environment"), pip.folder);
  const wheel = buildWheel(toyProject("sampleproject", "1.0.0"));
  writeFileSync(join(dir, wheel.filename), wheel.bytes);
  const env = scrubbedEnvironment(dir);
  await runToolOrThrow(
    environment.python,
    ["-m", "pip", "install", "--no-index", join(dir, wheel.filename)],
    { env },
  );
  const script = "import sampleproject, sys; print(sampleproject.__version__, sys.prefix)";
  const run = await runToolOrThrow(environment.python, ["-I", "-c", script], { env });
  assert.equal(run.stdout.trim(), `1.0.0 ${environment.dir}`);
});

test("scrubbedEnvironment: nothing of the user's configuration but a path", () => {
  process.env["PIP_INDEX_URL"] = "https://elsewhere.test/simple/";
  try {
    const env = scrubbedEnvironment("/home/nobody", { EXTRA: "1" });
    assert.equal(env["PIP_INDEX_URL"], undefined);
    assert.equal(env["HOME"], "/home/nobody");
    assert.equal(env["EXTRA"], "1");
  } finally {
    delete process.env["PIP_INDEX_URL"];
  }
});
