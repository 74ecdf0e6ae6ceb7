import { join } from 'node:path';
import { appFolder } from '../../publish/layouts/app-name.js';
import type { LayoutKind, Publication } from '../../publish/layouts/publication.js';
import type { TreeVersion } from '../../publish/layouts/v2-places.js';
import type { BucketOptionNames } from '../../publish/stores/s3-errors.js';
import {
  bucketTarget,
  readStoreTarget,
  refuseBucketOptions,
  type StoreTarget,
} from '../../publish/stores/store-target.js';
import type { PulledApp } from '../../publish/vendors/pull-app.js';
import type { Pattern } from '../../registry/lists/image-list.js';
import { patternOfOption } from '../../registry/lists/pattern.js';
import { RegistryError } from '../../registry/registry-error.js';

/** Options of `provision publish` as they are given. */
export interface PublishFlags {
  readonly to: string | undefined;
  readonly layout: LayoutKind | undefined;
  readonly name: string | undefined;
  readonly repository: string | undefined;
  readonly tag: readonly string[];
  /** Files of lists of images. */
  readonly list: readonly string[];
  /** Registry or archive of what lists name without one. */
  readonly from: string | undefined;
  readonly mask: readonly string[];
  readonly redirectFile: string | undefined;
  /** Folder of redirect files. */
  readonly redirects: string | undefined;
  readonly redirectVersion: '2' | '3' | '4';
  /** Only clients with a certificate that covers its address are told where the content is. */
  readonly protected: boolean;
  readonly url: string | undefined;
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly ca: string | undefined;
  readonly authfile: string | undefined;
  readonly public: boolean;
  readonly publicPolicy: boolean;
  readonly create: boolean;
  readonly dryRun: boolean;
  readonly repair: boolean;
  /** Command that tells caches what changed. */
  readonly invalidate: string | undefined;
  readonly json: boolean;
  readonly verbose: number;
}

/** Options that lead to something else in a request. */
type ReadFlags =
  | ('to' | 'name' | 'repository' | 'tag' | 'list' | 'from' | 'mask')
  | ('redirectFile' | 'redirects' | 'redirectVersion');

/** Settings of a publication, checked, whatever is published. */
export interface PublishSettings extends Omit<PublishFlags, ReadFlags> {
  readonly target: StoreTarget;
  readonly mask: ReadonlySet<string>;
  readonly redirectVersion: TreeVersion;
  /** The folder of the redirect file is made where it is not there. */
  readonly makesRedirectFolder?: boolean | undefined;
  /** Option or key by which everybody may read what is stored; undefined: nobody may. */
  readonly openedBy: string | undefined;
  /** Each tag is pulled without an account. */
  readonly isVerified: boolean;
  /** Pulls each tag through what answers clients from the redirect files, when all is stored. Default: nothing answers. */
  readonly pull?: ((publication: Publication) => Promise<PulledApp | undefined>) | undefined;
  /** Names of the options of the bucket, where they are others than those of `provision publish`. */
  readonly options?: BucketOptionNames | undefined;
}

/** Request of `provision publish`, checked. */
export interface PublishRequest extends PublishSettings {
  readonly app: string;
  readonly name: string;
  readonly source: string;
  /** Patterns of the tags that are published. None: all of them. */
  readonly tags: readonly Pattern[];
  readonly repository: string | undefined;
  readonly redirectFile: string | undefined;
}

/** Reads the words and options of `provision publish`. @throws RegistryError `input` */
export function readPublishRequest(words: readonly string[], flags: PublishFlags): PublishRequest {
  const { to, name, repository, tag, redirectFile, redirects } = flags;
  const [source, app, bucket] = words.toReversed();
  if (source === undefined || app === undefined || (bucket === undefined) !== (to !== undefined))
    throw new RegistryError('input', `${words.length} words do not say what is published, and where`, {
      hint:
        to === undefined
          ? 'give BUCKET APP SOURCE: provision publish acme.bucket acme-app acme-app.tar'
          : 'give APP SOURCE beside --to: provision publish --to /srv/images acme-app acme-app.tar',
    });
  if (flags.from !== undefined)
    throw new RegistryError('input', '--from is for lists of images, and none is given', {
      hint: 'give SOURCE alone, or --list FILE',
    });
  if (redirectFile !== undefined && redirects !== undefined)
    throw new RegistryError('input', '--redirect-file and --redirects both say where the redirect file is written', {
      hint: 'leave one out',
    });
  const settings = readSettings(bucket, flags);
  const folder = appFolder(app);
  return {
    ...settings,
    app,
    name: name ?? app,
    source,
    tags: tag.map((text) => patternOfOption('--tag', text)),
    repository,
    redirectFile: redirects === undefined ? redirectFile : join(redirects, `${folder}.json`),
  };
}

/** Reads the options that all publications have. @throws RegistryError `input` */
export function readSettings(bucket: string | undefined, flags: PublishFlags): PublishSettings {
  const { to, name: _name, repository: _repository, tag: _tag, list: _list, from: _from, ...more } = flags;
  const { mask, redirectFile: _file, redirects: _folder, redirectVersion, ...rest } = more;
  const target =
    to === undefined
      ? bucketTarget(bucket ?? '')
      : readStoreTarget(to, 'give --to s3://BUCKET/PREFIX --endpoint ADDRESS, or the path of a folder');
  if (target.kind === 'folder') {
    const { endpoint, region, profile, publicPolicy, create } = flags;
    refuseBucketOptions({ endpoint, region, profile, 'public-policy': publicPolicy, create });
  }
  if (flags.public && flags.publicPolicy)
    throw new RegistryError('input', '--public and --public-policy do the same in two ways', { hint: 'leave one out' });
  if (flags.protected) requireGuarded(flags);
  const version = redirectVersion === '2' ? 2 : redirectVersion === '3' ? 3 : 4;
  const ids = mask.flatMap((text) => text.split(/[\s,]+/)).filter((id) => id !== '');
  return {
    ...rest,
    target,
    mask: new Set(ids),
    redirectVersion: version,
    openedBy: openingOption(flags),
    isVerified: flags.public || flags.publicPolicy,
  };
}

/** Refuses what would open the content of a protected application, or say nowhere that it is one. @throws RegistryError `input` */
function requireGuarded(flags: PublishFlags): void {
  const open = openingOption(flags);
  if (open !== undefined)
    throw new RegistryError('input', `--protected cannot be used with ${open}: everybody could read the content`, {
      hint: 'leave one out',
    });
  if ((flags.redirectFile ?? flags.redirects) === undefined)
    throw new RegistryError('input', '--protected is said in the redirect file, and none is written', {
      hint: 'give --redirect-file FILE, or --redirects FOLDER',
    });
}

/** Returns the option that lets everybody read what is stored. */
function openingOption(flags: PublishFlags): string | undefined {
  if (flags.public) return '--public';
  return flags.publicPolicy ? '--public-policy' : undefined;
}
