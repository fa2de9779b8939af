// SPDX-License-Identifier: Apache-2.0

/** The steps of a verification in their order: id -> what holds after it, and where that is demanded. */
export const STEPS = {
  artifact: {
    holds: "the bundle is about this artifact",
    spec: "github.com/sigstore/architecture-docs/blob/main/client-spec.md#4",
  },
  timestamps: {
    holds: "every timestamp is over this signature, by an authority that was trusted then",
    spec: "rfc3161#2.2",
  },
  promises: {
    holds: "every promise of a log is signed by it, for this entry at this time",
    spec: "github.com/sigstore/architecture-docs/blob/main/client-spec.md#4.2",
  },
  times: {
    holds: "as many independent clocks as wanted say when",
    spec: "github.com/sigstore/architecture-docs/blob/main/client-spec.md#4.1",
  },
  issued: {
    holds: "an authority of the trusted root issued the certificate, for code signing",
    spec: "rfc5280#6.1",
  },
  alive: { holds: "the certificate was alive at every time that is claimed", spec: "rfc5280#4.1.2.5" },
  sct: { holds: "certificate transparency logs promised to publish the certificate", spec: "rfc6962#3.2" },
  entries: {
    holds: "every log entry is about this signer, signature and content, and is in the log's tree",
    spec: "github.com/sigstore/architecture-docs/blob/main/rekor-v2-spec.md#6.1.4",
  },
  cosigners: { holds: "a quorum of cosigners saw the log's tree", spec: "c2sp.org/tlog-policy" },
  signature: {
    holds: "the signature is by the signer's key over this content",
    spec: "github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md",
  },
  statement: {
    holds: "the statement is about this file, and of a type accepted for distribution files",
    spec: "packaging.python.org/en/latest/specifications/index-hosted-attestations",
  },
  identity: {
    holds: "the certificate names exactly this identity and issuer",
    spec: "github.com/sigstore/fulcio/blob/main/docs/oid-info.md",
  },
} as const;

export type StepId = keyof typeof STEPS;

/** Hears of every step that holds, in order; the step that does not hold throws instead. */
export type Trace = (step: StepId) => void;

/** For callers who ask only whether everything holds. */
export const NO_TRACE: Trace = () => {};
