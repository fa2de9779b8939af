// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeHex } from "@countermark/formats";
import { createBlake2b256 } from "../../src/upload/blake2b.ts";

/** Length -> digest of the bytes 0, 7, 14, ..., by Python's hashlib.blake2b(digest_size=32). */
const VECTORS = [
  [0, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"],
  [1, "03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314"],
  [127, "4ff62e7c4c43fe101a078479c48836be4907d9d498dcc577ca89d694b2c11f9b"],
  [128, "14696d2a98d9f8a280da8b132b1045b345e1033759c6b02fcc4ee885c8ae7c37"],
  [129, "3934215260b1039be9d9d2b073b059bcd50120c327a22af93eb4d98cf821c14c"],
  [256, "3d0cb2693dfbac42af5a6cc960953fea8714aa39c4bcd054ef61d6b5e98ade4a"],
  [100_000, "29cdf18d610753cd9a798386cf5e40c239d40bdc940b669d93ad6a0d6ac30a85"],
] as const;

test("createBlake2b256: agrees with another implementation, however the bytes are cut", () => {
  for (const [length, digest] of VECTORS) {
    const bytes = new Uint8Array(length).map((_, i) => i * 7);
    for (const step of [1, 100, 128, 1_000_000]) {
      if (length / step > 2_000) continue;
      const running = createBlake2b256();
      for (let i = 0; i < length; i += step) running.update(bytes.subarray(i, i + step));
      assert.equal(encodeHex(running.digest()), digest, `${length} bytes in steps of ${step}`);
    }
  }
});
