import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Some simulate for seconds, in their hooks too, and a busy machine takes several times as long.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    globalSetup: 'test/global-setup.ts',
    // Tests keep no state between files and change none of the process, so two workers can be used for all of them.
    pool: 'threads',
    isolate: false,
  },
});
