// SPDX-License-Identifier: Apache-2.0
// The table: a row for each function that reads bytes from outside. tools and tests take targets from here, in this order.

import type { Target } from "./target.ts";
import { ASSERTION_TARGETS } from "./targets/assertion.ts";
import { LEDGER_TARGETS } from "./targets/ledger.ts";
import { LOG_TARGETS } from "./targets/log.ts";
import { PACKAGING_TARGETS } from "./targets/packaging.ts";
import { SIGSTORE_TARGETS } from "./targets/sigstore.ts";
import { TEXT_TARGETS } from "./targets/text.ts";
import { TUF_TARGETS } from "./targets/tuf.ts";
import { VERIFY_TARGETS } from "./targets/verify.ts";
import { VERIFY_LEDGER_TARGETS } from "./targets/verify-ledger.ts";
import { X509_TARGETS } from "./targets/x509.ts";

export const TARGETS: readonly Target[] = [
  ...TEXT_TARGETS,
  ...X509_TARGETS,
  ...LOG_TARGETS,
  ...SIGSTORE_TARGETS,
  ...TUF_TARGETS,
  ...PACKAGING_TARGETS,
  ...LEDGER_TARGETS,
  ...ASSERTION_TARGETS,
  ...VERIFY_TARGETS,
  ...VERIFY_LEDGER_TARGETS,
];
