import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { planFrom } from '../../../../test/kit/converge-locally.js';
import { docker_options } from '../docker-options.js';
import { docker_daemon } from './docker-daemon.js';

const facts = { service_manager: 'systemd' } as const;

/** Returns what the probe would print of these texts. */
function printed(fields: Readonly<Record<string, string | undefined>>): string {
  const lines = Object.entries(fields).flatMap(([name, text]) =>
    text === undefined ? [] : [`${name} ${Buffer.from(text).toString('base64')}\n`],
  );
  return `${lines.join('')}end yes\n`;
}

const info = (insecure: string[] = [], more: Record<string, unknown> = {}) =>
  JSON.stringify({
    ServerVersion: '20.10.24',
    LoggingDriver: 'json-file',
    LiveRestoreEnabled: false,
    RegistryConfig: {
      InsecureRegistryCIDRs: ['127.0.0.0/8', ...insecure.filter((each) => each.includes('/'))],
      IndexConfigs: {
        'docker.io': { Secure: true },
        ...Object.fromEntries(insecure.filter((each) => !each.includes('/')).map((each) => [each, { Secure: false }])),
      },
      Mirrors: ['http://m:5000/'],
    },
    ...more,
  });

describe('a running dockerd and what its files say', () => {
  const all = ['insecure-registries', 'registry-mirrors', 'live-restore', 'log-driver', 'log-opts'];
  const sysconfig = '/etc/sysconfig/docker';
  const unit = `Environment=HTTP_PROXY=http://u:secret@p:1 "X=a b"\nEnvironmentFiles=${sysconfig} (ignore_errors=yes)\nMainPID=1\nNeedDaemonReload=no`;
  const environ = 'PATH=/bin\0HTTP_PROXY=http://u:secret@p:1\0X=a b\0';
  const decided = (of: Partial<z.input<typeof docker_daemon.params>>, fields: Record<string, string | undefined>) => {
    const plan = planFrom(docker_daemon({ keys: all, ...of }), printed({ unit, environ, info: info(), ...fields }), {
      facts,
    });
    if (plan.verdict === 'refused') return `refused: ${plan.message}`;
    return plan.verdict === 'change' ? plan.summary : plan.verdict;
  };

  it.each<[string, Record<string, unknown>, string[], string]>([
    ['agree', { 'insecure-registries': ['a:1', '10.1.2.3/8', '127.0.0.0/8'] }, ['a:1', '10.0.0.0/8'], 'ok'],
    ['say nothing of it', {}, ['a:1'], 'ok'],
    ['name one more', { 'insecure-registries': ['a:1', 'b:1'] }, ['a:1'], 'reloaded: insecure-registries'],
    ['name one less', { 'insecure-registries': [] }, ['a:1'], 'reloaded: insecure-registries'],
    ['have a mirror, without the slash', { 'registry-mirrors': ['http://m:5000'] }, [], 'ok'],
    ['have another mirror', { 'registry-mirrors': ['http://n'] }, [], 'reloaded: registry-mirrors'],
    ['have live-restore', { 'live-restore': true }, [], 'reloaded: live-restore'],
    ['have the driver it has', { 'log-driver': 'json-file' }, [], 'ok'],
    [
      'have another driver, and live-restore',
      { 'log-driver': 'journald', 'live-restore': true },
      [],
      'restarted: live-restore, log-driver',
    ],
    ['have log options that it did not start with', { 'log-opts': { 'max-size': '1m' } }, [], 'restarted: log-opts'],
  ])('%s', (_, file, held, expected) => {
    expect(decided({}, { config: JSON.stringify(file), info: info(held) })).toBe(expected);
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    ['is kept back where daemon.json was kept', { 'max-size': '99m' }, { 'max-size': '10m' }, 'kept'],
    ['is kept back where somebody has edited it', { 'max-size': '10m', tag: 'x' }, { 'max-size': '10m' }, 'kept'],
    ['is restarted for what is ours', { 'max-size': '10m', tag: 'x' }, { tag: 'x' }, 'restarted: log-opts'],
    ['is ok', { 'max-size': '10m' }, { 'max-size': '10m' }, 'ok'],
  ])('a daemon with keys of ours %s', (_, file, started, expected) => {
    const fields = {
      config: JSON.stringify({ 'log-opts': file }),
      started: JSON.stringify({ 'log-opts': started }),
    };
    const of = { keys: [], merge: { 'log-opts': { 'max-size': '10m' } } };
    expect(decided(of, fields)).toBe(expected);
    if (expected === 'kept') expect(decided({ ...of, force: true }, fields)).toBe('restarted: log-opts');
  });

  it('compares what docker info is silent about with the file that the daemon started with', () => {
    const config = '{"log-opts": {"max-size": "1m", "max-file": "2"}, "insecure-registries": ["a:1"]}';
    const started = '{"log-opts": {"max-file": "2", "max-size": "1m"}}';
    expect(decided({}, { config, started })).toBe('reloaded: insecure-registries');
    expect(decided({}, { config, started: '{}' })).toBe('restarted: insecure-registries, log-opts');
    expect(decided({ keys: ['insecure-registries'] }, { config, started: '{}' })).toBe('reloaded: insecure-registries');
  });

  it.each([
    ['--insecure-registry a:1', '--insecure-registry=a:1', 'ok'],
    ['--insecure-registry a:1', '', 'restarted: --insecure-registry'],
    ['--insecure-registry a:1 --log-opt x=1', '--insecure-registry a:1 --mtu 3', 'restarted: --log-opt'],
    ['--live-restore=false --insecure-registry a:1', '--insecure-registry a:1', 'ok'],
  ])('in /etc/sysconfig/docker: %j, started with %j', (file, words, expected) => {
    const cmdline = `dockerd\0${words.replaceAll(' ', '\0')}\0`;
    const of = { keys: [], sysconfig, flags: ['insecure-registry', 'log-opt', 'live-restore'] };
    expect(decided(of, { sysconfig: `OPTIONS="${file}"\n`, cmdline, info: info(['a:1']) })).toBe(expected);
  });

  it.each([
    [{ environ }, 'ok'],
    [{ environ: 'PATH=/bin\0' }, 'restarted: HTTP_PROXY, X'],
    [{ unit: 'Environment=\nMainPID=1' }, 'restarted: HTTP_PROXY, X'],
  ])('in the environment of its unit: %j', (fields, expected) => {
    expect(decided({ keys: [], environment: ['HTTP_PROXY', 'X'] }, fields)).toBe(expected);
  });

  it('never shows the password of a proxy', () => {
    const task = docker_daemon({ environment: ['HTTP_PROXY'] });
    const plan = planFrom(task, printed({ unit, environ: '', info: info() }), { facts });
    expect(plan).toMatchObject({ diff: { before: 'HTTP_PROXY: \n', after: 'HTTP_PROXY: http://…@p:1\n' } });
  });

  it.each([
    [{ info: undefined }, 'refused: docker does not answer: it is not installed'],
    [
      { info: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.\n' },
      'refused: docker does not answer: Cannot connect to the Docker daemon at unix:///var/run/docker.sock.',
    ],
    [
      { info: '{"ServerErrors":["Cannot connect"],"RegistryConfig":null}\n' },
      'refused: docker does not answer: Cannot connect',
    ],
    [{ config: '{' }, 'refused: /etc/docker/daemon.json is not a JSON object'],
    [{ info: `WARNING: no swap\n${info()}\n` }, 'ok'],
  ])('%j', (fields, expected) => {
    expect(decided({}, fields)).toBe(expected);
  });

  it('is told when the service does not read the options file', () => {
    const of = { keys: [], sysconfig, flags: ['mtu'] };
    expect(decided(of, { unit: 'EnvironmentFiles=/etc/default/docker (ignore_errors=yes)' })).toMatch(/does not read/);
  });
});

describe('an option in two places', () => {
  const unit = `ExecStart={ path=/usr/sbin/dockerd ; argv[]=/usr/sbin/dockerd -H fd:// $DOCKER_OPTS \${UNSET} ; ignore_errors=no ; pid=1 }
Environment=
EnvironmentFiles=/etc/default/docker (ignore_errors=yes)`;
  const message = (of: z.input<typeof docker_options.params>, fields: Record<string, string>) => {
    const plan = planFrom(docker_options(of), printed({ unit, ...fields }), { facts });
    return plan.verdict === 'refused' ? plan.message : plan.verdict;
  };
  const defaults = {
    path: '/etc/default/docker',
    content: `# DOCKER_OPTS="--mtu 1"\nDOCKER_OPTS='--dns 1.1.1.1 -D'\n`,
  };

  it('is refused with both places', () => {
    expect(message({ keys: ['dns'] }, defaults)).toMatchInlineSnapshot(
      `"dockerd does not start with an option in two places: --dns is in DOCKER_OPTS in /etc/default/docker, "dns" in /etc/docker/daemon.json, which a later task would add"`,
    );
    expect(message({ keys: ['live-restore'] }, { config: '{"hosts": ["unix://"]}' })).toMatchInlineSnapshot(
      `"dockerd does not start with an option in two places: --host is in the command line of docker, "hosts" in /etc/docker/daemon.json"`,
    );
    const sysconfig = { sysconfig: '/etc/sysconfig/docker', flags: ['insecure-registry'] };
    expect(message(sysconfig, { config: '{"insecure-registries": []}' })).toMatchInlineSnapshot(
      `"dockerd does not start with an option in two places: --insecure-registry is in /etc/sysconfig/docker, "insecure-registries" in /etc/docker/daemon.json"`,
    );
    expect(message(sysconfig, { sysconfig: `other_args='-l warn'`, config: '{"log-level": "info"}' })).toMatch(
      /--log-level/,
    );
  });

  it.each([
    [{ keys: ['mtu', 'runtimes'] }, defaults],
    [{ keys: ['mtu'] }, { config: '{malformed', ...defaults }],
    [{ keys: ['mtu'] }, { unit: '' }],
  ])('is no matter where there is none: %j %j', (of, fields) => {
    expect(message(of, fields)).toBe('ok');
  });
});
