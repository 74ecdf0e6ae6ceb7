import { createHash } from 'node:crypto';
import { defineResource } from '../../../model/define-resource.js';
import type { HostContext, Plan, Resource } from '../../../model/resource.js';
import { contentOfFile, type FileContent } from '../../content/file-content.js';
import { forceHint, isForced } from '../../content/kept-content.js';
import { refuseForeignLink } from '../../path/foreign-link.js';
import { oncePerHost } from '../../path/once-per-host.js';
import { accountNeeds, below, pathNeeds } from '../../path/refs.js';
import { isZip, type UnarchiveParams, unarchiveParams } from './unarchive-params.js';
import { type Unpacking, unpack } from './unarchive-script.js';
import { parseUnarchive, probeUnarchive, recordsOf, type Some, type UnarchiveState } from './unarchive-state.js';

/**
 * Archive, unpacked: all of it or nothing, and nothing outside of its place. Setuid bits and owners in it are
 * ignored.
 *
 * @example unarchive({ src: 'tool-1.2.tar.gz', dest: '/opt/tool', strip_components: 1 })
 */
export const unarchive = defineResource({
  kind: 'unarchive',
  summary: 'An archive, unpacked safely',
  params: unarchiveParams,
  create: (params): Resource<UnarchiveState> => {
    const { src, dest, remote_src, creates, owner, group } = params;
    const contentFor = oncePerHost((host) => (remote_src ? undefined : readSource(src, host)));
    return {
      kind: 'unarchive',
      id: dest,
      provides: [`path:${dest}`, below(dest)],
      needs: [
        ...params.needs,
        'package:*',
        ...pathNeeds(dest),
        ...(remote_src ? pathNeeds(src) : []),
        ...(creates === undefined ? [] : pathNeeds(creates)),
        ...accountNeeds(owner, group),
      ],
      staging: 'path',
      probeDeadline: 600,
      probe: (host) =>
        probeUnarchive({
          dest: host.at(dest),
          record: host.at(recordsOf(dest, src).record),
          creates: creates === undefined ? undefined : host.at(creates),
          archive: remote_src ? host.at(src) : undefined,
        }),
      parse: (reply, host) => parseUnarchive(reply, host.at(dest)),
      plan: (state, host) => plan(state, params, contentFor(host), host),
      result: ({ key }) => ({ unpacked: key !== undefined }),
    };
  },
});

function readSource(src: string, host: HostContext): FileContent | string {
  try {
    return contentOfFile(host.files.file(src));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function plan(
  state: UnarchiveState,
  params: UnarchiveParams,
  content: FileContent | string | undefined,
  host: HostContext,
): Plan<UnarchiveState> {
  const { src, checksum } = params;
  const dest = host.at(params.dest);
  if (state.created) return { verdict: 'ok' };
  if (state.foreignLink !== undefined) return refuseForeignLink(dest, state.foreignLink);
  if (typeof content === 'string') return { verdict: 'refused', message: content };
  if (state.dest === 'other') return { verdict: 'refused', message: `${dest} is not a directory` };
  const sha256 = content?.sha256 ?? state.archive;
  const { missing, changed } = state;
  const drifted = missing.count + changed.count > 0;
  if (sha256 === undefined) {
    if (state.key !== undefined && !drifted)
      return { verdict: 'ok', note: `${src} is no longer there; what was in it is` };
    return { verdict: 'refused', message: `there is no ${host.at(src)} on this host` };
  }
  if (checksum !== undefined && checksum !== sha256) {
    return { verdict: 'refused', message: `${src} has the SHA-256 ${sha256}, not ${checksum}` };
  }
  const key = keyOf(sha256, params);
  if (state.key === key && !drifted) return { verdict: 'ok' };
  const forced = isForced(params, host);
  if (state.key === key && changed.count > 0 && !forced) {
    return {
      verdict: 'kept',
      summary: [differ(changed, 'changed'), ...(missing.count > 0 ? [differ(missing, 'missing')] : [])].join(', '),
      hint: forceHint(params),
    };
  }
  const tool = isZip(src) ? 'unzip' : /\.(tar\.xz|txz)$/i.test(src) ? 'xz' : 'tar';
  if (!state.tools.includes(tool)) {
    const name = tool === 'xz' && host.facts.os_family === 'debian' ? 'xz-utils' : tool;
    return { verdict: 'refused', message: `there is no ${tool} on this host`, hint: `package: {name: ${name}}` };
  }
  const summary =
    state.key === undefined
      ? 'unpacked'
      : state.key !== key
        ? 'unpacked anew'
        : `unpacked again (${differ(changed.count > 0 ? changed : missing, changed.count > 0 ? 'changed' : 'missing')})`;
  const script = unpack(unpackingOf(params, { sha256, key, force: forced }, host));
  const deadline = 3600;
  if (content === undefined) return { verdict: 'change', summary, apply: { via: 'sh', script, deadline } };
  const { bytes, open } = content;
  if (bytes === undefined)
    return { verdict: 'change', summary, apply: { via: 'upload', script, content: open, deadline } };
  return { verdict: 'change', summary, apply: { via: 'sh', script, stdin: bytes, deadline } };
}

function unpackingOf(
  params: UnarchiveParams,
  made: Pick<Unpacking, 'sha256' | 'key' | 'force'>,
  host: HostContext,
): Unpacking {
  const { src, dest, remote_src, strip_components, exclude, owner, group, backup } = params;
  const { folder, record } = recordsOf(dest, src);
  return {
    ...made,
    dest: host.at(dest),
    archive: remote_src ? host.at(src) : undefined,
    zip: isZip(src),
    strip: strip_components,
    exclude,
    ownership: `${owner ?? ''}${group === undefined ? '' : `:${group}`}`,
    backup,
    folder: host.at(folder),
    record: host.at(record),
  };
}

/** Returns the key of an unpacking: another archive or other options have another key. */
function keyOf(sha256: string, { strip_components, exclude, owner, group }: UnarchiveParams): string {
  const how = JSON.stringify([sha256, strip_components, exclude, owner, group]);
  return createHash('sha256').update(how).digest('hex');
}

function differ({ count, first }: Some, word: string): string {
  return `${count} ${word}: ${first.join(' ')}${count > first.length ? ' …' : ''}`;
}
