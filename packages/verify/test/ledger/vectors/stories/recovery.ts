// SPDX-License-Identifier: Apache-2.0
// What becomes of a project whose owner lost every key, or whose principals are at war.
import {
  acceptedFile,
  CONFIG,
  DAY,
  type Draft,
  digestOf,
  GUARDED,
  OTHER_PASSKEY,
  PUBLISHER,
  ROOTS,
  rootSigned,
  ToyLedger,
  toyKey,
} from "../../toy-ledger.ts";
import {
  BY_PUBLISHER,
  CANCEL,
  configure,
  OTHER,
  OTHER_GUARDED,
  policy,
  type Story,
  TAKE,
  tries,
  upload,
  voidOf,
  withFile,
} from "./tell.ts";

export const RECOVERY_STORIES: readonly Story[] = [
  ["staff recover a project after three weeks", byStaff],
  ["a recovery is for a project with files, and a legal configuration", whereItIs],
  ["whoever can still sign cancels what staff asked for", cancelled],
  ["a publisher cancels it where there is no passkey", cancelledByPublisher],
  ["whatever the owner changes drops what staff asked for", dropped],
  ["root keys end a war of principals, and only they take it back", byRoot],
  ["what root keys asked for goes over what staff asked for, and is taken back", takenBack],
  ["who asks as root", whoAsksAsRoot],
  ["a recovery that was taken leaves nothing to undo, and nothing frozen", afterwards],
  ["a void of a recovery", voided],
];

type Asked = Extract<Draft, { kind: "project-recovered"; act: "ask" }>;
const STAFF: Asked = { kind: "project-recovered", act: "ask", way: "staff", config: OTHER, root: null };
const ROOT: Asked = { ...STAFF, way: "root", root: [] };
const RECOVER: Draft = {
  kind: "project-recovered",
  act: "take",
  way: "none",
  config: null,
  root: null,
};

async function byStaff(): Promise<ToyLedger> {
  const ledger = await withFile(GUARDED);
  await tries(ledger, RECOVER, STAFF, STAFF, TAKE);
  await ledger.seal();
  await tries(ledger, RECOVER);
  await ledger.seal();
  ledger.now += 21 * DAY + 9;
  await ledger.seal();
  await tries(ledger, RECOVER);
  ledger.now += 1;
  await ledger.seal();
  await tries(ledger, TAKE, RECOVER, RECOVER);
  await tries(ledger, upload(ledger, "by who was there before", { publisher: PUBLISHER, attestations: [] }));
  await tries(
    ledger,
    upload(ledger, "by who is there now", { publisher: OTHER.publishers[0] ?? "", attestations: [] }),
  );
  await ledger.seal();
  return ledger;
}

async function whereItIs(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create();
  await tries(ledger, { kind: "project-reserved" }, STAFF, RECOVER, rootSigned(ledger, ROOT));
  await tries(ledger, { kind: "project-created", config: CONFIG }, STAFF, rootSigned(ledger, ROOT));
  await tries(ledger, acceptedFile(ledger.now));
  const unmet = policy({ uploads: "publisher" }, { ...CONFIG, publishers: [] });
  await tries(ledger, { ...STAFF, config: unmet }, rootSigned(ledger, { ...ROOT, config: unmet }));
  await tries(ledger, { ...ROOT, config: unmet }, ROOT);
  await tries(ledger, configure("ask", "account", CONFIG), STAFF, RECOVER, CANCEL, {
    ...STAFF,
    config: CONFIG,
  });
  await ledger.wait(22 * DAY);
  await tries(ledger, { kind: "status", status: "quarantined" }, RECOVER);
  await ledger.seal();
  return ledger;
}

async function cancelled(): Promise<ToyLedger> {
  const ledger = await withFile(GUARDED);
  const by = (key?: typeof OTHER_PASSKEY): Draft =>
    configure("cancel", "passkey", null, ledger.consent("cancel", null, key === undefined ? {} : { key }));
  await tries(ledger, STAFF);
  await tries(ledger, by(OTHER_PASSKEY), configure("cancel", "publisher", null, BY_PUBLISHER));
  await tries(ledger, by());
  await tries(ledger, STAFF, CANCEL);
  await tries(ledger, configure("change", "passkey", OTHER_GUARDED, ledger.consent("change", OTHER_GUARDED)));
  await tries(ledger, STAFF);
  await tries(ledger, by());
  await tries(ledger, STAFF);
  await tries(ledger, by(OTHER_PASSKEY));
  await ledger.wait(22 * DAY);
  await tries(ledger, RECOVER);
  await ledger.seal();
  return ledger;
}

async function cancelledByPublisher(): Promise<ToyLedger> {
  const ledger = await withFile();
  return await tries(ledger, STAFF, configure("cancel", "publisher", null, BY_PUBLISHER), RECOVER);
}

async function dropped(): Promise<ToyLedger> {
  const ledger = await withFile(GUARDED);
  await tries(ledger, STAFF);
  await tries(ledger, configure("change", "passkey", OTHER_GUARDED, ledger.consent("change", OTHER_GUARDED)));
  await ledger.seal();
  await tries(ledger, STAFF);
  await tries(ledger, configure("undo", "passkey", GUARDED, ledger.consent("undo", GUARDED)));
  await tries(ledger, RECOVER, STAFF);
  await tries(ledger, configure("change", "account", policy({ closeDays: 9 }, GUARDED)));
  await ledger.wait(22 * DAY);
  await tries(ledger, RECOVER);
  await ledger.seal();
  return ledger;
}

