// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "@countermark/formats";
import { LogError } from "@countermark/log";
import { RefusedError, VerifyError } from "@countermark/verify";
import { ClientError, EXIT, isTransient } from "../failure.ts";

export type ShownError = { readonly code: string; readonly exit: number; readonly message: string };

/** What is shown for `error`, and the exit status of its kind. */
export function describeError(error: unknown): ShownError {
  if (error instanceof ClientError) return { code: error.code, exit: error.exit, message: error.message };
  if (isTransient(error) && error instanceof LogError) {
    return { code: error.code, exit: EXIT.unavailable, message: error.message };
  }
  if (error instanceof VerifyError || error instanceof RefusedError || error instanceof LogError) {
    return { code: error.code, exit: EXIT.refused, message: error.message };
  }
  if (error instanceof ParseError) return { code: error.code, exit: EXIT.malformed, message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  if (isFileError(error)) return { code: "usage", exit: EXIT.usage, message };
  return { code: "internal", exit: EXIT.internal, message: `This is a fault of countermark: ${message}` };
}

/** Whether a file that the user named cannot be opened. */
function isFileError(error: unknown): boolean {
  const codes = ["ENOENT", "EACCES", "EISDIR", "ENOTDIR"];
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
