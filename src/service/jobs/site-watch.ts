import type { z } from 'zod';
import { Problem } from '../problem.js';
import {
  type JobSiteOptions,
  type RegistryChange,
  type roleInputsSchema,
  runOptions,
  type SiteLook,
} from './child/child-request.js';
import { type JobProgram, lookAt } from './job-process.js';
import { lookProblem } from './look-problem.js';

/** Milliseconds for which a look at the site counts. */
const freshness = 30_000;
/** Looks at a time: each is a process. */
const mostLooks = 2;

/** Options of a look: those that a job would have. */
export interface SiteCheck {
  readonly run?: ReturnType<typeof runOptions.parse>;
  readonly change?: RegistryChange;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** Site of the service, as processes of its own read it: the service itself runs nobody's code and opens no vault. */
export class SiteWatch {
  readonly #program: JobProgram;
  readonly site: JobSiteOptions | undefined;
  #known: { readonly look: SiteLook; readonly at: number } | undefined;
  #roles: { readonly roles: z.output<typeof roleInputsSchema>[]; readonly at: number } | undefined;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(program: JobProgram, site: JobSiteOptions | undefined) {
    this.#program = program;
    this.site = site;
  }

  /** Returns the groups of a host, as the site was read last. */
  groupsOf(host: string): readonly string[] {
    return this.#known?.look.hosts.find(({ name }) => name === host)?.groups ?? [];
  }

  /** Returns the site. @throws Problem where it has errors, or there is none */
  async look(): Promise<SiteLook> {
    if (this.#known !== undefined && performance.now() - this.#known.at < freshness) return this.#known.look;
    const look = await this.check({});
    this.#known = { look, at: performance.now() };
    return look;
  }

  /** Returns what the roles of the site take. @throws Problem where it has errors, or there is none */
  async roles(): Promise<z.output<typeof roleInputsSchema>[]> {
    if (this.#roles !== undefined && performance.now() - this.#roles.at < freshness) return this.#roles.roles;
    const { site } = this;
    if (site === undefined) throw noSite();
    const answer = await this.#oneOfFew(() =>
      lookAt(this.#program, { work: 'roles', site, run: runOptions.parse({}) }),
    );
    if (!('roles' in answer)) throw lookProblem(answer);
    this.#roles = { roles: answer.roles, at: performance.now() };
    return answer.roles;
  }

  /** Reads the site as a job with these options would. @throws Problem with every error and its place */
  async check({ run = runOptions.parse({}), change, secrets = {} }: SiteCheck): Promise<SiteLook> {
    const { site } = this;
    if (site === undefined) throw noSite();
    const answer = await this.#oneOfFew(() =>
      lookAt(this.#program, {
        work: 'look',
        site,
        run,
        secrets: { ...secrets },
        ...(change === undefined ? {} : { change }),
      }),
    );
    if ('look' in answer) return answer.look;
    throw lookProblem(answer);
  }

  async #oneOfFew<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= mostLooks) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }
}

function noSite(): Problem {
  return new Problem('conflict', 'this service has no site: start it with --site SITE.yaml -i INVENTORY');
}
