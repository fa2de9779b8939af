// SPDX-License-Identifier: Apache-2.0
// The thread that fuzzes. What it is running stands in shared memory, where campaign.ts can read it when this thread cannot answer.

import { parentPort, workerData } from "node:worker_threads";
import { Coverage } from "./coverage.ts";
import { fuzzTarget, type Monitor, type Plan } from "./engine.ts";
import { SHARED_HEAD_BYTES, type SharedWords, type WorkerData } from "./shared.ts";
import type { Target } from "./target.ts";

export interface Task {
  readonly target: string;
  readonly plan: Plan;
  readonly extra: readonly Uint8Array[];
}

const { table, shared } = workerData as WorkerData; // as campaign.ts starts it
const { TARGETS } = (await import(table)) as { readonly TARGETS: readonly Target[] }; // every table exports it
const coverage = new Coverage();
const words = new Int32Array(shared, 0, SHARED_HEAD_BYTES / 4);
const bytes = new Uint8Array(shared, SHARED_HEAD_BYTES);
const [COUNT, LENGTH]: SharedWords = [0, 1];

const monitor: Monitor = {
  begin: (input) => {
    bytes.set(input.subarray(0, bytes.length));
    words[LENGTH] = Math.min(input.length, bytes.length);
    Atomics.add(words, COUNT, 1);
  },
  end: () => {
    words[LENGTH] = -1;
    Atomics.add(words, COUNT, 1);
  },
};

parentPort?.on("message", async (task: Task) => {
  const target = TARGETS.find(({ name }) => name === task.target);
  if (target === undefined) throw new TypeError(`There is no target ${task.target}`);
  parentPort?.postMessage(await fuzzTarget(target, task.plan, { coverage, monitor, extra: task.extra }));
});
parentPort?.postMessage("ready");
