// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { type JsonObject, parseVkey } from "@countermark/formats";
import { systemClock } from "../clock.ts";
import { readCosignerKeyConfig } from "../cosigner-key.ts";
import { readOrCreateKey } from "../keys.ts";
import { listen } from "../listen.ts";
import { nodeCrypto } from "../node-crypto.ts";
import { type RunningMain, runMain } from "../run-main.ts";
import { createWitness, type WitnessedLog } from "./serve.ts";
import { sqliteWitnessStore } from "./store.ts";

const TEXT = { charsMax: 4_096 };
const LOGS_MAX = 1_024;

/** `{name, keyFile, keyAlgorithm?, storeDir, port, logs: [{origin, vkey}]}` */
export async function startWitness(config: JsonObject): Promise<RunningMain> {
  const name = config.text("name", TEXT);
  const { keyFile, keyAlgorithm } = readCosignerKeyConfig(config);
  const storeDir = config.text("storeDir", TEXT);
  const port = config.integer("port", { min: 0, max: 65_535 });
  const logs = config.objects("logs", { itemsMax: LOGS_MAX }).map(readLog);
  config.end();
  const key = readOrCreateKey(keyFile, keyAlgorithm);
  const store = sqliteWitnessStore(join(storeDir, "witness.sqlite"));
  const app = createWitness({ name, key, logs, store, clock: systemClock, crypto: nodeCrypto });
  const listening = await listen(app, { port });
  return {
    url: listening.url,
    async close() {
      await listening.close();
      store.close();
    },
  };
}

function readLog(row: JsonObject): WitnessedLog {
  const origin = row.text("origin", TEXT);
  const vkeys = [parseVkey(row.text("vkey", TEXT), nodeCrypto.sha256)];
  row.end();
  return { origin, vkeys };
}

if (import.meta.main) await runMain("countermark-witness", startWitness);
