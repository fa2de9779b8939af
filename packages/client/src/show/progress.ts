// SPDX-License-Identifier: Apache-2.0
import type { World } from "../world.ts";

/** A line on a terminal that is written over as work goes on. Where nobody looks nothing is written. */
export type Progress = {
  show(done: number, total: number, what: string): void;
  /** Takes the line away. */
  clear(): void;
};

/** Written again after so many units of work. */
const STEP = 16;

export function createProgress({ stderr, terminal }: Pick<World, "stderr" | "terminal">): Progress {
  let isShown = false;
  const clear = (): void => {
    if (isShown) stderr("\r\u001b[K");
    isShown = false;
  };
  return {
    show: (done, total, what) => {
      if (!terminal || (done % STEP !== 0 && done !== total)) return;
      stderr(`\r\u001b[K${done} of ${total} ${what}`);
      isShown = true;
    },
    clear,
  };
}
