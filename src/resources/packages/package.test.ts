import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, vi } from 'vitest';
import { check, planFrom, runScript } from '../../../test/kit/converge-locally.js';
import { packages } from './package.js';

/**
 * Writes a configuration of apt with lists of few packages: it reads Debian's sixty thousand anew in each call where
 * there is no cache, as in containers. @returns its path
 */
function listFew(folder: string, packages: string): string {
  const lists = join(folder, 'lists');
  mkdirSync(join(lists, 'partial'), { recursive: true });
  const source = join(folder, 'source').replaceAll('_', '%5f').replaceAll('/', '_');
  writeFileSync(join(lists, `${source}_._Packages`), `${packages}\n`);
  writeFileSync(join(folder, 'sources.list'), `deb [trusted=yes] file:${folder}/source ./\n`);
  const words = {
    'State::Lists': lists,
    'Etc::SourceList': join(folder, 'sources.list'),
    'Etc::SourceParts': '/dev/null',
  };
  const path = join(folder, 'apt.conf');
  writeFileSync(
    path,
    Object.entries(words)
      .map(([name, value]) => `Dir::${name} "${value}";\n`)
      .join(''),
  );
  return path;
}

describe('package, by apt', () => {
  const listed = 'package curl ii  7.88.1\npackage jq rc  1.6\npackage nginx iF  1.22\npackage libc6 ii  2.36\nend\n';

  it.each([
    [packages({ name: 'curl' }), { verdict: 'ok', details: ['curl 7.88.1'] }],
    [packages({ name: 'libc6:amd64' }), { verdict: 'ok' }],
    [
      packages({ name: ['curl', 'jq', 'nginx', 'git', 'git'] }),
      { verdict: 'change', summary: 'installed jq nginx git' },
    ],
    [packages({ name: ['curl', 'jq'], state: 'absent' }), { verdict: 'change', summary: 'removed curl' }],
    [packages({ name: ['jq', 'git'], state: 'absent' }), { verdict: 'ok' }],
  ])('%#', (task, plan) => {
    expect(planFrom(task, listed)).toMatchObject(plan);
  });

  it('updates to what the lists name, for latest', () => {
    const policy = (candidate: string) =>
      `package curl ii  7.88.1\ncurl:\n  Installed: 7.88.1\n  Candidate: ${candidate}\n  Version table:\nend\n`;
    const task = packages({ name: 'curl', state: 'latest' });
    expect(planFrom(task, policy('7.88.1'))).toMatchObject({ verdict: 'ok' });
    expect(planFrom(task, policy('7.90'))).toMatchObject({ verdict: 'change', summary: 'curl 7.88.1 -> 7.90' });
  });

  it('is there where another package provides its name, which it does not remove', () => {
    const provided = 'provided awk mawk 1.3.4\nend\n';
    expect(planFrom(packages({ name: 'awk' }), provided)).toMatchObject({
      verdict: 'ok',
      details: ['awk: mawk 1.3.4'],
    });
    expect(planFrom(packages({ name: 'awk', state: 'latest' }), provided)).toMatchObject({ verdict: 'ok' });
    expect(planFrom(packages({ name: 'awk', state: 'absent' }), provided)).toMatchObject({ verdict: 'ok' });
  });

  it('is kept where it is held, and the rest is done', () => {
    const policy = (name: string) => `${name}:\n  Installed: 1\n  Candidate: 2\n  Version table:\n`;
    const found = `package curl hi  1\npackage jq ii  1\n${policy('curl')}${policy('jq')}end\n`;
    const kept = { summary: 'curl is held on the host', hint: '`apt-mark unhold curl` lets it be changed' };
    for (const state of ['latest', 'absent'] as const)
      expect(planFrom(packages({ name: 'curl', state }), found)).toEqual({ verdict: 'kept', ...kept });
    expect(planFrom(packages({ name: ['curl', 'jq'], state: 'latest' }), found)).toMatchObject({
      verdict: 'change',
      summary: 'jq 1 -> 2',
      kept,
    });
    expect(planFrom(packages({ name: ['curl', 'jq'], state: 'absent' }), found)).toMatchObject({
      summary: 'removed jq',
      kept,
    });
    expect(planFrom(packages({ name: 'curl' }), found)).toMatchObject({ verdict: 'ok' });
  });

  it('is refused where others would go unasked, by their names', () => {
    const gone = 'Remv docker-ce [5:20]\nRemv docker-ce-cli:amd64 [5:20]\nend\n';
    expect(planFrom(packages({ name: 'docker.io' }), gone)).toEqual({
      verdict: 'refused',
      message: 'installing docker.io would remove docker-ce docker-ce-cli',
      hint: 'remove them first, if they are to go: `package: {name: [docker-ce, docker-ce-cli], state: absent}`',
    });
    const there = `package docker-ce ii  5:20\n${gone}`;
    expect(planFrom(packages({ name: 'docker-ce', state: 'absent' }), there)).toMatchObject({
      verdict: 'refused',
      message: 'removing docker-ce would remove docker-ce-cli',
    });
    const both = packages({ name: ['docker-ce', 'docker-ce-cli'], state: 'absent' });
    expect(planFrom(both, there)).toMatchObject({ verdict: 'change', summary: 'removed docker-ce' });
  });

  it('is looked at by a real apt, where there is one', async (context) => {
    const { stdout } = await execa(
      'sh',
      ['-c', 'apt-cache show busybox-static busybox mawk; dpkg -l busybox mawk; id -u'],
      { reject: false },
    );
    if (!/^Package: busybox-static\n.*\nii +busybox.*\nii +mawk.*\n0$/s.test(stdout))
      return context.skip('no apt with lists here, or without busybox and mawk, or no root');
    const folder = mkdtempSync(join(tmpdir(), 'apt-'));
    context.onTestFinished(() => {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true });
    });
    vi.stubEnv('APT_CONFIG', listFew(folder, stdout.slice(0, stdout.lastIndexOf('\n\n'))));
    const refused = { verdict: 'refused', message: 'installing busybox-static would remove busybox' };
    expect(await check(packages({ name: ['busybox-static', 'awk'] }))).toMatchObject(refused);
    // What the look did not see is seen before anything is done.
    const plan = planFrom(packages({ name: 'busybox-static' }), 'end\n');
    if (plan.verdict !== 'change' || plan.apply.via !== 'sh') throw new Error('no change was planned');
    const { status, stderr } = await runScript(plan.apply.script.script, '', {});
    expect([status, stderr]).toEqual([1, expect.stringContaining(`${refused.message}: nothing was changed`)]);
  }, 180_000);

  it('says when there is nobody to ask', () => {
    expect(() => planFrom(packages({ name: 'x' }), '')).toThrow('could not query dpkg');
    expect(planFrom(packages({ name: 'x' }), '', { facts: { package_manager: 'none' } })).toMatchObject({
      verdict: 'refused',
      message: 'this host has no known package manager',
    });
  });

  it('takes names only', () => {
    const wrong = (name: unknown) => packages.params.safeParse({ name }).success;
    expect(['docker.io=1', '-y', './x.deb', 'a b', '', []].map(wrong)).toEqual([
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('package, by dnf', () => {
  const facts = { package_manager: 'dnf' } as const;
  it('finds what is installed, by name or by what it provides, and what is newer', () => {
    const task = packages({ name: ['podman', 'nfs-utils', 'curl'], state: 'latest' });
    const listed = 'package podman 5.2-1.el9\npackage curl 7.76-1.el9\nnewer podman 5.4-1.el9\nend\n';
    expect(planFrom(task, listed, { facts })).toMatchObject({
      verdict: 'change',
      summary: 'installed nfs-utils, podman 5.2-1.el9 -> 5.4-1.el9',
    });
  });

  it('is refused where packages that need it would go, as dnf and yum print them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'provision-dnf-'));
    const table = (heading: string) => `#!/bin/sh
cat <<'end'
Removing:
 podman          x86_64  4:5.2-1.el9  @appstream  50 M
${heading}
 cockpit-podman  noarch  100-1.el9    @appstream  1 M
Removing unused dependencies:
 conmon          x86_64  2:2.1-1.el9  @appstream  1 M
Transaction Summary
Remove  3 Packages
end
`;
    try {
      writeFileSync(join(folder, 'rpm'), '#!/bin/sh\necho 5.2-1\n', { mode: 0o755 });
      writeFileSync(join(folder, 'dnf'), table('Removing dependent packages:'), { mode: 0o755 });
      writeFileSync(join(folder, 'yum'), table('Removing for dependencies:'), { mode: 0o755 });
      const way = ['env', `PATH=${folder}:${process.env.PATH}`];
      for (const package_manager of ['dnf', 'yum'] as const)
        expect(
          await check(packages({ name: 'podman', state: 'absent' }), { way, facts: { package_manager } }),
        ).toMatchObject({
          verdict: 'refused',
          message: 'removing podman would remove cockpit-podman',
        });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
