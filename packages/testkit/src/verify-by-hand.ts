// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeHex } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { WORLD_START } from "./clock.ts";
import { type ClientRun, runClient } from "./run-client.ts";

/** A file, what is said to attest it (PEP 740), and a Sigstore trusted root. */
export interface AttestedFile {
  readonly filename: string;
  readonly bytes: Uint8Array;
  readonly attestation: Uint8Array;
  readonly trustedRoot: Uint8Array;
}

/** Runs `countermark verify` on the file with this evidence and nothing else: offline, whoever signed. */
export async function verifyByHand(file: AttestedFile): Promise<ClientRun> {
  const dir = mkdtempSync(join(tmpdir(), "countermark-verify-"));
  try {
    const write = (name: string, bytes: Uint8Array): string => {
      const path = join(dir, name);
      writeFileSync(path, bytes);
      return path;
    };
    const path = write(file.filename, file.bytes);
    const attestation = write(`${file.filename}.publish.attestation`, file.attestation);
    const root = write("trusted_root.json", file.trustedRoot);
    const pinned = `${root}#sha256=${encodeHex(nodeCrypto.sha256(file.trustedRoot))}`;
    const args = ["--attestation", attestation, "--trusted-root", pinned, "--any-identity"];
    return await runClient(["verify", path, ...args], {
      fetch: () => Promise.reject(new TypeError("offline")),
      now: () => WORLD_START,
      env: { HOME: dir, PATH: "" },
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
