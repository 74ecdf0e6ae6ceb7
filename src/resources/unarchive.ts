import { createHash } from 'node:crypto';
import { z } from 'zod';
import { defineResource } from '../model/define-resource.js';
import type { HostContext, Plan, Resource } from '../model/resource.js';
import { contentOfFile, type FileContent } from './file-content.js';
import { forceHint, isForced } from './kept-content.js';
import { oncePerHost } from './once-per-host.js';
import { absolutePath, backup, force, forceVariable, group, needs, owner } from './path-params.js';
import { accountNeeds, below, pathNeeds } from './refs.js';
import { type Unpacking, unpack } from './unarchive-script.js';
import { parseUnarchive, probeUnarchive, recordsOf, type Some, type UnarchiveState } from './unarchive-state.js';

const params = z
  .strictObject({
    src: z
      .string()
      .min(1)
      .refine((src) => !/^[a-z]+:\/\//.test(src), { error: '`get_url` downloads it; then remote_src: true' })
      .describe('The archive: tar, tar.gz, tar.xz, zip; a file of the controller, beside the site in files/'),
    remote_src: z.boolean().default(false).describe('The archive is on the host; `src` is its absolute path'),
    dest: absolutePath.describe('Directory that it is unpacked to; made where it is missing'),
    creates: absolutePath.optional().describe('Not unpacked when this path exists'),
    checksum: z
      .string()
      .regex(/^(sha256:)?[0-9a-fA-F]{64}$/, { error: 'must be sha256: and 64 digits of 0 to f' })
      .transform((text) => text.replace(/^sha256:/, '').toLowerCase())
      .optional()
      .describe('SHA-256 that the archive must have'),
    strip_components: z.int().min(0).default(0).describe('Folders to leave out at the beginning of the names in it'),
    exclude: z
      .array(z.string().min(1))
      .default([])
      .describe("Patterns of names to leave out, as tar's --exclude has them"),
    owner: owner.optional().describe('User who owns all of it; the user of the task unless given'),
    group: group.optional().describe('Group that owns all of it'),
    backup,
    force: force.describe('Replace files that were changed since, or were there before'),
    force_variable: forceVariable,
    needs,
  })
  .refine(({ remote_src, src }) => !remote_src || src.startsWith('/'), {
    error: 'must be an absolute path of the host',
    path: ['src'],
  })
  .refine(({ src, strip_components }) => !isZip(src) || strip_components === 0, {
    error: 'is for tar only',
    path: ['strip_components'],
  });

type Params = z.output<typeof params>;

/**
 * An archive, unpacked: all of it or nothing, and nothing outside of its place. Setuid bits and owners in it don't count.
 *
 * @example unarchive({ src: 'tool-1.2.tar.gz', dest: '/opt/tool', strip_components: 1 })
 */
export const unarchive = defineResource({
  kind: 'unarchive',
  summary: 'An archive, unpacked safely',
  params,
  create: (params): Resource<UnarchiveState> => {
    const { src, dest, remote_src, creates, owner, group } = params;
    const contentFor = oncePerHost((host) => (remote_src ? undefined : ofController(src, host)));
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

function isZip(src: string): boolean {
  return /\.(zip|jar|war)$/i.test(src);
}

function ofController(src: string, host: HostContext): FileContent | string {
  try {
    return contentOfFile(host.files.file(src));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function plan(
  state: UnarchiveState,
  params: Params,
  content: FileContent | string | undefined,
  host: HostContext,
): Plan<UnarchiveState> {
  const { src, checksum } = params;
  const dest = host.at(params.dest);
  if (state.created) return { verdict: 'ok' };
  if (typeof content === 'string') return { verdict: 'refused', message: content };
  if (state.dest === 'other') return { verdict: 'refused', message: `${dest} is no directory` };
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

function unpackingOf(params: Params, made: Pick<Unpacking, 'sha256' | 'key' | 'force'>, host: HostContext): Unpacking {
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

/** What it was unpacked from and how: another of either is another unpacking. */
function keyOf(sha256: string, { strip_components, exclude, owner, group }: Params): string {
  const how = JSON.stringify([sha256, strip_components, exclude, owner, group]);
  return createHash('sha256').update(how).digest('hex');
}

function differ({ count, first }: Some, word: string): string {
  return `${count} ${word}: ${first.join(' ')}${count > first.length ? ' …' : ''}`;
}
