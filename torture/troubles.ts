// SPDX-License-Identifier: Apache-2.0
import { EPSILON_SECONDS } from "@countermark/verify";
import type { Random } from "../fuzz/random.ts";
import { sleep } from "./sleep.ts";
import { COSIGNERS, DISKS, type Town, VICTIMS, type Victim } from "./town.ts";

/** One thing that goes wrong, as it was drawn: what it is in words, when, and what is done. */
export interface Trouble {
  readonly words: string;
  readonly atMs: number;
  /** Whose clock it sets ahead by more than clocks may differ. */
  readonly ahead?: Victim;
  strike(town: Town): Promise<void>;
}

interface TroubleKind {
  readonly weight: number;
  draw(random: Random): Omit<Trouble, "atMs">;
}

/** All that can go wrong in a round. */
const KINDS: readonly TroubleKind[] = [
  { weight: 10, draw: killOne },
  { weight: 4, draw: killEverything },
  { weight: 4, draw: killWhileStarting },
  { weight: 2, draw: stopCleanly },
  { weight: 2, draw: freeze },
  { weight: 5, draw: fillDisk },
  { weight: 4, draw: jumpClock },
  { weight: 2, draw: jumpEveryClock },
  { weight: 4, draw: takeQuorumAway },
  { weight: 3, draw: loseAnswers },
];

const CLOCK_JUMPS = [-259_200, -3_600, -600, -90, 90, 600, 3_600, 259_200];

/** The troubles of a round, in the order in which they strike. */
export function drawTroubles(random: Random, withinMs: number): readonly Trouble[] {
  const count = 1 + random.below(3);
  const drawn = Array.from({ length: count }, (): Trouble => {
    const kind = random.pickBy(KINDS, ({ weight }) => weight);
    return { ...kind.draw(random), atMs: random.below(withinMs) };
  });
  // Cosigners that are ahead together, as a quorum, move log time for good: no index can come back from that before the day is there.
  const ahead = new Set<string>();
  const bearable = drawn.filter(({ ahead: name }) => {
    if (name === undefined || name === "index") return true;
    ahead.add(name);
    return ahead.size === 1;
  });
  return bearable.sort((a, b) => a.atMs - b.atMs);
}

/** Makes everything as it should be, but starts no process: what is dead stays dead. */
export function endTroubles(town: Town): void {
  for (const [folder, owner] of Object.entries(DISKS)) town.disks.free(folder, pidOf(town, owner));
  for (const name of VICTIMS) town.clocks.set(name, 0);
  for (const between of town.between.values()) between.passage = "open";
}

function killOne(random: Random): Omit<Trouble, "atMs"> {
  const name = random.pick(["index", "index", "index", "auditor", "auditor", ...COSIGNERS] as const);
  const backAfterMs = random.chance(60) ? random.below(400) : null;
  return {
    words: `kill ${name}${backAfterMs === null ? "" : `, back after ${backAfterMs} ms`}`,
    async strike(town) {
      await town.kill(name);
      if (backAfterMs === null) return;
      await sleep(backAfterMs);
      await start(town, name);
    },
  };
}

function killEverything(random: Random): Omit<Trouble, "atMs"> {
  const order = shuffle(random, VICTIMS);
  return {
    words: `kill everything: ${order.join(", ")}`,
    async strike(town) {
      for (const name of order) await town.kill(name);
    },
  };
}

/** Recovery is interrupted too, more than once. */
function killWhileStarting(random: Random): Omit<Trouble, "atMs"> {
  const name = random.pick(["index", "index", "auditor"] as const);
  const afterMs = Array.from({ length: 1 + random.below(3) }, () => 50 + random.below(400));
  return {
    words: `kill ${name}, and again ${afterMs.join(", ")} ms into its start`,
    async strike(town) {
      for (const ms of afterMs) {
        await town.kill(name);
        const started = start(town, name);
        await sleep(ms);
        await town.kill(name);
        await started;
      }
    },
  };
}

function stopCleanly(random: Random): Omit<Trouble, "atMs"> {
  const name = random.pick(VICTIMS);
  return {
    words: `stop ${name}, and start it`,
    async strike(town) {
      await town.world.service(name).stop();
      await start(town, name);
    },
  };
}

