import { expect, it } from 'vitest';
import { roleReadmes } from '../../scripts/role-readmes.js';

it("has every role's variables in its README, as its schema has them (`npm run readmes` writes them)", async () => {
  const outdated = (await roleReadmes()).filter(({ found, wanted }) => found !== wanted);
  expect(outdated.map(({ path }) => path)).toEqual([]);
});
