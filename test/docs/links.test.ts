import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, pagesOfDocs, readPage, repository, withoutCode } from './pages.js';

describe('links between pages', () => {
  it.each(pagesOfDocs())('%s leads to files and headings that exist', (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it('reach every page of docs/ from its index, and every decision from theirs', () => {
    const linked = (index: string) => linksOf(index).map(({ path }) => path);
    const all = [...linked('docs/README.md'), ...linked('docs/decisions/README.md')];
    const indexes = ['docs/README.md', 'docs/decisions/README.md'];
    const pages = pagesOfDocs().filter((page) => page.startsWith('docs/') && !indexes.includes(page));
    expect(pages.filter((page) => !all.includes(page))).toEqual([]);
  });
});

it('keeps the README an entrance: at most 150 lines', () => {
  expect(readPage('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
});

it('finds a file and a heading that are not there', () => {
  const page = '[a](nowhere.md) [b](README.md#nothing) [c](#glossary)\n## Glossary\n';
  expect(brokenLinks('docs/page.md', page)).toEqual(['nowhere.md', 'README.md#nothing']);
});

/** Links of a page within the repository that lead nowhere. */
function brokenLinks(page: string, text = readPage(page)): readonly string[] {
  return linksOf(page, text).flatMap(({ link, path, anchor }) => {
    if (path !== page && !existsSync(`${repository}${path}`)) return [link];
    if (anchor === '' || !path.endsWith('.md')) return [];
    return anchorsOf(path === page ? text : readPage(path)).has(anchor) ? [] : [link];
  });
}

interface Link {
  readonly link: string;
  /** Target of the link, from the root of the repository. */
  readonly path: string;
  readonly anchor: string;
}

function linksOf(page: string, text = readPage(page)): readonly Link[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.flatMap((link) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [path = '', anchor = ''] = link.split('#');
    return [{ link, path: path === '' ? page : posix.join(posix.dirname(page), path), anchor }];
  });
}
