import { createHash } from 'node:crypto';
import type { RecordedText } from '../../model/records.js';
import type { HostContext } from '../../model/resource.js';
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
