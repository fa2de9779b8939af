// SPDX-License-Identifier: Apache-2.0
// vectors/tuf/*.json: a repository and a cache as tables of texts, and all that a client asks of them.
import { utf8 } from "@countermark/formats";
import {
  type CryptoPort,
  findTufTarget,
  type TufMode,
  type TufRequest,
  type TufSteps,
  updateTuf,
  verifyTufTarget,
} from "@countermark/verify";
import { type Cases, gives } from "../case.ts";

/** Values are names in `texts` of the file. */
interface TufCase {
  readonly name: string;
  /** Unix seconds. */
  readonly time: number;
  readonly mode: TufMode;
  readonly rootUpdatesMax: number;
  readonly searchRolesMax: number;
  /** The root that the user trusts. */
  readonly root: string;
  /** What the repository serves, by path; targets below `targets/`. */
  readonly served: Readonly<Record<string, string>>;
  /** The trusted files by role, and the roots by `<version>.root`. */
  readonly cached: Readonly<Record<string, string>>;
  /** Searched after the update, in order. */
  readonly targets: readonly string[];
  readonly wanted: unknown;
}

interface TufFile {
  readonly texts: Readonly<Record<string, string>>;
  readonly cases: readonly TufCase[];
}

/** A case's answer: what was asked for, and then what was found or why nothing was. */
export const tufCases: Cases = (file, crypto) => {
  const { texts, cases } = file as TufFile; // compared with what the generator makes
  return cases.map((vector) => gives(vector.name, vector.wanted, () => answerTo(vector, texts, crypto)));
};

async function answerTo(vector: TufCase, texts: TufFile["texts"], crypto: CryptoPort): Promise<unknown> {
  const requests: string[] = [];
  const bytes = (table: TufCase["served"]) =>
    new Map(Object.entries(table).map(([name, text]) => [name, utf8(texts[text] ?? "")]));
  const world = { served: bytes(vector.served), cached: bytes(vector.cached), requests };
  try {
    return { ...(await found(vector, utf8(texts[vector.root] ?? ""), world, crypto)), requests };
  } catch (error) {
    // By name, as in case.ts: the suite may be run with the modules loaded anew.
    const isRefusal = error instanceof Error && ["ParseError", "VerifyError"].includes(error.name);
    if (isRefusal && "code" in error) return { refused: error.code, requests };
    throw error;
  }
}

interface World {
  readonly served: Map<string, Uint8Array>;
  readonly cached: Map<string, Uint8Array>;
  readonly requests: string[];
}

async function found(
  vector: TufCase,
  trustedRoot: Uint8Array,
  world: World,
  crypto: CryptoPort,
): Promise<object> {
  const { time, mode, rootUpdatesMax, searchRolesMax } = vector;
  const context = { now: time, mode, limits: { rootUpdatesMax, searchRolesMax }, crypto };
  const repository = await drive(updateTuf(trustedRoot, context), world);
  const targets: object[] = [];
  for (const path of vector.targets) {
    const target = await drive(findTufTarget(path, repository), world);
    const bytes = world.served.get(`targets/${target.urlPath}`);
    if (bytes !== undefined) verifyTufTarget(bytes, target, crypto);
    targets.push({
      path: target.path,
      role: target.role,
      urlPath: target.urlPath,
      isServed: bytes !== undefined,
    });
  }
  const { root, timestamp, snapshot, targets: top } = repository;
  return { versions: [root.version, timestamp.version, snapshot.version, top.version], targets };
}

async function drive<T>(steps: TufSteps<T>, world: World): Promise<T> {
  let step = await steps.next(null);
  while (step.done !== true) {
    world.requests.push(nameOf(step.value));
    step = await steps.next(answer(step.value, world));
  }
  return step.value;
}

function nameOf(request: TufRequest): string {
  switch (request.kind) {
    case "fetch":
      return `fetch ${request.path} up to ${request.bytesMax}`;
    case "read-root":
    case "write-root":
      return `${request.kind} ${request.version}`;
    case "read":
    case "write":
    case "delete":
      return `${request.kind} ${request.role}`;
  }
}

function answer(request: TufRequest, { served, cached }: World): Uint8Array | null {
  switch (request.kind) {
    case "fetch":
      return served.get(request.path) ?? null;
    case "read":
      return cached.get(request.role) ?? null;
    case "read-root":
      return cached.get(`${request.version}.root`) ?? null;
    case "write":
      cached.set(request.role, request.bytes);
      return null;
    case "write-root":
      cached.set(`${request.version}.root`, request.bytes);
      return null;
    case "delete":
      cached.delete(request.role);
      return null;
  }
}
