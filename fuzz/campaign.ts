// SPDX-License-Identifier: Apache-2.0
// Runs targets one after another in a thread of their own, and watches it: a thread that hangs or runs out of memory is ended, its input
// noted, and the next target goes on in a new one.

import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { millisecondsMax } from "./cost.ts";
import type { FoundInput, Report } from "./engine.ts";
import { SHARED_HEAD_BYTES, SHARED_INPUT_BYTES, type WorkerData } from "./shared.ts";
import type { Task } from "./worker.ts";

/** What is not linear is slow long before; this is for what does not end. */
const HANG_FACTOR = 20;
const HANG_MILLISECONDS_MIN = 2_000;
/** A thread that waits for something that never comes uses no processor. */
const SILENT_MILLISECONDS_MAX = 5_000;
const SILENT_USED_MILLISECONDS_MAX = 250;
const LOOK_MILLISECONDS = 50;
const HEAP_MEGABYTES_MAX = 512;
/** As much as the first thread of a process has. */
const STACK_MEGABYTES = 1;

/** @param table the URL of a module that exports TARGETS. @yields a report for each task, in order. */
export async function* runTasks(table: string, tasks: readonly Task[]): AsyncGenerator<Report> {
  let thread: Thread | null = null;
  try {
    for (const task of tasks) {
      thread ??= await Thread.start(table);
      const report = await thread.run(task);
      if (thread.isOver) thread = null;
      yield report;
    }
  } finally {
    await thread?.end();
  }
}

/** What became of a thread that has no report. */
type Lost = { readonly kind: "hang" | "memory" | "crash"; readonly why: string };

class Thread {
  readonly #worker: Worker;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  isOver = false;

  private constructor(worker: Worker, shared: SharedArrayBuffer) {
    this.#worker = worker;
    this.#words = new Int32Array(shared, 0, SHARED_HEAD_BYTES / 4);
    this.#bytes = new Uint8Array(shared, SHARED_HEAD_BYTES);
  }

  static async start(table: string): Promise<Thread> {
    const shared = new SharedArrayBuffer(SHARED_HEAD_BYTES + SHARED_INPUT_BYTES);
    const workerData: WorkerData = { table, shared };
    const worker = new Worker(fileURLToPath(new URL("worker.ts", import.meta.url)), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES_MAX, stackSizeMb: STACK_MEGABYTES },
    });
    await once(worker, "message");
    return new Thread(worker, shared);
  }

  async end(): Promise<void> {
    this.isOver = true;
    await this.#worker.terminate();
  }

  /** The report of the worker, or the one that its end makes. */
  async run(task: Task): Promise<Report> {
    const started = performance.now();
    const first = this.#executions();
    const { promise, resolve, reject } = Promise.withResolvers<Report | Lost>();
    const onError = (error: Error & { readonly code?: string }): void => {
      if (error.code !== "ERR_WORKER_OUT_OF_MEMORY") reject(error);
      else resolve({ kind: "memory", why: `more than ${HEAP_MEGABYTES_MAX} MB` });
    };
    const onExit = (): void => resolve({ kind: "crash", why: "the thread ended" });
    this.#worker.on("message", resolve).on("error", onError).on("exit", onExit);
    const watch = this.#watch((why) => resolve({ kind: "hang", why }));
    this.#worker.postMessage(task);
    try {
      const result = await promise;
      if (!("why" in result)) return result;
      const { kind, why } = result;
      await this.end();
      const finding = {
        target: task.target,
        kind,
        key: `${kind}: ${why}`,
        message: why,
        input: this.#input(),
      };
      return lostReport(finding, this.#executions() - first, performance.now() - started);
    } finally {
      clearInterval(watch);
      this.#worker.off("message", resolve).off("error", onError).off("exit", onExit);
    }
  }

  /** Calls `hangs` when one execution takes far longer than its length allows, in processor time: this process has no other work. */
  #watch(hangs: (why: string) => void): NodeJS.Timeout {
    let count = -1;
    let since = process.cpuUsage();
    let sinceWall = performance.now();
    return setInterval(() => {
      const [now = 0, length = -1] = [Atomics.load(this.#words, 0), Atomics.load(this.#words, 1)];
      if (now !== count || length < 0) {
        count = now;
        since = process.cpuUsage();
        sinceWall = performance.now();
        return;
      }
      const { user, system } = process.cpuUsage(since);
      const used = (user + system) / 1000;
      const waited = performance.now() - sinceWall;
      if (used > Math.max(HANG_MILLISECONDS_MIN, millisecondsMax(length) * HANG_FACTOR)) {
        hangs("an execution does not end");
      } else if (waited > SILENT_MILLISECONDS_MAX && used < SILENT_USED_MILLISECONDS_MAX) {
        hangs("an execution waits for ever");
      }
    }, LOOK_MILLISECONDS);
  }

  #executions(): number {
    return Math.floor(Atomics.load(this.#words, 0) / 2);
  }

  #input(): Uint8Array {
    return this.#bytes.slice(0, Math.max(0, Atomics.load(this.#words, 1)));
  }
}

function lostReport(finding: FoundInput, executions: number, milliseconds: number): Report {
  return {
    target: finding.target,
    executions,
    accepted: 0,
    corpus: 0,
    blocks: 0,
    milliseconds,
    findings: [finding],
  };
}
