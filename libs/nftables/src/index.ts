export { KernelNftables, type KernelNftablesSettings } from './kernel-nftables.ts';
export { ProgramFailed } from './programs.ts';
export { DeadMan, DeadManFailed } from './dead-man/dead-man.ts';
