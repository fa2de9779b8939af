// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { buildWheel, buildZip, dropLast, toyProject, wheelMembers } from "@countermark/testkit";
import { parseRecord, readWheelRecord } from "../../src/dist/wheel-record.ts";

const root = await mkdtemp(join(tmpdir(), "countermark-test-"));
after(() => rm(root, { recursive: true, force: true }));
const project = toyProject("sampleproject", "1.0");
const read = async (bytes: Uint8Array) => {
  await writeFile(join(root, "a.whl"), bytes);
  return await readWheelRecord(join(root, "a.whl"));
};

for (const method of ["stored", "deflated"] as const) {
  test(`readWheelRecord: every member of a ${method} wheel with its digest`, async () => {
    const record = await read(buildWheel(project, method).bytes);
    const text = project.modules["sampleproject.py"] ?? "";
    assert.equal(record?.get("sampleproject.py"), createHash("sha256").update(text).digest("hex"));
    assert.equal(record?.get("sampleproject-1.0.dist-info/RECORD"), null);
    assert.equal(record?.size, 4);
  });
}

for (const [claim, bytes] of [
  ["no archive", new Uint8Array(100)],
  ["nothing", new Uint8Array()],
  ["a truncated archive", dropLast(buildWheel(project).bytes, 30)],
  ["an archive without RECORD", buildZip(wheelMembers(project).slice(0, -1), "stored")],
  ["an archive with two", buildZip([...wheelMembers(project), ...wheelMembers(project).slice(-1)], "stored")],
] as const) {
  test(`readWheelRecord: ${claim} has none that can be read`, async () =>
    assert.equal(await read(bytes), null));
}

test("parseRecord: quoted paths; another algorithm states nothing that is read", () => {
  const hash = createHash("sha256").update("x");
  const digest = hash.copy().digest("base64url");
  assert.deepEqual(
    [...parseRecord(`"a,""b"".py",sha256=${digest},1\r\nc.py,md5=00,1\n\nd,,\n`)],
    [
      ['a,"b".py', hash.digest("hex")],
      ["c.py", null],
      ["d", null],
    ],
  );
});
