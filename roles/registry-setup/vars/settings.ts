/** What the registry's own configuration holds beside storage, TLS and accounts. */
export const settingVars = {};
