/** What is done from time to time. */
export const timerVars = {};
