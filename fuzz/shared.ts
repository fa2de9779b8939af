// SPDX-License-Identifier: Apache-2.0
// What the fuzzing thread and its watcher share: two words (executions begun and ended, length of the input or -1) and the input.

export const SHARED_HEAD_BYTES = 8;
export const SHARED_INPUT_BYTES = 1_048_576;

export type SharedWords = readonly [0, 1];

export interface WorkerData {
  /** The module that exports TARGETS. */
  readonly table: string;
  readonly shared: SharedArrayBuffer;
}
