// SPDX-License-Identifier: Apache-2.0
import { parseBundle, parseJson } from "@countermark/formats";
import type { BenchBundle } from "../bundles.ts";
import { median } from "../measure.ts";
import { measureRounds, type RoundPlan } from "./rounds.ts";

export interface GrowthPoint {
  readonly what: string;
  readonly bytes: number;
  readonly microseconds: number;
}

const PAYLOAD_BYTES = [1_024, 16_384, 92_160];
const MEMBERS = [1_024, 16_384, 262_144];

/** What reading costs as input grows: bundles with larger statements, and JSON objects with more members. */
export async function measureGrowth(
  { bytes }: BenchBundle,
  plan: RoundPlan,
): Promise<readonly GrowthPoint[]> {
  const points: GrowthPoint[] = [];
  for (const payloadBytes of PAYLOAD_BYTES) {
    const input = withPayload(bytes, payloadBytes);
    const [read = []] = await measureRounds([() => parseBundle(input, "0.2")], plan);
    points.push({
      what: `bundle with a statement of ${payloadBytes} bytes`,
      bytes: input.length,
      microseconds: median(read),
    });
  }
  for (const members of MEMBERS) {
    const input = objectOf(members);
    const limits = { bytesMax: input.length, depthMax: 2 };
    const [read = []] = await measureRounds([() => parseJson(input, limits, "object")], {
      ...plan,
      perRound: 2,
    });
    points.push({
      what: `JSON object of ${members} members`,
      bytes: input.length,
      microseconds: median(read),
    });
  }
  return points;
}

/** The bundle with another payload, which its signature does not cover. */
function withPayload(bytes: Uint8Array, payloadBytes: number): Uint8Array {
  const payload = Buffer.alloc(payloadBytes, "statement ").toString("base64");
  const text = new TextDecoder().decode(bytes);
  return new TextEncoder().encode(text.replace(/"payload":"[^"]*"/, `"payload":"${payload}"`));
}

function objectOf(members: number): Uint8Array {
  const texts = Array.from({ length: members }, (_, i) => `"member ${i}":"value ${i}"`);
  return new TextEncoder().encode(`{${texts.join(",")}}`);
}
