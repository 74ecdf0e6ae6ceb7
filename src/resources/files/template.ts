import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import { isRecord } from '../../model/is-record.js';
import type { HostContext, Resource } from '../../model/resource.js';
import { contentOf, type FileContent, refuseSealed } from '../content/file-content.js';
import { contentParams } from '../content/file-params.js';
import { planContent } from '../content/plan-content.js';
import { isRecorded } from '../content/recorded-file.js';
import { oncePerHost } from '../path/once-per-host.js';
import { absolutePath } from '../path/path-params.js';
import { type PathState, parsePath } from '../path/path-state.js';
import { probePath } from '../path/probe-path.js';
import { accountNeeds, pathNeeds } from '../path/refs.js';
import { readTemplate, renderFile, renderTemplateParams } from './render.js';

const params = z.strictObject({
  src: z
    .string()
    .min(1)
    .describe('Template of the controller, laid out as on the host: `etc/exports.hbs`, in templates/'),
  dest: absolutePath.describe('Path of the rendered file'),
  data: z
    .custom<Readonly<Record<string, unknown>>>(isRecord, { error: 'must be a map of names and values' })
    .default({})
    .describe('Values for the names in the template, beside the variables of the host'),
  ...contentParams,
});

/**
 * File rendered with Handlebars. A file that exists and differs is kept, unless forced.
 *
 * @example template({ src: 'etc/exports.hbs', dest: '/etc/exports', data: vars, force: vars.nfs_export_force, notify: reexport })
 */
export const template = defineResource({
  kind: 'template',
  summary: 'A file rendered from a template',
  params,
  sources: { src: 'template' },
  render: renderTemplateParams,
  create: (params): Resource<PathState> => {
    const contentFor = oncePerHost((host) => renderContent(params.src, params.data, host));
    return {
      kind: 'template',
      id: params.dest,
      provides: [`path:${params.dest}`],
      needs: [...params.needs, ...pathNeeds(params.dest), ...accountNeeds(params.owner, params.group)],
      staging: 'path',
      template: { src: params.src, data: params.data },
      probe: (host) => {
        const content = contentFor(host);
        const wanted =
          typeof content === 'string'
            ? undefined
            : { ...content, secret: params.secret, isRecorded: isRecorded(host, params.dest) };
        const { owner, group } = params;
        return probePath(host.at(params.dest), { root: host.root, owner, group, wanted });
      },
      parse: (reply, host) => parsePath(reply, host.at(params.dest)),
      plan: (state, host) => {
        const content = contentFor(host);
        if (typeof content === 'string') return { verdict: 'refused', message: content, always: true };
        return planContent(state, { ...params, path: host.at(params.dest), content }, host);
      },
      result: ({ type, mode, owner, group, size }) => ({ exists: type !== 'absent', mode, owner, group, size }),
    };
  },
});

/** Renders the file; a text says why it can't be rendered. */
function renderContent(src: string, data: Readonly<Record<string, unknown>>, host: HostContext): FileContent | string {
  try {
    const path = host.files.template(src);
    refuseSealed(path);
    return contentOf(renderFile(readTemplate(path), data, path));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
