import { expect, test } from 'vitest';
import { sh } from '../../../sh.js';
import type { Census } from '../census.js';
import { findRuntime } from './detect.js';
import { findGarbage } from './dry-run.js';
import { type GcHost, type GcRuntime, runStep, storageRoot } from './runtime.js';

const digest = `sha256:${'a'.repeat(64)}`;

/** Makes a host whose scripts print this, with something left out of its middle. */
const cut = (stdout: string): GcHost => ({ run: async () => ({ status: 0, stdout, stderr: '', leftOut: 70_000 }) });
const runtime: GcRuntime = {
  name: 'registry',
  version: 'v3.0.0',
  root: undefined,
  collect: () => sh`registry garbage-collect`,
  inside: (script) => script,
  readOnly: () => sh`:`,
  restore: () => sh`:`,
};
const census: Census = { repositories: [] };

test('a dry run of which the middle was left out was taken for all that a collection would take', async () => {
  const printed = `blob eligible for deletion: ${digest}\n3 blobs marked, 1 blobs and 0 manifests eligible for deletion\n`;
  const whole: GcHost = { run: async () => ({ status: 0, stdout: printed, stderr: '' }) };
  expect([...(await findGarbage(whole, runtime, [], census)).blobs]).toEqual([digest]);
  await expect(findGarbage(cut(printed), runtime, [], census)).rejects.toThrow(
    'could not try the collection: it printed 70000 bytes more than are kept',
  );
});

test('a host that says without end what runs on it is not believed', async () => {
  await expect(findRuntime(cut(''), {})).rejects.toThrow('could not look at the');
});

test('how much a collection itself prints does not matter', async () => {
  expect((await runStep(cut('marking'), runtime.collect([]), 'collect garbage')).status).toBe(0);
});

test('a configuration of a host that is far too long is not parsed', async () => {
  const long = `storage: {}\n${'a: 1\n'.repeat(60_000)}`;
  await expect(storageRoot(long, undefined, '/etc/registry.yml')).rejects.toThrow(
    '/etc/registry.yml has more than 262144 characters',
  );
});
