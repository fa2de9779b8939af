// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { buildTarGz, buildZip } from "@countermark/testkit";
import { readDistributions } from "../../src/dist/read-distribution.ts";

const folder = await mkdtemp(join(tmpdir(), "countermark-test-"));
const METADATA = "Metadata-Version: 2.1\nName: Sample_Project\nVersion: 1.0\n\nText\n";

const members = (texts: Readonly<Record<string, string>>) =>
  Object.entries(texts).map(([name, text]) => ({ name, bytes: Buffer.from(text) }));
const zip = (texts: Readonly<Record<string, string>>) => buildZip(members(texts), "deflated");
const tarball = (texts: Readonly<Record<string, string>>) => buildTarGz(members(texts));

async function write(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const wheel = zip({ "sample_project/__init__.py": "", "sample_project-1.0.dist-info/METADATA": METADATA });
const sdist = tarball({ "sample_project-1.0/setup.py": "", "sample_project-1.0/PKG-INFO": METADATA });

test("readDistributions: reads the metadata of a wheel and of an sdist, and skips what stands beside them", async () => {
  const paths = [
    await write("sample_project-1.0-py3-none-any.whl", wheel),
    await write("sample_project-1.0.tar.gz", sdist),
    await write("sample_project-1.0.tar.gz.publish.attestation", new Uint8Array()),
  ];
  const read = await readDistributions(paths);
  assert.deepEqual(
    read.map(({ kind, project, version }) => [kind, project, version]),
    [
      ["wheel", "sample-project", "1.0"],
      ["sdist", "sample-project", "1.0"],
    ],
  );
  assert.deepEqual(read[0]?.metadata.get("name"), ["Sample_Project"]);
  assert.deepEqual(Buffer.from(read[0]?.sha256 ?? []), createHash("sha256").update(wheel).digest());
});

for (const [claim, name, bytes] of [
  ["a wheel of another project's metadata", "other-1.0-py3-none-any.whl", wheel],
  ["a wheel that is no zip archive", "sample_project-1.1-py3-none-any.whl", new Uint8Array(100)],
  ["a wheel without METADATA", "sample_project-1.2-py3-none-any.whl", zip({ "a.py": "" })],
  [
    "a wheel with two METADATA",
    "sample_project-1.3-py3-none-any.whl",
    zip({ "a-1.dist-info/METADATA": METADATA, "b-1.dist-info/METADATA": METADATA }),
  ],
  [
    "a wheel with bytes before the archive",
    "sample_project-1.4-py3-none-any.whl",
    Buffer.concat([Buffer.alloc(10), wheel]),
  ],
  ["an sdist that is not compressed", "sample_project-1.1.tar.gz", new Uint8Array(1024)],
  ["an sdist without PKG-INFO", "sample_project-1.2.tar.gz", tarball({ "sample_project-1.2/setup.py": "" })],
  ["a truncated sdist", "sample_project-1.3.tar.gz", sdist.subarray(0, 40)],
] as const) {
  test(`readDistributions: ${claim} is refused`, async () => {
    const path = await write(name, bytes);
    await assert.rejects(readDistributions([path]), { code: "bad-distribution" });
  });
}

test("readDistributions: nothing to publish is refused", async () => {
  await assert.rejects(readDistributions(["a.publish.attestation"]), { code: "bad-distribution" });
});
