// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/rekor-v1.json: entries of Rekor v1, their promises and proofs.
import { encodePem } from "@countermark/formats";
import { sha256 } from "../../support/toy-certificates.ts";
import { believed, type Case, type Given, refused } from "./cases.ts";
import { certificateDer, leafDer } from "./certificates.ts";
import { type EntryKindName, type EntryPlan, soundEntry } from "./entries.ts";
import { ABSENT, base64, type Changes, type Json } from "./json.ts";
import { unknownMembers } from "./unknown-members.ts";
import {
  bundleJson,
  ENVELOPE,
  inV1,
  LEAF,
  MESSAGE,
  PLANS,
  SCT,
  STAMP,
  statementOf,
  V1_LOG,
} from "./world.ts";

const KINDS = ["hashedrekord 0.0.1", "dsse 0.0.1", "intoto 0.0.2"] as const;

export const V01 = "application/vnd.dev.sigstore.bundle+json;version=0.1";

const OTHER_HEX = "00".repeat(32);

export const OTHER = base64(sha256(new Uint8Array(1)));

export const v1 = (change: Partial<EntryPlan> = {}): Given => ({ bundle: inV1("dsse 0.0.1", change) });

export const PROOF = "/verificationMaterial/tlogEntries/0/inclusionProof";

/** Where each kind of entry has what it is about. */
const PLACES: Readonly<
  Record<(typeof KINDS)[number], Readonly<Record<"signature" | "verifier" | "digest", string>>>
> = {
  "hashedrekord 0.0.1": {
    signature: "/spec/signature/content",
    verifier: "/spec/signature/publicKey/content",
    digest: "/spec/data/hash/value",
  },
  "dsse 0.0.1": {
    signature: "/spec/signatures/0/signature",
    verifier: "/spec/signatures/0/verifier",
    digest: "/spec/payloadHash/value",
  },
  "intoto 0.0.2": {
    signature: "/spec/content/envelope/signatures/0/sig",
    verifier: "/spec/content/envelope/signatures/0/publicKey",
    digest: "/spec/content/payloadHash/value",
  },
};

const SOUND_LEAF = leafDer(LEAF, [SCT], PLANS.intermediate.key);

const pem = (label: "CERTIFICATE" | "PUBLIC KEY", der: Uint8Array): string => base64(encodePem(label, der));

/** The sound body of this kind. */
function bodyOf(kind: EntryKindName): Json {
  const bundle = bundleJson(inV1(kind)) as unknown as SoundBundle; // made here, with one entry
  const [entry] = bundle.verificationMaterial.tlogEntries;
  return JSON.parse(Buffer.from(entry?.canonicalizedBody ?? "", "base64").toString());
}

type SoundBundle = {
  readonly verificationMaterial: { readonly tlogEntries: readonly { readonly canonicalizedBody: string }[] };
};

const perKind: readonly Case[] = KINDS.flatMap((kind) => {
  const places = PLACES[kind];
  const wrong = (changes: Changes): Given => ({ bundle: inV1(kind, { body: changes }) });
  const why =
    "GHSA-whqx-f9j3-ch6m, CVE-2026-22703 of cosign: the entry was not compared with what it should be about.";
  const signature = kind === "intoto 0.0.2" ? base64(OTHER) : OTHER;
  return [
    believed(`${kind}, by its promise and its proof`, "The promise is the time.", { bundle: inV1(kind) }),
    believed(`${kind}, by its promise, its proof and a timestamp`, "The earlier of the two is the time.", {
      bundle: { ...inV1(kind), timestamps: [STAMP] },
    }),
    believed(`${kind}, by its proof and a timestamp`, "Without a promise the timestamp is the time.", {
      bundle: { ...inV1(kind, { promise: null }), timestamps: [STAMP] },
    }),
    believed(`${kind}, by its promise alone`, "Bundles of version 0.1 need no proof.", {
      bundle: { ...inV1(kind), mediaType: V01, changes: { [PROOF]: ABSENT } },
      verify: { oldest: "0.1" },
    }),
    refused(
      "log-entry-mismatch",
      `${kind} with another signature`,
      why,
      wrong({ [places.signature]: signature }),
    ),
    refused(
      "log-entry-mismatch",
      `${kind} with another certificate`,
      why,
      wrong({ [places.verifier]: pem("CERTIFICATE", certificateDer(PLANS.intermediate)) }),
    ),
    refused(
      "log-entry-mismatch",
      `${kind} with another certificate of the same key`,
      why,
      wrong({
        [places.verifier]: pem(
          "CERTIFICATE",
          leafDer({ ...LEAF, notAfter: LEAF.notAfter + 1 }, [SCT], PLANS.intermediate.key),
        ),
      }),
    ),
    refused(
      "log-entry-mismatch",
      `${kind} with the key in place of the certificate`,
      why,
      wrong({ [places.verifier]: pem("PUBLIC KEY", LEAF.key.spki) }),
    ),
    refused("log-entry-mismatch", `${kind} with another digest`, why, wrong({ [places.digest]: OTHER_HEX })),
    refused(
      "log-entry-mismatch",
      `${kind} with the certificate called a key`,
      why,
      wrong({ [places.verifier]: pem("PUBLIC KEY", SOUND_LEAF) }),
    ),
    ...unknownMembers(bodyOf(kind)).map(([place, changes]) =>
      refused(
        "unknown-field",
        `${kind} with a member that nobody knows in ${place}`,
        "A body says what its kind says.",
        wrong(changes),
      ),
    ),
    refused(
      "not-base64",
      `${kind} with base64 that is not padded`,
      "Base64 has one spelling.",
      wrong({ [places.signature]: OTHER.slice(0, -1) }),
    ),
  ];
});

