import { nearest } from '../../../diagnostics/nearest.js';

const labels = ['labels', 'labels-regex', 'env', 'env-regex'];
const files = ['max-size', 'max-file', 'compress'];

/** Options of docker's own log drivers (docs.docker.com/engine/logging/drivers); a driver of a plugin has its own. */
const optionsOf: Readonly<Record<string, readonly string[]>> = {
  'json-file': [...files, ...labels, 'tag'],
  local: files,
  journald: [...labels, 'tag'],
  syslog: [
    ...['syslog-address', 'syslog-facility', 'syslog-format', 'syslog-tls-ca-cert', 'syslog-tls-cert'],
    ...['syslog-tls-key', 'syslog-tls-skip-verify', 'tag', ...labels],
  ],
  gelf: [
    ...['gelf-address', 'gelf-compression-level', 'gelf-compression-type', 'gelf-tcp-max-reconnect'],
    ...['gelf-tcp-reconnect-delay', 'tag', ...labels],
  ],
};

/** Options of every driver: how messages are buffered, and docker's own copy of the log (20.10). */
const always = ['mode', 'max-buffer-size', 'cache-disabled', 'cache-max-size', 'cache-max-file', 'cache-compress'];

/**
 * Returns why dockerd does not start, or no container, with an option of a log driver; undefined for a valid one, and
 * for drivers whose options aren't known here.
 */
export function logOptionError(driver: string, name: string, value: unknown): string | undefined {
  const known = optionsOf[driver];
  if (known === undefined) return undefined;
  if (!known.includes(name) && !always.includes(name)) {
    const near = nearest(name, [...known, ...always]);
    const others = Object.keys(optionsOf).filter((each) => optionsOf[each]?.includes(name));
    const hint =
      near !== undefined ? `. Did you mean ${near}?` : others.length > 0 ? `, but of ${others.join(', ')}` : '';
    return `is no option of the log driver ${driver}${hint}`;
  }
  const form = formOf[name];
  return form === undefined || form.test(String(value)) ? undefined : `must be ${examples[name]}, not ${String(value)}`;
}

const size = /^(-1|\d+(\.\d+)?\s?[kmgtp]?(i?b)?)$/i;
const flag = /^(1|0|t|f|true|false)$/i;

const formOf: Readonly<Record<string, RegExp>> = {
  'max-size': size,
  'max-buffer-size': size,
  'max-file': /^[1-9]\d*$/,
  compress: flag,
  mode: /^(blocking|non-blocking)$/,
};

const examples: Readonly<Record<string, string>> = {
  'max-size': 'a size: 10m',
  'max-buffer-size': 'a size: 4m',
  'max-file': 'a number from 1 on',
  compress: 'true or false',
  mode: 'blocking or non-blocking',
};
