export { KernelNftables, type KernelNftablesSettings } from './kernel-nftables.ts';
export { ProgramFailed } from './programs.ts';
