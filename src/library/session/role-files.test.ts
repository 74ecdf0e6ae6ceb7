import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { InputError } from '../../diagnostics/diagnostic.js';
import { Session } from './session.js';

const folder = mkdtempSync(join(tmpdir(), 'role-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'files'));
writeFileSync(join(folder, 'files/there.tar'), '');
writeFileSync(join(folder, 'ca.pem'), '');

async function errorsOf(role: string, vars: object): Promise<string[]> {
  const site = join(folder, 'site.yaml');
  writeFileSync(site, JSON.stringify([{ hosts: 'all', vars, roles: [role] }], undefined, 1));
  try {
    await new Session({ site, inventory: [{ all: { hosts: { web1: {} } } }] }).load();
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.diagnostics.map(
      ({ message, place }) => `${place?.line} ${message.replaceAll(folder, '').replace(/; looked for .*/, '')}`,
    );
  }
}

test.each([
  [
    'registry-setup',
    { registry_runtime: 'docker', registry_image_archive: 'away.tar' },
    ['6 role registry-setup: registry_image_archive: there is no file away.tar'],
  ],
  [
    'registry-setup',
    { registry_tls: { src: { certificate: 'ca.pem', key: 'away.key' } } },
    ['5 role registry-setup: registry_tls.src.key: there is no file away.key'],
  ],
  [
    'registry-setup',
    {
      registry_runtime: 'docker',
      registry_instances: [
        { port: 5001, image_archive: 'there.tar' },
        { port: 5002, image_archive: 'away.tar' },
      ],
    },
    ['6 role registry-setup: registry_instances.1.image_archive: there is no file away.tar'],
  ],
  [
    'docker-config',
    {
      docker_ca_certificates: [
        { registry: 'a:1', src: 'ca.pem' },
        { registry: 'b:1', src: 'away.pem' },
      ],
    },
    ['5 role docker-config: docker_ca_certificates.1.src: there is no file away.pem'],
  ],
  [
    'image-sync',
    { image_sync_archive: '/away', image_sync_list: 'away.yaml', image_sync_images: ['a:1'] },
    [
      '5 role image-sync: image_sync_archive: there is no file /away',
      '6 role image-sync: image_sync_list: there is no file away.yaml',
    ],
  ],
])('a file that a variable of %s names was missed on the hosts only', async (role, vars, errors) => {
  expect(await errorsOf(role, vars)).toEqual(errors);
});

test('a file that is there, and one that is known later, are no errors', async () => {
  expect(await errorsOf('registry-setup', { registry_runtime: 'docker', registry_image_archive: 'there.tar' })).toEqual(
    [],
  );
  const later = { registry_runtime: 'docker', registry_image_archive: 'registry-{{facts.arch}}.tar' };
  expect(await errorsOf('registry-setup', later)).toEqual([]);
});
