import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, test } from 'vitest';
import { check, converge, type Setting } from '../../../test/kit/converge-locally.js';
import { ca_certificate } from './ca-certificate.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ca-certificate-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const setting = (more: Setting = {}): Setting => ({ files: { own: (name) => at(`.provision/${name}`) }, ...more });
const authority = () => readFileSync(at('.provision/ca/ca.crt'), 'utf8');

it('is the certificate of the CA, which is made where there is none yet', async () => {
  const task = ca_certificate({ path: at('ca.crt') });
  expect(await check(task, setting())).toMatchObject({ summary: 'created, with a CA that is made now' });
  expect((await converge(task, setting())).failure).toBeUndefined();
  expect(readFileSync(at('ca.crt'), 'utf8')).toBe(authority());
  expect((await check(task, setting())).verdict).toBe('ok');
  rmSync(at('ca.crt'));
  expect(await check(task, setting())).toMatchObject({ summary: 'created', diff: { after: authority() } });
});

it('leaves what another has put there, unless forced', async () => {
  writeFileSync(at('ca.crt'), 'of another\n');
  const task = ca_certificate({ path: at('ca.crt'), force_variable: 'docker_config_force' });
  expect((await converge(task, setting())).failure).toBeUndefined();
  expect(readFileSync(at('ca.crt'), 'utf8')).toBe('of another\n');
  expect(await check(task, setting())).toMatchObject({
    verdict: 'kept',
    hint: 'use --force, or set docker_config_force: true, to update it',
  });
  expect((await converge(task, setting({ force: true }))).failure).toBeUndefined();
  expect(readFileSync(at('ca.crt'), 'utf8')).toBe(authority());
});

test('below a staging folder the lists are left to the host', async () => {
  mkdirSync(at('usr/local/share/ca-certificates'), { recursive: true });
  const task = ca_certificate({ system: true });
  expect((await converge(task, setting({ root: folder }))).failure).toBeUndefined();
  expect(readFileSync(at('usr/local/share/ca-certificates/provision-ca.crt'), 'utf8')).toBe(authority());
});

test('it goes to a path or to the system', () => {
  expect(() => ca_certificate({})).toThrow('needs path, or system: true, and not both');
  expect(() => ca_certificate({ path: '/ca.crt', system: true })).toThrow('needs path, or system: true, and not both');
});
