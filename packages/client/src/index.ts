// SPDX-License-Identifier: Apache-2.0
export { runCli } from "./cli.ts";
export type { Fetch, FetchOptions, World } from "./world.ts";
