import type { z } from 'zod';
import { flushHandlers, pull_check, type Task, type TaskItem, type TaskOptions } from '../../src/index.js';

/** Tasks that prove that an engine can pull an image. */
export interface Proof {
  /** Options for tasks that write configuration: a change pulls the image again. */
  readonly again: { readonly notify?: readonly Task[] };
  /** Tasks for the end: due handlers run, and a missing image is pulled. */
  readonly tasks: readonly TaskItem[];
}

/** Returns the pull of an image by an engine: when it is missing, and after each change of the configuration. */
export function proofOf(
  engine: 'docker' | 'podman' | 'containerd',
  image: string | undefined,
  options: ProofOptions = {},
): Proof {
  if (image === undefined) return { again: {}, tasks: [] };
  const whose = typeof options.become === 'object' ? ` as ${options.become.user}` : '';
  const title = `${engine} pulls ${image}${whose}`;
  const again = pull_check({ ...options, engine, image, always: true, title: `${title}, for what has changed` });
  return { again: { notify: [again] }, tasks: [flushHandlers, pull_check({ ...options, engine, image, title })] };
}

type ProofOptions = Pick<TaskOptions, 'become'> &
  Pick<z.input<typeof pull_check.params>, 'needs' | 'namespace' | 'hosts_dir'>;
