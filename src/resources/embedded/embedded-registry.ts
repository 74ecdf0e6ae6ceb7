import { defineResource } from '../../model/define-resource.js';
import type { HostContext, Plan, Resource } from '../../model/resource.js';
import { madeThing } from '../content/recorded-file.js';
import { refuseForeignLink } from '../path/foreign-link.js';
import { configText, type EmbeddedParams, embeddedParams, homeOf, optionsDigest, urlOf } from './embedded-params.js';
import { type EmbeddedState, parseEmbedded, probeEmbedded } from './embedded-probe.js';
import { installEmbedded, removeEmbedded } from './embedded-scripts.js';
import { RegistryProgram } from './program.js';

/**
 * Registry that needs nothing but Node on the host. It runs as a service, or under a supervisor where there is no
 * service manager, and keeps running when the run has ended.
 *
 * @example embedded_registry({ directory: '/var/lib/registry', port: 5000 })
 */
export const embedded_registry = defineResource({
  kind: 'embedded_registry',
  summary: 'A registry that needs nothing but Node on the host',
  params: embeddedParams,
  create: (params): Resource<EmbeddedState> => {
    let made: RegistryProgram | undefined;
    const program = () => {
      made ??= new RegistryProgram();
      return made;
    };
    return {
      kind: 'embedded_registry',
      id: params.name,
      provides: [`service:provision-${params.name}`, `port:${params.port}`],
      needs: ['package:nodejs', ...filesOf(params).map((path) => `path:${path}` as const)],
      staging: 'skip',
      probe: (host) => probeEmbedded(params, homeOf(params, host)),
      parse: parseEmbedded,
      plan: (state, host) => plan(state, params, program, host),
      result: ({ running, manager, answers }) => ({ running, manager, answers: answers === 200 || answers === 401 }),
    };
  },
});

function plan(
  state: EmbeddedState,
  params: EmbeddedParams,
  programOf: () => RegistryProgram,
  host: HostContext,
): Plan<EmbeddedState> {
  const home = homeOf(params, host);
  if (params.state === 'absent') return planAbsent(state, params, home);
  if (state.foreignLink !== undefined) return refuseLink(state.foreignLink, params, home);
  const major = Number(/^v(\d+)/.exec(state.node)?.[1] ?? 0);
  if (major < 20) {
    return {
      verdict: 'refused',
      message:
        state.node === ''
          ? 'the embedded registry needs Node 20 or newer, and the host has no Node'
          : `the embedded registry needs Node 20 or newer; the host has ${state.node}`,
      hint: 'install Node, or set registry_runtime to package or docker, which need none',
    };
  }
  const program = programOf();
  const options = optionsDigest(params);
  const ours = state.program !== '';
  const answers = state.answers !== 0;
  if (!state.running && answers) {
    return {
      verdict: 'refused',
      message: `something else answers at ${urlOf(params)}`,
      hint: 'set registry_port to another port',
    };
  }
  const differs = ours && state.options !== options;
  if (differs && !(params.force || host.force)) {
    return {
      verdict: 'kept',
      summary: 'exists with other options (port, folder, accounts …)',
      hint: 'set registry_force: true, or use --force, to update it',
    };
  }
  const outdated = state.program !== program.version;
  if (state.running && answers && !outdated && !differs) return { verdict: 'ok', note: `answers at ${urlOf(params)}` };
  const summary = !ours
    ? 'set up and started'
    : differs
      ? 'updated and restarted'
      : outdated
        ? 'its program updated, and restarted'
        : 'started';
  return {
    verdict: 'change',
    summary: `${summary}, at ${urlOf(params)}`,
    apply: {
      via: 'upload',
      content: () => program.tar(configText(params)),
      script: installEmbedded(params, { home, version: program.version, options }),
      deadline: 120,
    },
    ...(!ours && { writes: [madeThing({ kind: 'embedded_registry', id: params.name }, removalOf(params))] }),
    verify: (after) =>
      after.running && after.answers !== 0
        ? undefined
        : `it ${after.running ? 'runs, but does not answer' : 'does not run'} at ${urlOf(params)}`,
  };
}

function filesOf(params: EmbeddedParams): readonly string[] {
  const { htpasswd, access, tls_client_ca, proxy_password_file, proxy_authfile, proxy_ca } = params;
  const { token_rootcertbundle, notifications_ca } = params;
  const files = [htpasswd, access, tls_client_ca, proxy_password_file, proxy_authfile, proxy_ca];
  return [...files, token_rootcertbundle, notifications_ca].filter((path) => path !== undefined);
}

/** Its images stay, in their folder. */
function removalOf({ name, directory, home, address, port, tls }: EmbeddedParams) {
  return { name, directory, home, address, port, tls, state: 'absent' };
}

function planAbsent(
  { program, running, manager, images, foreignLink, mounted }: EmbeddedState,
  params: EmbeddedParams,
  home: string,
): Plan<EmbeddedState> {
  const removesImages = params.remove_images && images;
  if (program === '' && !running && !removesImages) return { verdict: 'ok' };
  if (foreignLink !== undefined) return refuseLink(foreignLink, params, home);
  if (mounted !== undefined) {
    return {
      verdict: 'refused',
      message: `${mounted} is mounted, so nothing was removed`,
      hint: `unmount it first: \`mount: {path: …, state: absent}\`${removesImages ? ', or leave its images: remove_images: false' : ''}`,
    };
  }
  return {
    verdict: 'change',
    summary: `${running ? 'stopped and ' : ''}removed${removesImages ? ', with its images' : ''}`,
    apply: {
      via: 'sh',
      script: removeEmbedded(params, { home, manager, removesImages }),
      deadline: 60,
    },
    verify: (after) => (after.running || after.program !== '' ? 'it is still there' : undefined),
  };
}

function refuseLink(link: string, { directory }: EmbeddedParams, home: string) {
  return refuseForeignLink(`${home}/`.startsWith(`${link}/`) ? home : directory, link);
}
