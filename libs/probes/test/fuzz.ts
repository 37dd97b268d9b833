/** Hostile cases for each probe: a few hundred, or as many as `PROBE_FUZZ_CASES` says. Ten thousand take minutes. */
export const fuzzCases = Number(process.env.PROBE_FUZZ_CASES ?? 300);
