// SPDX-License-Identifier: Apache-2.0
// The key types of TUF.
import { type Draft, type Row, tufFile } from "./draft.ts";
import { SIGNED } from "./signed-once.ts";
import { type ToyFile, toyKey, toyKeys, toyRole, toyText } from "./toy-repository.ts";

export function keyVectors() {
  return tufFile(
    "As update.json: the timestamp role has one key, of the type that the case names, and one signature.",
    ROWS,
  );
}

/** The timestamp role's key is `key`, and its signature `sig`. */
function signedWith(draft: Draft, key: object, sig: string): void {
  const root = draft.repo.roots[0] as ToyFile; // always there
  root.signed.keys = { ...root.signed.keys, k: key };
  root.signed.roles.timestamp = toyRole(["k"]);
  const { signed } = draft.repo.timestamp;
  draft.served["timestamp.json"] = JSON.stringify({ signatures: [{ keyid: "k", sig }], signed });
}

function row(
  claim: string,
  keytype: string,
  scheme: string,
  signed: keyof typeof SIGNED,
  holds: boolean,
): Row {
  const { public: text, sig } = SIGNED[signed];
  return [
    claim,
    holds ? null : "tuf-threshold",
    (d) => signedWith(d, { keytype, scheme, keyval: { public: text } }, sig),
  ];
}

/** An Ed25519 key with something changed, and a signature that holds under the unchanged one. */
function ed25519(claim: string, refused: string | null, change: object): Row {
  return [
    claim,
    refused,
    (d) => {
      const [{ sig }] = JSON.parse(toyText(d.repo.timestamp)).signatures;
      signedWith(d, { ...toyKey("t1"), ...change }, sig);
    },
  ];
}

const { keyval } = toyKey("t1");

const ROWS: readonly Row[] = [
  ed25519("key: ed25519", null, {}),
  ed25519("key: ed25519 with members that nobody knows", null, {
    keyid_hash_algorithms: ["md5"],
    "x-owner": "@toy",
  }),
  ed25519("key: ed25519 under another scheme", "tuf-threshold", { scheme: "ed25519ph" }),
  ed25519("key: ed25519 under another type", "tuf-threshold", { keytype: "eddsa" }),
  ed25519("key: ed25519 in upper-case hexadecimal", "tuf-threshold", {
    keyval: { public: keyval.public.toUpperCase() },
  }),
  ed25519("key: ed25519, a byte too short", "tuf-threshold", { keyval: { public: keyval.public.slice(2) } }),
  ed25519("key: without a type", "missing-field", { keytype: undefined }),
  ed25519("key: a known type without its public part", "missing-field", { keyval: {} }),
  ed25519("key: an unknown type without a public part", "tuf-threshold", {
    keytype: "sigstore-oidc",
    scheme: "Fulcio",
    keyval: { identity: "i", issuer: "j" },
  }),
  row("key: ecdsa, P-256", "ecdsa", "ecdsa-sha2-nistp256", "p256", true),
  row("key: ecdsa, P-256, in the older spelling", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", "p256", true),
  row("key: ecdsa, P-384", "ecdsa", "ecdsa-sha2-nistp384", "p384", true),
  row("key: ecdsa, P-384, in the older spelling", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", "p384", true),
  row("key: ecdsa, P-384 for P-256", "ecdsa", "ecdsa-sha2-nistp256", "p384", false),
  row("key: ecdsa, P-256 for P-384", "ecdsa", "ecdsa-sha2-nistp384", "p256", false),
  row("key: ecdsa, P-521", "ecdsa", "ecdsa-sha2-nistp521", "p521", false),
  row("key: ecdsa, a signature that is not DER", "ecdsa", "ecdsa-sha2-nistp256", "p256raw", false),
  row("key: rsa with PSS", "rsa", "rsassa-pss-sha256", "rsa", true),
  row("key: rsa with PKCS #1 v1.5", "rsa", "rsassa-pss-sha256", "rsaPkcs1", false),
  row(
    "key: rsa under a scheme that the specification does not have",
    "rsa",
    "rsa-pkcs1v15-sha256",
    "rsaPkcs1",
    false,
  ),
  row("key: rsa, too short", "rsa", "rsassa-pss-sha256", "rsa1024", false),
  row("key: rsa for ecdsa", "ecdsa", "ecdsa-sha2-nistp256", "rsa", false),
  row("key: ecdsa for rsa", "rsa", "rsassa-pss-sha256", "p256", false),
  [
    "key: two keys of one role, of which one cannot be used",
    null,
    (d) => {
      const root = d.repo.roots[0] as ToyFile; // always there
      root.signed.keys = {
        ...root.signed.keys,
        ...toyKeys("t2"),
        k: { keytype: "?", scheme: "?", keyval: {} },
      };
      root.signed.roles.timestamp = toyRole(["k", "t2"]);
      d.repo.timestamp.by = ["t2"];
    },
  ],
];
