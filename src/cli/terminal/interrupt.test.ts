import { expect, test, vi } from 'vitest';
import { interruptedText, takeInterrupts } from './interrupt.js';

test('the first Ctrl-C aborts and says how to stop now, the second ends the process with 130', () => {
  const listeners = process.listenerCount('SIGINT');
  const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as () => never);
  const said: string[] = [];
  const interrupt = takeInterrupts(() => said.push(interruptedText('tasks')));
  try {
    process.emit('SIGINT');
    expect(interrupt.signal.aborted).toBe(true);
    expect(said).toEqual(['interrupted: finishing the tasks under way (Ctrl-C again to stop now)']);
    expect(exit).not.toHaveBeenCalled();
    process.emit('SIGINT');
    expect(exit).toHaveBeenCalledWith(130);
  } finally {
    interrupt.release();
    exit.mockRestore();
  }
  expect(process.listenerCount('SIGINT')).toBe(listeners);
});
