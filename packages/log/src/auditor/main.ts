// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  encodeHex,
  type JsonObject,
  type PublisherRecord,
  parseTrust,
  parseTrustedRoot,
  parseVkey,
  quote,
  type TrustDescription,
} from "@countermark/formats";
import {
  PROVIDER_NAMES,
  type ProviderRow,
  PUBLIC_PROVIDERS,
  prepareTrustedRoot,
  providerRow,
} from "@countermark/verify";
import { systemClock } from "../clock.ts";
import { readCosignerKeyConfig } from "../cosigner-key.ts";
import { LogError } from "../failure.ts";
import { readOrCreateKey } from "../keys.ts";
import { listen } from "../listen.ts";
import { nodeCrypto } from "../node-crypto.ts";
import { type RunningMain, runMain } from "../run-main.ts";
import { fileStorage } from "../storage-files.ts";
import { httpTiles } from "../tiles.ts";
import { sqliteWitnessStore } from "../witness/store.ts";
import type { AuditPorts } from "./audit-ledger.ts";
import { createAuditor } from "./create-auditor.ts";
import { readDistributionMetadata } from "./distribution-metadata.ts";
import { httpEvidence } from "./http-evidence.ts";

const TEXT = { charsMax: 4_096 };

/**
 * `{name, keyFile, keyAlgorithm?, storeDir, port, log: {origin, vkey, url}, evidenceUrl, evidenceToken, trustFile, ecosystem, providers?}`.
 * `trustFile` is the Sigstore trusted root; the trust description `trust.json` lies beside it and names its digest.
 * `providers`: instances whose repositories are not shown at the provider's public address.
 */
export async function startAuditor(config: JsonObject): Promise<RunningMain> {
  const name = config.text("name", TEXT);
  const { keyFile, keyAlgorithm } = readCosignerKeyConfig(config);
  const storeDir = config.text("storeDir", TEXT);
  const port = config.integer("port", { min: 0, max: 65_535 });
  const log = readLog(config.object("log"));
  const evidence = httpEvidence({
    evidenceUrl: config.text("evidenceUrl", TEXT),
    token: config.text("evidenceToken", TEXT),
    logUrl: log.url,
    fetch,
  });
  const trust = await readTrust(config.text("trustFile", TEXT), config.text("ecosystem", TEXT));
  const rows = config.has("providers") ? config.objects("providers", { itemsMax: 64 }).map(readProvider) : [];
  config.end();
  const audit: AuditPorts = {
    ...trust,
    evidence,
    findRow: (record) => findRow(rows, record),
    metadataOf: readDistributionMetadata,
    crypto: nodeCrypto,
    clock: systemClock,
  };
  const store = sqliteWitnessStore(join(storeDir, "auditor.sqlite"));
  const app = createAuditor({
    name,
    key: readOrCreateKey(keyFile, keyAlgorithm),
    log,
    store,
    tiles: httpTiles(log.url, fetch),
    audit,
    progress: fileStorage(join(storeDir, "progress")),
    clock: systemClock,
    crypto: nodeCrypto,
  });
  const listening = await listen(app, { port });
  return {
    url: listening.url,
    async close() {
      await listening.close();
      store.close();
    },
  };
}

function readLog(row: JsonObject) {
  const origin = row.text("origin", TEXT);
  const vkeys = [parseVkey(row.text("vkey", TEXT), nodeCrypto.sha256)];
  const url = row.text("url", TEXT).replace(/\/$/, "");
  row.end();
  return { origin, vkeys, url };
}

async function readTrust(rootFile: string, ecosystem: string): Promise<Pick<AuditPorts, "trust" | "root">> {
  const rootBytes = new Uint8Array(await readFile(rootFile));
  const trustFile = join(dirname(rootFile), "trust.json");
  const trust = parseTrust(new Uint8Array(await readFile(trustFile)), nodeCrypto.sha256);
  requireMatch(trust, encodeHex(nodeCrypto.sha256(rootBytes)), ecosystem, trustFile);
  return { trust, root: await prepareTrustedRoot(parseTrustedRoot(rootBytes), nodeCrypto) };
}

function requireMatch(trust: TrustDescription, rootSha256: string, ecosystem: string, file: string): void {
  if (trust.sigstore.rootSha256 !== rootSha256 || trust.ecosystem !== ecosystem) {
    throw new LogError(
      "config-malformed",
      `Cannot use ${file}: it is for ${quote(trust.ecosystem)} and a trusted root with digest ${trust.sigstore.rootSha256}`,
    );
  }
}

function readProvider(row: JsonObject): ProviderRow {
  const provider = row.choice("provider", PROVIDER_NAMES);
  const issuer = row.text("issuer", TEXT);
  const serverUrl = row.text("serverUrl", TEXT);
  row.end();
  return providerRow({ provider, issuer, serverUrl });
}

/**
 * How certificates of the record's issuer are read. An issuer that is not configured is read as one whose repositories are
 * at the provider's public address: certificates that say another address then do not fit, and are refused.
 */
function findRow(rows: readonly ProviderRow[], record: PublisherRecord): ProviderRow | null {
  const known = rows.find((row) => row.issuer === record.issuer);
  if (known !== undefined) return known;
  const open = PUBLIC_PROVIDERS.find((row) => row.provider === record.provider);
  return open === undefined ? null : { ...open, issuer: record.issuer };
}

if (import.meta.main) await runMain("countermark-auditor", startAuditor);
