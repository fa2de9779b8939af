// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { refuseBypass } from "../../src/drive/bypass.ts";

const folder = await mkdtemp(join(tmpdir(), "countermark-test-"));
const file = async (name: string, text: string) => {
  await writeFile(join(folder, name), text);
  return name;
};

for (const args of [
  ["-i", "https://evil.example/simple"],
  ["-ihttps://evil.example/simple"],
  ["-qi", "https://evil.example/simple"],
  ["--index-url=https://evil.example"],
  ["--index-u", "https://evil.example"],
  ["--extra-index-url", "https://evil.example"],
  ["--extra", "https://evil.example"],
  ["-f", "wheels"],
  ["--find-links=wheels"],
  ["--no-index", "requests"],
  ["--isolated", "requests"],
  ["--proxy", "http://evil.example"],
  ["--trusted-host", "evil.example"],
  ["--default-index", "https://evil.example"],
  ["--config-file", "uv.toml"],
]) {
  test(`refuseBypass: the argument ${args[0]} is refused`, async () => {
    await assert.rejects(refuseBypass(["requests", ...args], folder), { code: "bypass-refused" });
  });
}

for (const args of [
  ["requests", "--target", "site"],
  ["--no-deps", "--no-input", "--pre", "-q", "-U", "-t", "in-site"],
  ["--index-strategy", "first-index"],
  ["--python", "3.12", "-p", "3.12-if"],
  ["--", "-i"],
]) {
  test(`refuseBypass: ${args.join(" ")} is let through`, async () => {
    await refuseBypass(args, folder);
  });
}

test("refuseBypass: a requirements file that names an index is refused by file and line", async () => {
  const path = await file(
    "bad.txt",
    "requests\n# a comment\n--extra-index-url https://user:secret@evil.example\n",
  );
  await assert.rejects(refuseBypass(["-r", path], folder), (error: Error & { code?: string }) => {
    assert.equal(error.code, "bypass-refused");
    assert.match(error.message, /bad\.txt:3/);
    assert.doesNotMatch(error.message, /secret/);
    return true;
  });
});

test("refuseBypass: a requirements file inside another one is looked into, whatever spelling names it", async () => {
  await file("inner.txt", "-i https://evil.example\n");
  for (const line of [
    "-r inner.txt",
    "-rinner.txt",
    "--requirement=inner.txt",
    "-c inner.txt",
    "--constraint inner.txt",
  ]) {
    const outer = await file("outer.txt", `${line}\n`);
    await assert.rejects(refuseBypass([`--requirement=${outer}`], folder), { code: "bypass-refused" });
  }
});

test("refuseBypass: requirements at a URL are refused, files that include each other too", async () => {
  await assert.rejects(refuseBypass(["-r", "https://evil.example/r.txt"], folder), {
    code: "bypass-refused",
  });
  await file("loop.txt", "-r loop.txt\n");
  await assert.rejects(refuseBypass(["-r", "loop.txt"], folder), { code: "bypass-refused" });
});

test("refuseBypass: an ordinary requirements file is let through", async () => {
  const path = await file(
    "good.txt",
    "requests==2.32.0 --hash=sha256:00\n-e .\nidna ; python_version > '3'\n",
  );
  await refuseBypass(["-r", path], folder);
});

for (const args of [["-Ur"], ["-qr"], ["--req"], ["-Uc"], ["--overrides"]]) {
  test(`refuseBypass: the file that ${args[0]} names is looked into`, async () => {
    const path = await file("links.txt", "--find-links wheels\n");
    await assert.rejects(refuseBypass([...args, path], folder), /links\.txt:1/);
  });
}

test("refuseBypass: a requirements file in an encoding that only pip guesses is refused", async () => {
  await writeFile(join(folder, "utf16.txt"), Buffer.from("\ufeff--find-links wheels\n", "utf16le"));
  await assert.rejects(refuseBypass(["-r", "utf16.txt"], folder), { code: "bypass-refused" });
});
