import { instanceClashes } from './errors/instance-clashes.js';
import { settingErrors } from './errors/setting-errors.js';
import { registryVars } from './vars/role-vars.js';

/** The role's variables, checked by themselves and against each other. */
export const vars = registryVars.superRefine((vars, context) => {
  for (const { path, message } of [...instanceClashes(vars), ...settingErrors(vars)])
    context.addIssue({ code: 'custom', path: [...path], message });
});
