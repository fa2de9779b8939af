// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { findBypass } from "../../src/drive/bypass.ts";
import type { Tool } from "../../src/drive/installer-options.ts";

const folder = await mkdtemp(join(tmpdir(), "countermark-test-"));
const file = async (name: string, text: string) => {
  await writeFile(join(folder, name), text);
  return name;
};

const find = (tool: Tool, args: readonly string[], env = {}) => findBypass({ tool, args, folder, env });

for (const [tool, ...args] of [
  ["pip", "-i", "https://evil.example/simple"],
  ["pip", "-ihttps://evil.example/simple"],
  ["pip", "-qi", "https://evil.example/simple"],
  ["pip", "--index-url=https://evil.example"],
  ["pip", "--index-u", "https://evil.example"],
  ["pip", "--index", "https://evil.example"],
  ["pip", "--pypi-url", "https://evil.example"],
  ["pip", "--extra-index-url", "https://evil.example"],
  ["pip", "--extra", "https://evil.example"],
  ["pip", "-f", "wheels"],
  ["pip", "--find-links=wheels"],
  ["pip", "--no-index", "requests"],
  ["pip", "--isolated", "requests"],
  ["pip", "--proxy", "http://evil.example"],
  ["pip", "--trusted-host", "evil.example"],
  ["pip", "--no-proxy-env"],
  ["pip", "--cache-dir", "cache"],
  ["uv", "-i", "https://evil.example/simple"],
  ["uv", "-qihttps://evil.example/simple"],
  ["uv", "-ei", "https://evil.example/simple"],
  ["uv", "--index=https://evil.example"],
  ["uv", "--default-index", "https://evil.example"],
  ["uv", "--index-url", "https://evil.example"],
  ["uv", "--extra-index-url", "https://evil.example"],
  ["uv", "-f", "wheels"],
  ["uv", "--find-links", "wheels"],
  ["uv", "--no-index"],
  ["uv", "--torch-backend=auto"],
  ["uv", "--allow-insecure-host", "evil.example"],
  ["uv", "--trusted-host", "evil.example"],
  ["uv", "--config-file", "uv.toml"],
  ["uv", "--cache-dir=cache"],
] as const) {
  test(`findBypass: the argument ${args[0]} of ${tool} is refused`, async () => {
    await assert.rejects(find(tool, ["requests", ...args]), { code: "bypass-refused" });
  });
}

for (const [tool, ...args] of [
  ["pip", "requests", "--target", "site"],
  ["pip", "--no-deps", "--no-input", "--pre", "-q", "-U", "-t", "in-site"],
  ["pip", "--python", "3.12", "-C", "if"],
  ["pip", "--", "-i"],
  ["uv", "sync", "--extra", "dev"],
  ["uv", "sync", "--all-extras", "--no-dev", "--frozen"],
  ["uv", "add", "--index-strategy", "first-index", "--optional", "if"],
  ["uv", "run", "--isolated", "--with", "rich", "-p3.12-if"],
  ["uv", "lock", "--exclude-newer", "2026-01-01", "--no-progress"],
] as const) {
  test(`findBypass: ${[tool, ...args].join(" ")} is let through`, async () => {
    await find(tool, args);
  });
}

test("findBypass: a requirements file that names an index is refused by file and line", async () => {
  const path = await file(
    "bad.txt",
    "requests\n# a comment\n--extra-index-url https://user:secret@evil.example\n",
  );
  await assert.rejects(find("pip", ["-r", path]), (error: Error & { code?: string }) => {
    assert.equal(error.code, "bypass-refused");
    assert.match(error.message, /bad\.txt:3/);
    assert.doesNotMatch(error.message, /secret/);
    return true;
  });
});

test("findBypass: a requirements file inside another one is looked into, whatever spelling names it", async () => {
  await file("inner.txt", "-i https://evil.example\n");
  for (const line of [
    "-r inner.txt",
    "-rinner.txt",
    "--requirement=inner.txt",
    "-c inner.txt",
    "--constraint inner.txt",
  ]) {
    const outer = await file("outer.txt", `${line}\n`);
    await assert.rejects(find("pip", [`--requirement=${outer}`]), { code: "bypass-refused" });
  }
});

test("findBypass: requirements at a URL are refused, files that include each other too", async () => {
  await assert.rejects(find("pip", ["-r", "https://evil.example/r.txt"]), {
    code: "bypass-refused",
  });
  await file("loop.txt", "-r loop.txt\n");
  await assert.rejects(find("pip", ["-r", "loop.txt"]), { code: "bypass-refused" });
});

test("findBypass: an ordinary requirements file is let through", async () => {
  const path = await file(
    "good.txt",
    "requests==2.32.0 --hash=sha256:00\n-e .\nidna ; python_version > '3'\n",
  );
  await find("pip", ["-r", path]);
});

for (const [tool, ...args] of [
  ["pip", "-Ur"],
  ["pip", "-qr"],
  ["pip", "--req"],
  ["pip", "-Uc"],
  ["uv", "-r"],
  ["uv", "-b"],
  ["uv", "--overrides"],
  ["uv", "--with-requirements"],
] as const) {
  test(`findBypass: the file that ${args[0]} of ${tool} names is looked into`, async () => {
    const path = await file("links.txt", "--find-links wheels\n");
    await assert.rejects(find(tool, [...args, path]), /links\.txt:1/);
  });
}

test("findBypass: a requirements file in an encoding that only pip guesses is refused", async () => {
  await writeFile(join(folder, "utf16.txt"), Buffer.from("\ufeff--find-links wheels\n", "utf16le"));
  await assert.rejects(find("pip", ["-r", "utf16.txt"]), { code: "bypass-refused" });
});
