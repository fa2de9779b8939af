// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { jobEnvironment, publisherOf, type RegisteredJob, releaseJob } from "../ci-job.ts";
import { scrubbedEnvironment } from "../python.ts";
import { runTool, type ToolOptions, type ToolRun } from "../run-tool.ts";
import type { SampleProject, Way } from "../sample-packages.ts";
import { countermark, type Demo, holds, startJob, theWorld } from "./demo.ts";

/** Chapter 3: every project comes to the index, each its own way. */
export async function tellPublishing(demo: Demo): Promise<void> {
  const { story } = demo;
  const { projects } = await demo.packages;
  story.chapter("Publishing: no key is kept anywhere, each CI job signs with the identity it has");
  await story.step(
    "publishers are registered; one is pending, for a project that does not exist yet",
    async () => {
      for (const project of projects) await registerPublisher(demo, project);
    },
  );
  const hasTools = (await demo.tools) !== null;
  for (const project of projects) {
    const way = wayOf(project, hasTools);
    await story.step(claimOf(project, way), async () => {
      const run = await publishProject(demo, project, way);
      story.quote(run.program, run.output);
    });
  }
}

/** Where the files of `project` are built: the `dist/` of its CI job. */
export function distFolder(demo: Demo, project: SampleProject): string {
  return join(demo.dir, "dist", project.name);
}

/** The paths of the files of `project` in its `dist/`. */
export function distFiles(demo: Demo, project: SampleProject): readonly string[] {
  return project.files.map((file) => join(distFolder(demo, project), basename(file)));
}

/** Where `countermark publish` left the receipts of `project`, or where they were fetched to. */
export function receiptFolder(demo: Demo, project: SampleProject): string {
  return join(demo.dir, "receipts", project.name);
}

/** Where twine and uv are not to be had, `countermark publish` and a plain request take their part. */
function wayOf(project: SampleProject, hasTools: boolean): Way | "request" {
  if (hasTools || project.way === "pending-publisher") return project.way;
  return project.way === "api-token" ? "request" : "publisher";
}

function claimOf(project: SampleProject, way: Way | "request"): string {
  const files = `${project.name} ${project.version} (${project.files.length} ${project.files.length === 1 ? "file" : "files"})`;
  switch (way) {
    case "pending-publisher":
      return `${files} is published by \`countermark publish\`; its pending publisher creates the project`;
    case "publisher":
      return `${files} is published by \`countermark publish\`, by its registered publisher`;
    case "twine":
      return `${files} is signed by \`countermark sign\` and uploaded by unmodified twine with an exchanged token`;
    case "uv":
      return `${files} is signed by \`countermark sign\` and uploaded by unmodified \`uv publish\`, through uv's own trusted publishing`;
    case "api-token":
      return `${files} is uploaded by twine with a plain API token and no attestation: countersigned and logged all the same`;
    case "request":
      return `${files} is uploaded by a plain request with an API token and no attestation: countersigned and logged all the same`;
  }
}

async function registerPublisher(demo: Demo, project: SampleProject): Promise<void> {
  const world = theWorld(demo);
  const publisher = publisherOf(world.issuerUrl, releaseJob(repositoryOf(project.name)));
  const who = `${publisher.project} (id ${publisher.projectId}), ${publisher.workflow}, environment ${publisher.environment}`;
  switch (project.way) {
    case "api-token":
      demo.story.say(`${project.name}: no publisher; its account has an API token`);
      return;
    case "pending-publisher":
      await world.manage("pending-publishers", { project: project.name, publisher });
      demo.story.say(`${project.name}: pending: ${who}`);
      return;
    case "publisher":
    case "twine":
    case "uv":
      await world.manage("projects", { project: project.name, publishers: [publisher] });
      demo.story.say(`${project.name}: ${who}`);
      return;
  }
}

/** The repository that a project of the story is released from. */
export function repositoryOf(project: string): string {
  return `${project}-authors/${project}`;
}

interface Published {
  readonly program: string;
  readonly output: string;
}

