// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { buildWheel, toyProject } from "../build-wheel.ts";
import { jobEnvironment, publisherOf, registerJob, releaseJob, requestIdToken } from "../ci-job.ts";
import { forkProof } from "../fork-head.ts";
import type { Environment } from "../python.ts";
import type { ToolRun } from "../run-tool.ts";
import { fileDigest, type SampleProject } from "../sample-packages.ts";
import { flipByte } from "../tamper.ts";
import { NOT_FOUND, startTamperingProxy, type Tampering } from "../tampering-proxy.ts";
import {
  countermark,
  type Demo,
  freshEnvironment,
  holds,
  runCountermark,
  startJob,
  theWorld,
} from "./demo.ts";
import { pipArguments, userFolder, uvArguments } from "./tell-installing.ts";

/** Chapter 6: attacks, each refused with a sentence. */
export async function tellRefusals(demo: Demo): Promise<void> {
  const { story } = demo;
  const { projects } = await demo.packages;
  const [first, victim] = projects;
  if (first === undefined || victim === undefined) throw new Error("the story needs two projects");
  story.chapter("Refused: each attack with what was expected and what was seen");
  await tellSwappedBytes(demo, victim);
  await story.independentStep("an upload by another repository's identity", () => tellIntruder(demo, first));
  await story.independentStep("an OIDC token that is used a second time", () => tellReplay(demo, victim));
  await story.independentStep(`an attestation of ${victim.name} that the index withholds`, () =>
    tellTampering(demo, victim, "withheld", async (path, answer) =>
      path.startsWith("/integrity/") ? NOT_FOUND : answer,
    ),
  );
  await story.independentStep(
    "a fork: a head signed with the log's true key, shown to one client, without the quorum",
    () => tellFork(demo, victim),
  );
}

async function tellSwappedBytes(demo: Demo, victim: SampleProject): Promise<void> {
  const { story } = demo;
  const world = theWorld(demo);
  const [wheel = ""] = victim.files;
  const digest = fileDigest(wheel);
  const blob = world.blobFile(digest);
  const truth = readFileSync(blob);
  writeFileSync(blob, flipByte(truth, truth.length >> 1));
  story.say(
    `in the index's store, one bit of ${basename(wheel)} is flipped: same name, same ${truth.length} bytes`,
  );
  story.say(`expected sha256 ${digest}`);
  story.say(`swapped  sha256 ${fileDigest(blob)}`);
  try {
    await story.independentStep(
      `bytes swapped in the store, same size: pip does not get ${victim.name}`,
      async () => {
        const environment = await freshEnvironment(demo, "swapped-pip");
        const run = await runCountermark(demo, pipArguments(environment, [exactly(victim)]), {
          cwd: userFolder(demo),
        });
        expectRefused(demo, run, environment, victim, [digest, fileDigest(blob)]);
      },
    );
    const tools = await demo.tools;
    if (tools === null) return;
    await story.independentStep(
      `bytes swapped in the store, same size: uv does not get ${victim.name}`,
      async () => {
        const environment = await freshEnvironment(demo, "swapped-uv");
        const args = uvArguments(environment, tools.uv, [exactly(victim)]);
        const run = await runCountermark(demo, args, { cwd: userFolder(demo) });
        expectRefused(demo, run, environment, victim, [digest, fileDigest(blob)]);
      },
    );
  } finally {
    writeFileSync(blob, truth);
  }
  await story.independentStep("with the true bytes back, it installs", async () => {
    const environment = await freshEnvironment(demo, "restored-pip");
    await countermark(demo, pipArguments(environment, [exactly(victim)]), { cwd: userFolder(demo) });
  });
}

function exactly(project: SampleProject): string {
  return `${project.name}==${project.version}`;
}

/** The run failed, said each of `words`, and left nothing of `project` behind. */
function expectRefused(
  demo: Demo,
  run: ToolRun,
  environment: Environment,
  project: SampleProject,
  words: readonly string[],
): void {
  demo.story.quote("countermark", sentencesOf(run.output));
  holds(run.status === 1, `exit status 1, found ${run.status}`);
  for (const word of words) holds(run.output.includes(word), `the output says ${word}`);
  const folder = `${project.name.replaceAll("-", "_")}-${project.version}.dist-info`;
  holds(!existsSync(join(environment.sitePackages, folder)), `nothing of ${project.name} installed`);
}

