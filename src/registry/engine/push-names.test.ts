import { expect, test } from 'vitest';
import { nameAtTarget, nameOf } from './push-names.js';

test.each([
  ['web', 'web', 'latest'],
  ['team/web:1', 'team/web', '1'],
  ['localhost/web:1', 'web', '1'],
  ['docker.io/library/alpine:3', 'alpine', '3'],
  ['docker.io/grafana/grafana:11', 'grafana/grafana', '11'],
  ['library/alpine:3', 'library/alpine', '3'],
  ['registry.test:5000/team/web:1', 'team/web', '1'],
])('%s becomes what docker tag and docker push would make of it', (text, repository, tag) => {
  expect(nameAtTarget(text)).toEqual({ repository, tag });
});

test('an id has the name that the engine has for it, if there is one', () => {
  const image = { names: ['localhost/web:1'], id: `sha256:${'ab'.repeat(32)}`, size: 1, created: undefined };
  expect(nameOf('abababababab', image)).toEqual({ repository: 'web', tag: '1' });
  expect(nameOf('abababababab', undefined)).toEqual({ repository: 'abababababab', tag: 'latest' });
  expect(() => nameOf('abababababab', { ...image, names: [] })).toThrow('the image abababababab has no name');
  expect(() => nameOf('abababababab', { ...image, names: ['a:1', 'b:1'] })).toThrow('has several names');
});

test.each(['', 'Web:1', 'a b', 'http://web'])('%j is no name', (text) => {
  expect(() => nameAtTarget(text)).toThrow('is not an image');
});
