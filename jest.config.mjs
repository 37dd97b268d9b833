/** All projects in one run; `tools/run.mjs test` selects a level by file name. Jest takes a time limit only from here. */
export default {
  projects: ['<rootDir>/libs/*', '<rootDir>/services/*', '<rootDir>/e2e'],
  testTimeout: 30_000,
};
