// SPDX-License-Identifier: Apache-2.0
import {
  acceptedFile,
  CONFIG,
  DAY,
  digestOf,
  F,
  GUARDED,
  I,
  K,
  OTHER_PRINCIPAL,
  OTHER_PUBLISHER,
  ROOTS,
  rootSigned,
  ToyLedger,
  toyKey,
} from "../../toy-ledger.ts";
import type { Story } from "./tell.ts";

const NONE = { kind: "none" } as const;
const OTHER = { ...CONFIG, publishers: [OTHER_PUBLISHER] };
const OTHER_GUARDED = { ...GUARDED, principals: [OTHER_PRINCIPAL] };

export const FIRST_STORIES: readonly Story[] = [
  ["a project, a file, and what can become of it", filesOfProject],
  ["a change by account waits a week and can be cancelled", changesByAccount],
  ["a passkey changes at once, undoes and freezes", changesByPasskey],
  ["a reserved name is created once", reservedName],
  ["voids take away, and only what is there", voids],
  ["leaves that are none", nonsense],
];

async function filesOfProject(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject();
  await ledger.add(acceptedFile(ledger.now));
  await ledger.add(acceptedFile(ledger.now));
  await ledger.add(acceptedFile(ledger.now, { publisher: OTHER_PUBLISHER, file: digestOf("second") }));
  await ledger.add(
    acceptedFile(ledger.now, {
      uploader: "token",
      publisher: null,
      attestations: [],
      file: digestOf("third"),
    }),
  );
  await ledger.add({ kind: "yanked", files: [F], reason: "mistake" });
  await ledger.add({ kind: "yanked", files: [F], reason: "mistake" });
  await ledger.seal();
  await ledger.add({ kind: "unyanked", files: [F], reason: "owner" });
  await ledger.add({ kind: "status", status: "quarantined" });
  await ledger.add(acceptedFile(ledger.now, { file: digestOf("fourth") }));
  await ledger.add({ kind: "status", status: "active" });
  await ledger.add({ kind: "withdrawn", files: [digestOf("third"), F].sort(), reason: "malware" });
  await ledger.add(acceptedFile(ledger.now));
  await ledger.seal();
  return ledger;
}

async function changesByAccount(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject();
  const ask = {
    kind: "project-configured",
    act: "ask",
    way: "account",
    config: OTHER,
    consent: NONE,
  } as const;
  const take = { kind: "project-configured", act: "take", way: "none", config: null, consent: NONE } as const;
  await ledger.add({ ...ask, act: "change", way: "free", config: CONFIG });
  await ledger.add(ask);
  await ledger.add(acceptedFile(ledger.now));
  await ledger.add({ ...ask, act: "change", way: "free" });
  await ledger.add(ask);
  await ledger.add(ask);
  await ledger.add(take);
  await ledger.wait(7 * DAY - 11);
  await ledger.add(take);
  await ledger.add({ ...take, act: "cancel", way: "account" });
  await ledger.add({ ...take, act: "cancel", way: "account" });
  await ledger.add(ask);
  await ledger.wait(7 * DAY + 10);
  await ledger.add(take);
  await ledger.add(take);
  await ledger.seal();
  return ledger;
}

async function changesByPasskey(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject(GUARDED);
  await ledger.add(acceptedFile(ledger.now));
  const change = {
    kind: "project-configured",
    act: "change",
    way: "passkey",
    config: OTHER_GUARDED,
  } as const;
  const consent = ledger.consent("change", OTHER_GUARDED);
  await ledger.add({ ...change, consent: ledger.consent("change", OTHER_GUARDED, { key: toyKey("thief") }) });
  await ledger.add({ ...change, consent: ledger.consent("change", OTHER_GUARDED, { flags: 0x01 }) });
  await ledger.add({ ...change, consent });
  await ledger.add({ ...change, consent });
  const undo = { ...change, act: "undo", config: GUARDED } as const;
  await ledger.add({ ...undo, consent: ledger.consent("undo", GUARDED) });
  await ledger.add({ ...change, consent: ledger.consent("change", OTHER_GUARDED, { form: 1 }) });
  await ledger.wait(14 * DAY + 10);
  await ledger.add({ ...change, consent: ledger.consent("change", OTHER_GUARDED, { form: 1 }) });
  await ledger.wait(14 * DAY + 10);
  await ledger.add({ ...undo, consent: ledger.consent("undo", GUARDED) });
  await ledger.seal();
  return ledger;
}

async function reservedName(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create();
  await ledger.add({ kind: "project-reserved" });
  await ledger.add({ kind: "project-reserved" });
  await ledger.add({ kind: "project-configured", act: "ask", way: "account", config: OTHER, consent: NONE });
  await ledger.add(acceptedFile(ledger.now));
  await ledger.add({ kind: "status", status: "active" });
  await ledger.add({
    kind: "project-created",
    config: { ...CONFIG, publishers: [], policy: { ...CONFIG.policy, uploads: "publisher" } },
  });
  await ledger.add({ kind: "project-created", config: CONFIG });
  await ledger.add({ kind: "project-created", config: CONFIG });
  await ledger.seal();
  return ledger;
}

async function voids(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject();
  await ledger.add(acceptedFile(ledger.now));
  const target = (at: number, project = K) => {
    const known = ledger.state.projects.get(project)?.entries ?? [];
    const past = [...known, ...ledger.state.states].find((entry) => entry.index === at);
    return {
      kind: "void",
      target: at,
      statement: past?.statement ?? digestOf("none"),
      root: null,
      project,
    } as const;
  };
  await ledger.add(target(3));
  await ledger.add(target(3));
  await ledger.add(target(4));
  await ledger.add(target(9));
  await ledger.add({ ...target(2), statement: digestOf("other") });
  await ledger.add(target(0, I));
  await ledger.seal();
  await ledger.add(target(10, I));
  await ledger.add(rootSigned(ledger, target(10, I), ROOTS.slice(0, 1)));
  await ledger.add(rootSigned(ledger, target(10, I)));
  await ledger.seal();
  await ledger.add(target(2));
  await ledger.seal();
  return ledger;
}

async function nonsense(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create();
  const created = ledger.leaf({ kind: "project-created", config: CONFIG });
  await ledger.addLeaf(new Uint8Array());
  await ledger.addLeaf(new Uint8Array([0x7b]));
  await ledger.addLeaf(created.subarray(1));
  await ledger.addLeaf(ledger.leaf({ kind: "project-created", config: CONFIG }, toyKey("stranger")));
  await ledger.addLeaf(
    new TextEncoder().encode(new TextDecoder().decode(created).replace(/"sig":"..../, '"sig":"AAAA')),
  );
  await ledger.add({ kind: "project-created", config: CONFIG, origin: "other.example" });
  await ledger.add({ kind: "project-created", config: CONFIG, role: "gate" });
  await ledger.add({ kind: "project-created", config: CONFIG, seq: 1 });
  await ledger.add({ kind: "project-created", config: CONFIG, project: I, seq: 1 });
  await ledger.addLeaf(ledger.leaves[0] ?? new Uint8Array());
  await ledger.addLeaf(ledger.leaves[1] ?? new Uint8Array());
  await ledger.seal();
  return ledger;
}
