// SPDX-License-Identifier: Apache-2.0
import {
  concat,
  encodeCanonicalJson,
  encodeHex,
  encodePem,
  type JsonInput,
  leafHash,
  type NoteSignature,
  nodeHash,
  utf8,
} from "@countermark/formats";
import { sha256, TOY_TIME } from "../../support/toy-certificates.ts";
import type { ToyKey } from "../../support/toy-keys.ts";
import { base64, type Changes, changed, type Json } from "./json.ts";
import { hash } from "./stamps.ts";

/** A log of the toy world. */
export type LogPlan = {
  readonly key: ToyKey;
  /** Host, or host and port. */
  readonly host: string;
  readonly logId: Uint8Array;
};

export type EntryKindName = "hashedrekord 0.0.2" | "hashedrekord 0.0.1" | "dsse 0.0.1" | "intoto 0.0.2";

/** A log entry about to be made; a case changes one field. Null fields are as they should be. */
export type EntryPlan = {
  readonly kind: EntryKindName;
  readonly log: LogPlan;
  /** Changes of the body before it is logged. */
  readonly body: Changes;
  /** Of Rekor v1: its promise, and when it was made. */
  readonly promise: ToyKey | null;
  readonly integratedTime: number;
  /** Of all trees together; in Rekor v2 the same as in the tree. */
  readonly logIndex: number;
  readonly treeSize: number;
  readonly index: number;
  readonly checkpoint: {
    readonly origin: string;
    readonly name: string;
    readonly keyId: Uint8Array | null;
    readonly signer: ToyKey;
    readonly size: number | null;
    readonly root: Uint8Array | null;
    readonly extensions: readonly string[];
  };
  /** The lines of the note, given the log's. */
  readonly lines: (line: NoteSignature, text: string) => readonly NoteSignature[];
  /** Changes of the entry when everything else is made. */
  readonly changes: Changes;
};

/** What an entry is about. */
export type Logged = {
  readonly content: Uint8Array;
  readonly payload: { readonly bytes: Uint8Array; readonly type: string } | null;
  readonly signature: Uint8Array;
  readonly signer: ToyKey;
  readonly verifier: { readonly kind: "certificate" | "public-key"; readonly der: Uint8Array };
};

const V1_TREE_ID = "2605736670972794746";

export function soundEntry(kind: EntryKindName, log: LogPlan): EntryPlan {
  const isV2 = kind === "hashedrekord 0.0.2";
  return {
    kind,
    log,
    body: {},
    promise: isV2 ? null : log.key,
    integratedTime: isV2 ? 0 : TOY_TIME + 5,
    logIndex: isV2 ? 1 : 1_000,
    treeSize: isV2 ? 3 : 2,
    index: 1,
    checkpoint: {
      origin: isV2 ? log.host : `${log.host} - ${V1_TREE_ID}`,
      name: log.host,
      keyId: null,
      signer: log.key,
      size: null,
      root: null,
      extensions: [],
    },
    lines: (line) => [line],
    changes: {},
  };
}

/** The TransparencyLogEntry. */
export function entryJson(plan: EntryPlan, logged: Logged): Json {
  const [kind = "", version = ""] = plan.kind.split(" ");
  const body = encodeCanonicalJson(changed(bodyOf(plan.kind, logged), plan.body));
  const { logIndex, integratedTime, log } = plan;
  const entry: Json = {
    logIndex: String(logIndex),
    logId: { keyId: base64(log.logId) },
    kindVersion: { kind, version },
    ...(integratedTime === 0 ? {} : { integratedTime: String(integratedTime) }),
    ...(plan.promise === null ? {} : { inclusionPromise: promiseJson(plan, plan.promise, body) }),
    inclusionProof: proofJson(plan, body),
    canonicalizedBody: base64(body),
  };
  return changed(entry, plan.changes);
}

function promiseJson(
  { logIndex, integratedTime, log }: EntryPlan,
  signer: ToyKey,
  body: Uint8Array,
): JsonInput {
  const promised = { body: base64(body), integratedTime, logID: encodeHex(log.logId), logIndex };
  return { signedEntryTimestamp: base64(signer.sign(encodeCanonicalJson(promised))) };
}

