// SPDX-License-Identifier: Apache-2.0
import { encodeHex } from "@countermark/formats";
import { card, element, facts, link } from "./dom.ts";
import { type LedgerFile, loadProject, loadReceipt, type OwnTrust } from "./load.ts";
import { failureCard, headCard, identityList } from "./parts.ts";
import { projectPath } from "./route.ts";
import { FILE_STATE_WORDS, sizeText, UPLOADER_WORDS, utcText } from "./words.ts";

const PREDICATE_WORDS = {
  publish: "Attested",
  slsa: "Build provenance",
  other: "Another attestation",
} as const;

/** Everything that the ledger says about one file, checked, as elements. @throws what loadProject throws */
export async function renderFile(
  project: string,
  filename: string,
  now: number,
): Promise<readonly HTMLElement[]> {
  const evidence = await loadProject(project, now);
  const file = evidence.project?.files.find(({ detail }) => detail?.filename === filename);
  const title = element("h1", null, filename);
  const back = element("p", null, "A file of ", link(projectPath(project), project));
  const head = headCard(evidence.head, evidence.own, now);
  if (file === undefined) {
    const sentence = "The ledger's record of this project has no file of this name.";
    return [title, back, card("plain", "Not there", element("p", null, sentence)), head];
  }
  return [
    title,
    back,
    recordPart(file, filename),
    ...identityParts(file),
    element("h2", null, "Its receipt"),
    await receiptPart(file, evidence.own, now),
    element("h2", null, "The file on this machine"),
    comparePart(file),
    element("h2", null, "Who says so"),
    head,
  ];
}

function recordPart({ record, detail }: LedgerFile, filename: string): HTMLElement {
  const address = `/files/${record.sha256.slice(0, 2)}/${record.sha256}/${encodeURIComponent(filename)}`;
  return facts([
    ["State", FILE_STATE_WORDS[record.state]],
    ["SHA-256", element("code", null, record.sha256)],
    ["Size", sizeText(record.size)],
    ["Version", detail?.version ?? null],
    ["Requires Python", detail?.requiresPython ?? null],
    ["Logged", `at index ${record.firstEntry}, ${utcText(record.time)} by the index's clock`],
    ["Uploaded", UPLOADER_WORDS[record.uploader]],
    ["Download", record.state === "withdrawn" ? null : link(address, filename)],
  ]);
}

function identityParts({ record, publisher, attesters }: LedgerFile): readonly HTMLElement[] {
  const parts: HTMLElement[] = [element("h2", null, "Who published it")];
  if (publisher !== null) {
    parts.push(card("good", "Uploaded by a registered publisher", identityList(publisher)));
  }
  for (const [i, { predicate, digest }] of record.attestations.entries()) {
    const identity = attesters[i] ?? null;
    const named =
      identity === null ? element("p", null, "The index does not serve who it is.") : identityList(identity);
    const evidence = element("p", "quiet", "Attestation ", element("code", null, digest));
    parts.push(card(identity === null ? "warn" : "good", PREDICATE_WORDS[predicate], named, evidence));
  }
  if (record.attestations.length === 0) {
    const sentence =
      "No attestation is listed for this file: what is known is that it is the same for everyone.";
    parts.push(card("warn", "Not attested", element("p", null, sentence)));
  } else {
    const sentence =
      "That the certificates and signatures of these attestations hold was checked by the index, and by the auditors below where the head is audited; this page does not repeat it. The command countermark verify does.";
    parts.push(element("p", "quiet", sentence));
  }
  return parts;
}

async function receiptPart(file: LedgerFile, own: OwnTrust, now: number): Promise<HTMLElement> {
  try {
    const { index, head, statement } = await loadReceipt(file, own, now);
    return card(
      "good",
      "Logged",
      element(
        "p",
        null,
        `The entry for exactly these bytes is at index ${index} of ${statement.origin}, countersigned by the index. It was there by ${utcText(head.checkpoint.tHi)}.`,
      ),
    );
  } catch (error) {
    return failureCard(error);
  }
}

/** Lets a person compare a file that they have; it is hashed here and sent nowhere. */
function comparePart({ record }: LedgerFile): HTMLElement {
  const input = element("input", null);
  input.type = "file";
  input.id = "own-file";
  const label = element("label", null, "Compare a file that you have (it does not leave this page): ");
  label.htmlFor = input.id;
  const answer = element("div", null);
  answer.setAttribute("role", "status");
  input.addEventListener("change", () => {
    const [chosen] = input.files ?? [];
    if (chosen === undefined) return;
    void compare(chosen, record.sha256).then(
      (result) => answer.replaceChildren(result),
      (error: unknown) => answer.replaceChildren(failureCard(error)),
    );
  });
  return element("div", null, label, input, answer);
}

async function compare(file: File, wanted: string): Promise<HTMLElement> {
  const found = encodeHex(new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())));
  if (found === wanted) {
    return card("good", "The same bytes", element("p", null, `${file.name} is the file that was logged.`));
  }
  const sentence = `${file.name} has SHA-256 ${found}, logged is ${wanted}.`;
  return card("bad", "Other bytes", element("p", null, sentence));
}
