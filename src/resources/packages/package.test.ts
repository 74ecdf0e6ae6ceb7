import { describe, expect, it } from 'vitest';
import { planFrom } from '../../../test/kit/converge-locally.js';
import { packages } from './package.js';

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
});
