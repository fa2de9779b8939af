// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDistributionFilename } from "@countermark/formats";

test("parseDistributionFilename: a wheel", () => {
  assert.deepEqual(
    parseDistributionFilename(
      "Zope.Interface-6.0-1b-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    ),
    {
      kind: "wheel",
      filename: "Zope.Interface-6.0-1b-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
      name: "zope-interface",
      version: "6.0",
      build: "1b",
      pythonTags: ["cp312"],
      abiTags: ["cp312"],
      platformTags: ["manylinux_2_17_x86_64", "manylinux2014_x86_64"],
    },
  );
});

test("parseDistributionFilename: a wheel without a build tag", () => {
  const wheel = parseDistributionFilename("charset_normalizer-3.4.0-py3-none-any.whl");
  assert.equal(wheel.kind === "wheel" && wheel.build, null);
  assert.deepEqual([wheel.name, wheel.version], ["charset-normalizer", "3.4.0"]);
});

test("parseDistributionFilename: a source distribution", () => {
  assert.deepEqual(parseDistributionFilename("certifi-2024.08.30.tar.gz"), {
    kind: "sdist",
    filename: "certifi-2024.08.30.tar.gz",
    name: "certifi",
    version: "2024.8.30",
  });
});

for (const [filename, code] of [
  ["python-dateutil-2.9.0.tar.gz", "malformed"],
  ["sampleproject.tar.gz", "malformed"],
  [`sampleproject-1.0-py3-none-any${".any".repeat(60)}.whl`, "too-large"],
  ["sampleproject-1.0.zip", "unsupported"],
  ["sampleproject-1.0-py3-any.whl", "malformed"],
  ["sampleproject-1.0-1-2-py3-none-any.whl", "malformed"],
  ["sampleproject-1.0-b1-py3-none-any.whl", "malformed"],
  ["sample__project-1.0-py3-none-any.whl", "malformed"],
  ["_sample-1.0-py3-none-any.whl", "malformed"],
  ["../x-1.0-py3-none-any.whl", "malformed"],
  ["x-1.0-py3-none-a/b.whl", "malformed"],
  ["x-1.0-py3-none-any..x.whl", "malformed"],
  ["x-one-py3-none-any.whl", "malformed"],
  ["x-1.0-py3-none-any.WHL", "unsupported"],
  ["-1.0.tar.gz", "malformed"],
  [`${"x".repeat(250)}-1.0.tar.gz`, "too-large"],
  [`x-${"1".repeat(127)}a.tar.gz`, "too-large"],
] as const) {
  test(`parseDistributionFilename: "${filename.slice(0, 40)}" is refused`, () => {
    assert.throws(() => parseDistributionFilename(filename), { name: "ParseError", code });
  });
}
