import type { Generated } from 'kysely';

/*
 * Tables of the service, as kysely types them. Times are milliseconds since 1970, switches 0 or 1, lists and objects JSON in a
 * text: both databases have these in the same way.
 */

export interface AccountRow {
  readonly id: string;
  /** Unique; small letters. A robot's has a `+`: `team+ci`. */
  readonly name: string;
  readonly kind: 'user' | 'robot';
  /** Directory that knows the password. */
  readonly source: 'local' | 'ldap' | 'oidc';
  /** Its identifier there (`id:…`, `hex:…`, `dn:…`), or issuer and subject. Null: it has not logged in yet, or is local. */
  readonly external_id: string | null;
  readonly full_name: string;
  readonly email: string;
  /** Null: no password opens it. */
  readonly password_hash: string | null;
  readonly is_admin: number;
  readonly is_disabled: number;
  readonly expires_at: number | null;
  readonly created_at: number;
  readonly last_login_at: number | null;
  /** Time at which its directory was last asked for it. */
  readonly checked_at: number | null;
  /** Time since which its directory has no such user; null: it has, or the account is local. */
  readonly gone_at: number | null;
  /** Changes with each write: the entity tag. */
  readonly version: number;
}

export interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** `local`: members are kept here; else they come with each login. */
  readonly source: 'local' | 'ldap' | 'oidc';
  readonly created_at: number;
  readonly version: number;
}

export interface GroupMemberRow {
  readonly group_id: string;
  readonly account_id: string;
  /** `local`: somebody put it there; else it came with a login, and goes so. */
  readonly source: GroupRow['source'];
}

export interface AccessTokenRow {
  readonly id: string;
  readonly account_id: string;
  readonly label: string;
  /** SHA-256, hex. */
  readonly hash: string;
  /** Repositories and actions to which it is narrowed, JSON; null: all that the account may. */
  readonly repositories: string | null;
  /** Reach into the API. */
  readonly api: 'none' | 'read' | 'write';
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly last_used_at: number | null;
  readonly last_used_from: string | null;
}

/** Refresh tokens, which docker keeps as identity tokens. */
export interface LoginRow {
  readonly id: string;
  readonly account_id: string;
  /** Access token by which it was asked for; it ends with that. */
  readonly access_token_id: string | null;
  readonly hash: string;
  /** Registry that it is for. */
  readonly service: string;
  readonly client: string;
  readonly address: string;
  readonly created_at: number;
  readonly last_used_at: number | null;
}

export interface SessionRow {
  /** SHA-256 of the cookie, hex. */
  readonly id: string;
  readonly account_id: string;
  readonly address: string;
  readonly user_agent: string;
  readonly created_at: number;
  readonly used_at: number;
}

export interface GrantRow {
  readonly id: string;
  readonly subject_kind: 'account' | 'group';
  readonly subject_id: string;
  /** Empty: of all registries. */
  readonly registry: string;
  /** `team/app`; `team/`: all below it; empty: all. */
  readonly path: string;
  /** RepositoryRole that is given; null where actions are denied. */
  readonly role: string | null;
  /** Actions that are denied, JSON; null where a role is given. */
  readonly denied: string | null;
  readonly created_at: number;
  readonly created_by: string;
}

export interface VisibilityRow {
  readonly registry: string;
  readonly path: string;
  readonly visibility: 'public' | 'internal' | 'private';
}

export interface FailedLoginRow {
  readonly account: string;
  readonly network: string;
  readonly failures: number;
  readonly blocked_until: number;
}

export interface AuditRow {
  readonly id: Generated<number>;
  readonly at: number;
  /** Account, as it was named; empty: nobody's. */
  readonly actor: string;
  readonly actor_kind: string;
  /** Access token, session or login by which it acted. */
  readonly means: string;
  readonly address: string;
  readonly user_agent: string;
  readonly request_id: string;
  readonly verb: string;
  readonly object: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly reason: string;
  /** JSON, without secrets. */
  readonly detail: string;
}

/** Secrets that the service needs itself, sealed with its key file. */
export interface SealedRow {
  readonly name: string;
  readonly value: string;
}

export interface IdempotencyRow {
  readonly key: string;
  readonly account_id: string;
  /** Hash of method, path and body. */
  readonly fingerprint: string;
  /** Null while the request runs. */
  readonly status: number | null;
  readonly headers: string;
  readonly body: string;
  readonly created_at: number;
}

/** Repository of a registry, as the index knows it. */
export interface RepositoryRow {
  readonly id: string;
  readonly registry: string;
  readonly name: string;
  readonly description: string;
  readonly created_at: number;
  readonly pushed_at: number | null;
  readonly pulled_at: number | null;
  readonly pull_count: number;
}

export interface TagRow {
  readonly repository_id: string;
  readonly name: string;
  readonly digest: string;
  readonly pushed_at: number;
  readonly pushed_by: string;
  readonly pulled_at: number | null;
}

/** Move of a tag. */
export interface TagHistoryRow {
  readonly id: Generated<number>;
  readonly repository_id: string;
  readonly tag: string;
  /** Null: it was deleted. */
  readonly digest: string | null;
  readonly at: number;
  readonly actor: string;
  readonly cause: 'push' | 'delete' | 'reconciled';
}

export interface RepositoryManifestRow {
  readonly repository_id: string;
  readonly digest: string;
  readonly pushed_at: number;
  readonly pushed_by: string;
}

