// SPDX-License-Identifier: Apache-2.0
import {
  type AddCheckpoint,
  encodeAddCheckpoint,
  encodeHex,
  encodeNote,
  NOTE_BYTES_MAX,
  type Note,
  type NoteSignature,
  type Policy,
  parseCosignatureLines,
  parseTreeSize,
  quote,
  utf8,
  type Vkey,
} from "@countermark/formats";
import {
  type Cosignature,
  type CryptoPort,
  decideQuorum,
  type SignedCheckpoint,
  type TreeHead,
  type Verified,
  verifyCheckpoint,
  verifyCosignatureLine,
} from "@countermark/verify";
import type { Clock } from "./clock.ts";
import { LogError } from "./failure.ts";
import { type BytesAnswer, fetchBytes } from "./fetch-bytes.ts";
import type { LogReader } from "./log-reader.ts";
import type { Fetch } from "./port.ts";

/** What asking cosigners needs. */
export interface CosignPorts {
  readonly policy: Policy;
  readonly fetch: Fetch;
  readonly crypto: CryptoPort;
  readonly clock: Clock;
  readonly timeoutMs?: number;
  /** By how much a cosigner's clock may be ahead of ours. */
  readonly toleranceSeconds?: number;
  /**
   * Once there is a quorum, how long the others still get. One that needs longer goes on for itself, and has the head
   * examined already when it is asked for it again.
   */
  readonly graceMs?: number;
  /** The size that each cosigner (by its name in the policy) was last known to hold; kept up to date here. */
  readonly sizes?: Map<string, number>;
}

/** What the cosigners answered. */
export interface CosignResult {
  /** The checkpoint with the log's own lines and every cosignature that was checked. */
  readonly note: Uint8Array;
  readonly cosignatures: readonly Cosignature[];
  readonly quorum: boolean;
  readonly failures: readonly { readonly name: string; readonly error: Error }[];
}

type Answer =
  | { readonly name: string; readonly line: NoteSignature; readonly cosignature: Cosignature }
  | { readonly name: string; readonly error: Error };

const TIMEOUT_MS = 10_000;
const TOLERANCE_SECONDS = 120;
/** A cosigner that had another size than we thought, and moved on meanwhile: then we lost a race with ourselves. */
const ATTEMPTS_MAX = 3;
const GRACE_MS = 250;
const ANSWER_BYTES_MAX = 65_536;
/** The policy says where a cosigner is; a cosigner may not send us on, for it could name a host that only we can reach. */
const FETCH_INIT = { redirect: "error" } as const;

/**
 * Asks every cosigner of the policy that has a URL for its cosignature of `head`, all at once. A head that a cosigner has
 * already is cosigned again, with a new time. Nothing that was not checked is kept.
 *
 * @param reader of the log at `head` or later, for consistency proofs
 * @spec c2sp.org/tlog-witness#add-checkpoint
 */
export async function requestCosignatures(
  head: Verified<SignedCheckpoint>,
  reader: Pick<LogReader, "consistencyProof">,
  ports: CosignPorts,
): Promise<CosignResult> {
  const answers: Answer[] = [];
  const asked = [...ports.policy.witnesses].flatMap(([name, { vkey, url }]) =>
    url === undefined ? [] : [{ name, vkey, url }],
  );
  await gather(
    asked.map((cosigner) => askCosigner(cosigner, head, reader, ports)),
    answers,
    () => hasQuorum(ports.policy, answers),
    ports.graceMs ?? GRACE_MS,
  );
  const good = answers.filter((answer) => "line" in answer);
  const failures = answers.filter((answer) => "error" in answer);
  const own = withoutCosignatures(head.note, ports.policy).signatures;
  const signatures = [...own, ...good.map((answer) => answer.line)];
  return {
    note: encodeNote({ text: head.note.text, signatures }),
    cosignatures: good.map((answer) => answer.cosignature),
    quorum: hasQuorum(ports.policy, answers),
    failures,
  };
}

/** What one cosigner says of the head of ours that it holds. */
type OwnHead =
  | { readonly kind: "head"; readonly head: TreeHead }
  /** 404: it never cosigned for us. */
  | { readonly kind: "none" }
  | { readonly kind: "silent"; readonly name: string; readonly error: Error };

