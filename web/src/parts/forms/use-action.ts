import { useCallback, useRef, useState } from 'preact/hooks';
import { ApiError, type ApiProblem } from '../../kernel/api/api.js';

/** Action of a page: whether it is under way, and how it was refused. */
export interface Action<Arguments extends readonly unknown[]> {
  readonly run: (...values: Arguments) => Promise<boolean>;
  readonly isBusy: boolean;
  readonly problem: ApiProblem | undefined;
  readonly forget: () => void;
}

/** Makes an action of something that may be refused. It runs once at a time; `run` resolves to true where it was done. */
export function useAction<Arguments extends readonly unknown[]>(
  work: (...values: Arguments) => Promise<unknown>,
): Action<Arguments> {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const busy = useRef(false);
  const latest = useRef(work);
  latest.current = work;
  const run = useCallback(async (...values: Arguments) => {
    if (busy.current) return false;
    busy.current = true;
    setBusy(true);
    setProblem(undefined);
    try {
      await latest.current(...values);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblem(error.problem);
      return false;
    } finally {
      busy.current = false;
      setBusy(false);
    }
  }, []);
  return { run, isBusy, problem, forget: useCallback(() => setProblem(undefined), []) };
}
