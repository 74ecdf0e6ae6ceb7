import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ensureAuthority, readAuthority, readAuthorityKey } from './authority.js';

const scratch = mkdtempSync(join(tmpdir(), 'ca-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

test('an authority is made once, its key for its owner alone', async () => {
  const folder = join(scratch, 'site/.provision/ca');
  expect(await readAuthority(folder)).toBeUndefined();
  const { certificate, pem } = await ensureAuthority(folder, 'ecdsa');
  expect(certificate.ca).toBe(true);
  expect(certificate.subject).toMatch(/^CN=provision CA [0-9a-f]{8}$/);
  const years = (Date.parse(certificate.validTo) - Date.now()) / 86_400_000 / 365.25;
  expect(years).toBeCloseTo(10, 1);
  expect([folder, join(folder, 'ca.key'), join(folder, 'ca.crt')].map(modeOf)).toEqual(['700', '600', '644']);
  expect((await ensureAuthority(folder, 'rsa')).pem).toBe(pem);
  expect(await readAuthorityKey(folder)).toContain('BEGIN PRIVATE KEY');
});

test('runs at once agree on one, and leave nothing else behind', async () => {
  const folder = join(scratch, 'race/ca');
  const all = await Promise.all(Array.from({ length: 8 }, () => ensureAuthority(folder, 'ecdsa')));
  expect(new Set(all.map(({ pem }) => pem)).size).toBe(1);
  expect(readdirSync(join(scratch, 'race'))).toEqual(['ca']);
  expect(all[0]?.pem).toBe(readFileSync(join(folder, 'ca.crt'), 'utf8'));
});

test('a key that others may read is not used', async () => {
  const folder = join(scratch, 'open');
  mkdirSync(folder);
  writeFileSync(join(folder, 'ca.key'), 'key', { mode: 0o644 });
  await expect(readAuthorityKey(folder)).rejects.toThrow(
    `the key of the certificate authority, ${folder}/ca.key: may be read by others (mode 0644): chmod 600`,
  );
});

test('a folder that holds something else is left alone', async () => {
  const folder = join(scratch, 'taken');
  mkdirSync(folder);
  writeFileSync(join(folder, 'notes'), '');
  await expect(ensureAuthority(folder, 'ecdsa')).rejects.toThrow('is in the way');
  writeFileSync(join(folder, 'ca.crt'), 'nonsense');
  await expect(readAuthority(folder)).rejects.toThrow('taken/ca.crt is no certificate');
});

// Only root may give files away.
test.runIf(process.getuid?.() === 0)('an authority that another user laid there is not used', async () => {
  const folder = join(scratch, 'planted/.provision/ca');
  await ensureAuthority(folder, 'ecdsa');
  for (const name of ['ca.crt', 'ca.key']) chownSync(join(folder, name), 65_534, 65_534);
  await expect(readAuthority(folder)).rejects.toThrow(`cannot read ${folder}/ca.crt: it belongs to another user`);
  await expect(readAuthorityKey(folder)).rejects.toThrow('it belongs to another user (uid 65534)');
  // Whose site it is may have an authority of their own.
  chownSync(join(scratch, 'planted'), 65_534, 65_534);
  expect(await readAuthorityKey(folder)).toContain('BEGIN PRIVATE KEY');
});
