import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { isAdministrator, type Principal } from '../access/principal.js';
import { notFound, Problem } from '../problem.js';
import { type JobVerb, jobVerbs } from '../schemas/jobs.js';
import type { Database } from '../store/database.js';
import type { JobGrantRow } from '../store/tables.js';

/** Right to work on hosts: which, and what. */
interface HostRight {
  readonly hosts: readonly string[];
  readonly verbs: readonly JobVerb[];
}

const hostList = z.array(z.string());
const verbList = z.array(z.enum(jobVerbs));

/** Function that returns the groups of a host, as the site was read last. */
export type GroupsOfHost = (host: string) => readonly string[];

/** Rights to work on hosts: administrators have all, others what they were given. */
export class JobRights {
  readonly #database: Database;
  readonly #groupsOf: GroupsOfHost;

  constructor(database: Database, groupsOf: GroupsOfHost) {
    this.#database = database;
    this.#groupsOf = groupsOf;
  }

  /** Returns the sender's rights, to be asked about several jobs. */
  async of(principal: Principal): Promise<(verb: JobVerb, hosts: readonly string[]) => boolean> {
    if (isAdministrator(principal)) return () => true;
    const { account, limits } = principal;
    if (account === undefined || limits !== undefined) return () => false;
    const rows = await this.#database.db
      .selectFrom('job_grants')
      .select(['hosts', 'verbs'])
      .where(({ eb, and, or, selectFrom }) =>
        or([
          and([eb('subject_kind', '=', 'account'), eb('subject_id', '=', account.id)]),
          and([
            eb('subject_kind', '=', 'group'),
            eb('subject_id', 'in', selectFrom('group_members').select('group_id').where('account_id', '=', account.id)),
          ]),
        ]),
      )
      .execute();
    const rights = rows.map(
      ({ hosts, verbs }): HostRight => ({
        hosts: hostList.parse(JSON.parse(hosts)),
        verbs: verbList.parse(JSON.parse(verbs)),
      }),
    );
    const covers = ({ hosts }: HostRight, host: string) =>
      hosts.some((each) =>
        each.startsWith('group:') ? this.#groupsOf(host).includes(each.slice(6)) : each === '*' || each === host,
      );
    return (verb, hosts) =>
      hosts.length > 0 &&
      hosts.every((host) => rights.some((right) => right.verbs.includes(verb) && covers(right, host)));
  }

  /** @throws Problem unless the sender may do this on all of these hosts; what may not be seen is not there */
  async require(principal: Principal, verb: JobVerb, hosts: readonly string[], what: string): Promise<void> {
    const may = await this.of(principal);
    if (may(verb, hosts)) return;
    if (!may('view', hosts)) throw notFound(what);
    throw new Problem('forbidden', `this takes the right to ${verb} on ${hosts.join(', ')}`);
  }

  async list(): Promise<(JobGrantRow & { readonly subject: string })[]> {
    const rows = await this.#database.db
      .selectFrom('job_grants')
      .leftJoin('accounts', 'accounts.id', 'job_grants.subject_id')
      .leftJoin('groups', 'groups.id', 'job_grants.subject_id')
      .selectAll('job_grants')
      .select(['accounts.name as account_name', 'groups.name as group_name'])
      .orderBy('job_grants.created_at')
      .execute();
    return rows.map(({ account_name: account, group_name: group, ...row }) => ({
      ...row,
      subject: account ?? group ?? '',
    }));
  }

  async add(given: {
    readonly subjectKind: JobGrantRow['subject_kind'];
    readonly subjectId: string;
    readonly hosts: readonly string[];
    readonly verbs: readonly JobVerb[];
    readonly by: string;
  }): Promise<JobGrantRow> {
    const row: JobGrantRow = {
      id: randomUUID(),
      subject_kind: given.subjectKind,
      subject_id: given.subjectId,
      hosts: JSON.stringify(given.hosts),
      verbs: JSON.stringify(given.verbs),
      created_at: Date.now(),
      created_by: given.by,
    };
    await this.#database.db.insertInto('job_grants').values(row).execute();
    return row;
  }

  async delete(id: string): Promise<void> {
    const { numDeletedRows } = await this.#database.db
      .deleteFrom('job_grants')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) throw notFound(`job grant ${id}`);
  }
}
