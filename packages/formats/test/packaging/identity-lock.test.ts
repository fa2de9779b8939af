// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PublisherRecord } from "../../src/identity/publisher.ts";
import {
  EMPTY_LOCK,
  encodeIdentityLock,
  type IdentityLock,
  parseIdentityLock,
} from "../../src/packaging/identity-lock.ts";
import { utf8 } from "../../src/text/bytes.ts";

const SHA256 = "ab".repeat(32);
const identity: PublisherRecord = {
  provider: "github",
  issuer: "https://token.actions.githubusercontent.com",
  owner: "example",
  ownerId: "6571234",
  project: "example/sampleproject",
  projectId: "12345678",
  workflow: ".github/workflows/release.yml",
  calledWorkflow: null,
  environment: "release",
  subject: null,
};
const lock: IdentityLock = {
  projects: new Map([
    [
      "sampleproject",
      { index: "example.com/index", identity, files: new Map([["sampleproject-4.0.0.tar.gz", SHA256]]) },
    ],
    ["plain", { index: "example.com/index", identity: null, files: new Map() }],
  ]),
};

/** The lock as an object, with one change made to it. */
function changed(change: (value: { projects: Record<string, Record<string, unknown>> }) => void): Uint8Array {
  const value = JSON.parse(new TextDecoder().decode(encodeIdentityLock(lock)));
  change(value);
  return utf8(JSON.stringify(value));
}

test("parseIdentityLock: reads what encodeIdentityLock writes", () => {
  const parsed = parseIdentityLock(encodeIdentityLock(lock));
  assert.deepEqual([...parsed.projects.keys()], ["plain", "sampleproject"]);
  assert.deepEqual(parsed.projects.get("sampleproject"), lock.projects.get("sampleproject"));
  assert.deepEqual(parsed.projects.get("plain"), lock.projects.get("plain"));
});

test("parseIdentityLock: an empty lock is one", () => {
  assert.deepEqual(parseIdentityLock(encodeIdentityLock(EMPTY_LOCK)), EMPTY_LOCK);
});

test("encodeIdentityLock: says in a word that a project was unattested", () => {
  assert.match(new TextDecoder().decode(encodeIdentityLock(lock)), /"identity": "unattested"/);
});

test("encodeIdentityLock: names are sorted, whatever the order of acceptance", () => {
  const reversed = { projects: new Map([...lock.projects].reverse()) };
  assert.deepEqual(encodeIdentityLock(reversed), encodeIdentityLock(lock));
});

test("encodeIdentityLock: a project called __proto__ is a project", () => {
  const files = new Map([["__proto__", SHA256]]);
  const odd = { projects: new Map([["plain", { index: "example.com", identity: null, files }]]) };
  assert.deepEqual(parseIdentityLock(encodeIdentityLock(odd)).projects.get("plain")?.files, files);
});

for (const [claim, bytes, code] of [
  ["another version is refused", utf8('{"version":2,"projects":{}}'), "out-of-range"],
  ["an unknown field is refused", utf8('{"version":1,"projects":{},"x":1}'), "unknown-field"],
  [
    "a name that is not normalised is refused",
    utf8('{"version":1,"projects":{"Sample_Project":{}}}'),
    "not-canonical",
  ],
  [
    "a project without identity is refused",
    changed((v) => delete v.projects["plain"]?.["identity"]),
    "missing-field",
  ],
  [
    "a null identity is refused: unattested is a word",
    changed((v) => Object.assign(v.projects["plain"] ?? {}, { identity: null })),
    "wrong-type",
  ],
  [
    "another word for unattested is refused",
    changed((v) => Object.assign(v.projects["plain"] ?? {}, { identity: "none" })),
    "unsupported",
  ],
  [
    "an unknown field of a project is refused",
    changed((v) => Object.assign(v.projects["plain"] ?? {}, { note: "" })),
    "unknown-field",
  ],
  [
    "a digest in capitals is refused",
    changed((v) => Object.assign(v.projects["plain"] ?? {}, { files: { a: SHA256.toUpperCase() } })),
    "malformed",
  ],
  [
    "a path in place of a filename is refused",
    changed((v) => Object.assign(v.projects["plain"] ?? {}, { files: { "../a": SHA256 } })),
    "malformed",
  ],
  [
    "a name that is there twice is refused",
    utf8('{"version":1,"projects":{"a":{},"a":{}}}'),
    "duplicate-key",
  ],
] as const) {
  test(`parseIdentityLock: ${claim}`, () => {
    assert.throws(() => parseIdentityLock(bytes), { code });
  });
}
