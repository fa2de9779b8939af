// SPDX-License-Identifier: Apache-2.0
// Resolves every `@spec` id in the sources, and keeps docs/specs.md: every specification section -> the files that implement it.
// With --write, writes that page; without, fails when it is out of date.

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { conclude, filesLike, lineOf, ROOT, read } from "./source.mjs";

/** Families of ids. The groups are the document and, where the family has them, the section. */
const FAMILIES = [
  {
    id: /^(specs\/[a-z0-9-]+\.md)(?:#([a-z0-9-]+))?/,
    name: ([page]) => page,
    link: ownPage,
    group: "Our own formats",
  },
  {
    id: /^warehouse\/(upload|json|integrity)$/,
    name: ([page]) => `PyPI ${page} API`,
    link: ([page]) => `https://github.com/pypi/warehouse/tree/main/docs/user/api/${page}.md`,
    group: "Python",
  },
  { id: /^rfc([0-9]+)(?:#([A-Z0-9][0-9.]*))?/, name: ([n]) => `RFC ${n}`, link: rfc, group: "IETF" },
  {
    id: /^(?:pep[- ]0*|PEP |peps\.python\.org\/pep-0*)([0-9]+)(?:#([\w-]+))?/,
    name: ([n]) => `PEP ${n}`,
    link: pep,
    group: "Python",
  },
  {
    id: /^packaging\.python\.org(?:\/specifications)?[/ ]([a-z-]+)/,
    name: ([page]) => `PyPA ${page}`,
    link: pypa,
    group: "Python",
  },
  {
    id: /^(core-metadata|binary-distribution-format|source-distribution-format|version-specifiers|simple-repository-api|pylock-toml)\b/,
    name: ([page]) => `PyPA ${page}`,
    link: pypa,
    group: "Python",
  },
  {
    id: /^c2sp\.org\/([a-z0-9-]+)(?:#([\w-]+))?/,
    name: ([page]) => `C2SP ${page}`,
    link: ([page]) => `https://c2sp.org/${page}`,
    group: "C2SP",
  },
  {
    id: /^openid-connect-(core|discovery)(?:#([0-9.]+))?/,
    name: ([n]) => `OpenID Connect ${n}`,
    link: ([n]) => `https://openid.net/specs/openid-connect-${n}-1_0.html`,
    group: "Identity",
  },
  {
    id: /^webauthn(?:-[0-9])?(?:#([\w-]+))?/,
    name: () => "WebAuthn",
    link: () => "https://www.w3.org/TR/webauthn-3/",
    group: "Identity",
  },
  {
    id: /^itu-x\.([0-9]+)(?:#([0-9.]+))?/,
    name: ([n]) => `ITU-T X.${n}`,
    link: ([n]) => `https://www.itu.int/rec/T-REC-X.${n}`,
    group: "ITU-T",
  },
  {
    id: /^fips-?([0-9-]+)(?:#([0-9.]+))?/i,
    name: ([n]) => `FIPS ${n}`,
    link: ([n]) => `https://csrc.nist.gov/pubs/fips/${n.split("-")[0]}/final`,
    group: "NIST",
  },
  {
    id: /^(?:github\.com\/)?secure-systems-lab\/dsse(?:[/#:]([\w./-]+))?|^dsse(?:#([\w-]+))?/,
    name: () => "DSSE",
    link: () => "https://github.com/secure-systems-lab/dsse",
    group: "Sigstore and in-toto",
  },
  {
    id: /^(?:github\.com\/)?in-toto(?:\/attestation)?(?:[/#:]([\w./-]+))?/,
    name: () => "in-toto attestation",
    link: () => "https://github.com/in-toto/attestation",
    group: "Sigstore and in-toto",
  },
  {
    id: /^(?:github\.com\/)?sigstore\/([a-z-]+)(?:[/#:]([\w./-]+))?/,
    name: ([n]) => `sigstore/${n}`,
    link: ([n]) => `https://github.com/sigstore/${n}`,
    group: "Sigstore and in-toto",
  },
  {
    id: /^(?:github\.com\/)?theupdateframework\/([a-z-]+)(?:#([0-9.]+)|\/blob\/\w+\/([\w.-]+))?/,
    name: ([n, , page]) => (n === "specification" ? "TUF 1.0.34" : `TUF ${page ?? n}`),
    link: ([n, , page]) => `https://github.com/theupdateframework/${n}${page ? `/blob/HEAD/${page}` : ""}`,
    group: "TUF",
  },
  {
    id: /^(rekor-tiles|protobuf-specs)(?:[/ #:]([\w./-]+))?/,
    name: ([n]) => `sigstore/${n}`,
    link: ([n]) => `https://github.com/sigstore/${n}`,
    group: "Sigstore and in-toto",
  },
  {
    id: /^protobuf\.dev\/([\w./-]+)/,
    name: () => "ProtoJSON",
    link: ([page]) => `https://protobuf.dev/${page}/`,
    group: "Sigstore and in-toto",
  },
  {
    id: /^sp-?(800-[0-9]+)(?:#([0-9.]+))?/i,
    name: ([n]) => `SP ${n}`,
    link: ([n]) => `https://csrc.nist.gov/pubs/sp/${n.replace("-", "/")}/final`,
    group: "NIST",
  },
  {
    id: /^slsa(?:\.dev)?(?:[/#]([\w./-]+))?/,
    name: () => "SLSA",
    link: () => "https://slsa.dev/spec",
    group: "Sigstore and in-toto",
  },
  {
    id: /^docs\.github\.com\/([\w./-]+)(?:#([\w-]+))?/,
    name: () => "GitHub Actions",
    link: ([page]) => `https://docs.github.com/${page}`,
    group: "Services",
  },
  {
    id: /^(docs\.(?:gitlab|sigstore)\.(?:com|dev))\/([\w./-]+)/,
    name: ([site]) => site,
    link: ([site, page]) => `https://${site}/${page}`,
    group: "Services",
  },
  {
    id: /^(?:warehouse|twine|uv|pip)(?:[ /:#]([\w./-]+))?/,
    name: (_, whole) => whole.split(/[ /:#]/)[0],
    link: () => null,
    group: "Peers, where no specification exists",
  },
  {
    id: /^(?:whatwg|w3c?)[./-]([\w.-]+)(?:#([\w-]+))?/,
    name: ([n]) => `W3C ${n}`,
    link: () => null,
    group: "Web",
  },
  {
    id: /^POSIX\.1(?:-[0-9]+)?(?: ([a-z]+))?/,
    name: () => "POSIX.1",
    link: () => "https://pubs.opengroup.org/onlinepubs/9799919799/",
    group: "Archives",
  },
  {
    id: /^appnote(?:\.txt)?(?:#([0-9.]+))?/i,
    name: () => "ZIP APPNOTE",
    link: () => "https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT",
    group: "Archives",
  },
];
const PAGE = "docs/specs.md";

const problems = [];
/** group -> document -> section -> files */
const found = new Map();
const pagesReferenced = new Set();
for (const path of filesLike("packages/*/src/**/*.ts", "interop/*.py")) {
  const source = read(path);
  for (const match of source.matchAll(/@spec[ \t]+([^\n]*)/g)) {
    const ids = match[1].replace(/\*\/.*$/, "").split(/[,;]\s*/);
    const resolved = ids.map((id) => resolve(id.trim()));
    const at = `${path}:${lineOf(source, match.index)}`;
    if (resolved[0] === null)
      problems.push(`${at}: "@spec ${ids[0].trim()}" is of no family that tools/check-specs.mjs knows`);
    for (const id of resolved) if (id !== null) note(id, path, at);
  }
}
for (const page of filesLike("specs/*.md")) {
  if (page !== "specs/README.md" && !pagesReferenced.has(page))
    problems.push(`${page}: no file says "@spec ${page}"`);
}
const text = render();
if (process.argv.slice(2).includes("--write")) writeFileSync(join(ROOT, PAGE), text);
else if (!existsSync(join(ROOT, PAGE)) || read(PAGE) !== text)
  problems.push(`${PAGE} is out of date: run node tools/check-specs.mjs --write`);
const documents = [...found.values()].reduce((n, group) => n + group.size, 0);
conclude(problems, `specs: every @spec resolves, ${documents} documents`);

function resolve(id) {
  for (const family of FAMILIES) {
    const match = family.id.exec(id);
    if (match !== null) {
      const groups = match.slice(1);
      return {
        family,
        groups,
        document: family.name(groups, match[0]),
        section: groups[1] ?? "",
        link: family.link(groups),
      };
    }
  }
  return null;
}

function note({ family, groups, document, section, link }, path, at) {
  if (family.group === "Our own formats") {
    pagesReferenced.add(document);
    if (!existsSync(join(ROOT, document))) problems.push(`${at}: ${document} does not exist`);
    else if (groups[1] !== undefined && !anchors(document).has(groups[1]))
      problems.push(`${at}: ${document} has no heading #${groups[1]}`);
  }
  const group = entry(found, family.group, () => new Map());
  const { sections } = entry(group, document, () => ({ link, sections: new Map() }));
  entry(sections, section, () => new Set()).add(path);
}

function entry(map, key, make) {
  if (!map.has(key)) map.set(key, make());
  return map.get(key);
}

/** The headings of a page as links name them, and the numbers before them. */
function anchors(page) {
  const names = new Set();
  for (const [, heading] of read(page).matchAll(/^#+ +(.*)$/gm)) {
    // "yanked, unyanked" is the heading of both.
    for (const part of [heading, ...heading.split(", ")]) {
      const anchor = part
        .toLowerCase()
        .replace(/[^\w\s-]/g, "")
        .trim()
        .replace(/\s/g, "-");
      names.add(anchor).add(anchor.replace(/^[0-9]+-/, ""));
    }
    names.add(/^([0-9.]*[0-9])/.exec(heading)?.[1] ?? heading);
  }
  return names;
}

function render() {
  const lines = [
    "# Specifications and where they are implemented",
    "",
    "Generated by `node tools/check-specs.mjs --write` from the `@spec` lines of the sources.",
    "",
  ];
  for (const family of [...new Set(FAMILIES.map((row) => row.group))]) {
    const group = found.get(family);
    if (group === undefined) continue;
    lines.push(`## ${family}`, "", "| document | section | files |", "|---|---|---|");
    for (const [document, { link, sections }] of sorted(group)) {
      for (const [section, files] of sorted(sections)) {
        const title = link === null ? document : `[${document}](${link})`;
        lines.push(
          `| ${title} | ${section} | ${[...files]
            .sort()
            .map((file) => `\`${file.replace(/^packages\//, "")}\``)
            .join(", ")} |`,
        );
      }
    }
    lines.push("");
  }
  return lines.join("\n");
}

function sorted(map) {
  return [...map].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
}

function ownPage([page]) {
  return `../${page}`;
}

function rfc([number, section]) {
  const kind = /^[A-Z]/.test(section ?? "") ? "appendix" : "section";
  return `https://www.rfc-editor.org/rfc/rfc${number}${section === undefined ? "" : `#${kind}-${section}`}`;
}

function pep([number]) {
  return `https://peps.python.org/pep-${number.padStart(4, "0")}/`;
}

function pypa([page]) {
  return `https://packaging.python.org/en/latest/specifications/${page}/`;
}
