import { z } from 'zod';
import { defineResource, keepSecrets, type Reply, type Resource, type Sh, sh } from '../../../src/index.js';
import { patience, type SettingsState, serviceSettings, settingsResult } from './service-settings.js';

const params = z.strictObject({
  name: z.string().describe('Name of the registry in the service'),
  program: z.string().describe('Folder of the program'),
  config: z.string().describe('Configuration of the service'),
});

type Params = z.output<typeof params>;

/** Settings of a registry, read on the host of the service: no account of its API is needed there. */
export const settings_on_host = defineResource({
  kind: 'settings_on_host',
  summary: 'What a registry is to be configured with, as the host of the service knows it',
  params,
  create: (params): Resource<SettingsState> => ({
    kind: 'settings_on_host',
    id: params.name,
    provides: [],
    needs: ['service:provision-service', `path:${params.config}`],
    staging: 'skip',
    probe: () => sh`${question(params)}
ask`,
    parse,
    plan: ({ settings, why, isFinal }) => {
      if (settings !== undefined) return { verdict: 'ok' };
      if (isFinal) {
        return {
          verdict: 'refused',
          message: why,
          hint: `name it in registry_service_registries of that host: {name: ${params.name}, host: …}, and run registry-service there first`,
        };
      }
      return {
        verdict: 'change',
        summary: 'waited for the service',
        uncertain: why,
        apply: { via: 'sh', script: waiting(params), deadline: patience + 60 },
        verify: (after) => (after.settings === undefined ? after.why : undefined),
      };
    },
    result: settingsResult,
  }),
});

/** Defines `ask`, which prints the settings in base64, or why there are none. The service's own user reads its files. */
function question({ name, program, config }: Params): Sh {
  return sh`ask() {
  [ -x ${program}/bin/provision ] || { echo ${`why the service is not set up: there is no ${program}/bin/provision`}; return 1; }
  owner=$(stat -c %U ${config} 2>/dev/null) || { echo ${`why the service is not set up: there is no ${config}`}; return 1; }
  set -- ${program}/bin/provision serve --config ${config} --registry-settings ${name}
  if [ "$(id -u)" = 0 ]; then set -- runuser -u "$owner" -- "$@"; fi
  if said=$("$@" 2>&1); then printf 'settings %s\n' "$(printf %s "$said" | base64 | tr -d '\n')"
  else printf 'why %s\n' "$(printf '%s\n' "$said" | head -n 1)"; return 1; fi
}
cd /`;
}

function waiting(params: Params): Sh {
  return sh`${question(params)}
end=$(($(date +%s) + ${patience}))
until ask >/dev/null; do
  [ -x ${params.program}/bin/provision ] && [ "$(date +%s)" -lt "$end" ] || { ask | sed 's/^why //' >&2; exit 1; }
  sleep 1
done`;
}

function parse({ stdout, stderr }: Reply): SettingsState {
  const encoded = /^settings (\S+)$/m.exec(stdout)?.[1];
  if (encoded === undefined) {
    const why = /^why (.*)$/m.exec(stdout)?.[1] ?? (stderr.trim() || 'the service said nothing');
    return { settings: undefined, why, isFinal: why.includes('has no registry') };
  }
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const read = serviceSettings.safeParse(text.startsWith('{') ? JSON.parse(text) : undefined);
  if (read.success) keepSecrets(serviceSettings, read.data);
  return { settings: read.data, why: read.success ? '' : 'the service said something else', isFinal: false };
}
