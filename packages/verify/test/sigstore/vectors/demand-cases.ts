// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/demands.json: more than one log, clock or certificate log, and cosigners.
import {
  createVkey,
  encodeCosignedMessage,
  encodeTimestampedSignature,
  type NoteSignature,
} from "@countermark/formats";
import { sha256, TOY_TIME } from "../../support/toy-certificates.ts";
import { toyEd25519, toyP256 } from "../../support/toy-keys.ts";
import { believed, type Case, type Given, refused, SETTINGS, type VerifySettings } from "./cases.ts";
import type { CertificatePlan } from "./certificates.ts";
import { type EntryPlan, soundEntry } from "./entries.ts";
import { ABSENT } from "./json.ts";
import {
  type BundlePlan,
  CT_LOG,
  ENVELOPE,
  inV1,
  MESSAGE,
  PLANS,
  type RootPlan,
  SCT,
  SOUND_ROOT,
  STAMP,
  TSA,
  trusted,
  V1_LOG,
  V2_HOST,
  V2_LOG,
} from "./world.ts";

const thresholds = (change: Partial<VerifySettings["thresholds"]>): Partial<VerifySettings> => ({
  thresholds: { ...SETTINGS.thresholds, ...change },
});

const secondCt = { key: toyP256("second ct log"), host: "ct2.toy.test" };
const SECOND_CT = { ...secondCt, logId: sha256(secondCt.key.spki) };
const secondTsaKey = toyP256("second tsa");
const secondTsa: CertificatePlan = { ...PLANS.tsaLeaf, key: secondTsaKey };
const SECOND_STAMP = {
  ...STAMP,
  time: TOY_TIME + 12,
  signer: secondTsaKey,
  authority: secondTsa,
  embedded: [],
};

/** Two logs, certificate logs and timestamp authorities, run by these. */
const runBy = (first: string, second: string): RootPlan => ({
  ...SOUND_ROOT,
  tlogs: [trusted(V2_LOG, { operator: first }), trusted(V1_LOG, { operator: second })],
  ctlogs: [trusted(CT_LOG, { operator: first }), trusted(SECOND_CT, { operator: second })],
  tsas: [
    { ...TSA, operator: first },
    { ...TSA, certificates: [secondTsa, PLANS.tsaRoot], operator: second },
  ],
});
const ONE = runBy("one.test", "one.test");
const TWO = runBy("one.test", "two.test");
const UNNAMED = runBy("", "");
const v2 = soundEntry("hashedrekord 0.0.2", V2_LOG);
const v1 = soundEntry("dsse 0.0.1", V1_LOG);
/** In the logs of both versions. */
const IN_BOTH: BundlePlan = { ...ENVELOPE, entries: [v2, v1] };
const WITH_TWO_SCTS: BundlePlan = {
  ...MESSAGE,
  scts: [SCT, { ...SCT, log: SECOND_CT.key, signer: SECOND_CT.key }],
};
const WITH_TWO_STAMPS: BundlePlan = { ...MESSAGE, timestamps: [STAMP, SECOND_STAMP] };
const PER_OPERATOR = "GHSA-9vcr-p3rj-q5q6 of sigstore-go: thresholds were counted per entry, not per party.";

