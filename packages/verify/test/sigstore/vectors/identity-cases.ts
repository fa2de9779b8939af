// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/certificates.json: who the certificate says it is, and who is wanted.
import {
  concat,
  derImplicit,
  derNull,
  derSequence,
  derUtf8String,
  EXTENSION_OIDS,
  encodeExtension,
  encodeFulcioExtensions,
  FULCIO_CLAIM_OIDS,
  utf8,
} from "@countermark/formats";
import { TOY_CLAIMS, TOY_SAN, withExtension } from "../../support/toy-certificates.ts";
import { believed, type Case, type Given, refused } from "./cases.ts";
import { extended, NOTHING, names } from "./certificate-cases.ts";
import type { CertificatePlan } from "./certificates.ts";
import { ISSUER, LEAF, MESSAGE, NAME } from "./world.ts";

const signedBy = (name: string, issuer = ISSUER): Given => ({
  verify: { signer: { kind: "identity", name, issuer } },
});

export const IDENTITY_CASES: readonly Case[] = [
  believed("any identity", "The caller compares who it is.", {
    verify: { signer: { kind: "any-identity" } },
  }),
  ...(
    [
      ["an e-mail address", { kind: "email", value: "alice@example.test" }],
      ["a user name", { kind: "other-name", oid: "1.3.6.1.4.1.57264.1.7", value: "alice!example.test" }],
    ] as const
  ).map(([what, name]) =>
    believed(`the name is ${what}`, "Fulcio writes URIs, addresses and user names.", {
      ...names(name),
      ...signedBy(name.value),
    }),
  ),
  ...(
    [
      ["the beginning of the name", NAME.slice(0, -1)],
      ["the name and more", `${NAME}x`],
      ["the name in capitals", NAME.toUpperCase()],
      ["a pattern that matches the name", "https://github\\.com/octo-org/.*"],
      ["the name without its reference", NAME.slice(0, NAME.indexOf("@"))],
      ["the name with one dot as any character", NAME.replace("github.com", "githubXcom")],
      ["no name", ""],
    ] as const
  ).map(([what, name]) =>
    refused(
      "identity-name",
      `wanted is ${what}`,
      "Names are compared as a whole. sigstore-js takes the wanted name as an unanchored pattern.",
      signedBy(name),
    ),
  ),
  ...(
    [
      ["the beginning of the issuer", ISSUER.slice(0, -1)],
      ["the issuer and a slash", `${ISSUER}/`],
      ["the issuer in capitals", ISSUER.toUpperCase()],
      ["another issuer", "https://accounts.example.test"],
      ["no issuer", ""],
    ] as const
  ).map(([what, issuer]) =>
    refused(
      "identity-issuer",
      `wanted is ${what}`,
      "Issuers are compared as a whole. GHSA-59jp-pj84-45mr of Fulcio: an issuer was matched by an unanchored pattern.",
      signedBy(NAME, issuer),
    ),
  ),
  refused("identity-issuer", "no issuer in the certificate", "Absent is not whatever was wanted.", {
    bundle: { ...MESSAGE, leaf: { ...LEAF, extensions: withoutClaims() } },
  }),
  refused(
    "identity-issuer",
    "the issuer in its older spelling only",
    "The older extension has no DER type and is not read.",
    {
      bundle: {
        ...MESSAGE,
        leaf: withExtension(
          { ...LEAF, extensions: withoutClaims() },
          { older: encodeExtension("1.3.6.1.4.1.57264.1.1", "not-critical", utf8(ISSUER)) },
        ),
      },
    },
  ),
  refused("not-der", "an issuer that is not a DER string", "Extension .8 is a UTF8String.", {
    bundle: {
      ...MESSAGE,
      leaf: withExtension(
        { ...LEAF, extensions: withoutClaims() },
        {
          issuer: encodeExtension(
            FULCIO_CLAIM_OIDS.issuer,
            "not-critical",
            concat(Uint8Array.of(0x16, ISSUER.length), utf8(ISSUER)),
          ),
        },
      ),
    },
  }),
  refused("trailing-data", "bytes after the issuer", "The extension holds one string and nothing else.", {
    bundle: {
      ...MESSAGE,
      leaf: withExtension(
        { ...LEAF, extensions: withoutClaims() },
        {
          issuer: encodeExtension(
            FULCIO_CLAIM_OIDS.issuer,
            "not-critical",
            concat(derUtf8String(ISSUER), derNull()),
          ),
        },
      ),
    },
  }),
  refused(
    "certificate-names",
    "no name",
    "There is no subject alternative name.",
    extended({ subjectAltName: NOTHING }),
  ),
  refused(
    "certificate-names",
    "two names",
    "Which of them is meant?",
    names(TOY_SAN, { kind: "email", value: "alice@example.test" }),
  ),
  refused(
    "certificate-names",
    "the wanted name as another kind of other name",
    "Of its type, 1.2.3, nobody says what the text means.",
    names({ kind: "other-name", oid: "1.2.3", value: NAME }),
  ),
  refused("certificate-names", "one name twice", "One name, once.", names(TOY_SAN, TOY_SAN)),
  refused(
    "certificate-names",
    "a name of another kind",
    "A DNS name names no signer.",
    extended({
      subjectAltName: encodeExtension(
        EXTENSION_OIDS.subjectAltName,
        "critical",
        derSequence(derImplicit(2, utf8("toy.test"))),
      ),
    }),
  ),
  refused("certificate-names", "a name of another kind, any identity wanted", "A DNS name names no signer.", {
    ...extended({
      subjectAltName: encodeExtension(
        EXTENSION_OIDS.subjectAltName,
        "critical",
        derSequence(derImplicit(2, utf8("toy.test"))),
      ),
    }),
    verify: { signer: { kind: "any-identity" } },
  }),
  refused(
    "malformed",
    "a line feed in the name",
    "URIs and addresses are printable ASCII.",
    names({ kind: "uri", value: `${NAME}\n` }),
  ),
];

function withoutClaims(): CertificatePlan["extensions"] {
  const issuer = encodeFulcioExtensions(TOY_CLAIMS)[0] ?? NOTHING;
  const kept = Object.entries(LEAF.extensions).filter(
    ([name, bytes]) => name !== "olderIssuer" && Buffer.compare(bytes, issuer) !== 0,
  );
  return Object.fromEntries(kept);
}
