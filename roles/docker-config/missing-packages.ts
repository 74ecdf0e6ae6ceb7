import { z } from 'zod';
import { defineResource, joinSh, type Plan, packages, type Resource, sh } from '../../src/index.js';

const params = z.strictObject({
  name: z.array(z.string()),
  /** Program that the packages bring. */
  program: z.string(),
});

interface MissingState {
  readonly packages: unknown;
  /** Package that has brought the program, if it is none of ours; a path where no package did. */
  readonly other: string | undefined;
}

/**
 * Packages of a program, installed where the program is missing. One that another package has brought stays: docker-ce
 * would be removed for docker.io.
 */
export const missing_packages = defineResource({
  kind: 'package',
  summary: 'Packages of a program, installed where it is missing',
  params,
  create: ({ name, program }): Resource<MissingState> => {
    const { resource } = packages({ name });
    const { kind, id, provides, needs, staging } = resource;
    return {
      ...{ kind, id, provides, needs, staging },
      probe: (host) =>
        joinSh([
          sh`(
path=$(PATH=$PATH:/usr/sbin:/sbin:/usr/local/bin; command -v ${program}) || exit 0
real=$(readlink -f "$path")
for each in "$real" "$path" "/usr$path"; do
  owner=$(dpkg -S "$each" 2>/dev/null) && owner=\${owner%%: /*} && break
  owner=$(rpm -qf --qf '%{NAME}' "$each" 2>/dev/null) && break
  owner=
done
printf 'owner %s\n' "\${owner:-$path}"
)`,
          resource.probe(host),
        ]),
      parse: (reply, host) => {
        const [line, owner] = /^owner (.*)\n/.exec(reply.stdout) ?? [];
        const rest = reply.stdout.slice(line?.length ?? 0);
        const ours = owner?.split(', ').some((each) => name.includes(each.replace(/:.*$/, '')));
        return { packages: resource.parse({ ...reply, stdout: rest }, host), other: ours === true ? undefined : owner };
      },
      plan: ({ packages, other }, host): Plan<MissingState> => {
        if (other !== undefined) return { verdict: 'ok', note: `${program} is there already, of ${other}` };
        const planned = resource.plan(packages, host);
        if (planned.verdict !== 'change') return planned;
        const { verify, ...change } = planned;
        return verify === undefined ? change : { ...change, verify: (after, reply) => verify(after.packages, reply) };
      },
      result: ({ packages }) => resource.result?.(packages) ?? {},
    };
  },
});
