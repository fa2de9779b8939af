// SPDX-License-Identifier: Apache-2.0
// The demo's world, left running for a person to break. `npm start -- --help`
import { mkdirSync, rmSync } from "node:fs";
import { countermark, type Demo, freshEnvironment, prepareDemo } from "../demo/demo.ts";
import { StepFailed, tellStory } from "../demo/story.ts";
import { tellPackages } from "../demo/tell-packages.ts";
import { tellPublishing } from "../demo/tell-publishing.ts";
import { createProcessWorld } from "../process-world.ts";
import { freePorts } from "../service.ts";
import { startTamperingProxy, type TamperingProxy } from "../tampering-proxy.ts";
import { BREAKS } from "./breaks.ts";
import { PACE } from "./breaks-head.ts";
import { type Control, openControl } from "./control.ts";
import { readStartOptions, START_HELP, type StartOptions, startedFolder } from "./options.ts";
import { trueUrl } from "./pages.ts";
import { type Break, honest, type Scene } from "./scene.ts";
import { writeActivate } from "./shell.ts";

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let options: StartOptions | null;
  try {
    options = readStartOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${START_HELP}`);
    return 2;
  }
  if (options === null) {
    process.stdout.write(START_HELP);
    return 0;
  }
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
  });
  const open: Open = { demo: null, front: null, control: null };
  try {
    await Promise.race([start(options, open), stopped]);
    await stopped;
    return 0;
  } catch (error) {
    if (!(error instanceof StepFailed))
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    return 1;
  } finally {
    await open.control?.close();
    await open.demo?.world?.stop();
    await open.front?.close();
  }
}

/** What has to be closed, as it comes to be. */
interface Open {
  demo: Demo | null;
  front: TamperingProxy | null;
  control: Control | null;
}

async function start(options: StartOptions, open: Open): Promise<void> {
  const dir = startedFolder(options.dir);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const story = tellStory((line) => process.stdout.write(`${line}\n`));
  const demo = prepareDemo({ dir: options.dir, keep: true, offline: options.offline }, dir, story);
  open.demo = demo;
  const stage = { tampering: honest };
  story.chapter("The world starts, with a middleman in front of its index");
  await story.step("every process answers", async () => {
    const [publicPort = 0] = await freePorts(1);
    const world = await createProcessWorld(dir, {
      publicPort,
      pace: PACE,
      onStarted: (line) => story.say(line),
    });
    demo.world = world;
    open.front = await startTamperingProxy(
      trueUrl(world),
      world.tls,
      (path, answer) => stage.tampering(path, answer),
      publicPort,
    );
    await world.start();
    story.say(`middleman  ${world.indexUrl}, in front of ${trueUrl(world)}`);
  });
  await tellPackages(demo);
  await tellPublishing(demo);
  const scene = await story.step("countermark installs once: every identity is remembered", () => look(demo));
  open.control = await openControl(dir, async (name) => {
    const found = BREAKS.find((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no attack "${name}"`);
    stage.tampering = honest;
    const broken = await found.begin(scene);
    stage.tampering = broken.tampering;
    return tellBroken(found, broken.done, scene);
  });
  process.stdout.write(welcome(await writeActivate(demo), scene));
}

async function look(demo: Demo): Promise<Scene> {
  const { projects } = await demo.packages;
  const [first, victim, other] = projects;
  if (demo.world === null || first === undefined || victim === undefined || other === undefined)
    throw new Error("three projects are needed");
  const environment = await freshEnvironment(demo, "first-look");
  await countermark(demo, ["install", "--python", environment.python, "--no-cache-dir", first.name]);
  return {
    demo,
    world: demo.world,
    projects,
    victim,
    other,
  };
}

function welcome(activate: string, { victim, world }: Scene): string {
  const attacks = BREAKS.map(({ name }) => name).join(" | ");
  return `
Everything runs, until Ctrl-C. Pages for people: ${world.indexUrl}/ (certificates: ${world.caFile}).
In a second terminal, in this folder:

  . ${activate}
  fresh; pip install ${victim.name}                            # stock pip, straight from the index
  fresh; countermark install ${victim.name}                    # the same pip, verified
  fresh; uv pip install ${victim.name}
  fresh; countermark run -- uv pip install ${victim.name}
  countermark audit

  npm run break -- ${attacks}

`;
}

function tellBroken(one: Break, done: readonly string[], scene: Scene): string {
  const lines = one.lines(scene).map(({ command, sees }) => `  ${command}\n      # ${sees}`);
  const facts = done.map((line) => `  ${line}`);
  return `${[`${one.name}: ${one.does}.`, ...facts, ...(lines.length > 0 ? ["", "Try:", ...lines] : []), ""].join("\n")}\n`;
}