const operators: readonly Case[] = [
  believed("two logs of two operators, two wanted", "Each operator counts once.", {
    bundle: IN_BOTH,
    root: TWO,
    verify: thresholds({ logs: 2 }),
  }),
  believed("two logs at one index, two wanted", "Each log counts from 0.", {
    bundle: { ...ENVELOPE, entries: [v2, { ...v1, logIndex: 1 }] },
    root: TWO,
    verify: thresholds({ logs: 2 }),
  }),
  refused("threshold-logs", "two logs of one operator, two wanted", PER_OPERATOR, {
    bundle: IN_BOTH,
    root: ONE,
    verify: thresholds({ logs: 2 }),
  }),
  refused(
    "threshold-logs",
    "two logs that name no operator, two wanted",
    "Members that name no operator count as one.",
    { bundle: IN_BOTH, root: UNNAMED, verify: thresholds({ logs: 2 }) },
  ),
  refused("threshold-logs", "two entries of one log, two wanted", PER_OPERATOR, {
    bundle: { ...MESSAGE, entries: [v2, { ...v2, index: 2, logIndex: 2 }] },
    root: TWO,
    verify: thresholds({ logs: 2 }),
  }),
  refused("threshold-logs", "one log, two wanted", "One entry.", {
    root: TWO,
    verify: thresholds({ logs: 2 }),
  }),
  refused("threshold-logs", "two logs of two operators, three wanted", "Two are not three.", {
    bundle: IN_BOTH,
    root: TWO,
    verify: thresholds({ logs: 3 }),
  }),
  believed("two certificate logs of two operators, two wanted", "Each operator counts once.", {
    bundle: WITH_TWO_SCTS,
    root: TWO,
    verify: thresholds({ ctLogs: 2 }),
  }),
  refused("threshold-ct-logs", "two certificate logs of one operator, two wanted", PER_OPERATOR, {
    bundle: WITH_TWO_SCTS,
    root: ONE,
    verify: thresholds({ ctLogs: 2 }),
  }),
  refused("threshold-ct-logs", "one certificate log, two wanted", "One promise.", {
    root: TWO,
    verify: thresholds({ ctLogs: 2 }),
  }),
  refused("threshold-ct-logs", "two promises of one certificate log, two wanted", PER_OPERATOR, {
    bundle: { ...MESSAGE, scts: [SCT, { ...SCT, time: SCT.time + 1 }] },
    root: TWO,
    verify: thresholds({ ctLogs: 2 }),
  }),
  believed("two timestamp authorities of two operators, two wanted", "Each operator counts once.", {
    bundle: WITH_TWO_STAMPS,
    root: TWO,
    verify: thresholds({ times: 2 }),
  }),
  refused("threshold-times", "two timestamp authorities of one operator, two wanted", PER_OPERATOR, {
    bundle: WITH_TWO_STAMPS,
    root: ONE,
    verify: thresholds({ times: 2 }),
  }),
  refused(
    "threshold-times",
    "one timestamp twice, two wanted",
    "GHSA-9vcr-p3rj-q5q6 of sigstore-go; sigstore-js counted duplicates too.",
    { bundle: { ...MESSAGE, timestamps: [STAMP, STAMP] }, root: TWO, verify: thresholds({ times: 2 }) },
  ),
  refused("threshold-times", "one timestamp, two wanted", "One clock.", {
    root: TWO,
    verify: thresholds({ times: 2 }),
  }),
  believed("a timestamp and a promise of two operators, two times wanted", "A log of Rekor v1 is a clock.", {
    bundle: { ...inV1("dsse 0.0.1"), timestamps: [STAMP] },
    root: TWO,
    verify: thresholds({ times: 2 }),
  }),
  refused("threshold-times", "a timestamp and a promise of one operator, two times wanted", PER_OPERATOR, {
    bundle: { ...inV1("dsse 0.0.1"), timestamps: [STAMP] },
    root: ONE,
    verify: thresholds({ times: 2 }),
  }),
  believed("two of each", "Logs, certificate logs and clocks.", {
    bundle: { ...WITH_TWO_SCTS, content: ENVELOPE.content, entries: [v2, v1], timestamps: [STAMP] },
    root: TWO,
    verify: thresholds({ logs: 2, ctLogs: 2, times: 2 }),
  }),
  ...(["logs", "ctLogs", "times"] as const).flatMap((name) => [
    mistaken(`no ${name} wanted`, `Cannot accept 0 ${name}`, { [name]: 0 }),
    mistaken(`one and a half of ${name} wanted`, `Cannot accept 1.5 ${name}`, { [name]: 1.5 }),
  ]),
];

/** Not a refusal of the bundle: whoever asks for nothing is told so. */
function mistaken(name: string, mistake: string, change: Partial<VerifySettings["thresholds"]>): Case {
  return believed(name, "Whoever asks for nothing is told so, whatever the bundle is.", {
    verify: thresholds(change),
    proves: { mistake },
  });
}

const WITNESSES = [1, 2, 3].map((n) => {
  const key = toyEd25519(`witness ${n}`);
  return { key, vkey: createVkey(`witness${n}.test`, 4, key.spki.subarray(-32), sha256) };
});
const NOW = TOY_TIME + 60;
const LOG_VKEY = createVkey(V2_HOST, 1, V2_LOG.key.spki.subarray(-32), sha256);

