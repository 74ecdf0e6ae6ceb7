import { isRecord } from '../../model/is-record.js';

/** Time of what has none, as engines write it. */
const epoch = '1970-01-01T00:00:00Z';

/** Parts of an image's description. */
export interface DescribedImage {
  /** Configuration of the whole image; undefined: it has none of an image. */
  readonly config: Readonly<Record<string, unknown>> | undefined;
  /** Ids, the lowest first. */
  readonly chain: readonly string[];
  /** Place of the one that is described. */
  readonly at: number;
  /** Bytes of its layer, compressed. */
  readonly size: number;
}

/**
 * Describes an image as v1 had it: the topmost by the configuration, those below by the step of the history that made them, as engines
 * wrote them for registries of v1.
 */
export function describeImage({ config = {}, chain, at, size }: DescribedImage): Record<string, unknown> {
  const id = chain[at] ?? '';
  const parent = at > 0 ? { parent: chain[at - 1] } : {};
  const step = stepsOf(config, chain.length)[at];
  const command = typeof step?.created_by === 'string' ? { container_config: { Cmd: [step.created_by] } } : {};
  const common = { id, ...parent, Size: size };
  if (at < chain.length - 1) {
    const { os = 'linux', architecture = 'amd64' } = config;
    return { ...common, ...command, os, architecture, created: timeIn(step?.created) };
  }
  const { rootfs: _layers, history: _history, parent: _parent, ...rest } = config;
  return { ...command, ...rest, ...common, created: timeIn(config.created) };
}

/** Returns the steps of a history that made a layer each; none where they are not as many as the layers. */
function stepsOf({ history }: Readonly<Record<string, unknown>>, layers: number): Readonly<Record<string, unknown>>[] {
  const steps = Array.isArray(history) ? history.filter(isRecord).filter((step) => step.empty_layer !== true) : [];
  return steps.length === layers ? steps : [];
}

function timeIn(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : epoch;
}
