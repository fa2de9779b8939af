// SPDX-License-Identifier: Apache-2.0
import type { TufAnswer, TufRequest, TufSteps } from "@countermark/verify";
import { exchange, wrongStatus } from "../fetch/exchange.ts";
import type { Fetch } from "../world.ts";
import type { TufFolder } from "./tuf-folder.ts";

export type TufPorts = {
  readonly fetch: Fetch;
  /** The repository's metadata, without a slash at its end. */
  readonly metadataUrl: string;
  readonly folder: TufFolder;
};

/** Statuses that say that there is no such file: object stores answer 403 where listing is not allowed. */
const ABSENT = [403, 404];

/** Runs `steps` to their end, with the network and the folder. @throws ClientError `unreachable`, `http-status`, `response-too-large` */
export async function driveTuf<T>(steps: TufSteps<T>, ports: TufPorts): Promise<T> {
  let step = await steps.next(null);
  while (step.done !== true) step = await steps.next(await answer(step.value, ports));
  return step.value;
}

async function answer(request: TufRequest, { fetch, metadataUrl, folder }: TufPorts): Promise<TufAnswer> {
  switch (request.kind) {
    case "fetch":
      return await fetchOrNull(fetch, `${metadataUrl}/${request.path}`, request.bytesMax);
    case "read":
      return await folder.read(request.role);
    case "read-root":
      return await folder.readRoot(request.version);
    case "write":
      await folder.write(request.role, request.bytes);
      return null;
    case "write-root":
      await folder.writeRoot(request.version, request.bytes);
      return null;
    case "delete":
      await folder.remove(request.role);
      return null;
  }
}

async function fetchOrNull(fetch: Fetch, url: string, bytesMax: number): Promise<Uint8Array | null> {
  const response = await exchange(fetch, { url, bytesMax });
  if (ABSENT.includes(response.status)) return null;
  if (response.status !== 200) throw wrongStatus(url, response);
  return response.body;
}
