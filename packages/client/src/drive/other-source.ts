// SPDX-License-Identifier: Apache-2.0

const URL_LIKE = /^(?:[a-z][a-z0-9+.-]*:\/\/|file:|git@)/i;
const EDITABLE = /^(?:-e|--(?:with-)?editable(?:$|=))/;
const LOCAL = /^(?:\.{1,2}(?:\/.*)?|.*\/.*\.(?:whl|tar\.gz|zip)|[^-].*\.(?:whl|tar\.gz))(?:\[[^\]]*\])?$/;
const SHOWN_CHARS_MAX = 120;

/** Whether a word of a command line or of a requirements file names a place that is no index: a URL, a repository, a folder, a file. */
export function isOtherSource(word: string, before: string | undefined): boolean {
  if (EDITABLE.test(word)) return true;
  if (URL_LIKE.test(word) || /^[\w.[\],-]+@(?:[a-z][a-z0-9+.-]*:)/i.test(word)) return true;
  // The value of an option is some other file; of `-e` it is named already.
  if (before?.startsWith("-")) return false;
  return LOCAL.test(word);
}

/** A requirement for a message: without user information and query, where tokens are. */
export function showSource(text: string): string {
  const shown = text.replaceAll(/(:\/\/)[^/@\s]*@/g, "$1").replaceAll(/\?[^\s#]*/g, "");
  return shown.length > SHOWN_CHARS_MAX ? `${shown.slice(0, SHOWN_CHARS_MAX)}...` : shown;
}
