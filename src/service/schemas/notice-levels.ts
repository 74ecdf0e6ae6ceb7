/** Levels of notices, the strongest last. */
export const noticeLevels = ['info', 'warning', 'deprecated'] as const;
