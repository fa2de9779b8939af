// SPDX-License-Identifier: Apache-2.0
export * from "./port.ts";
export * from "./route.ts";
