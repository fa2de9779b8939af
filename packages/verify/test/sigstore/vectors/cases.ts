// SPDX-License-Identifier: Apache-2.0
import { encodeHex } from "@countermark/formats";
import { type Thresholds, VERIFY_CODES } from "@countermark/verify";
import { sha256 } from "../../support/toy-certificates.ts";
import { leafDer } from "./certificates.ts";
import type { Json } from "./json.ts";
import {
  ARTIFACT,
  type BundlePlan,
  bundleJson,
  ISSUER,
  MESSAGE,
  NAME,
  type RootPlan,
  rootJson,
  SOUND_ROOT,
} from "./world.ts";

export type VerifySettings = {
  /** The oldest bundle version that is accepted. */
  readonly oldest: "0.1" | "0.2" | "0.3";
  readonly artifact: Readonly<Partial<Record<"bytes" | "sha256" | "sha384" | "sha512", string>>>;
  readonly signer:
    | { readonly kind: "identity"; readonly name: string; readonly issuer: string }
    | { readonly kind: "any-identity" }
    | { readonly kind: "key"; readonly pem: string; readonly rsaPadding: "pkcs1" | "pss" };
  readonly thresholds: Thresholds;
  readonly cosigners: null | {
    /** A tlog-policy. */
    readonly policy: string;
    readonly now: number;
    readonly toleranceSeconds: number;
  };
};

export const SETTINGS: VerifySettings = {
  oldest: "0.3",
  artifact: { bytes: encodeHex(ARTIFACT) },
  signer: { kind: "identity", name: NAME, issuer: ISSUER },
  thresholds: { logs: 1, ctLogs: 1, times: 1 },
  cosigners: null,
};

/** What a case changes of the sound world. */
export type Given = {
  readonly bundle?: BundlePlan;
  readonly root?: RootPlan;
  readonly verify?: Partial<VerifySettings>;
  /** The text of the bundle from its sound text, where the text itself is wrong. */
  readonly text?: (sound: string) => string;
  /** Where it is not what the plan says. */
  readonly proves?: Json;
};

export type Case = {
  readonly name: string;
  readonly description: string;
  readonly given: Given;
  readonly code: string | null;
};

/** A bundle that must be accepted. */
export function believed(name: string, description: string, given: Given = {}): Case {
  return { name, description, given, code: null };
}

/** A bundle that must be refused, and the code by which it is here. */
export function refused(code: string, name: string, description: string, given: Given): Case {
  return { name, description, given, code };
}

/** One file of bundles. Bundles and trusted roots that several cases have are named after the first of them. */
export function bundleFile(cases: readonly Case[]): Json {
  const bundles = new Shared(
    cases.map(({ name, given }) => ({ name, json: bundleJson(given.bundle ?? MESSAGE) })),
  );
  const roots = new Shared(
    cases.map(({ name, given }) => ({ name, json: rootJson(given.root ?? SOUND_ROOT) })),
  );
  return {
    trustedRoots: roots.named(),
    bundles: bundles.named(),
    cases: cases.map((one, i) => ({
      name: one.name,
      description: one.description,
      ...(one.given.text === undefined
        ? { bundle: bundles.at(i) }
        : { bundleText: one.given.text(JSON.stringify(bundleJson(one.given.bundle ?? MESSAGE))) }),
      trustedRoot: roots.at(i),
      verify: { ...SETTINGS, ...one.given.verify },
      expect: expectOf(one),
    })),
  };
}

export function expectOf({ given, code }: Case): Json {
  return code === null ? (given.proves ?? provenBy(given)) : refusal(code);
}

/** The code of a refusal, and what kind of check says no in plain words. */
export function refusal(code: string): Json {
  return { refused: code, because: code in VERIFY_CODES ? reasonOf(code) : "it is not of an accepted form" };
}

/** First words of a code -> what is wrong. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^timestamp-/, "a time is not vouched for"],
  [/^certificate-/, "the certificate is not good for this"],
  [/^authority-/, "an authority is not trusted for this, or not then"],
  [/^sct-/, "the certificate is not known to be public"],
  [/^(log|checkpoint|inclusion)-/, "the signature is not known to be public"],
  [/^threshold-/, "too few independent parties vouch for it"],
  [/^(quorum|cosignature)-/, "too few cosigners saw the log"],
  [/^(identity|signer)-/, "it is signed by somebody else"],
  [/^(digest|artifact|statement)-/, "it is about something else"],
  [/^attestation-/, "the signature is wrong"],
];

function reasonOf(code: string): string {
  const found = REASONS.find(([pattern]) => pattern.test(code));
  if (found === undefined) throw new TypeError(`Cannot say why: ${code}`);
  return found[1];
}

function provenBy({ bundle = MESSAGE, verify }: Given): Json {
  const times = [
    ...bundle.timestamps.map(({ time }) => time),
    ...bundle.entries.filter(({ promise }) => promise !== null).map(({ integratedTime }) => integratedTime),
  ];
  const [first] = bundle.entries;
  if (first === undefined) throw new TypeError("Cannot say what a bundle without an entry proves");
  const signer = verify?.signer ?? SETTINGS.signer;
  const isKey = signer.kind === "key";
  const material = isKey ? bundle.signer.spki : leafDer(bundle.leaf, bundle.scts, bundle.issuer.key);
  return {
    kind: isKey ? "key" : "identity",
    signedAt: Math.min(...times),
    logId: encodeHex(first.log.logId),
    logIndex: first.logIndex,
    signer: encodeHex(sha256(material)),
    ...(signer.kind === "key"
      ? {}
      : { name: signer.kind === "identity" ? signer.name : NAME, issuer: ISSUER }),
  };
}

/** Values of which those that are there several times are written once, under a name. */
class Shared {
  readonly #values: readonly { readonly name: string; readonly json: Json; readonly text: string }[];

  constructor(values: readonly { readonly name: string; readonly json: Json }[]) {
    this.#values = values.map((value) => ({ ...value, text: JSON.stringify(value.json) }));
  }

  at(i: number): Json | string {
    const value = this.#values[i];
    if (value === undefined) throw new TypeError(`There is no value ${i}`);
    const same = this.#values.filter(({ text }) => text === value.text);
    return same.length === 1 ? value.json : (same[0]?.name ?? "");
  }

  named(): Json {
    return Object.fromEntries(
      this.#values.flatMap(({ name, json }, i) => (this.at(i) === name ? [[name, json]] : [])),
    );
  }
}
