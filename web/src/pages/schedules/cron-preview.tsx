import { useEffect, useState } from 'preact/hooks';
import { usePlace } from '../../kernel/place.js';
import { ageText } from '../../parts/age.js';
import { nextStarts } from './next-starts.js';
import { startWords } from './start-words.js';

/** Starts that are shown. */
const shown = 3;

/** Shows the next starts of a cron expression, or what is wrong with it. */
export function CronPreview({ cron, zone }: { readonly cron: string; readonly zone: string }) {
  const { t, language, now } = usePlace();
  // The texts of times differ between browsers and servers: they are made where they are read.
  const [isLive, setLive] = useState(false);
  useEffect(() => setLive(true), []);
  if (!isLive || cron.trim() === '') return null;
  const next = nextStarts(cron, zone, new Date(now), shown);
  return (
    <div class="note" role="status">
      {'error' in next ? (
        <p>{t('schedule.cron.wrong', { why: next.error })}</p>
      ) : next.starts.length === 0 ? (
        <p>{t('schedule.cron.never')}</p>
      ) : (
        <>
          <p>{t('schedule.next-starts')}</p>
          <ul>
            {next.starts.map((at) => (
              <li key={at.getTime()}>
                {startWords(at, zone, language)} ({ageText(at.getTime(), now, language)})
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
