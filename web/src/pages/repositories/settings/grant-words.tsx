import { usePlace } from '../../../kernel/place.js';
import type { Collaborator } from '../hub/hub-types.js';

type Grant = Collaborator['through'][number];

/** Says in words what a grant gives or denies, to whom, and where. */
export function GrantWords({ grant: { subject, path, role, denied } }: { readonly grant: Grant }) {
  const { t } = usePlace();
  const where = path === '' ? t('collaborators.everywhere') : path;
  const who = t(subject.kind === 'group' ? 'collaborators.group' : 'collaborators.own', { name: subject.name });
  return (
    <span>
      {role === null
        ? t('collaborators.denied', {
            who,
            actions: (denied ?? []).map((action) => t(`action.${action}`)).join(', '),
            path: where,
          })
        : t('collaborators.granted', { who, role: t(`access.role.${role}`), path: where })}
    </span>
  );
}
