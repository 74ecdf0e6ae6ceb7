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
      probe: (host) =>
        packageManager(host.facts)?.probe(names, { wanted: params.state, recommends: params.install_recommends }) ??
        sh`:`,
      parse: (reply, host) => packageManager(host.facts)?.parse(reply, names) ?? { named: new Map(), wouldGo: [] },
      plan: (state, host) => plan(state, names, params, host),
      result: ({ named }) => ({
        versions: Object.fromEntries([...named].map(([each, { installed }]) => [each, installed])),
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
  const { named, wouldGo } = state;
  const absent = params.state === 'absent';
  const isThere = (name: string) => named.get(name)?.installed !== undefined;
  const missing = absent ? [] : names.filter((each) => !isThere(each));
  const outdated =
    params.state !== 'latest' ? [] : names.filter((each) => isThere(each) && named.get(each)?.newer !== undefined);
  // A name that others provide is none of a package that could be removed.
  const unwanted = absent ? names.filter((each) => isThere(each) && named.get(each)?.provider === undefined) : [];
  const differing = [...missing, ...outdated, ...unwanted];
  if (differing.length === 0) return { verdict: 'ok', ...(absent ? {} : { details: versions(state) }) };

  const isHeld = (name: string) => named.get(name)?.held === true;
  const held = differing.filter(isHeld);
  const kept = held.length === 0 ? undefined : keepHeld(held);
  if (kept !== undefined && held.length === differing.length) return { verdict: 'kept', ...kept };
  const changed = differing.filter((each) => !isHeld(each));
  if (wouldGo.length > 0) return refuseRemoval(changed, wouldGo, absent);

  const added = missing.filter((each) => !isHeld(each));
  const summary = [
    ...(added.length === 0 ? [] : [`installed ${added.join(' ')}`]),
    ...outdated
      .filter((each) => !isHeld(each))
      .map((each) => `${each} ${named.get(each)?.installed} -> ${named.get(each)?.newer}`),
    ...(absent ? [`removed ${changed.join(' ')}`] : []),
  ].join(', ');
  const { lock_timeout: lockTimeout, install_recommends: recommends, update } = params;
  const script = absent
    ? manager.remove(changed, { lockTimeout })
    : manager.install(changed, { recommends, update, lockTimeout });
  return {
    verdict: 'change',
    summary,
    apply: { via: 'sh', script, deadline: 1800 },
    ...(kept === undefined ? {} : { kept }),
    ...(absent ? {} : { verify: (after) => stillMissing(after, added) }),
  };
}

function stillMissing({ named }: PackageStates, added: readonly string[]): string | undefined {
  const left = added.filter((each) => named.get(each)?.installed === undefined);
  return left.length === 0
    ? undefined
    : `${left.join(' ')} is still not installed: it may not be the name of a real package`;
}

function keepHeld(names: readonly string[]) {
  const [verb, pronoun] = names.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return {
    summary: `${names.join(' ')} ${verb} held on the host`,
    hint: `\`apt-mark unhold ${names.join(' ')}\` lets ${pronoun} be changed`,
  };
}

function refuseRemoval(names: readonly string[], wouldGo: readonly string[], absent: boolean): Plan<PackageStates> {
  const others = wouldGo.join(' ');
  return {
    verdict: 'refused',
    message: `${absent ? 'removing' : 'installing'} ${names.join(' ')} would remove ${others}`,
    hint: absent
      ? `name them as well, if they are to go: \`package: {name: [${[...names, ...wouldGo].join(', ')}], state: absent}\``
      : `remove them first, if they are to go: \`package: {name: [${wouldGo.join(', ')}], state: absent}\``,
  };
}

function versions({ named }: PackageStates): readonly string[] {
  return [...named].map(([each, { installed, provider }]) =>
    provider === undefined ? `${each} ${installed}` : `${each}: ${provider} ${installed}`,
  );
}
