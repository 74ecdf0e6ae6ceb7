import { resolve } from 'node:path';
import { defineRole, entryAt, images, packages } from '../../src/index.js';
import { bySource, refuseToPrune } from './by-source.js';
import { engine_images } from './engine-images.js';
import { imagesOf, prefixed } from './image.js';
import { type ListedImages, listedBy, refuseForEngine, sentTo } from './listed-images.js';
import { registry_look } from './registry-look.js';
import { vars } from './vars.js';

export default defineRole({
  name: 'image-sync',
  summary: 'Copy a list of images from an upstream registry into the local one',
  vars,
  tasks: ({ vars, flags, host }) => {
    const asked = vars.image_sync_sync && vars.docker_registry_setup_sync && vars.docker_registry_sync;
    const { image_sync_local: to, image_sync_archive, image_sync_via: via } = vars;
    const archive = image_sync_archive === undefined ? undefined : resolve(host.files.file(image_sync_archive));
    const local = to.replace(/^https?:\/\//, '');
    if (!(flags.sync ?? asked)) return [registry_look({ title: `look at ${local}`, registry: local })];
    const listed = listedBy(vars, (file) => host.files.file(file));
    if (listed.wanted.length === 0 && archive === undefined) {
      return [registry_look({ title: `look at ${local} (no images are listed)`, registry: local, required: false })];
    }
    const list = sentTo(local, prefixed(listed.wanted, vars.image_sync_namespace, vars.image_sync_prefix));
    const sources = archive === undefined ? bySource(vars.image_sync_upstream, list) : new Map([[archive, list]]);
    const titleOf = (from: string) => `images from ${image_sync_archive ?? from}`;
    const curl = packages({ title: 'install curl', name: 'curl' });
    if (via === 'engine' && archive === undefined) {
      refuseForEngine(listed);
      return [
        curl,
        ...[...sources].map(([from, entries]) => {
          const upstream = from.replace(/^https?:\/\//, '');
          const images = imagesOf(entries.map((entry) => entryAt(entry, upstream)));
          return engine_images({ title: titleOf(from), upstream, local, images });
        }),
      ];
    }
    if (vars.image_sync_prune) refuseToPrune([...sources.keys()]);
    const { credentials, trust, notices } = describe(listed);
    return [
      ...(via === 'direct' || archive !== undefined ? [] : [curl]),
      ...[...sources].map(([from, entries]) =>
        images({
          title: titleOf(from),
          from,
          to,
          list: entries,
          via: via === 'engine' ? 'auto' : via,
          attachments: vars.image_sync_attachments,
          verify: vars.image_sync_verify,
          repair: vars.image_sync_repair,
          credentials: { ...credentials, ...vars.image_sync_credentials },
          limits: { ...listed.limits, ...vars.image_sync_limits },
          trust,
          notices,
          ...(archive === undefined
            ? {}
            : {
                as: vars.image_sync_archive_name,
                namespace: vars.image_sync_namespace,
                prefix: vars.image_sync_prefix,
              }),
          ...(vars.image_sync_prune
            ? { prune: { protect: vars.image_sync_protect, share: vars.image_sync_prune_share } }
            : {}),
          ...(vars.image_sync_chunk_size === undefined ? {} : { chunk_size: vars.image_sync_chunk_size }),
        }),
      ),
    ];
  },
});

/** Returns what a list brings besides images, as the resource takes it. */
function describe({ credentials, trust, notices }: ListedImages) {
  return {
    credentials: Object.fromEntries(
      [...credentials].flatMap(([host, account]) => ('registryToken' in account ? [] : [[host, account] as const])),
    ),
    trust: Object.fromEntries(trust),
    notices: [...notices],
  };
}
