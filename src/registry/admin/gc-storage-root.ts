import { z } from 'zod';
import { isTooDeep } from '../../diagnostics/yaml-depth.js';
import { RegistryError } from '../registry-error.js';

const schema = z.object({
  storage: z.looseObject({
    filesystem: z.looseObject({ rootdirectory: z.string().optional() }).nullish(),
  }),
});

/** Where distribution keeps blobs when nobody says. */
const usual = '/var/lib/registry';

/** Folder of the storage that a configuration names; nothing where it isn't a file system. */
export async function storageRoot(
  config: string,
  overridden: string | undefined,
  path: string,
): Promise<string | undefined> {
  const { parse } = await import('yaml');
  let value: unknown;
  if (isTooDeep(config)) throw new RegistryError('input', `${path} is nested too deep to be read`);
  try {
    value = parse(config);
  } catch (error) {
    throw new RegistryError('input', `${path}: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new RegistryError('input', `${path} names no storage`);
  const { filesystem } = parsed.data.storage;
  if (overridden === undefined && !('filesystem' in parsed.data.storage)) return undefined;
  return (overridden ?? filesystem?.rootdirectory ?? usual).replace(/(?<!\/)\/+$/, '');
}
