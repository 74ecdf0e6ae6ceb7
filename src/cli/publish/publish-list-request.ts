import { requirePublishedName } from '../../publish/layouts/static-layout.js';
import { RegistryError } from '../../registry/registry-error.js';
import { type PublishFlags, type PublishSettings, readSettings } from './publish-request.js';

/** Request of `provision publish --list`, checked. */
export interface PublishListRequest extends PublishSettings {
  /** Files of lists of images. */
  readonly lists: readonly string[];
  /** Registry or archive of what the lists name without one. */
  readonly from: string | undefined;
  /** Namespace before the name of each repository. */
  readonly namespace: string | undefined;
  /** Folder of redirect files: one for each repository. */
  readonly redirects: string | undefined;
}

/** Reads the words and options of `provision publish --list`. @throws RegistryError `input` */
export function readListRequest(words: readonly string[], flags: PublishFlags): PublishListRequest {
  const { to, list: lists, from, redirects } = flags;
  const [bucket, namespace, ...others] = to === undefined ? words : [undefined, ...words];
  if ((to === undefined && bucket === undefined) || others.length > 0)
    throw new RegistryError('input', `${words.length} words do not say where a list is published`, {
      hint:
        to === undefined
          ? 'give BUCKET, and a namespace as APP if there is to be one: provision publish acme.bucket --list images.yaml'
          : 'give nothing beside --to and --list, or a namespace as APP',
    });
  refuseSingle(flags);
  if (namespace !== undefined) requirePublishedName(namespace);
  return { ...readSettings(bucket, flags), lists, from, namespace, redirects };
}

/** Refuses options that are for one repository. @throws RegistryError `input` that says what to do instead */
function refuseSingle({ tag, name, repository, redirectFile }: PublishFlags): void {
  const options = [
    ['--tag', tag[0], 'write the tags in the list: one image a line, or name and include'],
    ['--name', name, 'write the name as target in the list, or give a namespace as APP'],
    ['--repository', repository, 'write the repositories in the list'],
    ['--redirect-file', redirectFile, 'give --redirects FOLDER, which gets a file for each repository'],
  ] as const;
  for (const [option, given, hint] of options)
    if (given !== undefined)
      throw new RegistryError('input', `${option} is for one repository, and --list is for several`, { hint });
}
