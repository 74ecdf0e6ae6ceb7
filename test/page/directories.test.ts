import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../registry/proxy/start-registry.js';
import { directoryEntries } from '../service/directory-entries.js';
import { client, type OpenIdProvider, startProvider } from '../service/openid-kit.js';
import { type TestService, testService } from '../service/service-kit.js';
import { base, reader as bindDn, type Slapd, startSlapd } from '../service/slapd-kit.js';
import { closeBrowser, reader, windows } from './browser-kit.js';

/* Accounts of others in a browser: what LDAP has of a name, and logins at an OpenID provider. */

let slapd: Slapd;
let provider: OpenIdProvider;
let service: TestService;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'directories-'));
  await writeFile(join(folder, 'secret'), `${client.secret}\n`);
  slapd = await startSlapd(directoryEntries);
  const port = await freePort();
  const listen = `127.0.0.1:${await freePort()}`;
  service = await testService({
    listen,
    registry: false,
    ldap_url: slapd.secureUrl,
    ldap_ca: slapd.ca,
    ldap_bind_dn: bindDn,
    ldap_password_file: slapd.readerPassword,
    ldap_base: `ou=people,${base}`,
    ldap_group_base: `ou=groups,${base}`,
    oidc_issuer: `http://127.0.0.1:${port}`,
    oidc_client_id: client.id,
    oidc_client_secret_file: join(folder, 'secret'),
  });
  const users = { s1: { preferred_username: 'zoe', name: 'Zoe' }, s2: { preferred_username: 'anna' } };
  provider = await startProvider(port, users, `http://${listen}/api/v1/oidc/callback`);
});

afterAll(async () => {
  await closeBrowser();
  await service.close();
  await provider.stop();
  await slapd.close();
  await rm(folder, { recursive: true });
});

test.each(windows)('the directory says what a login would give: $scheme, $width wide', async (window) => {
  const { page, open, expectWell, picture, close } = await reader(service, window);
  await open('/access/directory');
  const look = async (name: string) => {
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByRole('button', { name: 'Look up' }).click();
  };
  await look('alice');
  await page.getByText('A login would make the account alice.').waitFor();
  await page.getByText('Alice Liddell').waitFor();
  await expectWell();
  await picture('access-directory');
  await look('anna');
  await page.getByText('A login would be refused').waitFor();
  await look('nobody-there');
  await page.getByText('A login would make').waitFor({ state: 'detached' });
  await expectWell();
  await close();
});

test('who logs in at the provider comes back to the page they wanted; a name that is taken is refused', async () => {
  const logIn = async (subject: string) => {
    const { page, open, complaints, close } = await reader(service, { as: null });
    await open('/login?next=%2Faccount');
    await page.getByRole('link', { name: /^Log in with / }).click();
    await page.locator('input[name=login]').fill(subject);
    await page.locator('input[name=password]').fill('any');
    await page.locator('[type=submit]').click();
    return { page, complaints, close };
  };
  const zoe = await logIn('s1');
  await zoe.page.waitForURL('**/account');
  await zoe.page.getByText('Zoe', { exact: true }).first().waitFor();
  // The provider's page wants fonts from elsewhere.
  expect(zoe.complaints.filter((text) => !text.includes('ERR_NAME_NOT_RESOLVED'))).toEqual([]);
  await zoe.close();
  const anna = await logIn('s2');
  await anna.page.getByRole('heading', { name: 'Login: Forbidden' }).waitFor();
  expect(await anna.page.locator('p').first().innerText()).toContain('anna');
  await anna.page.getByRole('link', { name: 'in another way' }).click();
  await anna.page.getByRole('heading', { name: 'Log in' }).waitFor();
  await anna.close();
});
