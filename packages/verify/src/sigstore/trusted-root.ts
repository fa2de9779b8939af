// SPDX-License-Identifier: Apache-2.0
import {
  concat,
  equalBytes,
  type KeyAlgorithm,
  keyAlgorithmOf,
  ParseError,
  type PublicKey,
  parseEd25519Spki,
  quote,
  type TrustedAuthority,
  type TrustedLog,
  type TrustedRoot,
  u8,
  utf8,
  type ValidityWindow,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort } from "../port.ts";
import type { Verified } from "../verified.ts";
import { type PreparedChain, prepareChain } from "../x509/chain.ts";
import { CODE_SIGNING, TIME_STAMPING, verifyEndEntity } from "../x509/purpose.ts";
import type { PreparedCtLog } from "../x509/sct.ts";

/** A trusted root whose chains are checked and whose keys are ready; made once, used for every verification. */
export type PreparedTrustedRoot = {
  readonly certificateAuthorities: readonly Verified<PreparedChain>[];
  readonly timestampAuthorities: readonly Verified<PreparedChain>[];
  readonly ctLogs: readonly PreparedCtLog[];
  readonly transparencyLogs: readonly PreparedTlog[];
};

export type PreparedTlog = {
  /** 32 bytes, of which the first four are the key id in its signed notes. */
  readonly logId: Uint8Array;
  /** What its notes may be signed as: the host of its URL, or host and port. */
  readonly names: readonly string[];
  readonly publicKey: PublicKey;
  readonly algorithm: KeyAlgorithm;
  readonly window: ValidityWindow;
  readonly operator: string;
};

/** The type byte of an Ed25519 key in a signed note. */
const ED25519_NOTE_TYPE = 1;

/**
 * Checks what a trusted root says of itself: every chain up to a self-signed root, every log id against its key.
 *
 * @throws VerifyError `log-id-mismatch`, and those of {@link prepareChain} and {@link verifyEndEntity}; ParseError
 *   `unsupported`, `malformed` for a transparency log whose key or URL cannot be used
 *
 * Not checked here: where the trusted root comes from.
 */
export async function prepareTrustedRoot(
  root: TrustedRoot,
  crypto: CryptoPort,
): Promise<Verified<PreparedTrustedRoot>> {
  const certificateAuthorities: Verified<PreparedChain>[] = [];
  for (const authority of root.certificateAuthorities) {
    certificateAuthorities.push(await prepareCertificateAuthority(authority, crypto));
  }
  const timestampAuthorities: Verified<PreparedChain>[] = [];
  for (const authority of root.timestampAuthorities) {
    timestampAuthorities.push(await prepareTimestampAuthority(authority, crypto));
  }
  const prepared: PreparedTrustedRoot = {
    certificateAuthorities,
    timestampAuthorities,
    ctLogs: root.ctlogs.map((log) => prepareCtLog(log, crypto)),
    transparencyLogs: root.tlogs.map((log) => prepareTlog(log, crypto)),
  };
  return prepared as Verified<PreparedTrustedRoot>;
}

async function prepareCertificateAuthority(authority: TrustedAuthority, crypto: CryptoPort) {
  return await prepareChain(authority, 0, CODE_SIGNING, crypto);
}

async function prepareTimestampAuthority(authority: TrustedAuthority, crypto: CryptoPort) {
  const chain = await prepareChain(authority, 1, TIME_STAMPING, crypto);
  verifyEndEntity(chain.first, TIME_STAMPING);
  return chain;
}

/** A certificate transparency log is named by the hash of its key. @spec rfc6962#3.2 */
function prepareCtLog(log: TrustedLog, crypto: CryptoPort): PreparedCtLog {
  if (!equalBytes(crypto.sha256(log.publicKey.spki), log.logId)) throw wrongLogId(log);
  return { logId: log.logId, publicKey: log.publicKey, window: log.validFor, operator: log.operator };
}

/**
 * A transparency log's id is the hash of its key, or for Ed25519 in Rekor v2 of name, type and key.
 *
 * @spec github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_common.proto, c2sp.org/signed-note#signatures
 */
function prepareTlog(log: TrustedLog, crypto: CryptoPort): PreparedTlog {
  const { publicKey, logId, validFor: window, operator } = log;
  const names = namesOf(log.baseUrl);
  const ids = [publicKey.spki, ...names.map((name) => notedKey(name, publicKey))];
  if (!ids.some((id) => equalBytes(crypto.sha256(id), logId))) throw wrongLogId(log);
  const algorithm = keyAlgorithmOf(log.keyDetails, publicKey);
  return { logId, names, publicKey, algorithm, window, operator };
}

/** What the id of a log's key is the hash of, in signed notes. */
function notedKey(name: string, key: PublicKey): Uint8Array {
  return key.kind === "ed25519"
    ? concat(utf8(`${name}\n`), u8(ED25519_NOTE_TYPE), parseEd25519Spki(key.spki))
    : key.spki;
}

/** @spec github.com/sigstore/rekor-tiles/blob/main/CLIENTS.md */
function namesOf(baseUrl: string): readonly string[] {
  const [, host, port] = /^https?:\/\/([A-Za-z0-9.-]+)(:[0-9]+)?(?:\/.*)?$/.exec(baseUrl) ?? [];
  if (host === undefined)
    throw new ParseError("malformed", `Cannot read ${quote(baseUrl)}: not the URL of a log`);
  return port === undefined ? [host] : [host, host + port];
}

function wrongLogId(log: TrustedLog): VerifyError {
  return new VerifyError(
    "log-id-mismatch",
    `Cannot trust the log ${quote(log.baseUrl)}: its id is not of its key`,
  );
}
