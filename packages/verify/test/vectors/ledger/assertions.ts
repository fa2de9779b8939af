// SPDX-License-Identifier: Apache-2.0
// vectors/ledger/assertions.json: recorded from a browser by tools/record-assertions.mjs.
import {
  type AssertionAsked,
  type PasskeyConsent,
  parseAssertion,
  parsePasskeySpki,
  utf8,
  WEBAUTHN_FORMS,
} from "@countermark/formats";
import { isPasskeySignature } from "@countermark/verify";
import { bytesOf, type Cases, gives, refuses, type VectorCase } from "../case.ts";

interface Recorded {
  readonly claim: string;
  readonly alg: string;
  readonly spki: string;
  readonly salt: string;
  readonly challenge: string;
  /** Text. */
  readonly clientData: string;
  readonly authenticatorData: string;
  readonly signature: string;
}

interface AssertionsFile {
  readonly webOrigin: string;
  readonly rpIdHash: string;
  readonly closed: readonly (Recorded & {
    readonly consent: { readonly form: number; readonly flags: number; readonly counter: number };
  })[];
  readonly open: readonly (Recorded & { readonly code: string })[];
}

export const assertionCases: Cases = (file, crypto) => {
  const { closed, open, ...place } = file as AssertionsFile;
  const read = (recorded: Recorded): PasskeyConsent => {
    const { authenticatorData, clientData, signature } = recorded;
    const asked: AssertionAsked = {
      ...place,
      challenge: bytesOf(recorded.challenge),
      key: parsePasskeySpki(bytesOf(recorded.spki)),
      salt: recorded.salt,
    };
    const assertion = { authenticatorData: bytesOf(authenticatorData), signature: bytesOf(signature) };
    return parseAssertion({ ...assertion, clientData: utf8(clientData) }, asked);
  };
  /** The forms in which the consent verifies. */
  const formsOf = async (consent: PasskeyConsent, challenge: string): Promise<readonly number[]> => {
    const found: number[] = [];
    for (const form of [...WEBAUTHN_FORMS, WEBAUTHN_FORMS.length]) {
      if (await isPasskeySignature({ ...consent, form }, bytesOf(challenge), place, crypto)) found.push(form);
    }
    return found;
  };
  return [
    ...closed.map((recorded): VectorCase => {
      const { claim, alg, consent } = recorded;
      return gives(claim, { alg, ...consent, verifiesIn: [consent.form] }, async () => {
        const { form, flags, counter, ...closedForm } = read(recorded);
        const verifiesIn = await formsOf({ ...closedForm, form, flags, counter }, recorded.challenge);
        return { alg: closedForm.alg, form, flags, counter, verifiesIn };
      });
    }),
    ...open.map((recorded) => refuses(recorded.claim, recorded.code, () => read(recorded))),
    ...open.map((recorded): VectorCase => {
      const { claim, authenticatorData } = recorded;
      // A countersigning key may put into an entry what its own reader would refuse.
      return gives(`${claim}: put into an entry all the same`, [], async () => {
        const [good] = closed.filter(({ alg }) => alg === recorded.alg);
        if (good === undefined) return "no assertion to put it into";
        const flags = Number.parseInt(authenticatorData.slice(64, 66), 16);
        const counter = Number.parseInt(authenticatorData.slice(66, 74), 16);
        const { key, sig } = read({ ...good, spki: recorded.spki, signature: recorded.signature });
        return await formsOf({ ...read(good), key, sig, flags, counter }, recorded.challenge);
      });
    }),
  ];
};
