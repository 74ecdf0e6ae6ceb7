import { type Document, isScalar, type Pair, type Scalar, visit } from 'yaml';
import type { Diagnostics, Place } from '../diagnostic.js';
import { isSealed } from '../secrets/sealed-text.js';
import { rangeOfNode } from './yaml-range.js';
import type { Opened, YamlVault } from './yaml-vault.js';

const sealedTags = ['!vault', '!vault-encrypted'];
const unsafe = '!unsafe';

/** Tags of values that are read after the document: encrypted ones, and texts that are no templates. */
export const vaultTags = [...sealedTags, unsafe].map((tag) => ({ tag, resolve: (text: string) => text }));

/**
 * Opens the text of a file that is encrypted as a whole. Undefined is returned where that fails, which has been
 * reported.
 */
export function openSealed(
  file: string,
  sealed: string,
  diagnostics: Diagnostics,
  vault: YamlVault | undefined,
): string | undefined {
  const opened = vault?.open(sealed) ?? notRead;
  if ('text' in opened) return opened.text;
  const place = { file, line: (opened.line ?? 0) + 1, column: (opened.column ?? 0) + 1 };
  diagnostics.add({ code: 'vault', message: `the file is ${wordProblem(opened)}`, place, hint: opened.hint });
  return undefined;
}

/**
 * Replaces the encrypted values of a document, and those that are no templates. Returns false where one can't be
 * opened, which has been reported.
 */
export function unsealDocument(
  document: Document,
  text: string,
  vault: YamlVault | undefined,
  placeAt: (start: number, end: number) => Place,
  diagnostics: Diagnostics,
): boolean {
  if (!text.includes('!vault') && !text.includes(unsafe)) return true;
  const before = diagnostics.all.length;
  const place = (node: unknown) => placeAt(...(rangeOfNode(node) ?? [0, 1]));
  visit(document, {
    Pair(_, pair: Pair) {
      if (!isEncrypted(pair.key)) return;
      diagnostics.add({ code: 'vault', message: 'a key cannot be encrypted, only its value', place: place(pair.key) });
    },
    Scalar(key, node) {
      if (key === 'key') return;
      if (node.tag === unsafe) {
        if (vault?.asIs !== undefined) node.value = vault.asIs(String(node.value));
        else
          diagnostics.add({
            code: 'yaml',
            message: '!unsafe has no meaning here',
            place: place(node),
            hint: 'remove it',
          });
        return;
      }
      if (!isEncrypted(node)) return;
      const sealed = String(node.value).trim();
      if (isSealed(sealed) && vault?.keepSealed !== undefined) {
        node.value = vault.keepSealed(String(node.value));
        return;
      }
      const opened = isSealed(sealed) ? (vault?.open(sealed) ?? notRead) : notVault;
      if ('text' in opened) {
        node.value = vault?.valueOf(opened.text);
        return;
      }
      const at = place(node);
      const inside = opened.line === undefined ? at : placeInside(text, at, opened.line, opened.column ?? 0);
      diagnostics.add({
        code: 'vault',
        message: `the value is ${wordProblem(opened)}`,
        place: inside,
        hint: opened.hint,
      });
    },
  });
  return diagnostics.all.length === before;
}

const notRead: Opened = {
  problem: 'encrypted, which cannot be read here',
  hint: 'give it with -e @FILE, or as a variable',
};
const notVault: Opened = {
  problem: 'marked !vault, but not encrypted',
  hint: 'write !vault | and below it, indented, what `provision vault encrypt-string` prints',
};

function isEncrypted(node: unknown): node is Scalar {
  return isScalar(node) && sealedTags.some((tag) => tag === node.tag);
}

/** Words the problem of a vault, or of the text that should be one. */
function wordProblem({ problem, line }: { readonly problem: string; readonly line?: number }): string {
  return line === undefined ? problem : `a vault that cannot be read: ${problem}`;
}

/**
 * Returns the place of a line of an encrypted value: lines of a block (`|`) are below the place where the value begins.
 */
function placeInside(text: string, at: Place, line: number, column: number): Place {
  const lines = text.split('\n');
  const isBlock = /^[|>]/.test(lines[at.line - 1]?.slice(at.column - 1) ?? '');
  if (!isBlock) return at;
  const first = lines.findIndex((each, index) => index >= at.line && each.trim() !== '');
  const written = lines[first + line];
  if (first < 0 || written === undefined) return at;
  return { ...at, line: first + line + 1, column: Math.max(0, written.search(/\S/)) + column + 1, length: 1 };
}
