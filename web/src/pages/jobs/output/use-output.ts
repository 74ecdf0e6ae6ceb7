import { useEffect, useRef, useState } from 'preact/hooks';
import type { ServiceJob } from '../../../../../src/service-client/service-types.js';
import { usePlace } from '../../../kernel/place.js';
import { EventLog } from './event-log.js';
import { followEvents } from './follow-events.js';

/** Milliseconds between two pictures of what has come. */
const drawEvery = 100;

/** Output of a job, as far as it has come. */
export interface Output {
  readonly log: EventLog;
  /** Another whenever there is more, or something was opened. */
  readonly version: number;
  readonly isCut: boolean;
  readonly isOver: boolean;
  /** Draws it anew. */
  readonly redraw: () => void;
}

/** Follows the output of a job. */
export function useOutput(id: string, onEnd: (job: ServiceJob) => void): Output {
  const { t } = usePlace();
  const [log, setLog] = useState(() => new EventLog(t));
  const [version, setVersion] = useState(0);
  const [isCut, setCut] = useState(false);
  const [isOver, setOver] = useState(false);
  const ended = useRef(onEnd);
  ended.current = onEnd;
  useEffect(() => {
    const mine = new EventLog(t);
    setLog(mine);
    setOver(false);
    let drawing: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      drawing ??= setTimeout(() => {
        drawing = undefined;
        setVersion((former) => former + 1);
      }, drawEvery);
    };
    const stop = followEvents({
      id,
      last: () => mine.last,
      take: (event) => void mine.add(event),
      taken: draw,
      ended: (job) => {
        setOver(true);
        setCut(false);
        ended.current(job);
      },
      cut: setCut,
    });
    return () => {
      stop();
      clearTimeout(drawing);
    };
  }, [id, t]);
  return { log, version, isCut, isOver, redraw: () => setVersion((former) => former + 1) };
}
