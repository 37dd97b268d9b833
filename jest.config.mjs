/** All projects in one run; `tools/run.mjs test` selects a level by file name. */
export default { projects: ['<rootDir>/libs/*', '<rootDir>/services/*', '<rootDir>/e2e'] };
