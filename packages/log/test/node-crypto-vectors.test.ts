// SPDX-License-Identifier: Apache-2.0
import { nodeCrypto } from "@countermark/log";
import { testSignatures } from "../../verify/test/primitives/test-signatures.ts";

testSignatures("nodeCrypto", nodeCrypto);
