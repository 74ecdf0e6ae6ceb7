import type { IncomingMessage } from 'node:http';
import type { ServerAnswer } from '../../registry/server/answers/answer.js';
import type { RedirectTables } from '../redirects/redirect-tables.js';
import { escapeHtml, htmlAnswer, jsonAnswer, wrongMethod } from './answers.js';

/** Repository as `/crane/repositories` lists it. */
interface ListedRepository {
  readonly image_ids?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly protected: boolean;
}

/**
 * Answers with the repositories of version 1, or of version 2 and later: in JSON for whoever accepts exactly that, else as
 * a page. All are listed, also protected ones: it is for those who run the server.
 */
export function repositoriesPage(
  { images, manifests }: RedirectTables,
  which: 'v1' | 'v2',
  request: IncomingMessage,
): ServerAnswer {
  if (request.method !== 'GET' && request.method !== 'HEAD') return wrongMethod('GET, HEAD');
  const entries: [string, ListedRepository][] =
    which === 'v1'
      ? [...images.values()].map((each) => [
          each.name,
          { image_ids: each.images, tags: each.tags, protected: each.isProtected },
        ])
      : [...manifests.values()].map((each) => [each.name, { protected: each.isProtected }]);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  if (request.headers.accept === 'application/json') return jsonAnswer(objectOf(entries));
  return htmlAnswer(page(which, entries));
}

function objectOf(entries: readonly (readonly [string, ListedRepository])[]): Record<string, ListedRepository> {
  const all = Object.create(null) as Record<string, ListedRepository>;
  for (const [name, each] of entries) all[name] = each;
  return all;
}

function page(which: 'v1' | 'v2', entries: readonly (readonly [string, ListedRepository])[]): string {
  const sections = entries.map(
    ([name, each]) =>
      `<h2>${escapeHtml(name)}</h2>\n<p>Protected: ${each.protected ? 'True' : 'False'}</p>\n${tagTable(each.tags)}`,
  );
  return [
    '<!DOCTYPE html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${which} Repositories</title></head><body>`,
    '<p><a href="/crane/repositories">Repositories</a> <a href="/crane/repositories/v2">Repositories v2</a></p>',
    `<h1>${which} Repositories</h1>`,
    ...sections,
    '</body></html>\n',
  ].join('\n');
}

function tagTable(tags: ListedRepository['tags']): string {
  if (tags === undefined) return '';
  const rows = Object.entries(tags).map(
    ([tag, id]) => `<tr><td>${escapeHtml(tag)}</td><td>${escapeHtml(id)}</td></tr>\n`,
  );
  return `<table><tr><th>Tag</th><th>Image Id</th></tr>\n${rows.join('')}</table>`;
}
