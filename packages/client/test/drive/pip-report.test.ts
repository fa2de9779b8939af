// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "@countermark/formats";
import { parsePipReport } from "../../src/drive/pip-report.ts";

const SHA256 = "ab".repeat(32);
const report = (download: object, version = "1", isDirect = true) =>
  utf8(
    JSON.stringify({
      version,
      pip_version: "26.2",
      install: [
        {
          download_info: download,
          is_direct: isDirect,
          requested: true,
          metadata: { name: "x", version: "1.0", summary: "s" },
        },
      ],
      environment: {},
    }),
  );
const parse = (download: object) => parsePipReport(report(download))[0];

test("parsePipReport: an archive has a URL and its digest, in the newer and the older form", () => {
  const newer = parse({
    url: "http://127.0.0.1/x.whl",
    archive_info: { hash: `sha256=${SHA256}`, hashes: { sha256: SHA256 } },
  });
  assert.deepEqual(newer, {
    name: "x",
    version: "1.0",
    url: "http://127.0.0.1/x.whl",
    sha256: SHA256,
    way: "from a URL",
    info: null,
  });
  assert.equal(parse({ url: "http://x/x.whl", archive_info: { hash: `sha256=${SHA256}` } })?.sha256, SHA256);
  assert.equal(parse({ url: "http://x/x.whl", archive_info: { hash: "md5=00" } })?.sha256, null);
});

for (const [download, way] of [
  [{ url: "https://x", vcs_info: { vcs: "git", commit_id: "ab" } }, "from git"],
  [{ url: "file:///x", dir_info: { editable: true } }, "editable"],
  [{ url: "file:///x", dir_info: {} }, "from a local folder"],
  [{ url: "file:///x.whl", archive_info: {} }, "from a local file"],
] as const) {
  test(`parsePipReport: ${JSON.stringify(download)} is ${way}`, () => {
    assert.equal(parse(download)?.way, way);
  });
}

test("parsePipReport: another version of the report is refused", () => {
  assert.throws(() => parsePipReport(report({ url: "x" }, "2")), { code: "unsupported" });
});

test("parsePipReport: an archive that pip found by name is of an index; version 0 is what pip 22.2 wrote", () => {
  const [found] = parsePipReport(report({ url: "http://x/x.whl", archive_info: {} }, "0", false));
  assert.equal(found?.way, "from another index");
});
