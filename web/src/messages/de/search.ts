import type { search as english } from '../en/search.js';

/** Texte der Suche. */
export const search = {
  'search.title': 'Suche',
  'search.query': 'Suchen nach',
  'search.kind': 'Art',
  'search.name': 'Gefunden',
  'search.kind.repository': 'Repository',
  'search.kind.tag': 'Tag',
  'search.kind.image': 'Image ohne Tag',
  'search.none': 'Nichts gefunden',
  'search.none.text': 'Lassen Sie einen Teil weg, oder schreiben Sie * für das, was Sie nicht wissen.',
  'search.found': { one: 'Eines gefunden', other: '{n} gefunden' },
  'search.found-more': 'Die ersten {n}; es gibt mehr',
  'search.help': 'Wonach sich suchen lässt',
  'search.help.text': 'Alles muss zutreffen. * steht für Beliebiges; Anführungszeichen halten Leerzeichen zusammen.',
  'search.help.name': 'Repositorys, deren Namen den Text enthalten, mit ihren Tags',
  'search.help.tag': 'Tags solcher Repositorys',
  'search.help.digest': 'Images nach dem Anfang ihres Digests: vier Ziffern genügen',
  'search.help.label': 'Images mit einem Label',
  'search.help.platform': 'Images für eine Plattform, auch Indexe',
  'search.help.pushed': 'Images, die in den letzten dreißig Tagen gepusht wurden',
  'search.help.old': 'Images eines Teams, die vor mehr als einem Jahr gepusht wurden',
} as const satisfies Record<keyof typeof english, unknown>;
