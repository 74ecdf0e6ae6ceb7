import { readFileSync } from 'node:fs';
import { reasonOf } from '../../diagnostics/reason.js';

/**
 * Renders the templates that regsync's files hold: `{{env "NAME"}}` and `{{file "PATH"}}`, whose last line end goes
 * (as for a password in a file). Others are refused by name.
 */
export function renderGoTemplate(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): { readonly text: string } | { readonly mistake: string } {
  const mistakes: string[] = [];
  const rendered = text.replace(/\{\{-?\s*(.*?)\s*-?\}\}/gs, (_, action: string) => {
    const [, name = '', double, back] = /^(env|file)\s+(?:"([^"\\]*)"|`([^`]*)`)$/.exec(action) ?? [];
    const argument = double ?? back ?? '';
    if (name === '') mistakes.push(`the template {{${action}}} is not known here: env "NAME" and file "PATH" are`);
    else if (name === 'file') return contentOf(argument, mistakes);
    else if (env[argument] === undefined) mistakes.push(`the variable ${argument} of the environment is not set`);
    return env[argument] ?? '';
  });
  const [mistake] = mistakes;
  return mistake === undefined ? { text: rendered } : { mistake };
}

function contentOf(path: string, mistakes: string[]): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    mistakes.push(`cannot read ${path}: ${reasonOf(error)}`);
    return '';
  }
}
