import { useEffect, useState } from 'preact/hooks';
import type { ServiceJob } from '../../../../src/service-client/service-types.js';
import { ApiError, type ApiProblem, apiPath } from '../../kernel/api/api.js';
import { usePlace } from '../../kernel/place.js';

/** Milliseconds between two looks at a job. */
const lookEvery = 1500;

/** Job as it is by now, and why it could not be looked at where that failed last. */
export interface FollowedJob {
  readonly job: ServiceJob;
  readonly problem: ApiProblem | undefined;
}

/** Follows a job to its end, by looks. A look that fails is repeated. */
export function useJob(first: ServiceJob): FollowedJob {
  const { api } = usePlace();
  const [followed, setFollowed] = useState<FollowedJob>({ job: first, problem: undefined });
  useEffect(() => {
    setFollowed({ job: first, problem: undefined });
    if (first.state === 'done') return;
    let isLeft = false;
    let timer: ReturnType<typeof setTimeout>;
    const look = async () => {
      let isOver = false;
      try {
        const job = await api.get<ServiceJob>(apiPath`/api/v1/jobs/${first.id}`);
        isOver = job.state === 'done';
        if (!isLeft) setFollowed({ job, problem: undefined });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const { problem } = error;
        isOver = problem.status === 404;
        if (!isLeft) setFollowed((former) => ({ ...former, problem }));
      }
      if (!isLeft && !isOver) timer = setTimeout(() => void look(), lookEvery);
    };
    timer = setTimeout(() => void look(), lookEvery);
    return () => {
      isLeft = true;
      clearTimeout(timer);
    };
  }, [first, api]);
  return followed;
}
