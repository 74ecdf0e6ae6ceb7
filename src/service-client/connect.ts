import { followJob } from './follow-job.js';
import { type HubCalls, hubCalls, type IndexedRepository, repositoryPath } from './hub-calls.js';
import { type QueryValues, type RequestMore, type ServiceAddress, ServiceRequests } from './requests.js';
import type {
  IssuedServiceToken,
  IssuedServiceWebhook,
  NewServiceGrant,
  NewServiceJob,
  NewServiceJobGrant,
  NewServicePlan,
  NewServiceRegistry,
  NewServiceRemovals,
  NewServiceRobot,
  NewServiceSchedule,
  NewServiceToken,
  NewServiceUser,
  NewServiceVisibility,
  NewServiceWebhook,
  RemovedServiceImages,
  RemovedServiceTag,
  RestoredServiceImage,
  RestoredServiceTag,
  ServiceAuditEvent,
  ServiceDelivery,
  ServiceDriftedHost,
  ServiceExplanation,
  ServiceGrant,
  ServiceGroup,
  ServiceHealthReport,
  ServiceHost,
  ServiceHostDetails,
  ServiceImage,
  ServiceImageRemoval,
  ServiceJob,
  ServiceJobEvent,
  ServiceJobGrant,
  ServicePlan,
  ServiceReferrerContent,
  ServiceRegistry,
  ServiceRegistryChanges,
  ServiceRemovals,
  ServiceReplicas,
  ServiceRepository,
  ServiceRestorable,
  ServiceRetentionPreview,
  ServiceRetentionRules,
  ServiceRobot,
  ServiceRobotChanges,
  ServiceRoleInputs,
  ServiceSchedule,
  ServiceSearchHit,
  ServiceStorage,
  ServiceTag,
  ServiceTagMove,
  ServiceToken,
  ServiceUser,
  ServiceUserChanges,
  ServiceVisibility,
  ServiceWebhook,
  ServiceWebhookChanges,
  ShownServiceDelivery,
  SizedServiceRepository,
} from './service-types.js';

export type { HubCalls, IndexedRepository } from './hub-calls.js';
export type { ServiceAddress } from './requests.js';
export { ServiceAway, ServiceProblem } from './service-problem.js';
export type * from './service-types.js';

/** Wishes of a request that makes a job. */
export interface JobWishes {
  /** Seconds to wait for its end, at most 60. Default: the answer comes at once. */
  readonly wait?: number | undefined;
  /** Only say what it would do: a job of the kind `check`. */
  readonly dryRun?: boolean | undefined;
}

/** Choice of tags, and their order. */
export interface TagsQuery {
  readonly sort?: string;
  /** Text that the name holds. */
  readonly q?: string;
  readonly platform?: string;
  /** Time, RFC 3339. */
  readonly pushedBefore?: string;
  readonly pushedAfter?: string;
  readonly attached?: boolean;
}

/** Options of a deletion. */
export interface RemovalOptions {
  /** It can't be brought back. */
  readonly forGood?: boolean;
}

