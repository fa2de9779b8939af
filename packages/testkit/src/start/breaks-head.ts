// SPDX-License-Identifier: Apache-2.0
// Attacks on what is newest: heads, pages, tiles.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { buildWheel, toyProject } from "../build-wheel.ts";
import { jobEnvironment } from "../ci-job.ts";
import { countermark, type Demo, freshEnvironment, startJob } from "../demo/demo.ts";
import { forkProof } from "../fork-head.ts";
import type { SampleProject } from "../sample-packages.ts";
import { withoutUs, withUs } from "./breaks-files.ts";
import { recordPages, showing, withBody } from "./pages.ts";
import type { Break, Scene, TryLine } from "./scene.ts";

/** From when on a head is too old in this world, in seconds: long enough for its refreshes, short enough to wait for. */
export const PACE = { limits: { Y: 60, Zwarn: 10, Zrefuse: 90 }, refreshSeconds: 3 } as const;

export const fork: Break = {
  name: "fork",
  does: "whoever has the log's key shows another tree of the same size, without the cosigners",
  lines: ({ victim }) => [
    ...withoutUs(victim, "installs: they know of no tree"),
    ...withUs(victim, "refused: the head lacks the quorum's signatures"),
  ],
  begin: async ({ world, victim }) => {
    const logKey = world.readLogKey();
    return {
      tampering: (path, answer) => {
        if (!path.startsWith("/map/latest/") || answer.status !== 200) return answer;
        return withBody(answer, forkProof(answer.body, logKey).bytes);
      },
      done: [`every proof about ${victim.name} now ends in a tree that only the log signed`],
    };
  },
};

export const freeze: Break = {
  name: "freeze",
  does: "a mirror shows what there is now for ever, so that the fix that is published next is never seen",
  lines: ({ victim }) => [
    ...newestWithoutUs(victim, `installs what was newest: the fix is nowhere to be seen`),
    ...newestWithUs(
      victim,
      `at first that as well, and the age of the head once it is ${PACE.limits.Zwarn} s old; refused from ${PACE.limits.Zrefuse} s on (a day, outside of this demonstration)`,
    ),
  ],
  begin: async (scene) => {
    const pages = await recordPages(scene.world, scene.projects);
    const version = await publishFix(scene);
    return {
      tampering: showing(pages),
      done: [`${scene.victim.name} ${version} was published, and is not shown`],
    };
  },
};

export const rollback: Break = {
  name: "rollback",
  does: "a mirror shows a fix, and then goes back to what it showed before",
  lines: ({ victim }) => [
    ...newestWithoutUs(victim, `installs ${victim.version}: what was published since is gone`),
    ...newestWithUs(victim, "refused: this machine has seen a newer head"),
  ],
  begin: async (scene) => {
    const pages = await recordPages(scene.world, scene.projects);
    const recordedAt = Date.now();
    const version = await publishFix(scene);
    // What is younger than this could be a cache that lags.
    const lag = recordedAt + (PACE.limits.Zwarn + PACE.refreshSeconds) * 1_000 - Date.now();
    await setTimeout(Math.max(0, lag));
    await installNewest(scene.demo, scene.victim);
    return {
      tampering: showing(pages),
      done: [
        `${scene.victim.name} ${version} was published, and countermark installed it once on this machine`,
        "then the mirror went back",
      ],
    };
  },
};

export const tornTile: Break = {
  name: "torn-tile",
  does: "the log grows, and its tiles come back cut short",
  lines: ({ victim }) => [
    ...withoutUs(victim, "installs: they read no tiles"),
    {
      command: "countermark audit",
      sees: "refused: the tile is not the one that the cosigned head commits to",
    },
    ...withUs(
      victim,
      "refused: nothing shows that this is still the ledger that was seen before. Auditors stop as well, so nothing new appears",
    ),
  ],
  begin: async (scene) => {
    const version = await publishFix(scene);
    return {
      tampering: (path, answer) =>
        path.startsWith("/tile/") && answer.status === 200
          ? withBody(answer, answer.body.subarray(0, answer.body.length >> 1))
          : answer,
      done: [
        `${scene.victim.name} ${version} was published: the log has grown`,
        "/tile/ answers with the first half of each tile",
      ],
    };
  },
};

/** Whatever is newest, so that what is hidden can be missed. */
export function newestWithoutUs({ name }: SampleProject, sees: string): readonly TryLine[] {
  return [
    { command: `fresh; pip install ${name}`, sees },
    { command: `fresh; uv pip install ${name}`, sees: "the same" },
  ];
}

export function newestWithUs({ name }: SampleProject, sees: string): readonly TryLine[] {
  return [
    { command: `fresh; countermark install ${name}`, sees },
    { command: `fresh; countermark run -- uv pip install ${name}`, sees: "the same" },
  ];
}

/** The victim's own CI job publishes one more version. Returns it. */
export async function publishFix({ demo, world, victim }: Scene): Promise<string> {
  const page = await world.readText(`/simple/${victim.name}/`);
  let number = 1;
  while (page.includes(`${victim.version}.post${number}`)) number++;
  const version = `${victim.version}.post${number}`;
  const file = buildWheel(toyProject(victim.name, version));
  const folder = join(demo.dir, "dist", `${victim.name}-${version}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file.filename), file.bytes);
  const job = await startJob(demo, victim.name, `9${number}`);
  await countermark(demo, ["publish", join(folder, file.filename)], { env: jobEnvironment(job) });
  return version;
}

/** Installs the newest version, verified: the machine remembers the head. */
async function installNewest(demo: Demo, victim: SampleProject): Promise<void> {
  const environment = await freshEnvironment(demo, "looked-once");
  await countermark(demo, ["install", "--python", environment.python, "--no-cache-dir", victim.name]);
}
