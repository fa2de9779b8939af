// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parseNetrc, readCredentials } from "../../src/fetch/credentials.ts";

const dir = await mkdtemp(join(tmpdir(), "countermark-test-"));
after(() => rm(dir, { recursive: true, force: true }));
const basic = (login: string) => `Basic ${Buffer.from(login).toString("base64")}`;

test("readCredentials: those of the index's URL are for its origin alone", async () => {
  const credentials = await readCredentials("https://u:p%40ss@index.example/root", {});
  assert.equal(credentials("https://index.example/files/a"), basic("u:p@ss"));
  for (const url of [
    "https://index.example:8443/a",
    "https://other.example/a",
    "http://index.example/a",
    "https://index.example.evil.example/a",
  ]) {
    assert.equal(credentials(url), null, url);
  }
});

test("readCredentials: a netrc file has them by host, and not for plain HTTP to another machine", async () => {
  await writeFile(
    join(dir, ".netrc"),
    "machine files.example login a password b\ndefault login x password y\n",
  );
  for (const env of [{ HOME: dir }, { HOME: "/nowhere", NETRC: join(dir, ".netrc") }]) {
    const credentials = await readCredentials("https://index.example", env);
    assert.equal(credentials("https://files.example/a"), basic("a:b"));
    assert.equal(credentials("https://index.example/a"), null);
    assert.equal(credentials("http://files.example/a"), null);
  }
});

test("parseNetrc: quotes, comments, several lines; a macro ends it", () => {
  const text =
    '# machine c login d\nmachine a\n  login "x y"\n  password z\nmachine b login l account q password p macdef i machine e';
  assert.deepEqual(
    [...parseNetrc(text)],
    [
      ["a", { user: "x y", password: "z" }],
      ["b", { user: "l", password: "p" }],
    ],
  );
});
