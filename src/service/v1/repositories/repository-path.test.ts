import { expect, it } from 'vitest';
import { readRepositoryPath, v1NamesOf } from './repository-path.js';

it.each([
  ['GET', 'team/app/tags', { kind: 'tags', name: 'team/app' }],
  ['GET', 'app/tags/', { kind: 'tags', name: 'app' }],
  ['GET', 'team/app/tags/1.0', { kind: 'tag', name: 'team/app', tag: '1.0' }],
  ['GET', 'a/b/c/tags/images', { kind: 'tag', name: 'a/b/c', tag: 'images' }],
  ['GET', 'app/tags/1/json', { kind: 'tag-details', name: 'app', tag: '1' }],
  ['GET', 'app/json', { kind: 'details', name: 'app' }],
  ['GET', 'tags/tags', { kind: 'tags', name: 'tags' }],
  ['GET', 'x/tags/tags', { kind: 'tag', name: 'x', tag: 'tags' }],
  ['PUT', 'team/app/auth', { kind: 'auth', name: 'team/app' }],
  ['PUT', 'team/app', { kind: 'repository', name: 'team/app' }],
  ['DELETE', 'team/app/', { kind: 'repository', name: 'team/app' }],
  ['DELETE', 'team/app/tags', { kind: 'tags', name: 'team/app' }],
  ['DELETE', 'team/images', { kind: 'repository', name: 'team/images' }],
  ['DELETE', 'team/constructor', { kind: 'repository', name: 'team/constructor' }],
  ['GET', '', undefined],
  ['GET', 'tags', { kind: 'repository', name: 'tags' }],
  ['GET', '../../etc/passwd/tags', undefined],
  ['GET', 'Team/app/tags', undefined],
] as const)('%s %s', (method, path, meaning) => {
  expect(readRepositoryPath(method, path)).toEqual(meaning);
});

it('a name without a namespace is also one of library, and the other way round', () => {
  expect([v1NamesOf('app'), v1NamesOf('library/app'), v1NamesOf('team/app'), v1NamesOf('library/a/b')]).toEqual([
    ['app', 'library/app'],
    ['library/app', 'app'],
    ['team/app'],
    ['library/a/b'],
  ]);
});
