import { instanceClashes } from './errors/instance-clashes.js';
import { settingErrors } from './errors/setting-errors.js';
import { instanceEntries } from './instance/entries.js';
import { hasSettings } from './vars/instance.js';
import { registryVars } from './vars/role-vars.js';

/** The role's variables, checked by themselves and against each other. */
export const vars = registryVars.superRefine((vars, context) => {
  // Values that are refused by themselves, such as a password that is too long, make no registry to compare.
  if (instanceEntries(vars)?.some(({ entry }) => !hasSettings(entry, vars))) return;
  for (const { path, message } of [...instanceClashes(vars), ...settingErrors(vars)])
    context.addIssue({ code: 'custom', path: [...path], message });
});