/** API of a service (`provision serve`). Each call throws ServiceProblem where the service refuses. */
export interface ServiceClient {
  /** Makes the first account, by the token that the service printed. */
  setup(token: string, user: Pick<NewServiceUser, 'name' | 'password' | 'fullName' | 'email'>): Promise<ServiceUser>;
  /** Returns the account by which this client acts. */
  whoami(): Promise<ServiceUser>;
  readonly users: {
    list(): AsyncGenerator<ServiceUser>;
    get(name: string): Promise<ServiceUser>;
    create(user: NewServiceUser): Promise<ServiceUser>;
    change(name: string, changes: ServiceUserChanges): Promise<ServiceUser>;
    delete(name: string): Promise<void>;
    /** Ends the delay of logins after wrong passwords. */
    unlock(name: string): Promise<void>;
  };
  readonly groups: {
    list(): AsyncGenerator<ServiceGroup>;
    get(name: string): Promise<ServiceGroup>;
    create(group: { readonly name: string; readonly description?: string }): Promise<ServiceGroup>;
    delete(name: string): Promise<void>;
    addMember(name: string, account: string): Promise<void>;
    removeMember(name: string, account: string): Promise<void>;
  };
  readonly robots: {
    list(): AsyncGenerator<ServiceRobot>;
    get(name: string): Promise<ServiceRobot>;
    create(robot: NewServiceRobot): Promise<ServiceRobot>;
    change(name: string, changes: ServiceRobotChanges): Promise<ServiceRobot>;
    delete(name: string): Promise<void>;
    /** Makes an access token of a robot. */
    createToken(name: string, token: NewServiceToken): Promise<IssuedServiceToken>;
  };
  /** Access tokens of the account by which this client acts. */
  readonly tokens: {
    list(): Promise<ServiceToken[]>;
    create(token: NewServiceToken): Promise<IssuedServiceToken>;
    delete(id: string): Promise<void>;
  };
  readonly grants: {
    list(): Promise<ServiceGrant[]>;
    create(grant: NewServiceGrant): Promise<ServiceGrant>;
    delete(id: string): Promise<void>;
  };
  readonly visibilities: {
    list(): Promise<ServiceVisibility[]>;
    set(rule: NewServiceVisibility): Promise<void>;
  };
  /** Says why an account may do something with a repository, or not. */
  explain(query: {
    readonly account: string;
    readonly repository: string;
    readonly action: string;
    readonly registry?: string;
  }): Promise<ServiceExplanation>;
  audit(query?: QueryValues): AsyncGenerator<ServiceAuditEvent>;
  readonly registries: {
    list(): Promise<ServiceRegistry[]>;
    get(name: string): Promise<ServiceRegistry>;
    create(registry: NewServiceRegistry, wishes?: JobWishes): Promise<ServiceJob>;
    change(name: string, changes: ServiceRegistryChanges, wishes?: JobWishes): Promise<ServiceJob>;
    delete(name: string, wishes?: JobWishes): Promise<ServiceJob>;
    /** Checks the host of a registry: a plan, which `jobs.approve` carries out. */
    plan(name: string, plan?: NewServicePlan, wishes?: Pick<JobWishes, 'wait'>): Promise<ServiceJob>;
    /** Compares the hosts of a registry that has several. */
    replicas(name: string): Promise<ServiceReplicas>;
  };
  readonly hosts: {
    list(): Promise<ServiceHost[]>;
    get(name: string): Promise<ServiceHostDetails>;
    /** Checks a host: a plan, which `jobs.approve` carries out. */
    plan(name: string, plan?: NewServicePlan, wishes?: Pick<JobWishes, 'wait'>): Promise<ServiceJob>;
  };
  /** Lists hosts that differ from what the site says, those that came to it last first. */
  drift(query?: QueryValues): AsyncGenerator<ServiceDriftedHost>;
  /** Returns how each part of the service is, and what to do. */
  health(): Promise<ServiceHealthReport>;
  /** Returns what the roles of the site take: the variables that a job may set. */
  roles(): Promise<ServiceRoleInputs[]>;
  readonly jobs: {
    list(query?: QueryValues): AsyncGenerator<ServiceJob>;
    get(id: string): Promise<ServiceJob>;
    create(job: NewServiceJob, wishes?: Pick<JobWishes, 'wait'>): Promise<ServiceJob>;
    /** Follows a job to its end: events, each once and in order after any cut; returns the job. */
    follow(id: string, signal?: AbortSignal): AsyncGenerator<ServiceJobEvent, ServiceJob>;
    /** Waits for the end of a job. */
    ended(id: string, signal?: AbortSignal): Promise<ServiceJob>;
    /** Ends a job: no more tasks; a second time, at once. */
    cancel(id: string): Promise<ServiceJob>;
    retry(id: string, hosts?: 'failed' | 'all'): Promise<ServiceJob>;
    /** Carries out just what a check found; refused with 412 where the hosts have changed since. */
    approve(id: string): Promise<ServiceJob>;
    /** Returns what a check found. */
    plan(id: string): Promise<ServicePlan>;
  };
  readonly schedules: {
    list(): Promise<ServiceSchedule[]>;
    get(id: string): Promise<ServiceSchedule>;
    create(schedule: NewServiceSchedule): Promise<ServiceSchedule>;
    change(id: string, changes: Partial<NewServiceSchedule>): Promise<ServiceSchedule>;
    delete(id: string): Promise<void>;
    start(id: string): Promise<ServiceJob>;
  };
  readonly jobGrants: {
    list(): Promise<ServiceJobGrant[]>;
    create(grant: NewServiceJobGrant): Promise<ServiceJobGrant>;
    delete(id: string): Promise<void>;
  };
  readonly webhooks: {
    list(): AsyncGenerator<ServiceWebhook>;
    get(id: string): Promise<ServiceWebhook>;
    create(webhook: NewServiceWebhook): Promise<IssuedServiceWebhook>;
    change(id: string, changes: ServiceWebhookChanges): Promise<ServiceWebhook>;
    delete(id: string): Promise<void>;
    /** Makes a new secret; the former one signs as well for so many seconds. Default: a day. */
    rotateSecret(id: string, keepFormer?: number): Promise<IssuedServiceWebhook>;
    /** Sends a test, once, and waits for its end. @param wait seconds */
    test(id: string, wait?: number): Promise<ShownServiceDelivery>;
    deliveries(id: string): AsyncGenerator<ServiceDelivery>;
    delivery(id: string, delivery: string): Promise<ShownServiceDelivery>;
    /** Sends a delivery again, with the same id. */
    redeliver(id: string, delivery: string): Promise<ShownServiceDelivery>;
  };
  readonly images: {
    repositories(query?: {
      readonly registry?: string;
      readonly q?: string;
      readonly sort?: string;
    }): AsyncGenerator<ServiceRepository>;
    repository(place: IndexedRepository): Promise<SizedServiceRepository>;
    /** Lists tags, by name or in another order: `-version`, `-pushed`, `pulled`, `size`. */
    tags(place: IndexedRepository, query?: TagsQuery): AsyncGenerator<ServiceTag>;
    /** Lists what a tag was before, newest first. */
    history(place: IndexedRepository, tag: string): Promise<ServiceTagMove[]>;
    /** Deletes a tag; its image stays, and is told with the tags that still lead to it. */
    removeTag(place: IndexedRepository, tag: string, options?: RemovalOptions): Promise<RemovedServiceTag>;
    /** Deletes an image. Tags that lead to it prevent that, unless `withTags` deletes them as well. */
    removeImage(
      place: IndexedRepository,
      digest: string,
      options?: RemovalOptions & { readonly withTags?: boolean },
    ): Promise<RemovedServiceImages>;
    /** Shows what the deletion of an image would take along. */
    previewRemoval(place: IndexedRepository, digest: string): Promise<ServiceImageRemoval>;
    /** Deletes a repository with all its images. */
    removeRepository(place: IndexedRepository, options?: RemovalOptions): Promise<RemovedServiceImages>;
    /** Says which tags a filter names; with `dryRun: false` and the token of that as `expected`, deletes them. */
    removeMatching(place: IndexedRepository, body: NewServiceRemovals): Promise<ServiceRemovals>;
    /** Lists what was deleted and can be brought back, the newest first. */
    removed(place: IndexedRepository): AsyncGenerator<ServiceRestorable>;
    /** Brings a deleted tag back; without a digest, as it was last. */
    restoreTag(place: IndexedRepository, tag: string, digest?: string): Promise<RestoredServiceTag>;
    /** Moves a tag to an image that it led to before. */
    revertTag(place: IndexedRepository, tag: string, digest: string): Promise<RestoredServiceTag>;
    /** Brings a deleted image back, with its tags. */
    restoreImage(place: IndexedRepository, digest: string): Promise<RestoredServiceImage>;
    image(place: IndexedRepository, digest: string): Promise<ServiceImage>;
    /** Reads a signature, a list of packages or a provenance of an image. Nothing of it is verified. */
    referrerContent(place: IndexedRepository, digest: string, referrer: string): Promise<ServiceReferrerContent>;
    /** Shows which tags rules of retention would keep, repository by repository. */
    previewRetention(
      registry: string,
      retention: ServiceRetentionRules,
      repository?: string,
    ): AsyncGenerator<ServiceRetentionPreview>;
    /** Shows how much registries, prefixes and repositories hold: for administrators. */
    storage(query?: {
      readonly registry?: string;
      readonly prefix?: string;
      readonly limit?: number;
    }): Promise<ServiceStorage>;
    /** Finds repositories, tags and images: `tag:1.2 platform:linux/arm64`. */
    search(q: string): AsyncGenerator<ServiceSearchHit>;
  };
  /** Calls about what people say of repositories, who works on them, and mirrors. */
  readonly hub: HubCalls;
  /** Sends any request of the API: `GET /api/v1/audit`. */
  request<Answer>(request: string, body?: unknown, more?: RequestMore): Promise<Answer>;
}

