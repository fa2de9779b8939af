// SPDX-License-Identifier: Apache-2.0
// Every target for a moment: its seeds, what was once found, and some inputs made of them, the same on every run.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, test } from "node:test";
import * as formats from "@countermark/formats";
import { runTasks } from "../campaign.ts";
import type { Report } from "../engine.ts";
import { regressions } from "../seeds.ts";
import { TARGETS } from "../targets.ts";

const EXECUTIONS = 128;
const plan = { seed: "test", executionsMax: EXECUTIONS, millisecondsMax: 60_000, findingsMax: 16 };
const tasks = TARGETS.map(({ name }) => ({ target: name, plan, extra: regressions(name) }));
const reports = runTasks(new URL("../targets.ts", import.meta.url).href, tasks);
after(async () => {
  await reports.return(undefined);
});

for (const { name } of TARGETS) {
  test(`fuzz ${name}: no crash, hang, waste or broken promise in a short run`, async () => {
    const { value }: { readonly value: Report } = await reports.next();
    const found = value.findings.map(({ key, message, input }) => ({
      key,
      message,
      input: Buffer.from(input).toString("latin1"),
    }));
    assert.deepEqual([value.target, found], [name, []]);
    assert.ok(value.accepted > 0, "nothing was accepted, so nothing was tried");
  });
}

/** Parsers without a row of their own, and the target that reaches them. */
const REACHED: Readonly<Record<string, string>> = {
  parseAuthorityKeyId: "certificate",
  parseBasicConstraints: "certificate",
  parseDecimal: "witness-tree-size",
  parseExtendedKeyUsage: "certificate",
  parseFileRecord: "file-map-record",
  parseJsonObject: "json",
  parseKeyUsage: "certificate",
  parsePemBlock: "pem",
  parseReleaseRecord: "file-map-record",
  parseSignatureLines: "witness-lines",
  parseSubjectAltName: "certificate",
  parseSubjectKeyId: "certificate",
  parseTlogEntry: "attestation",
  parseTufFile: "tuf-root",
  parseTufHashes: "tuf-targets",
  parseTufKeys: "tuf-root",
  parseTufLength: "tuf-targets",
  parseTufMetaFile: "tuf-timestamp",
  parseTufRole: "tuf-root",
  parseTufVersion: "tuf-root",
};

test("TARGETS: every parser of formats has a row", () => {
  const folder = new URL("../targets/", import.meta.url);
  const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), "utf8"));
  const isNamed = (name: string): boolean =>
    sources.some((source) => new RegExp(`\\b${name}\\b`).test(source));
  const parsers = Object.keys(formats).filter((name) => /^parse[A-Z]/.test(name));
  assert.deepEqual(
    parsers.filter((name) => !isNamed(name) && !Object.hasOwn(REACHED, name)),
    [],
  );
  const targets = new Set(TARGETS.map(({ name }) => name));
  assert.deepEqual(
    Object.values(REACHED).filter((name) => !targets.has(name)),
    [],
  );
});
