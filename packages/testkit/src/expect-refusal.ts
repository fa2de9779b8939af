// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";

/** Asserts that `attempt` is refused with exactly `code`, and gives the error for a look at its sentence. */
export async function expectRefusal(attempt: Promise<unknown>, code: string): Promise<Error> {
  try {
    await attempt;
  } catch (error) {
    assert.ok(error instanceof Error, "what is thrown is an Error");
    assert.equal((error as Error & { code?: unknown }).code, code); // every error of ours has a code
    return error;
  }
  assert.fail(`expected a refusal with code "${code}", but it was accepted`);
}
