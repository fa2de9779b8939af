// SPDX-License-Identifier: Apache-2.0

/** Lets real time go by. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
