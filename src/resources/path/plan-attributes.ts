import type { HostContext, Plan } from '../../model/resource.js';
import { joinSh, sh } from '../../sh.js';
import { type Attributes, attributeDifferences, missingAccount, setAttributes } from './attributes.js';
import { leadsAstray } from './obstacle.js';
import type { PathState } from './path-state.js';

/** Plans owner, group and mode of something that exists, whatever it holds. */
export function planAttributes(state: PathState, wanted: Attributes, path: string, host: HostContext): Plan<PathState> {
  const astray = leadsAstray(state, path);
  if (astray !== undefined) return astray;
  const differences = attributeDifferences(state, wanted, host.root);
  if (differences.length === 0) return { verdict: 'ok' };
  const missing = missingAccount(state, wanted, host.root);
  return {
    verdict: 'change',
    summary: differences.join(', '),
    apply: { via: 'sh', script: joinSh([sh`(`, setAttributes(sh`${state.real}`, state, wanted, host.root), sh`)`]) },
    affects: [],
    ...(missing === undefined ? {} : { uncertain: missing }),
  };
}
