import { expect, test } from 'vitest';
import { nextLink } from './link-header.js';

const isPage = (anchor: string) => anchor === '/page';

test.each<[string, string, string | undefined]>([
  ['a word of rel', '</a>; rel="next"', '/a'],
  ['no quotes', '</a>;rel=next', '/a'],
  ['blanks around all', ' < /a > ; rel = "next" ', ' /a '],
  ['capital letters', '</a>; REL="Next"', '/a'],
  ['one of several words', '</a>; rel="last  next"', '/a'],
  ['other parameters before it', `</a>; title="x, y; rel=prev"; title*=UTF-8''x%20y; rel=next`, '/a'],
  ['a quote within a quoted text', String.raw`</a>; title="\"</b>; rel=\""; rel=next`, '/a'],
  ['an escaped letter', String.raw`</a>; rel="n\ext"`, '/a'],
  ['a parameter without a value', '</a>; crossorigin; rel=next', '/a'],
  ['empty parameters', '</a>; ; rel=next;', '/a'],
  ['commas and semicolons in the address', '</a?x=1,2;3>; rel=next', '/a?x=1,2;3'],
  ['the second of two links', '</a>; rel=prev, </b>; rel=next', '/b'],
  ['empty links between them', ', ,</a>; rel=prev,, </b>; rel=next,', '/b'],
  ['an empty address', '<>; rel=next', ''],
  ['the first rel, not the second', '</a>; rel=prev; rel=next', undefined],
  ['another context', '</a>; rel=next; anchor="/other"', undefined],
  ['the page itself for a context', '</a>; rel=next; anchor="/page"', '/a'],
  ['single quotes', "</a>; rel='next'", '/a'],
  ['an address without brackets', '/a?last=1; rel="next"', '/a?last=1'],
  ['no rel', '</a>', undefined],
  ['a word that begins so', '</a>; rel=nextpage', undefined],
  ['an address without its end', '</a; rel=next', undefined],
  ['no address', 'rel=next', undefined],
  ['nothing', '', undefined],
])('%s', (_, header, link) => {
  expect(nextLink(header, isPage)).toBe(link);
  expect(nextLink(['</x>; rel=prev', header], isPage)).toBe(link);
});
