// SPDX-License-Identifier: Apache-2.0
import { fork } from "node:child_process";
import { join } from "node:path";

const WORKERS = 2;
const START_MILLISECONDS_MAX = 120_000;
const MUTANT_MILLISECONDS_MAX = 20_000;

/**
 * Judges mutants by number, in processes that are ended when one does not come back: what hangs or dies of a mutant is killed.
 *
 * @param given what worker.mjs wants to know.
 * @param onVerdict called with each verdict, in no order.
 * @throws Error when the suite is red without any mutant
 */
export async function judgeAll(ids, given, onVerdict) {
  const queue = [...ids];
  await Promise.all(
    Array.from({ length: Math.min(WORKERS, queue.length) }, () => work(queue, given, onVerdict)),
  );
}

async function work(queue, given, onVerdict) {
  let worker = null;
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    worker ??= await startWorker(given);
    const verdict = await worker.ask(id);
    onVerdict(verdict);
    if (verdict.isWornOut) {
      await worker.end();
      worker = null;
    }
  }
  await worker?.end();
}

async function startWorker(given) {
  const child = fork(join(import.meta.dirname, "worker.mjs"), [JSON.stringify(given)], {
    execArgv: ["--conditions=source", "--disable-warning=ExperimentalWarning", "--max-old-space-size=1024"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const end = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  const ready = await answerOf(child, START_MILLISECONDS_MAX);
  if (ready.kind !== "ready") throw new Error(`The suite could not be loaded: ${ready.found}`);
  if (ready.red.length > 0) {
    await end();
    throw new Error(
      `${ready.red.length} vectors are red without any mutant:\n${ready.red.slice(0, 20).join("\n")}`,
    );
  }
  const ask = async (id) => {
    child.send(id);
    const answer = await answerOf(child, MUTANT_MILLISECONDS_MAX);
    if (answer.kind === "judged") return answer;
    return {
      kind: "judged",
      id,
      status: "killed",
      by: null,
      found: answer.found,
      reached: 1,
      isWornOut: true,
    };
  };
  return { ask, end, vectors: ready.vectors };
}

/** The next message of the process; it is ended when it sends none in time. */
function answerOf(child, milliseconds) {
  return new Promise((resolve) => {
    const settle = (answer) => {
      clearTimeout(timer);
      child.off("message", settle).off("exit", onExit);
      resolve(answer);
    };
    const onExit = (code, signal) => settle({ kind: "gone", found: `the process ended: ${signal ?? code}` });
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      settle({ kind: "gone", found: `no answer in ${milliseconds / 1000} s` });
    }, milliseconds);
    child.once("message", settle).once("exit", onExit);
  });
}
