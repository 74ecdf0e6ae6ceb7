import type { Service } from '../../service/serve.js';
import { complainOf } from '../terminal/complain.js';
import { takeInterrupts } from '../terminal/interrupt.js';
import { printJson, printLines, printMessage } from '../terminal/output.js';
import { optionsOf } from './options-of.js';
import type { ServeServiceRequest } from './request.js';
import { startError } from './start-error.js';

/** Runs the service until Ctrl-C or SIGTERM. */
export async function serveService(request: ServeServiceRequest): Promise<number> {
  const interrupt = takeInterrupts(() => printMessage('stopping: finishing the requests under way'));
  try {
    const options = await optionsOf(request);
    const { startService } = await import('../../service/serve.js');
    const service = await startService(options, process.stderr, jobProgram());
    if (request.json) {
      const { url, registry, publications, setupToken } = service;
      printJson({ url, registry, publications, setupToken, state: options.state, pid: process.pid });
    } else printLines(welcome(service, options.state));
    if (!interrupt.signal.aborted) {
      await new Promise((stop) => interrupt.signal.addEventListener('abort', stop, { once: true }));
    }
    await service.close();
    return 0;
  } catch (error) {
    return complainOf(startError(error), request);
  } finally {
    interrupt.release();
  }
}

function welcome(
  { url, registry, publications, setupToken }: Pick<Service, 'url' | 'registry' | 'publications' | 'setupToken'>,
  state: string,
): string[] {
  return [
    `serving ${url}, state in ${state}`,
    ...(registry === undefined ? [] : [`registry ${registry}: docker login ${registry}`]),
    ...(publications === undefined ? [] : [`publications are pulled from ${publications}`]),
    ...(setupToken === undefined
      ? []
      : [
          'there is no account yet. Make the first one, an administrator, by a token that is good once,',
          'in a browser or by a command:',
          '',
          `  ${url}/setup#token=${setupToken}`,
          `  provision accounts setup NAME --service ${url} --token ${setupToken}`,
          '',
        ]),
  ];
}
/** Returns the command by which the service starts the processes of its jobs: this program, by this Node. */
function jobProgram(): readonly [string, ...string[]] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? '', 'run-job'];
}
