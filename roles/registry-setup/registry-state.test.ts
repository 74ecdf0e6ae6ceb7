import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { sh } from '../../src/index.js';
import { planFrom } from '../../test/kit/converge-locally.js';
import { defineHolder, parseHolder } from './looks/port-holder.js';
import { registry_answers } from './looks/registry-answers.js';
import { registry_state } from './registry-state.js';

type Given = Parameters<typeof registry_state>[0];

const prod: Given = {
  name: 'prod',
  url: 'http://localhost:5000',
  port: 5000,
  runtime: 'package',
  unit: 'provision-registry-prod',
  container: 'prod',
  config_path: '/etc/docker/registry/prod.yml',
  storage: '/var/lib/docker-registry/prod',
  packaged: { unit: 'docker-registry', config: '/etc/docker/registry/config.yml' },
  siblings: ['prod'],
};

const three = '{"repositories":["a","b","c"]}\n200\n';
const held = (unit: string, container = '', process = 'docker-registry') =>
  `holder\t${unit}\t${container}\t${process}\n`;
const own = 'unit\tprovision-registry-prod.service\n';
const main = (storage = '/var/lib/docker-registry/main') =>
  `${held('provision-registry-main.service')}own\tpackage\tmain\tprovision-registry-main\t/etc/systemd/system/provision-registry-main.service\t/etc/docker/registry/main.yml\t${storage}\n`;

describe('a registry at the port that is asked for', () => {
  it.each([
    ['nothing', '\n000\n', { verdict: 'ok', note: 'no registry answers yet' }],
    [
      'its own',
      `${three}${held('provision-registry-prod.service')}${own}`,
      { note: 'a registry answers, 3 repositories' },
    ],
    [
      "its own, with accounts: not '0 repositories'",
      `{}\n401\n${held('provision-registry-prod.service')}${own}`,
      { verdict: 'ok', note: 'a registry answers, and asks for an account: what is in it is not known' },
    ],
    [
      'somebody else’s, while its own unit runs at another port',
      `${three}${held('', 'images')}${own}active\n`,
      {
        verdict: 'kept',
        summary:
          'a registry with 3 repositories is there already, run by something else (port 5000 is held by the container images): kept',
      },
    ],
    [
      "somebody else's with accounts",
      `{}\n401\n${held('other.service')}${own}`,
      { verdict: 'kept', summary: expect.stringContaining('asks for an account (what is in it is not known)') },
    ],
    [
      "somebody else's that is empty: it has the port all the same",
      `{"repositories":[]}\n200\n${held('other.service')}${own}`,
      { verdict: 'kept' },
    ],
    [
      'what is no registry',
      `<html>\n200\n${held('nginx.service', '', 'nginx')}${own}`,
      { verdict: 'refused', message: 'port 5000 is held by nginx.service, which is no registry' },
    ],
    [
      "the package's own unit, which is empty and makes way",
      `{"repositories":null}\n200\n${held('docker-registry.service')}${own}`,
      { verdict: 'ok' },
    ],
    ["the package's own unit, with images", `${three}${held('docker-registry.service')}${own}`, { verdict: 'kept' }],
  ])('%s', (_, stdout, plan) => {
    expect(planFrom(registry_state(prod), stdout)).toMatchObject(plan);
  });

  it('is not taken away by force from what holds it', () => {
    const plan = planFrom(registry_state({ ...prod, force: true }), `${three}${held('other.service')}${own}`);
    expect(plan).toMatchObject({
      verdict: 'refused',
      message: 'port 5000 is held by other.service, a registry with 3 repositories',
      hint: 'stop it first, or set registry_port to another port for prod',
    });
  });

  it.each<[string, Partial<Given>, string, string]>([
    [
      'docker, by its container',
      { runtime: 'docker', unit: 'docker' },
      `${three}container\tprod\ttrue\tab12\t/x\n`,
      'ok',
    ],
    [
      'docker, where another container has the port',
      { runtime: 'docker', unit: 'docker' },
      `${three}container\tother\ttrue\t<no value>\t/x\nactive\n`,
      'kept',
    ],
    ['podman, by its container', { runtime: 'podman' }, `${three}${held('', 'prod', 'conmon')}${own}active\n`, 'ok'],
    [
      'podman, by its unit',
      { runtime: 'podman' },
      `${three}${held('provision-registry-prod.service', '', 'rootlessport')}${own}`,
      'ok',
    ],
    [
      'podman, where a container of its name is not run by its unit',
      { runtime: 'podman' },
      `${three}${held('', 'prod', 'conmon')}${own}`,
      'kept',
    ],
  ])('is recognized with %s', (_, changes, stdout, verdict) => {
    expect(planFrom(registry_state({ ...prod, ...changes }), stdout)).toMatchObject({ verdict });
  });
});

