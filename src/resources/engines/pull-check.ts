import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { Plan, Reply, Resource } from '../../model/resource.js';
import { type Sh, sh } from '../../sh.js';
import { absolutePath, needs } from '../path/path-params.js';
import { registryRefs } from '../path/registry-refs.js';

const params = z.strictObject({
  image: z
    .string()
    .regex(/^[A-Za-z0-9[][\w.:/@[\]-]*$/, { error: 'is not a name of an image: registry1:5000/library/busybox:1' })
    .describe('The image, with its registry: `registry1:5000/library/busybox:1`'),
  engine: z.enum(['docker', 'podman', 'containerd']).describe('Engine that pulls it'),
  always: z.boolean().default(false).describe('Pull even if present, and report a change (to trigger handlers)'),
  namespace: z.string().default('k8s.io').describe('Namespace of containerd; the default is that of Kubernetes'),
  hosts_dir: absolutePath.default('/etc/containerd/certs.d').describe("Folder with containerd's hosts.toml files"),
  timeout: z.number().positive().max(604_800).default(600).describe('Seconds that it may take at most'),
  needs,
});

type Params = z.output<typeof params>;

interface PullState {
  readonly engineExists: boolean;
  readonly present: boolean;
}

/**
 * Check that an engine can pull: a missing image is pulled, a present one is not. As a handler, with `always`, it is
 * pulled again, to test a configuration that has changed.
 *
 * @example pull_check({ engine: 'podman', image: 'registry1:5000/library/busybox:1' })
 */
export const pull_check = defineResource({
  kind: 'pull_check',
  summary: 'Check that a container engine can pull an image',
  params,
  create: (params): Resource<PullState> => ({
    kind: 'pull_check',
    id: `${params.engine} ${params.image}`,
    provides: [`image:${params.image}`],
    needs: [...params.needs, ...(params.engine === 'podman' ? [] : ([`service:${params.engine}`] as const))],
    reaches: registryRefs(params.image),
    staging: 'skip',
    probe: () => sh`cd /
if command -v ${commands[params.engine]} >/dev/null 2>&1; then
  echo engine
  if ${looks[params.engine](params)}; then echo present; fi
fi
echo end`,
    parse: (reply) => parse(reply, params),
    plan: (state) => plan(state, params),
    result: ({ present }) => ({ present }),
  }),
});

const commands = { docker: 'docker', podman: 'podman', containerd: 'ctr' };

const looks: Readonly<Record<Params['engine'], (params: Params) => Sh>> = {
  docker: ({ image }) => sh`docker image inspect -f x ${image} >/dev/null 2>&1 </dev/null`,
  podman: ({ image }) => podmanHas(/[:@]/.test(image.slice(image.lastIndexOf('/') + 1)) ? image : `${image}:latest`),
  containerd: ({ image, namespace }) =>
    sh`[ -n "$(ctr -n ${namespace} images ls -q ${`name==${image}`} 2>/dev/null </dev/null)" ]`,
};

const pulls: Readonly<Record<Params['engine'], (params: Params) => Sh>> = {
  docker: ({ image }) => sh`docker pull -q ${image}`,
  podman: ({ image }) => sh`podman pull -q ${image}`,
  containerd: ({ image, namespace, hosts_dir }) => sh`(
said=$(ctr -n ${namespace} images pull --hosts-dir ${hosts_dir} ${image} 2>&1 >/dev/null) && exit
status=$?; printf '%s
' "$said" >&2
case $said in *401*|*nauthorized*|*'authorization failed'*)
  ! grep -qs Authorization ${`${hosts_dir}/${image.split('/')[0]}/hosts.toml`} || echo ${askedWithoutAccount} >&2 ;;
esac
exit $status
)`,
};

/** @see https://github.com/containerd/containerd/issues/8186 */
const askedWithoutAccount =
  'containerd sends the account of hosts.toml with basic authentication only, and asks a token service (Harbor, GitLab, Quay, Docker Hub) without it. If the registry has one, pull with imagePullSecrets of Kubernetes, or ctr -u';

/**
 * Looks an image up in the index of podman's storage (containers/storage, `images.json`). podman itself takes locks,
 * mounts and writes for this question, so it runs only where the storage lies somewhere else.
 */
function podmanHas(image: string): Sh {
  return sh`(
if [ "$(id -u)" = 0 ]; then root=/var/lib/containers/storage; else root=\${XDG_DATA_HOME:-$HOME/.local/share}/containers/storage; fi
settings=$(cat /usr/share/containers/storage.conf /etc/containers/storage.conf "$HOME/.config/containers/storage.conf" 2>/dev/null |
  grep -E '^[[:space:]]*(graphroot|rootless_storage_path)[[:space:]]*=' | grep -v '"/var/lib/containers/storage"')
if [ -n "$settings" ]; then podman image exists ${image} >/dev/null 2>&1 </dev/null
else grep -qsF ${`"${image}"`} "$root"/*-images/images.json
fi
)`;
}

function parse(reply: Reply, { engine, image }: Params): PullState {
  const lines = new Set(reply.stdout.split('\n'));
  if (!lines.has('end')) throw new Error(`could not query ${engine} for ${image}: ${reply.stderr.trim()}`);
  return { engineExists: lines.has('engine'), present: lines.has('present') };
}

function plan({ engineExists, present }: PullState, params: Params): Plan<PullState> {
  const { engine, image, always, timeout } = params;
  if (!engineExists) {
    const message = `the host has no ${commands[engine]} to pull ${image} with`;
    return { verdict: 'refused', message, hint: `set ${engine}_install: true to install it` };
  }
  if (present && !always) return { verdict: 'ok', note: 'it is there' };
  return {
    verdict: 'change',
    summary: present ? 'pulled again' : 'pulled',
    apply: { via: 'sh', script: sh`cd / && ${pulls[engine](params)}`, deadline: timeout },
    verify: (after) => (after.present ? undefined : `${engine} has no ${image} after the pull`),
  };
}
