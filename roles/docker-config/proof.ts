import type { z } from 'zod';
import { flushHandlers, pull_check, type Task, type TaskItem, type TaskOptions } from '../../src/index.js';

/** How an engine shows that its configuration is right. */
export interface Proof {
  /** For the tasks that write it: the image is pulled again when one of them has changed something. */
  readonly again: { readonly notify?: readonly Task[] };
  /** At the end: what is due runs, and an image that is not there is pulled. */
  readonly tasks: readonly TaskItem[];
}

/** The pull of an image by an engine: where it is not there, and after each change of the configuration. */
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
