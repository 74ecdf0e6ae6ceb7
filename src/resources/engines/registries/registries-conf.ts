import { posix } from 'node:path';
import { defineResource } from '../../../model/define-resource.js';
import type { HostContext, Resource } from '../../../model/resource.js';
import { joinSh } from '../../../sh.js';
import type { EditedText } from '../../content/edit-line.js';
import { editedFile } from '../../content/edited-file.js';
import { textOf } from '../../content/file-content.js';
import { readTemplate, renderFile } from '../../files/render.js';
import type { PathState } from '../../path/path-state.js';
import { below } from '../../path/refs.js';
import {
  type FilesBeside,
  overruledBeside,
  parseFilesBeside,
  printFilesBeside,
  refuseFilesBeside,
} from './registries-beside.js';
import { addedRegistries } from './registries-entries.js';
import { registriesParams, registriesSettings, registryTableFor } from './registries-params.js';
import { mergeRegistries, registryEntries } from './registries-text.js';

interface RegistriesState extends PathState {
  readonly beside: FilesBeside;
}

/**
 * Registries as podman, buildah, skopeo and cri-o read them (containers-registries.conf(5), version 2), in a file beside
 * the main one. Missing entries are added. A registry that exists with other settings is kept unless forced.
 *
 * @example registries_conf({ registries: [{ registry: 'registry1:5000', insecure: true }] })
 */
export const registries_conf = defineResource({
  kind: 'registries_conf',
  summary: 'Registries of podman, buildah, skopeo and cri-o, in a file of /etc/containers/registries.conf.d',
  params: registriesParams,
  create: (params): Resource<RegistriesState> => {
    const wanted = { settings: registriesSettings(params), registries: params.registries.map(registryTableFor) };
    const file = editedFile('registries_conf', params, {
      absent: false,
      edit: (text, host) => {
        const data = { ...wanted, registries: wanted.registries.map((table) => ({ mirror: [], ...table })) };
        const rendered = text === '' ? renderTemplate(params.src, data, host) : { text };
        if (typeof rendered === 'string') return rendered;
        const merged = mergeRegistries(rendered.text, wanted);
        if (typeof merged === 'string') return merged;
        const adds = addedRegistries(text, wanted.registries, params.path);
        if (text !== '') return { ...merged, adds };
        return { text: merged.text, summary: 'created', overwrites: false, adds } satisfies EditedText;
      },
      entries: registryEntries(wanted.registries).map(({ name }) => name),
    });
    return {
      kind: file.kind,
      id: file.id,
      provides: file.provides,
      ...(file.entries !== undefined && { entries: file.entries }),
      staging: file.staging,
      needs: [...file.needs, `path:${params.main}`, below(posix.dirname(params.path))],
      probe: (host) => joinSh([file.probe(host), printFilesBeside(params.path, params.main, host)]),
      parse: (reply, host) => ({
        ...file.parse(reply, host),
        beside: parseFilesBeside(reply, params.path, host),
      }),
      plan: (state, host) => {
        const refusal = refuseFilesBeside(state.beside, host.at(params.main));
        if (refusal !== undefined) return refusal;
        const planned = file.plan(state, host);
        return planned.verdict === 'ok'
          ? (overruledBeside(state.beside, wanted.registries, host.at(params.path)) ?? planned)
          : planned;
      },
      result: ({ type, content }) => ({ exists: type !== 'absent', content: textOf(content) ?? '' }),
    };
  },
});

/** Renders the template of a new file; a text says why it can't be rendered. */
function renderTemplate(
  src: string,
  data: { readonly settings: unknown; readonly registries: unknown },
  host: HostContext,
) {
  try {
    const path = host.files.template(src);
    return { text: renderFile(readTemplate(path), { ...data }, path) };
  } catch (error) {
    return `: ${error instanceof Error ? error.message : String(error)}`;
  }
}
