// SPDX-License-Identifier: Apache-2.0
import { encodeHex, type JsonInput, parseInTotoStatement } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { publisherRecordFor, type Signing, showIdentity } from "@countermark/verify";
import type { AcceptedBy, Checked } from "../evidence/check-evidence.ts";
import { showTime } from "./attested.ts";
import type { Output } from "./output.ts";
import { encodePublisherJson } from "./publisher-json.ts";
import { keyName } from "./steps.ts";

type JsonMembers = { readonly [name: string]: JsonInput };

/** What is said of the signer, but for one that the ledger names. */
const WHY_ACCEPTED: { readonly [by in AcceptedBy]: string | null } = {
  demand: "the signer that you demanded",
  ledger: null,
  "any-identity": "not checked: that this is who should have signed",
  nothing: "not checked: that this is who should have signed",
};

/** What a signature that holds proves, and what it does not. */
export function sayChecked(checked: Checked, out: Output): void {
  const { evidence, source } = checked;
  const signing = signingOf(checked);
  out.say(`  ${signerWords(checked)}`);
  const why = WHY_ACCEPTED[checked.acceptedBy];
  if (why !== null) out.say(`    ${why}`);
  const predicateType = predicateTypeOf(checked);
  if (predicateType !== null) out.say(`    ${predicateType}`);
  const commit = signing?.claims.sourceRepositoryDigest ?? null;
  out.say(`    signed ${showTime(evidence.signedAt)}${commit === null ? "" : `, commit ${commit}`}`);
  out.say(`    from ${source}`);
  if (checked.kind === "bundle") return;
  if (checked.hasPublisher) {
    out.say(
      "    the publisher that the index names agrees with the certificate: who may publish is the index's word",
    );
  }
  if (checked.identity === null) {
    out.say("    not checked: that the ledger lists it, and that this identity may publish the project");
  }
}

/** Whose signature it is, for a line of its own and for an error message. */
export function signerWords(checked: Checked): string {
  if (checked.kind === "attestation" && checked.identity !== null) {
    return `attested by ${showIdentity(publisherRecordFor(checked.identity))}, the publisher that the ledger names`;
  }
  const signing = signingOf(checked);
  if (signing !== null) {
    return `signed by ${JSON.stringify(nameOf(signing) ?? "")}, vouched for by ${JSON.stringify(signing.claims.issuer ?? "")}`;
  }
  return checked.kind === "bundle" && checked.evidence.kind === "key"
    ? `signed by ${keyName(checked.evidence.key)}`
    : "";
}

/** An attestation for programs. */
export function attestedJson(checked: Extract<Checked, { readonly kind: "attestation" }>): JsonMembers {
  const { evidence, identity, hasPublisher } = checked;
  return {
    source: checked.source,
    predicateType: evidence.predicateType,
    issuer: evidence.claims.issuer,
    subject: nameOf(evidence),
    commit: evidence.claims.sourceRepositoryDigest,
    signedAt: evidence.signedAt,
    logIndex: evidence.logIndex,
    digest: encodeHex(evidence.attestationDigest),
    acceptedBy: checked.acceptedBy,
    listedInLedger: identity !== null,
    publisherAgrees: hasPublisher ? true : null,
    identity: identity === null ? null : encodePublisherJson(publisherRecordFor(identity)),
  };
}

/** A bundle for programs. */
export function bundleJson(checked: Extract<Checked, { readonly kind: "bundle" }>): JsonMembers {
  const { evidence, bundle } = checked;
  return {
    source: checked.source,
    version: bundle.version,
    content: bundle.content.kind,
    predicateType: predicateTypeOf(checked),
    signer:
      evidence.kind === "key"
        ? { kind: "key", sha256: encodeHex(nodeCrypto.sha256(evidence.key.spki)) }
        : { kind: "identity", name: nameOf(evidence), issuer: evidence.claims.issuer },
    commit: signingOf(checked)?.claims.sourceRepositoryDigest ?? null,
    signedAt: evidence.signedAt,
    logIndex: evidence.logIndex,
    acceptedBy: checked.acceptedBy,
  };
}

function signingOf(checked: Checked): Signing | null {
  if (checked.kind === "attestation") return checked.evidence;
  return checked.evidence.kind === "identity" ? checked.evidence : null;
}

function nameOf({ san }: Signing): string | null {
  return "value" in san ? san.value : null;
}

function predicateTypeOf({ bundle }: Checked): string | null {
  const { content } = bundle;
  return content.kind === "dsse" ? parseInTotoStatement(content.payload).predicateType : null;
}
