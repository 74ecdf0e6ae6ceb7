import { appFolder } from '../../publish/layouts/app-name.js';
import type { PublishLayout } from '../../publish/layouts/publication.js';
import type { S3Settings } from '../../publish/stores/s3-settings.js';
import { RegistryError } from '../../registry/registry-error.js';
import { printMessage } from '../terminal/output.js';
import type { PublishSettings } from './publish-request.js';

/** Application, by which its folder is known. */
interface PublishedPlace {
  readonly app: string;
  readonly layout: PublishLayout;
}

/** Makes the bucket, and lets everybody read, as asked. */
export async function prepareBucket(
  apps: readonly PublishedPlace[],
  request: PublishSettings,
  settings: S3Settings,
): Promise<void> {
  if (!request.create && !request.publicPolicy) return;
  const { planBucket } = await import('../../publish/stores/s3-setup.js');
  const begin = settings.prefix === undefined || settings.prefix === '' ? '' : `${settings.prefix}/`;
  const folders = apps.map(({ app, layout }) => (layout.kind === 'static' ? 'v2/' : `${appFolder(app)}/`));
  const prefixes = [...new Set(folders)].map((folder) => `${begin}${folder}`);
  const plan = await planBucket(settings, {
    create: request.create,
    publicPrefixes: request.publicPolicy ? prefixes : [],
  });
  try {
    for (const change of plan.changes) {
      printMessage(request.dryRun ? `would ${change.text}` : change.text);
      if (!request.dryRun) await change.apply();
    }
    if (request.dryRun && plan.changes.some(({ what }) => what === 'bucket'))
      throw new RegistryError(
        'not-found',
        `the bucket ${settings.bucket} is not there: more is not known before it is`,
        {
          hint: 'leave out --dry-run to create it',
        },
      );
  } finally {
    plan.close();
  }
}
