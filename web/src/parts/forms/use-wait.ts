import { useCallback, useEffect, useState } from 'preact/hooks';

/** Counts down the seconds of a wait; 0: it is over. */
export function useWait(): { readonly seconds: number; readonly start: (seconds: number) => void } {
  const [until, setUntil] = useState(0);
  const [seconds, setSeconds] = useState(0);
  const start = useCallback((next: number) => {
    setSeconds(next);
    setUntil(performance.now() + next * 1000);
  }, []);
  useEffect(() => {
    if (until === 0) return undefined;
    const timer = setInterval(() => {
      const left = Math.max(0, Math.ceil((until - performance.now()) / 1000));
      setSeconds(left);
      if (left === 0) clearInterval(timer);
    }, 500);
    return () => clearInterval(timer);
  }, [until]);
  return { seconds, start };
}
