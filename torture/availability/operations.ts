// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  buildWheel,
  download,
  jobEnvironment,
  postUpload,
  ROOT,
  registerJob,
  releaseJob,
  runTool,
  type ToolRun,
  toyProject,
  uploadForm,
} from "@countermark/testkit";
import type { Stage } from "./stage.ts";

/** How an operation ended, and the words that whoever tried it saw. */
export interface Reply {
  readonly kind: "works" | "waits" | "unavailable" | "refused" | "fails";
  readonly words: string;
}

export interface Operation {
  /** The heading of its column. */
  readonly name: string;
  /** Who does it, in the list of words. */
  readonly who: string;
  run(stage: Stage): Promise<Reply>;
}

/** What is tried while something is down, in this order: what reads comes before what removes. */
export const OPERATIONS: readonly Operation[] = [
  { name: "read pages", who: "reader", run: readPage },
  { name: "receipt", who: "reader", run: readReceipt },
  { name: "install", who: "installer", run: install },
  { name: "verify offline", who: "verifier", run: verifyOffline },
  { name: "publish from CI", who: "CI job", run: publish },
  { name: "upload, API token", who: "uploader", run: upload },
  { name: "yank", who: "owner", run: yank },
  { name: "quarantine", who: "operator", run: quarantine },
];

const CLIENT_SECONDS_MAX = 12;
const REQUEST_MS_MAX = 15_000;
export const SAMPLE = "sampleproject";

async function readPage({ world, project }: Stage): Promise<Reply> {
  return await asked(`${world.indexUrl}/simple/${project}/`, {});
}

async function readReceipt({ world, published }: Stage): Promise<Reply> {
  return await asked(`${world.indexUrl}/receipt/${published.sha256}/${published.filename}.tlog-proof`, {});
}

/** The installer of the tests behind the proxy, which verifies what goes through. */
async function install(stage: Stage): Promise<Reply> {
  const run = async (args: readonly string[]): Promise<ToolRun> => await countermark(stage, args, {});
  return replyOf(await download(run, SAMPLE, "-1.0.0-"));
}

async function verifyOffline(stage: Stage): Promise<Reply> {
  const { path, receipt } = stage.published;
  return replyOf(await countermark(stage, ["verify", path, "--receipt", receipt], { COUNTERMARK_INDEX: "" }));
}

/** `countermark publish`, in a job that runs already. */
export async function publish(stage: Stage): Promise<Reply> {
  const built = buildWheel(toyProject(SAMPLE, stage.version));
  const folder = join(stage.dir, "dist", stage.version);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, built.filename);
  writeFileSync(path, built.bytes);
  const job = jobEnvironment(stage.job);
  return replyOf(await countermark(stage, ["publish", "--receipts", folder, path], job));
}

export async function upload({ world, project, token, version }: Stage): Promise<Reply> {
  const toy = toyProject(project, version);
  const signal = AbortSignal.timeout(REQUEST_MS_MAX);
  const fetchInTime = (url: string, init?: RequestInit): Promise<Response> => fetch(url, { ...init, signal });
  return await replied(() =>
    postUpload(fetchInTime, world.indexUrl, token, uploadForm(toy, buildWheel(toy))),
  );
}

async function yank({ world, project, token, toYank }: Stage): Promise<Reply> {
  return await managed(`${world.indexUrl}/_/manage/projects/${project}/yank`, token, { files: [toYank] });
}

async function quarantine({ world, project }: Stage): Promise<Reply> {
  const url = `${world.indexUrl}/_/manage/projects/${project}/status`;
  return await managed(url, world.adminToken, { status: "quarantined" });
}

async function managed(url: string, token: string, body: unknown): Promise<Reply> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return await asked(url, { method: "POST", headers, body: JSON.stringify(body) });
}

/** A job of the sample project's publisher; every row has its own. */
export function startSampleJob(issuerUrl: string, run: number): ReturnType<typeof registerJob> {
  return registerJob(issuerUrl, sampleClaims(run), fetch);
}

export function sampleClaims(run: number): ReturnType<typeof releaseJob> {
  return releaseJob(`example/${SAMPLE}`, { runId: String(1_000 + run) });
}

/** Runs the command as its users do, as a process, but no longer than it takes to say that it waits. */
export async function countermark(
  stage: Pick<Stage, "world" | "dir" | "clientEnvironment">,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ToolRun> {
  const { world, dir, clientEnvironment } = stage;
  const main = join(ROOT, "packages/client/src/main.ts");
  return await runTool(process.execPath, ["--conditions=source", main, ...args], {
    cwd: dir,
    secondsMax: CLIENT_SECONDS_MAX,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: dir,
      NODE_COMPILE_CACHE: join(dir, "compile-cache"),
      COUNTERMARK_TRUST: `${world.trustFile}#sha256=${world.trustDigest}`,
      COUNTERMARK_INDEX: world.indexUrl,
      COUNTERMARK_SIGNING_CONFIG: world.authorityUrl,
      COUNTERMARK_CA: world.caFile,
      COUNTERMARK_LOCK: join(dir, "countermark.lock"),
      ...clientEnvironment,
      ...env,
    },
  });
}

/** @see EXIT of the client: 3 is "cannot be reached, or cannot now". */
function replyOf(run: Pick<ToolRun, "status" | "output">): Reply {
  const words = lastLine(run.output);
  if (run.status === 0) return { kind: "works", words };
  if (/again in \d+ s/.test(run.output))
    return { kind: "waits", words: lineLike(run.output, /again in \d+ s/) };
  if (run.status === 3) return { kind: "unavailable", words };
  return { kind: run.status === 5 || run.status < 0 ? "fails" : "refused", words };
}

/** The last line that has a code at its end; else the last one. */
function lastLine(text: string): string {
  const lines = text.trim().split("\n");
  return lines.findLast((line) => /\[[a-z-]+\]$/.test(line)) ?? lines.at(-1) ?? "";
}

function lineLike(text: string, pattern: RegExp): string {
  return text.split("\n").find((line) => pattern.test(line)) ?? "";
}

async function asked(url: string, init: RequestInit): Promise<Reply> {
  return await replied(() => fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_MS_MAX) }));
}

async function replied(send: () => Promise<Response>): Promise<Reply> {
  try {
    const response = await send();
    const text = (await response.text()).trim();
    const { status } = response;
    const words = `${status} ${text}`;
    if (status === 200) return { kind: "works", words: text.startsWith("{") ? words : String(status) };
    if (status === 503) return { kind: response.headers.has("retry-after") ? "waits" : "fails", words };
    return { kind: status >= 500 ? "fails" : "refused", words };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return {
      kind: "unavailable",
      words: cause instanceof Error ? `no answer: ${codeOf(cause)}` : "no answer",
    };
  }
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
