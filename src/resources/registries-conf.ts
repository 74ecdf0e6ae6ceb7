import { parse } from 'smol-toml';
import { z } from 'zod';
import { defineResource } from '../model/define-resource.js';
import type { Resource } from '../model/resource.js';
import type { EditedText } from './edit-line.js';
import { editParams } from './edit-params.js';
import { editedFile } from './edited-file.js';
import { textOf } from './file-content.js';
import type { PathState } from './path-state.js';

const registryName = z.string().regex(/^[A-Za-z0-9*[][A-Za-z0-9.:_/[\]-]*$/, {
  error: 'must be a registry as podman names it: host, host:port, host:port/namespace or *.domain',
});

const params = z.strictObject({
  ...editParams,
  path: editParams.path.default('/etc/containers/registries.conf.d/provision.conf'),
  create: z.boolean().default(true).describe('Make the file where there is none'),
  insecure: z.array(registryName).default([]).describe('Registries talked to by plain http, or without verifying'),
  mirrors: z
    .array(z.strictObject({ of: registryName, location: registryName, insecure: z.boolean().default(false) }))
    .default([])
    .describe('Registries that are asked first, by the one that they stand for'),
});

const document = z.looseObject({
  registry: z
    .array(
      z.looseObject({
        prefix: z.string().optional(),
        location: z.string().optional(),
        insecure: z.boolean().optional(),
        mirror: z.array(z.looseObject({ location: z.string().optional() })).optional(),
      }),
    )
    .default([]),
});

/**
 * Registries as podman, buildah, skopeo and cri-o read them (containers-registries.conf(5), version 2), in a file beside
 * the main one. What is missing is added at the end; a registry that is there with another meaning is kept unless forced.
 *
 * @example registries_conf({ insecure: ['registry1:5000'] })
 */
export const registries_conf = defineResource({
  kind: 'registries_conf',
  summary: 'Registries of podman and its kin, in a file of /etc/containers/registries.conf.d',
  params,
  create: (params): Resource<PathState> => ({
    ...editedFile('registries_conf', params, { absent: false, edit: (text) => mergeRegistries(text, params) }),
    result: ({ type, content }) => ({ exists: type !== 'absent', content: textOf(content) ?? '' }),
  }),
});

type Wanted = Pick<z.output<typeof params>, 'insecure' | 'mirrors'>;

/** The text with the registries in it that it lacked; a text says why it can't be edited. */
export function mergeRegistries(text: string, wanted: Wanted): EditedText | string {
  const present = registriesIn(text);
  if (typeof present === 'string') return present;
  const added: string[] = [];
  const replaced: string[] = [];
  const blocks: string[] = [];
  let kept = text;
  for (const name of new Set([...wanted.insecure, ...wanted.mirrors.map(({ of }) => of)])) {
    const known = present.find(({ prefix, location }) => (prefix ?? location) === name);
    const mirrors = wanted.mirrors.filter(({ of }) => of === name);
    const insecure = wanted.insecure.includes(name);
    if (known === undefined) {
      blocks.push(block(name, insecure, mirrors));
      added.push(name);
      continue;
    }
    const lacks = mirrors.filter(({ location }) => !known.mirror?.some((each) => each.location === location));
    if ((!insecure || known.insecure === true) && lacks.length === 0) continue;
    const without = withoutRegistry(kept, name);
    if (without === undefined) return `: ${name} is written in a way that is not edited`;
    kept = without;
    blocks.push(block(name, insecure || known.insecure === true, mirrors));
    replaced.push(name);
  }
  const parts = [
    added.length === 0 ? '' : `added ${added.join(', ')}`,
    replaced.length === 0 ? '' : `replaced ${replaced.join(', ')}`,
  ];
  const head = text === '' ? '# Registries of podman and its kin; managed by provision.\n' : kept;
  return {
    text: blocks.length === 0 ? text : [head.replace(/\n*$/, '\n'), ...blocks].join('\n'),
    summary: parts.filter((part) => part !== '').join('; '),
    overwrites: replaced.length > 0,
  };
}

function registriesIn(text: string): z.output<typeof document>['registry'] | string {
  try {
    const read = document.safeParse(parse(text));
    return read.success
      ? read.data.registry
      : ': its [[registry]] tables are not those of containers-registries.conf(5)';
  } catch (error) {
    return `: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
  }
}

/** The text without the table of one registry and those below it. */
function withoutRegistry(text: string, name: string): string | undefined {
  const tables = text.split(/^(?=[ \t]*\[\[registry\]\])/m);
  const left = tables.filter((table) => {
    const found = registriesIn(table);
    return typeof found === 'string' || !found.some(({ prefix, location }) => (prefix ?? location) === name);
  });
  return left.length < tables.length ? left.join('') : undefined;
}

function block(name: string, insecure: boolean, mirrors: Wanted['mirrors']): string {
  const lines = (location: string, insecure: boolean) => [
    `location = "${location}"`,
    ...(insecure ? ['insecure = true'] : []),
  ];
  return [
    '[[registry]]',
    ...(name.startsWith('*.')
      ? [`prefix = "${name}"`, ...(insecure ? ['insecure = true'] : [])]
      : lines(name, insecure)),
    ...mirrors.flatMap(({ location, insecure }) => ['', '[[registry.mirror]]', ...lines(location, insecure)]),
    '',
  ].join('\n');
}
