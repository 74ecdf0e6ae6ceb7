import { z } from 'zod';
import { defineResource } from '../../../model/define-resource.js';
import type { HostContext, Plan, Resource } from '../../../model/resource.js';
import { joinSh, sh } from '../../../sh.js';
import { editedFile } from '../../content/edited-file.js';
import { JsonError } from '../../files/json/json-text.js';
import type { PathState } from '../../path/path-state.js';
import { visibleKeys } from './docker-daemon-config.js';
import { type DaemonEntry, withoutEntries } from './edit-daemon-json.js';

const params = z.strictObject({
  path: z.string().describe('The file'),
  entries: z
    .array(z.strictObject({ key: z.string(), item: z.json().optional() }))
    .describe('Entries of lists, or whole keys'),
});

/**
 * Entries of docker's daemon.json that an earlier run added and the site no longer names: they are gone. A running docker
 * takes that over at once where a reload is enough; what needs a restart is said.
 */
export const daemon_json_entries = defineResource({
  kind: 'daemon_json_entries',
  summary: "Entries of docker's daemon.json that an earlier run added are gone",
  params,
  create: ({ path, entries }): Resource<PathState> => {
    const file = editedFile(
      'daemon_json_entries',
      { path, create: false, backup: true, force: false, needs: [] },
      { absent: true, edit: (text) => edit(text, entries) },
    );
    return { ...file, staging: 'skip', plan: (state, host) => withReload(file.plan(state, host), entries, host) };
  },
});

function edit(text: string, entries: readonly DaemonEntry[]) {
  try {
    return withoutEntries(text, entries);
  } catch (error) {
    if (error instanceof JsonError) return `:${error.message}`;
    throw error;
  }
}

function withReload(plan: Plan<PathState>, entries: readonly DaemonEntry[], host: HostContext): Plan<PathState> {
  if (plan.verdict !== 'change' || plan.apply.via !== 'sh' || host.facts.service_manager !== 'systemd') return plan;
  const restart = entries.some(({ key }) => visibleKeys[key]?.live !== true);
  const reload = sh`! systemctl -q is-active docker || systemctl reload docker`;
  return {
    ...plan,
    summary: `removed${restart ? ', which docker takes over when it is restarted' : ''}`,
    apply: {
      ...plan.apply,
      script: joinSh([
        sh`${plan.apply.script}
[ $? = 0 ] || exit`,
        reload,
      ]),
    },
  };
}
