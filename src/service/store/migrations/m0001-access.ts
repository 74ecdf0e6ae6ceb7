import type { Kysely } from 'kysely';
import type { DatabaseKind } from '../database.js';
import { TableMaker } from './table-maker.js';

/** Makes the tables of accounts, rights and the audit. */
// biome-ignore lint/suspicious/noExplicitAny: see TableMaker.
export async function makeAccessTables(db: Kysely<any>, kind: DatabaseKind): Promise<void> {
  const table = (name: string) => new TableMaker(db, kind, name);
  const index = (name: string, on: string, ...columns: string[]) =>
    db.schema.createIndex(name).on(on).columns(columns).execute();

  await table('accounts')
    .texts('id', 'kind', 'source', 'full_name', 'email')
    .text('name', (column) => column.unique())
    .optionalTexts('external_id', 'password_hash')
    .numbers('is_admin', 'is_disabled', 'created_at', 'version')
    .optionalNumbers('expires_at', 'last_login_at')
    .make('id');
  await table('groups')
    .texts('id', 'description', 'source')
    .text('name', (column) => column.unique())
    .numbers('created_at', 'version')
    .make('id');
  await table('group_members')
    .owner('group_id', 'groups')
    .owner('account_id', 'accounts')
    .make('group_id', 'account_id');
  await index('group_members_by_account', 'group_members', 'account_id');
  await table('access_tokens')
    .texts('id', 'label', 'api')
    .owner('account_id', 'accounts')
    .text('hash', (column) => column.unique())
    .optionalTexts('repositories', 'last_used_from')
    .numbers('created_at')
    .optionalNumbers('expires_at', 'last_used_at')
    .make('id');
  await index('access_tokens_by_account', 'access_tokens', 'account_id');
  await table('logins')
    .texts('id', 'service', 'client', 'address')
    .owner('account_id', 'accounts')
    .optionalTexts('access_token_id')
    .text('hash', (column) => column.unique())
    .numbers('created_at')
    .optionalNumbers('last_used_at')
    .make('id');
  await index('logins_by_account', 'logins', 'account_id');
  await table('sessions')
    .texts('id', 'address', 'user_agent')
    .owner('account_id', 'accounts')
    .numbers('created_at', 'used_at')
    .make('id');
  await index('sessions_by_account', 'sessions', 'account_id');
  await table('grants')
    .texts('id', 'subject_kind', 'subject_id', 'registry', 'path', 'created_by')
    .optionalTexts('role', 'denied')
    .numbers('created_at')
    .make('id');
  await index('grants_by_subject', 'grants', 'subject_kind', 'subject_id');
  await table('visibilities').texts('registry', 'path', 'visibility').make('registry', 'path');
  await table('failed_logins')
    .texts('account', 'network')
    .numbers('failures', 'blocked_until')
    .make('account', 'network');
  await table('audit')
    .counter('id')
    .numbers('at')
    .texts('actor', 'actor_kind', 'means', 'address', 'user_agent', 'request_id', 'verb', 'object', 'outcome')
    .texts('reason', 'detail')
    .make();
  await index('audit_by_time', 'audit', 'at');
  await table('sealed').texts('name', 'value').make('name');
  await table('idempotency')
    .texts('key', 'account_id', 'fingerprint', 'headers', 'body')
    .optionalNumbers('status')
    .numbers('created_at')
    .make('account_id', 'key');
}
