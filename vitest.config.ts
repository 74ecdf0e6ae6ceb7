import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { labAvailability } from './test/kit/vitest/availability.js';
import LongestChainFirst from './test/kit/vitest/sequencer.js';

/*
 * `pure`, `scripts`, `connection` and `program` run anywhere; `lab` needs real hosts, root and Debian or Ubuntu. Where it
 * can't run, its suites are left out and said to be; PROVISION_REQUIRE_LAB makes that a failure.
 */
const lab = labAvailability();
if (!lab.possible && process.env.PROVISION_REQUIRE_LAB === '1')
  throw new Error(`the lab suites cannot run: ${lab.why}`);

/*
 * All projects are one group, as vitest starts a group only when the one before has ended. Most files wait for hosts and
 * processes, so there are more workers than processors; `npm test` has four.
 */
const workers = Math.max(4, availableParallelism());

/** Files share worker processes: a process of its own costs each a second. That each leaves it as it was is checked. */
const shared = { isolate: false, setupFiles: ['./test/kit/vitest/shared-process.ts'] };

const scripts = ['src/resources/**/*.test.ts', 'test/hostile/nasty-names.test.ts'];

/** Time limits end what hangs; nothing is measured by them. On a busy machine all takes longer. */
const patient = { expect: { poll: { timeout: 30_000 } } };

export default defineConfig({
  test: {
    maxWorkers: workers,
    sequence: { sequencer: LongestChainFirst },
    reporters: ['default', './test/kit/vitest/closing-lines.ts'],
    projects: [
      {
        test: {
          name: 'pure',
          ...patient,
          include: [
            'src/**/*.test.ts',
            'web/src/**/*.test.ts',
            'roles/**/*.test.ts',
            'test/{docs,fuzz,hostile,house,kit}/**/*.test.ts',
          ],
          exclude: ['src/connection/**', ...scripts],
          ...shared,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // What scripts do in a host's shell, in this machine's: a third of the time of the pure ones, whatever Node it is.
        test: {
          name: 'scripts',
          ...patient,
          include: scripts,
          ...shared,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Real sshds on loopback. Those that take this machine's run lock hold it (test/kit/vitest/holding.ts).
        test: {
          name: 'connection',
          ...patient,
          include: ['src/connection/**/*.test.ts'],
          globalSetup: ['./test/kit/vitest/packages-setup.ts'],
          ...shared,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // The built command, npm and ansible, as processes.
        test: {
          name: 'program',
          ...patient,
          include: ['test/{program,beside-ansible}/**/*.test.ts'],
          globalSetup: ['./test/kit/vitest/packages-setup.ts'],
          ...shared,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Real registries, skopeo, podman and Chromium on loopback; where their packages can't be had, each test says what it lacks.
        test: {
          name: 'registry',
          ...patient,
          include: ['test/{registry,service,page}/**/*.test.ts'],
          globalSetup: ['./test/kit/vitest/packages-setup.ts'],
          ...shared,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Publishing to Ceph's gateway, which is started once for all of them and keeps what it stores in memory.
        test: {
          name: 'publish',
          ...patient,
          include: ['test/publish/**/*.test.ts'],
          globalSetup: ['./test/kit/vitest/packages-setup.ts', './test/kit/vitest/gateway-setup.ts'],
          ...shared,
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      ...(lab.possible
        ? [
            {
              test: {
                name: 'lab',
                ...patient,
                include: ['test/lab/suites/**/*.test.ts'],
                globalSetup: ['./test/kit/vitest/lab-setup.ts'],
                ...shared,
                testTimeout: 900_000,
                hookTimeout: 900_000,
              },
            },
          ]
        : []),
    ],
  },
});
