import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // graphql refuses to be loaded twice; without this the ESM and CommonJS copies meet.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    include: ['{src,test,models,bench,scripts,examples}/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
