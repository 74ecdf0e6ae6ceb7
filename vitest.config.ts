import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts', 'roles/**/*.test.ts', 'test/unit/**/*.test.ts'] } },
      {
        test: {
          name: 'lab',
          include: ['test/suites/**/*.test.ts'],
          globalSetup: ['test/setup.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