/** Content of a manifest; a row is there once it was read. */
export interface ManifestRow {
  readonly digest: string;
  readonly media_type: string;
  readonly artifact_type: string;
  /** `linux/arm64/v8`; empty: an index, or not known. */
  readonly platform: string;
  /** Bytes of the manifest itself. */
  readonly size: number;
  /** Bytes of what it names, each content once, its own too. */
  readonly total_size: number;
  readonly config_digest: string | null;
  /** Image that it is about. */
  readonly subject: string | null;
  readonly created_at: number | null;
  /** JSON. */
  readonly labels: string;
  readonly annotations: string;
}

/** Blob or manifest that a manifest names. */
export interface ManifestPartRow {
  readonly manifest: string;
  readonly position: number;
  readonly digest: string;
  readonly kind: 'config' | 'layer' | 'manifest';
  readonly media_type: string;
  readonly platform: string;
  readonly size: number;
}

/** Label of an image, or annotation of a manifest, as searches find it. */
export interface ManifestLabelRow {
  readonly manifest: string;
  readonly name: string;
  readonly value: string;
}

/** Pulls of an hour. */
export interface PullRow {
  readonly repository_id: string;
  readonly digest: string;
  readonly actor: string;
  /** Hours since 1970. */
  readonly hour: number;
  readonly count: number;
}

/** Notification that was taken: it comes again where its answer was lost. */
export interface RegistryEventRow {
  readonly registry: string;
  readonly id: string;
  readonly received_at: number;
}

/** Last look at a registry as a whole. */
export interface ReconciliationRow {
  readonly registry: string;
  readonly ended_at: number;
  readonly succeeded_at: number | null;
  readonly requests: number;
  /** Empty: it succeeded. */
  readonly error: string;
}

/** Process of the service that uses the database: it is there while it is seen. */
export interface ServiceInstanceRow {
  readonly id: string;
  readonly seen_at: number;
}

export interface JobRow {
  readonly number: Generated<number>;
  readonly id: string;
  readonly kind: 'provision' | 'check' | 'sync' | 'retain' | 'gc' | 'backup' | 'reconcile';
  /** Registry that it is about; empty: the site. */
  readonly subject: string;
  readonly state: 'queued' | 'waiting' | 'running' | 'stopping' | 'done';
  readonly result: 'ok' | 'changed' | 'differs' | 'failed' | 'unreachable' | 'partly' | 'cancelled' | 'lost' | null;
  /** Options, JSON, without secrets. */
  readonly request: string;
  /** Secrets, sealed; null: there are none, or it has ended. */
  readonly sealed: string | null;
  /** Hosts that it locks, JSON. */
  readonly hosts: string;
  /** Result of each host, JSON. */
  readonly summary: string | null;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly created_by: string;
  readonly reason: string;
  /** Job that it repeats, or whose plan it carries out. */
  readonly parent: string | null;
  readonly schedule: string | null;
  /** 1: it begins no more tasks; 2: it ends at once. */
  readonly cancel: number;
  /** Instance of the service that runs it. */
  readonly owner: string;
  readonly pid: number | null;
  readonly problem: string;
  /** Digest of what a check found. */
  readonly plan: string | null;
  readonly not_before: number | null;
  /** Reason for which it waits, JSON. */
  readonly waits_for: string | null;
}

export interface JobHostRow {
  readonly job: string;
  readonly host: string;
  readonly result: string;
}

export interface JobLockRow {
  readonly host: string;
  readonly job: string;
}

export interface ScheduleRow {
  readonly id: string;
  readonly name: string;
  /** Five fields, or six with seconds. */
  readonly cron: string;
  /** Name of a zone: `Europe/Berlin`. */
  readonly zone: string;
  /** Seconds by which a start is put off at most. */
  readonly jitter: number;
  /** Time in which its jobs may start, JSON; null: any. */
  readonly window: string | null;
  /** `one`: one start that was missed is made up for. */
  readonly catch_up: 'none' | 'one';
  readonly is_enabled: number;
  readonly request: string;
  readonly next_at: number | null;
  readonly last_at: number | null;
  readonly last_job: string | null;
  readonly created_at: number;
  readonly created_by: string;
  readonly version: number;
}

/** Right to work on hosts. */
export interface JobGrantRow {
  readonly id: string;
  readonly subject_kind: 'account' | 'group';
  readonly subject_id: string;
  /** Names, `group:NAME` or `*`, JSON. */
  readonly hosts: string;
  /** JSON. */
  readonly verbs: string;
  readonly created_at: number;
  readonly created_by: string;
}

/** Tables by their names. */
export interface Tables {
  service_instances: ServiceInstanceRow;
  jobs: JobRow;
  job_hosts: JobHostRow;
  job_locks: JobLockRow;
  schedules: ScheduleRow;
  job_grants: JobGrantRow;
  repositories: RepositoryRow;
  tags: TagRow;
  tag_history: TagHistoryRow;
  repository_manifests: RepositoryManifestRow;
  manifests: ManifestRow;
  manifest_parts: ManifestPartRow;
  manifest_labels: ManifestLabelRow;
  pulls: PullRow;
  registry_events: RegistryEventRow;
  reconciliations: ReconciliationRow;
  accounts: AccountRow;
  groups: GroupRow;
  group_members: GroupMemberRow;
  access_tokens: AccessTokenRow;
  logins: LoginRow;
  sessions: SessionRow;
  grants: GrantRow;
  visibilities: VisibilityRow;
  failed_logins: FailedLoginRow;
  audit: AuditRow;
  sealed: SealedRow;
  idempotency: IdempotencyRow;
}
