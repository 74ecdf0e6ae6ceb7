import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { HostContext, Resource } from '../../model/resource.js';
import type { EditedText } from '../content/edit-line.js';
import { editedFile } from '../content/edited-file.js';
import { textOf } from '../content/file-content.js';
import { editParams } from '../content/file-params.js';
import { readTemplate, renderFile } from '../files/render.js';
import type { PathState } from '../path/path-state.js';
import { isDefaultFlag } from './docker-flags.js';
import { flagEntries } from './sysconfig-flags.js';
import { flagEntry, flagVariables, mergeSysconfig, type WantedFlag, writtenFlag } from './sysconfig-text.js';

const params = z.strictObject({
  ...editParams,
  path: editParams.path.default('/etc/sysconfig/docker'),
  create: z.boolean().default(true).describe('Create the file from the template if it does not exist'),
  src: z.string().default('etc/sysconfig/docker.hbs').describe('Template for a file that does not exist yet'),
  flags: z
    .array(
      z.strictObject({
        variable: z.enum(flagVariables).describe('Variable that gets it if the file has it nowhere'),
        name: z
          .string()
          .regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'is not a name of an option: without dashes in front' }),
        value: z
          .string()
          .regex(/^[^\s'"\\]+$/, { error: 'must not hold blanks, quotes or backslashes' })
          .default('true'),
      }),
    )
    .describe('Options to start dockerd with'),
  exclusive: z
    .array(z.string())
    .default([])
    .describe('Options whose values are as in `flags`: others of their name are removed, with force'),
  satisfied_by: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Names of registries; a file whose insecure registries mention all of them keeps its insecure registries',
    ),
});

/**
 * Options of dockerd in /etc/sysconfig/docker. Missing ones are added, beside those that the file has. An option with
 * another value is kept, and the file left as it is, unless forced.
 *
 * @example docker_sysconfig({ flags: [{ variable: 'INSECURE_REGISTRY', name: 'insecure-registry', value: 'registry1:5000' }] })
 */
export const docker_sysconfig = defineResource({
  kind: 'docker_sysconfig',
  summary: 'Options of dockerd in /etc/sysconfig/docker',
  params,
  create: (params): Resource<PathState> => ({
    ...editedFile('docker_sysconfig', params, {
      absent: false,
      edit: (text, host) => {
        const edited = text === '' ? renderNew(params, host) : mergeFlags(text, params);
        return typeof edited === 'string' ? edited : { ...edited, ...flagEntries(text, params.flags, params.path) };
      },
      entries: params.flags.map(flagEntry),
    }),
    result: ({ type, content }) => ({ exists: type !== 'absent', content: textOf(content) ?? '' }),
  }),
});

type Params = z.output<typeof params>;

function mergeFlags(text: string, { flags, satisfied_by, exclusive }: Params): EditedText | string {
  const configured = text.split('\n').filter((line) => !/^\s*#/.test(line) && line.includes('--insecure-registry'));
  const satisfied = satisfied_by.length > 0 && satisfied_by.every((name) => configured.join('\n').includes(name));
  return mergeSysconfig(
    text,
    flags.filter(({ name }) => !(satisfied && name === 'insecure-registry')),
    exclusive,
  );
}

/** Renders the template, and adds the flags that a user's own template left out. */
function renderNew({ src, flags }: Params, host: HostContext): EditedText | string {
  const of = (...variables: readonly WantedFlag['variable'][]) =>
    flags
      .filter((flag) => variables.includes(flag.variable) && !isDefaultFlag(flag))
      .map(writtenFlag)
      .join(' ');
  const data = {
    options: of('OPTIONS', 'other_args'),
    add_registry: of('ADD_REGISTRY'),
    block_registry: of('BLOCK_REGISTRY'),
    insecure_registry: of('INSECURE_REGISTRY'),
  };
  try {
    const path = host.files.template(src);
    const merged = mergeSysconfig(renderFile(readTemplate(path), data, path), flags);
    return typeof merged === 'string' ? `: ${src}${merged}` : { ...merged, summary: 'created', overwrites: false };
  } catch (error) {
    return `: ${error instanceof Error ? error.message : String(error)}`;
  }
}
