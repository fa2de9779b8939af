// SPDX-License-Identifier: Apache-2.0
import { type Policy, parsePolicy } from "@countermark/formats";
import {
  type Clock,
  createCosigner,
  createEd25519,
  createNoteSigner,
  createWitness,
  type Fetch,
  nodeCrypto,
  sqliteWitnessStore,
  type WitnessOptions,
} from "@countermark/log";
import type { Hono } from "hono";
import { LOG_KEY, ORIGIN } from "./toy-log.ts";

export const NOW = 1_700_000_000;
export const LOG_VKEY = createNoteSigner(ORIGIN, LOG_KEY).vkey;

export function witnessKey(n: number) {
  return createEd25519(new Uint8Array(32).fill(100 + n));
}

/** Witness `n` of the toy log, all in memory. */
export function toyWitness(n: number, change: Partial<WitnessOptions> = {}): Hono {
  return createWitness({
    name: `w${n}.example`,
    key: witnessKey(n),
    logs: [{ origin: ORIGIN, vkeys: [LOG_VKEY] }],
    store: sqliteWitnessStore(":memory:"),
    clock: () => NOW,
    crypto: nodeCrypto,
    ...change,
  });
}

/** The policy of `count` witnesses `w1`... at http://w1.example and so on, of which `threshold` are the quorum. */
export function toyPolicy(count: number, threshold: number): Policy {
  const names = Array.from({ length: count }, (_, i) => i + 1);
  const lines = names.map((n) => {
    const { vkey } = createCosigner(`w${n}.example`, witnessKey(n));
    return `witness w${n} ${vkey.text} http://w${n}.example\n`;
  });
  const members = names.map((n) => `w${n}`).join(" ");
  const text = `log ${LOG_VKEY.text}\n${lines.join("")}group g ${threshold} ${members}\nquorum g\n`;
  return parsePolicy(text, nodeCrypto.sha256);
}

/** A network in the process: host name -> app. Hosts that are not there do not answer. */
export function network(
  hosts: ReadonlyMap<string, Pick<Hono, "request">>,
): Fetch & { readonly asked: string[] } {
  const asked: string[] = [];
  const fetch = async (url: string, init?: RequestInit): Promise<Response> => {
    asked.push(url);
    const app = hosts.get(new URL(url).hostname);
    if (app === undefined) throw new TypeError("fetch failed");
    return await app.request(url, init);
  };
  return Object.assign(fetch, { asked });
}

export function toyClock(start = NOW): Clock & { advance(seconds: number): void } {
  let now = start;
  return Object.assign(() => now, {
    advance(seconds: number) {
      now += seconds;
    },
  });
}
