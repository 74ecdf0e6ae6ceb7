import { type Document, isScalar, type Pair, type Scalar, visit } from 'yaml';
import type { Diagnostics, Place } from '../diagnostic.js';
import { isSealed } from '../secrets/sealed-text.js';
import { rangeOfNode } from './yaml-range.js';
import type { Opened, YamlVault } from './yaml-vault.js';

const sealedTags = ['!vault', '!vault-encrypted'];
const unsafe = '!unsafe';

/** The tags of values that are looked at once the document has been read: encrypted, and texts that are no templates. */
export const vaultTags = [...sealedTags, unsafe].map((tag) => ({ tag, resolve: (text: string) => text }));

/** The text of a file that is encrypted as a whole; undefined where it can't be opened, which has been reported. */
export function openSealed(
  file: string,
  sealed: string,
  diagnostics: Diagnostics,
  vault: YamlVault | undefined,
): string | undefined {
  const opened = vault?.open(sealed) ?? notRead;
  if ('text' in opened) return opened.text;
  const place = { file, line: (opened.line ?? 0) + 1, column: (opened.column ?? 0) + 1 };
  diagnostics.add({ code: 'vault', message: `the file is ${wording(opened)}`, place, hint: opened.hint });
  return undefined;
}

/** Puts what is encrypted, or is no template, in a document in its place. Gives false where something can't be, which has been reported. */
export function unseal(
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
            message: '!unsafe means nothing here',
            place: place(node),
            hint: 'take it out',
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
      diagnostics.add({ code: 'vault', message: `the value is ${wording(opened)}`, place: inside, hint: opened.hint });
    },
  });
  return diagnostics.all.length === before;
}

const notRead: Opened = {
  problem: 'encrypted, which is not read here',
  hint: 'give it with -e @FILE, or as a variable',
};
const notVault: Opened = {
  problem: 'marked !vault, and is no vault',
  hint: 'write !vault | and below it, indented, what `provision vault encrypt-string` prints',
};

function isEncrypted(node: unknown): node is Scalar {
  return isScalar(node) && sealedTags.some((tag) => tag === node.tag);
}

/** `not readable: …` for what is wrong with the vault itself. */
function wording({ problem, line }: { readonly problem: string; readonly line?: number }): string {
  return line === undefined ? problem : `a vault that cannot be read: ${problem}`;
}

/** A line of an encrypted value: those of a block (`|`) stand below where the value begins. */
function placeInside(text: string, at: Place, line: number, column: number): Place {
  const lines = text.split('\n');
  const isBlock = /^[|>]/.test(lines[at.line - 1]?.slice(at.column - 1) ?? '');
  if (!isBlock) return at;
  const first = lines.findIndex((each, index) => index >= at.line && each.trim() !== '');
  const written = lines[first + line];
  if (first < 0 || written === undefined) return at;
  return { ...at, line: first + line + 1, column: Math.max(0, written.search(/\S/)) + column + 1, length: 1 };
}
