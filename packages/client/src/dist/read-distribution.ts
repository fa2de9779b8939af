// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { type Bytes, normalizeProjectName, parseDistributionFilename } from "@countermark/formats";
import { readDistributionMetadata } from "@countermark/log";
import { ClientError } from "../failure.ts";
import { type CoreMetadata, parseCoreMetadata } from "./core-metadata.ts";

/** A wheel or sdist of this machine, read whole. */
export type Distribution = {
  readonly path: string;
  readonly filename: string;
  readonly kind: "wheel" | "sdist";
  /** Normalised. */
  readonly project: string;
  /** Canonical. */
  readonly version: string;
  readonly bytes: Bytes;
  readonly sha256: Bytes;
  readonly metadata: CoreMetadata;
};

const DISTRIBUTION_BYTES_MAX = 1_073_741_824;

/**
 * Reads the wheels and sdists among `paths`; attestations and receipts beside them are skipped, as `dist/*` names them too.
 *
 * @throws ClientError `bad-distribution`
 */
export async function readDistributions(paths: readonly string[]): Promise<readonly Distribution[]> {
  const wanted = paths.filter((path) => !/\.(?:attestation|tlog-proof|asc)$/.test(path));
  if (wanted.length === 0)
    throw new ClientError("bad-distribution", "Cannot find a wheel or sdist among the files");
  const read: Distribution[] = [];
  for (const path of wanted) read.push(await readDistribution(path));
  return read;
}

async function readDistribution(path: string): Promise<Distribution> {
  const filename = basename(path);
  const { kind, name, version } = parseDistributionFilename(filename);
  const bytes = new Uint8Array(await readFile(path));
  if (bytes.length > DISTRIBUTION_BYTES_MAX) {
    throw new ClientError("bad-distribution", `Cannot publish ${filename}: ${bytes.length} bytes`);
  }
  const found = await readDistributionMetadata(filename, bytes);
  if (found === null) {
    throw new ClientError(
      "bad-distribution",
      `Cannot read ${filename}: wanted an archive with one METADATA or PKG-INFO`,
    );
  }
  const metadata = parseCoreMetadata(found, `metadata of ${filename}`);
  const stated = metadata.get("name")?.[0] ?? "";
  if (normalizeProjectName(stated) !== name) {
    throw new ClientError(
      "bad-distribution",
      `Cannot publish ${filename}: its metadata names the project ${JSON.stringify(stated)}`,
    );
  }
  return {
    path,
    filename,
    kind,
    project: name,
    version,
    bytes,
    sha256: new Uint8Array(createHash("sha256").update(bytes).digest()),
    metadata,
  };
}