function proofJson(plan: EntryPlan, body: Uint8Array): Json {
  const leaves = Array.from({ length: plan.treeSize }, (_, i) =>
    leafHash(sha256, i === plan.index ? body : utf8(`entry ${i}`)),
  );
  const root = rootOf(leaves);
  const { origin, name, keyId, signer, extensions, ...head } = plan.checkpoint;
  const rootText = base64(head.root ?? root);
  const text = [origin, head.size ?? plan.treeSize, rootText, ...extensions]
    .map((line) => `${line}\n`)
    .join("");
  const line = { name, keyId: keyId ?? plan.log.logId.subarray(0, 4), signature: signer.sign(utf8(text)) };
  const lines = plan.lines(line, text).map(({ name: by, keyId: id, signature }) => {
    return `\u2014 ${by} ${base64(concat(id, signature))}\n`;
  });
  return {
    logIndex: String(plan.index),
    rootHash: base64(root),
    treeSize: String(plan.treeSize),
    hashes: pathOf(leaves, plan.index).map(base64),
    checkpoint: { envelope: `${text}\n${lines.join("")}` },
  };
}

function bodyOf(kind: EntryKindName, logged: Logged): Json {
  const { signature, signer, verifier, payload, content } = logged;
  const material = { rawBytes: base64(verifier.der) };
  const isCertificate = verifier.kind === "certificate";
  const pem = base64(encodePem(isCertificate ? "CERTIFICATE" : "PUBLIC KEY", verifier.der));
  const digest = (bytes: Uint8Array): Json => ({ algorithm: "sha256", value: encodeHex(sha256(bytes)) });
  const payloadHash = digest(payload?.bytes ?? content);
  const envelopeHash = digest(utf8("the envelope as somebody wrote it"));
  switch (kind) {
    case "hashedrekord 0.0.2": {
      const keyDetails = signer.keyDetails.replace("RSA_PSS", "RSA_PKCS1V15");
      return {
        apiVersion: "0.0.2",
        kind: "hashedrekord",
        spec: {
          hashedRekordV002: {
            data: {
              algorithm: signer.hash.replace("sha", "SHA2_"),
              digest: base64(hash(signer.hash, content)),
            },
            signature: {
              content: base64(signature),
              verifier: {
                ...(isCertificate ? { x509Certificate: material } : { publicKey: material }),
                keyDetails,
              },
            },
          },
        },
      };
    }
    case "hashedrekord 0.0.1":
      return {
        apiVersion: "0.0.1",
        kind: "hashedrekord",
        spec: {
          data: { hash: { algorithm: signer.hash, value: encodeHex(hash(signer.hash, content)) } },
          signature: { content: base64(signature), publicKey: { content: pem } },
        },
      };
    case "dsse 0.0.1":
      return {
        apiVersion: "0.0.1",
        kind: "dsse",
        spec: { envelopeHash, payloadHash, signatures: [{ signature: base64(signature), verifier: pem }] },
      };
    case "intoto 0.0.2": {
      const signatures = [{ publicKey: pem, sig: base64(base64(signature)) }];
      return {
        apiVersion: "0.0.2",
        kind: "intoto",
        spec: {
          content: {
            envelope: { payloadType: payload?.type ?? "application/vnd.in-toto+json", signatures },
            hash: envelopeHash,
            payloadHash,
          },
        },
      };
    }
  }
}

/** @spec rfc6962#2.1 */
function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first !== undefined && leaves.length === 1) return first;
  const half = halfOf(leaves.length);
  return nodeHash(sha256, rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)));
}

/** @spec rfc6962#2.1.1 */
function pathOf(leaves: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  if (leaves.length === 1) return [];
  const half = halfOf(leaves.length);
  return index < half
    ? [...pathOf(leaves.slice(0, half), index), rootOf(leaves.slice(half))]
    : [...pathOf(leaves.slice(half), index - half), rootOf(leaves.slice(0, half))];
}

/** The greatest power of two below `size`. */
function halfOf(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1));
}
