// SPDX-License-Identifier: Apache-2.0

/** The time now, in whole Unix seconds. Always an argument, so that a whole world can run on one false clock. */
export type Clock = () => number;

/** The machine's clock. */
export const systemClock: Clock = () => Math.floor(Date.now() / 1000);
