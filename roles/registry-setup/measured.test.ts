import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostContext, planFrom } from '../../test/kit/converge-locally.js';
import role from './index.js';
import { proxied_registry } from './looks/proxied-registry.js';
import { container_image, parseImage } from './runtime/container-image.js';
import { registry_container } from './runtime/registry-container.js';
import { running_image } from './runtime/running-image.js';
import { judgeGivenCertificate } from './tls/given-certificate.js';
import { served_certificate } from './tls/served-certificate.js';
import { vars } from './vars.js';

const [old, young] = ['a', 'b'].map((letter) => letter.repeat(64)) as [string, string];

describe('an image under its tag', () => {
  it('that is another is run: a newer build under the same tag is used', () => {
    const options = { name: 'r', image: 'registry:2', publish: [], mounts: [], force: false };
    const container = registry_container(options);
    const made = /provision.made-from=([0-9a-f]+)/.exec(scriptOf(planFrom(container, 'Error\nengine 20\n')))?.[1];
    expect(planFrom(container, `true ${made}\n`)).toEqual({ verdict: 'ok' });
    expect(planFrom(container, `outdated\ntrue ${made}\n`)).toMatchObject({
      verdict: 'change',
      summary: 'recreated: registry:2 is another image now',
    });
    expect(planFrom(container, 'outdated\ntrue <no value>\n')).toMatchObject({ verdict: 'kept' });
  });

  it('that podman runs is the one of its tag, after a restart of the unit', () => {
    const image = running_image({ container: 'r', image: 'registry:2', unit: 'provision-registry-r' });
    expect(planFrom(image, `runs ${old}\nnamed ${old}\n`)).toEqual({ verdict: 'ok' });
    expect(planFrom(image, `runs ${old}\nnamed ${young}\n`)).toMatchObject({ verdict: 'change' });
    expect(planFrom(image, `runs \nnamed ${young}\n`)).toEqual({ verdict: 'ok' });
  });

  it('that is in a newer archive is loaded, one in an older archive by force only', () => {
    const state = parseImage({ status: 0, stdout: `sha256:${old} "2024-01-01T00:00:00Z"\n`, stderr: '' });
    const plan = (created: string, force = false) => {
      const { resource } = container_image({ name: 'registry:2', archive: 'r.tar', force });
      const host = { ...hostContext({}), files: { file: () => '/r.tar', template: String, own: String } };
      return resource.plan({ ...state, archived: { id: `sha256:${young}`, created: new Date(created) } }, host);
    };
    expect(plan('2025-01-01T00:00:00Z')).toMatchObject({
      verdict: 'change',
      summary: 'loaded from r.tar, which has another image',
    });
    expect(plan('2023-01-01T00:00:00Z')).toMatchObject({ verdict: 'kept' });
    expect(plan('2023-01-01T00:00:00Z', true)).toMatchObject({ verdict: 'change' });
    expect(plan('2024-01-01T00:00:00Z')).toEqual({ verdict: 'ok' });
  });
});

describe('a certificate', () => {
  const served = served_certificate({
    host: 'localhost',
    port: 5000,
    certificate: '/c',
    config: '/config.yml',
    unit: 'x',
  });

  it.each([
    ['that is served is ok', 'file A\nserved A\n', { verdict: 'ok' }],
    ['that was renewed in its file is served after a restart', 'file B\nserved A\n', { verdict: 'change' }],
    [
      'that has ended is no ok',
      'file A\nends Jan 1\nexpired\nsoon\nserved A\n',
      { verdict: 'refused', message: expect.stringContaining('ended on Jan 1') },
    ],
    [
      'that ends soon is reported',
      'file A\nends Jan 1\nsoon\nserved A\n',
      { verdict: 'ok', note: '/c ends on Jan 1: renew it' },
    ],
    ['that a kept configuration does not name restarts nothing', 'other /d\nfile B\nserved A\n', { verdict: 'ok' }],
  ])('%s', (_, stdout, plan) => {
    expect(planFrom(served, stdout)).toMatchObject(plan);
  });

  it('for a common name alone is refused before it is sent, as clients refuse it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'provision-test-'));
    const make = (...more: string[]) => {
      const options = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '9'];
      execFileSync(
        'openssl',
        ['req', ...options, '-subj', '/CN=reg1', ...more, '-keyout', join(folder, 'k'), '-out', join(folder, 'c')],
        { stdio: 'ignore' },
      );
      return readFileSync(join(folder, 'c'), 'utf8');
    };
    const now = new Date(Date.now() + 60_000);
    try {
      expect(judgeGivenCertificate(make(), ['reg1'], now)?.message).toContain('common name only');
      const named = make('-addext', 'subjectAltName=DNS:reg1,IP:192.0.2.1');
      expect(judgeGivenCertificate(named, ['reg1'], now)).toBeUndefined();
      expect(judgeGivenCertificate(named, ['192.0.2.1'], now)).toBeUndefined();
      expect(judgeGivenCertificate(named, ['reg2'], now)).toMatchObject({ isFatal: false });
      expect(judgeGivenCertificate(named, ['reg1'], new Date(now.getTime() + 10 * 86_400_000))?.message).toMatch(
        /^ended on/,
      );
      expect(judgeGivenCertificate('no', ['reg1'], now)).toMatchObject({ isFatal: true });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it('a cache of a registry that wants a password is refused: distribution 2.x would answer 404', () => {
  const look = proxied_registry({ url: 'https://registry1:5000' });
  expect(planFrom(look, 'challenge Basic\n')).toMatchObject({ verdict: 'refused' });
  expect(planFrom(look, 'challenge Bearer\n')).toEqual({ verdict: 'ok' });
  expect(planFrom(look, '')).toEqual({ verdict: 'ok' });
});

it('absent takes the timers and secrets that the host has, whatever schedules the site still names', () => {
  const host = hostContext({});
  const given = vars.parse({ registry_instances: [{ name: 'main', port: 5000, state: 'absent' }] });
  const flags = { force: false, sync: undefined, check: false };
  const tasks = role.tasks({ vars: given, facts: host.facts, host, flags, inventoryHostname: 'reg1' });
  const names = tasks.flatMap((item) => (item.kind === 'task' ? [item.name] : []));
  expect(names).toEqual(
    expect.arrayContaining([
      'systemd_timer provision-registry-gc-main',
      'systemd_timer provision-registry-backup-main',
      'no secret of main is left',
    ]),
  );
  const remains = tasks.find((item) => item.kind === 'task' && item.name === 'no secret of main is left');
  expect(remains?.kind === 'task' ? remains.resource.provides : []).toEqual(
    expect.arrayContaining(['path:/etc/docker/registry/tls/main.key', 'path:/etc/docker/registry/main.htpasswd']),
  );
});

function scriptOf(plan: ReturnType<typeof planFrom>): string {
  return plan.verdict === 'change' && plan.apply.via === 'sh' ? plan.apply.script.script : '';
}
