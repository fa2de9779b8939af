// SPDX-License-Identifier: Apache-2.0
import { testSignatures } from "../../verify/test/primitives/test-signatures.ts";
import { browserCrypto } from "../src/port.ts";

testSignatures("browserCrypto", browserCrypto);
