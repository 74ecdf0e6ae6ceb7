/** Account of jobs that look after a registry, in its log. */
export const upkeepSubject = 'provision-upkeep';

/** Access of a collection of garbage, as the embedded registry names it. */
export const upkeepAccess = { type: 'registry', name: 'provision', actions: ['*'] };
