// SPDX-License-Identifier: Apache-2.0
import { type JsonInput, jsonInput, parseJson } from "@countermark/formats";
import { ClientError, EXIT } from "../failure.ts";
import { describeAnswer, exchange } from "../fetch/exchange.ts";
import { openFetch } from "../fetch/open.ts";
import { indexUrl } from "../settings.ts";
import type { CommandContext } from "../world.ts";

const ANSWER_BYTES_MAX = 65_536;

/**
 * `countermark release PROJECT VERSION`: shows the staged files of a release, or closes it. With the account's token: a CI job's
 * upload token may not, or staging would ask nobody.
 *
 * @throws ClientError `usage`, `upload-refused`, `unreachable`
 */
export async function releaseCommand(
  context: CommandContext,
  args: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { settings, world, out } = context;
  const [project = "", version = "", ...more] = args;
  if (project === "" || version === "" || more.length > 0) {
    throw new ClientError("usage", "Say which release: release PROJECT VERSION");
  }
  const token = world.env["COUNTERMARK_TOKEN"] ?? "";
  if (token === "") throw new ClientError("usage", "Give the account's token in COUNTERMARK_TOKEN");
  const act = options["close"] === true ? "close" : "publish";
  const answer = await exchange(await openFetch(context), {
    method: "POST",
    url: `${indexUrl(settings)}/_/manage/projects/${encodeURIComponent(project)}/${act}`,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ version }),
    bytesMax: ANSWER_BYTES_MAX,
  });
  if (answer.status !== 200) {
    const code = answer.status >= 500 ? "http-status" : "upload-refused";
    throw new ClientError(code, `Cannot ${act} ${project} ${version}: ${describeAnswer(answer)}`);
  }
  out.say(
    act === "close" ? `${project} ${version} takes no more files` : `${project} ${version} is published`,
  );
  const limits = { bytesMax: ANSWER_BYTES_MAX, depthMax: 4 };
  const said: JsonInput = jsonInput(parseJson(answer.body, limits, "answer"));
  out.result({ project, version, act, answer: said });
  return EXIT.ok;
}
