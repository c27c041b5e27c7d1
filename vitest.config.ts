import { defineConfig } from 'vitest/config';

const common = {
  resolve: {
    // graphql refuses to be loaded twice; without this the ESM and CommonJS copies meet.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
};
const limits = { testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      // What lies beside its source shares processes with its like: starting one and loading modules took a third of the time.
      {
        ...common,
        test: {
          name: 'unit',
          include: ['{src,models,bench,scripts,examples}/**/*.test.ts'],
          isolate: false,
          ...limits,
        },
      },
      // What starts servers and whole processes has a process of its own for each file.
      { ...common, test: { name: 'whole', include: ['test/**/*.test.ts'], ...limits } },
    ],
  },
});
