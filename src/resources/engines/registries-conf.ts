import { posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { HostContext, Plan, Resource } from '../../model/resource.js';
import { joinSh, sh } from '../../sh.js';
import type { EditedText } from '../content/edit-line.js';
import { editParams } from '../content/edit-params.js';
import { editedFile } from '../content/edited-file.js';
import { textOf } from '../content/file-content.js';
import { readTemplate, renderFile } from '../files/render.js';
import { lineOf, readToml, tableIn } from '../files/toml-text.js';
import { absolutePath } from '../path/path-params.js';
import type { PathState } from '../path/path-state.js';
import { printedFields } from '../path/printed-fields.js';
import { below } from '../path/refs.js';
import { documentIn, mergeRegistries, prefixOf, type RegistryTable } from './registries-text.js';

const registryName = z.string().regex(/^[A-Za-z0-9*[][A-Za-z0-9.:_/[\]-]*$/, {
  error: 'must be a registry as podman names it: host, host:port, host:port/namespace or *.domain',
});

const params = z.strictObject({
  ...editParams,
  path: editParams.path.default('/etc/containers/registries.conf.d/90-provision.conf'),
  create: z.boolean().default(true).describe('Make the file where there is none, from the template'),
  src: z
    .string()
    .default('etc/containers/registries.conf.d/provision.conf.hbs')
    .describe('Template for a file that is not there yet'),
  main: absolutePath
    .default('/etc/containers/registries.conf')
    .describe('The main file, which must not be of version 1 of the format'),
  registries: z
    .array(
      z.strictObject({
        registry: registryName.describe('What names of images begin with: host, host:port/namespace, *.domain'),
        location: registryName.optional().describe('Where they are really pulled from; default: there'),
        insecure: z.boolean().optional().describe('By plain http, or https without verifying'),
        blocked: z.boolean().optional().describe('Nothing is pulled from there'),
        mirrors: z
          .array(z.strictObject({ registry: registryName, insecure: z.boolean().optional() }))
          .default([])
          .describe('Registries that are asked first'),
      }),
    )
    .default([])
    .describe('Registries, with what podman is to know of them'),
  search: z.array(registryName).optional().describe('Where names without a registry are looked for, in order'),
  short_name_mode: z.enum(['enforcing', 'permissive', 'disabled']).optional().describe('What such a name leads to'),
});

type Params = z.output<typeof params>;

interface RegistriesState extends PathState {
  /** The main file, and the others of the folder, by their paths. */
  readonly beside: ReadonlyMap<string, string>;
}

/**
 * Registries as podman, buildah, skopeo and cri-o read them (containers-registries.conf(5), version 2), in a file beside
 * the main one. What is missing is added; a registry that is there with another meaning is kept unless forced.
 *
 * @example registries_conf({ registries: [{ registry: 'registry1:5000', insecure: true }] })
 */
export const registries_conf = defineResource({
  kind: 'registries_conf',
  summary: 'Registries of podman and its kin, in a file of /etc/containers/registries.conf.d',
  params,
  create: (params): Resource<RegistriesState> => {
    const wanted = { settings: settingsOf(params), registries: params.registries.map(tableOf) };
    const file = editedFile('registries_conf', params, {
      absent: false,
      edit: (text, host) => {
        const data = { ...wanted, registries: wanted.registries.map((table) => ({ mirror: [], ...table })) };
        const rendered = text === '' ? renderedFrom(params.src, data, host) : { text };
        if (typeof rendered === 'string') return rendered;
        const merged = mergeRegistries(rendered.text, wanted);
        if (typeof merged === 'string' || text !== '') return merged;
        return { text: merged.text, summary: 'created', overwrites: false } satisfies EditedText;
      },
    });
    return {
      kind: file.kind,
      id: file.id,
      provides: file.provides,
      staging: file.staging,
      needs: [...file.needs, `path:${params.main}`, below(posix.dirname(params.path))],
      probe: (host) =>
        joinSh([
          file.probe(host),
          sh`for beside in ${host.at(params.main)} ${host.at(posix.dirname(params.path))}/*.conf; do
  [ ! -r "$beside" ] || [ ! -f "$beside" ] || {
    printf 'beside '; printf %s "$beside" | base64 | tr -d '\n'; echo
    printf 'text '; base64 <"$beside" | tr -d '\n'; echo
  }
done
echo 'end yes'`,
        ]),
      parse: (reply, host) => {
        const fields = printedFields(reply, params.path);
        const texts = fields('text');
        const beside = new Map(fields('beside').map((path, index) => [path, texts[index] ?? '']));
        beside.delete(host.at(params.path));
        return { ...file.parse(reply, host), beside };
      },
      plan: (state, host) => {
        const mistake = mistakeIn(state, host.at(params.main));
        if (mistake !== undefined) return mistake;
        const planned = file.plan(state, host);
        return planned.verdict === 'ok'
          ? (overruled(state, wanted.registries, host.at(params.path)) ?? planned)
          : planned;
      },
      result: ({ type, content }) => ({ exists: type !== 'absent', content: textOf(content) ?? '' }),
    };
  },
});

function tableOf({ registry, location, insecure, blocked, mirrors }: Params['registries'][number]): RegistryTable {
  // A wildcard has no location of its own, and whatever else has one must say it.
  const where = registry.startsWith('*.') || location !== undefined ? { prefix: registry } : {};
  return {
    ...where,
    ...(registry.startsWith('*.') ? {} : { location: location ?? registry }),
    ...(insecure === undefined ? {} : { insecure }),
    ...(blocked === undefined ? {} : { blocked }),
    ...(mirrors.length === 0
      ? {}
      : {
          mirror: mirrors.map(({ registry, insecure }) => ({
            location: registry,
            ...(insecure === undefined ? {} : { insecure }),
          })),
        }),
  };
}

function settingsOf({ search, short_name_mode }: Params): Record<string, string | string[]> {
  return {
    ...(search === undefined ? {} : { 'unqualified-search-registries': search }),
    ...(short_name_mode === undefined ? {} : { 'short-name-mode': short_name_mode }),
  };
}

/** The template's text, to which what an own template left out is added; a text says why it can't be had. */
function renderedFrom(
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

/** What is wrong with the files beside, so that no program would read ours. */
function mistakeIn({ beside }: RegistriesState, main: string): Plan<RegistriesState> | undefined {
  for (const [path, text] of beside) {
    const read = readToml(text);
    if (typeof read === 'string') return { verdict: 'refused', message: `${path}${read}` };
    const old = tableIn(read, 'registries');
    const table = ['search', 'insecure', 'block'].find((name) => old?.[name] !== undefined);
    if (table === undefined) continue;
    const line = lineOf(text, new RegExp(`^\\s*\\[\\s*registries\\s*\\.\\s*${table}\\s*\\]`));
    const which = path === main ? '' : ', which no file of this folder may be';
    return {
      verdict: 'refused',
      message: `${path}:${line}: [registries.${table}] is of version 1 of the format${which}: it must not be mixed with version 2, which files in registries.conf.d are of`,
      hint: `write it as version 2: unqualified-search-registries = […], [[registry]] with location, insecure, blocked`,
    };
  }
  return undefined;
}

/** A file that is read after ours and says otherwise about one of its registries: the last one holds. */
function overruled(
  { beside }: RegistriesState,
  registries: readonly RegistryTable[],
  path: string,
): Plan<RegistriesState> | undefined {
  for (const [other, text] of beside) {
    if (posix.dirname(other) !== posix.dirname(path) || other < path) continue;
    const read = documentIn(text);
    const tables = typeof read === 'string' ? [] : read.registry;
    const table = tables.find((each) =>
      registries.some((ours) => prefixOf(ours) === prefixOf(each) && !isDeepStrictEqual(ours, each)),
    );
    if (table === undefined) continue;
    const hint = `it is read after ${posix.basename(path)}, so it holds; take the registry out of it`;
    return { verdict: 'kept', summary: `${other} says otherwise about ${prefixOf(table)}`, hint };
  }
  return undefined;
}
