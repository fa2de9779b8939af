// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { findUser } from "../../src/proxy/peer-user.ts";

const HEAD =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const row = (local: string, remote: string, user: number) =>
  `   0: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000  ${user}        0 577 1 0\n`;

test("findUser: the end that connected, not the one that listens, and on loopback alone", () => {
  const [from, to] = [0xb261, 0xa0de];
  const table = [
    HEAD,
    row("0500000A:B261", "0100007F:A0DE", 1),
    row("0100007F:A0DE", "0100007F:B261", 2),
    row("0100007F:B261", "0100007F:A0DE", 1000),
  ].join("");
  assert.equal(findUser(table, from, to), 1000);
  assert.equal(findUser(table, from, 1), null);
  const mapped = "0000000000000000FFFF00000100007F";
  assert.equal(findUser(HEAD + row(`${mapped}:B261`, `${mapped}:A0DE`, 65534), from, to), 65534);
});