/** The line of witness `n` at `time`. */
function cosignature(n: number, time: number, text: string): NoteSignature {
  const witness = WITNESSES[n - 1];
  if (witness === undefined) throw new TypeError(`There is no witness ${n}`);
  const { name, keyId } = witness.vkey;
  const signature = witness.key.sign(encodeCosignedMessage(time, text));
  return { name, keyId, signature: encodeTimestampedSignature({ time, signature }) };
}

const policyOf = (quorum: string): string =>
  [
    `log ${LOG_VKEY.text}`,
    ...WITNESSES.map(({ vkey }, i) => `witness w${i + 1} ${vkey.text}`),
    "group two 2 w1 w2 w3",
    `quorum ${quorum}`,
  ]
    .map((line) => `${line}\n`)
    .join("");

const asked = (quorum: string): Partial<VerifySettings> => ({
  cosigners: { policy: policyOf(quorum), now: NOW, toleranceSeconds: 5 },
});
/** Cosigned by these witnesses at these seconds. */
const cosigned = (
  lines: readonly (readonly [n: number, second: number])[],
  change: Partial<EntryPlan> = {},
): BundlePlan => ({
  ...MESSAGE,
  entries: [
    {
      ...v2,
      lines: (line, text) => [line, ...lines.map(([n, second]) => cosignature(n, TOY_TIME + second, text))],
      ...change,
    },
  ],
});
const under = (quorum: string, bundle: BundlePlan): Given => ({ bundle, verify: asked(quorum) });

const cosigners: readonly Case[] = [
  believed("cosigned by the one who is asked for", "A quorum of one.", under("w1", cosigned([[1, 20]]))),
  believed(
    "cosigned by two of three",
    "A group.",
    under(
      "two",
      cosigned([
        [1, 20],
        [3, 30],
      ]),
    ),
  ),
  believed(
    "a cosigner's clock ahead within the tolerance",
    "By as much as is allowed.",
    under("w1", cosigned([[1, 65]])),
  ),
  refused(
    "cosignature-time",
    "a cosigner's clock ahead of the tolerance",
    "One second more than is allowed.",
    under("w1", cosigned([[1, 66]])),
  ),
  refused("quorum-not-met", "cosigned by nobody", "The policy asks for one.", under("w1", MESSAGE)),
  refused(
    "quorum-not-met",
    "cosigned by one of the two who are asked for",
    "A group of two.",
    under("two", cosigned([[1, 20]])),
  ),
  refused(
    "quorum-not-met",
    "cosigned by another",
    "The policy asks for the first.",
    under("w1", cosigned([[2, 20]])),
  ),
  refused(
    "cosignature-invalid",
    "a cosignature of another checkpoint",
    "Signed over another text.",
    under("w1", cosigned([], { lines: (line, text) => [line, cosignature(1, TOY_TIME + 20, `${text}x\n`)] })),
  ),
  refused(
    "quorum-none",
    "a policy that asks for nobody",
    "Then nothing is cosigned.",
    under("none", cosigned([[1, 20]])),
  ),
  refused("log-signature-missing", "a log that is not the policy's", "The policy names the logs too.", {
    bundle: cosigned([[1, 20]]),
    verify: {
      cosigners: { policy: policyOf("w1").split("\n").slice(1).join("\n"), now: NOW, toleranceSeconds: 5 },
    },
  }),
  refused(
    "quorum-not-met",
    "two entries, of which the second is not cosigned",
    "Every tree must be.",
    under("w1", { ...MESSAGE, entries: [...cosigned([[1, 20]]).entries, { ...v2, index: 2, logIndex: 2 }] }),
  ),
  refused(
    "quorum-not-met",
    "two entries, of which the first is not cosigned",
    "Every tree must be.",
    under("w1", { ...MESSAGE, entries: [{ ...v2, index: 2, logIndex: 2 }, ...cosigned([[1, 20]]).entries] }),
  ),
  refused(
    "log-proof-missing",
    "an entry with its promise alone",
    "There is no tree that could be cosigned.",
    {
      bundle: {
        ...inV1("dsse 0.0.1"),
        mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1",
        changes: { "/verificationMaterial/tlogEntries/0/inclusionProof": ABSENT },
      },
      verify: { ...asked("w1"), oldest: "0.1" },
    },
  ),
];

export const DEMAND_CASES = [...operators, ...cosigners];
