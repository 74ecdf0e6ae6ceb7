import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { HostContext, Plan, Resource } from '../../model/resource.js';
import { sh } from '../../sh.js';
import { needs } from '../path/path-params.js';
import { pickServiceManager } from './pick-service-manager.js';
import type { ServiceAction, ServiceState } from './service-manager.js';

const params = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][\w@.:\\-]*$/, { error: 'is not a name of a service' })
      .describe('Name of the service: `docker`, `docker.socket`'),
    state: z
      .enum(['started', 'stopped', 'restarted', 'reloaded'])
      .optional()
      .describe(
        'State of the service; unchanged unless given. `restarted` and `reloaded` are actions, done every time, for handlers',
      ),
    enabled: z.boolean().optional().describe('Start it with the host; unchanged unless given'),
    daemon_reload: z.boolean().default(false).describe('Have systemd read changed unit files first'),
    needs,
  })
  .refine(({ state, enabled, daemon_reload }) => state !== undefined || enabled !== undefined || daemon_reload, {
    error: 'needs state, enabled or daemon_reload',
    path: ['state'],
  });

/** State of a host that has no service manager. */
type Unmanaged = 'unmanaged';

/**
 * Service of systemd, or of /etc/init.d.
 *
 * @example service({ name: 'docker', state: 'started', enabled: true, needs: ['package:docker.io'] })
 */
export const service = defineResource({
  kind: 'service',
  summary: 'A service: its state, and its start with the host',
  params,
  create: (params): Resource<ServiceState | Unmanaged> => {
    const name = params.name.replace(/\.service$/, '');
    return {
      kind: 'service',
      id: name,
      provides: [`service:${name}`],
      needs: [...params.needs, `service:${name}`],
      staging: 'skip',
      probe: (host) => pickServiceManager(host.facts)?.probe(name) ?? sh`:`,
      parse: (reply, host) => pickServiceManager(host.facts)?.parse(reply, name) ?? 'unmanaged',
      plan: (state, host) => plan(state, name, params, host),
      result: (state) =>
        state === 'unmanaged' ? {} : { exists: state.exists, active: state.active, enabled: state.enabled },
    };
  },
});

function plan(
  state: ServiceState | Unmanaged,
  name: string,
  params: z.output<typeof service.params>,
  host: HostContext,
): Plan<ServiceState | Unmanaged> {
  const manager = pickServiceManager(host.facts);
  if (manager === undefined || state === 'unmanaged') {
    return { verdict: 'refused', message: 'this host has no service manager: neither systemd nor /etc/init.d' };
  }
  const wantsIt = params.enabled === true || (params.state !== undefined && params.state !== 'stopped');
  if (state.masked && wantsIt) {
    return { verdict: 'refused', message: `${name} is masked`, hint: `systemctl unmask ${name}` };
  }
  if (params.state === 'reloaded' && state.active === 'active' && !state.canReload) {
    return { verdict: 'refused', message: `${name} cannot be reloaded`, hint: 'set state: restarted' };
  }
  const differences = differencesOf(state, params);
  const wanted = [...differences.map(({ action }) => action), ...actionOf(state, params)];
  // A unit that does not start is not left enabled: it would be in another's way after the next start of the host.
  const actions = wanted.toSorted((one, other) => Number(one === 'enable') - Number(other === 'enable'));
  if (state.stale && actions.some((action) => action === 'start' || action === 'restart')) actions.unshift('reread');
  else if (params.daemon_reload && (state.stale || actions.length > 0)) actions.unshift('reread');
  if (actions.length === 0) return { verdict: 'ok' };

  const words = differences.map(({ word }) => word);
  const summary = [...words, ...actionOf(state, params).map((action) => done[action])].join(', ') || done.reread;
  return {
    verdict: 'change',
    summary,
    apply: { via: 'sh', script: manager.act(name, [...new Set(actions)]) },
    verify: (after) => differencesAfter(after, params),
    ...(state.exists || !wantsIt ? {} : { uncertain: `there is no service ${name}` }),
  };
}

const done: Record<ServiceAction, string> = {
  reread: 'unit files reloaded',
  enable: 'enabled',
  disable: 'disabled',
  start: 'started',
  stop: 'stopped',
  restart: 'restarted',
  reload: 'reloaded',
};

interface Difference {
  readonly action: ServiceAction;
  readonly word: string;
}

/** Lists lasting differences; actions that are done every time come from {@link actionOf}. */
function differencesOf(state: ServiceState, params: z.output<typeof service.params>): readonly Difference[] {
  const differences: Difference[] = [];
  if (params.enabled === true && state.enabled === false) differences.push({ action: 'enable', word: 'enabled' });
  if (params.enabled === false && state.enabled === true) differences.push({ action: 'disable', word: 'disabled' });
  const runs = state.active === 'active' || state.ended;
  if (params.state === 'started' && !runs) differences.push({ action: 'start', word: `${state.active} -> started` });
  if (params.state === 'stopped' && (state.active === 'active' || state.active === 'activating')) {
    differences.push({ action: 'stop', word: `${state.active} -> stopped` });
  }
  return differences;
}

function actionOf(state: ServiceState, params: z.output<typeof service.params>): readonly ServiceAction[] {
  if (params.state === 'restarted') return ['restart'];
  if (params.state === 'reloaded') return [state.active === 'active' ? 'reload' : 'start'];
  return [];
}

function differencesAfter(
  after: ServiceState | Unmanaged,
  params: z.output<typeof service.params>,
): string | undefined {
  if (after === 'unmanaged') return undefined;
  const state = params.state === 'stopped' || params.state === undefined ? params.state : 'started';
  const enabled = after.byOthers === true && params.enabled === true ? undefined : params.enabled;
  const left = differencesOf(after, { ...params, enabled, state });
  if (left.length > 0) return left.map(({ word }) => word).join(', ');
  return params.daemon_reload && after.stale ? 'its unit files changed again' : undefined;
}
