import { readTextFile } from '../../../diagnostics/read-text.js';
import { reasonOf } from '../../../diagnostics/reason.js';
import { currentSecrets } from '../../../diagnostics/secrets/session-secrets.js';

/** Returns true for a text that holds a template of Go's. */
export function hasGoTemplate(text: string): boolean {
  return text.includes('{{');
}

/** Certificates are the longest that regsync's files are read for. */
const mostBytes = 64 * 1024;

/**
 * Renders the templates in an account of a regsync file: `{{env "NAME"}}` and `{{file "PATH"}}`, without its last line
 * end (as for a password in a file). Their values are kept out of all output. Other templates are refused.
 */
export function renderGoTemplate(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): { readonly text: string } | { readonly error: string } {
  const errors: string[] = [];
  let rendered = '';
  let from = 0;
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', from)) {
    const close = text.indexOf('}}', open);
    if (close < 0) return { error: 'the template is not closed by }}' };
    const action = text
      .slice(open + 2, close)
      .replace(/^-(?=\s)/, '')
      .trim();
    const [, name, double, back] = /^(env|file)\s+(?:"([^"\\]*)"|`([^`]*)`)(?:\s+-)?$/.exec(action) ?? [];
    const argument = double ?? back ?? '';
    rendered += text.slice(from, open);
    from = close + 2;
    if (name === undefined) errors.push('this template is not known here: env "NAME" and file "PATH" are');
    const value =
      name === 'file' ? contentOf(argument, errors) : name === 'env' ? variableIn(env, argument, errors) : '';
    currentSecrets().add(value);
    rendered += value;
  }
  const [error] = errors;
  return error === undefined ? { text: rendered + text.slice(from) } : { error };
}

function variableIn(env: Readonly<Record<string, string | undefined>>, name: string, errors: string[]): string {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined) errors.push(`the variable ${name} of the environment is not set`);
  return value ?? '';
}

function contentOf(path: string, errors: string[]): string {
  try {
    return readTextFile(path, { most: mostBytes, besides: 'none' }).replace(/\r?\n$/, '');
  } catch (error) {
    errors.push(`cannot read ${path}: ${reasonOf(error)}`);
    return '';
  }
}
