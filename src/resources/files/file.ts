import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { HostContext, Plan, Resource } from '../../model/resource.js';
import { sh } from '../../sh.js';
import { contentOf, contentOfFile, type FileContent } from '../content/file-content.js';
import { contentParams } from '../content/file-params.js';
import { planContent } from '../content/plan-content.js';
import { isRecorded } from '../content/recorded-file.js';
import { foreignFolder, refuseMountPoint } from '../path/obstacle.js';
import { oncePerHost } from '../path/once-per-host.js';
import { absolutePath } from '../path/path-params.js';
import { type PathState, parsePath } from '../path/path-state.js';
import { planAttributes } from '../path/plan-attributes.js';
import { probePath } from '../path/probe-path.js';
import { accountNeeds, pathNeeds } from '../path/refs.js';

const params = z
  .strictObject({
    path: absolutePath.describe('Path of the file'),
    state: z
      .enum(['present', 'absent'], { error: ({ input }) => describeOtherState(input) })
      .default('present')
      .describe('`absent` removes it'),
    content: z.string().optional().describe('Content, as text'),
    src: z.string().min(1).optional().describe('File of the controller to send unchanged; beside the site in files/'),
    ...contentParams,
  })
  .refine(({ content, src }) => content === undefined || src === undefined, {
    error: 'content and src cannot be used together',
    path: ['src'],
  })
  .refine(({ state, content, src }) => state === 'present' || (content ?? src) === undefined, {
    error: 'content and src cannot be used with state: absent',
    path: ['state'],
  });

function describeOtherState(input: unknown): string {
  if (input === 'directory') return 'directories are made with `directory: {path: …}`';
  if (input === 'link') return 'links are made with `link: {path: …, target: …}`';
  if (input === 'touch' || input === 'file')
    return 'must be present or absent; present without content makes an empty file where there is none';
  return 'must be present or absent';
}

/**
 * File with content of its own, a file of the controller, or just owner and mode of a file that exists.
 *
 * @example file({ path: '/etc/motd', content: 'hello\n', mode: '0644' })
 */
export const file = defineResource({
  kind: 'file',
  sources: { src: 'file' },
  summary: 'A file: its content, owner and mode',
  params,
  create: (params): Resource<PathState> => {
    const contentFor = oncePerHost((host) => wantedContent(params, host));
    return {
      kind: 'file',
      id: params.path,
      provides: [`path:${params.path}`],
      needs: [...params.needs, ...pathNeeds(params.path), ...accountNeeds(params.owner, params.group)],
      staging: 'path',
      // What is sent may be large, and is hashed.
      ...(params.src === undefined ? {} : { probeDeadline: 600 }),
      probe: (host) => {
        const content = contentFor(host);
        const wanted =
          content === undefined || typeof content === 'string'
            ? undefined
            : { ...content, secret: params.secret, isRecorded: isRecorded(host, params.path) };
        return probePath(host.at(params.path), { root: host.root, owner: params.owner, group: params.group, wanted });
      },
      parse: (reply, host) => parsePath(reply, host.at(params.path)),
      plan: (state, host) => plan(state, params, contentFor(host), host),
      result: ({ type, mode, owner, group, size }) => ({ exists: type !== 'absent', mode, owner, group, size }),
    };
  },
});

/** Returns the wanted content, undefined where it may be anything, or the reason why it can't be read. */
function wantedContent({ content, src }: z.output<typeof params>, host: HostContext): FileContent | string | undefined {
  if (content !== undefined) return contentOf(content);
  if (src === undefined) return undefined;
  try {
    return contentOfFile(host.files.file(src));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function plan(
  state: PathState,
  params: z.output<typeof file.params>,
  content: FileContent | string | undefined,
  host: HostContext,
): Plan<PathState> {
  const path = host.at(params.path);
  if (params.state === 'absent') return planAbsent(state, path);
  if (typeof content === 'string') return { verdict: 'refused', message: content, always: true };
  if (content !== undefined) return planContent(state, { ...params, path, content }, host);
  if (state.type === 'absent') return planContent(state, { ...params, path, content: contentOf('') }, host);
  return planAttributes(state, params, path, host);
}

function planAbsent(state: PathState, path: string): Plan<PathState> {
  const astray = foreignFolder(state, path);
  if (astray !== undefined) return astray;
  if (state.type === 'absent' && state.link === undefined) return { verdict: 'ok' };
  if (state.type === 'directory' && state.link === undefined) {
    return {
      verdict: 'refused',
      message: `${path} is a directory`,
      hint: 'remove it with `directory: {state: absent}`',
    };
  }
  if (state.mountPoint && state.link === undefined) return refuseMountPoint(path);
  return { verdict: 'change', summary: 'removed', apply: { via: 'sh', script: sh`rm -f ${path}` } };
}
