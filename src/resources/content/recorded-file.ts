import { createHash } from 'node:crypto';
import type { RecordedText, Removal, WrittenText } from '../../model/records.js';
import type { HostContext, Resource } from '../../model/resource.js';
import type { PathState } from '../path/path-state.js';

/** Returns the name of a file in the records of a host. */
export function fileKey(path: string): string {
  return `path:${path}`;
}

/** Tells whether provision has written a file of the host. @param path the host's own, also when it is staged */
export function isRecorded(host: HostContext, path: string): boolean {
  return host.records.valuesOf(fileKey(host.at(path))).length > 0;
}

/** Returns how a content stands in the records. @param sha256 lower-case hex */
export function digestValue(sha256: string): string {
  return `sha256:${sha256}`;
}

/** Returns how a text stands in the records. */
export function textValue(text: string | Uint8Array): string {
  return digestValue(createHash('sha256').update(text).digest('hex'));
}

/** Returns the present content of a file as the records name it; undefined where there is none, or it was not read. */
export function foundText(state: PathState, path: string): RecordedText | undefined {
  const sha256 = state.sha256 ?? (state.content && createHash('sha256').update(state.content).digest('hex'));
  return sha256 === undefined ? undefined : { key: fileKey(path), value: digestValue(sha256) };
}

/** Returns the record of a thing that a change makes and that its own kind removes. @param params for `state: absent` */
export function madeThing(
  { kind, id }: Pick<Resource, 'kind' | 'id'>,
  params: Readonly<Record<string, unknown>>,
): WrittenText {
  return { key: `${kind}:${id}`, value: '', removal: { kind, params } };
}

/** Returns the removal of a file that a change makes. @param leaves text that is left there; default: no file */
export function fileRemoval(path: string, leaves?: string): Removal {
  const params = leaves === undefined ? { path } : { path, leaves };
  return { kind: 'written_file', params, ...(leaves !== undefined && { notifies: true }) };
}
