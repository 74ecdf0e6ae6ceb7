import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { Resource } from '../../model/resource.js';
import { editedFile } from '../content/edited-file.js';
import { textOf } from '../content/file-content.js';
import { editParams } from '../content/file-params.js';
import { absolutePath } from '../path/path-params.js';
import type { PathState } from '../path/path-state.js';
import { isCriDisabled, withConfigPath } from './containerd-text.js';

const params = z.strictObject({
  ...editParams,
  path: editParams.path.default('/etc/containerd/config.toml'),
  create: z.boolean().default(true).describe('Create the file if it does not exist'),
  config_path: absolutePath.default('/etc/containerd/certs.d').describe('Folder with the hosts.toml files'),
});

/**
 * Folder of hosts.toml files that containerd reads its registries from: `config_path` of its configuration, of any
 * version. The rest of the file stays as it was written. Another folder is kept unless forced.
 *
 * @example containerd_config({ config_path: '/etc/containerd/certs.d', notify: restart })
 */
export const containerd_config = defineResource({
  kind: 'containerd_config',
  summary: 'Make containerd read hosts.toml files',
  params,
  create: (params): Resource<PathState> => {
    const file = editedFile('containerd_config', params, {
      absent: false,
      edit: (text) => withConfigPath(text, params.config_path),
    });
    return {
      ...file,
      plan: (state, host) => {
        const planned = file.plan(state, host);
        return planned.verdict === 'ok' && isCriDisabled(textOf(state.content ?? new Uint8Array()) ?? '')
          ? {
              ...planned,
              note: `the CRI is off: disabled_plugins of ${params.path} has it, so Kubernetes finds no containerd`,
            }
          : planned;
      },
    };
  },
});
