import { z } from 'zod';

/** An image as clients name it, with its registry, so that no engine guesses one. */
export const imageName = z
  .string()
  .regex(
    /^(?:localhost|\[[0-9a-f:]+\](?::\d+)?|[A-Za-z0-9-]+(?:[.:][A-Za-z0-9-]+)+)\/[a-z0-9][a-z0-9._/-]*(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/,
    {
      error: 'must name its registry: registry1:5000/library/busybox:1',
    },
  );
