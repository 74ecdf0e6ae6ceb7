import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { Plan, Resource } from '../../model/resource.js';
import { joinSh, sh } from '../../sh.js';
import { needs } from '../path/path-params.js';
import { type Fields, printedFields, printField } from '../path/printed-fields.js';
import { toolMissing, whereOff, whereSelinux } from './selinux-state.js';

const params = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, { error: 'is not a name of a boolean' })
    .describe('Name of the boolean: `httpd_can_network_connect`'),
  state: z.boolean().describe('On or off'),
  persistent: z.boolean().default(true).describe('Keep it over restarts of the host'),
  needs,
});

type Params = z.output<typeof params>;

/**
 * Boolean of SELinux, where that is on.
 *
 * @example seboolean({ name: 'virt_use_nfs', state: true })
 */
export const seboolean = defineResource({
  kind: 'seboolean',
  summary: 'A boolean of SELinux, where that is on',
  params,
  create: (params): Resource<Fields> => ({
    kind: 'seboolean',
    id: params.name,
    provides: [`path:/sys/fs/selinux/booleans/${params.name}`],
    needs: [...params.needs, `path:/sys/fs/selinux/booleans/${params.name}`, 'package:*'],
    staging: 'skip',
    probe: () => joinSh([printField, whereSelinux(question(params)), sh`end`]),
    parse: (reply) => printedFields(reply, `the boolean ${params.name}`),
    plan: (fields) => plan(fields, params),
  }),
});

/**
 * Returns the script that reads the boolean. The permanent value is in booleans.local; semanage, which knows the
 * policy's own values too, is used where it isn't there.
 */
function question({ name, persistent }: Params) {
  const kept = sh`printed=
for f in "/var/lib/selinux/\${type:-targeted}/active/booleans.local" "$policy/active/booleans.local" "$policy/modules/active/booleans.local"; do
  [ ! -r "$f" ] || printed=$(sed -n ${`s/^${name}=//p`} "$f")
done
if [ -n "$printed" ]; then printf %s "$printed" | field kept
elif command -v semanage >/dev/null 2>&1; then semanage boolean -l 2>/dev/null | grep ${`^${name} `} | field listed; fi`;
  return sh`if command -v getsebool >/dev/null 2>&1; then getsebool ${name} 2>&1 | field live; fi
${persistent ? kept : sh`:`}`;
}

function plan(fields: Fields, { name, state, persistent }: Params): Plan<Fields> {
  const off = whereOff(fields);
  if (off !== undefined) return off;
  const printed = fields('live')[0]?.trim();
  if (printed === undefined) return toolMissing('getsebool');
  // One that is changed and not committed shows both: `x --> on pending: off`.
  const live = /-->\s*(?:active:\s*)?(on|off)\b/.exec(printed)?.[1];
  if (live === undefined) {
    return { verdict: 'refused', message: `SELinux's policy has no boolean ${name}: ${printed}` };
  }
  const word = state ? 'on' : 'off';
  const changes = [
    ...(live === word ? [] : [`${live} -> ${word}`]),
    ...(!persistent || keptAs(fields) === state ? [] : ['set permanently']),
  ];
  if (changes.length === 0) return { verdict: 'ok' };
  const script = sh`PATH=$PATH:/usr/sbin:/sbin; setsebool ${persistent ? sh`-P` : sh``} ${name} ${word}`;
  return { verdict: 'change', summary: changes.join(', '), apply: { via: 'sh', script, deadline: 300 } };
}

/** Returns its value after the next start; undefined where that isn't known. */
function keptAs(fields: Fields): boolean | undefined {
  const kept = fields('kept')[0]?.trim();
  if (kept !== undefined) return /^(1|on|true)$/.test(kept);
  const listed = /\(\s*(?:on|off)\s*,\s*(on|off)\s*\)/.exec(fields('listed')[0] ?? '')?.[1];
  return listed === undefined ? undefined : listed === 'on';
}
