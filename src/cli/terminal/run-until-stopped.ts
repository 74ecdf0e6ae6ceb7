import { RegistryError } from '../../registry/registry-error.js';
import { complainOf } from './complain.js';
import { interruptedText, takeInterrupts } from './interrupt.js';
import { printMessage } from './output.js';

/** Options of {@link runUntilStopped}. */
interface StopOptions {
  /** Seconds of `--timeout`. */
  readonly timeout?: number | undefined;
  readonly verbose: number;
  readonly color?: boolean | undefined;
}

/** Runs work with registries until it ends, or Ctrl-C or `--timeout` stop it; prints its error. @returns the exit status */
export async function runUntilStopped(
  request: StopOptions,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const interrupt = takeInterrupts(() => printMessage(interruptedText('requests')));
  const deadline = request.timeout === undefined ? undefined : AbortSignal.timeout(request.timeout * 1000);
  const signal = deadline === undefined ? interrupt.signal : AbortSignal.any([interrupt.signal, deadline]);
  try {
    return await work(signal);
  } catch (error) {
    if (interrupt.signal.aborted) return 130;
    if (deadline?.aborted) {
      return complainOf(new RegistryError('unreachable', `--timeout: not done after ${request.timeout} s`), request);
    }
    return complainOf(error, request);
  } finally {
    interrupt.release();
  }
}
