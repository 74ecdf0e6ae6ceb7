import type { Reply } from '../../model/resource.js';
import { type Sh, sh } from '../../sh.js';
import { foreignLinkIn, printForeignLink } from '../path/foreign-link.js';
import { mountedIn, printMounted } from '../path/remove-tree.js';
import type { EmbeddedParams } from './embedded-params.js';
import { printAnswer, useManager } from './embedded-scripts.js';

/** State of an embedded registry on a host. */
export interface EmbeddedState {
  /** Version of Node on the host: `v20.19.0`; empty: none. */
  readonly node: string;
  /** Manager that runs it: systemd, systemd of the user, or a supervisor of its own. */
  readonly manager: 'system' | 'user' | 'own';
  /** Version of the program that was started last; empty: none. */
  readonly program: string;
  /** Digest of the options that it was started with. */
  readonly options: string;
  readonly running: boolean;
  /** HTTP status at its port; 0 when nothing answers. */
  readonly answers: number;
  /** Its folder of images exists. */
  readonly images: boolean;
  /** A link on the way to one of its folders that another user may have put there. */
  readonly foreignLink: string | undefined;
  /** Mount point in what `absent` would remove. */
  readonly mounted: string | undefined;
}

/** Returns the script that reads an {@link EmbeddedState}. */
export function probeEmbedded(params: EmbeddedParams, home: string): Sh {
  return sh`${useManager(params, home)}
echo "node $(node --version 2>/dev/null)"
echo "manager $manager"
echo "program $(cat "$home/made/program" 2>/dev/null)"
echo "options $(cat "$home/made/options" 2>/dev/null)"
running && echo running
[ -d ${params.directory} ] && echo images
${printForeignLink(home)}
${printForeignLink(params.directory)}
${params.state === 'absent' ? printMounted([home, ...(params.remove_images ? [params.directory] : [])]) : sh`:`}
${printAnswer(params)}
:`;
}

/**
 * Reads what {@link probeEmbedded} printed.
 *
 * @throws Error when the probe did not get to its end
 */
export function parseEmbedded(reply: Reply): EmbeddedState {
  const { stdout } = reply;
  const word = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(stdout)?.[1] ?? '';
  const manager = word('manager');
  if (manager !== 'system' && manager !== 'user' && manager !== 'own') throw new Error('could not query the registry');
  const lines = stdout.split('\n');
  return {
    node: word('node'),
    manager,
    program: word('program'),
    options: word('options'),
    running: lines.includes('running'),
    answers: Number(word('answers')),
    images: lines.includes('images'),
    foreignLink: foreignLinkIn(reply),
    mounted: mountedIn(reply),
  };
}
