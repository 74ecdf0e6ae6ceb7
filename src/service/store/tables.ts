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
  /** Text by whose bytes tags sort as versions. */
  readonly version_key: string;
  /** Bytes of its image, an index with all its images; 0: it was not read yet. */
  readonly bytes: number;
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
  readonly cause: 'push' | 'delete' | 'reconciled' | 'restored';
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
  /** The same, with what the images of an index name. */
  readonly whole_size: number;
  /** 1: its configuration was read, and who its parts are about. */
  readonly is_detailed: number;
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
  /** `attestation-manifest` (BuildKit: `vnd.docker.reference.type`); empty: it is about no other part. */
  readonly reference_type: string;
  /** Part that it is about. */
  readonly reference_digest: string;
}

/** Configuration of an image, of which much is too long to keep it all. */
export interface ImageConfigRow {
  readonly manifest: string;
  /** JSON. */
  readonly config: string;
  /** JSON, the oldest first. */
  readonly history: string;
  readonly is_truncated: number;
}

/** Deletion that can be undone. */
export interface RemovalRow {
  readonly id: string;
  readonly registry: string;
  readonly repository: string;
  /** Image that was deleted, or that the tag led to. */
  readonly digest: string;
  /** Tags that went, JSON. */
  readonly tags: string;
  readonly kind: 'tag' | 'image' | 'repository' | 'filter';
  readonly actor: string;
  /** Manifest at the registry that keeps the blobs; null: there is none. */
  readonly holder: string | null;
  readonly at: number;
  readonly until: number;
  readonly bytes: number;
}

/** Manifest that a deletion took along. */
export interface KeptManifestRow {
  readonly removal: string;
  /** Order in which they are put back. */
  readonly position: number;
  readonly digest: string;
  readonly media_type: string;
  /** Its bytes, base64. */
  readonly content: string;
  /** Tags of it beside those of the image: `sha256-….sig`, JSON. */
  readonly tags: string;
}

