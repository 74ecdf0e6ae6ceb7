import { expect, test } from 'vitest';
import { readChallenges } from './challenge.js';

test.each([
  [
    'Bearer realm="https://auth.example.com/token",service="r",scope="repository:a/b:pull,push"',
    [
      {
        scheme: 'bearer',
        parameters: { realm: 'https://auth.example.com/token', service: 'r', scope: 'repository:a/b:pull,push' },
      },
    ],
  ],
  ['Basic realm="a \\"quoted\\" name"', [{ scheme: 'basic', parameters: { realm: 'a "quoted" name' } }]],
  [
    'Negotiate, Bearer realm=x , error="invalid_token", Basic realm="y"',
    [
      { scheme: 'negotiate', parameters: {} },
      { scheme: 'bearer', parameters: { realm: 'x', error: 'invalid_token' } },
      { scheme: 'basic', parameters: { realm: 'y' } },
    ],
  ],
  ['', []],
  ['"nonsense', []],
])('%s', (header, challenges) => {
  expect(readChallenges(header)).toEqual(challenges);
});
