import type { ServiceGrant } from '../../../../../src/service-client/service-types.js';
import { usePlace } from '../../../kernel/place.js';
import { Badge } from '../../../parts/badge.js';

/** Names the repositories that a right is about. */
export function PathWords({ path }: { readonly path: string }) {
  const { t } = usePlace();
  if (path === '') return <>{t('access.all-repositories')}</>;
  return <code title={path.endsWith('/') ? t('access.all-below', { path }) : undefined}>{path}</code>;
}

/** Names the registry that a right is about. */
export function RegistryWords({ registry }: { readonly registry: string }) {
  const { t } = usePlace();
  return registry === '' ? <span class="muted">{t('access.all-registries')}</span> : <span>{registry}</span>;
}

/** Names the account or group that has a right, and leads to it. */
export function SubjectWords({ subject: { kind, name } }: Pick<ServiceGrant, 'subject'>) {
  const { t, session } = usePlace();
  const isRobot = kind === 'account' && name.includes('+');
  const area = kind === 'group' ? 'groups' : isRobot ? 'robots' : 'users';
  const mayLook = session?.admin === true || isRobot;
  return (
    <>
      {mayLook ? <a href={`/access/${area}/${encodeURIComponent(name)}`}>{name}</a> : name}
      {kind === 'group' && <span class="muted"> {t('access.group')}</span>}
    </>
  );
}

/** Names a role, or what is denied. */
export function RuleWords({ role, denied }: Pick<ServiceGrant, 'role' | 'denied'>) {
  const { t } = usePlace();
  if (role !== null) return <Badge tone={role === 'owner' ? 'busy' : 'plain'}>{t(`access.role.${role}`)}</Badge>;
  return (
    <>
      <Badge tone="bad">{t('access.denied')}</Badge>{' '}
      {(denied ?? []).map((action) => t(`access.action.${action}`)).join(', ')}
    </>
  );
}
