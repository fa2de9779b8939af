// SPDX-License-Identifier: Apache-2.0
// Acts to which a publisher consented, and bundles that are no consent.
import {
  bundleFromAttestation,
  type Challenge,
  CONSENT_PREDICATE_TYPE,
  type ConfigRecord,
  configId,
  consentChallenge,
  encodeBundle,
  encodeCanonicalJson,
  encodeConfigRecord,
  encodeConsentStatement,
  encodeHex,
  encodeProjectDetail,
  encodePublisher,
  type JsonInput,
  NO_DIGEST,
  publisherId,
  STATEMENT_TYPE,
  utf8,
} from "@countermark/formats";
import { findProject } from "@countermark/verify";
import { makeMessageWorld, makeWorld } from "../../../support/toy-sigstore.ts";
import { publisherPlan, RECORD, SIGNED_AT } from "../../admit-world.ts";
import {
  CONFIG,
  type Draft,
  digestOf,
  hashOf,
  K,
  L,
  OTHER_PUBLISHER,
  sha256,
  type ToyLedger,
} from "../../toy-ledger.ts";
import { type Configure, configure } from "../stories/tell.ts";
import { type Asked, type Bases, nextEntry } from "./worlds.ts";

const SALT = hashOf("publisher salt");
const ONLY_OTHER: ConfigRecord = { ...CONFIG, publishers: [OTHER_PUBLISHER] };
const NOBODY: ConfigRecord = { ...CONFIG, publishers: [] };
/** From a signature to the last moment at which it is a consent. */
const AGE = 21_600;

/** A consent that is sound but for what is said here. */
interface ConsentPlan {
  readonly act?: Configure;
  /** What was there before it was signed, and what comes between that and the entry. */
  readonly before?: (ledger: ToyLedger) => Promise<unknown>;
  readonly between?: (ledger: ToyLedger) => Promise<unknown>;
  /** In what the challenge that is signed differs from the one that should be. */
  readonly challenge?: Partial<Challenge>;
  readonly statement?: (challenge: Uint8Array) => Uint8Array;
  readonly workflow?: string;
  /** Bytes that are served in place of the bundle, and named by the entry, or only served. */
  readonly bundle?: (bundle: Uint8Array, challenge: Uint8Array) => Uint8Array;
  readonly served?: (bundle: Uint8Array) => Uint8Array | null;
  readonly detail?: null | "of others";
  readonly record?: typeof RECORD;
  /** The entry's time. */
  readonly time?: number;
}

const ASK = configure("ask", "publisher", NOBODY);
const CANCEL = configure("cancel", "publisher", null);

export async function consentedEntry(bases: Bases, claim: string, plan: ConsentPlan): Promise<Asked> {
  const { act = ASK, time = SIGNED_AT + 5, record = RECORD } = plan;
  const publisher = publisherId(sha256, SALT, encodePublisher(record));
  let made: { readonly bundle: Uint8Array; readonly evidence: string } | null = null;
  const opened = {
    record: plan.detail === "of others" ? { ...record, projectId: "1002" } : record,
    salt: SALT,
  };
  const detail = encodeProjectDetail(hashOf("next detail"), {
    name: "sampleproject",
    publishers: [opened],
    principals: [],
    reason: null,
  });
  return await nextEntry(
    bases,
    claim,
    () =>
      ({ ...act, time, consent: { kind: "publisher", evidence: made?.evidence ?? "", publisher } }) as Draft,
    {
      ...(plan.detail === null ? {} : { detail }),
      before: async (ledger) => {
        await plan.before?.(ledger);
        const bundle = signConsent(ledger, act, plan);
        made = { bundle, evidence: encodeHex(sha256(bundle)) };
        await plan.between?.(ledger);
      },
      change: {
        now: time,
        evidence: (evidence) => {
          if (made === null) throw new TypeError("The consent is signed first");
          const served = plan.served === undefined ? made.bundle : plan.served(made.bundle);
          if (served !== null) evidence.set(made.evidence, served);
        },
      },
    },
  );
}

function signConsent(ledger: ToyLedger, act: Configure, plan: ConsentPlan): Uint8Array {
  const project = findProject(ledger.state, K);
  if (project === null || act.act === "take") throw new TypeError("There is nothing to consent to");
  const { serial, pending } = project.header;
  const asked = configId(sha256, encodeConfigRecord(act.config ?? NOBODY));
  const subject = act.act === "cancel" ? (pending ?? NO_DIGEST) : asked;
  const sound = { log: L, project: K, serial, act: act.act, subject };
  const challenge = consentChallenge(sha256, { ...sound, ...plan.challenge });
  const said = (plan.statement ?? encodeConsentStatement)(challenge);
  const { attestation } = makeWorld(publisherPlan(said, plan.workflow));
  const bundle = encodeBundle(bundleFromAttestation(attestation));
  return plan.bundle?.(bundle, challenge) ?? bundle;
}

