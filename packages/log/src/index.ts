// SPDX-License-Identifier: Apache-2.0
export * from "./clock.ts";
export * from "./failure.ts";
export * from "./keys.ts";
export * from "./node-crypto.ts";
