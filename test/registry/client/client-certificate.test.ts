import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { trustFromFolders } from '../../../src/registry/auth/trust-folders.js';
import { openRegistry } from '../../../src/registry/client/open.js';
import type { RegistryTrust } from '../../../src/registry/client/registry.js';
import { readManifest } from '../../../src/registry/manifest.js';
import { provision } from '../../kit/provision.js';
import { pushImage } from '../admin/push-image.js';
import { runCommand } from '../admin/run-command.js';
import { type DockerRegistry, dockerRegistry } from '../docker-registry.js';
import { installed } from '../proxy/start-registry.js';
import { certificatesIn, type MadeCertificate } from './make-certificates.js';

describe.skipIf(!installed('docker-registry'))('a registry that wants the certificate of a client', () => {
  let home: string;
  let server: DockerRegistry;
  let ca: string;
  let client: MadeCertificate;
  let stranger: MadeCertificate;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'provision-client-'));
    const made = certificatesIn(home);
    ca = made.ca;
    [client, stranger] = [made.issue('client'), made.stranger('stranger')];
    server = await dockerRegistry(join(home, 'storage'), { tls: { ...made.issue('server'), clientCa: ca } });
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(home, { recursive: true });
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  const open = (trust: Partial<RegistryTrust>) =>
    openRegistry({ host: server.host, trust: { scheme: 'https', ca: readFileSync(ca, 'utf8'), ...trust } });
  const pem = ({ cert, key }: MadeCertificate) => ({
    cert: readFileSync(cert, 'utf8'),
    key: readFileSync(key, 'utf8'),
  });

  /** A home where docker's folder of certificates for the registry holds these files. */
  const homeWith = (name: string, files: Readonly<Record<string, string>>) => {
    const path = join(home, name);
    const folder = join(path, '.docker/certs.d', server.host);
    mkdirSync(folder, { recursive: true });
    for (const [to, from] of Object.entries(files)) copyFileSync(from, join(folder, to));
    vi.stubEnv('HOME', path);
    return path;
  };
  const whole = () => ({ 'ca.crt': ca, 'client.cert': client.cert, 'client.key': client.key });
  const readable = (text: string) =>
    text
      .replaceAll(server.host, 'HOST')
      .replaceAll(home, 'HOME')
      .replace(/valid until \S+/, 'valid until TIME');

  test('gets images and gives them, by trust that was given', async () => {
    const registry = open(pem(client));
    const pushed = await pushImage(registry, 'team/web', ['1'], { content: 'a layer' });
    const raw = await registry.manifest('team/web', '1');
    expect(raw?.digest).toBe(pushed.digest);
    const manifest = raw && readManifest(raw, 'team/web:1');
    if (manifest?.kind !== 'image') throw new Error('no image');
    const [layer] = manifest.layers;
    expect(layer && (await text(await registry.blob('team/web', layer)))).toBe('a layer');
    await registry.close();
  });

  test('by a folder of certificates', async () => {
    homeWith('folder', whole());
    const registry = openRegistry({ host: server.host, trust: { scheme: 'https', ...trustFromFolders(server.host) } });
    expect(await registry.tags('team/web')).toEqual(['1']);
    await registry.close();
  });

  test('by the options of the command, and by the folder', async () => {
    const at = `https://${server.host}`;
    vi.stubEnv('HOME', join(home, 'nobody'));
    const options = ['--ca', ca, '--cert', client.cert, '--key', client.key];
    expect(await runCommand('ping', at, ...options)).toMatchObject({ status: 0, stderr: '' });
    expect(await runCommand('tags', `${at}/team/web`, ...options)).toMatchObject({ status: 0, stdout: '1\n' });
    homeWith('command', whole());
    expect(await runCommand('tags', `${at}/team/web`)).toMatchObject({ status: 0, stdout: '1\n', stderr: '' });
  });

  test('a sync by the folder', async () => {
    const HOME = homeWith('sync', whole());
    const at = `https://${server.host}`;
    const args = ['images', 'sync', 'team/web:1', '--from', at, '--to', `${at}/copies`];
    expect(await provision(args, { env: { HOME, XDG_STATE_HOME: HOME } })).toMatchObject({ status: 0 });
    expect(await runCommand('tags', `${at}/copies/team/web`)).toMatchObject({ stdout: '1\n' });
  });

  test('without one: it is said that one is wanted, and where to put it', async () => {
    vi.stubEnv('HOME', join(home, 'nobody'));
    const { status, stderr } = await runCommand('ping', `https://${server.host}`, '--ca', ca);
    expect(status).toBe(2);
    expect(readable(stderr)).toMatchInlineSnapshot(`
      "error: could not reach the registry HOST: it wants the certificate of a client (TLS alert 42, bad certificate)
        put it and its key into /etc/containers/certs.d/HOST/ or ~/.docker/certs.d/HOST/, as client.cert and client.key
      "
    `);
    await expect(open({}).hasBlob('team/web', `sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({ kind: 'tls' });
    await expect(pushImage(open({}), 'team/web', ['2'], { content: 'x' })).rejects.toMatchObject({ kind: 'tls' });
  });

  test('one that it does not know is named', async () => {
    homeWith('stranger', { 'ca.crt': ca, 'client.cert': stranger.cert, 'client.key': stranger.key });
    const { status, stderr } = await runCommand('tags', `https://${server.host}/team/web`);
    expect(status).toBe(2);
    expect(readable(stderr)).toMatchInlineSnapshot(`
      "error: could not list the tags of HOST/team/web: it does not take the client certificate CN=stranger, valid until TIME (TLS alert 42, bad certificate)
        give one that is valid now, made for clients, and issued by an authority that the registry accepts for them
      "
    `);
  });

  test('a key that is missing, is of another, or that others may read is named', async () => {
    const at = `https://${server.host}`;
    vi.stubEnv('HOME', join(home, 'nobody'));
    const gone = await runCommand('ping', at, '--ca', ca, '--cert', client.cert, '--key', join(home, 'gone.key'));
    homeWith('missing', { 'ca.crt': ca, 'client.cert': client.cert });
    const missing = await runCommand('ping', at);
    homeWith('mismatched', { ...whole(), 'client.key': stranger.key });
    const mismatched = await runCommand('ping', at);
    const openHome = homeWith('open', whole());
    chmodSync(join(openHome, '.docker/certs.d', server.host, 'client.key'), 0o644);
    const opened = await runCommand('ping', at);
    expect([gone, missing, mismatched, opened].map(({ status }) => status)).toEqual([1, 1, 1, 0]);
    expect(readable([gone, missing, mismatched, opened].map(({ stderr }) => stderr).join(''))).toMatchInlineSnapshot(`
      "error: cannot read HOME/gone.key: no such file or directory
      error: HOME/missing/.docker/certs.d/HOST/client.cert has no client.key beside it
        authorities to trust are named *.crt; a client certificate is X.cert with X.key
      error: HOME/mismatched/.docker/certs.d/HOST/client.key is not the key of HOME/mismatched/.docker/certs.d/HOST/client.cert
      note: HOME/open/.docker/certs.d/HOST/client.key is a private key and can be read by others: chmod o-r HOME/open/.docker/certs.d/HOST/client.key
      "
    `);
  });
});
