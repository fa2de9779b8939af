// SPDX-License-Identifier: Apache-2.0
import { type ConfigRecord, mapKey } from "@countermark/formats";
import {
  acceptedFile,
  CONFIG,
  DAY,
  type Draft,
  digestOf,
  GUARDED,
  OTHER_PASSKEY,
  OTHER_PRINCIPAL,
  OTHER_PUBLISHER,
  PRINCIPAL,
  PUBLISHER,
  sha256,
  ToyLedger,
} from "../../toy-ledger.ts";
import {
  BY_OTHER_PUBLISHER,
  BY_PUBLISHER,
  CANCEL,
  configure,
  consentByP256,
  OTHER,
  OTHER_GUARDED,
  P256_PRINCIPAL,
  policy,
  type Story,
  TAKE,
  tries,
  upload,
  withFile,
} from "./tell.ts";

export const CONFIGURE_STORIES: readonly Story[] = [
  ["what a configuration must keep, and what is free before the first file", beforeFirstFile],
  ["an account makes a policy stricter, and only that", tighter],
  ["an account changes no people while it makes a policy stricter", tighterPeople],
  ["a restored configuration is frozen for two weeks", frozen],
  ["a passkey consents to one act on one configuration at one place", passkeyConsents],
  ["passkeys of two kinds, and two of them", passkeys],
  ["publishers ask and cancel where there is no passkey", publishers],
  ["people of the configuration before may cancel, and no longer ask", peopleBefore],
  ["passkeys of the configuration that can still be restored", passkeysBefore],
  ["a passkey that came a week ago decides alone", passkeyNow],
  ["a delay begins with the first anchor that covers what was asked", coveringAnchor],
  ["a delay is over in its last second", delay],
  ["what can be restored, and until when", restore],
];

const UNMET = policy({ uploads: "publisher" }, { ...CONFIG, publishers: [] });
const ASK = configure("ask", "account", OTHER);
const BOTH = { ...CONFIG, publishers: [PUBLISHER, OTHER_PUBLISHER].sort() };
const TWO_KEYS = { ...GUARDED, principals: [PRINCIPAL, OTHER_PRINCIPAL].sort() };

async function beforeFirstFile(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject();
  const project = mapKey(sha256, "pypi", "elsewhere");
  const free = (config: ConfigRecord): Draft => configure("change", "free", config);
  await tries(
    ledger,
    { kind: "project-created", config: UNMET, project },
    free(UNMET),
    free(policy({ attestations: "required" })),
    free(policy({ release: "staged-passkey" })),
    free(policy({ uploads: "publisher" })),
    free(policy({ uploads: "publisher", attestations: "required", release: "staged-passkey" }, TWO_KEYS)),
    free(policy({ release: "staged-passkey" }, GUARDED)),
    free(GUARDED),
  );
  await tries(ledger, configure("ask", "passkey", OTHER_GUARDED, ledger.consent("ask", OTHER_GUARDED)));
  await tries(ledger, free(CONFIG), ASK, configure("ask", "publisher", OTHER, BY_PUBLISHER), TAKE, CANCEL);
  await tries(ledger, free(OTHER), free(CONFIG), acceptedFile(ledger.now), free(OTHER));
  await ledger.seal();
  return ledger;
}

async function tighter(): Promise<ToyLedger> {
  const ledger = await withFile();
  const account = (changes: Partial<ConfigRecord["policy"]>): Draft =>
    configure("change", "account", policy(changes));
  const days = { closeDays: 365 };
  const strict = { uploads: "publisher", closeDays: 364 } as const;
  const stricter = { ...strict, attestations: "required" } as const;
  const strictest = { ...stricter, release: "staged" } as const;
  return await tries(
    ledger,
    account({}),
    account(days),
    account({}),
    account({ uploads: "publisher" }),
    account({ ...days, uploads: "publisher" }),
    account({ ...days, uploads: "publisher" }),
    account({ closeDays: 364 }),
    account(strict),
    account({ ...strict, closeDays: 365 }),
    account({ ...strict, closeDays: null }),
    account({ ...stricter, closeDays: 365 }),
    account(stricter),
    account({ ...strict, release: "staged" }),
    account({ ...strict, closeDays: 363 }),
    account(strictest),
    account({ ...stricter, closeDays: 363 }),
    account({ ...strictest, closeDays: 363 }),
  );
}

