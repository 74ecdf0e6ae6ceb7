import type { z } from 'zod';
import { openConnection } from '../connection/open.js';
import { InputError } from '../diagnostics/diagnostic.js';
import type { Secrets } from '../diagnostics/secrets/secrets.js';
import { newSecrets, withSecrets } from '../diagnostics/secrets/session-secrets.js';
import type { RunEvent, RunReport } from '../engine/events.js';
import { runPlays } from '../engine/run/run.js';
import { keepSecrets } from '../model/marks/secret.js';
import type { Play } from '../model/play.js';
import type { HostContext } from '../model/resource.js';
import type { Role, RoleContext, RunFlags } from '../model/role.js';
import { flushHandlers, type TaskItem } from '../model/task.js';
import { redactReporter } from '../report/redact-event.js';
import { controllerFiles } from '../site/render/files.js';
import { onFakeHost } from './on-fake-host.js';
import type { RoleTarget } from './role-target.js';
import { collectTaskReports, type TaskReport } from './task-report.js';

/** Options of a role that is tested. */
export interface RoleTestOptions<Vars extends z.ZodObject> {
  /** Variables as a site would give them; the schema's defaults for the rest. */
  readonly vars?: z.input<Vars>;
  /** `--force`, `--check`, `--sync`. */
  readonly flags?: Partial<RunFlags>;
  /** Folder that `templates/` and `files/` are searched in; default: the working directory. */
  readonly folder?: string;
}

/** Result of a role that was run alone. */
interface RoleRun {
  readonly tasks: readonly TaskReport[];
  /** Reasons for which the host could not be worked with at all. */
  readonly problems: readonly string[];
  readonly report: RunReport;
}

/** Runs a role alone, in a session of its own. */
export function runRole<Vars extends z.ZodObject>(
  role: Role<Vars>,
  options: RoleTestOptions<Vars>,
  target: RoleTarget,
): Promise<RoleRun> {
  const secrets = newSecrets();
  return withSecrets(secrets, () => runInSession(role, options, target, secrets));
}

async function runInSession<Vars extends z.ZodObject>(
  role: Role<Vars>,
  { vars, flags = {}, folder = '.' }: RoleTestOptions<Vars>,
  { name, settings, fake }: RoleTarget,
  secrets: Secrets,
): Promise<RoleRun> {
  const given = role.vars.parse(vars ?? {});
  keepSecrets(role.vars, given);
  const all: RunFlags = { force: false, sync: undefined, check: false, ...flags };
  const itemsFor = (host: HostContext): readonly TaskItem[] => {
    const facts = fake?.facts ?? host.facts;
    const context: RoleContext<z.output<Vars>> = {
      vars: given,
      facts,
      host: { ...host, facts },
      flags: all,
      inventoryHostname: name,
    };
    const items = role
      .tasks(context)
      .map((item) => ('role' in item || item.kind === 'flush' ? item : { ...item, role: role.name }));
    return fake === undefined ? items : onFakeHost(items, fake);
  };
  const play: Play = {
    name: `role ${role.name}`,
    hosts: [{ name, settings }],
    serial: [],
    maxFailPercentage: undefined,
    anyErrorsFatal: false,
    gatherFacts: true,
    settingsOf: (other) => {
      throw new InputError([
        { code: 'pattern', message: `the role is run on ${name} alone: there is no inventory with ${other}` },
      ]);
    },
    program: (host) => ({ items: [...itemsFor(host), flushHandlers], handlers: [] }),
  };
  const collected = collectTaskReports();
  const problems: string[] = [];
  const onEvent = (event: RunEvent) => {
    collected.onEvent(event);
    if (event.event === 'host-failed' || event.event === 'host-unreachable') problems.push(event.message);
  };
  const report = await runPlays([play], {
    check: all.check,
    force: all.force,
    forks: 1,
    tags: [],
    skipTags: [],
    strict: false,
    files: controllerFiles(folder),
    connect: openConnection,
    signal: new AbortController().signal,
    onEvent: redactReporter({ onEvent, end: () => {} }, secrets).onEvent,
  });
  return { tasks: collected.tasks, problems, report };
}
