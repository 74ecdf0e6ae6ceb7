import { setImmediate } from 'node:timers/promises';
import { linkDefinitions, withDefinitions } from './definitions.js';
import { limitTags } from './limit-tags.js';
import { type MarkdownPiece, piecesOf } from './pieces.js';
import { takesTooLong } from './takes-too-long.js';

/** Parts of GitHub's Markdown that are left out: a page has one list of footnotes, and here are many texts on one. */
const withoutFootnotes = {
  disable: { null: ['gfmFootnoteCall', 'gfmFootnoteDefinition', 'gfmPotentialFootnoteCall'] },
};

/** Version of what is made of a text: kept HTML of another version is made again. Count it up with each change of the rules. */
const htmlVersion = 1;

/** Text in Markdown with the HTML that pages show. */
export interface RenderedText {
  readonly source: string;
  readonly html: string;
  readonly html_version: number;
}

/**
 * Makes HTML of Markdown (CommonMark with tables, autolinks, strikethrough and lists of tasks) that a page may show as it is: tags
 * in the source are text, links lead to http, https and mail alone, images are links. What would take too long is shown as
 * it was written. Others have their turn between two pieces of a long text.
 */
export async function renderMarkdown(source: string): Promise<RenderedText> {
  const pieces = piecesOf(source);
  const definitions =
    pieces.length === 1
      ? new Map<string, string>()
      : linkDefinitions(pieces.flatMap((piece) => (piece.kind === 'text' ? [piece.text] : [])).join('\n\n'));
  const html: string[] = [];
  for (const piece of pieces) {
    if (html.length > 0) await setImmediate();
    html.push(piece.kind === 'code' ? codeOf(piece) : await htmlOfText(withDefinitions(piece.text, definitions)));
  }
  return { source, html: html.join('\n'), html_version: htmlVersion };
}

/** Returns texts as they are kept, with the HTML that today's program makes of them. */
export async function withHtml<Kept extends RenderedText>(rows: readonly Kept[]): Promise<Kept[]> {
  const fresh: Kept[] = [];
  for (const row of rows) {
    fresh.push(row.html_version === htmlVersion ? row : { ...row, ...(await renderMarkdown(row.source)) });
  }
  return fresh;
}

async function htmlOfText(text: string): Promise<string> {
  if (takesTooLong(text)) return `<pre>${escapeHtml(text)}</pre>`;
  // With the first text: many a service has none.
  const [{ micromark }, { gfm, gfmHtml }] = await Promise.all([import('micromark'), import('micromark-extension-gfm')]);
  return limitTags(micromark(text, { extensions: [gfm(), withoutFootnotes], htmlExtensions: [gfmHtml()] }));
}

function codeOf({ language, text }: Extract<MarkdownPiece, { kind: 'code' }>): string {
  const name = /^[\w+#.-]{1,40}$/.test(language) ? ` class="language-${language}"` : '';
  return `<pre><code${name}>${escapeHtml(text)}\n</code></pre>`;
}

function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (sign) => names[sign] ?? sign);
}