/** Image of the first registry's protocol: a layer of a manifest, under a name that is made of those below it. */
export interface V1LayerRow {
  readonly id: string;
  readonly manifest: string;
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
  readonly kind:
    | 'provision'
    | 'check'
    | 'sync'
    | 'retain'
    | 'gc'
    | 'backup'
    | 'reconcile'
    | 'publish'
    | 'upload'
    | 'withdraw';
  /** Registry, or `VENDOR/APP`, that it is about; empty: the site. */
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

/** Event of the outbox. */
export interface ServiceEventRow {
  readonly number: Generated<number>;
  readonly id: string;
  /** ServiceEventKind. */
  readonly kind: string;
  readonly subject: string;
  /** Empty: it is about none. */
  readonly registry: string;
  readonly repository: string;
  readonly at: number;
  readonly actor: string;
  /** JSON. */
  readonly data: string;
  /** 1: deliveries of it are written. */
  readonly is_read: Generated<number>;
}

/** Address that hears of events. */
export interface WebhookRow {
  readonly id: string;
  readonly name: string;
  /** Account for which it hears: events that this may not see are not sent. */
  readonly account_id: string;
  /** Empty: of all registries. */
  readonly registry: string;
  /** `team/app`; `team/`: all below it; empty: all. */
  readonly path: string;
  /** ServiceEventKind, JSON; an empty list: all. */
  readonly kinds: string;
  readonly format: string;
  /** Empty: the format has none. */
  readonly template: string;
  readonly template_type: 'json' | 'text';
  /** URL, sealed: it may hold a secret. */
  readonly address: string;
  /** Secrets of signatures with their ends, JSON, sealed. */
  readonly secrets: string;
  /** Headers by name, JSON, sealed. */
  readonly headers: string;
  readonly is_enabled: number;
  /** Empty: somebody disabled it, or nobody did. */
  readonly disabled_why: string;
  readonly disabled_at: number | null;
  /** First failure since it took something last. */
  readonly failing_since: number | null;
  readonly created_at: number;
  readonly created_by: string;
  readonly version: number;
}

/** Event that is sent to a webhook. */
export interface WebhookDeliveryRow {
  readonly number: Generated<number>;
  readonly webhook: string;
  /** Identifier that all tries have (`webhook-id`). */
  readonly id: string;
  /** Identifier of the event. */
  readonly event: string;
  readonly kind: string;
  readonly subject: string;
  readonly registry: string;
  readonly repository: string;
  /** Hosts that the event is about, JSON. */
  readonly hosts: string;
  /** Deliveries of one lane are sent one after another; empty: it waits for none. */
  readonly lane: string;
  readonly state: 'waiting' | 'delivered' | 'failed';
  /** Reason for which it was given up. */
  readonly why: string;
  readonly content_type: string;
  readonly body: string;
  /** Service that tries it. */
  readonly leased_by: string;
  readonly event_at: number;
  readonly created_at: number;
  /** Tries that have ended since it was asked for. */
  readonly tries: number;
  readonly next_at: number | null;
  readonly leased_until: number | null;
  readonly ended_at: number | null;
}

/** Try of a delivery that has ended. */
export interface WebhookTryRow {
  readonly number: Generated<number>;
  readonly delivery: string;
  /** JSON, without secrets. */
  readonly request_headers: string;
  readonly response_headers: string;
  /** First bytes of it. */
  readonly response_body: string;
  /** Empty: there was an answer. */
  readonly error: string;
  readonly at: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly status: number | null;
}

/** Notice that was given, and is not given again. */
export interface GivenNoticeRow {
  readonly name: string;
  readonly at: number;
}

/** State of a thing beside what the site says. */
interface DriftColumns {
  readonly state: 'as-wanted' | 'differs' | 'unknown';
  /** Time since which it is in this state. */
  readonly since: number;
  /** Time since which it differs: it stays while nobody can look. Null: it does not. */
  readonly differs_since: number | null;
  /** Last look that said how it is. */
  readonly looked_at: number | null;
  /** Reason for which it is not known; empty: it is. */
  readonly reason: '' | 'unreachable' | 'failed';
  /** Tasks that found a difference, JSON: the first of `task_count`. */
  readonly tasks: string;
  readonly task_count: number;
  readonly job: string | null;
}

export interface HostDriftRow extends DriftColumns {
  readonly host: string;
}

/** Drift of a registry of `registries.yaml`. */
export interface RegistryDriftRow extends DriftColumns {
  readonly registry: string;
  readonly host: string;
  /** Fields that the host was last found to agree with, JSON. */
  readonly measured: string | null;
  readonly measured_at: number | null;
}

/** Host of a registry that has several, as the last look found it. */
export interface ReplicaMemberRow {
  readonly registry: string;
  readonly host: string;
  readonly role: 'writer' | 'replica';
  readonly state: 'agree' | 'differ' | 'unknown';
  readonly error: string;
  readonly is_reachable: number;
  readonly since: number;
  readonly missing: number;
  readonly other: number;
  readonly extra: number;
  /** 1: all tags were compared. */
  readonly is_complete: number;
  /** 1: others were told that it differs, and not yet that it agrees again. */
  readonly is_told: number;
  readonly looked_at: number | null;
  /** Time of the oldest push that it has not. */
  readonly lag_since: number | null;
}

/** Tag that a replica has not as the writer has it. */
export interface ReplicaTagRow {
  readonly registry: string;
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
  readonly problem: 'missing' | 'other' | 'extra';
  readonly wanted: string | null;
  readonly found: string | null;
  readonly since: number;
}

/** Repository that an account has starred. */
export interface StarRow {
  readonly account_id: string;
  readonly repository_id: string;
  readonly created_at: number;
}

/** Text in Markdown, and the HTML that was made of it. */
interface MarkdownRow {
  readonly source: string;
  readonly html: string;
  /** Version of the program that made the HTML; of another than today's, it is made again. */
  readonly html_version: number;
}

export interface CommentRow extends MarkdownRow {
  readonly number: Generated<number>;
  readonly repository_id: string;
  /** Empty: it is about the repository. */
  readonly tag: string;
  /** Account, which may be deleted by now. */
  readonly account_id: string;
  readonly author: string;
  readonly created_at: number;
  readonly edited_at: number | null;
}

export interface ReadmeRow extends MarkdownRow {
  readonly repository_id: string;
  readonly written_by: string;
  readonly written_at: number;
  readonly version: number;
}

/** Notice that is shown at the repositories of a path. */
export interface NoticeRow extends MarkdownRow {
  readonly id: string;
  /** Empty: of all registries. */
  readonly registry: string;
  readonly path: string;
  readonly level: 'info' | 'warning' | 'deprecated';
  /** Null: until it is deleted. */
  readonly until: number | null;
  readonly created_at: number;
  readonly created_by: string;
}

/** Texts that an account wrote in an hour. */
export interface WrittenTextsRow {
  readonly account_id: string;
  /** Hours since 1970. */
  readonly hour: number;
  readonly count: number;
}

/** Last look at what a mirror mirrors. */
export interface MirrorLookRow {
  readonly registry: string;
  readonly upstream: string;
  readonly ended_at: number;
  readonly succeeded_at: number | null;
  readonly requests: number;
  /** Repositories that were compared in it. */
  readonly repositories: number;
  /** 1: there was more to compare; the next look goes on with that. */
  readonly is_partial: number;
  /** Empty: it succeeded. */
  readonly error: string;
}

/** Last look at a repository of what a mirror mirrors. */
export interface MirrorRepositoryRow {
  readonly registry: string;
  readonly repository: string;
  readonly looked_at: number;
  /** Empty: it succeeded. */
  readonly error: string;
}

/** Tag that a mirror does not have as its upstream does. */
export interface MirrorDifferenceRow {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly kind: 'missing' | 'other' | 'extra';
  readonly upstream_digest: string | null;
  readonly own_digest: string | null;
  /** Time of the look that found it first. */
  readonly since: number;
}

/** Tables by their names. */
export interface Tables {
  service_instances: ServiceInstanceRow;
  jobs: JobRow;
  job_hosts: JobHostRow;
  job_locks: JobLockRow;
  schedules: ScheduleRow;
  job_grants: JobGrantRow;
  service_events: ServiceEventRow;
  host_drift: HostDriftRow;
  registry_drift: RegistryDriftRow;
  replica_members: ReplicaMemberRow;
  replica_tags: ReplicaTagRow;
  stars: StarRow;
  comments: CommentRow;
  readmes: ReadmeRow;
  notices: NoticeRow;
  written_texts: WrittenTextsRow;
  mirror_looks: MirrorLookRow;
  mirror_repositories: MirrorRepositoryRow;
  mirror_differences: MirrorDifferenceRow;
  webhooks: WebhookRow;
  webhook_deliveries: WebhookDeliveryRow;
  webhook_tries: WebhookTryRow;
  given_notices: GivenNoticeRow;
  repositories: RepositoryRow;
  tags: TagRow;
  tag_history: TagHistoryRow;
  repository_manifests: RepositoryManifestRow;
  manifests: ManifestRow;
  manifest_parts: ManifestPartRow;
  manifest_labels: ManifestLabelRow;
  v1_layers: V1LayerRow;
  image_configs: ImageConfigRow;
  removals: RemovalRow;
  kept_manifests: KeptManifestRow;
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