describe('a registry that has another name now', () => {
  it('is moved with its images, where nothing but the name has changed', () => {
    const plan = planFrom(registry_state(prod), `${three}${main()}${own}`);
    expect(plan).toMatchObject({
      verdict: 'change',
      summary:
        'moved from main (provision-registry-main.service) to prod, its images from /var/lib/docker-registry/main to /var/lib/docker-registry/prod',
    });
  });

  it('is moved too where its unit is stopped: it would fight for the port after the next start of the host', () => {
    const stopped = `\n000\n${main().replace(/^holder.*\n/, '')}${own}`;
    expect(planFrom(registry_state(prod), stopped)).toMatchObject({ verdict: 'change' });
  });

  it.each<[string, Partial<Given>, string, RegExp]>([
    ['its storage is another', {}, `${main('/srv/images')}${own}`, /its images are in \/srv\/images: kept/],
    ['both have images', {}, `${main()}${own}images\n`, /both .*main and .*prod hold images: kept/],
    ['the site has both', { siblings: ['main', 'prod'] }, `${main()}${own}`, /another registry of this site: kept/],
    [
      'the runtime is another',
      { runtime: 'docker', unit: 'docker' },
      main(),
      /which this tool set up and the site no longer names/,
    ],
  ])('is kept and named, where %s', (_, changes, stdout, summary) => {
    expect(planFrom(registry_state({ ...prod, ...changes }), `${three}${stdout}`)).toMatchObject({
      verdict: 'kept',
      summary: expect.stringMatching(summary),
    });
  });

  it('is moved by force to another storage, and never over images', () => {
    const forced = registry_state({ ...prod, force: true });
    expect(planFrom(forced, `${three}${main('/srv/images')}${own}`)).toMatchObject({ verdict: 'change' });
    expect(planFrom(forced, `${three}${main('/srv/images')}${own}images\n`)).toMatchObject({ verdict: 'refused' });
  });

  it('is left to the run that removes it, where it is absent by the site', () => {
    const plan = planFrom(registry_state({ ...prod, leaving: ['main'] }), `${three}${main()}${own}`);
    expect(plan).toMatchObject({ verdict: 'ok', note: expect.stringContaining('which this run removes') });
  });
});

it("a unit that is kept keeps its user's files", () => {
  const podman = registry_state({ ...prod, runtime: 'podman', user: 'operator' });
  const stdout = `${three}${held('provision-registry-prod.service')}${own}user\tsvc\n`;
  expect(planFrom(podman, stdout)).toMatchObject({
    verdict: 'kept',
    summary: 'the unit of prod runs as svc, and registry_user is operator: it is kept, and its files stay as they are',
  });
  expect(planFrom(podman, stdout.replace('svc', 'operator'))).toMatchObject({ verdict: 'ok' });
  expect(planFrom(registry_state({ ...prod, runtime: 'podman', user: 'operator', force: true }), stdout)).toMatchObject(
    {
      verdict: 'ok',
    },
  );
});

describe('the answer of a registry', () => {
  const answers = registry_answers({
    ...{ host: 'localhost', scheme: 'http', port: 5000, runtime: 'package' },
    unit: 'x',
    container: 'x',
    config_path: '/x',
  });

  it.each([
    ['its own', 'answer\t200\t5000\t\nholder\tx.service\t\tregistry\nunit\tx.service\n', { verdict: 'ok' }],
    [
      "a stranger's",
      'answer\t200\t5000\t\nholder\t\timages\tregistry\nunit\tx.service\n',
      { verdict: 'refused', message: 'port 5000 is held by the container images, and not by x.service' },
    ],
    [
      'its own, at the port of a configuration that is kept',
      'answer\t401\t5001\t\nholder\tx.service\t\tregistry\nunit\tx.service\n',
      { verdict: 'ok', note: 'it answers at port 5001: its configuration is kept, and registry_port is 5000' },
    ],
    [
      'none yet',
      'answer\t000\t5000\tcurl: (7) refused\nunit\tx.service\n',
      { verdict: 'change', uncertain: 'it does not answer yet (curl: (7) refused)' },
    ],
  ])('counts where it is %s', (_, stdout, plan) => {
    expect(planFrom(answers, stdout)).toMatchObject(plan);
  });
});

it('who listens at a port is found by the socket, in any sh', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  try {
    for (const shell of [['dash'], ['bash', '--posix'], ['busybox', 'sh']] as const) {
      const [command, ...args] = shell;
      const { stdout } = spawnSync(
        command,
        [
          ...args,
          '-c',
          sh`${defineHolder(false)}
holder ${port} 200; holder 1 000`.script,
        ],
        { encoding: 'utf8' },
      );
      expect(parseHolder(stdout).holder?.process, `${command}: ${stdout}`).toBeTruthy();
      expect(stdout.split('\n').filter((line) => line.startsWith('holder')).length).toBe(1);
    }
  } finally {
    server.close();
  }
});
