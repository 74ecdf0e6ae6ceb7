import { isDeepStrictEqual } from 'node:util';
import { type DockerFlag, flagsIn, isDefaultFlag } from '../docker-flags.js';
import { sysconfigFlags } from '../sysconfig-text.js';
import { daemonKeys, keysOfFlags, visibleKeys } from './docker-daemon-config.js';
import type { DaemonState } from './docker-daemon-state.js';
import { contains } from './edit-daemon-json.js';

/** Setting of a running daemon that differs from its files. */
export interface DaemonDifference {
  readonly what: string;
  readonly held: string;
  readonly expected: string;
  /** A reload applies it. */
  readonly live: boolean;
}

/** Keys that are ours, with the values that the daemon must have, whatever else is in its file. */
export interface WantedKeys {
  readonly merge: Readonly<Record<string, unknown>>;
  readonly exclusive: readonly string[];
}

/** Returns the keys of which a running daemon lacks our values. */
export function keysLacking(state: DaemonState, { merge, exclusive }: WantedKeys): readonly string[] {
  const started = daemonKeys(state.startedWith) ?? {};
  return Object.keys(merge).filter((key) => {
    const visible = visibleKeys[key];
    const wanted = merge[key];
    if (visible === undefined || state.info === undefined) {
      return exclusive.includes(key) ? !isDeepStrictEqual(started[key], wanted) : !contains(started[key], wanted);
    }
    const held = visible.held(state.info);
    const expected = visible.expected(wanted);
    if (!Array.isArray(wanted) || exclusive.includes(key)) return held !== expected;
    return !contains(held.split(' '), expected === '' ? [] : expected.split(' '));
  });
}

/** Keys, flags and variables to compare. */
export interface ComparedOptions {
  readonly config: string;
  readonly keys: readonly string[];
  readonly sysconfig?: string | undefined;
  readonly flags: readonly string[];
  readonly environment: readonly string[];
}

/** Compares a running daemon with its files; a text says why that can't be done. */
export function daemonDifferences(state: DaemonState, of: ComparedOptions): readonly DaemonDifference[] | string {
  const wanted = daemonKeys(state.config);
  if (wanted === undefined) return `${of.config} is not a JSON object`;
  const flags = of.flags.length === 0 ? [] : flagDifferences(state, of);
  if (typeof flags === 'string') return flags;
  const keys = of.keys.flatMap((key) => keyDifference(state, key, wanted[key]));
  return [...keys, ...flags, ...environmentDifferences(state, of.environment)];
}

function keyDifference(state: DaemonState, key: string, value: unknown): readonly DaemonDifference[] {
  const visible = visibleKeys[key];
  if (visible !== undefined && state.info !== undefined) {
    if (value === undefined) return [];
    const held = visible.held(state.info);
    const expected = visible.expected(value);
    return held === expected ? [] : [{ what: key, held, expected, live: visible.live }];
  }
  const before = daemonKeys(state.startedWith)?.[key];
  if (isDeepStrictEqual(before, value)) return [];
  return [{ what: key, held: textOf(before), expected: textOf(value), live: false }];
}

function textOf(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}

function flagDifferences(state: DaemonState, of: ComparedOptions): readonly DaemonDifference[] | string {
  const path = of.sysconfig ?? '';
  if (state.hasUnit && !state.environmentFiles.includes(path)) {
    return `the docker service does not read ${path}: set docker_config_style: daemon-json`;
  }
  const all = sysconfigFlags(state.sysconfig ?? '');
  if (typeof all === 'string') return `${path}${all}`;
  const started = flagsIn(state.commandLine);
  const names = [...new Set(of.flags)];
  const unlike = names.flatMap((name): readonly DaemonDifference[] => {
    const expected = valuesOf(all, name);
    const held = valuesOf(started, name);
    return held === expected ? [] : [{ what: `--${name}`, held, expected, live: false }];
  });
  if (unlike.length > 0 || state.info === undefined) return unlike;
  return flagsWithoutEffect(
    state,
    all.filter(({ name }) => names.includes(name)),
  );
}

function valuesOf(flags: readonly DockerFlag[], name: string): string {
  const values = flags.filter((flag) => flag.name === name && !isDefaultFlag(flag)).map(({ value }) => value);
  return [...new Set(values)].sort().join(' ');
}

/** Lists flags that the daemon was started with and does not show in effect. */
function flagsWithoutEffect({ info }: DaemonState, flags: readonly DockerFlag[]): readonly DaemonDifference[] {
  return Object.entries(keysOfFlags(flags)).flatMap(([key, value]) => {
    const visible = visibleKeys[key];
    if (visible === undefined || info === undefined) return [];
    const held = visible.held(info);
    const expected = visible.expected(value);
    return held === expected ? [] : [{ what: key, held, expected, live: false }];
  });
}

function environmentDifferences(state: DaemonState, names: readonly string[]): readonly DaemonDifference[] {
  return names.flatMap((name) => {
    const held = withoutPassword(state.environment.get(name) ?? '');
    const expected = withoutPassword(state.unitEnvironment.get(name) ?? '');
    if (state.environment.get(name) === state.unitEnvironment.get(name)) return [];
    return [{ what: name, held, expected, live: false }];
  });
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//…@');
}
