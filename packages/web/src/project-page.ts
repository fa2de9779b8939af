// SPDX-License-Identifier: Apache-2.0
import type { ConfigRecord } from "@countermark/formats";
import { showDifference } from "./compare-list.ts";
import { type Content, card, element, facts, link } from "./dom.ts";
import { type LedgerFile, loadProject, type ProjectEvidence } from "./load.ts";
import { headCard, identityList } from "./parts.ts";
import { filePath } from "./route.ts";
import { FILE_STATE_WORDS, STATUS_WORDS, sizeText, utcText } from "./words.ts";

/** Everything that the ledger says about a project, checked, as elements. @throws what loadProject throws */
export async function renderProject(name: string, now: number): Promise<readonly HTMLElement[]> {
  const evidence = await loadProject(name, now);
  const { head, own, project } = evidence;
  const title = element("h1", null, name);
  const headPart = headCard(head, own, now);
  if (project === null) {
    const sentence = `The index's map at size ${head.checkpoint.size} holds no project of this name.`;
    return [title, card("plain", "Not there", element("p", null, sentence)), headPart];
  }
  return [
    title,
    statusPart(project),
    ...differenceParts(project),
    element("h2", null, "Who may publish it"),
    ...publisherParts(project),
    element("h2", null, "Files"),
    filesTable(name, project.files),
    element("h2", null, "Who says so"),
    headPart,
  ];
}

type Project = Exclude<ProjectEvidence["project"], null>;

function statusPart({ records }: Project): HTMLElement {
  const { header, pending } = records;
  return element(
    "div",
    null,
    facts([
      ["Status", STATUS_WORDS[header.status]],
      ["History", `${records.historyCount} entries of the ledger, the last at index ${header.lastEntry}`],
      ["Promises", policyText(records.current)],
      [
        "Pending change",
        pending === null || header.asked === null
          ? null
          : `who may publish is to change: asked at index ${header.asked} (${header.way})`,
      ],
      [
        "Recovered",
        header.recovered === null
          ? null
          : `the index's staff or its offline keys took this project over at index ${header.recovered}`,
      ],
    ]),
  );
}

function differenceParts({ differences }: Project): readonly HTMLElement[] {
  return differences.map((difference) => {
    const tone = difference.kind === "not-listed" ? "warn" : "bad";
    return card(tone, "List and ledger differ", element("p", null, showDifference(difference)));
  });
}

function policyText({ policy }: ConfigRecord): string {
  const parts = [
    policy.uploads === "publisher" ? "only registered publishers may upload" : "an API token may upload",
    policy.attestations === "required" ? "every file is attested" : "files may be without attestation",
  ];
  if (policy.release !== "direct") parts.push("releases are staged first");
  if (policy.closeDays !== null) parts.push(`a release takes no more files after ${policy.closeDays} days`);
  return parts.join("; ");
}

function publisherParts({ publishers, records }: Project): readonly HTMLElement[] {
  if (publishers.length === 0) {
    const sentence =
      "No publisher is registered: files come with an API token, and no identity stands behind them.";
    return [card("warn", "Nobody by name", element("p", null, sentence))];
  }
  return publishers.map((publisher, i) => {
    const id = records.current.publishers[i] ?? "";
    if (publisher !== null) return card("good", "Registered publisher", identityList(publisher));
    const sentence = "A publisher is registered, but the index does not serve who it is.";
    return card("warn", "Not named", element("p", null, sentence), element("code", null, id));
  });
}

function filesTable(project: string, files: readonly LedgerFile[]): HTMLElement {
  const rows = [...files]
    .sort((a, b) => b.record.firstEntry - a.record.firstEntry)
    .map((file) => fileRow(project, file));
  if (rows.length === 0) return element("p", null, "No file was published yet.");
  const heads = ["File", "State", "Evidence", "Logged"].map((text) => {
    const cell = element("th", null, text);
    cell.scope = "col";
    return cell;
  });
  const caption = element("caption", null, `${rows.length} in the ledger, newest first`);
  const table = element("table", null, caption, element("thead", null, element("tr", null, heads)));
  table.append(element("tbody", null, rows));
  return element("div", "scroll", table);
}

function fileRow(project: string, { detail, record, id, attesters }: LedgerFile): HTMLElement {
  const name: Content =
    detail === null
      ? ["name not served, file id ", element("code", null, id.slice(0, 16))]
      : link(filePath(project, detail.filename), detail.filename);
  const attested = attesters.length > 0 ? `logged, attested (${attesters.length})` : "logged, not attested";
  const by = record.uploader === "publisher" ? "by a registered publisher" : "with an API token";
  return element(
    "tr",
    null,
    element("td", null, name, element("br", null), element("span", "quiet", sizeText(record.size))),
    element("td", null, FILE_STATE_WORDS[record.state]),
    element(
      "td",
      null,
      `${attested}, uploaded ${record.uploader === "unknown" ? "by somebody not known" : by}`,
    ),
    element(
      "td",
      null,
      `index ${record.firstEntry}`,
      element("br", null),
      element("span", "quiet", utcText(record.time)),
    ),
  );
}