/**
 * The heads of this log that cosigners hold and serve, each checked to be signed by the log itself. What the sequencer asks
 * before it signs anything (`ownHeads`).
 *
 * Every quorum has a cosigner that answered, so that one of them holds whatever was released. A cosigner without a URL is
 * not asked: we never got a cosignature of it either.
 *
 * @throws LogError `own-heads-unknown` when those that gave no answer, or none that is ours, are a quorum by themselves;
 *   asking again later is right
 * @spec c2sp.org/tlog-witness#monitor-retrieval-mechanism
 *
 * Not found here: a head that was sealed, and that fewer than a quorum have seen.
 */
export async function fetchOwnHeads(
  log: { readonly origin: string; readonly vkey: Vkey },
  ports: Pick<CosignPorts, "policy" | "fetch" | "crypto" | "timeoutMs">,
): Promise<TreeHead[]> {
  // Earlier keys of this log too: cosigners hold what those signed until the new one's first head is released.
  const listed = ports.policy.logs.map(({ vkey }) => vkey).filter((vkey) => vkey.name === log.origin);
  const own = {
    origin: log.origin,
    vkeys: [log.vkey, ...listed.filter((vkey) => vkey.text !== log.vkey.text)],
  };
  const asked = [...ports.policy.witnesses].flatMap(([name, { url }]) =>
    url === undefined ? [] : [fetchOwnHead(own, { name, url }, ports)],
  );
  const answers = await Promise.all(asked);
  const silent = answers.filter((answer) => answer.kind === "silent");
  if (silent.length > 0 && decideQuorum(ports.policy, new Set(silent.map(({ name }) => name)))) {
    const failed = silent.map(({ name, error }) => `${name}: ${error.message}`).join("; ");
    throw new LogError(
      "own-heads-unknown",
      `Cannot tell which heads of ${log.origin} were released: the cosigners that did not answer could form a quorum: ${failed}`,
    );
  }
  return answers.flatMap((answer) => (answer.kind === "head" ? [answer.head] : []));
}

async function fetchOwnHead(
  { origin, vkeys }: { readonly origin: string; readonly vkeys: readonly Vkey[] },
  { name, url }: { readonly name: string; readonly url: string },
  { fetch, crypto, timeoutMs }: Pick<CosignPorts, "fetch" | "crypto" | "timeoutMs">,
): Promise<OwnHead> {
  const address = `${url.replace(/\/$/, "")}/${encodeHex(crypto.sha256(utf8(origin)))}/checkpoint`;
  const limits = { bytesMax: NOTE_BYTES_MAX, timeoutMs: timeoutMs ?? TIMEOUT_MS };
  try {
    const answer = await fetchBytes(fetch, address, FETCH_INIT, limits);
    if (answer.status === 404) return { kind: "none" };
    if (answer.status !== 200) throw refused(name, answer);
    const { size, root } = await verifyCheckpoint(answer.bytes, { vkeys, origin }, crypto);
    return { kind: "head", head: { size, root } };
  } catch (error) {
    // Out of reach, or not our head: it says nothing about us.
    return { kind: "silent", name, error: error instanceof Error ? error : new TypeError(String(error)) };
  }
}

function hasQuorum(policy: Policy, answers: readonly Answer[]): boolean {
  return decideQuorum(policy, new Set(answers.filter((a) => "line" in a).map((a) => a.name)));
}

/** Collects answers as they come; with a quorum, the rest get a short grace and are then left behind. */
async function gather(
  pending: readonly Promise<Answer>[],
  answers: Answer[],
  isEnough: () => boolean,
  graceMs: number,
): Promise<void> {
  let left = pending.length;
  let grace: NodeJS.Timeout | null = null;
  if (left === 0) return;
  await new Promise<void>((resolve) => {
    for (const one of pending) {
      void one.then((answer) => {
        answers.push(answer);
        left -= 1;
        if (left === 0) resolve();
        else if (isEnough()) grace ??= setTimeout(resolve, graceMs);
      });
    }
  });
  if (grace !== null) clearTimeout(grace);
}

