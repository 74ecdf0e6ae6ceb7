import { isMap } from '../../vars/template/template-value.js';

/** Returns the names that set_fact would give values to: where they are missing is no error of its own. */
export function namesOfFacts(task: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(task).flatMap(([key, facts]) => {
    if (!/^(ansible\.\w+\.)?set_fact$/.test(key)) return [];
    if (isMap(facts)) return Object.keys(facts);
    return typeof facts === 'string' ? [...facts.matchAll(/(?:^|\s)(\w+)\s*=/g)].map(([, name = '']) => name) : [];
  });
}
