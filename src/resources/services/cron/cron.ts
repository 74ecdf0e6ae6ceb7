import { defineResource } from '../../../model/define-resource.js';
import type { WrittenText } from '../../../model/records.js';
import type { HostContext, Plan, Reply, Resource } from '../../../model/resource.js';
import { joinSh, type Sh, sh } from '../../../sh.js';
import { planEdit } from '../../content/plan-edit.js';
import { madeThing } from '../../content/recorded-file.js';
import { type PathState, parsePath } from '../../path/path-state.js';
import { printedFields, printField } from '../../path/printed-fields.js';
import { probePath } from '../../path/probe-path.js';
import { pathNeeds } from '../../path/refs.js';
import { type CronParams, cronLine, cronParams } from './cron-params.js';
import { editCron } from './cron-text.js';

/** State of the file in /etc/cron.d. */
interface CronFile extends PathState {
  /** A program that reads crontabs exists. */
  readonly daemon?: boolean;
}

/** State of the user's own crontab. */
interface Crontab {
  /** Undefined where it can't be read. */
  readonly text: string | undefined;
  /** Reason why not. */
  readonly complaint: string;
  readonly daemon?: boolean;
}

type CronState = CronFile | Crontab;

/**
 * Job that cron runs on a schedule: in a file of /etc/cron.d, or in a user's crontab.
 *
 * @example cron({ name: 'prune', job: '/usr/bin/docker image prune -f', hour: 3, minute: 30 })
 */
export const cron = defineResource({
  kind: 'cron',
  summary: 'A job that cron runs on a schedule',
  params: cronParams,
  create: (params): Resource<CronState> => {
    const path = `/etc/cron.d/${params.cron_file}`;
    return {
      kind: 'cron',
      id: params.name,
      provides: params.crontab ? [`path:/var/spool/cron/${params.user}`] : [`path:${path}`],
      needs: [
        ...params.needs,
        'package:*',
        `user:${params.user}`,
        ...(params.crontab ? [`path:/var/spool/cron/${params.user}` as const] : pathNeeds(path)),
      ],
      staging: params.crontab ? 'skip' : 'path',
      probe: (host) =>
        joinSh([
          params.crontab ? probeCrontab(params.user) : probePath(host.at(path), { root: host.root, content: true }),
          lookForDaemon,
        ]),
      parse: (reply, host) => parse(reply, params, host.at(path)),
      plan: (state, host) => plan(state, params, host.at(path), host),
    };
  },
});

/** Script that looks for a cron daemon: Debian's, cronie, busybox's and others all have one of these names. */
const lookForDaemon = sh`PATH=$PATH:/usr/sbin:/sbin
for d in cron crond fcron anacron; do ! command -v "$d" >/dev/null 2>&1 || { echo 'daemon yes'; break; }; done`;

function probeCrontab(user: string): Sh {
  return joinSh([
    printField,
    sh`if complaint=$(LC_ALL=C crontab -u ${user} -l 2>&1 >/dev/null </dev/null); then LC_ALL=C crontab -u ${user} -l | field crontab
else case $complaint in *'no crontab for'*) printf '' | field crontab ;; *) printf %s "$complaint" | field complaint ;; esac; fi
end`,
  ]);
}

function parse(reply: Reply, params: CronParams, path: string): CronState {
  const daemon = /^daemon yes$/m.test(reply.stdout);
  if (!params.crontab) return { ...parsePath(reply, path), daemon };
  const field = printedFields(reply, `the crontab of ${params.user}`);
  return { text: field('crontab')[0], complaint: field('complaint')[0] ?? '', daemon };
}

function plan(state: CronState, params: CronParams, path: string, host: HostContext): Plan<CronState> {
  const absent = params.state === 'absent';
  if (!absent && state.daemon !== true && host.root === '') {
    return {
      verdict: 'refused',
      message: 'this host has no cron',
      hint: 'install it (`package: {name: cron}`, on Red Hat cronie), or use `systemd_timer`',
    };
  }
  const edit = (text: string) => editCron(text, { name: params.name, line: cronLine(params), first: params.env });
  if (!('complaint' in state)) {
    // Entries in a file of our own come and go; elsewhere what was there is kept. cron ignores names with a dot.
    const backup = params.backup && params.cron_file !== 'provision';
    const planned = planEdit(state, { path, create: true, force: false, absent, edit, backup }, host);
    if (planned.verdict !== 'change') return planned;
    return { ...planned, writes: [...(planned.writes ?? []), ...madeBy(params, planned.summary)] };
  }
  const before = state.text;
  if (before === undefined) {
    if (absent && state.daemon !== true) return { verdict: 'ok' };
    return { verdict: 'refused', message: `the crontab of ${params.user} can't be read: ${state.complaint}` };
  }
  const { text, summary } = edit(before);
  if (summary === '') return { verdict: 'ok' };
  const diff = { label: `crontab of ${params.user}`, before, after: text };
  const script = sh`LC_ALL=C crontab -u ${params.user} -`;
  const writes = madeBy(params, summary);
  return { verdict: 'change', summary, diff, apply: { via: 'sh', script, stdin: text }, writes };
}

/** Returns the record of an entry that is new. */
function madeBy({ name, user, cron_file, crontab, env }: CronParams, summary: string): WrittenText[] {
  if (summary !== 'added' && summary !== 'created') return [];
  return [madeThing({ kind: 'cron', id: name }, { name, user, cron_file, crontab, env, state: 'absent' })];
}