/** Makes a client of a service; nothing is sent yet. @throws Error for an address that is none */
export function connect(address: ServiceAddress): ServiceClient {
  const requests = new ServiceRequests(address);
  const send: ServiceClient['request'] = (request, body, more) => requests.send(request, body, more);
  const one = (collection: string, name: string) => `/api/v1/${collection}/${encodeURIComponent(name)}`;
  const started = (request: string, body: unknown, { wait, dryRun }: JobWishes = {}) =>
    send<ServiceJob>(request, body, {
      query: { dryRun: dryRun === true ? true : undefined },
      headers: wait === undefined ? {} : { Prefer: `wait=${wait}` },
    });
  /** Calls that several kinds of things have alike. */
  const things = <Thing, New, Changes>(collection: string) => ({
    get: (name: string) => send<Thing>(`GET ${one(collection, name)}`),
    create: (thing: New) => send<Thing>(`POST /api/v1/${collection}`, thing),
    change: (name: string, changes: Changes) => send<Thing>(`PATCH ${one(collection, name)}`, changes),
    delete: (name: string) => send<void>(`DELETE ${one(collection, name)}`),
  });
  const paged = <Item>(collection: string) => ({ list: () => requests.pages<Item>(`/api/v1/${collection}`) });
  const whole = <Item>(collection: string) => ({ list: () => requests.items<Item>(`/api/v1/${collection}`) });
  const tagOf = (place: IndexedRepository, tag: string) => `${repositoryPath(place)}/tags/${encodeURIComponent(tag)}`;
  const imageOf = (place: IndexedRepository, digest: string) =>
    `${repositoryPath(place)}/images/${encodeURIComponent(digest)}`;
  return {
    request: send,
    setup: (token, user) => send('POST /api/v1/setup', { ...user, token }),
    whoami: () => send('GET /api/v1/session'),
    users: {
      ...paged<ServiceUser>('users'),
      ...things<ServiceUser, NewServiceUser, ServiceUserChanges>('users'),
      unlock: (name) => send(`POST ${one('users', name)}/unlock`),
    },
    groups: {
      ...paged<ServiceGroup>('groups'),
      ...things<ServiceGroup, unknown, never>('groups'),
      addMember: (name, account) => send(`PUT ${one('groups', name)}/members/${encodeURIComponent(account)}`),
      removeMember: (name, account) => send(`DELETE ${one('groups', name)}/members/${encodeURIComponent(account)}`),
    },
    robots: {
      ...paged<ServiceRobot>('robots'),
      ...things<ServiceRobot, NewServiceRobot, ServiceRobotChanges>('robots'),
      createToken: (name, token) => send(`POST ${one('robots', name)}/tokens`, token),
    },
    tokens: { ...whole<ServiceToken>('tokens'), ...things<IssuedServiceToken, NewServiceToken, never>('tokens') },
    grants: { ...whole<ServiceGrant>('grants'), ...things<ServiceGrant, NewServiceGrant, never>('grants') },
    visibilities: {
      ...whole<ServiceVisibility>('visibilities'),
      set: (rule) => send('PUT /api/v1/visibilities', rule),
    },
    explain: (query) => send('GET /api/v1/explain', undefined, { query }),
    audit: (query) => requests.pages('/api/v1/audit', query),
    registries: {
      ...whole<ServiceRegistry>('registries'),
      get: (name) => send(`GET ${one('registries', name)}`),
      create: (registry, wishes) => started('POST /api/v1/registries', registry, wishes),
      change: (name, changes, wishes) => started(`PATCH ${one('registries', name)}`, changes, wishes),
      delete: (name, wishes) => started(`DELETE ${one('registries', name)}`, undefined, wishes),
      plan: (name, plan = {}, wishes) => started(`POST ${one('registries', name)}/plan`, plan, wishes),
      replicas: (name) => send(`GET ${one('registries', name)}/replicas`),
    },
    hosts: {
      ...whole<ServiceHost>('hosts'),
      get: (name) => send(`GET ${one('hosts', name)}`),
      plan: (name, plan = {}, wishes) => started(`POST ${one('hosts', name)}/plan`, plan, wishes),
    },
    drift: (query) => requests.pages('/api/v1/drift', query),
    health: () => send('GET /api/v1/health'),
    roles: () => requests.items('/api/v1/site/roles'),
    jobs: {
      list: (query) => requests.pages('/api/v1/jobs', query),
      get: (id) => send(`GET ${one('jobs', id)}`),
      create: (job, wishes) => started('POST /api/v1/jobs', job, wishes),
      follow: (id, signal) => followJob(requests, id, signal),
      ended: async (id, signal) => {
        const events = followJob(requests, id, signal);
        for (let turn = await events.next(); ; turn = await events.next()) if (turn.done === true) return turn.value;
      },
      cancel: (id) => send(`POST ${one('jobs', id)}/cancel`),
      retry: (id, hosts = 'failed') => send(`POST ${one('jobs', id)}/retry`, { hosts }),
      approve: (id) => send(`POST ${one('jobs', id)}/approve`),
      plan: (id) => send(`GET ${one('jobs', id)}/plan`),
    },
    schedules: {
      ...whole<ServiceSchedule>('schedules'),
      ...things<ServiceSchedule, NewServiceSchedule, Partial<NewServiceSchedule>>('schedules'),
      start: (id) => send(`POST ${one('schedules', id)}/start`),
    },
    jobGrants: {
      ...whole<ServiceJobGrant>('job-grants'),
      ...things<ServiceJobGrant, NewServiceJobGrant, never>('job-grants'),
    },
    webhooks: {
      ...paged<ServiceWebhook>('webhooks'),
      get: (id) => send(`GET ${one('webhooks', id)}`),
      create: (webhook) => send('POST /api/v1/webhooks', webhook),
      change: (id, changes) => send(`PATCH ${one('webhooks', id)}`, changes),
      delete: (id) => send(`DELETE ${one('webhooks', id)}`),
      rotateSecret: (id, keepFormer = 86_400) => send(`POST ${one('webhooks', id)}/rotate-secret`, { keepFormer }),
      test: (id, wait = 15) =>
        send(`POST ${one('webhooks', id)}/test`, undefined, { headers: { Prefer: `wait=${wait}` } }),
      deliveries: (id) => requests.pages(`${one('webhooks', id)}/deliveries`),
      delivery: (id, delivery) => send(`GET ${one('webhooks', id)}/deliveries/${encodeURIComponent(delivery)}`),
      redeliver: (id, delivery) =>
        send(`POST ${one('webhooks', id)}/deliveries/${encodeURIComponent(delivery)}/redeliver`),
    },
    images: {
      repositories: (query) => requests.pages('/api/v1/repositories', query),
      repository: (place) => send(`GET ${repositoryPath(place)}`),
      tags: (place, query = {}) => requests.pages(`${repositoryPath(place)}/tags`, { ...query }),
      history: (place, tag) => requests.items(`${tagOf(place, tag)}/history`),
      removeTag: (place, tag, { forGood } = {}) =>
        send(`DELETE ${tagOf(place, tag)}`, undefined, { query: { forGood } }),
      removeImage: (place, digest, { withTags = false, forGood } = {}) =>
        send(`DELETE ${imageOf(place, digest)}`, undefined, { query: { withTags, forGood } }),
      previewRemoval: (place, digest) => send(`GET ${imageOf(place, digest)}/removal`),
      removeRepository: (place, { forGood } = {}) =>
        send(`DELETE ${repositoryPath(place)}`, undefined, { query: { forGood } }),
      removeMatching: (place, body) => send(`POST ${repositoryPath(place)}/removals`, body),
      removed: (place) => requests.pages(`${repositoryPath(place)}/removed`),
      restoreTag: (place, tag, digest) =>
        send(`POST ${tagOf(place, tag)}/restore`, digest === undefined ? {} : { digest }),
      revertTag: (place, tag, digest) => send(`POST ${tagOf(place, tag)}/revert`, { digest }),
      restoreImage: (place, digest) => send(`POST ${imageOf(place, digest)}/restore`),
      image: (place, digest) => send(`GET ${imageOf(place, digest)}`),
      referrerContent: (place, digest, referrer) =>
        send(`GET ${imageOf(place, digest)}/referrers/${encodeURIComponent(referrer)}/content`),
      previewRetention: (registry, retention, name) =>
        requests.postedPages(`/api/v1/registries/${encodeURIComponent(registry)}/retention/preview`, {
          retention,
          ...(name === undefined ? {} : { repository: name }),
        }),
      storage: (query = {}) => send('GET /api/v1/storage', undefined, { query: { ...query } }),
      search: (q) => requests.pages('/api/v1/search', { q }),
    },
    hub: hubCalls(requests),
  };
}
