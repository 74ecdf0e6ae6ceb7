import { RegistryError } from '../registry-error.js';
import { containerdEngine } from './containerd.js';
import { dockerEngine, podmanEngine } from './docker-like.js';
import { type Engine, type EngineImage, type EngineName, engineNames } from './engine.js';

const makers: Readonly<Record<EngineName, () => Engine>> = {
  docker: dockerEngine,
  podman: podmanEngine,
  containerd: containerdEngine,
};

/** An engine, and its images by the texts that they were asked for with. */
export interface EngineWithImages {
  readonly engine: Engine;
  readonly images: ReadonlyMap<string, EngineImage | undefined>;
}

/**
 * Finds the engine that has images: the one that is named, else the first of docker, podman and containerd that answers
 * and has all of them, else the first that has most.
 * @throws RegistryError `input` or `unreachable` when none answers
 */
export async function findEngine(
  name: EngineName | undefined,
  references: readonly string[],
): Promise<EngineWithImages> {
  const refusals: RegistryError[] = [];
  let best: EngineWithImages | undefined;
  for (const each of name === undefined ? engineNames : [name]) {
    const engine = makers[each]();
    try {
      const found = await Promise.all(references.map(async (text) => [text, await engine.inspect(text)] as const));
      if (references.length === 0) await engine.platform();
      const candidate = { engine, images: new Map(found) };
      if (best === undefined || countFound(candidate) > countFound(best)) best = candidate;
      if (countFound(candidate) === references.length) break;
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      refusals.push(error);
    }
  }
  if (best !== undefined) return best;
  const [only, ...others] = refusals;
  if (only !== undefined && others.length === 0) throw only;
  throw new RegistryError('unreachable', 'no container engine answers on this machine', {
    hint: refusals.map(({ message }) => message).join('; '),
  });
}

function countFound({ images }: EngineWithImages): number {
  return [...images.values()].filter((image) => image !== undefined).length;
}
