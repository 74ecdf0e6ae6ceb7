/** Colours that the page has. */
export const pageThemes = ['auto', 'light', 'dark'] as const;
