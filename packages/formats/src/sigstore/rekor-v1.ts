// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { ATTESTATION_BYTES_MAX, CERTIFICATE_BYTES_MAX, ENTRY_BYTES_MAX } from "../limits.ts";
import { encodeBase64, parseBase64 } from "../text/base64.ts";
import { type Bytes, utf8 } from "../text/bytes.ts";
import { encodeCanonicalJson, type JsonInput } from "../text/canonical-json.ts";
import { encodeHex } from "../text/hex.ts";
import { type JsonObject, parseJsonObject } from "../text/json.ts";
import { parseUtf8 } from "../text/utf8.ts";
import type { DigestName } from "../x509/algorithm.ts";
import { encodePem, parsePemBlock } from "../x509/pem.ts";
import { isSet } from "./proto-json.ts";
import type { TlogEntry } from "./tlog-entry.ts";

/** The body of an entry of Rekor v1: who signed what. */
export type RekorV1Body = RekorV1HashedRekord | RekorV1Dsse | RekorV1InToto;

export type RekorV1HashedRekord = {
  readonly kind: "hashedrekord";
  readonly version: "0.0.1";
  readonly algorithm: DigestName;
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
  readonly verifier: RekorV1Verifier;
};

export type RekorV1Dsse = {
  readonly kind: "dsse";
  readonly version: "0.0.1";
  /** SHA-256 of the payload. */
  readonly payloadSha256: Uint8Array;
  /** SHA-256 of the envelope as somebody wrote it in JSON: not to be had again from what it says. */
  readonly envelopeSha256: Uint8Array;
  readonly signature: Uint8Array;
  readonly verifier: RekorV1Verifier;
};

export type RekorV1InToto = {
  readonly kind: "intoto";
  readonly version: "0.0.2";
  readonly payloadType: string;
  readonly payloadSha256: Uint8Array;
  readonly envelopeSha256: Uint8Array;
  readonly signature: Uint8Array;
  readonly verifier: RekorV1Verifier;
};

/** A certificate or a SubjectPublicKeyInfo, in DER. */
export type RekorV1Verifier = { readonly kind: "certificate" | "public-key"; readonly der: Uint8Array };

const LIMITS = { bytesMax: ENTRY_BYTES_MAX, depthMax: 8 };
const SIGNATURE_BYTES_MAX = 1024;
const PEM_BYTES_MAX = 2 * CERTIFICATE_BYTES_MAX;
const PAYLOAD_TYPE_CHARS_MAX = 256;
const DIGEST_BYTES: { readonly [name in DigestName]: number } = { sha256: 32, sha384: 48, sha512: 64 };

/**
 * Reads the body of a hashedrekord 0.0.1, dsse 0.0.1 or intoto 0.0.2 entry, with exactly one signature.
 *
 * @throws ParseError `unsupported` for other kinds and versions; those of the JSON reader and of {@link parsePemBlock}
 * @spec github.com/sigstore/rekor/tree/main/pkg/types
 */
export function parseRekorV1Body(bytes: Uint8Array): RekorV1Body {
  const body = parseJsonObject(bytes, LIMITS, "log entry body");
  const kind = body.choice("kind", ["hashedrekord", "dsse", "intoto"]);
  body.choice("apiVersion", [kind === "intoto" ? "0.0.2" : "0.0.1"]);
  const spec = body.object("spec");
  body.end();
  switch (kind) {
    case "hashedrekord":
      return parseHashedRekord(spec);
    case "dsse":
      return parseDsse(spec);
    case "intoto":
      return parseInToto(spec);
  }
}

/** The body as Rekor v1 writes it. @spec rfc8785 */
export function encodeRekorV1Body(body: RekorV1Body): Bytes {
  return encodeCanonicalJson({ apiVersion: body.version, kind: body.kind, spec: specJson(body) });
}

/**
 * What Rekor v1 signs as its promise to include the entry: its body, time, log and index in canonical JSON.
 *
 * @spec github.com/sigstore/rekor/blob/main/types.md, rfc8785
 */
export function encodeInclusionPromise(
  entry: Pick<TlogEntry, "canonicalizedBody" | "integratedTime" | "logId" | "logIndex">,
): Bytes {
  return encodeCanonicalJson({
    body: encodeBase64(entry.canonicalizedBody),
    integratedTime: entry.integratedTime,
    logID: encodeHex(entry.logId),
    logIndex: entry.logIndex,
  });
}

