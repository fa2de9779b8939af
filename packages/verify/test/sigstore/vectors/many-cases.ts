// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/many.json: bundles that are checked together, by a checker that may remember what it checked before.
import { concat, encodeHex, encodePem } from "@countermark/formats";
import { TOY_KEYS } from "../../support/toy-certificates.ts";
import { toyP256, toyRsa } from "../../support/toy-keys.ts";
import { believed, type Case, expectOf, refused, SETTINGS, type VerifySettings } from "./cases.ts";
import { type EntryPlan, soundEntry } from "./entries.ts";
import type { Json } from "./json.ts";
import {
  ARTIFACT,
  type BundlePlan,
  bundleJson,
  inV1,
  LEAF,
  logOf,
  MESSAGE,
  type RootPlan,
  rootJson,
  SOUND_ROOT,
  trusted,
  V2_HOST,
} from "./world.ts";

type Many = { readonly name: string; readonly description: string; readonly items: readonly Case[] };

const sound = believed("sound", "");
const bare = (
  plan: BundlePlan,
  spki: Uint8Array,
  padding: "pkcs1" | "pss" = "pkcs1",
): Partial<VerifySettings> => ({
  signer: { kind: "key", pem: encodePem("PUBLIC KEY", spki), rsaPadding: padding },
  ...(plan.content.kind === "artifact" ? { artifact: { bytes: encodeHex(plan.content.bytes) } } : {}),
});

/** Two logs of one name, whose keys differ. */
const [ONE, OTHER] = [logOf(toyP256("log one"), V2_HOST), logOf(toyP256("log other"), V2_HOST)];
const TWO_LOGS: RootPlan = { ...SOUND_ROOT, tlogs: [trusted(ONE), trusted(OTHER)] };
const inLog = (change: Partial<EntryPlan> = {}): BundlePlan => ({
  ...MESSAGE,
  entries: [{ ...soundEntry("hashedrekord 0.0.2", ONE), ...change }],
});
const entry = soundEntry("hashedrekord 0.0.2", OTHER);

/** A certificate under which its issuer signed something else. */
const wronglySigned: BundlePlan = {
  ...MESSAGE,
  leaf: { ...LEAF, signer: { ...LEAF.signer, sign: (bytes) => LEAF.signer.sign(concat(bytes, bytes)) } },
};

const key = toyP256("leaf");
const byKey: BundlePlan = { ...MESSAGE, material: "public-key", signer: key };
const signature = key.sign(ARTIFACT);
/** The same bytes, of which one more is the artifact's and one less the signature's. */
const shifted: BundlePlan = {
  ...byKey,
  content: { kind: "artifact", bytes: concat(ARTIFACT, signature.subarray(0, 1)), hint: "sha256" },
  signature: signature.subarray(1),
};
const rsa = toyRsa(2048);
const byRsa: BundlePlan = { ...inV1("hashedrekord 0.0.1"), material: "public-key", signer: rsa };

const cases: readonly Many[] = [
  {
    name: "one bundle three times",
    description: "What held once holds again.",
    items: [sound, sound, sound],
  },
  {
    name: "a good bundle between wrong ones",
    description: "Each is for itself.",
    items: [
      refused("attestation-signature", "", "", {
        bundle: { ...MESSAGE, signature: TOY_KEYS.stranger.sign(ARTIFACT) },
      }),
      sound,
      refused("attestation-signature", "", "", {
        bundle: { ...MESSAGE, signature: TOY_KEYS.stranger.sign(ARTIFACT) },
      }),
    ],
  },
  {
    name: "a wrong signature over a certificate whose right one was seen",
    description: "What is remembered is of that signature.",
    items: [sound, refused("certificate-signature", "", "", { bundle: wronglySigned })],
  },
  {
    name: "a right signature over another artifact",
    description: "What is remembered is of that message.",
    items: [
      believed("", "", { bundle: byKey, verify: bare(byKey, key.spki) }),
      refused("attestation-signature", "", "", {
        bundle: {
          ...byKey,
          content: { kind: "artifact", bytes: concat(ARTIFACT, ARTIFACT), hint: "sha256" },
          signature,
        },
        verify: { ...bare(byKey, key.spki), artifact: { bytes: encodeHex(concat(ARTIFACT, ARTIFACT)) } },
      }),
    ],
  },
  {
    name: "a log's signature in another log's name",
    description: "What is remembered is of that key.",
    items: [
      believed("", "", { bundle: inLog(), root: TWO_LOGS }),
      refused("log-signature-invalid", "", "", {
        bundle: inLog({ log: OTHER, checkpoint: { ...entry.checkpoint, signer: ONE.key } }),
        root: TWO_LOGS,
      }),
    ],
  },
  {
    name: "a signature by PKCS #1, then PSS is asked for",
    description: "What is remembered is of that scheme.",
    items: [
      believed("", "", { bundle: byRsa, verify: bare(byRsa, rsa.spki) }),
      refused("attestation-signature", "", "", { bundle: byRsa, verify: bare(byRsa, rsa.spki, "pss") }),
    ],
  },
  {
    name: "the same bytes, divided otherwise into artifact and signature",
    description: "What is remembered is of the whole question.",
    items: [
      believed("", "", { bundle: byKey, verify: bare(byKey, key.spki) }),
      refused("attestation-signature", "", "", { bundle: shifted, verify: bare(shifted, key.spki) }),
    ],
  },
  {
    name: "a bundle that nobody can read the entry of",
    description: "It is refused, and the next is checked.",
    items: [
      refused("unknown-field", "", "", { bundle: inV1("dsse 0.0.1", { body: { "/spec/extra": 1 } }) }),
      sound,
    ],
  },
  {
    name: "nothing wanted",
    description: "Whoever asks for nothing is told so.",
    items: [
      sound,
      believed("", "", {
        verify: { thresholds: { ...SETTINGS.thresholds, logs: 0 } },
        proves: { mistake: "Cannot accept 0 logs" },
      }),
    ],
  },
];

/** vectors/sigstore/many.json */
export function manyFile(): Json {
  return {
    cases: cases.map(({ name, description, items }) => ({
      name,
      description,
      trustedRoot: rootJson(items.find(({ given }) => given.root !== undefined)?.given.root ?? SOUND_ROOT),
      items: items.map((item) => ({
        bundle: bundleJson(item.given.bundle ?? MESSAGE),
        verify: { ...SETTINGS, ...item.given.verify },
        expect: expectOf(item),
      })),
    })),
  };
}
