// SPDX-License-Identifier: Apache-2.0
export * from "./config.ts";
export * from "./create-index.ts";
export * from "./failure.ts";
export * from "./limits.ts";
export { ROUTES, type Route } from "./routes.ts";
export type { IndexOptions } from "./services.ts";
