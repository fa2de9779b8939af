// SPDX-License-Identifier: Apache-2.0
import {
  createVkey,
  equalBytes,
  ParseError,
  parseEd25519Spki,
  quote,
  type TrustedAuthority,
  type TrustedLog,
  type TrustedRoot,
  type ValidityWindow,
  type Vkey,
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
  readonly logId: Uint8Array;
  /** The origin line of its checkpoints and the name of its key: the host of its URL. */
  readonly origin: string;
  readonly vkey: Vkey;
  readonly window: ValidityWindow;
};

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
  return await prepareChain(authority.certificates, 0, CODE_SIGNING, authority.validFor, crypto);
}

async function prepareTimestampAuthority(authority: TrustedAuthority, crypto: CryptoPort) {
  const chain = await prepareChain(authority.certificates, 1, TIME_STAMPING, authority.validFor, crypto);
  verifyEndEntity(chain.first, TIME_STAMPING);
  return chain;
}

/** A certificate transparency log is named by the hash of its key. @spec rfc6962#3.2 */
function prepareCtLog(log: TrustedLog, crypto: CryptoPort): PreparedCtLog {
  if (!equalBytes(crypto.sha256(log.publicKey.spki), log.logId)) throw wrongLogId(log);
  return { logId: log.logId, publicKey: log.publicKey, window: log.validFor };
}

/** A transparency log's id begins with the key id in its signed notes. @spec c2sp.org/signed-note#signatures */
function prepareTlog(log: TrustedLog, crypto: CryptoPort): PreparedTlog {
  const origin = hostOf(log.baseUrl);
  const vkey = vkeyOf(log, origin, crypto);
  if (!equalBytes(vkey.keyId, log.logId.subarray(0, 4))) throw wrongLogId(log);
  return { logId: log.logId, origin, vkey, window: log.validFor };
}

function vkeyOf(log: TrustedLog, origin: string, crypto: CryptoPort): Vkey {
  const { kind, spki } = log.publicKey;
  switch (kind) {
    case "ed25519":
      return createVkey(origin, 1, parseEd25519Spki(spki), crypto.sha256);
    case "ecdsa":
      return createVkey(origin, 2, spki, crypto.sha256);
    case "rsa":
      throw new ParseError("unsupported", `Cannot use the log ${quote(log.baseUrl)}: it signs with RSA`);
  }
}

/** @spec github.com/sigstore/rekor-tiles/blob/main/CLIENTS.md */
function hostOf(baseUrl: string): string {
  const host = /^https?:\/\/([A-Za-z0-9.-]+)(?::[0-9]+)?(?:\/.*)?$/.exec(baseUrl)?.[1];
  if (host === undefined)
    throw new ParseError("malformed", `Cannot read ${quote(baseUrl)}: not the URL of a log`);
  return host;
}

function wrongLogId(log: TrustedLog): VerifyError {
  return new VerifyError(
    "log-id-mismatch",
    `Cannot trust the log ${quote(log.baseUrl)}: its id is not of its key`,
  );
}
