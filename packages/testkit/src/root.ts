// SPDX-License-Identifier: Apache-2.0
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root folder. */
export const ROOT = dirname(fileURLToPath(new URL("../../../package.json", import.meta.url)));
