import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { planFrom } from '../../../test/kit/converge-locally.js';
import { folderOf } from '../../../test/kit/folder-of.js';
import { pull_check } from './pull-check.js';

const asked = { engine: 'podman', image: 'a:5000/library/busybox:1' } as const;

it.each([
  ['there', 'engine\npresent\nend\n', false, { verdict: 'ok', note: 'it is there' }],
  ['there, after a change', 'engine\npresent\nend\n', true, { verdict: 'change', summary: 'pulled again' }],
  ['missing', 'engine\nend\n', false, { verdict: 'change', summary: 'pulled' }],
  [
    'on a host without the engine',
    'end\n',
    true,
    { verdict: 'refused', hint: 'set podman_install: true to install it' },
  ],
])('an image that is %s', (_, said, always, plan) => {
  expect(planFrom(pull_check({ ...asked, always }), said)).toMatchObject(plan);
});

it('is looked for after the pull', () => {
  const plan = planFrom(pull_check(asked), 'engine\nend\n');
  if (plan.verdict !== 'change') throw new Error(plan.verdict);
  const reply = { status: 0, stdout: '', stderr: '' };
  expect(plan.verify?.({ engineExists: true, present: false }, reply)).toBe(
    'podman has no a:5000/library/busybox:1 after the pull',
  );
});

it.each([
  ['with an account', '[host."https://r:5000".header]\n  Authorization = "Basic x"\n', true],
  ['without one', 'server = "https://r:5000"\n', false],
])('a refused pull of containerd names token services where hosts.toml is %s', async (_, hosts, named) => {
  const folder = folderOf({
    ctr: "#!/bin/sh\necho 'unexpected status: 401 Unauthorized' >&2\nexit 1\n",
    'r:5000/hosts.toml': hosts,
  });
  chmodSync(join(folder, 'ctr'), 0o755);
  const task = pull_check({ engine: 'containerd', image: 'r:5000/x:1', hosts_dir: folder });
  const plan = planFrom(task, 'engine\nend\n');
  if (plan.verdict !== 'change' || plan.apply.via !== 'sh') throw new Error(plan.verdict);
  const env = { PATH: `${folder}:${process.env.PATH}` };
  const { exitCode, stderr } = await execa('sh', ['-c', plan.apply.script.script], { env, reject: false });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^unexpected status: 401 Unauthorized/);
  expect(stderr.includes('asks a token service')).toBe(named);
});
