// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  encodeVkey,
  type JsonObject,
  ParseError,
  parseEd25519Spki,
  parsePolicy,
  parseTrustedRoot,
  parseUtf8,
} from "@countermark/formats";
import {
  fileStorage,
  LogError,
  nodeCrypto,
  type PrivateKey,
  readOrCreateKey,
  sqliteLock,
  systemClock,
} from "@countermark/log";
import {
  PROVIDER_NAMES,
  type ProviderRow,
  prepareTrustedRoot,
  providerRow,
  verifyAttestation,
} from "@countermark/verify";
import { IndexRefusal } from "./failure.ts";
import type { IndexOptions } from "./services.ts";

/** What the index's process is told: its options, and where it listens. */
export interface IndexConfig {
  readonly options: IndexOptions;
  readonly port: number;
  readonly hostname: string;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly tickSeconds: number;
}

const TEXT = { charsMax: 4_096 } as const;
const SECONDS = { min: 1, max: 31_536_000 } as const;

/** The keys of the index in `dir`, made when they are absent: whoever writes its trust description needs their public halves. */
export function readIndexKeys(
  dir: string,
  rootKeyFiles: readonly string[] = [],
  nextCountersignFile: string | null = null,
): IndexOptions["keys"] {
  const files = rootKeyFiles.length > 0 ? rootKeyFiles : [join(dir, "operator", "root.pem")];
  return {
    log: readOrCreateKey(join(dir, "keys", "log.pem"), "ed25519"),
    countersign: readOrCreateKey(join(dir, "keys", "countersign.pem"), "ed25519"),
    nextCountersign: nextCountersignFile === null ? null : readOrCreateKey(nextCountersignFile, "ed25519"),
    roots: files.map((file) => readOrCreateKey(file, "ed25519")),
  };
}

/** The log's verifier key, as a policy and a trust description write it. */
export function logVkey(origin: string, log: PrivateKey): string {
  return encodeVkey(origin, 1, parseEd25519Spki(log.publicSpki), nodeCrypto.sha256);
}

/**
 * Reads the configuration of `main.ts`, and the files that it names.
 *
 * @throws IndexRefusal `config-malformed`
 */
export async function readIndexConfig(body: JsonObject): Promise<IndexConfig> {
  try {
    const config = await read(body);
    body.end();
    return config;
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new IndexRefusal("config-malformed", `Cannot start: ${found}`, { cause });
  }
}

async function read(body: JsonObject): Promise<IndexConfig> {
  const dir = body.text("dir", TEXT);
  const publicUrl = body.text("publicUrl", TEXT).replace(/\/$/, "");
  const trustedRoot = readBytes(body.text("trustedRootFile", TEXT));
  const policy = parsePolicy(
    parseUtf8(readBytes(body.text("policyFile", TEXT)), "policy"),
    nodeCrypto.sha256,
  );
  const root = await prepareTrustedRoot(parseTrustedRoot(trustedRoot), nodeCrypto);
  const trustFile = optionalText(body, "trustFile");
  const options: IndexOptions = {
    dir,
    storage: fileStorage(join(dir, "log")),
    lock: sqliteLock(body.text("lockFile", TEXT)),
    origin: body.text("origin", TEXT),
    ecosystem: body.choice("ecosystem", ["pypi"]),
    publicUrl,
    audience: optionalText(body, "audience") ?? new URL(publicUrl).host,
    providers: body.objects("providers", { itemsMax: 64 }).map(readProvider),
    policy,
    keys: readIndexKeys(
      dir,
      body.has("rootKeyFiles") ? body.texts("rootKeyFiles", { itemsMax: 16, charsMax: 4_096 }) : [],
      optionalText(body, "nextCountersignKeyFile"),
    ),
    verifyAttestation: (attestation, file) => verifyAttestation(attestation, file, root, nodeCrypto),
    adminToken: optionalText(body, "adminToken"),
    auditToken: optionalText(body, "auditToken"),
    webDir: optionalText(body, "webDir"),
    documents: { trust: trustFile === null ? null : readBytes(trustFile), trustedRoot },
    clock: systemClock,
    elapsed: () => performance.now() / 1_000,
    fetch: (url, init) => fetch(url, init),
    releaseWaitMs: optionalInteger(body, "releaseWaitSeconds", 30) * 1_000,
    refreshSeconds: optionalInteger(body, "refreshSeconds", 600),
    heartbeatSeconds: optionalInteger(body, "heartbeatSeconds", 21_600),
    report: (error) => {
      const code = error instanceof LogError ? ` [${error.code}]` : "";
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`index${code}: ${reason}\n`);
    },
  };
  return {
    options,
    port: body.integer("port", { min: 0, max: 65_535 }),
    hostname: optionalText(body, "hostname") ?? "127.0.0.1",
    tls: readTls(body),
    tickSeconds: optionalInteger(body, "tickSeconds", 5),
  };
}

function readProvider(body: JsonObject): ProviderRow {
  const row = providerRow({
    provider: body.choice("provider", PROVIDER_NAMES),
    issuer: body.text("issuer", TEXT),
    serverUrl: body.text("serverUrl", TEXT),
  });
  body.end();
  return row;
}

function readTls(body: JsonObject): IndexConfig["tls"] {
  if (!body.has("tls") || body.value("tls") === null) return null;
  const tls = body.object("tls");
  const read = {
    cert: readFileSync(tls.text("certFile", TEXT), "utf8"),
    key: readFileSync(tls.text("keyFile", TEXT), "utf8"),
  };
  tls.end();
  return read;
}

function optionalText(body: JsonObject, name: string): string | null {
  return body.has(name) ? body.textOrNull(name, TEXT) : null;
}

function optionalInteger(body: JsonObject, name: string, otherwise: number): number {
  return body.has(name) ? body.integer(name, SECONDS) : otherwise;
}

function readBytes(file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (cause) {
    throw new ParseError("missing-field", `the file ${file} cannot be read`, { cause });
  }
}