function parseHashedRekord(spec: JsonObject): RekorV1HashedRekord {
  const data = spec.object("data");
  const hash = data.object("hash");
  data.end();
  const algorithm = hash.choice("algorithm", ["sha256", "sha384", "sha512"]);
  const digest = hash.hex("value", DIGEST_BYTES[algorithm]);
  hash.end();
  const signed = spec.object("signature");
  spec.end();
  const signature = signed.base64("content", { bytesMax: SIGNATURE_BYTES_MAX });
  const key = signed.object("publicKey");
  signed.end();
  const verifier = parseVerifier(key, "content");
  key.end();
  return { kind: "hashedrekord", version: "0.0.1", algorithm, digest, signature, verifier };
}

function parseDsse(spec: JsonObject): RekorV1Dsse {
  const envelopeSha256 = parseSha256(spec.object("envelopeHash"));
  const payloadSha256 = parseSha256(spec.object("payloadHash"));
  const signed = oneSignature(spec);
  spec.end();
  const signature = signed.base64("signature", { bytesMax: SIGNATURE_BYTES_MAX });
  const verifier = parseVerifier(signed, "verifier");
  signed.end();
  return { kind: "dsse", version: "0.0.1", payloadSha256, envelopeSha256, signature, verifier };
}

function parseInToto(spec: JsonObject): RekorV1InToto {
  const content = spec.object("content");
  spec.end();
  const envelope = content.object("envelope");
  const envelopeSha256 = parseSha256(content.object("hash"));
  const payloadSha256 = parseSha256(content.object("payloadHash"));
  content.end();
  const payloadType = envelope.text("payloadType", { charsMax: PAYLOAD_TYPE_CHARS_MAX });
  // Some writers keep the payload; its hash above is what counts.
  if (isSet(envelope, "payload")) envelope.text("payload", { charsMax: 2 * ATTESTATION_BYTES_MAX });
  const signed = oneSignature(envelope);
  envelope.end();
  if (isSet(signed, "keyid")) signed.text("keyid", { charsMax: PAYLOAD_TYPE_CHARS_MAX });
  // Encoded twice: the envelope has it in base64, and the entry encodes that text again.
  const once = parseUtf8(signed.base64("sig", { bytesMax: 2 * SIGNATURE_BYTES_MAX }), `${signed.path}.sig`);
  const signature = parseBase64(once, `${signed.path}.sig`);
  const verifier = parseVerifier(signed, "publicKey");
  signed.end();
  return {
    kind: "intoto",
    version: "0.0.2",
    payloadType,
    payloadSha256,
    envelopeSha256,
    signature,
    verifier,
  };
}

function parseSha256(hash: JsonObject): Bytes {
  hash.choice("algorithm", ["sha256"]);
  const value = hash.hex("value", DIGEST_BYTES.sha256);
  hash.end();
  return value;
}

function oneSignature(object: JsonObject): JsonObject {
  const [signed] = object.objects("signatures", { itemsMax: 1 });
  if (signed === undefined) {
    throw new ParseError("missing-field", `Cannot read ${object.path}.signatures: it is empty`);
  }
  return signed;
}

/** Base64 of a PEM block. */
function parseVerifier(object: JsonObject, name: string): RekorV1Verifier {
  const path = `${object.path}.${name}`;
  const pem = parseUtf8(object.base64(name, { bytesMax: PEM_BYTES_MAX }), path);
  const kind = pem.startsWith("-----BEGIN CERTIFICATE-----") ? "certificate" : "public-key";
  return {
    kind,
    der: parsePemBlock(pem, kind === "certificate" ? "CERTIFICATE" : "PUBLIC KEY", path, "lax"),
  };
}

function specJson(body: RekorV1Body): JsonInput {
  switch (body.kind) {
    case "hashedrekord":
      return {
        data: { hash: { algorithm: body.algorithm, value: encodeHex(body.digest) } },
        signature: {
          content: encodeBase64(body.signature),
          publicKey: { content: verifierText(body.verifier) },
        },
      };
    case "dsse":
      return {
        envelopeHash: sha256Json(body.envelopeSha256),
        payloadHash: sha256Json(body.payloadSha256),
        signatures: [{ signature: encodeBase64(body.signature), verifier: verifierText(body.verifier) }],
      };
    case "intoto": {
      const sig = encodeBase64(utf8(encodeBase64(body.signature)));
      const signatures = [{ publicKey: verifierText(body.verifier), sig }];
      return {
        content: {
          envelope: { payloadType: body.payloadType, signatures },
          hash: sha256Json(body.envelopeSha256),
          payloadHash: sha256Json(body.payloadSha256),
        },
      };
    }
  }
}

function sha256Json(value: Uint8Array): JsonInput {
  return { algorithm: "sha256", value: encodeHex(value) };
}

function verifierText({ kind, der }: RekorV1Verifier): string {
  return encodeBase64(utf8(encodePem(kind === "certificate" ? "CERTIFICATE" : "PUBLIC KEY", der)));
}
