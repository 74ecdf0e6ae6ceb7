import { z } from 'zod';
import { lastLine, runProgram, streamProgram } from '../programs/run-program.js';
import { RegistryError } from '../registry-error.js';
import type { Engine, EngineImage } from './engine.js';

/** Shape of what docker and podman print of an image, as far as it counts here. */
const inspected = z.array(
  z.object({
    Id: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    Size: z.number().nullish(),
    Created: z.string().nullish(),
  }),
);

/** Differences between the two commands. */
interface Command {
  readonly name: 'docker' | 'podman';
  readonly save: readonly string[];
  readonly platform: readonly string[];
}

/** docker saves the images in the order of their names, podman several of them only with `-m`. */
export const dockerEngine = (): Engine =>
  dockerLike({
    name: 'docker',
    save: ['save'],
    platform: ['version', '--format', '{{.Server.Os}}/{{.Server.Arch}}'],
  });

export const podmanEngine = (): Engine =>
  dockerLike({
    name: 'podman',
    save: ['save', '-q', '-m', '--format', 'docker-archive'],
    platform: ['info', '--format', '{{.Host.OS}}/{{.Host.Arch}}'],
  });

function dockerLike({ name, save, platform }: Command): Engine {
  const ask = async (...args: readonly string[]) => {
    const end = await runProgram(name, args);
    if (end.status === 0) return end.stdout;
    throw new RegistryError('unreachable', `${name} does not answer: ${lastLine(end.stderr)}`, {
      hint: `see that it runs, and that you may use it: ${name} ${args[0]}`,
    });
  };
  const describe = async (references: readonly string[]): Promise<EngineImage[] | undefined> => {
    const end = await runProgram(name, ['image', 'inspect', ...references]);
    if (end.status === 0) return parseInspected(end.stdout, name);
    if (/no such image|image not known|not found/i.test(end.stderr)) return undefined;
    throw new RegistryError('unreachable', `${name} does not answer: ${lastLine(end.stderr)}`, {
      hint: `see that it runs, and that you may use it: ${name} image ls`,
    });
  };
  return {
    name,
    async list() {
      const ids = [...new Set((await ask('image', 'ls', '-q', '--no-trunc')).split('\n').filter((id) => id !== ''))];
      return ids.length === 0 ? [] : ((await describe(ids)) ?? []);
    },
    inspect: async (reference) => (await describe([reference]))?.[0],
    save: (references) => streamProgram(name, [...save, ...references]),
    async load(tar) {
      const end = await runProgram(name, ['load', '-q'], tar);
      if (end.status !== 0)
        throw new RegistryError('server', `${name} does not take the image: ${lastLine(end.stderr)}`);
    },
    platform: async () => (await ask(...platform)).trim(),
  };
}

function parseInspected(text: string, name: string): EngineImage[] {
  const parsed = inspected.safeParse(tryJson(text));
  if (!parsed.success) throw new RegistryError('protocol', `${name} image inspect printed something else than images`);
  return parsed.data.map(({ Id, RepoTags, Size, Created }) => ({
    names: (RepoTags ?? []).filter((tag) => !tag.includes('<none>')),
    id: Id.includes(':') ? Id : `sha256:${Id}`,
    size: Size ?? undefined,
    created: Created ?? undefined,
  }));
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Told with the name of the command.
  }
}
