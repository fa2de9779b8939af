// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { inflateRawSync } from "node:zlib";
import { buildWheel, toyProject, wheelMembers } from "../src/build-wheel.ts";

const project = toyProject("Sample.Project", "1.0.0", ["idna>=3"]);

test("buildWheel: the same project gives the same bytes", () => {
  assert.deepEqual(buildWheel(project), buildWheel(project));
});

test("buildWheel: the filename spells the name as PEP 427 wants", () => {
  assert.equal(buildWheel(project).filename, "sample_project-1.0.0-py3-none-any.whl");
});

test("wheelMembers: RECORD names every member with its digest and length, and itself with neither", () => {
  const members = wheelMembers(project);
  const record = members.at(-1);
  assert.equal(record?.name, "sample_project-1.0.0.dist-info/RECORD");
  const expected = members
    .slice(0, -1)
    .map(
      ({ name, bytes }) =>
        `${name},sha256=${createHash("sha256").update(bytes).digest("base64url")},${bytes.length}\n`,
    );
  assert.equal(new TextDecoder().decode(record?.bytes), `${expected.join("")}${record?.name},,\n`);
});

test("wheelMembers: METADATA states the requirements", () => {
  const metadata = wheelMembers(project).find((member) => member.name.endsWith("/METADATA"));
  assert.match(new TextDecoder().decode(metadata?.bytes), /^Requires-Dist: idna>=3$/m);
});

for (const method of ["stored", "deflated"] as const) {
  test(`buildZip: the first ${method} member unpacks to what was put in`, () => {
    const zip = Buffer.from(buildWheel(project, method).bytes);
    const [first] = wheelMembers(project);
    const nameLength = zip.readUInt16LE(26);
    const packed = zip.subarray(30 + nameLength, 30 + nameLength + zip.readUInt32LE(18));
    const unpacked = method === "stored" ? packed : inflateRawSync(packed);
    assert.deepEqual(new Uint8Array(unpacked), first?.bytes);
  });
}
