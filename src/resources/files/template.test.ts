import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check, converge } from '../../../test/kit/converge-locally.js';
import { template } from './template.js';

let folder: string;
let src: string;
const files = { template: () => src, file: () => src };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provision-template-'));
  src = join(folder, 'x.hbs');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('template', () => {
  it('is rendered without escaping, values as they are, and then left alone', async () => {
    await writeFile(src, '{{#each shares}}{{path}} {{clients}}\n{{/each}}{{other}}\n');
    const dest = join(folder, 'exports');
    const data = { shares: [{ path: '/srv', clients: '*(rw,no_subtree_check) <&>' }], other: '{{path}}' };
    const task = template({ src: 'x.hbs', dest, data });
    expect((await converge(task, { files })).failure).toBeUndefined();
    expect(await readFile(dest, 'utf8')).toBe('/srv *(rw,no_subtree_check) <&>\n{{path}}\n');
    expect(await check(task, { files })).toEqual({ verdict: 'ok' });
    await writeFile(dest, 'by hand\n');
    expect(await check(task, { files })).toMatchObject({ verdict: 'kept', diff: { before: 'by hand\n' } });
  });

  it('reads only the values that it names', async () => {
    await writeFile(src, '{{a}}');
    const data = {
      a: 1,
      get b(): string {
        throw new Error('nobody asked');
      },
    };
    const plan = await check(template({ src: 'x.hbs', dest: join(folder, 'x'), data }), { files });
    expect(plan).toMatchObject({ verdict: 'change', diff: { after: '1' } });
  });

  it('says where a name is missing', async () => {
    await writeFile(src, 'one\n  {{nothing}}\n');
    const plan = await check(template({ src: 'x.hbs', dest: join(folder, 'x') }), { files });
    expect(plan).toMatchObject({ verdict: 'refused', message: expect.stringContaining('x.hbs:2:') });
  });
});
