import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestService, testService } from './service-kit.js';

let service: TestService;
beforeAll(async () => {
  service = await testService({ registry: false });
});
afterAll(() => service.close());

/** Sends a wrong request, and gives what is said of it: pointer and words. */
async function refused(request: string, body?: unknown): Promise<string[]> {
  const answer = await service.send(request, body);
  expect(answer.status).toBe(422);
  return answer.body.errors.map(({ pointer, detail }: Record<string, string>) => `${pointer} ${detail}`);
}

it('a field that is missing, wrong or misspelt was told in the words of a library', async () => {
  expect(await refused('POST /api/v1/users', {})).toEqual(['/name this needs "name" (text)']);
  expect(await refused('POST /api/v1/users', { name: 5 })).toEqual(['/name expected text, found number 5']);
  expect(await refused('POST /api/v1/users', { name: 'carl', emial: 'x' })).toEqual([
    expect.stringMatching(/^\/emial unknown key "emial": did you mean "email"\?/),
  ]);
  expect(await refused('POST /api/v1/users', [])).toEqual(['/ expected a map, found an empty list']);
  expect(await refused('GET /api/v1/users?limit=many')).toEqual(['limit expected a number, found text "many"']);
  expect(await refused('GET /api/v1/users?limit=501')).toEqual(['limit must be at most 500, found text "501"']);
});

it('a pointer leads to names with slashes and tildes', async () => {
  const body = { kind: 'provision', variables: { 'a/b~c': 1 } };
  expect(await refused('POST /api/v1/jobs', body)).toEqual([expect.stringMatching(/^\/variables\/a~1b~0c /)]);
});

it('a password of the wrong type is not in what is said of it', async () => {
  const [said] = await refused('POST /api/v1/users', { name: 'carl', password: 5318008 });
  expect(said).toBe('/password expected text, found something else');
});
