/** Seconds in which a front has to know what was published: it looks at its redirect files once a minute, as Crane does. */
export const usualFrontWait = 90;