/** As a machine that swaps, or whose storage hangs. */
function freeze(random: Random): Omit<Trouble, "atMs"> {
  const name = random.pick(VICTIMS);
  const forMs = 100 + random.below(900);
  return {
    words: `freeze ${name} for ${forMs} ms`,
    async strike(town) {
      const pid = pidOf(town, name);
      if (!signal(pid, "SIGSTOP")) return;
      await sleep(forMs);
      signal(pid, "SIGCONT");
    },
  };
}

function fillDisk(random: Random): Omit<Trouble, "atMs"> {
  const folder = random.pick(["index", "index", "index", ...Object.keys(DISKS)]);
  const leftBytes = random.chance(40) ? 0 : 4_096 * random.below(64);
  const forMs = random.chance(50) ? 100 + random.below(600) : null;
  return {
    words: `${leftBytes} bytes left on the disk of ${folder}${forMs === null ? "" : ` for ${forMs} ms`}`,
    async strike(town) {
      const owner = DISKS[folder] ?? "index";
      town.disks.fill(folder, leftBytes, pidOf(town, owner));
      if (forMs === null) return;
      await sleep(forMs);
      town.disks.free(folder, pidOf(town, owner));
    },
  };
}

function jumpClock(random: Random): Omit<Trouble, "atMs"> {
  const name = random.pick<Victim>(["index", "index", ...VICTIMS]);
  const seconds = random.pick(CLOCK_JUMPS);
  return {
    words: `the clock of ${name} jumps by ${seconds} s`,
    ...(seconds > EPSILON_SECONDS ? { ahead: name } : {}),
    strike: async (town) => town.clocks.set(name, seconds),
  };
}

/** As a wrong time server does. Far ahead is left out: see drawTroubles. */
function jumpEveryClock(random: Random): Omit<Trouble, "atMs"> {
  const seconds = random.pick(CLOCK_JUMPS.filter((jump) => jump <= EPSILON_SECONDS));
  return {
    words: `every clock jumps by ${seconds} s`,
    async strike(town) {
      for (const name of VICTIMS) town.clocks.set(name, seconds);
    },
  };
}

function takeQuorumAway(random: Random): Omit<Trouble, "atMs"> {
  const [one, two] = shuffle(random, ["oak", "ash", "elm"]);
  const away = random.chance(50) ? ["auditor"] : [one ?? "oak", two ?? "ash"];
  const backAfterMs = random.chance(50) ? 200 + random.below(800) : null;
  return {
    words: `out of reach: ${away.join(", ")}${backAfterMs === null ? "" : ` for ${backAfterMs} ms`}`,
    async strike(town) {
      for (const name of away) setPassage(town, name, "cut");
      if (backAfterMs === null) return;
      await sleep(backAfterMs);
      for (const name of away) setPassage(town, name, "open");
    },
  };
}

function loseAnswers(random: Random): Omit<Trouble, "atMs"> {
  const names = shuffle(random, COSIGNERS).slice(0, 1 + random.below(COSIGNERS.length));
  return {
    words: `answers are lost: ${names.join(", ")}`,
    async strike(town) {
      for (const name of names) setPassage(town, name, "answers-lost");
    },
  };
}

function setPassage(town: Town, name: string, passage: "open" | "cut" | "answers-lost"): void {
  const between = town.between.get(name);
  if (between !== undefined) between.passage = passage;
}

/** Starts a process unless it runs. It may not be able to now: whoever ends the troubles sees to it. */
async function start(town: Town, name: Victim): Promise<void> {
  if (town.isRunning(name)) return;
  await town.start(name).catch(() => {});
}

function pidOf(town: Town, name: Victim): number {
  return town.world.service(name).pid;
}

/** False when the process is gone. */
function signal(pid: number, name: "SIGSTOP" | "SIGCONT"): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

export function shuffle<T>(random: Random, items: readonly T[]): T[] {
  const rest = [...items];
  const out: T[] = [];
  while (rest.length > 0) out.push(...rest.splice(random.below(rest.length), 1));
  return out;
}