function statementOf(changes: Readonly<Record<string, JsonInput>>): (challenge: Uint8Array) => Uint8Array {
  return (challenge) => {
    const subject = [{ digest: { sha256: encodeHex(challenge) } }];
    const sound = { _type: STATEMENT_TYPE, subject, predicateType: CONSENT_PREDICATE_TYPE, predicate: {} };
    return encodeCanonicalJson({ ...sound, ...changes });
  };
}

function about(...digests: readonly ((challenge: string) => Readonly<Record<string, string>>)[]) {
  return (challenge: Uint8Array): Uint8Array =>
    statementOf({ subject: digests.map((digest) => ({ digest: digest(encodeHex(challenge)) })) })(challenge);
}

/** The signature that a bundle holds, with its first byte changed. */
function forged(bundle: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(bundle);
  return utf8(
    text.replace(
      /("signatures":\[\{"sig":")(.)/,
      (_, start: string, first: string) => `${start}${first === "M" ? "N" : "M"}`,
    ),
  );
}

const OTHER_WORKFLOW = "https://github.com/octo-org/sampleproject/.github/workflows/other.yml@refs/tags/v1";
const byAccount = (ledger: ToyLedger) => ledger.add(configure("ask", "account", ONLY_OTHER));

export const CONSENT_CASES: readonly (readonly [string, ConsentPlan, string | null])[] = [
  ["an ask to which a publisher consented", {}, null],
  ["a cancel to which a publisher consented", { act: CANCEL, before: byAccount }, null],
  ["a consent as old as it may be", { time: SIGNED_AT + AGE }, null],
  ["a consent a second too old", { time: SIGNED_AT + AGE + 1 }, "consent-time"],
  ["a consent by a clock two minutes ahead", { time: SIGNED_AT - 120 }, null],
  ["a consent later than its entry", { time: SIGNED_AT - 121 }, "consent-time"],
  ["a consent that is not served", { served: () => null }, "evidence-missing"],
  ["a consent under another's digest", { served: () => utf8("{}") }, "consent-evidence"],
  ["a consent of a publisher who is not opened", { detail: "of others" }, "opening-mismatch"],
  ["a consent without a detail", { detail: null }, "detail-missing"],
  ["a consent to another act", { challenge: { act: "change" } }, "consent-subject"],
  ["a consent for another project", { challenge: { project: digestOf("project") } }, "consent-subject"],
  ["a consent for another log", { challenge: { log: digestOf("log") } }, "consent-subject"],
  ["a consent to another configuration", { challenge: { subject: digestOf("config") } }, "consent-subject"],
  ["a consent from before another act", { act: CANCEL, between: byAccount }, "consent-subject"],
  [
    "a consent to two things",
    {
      statement: about(
        (sha) => ({ sha256: sha }),
        () => ({ sha256: digestOf("other") }),
      ),
    },
    "consent-subject",
  ],
  ["a consent to nothing", { statement: about() }, "consent-subject"],
  ["a consent to what has no digest", { statement: about(() => ({})) }, "consent-subject"],
  ["a consent by another digest", { statement: about((sha) => ({ sha512: sha + sha })) }, "consent-subject"],
  [
    "a statement of another type",
    { statement: statementOf({ predicateType: "https://countermark.dev/consent/v2" }) },
    "consent-predicate",
  ],
  ["a consent that says more", { statement: statementOf({ predicate: { until: 1 } }) }, "consent-predicate"],
  ["a consent that says nothing", { statement: statementOf({ predicate: null }) }, "consent-predicate"],
  ["a consent that says a list", { statement: statementOf({ predicate: [] }) }, "consent-predicate"],
  ["a consent by another workflow of the project", { workflow: OTHER_WORKFLOW }, "consent-publisher"],
  ["a consent by another project", { record: { ...RECORD, projectId: "1002" } }, "consent-publisher"],
  [
    "a consent by a publisher whose provider is not known",
    { record: { ...RECORD, issuer: "https://issuer.example" } },
    "consent-publisher",
  ],
  ["a consent with another signature", { bundle: forged }, "timestamp-imprint"],
  [
    "a signature over the challenge itself",
    {
      bundle: (_, challenge) =>
        encodeBundle(makeMessageWorld(publisherPlan(encodeConsentStatement(challenge)), challenge).bundle),
    },
    "unsupported",
  ],
  ["a consent that is no bundle", { bundle: () => utf8("{}") }, "missing-field"],
];
