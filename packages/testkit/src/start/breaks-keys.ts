// SPDX-License-Identifier: Apache-2.0
// Attacks with keys: what a thief of the index's online keys does.
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  encodeEntry,
  encodeFileMapRecord,
  encodeProjectStateFile,
  encodeReceipt,
  encodeStatement,
  fileId,
  mapKey,
  paeOf,
  parseEntry,
  parseFileRecord,
  parseProjectStateFile,
  parseReceipt,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { buildWheel } from "../build-wheel.ts";
import { publisherOf, releaseJob } from "../ci-job.ts";
import { fileDigest } from "../sample-packages.ts";
import { evilProject, evilWheel, swapWheel, uploadAs, withoutUs, withUs } from "./breaks-files.ts";
import { newestWithoutUs, newestWithUs } from "./breaks-head.ts";
import { readTrue, withBody } from "./pages.ts";
import { type Break, honest, type Scene } from "./scene.ts";
import { sha256Hex, wheelOf } from "./victim.ts";

const YEAR = 365 * 86_400;

export const backDate: Break = {
  name: "back-date",
  does: "whoever has the countersigning key writes the attacker's wheel into the past: an entry, a record and a receipt that are a year old",
  lines: ({ demo, victim }) => [
    ...withoutUs(victim, "installs the attacker's wheel"),
    ...withUs(victim, "refused: the records are not those that the cosigned head commits to"),
    {
      command: `countermark verify ${join(evilFolder(demo.dir), basename(wheelOf(victim)))}`,
      sees: "refused: the entry is truly countersigned, and in no tree that anybody cosigned",
    },
  ],
  begin: async (scene) => {
    const { demo, world, victim } = scene;
    const evil = await evilWheel(scene);
    const { filename } = evil;
    const tampering = swapWheel(victim, evil);
    mkdirSync(evilFolder(demo.dir), { recursive: true });
    writeFileSync(join(evilFolder(demo.dir), filename), evil.bytes);
    writeFileSync(
      join(evilFolder(demo.dir), `${filename}.tlog-proof`),
      await forgeReceipt(scene, evil.bytes),
    );
    const key = mapKey(nodeCrypto.sha256, "pypi", victim.name);
    const file = fileId(nodeCrypto.sha256, key, filename);
    return {
      tampering: async (path, answer) => {
        if (!path.startsWith("/state/sha256/") || answer.status !== 200) return await tampering(path, answer);
        const state = parseProjectStateFile(answer.body);
        const records = state.records.map(
          ([id, bytes]) => [id, id === file ? backDated(bytes, evil.bytes) : bytes] as const,
        );
        return withBody(answer, encodeProjectStateFile({ ...state, records }));
      },
      done: [
        `the record of ${filename} now says sha256 ${sha256Hex(evil.bytes)}, accepted a year ago`,
        `an entry that says so is countersigned with ${join("index", "keys", "countersign.pem")}; its receipt is in ${evilFolder(demo.dir)}`,
        `audits go on from ${world.indexUrl} as before: it is in no tree`,
      ],
    };
  },
};

export const stealOnlineKey: Break = {
  name: "steal-online-key",
  does: "a thief has the whole index for an hour: its keys, its database, its operator's token; nothing he does breaks a rule",
  lines: ({ other: victim }) => [
    ...newestWithoutUs(victim, `installs the thief's ${THIEFS_VERSION}`),
    ...newestWithUs(victim, "refused: attested by its CI until now, not attested at all any more"),
    {
      command: "countermark audit",
      sees: "no rule was broken: what he did is in the ledger, for everybody to see",
    },
  ],
  begin: async ({ demo, world, other: victim }) => {
    const { token } = await world.createAccount(`thief-${Date.now()}`);
    stealOwnership(join(demo.dir, "index", "index.sqlite"), victim.name);
    await uploadAs(
      token,
      buildWheel(evilProject(victim.name, THIEFS_VERSION)),
      { name: victim.name, version: THIEFS_VERSION },
      world,
    );
    const done = [
      `${victim.name} ${THIEFS_VERSION} is uploaded with a token of his own, countersigned, logged and cosigned`,
    ];
    const publishers = [publisherOf(world.issuerUrl, releaseJob("thief/innocent-looking"))];
    for (const act of ["change", "ask"] as const) {
      const way = act === "change" ? "free" : "account";
      done.push(
        `he registers his own repository as publisher (${act}, ${way}): ${await tryTo(world, victim.name, { act, way, publishers })}`,
      );
    }
    done.push("an ask waits a week of log time, in public, where the owner cancels it");
    return { tampering: honest, done };
  },
};

const THIEFS_VERSION = "99.0.0";

function evilFolder(dir: string): string {
  return join(dir, "back-dated");
}

/** The receipt of the victim's true wheel, with its entry made over: other bytes, a year ago, countersigned anew. */
async function forgeReceipt({ world, victim }: Scene, evil: Uint8Array): Promise<Uint8Array> {
  const wheel = wheelOf(victim);
  const receipt = parseReceipt(
    await readTrue(world, `/receipt/${fileDigest(wheel)}/${basename(wheel)}.tlog-proof`),
  );
  const { statement, keyId } = parseEntry(receipt.entry);
  if (statement.kind !== "file-accepted") throw new Error("the receipt of a file is about something else");
  const forged = {
    ...statement,
    sha256: sha256Hex(evil),
    size: evil.length,
    time: statement.time - YEAR,
    received: statement.received - YEAR,
  };
  const payload = encodeStatement(forged);
  const signature = world.readCountersignKey().sign(paeOf(payload));
  return encodeReceipt({ ...receipt, entry: encodeEntry(payload, { keyId, signature }) });
}

function backDated(record: Uint8Array, evil: Uint8Array): Uint8Array {
  const file = parseFileRecord(record);
  return encodeFileMapRecord({ ...file, sha256: sha256Hex(evil), size: evil.length, time: file.time - YEAR });
}

/** The newest account becomes an owner of `project`, past every rule of the index: a thief has its database. */
function stealOwnership(database: string, project: string): void {
  const db = new DatabaseSync(database);
  try {
    const key = mapKey(nodeCrypto.sha256, "pypi", project);
    db.prepare("insert into project_owners (project, account_id) select ?, max(id) from accounts").run(key);
  } finally {
    db.close();
  }
}

/** What the index answers to the operator's own request. */
async function tryTo(world: Scene["world"], project: string, body: unknown): Promise<string> {
  try {
    return `done: ${JSON.stringify(await world.manage(`projects/${project}/configure`, body))}`;
  } catch (error) {
    return `refused: ${error instanceof Error ? error.message : String(error)}`;
  }
}
