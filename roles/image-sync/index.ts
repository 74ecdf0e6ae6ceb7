import { defineRole, packages } from '../../src/index.js';
import { imagesOf } from './image.js';
import { images } from './images.js';
import { registry_look } from './registry-look.js';
import { vars } from './vars.js';

export default defineRole({
  name: 'image-sync',
  summary: 'Copy a list of images from an upstream registry into the local one',
  vars,
  tasks: ({ vars, flags }) => {
    const asked = vars.image_sync_sync && vars.docker_registry_setup_sync && vars.docker_registry_sync;
    const local = vars.image_sync_local;
    if (!(flags.sync ?? asked)) return [registry_look({ title: `look at ${local}`, registry: local })];
    if (vars.image_sync_upstream === undefined || vars.image_sync_images.length === 0) {
      return [registry_look({ title: `look at ${local} (no images are listed)`, registry: local, required: false })];
    }
    const list = imagesOf(vars.image_sync_images, vars.image_sync_namespace, vars.image_sync_prefix);
    return [
      packages({ title: 'curl, to ask the registries', name: 'curl' }),
      images({
        title: `images from ${vars.image_sync_upstream}`,
        upstream: vars.image_sync_upstream,
        local,
        images: list,
      }),
    ];
  },
});
