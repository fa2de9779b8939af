// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/certificates.json: the promises of certificate transparency logs.
import { derNull, encodeExtension } from "@countermark/formats";
import { withExtension } from "../../support/toy-certificates.ts";
import { believed, type Case, type Given, refused } from "./cases.ts";
import { other, stranger } from "./certificate-cases.ts";
import { type CertificatePlan, type SctPlan, sctListExtension, sctListOf } from "./certificates.ts";
import { at, CT_LOG, LEAF, MESSAGE, PLANS, SCT, SOUND_ROOT, trusted, V2_LOG, type Window } from "./world.ts";

const scts = (...plans: readonly SctPlan[]): Given => ({ bundle: { ...MESSAGE, scts: plans } });

const ctWindow = (validFor: Window): Given => ({
  root: { ...SOUND_ROOT, ctlogs: [trusted(CT_LOG, { validFor })] },
});

const NOISE = Uint8Array.of(0, 0, 5, 0, 0, 0, 0, 7);

export const SCT_CASES: readonly Case[] = [
  believed(
    "an SCT with extensions",
    "Static logs put the leaf's index there.",
    scts({ ...SCT, extensions: NOISE }),
  ),
  believed(
    "several SCTs, of which one log is known",
    "Those of unknown logs are not looked at.",
    scts(other, SCT),
  ),
  believed("two SCTs of one log", "Both hold.", scts(SCT, { ...SCT, time: SCT.time + 1 })),
  believed("sixteen SCTs", "As many as are read.", scts(...Array.from({ length: 15 }, () => other), SCT)),
  refused(
    "too-many",
    "seventeen SCTs",
    "More than are read.",
    scts(...Array.from({ length: 16 }, () => other), SCT),
  ),
  refused("sct-missing", "no SCT", "The extension is absent.", { bundle: { ...MESSAGE, scts: [] } }),
  refused("sct-missing", "an empty list of SCTs", "The extension holds no SCT.", {
    bundle: { ...MESSAGE, scts: sctListExtension([]) },
  }),
  refused(
    "sct-log-unknown",
    "an SCT of an unknown log",
    "No log of the trusted root has its id.",
    scts(other),
  ),
  refused("sct-log-unknown", "no certificate transparency log at all", "The trusted root has none.", {
    root: { ...SOUND_ROOT, ctlogs: [] },
  }),
  refused(
    "sct-signature",
    "an SCT signed by another key",
    "The log of that id did not sign it.",
    scts({ ...SCT, signer: stranger }),
  ),
  refused(
    "sct-signature",
    "a wrong SCT beside a good one",
    "A promise in the name of a trusted log that it did not make is a refusal.",
    scts(SCT, { ...SCT, signer: stranger }),
  ),
  refused(
    "sct-signature",
    "a good SCT after a wrong one",
    "A promise in the name of a trusted log that it did not make is a refusal.",
    scts({ ...SCT, signer: stranger }, SCT),
  ),
  refused(
    "sct-signature",
    "an SCT for another issuer",
    "The promise names the hash of another issuer's key.",
    scts({ ...SCT, issuer: stranger }),
  ),
  refused(
    "sct-signature",
    "an SCT for another certificate",
    "The extensions were changed after the promise.",
    {
      bundle: {
        ...MESSAGE,
        leaf: withExtension(LEAF, { late: encodeExtension("1.2.3.4", "not-critical", derNull()) }),
        scts: listFor(LEAF),
      },
    },
  ),
  refused("unsupported", "an SCT of version 2", "Only version 1 is known.", scts({ ...SCT, version: 1 })),
  refused(
    "unsupported",
    "an SCT with a hash that is not known",
    "SHA-1 is not accepted.",
    scts({ ...SCT, numbers: [2, 3] }),
  ),
  refused(
    "unsupported",
    "an SCT with a signature that is not known",
    "DSA is not accepted.",
    scts({ ...SCT, numbers: [4, 2] }),
  ),
  refused(
    "sct-signature",
    "an SCT of an algorithm that its log's key is not of",
    "RSA by an elliptic curve key.",
    scts({ ...SCT, numbers: [4, 1] }),
  ),
  refused("truncated", "an SCT cut short", "Its length says more than is there.", {
    bundle: { ...MESSAGE, scts: sctListExtension([Uint8Array.of(0, 1, 2)]) },
  }),
  refused("trailing-data", "bytes after the list of SCTs", "The list is all there is.", {
    bundle: { ...MESSAGE, scts: sctListExtension([], Uint8Array.of(0)) },
  }),
  believed(
    "the first second of the certificate log's window",
    "The SCT's own time counts.",
    ctWindow({ start: at(1) }),
  ),
  believed(
    "the last second of the certificate log's window",
    "The SCT's own time counts.",
    ctWindow({ start: at(-60), end: at(1) }),
  ),
  believed(
    "a millisecond within the last second of the certificate log's window",
    "SCTs have milliseconds; windows end with their second.",
    {
      ...ctWindow({ start: at(-60), end: at(1) }),
      ...scts({ ...SCT, time: SCT.time + 999 }),
    },
  ),
  refused(
    "sct-log-unknown",
    "an SCT a second before its log's window",
    "The window starts one second after the promise.",
    ctWindow({ start: at(2) }),
  ),
  refused(
    "sct-log-unknown",
    "an SCT a second after its log's window",
    "The window ended one second before the promise.",
    ctWindow({ start: at(-60), end: at(0) }),
  ),
  believed("a certificate log listed for two windows", "The one that holds the SCT's time counts.", {
    root: {
      ...SOUND_ROOT,
      ctlogs: [trusted(CT_LOG, { validFor: { start: at(-600), end: at(-300) } }), trusted(CT_LOG)],
    },
  }),
  refused(
    "sct-log-unknown",
    "an SCT by the transparency log of signatures",
    "One kind of log does not stand for the other.",
    {
      ...scts({ ...SCT, log: V2_LOG.key, signer: V2_LOG.key }),
    },
  ),
];

function listFor(plan: CertificatePlan): Uint8Array {
  return sctListOf(plan, [SCT], PLANS.intermediate.key);
}
