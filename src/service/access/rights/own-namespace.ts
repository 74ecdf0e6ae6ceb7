import type { AccountRow } from '../../store/tables.js';
import type { RightsStore } from './rights.js';

/** Makes a new user owner of what lies below its name, unless that is somebody's already. */
export async function ownNamespace(rights: RightsStore, { id, name }: AccountRow): Promise<void> {
  const path = `${name}/`;
  if (!(await rights.isFree(path))) return;
  await rights.add({
    subjectKind: 'account',
    subjectId: id,
    registry: '',
    path,
    rule: { role: 'owner' },
    by: 'system',
  });
}
