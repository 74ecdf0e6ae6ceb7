import { createReadStream, statSync } from 'node:fs';
import { z } from 'zod';
import {
  defineResource,
  type HostContext,
  type Plan,
  type Reply,
  type Resource,
  readSavedImageId,
  type SavedImageId,
  sh,
} from '../../../src/index.js';

const params = z.strictObject({
  name: z.string().describe('Reference of the image'),
  engine: z.enum(['docker', 'podman']).default('docker').describe('Container engine that holds it'),
  archive: z.string().optional().describe('Archive on the controller (`docker save`) to load it from'),
  force: z.boolean().default(false).describe('Load the archive over a newer image, as `--force` does'),
});

type Params = z.output<typeof params>;

interface ImageState {
  /** Id of the image that has the name; empty: none. */
  readonly id: string;
  readonly created: Date | undefined;
  /** Answer of the engine where there is no such image. */
  readonly engine: string;
  /** The image of that name in the archive, where that tells. */
  readonly archived: SavedImageId | undefined;
}

/**
 * An image that the host's docker or podman holds: loaded from an archive of the controller, or pulled. An archive with
 * a newer image is loaded; one with an older image only by force.
 */
export const container_image = defineResource({
  kind: 'container_image',
  summary: 'An image that docker or podman holds',
  params,
  create: (params): Resource<ImageState> => {
    const { name, engine: command, archive } = params;
    return {
      kind: 'container_image',
      id: name,
      provides: [`image:${name}`],
      needs: command === 'docker' ? ['service:docker'] : ['package:podman'],
      staging: 'skip',
      probe: () =>
        command === 'docker'
          ? sh`docker image inspect -f '{{.Id}} {{json .Created}}' ${name} 2>/dev/null || docker version -f 'engine {{.Server.Version}}' 2>&1`
          : sh`podman image inspect -f '{{.Id}} {{json .Created}}' ${name} 2>/dev/null || podman info -f 'engine {{.Version.Version}}' 2>&1 | tail -n 1`,
      parse: parseImage,
      look: async (state, { host }) =>
        archive === undefined || state.id === ''
          ? state
          : { ...state, archived: await archivedImage(archive, name, host) },
      plan: (state, host) => plan(state, params, host),
      result: ({ id }) => ({ id }),
    };
  },
});

export function parseImage({ stdout }: Reply): ImageState {
  const answer = stdout.trim();
  const [, id = '', created = ''] = /^((?:sha256:)?[0-9a-f]{64}) "?([^"]*)"?$/.exec(answer) ?? [];
  const at = new Date(created);
  return { id, created: Number.isNaN(at.getTime()) ? undefined : at, engine: answer, archived: undefined };
}

/** Returns why docker or podman does not answer: what it printed; a shell that found none says so in its own way. */
export function engineReason(printed: string): string {
  const isMissing = printed === '' || /\b(?:docker|podman): (?:command )?not found$/.test(printed);
  return isMissing ? 'it is not installed' : printed;
}

/** Archives that were read in this process: by path, size and time, so that each is read once for all hosts. */
const known = new Map<string, Promise<SavedImageId | undefined>>();

function archivedImage(archive: string, name: string, host: HostContext): Promise<SavedImageId | undefined> {
  const path = host.files.file(archive);
  const { size, mtimeMs } = statSync(path);
  const key = [path, size, mtimeMs, name].join('\0');
  const found = known.get(key) ?? readSavedImageId(path, name);
  known.set(key, found);
  return found;
}

function plan(
  state: ImageState,
  { name, engine: command, archive, force }: Params,
  host: HostContext,
): Plan<ImageState> {
  const { id, engine, created, archived } = state;
  const isSame = archived === undefined || isSameImage(state, archived);
  if (id !== '' && isSame) return { verdict: 'ok' };
  const isNewer = archived?.created !== undefined && created !== undefined && archived.created > created;
  if (id !== '' && !isNewer && !force && !host.force)
    return {
      verdict: 'kept',
      summary: `the host has another ${name} than ${archive}, and it is not older: kept`,
      hint: 'set registry_force: true (or --force) to load the archive all the same',
    };
  if (id === '' && !engine.startsWith('engine '))
    return {
      verdict: 'refused',
      message: `${command} does not answer: ${engineReason(engine)}`,
      hint:
        command === 'docker' ? 'set docker_install: true in docker-config to install it' : '`podman info` says more',
    };
  const verify = (after: ImageState) => {
    if (after.id === '')
      return `${archive === undefined ? 'the pull' : `the archive ${archive}`} brought no image ${name}`;
    return archived === undefined || isSameImage(after, archived) ? undefined : `${name} is still ${after.id}`;
  };
  if (archive === undefined)
    return {
      verdict: 'change',
      summary: 'pulled',
      apply: { via: 'sh', script: sh`${command} pull -q ${name}` },
      verify,
    };
  const path = host.files.file(archive);
  return {
    verdict: 'change',
    summary: id === '' ? `loaded from ${archive}` : `loaded from ${archive}, which has another image`,
    apply: { via: 'upload', script: sh`${command} load -q`, content: () => createReadStream(path) },
    verify,
  };
}

/** Compares by id; an engine that names images by their manifests (containerd's store) has the same time of making. */
function isSameImage({ id, created }: ImageState, archived: SavedImageId): boolean {
  const bare = (text: string) => text.replace(/^sha256:/, '');
  if (bare(id) === bare(archived.id)) return true;
  return created !== undefined && archived.created !== undefined && created.getTime() === archived.created.getTime();
}
