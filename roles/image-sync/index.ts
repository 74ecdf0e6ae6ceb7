import { resolve } from 'node:path';
import {
  Diagnostics,
  defineRole,
  entryAt,
  InputError,
  images,
  packages,
  readImageList,
  sendToTargets,
  type WantedImages,
} from '../../src/index.js';
import { engine_images } from './engine-images.js';
import { imagesOf, prefixed } from './image.js';
import { registry_look } from './registry-look.js';
import { vars } from './vars.js';

export default defineRole({
  name: 'image-sync',
  summary: 'Copy a list of images from an upstream registry into the local one',
  vars,
  tasks: ({ vars, flags, host }) => {
    const asked = vars.image_sync_sync && vars.docker_registry_setup_sync && vars.docker_registry_sync;
    const { image_sync_local: to, image_sync_archive: archive, image_sync_via: via } = vars;
    const from = archive === undefined ? vars.image_sync_upstream : resolve(host.files.file(archive));
    const local = to.replace(/^https?:\/\//, '');
    if (!(flags.sync ?? asked)) return [registry_look({ title: `look at ${local}`, registry: local })];
    const listed = [
      ...vars.image_sync_images,
      ...(vars.image_sync_list === undefined ? [] : listIn(host.files.file(vars.image_sync_list))),
    ];
    if (from === undefined || (listed.length === 0 && archive === undefined)) {
      return [registry_look({ title: `look at ${local} (no images are listed)`, registry: local, required: false })];
    }
    const list = sentTo(local, prefixed(listed, vars.image_sync_namespace, vars.image_sync_prefix));
    const title = `images from ${archive ?? from}`;
    const curl = packages({ title: 'install curl', name: 'curl' });
    if (via === 'engine' && archive === undefined) {
      const upstream = from.replace(/^https?:\/\//, '');
      const images = imagesOf(list.map((entry) => entryAt(entry, upstream)));
      return [curl, engine_images({ title, upstream, local, images })];
    }
    return [
      ...(via === 'direct' || archive !== undefined ? [] : [curl]),
      images({
        title,
        from,
        to,
        list,
        via: via === 'engine' ? 'auto' : via,
        attachments: vars.image_sync_attachments,
        verify: vars.image_sync_verify,
        repair: vars.image_sync_repair,
        credentials: vars.image_sync_credentials,
        limits: vars.image_sync_limits,
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
    ];
  },
});

/** @throws InputError with the places of all errors in it */
function listIn(file: string) {
  const diagnostics = new Diagnostics();
  const list = readImageList(file, {}, diagnostics);
  if (diagnostics.all.length > 0) throw new InputError(diagnostics.all, true);
  return list?.wanted ?? [];
}

/** Returns a list that goes to the local registry. @throws InputError for entries that name another one */
function sentTo(local: string, list: readonly WantedImages[]): WantedImages[] {
  const diagnostics = new Diagnostics();
  const hint = (registry: string) =>
    `set image_sync_local: ${registry}, if the host reaches it by that name; or take ${registry}/ out of the list`;
  const sent = sendToTargets(list, [local], { option: 'image_sync_local', hint }, diagnostics);
  if (diagnostics.all.length > 0) throw new InputError(diagnostics.all);
  return sent;
}
