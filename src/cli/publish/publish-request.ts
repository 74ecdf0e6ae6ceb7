import { appFolder } from '../../publish/layouts/app-name.js';
import type { LayoutKind } from '../../publish/layouts/publication.js';
import type { TreeVersion } from '../../publish/layouts/v2-places.js';
import { checkBucketName, parseS3Address } from '../../publish/stores/s3-settings.js';
import { RegistryError } from '../../registry/registry-error.js';

/** Options of `provision publish` as they are given. */
export interface PublishFlags {
  readonly to: string | undefined;
  readonly layout: LayoutKind | undefined;
  readonly name: string | undefined;
  readonly repository: string | undefined;
  readonly mask: readonly string[];
  readonly redirectFile: string | undefined;
  readonly redirectVersion: '2' | '3' | '4';
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
  readonly json: boolean;
  readonly verbose: number;
}

/** Place that is published to. */
export type PublishTarget =
  | { readonly kind: 'bucket'; readonly bucket: string; readonly prefix: string }
  | { readonly kind: 'folder'; readonly path: string };

/** Request of `provision publish`, checked. */
export interface PublishRequest extends Omit<PublishFlags, 'mask' | 'name' | 'redirectVersion' | 'to'> {
  readonly target: PublishTarget;
  readonly app: string;
  readonly name: string;
  readonly source: string;
  readonly mask: ReadonlySet<string>;
  readonly redirectVersion: TreeVersion;
}

/** Reads the words and options of `provision publish`. @throws RegistryError `input` */
export function readPublishRequest(words: readonly string[], flags: PublishFlags): PublishRequest {
  const { to, name, mask, redirectVersion, ...rest } = flags;
  const [source, app, bucket] = words.toReversed();
  if (source === undefined || app === undefined || (bucket === undefined) !== (to !== undefined))
    throw new RegistryError('input', `${words.length} words do not say what is published, and where`, {
      hint:
        to === undefined
          ? 'give BUCKET APP SOURCE: provision publish acme.bucket acme-app acme-app.tar'
          : 'give APP SOURCE beside --to: provision publish --to /srv/images acme-app acme-app.tar',
    });
  const target = to === undefined ? bucketTarget(bucket ?? '') : targetOf(to);
  if (target.kind === 'folder') refuseBucketOptions(flags);
  if (flags.public && flags.publicPolicy)
    throw new RegistryError('input', '--public and --public-policy do the same in two ways', { hint: 'leave one out' });
  appFolder(app);
  const version = redirectVersion === '2' ? 2 : redirectVersion === '3' ? 3 : 4;
  const ids = mask.flatMap((text) => text.split(/[\s,]+/)).filter((id) => id !== '');
  return { ...rest, target, app, name: name ?? app, source, mask: new Set(ids), redirectVersion: version };
}

function bucketTarget(bucket: string): PublishTarget {
  checkBucketName(bucket);
  return { kind: 'bucket', bucket, prefix: '' };
}

function targetOf(text: string): PublishTarget {
  const s3 = parseS3Address(text);
  if (s3 !== undefined) return { kind: 'bucket', ...s3 };
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//.exec(text) ?? [];
  if (text !== '' && scheme === undefined) return { kind: 'folder', path: text };
  throw new RegistryError('input', `${JSON.stringify(text.slice(0, 300))} is neither s3://BUCKET nor a folder`, {
    hint: 'give --to s3://BUCKET/PREFIX --endpoint ADDRESS, or the path of a folder',
  });
}

function refuseBucketOptions(flags: PublishFlags): void {
  const given = (['endpoint', 'region', 'profile', 'publicPolicy', 'create'] as const).filter(
    (option) => flags[option] !== undefined && flags[option] !== false,
  );
  const [first] = given;
  if (first === undefined) return;
  const option = first === 'publicPolicy' ? 'public-policy' : first;
  throw new RegistryError('input', `--${option} means nothing for a folder`, { hint: `leave out --${option}` });
}
