// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { encodeHex, encodeProvenance, type JsonInput, normalizeProjectName } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import type { BuiltFile } from "./build-wheel.ts";
import type { JobClaims } from "./ci-job.ts";
import { keepCertificate, signByHand } from "./sign-by-hand.ts";
import { ISSUER_URL, type SigningWorld } from "./signing-world.ts";

/** One file as the page of its project lists it. Everything may be changed: the index is whoever a test wants it to be. */
export interface TodayFile {
  readonly filename: string;
  sha256: string | null;
  /** The whole member `provenance`; undefined leaves it out. */
  provenance: string | null | undefined;
  yanked: boolean | string;
}

/** What is answered to a path instead of the truth. */
export interface TodayAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A plain HTTP server that speaks the simple API (JSON) and the integrity API as an index of today does. */
export interface TodayIndex {
  /** Root of the simple API, without a slash at its end. */
  readonly url: string;
  readonly origin: string;
  readonly projects: Map<string, TodayFile[]>;
  /** Path -> provenance object. */
  readonly provenance: Map<string, Uint8Array>;
  /** Path -> what is answered instead. */
  readonly answers: Map<string, TodayAnswer>;
  /** `GET path`, in the order in which it was asked. */
  readonly asked: string[];
  /** Lists a file, with provenance where some is given. */
  add(project: string, version: string, file: BuiltFile, provenance?: Uint8Array): TodayFile;
  close(): Promise<void>;
}

const SIMPLE_TYPE = "application/vnd.pypi.simple.v1+json";
const INTEGRITY_TYPE = "application/vnd.pypi.integrity.v1+json";

/** Starts one on this machine. */
export async function startTodayIndex(): Promise<TodayIndex> {
  const projects = new Map<string, TodayFile[]>();
  const provenance = new Map<string, Uint8Array>();
  const answers = new Map<string, TodayAnswer>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    send(answerOf(request, { projects, provenance, answers }), response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // listening, so it is an address with a port
  return {
    url: `${origin}/simple`,
    origin,
    projects,
    provenance,
    answers,
    asked,
    add(project, version, { filename, bytes }, served) {
      const path = `/integrity/${project}/${version}/${filename}/provenance`;
      if (served !== undefined) provenance.set(path, served);
      const file: TodayFile = {
        filename,
        sha256: encodeHex(nodeCrypto.sha256(bytes)),
        provenance: served === undefined ? null : `${origin}${path}`,
        yanked: false,
      };
      projects.set(project, [...(projects.get(project) ?? []), file]);
      return file;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerOf(
  { url = "", headers }: IncomingMessage,
  { projects, provenance, answers }: Pick<TodayIndex, "projects" | "provenance" | "answers">,
): TodayAnswer {
  const instead = answers.get(url);
  if (instead !== undefined) return instead;
  const served = provenance.get(url);
  if (served !== undefined) return { headers: { "content-type": INTEGRITY_TYPE }, body: served };
  const [, project = ""] = /^\/simple\/([^/]+)\/$/.exec(url) ?? [];
  const files = projects.get(project);
  if (files === undefined)
    return { status: 404, headers: { "content-type": "text/plain" }, body: "404 Not Found" };
  const body = pageOf(project, files);
  const etag = `"${encodeHex(nodeCrypto.sha256(Buffer.from(body))).slice(0, 32)}"`;
  if (headers["if-none-match"] === etag) return { status: 304, headers: { etag } };
  return { headers: { "content-type": SIMPLE_TYPE, etag, vary: "Accept" }, body };
}

function pageOf(project: string, files: readonly TodayFile[]): string {
  const listed = files.map(({ filename, sha256, provenance, yanked }) => ({
    filename,
    url: `/files/${filename}`,
    hashes: sha256 === null ? {} : { sha256 },
    "requires-python": null,
    yanked,
    provenance,
  }));
  return JSON.stringify({ meta: { "api-version": "1.4" }, name: project, files: listed });
}

function send({ status = 200, headers = {}, body = "" }: TodayAnswer, response: ServerResponse): void {
  response.writeHead(status, headers);
  response.end(body);
}

/** A file's provenance object, as an index makes it: attested by a job of these claims, whose publisher it names. */
export async function attestToday(
  world: SigningWorld,
  claims: JobClaims,
  file: BuiltFile,
  publisher: Readonly<Record<string, JsonInput>> = {},
): Promise<Uint8Array> {
  const attestation = await signByHand(
    world,
    await keepCertificate(world, await world.startJob(claims)),
    file,
  );
  const json = { ...publisherToday(claims), ...publisher };
  return encodeProvenance({
    bundles: [{ publisher: { kind: "GitHub", json }, attestations: [attestation] }],
  });
}

/** The publisher object of an index, `claims: null` included; `issuer` because the toy forge is not the public one. */
export function publisherToday(claims: JobClaims): Readonly<Record<string, JsonInput>> {
  return {
    kind: "GitHub",
    repository: claims.repository,
    workflow: claims.workflow.slice(claims.workflow.lastIndexOf("/") + 1),
    environment: claims.environment,
    claims: null,
    issuer: ISSUER_URL,
  };
}

/** A `uv.lock` of these files, each of a package of its own version, from the index at `url`. */
export function uvLockOf(
  url: string,
  packages: readonly {
    readonly name: string;
    readonly version: string;
    readonly files: readonly BuiltFile[];
  }[],
): string {
  const entries = packages.map(({ name, version, files }) => {
    const wheels = files.map(
      ({ filename, bytes }) =>
        `    { url = "https://files.example/${filename}", hash = "sha256:${encodeHex(nodeCrypto.sha256(bytes))}" },\n`,
    );
    return `[[package]]\nname = "${normalizeProjectName(name)}"\nversion = "${version}"\nsource = { registry = "${url}" }\nwheels = [\n${wheels.join("")}]\n`;
  });
  return `version = 1\nrequires-python = ">=3.9"\n\n${entries.join("\n")}`;
}
