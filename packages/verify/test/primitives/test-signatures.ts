// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { CryptoPort } from "../../src/port.ts";
import { runVectors } from "../vectors/suite.ts";

const FOLDER = new URL("../../../../vectors/", import.meta.url);

/** Defines a test for each file of vectors/crypto/: a port says of each signature what every other port says. */
export function testSignatures(name: string, crypto: CryptoPort): void {
  for (const path of globSync("crypto/*.json", { cwd: FOLDER }).sort()) {
    test(`${name}: ${path}, every signature is as it says`, async () => {
      const file: unknown = JSON.parse(readFileSync(new URL(path, FOLDER), "utf8"));
      const failed: string[] = [];
      for await (const { name: claim, ok, found } of runVectors(path, file, crypto)) {
        if (!ok) failed.push(`${claim}: found ${found}`);
      }
      assert.deepEqual(failed, []);
    });
  }
}
