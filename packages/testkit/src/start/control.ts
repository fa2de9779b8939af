// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { startedFolder } from "./options.ts";

/** Where the world that runs is told what to break. */
export interface Control {
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 1_024;

/** Listens on loopback under a secret path, and writes it to `<folder>/control`, for this user only. */
export async function openControl(folder: string, obey: (name: string) => Promise<string>): Promise<Control> {
  const path = `/${randomBytes(24).toString("base64url")}`;
  const server = createServer((request, response) => {
    const answer = async (): Promise<readonly [status: number, text: string]> => {
      if (request.url !== path || request.method !== "POST") return [404, "not found\n"];
      const chunks: Buffer[] = [];
      for await (const chunk of request) {
        chunks.push(chunk as Buffer); // no encoding is set: chunks are buffers
        if (Buffer.concat(chunks).length > BODY_BYTES_MAX) return [413, "too large\n"];
      }
      return [200, await obey(Buffer.concat(chunks).toString("utf8"))];
    };
    answer()
      .catch(
        (error: unknown) => [500, `${error instanceof Error ? error.message : String(error)}\n`] as const,
      )
      .then(([status, text]) => response.writeHead(status, { "content-type": "text/plain" }).end(text))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // The address of a TCP server is an object.
  const { port } = server.address() as AddressInfo;
  writeFileSync(join(folder, "control"), `http://127.0.0.1:${port}${path}`, { mode: 0o600 });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Tells the world below `dir` to break `name`, and gives back what it says. Throws a sentence when none runs there. */
export async function askControl(dir: string, name: string): Promise<string> {
  let url: string;
  try {
    url = readFileSync(join(startedFolder(dir), "control"), "utf8");
  } catch (cause) {
    throw new Error(`Nothing runs below ${dir}: start it with npm start, in another terminal`, { cause });
  }
  let response: Response;
  try {
    response = await fetch(url, { method: "POST", body: name });
  } catch (cause) {
    throw new Error(`What ran below ${dir} has ended: start it again with npm start`, { cause });
  }
  const text = await response.text();
  if (!response.ok) throw new Error(`Cannot break that: ${text.trim()}`);
  return text;
}
