import { ConnectionError } from '../../../src/connection/connection.js';

/** Does what needs the run lock of this machine, which other tests take too: waits while they hold it. */
export async function whenFree<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ConnectionError) || error.problem !== 'locked' || tries === 15) throw error;
    }
  }
}
