import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { nameOfThisProcess } from '../files/process-names.js';
import type { Facts } from '../model/facts.js';
import type { Ref } from '../model/resource.js';
import { standInFacts } from '../site/render/ansible-facts.js';

export interface FakeHostOptions {
  /** Name in reports; default `fake`. */
  readonly name?: string;
  /** What differs from a Debian 12 machine where one is root. */
  readonly facts?: Partial<Facts>;
  /** Files that lie there: path → content. */
  readonly files?: Readonly<Record<string, string>>;
  /** What is there besides files: `package:docker.io`, `service:docker`. */
  readonly has?: readonly Ref[];
  /** What tasks that aren't done leave under their `register`: name of the task → `{ stdout: '…', rc: 0 }`. */
  readonly results?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * A host to test roles on, without one. Files are real, in a folder of its own, where the very scripts run that a host
 * would get. What isn't a file (packages, services, users, commands, images) is not done: it counts as brought about
 * once its task has run, or where {@link FakeHostOptions.has} says so.
 */
export interface FakeHost {
  readonly name: string;
  readonly facts: Facts;
  /** The folder that stands for its `/`. */
  readonly root: string;
  /** What was brought about that is no file, in order: `package docker.io`, `service docker`; handlers each time. */
  readonly done: readonly string[];
  /** What a file holds; undefined where there is none. */
  read(path: string): string | undefined;
  write(path: string, content: string): void;
  /** What is known of what isn't a file; for the engine's side of it. */
  readonly memory: FakeMemory;
  /** Takes its folder away; done when the process ends, or when the next fake host is made, at the latest. */
  remove(): void;
}

/** What a fake host remembers of tasks that were not done, but noted. */
export interface FakeMemory {
  /** Whether a task has nothing to do: it was noted before, or what it is about was there from the start. */
  isDone(key: string, what: string): boolean;
  note(key: string, what: string): void;
  /** What a task leaves under its `register`. */
  resultOf(task: string): Readonly<Record<string, unknown>>;
}

/** Makes a host to test roles on. */
export function fakeHost(options: FakeHostOptions = {}): FakeHost {
  const { name = 'fake', facts = {}, files = {}, has = [], results = {} } = options;
  const root = mkdtempSync(nameOfThisProcess(join(tmpdir(), 'provision-fake-host-')));
  const remove = () => rmSync(root, { recursive: true, force: true });
  process.once('exit', remove);
  const noted = new Set<string>();
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
      isDone: (key, what) => noted.has(key) || has.some((ref) => ref === what.replace(' ', ':')),
      note: (key, what) => {
        noted.add(key);
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