async function tighterPeople(): Promise<ToyLedger> {
  const ledger = await withFile(BOTH);
  const account = (config: ConfigRecord): Draft =>
    configure("change", "account", policy({ closeDays: 30 }, config));
  return await tries(
    ledger,
    account({ ...BOTH, publishers: [] }),
    account(CONFIG),
    account(OTHER),
    account({ ...BOTH, publishers: [PUBLISHER, digestOf("third")].sort() }),
    account({ ...BOTH, publishers: [...BOTH.publishers, digestOf("third")].sort() }),
    account({ ...BOTH, principals: [PRINCIPAL] }),
    account(BOTH),
  );
}

async function frozen(): Promise<ToyLedger> {
  const ledger = await withFile(GUARDED);
  const change = (): Draft =>
    configure("change", "passkey", OTHER_GUARDED, ledger.consent("change", OTHER_GUARDED));
  const tighten = configure("change", "account", policy({ closeDays: 30 }, GUARDED));
  await tries(ledger, change());
  await tries(ledger, configure("undo", "passkey", GUARDED, ledger.consent("undo", GUARDED)));
  await tries(ledger, tighten, change());
  await ledger.wait(14 * DAY + 9);
  await tries(ledger, tighten, change());
  await ledger.seal();
  ledger.now += 1;
  await ledger.seal();
  await tries(ledger, tighten);
  await tries(ledger, configure("change", "passkey", GUARDED, ledger.consent("change", GUARDED)));
  await ledger.seal();
  return ledger;
}

async function passkeyConsents(): Promise<ToyLedger> {
  const ledger = await withFile(GUARDED);
  const change = (consent: ReturnType<ToyLedger["consent"]>): Draft =>
    configure("change", "passkey", OTHER_GUARDED, consent);
  const good = ledger.consent("change", OTHER_GUARDED);
  await tries(
    ledger,
    change(ledger.consent("change", OTHER_GUARDED, { key: OTHER_PASSKEY })),
    change({ ...good, salt: digestOf("another salt") }),
    change({ ...good, counter: 8 }),
    change({ ...good, form: 1 }),
    change({ ...good, sig: "00".repeat(64) }),
    change(ledger.consent("change", GUARDED)),
    change(ledger.consent("ask", OTHER_GUARDED)),
  );
  for (const flags of [0x00, 0x01, 0x04, 0x07, 0x25, 0x45, 0x85]) {
    await tries(ledger, change(ledger.consent("change", OTHER_GUARDED, { flags })));
  }
  await tries(ledger, change({ ...ledger.consent("change", OTHER_GUARDED, { form: 2 }), form: 0 }));
  await tries(ledger, change(ledger.consent("change", OTHER_GUARDED, { flags: 0x05, form: 1 })));
  const back = (flags: number): Draft =>
    configure("change", "passkey", GUARDED, ledger.consent("change", GUARDED, { key: OTHER_PASSKEY, flags }));
  await tries(ledger, change(good), back(0x0d));
  await tries(ledger, change(good));
  await tries(ledger, change(ledger.consent("change", OTHER_GUARDED, { form: 2 })));
  await ledger.seal();
  return ledger;
}

