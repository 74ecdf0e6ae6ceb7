import { z } from 'zod';
import { isTooDeep } from '../../../diagnostics/yaml/yaml-depth.js';
import { RegistryError } from '../../registry-error.js';

const schema = z.object({
  storage: z.looseObject({
    filesystem: z.looseObject({ rootdirectory: z.string().optional() }).nullish(),
  }),
});

/** Where distribution keeps blobs when nobody says. */
const usual = '/var/lib/registry';

/** Most characters of a configuration; people write some kilobytes. */
const longest = 256 * 1024;

/** Folder of the storage that a configuration names; nothing where it isn't a file system. */
export async function storageRoot(
  config: string,
  overridden: string | undefined,
  path: string,
): Promise<string | undefined> {
  const { parse } = await import('yaml');
  let value: unknown;
  if (config.length > longest) throw new RegistryError('input', `${path} has more than ${longest} characters`);
  if (isTooDeep(config)) throw new RegistryError('input', `${path} is nested too deep to be read`);
  try {
    value = parse(config, { uniqueKeys: false });
  } catch (error) {
    throw new RegistryError('input', `${path}: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new RegistryError('input', `${path} names no storage`);
  const { filesystem } = parsed.data.storage;
  if (overridden === undefined && !('filesystem' in parsed.data.storage)) return undefined;
  return (overridden ?? filesystem?.rootdirectory ?? usual).replace(/(?<!\/)\/+$/, '');
}
