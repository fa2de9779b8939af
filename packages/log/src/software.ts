// SPDX-License-Identifier: Apache-2.0
// A file of its own, loaded when a signature is met that the platform cannot check.

import type { Software } from "@countermark/verify";
import { ed25519 } from "@noble/curves/ed25519.js";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { ml_dsa44 } from "@noble/post-quantum/ml-dsa.js";

export const software: Software = { ecdsa: { p256, p384, p521 }, ed25519: ed25519.Point, mlDsa44: ml_dsa44 };
