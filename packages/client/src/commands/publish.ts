// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  attestationDigest,
  encodeAttestation,
  encodeHex,
  type JsonInput,
  parseUtf8,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { type LoggedFile, type Verified, verifyReceipt } from "@countermark/verify";
import { exchangeUploadToken } from "../ci/exchange-token.ts";
import { readDistributions } from "../dist/read-distribution.ts";
import { ClientError, EXIT } from "../failure.ts";
import { openFetch } from "../fetch/open.ts";
import { indexUrl } from "../settings.ts";
import { sayAttested } from "../show/attested.ts";
import { loggedJson, sayLogged } from "../show/logged.ts";
import { type AttestedFile, attestFiles } from "../sign/attest-files.ts";
import { readTrust, type Trust } from "../trust/read-trust.ts";
import { fetchReceipt } from "../upload/fetch-receipt.ts";
import { requireOwnEntry } from "../upload/own-entry.ts";
import { uploadFile } from "../upload/upload-file.ts";
import type { CommandContext, Fetch } from "../world.ts";

const BOUNDARY_BYTES = 24;

/** Attests files as this CI job, uploads them, and verifies the receipt of each. */
export async function publishCommand(
  context: CommandContext,
  args: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { settings, world, out } = context;
  const index = indexUrl(settings);
  const trust = await readTrust(context);
  const fetch = await openFetch(context);
  const distributions = await readDistributions(args);
  const attested = await attestFiles(context, fetch, trust, distributions);
  const { token } = await exchangeUploadToken(index, world.env, fetch);
  const folder = typeof options["receipts"] === "string" ? options["receipts"] : null;
  const results: JsonInput[] = [];
  for (const file of attested) {
    sayAttested(file, out);
    await uploadFile(index, uploadOf(file, token), { fetch, pause, progress: out.progress });
    const { receipt, logged } = await confirmReceipt(index, file, trust, { context, fetch });
    const isStaged = logged.statement.show === "staged";
    out.say(
      isStaged
        ? "  accepted by the index, staged: shown when its release is published"
        : "  accepted by the index",
    );
    sayLogged(logged, out);
    if (options["printReceipt"] === true)
      for (const line of parseUtf8(receipt, "receipt").split("\n")) out.say(line);
    if (folder !== null) await writeReceipt(folder, file, receipt);
    results.push({
      filename: file.distribution.filename,
      sha256: encodeHex(file.distribution.sha256),
      signedAt: file.evidence.signedAt,
      logIndex: file.evidence.logIndex,
      staged: isStaged,
      logged: loggedJson(logged),
    });
  }
  out.result({ published: results });
  return EXIT.ok;
}

const pause = (seconds: number): Promise<void> => sleep(seconds * 1000);

function uploadOf(file: AttestedFile, token: string) {
  return {
    distribution: file.distribution,
    attestations: [new TextDecoder().decode(encodeAttestation(file.attestation))],
    token,
    boundary: randomBytes(BOUNDARY_BYTES).toString("hex"),
  };
}

/** Fetches the receipt and believes it only by the pinned trust: an index could answer 200 to anything. */
async function confirmReceipt(
  index: string,
  file: AttestedFile,
  trust: Trust,
  { context, fetch }: { readonly context: CommandContext; readonly fetch: Fetch },
): Promise<{ readonly receipt: Uint8Array; readonly logged: Verified<LoggedFile> }> {
  const { filename } = file.distribution;
  const receipt = await fetchReceipt(index, file.distribution, fetch);
  const asked = {
    trust: trust.description,
    now: context.world.now(),
    fileSha256: encodeHex(file.distribution.sha256),
  };
  const logged = await verifyReceipt(receipt, asked, nodeCrypto);
  requireOwnEntry(logged, filename, trust.description.ecosystem);
  const listed = logged.statement.attestations.filter(({ predicate }) => predicate === "publish");
  if (listed.length === 0) {
    // The bytes were there before, or the index dropped it: who installs the file will not see that it was signed.
    throw new ClientError(
      "upload-refused",
      `Cannot publish ${filename} with its attestation: the entry at index ${logged.index} lists none`,
    );
  }
  const own = encodeHex(attestationDigest(nodeCrypto.sha256, file.attestation));
  if (!listed.some(({ digest }) => digest === own)) {
    context.out.say(
      "  these bytes were published before: their first attestation stays, this one is not listed",
    );
  }
  return { receipt, logged };
}

async function writeReceipt(folder: string, file: AttestedFile, receipt: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${file.distribution.filename}.tlog-proof`), receipt);
}
