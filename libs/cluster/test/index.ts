export { live, type Story } from './live.ts';
export { type Wish, wishes } from './wishes.ts';
