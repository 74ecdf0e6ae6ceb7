import { z } from 'zod';
import { defineResource } from '../../../model/define-resource.js';
import type { Plan, Resource } from '../../../model/resource.js';
import { editedFile } from '../../content/edited-file.js';
import { editParams } from '../../content/file-params.js';
import type { PathState } from '../../path/path-state.js';
import { addedEntries, daemonJson, editDaemonJson, entriesOf } from './edit-daemon-json.js';

/** Keys of daemon.json that are ours, as parameters of the resources that write and apply it. */
export const daemonJsonParams = {
  merge: z
    .record(z.string(), z.json())
    .default({})
    .describe('Keys that are ours, with their values; maps merge, entries that a list lacks are added'),
  exclusive: z
    .array(z.string())
    .default([])
    .describe('Keys of `merge` whose lists are as given: other entries are removed, with force'),
};

const params = z.strictObject({
  ...editParams,
  path: editParams.path.default(daemonJson),
  create: z.boolean().default(true).describe('Create the file if it does not exist'),
  ...daemonJsonParams,
});

/** Command that lets dockerd itself read the new file, where it can (23.0 and newer). */
const validate = `PATH=$PATH:/usr/sbin:/sbin; export PATH
dockerd --help 2>/dev/null | grep -q -e --validate || exit 0
dockerd --validate --config-file=%s`;

/**
 * Keys of docker's daemon.json, which dockerd must accept; the rest of the file stays as it was written. What its
 * documented rules refuse is refused here, and removed from lists that are ours. A key that has another value is kept,
 * and the file left as it is, unless forced. `docker_daemon` puts the file into effect.
 *
 * @example docker_config({ merge: { 'insecure-registries': ['registry1:5000'] } })
 */
export const docker_config = defineResource({
  kind: 'docker_config',
  summary: "Keys of docker's daemon.json, which dockerd must accept",
  params,
  create: ({ merge, exclusive, ...params }): Resource<PathState> => {
    const file = editedFile(
      'docker_config',
      { validate, ...params },
      {
        absent: false,
        edit: (text) => {
          const edited = editDaemonJson(text, { merge, exclusive });
          return typeof edited === 'string' ? edited : { ...edited, adds: addedEntries(text, merge, params.path) };
        },
        entries: entriesOf(merge).map(({ name }) => name),
      },
    );
    return { ...file, plan: (state, host) => withoutFileRemoval(file.plan(state, host)) };
  },
});

/** Entries are removed one by one when they are no longer named: dockerd would keep what a missing file had. */
function withoutFileRemoval(plan: Plan<PathState>): Plan<PathState> {
  if (plan.verdict !== 'change' || plan.writes === undefined) return plan;
  const writes = plan.writes.map(({ removal, ...written }) =>
    written.key.startsWith('path:') || removal === undefined ? written : { ...written, removal },
  );
  return { ...plan, writes };
}
