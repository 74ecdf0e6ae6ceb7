import type { RecordedTask } from '../../model/records.js';
import type { Resource } from '../../model/resource.js';
import type { ResourceKind } from '../../model/task.js';
import { resourceKinds } from '../all.js';
import { daemon_json_entries } from '../engines/docker-daemon/daemon-json-entries.js';
import { registries_entry } from '../engines/registries/registries-entries.js';
import { sysconfig_flags } from '../engines/sysconfig-flags.js';
import { written_file } from './written-file.js';

/** Kinds that only records name: they remove what an earlier run made. */
export const removalKinds: readonly ResourceKind[] = [
  written_file,
  daemon_json_entries,
  registries_entry,
  sysconfig_flags,
];

/**
 * Makes the resource of a task that an earlier run recorded on a host; undefined for a kind that this version doesn't have.
 *
 * @throws ZodError where its parameters are no longer those of the kind
 */
export function makeRecorded({ kind: name, params }: RecordedTask): Resource | undefined {
  const kind = [...resourceKinds, ...removalKinds].find(({ kind }) => kind === name);
  return kind?.create(kind.params.parse(params));
}
