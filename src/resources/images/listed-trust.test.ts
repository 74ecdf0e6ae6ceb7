import { expect, it, onTestFinished, vi } from 'vitest';
import { folderOf } from '../../../test/kit/folder-of.js';
import { loopbackCertificate, scriptedRegistry } from '../../../test/kit/scripted-registry.js';
import { type ImagesParams, imagesParams } from './images-params.js';
import { openSide } from './route.js';

const probe = { curl: '8.0.0', own: [], insecure: [], authorities: new Map(), authorityFiles: new Map() };

interface Said {
  readonly trust?: ImagesParams['trust'][string];
  readonly credentials?: ImagesParams['credentials'][string];
}

/**
 * Asks a registry with a certificate of nobody's, as a list says; what it was shown, and what was said or went wrong. The
 * usual name means loopback to nobody but the system.
 */
async function ask(says: (ca: string) => Said, name = '0x7f000001') {
  const certificate = await loopbackCertificate();
  const server = await scriptedRegistry(
    ({ headers }) =>
      headers.authorization === undefined
        ? { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }
        : { body: { tags: ['1'] } },
    certificate,
  );
  onTestFinished(() => server.close());
  const host = server.host.replace('127.0.0.1', name);
  const auth = Buffer.from('own:of-the-controller').toString('base64');
  const home = folderOf({ '.docker/config.json': JSON.stringify({ auths: { [host]: { auth } } }) });
  vi.stubEnv('HOME', home);
  vi.stubEnv('XDG_RUNTIME_DIR', home);
  vi.stubEnv('DOCKER_CONFIG', `${home}/.docker`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { trust, credentials } = says(certificate.ca);
  const params = imagesParams.parse({
    from: host,
    to: 'localhost:5000',
    trust: trust === undefined ? {} : { [host]: trust },
    credentials: credentials === undefined ? {} : { [host]: credentials },
  });
  const notices: string[] = [];
  const source = await openSide(params, probe, host, undefined, {
    notice: (line) => void notices.push(line),
    tries: 1,
  });
  const ended = await source.tags('a').then(String, (error: Error) => error.message);
  await source.close();
  const accounts = server.seen.flatMap(({ headers: { authorization } }) => authorization ?? []);
  return {
    ended: ended.replaceAll(host, 'HOST'),
    accounts: accounts.map((each) => Buffer.from(each.slice('Basic '.length), 'base64').toString()),
    notices: notices.map((line) => line.replaceAll(host, 'HOST')).filter((line) => !line.includes('chmod')),
  };
}

it('a list that takes any certificate was not heeded, and has no account of the controller sent', async () => {
  expect((await ask(() => ({}))).ended).toMatch(/^could not list the tags of HOST\/a: /);
  const heeded = await ask(() => ({ trust: { verify: false } }));
  expect(heeded).toMatchObject({ ended: expect.stringContaining('401'), accounts: [] });
  expect(heeded.notices).toEqual([
    'HOST is reached less securely, as the list says: no account of the controller is sent to it',
  ]);
});

it("a list's own account is sent as it says", async () => {
  const credentials = { username: 'list', password: 'of-the-list' };
  expect(await ask(() => ({ trust: { verify: false }, credentials }))).toEqual({
    ended: '1',
    accounts: ['list:of-the-list'],
    notices: [],
  });
});

it("a list's authority is the one that is trusted, and accounts are sent as ever", async () => {
  const { ca: other } = await loopbackCertificate();
  expect((await ask(() => ({ trust: { ca: other } }), 'localhost')).ended).toMatch(/certificate/);
  expect(await ask((ca) => ({ trust: { ca } }), 'localhost')).toEqual({
    ended: '1',
    accounts: ['own:of-the-controller'],
    notices: [],
  });
});
