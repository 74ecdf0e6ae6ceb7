import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { HostContext, Plan, Resource } from '../../model/resource.js';
import { sh } from '../../sh.js';
import { needs } from '../path/path-params.js';
import type { PackageStates } from './package-manager.js';
import { packageManager } from './package-managers.js';

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.+_:-]*$/, {
  error: ({ input }) => `${JSON.stringify(input)} is not a name of a package: names only, without versions or files`,
});

const params = z.strictObject({
  name: z
    .union([name, z.array(name).min(1)], { error: 'must be the name of a package, or a list of names' })
    .describe('Package, or a list of packages, handled at once'),
  state: z
    .enum(['present', 'absent', 'latest'])
    .default('present')
    .describe('`latest` updates to the newest version in the fetched lists'),
  install_recommends: z.boolean().default(false).describe('Install recommended packages, too (weak dependencies)'),
  update: z.boolean().default(false).describe('Fetch the lists of packages before installing, even if all are known'),
  lock_timeout: z
    .int()
    .min(0)
    .default(300)
    .describe('Seconds to wait, with apt, while another process works with the packages'),
  needs,
});

/**
 * Packages of the distribution, by apt, dnf or yum.
 *
 * @example packages({ name: ['docker.io', 'curl'] })
 */
export const packages = defineResource({
  kind: 'package',
  summary: 'Packages of the distribution, installed or removed',
  params,
  create: (params): Resource<PackageStates> => {
    const names = [...new Set([params.name].flat())];
    return {
      kind: 'package',
      id: names.join(' '),
      // Whatever is installed or removed may take others with it.
      provides: [...names.map((each) => `package:${each}` as const), 'package:*'],
      needs: [...params.needs, 'package:*'],
      staging: 'skip',
      probe: (host) => packageManager(host.facts)?.probe(names, params.state === 'latest') ?? sh`:`,
      parse: (reply, host) => packageManager(host.facts)?.parse(reply, names) ?? new Map(),
      plan: (state, host) => plan(state, names, params, host),
      result: (state) => ({
        versions: Object.fromEntries([...state].map(([each, { installed }]) => [each, installed])),
      }),
    };
  },
});

function plan(
  state: PackageStates,
  names: readonly string[],
  params: z.output<typeof packages.params>,
  host: HostContext,
): Plan<PackageStates> {
  const manager = packageManager(host.facts);
  if (manager === undefined) return { verdict: 'refused', message: 'this host has no known package manager' };
  const there = names.filter((each) => state.get(each)?.installed !== undefined);
  const missing = names.filter((each) => !there.includes(each));
  if (params.state === 'absent') {
    if (there.length === 0) return { verdict: 'ok' };
    const script = manager.remove(there, { lockTimeout: params.lock_timeout });
    return { verdict: 'change', summary: `removed ${there.join(' ')}`, apply: { via: 'sh', script, deadline: 1800 } };
  }
  const outdated = names.filter(
    (each) => state.get(each)?.installed !== undefined && state.get(each)?.newer !== undefined,
  );
  if (missing.length === 0 && outdated.length === 0) return { verdict: 'ok', details: versions(state) };
  const summary = [
    missing.length === 0 ? '' : `installed ${missing.join(' ')}`,
    ...outdated.map((each) => `${each} ${state.get(each)?.installed} -> ${state.get(each)?.newer}`),
  ];
  const script = manager.install([...missing, ...outdated], {
    recommends: params.install_recommends,
    update: params.update,
    lockTimeout: params.lock_timeout,
  });
  return {
    verdict: 'change',
    summary: summary.filter((part) => part !== '').join(', '),
    apply: { via: 'sh', script, deadline: 1800 },
    verify: (after) => {
      const left = names.filter((each) => after.get(each)?.installed === undefined);
      return left.length === 0
        ? undefined
        : `${left.join(' ')} is still not installed: it may not be the name of a real package`;
    },
  };
}

function versions(state: PackageStates): readonly string[] {
  return [...state].map(([each, { installed }]) => `${each} ${installed}`);
}
