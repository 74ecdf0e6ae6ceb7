import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { Plan, Reply, Resource } from '../../model/resource.js';
import { type Sh, sh } from '../../sh.js';
import { absolutePath, needs } from '../path/path-params.js';
import { printedFields, printField } from '../path/printed-fields.js';
import { daemonKeys } from './docker-daemon/docker-daemon-config.js';
import { flagsIn, keyOfFlag, wordsIn } from './docker-flags.js';
import { readEnvFile } from './env-file.js';
import { sysconfigFlags } from './sysconfig-text.js';

const params = z.strictObject({
  service: z.string().default('docker').describe('Service of the daemon'),
  config: absolutePath.default('/etc/docker/daemon.json').describe("The daemon's configuration file"),
  keys: z.array(z.string()).default([]).describe('Keys that a later task puts into it'),
  sysconfig: absolutePath.optional().describe('File of options that the service reads, or will read'),
  flags: z.array(z.string()).default([]).describe('Options that a later task puts there, without dashes'),
  needs,
});

interface OptionsState {
  /** Options on the command line, or about to be, with their place. */
  readonly flags: readonly { readonly name: string; readonly place: string }[];
  readonly keys: readonly string[];
}

/**
 * Check that refuses an option that is both on dockerd's command line and in daemon.json, as dockerd would not start.
 * It changes nothing, and comes before the task that would write the second of the two.
 *
 * @example docker_options({ keys: ['log-driver'] })
 */
export const docker_options = defineResource({
  kind: 'docker_options',
  summary: 'Check that no option of dockerd is given twice, as a flag and in daemon.json',
  params,
  create: (params): Resource<OptionsState> => ({
    kind: 'docker_options',
    id: params.service,
    provides: [],
    needs: [...params.needs],
    staging: 'skip',
    probe: () => probe(params),
    parse: (reply) => parse(reply, params),
    plan: (state) => plan(state, params),
  }),
});

type Params = z.output<typeof params>;

function probe({ service, config, sysconfig }: Params): Sh {
  return sh`LC_ALL=C; export LC_ALL
${printField}
unit=$(systemctl show -p ExecStart -p Environment -p EnvironmentFiles -- ${service} 2>/dev/null)
printf %s "$unit" | field unit
printf '%s\n' "$unit" | sed -n 's/^EnvironmentFiles=\(.*\) (ignore_errors=.*)$/\1/p' | while read -r path; do
  [ ! -r "$path" ] || { printf %s "$path" | field path; field content <"$path"; }
done
[ ! -r ${config} ] || field config <${config}
${sysconfig === undefined ? sh`:` : sh`[ ! -r ${sysconfig} ] || field sysconfig <${sysconfig}`}
end`;
}

function parse(reply: Reply, params: Params): OptionsState {
  const fields = printedFields(reply, params.service);
  const [unit = ''] = fields('unit');
  const variables = new Map<string, { readonly value: string; readonly place: string }>();
  for (const word of wordsIn(/^Environment=(.*)$/m.exec(unit)?.[1] ?? '')) {
    const [, name, value] = /^(\w+)=(.*)$/s.exec(word) ?? [];
    if (name !== undefined && value !== undefined)
      variables.set(name, { value, place: `${name} of the service's unit` });
  }
  const contents = fields('content');
  for (const [index, path] of fields('path').entries()) {
    for (const { name, value } of readEnvFile(contents[index] ?? '').assignments) {
      variables.set(name, { value, place: `${name} in ${path}` });
    }
  }
  const line = /^ExecStart=(?:(?!argv\[\]=).)*argv\[\]=(.*?) ; ignore_errors=/m.exec(unit)?.[1] ?? '';
  const parts = wordsIn(line).map((word) => {
    const variable = variables.get(/^\$\{?(\w+)\}?$/.exec(word)?.[1] ?? '');
    return variable ?? { value: word, place: `the command line of ${params.service}` };
  });
  const words = parts.flatMap(({ value, place }) => wordsIn(value).map((word) => ({ word, place })));
  const flags = flagsIn(words.map(({ word }) => word)).map(({ name, at }) => ({
    name,
    place: words[at]?.place ?? line,
  }));
  const inSysconfig = sysconfigFlags(fields('sysconfig')[0] ?? '');
  const found = typeof inSysconfig === 'string' ? [] : inSysconfig.map(({ name }) => name);
  const asked = [...found, ...params.flags].map((name) => ({ name, place: params.sysconfig ?? 'its flags' }));
  return { flags: [...flags, ...asked], keys: Object.keys(daemonKeys(fields('config')[0]) ?? {}) };
}

function plan({ flags, keys }: OptionsState, params: Params): Plan<OptionsState> {
  // dockerd merges runtimes instead of refusing them.
  const all = new Set([...keys, ...params.keys].filter((key) => key !== 'runtimes'));
  const twice = flags.find(({ name }) => all.has(keyOfFlag(name)));
  if (twice === undefined) return { verdict: 'ok' };
  const key = keyOfFlag(twice.name);
  const asked = keys.includes(key) ? '' : ', which a later task would add';
  return {
    verdict: 'refused',
    message: `dockerd does not start with an option in two places: --${twice.name} is in ${twice.place}, "${key}" in ${params.config}${asked}`,
    hint: 'remove it from one of them, or set docker_config_style to keep all options in the other',
  };
}
