// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { buildSdist, sdistMembers } from "../src/build-sdist.ts";
import { toyProject } from "../src/build-wheel.ts";
import { buildTarGz } from "../src/tar.ts";

const project = toyProject("Sample.Project", "1.0.0");

test("buildSdist: the same project gives the same bytes", () => {
  assert.deepEqual(buildSdist(project), buildSdist(project));
});

test("buildSdist: the filename and the folder inside are spelled as PEP 625 wants", () => {
  assert.equal(buildSdist(project).filename, "sample_project-1.0.0.tar.gz");
  assert.ok(sdistMembers(project).every((member) => member.name.startsWith("sample_project-1.0.0/")));
});

test("buildTarGz: the first header has ustar's checksum and the member's size", () => {
  const tar = gunzipSync(buildSdist(project).bytes);
  const header = Buffer.from(tar.subarray(0, 512));
  const stated = Number.parseInt(header.toString("latin1", 148, 154), 8);
  header.fill(" ", 148, 156);
  assert.equal(
    header.reduce((sum, byte) => sum + byte, 0),
    stated,
  );
  assert.equal(
    Number.parseInt(header.toString("latin1", 124, 135), 8),
    sdistMembers(project)[0]?.bytes.length,
  );
});

test("buildTarGz: a name over 100 bytes is a wrong call", () => {
  assert.throws(() => buildTarGz([{ name: "a".repeat(101), bytes: new Uint8Array() }]), TypeError);
});