async function publishProject(demo: Demo, project: SampleProject, way: Way | "request"): Promise<Published> {
  mkdirSync(distFolder(demo, project), { recursive: true });
  mkdirSync(receiptFolder(demo, project), { recursive: true });
  for (const file of project.files) copyFileSync(file, join(distFolder(demo, project), basename(file)));
  switch (way) {
    case "api-token":
    case "request":
      return await uploadWithApiToken(demo, project, way);
    case "twine":
      return await uploadWithTwine(demo, project, await announceJob(demo, project));
    case "uv":
      return await uploadWithUv(demo, project, await announceJob(demo, project));
    case "pending-publisher":
    case "publisher":
      return await publishWithCountermark(demo, project, await announceJob(demo, project));
  }
}

async function announceJob(demo: Demo, project: SampleProject): Promise<RegisteredJob> {
  const job = await startJob(demo, project.name);
  const { runId, repository, workflow, ref } = job.claims;
  demo.story.say(`job: run ${runId} of ${repository}, ${workflow} at ${ref}`);
  return job;
}

async function publishWithCountermark(
  demo: Demo,
  project: SampleProject,
  job: RegisteredJob,
): Promise<Published> {
  const receipts = ["--receipts", receiptFolder(demo, project)];
  const run = await countermark(demo, ["publish", ...receipts, ...distFiles(demo, project)], {
    env: jobEnvironment(job),
    cwd: distFolder(demo, project),
  });
  return { program: "countermark publish", output: run.output };
}

async function uploadWithTwine(demo: Demo, project: SampleProject, job: RegisteredJob): Promise<Published> {
  const env = jobEnvironment(job);
  const signed = await countermark(demo, ["sign", ...distFiles(demo, project)], { env });
  demo.story.quote("countermark sign", signed.output);
  const token = (await countermark(demo, ["exchange-token"], { env })).stdout.trim();
  const run = await runTwine(demo, token, ["--attestations", ...attestedFiles(demo, project)]);
  return { program: "twine", output: run.output };
}

/** twine and uv take the attestations that are named beside the files, as `dist/*` does. */
function attestedFiles(demo: Demo, project: SampleProject): readonly string[] {
  return distFiles(demo, project).flatMap((file) => [file, `${file}.publish.attestation`]);
}

async function uploadWithUv(demo: Demo, project: SampleProject, job: RegisteredJob): Promise<Published> {
  const world = theWorld(demo);
  const env = jobEnvironment(job);
  const signed = await countermark(demo, ["sign", ...distFiles(demo, project)], { env });
  demo.story.quote("countermark sign", signed.output);
  const uv = (await demo.tools)?.uv ?? "uv";
  const target = ["--trusted-publishing", "always", "--publish-url", `${world.indexUrl}/legacy/`];
  const run = await succeed(uv, ["publish", "--no-config", ...target, ...attestedFiles(demo, project)], {
    env: scrubbedEnvironment(demo.home, { ...env, SSL_CERT_FILE: world.caFile }),
    cwd: distFolder(demo, project),
  });
  return { program: "uv", output: run.output };
}

async function uploadWithApiToken(
  demo: Demo,
  project: SampleProject,
  way: "api-token" | "request",
): Promise<Published> {
  const { token } = await theWorld(demo).createAccount(`${project.name}-maintainer`);
  holds(token.startsWith("pypi-"), "an API token that tools take for one");
  if (way === "request") {
    const answers = await theWorld(demo).upload(token, project);
    return { program: "POST /legacy/", output: answers.join("\n") };
  }
  const run = await runTwine(demo, token, distFiles(demo, project));
  return { program: "twine", output: run.output };
}

/** Uploads with twine as it is, told of our index and our CA and of nothing else. */
export async function runTwine(demo: Demo, token: string, args: readonly string[]): Promise<ToolRun> {
  const world = theWorld(demo);
  const [python, tools] = await Promise.all([demo.python, demo.tools]);
  const target = [
    "--non-interactive",
    "--disable-progress-bar",
    "--repository-url",
    `${world.indexUrl}/legacy/`,
  ];
  return await succeed(
    python.executable,
    ["-m", "twine", "upload", ...target, "--cert", world.caFile, ...args],
    {
      env: scrubbedEnvironment(demo.home, {
        TWINE_USERNAME: "__token__",
        TWINE_PASSWORD: token,
        PYTHONPATH: tools?.packages ?? "",
      }),
    },
  );
}

async function succeed(command: string, args: readonly string[], options: ToolOptions): Promise<ToolRun> {
  const run = await runTool(command, args, options);
  if (run.status !== 0) {
    throw new Error(`${basename(command)} ended with status ${run.status}:\n${run.output.slice(-3_000)}`);
  }
  return run;
}
