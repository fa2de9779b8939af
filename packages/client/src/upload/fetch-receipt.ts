// SPDX-License-Identifier: Apache-2.0
import { encodeHex } from "@countermark/formats";
import type { Distribution } from "../dist/read-distribution.ts";
import { ClientError } from "../failure.ts";
import { fetchBytesOrNull } from "../fetch/exchange.ts";
import type { Fetch } from "../world.ts";

/** A receipt with entry and detail in it. */
const RECEIPT_BYTES_MAX = 4_194_304;

/** The receipt that the index keeps for a file. Not verified. @throws ClientError `not-recorded`, `http-status`, `unreachable` */
export async function fetchReceipt(
  index: string,
  distribution: Distribution,
  fetch: Fetch,
): Promise<Uint8Array> {
  const { filename, sha256 } = distribution;
  const url = `${index}/receipt/${encodeHex(sha256)}/${encodeURIComponent(filename)}.tlog-proof`;
  const receipt = await fetchBytesOrNull(fetch, { url, bytesMax: RECEIPT_BYTES_MAX });
  if (receipt === null) {
    throw new ClientError(
      "not-recorded",
      `Cannot get the receipt of ${filename}: the index has none for these bytes`,
    );
  }
  return receipt;
}
