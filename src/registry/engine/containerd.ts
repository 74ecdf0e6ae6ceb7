import { lastLine, runProgram, streamProgram } from '../programs/run-program.js';
import { parseReference, referenceText } from '../reference.js';
import { RegistryError } from '../registry-error.js';
import type { Engine, EngineImage } from './engine.js';

/**
 * Makes the engine of containerd's `ctr`, which reads CONTAINERD_ADDRESS and CONTAINERD_NAMESPACE (`k8s.io` for what
 * Kubernetes has). Names there are whole: `docker.io/library/alpine:3`.
 */
export function containerdEngine(): Engine {
  const list = async () => {
    const end = await runProgram('ctr', [...quickly, 'images', 'ls']);
    if (end.status === 0) return readTable(end.stdout);
    throw new RegistryError('unreachable', `containerd does not answer: ${lastLine(end.stderr)}`, {
      hint: 'see that it runs, and that you may use it: ctr images ls (CONTAINERD_ADDRESS, CONTAINERD_NAMESPACE)',
    });
  };
  return {
    name: 'containerd',
    list,
    async inspect(reference) {
      const name = wholeName(reference);
      return (await list()).find(({ names, id }) => names.includes(name) || id === reference);
    },
    save: (references) => streamProgram('ctr', [...quickly, 'images', 'export', '-', ...references.map(wholeName)]),
    async load(tar) {
      const end = await runProgram('ctr', [...quickly, 'images', 'import', '-'], tar);
      if (end.status !== 0)
        throw new RegistryError('server', `containerd does not take the image: ${lastLine(end.stderr)}`);
    },
    platform: async () => `linux/${architectures[process.arch] ?? process.arch}`,
  };
}

/** A containerd that is there answers at once; ctr would wait ten seconds for one that isn't. */
const quickly = ['--connect-timeout', '2s'];

/** Names of Node for what Go calls otherwise. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };

function wholeName(text: string): string {
  const reference = parseReference(text);
  const isNamed = reference.tag !== undefined || reference.digest !== undefined;
  return referenceText(isNamed ? reference : { ...reference, tag: 'latest' });
}

/** Reads the table of `ctr images ls`: REF TYPE DIGEST SIZE PLATFORMS LABELS, with a size of two words. */
function readTable(text: string): EngineImage[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [name = '', , id = ''] = line.trim().split(/\s+/);
      return id.includes(':') && !name.includes('@')
        ? [{ names: [name], id, size: undefined, created: undefined }]
        : [];
    });
}
