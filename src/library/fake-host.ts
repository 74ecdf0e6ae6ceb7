import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { nameOfThisProcess } from '../files/process-names.js';
import type { Facts } from '../model/facts.js';
import type { Ref } from '../model/resource.js';
import { standInFacts } from '../site/render/ansible-facts.js';

/** Options of {@link fakeHost}. */
export interface FakeHostOptions {
  /** Name in reports; default `fake`. */
  readonly name?: string;
  /** Facts that differ from those of a Debian 12 machine where one is root. */
  readonly facts?: Partial<Facts>;
  /** Files that exist: path → content. */
  readonly files?: Readonly<Record<string, string>>;
  /** Other things that exist: `package:docker.io`, `service:docker`. */
  readonly has?: readonly Ref[];
  /** Results of tasks that are only recorded, for their `register`: name of the task → `{ stdout: '…', rc: 0 }`. */
  readonly results?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Host to test roles on, without a real one. Files are real, in a folder of its own, where the same scripts run as on a
 * host. Other things (packages, services, users, commands, images) are not done but recorded: such a thing exists once
 * its task has run, or where {@link FakeHostOptions.has} names it.
 */
export interface FakeHost {
  readonly name: string;
  readonly facts: Facts;
  /** Folder in place of its `/`. */
  readonly root: string;
  /** Changes that are no files, in order: `package docker.io`, `service docker`; handlers each time. */
  readonly done: readonly string[];
  /** Returns the content of a file; undefined where there is none. */
  read(path: string): string | undefined;
  /** Writes a file, and makes its folders. */
  write(path: string, content: string): void;
  /** Record of what is no file, for the engine's side. */
  readonly memory: FakeMemory;
  /** Deletes its folder. That happens when the process ends at the latest. */
  remove(): void;
}

/** Record of the tasks that a fake host has had, and that are no files. */
export interface FakeMemory {
  /** Returns true when a task has nothing to do: it was recorded before, or its thing existed from the start. */
  isDone(key: string, what: string): boolean;
  /** Records that a task was done. */
  record(key: string, what: string): void;
  /** Returns the result of a task, for its `register`. */
  resultOf(task: string): Readonly<Record<string, unknown>>;
}

/** Makes a host to test roles on. */
export function fakeHost(options: FakeHostOptions = {}): FakeHost {
  const { name = 'fake', facts = {}, files = {}, has = [], results = {} } = options;
  const root = mkdtempSync(nameOfThisProcess(join(tmpdir(), 'provision-fake-host-')));
  const remove = () => rmSync(root, { recursive: true, force: true });
  process.once('exit', remove);
  const recorded = new Set<string>();
  const done: string[] = [];
  const at = (path: string) => join(root, path);
  const host: FakeHost = {
    name,
    facts: { ...standInFacts, hostname: name, fqdn: name, ...facts },
    root,
    done,
    read: (path) => contentOf(at(path)),
    write: (path, content) => {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), content);
    },
    memory: {
      isDone: (key, what) => recorded.has(key) || has.some((ref) => ref === what.replace(' ', ':')),
      record: (key, what) => {
        recorded.add(key);
        done.push(what);
      },
      resultOf: (task) => results[task] ?? {},
    },
    remove: () => {
      process.off('exit', remove);
      remove();
    },
  };
  mkdirSync(join(root, 'etc'));
  for (const [path, content] of Object.entries(files)) host.write(path, content);
  return host;
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
