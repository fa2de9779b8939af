// SPDX-License-Identifier: Apache-2.0
export * from "./failure.ts";
export * from "./limits.ts";
export * from "./text/base64.ts";
export * from "./text/bytes.ts";
export * from "./text/canonical-json.ts";
export * from "./text/hex.ts";
export * from "./text/json.ts";
export * from "./text/utf8.ts";
