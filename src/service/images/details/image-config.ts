import { z } from 'zod';
import { isRecord } from '../../../model/is-record.js';
import type { ImageConfig } from '../../../registry/admin/content-reader.js';
import { readDate } from '../../../registry/admin/image-date.js';
import type { ImageConfigRow } from '../../store/tables.js';

/** Characters of one text, and entries of one list, that are kept: who writes more wants to fill the database. */
const longest = 4096;
const mostEntries = 500;
/** Characters of all of it. */
const most = 256 * 1024;

const text = z.string().catch('');
const texts = z.array(z.string()).catch([]);

/** Configuration of an image, as it is kept. */
export const keptConfigShape = z.object({
  env: texts,
  entrypoint: texts,
  cmd: texts,
  user: text,
  workdir: text,
  ports: texts,
  volumes: texts,
  labels: z.record(z.string(), z.string()).catch({}),
  stopSignal: text,
  healthcheck: texts,
  author: text,
  created: z.string().nullable().catch(null),
  os: text,
  architecture: text,
  variant: text,
});
type KeptConfig = z.output<typeof keptConfigShape>;

/** Steps of an image's history, as they are kept. */
export const keptHistoryShape = z
  .array(
    z.object({ createdBy: text, createdAt: z.string().nullable().catch(null), comment: text, isEmpty: z.boolean() }),
  )
  .catch([]);
type KeptHistory = z.output<typeof keptHistoryShape>;

/** Makes the row of a configuration: what pages show of it, within bounds. */
export function keptConfig(manifest: string, config: ImageConfig): ImageConfigRow {
  const bounds = new Bounds();
  const given = isRecord(config.config) ? config.config : {};
  const kept: KeptConfig = {
    env: bounds.texts(given.Env),
    entrypoint: bounds.texts(given.Entrypoint),
    cmd: bounds.texts(given.Cmd),
    user: bounds.text(given.User),
    workdir: bounds.text(given.WorkingDir),
    ports: bounds.names(given.ExposedPorts),
    volumes: bounds.names(given.Volumes),
    labels: Object.fromEntries(
      bounds.names(given.Labels).map((name) => [name, bounds.text(isRecord(given.Labels) ? given.Labels[name] : '')]),
    ),
    stopSignal: bounds.text(given.StopSignal),
    healthcheck: bounds.texts(isRecord(given.Healthcheck) ? given.Healthcheck.Test : []),
    author: bounds.text(config.author),
    created: readDate(config.created) ?? null,
    os: bounds.text(config.os),
    architecture: bounds.text(config.architecture),
    variant: bounds.text(config.variant),
  };
  const steps: unknown[] = Array.isArray(config.history) ? config.history : [];
  const history: KeptHistory = bounds.cut(steps).map((step) => {
    const { created, created_by: createdBy, comment, empty_layer: isEmpty } = isRecord(step) ? step : {};
    const createdAt = readDate(typeof created === 'string' ? created : undefined) ?? null;
    return { createdBy: bounds.text(createdBy), createdAt, comment: bounds.text(comment), isEmpty: isEmpty === true };
  });
  return {
    manifest,
    config: JSON.stringify(kept),
    history: JSON.stringify(history),
    is_truncated: bounds.isTruncated ? 1 : 0,
  };
}

/** Bounds of what is kept of one configuration. What is no text is left out. */
class Bounds {
  isTruncated = false;
  #left = most;

  text(value: unknown): string {
    if (typeof value !== 'string') return '';
    const kept = value.slice(0, Math.min(longest, this.#left));
    if (kept.length < value.length) this.isTruncated = true;
    this.#left -= kept.length;
    return kept;
  }

  texts(value: unknown): string[] {
    if (typeof value === 'string') return [this.text(value)];
    return Array.isArray(value) ? this.cut(value).map((each) => this.text(each)) : [];
  }

  /** Returns the names of an object's members: sets are written so. */
  names(value: unknown): string[] {
    return isRecord(value) ? this.cut(Object.keys(value)).filter((name) => name.length <= longest) : [];
  }

  cut<Value>(values: readonly Value[]): readonly Value[] {
    if (values.length > mostEntries) this.isTruncated = true;
    return values.slice(0, mostEntries);
  }
}