async function byRoot(): Promise<ToyLedger> {
  const ledger = await withFile(GUARDED);
  await tries(ledger, configure("ask", "passkey", OTHER_GUARDED, ledger.consent("ask", OTHER_GUARDED)));
  await tries(ledger, rootSigned(ledger, ROOT));
  const asked = ledger.leaves.length - 1;
  await tries(ledger, rootSigned(ledger, ROOT), STAFF, TAKE, CANCEL);
  await tries(ledger, configure("cancel", "passkey", null, ledger.consent("cancel", null)));
  await tries(ledger, configure("ask", "passkey", OTHER_GUARDED, ledger.consent("ask", OTHER_GUARDED)));
  await tries(ledger, configure("change", "passkey", OTHER_GUARDED, ledger.consent("change", OTHER_GUARDED)));
  await tries(ledger, configure("undo", "passkey", GUARDED, ledger.consent("undo", GUARDED)));
  const draft = voidOf(ledger, asked);
  await tries(ledger, draft, { ...draft, root: [] }, rootSigned(ledger, draft, ROOTS.slice(0, 1)));
  await ledger.wait(20 * DAY);
  await tries(ledger, RECOVER);
  await ledger.wait(2 * DAY);
  await tries(ledger, RECOVER);
  await tries(ledger, upload(ledger, "by who was there before"));
  await ledger.seal();
  return ledger;
}

async function takenBack(): Promise<ToyLedger> {
  const ledger = await withFile(GUARDED);
  await tries(ledger, STAFF);
  await tries(ledger, rootSigned(ledger, ROOT));
  await tries(ledger, rootSigned(ledger, voidOf(ledger, ledger.leaves.length - 1)));
  await ledger.wait(22 * DAY);
  return await tries(ledger, RECOVER);
}

async function whoAsksAsRoot(): Promise<ToyLedger> {
  const ledger = await withFile(GUARDED);
  const [first = toyKey(""), second = toyKey("")] = ROOTS;
  await tries(
    ledger,
    ROOT,
    rootSigned(ledger, ROOT, [first]),
    rootSigned(ledger, ROOT, [first, toyKey("stranger")]),
    rootSigned(ledger, ROOT, [first, second, toyKey("stranger")]),
    { ...ROOT, root: rootSigned(ledger, { ...ROOT, config: CONFIG }).root },
    { ...ROOT, root: rootSigned(ledger, { ...ROOT, seq: 3 }).root },
    rootSigned(ledger, ROOT),
  );
  await ledger.seal();
  return ledger;
}

async function afterwards(): Promise<ToyLedger> {
  const ledger = await withFile(GUARDED);
  await tries(ledger, configure("change", "passkey", OTHER_GUARDED, ledger.consent("change", OTHER_GUARDED)));
  await ledger.seal();
  await ledger.seal();
  ledger.now += 10 * DAY;
  await ledger.seal();
  await tries(ledger, STAFF);
  await ledger.wait(12 * DAY);
  await tries(
    ledger,
    configure("cancel", "passkey", null, ledger.consent("cancel", null, { key: OTHER_PASSKEY })),
  );
  await tries(
    ledger,
    configure("ask", "passkey", GUARDED, ledger.consent("ask", GUARDED, { key: OTHER_PASSKEY })),
  );
  await ledger.wait(8 * DAY);
  await tries(ledger, TAKE);
  await tries(
    ledger,
    configure(
      "undo",
      "passkey",
      OTHER_GUARDED,
      ledger.consent("undo", OTHER_GUARDED, { key: OTHER_PASSKEY }),
    ),
  );
  // Frozen for two weeks, in which root keys asked before that.
  await tries(ledger, rootSigned(ledger, { ...ROOT, config: OTHER_GUARDED }));
  await tries(
    ledger,
    configure("change", "passkey", GUARDED, ledger.consent("change", GUARDED, { key: OTHER_PASSKEY })),
  );
  await ledger.wait(13 * DAY);
  await ledger.wait(9 * DAY);
  await tries(ledger, RECOVER);
  await tries(
    ledger,
    configure(
      "undo",
      "passkey",
      OTHER_GUARDED,
      ledger.consent("undo", OTHER_GUARDED, { key: OTHER_PASSKEY }),
    ),
  );
  await tries(
    ledger,
    configure("change", "passkey", GUARDED, ledger.consent("change", GUARDED, { key: OTHER_PASSKEY })),
  );
  await ledger.seal();
  return ledger;
}

async function voided(): Promise<ToyLedger> {
  const ledger = await withFile(GUARDED);
  await tries(ledger, STAFF);
  const first = ledger.leaves.length - 1;
  await tries(ledger, { ...voidOf(ledger, first), statement: digestOf("other") }, voidOf(ledger, first));
  await tries(ledger, voidOf(ledger, first), RECOVER, STAFF);
  const second = ledger.leaves.length - 1;
  await ledger.wait(22 * DAY);
  await tries(ledger, RECOVER);
  const taken = ledger.leaves.length - 1;
  await tries(ledger, voidOf(ledger, second), { kind: "status", status: "active" });
  await tries(ledger, voidOf(ledger, taken), { kind: "status", status: "active" });
  await tries(ledger, voidOf(ledger, first));
  await tries(ledger, rootSigned(ledger, ROOT));
  const root = ledger.leaves.length - 1;
  await ledger.wait(22 * DAY);
  await tries(ledger, RECOVER);
  await tries(ledger, voidOf(ledger, root), rootSigned(ledger, voidOf(ledger, root)));
  await ledger.seal();
  return ledger;
}