async function passkeys(): Promise<ToyLedger> {
  const config = { ...GUARDED, principals: [PRINCIPAL, P256_PRINCIPAL].sort() };
  const ledger = await withFile(config);
  const change = (next: ConfigRecord, isForged: boolean): Draft =>
    configure("change", "passkey", next, consentByP256(ledger, next, isForged));
  await tries(ledger, change(TWO_KEYS, true));
  await tries(ledger, change(TWO_KEYS, false));
  await tries(ledger, change(config, false));
  const byKey = (key: typeof OTHER_PASSKEY, next: ConfigRecord): Draft =>
    configure("change", "passkey", next, ledger.consent("change", next, { key }));
  await tries(ledger, byKey(OTHER_PASSKEY, policy({ closeDays: 3 }, TWO_KEYS)));
  await tries(ledger, configure("change", "passkey", TWO_KEYS, ledger.consent("change", TWO_KEYS)));
  await tries(ledger, configure("change", "passkey", TWO_KEYS, ledger.consent("change", TWO_KEYS)));
  await ledger.seal();
  return ledger;
}

async function publishers(): Promise<ToyLedger> {
  const ledger = await withFile(BOTH);
  const ask = (consent: typeof BY_PUBLISHER | typeof BY_OTHER_PUBLISHER): Draft =>
    configure("ask", "publisher", CONFIG, consent);
  const cancel = (consent: typeof BY_PUBLISHER | typeof BY_OTHER_PUBLISHER): Draft =>
    configure("cancel", "publisher", null, consent);
  const stranger = { ...BY_PUBLISHER, publisher: digestOf("stranger") } as unknown as typeof BY_PUBLISHER;
  return await tries(
    ledger,
    ask(stranger),
    cancel(BY_PUBLISHER),
    ask(BY_PUBLISHER),
    ask(BY_OTHER_PUBLISHER),
    cancel(stranger),
    cancel(BY_OTHER_PUBLISHER),
    ask(BY_OTHER_PUBLISHER),
    CANCEL,
    CANCEL,
    configure("ask", "account", UNMET),
    configure("ask", "account", CONFIG),
    configure("cancel", "publisher", null, BY_PUBLISHER),
  );
}

/** After a change that an account asked for: its people are new, those before can be restored. */
async function peopleBefore(): Promise<ToyLedger> {
  const ledger = await withFile();
  await tries(ledger, ASK);
  await ledger.wait(7 * DAY + 10);
  await tries(ledger, TAKE);
  const ask = (consent: typeof BY_PUBLISHER | typeof BY_OTHER_PUBLISHER): Draft =>
    configure("ask", "publisher", CONFIG, consent);
  await tries(
    ledger,
    ask(BY_PUBLISHER),
    ask(BY_OTHER_PUBLISHER),
    configure("cancel", "publisher", null, BY_PUBLISHER),
    ask(BY_OTHER_PUBLISHER),
    configure("cancel", "publisher", null, BY_OTHER_PUBLISHER),
    upload(ledger, "by who was one before"),
    upload(ledger, "by who is one now", { publisher: OTHER_PUBLISHER, attestations: [] }),
  );
  await ledger.seal();
  return ledger;
}

/** A passkey gave itself up: until the change is final, nobody else's word is enough, and the passkey can restore itself. */
async function passkeysBefore(): Promise<ToyLedger> {
  const ledger = await withFile(GUARDED);
  await tries(ledger, configure("change", "passkey", CONFIG, ledger.consent("change", CONFIG)));
  await tries(ledger, ASK);
  await tries(ledger, configure("ask", "passkey", OTHER_GUARDED, ledger.consent("ask", OTHER_GUARDED)));
  const ask = configure("ask", "publisher", OTHER, BY_PUBLISHER);
  await tries(ledger, ask, configure("cancel", "publisher", null, BY_PUBLISHER));
  await tries(ledger, configure("cancel", "passkey", null, ledger.consent("cancel", null)));
  await tries(ledger, ask, configure("change", "account", policy({ closeDays: 60 })));
  await tries(ledger, configure("undo", "passkey", CONFIG, ledger.consent("undo", GUARDED)));
  await tries(ledger, configure("undo", "passkey", GUARDED, ledger.consent("undo", CONFIG)));
  await tries(
    ledger,
    configure("undo", "passkey", GUARDED, ledger.consent("undo", GUARDED, { key: OTHER_PASSKEY })),
  );
  await tries(ledger, configure("undo", "passkey", GUARDED, ledger.consent("undo", GUARDED)));
  await ledger.seal();
  return ledger;
}

