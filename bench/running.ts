// SPDX-License-Identifier: Apache-2.0
// Measurements on the whole running system: every service a process of its own, loopback, TLS to the index.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  buildWheel,
  createProcessWorld,
  fetchPackages,
  fetchPip,
  findPython,
  jobEnvironment,
  makeEnvironment,
  type ProcessWorld,
  type Python,
  postUpload,
  publisherOf,
  ROOT,
  registerJob,
  releaseJob,
  runToolOrThrow,
  type SamplePackages,
  scrubbedEnvironment,
  toyProject,
  uploadForm,
} from "@countermark/testkit";
import { median, quantile, secondsOf } from "./measure.ts";
import { type CountingRelay, startRelay } from "./relay.ts";

export interface Latencies {
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
}

export interface InstallCost {
  readonly bytes: number;
  readonly seconds: number;
}

export interface RunningSystem {
  /** From the first byte of an upload to the last byte of its receipt. */
  measureUploads(count: number, atOnce: number): Promise<Latencies>;
  /** Medians of `rounds` installs into fresh environments, plain pip and `countermark install` in turns. */
  measureInstalls(rounds: number): Promise<{ readonly plain: InstallCost; readonly verified: InstallCost }>;
  readonly packages: SamplePackages;
  stop(): Promise<void>;
}

interface Parts {
  readonly world: ProcessWorld;
  readonly relay: CountingRelay;
  readonly python: Python;
  readonly pip: string;
  readonly packages: SamplePackages;
  readonly folder: string;
}

/** Starts everything below `folder`, and publishes the sample packages, attested. */
export async function startSystem(folder: string, cache: string): Promise<RunningSystem> {
  const relay = await startRelay();
  const dir = join(folder, "world");
  mkdirSync(dir, { recursive: true });
  const world = await createProcessWorld(dir, { publicPort: relay.port });
  relay.target = world.indexPort;
  await world.start();
  const python = await findPython();
  const pip = (await fetchPip(python, cache, false)).folder;
  const packages = await fetchPackages(python, cache, false);
  const parts = { world, relay, python, pip, packages, folder };
  for (const project of packages.projects) await publish(parts, project);
  let uploads = 0;
  const token = (await world.createAccount("bench")).token;
  return {
    packages,
    measureUploads: async (count, atOnce) => {
      const first = uploads;
      uploads += count;
      return await measureUploads(world, token, { first, count, atOnce });
    },
    measureInstalls: (rounds) => measureInstalls(parts, rounds),
    stop: async () => {
      await world.stop();
      await relay.close();
    },
  };
}

async function publish(parts: Parts, project: SamplePackages["projects"][number]): Promise<void> {
  const { world } = parts;
  const claims = releaseJob(`${project.name}-authors/${project.name}`);
  await world.manage("projects", {
    project: project.name,
    publishers: [publisherOf(world.issuerUrl, claims)],
  });
  const job = await registerJob(world.issuerUrl, claims, fetch);
  await countermark(parts, ["publish", ...project.files], jobEnvironment(job));
}

async function countermark(
  { world, folder }: Parts,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const home = join(folder, "home");
  mkdirSync(home, { recursive: true });
  const main = join(ROOT, "packages/client/src/main.ts");
  await runToolOrThrow(process.execPath, ["--conditions=source", main, ...args], {
    cwd: home,
    env: scrubbedEnvironment(home, {
      COUNTERMARK_TRUST: `${world.trustFile}#sha256=${world.trustDigest}`,
      COUNTERMARK_INDEX: world.indexUrl,
      COUNTERMARK_SIGNING_CONFIG: world.authorityUrl,
      COUNTERMARK_CA: world.caFile,
      ...env,
    }),
  });
}

async function measureUploads(
  world: ProcessWorld,
  token: string,
  plan: { readonly first: number; readonly count: number; readonly atOnce: number },
): Promise<Latencies> {
  const milliseconds: number[] = [];
  let next = plan.first;
  const work = async (): Promise<void> => {
    while (next < plan.first + plan.count) {
      const project = toyProject("bench-uploads", `1.0.${next++}`);
      const file = buildWheel(project);
      const seconds = await secondsOf(async () => {
        const answer = await postUpload(fetch, world.indexUrl, token, uploadForm(project, file));
        if (!answer.ok) throw new Error(`POST /legacy/: ${answer.status} ${await answer.text()}`);
        await answer.text();
        const digest = Buffer.from(
          await crypto.subtle.digest("SHA-256", new Uint8Array(file.bytes)),
        ).toString("hex");
        await world.readBytes(`/receipt/${digest}/${file.filename}.tlog-proof`);
      });
      milliseconds.push(seconds * 1000);
    }
  };
  await Promise.all(Array.from({ length: plan.atOnce }, work));
  return { p50: median(milliseconds), p95: quantile(milliseconds, 0.95) };
}

async function measureInstalls(
  parts: Parts,
  rounds: number,
): Promise<{ readonly plain: InstallCost; readonly verified: InstallCost }> {
  const wanted = parts.packages.projects[0]?.name ?? "";
  const costs = { plain: [] as InstallCost[], verified: [] as InstallCost[] };
  const measure = async (kind: "plain" | "verified", round: number): Promise<void> => {
    const environment = makeEnvironment(parts.python, join(parts.folder, `${kind}-${round}`), parts.pip);
    parts.relay.takeBytes();
    const seconds = await secondsOf(() =>
      kind === "plain"
        ? installPlain(parts, environment.python, wanted)
        : countermark(parts, ["install", "--python", environment.python, "--no-cache-dir", wanted]),
    );
    costs[kind].push({ bytes: parts.relay.takeBytes(), seconds });
  };
  for (let round = 0; round < rounds; round++) {
    for (const kind of round % 2 === 0
      ? (["plain", "verified"] as const)
      : (["verified", "plain"] as const)) {
      await measure(kind, round);
    }
  }
  const middle = (list: readonly InstallCost[]): InstallCost => ({
    bytes: median(list.map(({ bytes }) => bytes)),
    seconds: median(list.map(({ seconds }) => seconds)),
  });
  return { plain: middle(costs.plain), verified: middle(costs.verified) };
}

async function installPlain(parts: Parts, python: string, wanted: string): Promise<void> {
  const home = join(parts.folder, "home");
  const index = ["--index-url", `${parts.world.indexUrl}/simple/`, "--cert", parts.world.caFile];
  await runToolOrThrow(python, ["-m", "pip", "install", "--no-cache-dir", "--no-input", ...index, wanted], {
    env: scrubbedEnvironment(home),
  });
}
