// SPDX-License-Identifier: Apache-2.0
export * from "./failure.ts";
export * from "./port.ts";
export * from "./verified.ts";