/** What the tool and `countermark` said last: of each the sentence, without the tool's way to it. */
function sentencesOf(output: string): string {
  const lines = output.split("\n");
  const ofTool = lines.filter((line) => /^(?:error|ERROR):/.test(line)).at(-1) ?? "";
  const cause = lines.filter((line) => /^ {2}cause:/.test(line)).at(-1) ?? "";
  const ours = lines.filter((line) => /^(?:refused|countermark):/.test(line));
  return [ofTool, cause, ...ours].filter((line, at, all) => all.indexOf(line) === at).join("\n");
}

async function tellIntruder(demo: Demo, target: SampleProject): Promise<void> {
  const world = theWorld(demo);
  const intruder = releaseJob("intruder/innocent-looking");
  const publisher = publisherOf(world.issuerUrl, intruder);
  await world.manage("projects", { project: "innocent-looking", publishers: [publisher] });
  const file = buildWheel(toyProject(target.name, "99.0.0"));
  const folder = join(demo.dir, "dist", "intruder");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file.filename), file.bytes);
  demo.story.say(
    `intruder/innocent-looking is a registered publisher, of innocent-looking; it uploads ${file.filename}`,
  );
  const job = await registerJob(world.issuerUrl, intruder, fetch);
  const run = await runCountermark(demo, ["publish", join(folder, file.filename)], {
    env: jobEnvironment(job),
  });
  demo.story.quote("countermark publish", run.output);
  holds(run.status === 1, `exit status 1, found ${run.status}`);
  const page = await world.readText(`/simple/${target.name}/`);
  holds(!page.includes(file.filename), `${file.filename} not listed`);
}

async function tellReplay(demo: Demo, victim: SampleProject): Promise<void> {
  const world = theWorld(demo);
  const job = await startJob(demo, victim.name, "7");
  const { audience } = JSON.parse(await world.readText("/_/oidc/audience")) as { audience: string }; // our own index's answer
  const token = await requestIdToken(job, audience, fetch);
  const mint = (): Promise<Response> =>
    fetch(`${world.indexUrl}/_/oidc/mint-token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
    });
  const once = await mint();
  demo.story.say(`the job of ${job.claims.repository} exchanges its token: status ${once.status}`);
  holds(once.status === 200, "the first exchange to succeed");
  const again = await mint();
  const text = await again.text();
  demo.story.say(`a thief who read it from the job's memory does so again: status ${again.status}`);
  demo.story.quote("index", text);
  holds(
    again.status === 422 && text.includes("id-token-reused"),
    "the second exchange to be refused as reused",
  );
}

/** Puts a lying server between one client and the index, and sees what the client does. */
async function tellTampering(
  demo: Demo,
  victim: SampleProject,
  name: string,
  tampering: Tampering,
): Promise<void> {
  const world = theWorld(demo);
  const liar = await startTamperingProxy(world.indexUrl, world.tls, tampering);
  try {
    const environment = await freshEnvironment(demo, name);
    const args = pipArguments(environment, [exactly(victim)]);
    const run = await runCountermark(demo, args, {
      cwd: userFolder(demo),
      env: { COUNTERMARK_INDEX: liar.url },
    });
    expectRefused(demo, run, environment, victim, []);
  } finally {
    await liar.close();
  }
}

async function tellFork(demo: Demo, victim: SampleProject): Promise<void> {
  const world = theWorld(demo);
  const logKey = world.readLogKey();
  await tellTampering(demo, victim, "forked", async (path, answer) => {
    if (!path.startsWith("/map/") || answer.status !== 200) return answer;
    const fork = forkProof(answer.body, logKey);
    demo.story.say(
      `shown instead of the head of size ${fork.size}: the same size, root ${Buffer.from(fork.root).toString("base64")}`,
    );
    return { ...answer, body: fork.bytes };
  });
}