async function askCosigner(
  cosigner: { readonly name: string; readonly vkey: Vkey; readonly url: string },
  head: Verified<SignedCheckpoint>,
  reader: Pick<LogReader, "consistencyProof">,
  ports: CosignPorts,
): Promise<Answer> {
  const { name } = cosigner;
  const limits = { bytesMax: ANSWER_BYTES_MAX, timeoutMs: ports.timeoutMs ?? TIMEOUT_MS };
  try {
    let oldSize = Math.min(ports.sizes?.get(name) ?? 0, head.size);
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const proof = await reader.consistencyProof(oldSize, head.size);
      const checkpoint = encodeNote(withoutCosignatures(head.note, ports.policy));
      const answer = await post(ports.fetch, cosigner.url, { oldSize, proof, checkpoint }, limits);
      if (answer.status === 200) {
        const kept = await keepCosignature(cosigner, head, answer.bytes, ports);
        ports.sizes?.set(name, head.size);
        return { name, ...kept };
      }
      if (answer.status !== 409) throw refused(name, answer);
      oldSize = parseTreeSize(answer.bytes);
      ports.sizes?.set(name, oldSize);
      if (oldSize > head.size) throw ahead(name, oldSize, head.size);
    }
    throw new LogError("unavailable", `Cannot agree with ${quote(name)} on the size it holds`);
  } catch (error) {
    return { name, error: error instanceof Error ? error : new TypeError(String(error)) };
  }
}

/** The note without the lines of the policy's cosigners: their earlier lines are none of the others' business. */
function withoutCosignatures(note: Note, policy: Policy): Note {
  const cosigners = new Set([...policy.witnesses.values()].map(({ vkey }) => lineId(vkey)));
  return { text: note.text, signatures: note.signatures.filter((line) => !cosigners.has(lineId(line))) };
}

function lineId(line: { readonly name: string; readonly keyId: Uint8Array }): string {
  return `${line.name}+${encodeHex(line.keyId)}`;
}

async function post(
  fetch: Fetch,
  url: string,
  request: AddCheckpoint,
  limits: { readonly bytesMax: number; readonly timeoutMs: number },
): Promise<BytesAnswer> {
  const init = { ...FETCH_INIT, method: "POST", body: encodeAddCheckpoint(request) };
  return await fetchBytes(fetch, `${url.replace(/\/$/, "")}/add-checkpoint`, init, limits);
}

/** The cosigner's line of its answer, checked as whoever verifies the released head will check it. */
async function keepCosignature(
  cosigner: { readonly name: string; readonly vkey: Vkey },
  head: Verified<SignedCheckpoint>,
  answer: Uint8Array,
  ports: CosignPorts,
): Promise<{ readonly line: NoteSignature; readonly cosignature: Cosignature }> {
  const { name, vkey } = cosigner;
  const lines = parseCosignatureLines(answer).filter((candidate) => lineId(candidate) === lineId(vkey));
  const line = lines[0];
  if (line === undefined || lines.length !== 1) {
    throw new LogError(
      "cosigner-refused",
      `Cannot use the answer of ${quote(name)}: ${lines.length} lines are its own`,
    );
  }
  const time = await verifyCosignatureLine(head, vkey, line, ports.crypto);
  const latest = ports.clock() + (ports.toleranceSeconds ?? TOLERANCE_SECONDS);
  if (time === 0 || time > latest) {
    throw new LogError(
      "cosigner-refused",
      `Cannot use the cosignature of ${quote(name)}: its time is ${time}, wanted 1..${latest}`,
    );
  }
  return { line, cosignature: { name, time } };
}

function refused(name: string, answer: BytesAnswer): LogError {
  const text = Buffer.from(answer.bytes.subarray(0, 200)).toString("latin1");
  return new LogError(
    "cosigner-refused",
    `Cannot use the answer of ${quote(name)}: status ${answer.status} ${quote(text)}`,
  );
}

function ahead(name: string, size: number, ours: number): LogError {
  return new LogError(
    "cosigner-ahead",
    `Cannot get the cosignature of ${quote(name)}: it holds a tree of ${size}, we ask for ${ours}`,
  );
}
