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
      // What starts nothing, or servers alone, shares processes with its like: starting one and loading modules took a third of the time.
      {
        ...common,
        test: {
          name: 'room',
          include: ['{src,models,bench,scripts,examples,test/contract,test/integration}/**/*.test.ts'],
          isolate: false,
          ...limits,
        },
      },
      // What starts whole programs has a process of its own for each file.
      { ...common, test: { name: 'whole', include: ['test/{e2e,house}/**/*.test.ts'], ...limits } },
    ],
  },
});
