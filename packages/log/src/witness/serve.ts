// SPDX-License-Identifier: Apache-2.0
import {
  type AddCheckpoint,
  concat,
  encodeCosignatureLines,
  encodeHex,
  encodeNote,
  encodeTreeSize,
  type NoteSignature,
  ParseError,
  parseAddCheckpoint,
  parseCheckpoint,
  parseNote,
  TREE_SIZE_TYPE,
  utf8,
  type Vkey,
  WITNESS_REQUEST_BYTES_MAX,
} from "@countermark/formats";
import {
  type CryptoPort,
  RefusedError,
  type SignedCheckpoint,
  type Verified,
  VerifyError,
  verifyCheckpoint,
} from "@countermark/verify";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Clock } from "../clock.ts";
import { type LogCode, LogError } from "../failure.ts";
import type { PrivateKey } from "../keys.ts";
import { type Cosigner, createCosigner } from "../note-signer.ts";
import { decideWitness } from "./decide.ts";
import type { WitnessStore } from "./store.ts";

/** A log that a witness cosigns for. */
export interface WitnessedLog {
  readonly origin: string;
  readonly vkeys: readonly Vkey[];
}

export interface WitnessOptions {
  /** The name in its cosignature lines. */
  readonly name: string;
  /** Ed25519 or ML-DSA-44; cosigns under this name only. */
  readonly key: PrivateKey;
  readonly logs: readonly WitnessedLog[];
  readonly store: WitnessStore;
  readonly clock: Clock;
  readonly crypto: CryptoPort;
  /**
   * What this cosigner states beyond consistency, checked before it cosigns a head that it has not cosigned. A refusal is
   * thrown, and answered with 422 and its message; what may go away by itself (see EXAMINE_LATER) with 503; whatever is
   * none of our errors with 500, and nothing of it is told. A plain witness has none.
   */
  readonly examine?: (to: Verified<SignedCheckpoint>, log: WitnessedLog) => Promise<void>;
}

/**
 * A witness: `POST /add-checkpoint`, and `GET /<hex SHA-256 of origin>/checkpoint` with what it cosigned last.
 *
 * @spec c2sp.org/tlog-witness
 */
export function createWitness(options: WitnessOptions): Hono {
  const cosigner = createCosigner(options.name, options.key);
  const logs = new Map(options.logs.map((log) => [log.origin, log]));
  const app = new Hono();
  app.post(
    "/add-checkpoint",
    bodyLimit({ maxSize: WITNESS_REQUEST_BYTES_MAX, onError: () => answer(400, "the request is too large") }),
    async (c) => await addCheckpoint(new Uint8Array(await c.req.arrayBuffer()), { options, cosigner, logs }),
  );
  app.get("/:hash{[0-9a-f]{64}}/checkpoint", (c) => {
    const wanted = c.req.param("hash");
    const log = options.logs.find(({ origin }) => encodeHex(options.crypto.sha256(utf8(origin))) === wanted);
    const head = log === undefined ? null : options.store.read(log.origin);
    if (head === null) return answer(404, "no checkpoint of such a log was cosigned here");
    return new Response(concat(head.note), {
      headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    });
  });
  return app;
}

interface Witness {
  readonly options: WitnessOptions;
  readonly cosigner: Cosigner;
  readonly logs: ReadonlyMap<string, WitnessedLog>;
}

async function addCheckpoint(body: Uint8Array, witness: Witness): Promise<Response> {
  const request = parseRequest(body);
  if (request === null) return answer(400, "the request is not an add-checkpoint body");
  const log = witness.logs.get(request.origin);
  if (log === undefined) return answer(404, "the log is not known here");
  let to: Verified<SignedCheckpoint>;
  try {
    to = await verifyCheckpoint(request.checkpoint, log, witness.options.crypto);
  } catch (error) {
    if (!(error instanceof VerifyError)) throw error;
    // The one check on content that belongs to verifyCheckpoint; everything else it refuses is a signature.
    return answer(error.code === "checkpoint-empty-root" ? 422 : 403, error.message);
  }
  return await decideAndCosign(request, to, log, witness);
}

async function decideAndCosign(
  request: AddCheckpoint,
  to: Verified<SignedCheckpoint>,
  log: WitnessedLog,
  { options, cosigner }: Witness,
): Promise<Response> {
  const { store, crypto, clock } = options;
  const latest = store.read(log.origin);
  const decision = decideWitness(
    latest,
    { oldSize: request.oldSize, proof: request.proof, to },
    crypto.sha256,
  );
  switch (decision.kind) {
    case "old-size-larger":
      return answer(400, "the old size is above the checkpoint's");
    case "other-size":
      return conflict(decision.latest);
    case "not-consistent":
      return answer(422, decision.reason);
    case "cosign":
      break;
  }
  if (options.examine !== undefined && latest?.size !== to.size) {
    try {
      await options.examine(to, log);
    } catch (error) {
      return answerExamination(error);
    }
  }
  const line = cosigner.cosign(to.note.text, clock());
  const own = ownLines(to, log);
  const note = encodeNote({ text: to.note.text, signatures: [...own, line] });
  // The commit point. The line exists already, and goes nowhere unless this head is now the latest, durably.
  const kept = store.swap(log.origin, latest, { size: to.size, root: to.root, note });
  if (!kept) return conflict(store.read(log.origin)?.size ?? 0);
  return new Response(encodeCosignatureLines([line]), {
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  });
}

/** What the examination could not get, or not yet: nothing is said against the head. */
const EXAMINE_LATER: readonly LogCode[] = ["audit-busy", "not-found", "unavailable"];

function answerExamination(error: unknown): Response {
  if (error instanceof LogError) return answer(EXAMINE_LATER.includes(error.code) ? 503 : 422, error.message);
  const isRefusal =
    error instanceof VerifyError || error instanceof ParseError || error instanceof RefusedError;
  // Anything else is a mistake of ours: for the operator only.
  if (!isRefusal) throw error instanceof Error ? error : new TypeError(String(error));
  return answer(422, error.message);
}

/**
 * The log's lines, which were verified, each key's once: whoever repeats one may not have a note kept that has too many lines
 * to be read. Strangers' lines are not kept.
 */
function ownLines(to: SignedCheckpoint, log: WitnessedLog): NoteSignature[] {
  const missing = new Set(log.vkeys.map(lineId));
  return to.note.signatures.filter((line) => missing.delete(lineId(line)));
}

function lineId(line: { readonly name: string; readonly keyId: Uint8Array }): string {
  return `${line.name}+${encodeHex(line.keyId)}`;
}

function parseRequest(body: Uint8Array): (AddCheckpoint & { readonly origin: string }) | null {
  try {
    const request = parseAddCheckpoint(body);
    return { ...request, origin: parseCheckpoint(parseNote(request.checkpoint).text).origin };
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

function conflict(latest: number): Response {
  return new Response(encodeTreeSize(latest), { status: 409, headers: { "content-type": TREE_SIZE_TYPE } });
}

function answer(status: 400 | 403 | 404 | 422 | 503, reason: string): Response {
  return new Response(`${reason}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
