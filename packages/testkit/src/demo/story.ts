// SPDX-License-Identifier: Apache-2.0

/** Tells what happens while it happens, and counts what held. Every step is a claim that its `attempt` asserts. */
export interface Story {
  chapter(title: string): void;
  /** One line of evidence under the current step. */
  say(line: string): void;
  /** Lines that a program of ours or of others printed, quoted. */
  quote(program: string, text: string): void;
  /** Prints the claim, runs the attempt; what it throws is told, counted, and thrown on as `StepFailed`. */
  step<T>(claim: string, attempt: () => Promise<T>): Promise<T>;
  /** As `step`, for a claim on which nothing later depends: a failure is told and counted only. */
  independentStep(claim: string, attempt: () => Promise<void>): Promise<void>;
  readonly held: number;
  readonly failed: number;
}

/** A step of the story did not hold. It was told already. */
export class StepFailed extends Error {
  override readonly name = "StepFailed";
}

const QUOTED_LINES_MAX = 24;

/** A story told on `print`, one line at a time. */
export function tellStory(print: (line: string) => void): Story {
  const count = { chapter: 0, step: 0, held: 0, failed: 0 };
  const startedAt = performance.now();
  async function step<T>(claim: string, attempt: () => Promise<T>): Promise<T> {
    count.step++;
    print(`\n  ${count.chapter}.${count.step} ${claim}`);
    try {
      const result = await attempt();
      count.held++;
      return result;
    } catch (cause) {
      count.failed++;
      print(`      DID NOT HOLD: ${describe(cause)}`);
      throw new StepFailed(claim, { cause });
    }
  }
  return {
    chapter(title) {
      count.chapter++;
      count.step = 0;
      print(`\n${count.chapter}. ${title}   (at ${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
    },
    say: (line) => print(`      ${line}`),
    quote(program, text) {
      const lines = plain(text)
        .split("\n")
        .map((line) => line.trimEnd())
        .filter((line) => line !== "");
      for (const line of lines.slice(-QUOTED_LINES_MAX)) print(`      ${program}> ${line}`);
    },
    step,
    async independentStep(claim, attempt) {
      try {
        await step(claim, attempt);
      } catch (error) {
        if (!(error instanceof StepFailed)) throw error;
      }
    },
    get held() {
      return count.held;
    },
    get failed() {
      return count.failed;
    },
  };
}

/** Without colours, and without the lines by which a tool tells a CI runner which secrets to hide. */
function plain(text: string): string {
  const start = String.fromCharCode(27);
  return text.replaceAll(new RegExp(`${start}\\[[0-9;]*m`, "g"), "").replaceAll(/^::add-mask::.*$/gm, "");
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? ` [${String(error.code)}]` : "";
  const cause = error.cause === undefined ? "" : `\n        because: ${describe(error.cause)}`;
  return `${error.message}${code}${cause}`.replaceAll("\n", "\n        ");
}
