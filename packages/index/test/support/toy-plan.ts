// SPDX-License-Identifier: Apache-2.0
import { soundPlan } from "../../../verify/test/support/toy-sigstore.ts";

/** The toy authority of these tests. One object: its certificates are signed anew for each plan. */
export const TOY_PLAN = soundPlan();