/** A passkey came by an account's ask: who was there before no longer decides. */
async function passkeyNow(): Promise<ToyLedger> {
  const ledger = await withFile();
  await tries(ledger, configure("ask", "account", GUARDED));
  await ledger.wait(7 * DAY + 10);
  await tries(ledger, TAKE, ASK);
  await tries(ledger, configure("cancel", "passkey", null, ledger.consent("cancel", null)));
  await tries(
    ledger,
    configure("ask", "passkey", OTHER_GUARDED, ledger.consent("ask", OTHER_GUARDED, { key: OTHER_PASSKEY })),
  );
  await tries(ledger, configure("ask", "passkey", OTHER_GUARDED, ledger.consent("ask", OTHER_GUARDED)));
  await tries(ledger, configure("cancel", "publisher", null, BY_PUBLISHER));
  await tries(ledger, configure("cancel", "passkey", null, ledger.consent("cancel", GUARDED)));
  await tries(ledger, configure("cancel", "passkey", null, ledger.consent("cancel", null)));
  await tries(ledger, configure("ask", "passkey", OTHER_GUARDED, ledger.consent("ask", OTHER_GUARDED)));
  await tries(ledger, configure("change", "passkey", GUARDED, ledger.consent("change", GUARDED)));
  await tries(ledger, configure("undo", "passkey", CONFIG, ledger.consent("undo", CONFIG)));
  await ledger.seal();
  return ledger;
}

async function coveringAnchor(): Promise<ToyLedger> {
  const ledger = await withFile();
  await ledger.seal();
  await tries(ledger, ASK);
  await ledger.seal();
  ledger.now += 1_000;
  await ledger.seal();
  ledger.now += 7 * DAY - 500;
  await ledger.seal();
  await tries(ledger, TAKE);
  ledger.now += 510;
  await ledger.seal();
  await tries(ledger, TAKE, TAKE);
  return ledger;
}

async function delay(): Promise<ToyLedger> {
  const ledger = await withFile();
  await ledger.wait(30 * DAY);
  await tries(ledger, TAKE, ASK, TAKE);
  await ledger.wait(7 * DAY + 9);
  await tries(ledger, TAKE);
  await ledger.seal();
  ledger.now += 1;
  await ledger.seal();
  await tries(ledger, TAKE);
  await ledger.seal();
  return ledger;
}

async function restore(): Promise<ToyLedger> {
  const ledger = await withFile(GUARDED);
  const undo = (config: ConfigRecord): Draft =>
    configure("undo", "passkey", config, ledger.consent("undo", config));
  await tries(ledger, undo(GUARDED));
  const change = (config: ConfigRecord): Draft =>
    configure("change", "passkey", config, ledger.consent("change", config));
  await tries(ledger, change(TWO_KEYS));
  await ledger.wait(14 * DAY + 9);
  await tries(ledger, undo(TWO_KEYS));
  await tries(ledger, undo(GUARDED));
  await ledger.wait(14 * DAY + 10);
  await tries(ledger, change(TWO_KEYS));
  await ledger.wait(14 * DAY + 10);
  await tries(ledger, undo(GUARDED));
  await tries(ledger, undo(TWO_KEYS));
  await tries(ledger, change(OTHER_GUARDED));
  await tries(ledger, configure("undo", "passkey", TWO_KEYS, ledger.consent("undo", TWO_KEYS)));
  await ledger.seal();
  return ledger;
}
