// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";

/** What becomes of what is sent to a cosigner. */
export type Passage =
  | "open"
  /** Nothing arrives. */
  | "cut"
  /** Requests arrive, answers do not: the cosigner holds a head that the index does not know it holds. */
  | "answers-lost";

/** Stands between the index and one cosigner, and keeps every checkpoint that goes by. */
export interface Between {
  passage: Passage;
  close(): Promise<void>;
}

/** Listens on `port`, passes on to `target`. `onNote` is told every signed checkpoint that is sent or answered. */
export async function standBetween(
  port: number,
  target: number,
  onNote: (note: Uint8Array) => void,
): Promise<Between> {
  const between = { passage: "open" as Passage };
  const answer = async (from: IncomingMessage, to: ServerResponse): Promise<void> => {
    const body = await readAll(from);
    if (between.passage === "cut") {
      to.destroy();
      return;
    }
    const note = from.method === "POST" ? noteOf(body) : null;
    if (note !== null) onNote(note);
    const truth = await passOn(from, body, target);
    if (from.method === "GET" && truth.status === 200) onNote(truth.body);
    // Asked again: it may have changed while the cosigner was at work.
    if ((between.passage as Passage) !== "open") {
      to.destroy();
      return;
    }
    to.writeHead(truth.status, { "content-type": truth.type, "content-length": truth.body.length });
    to.end(truth.body);
  };
  const server = createServer((from, to) => {
    answer(from, to).catch(() => to.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return Object.assign(between, {
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

/** The checkpoint of an add-checkpoint request: what follows its first empty line. @spec c2sp.org/tlog-witness#add-checkpoint */
function noteOf(body: Buffer): Uint8Array | null {
  const at = body.indexOf("\n\n");
  return at === -1 ? null : new Uint8Array(body.subarray(at + 2));
}

interface Truth {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

/** One exchange on a connection of its own, so that a cosigner that was killed does not leave a dead one behind. */
function passOn(from: IncomingMessage, body: Buffer, port: number): Promise<Truth> {
  return new Promise((resolve, reject) => {
    const { method, url: path } = from;
    const headers = { "content-length": body.length };
    const asked = request({ host: "127.0.0.1", port, method, path, headers, agent: false }, (answer) => {
      readAll(answer).then(
        (bytes) =>
          resolve({
            status: answer.statusCode ?? 502,
            type: answer.headers["content-type"] ?? "text/plain",
            body: bytes,
          }),
        reject,
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer); // no encoding is set: chunks are buffers
  return Buffer.concat(chunks);
}