const bodies: readonly Case[] = [
  refused(
    "log-entry-mismatch",
    "an intoto entry of another payload type",
    "The type is signed with the payload.",
    { bundle: inV1("intoto 0.0.2", { body: { "/spec/content/envelope/payloadType": "text/plain" } }) },
  ),
  believed("an intoto entry that keeps the payload", "Some writers do; its hash is what counts.", {
    bundle: inV1("intoto 0.0.2", { body: { "/spec/content/envelope/payload": base64(statementOf()) } }),
  }),
  believed("an intoto entry with a key id", "Not needed: the certificate names the key.", {
    bundle: inV1("intoto 0.0.2", { body: { "/spec/content/envelope/signatures/0/keyid": "" } }),
  }),
  believed(
    "an envelope hash of another spelling",
    "It is of the envelope's JSON, which cannot be had again.",
    v1({ body: { "/spec/envelopeHash/value": OTHER_HEX } }),
  ),
  refused(
    "log-entry-mismatch",
    "an entry that says it is dsse, and is intoto",
    "Kind and body must agree.",
    v1WithKind("dsse", "0.0.1", "intoto 0.0.2"),
  ),
  refused(
    "log-entry-mismatch",
    "an entry that says it is intoto, and is dsse",
    "Kind and body must agree.",
    v1WithKind("intoto", "0.0.2", "dsse 0.0.1"),
  ),
  refused(
    "log-entry-mismatch",
    "an envelope beside the body of a hashedrekord",
    "Kind and body must agree.",
    {
      bundle: {
        ...ENVELOPE,
        timestamps: [],
        entries: [
          {
            ...soundEntry("hashedrekord 0.0.1", V1_LOG),
            changes: { "/kindVersion": { kind: "dsse", version: "0.0.1" } },
          },
        ],
      },
    },
  ),
  refused(
    "unsupported",
    "a body of another version than its kind has",
    "dsse 0.0.2 is not known.",
    v1({ body: { "/apiVersion": "0.0.2" } }),
  ),
  refused(
    "unsupported",
    "a body of a kind that is not known",
    "rekord is not accepted.",
    v1({ body: { "/kind": "rekord" } }),
  ),
  refused(
    "log-entry-mismatch",
    "an envelope logged as a hashedrekord of Rekor v1",
    "Rekor v1 has kinds of its own for envelopes.",
    { bundle: { ...ENVELOPE, timestamps: [], entries: [soundEntry("hashedrekord 0.0.1", V1_LOG)] } },
  ),
  refused("log-entry-mismatch", "a message logged as dsse", "There is no envelope.", {
    bundle: { ...MESSAGE, timestamps: [], entries: [soundEntry("dsse 0.0.1", V1_LOG)] },
  }),
  refused("log-entry-mismatch", "a message logged as intoto", "There is no envelope.", {
    bundle: { ...MESSAGE, timestamps: [], entries: [soundEntry("intoto 0.0.2", V1_LOG)] },
  }),
  refused("wrong-type", "an intoto entry whose payload is a number", "It is a string.", {
    bundle: inV1("intoto 0.0.2", { body: { "/spec/content/envelope/payload": 1 } }),
  }),
  refused("wrong-type", "an intoto entry whose key id is a number", "It is a string.", {
    bundle: inV1("intoto 0.0.2", { body: { "/spec/content/envelope/signatures/0/keyid": 1 } }),
  }),
  refused(
    "missing-field",
    "a body without a signature",
    "An empty list.",
    v1({ body: { "/spec/signatures": [] } }),
  ),
  refused(
    "too-many",
    "a body with two signatures",
    "Exactly one.",
    v1({ body: { "/spec/signatures": [{}, {}] } }),
  ),
  refused(
    "unsupported",
    "a payload hash by SHA-512",
    "Rekor v1 writes SHA-256.",
    v1({ body: { "/spec/payloadHash/algorithm": "sha512" } }),
  ),
];

function v1WithKind(kind: string, version: string, made: EntryKindName): Given {
  return { bundle: inV1(made, { changes: { "/kindVersion": { kind, version } } }) };
}

export const REKOR_V1_CASES = [...perKind, ...bodies];
