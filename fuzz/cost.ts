// SPDX-License-Identifier: Apache-2.0
// What an input may cost: time and memory in proportion to its length, generously.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Finding } from "./target.ts";

/** Signatures and first calls are in the fixed part. */
const MILLISECONDS_FIXED = 25;
const MICROSECONDS_PER_BYTE = 2;
/** An empty object takes two bytes of JSON and, as a Map, some two hundred of memory. */
const RETAINED_FIXED = 1_048_576;
const RETAINED_PER_BYTE = 160;

/** Most milliseconds of processor time that an input of this length may take. */
export function millisecondsMax(length: number): number {
  return MILLISECONDS_FIXED + (length * MICROSECONDS_PER_BYTE) / 1000;
}

export function isSlow(milliseconds: number, length: number): boolean {
  return milliseconds > millisecondsMax(length);
}

/** Whether it is the input that is slow and not the machine: the least processor time of three more runs. */
export async function confirmSlow(run: () => Promise<unknown>, length: number): Promise<Finding | null> {
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const before = process.threadCpuUsage();
    try {
      await run();
    } catch {
      // What it says was noted by the run before.
    }
    const { user, system } = process.threadCpuUsage(before);
    times.push((user + system) / 1000);
    if (!isSlow(times.at(-1) ?? 0, length)) return null;
  }
  const least = Math.min(...times).toFixed(0);
  const message = `${length} bytes took ${least} ms of processor time, at most ${millisecondsMax(length).toFixed(0)}`;
  return new Finding("slow", "slower than in proportion", message);
}

export function retainedMax(length: number): number {
  return RETAINED_FIXED + length * RETAINED_PER_BYTE;
}

/** Bytes of memory that the outcome of `run` holds. */
export async function retainedBytes(run: () => Promise<unknown>): Promise<number> {
  const before = memory();
  const outcome = await run();
  const after = memory();
  return outcome === undefined ? 0 : after - before;
}

function memory(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

let collect: (() => void) | null = null;

function collectGarbage(): void {
  if (collect === null) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void; // what the flag exposes
  }
  collect();
}
