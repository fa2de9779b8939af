// SPDX-License-Identifier: Apache-2.0
// What attacks share: a world to attack, and somebody in it who lies.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Attestation } from "@countermark/formats";
import type { AttackRun } from "./attack.ts";
import { type BuiltFile, buildWheel, type ToyProject, toyProject } from "./build-wheel.ts";
import { type JobClaims, jobEnvironment, releaseJob } from "./ci-job.ts";
import { fakeClock } from "./clock.ts";
import type { Interceptor, Network } from "./routed-fetch.ts";
import { keepCertificate, signByHand } from "./sign-by-hand.ts";
import { postUpload, uploadForm } from "./upload.ts";
import { createWorld, INDEX_URL, type IndexWorldOptions, type World } from "./world.ts";

const QUARTER_SECONDS = 21_600;

/** A world in which `sampleproject` 1.0.0 was published by example/sampleproject: one wheel with an attestation. */
export interface SampleWorld extends World {
  readonly claims: JobClaims;
  readonly project: ToyProject;
  readonly wheel: BuiltFile;
}

/** Makes a sample world, which ends with the attack. */
export async function sampleWorld(
  t: AttackRun,
  options: IndexWorldOptions = { clock: fakeClock() },
): Promise<SampleWorld> {
  const world = await createWorld(options);
  t.after(() => world.close());
  const claims = releaseJob("example/sampleproject");
  const project = toyProject("sampleproject", "1.0.0");
  const wheel = buildWheel(project);
  await world.registerProject(project.name, claims);
  const run = await world.publish(claims, [wheel]);
  assert.equal(run.status, 0, run.output);
  return { ...world, claims, project, wheel };
}

/** Makes another answer of a true one. */
export type Lie = (truth: Response, request: Request) => Response | Promise<Response>;

/** Lies about what has `part` in its path, and passes on everything else. */
export function lyingAbout(part: string | RegExp, lie: Lie): Interceptor {
  return async (request, answer) => {
    const truth = await answer(request);
    const { pathname } = new URL(request.url);
    const isAbout = typeof part === "string" ? pathname.includes(part) : part.test(pathname);
    return isAbout ? await lie(truth, request) : truth;
  };
}

/** A lie that puts other bytes in the place of the true ones, under the same status and type. */
export function otherBytes(change: (bytes: Uint8Array) => Uint8Array | string): Lie {
  return async (truth) => {
    const headers = new Headers(truth.headers);
    headers.delete("content-length");
    const bytes = change(new Uint8Array(await truth.arrayBuffer()));
    const body = typeof bytes === "string" ? bytes : new Uint8Array(bytes);
    return new Response(body, { status: truth.status, headers });
  };
}

/** Runs `run` while `liar` stands before `host`. */
export async function whileLying<T>(
  network: Network,
  host: string,
  liar: Interceptor,
  run: () => Promise<T>,
): Promise<T> {
  const restore = network.intercept(host, liar);
  try {
    return await run();
  } finally {
    restore();
  }
}

/** Uploads `file` with `token` and these attestations, without any tool. @returns status and text of the answer */
export async function uploadByHand(
  world: World,
  token: string,
  upload: {
    readonly project: ToyProject;
    readonly file: BuiltFile;
    readonly attestations: readonly unknown[];
  },
): Promise<string> {
  const { project, file, attestations } = upload;
  const form = {
    ...uploadForm(project, file),
    attestations: attestations.length === 0 ? null : attestations,
  };
  const answer = await postUpload(world.network.fetch, INDEX_URL, token, form);
  const text = (await answer.text()).trim();
  // The sentence of an upload endpoint begins with its status, as twine and uv want it: once is enough.
  return text.startsWith(`${answer.status} `) ? text : `${answer.status} ${text}`;
}

/** Exchanges the identity of a job of these claims for an upload token. */
export async function takeUploadToken(world: World, claims: JobClaims): Promise<string> {
  const run = await world.countermark(["exchange-token"], jobEnvironment(await world.startJob(claims)));
  assert.equal(run.status, 0, run.output);
  return run.stdout.trim();
}

/** Attests `file` in a job of these claims, whatever it is. */
export async function attestAs(world: World, claims: JobClaims, file: BuiltFile): Promise<Attestation> {
  return await signByHand(world, await keepCertificate(world, await world.startJob(claims)), file);
}

/** Lets log time go by: it follows the cosigners', and moves when heads are released and stated in the next seal. */
export async function passDays(world: Pick<World, "clock" | "tick">, days: number): Promise<void> {
  for (let quarter = 0; quarter < days * 4; quarter++) {
    world.clock.advance(QUARTER_SECONDS);
    await world.tick();
    await world.tick();
  }
}

/** A file on a page of the simple API, as far as lies about it go. */
export interface PageFile {
  readonly filename: string;
  readonly yanked?: boolean | string;
}

/** A lie about which files a page of the simple API lists. */
export function changedPage(change: (files: readonly PageFile[]) => readonly PageFile[]): Lie {
  return otherBytes((bytes) => {
    const page = JSON.parse(new TextDecoder().decode(bytes)) as { files: PageFile[] }; // our own index's page
    return JSON.stringify({ ...page, files: change(page.files) });
  });
}

/** The SHA-256 of a built file, in hexadecimal. */
export function fileSha256(file: BuiltFile): string {
  return createHash("sha256").update(file.bytes).digest("hex");
}
