import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Folder of the repository, with a slash at its end. */
export const repository = fileURLToPath(new URL('../../', import.meta.url));

const atTheRoot = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'];

/** Paths of all pages that a user reads, from the root of the repository. */
export function pagesOfDocs(): readonly string[] {
  const within = readdirSync(`${repository}docs`, { recursive: true, encoding: 'utf8' });
  const beside = ['roles', 'examples'].flatMap((folder) =>
    readdirSync(`${repository}${folder}`).map((name) => `${folder}/${name}/README.md`),
  );
  const docs = within.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
  return [...atTheRoot, ...docs, ...beside.filter((path) => existsSync(`${repository}${path}`))].sort();
}

/** Returns the text of a page. */
export function readPage(path: string): string {
  return readFileSync(`${repository}${path}`, 'utf8');
}

/** A fenced block of code, with the line of the page that it begins on. */
export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  readonly line: number;
}

const fence = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** Returns the fenced blocks of code of a page. */
export function codeBlocks(page: string): readonly CodeBlock[] {
  return [...page.matchAll(fence)].map(({ 1: language = '', 2: code = '', index }) => ({
    language,
    code,
    line: page.slice(0, index).split('\n').length + 1,
  }));
}

/** Returns a page without fenced blocks, indented blocks and spans of code. */
export function withoutCode(page: string): string {
  return page
    .replace(fence, '')
    .replace(/^ {4,}.*$/gm, '')
    .replace(/`[^`\n]*`/g, '');
}

/** Returns the anchors of a page, as GitHub makes them of its headings. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of page.replace(fence, '').matchAll(/^#{1,6} (.+)$/gm)) {
    const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/<[^>]*>/g, '');
    const slug = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}
