import { defineResource } from '../../model/define-resource.js';
import type { HostContext, Resource } from '../../model/resource.js';
import { oncePerHost } from '../path/once-per-host.js';
import { readTemplate, renderFile } from './render.js';
import { template } from './template.js';
import { readToml } from './toml-text.js';

/**
 * File rendered from a template that must come out as TOML: any other text is refused, and the host keeps its file.
 *
 * @example toml_file({ src: 'etc/containerd/certs.d/hosts.toml.hbs', dest: '/etc/containerd/certs.d/registry1:5000/hosts.toml', data: { hosts } })
 */
export const toml_file = defineResource({
  kind: 'toml_file',
  summary: 'A TOML file rendered from a template, checked before it is written',
  params: template.params,
  create: (params): Resource => {
    const file = template.create(params);
    const errorFor = oncePerHost((host) => errorIn(params.src, params.data, host));
    return {
      ...file,
      kind: 'toml_file',
      plan: (state, host) => {
        const message = errorFor(host);
        return message === undefined ? file.plan(state, host) : { verdict: 'refused', message, always: true };
      },
    };
  },
});

/** Returns the error in the rendered TOML; errors of the template itself are left to {@link template}. */
function errorIn(src: string, data: Readonly<Record<string, unknown>>, host: HostContext): string | undefined {
  let text: string;
  try {
    const path = host.files.template(src);
    text = renderFile(readTemplate(path), data, path);
  } catch {
    return undefined;
  }
  const read = readToml(text);
  return typeof read === 'string' ? `${src}, rendered${read}` : undefined;
}
