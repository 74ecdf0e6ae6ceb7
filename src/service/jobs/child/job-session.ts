import { readTextFile } from '../../../diagnostics/read-text.js';
import type { RunEvent, RunReport } from '../../../engine/events.js';
import type { TaskOfHost } from '../../../engine/run/run-context.js';
import type { RegistriesOfHost } from '../../../library/registries/registries-file.js';
import { Session } from '../../../library/session/session.js';
import type { JobRunOptions, JobSiteOptions } from './child-request.js';

/** Parts of a job's session beside its site and options. */
export interface JobSessionOptions {
  readonly site: JobSiteOptions;
  readonly run: JobRunOptions;
  /** Variables whose values are secrets. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Registries in place of those of `registries.yaml`. */
  readonly registries?: readonly RegistriesOfHost[];
}

/** Makes the session of a job. What came by the API is data: braces in it are no templates. */
export function jobSession({ site, run, secrets = {}, registries }: JobSessionOptions): Session {
  const { sync, limit, variables, forks, ...flags } = run;
  const { becomePasswordFile } = site;
  const session = new Session({
    site: site.site,
    inventory: site.inventory,
    vaultPasswordFiles: site.vaultPasswordFiles,
    ...(becomePasswordFile === undefined ? {} : { becomePassword: passwordIn(becomePasswordFile) }),
    ...(site.acceptNew ? { acceptNew: true } : {}),
    ...flags,
    ...(limit === undefined ? {} : { limit }),
    ...(sync === undefined ? {} : { sync }),
    ...(forks === undefined ? {} : { forks }),
    ...(registries === undefined ? {} : { registries }),
    data: { ...variables, ...secrets },
    vaultHint: 'name the file of its password in vault_password_files of the service',
  });
  for (const value of Object.values(secrets)) session.secrets.add(value);
  return session;
}

/** Runs the plays of a session, and tells its events. */
export async function runSession(
  session: Session,
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
  mayChange?: (about: TaskOfHost) => boolean,
): Promise<RunReport> {
  const { plays } = await session.load();
  await session.findPasswords(plays);
  session.reportTo({ onEvent, end: () => {} });
  return await session.run(plays, { signal, ...(mayChange === undefined ? {} : { mayChange }) });
}

function passwordIn(file: string): string {
  return readTextFile(file, { most: 4096, besides: 'none' }).replace(/\r?\n$/, '');
}
